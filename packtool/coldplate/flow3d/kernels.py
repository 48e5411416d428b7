"""Element integrals of the flow's equations, vectorised over elements: what a Newton step assembles.

The same forms in UFL, assembled by dolfinx, take 5 x the time on 1,100 hexahedra (0.85 against 0.16 s a matrix): here the parts
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

CHUNK = 256
"""Elements worked on at a time, so that the temporaries stay in the cache's reach (about 40 MB)."""


@dataclass(frozen=True)
class Shapes:
    """Reference values at the Gauss points (three a direction): ``phi`` (q, a) of the velocity, ``psi`` (q, c) of pressure and geometry,
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


class Kernels:
    """The integrals over one mesh. ``corners`` (n_elements, 4 or 8) points in dolfinx's order; ``nodes`` (n_elements, 9 or 27)."""

    def __init__(self, points: Floats, corners: Integers, nodes: Integers, n_nodes: int) -> None:
        self.dimension = points.shape[1]
        self.corners, self.nodes = corners, nodes
        self.n_nodes, self.n_points = n_nodes, len(points)
        self.shapes = s = shapes(self.dimension)
        jacobian = np.einsum("eci,jqc->eqij", points[corners], s.d_psi, optimize=True)
        size = np.linalg.det(jacobian)
        if not (size > 0).all():
            raise MeshError("the flow's mesh has an element that is turned inside out or collapsed")
        self.weight: Floats = size * s.weight
        # d/dx_i = sum_j (d xi_j / d x_i) d/d xi_j
        self.gradient: Floats = np.einsum("jqa,eqji->eqai", s.d_phi, np.linalg.inv(jacobian), optimize=True)

    def residual(self, u: Floats, p: Floats, nu: float, grad_div: float, convection: float) -> tuple[Floats, Floats]:
        """Of momentum (n_nodes, dim) and of mass (n_points,) at ``u`` (n_nodes, dim) and ``p`` (n_points,)."""
        s, d = self.shapes, self.dimension
        momentum = np.zeros((self.n_nodes, d))
        mass = np.zeros(self.n_points)
        for part in self._chunks():
            G, w = self.gradient[part], self.weight[part]
            here = u[self.nodes[part]]
            slope = np.einsum("eqaj,eai->eqij", G, here, optimize=True)
            velocity = s.phi @ here
            divergence = np.einsum("eqii->eq", slope)
            level = grad_div * divergence - p[self.corners[part]] @ s.psi.T
            stress = nu * slope
            stress[:, :, range(d), range(d)] += level[:, :, None]
            carried = np.einsum("eqij,eqj->eqi", slope, velocity) * (convection * w)[:, :, None]
            nodal = np.einsum("eqaj,eqij,eq->eai", G, stress, w, optimize=True) + s.phi.T @ carried
            where = self.nodes[part].ravel()
            for i in range(d):
                momentum[:, i] += np.bincount(where, nodal[..., i].ravel(), minlength=self.n_nodes)
            mass -= np.bincount(self.corners[part].ravel(), ((w * divergence) @ s.psi).ravel(), minlength=self.n_points)
        return momentum, mass

    def steady_entries(self, pattern: FlowPattern) -> tuple[Floats, Floats, Floats]:
        """Matrix entries of diffusion at nu = 1, of grad-div at weight 1, and of the pressure gradient and the divergence."""
        s, d = self.shapes, self.dimension
        n = s.phi.shape[1]
        diffusion, grad_div, coupling = (np.zeros(pattern.n_entries) for _ in range(3))
        for part in self._chunks():
            G, w = self.gradient[part], self.weight[part]
            count = len(w)
            flat = G.reshape(count, len(s.weight), n * d)
            # every product of two derivatives at once: (a, i, b, j)
            product = (np.swapaxes(flat * w[:, :, None], 1, 2) @ flat).reshape(count, n, d, n, d)
            scalar = np.einsum("eaibi->eab", product)
            block = np.zeros_like(product)
            for i in range(d):
                block[:, :, i, :, i] = scalar
            pattern.add_velocity(diffusion, part, block)
            pattern.add_velocity(grad_div, part, product)
            both = -np.einsum("eqai,qc,eq->eaic", G, s.psi, w, optimize=True)
            pattern.add_coupling(coupling, part, both)
        return diffusion, grad_div, coupling

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
            carried = s.phi.T @ np.einsum("eqaj,eqj->eqa", G, velocity, optimize=True)
            if newton:
                slope = np.einsum("eqaj,eai,eq->eijq", G, here, newton * w, optimize=True)
                block = (slope.reshape(-1, len(s.weight)) @ s.pairs).reshape(count, d, d, n, n)
                block = np.ascontiguousarray(block.transpose(0, 3, 1, 4, 2))
            else:
                block = np.zeros((count, n, d, n, d))
            for i in range(d):
                block[:, :, i, :, i] += carried
            pattern.add_velocity(out, part, block)
        return out

    def _chunks(self) -> Iterator[slice]:
        for begin in range(0, len(self.nodes), CHUNK):
            yield slice(begin, begin + CHUNK)
