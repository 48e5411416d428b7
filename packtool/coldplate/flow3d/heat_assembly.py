"""The matrices of heat in flowing coolant and solid.

Nearly all elements of a plate are rectangles or boxes along the axes; there conduction is a product of the element's own numbers and a table of the reference
element, and what the flow carries one product of two small tables at the Gauss points. The others, at the channels' corners, are integrated by Gauss points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.coldplate.flow3d.heat_mapped import MappedElements
from packtool.coldplate.flow3d.heat_records import ConjugateProblem
from packtool.coldplate.flow3d.kernels import CHUNK, linear_functions, second_derivatives, shapes
from packtool.fem.elements import CYCLIC_TO_TENSOR
from packtool.fem.facets import FacetIntegrals
from packtool.mesh.records import Floats, Integers

BOX = 1e-9
"""Largest part of an edge that may point across its axis."""


def assembled(
    problem: ConjugateProblem, element_nodes: Integers, n_nodes: int, surfaces: Mapping[str, FacetIntegrals]
) -> tuple[Any, Floats]:
    """The matrix [W/K] as scipy's, and the heat into every node (n_nodes,) [W]. MeshError for elements that are turned inside out."""
    from scipy.sparse import coo_matrix

    mesh = problem.mesh
    corners = mesh.points[mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]]
    size, is_box = box_sizes(corners)
    tables = _Tables(mesh.dimension)
    k = np.asarray(problem.conductivity, dtype=float)
    mean_k = k if k.ndim == 1 else np.einsum("eii->e", k) / mesh.dimension
    source = problem.q_vol if problem.q_vol is not None else np.zeros(len(size))
    values = np.empty((*element_nodes.shape, element_nodes.shape[1]))
    load = np.empty(element_nodes.shape)
    for part in _parts(np.flatnonzero(is_box)):
        load[part] = (size[part].prod(axis=1) * source[part])[:, None] * tables.load
        values[part] = tables.conduction(size[part], k[part])
        wet = np.flatnonzero(problem.fluid[part])
        if len(wet):
            here = part[wet]
            velocity = problem.velocity[element_nodes[here]]
            block, pushed = tables.carried(size[here], velocity, problem.rho_cp, mean_k[here])
            values[here] += block
            load[here] += pushed * source[here][:, None]
    for part in _parts(np.flatnonzero(~is_box)):
        mapped = MappedElements(corners[part])
        load[part] = mapped.load * source[part][:, None]
        velocity = np.where(problem.fluid[part][:, None, None], problem.velocity[element_nodes[part]], 0.0)
        block, pushed = mapped.carried(velocity, problem.rho_cp, mean_k[part])
        values[part] = mapped.conduction(k[part]) + block
        load[part] += pushed * source[part][:, None]
    loads = np.bincount(element_nodes.ravel(), load.ravel(), n_nodes)

    def add(surface: FacetIntegrals, factor: Floats) -> None:
        block = np.einsum("fqa,fqb,fq->fab", surface.second, surface.second, factor, optimize=True)
        np.add.at(values, surface.element, block)

    for name in problem.outlets:
        add(surfaces[name], problem.rho_cp * surfaces[name].flux(problem.velocity))
    for name, (h, ambient) in problem.convection.items():
        area = surfaces[name].weight
        add(surfaces[name], h * area)
        loads += surfaces[name].load(h * (ambient - problem.T_in) * area, n_nodes)
    for name, q in problem.flux.items():
        loads += surfaces[name].load(q * surfaces[name].weight, n_nodes)
    for name, placed in problem.placed.items():
        area = surfaces[name].weight
        places = np.stack([surfaces[name].of_corners(corners[..., axis]).ravel() for axis in range(2)], axis=1)
        loads += surfaces[name].load(placed.at(places, area.ravel()).reshape(area.shape), n_nodes)
    nodes = element_nodes.astype(np.int32)
    rows, columns = (np.broadcast_to(at, values.shape).ravel() for at in (nodes[:, :, None], nodes[:, None, :]))
    return coo_matrix((values.ravel(), (rows, columns)), shape=(n_nodes, n_nodes)).tocsr(), loads


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
        self.load = w @ s.phi
        self._bend = np.stack([second_derivatives(dimension)[j, j] for j in axes]).reshape(dimension, -1)
        self._conduction = np.einsum("jqa,iqb,q->ijab", slope, slope, w).reshape(dimension**2, -1)
        self._uneven = (uneven * w[:, None]).T

    def conduction(self, size: Floats, k: Floats) -> Floats:
        """Of the conductivity ``k`` (n,) or (n, dim, dim)."""
        tensor = k if k.ndim == 3 else k[:, None, None] * np.eye(self.dimension)
        factor = tensor * size.prod(axis=1)[:, None, None] / (size[:, :, None] * size[:, None, :])
        return np.asarray((factor.reshape(len(k), 1, -1) @ self._conduction).reshape(len(k), self.n_local, self.n_local))

    def carried(self, size: Floats, velocity: Floats, rho_cp: float, k: Floats) -> tuple[Floats, Floats]:
        """What ``velocity`` (n, a, dim) carries, and streamline upwinding by the full residual; and (n, a) that of a source of 1 W/m³.

        -rho cp u.grad v theta, less rho cp v theta div u where v is not linear: u is free of divergence but for that.
        """
        s, n = self.shapes, len(size)
        u = np.asarray((s.phi @ velocity) / size[:, None])  # (n, q, dim), over the element's size
        spread = np.einsum("iqa,eai->eq", s.d_phi, velocity / size[:, None], optimize=True)
        # 2 |u| / h and k / (rho cp h²) on the spacing of the nodes, half an element (Tezduyar & Osawa, CMAME 190 (2000) 411)
        rate = 4 * np.sqrt((u**2).sum(axis=2) + 1e-30)
        slow = 16 * k / rho_cp * np.sqrt((size**-4.0).sum(axis=1))
        volume = size.prod(axis=1)[:, None, None]
        weight = volume * (s.weight / np.sqrt(rate**2 + slow[:, None] ** 2))[:, :, None]
        along = sum(u[:, :, i, None] * s.d_phi[i] for i in range(self.dimension))  # u.grad of the functions (n, q, a)
        bend = ((k[:, None] * size**-2.0) @ self._bend).reshape(along.shape)
        right = weight * (rho_cp * along - bend) - (rho_cp * volume) * (s.weight[:, None] * s.phi)
        block = np.swapaxes(along, 1, 2) @ right
        block -= self._uneven @ ((rho_cp * volume) * spread[:, :, None] * s.phi)
        return block, (np.swapaxes(along, 1, 2) @ weight).reshape(n, -1)
