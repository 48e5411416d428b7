"""The matrices that dolfinx assembles on a TaggedMesh handed over as it is, and what numpy adds to them."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.fem.aggregates import aggregates
from packtool.fem.quads import GaussFrames
from packtool.fem.space import by_region, lagrange_space
from packtool.fem.sparse import assembled, mass_form, stiffness_form
from packtool.mesh.boxes import Box, mesh_boxes

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
    np.add.at(by_hand, mesh.hexes, GaussFrames.of(mesh.points[mesh.hexes]).conducted(K[mesh.region], T[mesh.hexes]))
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


ISOTROPIC = np.eye(3)[None]


def _extents(mesh, block):
    """Largest extent of any block along each axis."""
    return np.max([np.ptp(mesh.points[block == b], axis=0) for b in range(block.max() + 1)], axis=0)


def test_blocks_of_an_even_conductor_are_cubes_of_grid_lines():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 11, 11, 11)], divisions=(11, 11, 11))
    block = aggregates(mesh, ISOTROPIC, np.zeros(12**3, dtype=int), along=4)
    assert np.bincount(block).tolist() == [64] * 27
    assert _extents(mesh, block).tolist() == [3, 3, 3]


def test_blocks_are_long_where_heat_is_exchanged_fast():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 11, 11, 11)], divisions=(11, 11, 11))
    block = aggregates(mesh, np.diag([0.1, 10.0, 1.0])[None], np.zeros(12**3, dtype=int), along=4)
    x, y, z = _extents(mesh, block)
    assert x < z < y


def test_no_block_holds_two_parts_or_two_regions():
    boxes = [
        Box("a", "cell", "x", 0, 0, 0, 4, 4, 4),
        Box("b", "cell", "x", 4, 0, 0, 8, 4, 4),
        Box("c", "cell", "x", 9, 0, 0, 12, 4, 4),
    ]
    mesh = mesh_boxes(boxes, divisions=([4, 4, 1, 3], 4, 4))
    component = (mesh.points[:, 0] > 8.5).astype(int)
    block = aggregates(mesh, np.repeat(ISOTROPIC, 3, axis=0) * np.array([1.0, 5.0, 1.0])[:, None, None], component)
    owner = np.digitize(mesh.points[:, 0], [3.5, 8.5])  # the points at x = 4 belong to b, which conducts better
    for b in range(block.max() + 1):
        assert len(set(owner[block == b])) == 1


def test_no_block_crosses_between_parts_of_one_region():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 11, 11, 11)], divisions=(11, 11, 11))
    component = (mesh.points[:, 0] > 1.5).astype(int)  # within the first block's four lines
    block = aggregates(mesh, ISOTROPIC, component, along=4)
    assert all(len(set(component[block == b])) == 1 for b in range(block.max() + 1))


def test_scattered_points_are_blocked_evenly():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 1, 1, 1)], divisions=(19, 19, 19))
    mesh.points[:] += 1e-3 * np.random.default_rng(2).random(mesh.points.shape)  # every coordinate its own: no grid lines to count
    sizes = np.bincount(aggregates(mesh, ISOTROPIC, np.zeros(8000, dtype=int), along=5))
    assert sizes.mean() == pytest.approx(125, rel=0.3)
    assert sizes.max() < 3 * 125


def test_a_large_mesh_gets_larger_blocks(monkeypatch):
    from packtool.fem import aggregates as module

    monkeypatch.setattr(module, "MOST_BLOCKS", 10)
    monkeypatch.setattr(module, "POINTS_A_BLOCK", 10**6)
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 11, 11, 11)], divisions=(11, 11, 11))
    assert aggregates(mesh, ISOTROPIC, np.zeros(12**3, dtype=int)).max() < 10
