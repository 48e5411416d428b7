"""Transient solves: order in time, landing on breakpoints, the balance over the run, closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heat_meshes import bar, problem, steady_heat

from packtool.errors import NotConverged, SolveError
from packtool.thermal.records import Convection
from packtool.thermal.steady import solve_steady
from packtool.thermal.transient import solve_transient

pytestmark = pytest.mark.fem
RHO_CP = np.array([2e6])


def _mode(mesh, elements, length=0.1, k=10.0):
    """A cosine along the bar, an eigenvector of the discrete problem too, and its exact rate of decay there [1/s]."""
    shape = np.cos(np.pi * mesh.points[:, 0] / length)
    h = length / elements
    c = np.cos(np.pi * h / length)
    return shape, k / RHO_CP[0] * 6 / h**2 * (1 - c) / (2 + c)


def test_second_order_in_time():
    mesh = bar(elements=8)
    shape, rate = _mode(mesh, 8)
    end, errors = 1.0 / rate, []
    for steps in (8, 16, 32):
        dt = end / steps
        solution = solve_transient(
            problem(mesh, rho_cp=RHO_CP), 300 + 50 * shape, [end], first_step=dt, longest_step=dt, tolerance_K=1e9
        )
        assert len(solution.step_times) == steps + 1
        errors.append(np.abs(solution.T[0] - 300 - 50 * shape * np.exp(-1)).max())
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    assert rates == pytest.approx([2, 2], abs=0.1)


def test_the_error_follows_the_tolerance():
    mesh = bar(elements=8)
    shape, rate = _mode(mesh, 8)
    for tolerance in (1e-1, 1e-2, 1e-3):
        solution = solve_transient(problem(mesh, rho_cp=RHO_CP), 300 + 50 * shape, [1 / rate], tolerance_K=tolerance)
        error = np.abs(solution.T[0] - 300 - 50 * shape * np.exp(-1)).max()
        assert error < 20 * tolerance  # local errors of some tens of steps add up, and decay


def test_slab_cooled_on_one_side():
    # case B2: Bi = 1, Fo = 0.5: theta at the centre, surface and in the mean
    n, L, k = 24, 0.1, 10.0
    mesh = bar(L, n)
    end = 0.5 * L**2 * RHO_CP[0] / k
    law = Convection(k / L, 300.0)
    solution = solve_transient(problem(mesh, k=(k,), rho_cp=RHO_CP, convection={"xmax": law}), 400.0, [end], tolerance_K=1e-3)
    theta = (solution.T[0] - 300) / 100
    x = mesh.points[:, 0]
    assert theta[x == 0].mean() == pytest.approx(0.7725263834, rel=0.002)
    assert theta[x == x.max()].mean() == pytest.approx(0.5045219279, rel=0.002)
    assert (solution.region_mean[-1, 0] - 300) / 100 == pytest.approx(0.6811045654, rel=0.002)


def test_steps_land_on_outputs_and_breakpoints_and_see_jumps_on_one_side_only():
    mesh = bar(elements=2)
    pulse = lambda t, T: (np.array([20.0 if 30 < t < 50 else 0.0]), np.zeros(1))  # noqa: E731
    solution = solve_transient(
        problem(mesh, k=(1e5,), rho_cp=RHO_CP), 300.0, [20, 45.5, 100], heat_at=pulse, breakpoints=[30, 50], tolerance_K=1e-2
    )
    assert {20.0, 30.0, 45.5, 50.0, 100.0} <= set(solution.step_times.tolist())
    assert solution.times.tolist() == [20.0, 45.5, 100.0]
    heat_capacity = RHO_CP[0] * 1e-5
    assert solution.region_mean[-1, 0] - 300 == pytest.approx(20 * 20 / heat_capacity, rel=1e-6)  # no step straddles a jump
    assert solution.rejected_steps == 0


def test_after_a_breakpoint_the_steps_start_short_again():
    mesh = bar(elements=8)
    pulses = lambda t, T: (np.array([30.0 if t % 200 < 100 else 0.0]), np.zeros(1))  # noqa: E731
    given = problem(mesh, rho_cp=RHO_CP, convection={"xmax": Convection(500.0, 300.0)})
    jumps = list(range(100, 1000, 100))
    solution = solve_transient(given, 300.0, [1000.0], heat_at=pulses, breakpoints=jumps, tolerance_K=1e-2)
    steps = np.diff(solution.step_times)
    assert solution.rejected_steps < len(steps) / 5  # a step as long as before the jump would be rejected at every one
    first = steps[np.isin(solution.step_times[:-1], jumps)]
    assert first.max() < steps.max() / 2


def test_the_balance_closes_over_the_run_with_radiation_slopes_and_prescribed_temperatures():
    mesh = bar(elements=6)
    heated = problem(
        mesh,
        rho_cp=RHO_CP,
        temperature={"xmin": 310.0},
        convection={"xmax": Convection(20.0, 290.0, 0.9)},
        flux={"bar.y-": 500.0},
    )
    solution = solve_transient(heated, 350.0, [300.0], heat_at=lambda t, T: (2.0 + 0.01 * (T - 300), np.array([0.01])))
    balance = solution.balance
    start = np.where(mesh.points[:, 0] == 0, 310.0, 350.0)
    held = RHO_CP[0] * 1e-5
    mean_start = 350.0 - 40.0 / 12  # the first of six elements starts between 310 and 350
    assert start.min() == 310
    assert balance.stored == pytest.approx(held * (solution.region_mean[-1, 0] - mean_start), rel=1e-9)
    assert balance.to_boundaries["bar.y-"] == pytest.approx(-500 * 0.1 * 0.01 * 300, rel=1e-9)
    assert balance.imbalance < 1e-6
    assert set(balance.to_boundaries) == {"xmin", "xmax", "bar.y-"}


def test_a_long_march_ends_in_the_steady_state():
    mesh = bar(elements=6)
    given = problem(mesh, rho_cp=RHO_CP, heat=steady_heat(1.0), convection={"xmax": Convection(100.0, 300.0, 0.5)})
    end = solve_transient(given, 300.0, [2e5])
    assert end.T[-1] == pytest.approx(solve_steady(given).T, abs=2e-3)  # the tolerance of a step
    assert end.step_times[-1] - end.step_times[-2] > 1e4  # and the steps have grown


def test_a_jump_that_nobody_announced_is_met_by_short_steps_or_refused():
    mesh = bar(elements=2)
    jump = lambda t, T: (np.array([2000.0 if t > 33.3 else 0.0]), np.zeros(1))  # noqa: E731
    given = problem(mesh, k=(1e5,), rho_cp=RHO_CP)
    found = solve_transient(given, 300.0, [100], heat_at=jump, tolerance_K=1e-2)
    assert found.region_mean[-1, 0] - 300 == pytest.approx(2000 * 66.7 / 20, abs=0.1)  # some steps of the tolerance
    assert found.rejected_steps > 0
    with pytest.raises(NotConverged, match="not among the breakpoints"):
        solve_transient(given, 300.0, [100], heat_at=jump, tolerance_K=1e-2, shortest_step=0.5)


@pytest.mark.parametrize("times", [[], [0.0, 5.0], [5.0, 5.0], [5.0, 2.0], [np.nan]])
def test_times_must_ascend_from_above_zero(times):
    with pytest.raises(SolveError, match="times"):
        solve_transient(problem(bar(), rho_cp=RHO_CP), 300.0, times)


def test_what_a_march_needs_is_asked_for():
    given = problem(bar(), rho_cp=RHO_CP)
    with pytest.raises(SolveError, match="needs rho_cp"):
        solve_transient(replace(given, rho_cp=None), 300.0, [1.0])
    with pytest.raises(SolveError, match="T0 has shape"):
        solve_transient(given, np.ones(3), [1.0])
    with pytest.raises(SolveError, match="above 0"):
        solve_transient(given, 300.0, [1.0], tolerance_K=0.0)
