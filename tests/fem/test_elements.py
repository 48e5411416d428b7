"""Meshes of quadrilaterals and hexahedra with named boundaries."""

import numpy as np
import pytest

from packtool.errors import MeshError
from packtool.fem.elements import ElementMesh, located, of_regions, outer_facets, refined
from packtool.fem.lattice import grid
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.verification.flow_meshes import cylinder_channel

pytestmark = pytest.mark.fem


def areas(points, elements):
    """Of quadrilaterals in the plane, by their diagonals."""
    a, b = points[elements[:, 2]] - points[elements[:, 0]], points[elements[:, 3]] - points[elements[:, 1]]
    return (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def bent(mesh):
    x = mesh.points.copy()
    x[:, 0] += 0.1 * x[:, 1] ** 2
    return ElementMesh(x, mesh.elements, mesh.boundaries)


def test_refining_keeps_the_shape_and_the_names():
    coarse = bent(grid([np.linspace(0, 2, 3), np.array([0.0, 0.3, 1.0])]))
    fine, parent = refined(coarse)
    assert len(fine.elements) == 4 * len(coarse.elements)
    assert len(fine.points) == 5 * 5
    assert np.bincount(parent, areas(fine.points, fine.elements)) == pytest.approx(areas(coarse.points, coarse.elements), rel=1e-12)
    assert {name: len(f) for name, f in fine.boundaries.items()} == {name: 2 * len(f) for name, f in coarse.boundaries.items()}
    located(fine)  # every outer facet under one name


def test_refining_hexahedra_twice_gives_the_grid_of_halved_lines():
    lines = [np.linspace(0, 1, 2), np.linspace(0, 2, 3), np.array([0.0, 1.0, 3.0])]
    once, _ = refined(grid(lines))
    twice, _ = refined(once)
    halved = [np.interp(np.arange(4 * len(line) - 3) / 4, np.arange(len(line)), line) for line in lines]
    wanted = grid(halved)
    order, theirs = (np.lexsort(np.round(p, 9).T) for p in (twice.points, wanted.points))
    assert twice.points[order] == pytest.approx(wanted.points[theirs], abs=1e-12)
    assert {name: len(f) for name, f in twice.boundaries.items()} == {name: len(f) for name, f in wanted.boundaries.items()}


def test_regions_of_a_tagged_mesh_keep_their_boundaries_and_gain_a_wall():
    mesh = mesh_boxes(
        [Box("water", "coolant", "water", 0, 0, 0, 3, 1, 1), Box("lid", "cold_plate", "al", 0, 0, 1, 3, 1, 2)],
        divisions=(3, 2, 2), boundaries={"water.x-": "in", "water.x+": "out"},
    )  # fmt: skip
    water = of_regions(mesh, ["water"])
    assert len(water.elements) == 12
    assert len(water.boundaries["in"]) == len(water.boundaries["out"]) == 4
    assert water.points[water.boundaries["wall"]][:, :, 2] == pytest.approx(1.0)
    located(water)


def test_boundaries_that_do_not_fit_are_refused():
    mesh = grid([np.linspace(0, 1, 3), np.linspace(0, 1, 3)])
    inner = np.array([[4, 5]])
    for names, words in (
        ({"x-": mesh.boundaries["x-"]}, "6 facets .* no named boundary"),
        ({**mesh.boundaries, "inner": inner}, "not on the mesh's surface"),
        ({**mesh.boundaries, "again": mesh.boundaries["x-"]}, "shares facets"),
    ):
        with pytest.raises(MeshError, match=words):
            located(ElementMesh(mesh.points, mesh.elements, names))


def test_the_cylinder_s_channel_has_the_circle_s_area():
    mesh = cylinder_channel(8)
    area = areas(mesh.points, mesh.elements)
    assert area.min() > 0
    assert area.sum() == pytest.approx(2.2 * 0.41 - np.pi * 0.05**2, rel=1e-12)
    assert len(outer_facets(mesh.elements)) == sum(len(f) for f in mesh.boundaries.values())
