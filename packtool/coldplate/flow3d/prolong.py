"""Fields carried from a mesh to another of the same domain, or to its mirror image."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.errors import MeshError
from packtool.fem.elements import CYCLIC_TO_TENSOR, SHAPES, ElementMesh, dolfinx_mesh
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers

NEWTON_STEPS = 6
"""To find a place within an element: of a box one is enough, of a quadrilateral that is no box a few."""

INSIDE = 1e-6
"""A place may be this share of an element's size outside it."""

BESIDE = 0.2
"""The same of a place beside the mesh: where a wall is round, the finer mesh's chords lie outside the coarser's."""


def within(mesh: ElementMesh, places: Floats) -> tuple[Integers, Floats]:
    """The element (n,) that each of ``places`` (n, dim) lies in, and where (n, dim), by the reference element's coordinates; of places just beside
    the mesh the nearest. MeshError where it lies in none."""
    start()

    domain = dolfinx_mesh(mesh.points, mesh.elements)
    extent = float(np.ptp(mesh.points, axis=0).max())
    element, local, outside = _nearest(domain, mesh, places, 1e-9 * extent)
    if len(lost := np.flatnonzero(outside > INSIDE)):
        corners = mesh.points[mesh.elements]
        size = float(np.median((corners.max(axis=1) - corners.min(axis=1)).max(axis=1)))
        element[lost], local[lost], outside[lost] = _nearest(domain, mesh, places[lost], BESIDE * size)
        if outside.max() > BESIDE:
            raise MeshError("a flow cannot be carried over: some places of the finer mesh lie in no element of the coarser")
    return element, local


def _nearest(domain: Any, mesh: ElementMesh, places: Floats, padding: float) -> tuple[Integers, Floats, Floats]:
    """The element (n,) nearest to each of ``places`` (n, dim), where in it (n, dim), and how far outside (n,), of those within ``padding`` [m] of its
    bounding box; infinitely far where there is none."""
    from dolfinx import geometry

    d, tensor = mesh.dimension, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]
    tree = geometry.bb_tree(domain, d, padding=padding)
    in_space = np.zeros((len(places), 3))
    in_space[:, :d] = places
    near = geometry.compute_collisions_points(tree, in_space)
    element, place = near.array, np.repeat(np.arange(len(places)), np.diff(near.offsets))
    corners = mesh.points[mesh.elements[:, tensor]][element]
    high = np.array([[corner >> axis & 1 for axis in range(d)] for corner in range(2**d)], dtype=bool)
    local = np.full((len(element), d), 0.5)
    for _ in range(NEWTON_STEPS):
        one = np.where(high, local[:, None], 1 - local[:, None])  # (n, corner, axis)
        slope = np.where(high, 1.0, -1.0)
        shapes = one.prod(axis=2)
        by_axis = np.stack([slope[:, i] * np.delete(one, i, axis=2).prod(axis=2) for i in range(d)], axis=2)
        jacobian = np.swapaxes(corners, 1, 2) @ by_axis
        away = places[place] - (shapes[:, None] @ corners)[:, 0]
        change = np.linalg.solve(jacobian, away[..., None])[..., 0]
        local = local + change
        if not len(change) or np.abs(change).max() < 1e-9:
            break
    outside = np.abs(local - 0.5).max(axis=1, initial=0.0) - 0.5
    order = np.lexsort((outside, place))
    found, first = np.unique(place[order], return_index=True)
    best = order[first]
    chosen, at, away = np.zeros(len(places), dtype=np.int64), np.zeros((len(places), d)), np.full(len(places), np.inf)
    chosen[found], at[found], away[found] = element[best], local[best], outside[best]
    return chosen, at, away


def interpolated(values: Floats, element_nodes: Integers, element: Integers, local: Floats) -> Floats:
    """A field (n_nodes, ...) of degree 2, ``element_nodes`` in dolfinx's order, at places (n, ...) told by ``within``."""
    import basix

    cell = basix.CellType[SHAPES[2 ** local.shape[1]]]
    second = basix.create_element(basix.ElementFamily.P, cell, 2, basix.LagrangeVariant.gll_warped)
    return np.asarray(np.einsum("na,na...->n...", second.tabulate(0, local)[0, ..., 0], values[element_nodes[element]]))


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
