"""Integrals over bilinear quadrilaterals and trilinear hexahedra, vectorised in numpy with two Gauss points a direction.

Two points integrate products of two shape functions exactly on parallelograms, and to the order of the element elsewhere
(Hughes, The Finite Element Method, section 3.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.mesh.records import Floats, Integers, TaggedMesh

_G = 1 / np.sqrt(3.0)
_CORNERS_2 = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=float)
_CORNERS_3 = np.array(
    [(-1, -1, -1), (1, -1, -1), (1, 1, -1), (-1, 1, -1), (-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)], dtype=float
)


def shape_functions(local: Floats) -> Floats:
    """Values (n, 8) of the trilinear shape functions at ``local`` (n, 3) in [-1, 1]^3, vertices in the order of VTK."""
    return np.prod(1 + local[:, None, :] * _CORNERS_3, axis=2) / 8


def shape_gradients(local: Floats) -> Floats:
    """Derivatives (n, 8, 3) of the trilinear shape functions by the local coordinates, at ``local`` (n, 3)."""
    one = 1 + local[:, None, :] * _CORNERS_3
    return np.stack([_CORNERS_3[:, c] * one[..., (c + 1) % 3] * one[..., (c + 2) % 3] for c in range(3)], axis=2) / 8


_QUAD_POINTS = _G * _CORNERS_2
SHAPE_2: Floats = np.prod(1 + _QUAD_POINTS[:, None, :] * _CORNERS_2, axis=2) / 4
"""(4 Gauss points, 4 nodes) values of the bilinear shape functions."""
_PRODUCTS_2 = (SHAPE_2[:, :, None] * SHAPE_2[:, None, :]).reshape(4, 16)
_D2 = np.stack([_CORNERS_2[:, c] * (1 + _QUAD_POINTS[:, None, 1 - c] * _CORNERS_2[:, 1 - c]) for c in range(2)], axis=2) / 4
_SHAPE_3 = shape_functions(_G * _CORNERS_3)
_D3 = shape_gradients(_G * _CORNERS_3)
_FLAT_3 = _D3.transpose(1, 2, 0).reshape(8, 24)
"""Derivatives of the 8 shape functions, by local direction and then Gauss point."""
ELEMENTS_AT_ONCE = 4_096
"""Elements worked on at a time, so that the temporaries stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Quads:
    """Facets ready to integrate over: ``nodes`` (n, 4); ``weight`` (n, 4) area [m²] of each Gauss point."""

    nodes: Integers
    weight: Floats

    @property
    def area(self) -> Floats:
        """(n,) [m²]."""
        return np.asarray(self.weight.sum(axis=1))

    def at_gauss(self, nodal: Floats) -> Floats:
        """Values (n, 4) at the Gauss points of a field given at the mesh's points (n_points,)."""
        return nodal[self.nodes] @ SHAPE_2.T

    def load(self, values: Floats) -> Floats:
        """(n, 4): integral of ``values`` (n, 4 at Gauss points) times each shape function."""
        return (self.weight * values) @ SHAPE_2

    def mass(self, values: Floats) -> Floats:
        """(n, 4, 4): integral of ``values`` (n, 4 at Gauss points) times shape functions i and j."""
        return ((self.weight * values) @ _PRODUCTS_2).reshape(-1, 4, 4)


def quads(points: Floats, nodes: Integers) -> Quads:
    """Facets ``nodes`` (n, 4) in cyclic order, on ``points`` (n_points, 3)."""
    corner = points[nodes]
    tangent = np.einsum("qic,fix->fqcx", _D2, corner, optimize=True)
    return Quads(nodes, np.linalg.norm(np.cross(tangent[:, :, 0], tangent[:, :, 1]), axis=2))


def nodal_volumes(points: Floats, hexes: Integers) -> Floats:
    """(n_hexes, 8): the integral of each shape function over its element [m³]; negative where an element is inside out."""
    out = np.empty(hexes.shape)
    for begin in range(0, len(hexes), ELEMENTS_AT_ONCE):
        part = slice(begin, begin + ELEMENTS_AT_ONCE)
        corner = points[hexes[part]]
        x, y, z = corner[:, 1] - corner[:, 0], corner[:, 3] - corner[:, 0], corner[:, 4] - corner[:, 0]
        out[part] = (np.einsum("ec,ec->e", np.cross(x, y), z) / 8)[:, None]
        # the four vertices that a parallelepiped derives from the other four
        off = np.abs(corner[:, (2, 5, 7, 6)] - (corner[:, :1] + np.stack([x + y, x + z, y + z, x + y + z], axis=1)))
        skewed = np.flatnonzero(off.reshape(len(off), 12).max(axis=1) > 1e-12 * np.abs(x + y + z).max(axis=1))
        if skewed.size:
            out[part][skewed] = GaussFrames.of(corner[skewed]).volume @ _SHAPE_3
    return out


def mesh_volumes(mesh: TaggedMesh) -> Floats:
    """``nodal_volumes`` of all of a mesh's elements, (n_hexes, 8) [m³], worked out once."""
    if nodal_volumes not in mesh.kept:
        mesh.kept[nodal_volumes] = nodal_volumes(mesh.points, mesh.hexes)
        mesh.kept[nodal_volumes].setflags(write=False)
    volumes: Floats = mesh.kept[nodal_volumes]
    return volumes


def at_gauss(nodal: Floats) -> Floats:
    """Nodal values (n, 8) of elements at their 8 Gauss points (n, 8)."""
    return np.asarray(nodal @ _SHAPE_3.T)


@dataclass(frozen=True, slots=True)
class GaussFrames:
    """Elements at their 8 Gauss points, each of weight 1: ``volume`` (n, 8), the determinant of the map from the local coordinates; ``dual``
    (3, 3, n, 8): [c, x] component x of the gradient of local coordinate c, times the determinant."""

    volume: Floats
    dual: Floats

    @classmethod
    def of(cls, corner: Floats) -> GaussFrames:
        """Of elements with ``corner`` (n, 8, 3). Cross products of whole arrays: several times quicker than LAPACK on each 3 x 3."""
        n = len(corner)
        flat = corner.transpose(2, 0, 1).reshape(3 * n, 8) @ _FLAT_3
        along = np.ascontiguousarray(flat.reshape(3, n, 3, 8).transpose(2, 0, 1, 3))
        dual = np.empty_like(along)
        for c in range(3):
            a, b = along[(c + 1) % 3], along[(c + 2) % 3]
            for x in range(3):
                y, z = (x + 1) % 3, (x + 2) % 3
                np.multiply(a[y], b[z], out=dual[c, x])
                dual[c, x] -= a[z] * b[y]
        return cls(along[0, 0] * dual[0, 0] + along[0, 1] * dual[0, 1] + along[0, 2] * dual[0, 2], dual)

    def gradient(self, T: Floats) -> list[Floats]:
        """The three components (n, 8) of the gradient of nodal ``T`` (n, 8)."""
        n = len(T)
        slope = np.ascontiguousarray((T @ _FLAT_3).reshape(n, 3, 8).transpose(1, 0, 2)) / self.volume
        return [sum((slope[c] * self.dual[c, x] for c in range(3)), np.zeros(1)) for x in range(3)]

    def divergence(self, flux: Sequence[Floats]) -> Floats:
        """(n, 8) integrals of grad N . flux for the three components (n, 8) of ``flux``."""
        onto = np.stack([sum(flux[x] * self.dual[c, x] for x in range(3)) for c in range(3)], axis=1)
        return np.asarray(onto.reshape(len(onto), 24) @ _FLAT_3.T)

    def conducted(self, K: Floats, T: Floats) -> Floats:
        """(n, 8) integrals of grad N . K grad T for ``K`` (n, 3, 3) and nodal ``T`` (n, 8)."""
        gradient = self.gradient(T)
        return self.divergence([sum((K[:, x, y, None] * gradient[y] for y in range(3)), np.zeros(1)) for x in range(3)])

    def at(self, nodal: Floats) -> Floats:
        """Nodal values (n, 8) at the Gauss points (n, 8)."""
        return at_gauss(nodal)

    def load(self, density: Floats) -> Floats:
        """(n, 8) integrals of each shape function times ``density`` (n, 8)."""
        return np.asarray((self.volume * density) @ _SHAPE_3)

    def weighted(self, nodal: Floats) -> Floats:
        """(n, 8) integrals of each shape function times a nodal field (n, 8)."""
        return self.load(self.at(nodal))

    def mass(self, density: Floats) -> Floats:
        """(n, 8, 8) integrals of ``density`` (n, 8) times shape functions i and j."""
        return _SHAPE_3.T @ ((self.volume * density)[:, :, None] * _SHAPE_3)

    def shape_gradients(self) -> Floats:
        """(n, 8 Gauss points, 3, 8 shape functions) gradients [1/m]."""
        n = len(self.volume)
        out = np.empty((n, 8, 3, 8))
        for x in range(3):
            out[:, :, x] = sum((self.dual[c, x] / self.volume)[:, :, None] * _D3[:, :, c] for c in range(3))
        return out

    def drift(self, flux: Sequence[Floats]) -> Floats:
        """(n, 8, 8) integrals of grad i . ``flux`` (three components (n, 8)) times shape function j."""
        gradients = self.shape_gradients()
        along = sum((flux[x] * self.volume)[:, :, None] * gradients[:, :, x] for x in range(3))
        return np.asarray(along).transpose(0, 2, 1) @ _SHAPE_3
