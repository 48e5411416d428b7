"""Cold plate: metal and coolant fill the plate, the network follows the channels, and what does not fit is refused with what would."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out

SERPENTINE = {"cold_plate.type": "serpentine", "cold_plate.channels": None}
PARALLEL = {"cold_plate.type": "parallel"}


def network(layout):
    assert layout.network is not None
    return layout.network


def in_coolant(layout, x, y):
    """Whether a point of the plan lies in the channels' outline (a ray crosses an odd number of edges)."""
    inside = False
    for sweep in layout.product("coolant").sweeps:
        for loop in (sweep.profile.outer, *sweep.profile.holes):
            points = [v[:2] for v in loop.vertices]
            for (x0, y0), (_, y1) in zip(points, points[1:] + points[:1], strict=True):
                inside ^= (y0 > y) != (y1 > y) and x0 > x
    return inside


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(["serpentine", "once U", "once Z", "twice"]),
    count=st.integers(2, 14),
    width=st.floats(2.0, 24.0),
    height=st.floats(0.5, 5.9),
    margin=st.floats(1.0, 30.0),
)
def test_metal_and_coolant_fill_the_plate_exactly(load, kind, count, width, height, margin):
    changes = {
        "cold_plate.channel_width_mm": width, "cold_plate.channel_height_mm": height, "cold_plate.margin_mm": margin,
        "cold_plate.overhang_mm": 80.0,
    }  # fmt: skip
    if kind == "serpentine":
        changes |= {**SERPENTINE, "cold_plate.passes": count}
    else:
        changes |= {
            "cold_plate.passes": 2 if kind == "twice" else 1,
            "cold_plate.channels": count,
            "cold_plate.manifold": kind[-1] if "once" in kind else "U",
        }
    layout = lay_out(load(changes))
    x0, y0, z0, x1, y1, z1 = layout.product("cold-plate").bounds()
    box = (x1 - x0) * (y1 - y0) * (z1 - z0)
    filled = layout.product("cold-plate").volume_mm3() + layout.product("coolant").volume_mm3()
    assert filled == pytest.approx(box, rel=1e-12)  # rounding only: both come from the same outline
    assert len(layout.product("coolant").sweeps) == 1  # all channels hang together
    for branch in network(layout).branches:
        for (xa, ya), (xb, yb) in pairwise(branch.path):
            assert in_coolant(layout, (xa + xb) / 2, (ya + yb) / 2)
            assert (xa == xb) != (ya == yb)


def test_the_plate_covers_the_rows_and_reaches_past_them(load):
    layout = lay_out(load())
    x0, y0, z0, x1, y1, z1 = layout.part_bounds(layout.parts_of("cold_plate")[0])
    assert (x1 - x0, y1 - y0, z0, z1) == pytest.approx(
        (17 * 53.7 + 16 * 1.5 + 40 + 2 * 45, 4 * 174 + 3 * 12, 3, 9), abs=1e-9
    )  # sums


def test_the_channels_lie_in_the_middle_of_the_plate_s_thickness(load):
    layout = lay_out(load())
    assert (network(layout).z0, network(layout).z1) == (3 + 1.5, 3 + 4.5)
    (coolant,) = layout.parts_of("coolant")
    sweep = layout.product(coolant.product).sweeps[0]
    assert (coolant.origin[2] + sweep.z0, coolant.origin[2] + sweep.z1) == (4.5, 7.5)
    assert layout.part_bounds(coolant)[5] == 9.0  # through the openings under the fittings, up to the top of the plate


def test_a_serpentine_is_one_branch_with_two_bends_a_turn(load):
    layout = lay_out(load({**SERPENTINE, "cold_plate.passes": 8}))
    (branch,) = network(layout).branches
    assert (branch.kind, branch.start, branch.end, branch.bends()) == ("channel", "inlet", "outlet", 14)
    # 8 legs between turn middles (the first and last start at the fitting, half its 16 mm in), and 7 steps that climb 712 - 16 mm
    leg = 17 * 53.7 + 16 * 1.5 + 40 + 90 - 20 - 16
    assert branch.length_mm() == pytest.approx(8 * leg + 712 - 16, abs=1e-6)  # sums of 1e4 mm


@pytest.mark.parametrize(("passes", "outlet_side"), [(7, +1), (8, -1)])
def test_a_serpentine_leaves_opposite_after_odd_passes_and_beside_its_inlet_after_even(load, passes, outlet_side):
    (branch,) = network(lay_out(load({**SERPENTINE, "cold_plate.passes": passes}))).branches
    assert branch.path[0][0] < 0
    assert math.copysign(1, branch.path[-1][0]) == outlet_side


@pytest.mark.parametrize(("manifold", "outlet_is"), [("Z", +1), ("U", -1)])
def test_the_manifold_places_the_outlet(load, manifold, outlet_is):
    layout = lay_out(load({"cold_plate.passes": 1, "cold_plate.manifold": manifold}))
    places = {p.name: p.origin for p in layout.parts_of("fitting")}
    (xi, yi, _), (xo, yo, _) = places["fitting inlet"], places["fitting outlet"]
    assert (xi < 0, yi < 0, xo > 0) == (True, True, True)
    assert math.copysign(1, yo) == outlet_is


def flows_if_even(net):
    """Flow of each branch [share of the inlet's] if every channel took the same; a header piece carries what lies behind it."""
    inflow = {net.entries[0]: 1.0}
    first_set = [b for b in net.branches if b.kind == "channel" and not b.name.startswith("return")]
    flow = {}
    for branch in net.branches:
        if branch.kind == "channel":
            flow[branch.name] = 1 / len(first_set)
    headers = [b for b in net.branches if b.kind == "header"]
    for name in ("inlet header", "turn header", "outlet header"):
        for branch in (b for b in headers if b.name.startswith(name)):
            node = branch.start
            arriving = inflow.get(node, 0.0) + sum(flow.get(b.name, 0.0) for b in net.branches if b.end == node)
            flow[branch.name] = arriving - sum(flow[b.name] for b in net.branches if b.kind == "channel" and b.start == node)
    return flow


@pytest.mark.parametrize(
    "changes",
    [
        {"cold_plate.passes": 1, "cold_plate.manifold": "U"},
        {"cold_plate.passes": 1, "cold_plate.manifold": "Z"},
        {"cold_plate.passes": 2},
    ],
)
def test_every_branch_points_the_way_the_coolant_flows(load, changes):
    """With an even split the flow along every header piece is positive, and what enters at the inlet leaves at the outlet."""
    net = network(lay_out(load(changes)))
    flow = flows_if_even(net)
    assert min(flow.values()) > 0.01  # at least a twentieth of the flow, less rounding
    leaving = sum(flow[b.name] for b in net.branches if b.end == net.exits[0]) - sum(
        flow[b.name] for b in net.branches if b.start == net.exits[0]
    )
    assert leaving == pytest.approx(1.0, abs=1e-12)  # sums of shares
    ends = {node for b in net.branches for node in (b.start, b.end)}
    for node in ends - {net.entries[0], net.exits[0]}:
        balance = sum(flow[b.name] for b in net.branches if b.end == node) - sum(
            flow[b.name] for b in net.branches if b.start == node
        )
        assert balance == pytest.approx(0.0, abs=1e-12), node  # sums of shares


def test_branch_ends_that_share_a_node_share_its_point(load):
    for passes in (1, 2):
        at: dict[str, tuple[float, float]] = {}
        for branch in network(lay_out(load({"cold_plate.passes": passes}))).branches:
            for node, point in ((branch.start, branch.path[0]), (branch.end, branch.path[-1])):
                assert at.setdefault(node, point) == point


def test_two_passes_have_a_turn_header_over_the_whole_width(load):
    net = network(lay_out(load()))
    kinds = [b.name.rsplit(" ", 1)[0] for b in net.branches]
    assert {k: kinds.count(k) for k in kinds} == {
        "inlet header": 9, "channel": 10, "turn header": 19, "return": 10, "outlet header": 9,
    }  # fmt: skip


def test_headers_are_twice_the_channel_unless_given(load):
    def width(changes):
        return {b.width_mm for b in network(lay_out(load(changes))).branches if b.kind == "header"}

    assert width({}) == {32.0}
    assert width({"cold_plate.header_width_mm": 25.0}) == {25.0}


def test_fittings_stand_on_the_plate_over_coolant_beside_the_rows(load):
    for changes in ({}, {**SERPENTINE, "cold_plate.passes": 3, "cold_plate.overhang_mm": 26.0}):
        layout = lay_out(load(changes))
        row_end = max(layout.part_bounds(p)[3] for p in layout.parts_of("end_plate"))
        top = layout.part_bounds(layout.parts_of("cold_plate")[0])[5]
        for part in layout.parts_of("fitting"):
            x0, y0, z0, x1, y1, _ = layout.part_bounds(part)
            assert z0 == top
            assert min(abs(x0), abs(x1)) >= row_end - 1e-9  # rounding of sums
            assert all(in_coolant(layout, x, y) for x in (x0 + 0.1, x1 - 0.1) for y in (y0 + 0.1, y1 - 0.1))


def complaint(load, changes):
    with pytest.raises(DesignError) as caught:
        lay_out(load(changes))
    (only,) = caught.value.complaints
    assert only.line > 0
    return only


def test_too_many_channels_are_refused_with_the_count_and_the_width_that_fit(load):
    said = complaint(load, {"cold_plate.channels": 30})
    assert said.key == "cold_plate.channels"
    assert "60 channels of 16 mm side by side do not fit in 712 mm" in said.message
    assert "at most 18 channels of 16 mm fit" in said.message
    assert "at most 8.91" in said.message
    lay_out(load({"cold_plate.channels": 18}))
    lay_out(load({"cold_plate.channels": 30, "cold_plate.channel_width_mm": 8.91}))


def test_too_many_passes_are_refused(load):
    said = complaint(load, {**SERPENTINE, "cold_plate.passes": 45})
    assert said.key == "cold_plate.passes"
    assert "at most 37 passes" in said.message
    lay_out(load({**SERPENTINE, "cold_plate.passes": 37}))


def test_the_count_that_fits_leaves_ribs_of_3_mm(load):
    said = complaint(load, {**SERPENTINE, "cold_plate.passes": 60, "cold_plate.channel_width_mm": 14.875})
    assert "at most 40 passes" in said.message  # 40 x 14.875 + 39 x 3 = 712


def test_ribs_thinner_than_a_brazing_land_are_left_to_the_rules(load):
    lay_out(load({**SERPENTINE, "cold_plate.passes": 44}))  # 44 x 16 = 704 of 712 mm: ribs of 0.19 mm


def test_a_header_wider_than_the_overhang_is_refused_with_the_overhang_it_needs(load):
    said = complaint(load, {"cold_plate.overhang_mm": 41.9})
    assert said.key == "cold_plate.overhang_mm"
    assert "needs at least 42" in said.message
    lay_out(load({"cold_plate.overhang_mm": 42.0}))


def test_an_overhang_too_short_for_the_fittings_is_refused(load):
    said = complaint(load, {**SERPENTINE, "cold_plate.passes": 4, "cold_plate.overhang_mm": 25.0})
    assert "the fittings (16 mm) stand on the overhang" in said.message
    assert "needs at least 26" in said.message


def test_margins_that_leave_nothing_are_refused(load):
    said = complaint(load, {"cold_plate.margin_mm": 400.0, "cold_plate.overhang_mm": 500.0})
    assert said.key == "cold_plate.margin_mm"


def test_all_that_does_not_fit_is_said_at_once_in_the_order_of_the_file(load):
    with pytest.raises(DesignError) as caught:
        lay_out(load({"cold_plate.channels": 60, "cold_plate.overhang_mm": 5.0, "busbars.width_mm": 130.0}))
    assert [c.key for c in caught.value.complaints] == ["cold_plate.channels", "cold_plate.overhang_mm", "busbars.width_mm"]


ROUND = {**SERPENTINE, "cold_plate.turns": "round", "cold_plate.overhang_mm": None}


@pytest.mark.parametrize("passes", [1, 2, 5, 8])
def test_round_turns_fill_the_plate_exactly_and_are_as_long_as_their_arcs(load, passes):
    layout = lay_out(load({**ROUND, "cold_plate.passes": passes}))
    x0, y0, z0, x1, y1, z1 = layout.product("cold-plate").bounds()
    filled = layout.product("cold-plate").volume_mm3() + layout.product("coolant").volume_mm3()
    assert filled == pytest.approx((x1 - x0) * (y1 - y0) * (z1 - z0), rel=1e-12)  # rounding only: both come from the same outline
    (branch,) = network(layout).branches
    assert branch.bends() == 0
    # swept along its centreline (Pappus); it goes on for half a channel past the fitting at both ends
    assert layout.product("coolant").volume_mm3() == pytest.approx((branch.length_mm() + 16) * 16 * 3, rel=1e-12)
    turns = [curve for _, _, curve in branch.legs() if curve is not None]
    assert len(turns) == passes - 1
    assert all(turn.length == pytest.approx(math.pi / 2 * (712 - 16) / (passes - 1), rel=1e-12) for turn in turns)


def test_round_turns_lie_on_the_overhang_which_is_refused_if_too_short(load):
    layout = lay_out(load({**ROUND, "cold_plate.passes": 8}))
    reach = (712 - 16) / 7 / 2 + 8
    assert layout.part_bounds(layout.parts_of("cold_plate")[0])[3] - max(
        layout.part_bounds(p)[3] for p in layout.parts_of("end_plate")
    ) == pytest.approx(10 + reach, abs=1e-9)  # margin and turn; rounding of sums
    said = complaint(load, {**ROUND, "cold_plate.passes": 8, "cold_plate.overhang_mm": 60.0})
    assert said.key == "cold_plate.overhang_mm"
    assert "round turns of 8 passes (57.71 mm deep)" in said.message
    assert "at least 67.7" in said.message


def test_fittings_on_headers_shorter_than_them_are_smaller_and_stand_apart(load):
    narrow = {
        "electrical.series": 4, "arrangement.rows": 1, "arrangement.cells_per_row": 4, "arrangement.turned_rows": (1,),
        "cold_plate.channels": 2, "cold_plate.channel_width_mm": 4.0, "cold_plate.header_width_mm": 20.0,
    }  # fmt: skip
    layout = lay_out(load(narrow))
    inlet, outlet = (layout.part_bounds(part) for part in layout.parts_of("fitting"))
    assert inlet[4] < outlet[1]
    assert inlet[4] - inlet[1] < 16.0  # the header, 13.9 mm long, takes less than the usual fitting
