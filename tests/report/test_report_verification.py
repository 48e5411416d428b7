"""The table of verification cases keeps to 80 columns."""

from __future__ import annotations

import pytest

from packtool.report.verification_text import verification_table
from packtool.verification.records import Row, VerificationCase


@pytest.mark.parametrize("measure", ["relative", "absolute"])
@pytest.mark.parametrize("unit", ["-", "degC", "Pa s/m³"])
@pytest.mark.parametrize("value", [29.74747, -9.180005e-17, 123456.7])
def test_no_line_is_wider_than_80_columns(measure, unit, value):
    row = Row("X1", "temperature at 1800 s", value, 29.74661, 0.05, unit, measure)
    case = VerificationCase("X1", "A case with a title that goes on and on" * 4, "closed form", lambda: [row])
    lines = verification_table([(case, [row])]).splitlines()
    assert max(map(len, lines)) <= 80
    assert "temperature" in lines[1]
    assert "".join(lines[1:-1]).count("degC") == (unit == "degC")


def test_long_names_are_told_apart():
    """Cut at the column of the numbers, both would read ``one wall of even hea``."""
    names = ["one wall of even heat, inlet", "one wall of even heat, outlet"]
    rows = [Row("X1", name, 5.384647, 5.384615, 2e-3, "-") for name in names]
    lines = verification_table([(VerificationCase("X1", "Heat", "closed form", lambda: rows), rows)]).splitlines()
    assert [lines[1], lines[3]] == [f"  holds {name}" for name in names]
    assert lines[2] == lines[4]
    assert "5.384647 of 5.384615" in lines[2]
