"""The estimated error against the true one, where the exact number is known."""

from __future__ import annotations

import math

import pytest
from heat_meshes import bar, problem, steady_heat

from packtool.results import Result
from packtool.thermal.error import estimated_errors, halved_shares
from packtool.thermal.evaluate import region_values
from packtool.thermal.steady import solve_steady
from packtool.verification.conduction import CUBOID_REFERENCE, cuboid_rises, nafems_t4


def _row(value: float, name: str = "T", **more) -> Result:
    return Result(name, value, "K", **more)


def effectivity(fine: float, halved: float, exact: float) -> float:
    """Estimated over true error."""
    (estimated,) = estimated_errors([_row(fine)], [_row(halved)])
    assert estimated.error is not None
    return estimated.error / abs(fine - exact)


@pytest.mark.parametrize(("order", "ratio"), [(1.0, 0.547), (4 / 3, 0.831), (1.5, 1.0), (2.0, 1.641)])
def test_the_ratio_to_the_true_error_is_known_for_every_order(order, ratio):
    assert effectivity(100 + 0.1, 100 + 0.1 * 2**order, 100) == pytest.approx(ratio, abs=1e-3)


@pytest.mark.fem
def test_slab_with_even_heat():
    # mean of a slab, heat q, T fixed at both ends: q L^2 / (12 k); q L^2 / k = 3 W / (AREA L) L^2 / 10
    exact, values = 3.0 / 1e-4 * 0.1 / 10 / 12, []
    for n in (8, 4):
        mesh = bar(elements=n)
        T = solve_steady(problem(mesh, heat=steady_heat(3.0), temperature={"xmin": 300.0, "xmax": 300.0})).T
        values.append(region_values(mesh, T - 300).mean[0])
    assert 0.5 <= effectivity(*values, exact) <= 2


@pytest.mark.fem
@pytest.mark.parametrize("n", [24, 16])
def test_cuboid(n):
    fine, halved = cuboid_rises(n), cuboid_rises(n // 2)
    ratios = {name: effectivity(fine[name], halved[name], exact) for name, exact in CUBOID_REFERENCE.items()}
    assert all(0.5 <= ratio <= 2 for ratio in ratios.values()), ratios


@pytest.mark.fem
@pytest.mark.parametrize("n", [24, 12])
def test_nafems_t4(n):
    fine, halved = (nafems_t4(m)["T(0.6, 0.2)"] for m in (n, n // 2))
    assert 0.5 <= effectivity(fine, halved, 18.2537565371) <= 2


@pytest.mark.fem
def test_a_third_mesh_keeps_the_estimate_near_the_true_error():
    meshes = [cuboid_rises(n) for n in (24, 12, 6)]
    for name, exact in CUBOID_REFERENCE.items():
        fine, halved, quartered = (_row(values[name]) for values in meshes)
        (estimated,) = estimated_errors([fine], [halved], [quartered])
        assert estimated.error is not None
        assert 0.5 <= estimated.error / abs(fine.value - exact) <= 2.0, name


def test_rows_are_matched_by_name_case_and_time_and_by_region_where_they_can_be():
    fine = [_row(1.0, "a", case="x"), _row(1.0, "a", case="y"), _row(5.0, "max", case="x", region="R1"), _row(2.0, "only here")]
    halved = [_row(1.4, "a", case="y"), _row(1.2, "a", case="x"), _row(6.0, "max", case="x", region="R7")]
    scale = 2**1.5 - 1
    errors = [row.error for row in estimated_errors(fine, halved)]
    assert errors[:3] == pytest.approx([0.2 / scale, 0.4 / scale, 1 / scale])
    assert errors[3] is None


def test_two_meshes_that_agree_by_chance_are_held_against_the_mean_and_what_one_mesh_knows():
    fine = [_row(3.0, "temperature.cell.mean"), _row(9.0, "temperature.cell.max"), _row(2.0, "heat.flow[a>b]", error=0.3)]
    halved = [_row(2.5, "temperature.cell.mean"), _row(9.0, "temperature.cell.max"), _row(2.0, "heat.flow[a>b]", error=0.6)]
    mean, extreme, flow = (row.error for row in estimated_errors(fine, halved))
    assert mean == pytest.approx(0.5 / (2**1.5 - 1))
    assert extreme == mean
    assert flow == 0.3
    third = [_row(2.0, "temperature.cell.mean"), _row(9.0, "temperature.cell.max"), _row(2.0, "heat.flow[a>b]")]
    mean, extreme, flow = (row.error for row in estimated_errors(fine, halved, third))
    assert extreme == mean
    assert flow < 1e-5  # three meshes are taken at their word


def test_cells_that_change_to_either_side_do_not_make_their_mean_sure():
    """One cell 0.6 K warmer on the coarser mesh, three 0.2 K colder: the mean agrees, none of the cells does."""
    own = [f"temperature.cell.mean[R1C0{number}]" for number in range(1, 5)]
    names = ["temperature.cell.mean", "temperature.cell.max", *own, "heat.ambient"]
    fine = [_row(40.0, name) for name in names]
    halved = [_row(40.0 + off, name) for off, name in zip((0.0, 0.0, 0.6, -0.2, -0.2, -0.2, 0.0), names, strict=True)]
    together = math.sqrt((0.6**2 + 3 * 0.2**2) / 4) / (2**1.5 - 1)
    mean, extreme, first, *others, heat = (row.error for row in estimated_errors(fine, halved))
    assert [mean, extreme, *others] == pytest.approx([together] * 5)
    assert first == pytest.approx(0.6 / (2**1.5 - 1))
    assert heat is not None
    assert heat < 1e-5


def test_equal_numbers_keep_the_solver_s_tolerance():
    (kelvin, celsius) = estimated_errors([_row(50.0), Result("c", 0.0, "degC")], [_row(50.0), Result("c", 0.0, "degC")])
    assert kelvin.error == pytest.approx(5e-6)
    assert celsius.error == pytest.approx(273.15e-7)


def test_units_and_doubles_are_checked():
    with pytest.raises(ValueError, match="is in K on one mesh"):
        estimated_errors([_row(1.0)], [Result("T", 1.0, "degC")])
    with pytest.raises(ValueError, match="twice"):
        estimated_errors([_row(1.0)], [_row(1.0), _row(2.0)])


def test_a_mesh_halved_in_one_direction_of_three_shows_a_third_of_the_difference():
    whole, part = bar(elements=8), bar(elements=4)
    assert halved_shares([whole, part, part]) == (pytest.approx(1 / 3), 0.0)
    (error,) = (row.error for row in estimated_errors([_row(1.0)], [_row(1.1)], shares=[1 / 3]))
    assert error == pytest.approx(0.3 / (2**1.5 - 1))
    (unknown,) = (row.error for row in estimated_errors([_row(1.0)], [_row(1.0)], shares=[0.0]))
    assert unknown is None  # the same mesh twice tells nothing


def test_flows_of_heat_are_held_against_the_heat_to_the_coolant_and_between_parts_take_first_order():
    names = ("heat.coolant", "heat.ambient.top", "heat.flow[pad>ambient]", "heat.flow[cell>pad]", "coolant.film.max")
    values = (100.0, 20.0, 0.1, 5.0, 2.0)
    fine = [_row(value, name) for value, name in zip(values, names, strict=True)]
    halved = [_row(value + off, name) for value, name, off in zip(values, names, (1.0, 0.0, 0.0, 0.5, 0.0), strict=True)]
    coolant, top, pad, between, film = (row.error for row in estimated_errors(fine, halved))
    assert coolant == pytest.approx(1 / (2**1.5 - 1))
    assert top == pytest.approx(coolant * 0.2)
    assert pad == pytest.approx(coolant * 0.01)  # of what is next to nothing, a hundredth
    assert between == pytest.approx(0.5)
    assert film == pytest.approx(coolant * 0.02)
