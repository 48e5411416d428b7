"""Currents that heat their conductors, two-way with the temperature, against closed forms and Kirchhoff."""

from __future__ import annotations

import numpy as np
import pytest

from packtool import thermal
from packtool.errors import NotConverged, SolveError

pytestmark = pytest.mark.fem
LENGTH, AREA, K, RHO, ALPHA = 1.0, 1e-4, 400.0, 1.7e-8, 0.004


def warm(T):
    return RHO * (1 + ALPHA * (T - 300.0))


def bar(divisions=20, **electric):
    mesh = thermal.mesh_layers([("bar", LENGTH)], divisions=divisions, area=AREA)
    held = {"start": 300.0, "end": 300.0}
    return thermal.conduction(mesh, K, rho_cp=3e6, temperature=held, electric=thermal.Electric({"bar": warm}, **electric))


def rise(J):
    """k T'' + rho0 (1 + alpha (T - T0)) J² = 0, T0 at both ends: the rise in the middle is (1 / cos(lambda L / 2) - 1) / alpha."""
    return (1 / np.cos(np.sqrt(RHO * ALPHA * J**2 / K) * LENGTH / 2) - 1) / ALPHA


def test_a_bar_whose_resistivity_grows_with_its_own_heat():
    solution = thermal.solve_steady(bar(current={"start": 500.0}, voltage={"end": 0.0}), degree=2)
    assert solution.at(0.5) - 300 == pytest.approx(rise(5e6), rel=1e-6)  # quartic in h
    electric = solution.electric
    assert electric.current == pytest.approx({"start": 500.0, "end": -500.0}, rel=1e-9)
    assert electric.power == pytest.approx(solution.balance.made, rel=1e-9)
    assert solution.balance.imbalance < 1e-7


def test_the_same_bar_driven_by_its_voltage():
    by_current = thermal.solve_steady(bar(current={"start": 500.0}, voltage={"end": 0.0}))
    volts = by_current.electric.voltage["start"]
    by_voltage = thermal.solve_steady(bar(voltage={"start": volts, "end": 0.0}))
    assert by_voltage.electric.current["start"] == pytest.approx(500.0, rel=1e-8)
    assert pytest.approx(by_current.maximum().T, abs=1e-5) == by_voltage.maximum().T


def test_more_current_than_the_ends_can_cool_has_no_steady_state():
    limit = np.pi / LENGTH * np.sqrt(K / (RHO * ALPHA)) * AREA  # cos = 0
    with pytest.raises((NotConverged, SolveError), match=r"runaway|resistivity of bar is"):
        thermal.solve_steady(bar(current={"start": 1.2 * limit}, voltage={"end": 0.0}))


def test_a_joint_makes_its_heat_half_on_either_side():
    mesh = thermal.mesh_layers([("a", 0.1), ("b", 0.1)], divisions=2, area=AREA, contacts=[("a", "b")])
    electric = thermal.Electric({"a": 1.7e-8, "b": 2.8e-8}, {"end": -200.0}, {"start": 1.0}, {"a|b": 1e-9})
    problem = thermal.conduction(
        mesh, {"a": 400.0, "b": 200.0}, temperature={"start": 300.0}, contact={"a|b": 1e4}, rho_cp=3e6, electric=electric
    )
    solution = thermal.solve_steady(problem)
    parts = {"a": 200**2 * 1.7e-5, "b": 200**2 * 2.8e-5, "joint": 200**2 * 1e-5}
    assert solution.power == pytest.approx({"a": parts["a"] + parts["joint"] / 2, "b": parts["b"] + parts["joint"] / 2}, rel=1e-8)
    assert solution.electric.voltage["end"] == pytest.approx(1.0 - 200 * (1.7e-5 + 2.8e-5 + 1e-5), rel=1e-9)
    assert solution.heat_between("b", "a") == pytest.approx(parts["b"] + parts["joint"] / 2, rel=1e-8)
    b_side, a_side = solution.sides("a|b")[1], solution.sides("a|b")[0]
    assert b_side - a_side == pytest.approx(solution.heat_between("b", "a") / (1e4 * AREA), rel=1e-8)
    assert thermal.heat_flows(solution).left("a") == pytest.approx(solution.power["a"], rel=1e-6)
    later = thermal.solve_transient(problem, 300.0, [1e4], time_error=False)
    assert later.T[-1] == pytest.approx(solution.T, abs=1e-3)
    assert later.balance.imbalance < 1e-6


def test_two_branches_share_a_current_by_their_conductance():
    boxes = {"in": (0, 0, 0, 0.01, 0.03, 0.01), "one": (0.01, 0, 0, 0.1, 0.01, 0.01), "two": (0.01, 0.02, 0, 0.1, 0.03, 0.01)}
    boxes |= {"out": (0.1, 0, 0, 0.11, 0.03, 0.01)}
    mesh = thermal.mesh_boxes(boxes, divisions=2)
    rho = {"in": 1e-12, "out": 1e-12, "one": 1e-8, "two": 3e-8}  # ends that hardly resist: each branch is a plain bar
    electric = thermal.Electric(rho, {"in.x-": 100.0}, {"out.x+": 0.0})
    solution = thermal.solve_steady(thermal.conduction(mesh, 100.0, convection={"*": (10.0, 300.0)}, electric=electric))
    resistance = 0.09 / 1e-4
    assert solution.power["one"] == pytest.approx(75.0**2 * 1e-8 * resistance, rel=1e-3)  # what the ends resist
    assert solution.power["two"] == pytest.approx(25.0**2 * 3e-8 * resistance, rel=1e-3)


def test_a_current_over_time():
    table = thermal.Table("t", [0, 100, 101, 200], [100.0, 100.0, 0.0, 0.0])
    found = thermal.solve_transient(bar(5, current={"start": table}, voltage={"end": 0.0}), 300.0, [200.0], tolerance_K=1e-4)
    ohms = RHO * LENGTH / AREA
    assert found.balance.made == pytest.approx(ohms * (100**2 * 100 + 100**2 / 3), rel=2e-3)  # it warms by less than half a kelvin
    assert found.balance.imbalance < 1e-6


MESH = thermal.mesh_layers([("a", 0.1), ("b", 0.1)], divisions=2)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (((), {"start": 1.0}, {"end": 0.0}), "no region has a resistivity"),
        (({"a": 1e-8, "b": 1e-8}, {"start": 1.0}, {}), "nothing sets the potential"),
        (({"a": 0.0, "b": 1e-8}, {"start": 1.0}, {"end": 0.0}), "resistivity of a is 0"),
        (({"a": 1e-8, "bb": 1e-8}, {"start": 1.0}, {"end": 0.0}), "did you mean 'b'"),
        (({"a": 1e-8, "b": 1e-8}, {"strt": 1.0}, {"end": 0.0}), "did you mean 'start'"),
        (({"a": 1e-8, "b": 1e-8}, {"start": float("nan")}, {"end": 0.0}), "current at start is nan"),
        (({"a": 1e-8, "b": 1e-8}, {"start": 1.0}, {"start": 0.0}), "both a current and a voltage"),
        (({"a": 1e-8}, {"start": 1.0}, {"end": 0.0}), "terminal 'end' lies on a region without resistivity"),
    ],
)
def test_a_circuit_that_cannot_be_is_refused(given, told):
    resistivity, current, voltage = given
    electric = thermal.Electric(dict(resistivity), current, voltage)
    with pytest.raises(SolveError, match=told):
        thermal.solve_steady(thermal.conduction(MESH, 1.0, temperature={"start": 300.0}, electric=electric))


def test_conductors_without_a_way_to_a_voltage_and_touching_terminals_are_refused():
    mesh = thermal.mesh_layers([("a", 0.1), ("b", 0.1)], divisions=2, contacts=[("a", "b")])
    electric = thermal.Electric({"a": 1e-8, "b": 1e-8}, {"end": 1.0}, {"start": 0.0})
    with pytest.raises(SolveError, match="no terminal sets the potential of b"):
        thermal.solve_steady(thermal.conduction(mesh, 1.0, temperature={"start": 300.0}, contact={"a|b": 1.0}, electric=electric))
    box = thermal.mesh_boxes({"bar": (0, 0, 0, 1, 1, 1)}, divisions=1)
    electric = thermal.Electric({"bar": 1e-8}, {"bar.x-": 1.0}, {"bar.y-": 0.0})
    with pytest.raises(SolveError, match=r"terminals 'bar.y-' and 'bar.x-' touch"):
        thermal.solve_steady(thermal.conduction(box, 1.0, temperature={"bar.z-": 300.0}, electric=electric))
    with pytest.raises(SolveError, match="has no electric currents"):
        _ = thermal.solve_steady(thermal.conduction(box, 1.0, temperature={"bar.z-": 300.0})).electric
