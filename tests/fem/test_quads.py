"""Integrals over facets and elements, against what they are by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from packtool.fem.quads import mesh_volumes, nodal_volumes, quads, shape_functions, shape_gradients
from packtool.mesh.records import Region, TaggedMesh

CUBE = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)], dtype=float)
ONE = np.arange(8)[None]


def test_a_parallelogram_s_mass_matrix_is_exact():
    # sheared and tilted; area |a x b| = 6, and the matrix of a bilinear square is area / 36 [4 2 1 2 ...]
    a, b = np.array([3.0, 0.0, 0.0]), np.array([1.0, 0.0, 2.0])
    facet = quads(np.array([0 * a, a, a + b, b]), np.array([[0, 1, 2, 3]]))
    wanted = 6 / 36 * np.array([[4, 2, 1, 2], [2, 4, 2, 1], [1, 2, 4, 2], [2, 1, 2, 4]])
    assert facet.mass(np.ones((1, 4)))[0] == pytest.approx(wanted, rel=1e-14)
    assert facet.load(np.ones((1, 4)))[0] == pytest.approx(np.full(4, 1.5), rel=1e-14)


def test_a_trapezoid_s_area_and_first_moment_are_exact():
    # corners (0,0) (4,0) (3,2) (1,2): area 6; integral of y is 2 * int (4 - y) y dy / 2 ... = 16/3
    points = np.array([(0, 0, 0), (4, 0, 0), (3, 2, 0), (1, 2, 0)], dtype=float)
    facet = quads(points, np.array([[0, 1, 2, 3]]))
    assert facet.area[0] == pytest.approx(6, rel=1e-14)
    assert (facet.weight * facet.at_gauss(points[:, 1])).sum() == pytest.approx(16 / 3, rel=1e-14)


def test_shape_functions_are_one_at_their_own_vertex_and_sum_to_one():
    assert shape_functions(2 * CUBE - 1) == pytest.approx(np.eye(8), abs=1e-15)
    inside = np.array([[0.3, -0.2, 0.9]])
    assert shape_functions(inside).sum() == pytest.approx(1, rel=1e-15)
    h = 1e-6
    for c in range(3):
        step = h * np.eye(3)[c]
        slope = (shape_functions(inside + step) - shape_functions(inside - step)) / (2 * h)
        assert shape_gradients(inside)[0, :, c] == pytest.approx(slope[0], abs=1e-9)  # central difference, rounding eps / h


def test_nodal_volumes_of_a_frustum_are_exact():
    # top face shrunk to one half: V = h/3 (A1 + A2 + sqrt(A1 A2)) = (1 + 1/4 + 1/2) / 3
    frustum = CUBE.copy()
    frustum[4:, :2] = 0.25 + 0.5 * CUBE[4:, :2]
    volumes = nodal_volumes(frustum, ONE)
    assert volumes.sum() == pytest.approx(1.75 / 3, rel=1e-14)
    # first moment of z by the same shape functions: int z (1 - z/2)^2 dz = 1/2 - 1/3 + 1/16
    assert volumes[0] @ frustum[:, 2] == pytest.approx(1 / 2 - 1 / 3 + 1 / 16, rel=1e-13)


def test_a_parallelepiped_shares_its_volume_evenly_and_an_inverted_one_is_negative():
    sheared = CUBE @ np.array([[2.0, 0, 0], [0.5, 3, 0], [0.1, -0.2, 1]])
    assert nodal_volumes(sheared, ONE) == pytest.approx(np.full((1, 8), 6 / 8), rel=1e-14)
    assert nodal_volumes(sheared * [1, 1, -1], ONE).sum() == pytest.approx(-6, rel=1e-14)


def test_a_mesh_s_volumes_are_worked_out_once_and_are_its_own():
    mesh = TaggedMesh(CUBE, ONE, np.zeros(1, dtype=np.int64), (Region("cube", "body", "steel"),), {})
    assert mesh_volumes(mesh) is mesh_volumes(mesh)
    assert mesh_volumes(replace(mesh, points=2 * CUBE)).sum() == pytest.approx(8 * mesh_volumes(mesh).sum(), rel=1e-14)
    with pytest.raises(ValueError, match="read-only"):
        mesh_volumes(mesh)[0] = 0.0
