"""The matrices that dolfinx assembles on a TaggedMesh handed over as it is, and what numpy adds to them."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.fem.aggregates import aggregates
from packtool.fem.space import by_region, lagrange_space
from packtool.fem.sparse import assembled, mass_form, stiffness_form
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.evaluate import _conducted

pytestmark = pytest.mark.fem


def _bent():
    """Two regions, 3 x 4 x 5 elements, none of them a box."""
    mesh = mesh_boxes(
        [Box("a", "cell", "x", 0, 0, 0, 1, 1, 0.4), Box("b", "cell", "x", 0, 0, 0.4, 1, 1, 1)], divisions=(3, 4, [2, 3])
    )
    x, y, z = mesh.points.T.copy()
    mesh.points[:, 0] += 0.1 * y * z
    mesh.points[:, 1] += 0.1 * np.sin(x + z)
    return mesh


K = np.array([[[2.0, 0.5, 0.0], [0.5, 3.0, -0.4], [0.0, -0.4, 1.0]], [[0.8, 0, 0], [0, 21, 0], [0, 0, 21.0]]])


def test_stiffness_is_that_of_the_elements_summed_in_numpy():
    mesh = _bent()
    space = lagrange_space(mesh)
    assert space.n_dofs == len(mesh.points)
    pattern, (entries,) = assembled([stiffness_form(space, by_region(space, mesh, K))])
    T = np.random.default_rng(1).random(len(mesh.points))
    by_hand = np.zeros(len(T))
    np.add.at(by_hand, mesh.hexes, _conducted(mesh.points[mesh.hexes], K[mesh.region], T[mesh.hexes]))
    assert pattern.matrix(entries) @ T == pytest.approx(by_hand, abs=1e-12 * np.abs(by_hand).max())


def test_capacity_weighs_a_linear_field_exactly():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 2, 1, 1), Box("b", "cell", "x", 2, 0, 0, 3, 1, 1)], divisions=([2, 3], 2, 2))
    space = lagrange_space(mesh)
    pattern, (entries,) = assembled([mass_form(space, by_region(space, mesh, np.array([5.0, 7.0])))])
    x = mesh.points[:, 0]
    assert x @ (pattern.matrix(entries) @ x) == pytest.approx(5 * 8 / 3 + 7 * 19 / 3, rel=1e-13)  # rho int x^2


def test_joined_nodes_have_entries_and_others_do_not():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 1, 1, 1)], divisions=(4, 1, 1))
    far = np.array([[int(np.argmin(mesh.points.sum(axis=1))), int(np.argmax(mesh.points.sum(axis=1)))]])
    space = lagrange_space(mesh)
    form = stiffness_form(space, by_region(space, mesh, K[:1]))
    plain, _ = assembled([form])
    with pytest.raises(KeyError):
        plain.places(far[:, 0], far[:, 1])
    joined, (entries,) = assembled([form], [far.astype(np.int32)])
    place = joined.places(far[:, 0], far[:, 1])
    assert entries[place] == 0
    assert joined.indices[place] == far[0, 1]


def test_quadratic_space_has_its_unknowns_on_edges_faces_and_middles():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 1, 1, 1)], divisions=(2, 3, 4))
    assert lagrange_space(mesh, 2).n_dofs == 5 * 7 * 9


def test_blocks_hold_neighbours_and_never_two_parts():
    grid = np.stack(np.meshgrid(*[np.arange(12.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    points, component = np.vstack([grid, grid]), np.repeat([0, 1], len(grid))
    block = aggregates(points, component, along=4)
    assert np.bincount(block).tolist() == [64] * (2 * 27)
    assert all(len(set(component[block == b])) == 1 for b in range(block.max() + 1))
    assert max(np.ptp(points[block == b], axis=0).max() for b in range(block.max() + 1)) == 3


def test_scattered_points_are_blocked_evenly():
    points = np.random.default_rng(2).random((8000, 3))  # every coordinate its own: no grid lines to count
    sizes = np.bincount(aggregates(points, np.zeros(8000, dtype=int), along=5))
    assert sizes.mean() == pytest.approx(125, rel=0.3)
    assert sizes.max() < 3 * 125
