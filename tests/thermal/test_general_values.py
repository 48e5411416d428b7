"""What a property may be given as, and what is refused before a solve."""

from __future__ import annotations

import math

import numpy as np
import pytest

from packtool.errors import SolveError
from packtool.thermal.general.capacity import PhaseChange, capacity
from packtool.thermal.general.values import Table, law, rotated, tensor

HERE = np.array([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
WARM = np.array([300.0, 400.0])


def test_a_number_a_table_and_a_function_are_values():
    assert law("k", 5).at(HERE, 0.0, WARM).tolist() == [5.0, 5.0]
    assert law("k", Table("T", [300, 500], [1.0, 3.0])).at(HERE, 0.0, WARM).tolist() == [1.0, 2.0]
    assert law("q", lambda x, z, t: x * z + t).at(HERE, 10.0, None).tolist() == [13.0, 25.0]


def test_r_is_the_distance_from_the_axis_or_the_radius_of_a_radial_mesh():
    assert law("q", lambda r: r).at(HERE, 0.0, None) == pytest.approx([math.sqrt(5), 5.0])
    assert law("q", lambda r: r).at(HERE, 0.0, None, radial=True).tolist() == [1.0, 3.0]


def test_a_function_of_single_numbers_serves_too():
    assert law("q", lambda T: math.exp(T / 100)).at(HERE, 0.0, WARM) == pytest.approx([math.exp(3), math.exp(4)])
    assert law("q", lambda T: 1.0 if T > 350 else 0.0).at(HERE, 0.0, WARM).tolist() == [0.0, 1.0]


def test_the_slope_by_temperature_is_that_of_the_function():
    assert law("k", lambda T: T**2).slope(HERE, 0.0, WARM) == pytest.approx(2 * WARM, rel=1e-8)  # central: exact but for rounding
    assert law("k", 5.0).slope(HERE, 0.0, WARM).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (-1.0, "is -1; wanted a finite number above 0"),
        (0.0, "is 0; wanted a finite number above 0"),
        (float("nan"), "is nan"),
        ("steel", "is 'steel'; wanted a number, a Table or a function of"),
        (None, "is None"),
        (True, "is True"),
        (lambda u: u, "asks for u; name its parameters among x, y, z, r, t, T"),
        (lambda: 5.0, "asks for nothing"),
        (Table("T", [300, 300], [1, 2]), "must ascend, and point 1 is 300, the next 300"),
        (Table("T", [400, 300], [1, 2]), "must ascend"),
        (Table("T", [300, 400], [1, float("nan")]), "entries that are not finite"),
        (Table("T", [300, 400], [1, -2]), "in its table, is -2"),
        (Table("T", [300, 400, 500], [1, 2]), "3 points and 2 values"),
        (Table("T", [300], [1]), "two at least"),
        (Table("C", [1, 2], [1, 2]), "is over 'C'; it can be over"),
    ],
)
def test_what_is_no_value_is_refused(given, told):
    with pytest.raises(SolveError, match=told):
        law("k of cell", given, lowest=0.0, strict=True)


def test_values_out_of_range_are_told_with_their_place():
    with pytest.raises(SolveError, match=r"k of cell is -100 at T = 400 K \(wanted above 0\)"):
        law("k of cell", lambda T: 300 - T, lowest=0.0, strict=True).at(HERE, 0.0, np.array([200.0, 400.0]))
    with pytest.raises(SolveError, match="T = 600 K is outside its table, 300 to 500; extend the table, or say hold=True"):
        law("k", Table("T", [300, 500], [1, 3])).at(HERE, 0.0, WARM + 200)
    assert law("k", Table("T", [300, 500], [1, 3], hold=True)).at(HERE, 0.0, WARM + 200).tolist() == [3.0, 3.0]
    with pytest.raises(SolveError, match="the function failed: ZeroDivisionError"):
        law("k", lambda T: 1 / 0).at(HERE, 0.0, WARM)
    with pytest.raises(SolveError, match=r"gave \(3,\) values for \(2,\) places"):
        law("k", lambda T: np.ones(3)).at(HERE, 0.0, WARM)


def test_a_tensor_is_one_value_three_or_nine():
    K = tensor("k", (1.0, lambda T: T / 100, 3.0)).at(HERE, 0.0, WARM, False)
    assert K[1].tolist() == np.diag([1.0, 4.0, 3.0]).tolist()
    full = [[2, 0.5, 0], [0.5, 3, 0], [0, 0, 1]]
    assert tensor("k", full).at(HERE, 0.0, WARM, False)[0].tolist() == full


def test_rotated_axes_turn_the_tensor():
    K = tensor("k", rotated((20.0, 1.0, 5.0), 30.0, about="z")).at(HERE, 0.0, WARM, False)[0]
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
    assert np.array([c, s, 0]) @ K @ [c, s, 0] == pytest.approx(20.0)
    assert np.array([-s, c, 0]) @ K @ [-s, c, 0] == pytest.approx(1.0)
    assert K[2, 2] == pytest.approx(5.0)


@pytest.mark.parametrize(
    "given",
    [[[1, 2, 0], [2, 1, 0], [0, 0, 1]], [[1, 0.5, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 0, 0], [0, 0, 1]], [1, 2], (1, 0, 1)],
)
def test_a_conductivity_that_is_no_positive_symmetric_tensor_is_refused(given):
    with pytest.raises(SolveError, match="k of cell"):
        tensor("k of cell", given)


def test_enthalpy_is_the_integral_of_the_heat_capacity():
    T, at = np.array([250.0, 333.3, 452.1]), np.zeros((3, 3))
    table = capacity("c", Table("T", [300, 400], [1e6, 3e6], hold=True))
    by_hand = [-50e6, 33.3 * 1e6 + 2e4 * 33.3**2 / 2, 200e6 + 52.1 * 3e6]
    assert table.enthalpy(at, T) == pytest.approx(by_hand)
    smooth = capacity("c", lambda T: 1e6 + 10.0 * T**2)
    rise = smooth.enthalpy(at, T) - smooth.enthalpy(at, np.full(3, 300.0))
    assert rise == pytest.approx(1e6 * (T - 300) + 10 / 3 * (T**3 - 300.0**3), rel=1e-12)  # three Gauss points: exact
    melting = capacity("c", PhaseChange(2e6, 3e6, 200e6, 300.0, 310.0))
    both = melting.enthalpy(at[:2], np.array([290.0, 320.0]))
    assert both[1] - both[0] == pytest.approx(10 * 2e6 + 10 * 2.5e6 + 200e6 + 10 * 3e6)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (PhaseChange(1e6, 1e6, 1e8, 300.0, 300.0), "T_liquidus must be at least"),
        (PhaseChange(1e6, -1e6, 1e8, 300.0, 301.0), "wanted positive heat capacities"),
        (lambda t: t, "name its parameters among x, y, z, r, T"),
        (lambda x, T: x + T, "cannot depend on place too"),
        (0.0, "above 0"),
    ],
)
def test_a_heat_capacity_that_cannot_be_is_refused(given, told):
    with pytest.raises(SolveError, match=told):
        capacity("rho_cp of cell", given)
