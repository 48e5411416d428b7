"""Bought-in parts in the tray's openings: where they stand, what they weigh, and what they may not reach."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from packtool.design.schema.fixtures import SHELL_CLEAR_MM
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import pack_mass_kg

EXACT = 1e-12
BARE = {"material": "al_6061_t6", "wall_mm": 3.0, "lid_mm": 1.5}
HV = {"name": "HV connector", "wall": "x+", "width_mm": 60, "height_mm": 40}
AL = {"material": "al_6061_t6"}


def enclosure(load, **keys):
    return lay_out(load({"enclosure": BARE | keys}))


def complaints(load, **keys):
    with pytest.raises(DesignError) as refused:
        enclosure(load, **keys)
    return [(c.key, c.message) for c in refused.value.complaints]


def fixtures(layout):
    return {part.name: part for part in layout.parts_of("fixture")}


def test_an_opening_without_a_fixture_is_a_hole(load):
    assert fixtures(enclosure(load, cutouts=[HV])) == {}


def test_a_connector_sits_on_its_wall_and_fills_its_opening(load):
    layout = enclosure(
        load, cutouts=[HV | {"fixture": AL | {"outside_mm": 30.0, "inside_mm": 8.0, "rim_mm": 5.0, "rim_thickness_mm": 4.0}}]
    )
    part = fixtures(layout)["HV connector"]
    x0, y0, z0, x1, y1, z1 = layout.part_bounds(part)
    assert layout.inside is not None
    wall = layout.inside[2]
    assert (x0, x1) == (pytest.approx(wall - 8), pytest.approx(wall + 3 + 4 + 30))
    assert (y1 - y0, z1 - z0) == (pytest.approx(60 + 2 * 5), pytest.approx(40 + 2 * 5))
    shell = (60 - 2 * SHELL_CLEAR_MM) * (40 - 2 * SHELL_CLEAR_MM)
    assert layout.product("connector").finished_volume_mm3() == pytest.approx(shell * (30 + 3 + 8) + 70 * 50 * 4, rel=EXACT)


@pytest.mark.parametrize("wall", ["x-", "x+", "y-", "y+"])
def test_a_connector_looks_out_of_its_wall(load, wall):
    layout = enclosure(load, cutouts=[HV | {"wall": wall, "fixture": AL | {"outside_mm": 50.0}}])
    box, tray = layout.part_bounds(fixtures(layout)["HV connector"]), layout.inside
    axis, side = ("xy".index(wall[0]), wall[1] == "+")
    assert (box[axis + 3] if side else -box[axis]) == pytest.approx((tray[axis + 2] if side else -tray[axis]) + 3 + 4 + 50)


def test_every_vent_has_its_plug_and_every_hose_its_fitting(load):
    layout = enclosure(
        load, vent_area_mm2=900.0, vents={"count": 3, "plug": AL}, hose_opening_mm=40.0, hose_fitting=AL | {"bore_mm": 20.0}
    )
    assert set(fixtures(layout)) == {"vent plug 1", "vent plug 2", "vent plug 3", "hose fitting inlet", "hose fitting outlet"}
    assert [p.id for p in layout.products if p.role == "fixture"] == ["vent-plug", "hose-fitting"]
    tube, rim = math.pi * ((20 - SHELL_CLEAR_MM) ** 2 - 10**2) * (3 + 5), math.pi * (26**2 - 10**2) * 4
    assert layout.product("hose-fitting").finished_volume_mm3() == pytest.approx(tube + rim, rel=EXACT)


def test_a_part_weighs_what_it_is_bought_with(load):
    bought = load({"enclosure": BARE | {"cutouts": [HV | {"fixture": AL | {"mass_kg": 0.75}}]}})
    hole = load({"enclosure": BARE | {"cutouts": [HV]}})
    assert pack_mass_kg(lay_out(bought), bought) - pack_mass_kg(lay_out(hole), hole) == pytest.approx(0.75, rel=1e-9)  # of 420 kg


def test_a_hollow_beam_is_crossed_in_full(load):
    layout = enclosure(load, style="extruded", flange_mm=25.0, cutouts=[HV | {"fixture": AL}])
    x0, _, _, x1, _, _ = layout.part_bounds(fixtures(layout)["HV connector"])
    assert x1 - x0 == pytest.approx(25 + 3 + 5 + 4)


def test_parts_of_one_name_are_told_apart(load):
    cutouts = [HV | {"fixture": AL, "along_mm": at, "name": "tray"} for at in (-100, 100)]
    assert set(fixtures(enclosure(load, cutouts=cutouts))) == {"tray 2", "tray 3"}


@pytest.mark.parametrize(
    ("keys", "key", "says"),
    [
        ({"cutouts": [HV | {"fixture": AL | {"inside_mm": 150.0}}]}, "enclosure.cutouts.0.fixture.inside_mm", "meets cold plate|meets R|meets end plate"),
        ({"cutouts": [HV | {"fixture": AL | {"rim_mm": 150.0}}]}, "enclosure.cutouts.0", "HV connector with its rim: from z"),
        ({"cutouts": [HV | {"fixture": AL}, HV | {"name": "LV", "along_mm": 68, "fixture": AL}]}, "enclosure.cutouts.1", "less than 3 mm"),
        ({"cutouts": [HV | {"wall": w, "fixture": AL | {"inside_mm": 19.0, "rim_mm": 0.0}, "along_mm": a, "width_mm": 20} for w, a in (("x+", 370.0), ("y+", 538.0))]},
         "enclosure.cutouts.1.fixture.inside_mm", "meets HV connector"),
    ],
    ids=["reaches the cells", "rim", "rims meet", "two meet in a corner"],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_key(load, keys, key, says):
    found = complaints(load, **keys)
    assert any(k == key and re.search(says, message) for k, message in found), found


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"hose_fitting": AL | {"bore_mm": 10}}, "give hose_opening_mm"),
        ({"hose_opening_mm": 20.0, "hose_fitting": AL | {"bore_mm": 19.5}}, "leaves no wall of a tube"),
    ],
)
def test_what_cannot_go_together_is_no_design(load, keys, says):
    with pytest.raises(ValueError, match=says):
        enclosure(load, **keys)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    wall=st.sampled_from(["x-", "x+", "y-", "y+"]),
    along=st.floats(-600, 600),
    size=st.floats(5, 150),
    round_=st.booleans(),
    rim=st.floats(0, 40),
    out=st.floats(0, 100),
    into=st.floats(0, 300),
    style=st.sampled_from(["folded", "stamped", "extruded", "die_cast"]),
)
def test_any_connector_keeps_clear_of_what_is_inside_or_is_refused(load, wall, along, size, round_, rim, out, into, style):
    shape = {"diameter_mm": size} if round_ else {"width_mm": size, "height_mm": size / 2}
    cutout = {
        "name": "HV",
        "wall": wall,
        "along_mm": along,
        "fixture": AL | {"rim_mm": rim, "outside_mm": out, "inside_mm": into},
    } | shape
    try:
        layout = enclosure(load, cutouts=[cutout], clearance_mm=40.0, style=style)
    except DesignError:
        layout = None
    assume(layout is not None)
    part = fixtures(layout)["HV"]
    shell = replace(layout.product(part.product), details=layout.product(part.product).details[:1])  # what goes through the wall
    box = replace(layout, products=(shell,)).part_bounds(part)
    for part in layout.parts:
        if layout.role_of(part) not in ("tray", "lid", "fixture"):
            other = layout.part_bounds(part)
            assert not all(min(box[k + 3], other[k + 3]) - max(box[k], other[k]) > 1e-6 for k in range(3)), part.name
