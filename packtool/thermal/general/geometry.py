"""Elements and facets of a space, ready to integrate over; bodies of revolution and spheres by the measure 2 pi r or 4 pi r²."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import SolveError
from packtool.fem.lagrange import Facets, LagrangeSpace
from packtool.fem.reference import Element
from packtool.mesh.records import Floats, Integers

CHUNK = 4096
"""Elements in one block of work: tens of megabytes of temporaries."""


@dataclass(frozen=True)
class Block:
    """Elements of one region: ``nodes`` (e, n); at their Gauss points ``points`` (e, q, 3) [m], ``weight`` (e, q) [m³], gradients of
    the shape functions ``gradient`` (e, q, 3, n) [1/m]; ``N`` (q, n)."""

    region: int
    elements: Integers
    nodes: Integers
    points: Floats
    weight: Floats
    gradient: Floats
    N: Floats

    def at(self, nodal: Floats) -> Floats:
        """A nodal field (n_nodes,) at the Gauss points (e, q)."""
        return nodal[self.nodes] @ self.N.T

    def gradient_of(self, nodal: Floats) -> Floats:
        """Its gradient (e, q, 3)."""
        e, q, _, n = self.gradient.shape
        return (self.gradient.reshape(e, q * 3, n) @ nodal[self.nodes][:, :, None]).reshape(e, q, 3)

    def load(self, density: Floats) -> Floats:
        """(e, n): the integral of ``density`` (e, q) times each shape function."""
        return (self.weight * density) @ self.N

    def divergence(self, flux: Floats) -> Floats:
        """(e, n): the integral of ``flux`` (e, q, 3) times the gradient of each shape function."""
        e, q, _, n = self.gradient.shape
        return ((self.weight[..., None] * flux).reshape(e, 1, q * 3) @ self.gradient.reshape(e, q * 3, n))[:, 0]

    def mass(self, density: Floats) -> Floats:
        """(e, n, n): the integral of ``density`` (e, q) times shape functions i and j."""
        return self.N.T @ ((self.weight * density)[:, :, None] * self.N)

    def stiffness(self, K: Floats) -> Floats:
        """(e, n, n): the integral of grad i . K grad j, ``K`` (e, q, 3, 3) or what broadcasts to it."""
        e, q, _, n = self.gradient.shape
        flux = self.weight[..., None, None] * (K @ self.gradient)
        return self.gradient.reshape(e, q * 3, n).transpose(0, 2, 1) @ flux.reshape(e, q * 3, n)

    def drift(self, flux: Floats) -> Floats:
        """(e, n, n): the integral of grad i . ``flux`` (e, q, 3) times shape function j."""
        moved = (self.weight[..., None] * flux)[..., None, :] @ self.gradient  # (e, q, 1, n)
        return moved[:, :, 0].transpose(0, 2, 1) @ self.N


@dataclass(frozen=True)
class Face:
    """Facets: ``nodes`` (f, n), ``owner`` (f,) elements, and at their Gauss points ``points`` (f, q, 3), ``weight`` (f, q) [m²]; ``N``."""

    nodes: Integers
    owner: Integers
    points: Floats
    weight: Floats
    N: Floats

    def at(self, nodal: Floats) -> Floats:
        """A nodal field at the Gauss points (f, q)."""
        return nodal[self.nodes] @ self.N.T

    def load(self, density: Floats) -> Floats:
        """(f, n)."""
        return (self.weight * density) @ self.N

    def mass(self, density: Floats) -> Floats:
        """(f, n, n)."""
        return self.N.T @ ((self.weight * density)[:, :, None] * self.N)

    def part(self, which: Integers) -> Face:
        """The facets ``which`` alone."""
        return Face(self.nodes[which], self.owner[which], self.points[which], self.weight[which], self.N)


def measure(symmetry: str, points: Floats) -> Floats | float:
    """What stands for all around, over the mesh's 1 m in y (and z): 2 pi r [m], 4 pi r² [m²], or 1."""
    if symmetry == "axial":
        return 2 * np.pi * points[..., 0]
    if symmetry == "central":
        return 4 * np.pi * points[..., 0] ** 2
    return 1.0


def blocks(space: LagrangeSpace) -> tuple[Block, ...]:
    """The elements of every region in blocks of work. Raises SolveError for elements without volume and regions without elements."""
    mesh, ref = space.mesh, space.volume
    made, flat = [], []
    for region in range(len(mesh.regions)):
        own = np.flatnonzero(mesh.region == region)
        if not own.size:
            raise SolveError(f"region {mesh.regions[region].name!r} has no elements")
        for begin in range(0, len(own), CHUNK):
            part = own[begin : begin + CHUNK]
            nodes = space.elements[part]
            corner = space.nodes[nodes]
            jacobian = np.einsum("qnc,enx->eqcx", ref.dN, corner, optimize=True)
            det = np.linalg.det(jacobian)
            if not (det > 0).all():
                flat.append(mesh.regions[region].name)
                continue
            gradient = np.linalg.solve(jacobian, np.broadcast_to(ref.dN.transpose(0, 2, 1), (*det.shape, 3, len(ref.nodes))))
            points = np.einsum("qn,enx->eqx", ref.N, corner, optimize=True)
            weight = det * ref.weight * measure(mesh.symmetry, points)
            made.append(Block(region, part, nodes, points, weight, gradient, ref.N))
    if flat:
        raise SolveError(f"elements without positive volume in {', '.join(sorted(set(flat)))}")
    return tuple(made)


def face(space: LagrangeSpace, facets: Facets) -> Face:
    """Facets of a space, ready to integrate over."""
    ref: Element = space.facet
    corner = space.nodes[facets.nodes]
    tangent = np.einsum("qnc,fnx->fqcx", ref.dN, corner, optimize=True)
    area = np.linalg.norm(np.cross(tangent[:, :, 0], tangent[:, :, 1]), axis=2)
    points = np.einsum("qn,fnx->fqx", ref.N, corner, optimize=True)
    return Face(facets.nodes, facets.owner, points, area * ref.weight * measure(space.mesh.symmetry, points), ref.N)


def scatter(data: Floats, places: NDArray[np.signedinteger[Any]], entries: Floats) -> None:
    """Add ``entries`` into ``data`` (n,) at ``places`` of the same shape, in place."""
    data += np.bincount(places.ravel(), entries.ravel(), minlength=len(data))
