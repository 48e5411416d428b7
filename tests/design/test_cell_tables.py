"""Tables of a cell's own in a design: what they become, from lists and from files, and every way they can be wrong."""

from __future__ import annotations

import math

import pytest

from packtool.design.load import design_from_text

LIKE = "{like: calb-lfp176, resistance_like: calb-ca180fi}"
OCV = "ocv_V: {soc: [0, 0.5, 1], V: [2.8, 3.3, 3.4]}"
R_SOC = "resistance_mOhm: {temperature_degC: [0, 25], soc: [0, 0.4, 1], by_soc_mOhm: [[4, 2], [2, 1], [1, 0.5]]}"


@pytest.fixture
def cell_of(changed, tmp_path):
    """The cell that a mapping in the design describes."""

    def of(text):
        return design_from_text(changed(LIKE, text), "pack.yaml", tmp_path).cell

    return of


def with_cell(inner):
    return f"{{like: calb-lfp176, resistance_like: calb-ca180fi, {inner}}}"


def test_curves_of_the_design_are_the_cells(cell_of):
    cell = cell_of(with_cell(f"{OCV}, entropy_mV_K: {{soc: [0, 1], mV_K: [-0.4, 0.2]}}"))
    assert (cell.ocv_V.soc, cell.ocv_V.value, cell.ocv_V.standing) == ((0, 0.5, 1), (2.8, 3.3, 3.4), "given")
    assert cell.entropy_mV_K.value == (-0.4, 0.2)


def test_resistance_by_state_of_charge_is_that_of_half_charge_in_a_steady_case(cell_of):
    table = cell_of(f"{{like: calb-lfp176, {R_SOC}}}").resistance_dc
    assert (table.soc, table.by_soc_mOhm) == ((0, 0.4, 1), ((4, 2), (2, 1), (1, 0.5)))
    share = 0.1 / 0.6  # of the way from 0.4 to 1, ln R linear
    assert table.resistance_mOhm == pytest.approx([2 * math.pow(0.5, share), math.pow(0.5, share)])


def test_tables_come_from_files_too_whatever_the_order_of_their_columns(cell_of, tmp_path):
    (tmp_path / "ocv.csv").write_text("V,soc,remark\n2.8,0,a\n3.3,0.5,b\n3.4,1,c\n")
    (tmp_path / "r.csv").write_text("temperature_degC,resistance_mOhm,soc\n0,4,0\n25,2,0\n0,1,1\n25,0.5,1\n")
    (tmp_path / "rt.csv").write_text("temperature_degC,resistance_mOhm\n-20,9\n0,4\n25,2\n")
    cell = cell_of("{like: calb-lfp176, resistance_mOhm: {csv: r.csv}, ocv_V: {csv: ocv.csv}}")
    assert cell.ocv_V.value == (2.8, 3.3, 3.4)
    assert (cell.resistance_dc.soc, cell.resistance_dc.by_soc_mOhm) == ((0, 1), ((4, 2), (1, 0.5)))
    assert cell_of("{like: calb-lfp176, resistance_mOhm: {csv: rt.csv}}").resistance_dc.resistance_mOhm == (9, 4, 2)


def test_a_file_beside_a_cell_file_is_looked_for_beside_it(changed, tmp_path):
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "mine.yaml").write_text(
        f"like: calb-lfp176\nresistance_like: calb-ca180fi\n{OCV.split(':')[0]}: {{csv: ocv.csv}}\n"
    )
    (tmp_path / "cells" / "ocv.csv").write_text("soc,V\n0,2.7\n1,3.4\n")
    loaded = design_from_text(changed(LIKE, "cells/mine.yaml"), "pack.yaml", tmp_path)
    assert loaded.cell.ocv_V.value == (2.7, 3.4)


@pytest.mark.parametrize(
    ("inner", "key", "message"),
    [
        ("ocv_V: {soc: [0, 1], V: [3.3]}", "cell.ocv_V.V", "needs at least 2 entries"),
        ("ocv_V: {soc: [0, 0.5, 1], V: [3.0, 3.3]}", "cell.ocv_V.soc", "needs as many entries as V: 2, not 3"),
        ("ocv_V: {soc: [0, 0.6, 0.5, 1], V: [3, 3.1, 3.2, 3.3]}", "cell.ocv_V.soc", "0.5 follows 0.6"),
        ("ocv_V: {soc: [0.1, 1], V: [3, 3.3]}", "cell.ocv_V.soc", "must reach from 0 to 1"),
        ("ocv_V: {soc: [0, 1], V: [3.3, 3.0]}", "cell.ocv_V.V", "must not fall as the state of charge rises: 3 follows 3.3"),
        ("ocv_V: {soc: [0, 1], V: [3.0, 3.9]}", "cell.ocv_V.V", "a full cell rests at 3.9 V, above its v_max of 3.65 V"),
        ("ocv_V: {soc: [0, 1], V: [1.0, 3.3]}", "cell.ocv_V.V", "an empty cell rests at 1 V, below its v_min"),
        ("ocv_V: {soc: [0, 1]}", "cell.ocv_V.soc", "missing: give soc and V, or csv"),
        ("ocv_V: {soc: [0, 100], V: [3, 3.3]}", "cell.ocv_V.soc.1", "must be from 0 to 1, got 100"),
        ("ocv_V: {soc: [0, 1], V: [3, 3300]}", "cell.ocv_V.V.1", "at most 10 V"),
        ("ocv_V: {csv: x.csv, soc: [0, 1]}", "cell.ocv_V.soc", "csv holds the whole table"),
        ("ocv_V: 3.3", "cell.ocv_V", "must be a mapping of soc, V, csv, got 3.3"),
        ("entropy_mV_K: {soc: [0, 1], mV_K: [-300, 1]}", "cell.entropy_mV_K.mV_K.0", "must be from -10 to 10 mV/K"),
        ("ocv_V: {csv: nowhere.csv}", "cell.ocv_V.csv", "nowhere.csv: there is no such file"),
    ],
)  # fmt: skip
def test_curves_that_cannot_be_are_refused_at_their_place(complaints, changed, inner, key, message):
    (complaint,) = complaints(changed(LIKE, with_cell(inner)))
    assert (complaint.key, complaint.line) == (key, 4)
    assert message in complaint.message


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ("{temperature_degC: [0, 25]}", "temperature_degC", "give resistance_mOhm, or soc and by_soc_mOhm"),
        ("{resistance_mOhm: [1]}", "temperature_degC", "missing: temperatures"),
        ("{temperature_degC: [0, 25], soc: [0, 1]}", "temperature_degC", "give resistance_mOhm, or soc and by_soc_mOhm"),
        ("{temperature_degC: [0, 25], by_soc_mOhm: [[1, 2], [1, 2]]}", "temperature_degC", "soc and by_soc_mOhm go together"),
        ("{temperature_degC: [0, 25], soc: [0, 1], by_soc_mOhm: [[1, 2], [1]]}", "by_soc_mOhm", "row 2 needs as many entries as temperature_degC: 2, not 1"),
        ("{temperature_degC: [0, 25], soc: [0, 0.5, 1], by_soc_mOhm: [[1, 2], [1, 2]]}", "by_soc_mOhm", "a row for each entry of soc: 3, not 2"),
        ("{temperature_degC: [0, 25], soc: [0.5, 0.5], by_soc_mOhm: [[1, 2], [1, 2]]}", "soc", "must ascend"),
        ("{temperature_degC: [0, 25], soc: [0, 1], by_soc_mOhm: [[1, -2], [1, 1]]}", "by_soc_mOhm.0.1", "above 0"),
        ("{csv: r.csv, temperature_degC: [0]}", "temperature_degC", "csv holds the whole table"),
    ],
)  # fmt: skip
def test_resistance_tables_that_cannot_be_are_refused_at_their_place(complaints, changed, table, key, message):
    found = complaints(changed(LIKE, f"{{like: calb-lfp176, resistance_mOhm: {table}}}"))
    assert [c.key for c in found] == [f"cell.resistance_mOhm.{key}"]
    assert message in found[0].message


@pytest.mark.parametrize(
    ("key", "text", "line", "column", "message"),
    [
        ("ocv_V", "soc,V\n0,3\n0.5,x\n", 3, 5, "V must be a number, got 'x'"),
        ("ocv_V", "soc,V\n0,3\n0.5,3.2\n", 3, 1, "must reach from 0 to 1"),
        ("ocv_V", "soc,V\n0,3\n1,3.2\n0.5,3.1\n", 4, 1, "soc must ascend: 0.5 follows 1"),
        ("ocv_V", "soc,V\n0,3.3\n1,3.2\n", 3, 3, "must not fall"),
        ("ocv_V", "soc,mV\n0,3\n", 1, 1, "must name soc and V, got soc, mV"),
        ("resistance_mOhm", "temperature_degC,resistance_mOhm\n0,0\n", 2, 3, "resistance_mOhm must be above 0"),
        ("resistance_mOhm", "temperature_degC,resistance_mOhm\n25,1\n0,2\n", 3, 1, "temperature_degC must ascend: 0 follows 25"),
        ("resistance_mOhm", "soc,temperature_degC,resistance_mOhm\n0,0,1\n0,25,1\n1,0,1\n", 4, 1, "soc 1 has other temperatures than soc 0"),
        ("resistance_mOhm", "soc,temperature_degC,resistance_mOhm\n0,0,1\n0,0,2\n1,0,1\n", 3, 3, "stands twice at soc 0"),
        ("resistance_mOhm", "soc,temperature_degC,resistance_mOhm\n0.5,0,1\n", 2, 1, "soc has one value only"),
    ],
)  # fmt: skip
def test_faults_of_a_file_carry_its_line_and_column(complaints, changed, tmp_path, key, text, line, column, message):
    (tmp_path / "table.csv").write_text(text)
    other = "" if key == "resistance_mOhm" else "resistance_like: calb-ca180fi, "
    (found,) = complaints(changed(LIKE, f"{{like: calb-lfp176, {other}{key}: {{csv: table.csv}}}}"))
    assert (found.file, found.line, found.column) == (str(tmp_path / "table.csv"), line, column)
    assert message in found.message
