"""Round turns: the plan is paved at the plate's ends and swept; names, volumes and areas are those of a pack of boxes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mesh_layouts import box, layout, shape

from packtool.errors import MeshError
from packtool.layout.channels import ChannelSpace, round_serpentine
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Sweep
from packtool.mesh.build import family_members, mesh_family, mesh_layout
from packtool.mesh.measures import facet_areas, facet_normals, outer_facets, region_volumes
from packtool.mesh.outlines import inside
from packtool.mesh.quads import corner_quality, halved, paired

pytestmark = pytest.mark.slow  # gmsh paves

WIDTH, REACH, MARGIN = 12.0, 100.0, 8.0


def round_pack(passes: int = 3, width: float = WIDTH, margin: float = MARGIN, breadth: float = 120.0) -> Layout:
    """Four cells with their interface on a plate with a serpentine, whose turns begin where the cells end."""
    reach = (breadth - 2 * margin - width) / (passes - 1) / 2 + width / 2
    x, y = REACH + reach + margin, breadth / 2
    space = ChannelSpace(-x + margin, -y + margin, x - margin, y - margin, width, width, 3.0)
    channels = round_serpentine(space, passes, min(10.0, width))
    plate = Profile.rectangle(-x, -y, x, y)
    (void,) = channels.voids
    pieces = [
        shape(
            "cold plate",
            "cold_plate",
            Sweep(plate, 0.0, 1.5),
            Sweep(Profile(plate.outer, (void.outer,)), 1.5, 4.5),
            Sweep(plate, 4.5, 6.0),
        ),
        shape("coolant", "coolant", Sweep(void, 1.5, 4.5)),
        box("interface R1", "interface", -REACH, -y, 6.0, REACH, y, 7.0),
        *(box(f"R1C0{i + 1}", "cell", -REACH + 50 * i, -y, 7.0, -REACH + 50 * (i + 1), y, 100.0) for i in range(4)),
    ]
    return layout(*pieces)


@pytest.fixture(scope="module", name="meshed")
def meshed_fixture():
    return mesh_family(round_pack(), "normal")


class TestASerpentineOfThreePasses:
    """Legs 12 mm wide, 92 mm from first to last: pitch 46, turns of radius 23."""

    def test_every_part_holds_its_exact_volume(self, meshed):
        made = round_pack()
        for pack in meshed:
            volumes = dict(zip([r.name for r in pack.mesh.regions], region_volumes(pack.mesh) * 1e9, strict=True))
            x = REACH + 23 + 6 + MARGIN
            legs = 2 * (2 * REACH) + 2 * REACH + 2 * (23 + 6)  # the first and the last go on to the end of the channel's space
            coolant = 3.0 * WIDTH * (legs + 2 * math.pi * 23)
            assert volumes["cold plate"] == pytest.approx(2 * x * 120 * 6 - coolant, rel=1e-12)  # rounding: chords keep the area
            assert made.product("product coolant").volume_mm3() == pytest.approx(coolant, rel=1e-12)

    def test_it_is_one_piece_and_its_outer_facets_are_all_named_once(self, meshed):
        mesh = meshed[0].mesh
        assert meshed[0].report.components == 1
        named = np.sort(np.concatenate(list(mesh.boundaries.values())), axis=1)
        outer = np.sort(outer_facets(mesh), axis=1)
        assert len(named) == len(outer)
        assert set(map(tuple, named.tolist())) == set(map(tuple, outer.tolist()))

    def test_its_interfaces_and_boundaries_have_the_areas_of_the_layout(self, meshed):
        areas = meshed[0].report.areas
        assert areas["cell|interface"] == pytest.approx(0.2 * 0.12, rel=1e-12)
        assert areas["interface|cold_plate"] == pytest.approx(0.2 * 0.12, rel=1e-12)
        assert areas["cell|cell"] == pytest.approx(3 * 0.12 * 0.093, rel=1e-12)
        x = REACH + 23 + 6 + MARGIN
        assert areas["exterior_bottom"] == pytest.approx(2 * x * 120 * 1e-6, rel=1e-12)
        assert areas["exterior_side"] == pytest.approx((2 * (200 + 120) * 94 + 2 * (2 * x + 120) * 6) * 1e-6, rel=1e-12)
        assert "gap_side" not in areas

    def test_its_coolant_wall_is_that_of_the_arcs_but_for_their_chords(self, meshed):
        legs = 3 * 2 * REACH + 2 * (23 + 6)
        plan = WIDTH * (legs + 2 * math.pi * 23)
        sides = 2 * legs + 2 * math.pi * (29 + 17) + 2 * WIDTH
        exact = (2 * plan + 3.0 * sides) * 1e-6
        # a chord of angle t at the radius that keeps the area is longer than its arc by t²/8: 24 a half circle, 0.2 % of a third of the sides
        assert meshed[0].report.areas["coolant_wall"] == pytest.approx(exact, rel=5e-4)
        assert meshed[0].report.areas["coolant_wall"] > exact

    def test_normals_point_out_of_the_solid_and_from_the_first_role_to_the_second(self, meshed):
        mesh = meshed[0].mesh
        for name, towards in (("exterior_bottom", -1), ("exterior_top", 1)):
            assert (facet_normals(mesh.points, mesh.boundaries[name])[:, 2] * towards > 0).all()
        assert (facet_normals(mesh.points, mesh.interfaces["cell|interface"])[:, 2] < 0).all()
        assert (facet_normals(mesh.points, mesh.interfaces["cell|cell"])[:, 0] > 0).all()
        closed = sum(facet_normals(mesh.points, facets).sum(axis=0) for facets in mesh.boundaries.values())
        assert np.abs(closed).max() < 1e-12  # a closed surface; sums of 1e4 facets of 1e-5 m²

    def test_the_coarser_mesh_has_half_the_elements_in_the_plan(self, meshed):
        fine, coarse = (pack.mesh for pack in meshed)
        bottom = [len(mesh.boundaries["exterior_bottom"]) for mesh in (fine, coarse)]
        assert bottom[0] == 4 * bottom[1]

    def test_families_end_with_the_coarsest_plan(self):
        made = round_pack()
        assert [len(family_members(made, level)) for level in ("coarse", "normal", "fine")] == [2, 2, 3]


@pytest.mark.slow
@settings(deadline=None, max_examples=6)
@given(passes=st.integers(2, 9), width=st.floats(3.0, 20.0), margin=st.floats(2.0, 20.0), breadth=st.floats(60.0, 250.0))
def test_any_serpentine_is_meshed_well_or_refused_with_the_reason(passes, width, margin, breadth):
    if (passes + 0.5) * width > breadth - 2 * margin:
        return
    made = round_pack(passes, width, margin, breadth)
    try:
        pack = mesh_layout(made, "normal", halved=True)
    except MeshError as error:
        if not any(word in str(error) for word in ("cold_plate.turns: square", "chords would come too close", "mm apart")):
            raise
        return
    assert pack.report.components == 1
    assert pack.report.max_volume_error < 1e-9
    areas = pack.report.areas
    assert sum(facet_areas(pack.mesh.points, outer_facets(pack.mesh))) == pytest.approx(
        sum(area for name, area in areas.items() if "|" not in name), rel=1e-9
    )


def test_an_arc_under_the_cells_is_refused():
    made = round_pack()
    far = box("R1C09", "cell", REACH, -60.0, 7.0, REACH + 20, 60.0, 100.0)
    with pytest.raises(MeshError, match="under or over other parts"):
        mesh_layout(replace(made, products=(*made.products, far[0]), parts=(*made.parts, far[1])))


def test_a_place_is_inside_a_half_moon():
    moon = Loop(((0.0, -2.0, 1.0), (0.0, 2.0, 0.0), (0.0, 1.0, -1.0), (0.0, -1.0, 0.0)))
    places = np.array([(1.5, 0.0), (0.5, 0.0), (-0.5, 0.0), (2.1, 0.0), (1.3, 1.4), (1.5, 1.5)])
    assert inside((moon,), places).tolist() == [True, False, False, False, True, False]
    hole = Loop.circle(0.0, 0.0, 1.0)
    assert inside((Loop.rectangle(-2, -2, 2, 2), hole), places).tolist() == [True, False, False, False, True, True]


def test_halving_keeps_area_and_shares_the_middles():
    points = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (4.0, 1.0)])
    cut = halved(points, [np.array([[0, 1, 2, 3]]), np.array([[1, 4, 2]])], [np.array([0, 1, 4])])
    assert len(cut.quads) == 4 + 3
    assert len(cut.points) == 5 + 6 + 2  # six edges, the shared one once
    assert (corner_quality(cut.points, cut.quads) > 0).all()
    assert cut.points[cut.chains[0]].tolist() == [[0, 0], [1, 0], [2, 0], [3, 0.5], [4, 1]]
    assert np.bincount(cut.parent).tolist() == [4, 3]


def test_triangles_are_paired_best_first():
    points = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (3.0, 0.4)])
    quads, left = paired(points, np.array([[0, 1, 2], [0, 2, 3], [1, 4, 2]]), np.zeros(3, dtype=np.int64), 0.5)
    assert [set(q) for q in quads.corners.tolist()] == [{0, 1, 2, 3}]
    assert left.corners.tolist() == [[1, 4, 2]]
