"""Element integrals of the flow's equations, vectorised over elements: what a Newton step assembles.

The same forms in UFL, assembled by dolfinx, took 5 x the time on 1,100 hexahedra (0.85 against 0.16 s a matrix): here the parts
that do not change between steps are integrated once, and what changes is a few matrix products over all elements at once. A test
holds both against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from packtool.coldplate.flow3d.pattern import FlowPattern
from packtool.errors import MeshError
from packtool.fem.elements import SHAPES
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers

GRAD_DIV = 0.5
"""Weight of the grad-div term over speed x the element's size: |u| h / 2, that of streamline-upwind methods at high element Reynolds numbers (Tezduyar &
Osawa, Comput. Methods Appl. Mech. Eng. 190 (2000) 411, their LSIC term). Zero for the exact flow, and less of it the finer the mesh; without it
Newton's method finds nothing on coarse meshes at sharp corners."""

CHUNK = 256
"""Elements worked on at a time, so that the temporaries stay in the cache's reach (about 40 MB)."""


@dataclass(frozen=True)
class Shapes:
    """Reference values at the Gauss points (three a direction): ``phi`` (q, a) of the velocity, ``psi`` (q, c) of the geometry,
    ``d_phi`` (dim, q, a), ``d_psi`` (dim, q, c); ``weight`` (q,); ``pairs`` (q, a a) products of phi."""

    phi: Floats
    psi: Floats
    d_phi: Floats
    d_psi: Floats
    weight: Floats
    pairs: Floats


def shapes(dimension: int) -> Shapes:
    """Of quadrilaterals (2) or hexahedra (3), in dolfinx's order of nodes."""
    start()
    import basix

    cell = basix.CellType[SHAPES[2**dimension]]
    points, weight = basix.make_quadrature(cell, 5)
    second = basix.create_element(basix.ElementFamily.P, cell, 2, basix.LagrangeVariant.gll_warped)
    first = basix.create_element(basix.ElementFamily.P, cell, 1, basix.LagrangeVariant.gll_warped)
    v, p = second.tabulate(1, points)[..., 0], first.tabulate(1, points)[..., 0]
    pairs = (v[0][:, :, None] * v[0][:, None, :]).reshape(len(weight), -1)
    return Shapes(v[0], p[0], v[1:], p[1:], weight, pairs)


def linear_functions(s: Shapes, corners: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """1 + dim linear functions of the place, orthonormal in each element of ``corners`` (n, c, dim) with ``weight`` (n, q): their values
    (n, q, 1 + dim) at the Gauss points, and (n, 1 + dim, 1 + dim) each one's value at the mean of the corners and gradient, a row each."""
    place = np.einsum("qc,eci->eqi", s.psi, corners) - corners.mean(axis=1)[:, None]
    linear = np.concatenate([np.ones((*place.shape[:2], 1)), place], axis=2)
    gram = np.swapaxes(linear * weight[:, :, None], 1, 2) @ linear
    rows = np.linalg.inv(np.linalg.cholesky(gram))
    return linear @ np.swapaxes(rows, 1, 2), rows


def second_derivatives(dimension: int, degree: int = 2) -> Floats:
    """(dim, dim, q, a): of the functions of a ``degree`` (2: the velocity's, 1: the geometry's) at the Gauss points, by the reference element's
    coordinates."""
    start()
    import basix

    cell = basix.CellType[SHAPES[2**dimension]]
    points, _ = basix.make_quadrature(cell, 5)
    table = basix.create_element(basix.ElementFamily.P, cell, degree, basix.LagrangeVariant.gll_warped).tabulate(2, points)[..., 0]
    out = np.empty((dimension, dimension, *table.shape[1:]))
    for i in range(dimension):
        for j in range(dimension):
            order = [0] * dimension
            order[i] += 1
            order[j] += 1
            out[i, j] = table[basix.index(*order)]
    return out


class Kernels:
    """The integrals over one mesh. ``corners`` (n_elements, 4 or 8) points in dolfinx's order; ``nodes`` (n_elements, 9 or 27).

    Pressures are linear in every element, without continuity: (n_elements, 1 + dim) coefficients of functions that are orthonormal in
    the element (1 and the place's coordinates, made so by Cholesky factors of their Gram matrix).
    """

    def __init__(self, points: Floats, corners: Integers, nodes: Integers, n_nodes: int) -> None:
        self.dimension = points.shape[1]
        self.corners, self.nodes = corners, nodes
        self.n_nodes, self.n_elements = n_nodes, len(nodes)
        self.shapes = s = shapes(self.dimension)
        jacobian = np.einsum("eci,jqc->eqij", points[corners], s.d_psi, optimize=True)
        size = np.linalg.det(jacobian)
        if not (size > 0).all():
            raise MeshError("the flow's mesh has an element that is turned inside out or collapsed")
        self.weight: Floats = size * s.weight
        # d/dx_i = sum_j (d xi_j / d x_i) d/d xi_j
        self.gradient: Floats = np.einsum("jqa,eqji->eqai", s.d_phi, np.linalg.inv(jacobian), optimize=True)
        self.centre: Floats = points[corners].mean(axis=1)
        """(n_elements, dim)"""
        self.pressure_shapes, self.to_linear = linear_functions(s, points[corners], self.weight)
        self.grad_div: Floats = GRAD_DIV * self.weight.sum(axis=1) ** (1 / self.dimension)
        """(n_elements,)"""
        # (n_elements, c, a, i): integrals of pressure function c times the divergence of velocity function (a, i)
        self.divergence: Floats = np.einsum("eqc,eqai,eq->ecai", self.pressure_shapes, self.gradient, self.weight, optimize=True)

    def residual(self, u: Floats, p: Floats, nu: float, convection: float) -> tuple[Floats, Floats]:
        """Of momentum (n_nodes, dim) and of mass (n_elements, 1 + dim) at ``u`` (n_nodes, dim) and ``p`` (n_elements, 1 + dim)."""
        s, d = self.shapes, self.dimension
        momentum = np.zeros((self.n_nodes, d))
        for part in self._chunks():
            G, w = self.gradient[part], self.weight[part]
            here = u[self.nodes[part]]
            count = len(w)
            D = self.divergence[part].reshape(count, 1 + d, -1)
            slope = np.swapaxes(G, 2, 3) @ here[:, None]  # (e, q, j, i)
            velocity = s.phi @ here
            carried = np.einsum("eqji,eqj->eqi", slope, velocity) * (convection * w)[:, :, None]
            stress = slope * (nu * w)[:, :, None, None]
            divergence = np.einsum("eqii->eq", slope) * w
            stress[:, :, range(d), range(d)] += (self.grad_div[part][:, None] * divergence)[:, :, None]
            nodal = np.einsum("eqaj,eqji->eai", G, stress, optimize=True) + s.phi.T @ carried
            nodal -= (p[part][:, None, :] @ D).reshape(nodal.shape)
            where = self.nodes[part].ravel()
            for i in range(d):
                momentum[:, i] += np.bincount(where, nodal[..., i].ravel(), minlength=self.n_nodes)
        return momentum, self.mass(u)

    def mass(self, u: Floats) -> Floats:
        """Integrals (n_elements, 1 + dim) of the divergence of ``u`` (n_nodes, dim) times each pressure function."""
        here = u[self.nodes].reshape(self.n_elements, -1, 1)
        return np.asarray((self.divergence.reshape(self.n_elements, 1 + self.dimension, -1) @ here)[..., 0])

    def squared_gradient(self, u: Floats) -> float:
        """The integral of |grad u|² of ``u`` (n_nodes, dim)."""
        whole = 0.0
        for part in self._chunks():
            slope = np.swapaxes(self.gradient[part], 2, 3) @ u[self.nodes[part]][:, None]
            whole += float(((slope**2).sum(axis=(2, 3)) * self.weight[part]).sum())
        return whole

    def push(self, p: Floats) -> Floats:
        """What pressures ``p`` (n_elements, 1 + dim) push the nodes with (n_nodes, dim): integrals of p times the divergence of each function."""
        nodal = np.einsum("ec,ecai->eai", p, self.divergence, optimize=True)
        where = self.nodes.ravel()
        return np.stack([np.bincount(where, nodal[..., i].ravel(), minlength=self.n_nodes) for i in range(self.dimension)], axis=1)

    def steady_entries(self, pattern: FlowPattern) -> tuple[Floats, Floats, Floats]:
        """Matrix entries of diffusion at nu = 1, of grad-div, and of the penalty on each element's ``mass`` at weight 1."""
        s, d = self.shapes, self.dimension
        n = s.phi.shape[1]
        diffusion, grad_div, penalty = (np.zeros(pattern.n_entries) for _ in range(3))
        for part in self._chunks():
            G, w = self.gradient[part], self.weight[part]
            count = len(w)
            flat = np.swapaxes(G * np.sqrt(w)[:, :, None, None], 2, 3).reshape(count, -1, n)
            scalar = np.swapaxes(flat, 1, 2) @ flat
            block = np.zeros((count, n, d, n, d))
            for i in range(d):
                block[:, :, i, :, i] = scalar
            pattern.add(diffusion, part, block)
            flat = (G * np.sqrt(w)[:, :, None, None]).reshape(count, len(s.weight), n * d)
            pattern.add(grad_div, part, (np.swapaxes(flat, 1, 2) @ flat) * self.grad_div[part][:, None, None])
            D = self.divergence[part].reshape(count, 1 + d, n * d)
            pattern.add(penalty, part, np.swapaxes(D, 1, 2) @ D)
        return diffusion, grad_div, penalty

    def convection_entries(self, pattern: FlowPattern, u: Floats, newton: float) -> Floats:
        """Matrix entries of (u . grad) du + newton (du . grad) u."""
        s, d = self.shapes, self.dimension
        n = s.phi.shape[1]
        out = np.zeros(pattern.n_entries)
        for part in self._chunks():
            G, w = self.gradient[part], self.weight[part]
            here = u[self.nodes[part]]
            count = len(w)
            velocity = (s.phi @ here) * w[:, :, None]
            carried = s.phi.T @ (G @ velocity[..., None])[..., 0]
            if newton:
                slope = (np.swapaxes(G, 2, 3) @ here[:, None]) * (newton * w)[:, :, None, None]  # (e, q, j, i)
                # one small product an element: of larger ones the linear algebra library makes threads that wait on the processor
                slope = np.ascontiguousarray(slope.transpose(0, 3, 2, 1)).reshape(count, d * d, -1)
                block = (slope @ s.pairs).reshape(count, d, d, n, n)
                block = np.ascontiguousarray(block.transpose(0, 3, 1, 4, 2))
            else:
                block = np.zeros((count, n, d, n, d))
            for i in range(d):
                block[:, :, i, :, i] += carried
            pattern.add(out, part, block)
        return out

    def _chunks(self) -> Iterator[slice]:
        for begin in range(0, len(self.nodes), CHUNK):
            yield slice(begin, begin + CHUNK)
