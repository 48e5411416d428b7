"""Measures of a mesh of hexahedra: volumes, areas, shape, connectedness."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components as graph_components

from packtool.mesh.adjacency import adjacency
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Floats, Integers, TaggedMesh

MAX_VOLUME_ERROR = 1e-6
"""Largest relative difference between a part's meshed volume and the layout's: heat and mass are per volume."""
EDGES = np.array([(0, 1), (3, 2), (4, 5), (7, 6), (0, 3), (1, 2), (4, 7), (5, 6), (0, 4), (1, 5), (2, 6), (3, 7)])
"""(12, 2) corners of an element's edges: four along each of its axes."""

_FRAMES = np.array(
    [[next(e for e in range(4 * axis, 4 * axis + 4) if corner in EDGES[e]) for axis in range(3)] for corner in range(8)]
)
"""(8, 3) the edges at each corner, along the element's axes."""


def element_volumes(mesh: TaggedMesh) -> Floats:
    """(n_hexes,) volumes [m³] of the trilinear elements, exact; negative where one is inside out.

    The divergence theorem: a third of the sum, over the six bilinear facets, of mean place times area vector. That product is the
    exact integral of x . n, for it is the mean over both ways of cutting the facet into triangles.
    """
    return hexahedron_volumes(mesh.points, mesh.hexes)


def hexahedron_volumes(points: Floats, hexes: Integers) -> Floats:
    """(n_hexes,) as ``element_volumes``, in the unit of ``points`` cubed."""
    corners = _corners(points, hexes)
    corners -= corners[:, :1].copy()  # so that what is small does not cancel far from the origin
    total = np.zeros(len(hexes))
    for a, b, c, d in FACE_CORNERS:
        ends = corners[:, a], corners[:, b], corners[:, c], corners[:, d]
        total += _triple(ends[0] + ends[1] + ends[2] + ends[3], ends[2] - ends[0], ends[3] - ends[1])
    return total / 24


def region_volumes(mesh: TaggedMesh) -> Floats:
    """(n_regions,) volumes [m³]."""
    return np.bincount(mesh.region, weights=element_volumes(mesh), minlength=len(mesh.regions))


def facet_areas(points: Floats, facets: Integers) -> Floats:
    """(n_facets,) areas [m²] of plane facets."""
    return np.linalg.norm(facet_normals(points, facets), axis=1)


def facet_normals(points: Floats, facets: Integers) -> Floats:
    """(n_facets, 3) normals of plane facets, as long as their area [m²]."""
    a, b, c, d = (points[facets[:, corner]] for corner in range(4))
    return np.cross(c - a, d - b) / 2


def scaled_jacobian(mesh: TaggedMesh) -> Floats:
    """(n_hexes,) smallest triple product of the unit edge vectors at the eight corners and of the unit axes in the middle [-].

    1 for a box, 0 for a collapsed corner, negative for an element inside out. Definition: C. J. Stimpson et al., The Verdict
    Library Reference Manual, Sandia National Laboratories 2007 (hexahedra, scaled Jacobian).
    """
    return hexahedron_jacobians(mesh.points, mesh.hexes)


def hexahedron_jacobians(points: Floats, hexes: Integers) -> Floats:
    """(n_hexes,) as ``scaled_jacobian``."""
    corners = _corners(points, hexes)
    edges = [corners[:, b] - corners[:, a] for a, b in EDGES]
    axes = [_unit(sum(edges[4 * axis + 1 : 4 * axis + 4], edges[4 * axis])) for axis in range(3)]
    lowest = _triple(*axes)
    for edge in edges:
        _unit(edge)
    for frame in _FRAMES:
        np.minimum(lowest, _triple(*(edges[edge] for edge in frame)), out=lowest)
    return lowest


def aspect_ratio(mesh: TaggedMesh) -> Floats:
    """(n_hexes,) longest over shortest edge [-]."""
    shortest, longest = hexahedron_edges(mesh.points, mesh.hexes)
    return longest / shortest


def hexahedron_edges(points: Floats, hexes: Integers) -> tuple[Floats, Floats]:
    """(n_hexes,) the shortest and the longest edge of each element, in the unit of ``points``."""
    corners = _corners(points, hexes)
    longest, shortest = np.zeros(len(hexes)), np.full(len(hexes), np.inf)
    for a, b in EDGES:
        along = corners[:, b] - corners[:, a]
        squared = np.einsum("ij,ij->j", along, along)
        np.maximum(longest, squared, out=longest)
        np.minimum(shortest, squared, out=shortest)
    return np.sqrt(shortest), np.sqrt(longest)


def outer_facets(mesh: TaggedMesh) -> Integers:
    """(n_facets, 4) facets that belong to one element only, normal outwards; both sides of every contact are among them."""
    shared = adjacency(mesh.hexes)
    return mesh.hexes[shared.outer[:, None], shared.faces[shared.outer_side]]


def connected_components(mesh: TaggedMesh) -> Integers:
    """(n_hexes,) number, from 0, of the connected piece that each element belongs to; elements that share a node are connected."""
    n_hexes = len(mesh.hexes)
    rows = np.repeat(np.arange(n_hexes), 8)
    columns = n_hexes + mesh.hexes.ravel()
    size = n_hexes + len(mesh.points)
    _, label = graph_components(coo_matrix((np.ones(rows.size, dtype=bool), (rows, columns)), shape=(size, size)), directed=False)
    _, number = np.unique(label[:n_hexes], return_inverse=True)
    return number.astype(np.int64)


def _corners(points: Floats, hexes: Integers) -> Floats:
    """(3, 8, n_hexes) places of the elements' corners: x, y and z apart, so that what follows runs along memory."""
    return np.ascontiguousarray(points.T)[:, hexes.T]


def _unit(vectors: Floats) -> Floats:
    """Vectors (3, n), made of length 1 where they stand."""
    vectors /= np.sqrt(np.einsum("ij,ij->j", vectors, vectors))
    return vectors


def _triple(a: Floats, b: Floats, c: Floats) -> Floats:
    """(n,) triple products a . (b x c) of vectors (3, n)."""
    return a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])
