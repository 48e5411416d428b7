"""Fields carried from a mesh to another that is nested in it, or to its mirror image."""

from __future__ import annotations

import numpy as np

from packtool.errors import MeshError
from packtool.fem.elements import SHAPES
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers


def to_children(values: Floats, parent_nodes: Integers, child_nodes: Integers, degree: int, dimension: int) -> Floats:
    """A field (n_nodes, ...) of ``degree`` 1 or 2 at the nodes of the mesh whose elements are those of ``elements.refined``.

    ``parent_nodes`` (n, a) and ``child_nodes`` (2^dim n, a) of the elements, in dolfinx's order. Exact: the finer space holds the coarser.
    """
    start()
    import basix

    cell = basix.CellType[SHAPES[2**dimension]]
    element = basix.create_element(basix.ElementFamily.P, cell, degree, basix.LagrangeVariant.gll_warped)
    out = np.zeros((int(child_nodes.max()) + 1, *values.shape[1:]))
    n_children = 2**dimension
    for child in range(n_children):
        offset = np.array([child >> axis & 1 for axis in range(dimension)], dtype=float)
        table = element.tabulate(0, (element.points + offset) / 2)[0, ..., 0]
        out[child_nodes[child::n_children]] = np.einsum("ab,eb...->ea...", table, values[parent_nodes])
    return out


def matched(places: Floats, nodes: Floats) -> Integers:
    """The node (n,) of ``nodes`` (m, dim) that lies at each of ``places`` (n, dim). MeshError where there is none."""
    from scipy.spatial import cKDTree

    size = float(np.ptp(nodes, axis=0).max())
    distance, found = cKDTree(nodes).query(places)
    if (distance > 1e-6 * size).any():
        raise MeshError(f"a field cannot be carried over: a node lies {distance.max():.3g} m from every node of the other mesh")
    return np.asarray(found, dtype=np.int64)


def unfolded(velocity: Floats, nodes: Floats, places: Floats, axis: int, plane: float) -> Floats:
    """Velocities (n, dim) at ``places`` (n, dim), given (m, dim) at ``nodes`` on the lower side of a mirror at ``plane`` along ``axis``."""
    folded = places.copy()
    beyond = places[:, axis] > plane
    folded[beyond, axis] = 2 * plane - places[beyond, axis]
    out: Floats = velocity[matched(folded, nodes)].copy()
    out[beyond, axis] *= -1
    return out
