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
    assert lines[1].count("degC") == (unit == "degC")
