"""The matrices of heat in flowing coolant and solid.

Nearly all elements of a plate are rectangles or boxes along the axes; there every integral is a product of the element's own numbers (sizes, conductivity, velocities at the Gauss points) and a table of the
reference element, so that the matrices of all elements come of a few matrix products. The others, at the channels' corners, are integrated by Gauss points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.coldplate.flow3d.heat_mapped import MappedElements
from packtool.coldplate.flow3d.heat_records import ConjugateProblem
from packtool.coldplate.flow3d.kernels import CHUNK, linear_functions, second_derivatives, shapes
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.fem.elements import CYCLIC_TO_TENSOR
from packtool.fem.facets import FacetIntegrals
from packtool.mesh.records import Floats, Integers

BOX = 1e-9
"""Largest part of an edge that may point across its axis."""


def assembled(
    problem: ConjugateProblem, element_nodes: Integers, n_nodes: int, surfaces: Mapping[str, FacetIntegrals]
) -> tuple[Any, Floats]:
    """The matrix [W/K] as scipy's, and the heat into every node (n_nodes,) [W]. MeshError for elements that are turned inside out."""
    from scipy.sparse import csr_matrix

    mesh = problem.mesh
    corners = mesh.points[mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]]
    size, is_box = box_sizes(corners)
    tables = _Tables(mesh.dimension)
    k = np.asarray(problem.conductivity, dtype=float)
    mean_k = k if k.ndim == 1 else np.einsum("eii->e", k) / mesh.dimension
    source = problem.q_vol if problem.q_vol is not None else np.zeros(len(size))
    pattern = flow_pattern(element_nodes, n_nodes, 1, np.ones(n_nodes, dtype=bool))
    entries = np.zeros(pattern.n_entries)
    load = np.empty(element_nodes.shape)
    for part in _parts(np.flatnonzero(is_box)):
        load[part] = (size[part].prod(axis=1) * source[part])[:, None] * tables.load
        values = tables.conduction(size[part], k[part])
        wet = np.flatnonzero(problem.fluid[part])
        if len(wet):
            here = part[wet]
            velocity = problem.velocity[element_nodes[here]]
            block, pushed = tables.steadied(size[here], velocity, problem.rho_cp, mean_k[here])
            values[wet] += problem.rho_cp * tables.carried(size[here], velocity) + block
            load[here] += pushed * source[here][:, None]
        pattern.add(entries, part, values)
    for part in _parts(np.flatnonzero(~is_box)):
        mapped = MappedElements(corners[part])
        load[part] = mapped.load * source[part][:, None]
        values = mapped.conduction(k[part])
        velocity = np.where(problem.fluid[part][:, None, None], problem.velocity[element_nodes[part]], 0.0)
        block, pushed = mapped.steadied(velocity, problem.rho_cp, mean_k[part])
        values += problem.rho_cp * mapped.carried(velocity) + block
        load[part] += pushed * source[part][:, None]
        pattern.add(entries, part, values)
    loads = np.bincount(element_nodes.ravel(), load.ravel(), n_nodes)

    def add(surface: FacetIntegrals, factor: Floats) -> None:
        block = np.einsum("fqa,fqb,fq->fab", surface.second, surface.second, factor, optimize=True)
        pattern.add(entries, surface.element, block)

    for name in problem.outlets:
        add(surfaces[name], problem.rho_cp * surfaces[name].flux(problem.velocity))
    for name, (h, ambient) in problem.convection.items():
        area = surfaces[name].weight
        add(surfaces[name], h * area)
        loads += surfaces[name].load(h * (ambient - problem.T_in) * area, n_nodes)
    for name, q in problem.flux.items():
        loads += surfaces[name].load(q * surfaces[name].weight, n_nodes)
    return csr_matrix((entries, pattern.indices, pattern.indptr), shape=(n_nodes, n_nodes)), loads


def box_sizes(corners: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Edges (n, dim) [m] of elements ``corners`` (n, 4 or 8, dim) in dolfinx's order, and which (n,) are boxes along the axes: of the others
    they mean nothing."""
    d = corners.shape[2]
    size = corners[:, -1] - corners[:, 0]
    place = np.array([[corner >> axis & 1 for axis in range(d)] for corner in range(2**d)], dtype=float)
    off = np.abs(corners - corners[:, :1] - place * size[:, None]).max(axis=(1, 2))
    return np.asarray(size), np.asarray((size > 0).all(axis=1) & (off <= BOX * np.abs(size).max(axis=1)))


def volumes(corners: Floats) -> Floats:
    """(n,) [m³ or m²] of elements ``corners`` (n, 4 or 8, dim) in dolfinx's order."""
    size, is_box = box_sizes(corners)
    out = np.asarray(size.prod(axis=1))
    for part in _parts(np.flatnonzero(~is_box)):
        out[part] = MappedElements(corners[part]).volume
    return out


def _parts(elements: Integers) -> Iterator[Integers]:
    for begin in range(0, len(elements), CHUNK):
        yield elements[begin : begin + CHUNK]


class _Tables:
    """Integrals over the reference element. ``size`` (n, dim) of elements in what follows, results (n, a, a)."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.shapes = s = shapes(dimension)
        w, axes = s.weight, range(dimension)
        slope, self.n_local = s.d_phi, s.phi.shape[1]
        unit = np.array([[[corner >> axis & 1 for axis in axes] for corner in range(2**dimension)]], dtype=float)
        linear, _ = linear_functions(s, unit, w[None])
        # what of a function is not linear in the place
        uneven = s.phi - linear[0] @ ((linear[0] * w[:, None]).T @ s.phi)
        bend = np.stack([second_derivatives(dimension)[j, j] for j in axes])
        self.load = w @ s.phi
        self._conduction = np.einsum("jqa,iqb,q->ijab", slope, slope, w).reshape(dimension**2, -1)
        self._carried = np.einsum("iqa,qb,q->qiab", slope, s.phi, w).reshape(len(w) * dimension, -1)
        self._uneven = np.einsum("qa,qb,q->qab", uneven, s.phi, w).reshape(len(w), -1)
        self._along_twice = np.einsum("iqa,jqb,q->qijab", slope, slope, w).reshape(len(w) * dimension**2, -1)
        self._along_bend = np.einsum("iqa,jqb,q->qijab", slope, bend, w).reshape(len(w) * dimension**2, -1)
        self._along = np.einsum("iqa,q->qia", slope, w).reshape(len(w) * dimension, -1)

    def conduction(self, size: Floats, k: Floats) -> Floats:
        """Of the conductivity ``k`` (n,) or (n, dim, dim)."""
        tensor = k if k.ndim == 3 else k[:, None, None] * np.eye(self.dimension)
        factor = tensor * size.prod(axis=1)[:, None, None] / (size[:, :, None] * size[:, None, :])
        return self._shaped(factor, self._conduction)

    def carried(self, size: Floats, velocity: Floats) -> Floats:
        """Of -u.grad v theta at ``velocity`` (n, a, dim), less v theta div u where v is not linear: u is free of divergence but for that."""
        u = self._scaled(size, velocity)
        spread = np.einsum("iqa,eai->eq", self.shapes.d_phi, velocity / size[:, None], optimize=True)
        volume = size.prod(axis=1)
        return -self._shaped(volume[:, None, None] * u, self._carried) - self._shaped(volume[:, None] * spread, self._uneven)

    def steadied(self, size: Floats, velocity: Floats, rho_cp: float, k: Floats) -> tuple[Floats, Floats]:
        """Streamline upwinding by the full residual, and (n, a) that of a source of 1 W/m³."""
        u = self._scaled(size, velocity)
        # 2 |u| / h and k / (rho cp h²) on the spacing of the nodes, half an element (Tezduyar & Osawa, CMAME 190 (2000) 411)
        rate = 4 * np.sqrt((u**2).sum(axis=2) + 1e-30)
        spread = 16 * k / rho_cp * np.sqrt((size**-4.0).sum(axis=1))
        weight = size.prod(axis=1)[:, None] / np.sqrt(rate**2 + spread[:, None] ** 2)
        twice = rho_cp * weight[:, :, None, None] * u[:, :, :, None] * u[:, :, None, :]
        bend = -(weight * k[:, None])[:, :, None, None] * u[:, :, :, None] / (size**2)[:, None, None, :]
        block = self._shaped(twice, self._along_twice) + self._shaped(bend, self._along_bend)
        return block, (weight[:, :, None] * u).reshape(len(size), -1) @ self._along

    def _scaled(self, size: Floats, velocity: Floats) -> Floats:
        """(n, q, dim): velocities at the Gauss points over the element's size."""
        return np.asarray((self.shapes.phi @ velocity) / size[:, None])

    def _shaped(self, factor: Floats, table: Floats) -> Floats:
        return np.asarray((factor.reshape(len(factor), -1) @ table).reshape(len(factor), self.n_local, self.n_local))
