"""The skin of a mesh: what shows from outside, and the lines between parts."""

import numpy as np
import pytest

from packtool.mesh.records import Region, TaggedMesh
from packtool.report.skin import skin


def grid(nx, ny, nz, region_of):
    """Unit cubes; ``region_of`` (i, j, k) -> region."""
    place = np.array([(i, j, k) for i in range(nx) for j in range(ny) for k in range(nz)])
    corners = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
    at = place[:, None, :] + corners
    hexes = (at[..., 0] * (ny + 1) + at[..., 1]) * (nz + 1) + at[..., 2]
    points = np.array([(i, j, k) for i in range(nx + 1) for j in range(ny + 1) for k in range(nz + 1)], dtype=float)
    region = np.array([region_of(*p) for p in place])
    return TaggedMesh(points, hexes, region, tuple(Region(f"r{i}", "cell", "m") for i in range(region.max() + 1)), {})


def enclosed_volume(mesh, facets):
    """Volume by the divergence theorem: right only if the facets are closed and all point outwards."""
    a, b, c, d = (mesh.points[facets[:, i]] for i in range(4))
    centre = (a + b + c + d) / 4
    return np.einsum("ij,ij->", centre, np.cross(c - a, d - b) / 2) / 3


def test_a_block_shows_its_six_sides_and_twelve_edges():
    mesh = grid(3, 2, 2, lambda i, j, k: 0)
    outer = skin(mesh)
    assert len(outer.facets) == 2 * (3 * 2 + 3 * 2 + 2 * 2)
    assert enclosed_volume(mesh, outer.facets) == pytest.approx(12.0)
    assert len(outer.lines) == 4 * (3 + 2 + 2)  # the block's edges in pieces of one element


def test_two_parts_have_a_line_between_them_where_their_sides_are_flush():
    mesh = grid(4, 1, 1, lambda i, j, k: int(i >= 2))
    lines = mesh.points[skin(mesh).lines]
    seam = (lines[..., 0] == 2.0).all(axis=1)
    assert seam.sum() == 4
    assert len(lines) - seam.sum() == 4 * (4 + 1 + 1)
    assert sorted(np.bincount(skin(mesh).region)) == [9, 9]


def test_chosen_elements_have_a_skin_of_their_own():
    mesh = grid(3, 3, 3, lambda i, j, k: int(k))
    chosen = mesh.region == 1
    outer = skin(mesh, chosen)
    assert enclosed_volume(mesh, outer.facets) == pytest.approx(9.0)
    assert set(outer.region) == {1}


def test_the_demo_mesh_is_closed(mesh, layout):
    solid = sum(
        layout.product(p.product).volume_mm3() for p in layout.parts_of("cell", "pad", "end_plate", "interface", "cold_plate")
    )
    assert enclosed_volume(mesh, skin(mesh).facets) == pytest.approx(solid * 1e-9, rel=1e-9)
