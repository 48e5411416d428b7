"""The enclosure: four styles, bolts, seal, openings and brackets, all inside each other's limits or refused by name."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.design.schema.enclosure import BoltSize, Style
from packtool.errors import DesignError
from packtool.layout.fasteners import THREADS, bolt_length
from packtool.layout.flange import widest_gap_mm
from packtool.layout.lay_out import lay_out

EXACT = 1e-12
BARE = {"material": "al_6061_t6", "wall_mm": 3.0, "lid_mm": 1.5}
BOLTED = BARE | {"bolt": "M6", "flange_mm": 25.0, "seal": {"material": "epdm"}}
CAST = BOLTED | {"style": "die_cast", "corner_radius_mm": 15.0, "floor_radius_mm": 5.0}


def enclosure(load, **keys):
    return lay_out(load({"enclosure": keys}))


def complaints(load, **keys):
    with pytest.raises(DesignError) as refused:
        enclosure(load, **keys)
    return [(c.key, c.message) for c in refused.value.complaints]


def test_the_schema_offers_the_bolts_that_there_are():
    assert set(get_args(BoltSize)) == set(THREADS)


def test_nothing_is_added_that_is_not_asked_for(load):
    assert [p.name for p in enclosure(load, **BARE).parts if p.group[:1] == ("enclosure",)] == ["tray", "lid"]


def test_bolts_stand_in_holes_of_flange_and_lid_no_farther_apart_than_asked(load):
    layout = enclosure(load, **BOLTED, bolt_pitch_mm=90.0)
    bolts = [p for p in layout.parts if p.name.startswith("bolt ")]
    assert len(bolts) == len([p for p in layout.parts if p.name.startswith("nut ")])
    assert widest_gap_mm([p.origin[:2] for p in bolts]) <= 90 * (1 + EXACT)
    for product, diameter in (("tray", 6.6), ("lid", 6.6)):
        holes = {
            (round(sum(v[0] for v in hole.vertices) / 2, 6), round(hole.vertices[0][1], 6))
            for sweep in layout.product(product).sweeps
            for hole in sweep.profile.holes
            if len(hole.vertices) == 2 and abs(hole.vertices[1][0] - hole.vertices[0][0] - diameter) < 1e-9
        }
        assert holes == {(round(p.origin[0], 6), round(p.origin[1], 6)) for p in bolts}


def test_a_bolt_reaches_through_lid_flange_and_nut(load):
    layout = enclosure(load, **BOLTED)
    (bolt,) = [p for p in layout.products if p.id.startswith("bolt-")]
    assert bolt.id == f"bolt-M6x{bolt_length(1.5 + 3 + 5.2):g}" == "bolt-M6x10"
    assert bolt_length(10) == 10
    assert bolt_length(10.1) == 15


def test_the_bolt_weighs_what_its_shape_does(load):
    layout = enclosure(load, **BOLTED)
    (bolt,) = [p for p in layout.products if p.id.startswith("bolt-")]
    assert bolt.volume_mm3() == pytest.approx(math.pi * 9 * 10 + math.sqrt(3) / 2 * 100 * 4, rel=EXACT)  # hexagon: sqrt(3)/2 s2


def test_the_seal_fills_its_groove(load):
    sealed, plain = enclosure(load, **BOLTED), enclosure(load, **{k: v for k, v in BOLTED.items() if k != "seal"})
    groove = plain.product("tray").volume_mm3() - sealed.product("tray").volume_mm3()
    assert sealed.product("seal").volume_mm3() == pytest.approx(groove, rel=1e-9)  # a difference of volumes 500 times as large


def test_an_extruded_frame_is_hollow_beams_between_two_sheets(load):
    layout = enclosure(load, **BOLTED, style="extruded")
    names = {p.name for p in layout.parts_of("tray")}
    assert names == {"tray floor", "tray flange", "beam x-", "beam x+", "beam y-", "beam y+"}
    x0, y0, z0, x1, y1, z1 = layout.product("beam-x-").bounds()
    metal = (x1 - x0) * (z1 - z0) - (x1 - x0 - 6) * (z1 - z0 - 6)
    holes = sum(1 for p in layout.parts if p.name.startswith("bolt ") and x0 < p.origin[0] < x1 and y0 < p.origin[1] < y1)
    assert layout.product("beam-x-").volume_mm3() == pytest.approx(metal * (y1 - y0) - holes * math.pi * 3.3**2 * 3, rel=EXACT)


def test_openings_are_cut_through_the_wall(load):
    cut = enclosure(load, **BARE, floor_radius_mm=0.0, vent_area_mm2=900.0, vents={"count": 3}, cutouts=[
        {"name": "HV", "wall": "y-", "width_mm": 60, "height_mm": 40}, {"name": "LV", "wall": "x-", "diameter_mm": 30}])  # fmt: skip
    tray = cut.product("tray")
    assert tray.volume_mm3() - tray.finished_volume_mm3() == pytest.approx(3 * (900 + 60 * 40 + math.pi * 225), rel=1e-9)
    assert sorted(d.axis for d in tray.details) == ["x", "x", "x", "x", "y"]


def test_an_opening_in_a_hollow_beam_goes_through_both_its_walls(load):
    cut = enclosure(load, **BOLTED, style="extruded", vent_area_mm2=900.0)
    beam = cut.product("beam-x+")
    assert beam.volume_mm3() - beam.finished_volume_mm3() == pytest.approx(2 * 3 * 900, rel=1e-9)


def test_hoses_get_openings_beside_the_fittings(load):
    layout = enclosure(load, **BARE, floor_radius_mm=0.0, hose_opening_mm=30.0)
    fittings = layout.parts_of("fitting")
    cuts = [detail for detail in layout.product("tray").details if detail.axis == "x"]
    assert sorted(c.bounds()[1] + 15 for c in cuts) == pytest.approx(sorted(f.origin[1] for f in fittings), abs=1e-9)


def test_brackets_stand_on_their_walls(load):
    layout = enclosure(load, **BOLTED, feet={"count": 6}, lifting={}, cross_members={"count": 3})
    x0, y0, _, x1, y1, _ = layout.part_bounds(next(p for p in layout.parts if p.name == "tray"))
    wall_y = (y0 + 25, y1 - 25)
    feet = [layout.part_bounds(p) for p in layout.parts if p.name.startswith("foot ")]
    assert sorted({round(b[1], 6) if b[1] > 0 else round(b[4], 6) for b in feet}) == pytest.approx(wall_y)
    lugs = [layout.part_bounds(p) for p in layout.parts if p.name.startswith("lifting")]
    assert len(lugs) == 4
    assert {round(b[0], 6) if b[0] > 0 else round(b[3], 6) for b in lugs} == {round(x0 + 25, 6), round(x1 - 25, 6)}
    beams = [layout.part_bounds(p) for p in layout.parts_of("cross_member")]
    assert {b[2] for b in beams} == {-25.0}
    assert {b[5] for b in beams} == {0.0}


def test_brackets_are_rounded_where_they_are_bent_or_end_free(load):
    layout = enclosure(
        load, **BOLTED, feet={"count": 6, "thickness_mm": 5, "bolt": "M8"}, lifting={"thickness_mm": 10, "hole_mm": 16}
    )
    foot, lug = layout.product("foot"), layout.product("lifting-lug")
    away = 1 - math.pi / 4
    fillet, two_corners = away * 5**2 * 48, 2 * away * 8**2 * 5  # the bolt's diameter; a foot is 6 d wide
    assert foot.finished_volume_mm3() - foot.volume_mm3() == pytest.approx(fillet - two_corners, rel=1e-12)
    hole, ends = math.pi * 8**2 * 10, 2 * away * (0.8 * 20) ** 2 * 10
    assert lug.finished_volume_mm3() - lug.volume_mm3() == pytest.approx(-hole - ends, rel=1e-12)


def test_wall_ribs_make_room_for_openings_and_brackets(load):
    free = enclosure(load, **BOLTED, wall_ribs={"pitch_mm": 60})
    busy = enclosure(load, **BOLTED, wall_ribs={"pitch_mm": 60}, feet={"count": 6}, vent_area_mm2=900.0)
    ribs = [sum(d.adds for d in layout.product("tray").details) for layout in (free, busy)]
    assert ribs[1] < ribs[0]


def test_a_stamped_tray_is_one_sheet_bent_at_the_floor_and_under_the_flange(load):
    keys = BOLTED | {"style": "stamped", "corner_radius_mm": 30.0, "floor_radius_mm": 9.0, "seal": None}
    tray = enclosure(load, **keys).product("tray")
    floor, flange = tray.bands
    assert floor.section.signed_area() == pytest.approx(
        3 * math.pi / 2 * (9 + 1.5), rel=EXACT
    )  # its thickness times its middle's length
    bend = 3.0  # one wall
    assert flange.section.signed_area() == pytest.approx(3 * math.pi / 2 * (bend + 1.5), rel=EXACT)
    _, walls, rim = tray.sweeps
    assert (floor.section.bounds()[3], flange.section.bounds()[1]) == pytest.approx((walls.z0, walls.z1), rel=EXACT)
    assert (walls.z0, walls.z1) == pytest.approx((12, rim.z0 - bend), rel=EXACT)


def test_under_a_groove_only_the_inside_of_the_bend_is_rounded(load):
    keys = BOLTED | {"style": "stamped", "corner_radius_mm": 30.0, "floor_radius_mm": 9.0}
    _, flange = enclosure(load, **keys).product("tray").bands
    assert abs(flange.section.signed_area()) == pytest.approx((1 - math.pi / 4) * 3**2, rel=EXACT)


def test_a_folded_tray_has_its_bends_along_the_floor_but_for_the_notched_corners(load):
    tray = enclosure(load, **BARE).product("tray")
    sharp = enclosure(load, **BARE, floor_radius_mm=0.0).product("tray")
    x0, y0, x1, y1 = sharp.sweeps[1].profile.holes[0].bounds()
    along = 2 * (x1 - x0 + y1 - y0) - 8 * (3 + 3)  # inside the walls, but for notches of bend and wall
    away = (1 - math.pi / 4) * (6**2 - 3**2)
    assert sharp.finished_volume_mm3() - tray.finished_volume_mm3() == pytest.approx(away * along, rel=1e-9)
    assert tray.bounds() == sharp.bounds()


def test_the_floors_radius_keeps_clear_of_what_stands_in_a_rounded_corner(load):
    """By default it is as large as has room; where it is given and has none it is refused."""
    keys = BARE | {"style": "stamped", "corner_radius_mm": 60.0, "clearance_mm": 25.0}
    (floor,) = enclosure(load, **keys | {"wall_mm": 8.0}).product("tray").bands
    room = 60 - math.sqrt(2) * (60 - 25)  # a corner 25 mm from both walls, from the arc around the corner's middle
    assert floor.section.bounds()[2] == pytest.approx(room, rel=EXACT)
    with pytest.raises(DesignError, match=r"in the corners of 60 mm; at most 10\.5"):
        enclosure(load, **keys | {"floor_radius_mm": 12.0})


def test_cast_ribs_have_fillets_at_their_roots(load):
    ribbed, plain = (enclosure(load, **CAST, **more).product("tray") for more in ({"wall_ribs": {"pitch_mm": 60}}, {}))
    ribs = [detail for detail in ribbed.details if detail.adds]
    assert {d.axis for d in ribs} == {"z"}
    width, height = 4.0, 10.0  # mm, as by default
    roots = 2 * (1 - math.pi / 4) * 1.5**2  # half the wall
    assert {round(d.volume() / (d.end - d.start), 9) for d in ribs} == {round(width * height + roots, 9)}
    assert len({d.profile.outer.bounds() for d in ribs}) == len(ribs)
    assert ribbed.finished_volume_mm3() == pytest.approx(plain.finished_volume_mm3() + sum(d.volume() for d in ribs), rel=EXACT)


def test_a_cast_flange_has_threads_and_no_nuts(load):
    layout = enclosure(load, **CAST)
    assert not [p for p in layout.parts if p.name.startswith("nut ")]
    z0, z1 = layout.product("tray").sweeps[2].z0, layout.product("tray").bounds()[5]
    assert z1 - z0 == pytest.approx(9)  # 1.5 x M6


@pytest.mark.parametrize(
    ("keys", "key", "says"),
    [
        (BOLTED | {"bolt": "M10"}, "enclosure.flange_mm", "too narrow for M10"),
        (BOLTED | {"seal": {"groove_depth_mm": 2.5}}, "enclosure.seal.groove_depth_mm", "leaves less than 1 mm"),
        (BOLTED | {"bolt_pitch_mm": 10.0}, "enclosure.bolt_pitch_mm", "2.2 holes"),
        (BARE | {"style": "stamped", "corner_radius_mm": 100.0}, "enclosure.corner_radius_mm", "the radius at most 68"),
        (BARE | {"style": "stamped", "corner_radius_mm": 900.0, "clearance_mm": 300.0}, "enclosure.corner_radius_mm", "half the tray's shorter side"),
        (BARE | {"corner_radius_mm": 5.0, "floor_radius_mm": 8.0}, "enclosure.floor_radius_mm", "more than the corners'"),
        (BARE | {"vent_area_mm2": 1e5}, "enclosure.vent_area_mm2", "divide it over more openings"),
        (BARE | {"cutouts": [{"name": "HV", "wall": "x+", "diameter_mm": 50, "along_mm": 400}]}, "enclosure.cutouts.0", "HV: from"),
        (BARE | {"cutouts": [{"name": "HV", "wall": "x+", "diameter_mm": 50}, {"name": "LV", "wall": "x+", "diameter_mm": 20}]},
         "enclosure.cutouts.1", "LV and HV"),
        (BARE | {"hose_opening_mm": 300.0}, "enclosure.hose_opening_mm", "hose of inlet"),
        (BARE | {"feet": {"count": 100}}, "enclosure.feet.count", "in each other's way"),
        (BARE | {"cross_members": {"count": 2, "wall_mm": 13}}, "enclosure.cross_members.wall_mm", "no hollow"),
        (BARE | {"feet": {"count": 2}, "cutouts": [{"name": "gland", "wall": "y-", "diameter_mm": 20, "z_mm": 40}]},
         "enclosure.cutouts.0", "behind a foot"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_key(load, keys, key, says):
    found = complaints(load, **keys)
    assert any(k == key and says in message for k, message in found), found


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    style=st.sampled_from(get_args(Style)),
    bolt=st.sampled_from(get_args(BoltSize)),
    pitch=st.floats(20, 300),
    flange=st.floats(10, 60),
    wall=st.floats(1, 8),
)
def test_any_flange_is_laid_out_with_its_bolts_inside_it_or_refused(load, style, bolt, pitch, flange, wall):
    keys = {"style": style, "bolt": bolt, "bolt_pitch_mm": pitch, "flange_mm": flange, "wall_mm": wall, "clearance_mm": 30.0}
    layout, refused = None, ()
    try:
        layout = enclosure(load, **BARE | keys)
    except DesignError as error:
        refused = error.complaints
    assert all(c.key.startswith("enclosure.") for c in refused)
    if layout is None:
        return
    x0, y0, _, x1, y1, _ = layout.part_bounds(next(p for p in layout.parts if p.name == "lid"))
    bolts = [p.origin for p in layout.parts if p.name.startswith("bolt ")]
    edge = THREADS[bolt].diameter if style == "die_cast" else THREADS[bolt].hole / 2
    assert all(min(x - x0, x1 - x, y - y0, y1 - y) >= edge - 1e-9 for x, y, _ in bolts)
    assert len({(round(x, 6), round(y, 6)) for x, y, _ in bolts}) == len(bolts)


@pytest.mark.parametrize("which", ["lid_ribs", "wall_ribs"])
def test_ribs_that_would_run_into_each_other_are_refused(load, which):
    assert enclosure(load, **BOLTED, **{which: {"pitch_mm": 21.0, "width_mm": 20.0, "height_mm": 5.0}})
    ((key, message),) = complaints(load, **BOLTED, **{which: {"pitch_mm": 20.0, "width_mm": 20.0, "height_mm": 5.0}})
    assert key == f"enclosure.{which}.pitch_mm"
    assert "20 mm wide" in message
    assert "pitch_mm larger" in message


def test_a_bolt_in_the_wall_of_the_beam_that_runs_through_is_refused(load):
    thick = BARE | {"style": "extruded", "wall_mm": 8.0, "flange_mm": 40.0, "bolt": "M4"}
    ((key, message),) = complaints(load, **thick, bolt_pitch_mm=16.0)
    assert (key, "choose another pitch" in message) == ("enclosure.bolt_pitch_mm", True)
    assert enclosure(load, **thick, bolt_pitch_mm=80.0)
