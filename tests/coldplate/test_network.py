"""The flow split of a coolant network."""

from dataclasses import replace

import numpy as np
import pytest
from coldplate_networks import duct, plate, random_grid, three_pass, two_pass

from packtool.catalogue.load import coolants
from packtool.coldplate import network_equations
from packtool.coldplate.losses import DEVELOPED_LAMINAR, K_BEND, FlowPhysics, node_drop
from packtool.coldplate.network import FlowSplit, flow_changes, half_widths, split_flow, unevenness
from packtool.coldplate.network_equations import NetworkEquations
from packtool.coldplate.passages import RUN, SIDE, TERMINAL, THROUGH, TURN, passages
from packtool.coldplate.solve import coolant_results, solve_coldplate_isothermal
from packtool.errors import SolveError
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.verification.coldplate import ladder

RHO, MU = np.array(1067.0), np.array(3.7e-3)  # meg50 at 22 degC


def solve(network: CoolantNetwork, flow_lpm: float, physics: FlowPhysics = FlowPhysics(), mu=MU) -> FlowSplit:
    return split_flow(passages(network), flow_lpm / 60e3 * float(RHO), RHO, mu, 1.5e-6, physics)


def unbalanced(network: CoolantNetwork, split: FlowSplit, total: float) -> float:
    """Largest mass imbalance of a node over the total flow."""
    p = passages(network)
    net = np.bincount(p.node[:, 0], split.mass_flow, len(p.nodes)) - np.bincount(p.node[:, 1], split.mass_flow, len(p.nodes))
    net[p.inlet] -= total
    net[p.outlet] += total
    return float(np.abs(net).max() / total)


@pytest.mark.slow
def test_random_networks_converge_and_conserve_mass():
    """200 networks, laminar to turbulent: mass to 1e-10, the drop is the sum of its parts."""
    solved = 0
    for seed in range(230):
        network = random_grid(seed)
        if network is None:
            continue
        draw = np.random.default_rng(10_000 + seed)
        p, Re, mu = passages(network), 10 ** draw.uniform(0.5, 4.5), 10 ** draw.uniform(-3, -2)
        total = Re * mu * p.area.max() / p.D_h.max()
        split = split_flow(p, total, RHO, np.array(mu), 1.5e-6)
        assert unbalanced(network, split, total) < 1e-10
        assert sum(split.parts.values()) == pytest.approx(split.pressure_drop, rel=1e-8)  # Tellegen, at the solver's 1e-11
        assert split.uncertainty > 0
        solved += 1
    assert solved >= 200


def test_a_network_whose_junctions_defeat_newton_settles_in_time():
    """Grid 215 at Re 2420 has a junction whose pressure recovery makes the loss fall with the flow."""
    network, draw = random_grid(215), np.random.default_rng(1_000_215)
    assert network is not None
    p, Re, mu = passages(network), 10 ** draw.uniform(0.5, 4.5), 10 ** draw.uniform(-3, -2)
    total = Re * mu * p.area.max() / p.D_h.max()
    assert unbalanced(network, split_flow(p, total, np.array(1000.0), np.array(mu), 1.5e-6), total) < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize("network", [duct(400.0), duct(20.0), three_pass(), ladder(6, 300.0, (3.0, 2.0), 20.0, (8.0, 3.0), "U")])
def test_the_drop_rises_with_the_flow_from_creeping_to_turbulent(network):
    p = passages(network)
    widest = int(p.area.argmax())
    drops = [
        split_flow(p, Re * 1e-3 * p.area[widest] / p.D_h[widest], RHO, np.array(1e-3), 1.5e-6).pressure_drop
        for Re in np.geomspace(10, 1e5, 120)
    ]
    assert np.all(np.diff(drops) > 0)


def test_equal_channels_share_evenly():
    """Four channels at the corners of nothing but symmetry: two by two they must agree, all four where the header costs nothing."""
    branches = tuple(
        Branch(str(i), "in", "out", ((0.0, 0.0), (0.0, 10.0 * s), (200.0, 10.0 * s), (200.0, 0.0)), 6.0, 3.0)
        for i, s in enumerate((1, -1))
    )
    split = solve(CoolantNetwork(branches, "in", "out", 0.0, 3.0), 3.0)
    assert split.mass_flow[0] == pytest.approx(split.mass_flow[1], rel=1e-12)  # the same equations


def test_a_z_manifold_is_symmetric_where_it_is_linear_and_not_with_inertia():
    z = ladder(10, 300.0, (3.0, 2.0), 20.0, (8.0, 6.0), "Z")
    linear, real = (solve(z, 1.0, physics).mass_flow[:10] for physics in (DEVELOPED_LAMINAR, FlowPhysics()))
    assert linear == pytest.approx(linear[::-1], rel=1e-9)
    assert abs(real[8] - real[1]) > 0.01 * real.mean()  # pressure recovery favours the far end (Bajura & Jones 1976)


def test_pressure_recovers_along_a_dividing_header():
    """Inertia against friction: in a wide, fast dividing header the static pressure rises towards its closed end."""
    wide = ladder(8, 600.0, (4.0, 2.0), 10.0, (16.0, 6.0), "Z")
    p = passages(wide)
    split = solve(wide, 12.0, mu=np.array(1e-3))
    header = [p.nodes.index(f"in {i}") for i in range(1, 8)]
    assert split.pressure[header[-1]] > split.pressure[header[0]]
    without = solve(wide, 12.0, replace(FlowPhysics(), junctions=False), mu=np.array(1e-3))
    assert without.pressure[header[-1]] < without.pressure[header[0]]


def test_a_duct_in_two_pieces_is_the_duct():
    whole = duct(400.0)
    pieces = CoolantNetwork(
        (Branch("a", "in", "m", ((0.0, 0.0), (150.0, 0.0)), 16.0, 3.0), Branch("b", "m", "out", ((150.0, 0.0), (400.0, 0.0)), 16.0, 3.0)),
        "in", "out", 0.0, 3.0,
    )  # fmt: skip
    a, b = solve(whole, 2.0), solve(pieces, 2.0)
    assert b.parts["friction"] == pytest.approx(a.parts["friction"], rel=1e-10)
    # the entrance belongs to the first piece alone; at its end, x+ 0.01, 8 % of K(infinity) is still to come
    assert b.parts["entrance"] == pytest.approx(a.parts["entrance"], rel=0.1)


def test_a_corner_costs_the_same_within_a_branch_and_between_two():
    path = ((0.0, 0.0), (200.0, 0.0), (200.0, 100.0))
    one = CoolantNetwork((Branch("l", "in", "out", path, 8.0, 3.0),), "in", "out", 0.0, 3.0)
    two = CoolantNetwork(
        (Branch("a", "in", "m", path[:2], 8.0, 3.0), Branch("b", "m", "out", path[1:], 8.0, 3.0)), "in", "out", 0.0, 3.0
    )
    a, b = solve(one, 2.0), solve(two, 2.0)
    head = float(RHO) / 2 * (2 / 60e3 / 24e-6) ** 2
    assert a.parts["bends"] == pytest.approx(K_BEND * head, rel=1e-12)
    assert b.parts["junctions"] == pytest.approx(K_BEND * head, rel=1e-12)


def test_a_branch_drawn_against_the_flow_carries_it_backwards():
    forward = two_pass(3, 300.0)
    first, *rest = forward.branches
    turned = replace(
        forward, branches=(Branch(first.name, first.end, first.start, first.path[::-1], first.width_mm, first.height_mm), *rest)
    )
    a, b = solve(forward, 3.0), solve(turned, 3.0)
    assert b.mass_flow[0] == pytest.approx(-a.mass_flow[0], rel=1e-9)
    assert b.mass_flow[1:] == pytest.approx(a.mass_flow[1:], rel=1e-9, abs=1e-12)


def test_every_part_of_the_physics_changes_the_drop():
    drop = {}
    for name in ("entrance", "bends", "junctions"):
        drop[name] = solve(
            three_pass() if name == "bends" else two_pass(3, 300.0), 6.0, replace(FlowPhysics(), **{name: False})
        ).pressure_drop
    assert drop["entrance"] < solve(two_pass(3, 300.0), 6.0).pressure_drop
    assert drop["junctions"] < solve(two_pass(3, 300.0), 6.0).pressure_drop
    assert drop["bends"] < solve(three_pass(), 6.0).pressure_drop
    assert solve(three_pass(), 6.0, replace(FlowPhysics(), turbulence=False)).pressure_drop < solve(three_pass(), 6.0).pressure_drop


def test_three_pass_serpentine_against_three_dimensional_flow():
    """646.5 +- 1.5 Pa by two finite-element codes (developed inlet, Re 431; DESIGN section 5): correlations to 3 %."""
    split = split_flow(
        passages(three_pass()), 0.5e-3 / 60 * 1062, np.array(1062.0), np.array(3.16e-3), 0.0, FlowPhysics(entrance=False)
    )
    assert split.Re[0] == pytest.approx(431, abs=0.5)  # as printed
    assert split.pressure_drop == pytest.approx(646.5, rel=0.03)
    assert abs(split.pressure_drop - 646.5) < split.uncertainty


def test_the_bus_plate_is_laminar_in_its_channels_and_not_in_its_headers():
    network = two_pass()
    split = solve(network, 12.0)
    channel = np.array([b.kind == "channel" for b in network.branches])
    assert 200 < split.Re[channel].min() < split.Re[channel].max() < 1500
    assert split.Re[~channel].max() > 2300
    assert split.mass_flow[channel].mean() / split.mass_flow[channel].sum() == pytest.approx(1 / 20)
    assert split.steps < 10


def test_how_branches_meet():
    p = passages(two_pass(3, 300.0))
    meets = {(name, e): int(p.meeting[i, e]) for i, name in enumerate(p.names) for e in (0, 1)}
    assert meets["out 1", 0] == SIDE
    assert meets["a header 0", 1] == meets["a header 1", 0] == RUN
    assert meets["out 2", 0] == meets["a header 1", 1] == TURN  # the closed end of the header turns into its last channel
    assert meets["a header 0", 0] == SIDE  # at the inlet the pipe joins from above
    straight = passages(
        CoolantNetwork(
            (Branch("a", "i", "m", ((0.0, 0.0), (9.0, 0.0)), 4.0, 2.0), Branch("b", "m", "o", ((9.0, 0.0), (20.0, 0.0)), 4.0, 2.0)),
            "i",
            "o",
            0,
            2,
        )
    )
    assert straight.meeting.tolist() == [[TERMINAL, THROUGH], [THROUGH, TERMINAL]]


def test_channels_lose_half_a_header_at_each_tee_and_nothing_at_a_corner():
    p = passages(two_pass(3, 300.0))
    length = dict(zip(p.names, p.straight, strict=True))
    assert length["out 1"] == pytest.approx(0.3 - 2 * 0.016)
    assert length["out 2"] == pytest.approx(0.3 - 0.016)  # corner in the feed header, tee in the turn header


def test_what_is_no_network_is_refused():
    one = duct(100.0)
    lost = Branch("island", "p", "q", ((0.0, 50.0), (10.0, 50.0)), 4.0, 2.0)
    with pytest.raises(SolveError, match="does not reach node p"):
        passages(replace(one, branches=(*one.branches, lost)))
    with pytest.raises(SolveError, match="no branch between"):
        passages(replace(one, outlet="in"))
    with pytest.raises(SolveError, match="same name, duct"):
        passages(replace(one, branches=one.branches * 2))
    with pytest.raises(SolveError, match="without length"):
        passages(duct(100.0, width=0.0))
    with pytest.raises(SolveError, match="positive"):
        solve(one, 0.0)
    with pytest.raises(SolveError, match=r"duct: Reynolds number 2\.53e\+07 is outside 0\.\.1e\+06") as refused:
        solve(one, 50_000.0)
    assert refused.value.key == "cold_plate.flow_lpm"


def test_the_interval_of_the_drop_is_the_sum_of_each_part_s_scatter():
    """Half-widths add up as if all erred the same way: correlations for one plate mostly do."""
    alone = FlowPhysics(entrance=False, bends=False, junctions=False)
    for flow_lpm, share in ((0.5, 0.05), (6.0, 0.30), (12.0, 0.10)):  # Re 284, 3,400 and 6,800: laminar, between, turbulent
        split = solve(duct(400.0), flow_lpm, alone)
        assert split.uncertainty == pytest.approx(share * split.parts["friction"], rel=1e-9)
    smooth, bent = (solve(three_pass(), 0.5, replace(alone, bends=bends)) for bends in (False, True))
    corners = 4 * bent.parts["friction"] * (2 * 10 * 3 / 13) / 320  # of friction: a hydraulic diameter each, of 320 mm
    assert bent.uncertainty - smooth.uncertainty == pytest.approx(0.4 * bent.parts["bends"] + corners, rel=1e-9)
    entering = solve(three_pass(), 0.5, replace(alone, entrance=True))
    assert entering.uncertainty - smooth.uncertainty == pytest.approx(0.1 * entering.parts["entrance"], rel=1e-9)


def test_scatter_that_is_the_same_in_every_channel_does_not_move_the_split():
    p = passages(two_pass())
    split = split_flow(p, 0.02, RHO, MU, physics=DEVELOPED_LAMINAR)
    changes = flow_changes(p, split, RHO, MU, physics=DEVELOPED_LAMINAR)
    assert changes.shape == (1, len(p.length))  # friction alone, 5 % more of it everywhere
    assert np.abs(changes).max() < 1e-9 * split.total  # rounding of the linear solve


def test_the_split_s_scatter_is_what_other_junctions_make_of_it(monkeypatch):
    p = passages(two_pass())
    channels = np.array([kind == "channel" for kind in p.kinds])
    split = split_flow(p, 0.1, RHO, MU)
    named = half_widths(NetworkEquations(p, 0.1, None, RHO, MU, 0.0, FlowPhysics()), split.mass_flow)
    at_junctions = np.array([name.startswith(("sides", "runs")) for name, unsure in named.items() if unsure.any()])
    told = flow_changes(p, split, RHO, MU)[at_junctions].sum(axis=0)
    share = 0.02  # of the half-width, which is half of every pressure change at a junction
    monkeypatch.setattr(network_equations, "node_drop", lambda *given: (1 + share * 0.5) * node_drop(*given))
    moved = (split_flow(p, 0.1, RHO, MU).mass_flow - split.mass_flow) / share
    assert np.abs(moved).max() > 0.01 * split.total
    assert told == pytest.approx(moved, abs=0.02 * np.abs(moved).max())  # second order in the share
    found, width = unevenness(split.mass_flow[channels], told[None, channels])
    assert found == pytest.approx(np.ptp(split.mass_flow[channels]) / split.mass_flow[channels].mean())
    assert 0.01 < width < found


def test_the_split_s_scatter_is_told_with_the_channels_flows():
    manifold, single = (
        {row.name: row for row in coolant_results(solve_coldplate_isothermal(network, plate(), coolants()["meg50"], 298.15), None)}
        for network in (two_pass(), duct(400.0))
    )
    assert manifold["coolant.flow.maldistribution"].scatter > 0.01
    assert all(row.scatter > 0 for name, row in manifold.items() if name.startswith("coolant.flow.channel["))
    assert single["coolant.flow.maldistribution"].scatter == 0 == single["coolant.velocity.max"].scatter
