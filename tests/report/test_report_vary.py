"""The table, the CSV and the curves of a varied key."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from packtool.report.vary import Varied, vary_csv, vary_plot, vary_table
from packtool.results import Result, ResultSet


def at(flow, drop, warmest, verdict="pass"):
    rows = (
        Result("temperature.cell.max", warmest, "degC", error=0.2, case="fast", scatter=0.5),
        Result("temperature.cell.mean[R1C01]", 30.0, "degC", case="fast"),
        Result("coolant.pressure_drop", drop, "Pa", case="fast", scatter=200.0),
        Result("mass.pack", 12.0, "kg"),
    )
    return Varied(flow, ResultSet(rows), verdict)


ROWS = (at(4.0, 2500.0, 38.26), at(8.0, 7300.0, 36.04, "fail"), Varied(1e6, ResultSet(), "-", "Re is out of range"))


def test_the_table_has_a_line_a_value_with_its_error():
    lines = vary_table("cold_plate.flow_lpm", ROWS).splitlines()
    assert lines[0] == "cold_plate.flow_lpm, case fast"
    assert lines[1].split() == ["flow_lpm", "cell", "max", "pressure", "drop", "verdict"]
    assert lines[2].split() == ["°C", "kPa"]
    assert lines[3].split() == ["4", "38.3", "±", "0.7", "2.5", "±", "0.2", "pass"]
    assert lines[4].split()[-1] == "fail"
    assert lines[-1].endswith("Re is out of range")
    assert max(map(len, lines)) <= 80


def test_the_rules_that_fail_are_named_below_the_table():
    rules = ("coolant.velocity", "coolant.pressure-drop", "thermal.cell-max", "thermal.cell-spread", "coolant.rise")
    lines = vary_table("cold_plate.flow_lpm", [ROWS[0], replace(ROWS[1], fails=rules), ROWS[2]]).splitlines()
    named = [i for i, line in enumerate(lines) if line.startswith("flow_lpm 8: fails coolant.velocity, ")]
    assert len(named) == 1
    assert " ".join(line.strip() for line in lines[named[0] : -1]) == "flow_lpm 8: fails " + ", ".join(rules)
    assert max(map(len, lines)) <= 80


def test_the_csv_has_every_number_of_the_pack_but_not_each_cell_s():
    rows = list(csv.DictReader(io.StringIO(vary_csv("cold_plate.flow_lpm", ROWS))))
    assert {row["result"] for row in rows} == {"temperature.cell.max", "coolant.pressure_drop", "mass.pack"}
    assert [row["value"] for row in rows if row["result"] == "coolant.pressure_drop"] == ["2500.0", "7300.0"]


@pytest.mark.picture
def test_the_curves_are_the_same_bytes_each_time_and_name_the_key():
    drawn = vary_plot("cold_plate.flow_lpm", ROWS)
    assert drawn == vary_plot("cold_plate.flow_lpm", ROWS)
    assert b"cold_plate.flow_lpm" in drawn
    with pytest.raises(ValueError, match="nothing was solved"):
        vary_plot("x", ROWS[2:])


def test_what_does_not_fit_in_80_columns_stands_below_beside_the_values_again():
    more = [
        Result(name, 12.345678, unit, error=0.000123, case="fast")
        for name, unit in (("temperature.cell.spread", "K"), ("coolant.outlet", "degC"), ("coolant.pumping_power", "W"))
    ]
    wide = [replace(row, results=ResultSet((*row.results, *more))) for row in ROWS[:2]]
    lines = vary_table("cold_plate.flow_lpm", wide).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if "°C" not in line and not line.strip().startswith("W")][1:] == [
        "flow_lpm",
        "4",
        "8",
    ] * 2
    assert " ".join(lines[1].split() + lines[5].split()[1:]) == (
        "flow_lpm cell max cell spread pressure drop coolant out pumping verdict"
    )
