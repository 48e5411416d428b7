"""Where a flow problem's matrix entries are: summed node by node, then laid out as compressed rows of the velocities that are solved for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class FlowPattern:
    """Compressed rows over the free velocities, node by node with all components, and the pairs of nodes that meet in an element.

    ``pairs`` (n_elements, a b): the number, below ``n_pairs``, of each element's pairs of nodes; ``source`` (n_entries,): where an entry is among
    the (dim, dim, n_pairs) sums over elements, flat.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    source: NDArray[np.int32]
    pairs: Integers
    n_pairs: int

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.indices)

    def add(self, sums: Floats, part: slice, block: Floats) -> None:
        """Add elements' matrices (n, a, b) of two components to their ``sums`` (n_pairs,), in place."""
        at = self.pairs[part].ravel()
        low, high = int(at.min()), int(at.max()) + 1
        sums[low:high] += np.bincount(at - low, np.ascontiguousarray(block).ravel(), minlength=high - low)

    def entries(self, sums: Floats) -> Floats:
        """Of the rows, from ``sums`` (dim, dim, n_pairs)."""
        return sums.ravel()[self.source]


def flow_pattern(nodes: Integers, n_nodes: int, dimension: int, free: NDArray[np.bool_]) -> FlowPattern:
    """The pattern for elements ``nodes`` (n, a); ``free`` (n_nodes dim,) what is solved for."""
    from scipy.sparse import bsr_matrix, csr_matrix

    n, na = nodes.shape
    met = csr_matrix((np.ones(n * na, dtype=np.int8), nodes.ravel().astype(np.int32), np.arange(0, n * na + 1, na)), (n, n_nodes))
    pairs = (met.T.tocsr() @ met).tocsr()
    pairs.sort_indices()
    count = pairs.nnz
    pairs.data = np.arange(count, dtype=np.int32)
    shape = (n, na, na)
    of_elements = (np.broadcast_to(at, shape).ravel() for at in (nodes[:, :, None], nodes[:, None, :]))
    back = np.asarray(pairs[tuple(of_elements)]).reshape(n, -1).astype(np.int64)
    source = np.arange(dimension**2 * count, dtype=np.int32).reshape(dimension, dimension, count)
    size = n_nodes * dimension
    whole = bsr_matrix((np.ascontiguousarray(source.transpose(2, 0, 1)), pairs.indices, pairs.indptr), (size, size)).tocsr()
    kept = np.flatnonzero(free)
    rows = whole[kept][:, kept]
    return FlowPattern(rows.indptr, rows.indices, rows.data, back, count)
