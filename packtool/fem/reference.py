"""Reference elements: where their nodes are, their shape functions, and Gauss points that integrate them exactly.

Hexahedra in [-1, 1]^3 and tetrahedra in the unit simplex, first and second order. Shape functions are the Lagrange polynomials of
the nodes; Gauss points of hexahedra are products of Gauss-Legendre points, those of tetrahedra and triangles Gauss-Jacobi points
on the collapsed cube (Karniadakis and Sherwin, Spectral/hp Element Methods, section 4.1), made by numpy and scipy, not tabled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats, Integers

Kind = Literal["hexahedron", "tetrahedron", "quadrilateral", "triangle"]

CORNERS: dict[Kind, Floats] = {
    "hexahedron": np.array(
        [(-1, -1, -1), (1, -1, -1), (1, 1, -1), (-1, 1, -1), (-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)], dtype=float
    ),
    "tetrahedron": np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], dtype=float),
    "quadrilateral": np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=float),
    "triangle": np.array([(0, 0), (1, 0), (0, 1)], dtype=float),
}
"""Corners in the order of VTK and gmsh."""

EDGES: dict[Kind, Integers] = {
    "hexahedron": np.array(
        [(0, 1), (1, 2), (3, 2), (0, 3), (4, 5), (5, 6), (7, 6), (4, 7), (0, 4), (1, 5), (2, 6), (3, 7)], dtype=np.int64
    ),
    "tetrahedron": np.array([(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)], dtype=np.int64),
    "quadrilateral": np.array([(0, 1), (1, 2), (2, 3), (3, 0)], dtype=np.int64),
    "triangle": np.array([(0, 1), (1, 2), (2, 0)], dtype=np.int64),
}

FACES: dict[Kind, Integers] = {
    "hexahedron": np.array([(0, 4, 7, 3), (1, 2, 6, 5), (0, 1, 5, 4), (3, 7, 6, 2), (0, 3, 2, 1), (4, 5, 6, 7)], dtype=np.int64),
    "tetrahedron": np.array([(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)], dtype=np.int64),
}
"""Corners of every face, normal outwards."""

FACE_OF: dict[Kind, Kind] = {"hexahedron": "quadrilateral", "tetrahedron": "triangle"}


@dataclass(frozen=True)
class Element:
    """``nodes`` (n, dim) local; Gauss points ``local`` (q, dim) with ``weight`` (q,); there, the shape functions ``N`` (q, n) and
    their derivatives by the local coordinates ``dN`` (q, n, dim). Second order: corners, middles of edges, faces, the element."""

    kind: Kind
    degree: int
    nodes: Floats
    local: Floats
    weight: Floats
    N: Floats
    dN: Floats

    def shapes(self, local: Floats) -> Floats:
        """Values (m, n) of the shape functions at ``local`` (m, dim)."""
        return _shapes(self.kind, self.degree, self.nodes, np.asarray(local, dtype=float))[0]

    def gradients(self, local: Floats) -> Floats:
        """Derivatives (m, n, dim) by the local coordinates at ``local`` (m, dim)."""
        return _shapes(self.kind, self.degree, self.nodes, np.asarray(local, dtype=float))[1]


@cache
def element(kind: Kind, degree: int) -> Element:
    """The Lagrange element of ``degree`` 1 or 2, with Gauss points exact for products of two of its shape functions."""
    if degree not in (1, 2):
        raise SolveError(f"elements are of degree 1 or 2, not {degree}")
    nodes = _nodes(kind, degree)
    local, weight = (
        _cube_points(degree + 1, nodes.shape[1])
        if kind in ("hexahedron", "quadrilateral")
        else _simplex_points(degree + 1, nodes.shape[1])
    )
    N, dN = _shapes(kind, degree, nodes, local)
    return Element(kind, degree, nodes, local, weight, N, dN)


def _nodes(kind: Kind, degree: int) -> Floats:
    corners = CORNERS[kind]
    if degree == 1:
        return corners
    parts = [corners, corners[EDGES[kind]].mean(axis=1)]
    if kind == "hexahedron":
        parts.append(corners[FACES[kind]].mean(axis=1))
    if kind in ("hexahedron", "quadrilateral"):
        parts.append(corners.mean(axis=0, keepdims=True))
    return np.concatenate(parts)


def _shapes(kind: Kind, degree: int, nodes: Floats, local: Floats) -> tuple[Floats, Floats]:
    if kind in ("hexahedron", "quadrilateral"):
        return _products(degree, nodes, local)
    return _simplex_shapes(kind, degree, local)


def _products(degree: int, nodes: Floats, local: Floats) -> tuple[Floats, Floats]:
    """Products of the one-dimensional Lagrange polynomials on -1, 1 or -1, 0, 1."""
    s, c = local[:, None, :], nodes[None, :, :]
    if degree == 1:
        one, slope = (1 + c * s) / 2, np.broadcast_to(c / 2, (len(local), *nodes.shape))
    else:
        one = np.where(c == 0, 1 - s * s, s * (s + c) / 2)
        slope = np.where(c == 0, -2 * s, s + c / 2)
    dim = nodes.shape[1]
    gradients = np.stack(
        [slope[..., d] * np.prod(one[..., [e for e in range(dim) if e != d]], axis=-1) for d in range(dim)], axis=-1
    )
    return np.prod(one, axis=-1), gradients


def _simplex_shapes(kind: Kind, degree: int, local: Floats) -> tuple[Floats, Floats]:
    """By barycentric coordinates: L_i; second order L_i (2 L_i - 1) at corners and 4 L_i L_j on edges."""
    dim = local.shape[1]
    L = np.column_stack([1 - local.sum(axis=1), local])
    dL = np.vstack([-np.ones(dim), np.eye(dim)])
    if degree == 1:
        return L, np.broadcast_to(dL, (len(local), *dL.shape)).copy()
    a, b = EDGES[kind].T
    N = np.concatenate([L * (2 * L - 1), 4 * L[:, a] * L[:, b]], axis=1)
    corner = (4 * L - 1)[:, :, None] * dL[None]
    edge = 4 * (L[:, a, None] * dL[None, b] + L[:, b, None] * dL[None, a])
    return N, np.concatenate([corner, edge], axis=1)


def _cube_points(n: int, dim: int) -> tuple[Floats, Floats]:
    x, w = np.polynomial.legendre.leggauss(n)
    places = np.stack([axis.ravel() for axis in np.meshgrid(*[x] * dim, indexing="ij")], axis=1)
    weights = np.prod(np.stack([axis.ravel() for axis in np.meshgrid(*[w] * dim, indexing="ij")], axis=1), axis=1)
    return places, weights


def _simplex_points(n: int, dim: int) -> tuple[Floats, Floats]:
    """(u, v, w) in the unit cube to the simplex: x = u, y = v (1 - u), z = w (1 - u) (1 - v)."""
    from scipy.special import roots_jacobi

    rules = [roots_jacobi(n, dim - 1 - d, 0.0) for d in range(dim)]
    axes = [(x + 1) / 2 for x, _ in rules]
    weights = [w / 2 ** (dim - d) for d, (_, w) in enumerate(rules)]
    grid = [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]
    left, places = np.ones_like(grid[0]), []
    for axis in grid:
        places.append(axis * left)
        left = left * (1 - axis)
    return np.stack(places, axis=1), np.prod(np.stack([w.ravel() for w in np.meshgrid(*weights, indexing="ij")], axis=1), axis=1)
