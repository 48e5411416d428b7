"""The verdict on a terminal: exact small tables, and never wider than asked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packtool.errors import Complaint
from packtool.report.counts import Counts, count, summary_line
from packtool.report.records import Checked
from packtool.report.text import verdict_table, verdict_text
from packtool.rules.records import Finding, Verdict

HOT = Finding(
    "thermal.cell-max",
    "error",
    False,
    "warmest point of a cell",
    46.1,
    0.2,
    45.0,
    "degC",
    "limits.cell_max_degC",
    "d.yaml",
    9,
    3,
    "R1C01",
    "1C",
)
DROP = Finding(
    "coolant.pressure-drop", "error", True, "coolant pressure drop", 11.8, 0.4, 20.0, "kPa", "", "d.yaml", 10, 3, None, "1C"
)
RIB = Finding("geometry.rib", "warning", False, "least rib", 2.4, None, 3.0, "mm")


def test_a_failing_design_reads_like_this():
    table = verdict_table(Verdict((HOT, DROP, RIB), {"geometry.pack-mass": "limits.pack_mass_kg is not given"}), 80)
    assert table == (
        "       rule                             value  limit  of         where\n"
        "FAILS  thermal.cell-max       46.1 ± 0.2 degC     45  1C, R1C01  d.yaml:9\n"
        "       warmest point of a cell\n"
        "holds  coolant.pressure-drop   11.8 ± 0.4 kPa     20  1C         d.yaml:10\n"
        "warns  geometry.rib                    2.4 mm      3\n"
        "       least rib\n"
        "\n"
        "not checked\n"
        "  geometry.pack-mass: limits.pack_mass_kg is not given\n"
        "\n"
        "verdict: fail: 1 rule fails, 1 rule holds, 1 warning, 1 not checked"
    )


def test_where_case_and_part_do_not_fit_they_stand_before_the_message():
    table = verdict_table(Verdict((HOT, DROP), {}), 64)
    assert "       1C, R1C01: warmest point of a cell" in table.splitlines()


def test_a_rule_that_holds_for_two_cases_says_which_is_which_even_when_narrow():
    second = Finding(**{**DROP.as_dict(), "case": "a_case_with_a_long_name_that_leaves_no_room"})
    table = verdict_table(Verdict((DROP, second), {}), 60)
    assert "       1C" in table.splitlines()
    assert "       a_case_with_a_long_name_that_leaves_no_room" in table.splitlines()


def test_findings_of_one_rule_about_one_part_say_what_each_is_about():
    walls = [Finding("geometry.plate-wall", "warning", True, f"metal {side} the channels", 1.5, None, 0.8, "mm", part="a cold plate of a long name")
             for side in ("over", "under")]  # fmt: skip
    told = verdict_table(Verdict(tuple(walls), {}), 60)
    assert "a cold plate of a long name: metal over the channels" in " ".join(told.split())
    assert "a cold plate of a long name: metal under the channels" in " ".join(told.split())


def test_colour_changes_nothing_but_the_colour():
    verdict = Verdict((HOT, DROP, RIB), {})
    coloured = verdict_table(verdict, 80, colour=True)
    assert "\033[1;31mFAILS\033[0m" in coloured
    assert re.sub("\033\\[[0-9;]*m", "", coloured) == verdict_table(verdict, 80)
    assert "\033" not in verdict_table(verdict, 80)


names = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"], include_characters="-._"), min_size=1, max_size=70)
numbers = st.one_of(st.none(), st.floats(-1e12, 1e12))
findings = st.builds(
    Finding,
    rule=names,
    severity=st.sampled_from(["error", "warning", "note"]),
    holds=st.booleans(),
    message=st.text(st.characters(codec="ascii", categories=["L", "Zs"]), max_size=200),
    value=numbers,
    error=st.one_of(st.none(), st.floats(0, 1e6)),
    limit=numbers,
    unit=st.sampled_from(["", "degC", "kPa", "A/mm2"]),
    file=names,
    line=st.integers(0, 99999),
    part=st.one_of(st.none(), names),
    case=st.one_of(st.none(), names),
)


@pytest.mark.slow
@given(st.lists(findings, max_size=6), st.dictionaries(names, names, max_size=3), st.integers(60, 200))
def test_no_line_is_wider_than_the_terminal(rows, not_checked, width):
    table = verdict_table(Verdict(tuple(rows), not_checked), width)
    assert max(map(len, table.splitlines())) <= width


def test_the_demo_fits_80_columns(verdict):
    assert max(map(len, verdict_table(verdict, 80).splitlines())) <= 80


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_rule_of_ordinary_length_loses_its_name(verdict, width):
    table = verdict_table(verdict, width)
    assert all(finding.rule in table for finding in verdict.findings)


def test_rules_are_counted_once_by_their_worst_finding():
    again = Finding(**{**HOT.as_dict(), "case": "2C", "holds": True})
    verdict = Verdict((HOT, again, DROP, RIB), {"a": "b"})
    assert count(verdict) == Counts(hold=1, fail=1, warn=1, remark=0, not_checked=1)
    assert summary_line(Verdict((DROP,), {})) == "pass: 1 rule holds"


def test_an_invalid_file_shows_its_complaints_and_fails():
    complaint = Complaint("d.yaml", 3, 5, "cell", "unknown cell 'x'")
    text = verdict_text([Checked("d.yaml", "", None, (complaint,)), Checked("e.yaml", "e", Verdict((DROP,), {}))])
    assert "d.yaml:3:5: cell: unknown cell 'x'" in text
    assert "verdict: fail: the design file is wrong" in text
    assert "e  (e.yaml)" in text
    assert text.endswith("verdict: pass: 1 rule holds\n")
