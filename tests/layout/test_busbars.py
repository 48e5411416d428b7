"""Busbars: who joins whom, on which terminals, how long the current's path is, and how wide a bar may be."""

from __future__ import annotations

import pytest

from packtool.errors import DesignError
from packtool.layout.bar_shapes import BarSize
from packtool.layout.busbars import Wiring, plan_bars
from packtool.layout.lay_out import lay_out
from packtool.layout.rows import plan_rows
from packtool.layout.terminals import plan_terminals, poles_of

ARRANGEMENTS = {
    "one row": {"electrical.series": 17, "arrangement.rows": 1},
    "odd groups": {},
    "even groups": {"electrical.series": 48, "arrangement.cells_per_row": 12},
    "two groups a row": {"electrical.series": 6, "arrangement.rows": 3, "arrangement.cells_per_row": 2},
    "two rows of two": {"electrical.series": 4, "arrangement.rows": 2, "arrangement.cells_per_row": 2},
    "a cell a row": {"electrical.series": 4, "arrangement.cells_per_row": 1},
    "3 in parallel, odd": {"electrical.series": 12, "electrical.parallel": 3, "arrangement.cells_per_row": 9},
    "2 in parallel, even": {"electrical.series": 24, "electrical.parallel": 2, "arrangement.cells_per_row": 12},
    "one cell": {"electrical.series": 1, "arrangement.rows": 1, "arrangement.cells_per_row": 1},
}


def overlaps(a, b, apart=1e-9):
    """Whether two boxes share volume (rounding of sums of 1e3 mm aside)."""
    return all(a[k] < b[k + 3] - apart and b[k] < a[k + 3] - apart for k in range(3))


@pytest.mark.parametrize("changes", ARRANGEMENTS.values(), ids=ARRANGEMENTS)
def test_each_bar_touches_the_terminals_of_the_groups_it_joins_and_no_other(load, changes):
    layout = lay_out(load({**changes, "cold_plate.channels": 2}))
    terminals = [(part, layout.part_bounds(part)) for part in layout.parts_of("terminal")]
    cells = {part.name: part for part in layout.parts_of("cell")}
    bars = {part.name: part for part in layout.parts_of("busbar")}
    assert [(j.from_series, j.to_series) for j in layout.joints] == [(k, k + 1) for k in range(layout.n_series + 1)]
    for joint in layout.joints:
        bar = bars.pop(joint.part)
        wanted = {c.name + "+" for c in cells.values() if c.series == joint.from_series}
        wanted |= {c.name + "-" for c in cells.values() if c.series == joint.to_series}
        x, y, z = bar.origin
        feet = [
            (x + b[0], y + b[1], z + s.z0, x + b[2], y + b[3], z + s.z1)
            for s in layout.product(bar.product).sweeps
            for b in [s.profile.outer.bounds()]
        ]
        sunk = [(f[0], f[1], f[2] - 0.01, f[3], f[4], f[5]) for f in feet]  # a bar that stands on a terminal overlaps it when sunk
        touched = {part.name for part, box in terminals if any(overlaps(foot, box) for foot in sunk)}
        assert touched == wanted
    assert not bars


def test_a_terminal_stands_on_its_cell_on_the_side_that_its_turn_says(load):
    layout = lay_out(load())
    for cell in layout.parts_of("cell")[:3]:
        plus, minus = (next(p for p in layout.parts_of("terminal") if p.name == cell.name + sign) for sign in "+-")
        assert (plus.origin[1] > minus.origin[1]) == (cell.rotation_deg == 0)
        box, pad = layout.part_bounds(cell), layout.part_bounds(plus)
        assert box[5] == pad[2]
        assert box[0] < pad[0] < pad[3] < box[3]
        assert box[1] < pad[1] < pad[4] < box[4]


def test_the_section_of_a_strip_on_single_cells_is_its_width_by_its_thickness(load):
    joints = {j.part: j for j in lay_out(load()).joints}
    assert joints["busbar 1-2"].area_mm2 == 40 * 3


TURNED = {
    "electrical.series": 6, "electrical.parallel": 2, "arrangement.rows": 3, "arrangement.cells_per_row": 4, "cold_plate.channels": 2,
    "arrangement.turned_rows": (1, 2, 3), "arrangement.row_gap_mm": 60.0, "busbars.width_mm": 12.0,
}  # fmt: skip


def test_the_section_of_a_comb_is_that_of_its_rail(load):
    joints = {j.part: j for j in lay_out(load(TURNED)).joints}
    assert joints["busbar 1-2"].area_mm2 == 12 * 3


def test_combs_lie_on_either_side_of_the_terminals_by_turns_all_in_one_plane(load):
    one_row = {
        "arrangement.rows": 1,
        "arrangement.cells_per_row": 12,
        "arrangement.turned_rows": (1,),
        "cold_plate": None,
        "interface": None,
    }
    layout = lay_out(load({key: value for key, value in {**TURNED, **one_row}.items() if key != "cold_plate.channels"}))
    bars = [part for part in layout.parts_of("busbar") if layout.product(part.product).id != "busbar-end"]
    assert [layout.part_bounds(bar)[2] for bar in bars] == [layout.part_bounds(bars[0])[2]] * 5
    rails = [1 if layout.part_bounds(bar)[4] > 12 + 5 else -1 for bar in bars]
    assert rails == [1, -1, 1, -1, 1]


def test_even_rows_are_joined_by_a_bridge_that_clears_the_bar_below(load):
    layout = lay_out(load(ARRANGEMENTS["even groups"]))
    bridge = layout.product("busbar-bridge")
    assert [s.z0 for s in bridge.sweeps] == [0.0, 0.0, 8.0]  # two feet, and a bar above 3 mm of bar and 5 mm of air
    lid = layout.part_bounds(layout.parts_of("lid")[0])
    assert lid[2] == max(layout.part_bounds(p)[5] for p in layout.parts_of("busbar")) + 25  # headroom_mm


WIDE = {"arrangement.row_gap_mm": 200.0, "enclosure.clearance_mm": 200.0}
LIMITS = {
    "the bar of the next row": ({}, 53.7),
    "the tray's wall": ({**ARRANGEMENTS["one row"], "enclosure.clearance_mm": 2.0}, 53.7),
    "the bar on the cell's other terminals": ({**WIDE, **ARRANGEMENTS["one row"]}, 53.7),
    "the link to the next row": ({**WIDE, **ARRANGEMENTS["a cell a row"]}, 53.7),
    "the tray's wall, where it joins two rows": (
        {**WIDE, **ARRANGEMENTS["a cell a row"], "enclosure.clearance_mm": 3.0, "arrangement.end_plate_mm": 0.0}, 20.0,
    ),
    "the next bar along the row, where it joins two rows": ({**WIDE, **ARRANGEMENTS["3 in parallel, odd"]}, 20.0),
    "the next bar along the row, where it joins two rows by a bridge": ({**WIDE, **ARRANGEMENTS["even groups"]}, 20.0),
    "the next bar, where it joins two rows": ({**WIDE, **ARRANGEMENTS["two groups a row"]}, 20.0),
    "the next bar, where it joins two rows if there are but two": ({**WIDE, **ARRANGEMENTS["two rows of two"]}, 20.0),
}  # fmt: skip


def bars_of(design, inside):
    """Boxes of the bars of this design, laid on a pack whose walls are far, and whether one reaches through the walls ``inside``."""
    rows = plan_rows(design)
    poles = poles_of(rows, plan_terminals(design, rows), 0.0)
    bars = plan_bars(BarSize(design.design.busbars.thickness_mm, design.design.busbars.width_mm), Wiring(poles, 0.0))
    boxes = [(k, box) for k, bar in enumerate(bars) for box in bar.boxes]
    return boxes, any(b[0] < inside[0] or b[1] < inside[1] or b[3] > inside[2] or b[4] > inside[3] for _, b in boxes)


def touching(design, inside):
    """Whether bars of this design share volume with each other or reach through the walls around ``inside``."""
    boxes, through_wall = bars_of(design, inside)
    return through_wall or any(overlaps(a, b) for i, (bar, a) in enumerate(boxes) for other, b in boxes[:i] if other != bar)


@pytest.mark.parametrize("reason", LIMITS)
def test_the_width_that_is_refused_is_the_width_at_which_bars_touch(load, cell, reason):
    """Just below the limit that the message names no bar touches anything; just above it one does."""
    changes, thickness = LIMITS[reason]
    own = cell(thickness_mm=thickness)
    changes = {**changes, "cold_plate": None}
    with pytest.raises(DesignError) as caught:
        lay_out(load({**changes, "busbars.width_mm": 5000.0}, own=own))
    (said,) = caught.value.complaints
    assert said.key == "busbars.width_mm"
    assert f"touches {reason.split(' by a')[0].split(' if there')[0]}" in said.message
    limit = float(said.message.rsplit(" ", 1)[1])
    below = load({**changes, "busbars.width_mm": limit - 0.01}, own=own)  # the message cuts the limit to 0.01 mm
    above = load({**changes, "busbars.width_mm": limit + 0.02}, own=own)
    inside = lay_out(below).product("tray").sweeps[1].profile.holes[0].bounds()
    assert not touching(below, inside)
    assert touching(above, inside)
