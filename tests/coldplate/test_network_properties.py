"""Any network, any flow: solved without luck, mass conserved, and where it is linear as a dense nodal solve written apart says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packtool import coldplate
from packtool.coldplate import Bend, Duct, Pump

RHO, MU = 1000.0, 1e-3
pytestmark = pytest.mark.slow  # ten seconds together

WATER = coldplate.constant_coolant(rho=RHO, cp=4180.0, k=0.6, mu=MU)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The same examples every time: a test in CI must not be a lottery. 4,000 others were run once when this was written."""


@st.composite
def networks(draw, bends=True):
    """Ducts between up to 8 nodes: a chain from first to last so that there is a way, and any others, parallels and dead ends included."""
    n = draw(st.integers(2, 8))
    pairs = [(i, i + 1) for i in range(n - 1)]
    extra = st.tuples(st.integers(0, n), st.integers(0, n)).filter(lambda pair: pair[0] != pair[1] and min(pair) < n)
    pairs += draw(st.lists(extra, max_size=10))
    side = st.floats(1e-3, 3e-2)
    made = []
    for k, (a, b) in enumerate(pairs):
        if draw(st.booleans()):
            a, b = b, a
        section = {"diameter": draw(side)} if draw(st.booleans()) else {"width": draw(side), "height": draw(side)}
        turns = [Bend(draw(st.sampled_from((45, 90))))] * draw(st.integers(0, 4)) if bends else []
        K = draw(st.sampled_from((0.0, 2.0))) if bends else 0.0
        made.append(Duct(f"d{k}", str(a), str(b), draw(st.floats(1e-2, 5.0)), bends=turns, K=K, **section))
    return coldplate.ducts(made, "0", str(n - 1))


def unbalanced(network, flow):
    """Largest mass imbalance of a node over the total flow."""
    p = network.passages
    q = np.array(list(flow.mass_flow.values()))
    net = np.bincount(p.node[:, 0], q, len(p.nodes)) - np.bincount(p.node[:, 1], q, len(p.nodes))
    net[p.inlet] -= flow.total
    net[p.outlet] += flow.total
    return float(np.abs(net).max() / flow.total)


def total_at(network, Re):
    """The mass flow that gives the widest duct this Reynolds number if it carries all."""
    p = network.passages
    return float((Re * MU * p.area / p.D_h).max())


@FEW
@given(networks(), st.floats(0, 4.7))
def test_any_network_is_solved_at_any_flow(network, decades):
    """Re of the widest duct 1 to 50,000, through the transition; narrow ones may be at their own."""
    flow = coldplate.solve_ducts(network, WATER, 300.0, mass_flow=total_at(network, 10**decades))
    assert unbalanced(network, flow) < 1e-8
    assert sum(flow.pressure_parts.values()) == pytest.approx(
        flow.pressure_drop, rel=1e-7
    )  # the solver stops at 1e-11 of the largest
    assert flow.pressure_drop > 0
    assert flow.T_outlet == pytest.approx(300.0, abs=1e-6)


@FEW
@given(networks(), st.floats(3.2, 3.8))
def test_so_it_is_in_the_transition(network, decades):
    flow = coldplate.solve_ducts(network, WATER, 300.0, mass_flow=total_at(network, 10**decades))
    assert unbalanced(network, flow) < 1e-8


def poiseuille(duct):
    """Resistance [Pa s/m³] of developed laminar flow, by the series for the flow rate in a rectangle (F. M. White, Viscous Fluid Flow)."""
    if duct.diameter is not None:
        return 128 * MU * duct.length / (np.pi * duct.diameter**4)
    a, b = max(duct.width, duct.height), min(duct.width, duct.height)
    n = np.arange(1, 200, 2)
    share = 1 - 192 * b / (np.pi**5 * a) * np.sum(np.tanh(n * np.pi * a / (2 * b)) / n**5)
    return 12 * MU * duct.length / (a * b**3 * share)


@FEW
@given(networks(bends=False))
def test_a_linear_network_is_that_of_a_dense_nodal_solve(network):
    """Kirchhoff's node equations, numpy only."""
    flow = coldplate.solve_ducts(network, WATER, 300.0, mass_flow=1e-3, flow_physics=coldplate.DEVELOPED_LAMINAR)
    nodes = {name: i for i, name in enumerate(flow.pressure)}
    G, source = np.zeros((len(nodes), len(nodes))), np.zeros(len(nodes))
    ends = []
    for duct in network.parts:
        a, b, g = nodes[duct.start], nodes[duct.end], 1 / poiseuille(duct)
        ends.append((a, b, g))
        G[[a, b], [a, b]] += g
        G[[a, b], [b, a]] -= g
    out = nodes[list(nodes)[network.passages.outlet]]
    source[network.passages.inlet] = 1e-3 / RHO
    G[out], source[out] = 0.0, 0.0
    G[out, out] = 1.0
    P = np.linalg.solve(G, source)
    assert flow.pressure_drop == pytest.approx(P[network.passages.inlet], rel=1e-7)
    wanted = [g * (P[a] - P[b]) * RHO / 1e-3 for a, b, g in ends]
    assert np.array(list(flow.mass_flow.values())) / 1e-3 == pytest.approx(wanted, abs=1e-7)


@FEW
@given(networks(), st.floats(1e2, 1e6), st.floats(1e-5, 1e-3))
def test_a_pump_finds_its_place_on_any_network(network, head, most):
    first = network.passages.nodes[network.passages.inlet]
    with_pump = coldplate.ducts(
        [Pump("pump", "tank", first, (0.0, most), (head, 0.0)), *network.parts],
        "tank",
        network.passages.nodes[network.passages.outlet],
    )
    flow = coldplate.solve_ducts(with_pump, WATER, 300.0, pressure_drop=0.0)
    assert unbalanced(with_pump, flow) < 1e-8
    assert 0 < flow.volume_flow <= most * (1 + 1e-9)
    assert flow.pressure[first] == pytest.approx(head * (1 - flow.volume_flow / most), rel=1e-6, abs=1e-6 * head)
