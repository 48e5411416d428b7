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
"""Elements worked on at a time, so that the temporaries of matrices stay in the cache's reach (about 40 MB)."""

FEW = 64
"""The same for residuals (about 1 MB)."""


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


@dataclass(frozen=True)
class AtPoints:
    """Velocities (i, q, e) at the Gauss points of elements, and their slopes (i, c, q, e): d u_c / d x_i."""

    velocity: Floats
    slope: Floats


class Kernels:
    """The integrals over one mesh. ``corners`` (n_elements, 4 or 8) points in dolfinx's order; ``nodes`` (n_elements, 9 or 27).

    Pressures are linear in every element, without continuity: (n_elements, 1 + dim) coefficients of functions that are orthonormal in
    the element (1 and the place's coordinates, made so by Cholesky factors of their Gram matrix).
    """

    def __init__(self, points: Floats, corners: Integers, nodes: Integers, n_nodes: int, grad_div: float = GRAD_DIV) -> None:
        self.dimension = points.shape[1]
        self.corners, self.nodes = corners, nodes
        self.n_nodes, self.n_elements = n_nodes, len(nodes)
        self.shapes = s = shapes(self.dimension)
        self._table = np.concatenate([s.phi, *s.d_phi])  # ((1 + dim) q, a)
        jacobian = np.einsum("eci,jqc->eqij", points[corners], s.d_psi, optimize=True)
        size = np.linalg.det(jacobian)
        if not (size > 0).all():
            raise MeshError("the flow's mesh has an element that is turned inside out or collapsed")
        self.weight: Floats = size * s.weight
        # d/dx_i = sum_j (d xi_j / d x_i) d/d xi_j
        inverse = np.linalg.inv(jacobian)
        self.gradient: Floats = np.einsum("jqa,eqji->eqai", s.d_phi, inverse, optimize=True)
        # the same with the elements last: what is done at a point is then done to rows of them
        self._inverse = np.ascontiguousarray(inverse.transpose(2, 3, 1, 0))  # (j, i, q, e)
        self._weight = np.ascontiguousarray(self.weight.T)  # (q, e)
        self._nodes = np.ascontiguousarray(nodes.T)  # (a, e)
        self.centre: Floats = points[corners].mean(axis=1)
        """(n_elements, dim)"""
        self.pressure_shapes, self.to_linear = linear_functions(s, points[corners], self.weight)
        self._pressure_shapes = np.ascontiguousarray(self.pressure_shapes.transpose(2, 1, 0))  # (c, q, e)
        self.grad_div: Floats = grad_div * self.weight.sum(axis=1) ** (1 / self.dimension)
        """(n_elements,)"""
        # (n_elements, c, a, i): integrals of pressure function c times the divergence of velocity function (a, i)
        self.divergence: Floats = np.einsum("eqc,eqai,eq->ecai", self.pressure_shapes, self.gradient, self.weight, optimize=True)

    def residual(self, u: Floats, p: Floats, nu: float, convection: float) -> tuple[Floats, Floats]:
        """Of momentum (n_nodes, dim) and of mass (n_elements, 1 + dim) at ``u`` (n_nodes, dim) and ``p`` (n_elements, 1 + dim)."""
        return self._forces(u, p, nu, convection)

    def derivative(self, at: AtPoints, du: Floats, dp: Floats, nu: float, convection: float, newton: bool) -> tuple[Floats, Floats]:
        """The change of the residual with ``du`` and ``dp``, at the velocities ``at``; without ``newton`` the part that Picard's step keeps."""
        return self._forces(du, dp, nu, convection, at, newton)

    def at_points(self, u: Floats) -> AtPoints:
        """Of ``u`` (n_nodes, dim), in all elements."""
        n, d = len(self.shapes.weight), self.dimension
        out = AtPoints(np.empty((d, n, self.n_elements)), np.empty((d, d, n, self.n_elements)))
        by_component = np.ascontiguousarray(u.T)
        for part in self._chunks(FEW):
            here = self._at(by_component, part)
            out.velocity[..., part], out.slope[..., part] = here.velocity, here.slope
        return out

    def _at(self, u: Floats, part: slice) -> AtPoints:
        """Of ``u`` (dim, n_nodes), in some elements."""
        d = self.dimension
        values = (self._table @ u[:, self._nodes[:, part]]).reshape(d, 1 + d, len(self.shapes.weight), -1)
        inverse = self._inverse[..., part]
        slope = inverse[0][:, None] * values[:, 1]
        for j in range(1, d):
            slope += inverse[j][:, None] * values[:, 1 + j]
        return AtPoints(values[:, 0], slope)

    def _forces(
        self, u: Floats, p: Floats, nu: float, convection: float, wind: AtPoints | None = None, newton: bool = False
    ) -> tuple[Floats, Floats]:
        """The residual of ``u`` and ``p`` where ``wind`` carries (None: ``u`` itself); with ``newton``, ``u`` also carries ``wind``."""
        d, n = self.dimension, len(self.shapes.weight)
        by_component, pressure = np.ascontiguousarray(u.T), np.ascontiguousarray(p.T)
        nodal, mass = np.empty((d, len(self._nodes), self.n_elements)), np.empty((1 + d, self.n_elements))
        for part in self._chunks(FEW):
            w, inverse, shapes = self._weight[:, part], self._inverse[..., part], self._pressure_shapes[..., part]
            here = self._at(by_component, part)
            slope = here.slope
            divergence = sum(slope[i, i] for i in range(d)) * w
            mass[:, part] = (shapes * divergence).sum(axis=1)
            inward = (shapes * pressure[:, None, part]).sum(axis=0) * w - self.grad_div[part] * divergence
            carrier = here.velocity if wind is None else wind.velocity[..., part]
            carried = sum(carrier[i] * slope[i] for i in range(d))
            if wind is not None and newton:
                carried += sum(here.velocity[i] * wind.slope[i, ..., part] for i in range(d))
            tested = np.empty((d, 1 + d, n, w.shape[1]))  # by the functions themselves, and by their slopes
            np.multiply(carried, convection * w, out=tested[:, 0])
            slope *= nu * w
            for i in range(d):
                slope[i, i] -= inward
            for j in range(d):
                tested[:, 1 + j] = sum(inverse[j, i] * slope[i] for i in range(d))
            nodal[..., part] = self._table.T @ tested.reshape(d, (1 + d) * n, -1)
        where = self._nodes.ravel()
        momentum = np.stack([np.bincount(where, nodal[i].ravel(), minlength=self.n_nodes) for i in range(d)], axis=1)
        return momentum, mass.T

    def mass(self, u: Floats) -> Floats:
        """Integrals (n_elements, 1 + dim) of the divergence of ``u`` (n_nodes, dim) times each pressure function."""
        here = u[self.nodes].reshape(self.n_elements, -1, 1)
        return np.asarray((self.divergence.reshape(self.n_elements, 1 + self.dimension, -1) @ here)[..., 0])

    def squared_gradient(self, u: Floats) -> float:
        """The integral of |grad u|² of ``u`` (n_nodes, dim)."""
        return float(
            sum(
                ((self._at(np.ascontiguousarray(u.T), part).slope ** 2).sum(axis=(0, 1)) * self._weight[:, part]).sum()
                for part in self._chunks(FEW)
            )
        )

    def push(self, p: Floats) -> Floats:
        """What pressures ``p`` (n_elements, 1 + dim) push the nodes with (n_nodes, dim): integrals of p times the divergence of each function."""
        nodal = np.einsum("ec,ecai->eai", p, self.divergence, optimize=True)
        where = self.nodes.ravel()
        return np.stack([np.bincount(where, nodal[..., i].ravel(), minlength=self.n_nodes) for i in range(self.dimension)], axis=1)

    def steady_sums(self, pattern: FlowPattern, penalty: float) -> tuple[Floats, Floats]:
        """What does not change between steps: diffusion at nu = 1 (n_pairs,), alike for every component, and the grad-div term with ``penalty`` times the
        square of each element's ``mass`` (dim, dim, n_pairs)."""
        d, n = self.dimension, self.shapes.phi.shape[1]
        diffusion, rest = np.zeros(pattern.n_pairs), np.zeros((d, d, pattern.n_pairs))
        for part in self._chunks():
            G, w = self.gradient[part], self.weight[part]
            count = len(w)
            flat = np.swapaxes(G * np.sqrt(w)[:, :, None, None], 2, 3).reshape(count, -1, n)
            pattern.add(diffusion, part, np.swapaxes(flat, 1, 2) @ flat)
            flat = (G * np.sqrt(w * self.grad_div[part][:, None])[:, :, None, None]).reshape(count, -1, n * d)
            D = self.divergence[part].reshape(count, 1 + d, n * d)
            block = (np.swapaxes(flat, 1, 2) @ flat + penalty * (np.swapaxes(D, 1, 2) @ D)).reshape(count, n, d, n, d)
            for i in range(d):
                for j in range(d):
                    pattern.add(rest[i, j], part, block[:, :, i, :, j])
        return diffusion, rest

    def add_convection(self, pattern: FlowPattern, sums: Floats, u: Floats, convection: float, newton: bool) -> None:
        """Add ``convection`` times (u . grad) du and, with ``newton``, (du . grad) u to ``sums`` (dim, dim, n_pairs), in place."""
        s, d = self.shapes, self.dimension
        n = s.phi.shape[1]
        alike = np.zeros(pattern.n_pairs)
        for part in self._chunks():
            G, w = self.gradient[part], convection * self.weight[part]
            here = u[self.nodes[part]]
            velocity = (s.phi @ here) * w[:, :, None]
            pattern.add(alike, part, s.phi.T @ (G @ velocity[..., None])[..., 0])
            if newton:
                slope = (np.swapaxes(G, 2, 3) @ here[:, None]) * w[:, :, None, None]  # (e, q, j, i)
                # one small product an element: of larger ones the linear algebra library makes threads that wait on the processor
                slope = np.ascontiguousarray(slope.transpose(0, 3, 2, 1)).reshape(len(w), d * d, -1)
                block = (slope @ s.pairs).reshape(len(w), d, d, n, n)
                for i in range(d):
                    for j in range(d):
                        pattern.add(sums[i, j], part, block[:, i, j])
        for i in range(d):
            sums[i, i] += alike

    def _chunks(self, size: int = CHUNK) -> Iterator[slice]:
        for begin in range(0, len(self.nodes), size):
            yield slice(begin, begin + size)
