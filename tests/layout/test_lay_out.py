"""The whole layout: unique names, no two parts in one place, every volume accounted for, and quick enough to check while typing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out


def tiles(profile):
    """Rectangles (as tall as they get) that fill a profile of axis-aligned edges; a circle counts as its square."""
    if not profile.outer.is_straight:
        return [profile.outer.bounds()]
    edges = [
        (a[0], min(a[1], b[1]), max(a[1], b[1]))
        for loop in (profile.outer, *profile.holes)
        for a, b in pairwise((*loop.vertices, loop.vertices[0]))
        if a[0] == b[0]
    ]
    found = []
    for y0, y1 in pairwise(sorted({y for _, low, high in edges for y in (low, high)})):
        crossed = sorted(x for x, low, high in edges if low <= y0 and y1 <= high)
        found += [(x0, y0, x1, y1) for x0, x1 in zip(crossed[::2], crossed[1::2], strict=True)]
    return found


def boxes(layout):
    """(part, box) of everything in the pack; parts are turned by 0 or 180 degrees, and only boxes are turned."""
    shapes = {
        product.id: [(*t[:2], s.z0, *t[2:], s.z1) for s in product.sweeps for t in tiles(s.profile)] for product in layout.products
    }
    for part in layout.parts:
        assert part.rotation_deg == 0 or len(shapes[part.product]) == 1
        x, y, z = part.origin
        for b in shapes[part.product]:
            yield part.name, (x + b[0], y + b[1], z + b[2], x + b[3], y + b[4], z + b[5])


def shared_volume(placed, apart=1e-9):
    """The first two parts that share volume, or None; ``apart`` mm is the rounding of sums of 1e3 mm."""
    placed = sorted(placed, key=lambda entry: entry[1][0])
    active: list = []
    for name, box in placed:
        active = [entry for entry in active if entry[1][3] > box[0] + apart]
        for other, b in active:
            if other != name and all(box[k] < b[k + 3] - apart and b[k] < box[k + 3] - apart for k in (1, 2)):
                return other, name
        active.append((name, box))
    return None


designs = st.fixed_dictionaries(
    {
        "rows": st.integers(1, 4),
        "groups": st.integers(1, 5),
        "parallel": st.integers(1, 3),
        "gap": st.sampled_from([0.0, 0.7, 1.5, 3.3]),
        "pads": st.booleans(),
        "row_gap": st.floats(0.0, 40.0),
        "end_plate": st.sampled_from([0.0, 8.0, 20.0]),
        "plate": st.sampled_from(["none", "none, no interface", "serpentine", "once", "twice"]),
        "count": st.integers(2, 9),
        "channel": st.floats(2.0, 20.0),
        "overhang": st.floats(0.0, 80.0),
        "clearance": st.floats(0.0, 30.0),
        "flange": st.sampled_from([0.0, 25.0]),
        "headroom": st.sampled_from([0.0, 20.0]),
        "bar": st.floats(5.0, 70.0),
        "bar_thickness": st.floats(0.5, 8.0),
        "size": st.tuples(st.floats(40.0, 300.0), st.floats(8.0, 90.0), st.floats(20.0, 250.0)),
    }
)


def drawn(load, cell, d):
    plate = {"none": {"cold_plate": None}, "none, no interface": {"cold_plate": None, "interface": None}}.get(d["plate"])
    if plate is None:
        plate = {
            "cold_plate.type": "serpentine" if d["plate"] == "serpentine" else "parallel",
            "cold_plate.passes": {"serpentine": d["count"], "once": 1, "twice": 2}[d["plate"]],
            "cold_plate.channels": 1 if d["plate"] == "serpentine" else d["count"],
            "cold_plate.channel_width_mm": d["channel"],
            "cold_plate.overhang_mm": d["overhang"],
        }
    width, thickness, height = d["size"]
    return load(
        {
            "electrical.series": d["rows"] * d["groups"],
            "electrical.parallel": d["parallel"],
            "arrangement.rows": d["rows"],
            "arrangement.cells_per_row": d["groups"] * d["parallel"],
            "arrangement.cell_gap_mm": d["gap"],
            "arrangement.gap_material": "pu_foam_compression_pad" if d["pads"] else None,
            "arrangement.row_gap_mm": d["row_gap"],
            "arrangement.end_plate_mm": d["end_plate"],
            "busbars.width_mm": d["bar"],
            "busbars.thickness_mm": d["bar_thickness"],
            "enclosure.clearance_mm": d["clearance"],
            "enclosure.flange_mm": d["flange"],
            "enclosure.headroom_mm": d["headroom"],
            **plate,
        },
        own=cell(width_mm=width, thickness_mm=thickness, height_mm=height),
    )


def laid_out(design):
    """The layout, or None where the design is refused."""
    try:
        return lay_out(design)
    except DesignError:
        return None


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(designs)
def test_a_design_is_refused_or_no_two_parts_share_volume(load, cell, d):
    layout = laid_out(drawn(load, cell, d))
    if layout is None:
        return
    placed = list(boxes(layout))
    assert shared_volume(placed) is None
    assert len({part.name for part in layout.parts}) == len(layout.parts)
    tray, lid = (layout.part_bounds(layout.parts_of(role)[0]) for role in ("tray", "lid"))
    low = (min(b[0] for _, b in placed), min(b[1] for _, b in placed), min(b[2] for _, b in placed))
    high = (max(b[3] for _, b in placed), max(b[4] for _, b in placed), max(b[5] for _, b in placed))
    assert (low, high) == (tray[:3], lid[3:])


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(designs)
def test_the_volumes_of_rows_and_tray_add_up(load, cell, d):
    layout = laid_out(drawn(load, cell, d))
    if layout is None:
        return
    width, thickness, height = d["size"]
    columns = d["groups"] * d["parallel"]
    gaps = (columns - 1) * d["gap"] if d["pads"] else 0.0
    filled = sum(layout.product(p.product).volume_mm3() for p in layout.parts_of("cell", "pad", "end_plate"))
    assert filled == pytest.approx(
        d["rows"] * (columns * thickness + gaps + 2 * d["end_plate"]) * width * height, rel=1e-12
    )  # rounding
    x0, y0, x1, y1 = layout.product("tray").sweeps[1].profile.holes[0].bounds()
    depth = layout.product("tray").bounds()[5] - 3.0
    wall = layout.product("tray").volume_mm3()
    floor = (x1 - x0 + 6) * (y1 - y0 + 6) * 3
    sides = 2 * 3 * (x1 - x0 + y1 - y0 + 6) * depth
    flange = 2 * d["flange"] * (x1 - x0 + y1 - y0 + 12 + 2 * d["flange"]) * 3
    assert wall == pytest.approx(floor + sides + flange, rel=1e-12)  # rounding


def test_the_demo_has_these_parts(load):
    layout = lay_out(load())
    counts = {
        role: len(layout.parts_of(role)) for role in ("cell", "pad", "end_plate", "interface", "terminal", "busbar", "fitting")
    }
    assert counts == {"cell": 68, "pad": 64, "end_plate": 8, "interface": 4, "terminal": 136, "busbar": 69, "fitting": 2}
    groups = {part.group for part in layout.parts}
    assert groups == {*((f"row R{r}",) for r in (1, 2, 3, 4)), ("cold plate",), ("busbars",), ("enclosure",)}


def test_the_same_design_gives_the_same_layout(load):
    assert lay_out(load()) == lay_out(load())


def test_every_level_stands_on_the_one_below(load):
    layout = lay_out(load())
    heights = [layout.part_bounds(layout.parts_of(role)[0]) for role in ("cold_plate", "interface", "cell", "terminal", "busbar")]
    assert heights[0][2] == 3.0  # the tray's floor
    for below, above in pairwise(heights):
        assert below[5] == above[2]


@pytest.mark.slow
def test_4416_cells_are_laid_out(load):
    design = load({"electrical.series": 96, "electrical.parallel": 46, "arrangement.rows": 24, "arrangement.cells_per_row": 184})
    layout = lay_out(design)
    assert len(layout.parts_of("cell")) == 4416


def test_lid_material_is_the_tray_s_unless_given(load):
    assert lay_out(load()).product("lid").material == "al_6061_t6"
    assert lay_out(load({"enclosure.lid_material": "al_3003_o"})).product("lid").material == "al_3003_o"


def test_a_wall_thicker_than_the_tray_is_deep_is_refused(load):
    with pytest.raises(DesignError, match=r"enclosure.wall_mm: 400 must be less than the tray's inner height, 245"):
        lay_out(load({"enclosure.wall_mm": 400.0}))
