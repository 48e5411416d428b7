"""A layout becomes a mesh: every part a region with its exact volume, every facet in one boundary."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mesh_layouts import box, layout, shape, small_pack

from packtool.errors import MeshError
from packtool.layout.outline import union
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Part, Product, Sweep
from packtool.mesh.build import mesh_layout
from packtool.mesh.measures import connected_components, facet_areas, facet_normals, outer_facets, region_volumes

ROUNDING = 1e-10
"""Relative: a few thousand doubles of order 0.1 m, differences of which are facets of order 1 mm."""


def mm2(mesh, name: str) -> float:
    facets = mesh.boundaries[name] if name in mesh.boundaries else mesh.interfaces[name]
    return facet_areas(mesh.points, facets).sum() * 1e6


class TestSmallPack:
    layout = small_pack()
    pack = mesh_layout(layout)
    mesh = pack.mesh

    def test_a_region_is_a_part(self):
        meshed = self.layout.parts_of("cell", "pad", "end_plate", "interface", "cold_plate")
        assert [r.name for r in self.mesh.regions] == [part.name for part in meshed]
        assert [(r.role, r.material) for r in self.mesh.regions][:2] == [
            ("cold_plate", "cold_plate material"),
            ("interface", "interface material"),
        ]
        assert self.mesh.region_index("R2C01") == [r.name for r in self.mesh.regions].index("R2C01")

    def test_volumes_are_those_of_the_layout(self):
        volumes = dict(zip((r.name for r in self.mesh.regions), region_volumes(self.mesh) * 1e9, strict=True))
        assert volumes["R1C02"] == pytest.approx(30 * 34 * 60, rel=ROUNDING)
        assert volumes["pad R2"] == pytest.approx(1.5 * 34 * 60, rel=ROUNDING)
        assert volumes["cold plate"] == pytest.approx(100 * 90 * 5 - 2 * 90 * 16 * 3, rel=ROUNDING)

    def test_boundaries_have_the_areas_of_the_layout(self):
        rows, plate_top = 2 * 70 * 34, 100 * 90
        assert mm2(self.mesh, "coolant_wall") == pytest.approx(2 * (2 * 90 * 16 + 2 * (90 + 16) * 3), rel=ROUNDING)
        assert mm2(self.mesh, "gap_side") == pytest.approx(2 * 70 * 61, rel=ROUNDING)  # cells and interface, both rows
        assert mm2(self.mesh, "exterior_bottom") == pytest.approx(plate_top, rel=ROUNDING)
        assert mm2(self.mesh, "exterior_top") == pytest.approx(rows + plate_top - rows, rel=ROUNDING)
        sides = 2 * 70 * 61 + 4 * 34 * 61 + 2 * (100 + 90) * 5
        assert mm2(self.mesh, "exterior_side") == pytest.approx(sides, rel=ROUNDING)

    def test_interfaces_have_the_areas_of_the_layout_and_sorted_names(self):
        assert list(self.mesh.interfaces) == [
            "cell|pad",
            "cell|end_plate",
            "cell|interface",
            "pad|interface",
            "end_plate|interface",
            "interface|cold_plate",
        ]
        assert mm2(self.mesh, "cell|pad") == pytest.approx(4 * 34 * 60, rel=ROUNDING)
        assert mm2(self.mesh, "cell|interface") == pytest.approx(4 * 30 * 34, rel=ROUNDING)
        assert mm2(self.mesh, "interface|cold_plate") == pytest.approx(2 * 70 * 34, rel=ROUNDING)

    def test_an_interface_points_from_the_first_role_to_the_second(self):
        assert (facet_normals(self.mesh.points, self.mesh.interfaces["cell|interface"])[:, 2] < 0).all()
        assert (facet_normals(self.mesh.points, self.mesh.interfaces["interface|cold_plate"])[:, 2] < 0).all()

    def test_every_outer_facet_is_in_one_boundary_with_its_normal_outwards(self):
        every = np.concatenate(list(self.mesh.boundaries.values()))
        keys = {tuple(sorted(f)) for f in every.tolist()}
        assert len(keys) == len(every)
        assert keys == {tuple(sorted(f)) for f in outer_facets(self.mesh).tolist()}
        oriented = {tuple(np.roll(f, -int(np.argmin(f)))) for f in every.tolist()}
        assert oriented == {tuple(np.roll(f, -int(np.argmin(f)))) for f in outer_facets(self.mesh).tolist()}

    def test_the_report_says_what_was_found(self):
        report = self.pack.report
        assert (report.elements, report.points) == (len(self.mesh.hexes), len(self.mesh.points))
        assert report.components == 1
        assert report.min_scaled_jacobian == pytest.approx(1.0)
        assert report.max_volume_error < ROUNDING
        assert report.max_interface_error is not None
        assert report.max_interface_error < ROUNDING
        assert sum(report.elements_by_role.values()) == report.elements
        assert report.areas["gap_side"] == pytest.approx(2 * 70 * 61e-6, rel=ROUNDING)
        assert report.seconds > 0
        assert json.loads(json.dumps(report.as_dict()))["notices"] == list(report.notices)

    def test_halved_points_are_points_of_the_full_mesh(self):
        halved = mesh_layout(self.layout, halved=True).mesh
        assert len(halved.hexes) < len(self.mesh.hexes) / 4
        assert set(map(tuple, halved.points.tolist())) < set(map(tuple, self.mesh.points.tolist()))

    def test_levels_go_from_coarse_to_fine(self):
        coarse, fine = (len(mesh_layout(self.layout, level).mesh.hexes) for level in ("coarse", "fine"))
        assert coarse < len(self.mesh.hexes) < fine
        assert fine == 8 * len(self.mesh.hexes)

    def test_points_are_metres_and_ordered_with_z_fastest(self):
        low, high = self.mesh.points.min(axis=0), self.mesh.points.max(axis=0)
        np.testing.assert_allclose([low, high], [[-0.05, -0.045, 0], [0.05, 0.045, 0.066]], atol=1e-15)
        order = np.lexsort(self.mesh.points.T[::-1])
        np.testing.assert_array_equal(order, np.arange(len(order)))


def ring() -> Profile:
    return Profile(Loop.rectangle(0, 0, 50, 40), (Loop.rectangle(10, 10, 40, 30),))


class TestOutlines:
    L = Profile(Loop.polygon([(0, 0), (30, 0), (30, 10), (10, 10), (10, 40), (0, 40)]))

    @pytest.mark.parametrize("turn", [0, 90, 180, 270])
    def test_a_turned_and_moved_outline_keeps_its_volume_and_place(self, turn):
        piece = shape("L", "end_plate", Sweep(self.L, 0, 5), origin=(100.0, -7.0, 3.0), turn=turn)
        made = layout(piece)
        mesh = mesh_layout(made).mesh
        assert region_volumes(mesh)[0] * 1e9 == pytest.approx(600 * 5, rel=ROUNDING)
        x0, y0, z0, x1, y1, z1 = np.array(made.part_bounds(made.parts[0])) * 1e-3
        np.testing.assert_allclose([mesh.points.min(axis=0), mesh.points.max(axis=0)], [[x0, y0, z0], [x1, y1, z1]], atol=1e-15)
        centre = mesh.points[mesh.hexes].mean(axis=1)
        inner = np.array([20.0, 25.0])  # in the notch of the L: no element may be there
        for _ in range(turn // 90):
            inner = np.array([-inner[1], inner[0]])
        inner = np.add(inner, [100.0, -7.0]) * 1e-3
        assert np.abs(centre[:, :2] - inner).max(axis=1).min() > 4e-3

    def test_a_hole_with_an_island(self):
        island = Profile.rectangle(20, 15, 30, 25)
        floor = Profile.rectangle(0, 0, 50, 40)
        mesh = mesh_layout(layout(shape("P", "cold_plate", Sweep(floor, 0, 2), Sweep(ring(), 2, 6), Sweep(island, 2, 6)))).mesh
        assert region_volumes(mesh)[0] * 1e9 == pytest.approx(2000 * 2 + (2000 - 600 + 100) * 4, rel=ROUNDING)
        assert mm2(mesh, "gap_side") == pytest.approx(2 * (30 + 20) * 4 + 2 * (10 + 10) * 4, rel=ROUNDING)

    def test_clockwise_outlines_are_as_good(self):
        backwards = Profile(Loop(self.L.outer.vertices[::-1]))
        assert len(mesh_layout(layout(shape("L", "end_plate", Sweep(backwards, 0, 5)))).mesh.hexes) == len(
            mesh_layout(layout(shape("L", "end_plate", Sweep(self.L, 0, 5)))).mesh.hexes
        )

    @pytest.mark.slow
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=8),
        st.sampled_from([0, 90, 180, 270]),
    )
    def test_any_union_of_rectangles(self, rectangles, turn):
        profiles = union([(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in rectangles])
        tiles = {(i, j) for x, y, w, h in rectangles for i in range(x, x + w) for j in range(y, y + h)}
        piece = shape("P", "end_plate", *(Sweep(p, 1.0, 3.0) for p in profiles), turn=turn)
        mesh = mesh_layout(layout(piece), "coarse").mesh
        assert region_volumes(mesh)[0] * 1e9 == pytest.approx(2.0 * len(tiles), rel=ROUNDING)
        edges = sum((i + di, j + dj) not in tiles for i, j in tiles for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1)))
        total = sum(mm2(mesh, name) for name in mesh.boundaries)
        assert total == pytest.approx(2 * len(tiles) + 2.0 * edges, rel=ROUNDING)
        assert facet_areas(mesh.points, outer_facets(mesh)).sum() * 1e6 == pytest.approx(total, rel=ROUNDING)


class TestBoundariesSeeStraightAhead:
    def test_an_overhang_over_a_plate_faces_a_gap_on_both_sides(self):
        pieces = (
            box("I", "interface", 0, 0, 0, 20, 20, 1),
            box("C", "cell", -10, 0, 1, 30, 20, 50),
            box("P", "cold_plate", -20, 0, -5, 40, 20, 0),
        )
        mesh = mesh_layout(layout(*pieces)).mesh
        # the cell's underside and the plate's top on 10 mm at either end, and the interface does not look at anything
        assert mm2(mesh, "gap_side") == pytest.approx(2 * 2 * 10 * 20, rel=ROUNDING)
        assert mm2(mesh, "exterior_top") == pytest.approx(40 * 20 + 2 * 10 * 20, rel=ROUNDING)

    def test_coolant_open_to_the_side_has_walls_but_no_lid(self):
        comb = Profile(Loop.polygon([(0, 0), (40, 0), (40, 30), (0, 30), (0, 20), (30, 20), (30, 10), (0, 10)]))
        whole, channel = Profile.rectangle(0, 0, 40, 30), Profile.rectangle(0, 10, 30, 20)
        pieces = (
            shape("P", "cold_plate", Sweep(whole, 0, 2), Sweep(comb, 2, 5), Sweep(whole, 5, 7)),
            shape("W", "coolant", Sweep(channel, 2, 5)),
        )
        mesh = mesh_layout(layout(*pieces)).mesh
        assert mm2(mesh, "coolant_wall") == pytest.approx(2 * 300 + (30 + 30 + 10) * 3, rel=ROUNDING)
        assert mm2(mesh, "exterior_side") == pytest.approx(2 * (40 + 30) * 7 - 10 * 3, rel=ROUNDING)


class TestRefusals:
    def test_overlapping_parts_are_both_named(self):
        with pytest.raises(MeshError, match=r"C1 \(cell\) and C2 \(cell\) overlap"):
            mesh_layout(layout(box("C1", "cell", 0, 0, 0, 30, 100, 80), box("C2", "cell", 20, 0, 0, 50, 100, 80)))

    def test_coolant_in_the_metal_is_named(self):
        pieces = (box("P", "cold_plate", 0, 0, 0, 50, 50, 5), box("W", "coolant", 10, 10, 2, 20, 20, 4))
        with pytest.raises(MeshError, match=r"P \(cold_plate\) and W \(coolant\) overlap"):
            mesh_layout(layout(*pieces))

    def test_nothing_to_mesh(self):
        with pytest.raises(MeshError, match="test has no part to mesh"):
            mesh_layout(layout(box("T", "tray", 0, 0, 0, 10, 10, 10)))

    def test_an_oblique_part_is_named(self):
        slanted = Profile(Loop.polygon([(0, 0), (30, 0), (20, 10)]))
        with pytest.raises(MeshError, match=r"part wedge \(end_plate\)"):
            mesh_layout(layout(shape("wedge", "end_plate", Sweep(slanted, 0, 5))))

    def test_a_part_whose_heat_cannot_leave_is_named(self):
        wall = Profile(Loop.rectangle(0, 0, 50, 50), (Loop.rectangle(5, 5, 45, 45),))
        lid = Profile.rectangle(0, 0, 50, 50)
        shell = shape("shell", "cold_plate", Sweep(lid, 0, 5), Sweep(wall, 5, 45), Sweep(lid, 45, 50))
        with pytest.raises(MeshError, match="part lost touches neither the coolant, nor the outside"):
            mesh_layout(layout(shell, box("lost", "cell", 10, 10, 10, 40, 40, 40)))

    def test_holes_that_overlap_are_noticed_by_the_volume(self):
        profile = Profile(Loop.rectangle(0, 0, 50, 50), (Loop.rectangle(5, 5, 20, 20), Loop.rectangle(10, 10, 30, 30)))
        with pytest.raises(MeshError, match="part P: its mesh holds"):
            mesh_layout(layout(shape("P", "cold_plate", Sweep(profile, 0, 5))))


def test_rows_without_a_plate_are_pieces_of_their_own():
    pack = mesh_layout(layout(box("C1", "cell", 0, 0, 0, 30, 100, 80), box("C2", "cell", 0, 110, 0, 30, 210, 80)))
    assert pack.report.components == 2
    assert connected_components(pack.mesh).max() == 1
    assert mm2(pack.mesh, "gap_side") == pytest.approx(2 * 30 * 80, rel=ROUNDING)


@pytest.mark.slow
def test_many_cells_cost_in_proportion():
    cell = Product("cell", "cell", "cell", (Sweep(Profile.rectangle(0, 0, 30, 100), 0, 80),))
    made = {}
    for rows in (2, 8):
        parts = [Part(f"R{r}C{c}", "cell", (30.0 * c, 110.0 * r, 5.0)) for r in range(rows) for c in range(25)]
        base, bottom = box("P", "cold_plate", 0, 0, 0, 750, 110.0 * rows, 5)
        whole = layout((base, bottom))
        whole = type(whole)(whole.name, whole.cell, (base, cell), (bottom, *parts), 1, 1, None, ())
        made[rows] = len(mesh_layout(whole).mesh.hexes)
    assert made[8] <= 4 * made[2] * (1 + 1e-9)  # a grid line of one row must not multiply the elements of another
