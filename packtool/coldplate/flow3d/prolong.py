"""Fields carried from a mesh to another that is nested in it, or to its mirror image."""

from __future__ import annotations

import numpy as np

from packtool.errors import MeshError
from packtool.fem.elements import SHAPES, ElementMesh
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers


def to_children(values: Floats, parent_nodes: Integers, child_nodes: Integers, dimension: int) -> Floats:
    """A field (n_nodes, ...) of degree 2 at the nodes of the mesh whose elements are those of ``elements.refined``.

    ``parent_nodes`` (n, a) and ``child_nodes`` (2^dim n, a) of the elements, in dolfinx's order. Exact: the finer space holds the coarser.
    """
    start()
    import basix

    cell = basix.CellType[SHAPES[2**dimension]]
    element = basix.create_element(basix.ElementFamily.P, cell, 2, basix.LagrangeVariant.gll_warped)
    out = np.zeros((int(child_nodes.max()) + 1, *values.shape[1:]))
    n_children = 2**dimension
    for child in range(n_children):
        offset = np.array([child >> axis & 1 for axis in range(dimension)], dtype=float)
        table = element.tabulate(0, (element.points + offset) / 2)[0, ..., 0]
        out[child_nodes[child::n_children]] = np.einsum("ab,eb...->ea...", table, values[parent_nodes])
    return out


def linear_to_children(values: Floats, parent: ElementMesh, child: ElementMesh) -> Floats:
    """Elements' linear fields (n, 1 + dim), at the mean of the corners and gradient, on the mesh that is ``elements.refined`` of ``parent``."""
    n_children = len(child.elements) // len(parent.elements)
    out = np.repeat(values, n_children, axis=0)
    away = child.points[child.elements].mean(axis=1) - np.repeat(parent.points[parent.elements].mean(axis=1), n_children, axis=0)
    out[:, 0] += (away * out[:, 1:]).sum(axis=1)
    return out


def matched(places: Floats, nodes: Floats) -> Integers:
    """The node (n,) of ``nodes`` (m, dim) that lies at each of ``places`` (n, dim). MeshError where there is none."""
    tolerance = 1e-6 * float(np.ptp(nodes, axis=0).max())
    key = np.zeros(len(nodes) + len(places), dtype=np.int64)
    for axis in range(nodes.shape[1]):  # coordinates closer than the tolerance are one
        value = np.concatenate([nodes[:, axis], places[:, axis]])
        order = np.argsort(value, kind="stable")
        group = np.concatenate([[0], np.cumsum(np.diff(value[order]) > tolerance)])
        number = np.empty(len(value), dtype=np.int64)
        number[order] = group
        key = key * (int(group[-1]) + 1) + number
    known, wanted = key[: len(nodes)], key[len(nodes) :]
    order = np.argsort(known, kind="stable")
    found = order[np.minimum(np.searchsorted(known, wanted, sorter=order), len(order) - 1)]
    if lost := int((known[found] != wanted).sum()):
        raise MeshError(f"a field cannot be carried over: {lost} nodes lie on no node of the other mesh")
    return found


def unfolded(velocity: Floats, nodes: Floats, places: Floats, axis: int, plane: float) -> Floats:
    """Velocities (n, dim) at ``places`` (n, dim), given (m, dim) at ``nodes`` on the lower side of a mirror at ``plane`` along ``axis``."""
    folded = places.copy()
    beyond = places[:, axis] > plane
    folded[beyond, axis] = 2 * plane - places[beyond, axis]
    out: Floats = velocity[matched(folded, nodes)].copy()
    out[beyond, axis] *= -1
    return out
