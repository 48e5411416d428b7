"""Where a flow problem's matrix entries are: compressed rows of the unknowns that are solved for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class FlowPattern:
    """Compressed rows over the free unknowns: velocities node by node with all components, then pressures.

    ``velocity`` (n_elements, (a i) (b j)), ``upper`` (n_elements, (a i) c), ``lower`` (n_elements, c (a i)): the place of every element's
    entries; n_entries where one of the two is prescribed.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    velocity: NDArray[np.int32]
    upper: NDArray[np.int32]
    lower: NDArray[np.int32]

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.indices)

    def add_velocity(self, entries: Floats, part: slice, block: Floats) -> None:
        """Add elements' velocity matrices (n, a, i, b, j) to ``entries``, in place."""
        self._add(entries, self.velocity[part], block)

    def add_coupling(self, entries: Floats, part: slice, block: Floats) -> None:
        """Add elements' (n, a, i, c) couplings of velocity and pressure to ``entries``, on both sides of the diagonal."""
        self._add(entries, self.upper[part], block)
        self._add(entries, self.lower[part], np.moveaxis(block, -1, 1))

    def _add(self, entries: Floats, places: NDArray[np.int32], block: Floats) -> None:
        at, values = places.ravel(), np.ascontiguousarray(block).ravel()
        low, high = int(at.min()), len(entries)
        kept = at < high
        if not kept.any():
            return
        at, values = at[kept], values[kept]
        top = int(at.max()) + 1
        entries[low:top] += np.bincount(at - low, values, minlength=top - low)


def flow_pattern(
    nodes: Integers, corners: Integers, n_nodes: int, n_points: int, dimension: int, free: NDArray[np.bool_]
) -> FlowPattern:
    """The pattern for elements ``nodes`` (n, a) and ``corners`` (n, c); ``free`` (n_nodes dim + n_points,) what is solved for.

    Rows are worked out by nodes, whose neighbours are few, and spread to the components after.
    """
    d = dimension
    velocity_unknown = np.full((n_nodes, d), -1, dtype=np.int64)
    pressure_unknown = np.full(n_points, -1, dtype=np.int64)
    number = np.cumsum(free) - 1
    velocity_unknown.ravel()[free[: n_nodes * d]] = number[: n_nodes * d][free[: n_nodes * d]]
    pressure_unknown[free[n_nodes * d :]] = number[n_nodes * d :][free[n_nodes * d :]]
    size = int(free.sum())

    vv, vv_of = _pairs(nodes, nodes, n_nodes)  # sorted by row, then column
    vp, vp_of = _pairs(nodes, corners, n_points)
    pv, pv_of = _pairs(corners, nodes, n_nodes)
    v_free = velocity_unknown >= 0
    p_free = pressure_unknown >= 0
    # columns that a row of node n has: free components of its neighbours, then free pressures
    vv_count = v_free[vv[:, 1]].sum(axis=1)
    vp_count = p_free[vp[:, 1]].astype(np.int64)
    pv_count = v_free[pv[:, 1]].sum(axis=1)
    per_node = np.bincount(vv[:, 0], vv_count, n_nodes).astype(np.int64)
    per_node_p = np.bincount(vp[:, 0], vp_count, n_nodes).astype(np.int64)
    per_point = np.bincount(pv[:, 0], pv_count, n_points).astype(np.int64)
    lengths = np.zeros(size, dtype=np.int64)
    row_length = np.broadcast_to((per_node + per_node_p)[:, None], (n_nodes, d))
    lengths[velocity_unknown[v_free]] = row_length[v_free]
    lengths[pressure_unknown[p_free]] = per_point[p_free]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    total = int(indptr[-1])

    rank = np.cumsum(v_free, axis=1) - 1  # place of a free component among its node's
    vv_start = _start_in_row(vv[:, 0], vv_count)
    vp_start = _start_in_row(vp[:, 0], vp_count) + per_node[vp[:, 0]]
    pv_start = _start_in_row(pv[:, 0], pv_count)

    velocity_row = np.where(v_free, indptr[np.maximum(velocity_unknown, 0)], total)
    pressure_row = np.where(p_free, indptr[np.maximum(pressure_unknown, 0)], total)
    indices = np.zeros(total + 1, dtype=np.int32)

    def placed(row: Integers, start: Integers, place: Integers | int, ok: NDArray[np.bool_], column: Integers) -> NDArray[np.int32]:
        at = np.where(ok, row + start + place, total)
        indices[at.ravel()] = np.broadcast_to(column, at.shape).ravel()
        return at.astype(np.int32)

    a, b = vv.T
    velocity = placed(
        velocity_row[a][:, :, None], vv_start[:, None, None], rank[b][:, None, :], v_free[a][:, :, None] & v_free[b][:, None, :],
        velocity_unknown[b][:, None, :],
    )  # fmt: skip
    a, c = vp.T
    upper = placed(velocity_row[a], vp_start[:, None], 0, v_free[a] & p_free[c][:, None], pressure_unknown[c][:, None])
    c, b = pv.T
    lower = placed(pressure_row[c][:, None], pv_start[:, None], rank[b], p_free[c][:, None] & v_free[b], velocity_unknown[b])
    n, na, nc = len(nodes), nodes.shape[1], corners.shape[1]
    return FlowPattern(
        indptr.astype(np.int32),
        indices[:total],
        np.ascontiguousarray(velocity[vv_of].reshape(n, na, na, d, d).transpose(0, 1, 3, 2, 4)).reshape(n, -1),
        np.ascontiguousarray(upper[vp_of].reshape(n, na, nc, d).transpose(0, 1, 3, 2)).reshape(n, -1),
        lower[pv_of].reshape(n, -1),
    )


def _pairs(rows: Integers, columns: Integers, n_columns: int) -> tuple[Integers, Any]:
    """The distinct (row, column) pairs (m, 2) of all elements, ascending, and the pair of each element's entry (n, a b)."""
    keys = rows[:, :, None] * np.int64(n_columns) + columns[:, None, :]
    found, back = np.unique(keys, return_inverse=True)
    return np.column_stack(np.divmod(found, n_columns)), back.reshape(len(rows), -1)


def _start_in_row(row: Integers, count: Integers) -> Integers:
    """For items sorted by row, each taking ``count`` places: where it begins within its row."""
    before = np.cumsum(count) - count
    first = np.concatenate([[True], row[1:] != row[:-1]])
    return np.asarray(before - before[first][np.cumsum(first) - 1])
