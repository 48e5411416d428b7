"""Packs of upright round cells: one tile a cell, names and checks as for every pack."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mesh_layouts import box, shape
from round_layouts import D, H, round_pack, sites, turned

from packtool.errors import MeshError
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import MESHED_ROLES, Sweep
from packtool.mesh.build import family_members, mesh_family, mesh_layout
from packtool.mesh.measures import facet_areas, facet_normals, outer_facets, region_volumes

PATTERNS = ["hexagonal", "square"]


def polygon_side(edges: int) -> float:
    """Area [m²] of the side of a prism of ``edges`` sides that has the cell's volume, for each millimetre of its height."""
    return edges * 2 * (D / 2) * math.sqrt(math.pi / (edges / 2 * math.sin(math.tau / edges))) * math.sin(math.pi / edges) * 1e-6


@pytest.mark.parametrize("pattern", PATTERNS)
class TestThreeRowsOfThree:
    """Nine cells of 21 x 70 mm, 1.5 mm apart, between two holders, on an interface layer."""

    def test_every_part_holds_its_exact_volume(self, pattern):
        pack = round_pack(pattern=pattern, potting=True)
        meshed = mesh_layout(pack, "coarse")
        asked = [pack.product(part.product).volume_mm3() * 1e-9 for part in pack.parts_of(*MESHED_ROLES)]
        assert region_volumes(meshed.mesh) == pytest.approx(asked, rel=1e-9)

    def test_it_is_one_piece_with_well_shaped_elements(self, pattern):
        report = mesh_layout(round_pack(pattern=pattern)).report
        assert report.components == 1
        assert report.min_scaled_jacobian > 0.45

    def test_interfaces_have_the_area_in_which_the_parts_touch(self, pattern):
        mesh = mesh_layout(round_pack(pattern=pattern)).mesh
        found = {name: facet_areas(mesh.points, facets).sum() for name, facets in mesh.interfaces.items()}
        assert set(found) == {"cell|holder", "cell|interface", "holder|interface"}
        assert found["cell|interface"] == pytest.approx(9 * math.pi / 4 * D**2 * 1e-6, rel=1e-9)
        # chords stand in for arcs; those of unequal lengths, in tiles beside straight walls, are a little longer in all
        assert found["cell|holder"] == pytest.approx(9 * 2 * 6.0 * polygon_side(24), rel=2e-3)

    def test_every_outer_facet_has_one_name_and_points_out(self, pattern):
        mesh = mesh_layout(round_pack(pattern=pattern), "coarse").mesh
        named = np.concatenate(list(mesh.boundaries.values()))
        assert len(named) == len(outer_facets(mesh))
        assert np.unique(np.sort(named, axis=1), axis=0).shape == named.shape
        assert np.abs(facet_normals(mesh.points, named).sum(axis=0)).max() < 1e-12  # a closed surface

    def test_the_cell_in_the_middle_sees_others_all_round_and_those_at_the_border_see_out(self, pattern):
        mesh = mesh_layout(round_pack(pattern=pattern, holder=0.0), "coarse").mesh
        middles = mesh.points[mesh.boundaries["exterior_side"]].mean(axis=1) * 1e3
        inner = np.array([30.0 if pattern == "hexagonal" else 22.5, 22.5 * (math.sqrt(3) / 2 if pattern == "hexagonal" else 1.0)])
        inner[0] = 33.75 if pattern == "hexagonal" else 22.5
        high = middles[:, 2] > 0
        assert np.hypot(*(middles[high, :2] - inner).T).min() > 11.0
        assert high.sum() > 0

    def test_meshes_of_a_family_are_nested_in_their_heights_and_halve_their_elements(self, pattern):
        fine, coarse = mesh_family(round_pack(pattern=pattern))
        assert len(fine.mesh.hexes) > 5 * len(coarse.mesh.hexes)
        heights = [np.unique(pack.mesh.points[:, 2]) for pack in (fine, coarse)]
        assert np.isin(heights[1], heights[0]).all()


def test_an_empty_place_in_a_holder_stays_empty():
    whole, less = round_pack(), round_pack()
    less = type(less)(**{f: getattr(less, f) for f in ("name", "cell", "products", "n_series", "n_parallel", "network", "joints")},
                      parts=less.parts[1:])  # fmt: skip
    assert (
        len(mesh_layout(whole, "coarse").mesh.hexes) - len(mesh_layout(less, "coarse").mesh.hexes)
        == (mesh_layout(whole, "coarse").mesh.region == 0).sum()
    )


def test_rows_along_y_are_meshed_as_rows_along_x_are():
    along, across = (mesh_layout(pack, "coarse").report for pack in (round_pack(2, 4), turned(round_pack(2, 4))))
    assert across.elements == along.elements
    assert across.min_scaled_jacobian == pytest.approx(along.min_scaled_jacobian)
    assert across.areas == pytest.approx(along.areas)


def test_a_single_cell_is_a_lattice():
    meshed = mesh_layout(round_pack(1, 1, holder=0.0, interface=0.0), "coarse")
    assert set(meshed.mesh.boundaries) == {"exterior_side", "exterior_bottom", "exterior_top"}
    assert meshed.report.components == 1


def test_a_wall_close_to_the_cells_and_one_far_away():
    near, far = (mesh_layout(round_pack(2, 2, rim=rim), "coarse").report for rim in (1.0, 40.0))
    assert min(near.min_scaled_jacobian, far.min_scaled_jacobian) > 0.3


def test_straight_bands_between_rows_that_stand_offset():
    y = D / 2 + 1.0
    ribbon = box("ribbon", "cold_plate", -20.0, y, 8.0, 80.0, y + 4.0, 60.0)
    meshed = mesh_layout(round_pack(2, 3, bands=[(0, D + 6.0)], extra=[ribbon]), "coarse")
    assert meshed.report.min_scaled_jacobian > 0.4
    assert meshed.report.components == 2  # air between the ribbon and the cells
    assert meshed.mesh.boundaries["gap_side"].size


class TestARibbonBetweenTwoRows:
    """3 mm wide and 40 mm high with one port of 2 x 30 mm, layers of 1 mm over 60 degrees of each cell."""

    HALF = math.radians(30.0)

    def pack(self, pattern):
        r, face = D / 2, D / 2 + 1.0
        y0, y1 = face, face + 3.0
        s, c, bulge = r * math.sin(self.HALF), r * math.cos(self.HALF), math.tan(self.HALF / 2)
        up = Profile(Loop(((s, face, 0.0), (-s, face, 0.0), (-s, c, -bulge), (s, c, 0.0))))
        down = Profile(Loop(((-s, -face, 0.0), (s, -face, 0.0), (s, -c, -bulge), (-s, -c, 0.0))))
        whole, port = Profile.rectangle(-20, y0, 80, y1), Profile.rectangle(-20, y0 + 0.5, 80, y1 - 0.5)
        walls = [Profile.rectangle(-20, a, 80, b) for a, b in ((y0, y0 + 0.5), (y1 - 0.5, y1))]
        rows = sites(2, 3, 22.5, pattern, [(0, 2 * face + 3.0)])
        extra = [shape("ribbon", "cold_plate", Sweep(whole, 15, 20), *(Sweep(w, 20, 50) for w in walls), Sweep(whole, 50, 55))]
        extra.append(shape("coolant", "coolant", Sweep(port, 20, 50)))
        for profile, row in ((up, rows[0]), (down, rows[1])):
            extra += [shape(f"layer {x} {y}", "interface", Sweep(profile, 15, 55), origin=(x, y, 0.0)) for x, y in row]
        return round_pack(2, 3, pattern=pattern, bands=[(0, 2 * face + 3.0)], interface=0.0, extra=extra)

    @pytest.mark.parametrize("pattern", PATTERNS)
    @pytest.mark.parametrize("halved", [False, True])
    def test_every_part_holds_its_volume_and_touches_over_its_area(self, pattern, halved):
        meshed = mesh_layout(self.pack(pattern), "normal", halved=halved)
        assert meshed.report.max_volume_error < 1e-9
        assert meshed.report.min_scaled_jacobian > 0.4
        assert meshed.report.components == 1
        areas = meshed.report.areas
        assert areas["coolant_wall"] == pytest.approx(2 * 100e-3 * (30e-3 + 2e-3), rel=1e-9)  # both ends are open
        assert areas["interface|cold_plate"] == pytest.approx(6 * 2 * D / 2 * math.sin(self.HALF) * 40 * 1e-6, rel=1e-9)
        arc = 6 * D / 2 * 2 * self.HALF * 40 * 1e-6
        assert arc < areas["cell|interface"] < 1.02 * arc  # chords that keep the area are longer than the arc

    def test_layers_over_different_angles_in_one_row_are_refused(self):
        pack = self.pack("square")
        s, c, bulge = D / 2 * math.sin(0.2), D / 2 * math.cos(0.2), math.tan(0.1)
        odd = Profile(Loop(((s, D / 2 + 1, 0.0), (-s, D / 2 + 1, 0.0), (-s, c, -bulge), (s, c, 0.0))))
        product, part = shape("odd", "interface", Sweep(odd, 15, 55))
        kept = [other for other in pack.parts if other.name != "layer 0.0 0.0"]
        with pytest.raises(MeshError, match=r"part odd \(interface\) lies against its cell over another angle"):
            mesh_layout(replace(pack, products=(*pack.products, product), parts=(*kept, part)))


def test_holders_cut_in_a_zigzag_between_offset_rows():
    pitch, rise = 22.5, 22.5 * math.sqrt(3) / 2
    u = rise / 3  # of a regular hexagon: its corners are two thirds of the way between two rows from either
    x0, x1 = -20.0, 2 * pitch + pitch / 2 + 20.0
    places = [(pitch / 2 * number, rise - u if number % 2 == 0 else u) for number in range(6)]
    cut = [(x0, places[0][1]), *places, (x1, places[-1][1])]
    lower = Loop.polygon([(x0, -15.0), (x1, -15.0), *reversed(cut)])
    upper = Loop.polygon([*cut, (x1, rise + 15.0), (x0, rise + 15.0)])
    rows = sites(2, 3, pitch, "hexagonal")
    plates = [
        shape(name, "holder", Sweep(Profile(loop, tuple(Loop.circle(x, y, D / 2) for x, y in row)), 0.0, 6.0))
        for name, loop, row in (("lower", lower, rows[0]), ("upper", upper, rows[1]))
    ]
    meshed = mesh_layout(round_pack(2, 3, pitch, holder=0.0, extra=plates), "coarse")
    assert meshed.report.max_volume_error < 1e-9
    assert meshed.report.min_scaled_jacobian > 0.45
    length = sum(math.dist(a, b) for a, b in itertools.pairwise(cut))
    assert facet_areas(meshed.mesh.points, meshed.mesh.interfaces["holder|holder"]).sum() == pytest.approx(length * 6e-6, rel=1e-9)


@pytest.mark.slow
@given(
    pattern=st.sampled_from(PATTERNS),
    gap=st.floats(0.2, 15.0),
    rim=st.floats(0.5, 60.0),
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
)
@example("square", 0.2, 5.0, 2, 1)  # a narrow gap between rows beside a wide way to the wall
@example("square", 0.2, 1.912874721857865, 3, 2)
@settings(max_examples=10, deadline=None)
def test_any_pitch_and_rim_gives_sound_elements(pattern, gap, rim, rows, columns):
    report = mesh_layout(round_pack(rows, columns, D + gap, pattern, rim=rim, holder=5.0), "coarse").report
    assert report.min_scaled_jacobian > 0.3
    assert report.max_volume_error < 1e-9


class TestWhatIsRefused:
    def test_cells_that_touch(self):
        with pytest.raises(MeshError, match="round cells touch"):
            mesh_layout(round_pack(pitch=D, holder=0.0))

    def test_a_cell_off_the_lattice(self):
        pack = round_pack(2, 2, holder=0.0, pattern="square")
        part = pack.parts[3]
        moved = type(part)(part.name, part.product, (part.origin[0] + 3.0, part.origin[1], 0.0), 0, (), 4, 1)
        pack = type(pack)(pack.name, pack.cell, pack.products, (*pack.parts[:3], moved, *pack.parts[4:]), 4, 1, None, ())
        with pytest.raises(MeshError, match=r"part R2C02 \(cell\) has a circle .* off the lattice"):
            mesh_layout(pack)

    def test_cells_so_far_apart_that_their_tiles_are_uneven(self):
        with pytest.raises(MeshError, match=r"part .* has an element of scaled Jacobian 0\.\d+.*less than about two diameters"):
            mesh_layout(round_pack(2, 2, pitch=D + 100.0))

    def test_an_edge_through_cells(self):
        with pytest.raises(MeshError, match=r"part wall \(pad\) has an edge at x 20 mm, through round cells"):
            mesh_layout(round_pack(extra=[box("wall", "pad", 20.0, -30.0, -4.0, 100.0, 100.0, -1.0)]))


def test_the_family_is_that_of_curved_packs():
    assert family_members(round_pack(), "coarse") == (("coarse", False), ("coarse", True))


@pytest.mark.slow
def test_the_cost_of_many_cells_is_that_of_few_times_their_number():
    one, many = (mesh_layout(round_pack(rows, 16), "coarse").report for rows in (4, 32))
    assert many.elements == pytest.approx(8 * one.elements, rel=0.06)  # the walls' share shrinks
    assert many.components == 1


@pytest.mark.slow
def test_4416_cells():
    """The pack of a passenger car: 28 s of CPU and 2.2 GB at most where this was written."""
    report = mesh_layout(round_pack(69, 64), "coarse").report
    assert report.elements_by_role["cell"] == 4416 * 72 * 6
    assert report.components == 1
    assert report.max_volume_error < 1e-9
    assert report.min_scaled_jacobian > 0.45
    assert report.areas["cell|interface"] == pytest.approx(4416 * math.pi / 4 * D**2 * 1e-6, rel=1e-9)


def test_heights_are_graded_towards_a_plate_below_only():
    below = mesh_layout(round_pack(2, 2, holder=0.0)).mesh
    steps = np.diff(np.unique(np.round(below.points[:, 2], 9)))[1:]
    assert steps[0] < steps[-1] / 3
    alone = mesh_layout(round_pack(2, 2, holder=0.0, interface=0.0)).mesh
    assert np.diff(np.unique(np.round(alone.points[:, 2], 9))) == pytest.approx(H / 8 * 1e-3)
