"""Numbers carry no more digits than their error allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packtool.report.quantity import number, pretty_unit, quantity, with_error


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (36.4218, 0.21, "degC", "36.42 ± 0.21 degC"),
        (36.4218, 0.42, "degC", "36.4 ± 0.5 degC"),  # the error is rounded up: it stays a bound
        (36.4218, 0.1, "degC", "36.4 ± 0.1 degC"),
        (11832.0, 95.0, "Pa", "11832 ± 95 Pa"),
        (25.21, 1e-9, "degC", "25.210 ± 0.001 degC"),  # an error below the fifth digit does not lengthen the value
        (3.2e-9, None, "-", "3.2e-9"),
        (176.0, None, "A", "176 A"),
        (20.0, 0.0, "kPa", "20 ± 0 kPa"),
        (0.0, None, "K", "0 K"),
        (None, None, "K", ""),
    ],
)
def test_a_quantity_is_written_as_an_engineer_writes_it(value, error, unit, text):
    assert quantity(value, error, unit) == text


def test_tiny_numbers_with_an_error_keep_their_exponent():
    assert quantity(3.2e-9, 1.11e-10) == "3.2e-9 ± 1.2e-10"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3827.4, "3827"),
        (0.03124, "0.03124"),
        (100.0, "100"),
        (-0.0, "0"),
        (1.23456e9, "1.235e9"),
        (-38.256, "-38.26"),
        (float("nan"), "nan"),
    ],
)
def test_four_digits_without_trailing_zeros(value, text):
    assert number(value) == text


@given(st.floats(1e-3, 1e6), st.floats(1e-6, 1e3))
def test_the_written_error_is_never_smaller_than_the_error(value, error):
    shown, plus_minus = with_error(value, error)
    assert float(plus_minus) >= error * (1 - 1e-8)
    # half a unit of the last digit written, which the error's own last digit is at least as large as
    assert abs(float(shown) - value) <= float(plus_minus) / 2 * (1 + 1e-9)


def test_units_get_their_signs_on_a_page():
    assert (pretty_unit("degC"), pretty_unit("A/mm2"), pretty_unit("-"), pretty_unit("kPa")) == ("°C", "A/mm²", "", "kPa")
