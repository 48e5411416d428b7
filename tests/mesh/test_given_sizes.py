"""Element sizes that a design gives: the mesh obeys them, in every direction of every kind of mesh, and can still be halved."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from mesh_layouts import layout, plate, small_pack
from round_layouts import D, round_pack
from test_round_turns import round_pack as pack_with_turns

from packtool.design.schema import MeshSizes
from packtool.errors import MeshError
from packtool.layout.records import Layout
from packtool.mesh.build import mesh_family, mesh_layout
from packtool.mesh.measures import hexahedron_edges
from packtool.mesh.records import TaggedMesh

SLACK = 1 + 1e-6
"""Coordinates are sums of design lengths: rounding only."""
LEVELS = pytest.mark.parametrize(
    "level", ["coarse", *(pytest.param(finer, marks=pytest.mark.slow) for finer in ("normal", "fine"))]
)


def boxes(mesh: TaggedMesh, *roles: str) -> np.ndarray:
    """(n, 3) [mm] extents of the elements of these roles along x, y, z."""
    own = np.array([region.role in roles for region in mesh.regions])[mesh.region]
    corners = mesh.points[mesh.hexes[own]] * 1e3
    return corners.max(axis=1) - corners.min(axis=1)


def plan_of(mesh: TaggedMesh, role: str) -> np.ndarray:
    """(n, 4, 2) [mm] corners, in the plan, of the elements of a role."""
    own = np.array([region.role == role for region in mesh.regions])[mesh.region]
    return mesh.points[mesh.hexes[own]][:, :4, :2] * 1e3


def longest(mesh: TaggedMesh) -> float:
    """Longest edge of any element [mm]."""
    return float(hexahedron_edges(mesh.points, mesh.hexes)[1].max()) * 1e3


def serpentine() -> Layout:
    """Three passes with round turns."""
    return pack_with_turns(breadth=80.0)


def cylinders() -> Layout:
    """Two offset rows of two round cells: every kind of tile, twice."""
    return round_pack(2, 2)


GIVEN = {
    "cell_through_mm": (("cell",), 0, 2.3),
    "cell_across_mm": (("cell",), 1, 1.9),
    "cell_height_mm": (("cell",), 2, 3.0),
    "plate_mm": (("cold_plate",), 0, 3.7),
    "plate_through_mm": (("cold_plate",), 2, 0.4),
    "layer_mm": (("interface",), 2, 0.3),
}
"""Key -> roles and axis of the small pack that it holds for, and a size finer than any level's."""


@LEVELS
@pytest.mark.parametrize("key", GIVEN)
def test_boxes_obey_each_size(key, level):
    roles, axis, size = GIVEN[key]
    plain, given = (mesh_layout(small_pack(), level, sizes=sizes).mesh for sizes in (None, MeshSizes(**{key: size})))
    assert boxes(plain, *roles)[:, axis].max() > size
    assert boxes(given, *roles)[:, axis].max() <= size * SLACK


def test_pads_and_end_plates_are_layers():
    mesh = mesh_layout(small_pack(), sizes=MeshSizes(layer_mm=0.6)).mesh
    assert boxes(mesh, "pad", "end_plate")[:, 0].max() <= 0.6 * SLACK


def test_a_size_may_be_coarser_than_the_levels():
    sizes = MeshSizes(cell_through_mm=100, cell_across_mm=100, cell_height_mm=100, plate_mm=100)
    plain, given = mesh_layout(small_pack(), "fine").mesh, mesh_family(small_pack(), "fine", sizes=sizes)
    assert len(given[0].mesh.hexes) < 0.4 * len(plain.hexes)
    through = boxes(given[0].mesh, "cell")[:, 0]
    assert through.max() <= 30 / 2, "larger than a cell: two at least, so that the mesh can be halved"


PACKS = pytest.mark.parametrize(
    "made",
    [small_pack, pytest.param(serpentine, marks=pytest.mark.slow), cylinders],
    ids=["boxes", "round turns", "round cells"],
)  # gmsh paves the round turns


@LEVELS
@PACKS
def test_nothing_is_longer_than_everywhere(made, level):
    pack = made()
    plain, size = longest(mesh_layout(pack, level).mesh), {"coarse": 5.0, "normal": 4.0, "fine": 2.7}[level]
    mesh = mesh_layout(pack, level, sizes=MeshSizes(everywhere_mm=size)).mesh
    assert plain > size >= longest(mesh) / SLACK


def test_the_height_keeps_its_grading():
    mesh = mesh_layout(small_pack(), sizes=MeshSizes(cell_height_mm=6.0)).mesh
    own = np.array([region.role == "cell" for region in mesh.regions])[mesh.region]
    lines = np.unique(mesh.points[mesh.hexes[own]][..., 2].round(9))
    sizes = np.diff(lines) * 1e3
    assert 5.0 < sizes.max() <= 6.0 * SLACK
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], (1.25**8) ** (1 / len(sizes)), rtol=1e-6)


class TestRoundCells:
    @staticmethod
    def edges(mesh: TaggedMesh) -> tuple[float, float]:
        """Longest edge of a cell's elements along the radius, and along its rim [mm]."""
        own = np.array([region.name == "R1C01" for region in mesh.regions])[mesh.region]
        corners = mesh.points[mesh.hexes[own]][:, :4, :2] * 1e3
        middle = corners.reshape(-1, 2).min(axis=0) / 2 + corners.reshape(-1, 2).max(axis=0) / 2
        along = np.roll(corners, -1, axis=1) - corners
        away = np.linalg.norm(corners - middle, axis=2)
        rim = (away > 0.99 * D / 2) & (np.roll(away, -1, axis=1) > 0.99 * D / 2)
        radial = np.abs(np.roll(away, -1, axis=1) - away)
        return float(radial.max()), float(np.linalg.norm(along, axis=2)[rim].max())

    @LEVELS
    @pytest.mark.parametrize("size", [1.0, 2.0])
    def test_from_the_axis_outwards(self, level, size):
        through, _ = self.edges(mesh_layout(cylinders(), level, sizes=MeshSizes(cell_through_mm=size)).mesh)
        assert through <= size * SLACK

    @LEVELS
    @pytest.mark.parametrize("size", [0.7, 1.5, 100.0])
    def test_around(self, level, size):
        _, around = self.edges(mesh_layout(cylinders(), level, sizes=MeshSizes(cell_across_mm=size)).mesh)
        assert around <= size * SLACK
        assert around < 5.0, "24 edges at least"

    def test_over_the_height(self):
        mesh = mesh_layout(cylinders(), sizes=MeshSizes(cell_height_mm=4.0)).mesh
        assert boxes(mesh, "cell")[:, 2].max() <= 4.0 * SLACK


@pytest.mark.slow
def test_the_paving_of_round_turns_obeys():
    pack = serpentine()
    given = mesh_family(pack, sizes=MeshSizes(plate_mm=4.0))
    corners = plan_of(given[0].mesh, "cold_plate")
    assert np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max() <= 4.0 * SLACK
    assert longest(mesh_layout(pack, sizes=MeshSizes(plate_mm=4.0, plate_through_mm=1.0)).mesh) > 4.0, "cells are not asked for"


@LEVELS
@PACKS
def test_families_are_halved_in_every_direction(made, level):
    sizes = MeshSizes(cell_through_mm=4, cell_across_mm=7, cell_height_mm=9, plate_mm=9)
    family = [one.mesh for one in mesh_family(made(), level, sizes=sizes)]
    for fine, coarse in itertools.pairwise(family):
        fewer = [len(fine.hexes) / len(coarse.hexes)]
        assert fewer[0] > 2.5, "thin layers stay, all else is halved"


@PACKS
def test_what_does_not_fit_is_refused_before_it_is_made(made):
    with pytest.raises(MeshError, match=r"a mesh of [0-9,]+ elements needs about [0-9.]+ GB of memory.*mesh\.sizes"):
        mesh_layout(made(), sizes=MeshSizes(everywhere_mm=0.01))


def test_a_plate_alone_has_its_sizes():
    pack = layout(*plate(40, 20, [(-15, -5, 15, 5)]))
    mesh = mesh_layout(pack, sizes=MeshSizes(plate_mm=1.0, plate_through_mm=0.25)).mesh
    assert (boxes(mesh, "cold_plate").max(axis=0) <= np.array([1.0, 1.0, 0.25]) * SLACK).all()
