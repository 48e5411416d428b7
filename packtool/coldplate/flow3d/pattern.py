"""Where a flow problem's matrix entries are: compressed rows of the velocities that are solved for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class FlowPattern:
    """Compressed rows over the free velocities, node by node with all components.

    ``places`` (n_elements, (a i) (b j)): the place of every element's entries; n_entries where one of the two is prescribed.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    places: NDArray[np.int32]

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.indices)

    def add(self, entries: Floats, part: slice | Integers, block: Floats) -> None:
        """Add elements' matrices (n, (a i) (b j)), in any shape of that order, to ``entries``, in place."""
        at, values = self.places[part].ravel(), np.ascontiguousarray(block).ravel()
        low, high = int(at.min()), len(entries)
        kept = at < high
        if not kept.any():
            return
        if not kept.all():
            at, values = at[kept], values[kept]
        top = int(at.max()) + 1
        entries[low:top] += np.bincount(at - low, values, minlength=top - low)


def flow_pattern(nodes: Integers, n_nodes: int, dimension: int, free: NDArray[np.bool_]) -> FlowPattern:
    """The pattern for elements ``nodes`` (n, a); ``free`` (n_nodes dim,) what is solved for.

    Rows are worked out by nodes, whose neighbours are few, and spread to the components after.
    """
    from scipy.sparse import csr_matrix

    d = dimension
    n, na = nodes.shape
    is_free = free.reshape(n_nodes, d)
    number = (np.cumsum(free) - 1).reshape(n_nodes, d)
    met = csr_matrix((np.ones(n * na, dtype=np.int8), nodes.ravel().astype(np.int32), np.arange(0, n * na + 1, na)), (n, n_nodes))
    pairs = (met.T.tocsr() @ met).tocsr()
    pairs.sort_indices()
    pairs.data = np.arange(pairs.nnz, dtype=np.int32)
    column = pairs.indices
    row = np.repeat(np.arange(n_nodes), np.diff(pairs.indptr))  # (row node, column node), ascending
    shape = (n, na, na)
    of_elements = (np.broadcast_to(at, shape).ravel() for at in (nodes[:, :, None], nodes[:, None, :]))
    back = np.asarray(pairs[tuple(of_elements)]).reshape(shape)
    count = is_free[column].sum(axis=1)
    per_node = np.bincount(row, count, n_nodes).astype(np.int64)
    lengths = np.broadcast_to(per_node[:, None], (n_nodes, d))[is_free]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    total = int(indptr[-1])
    before = np.cumsum(count) - count
    first = np.concatenate([[True], row[1:] != row[:-1]])
    start = before - before[first][np.cumsum(first) - 1]  # where a pair begins within its row
    rank = np.cumsum(is_free, axis=1) - 1  # place of a free component among its node's
    begins = np.where(is_free, indptr[np.maximum(number, 0)], 0)
    ok = is_free[row][:, :, None] & is_free[column][:, None, :]
    at = np.where(ok, begins[row][:, :, None] + start[:, None, None] + rank[column][:, None, :], total)
    indices = np.zeros(total + 1, dtype=np.int32)
    indices[at.ravel()] = np.broadcast_to(number[column][:, None, :], at.shape).ravel()
    at = at.astype(np.int32)
    places = np.ascontiguousarray(at[back].transpose(0, 1, 3, 2, 4)).reshape(n, -1)
    return FlowPattern(indptr.astype(np.int32), indices[:total], places)
