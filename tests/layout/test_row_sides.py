"""What holds a row together: end pads, linings, side plates, straps, filler; each touches what it should and nothing else, or is refused."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from overlaps import overlaps, within_product

from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import layout_results

EXACT = 1e-12
ROUNDING = 1e-9  # sums of design lengths of ~1e3 mm
PLATE = {"material": "al_6061_t6", "thickness_mm": 3.0}
STRAP = {"width_mm": 20.0, "thickness_mm": 1.0}
FOIL = {"material": "epdm", "thickness_mm": 0.5}
FILL = {"material": "gap_filler_2p0"}


def structured(load, more=None, **keys):
    return lay_out(load({f"arrangement.{key}": value for key, value in keys.items()} | (more or {})))


def complaints(load, more=None, **keys):
    with pytest.raises(DesignError) as refused:
        structured(load, more, **keys)
    return [(c.key, c.message) for c in refused.value.complaints]


def bounds(layout, name):
    return layout.part_bounds(next(part for part in layout.parts if part.name == name))


def test_nothing_stands_beside_the_rows_that_is_not_asked_for(load):
    assert lay_out(load()).parts_of("side_plate", "strap", "filler") == ()


def test_a_pad_lies_between_the_end_cell_and_its_end_plate(load):
    layout = structured(load, end_pad={"material": "epdm", "thickness_mm": 2.0})
    cell, pad, plate = (bounds(layout, name) for name in ("R1C01", "end pad R1-x", "end plate R1-x"))
    assert (plate[3], pad[3]) == (pytest.approx(pad[0], abs=ROUNDING), pytest.approx(cell[0], abs=ROUNDING))
    assert pad[3] - pad[0] == pytest.approx(2.0, abs=ROUNDING)
    slab = bounds(layout, "interface R1")
    assert slab[0] == pytest.approx(plate[0], abs=ROUNDING)


def test_side_plates_are_as_long_as_the_row_with_its_end_plates_and_lie_on_the_lining(load):
    layout = structured(load, side_plates=PLATE, side_lining=FOIL)
    cell, foil, side = (bounds(layout, name) for name in ("R1C01", "side lining R1+y", "side plate R1+y"))
    assert (foil[1], side[1]) == (pytest.approx(cell[4], abs=ROUNDING), pytest.approx(foil[4], abs=ROUNDING))
    first, last = bounds(layout, "end plate R1-x"), bounds(layout, "end plate R1+x")
    assert (side[0], side[3]) == (pytest.approx(first[0], abs=ROUNDING), pytest.approx(last[3], abs=ROUNDING))
    assert first[4] == pytest.approx(side[1], abs=ROUNDING)  # the end plate is as wide as the lined cells: it is welded to


def test_the_row_gap_is_between_what_is_on_the_rows_sides(load):
    layout = structured(load, side_plates=PLATE, side_lining=FOIL, straps=STRAP)
    assert bounds(layout, "strap R2-1")[1] - bounds(layout, "strap R1-1")[4] == pytest.approx(12.0, abs=ROUNDING)


def test_the_layer_below_a_row_reaches_under_its_side_plates_and_not_its_straps(load):
    layout = structured(load, side_plates=PLATE, straps=STRAP)
    slab, side = bounds(layout, "interface R1"), bounds(layout, "side plate R1-y")
    assert slab[1] == pytest.approx(side[1], abs=ROUNDING)


def test_a_strap_is_a_ring_with_concentric_bends(load):
    layout = structured(load, straps=STRAP | {"bend_radius_mm": 4.0})
    strap = layout.product("strap")
    x0, y0, _, x1, y1, _ = strap.bounds()
    ring = (x1 - x0) * (y1 - y0) - (x1 - x0 - 2) * (y1 - y0 - 2) - (4 - math.pi) * (5.0**2 - 4.0**2)
    assert strap.finished_volume_mm3() == pytest.approx(20 * ring, rel=1e-9)  # a difference of volumes 500 times as large
    plate = layout.product("end-plate")
    assert plate.finished_volume_mm3() == pytest.approx(20 * 174 * 207 - 2 * 207 * (1 - math.pi / 4) * 4.0**2, rel=EXACT)


def test_straps_go_over_side_plates_whose_ends_are_rounded_for_them(load):
    layout = structured(load, side_plates=PLATE, straps=STRAP)
    assert len(layout.product("side-plate").details) == 2
    assert layout.product("end-plate").details == ()


def test_bolts_of_a_side_plate_stand_in_threads_of_the_end_plates(load):
    layout = structured(load, side_plates=PLATE | {"joint": "bolted"})
    bolts = [part for part in layout.parts_of("bolt") if part.name.startswith("side bolt R1+y")]
    assert len(bolts) == 4
    plate, side = layout.product("end-plate"), layout.product("side-plate")
    depth = 15 - 3  # M6: 1.5 diameters of thread and the plate need 12 mm, bought as 15
    assert plate.volume_mm3() - plate.finished_volume_mm3() == pytest.approx(4 * math.pi * 9 * depth, rel=1e-9)
    assert side.volume_mm3() - side.finished_volume_mm3() == pytest.approx(4 * math.pi * 3.3**2 * 3, rel=1e-9)
    ends = [bounds(layout, "end plate R1-x"), bounds(layout, "end plate R1+x")]
    middles = sorted((end[0] + end[3]) / 2 for end in ends for _ in range(2))
    assert sorted(part.origin[0] for part in bolts) == pytest.approx(middles, abs=ROUNDING)


def test_filler_between_rows_makes_room_for_straps(load):
    plain, strapped = structured(load, row_filler=FILL), structured(load, row_filler=FILL, straps=STRAP)
    assert plain.product("row-filler").volume_mm3() == pytest.approx((17 * 53.7 + 16 * 1.5) * 12 * 207, rel=EXACT)
    straps = 2 * 2 * 20 * 1.0 * (17 * 53.7 + 16 * 1.5)
    assert strapped.product("row-filler").volume_mm3() == pytest.approx((17 * 53.7 + 16 * 1.5) * 14 * 207 - straps, rel=EXACT)


def test_filler_to_the_walls_ends_on_them(load):
    layout = structured(load, row_filler=FILL | {"at": ["walls"]})
    fillers = {p.name: layout.part_bounds(p) for p in layout.parts_of("filler")}
    assert set(fillers) == {"filler R1 to wall y-", "filler R4 to wall y+"}
    assert layout.inside is not None
    assert fillers["filler R1 to wall y-"][1] == pytest.approx(layout.inside[1], abs=ROUNDING)
    assert fillers["filler R4 to wall y+"][4] == pytest.approx(layout.inside[3], abs=ROUNDING)


def test_only_the_outer_modules_have_a_wall_beside_them(load):
    more = {"electrical.series": 16, "arrangement.rows": 2, "arrangement.cells_per_row": 2, "cold_plate.channels": 3}
    layout = structured(load, more, modules={"count_x": 2, "count_y": 2}, row_filler=FILL | {"at": ["rows", "walls"]})
    names = Counter(part.name.partition(" to ")[2] or "row" for part in layout.parts_of("filler"))
    assert names == {"row": 4, "wall y-": 2, "wall y+": 2}


def test_the_pre_load_gives_stress_and_pressure(load):
    loaded = load({"arrangement.straps": STRAP | {"preload_kN": 7.2}})
    values = {row.name: row.value for row in layout_results(loaded, lay_out(loaded))}
    assert values["strap.stress"] == pytest.approx(7200 / (2 * 2 * 20 * 1.0), rel=EXACT)
    assert values["cell.pressure"] == pytest.approx(7200 / (174 * 207) * 1000, rel=EXACT)


@pytest.mark.parametrize(
    ("keys", "key", "says"),
    [
        ({"straps": STRAP | {"count": 12}}, "arrangement.straps.count", "at most 10 of that width"),
        ({"straps": STRAP | {"width_mm": 300.0}}, "arrangement.straps.width_mm", "width_mm at most 207"),
        ({"straps": STRAP | {"bend_radius_mm": 30.0}}, "arrangement.straps.bend_radius_mm", r"thick, 20 (end_plate_mm)"),
        ({"straps": STRAP | {"bend_radius_mm": 5.0}, "side_plates": PLATE}, "arrangement.straps.bend_radius_mm", "side_plates"),
        ({"side_plates": PLATE | {"height_mm": 300.0}}, "arrangement.side_plates.height_mm", "higher than the row"),
        ({"side_plates": PLATE | {"joint": "bolted", "bolt": "M12"}}, "arrangement.side_plates.bolt", "end_plate_mm) of 32.4"),
        ({"side_plates": PLATE | {"joint": "bolted", "height_mm": 20.0}}, "arrangement.side_plates.height_mm", "above each other"),
        ({"row_filler": FILL | {"height_mm": 300.0}}, "arrangement.row_filler.height_mm", "higher than the row"),
        ({"row_filler": FILL, "row_gap_mm": 0.05}, "arrangement.row_gap_mm", "thinner than a filler can be"),
        ({"row_filler": FILL, "row_offset_mm": 2000.0}, "arrangement.row_filler", "do not stand beside each other"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_key(load, keys, key, says):
    found = complaints(load, **keys)
    assert any(k == key and says in message for k, message in found), found


@pytest.mark.parametrize("key", ["side_plates", "side_lining", "straps", "row_filler"])
def test_sides_with_terminals_take_nothing(load, key):
    value = {"side_plates": PLATE, "side_lining": FOIL, "straps": STRAP, "row_filler": FILL}[key]
    found = complaints(load, {"arrangement.orientation": "on_side", "arrangement.row_gap_mm": 60.0}, **{key: value})
    assert [k for k, _ in found] == [f"arrangement.{key}"]
    assert "terminals are on the rows' sides" in found[0][1]


@pytest.mark.parametrize("key", ["side_plates", "side_lining", "straps", "row_filler"])
def test_sides_with_heater_pads_take_nothing(load, key):
    value = {"side_plates": PLATE, "side_lining": FOIL, "straps": STRAP, "row_filler": FILL}[key]
    heater = {
        "h": {
            "place": "sides",
            "material": "epdm",
            "thickness_mm": 1.0,
            "power_W": 100.0,
            "on_below_degC": 5.0,
            "off_above_degC": 10.0,
        }
    }
    assert [k for k, _ in complaints(load, {"heaters": heater}, **{key: value})] == [f"arrangement.{key}"]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"end_plate_mm": 0.0, "straps": STRAP}, "held by the end plates"),
        ({"end_plate_mm": 0.0, "side_plates": PLATE}, "held by the end plates"),
        ({"end_plate_mm": 0.0, "end_pad": FOIL}, "held by the end plates"),
        ({"straps": STRAP, "side_plates": PLATE | {"joint": "bolted"}}, "bolts' heads"),
        ({"straps": STRAP, "side_plates": PLATE | {"height_mm": 100.0}}, "as high as the cells"),
        ({"row_filler": FILL, "row_gap_mm": 0.0}, "without a gap"),
        ({"row_filler": FILL, "rows": 1, "cells_per_row": 68}, "there is one row"),
    ],
)
def test_what_cannot_go_together_is_no_design(load, keys, says):
    with pytest.raises(ValueError, match=says):
        structured(load, **keys)


def test_openings_behind_the_filler_are_refused(load):
    cut = {
        "enclosure": {
            "material": "al_6061_t6",
            "wall_mm": 3.0,
            "lid_mm": 1.5,
            "cutouts": [{"name": "HV", "wall": "y+", "diameter_mm": 40}],
        }
    }
    found = complaints(load, cut, row_filler=FILL | {"at": ["walls"]})
    assert [(k, m[:20]) for k, m in found] == [("enclosure.cutouts.0", "HV is behind the fil")]


def test_filler_keeps_out_of_rounded_corners_and_floors(load):
    stamped = {
        "material": "al_6061_t6",
        "wall_mm": 3.0,
        "lid_mm": 1.5,
        "style": "stamped",
        "corner_radius_mm": 60.0,
        "floor_radius_mm": 0.0,
    }
    found = complaints(load, {"enclosure": stamped, "cold_plate": None}, row_filler=FILL | {"at": ["walls"]})
    assert any("within its corners of 60 mm" in message for _, message in found)
    rounded = stamped | {"corner_radius_mm": 15.0, "floor_radius_mm": 15.0}
    found = complaints(load, {"enclosure": rounded, "cold_plate": None}, row_filler=FILL | {"at": ["walls"]})
    assert any("rounding of the tray's floor" in message for _, message in found)


sheets = st.floats(0.1, 6.0)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(
    rows=st.integers(1, 3),
    columns=st.integers(1, 4),
    gap=st.just(0.0) | st.floats(0.05, 5.0),
    row_gap=st.just(0.0) | st.floats(0.05, 30.0),
    end_plate=st.floats(4.0, 25.0),
    offset=st.floats(-30.0, 30.0),
    pad=st.none() | sheets,
    lining=st.none() | sheets,
    plate=st.none() | sheets,
    joint=st.sampled_from(["welded", "bolted"]),
    strap=st.none() | st.tuples(st.integers(1, 4), st.floats(2, 40), st.floats(0.2, 3)),
    filled=st.none() | st.sampled_from([["rows"], ["walls"], ["rows", "walls"]]),
    turned=st.booleans(),
    modules=st.booleans(),
)
def test_any_structure_is_laid_out_without_overlap_or_refused(
    load, rows, columns, gap, row_gap, end_plate, offset, pad, lining, plate, joint, strap, filled, turned, modules
):
    keys = {
        "rows": rows, "cells_per_row": columns, "cell_gap_mm": gap, "row_gap_mm": row_gap, "end_plate_mm": end_plate, "row_offset_mm": offset,
        "end_pad": pad and {"material": "epdm", "thickness_mm": pad}, "side_lining": lining and {"material": "epdm", "thickness_mm": lining},
        "side_plates": plate and {"material": "al_6061_t6", "thickness_mm": plate, "joint": joint},
        "straps": strap and {"count": strap[0], "width_mm": strap[1], "thickness_mm": strap[2]},
        "row_filler": filled and FILL | {"at": filled}, "turned_rows": [1] if turned else None,
        "modules": {"count_x": 2, "gap_x_mm": 30.0} if modules else None,
    }  # fmt: skip
    series = rows * columns * (2 if modules else 1)
    more = {"electrical.series": series, "cold_plate": None, "busbars.width_mm": 8.0}
    try:
        layout = structured(load, more, **keys)
    except (DesignError, ValueError):
        layout = None
    assume(layout is not None)
    assert overlaps(layout) == []
    assert all(within_product(product) for product in layout.products)
    assert all(product.finished_volume_mm3() > 0 for product in layout.products)


def test_the_fittings_of_a_plate_stand_clear_of_the_straps(load):
    one_channel = {
        "cold_plate.type": "serpentine", "cold_plate.passes": 6, "cold_plate.channels": 1, "cold_plate.channel_width_mm": 20.0,
        "cold_plate.header_width_mm": None,
    }  # fmt: skip
    layout = structured(load, one_channel, straps=STRAP)
    strap, fitting = (bounds(layout, name) for name in ("strap R1-1", "fitting inlet"))
    assert fitting[3] <= strap[0] + ROUNDING
    ((key, message),) = complaints(load, one_channel | {"cold_plate.overhang_mm": 30.0}, straps=STRAP)
    assert key == "cold_plate.overhang_mm"
    assert "at least 31" in message  # margin 10, fitting 20, strap 1


def test_modules_stand_their_gap_apart_from_strap_to_strap(load):
    two = {
        "electrical.series": 16, "arrangement.rows": 2, "arrangement.cells_per_row": 4, "cold_plate.channels": 4,
        "arrangement.modules": {"count_x": 2, "gap_x_mm": 0.0, "rotation_deg": (0,)},
    }  # fmt: skip
    layout = structured(load, two, straps=STRAP)
    one, other = bounds(layout, "M01.strap R1-1"), bounds(layout, "M02.strap R1-1")
    assert min(abs(other[0] - one[3]), abs(one[0] - other[3])) == pytest.approx(0.0, abs=ROUNDING)
    assert not [pair for pair in overlaps(layout) if "strap" in "".join(pair)]
