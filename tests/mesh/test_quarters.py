"""Tetrahedra cut into hexahedra: they fill the same space, share their faces, and bulge until a curved volume is right."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.mesh.adjacency import adjacency
from packtool.mesh.measures import hexahedron_jacobians, hexahedron_volumes
from packtool.mesh.quarters import EDGES, GOOD_SPLIT_JACOBIAN, quartered


def second_order(points, tets):
    """Tetrahedra (m, 4) with the middles of their straight edges: points and (m, 10)."""
    ends = np.sort(tets[:, EDGES].reshape(-1, 2), axis=1)
    edges, number = np.unique(ends, axis=0, return_inverse=True)
    middles = points[edges].mean(axis=1)
    return np.concatenate([points, middles]), np.hstack([tets, len(points) + number.reshape(-1, 6)])


REGULAR = np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)], dtype=float)
CUBE = np.array([(x, y, z) for z in (0, 1) for y in (0, 1) for x in (0, 1)], dtype=float)
FIVE = np.array([(0, 3, 5, 6), (1, 0, 3, 5), (2, 3, 0, 6), (4, 0, 5, 6), (7, 5, 3, 6)])


def upright(points, tets):
    a, b, c, d = (points[tets[:, i]] for i in range(4))
    inverted = np.einsum("nx,nx->n", np.cross(b - a, c - a), d - a) < 0
    turned = tets.copy()
    turned[inverted, :2] = tets[inverted, 1::-1]
    return turned


def test_a_regular_tetrahedron_is_four_like_elements():
    points, tets = second_order(REGULAR, upright(REGULAR, np.arange(4)[None]))
    made = quartered(points, tets, 8 / 3)
    assert hexahedron_volumes(made.points, made.hexes) == pytest.approx([2 / 3] * 4, rel=1e-12)
    assert hexahedron_jacobians(made.points, made.hexes) == pytest.approx([hexahedron_jacobians(made.points, made.hexes)[0]] * 4)
    assert hexahedron_jacobians(made.points, made.hexes).min() > 0.5


def test_neighbours_share_their_facets():
    points, tets = second_order(CUBE, upright(CUBE, FIVE))
    made = quartered(points, tets, 1.0)
    assert hexahedron_volumes(made.points, made.hexes).min() > 0
    assert hexahedron_volumes(made.points, made.hexes).sum() == pytest.approx(1.0, rel=1e-12)
    near = adjacency(made.hexes)
    outer = made.points[made.hexes[near.outer[:, None], near.faces[near.outer_side]]]
    flat = np.abs(np.ptp(outer, axis=1)).min(axis=1)
    assert len(outer) == 6 * 2 * 3  # six sides of two triangles of three facets
    assert flat.max() < 1e-12
    assert made.bulge == 1.0  # flat faces do not bulge


@pytest.mark.parametrize("too_far", [0.8, 1.0, 1.3])
def test_curved_faces_bulge_until_the_volume_is_that_of_the_solid(too_far):
    points, tets = second_order(REGULAR, upright(REGULAR, np.arange(4)[None]))
    points[4:] *= 1.0 + 0.06 * too_far  # the middles of the edges move outwards
    made = quartered(points, tets, 8 / 3 * 1.2)
    assert hexahedron_volumes(made.points, made.hexes).sum() == pytest.approx(8 / 3 * 1.2, rel=1e-12)
    assert 0.5 < made.bulge < 2.0


def test_a_volume_that_no_bulge_explains_is_left_to_the_check():
    points, tets = second_order(REGULAR, upright(REGULAR, np.arange(4)[None]))
    points[4:] *= 1.01
    made = quartered(points, tets, 8 / 3 * 3)
    assert made.bulge == 1.0
    assert hexahedron_volumes(made.points, made.hexes).sum() < 8 / 3 * 1.2


def test_an_edge_that_bulges_into_a_flat_corner_is_left_straight_and_the_others_make_up_for_it():
    points, tets = second_order(CUBE, upright(CUBE, FIVE))
    straight = points.copy()
    deep = int(np.argmin(np.abs(points - (0.5, 0, 0)).sum(axis=1)))
    outer = [n for n in range(8, len(points)) if n != deep and sorted(np.abs(points[n] - 0.5))[1:] == [0.5, 0.5]]
    points[outer] += 0.1 * (points[outer] - 0.5)
    points[deep] += (0, 0.45, 0.45)  # through the tetrahedra on that edge
    made = quartered(points, tets, 1.15)
    assert made.points[deep] == pytest.approx(straight[deep], abs=1e-12)
    assert made.worst == hexahedron_jacobians(made.points, made.hexes).min() > GOOD_SPLIT_JACOBIAN
    assert hexahedron_volumes(made.points, made.hexes).sum() == pytest.approx(1.15, rel=1e-12)
