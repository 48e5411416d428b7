"""Sparse matrices of the trilinear space: dolfinx integrates over the volume, numpy adds surface terms in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.fem.share import Share, together
from packtool.fem.space import Space
from packtool.fem.start import compiled
from packtool.mesh.records import Floats, Integers

DEGREE = 3
"""Quadrature degree: two Gauss points a direction, exact for stiffness and mass of trilinear boxes."""


@dataclass(frozen=True)
class Pattern:
    """Where the entries of a square sparse matrix are: compressed rows, columns sorted within each row.

    With a ``share`` the rows are those of its own points, and every array of entries has one more place behind them, which takes
    what is added to the rows of other ranks.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    share: Share | None = None

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return len(self.indptr) - 1 if self.share is None else len(self.share.order)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The unknown of each row held here."""
        return np.arange(self.size) if self.share is None else self.share.owned

    def own_rows(self, data: Floats) -> Any:
        """A scipy matrix on the rows held here of ``data`` (n_entries,), without a copy."""
        from scipy.sparse import csr_matrix

        shape = (len(self.indptr) - 1, self.size)
        matrix = csr_matrix((data[: len(self.indices)], self.indices, self.indptr), shape=shape, copy=False)
        matrix.has_sorted_indices = True
        return matrix

    def matrix(self, data: Floats) -> Any:
        """The whole matrix, to multiply whole vectors with: a scipy matrix on ``data``, without a copy, or its rows on every rank."""
        own = self.own_rows(data)
        return own if self.share is None else SharedRows(own, self.share)

    def diagonal(self) -> NDArray[np.int64]:
        """Place of the diagonal entry of each row held here."""
        return self.places(self.rows, self.rows)

    def touching(self, unknowns: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Places of the entries held here that are in a row or a column of the marked ``unknowns`` (n,)."""
        return np.flatnonzero(unknowns[self.indices] | np.repeat(unknowns[self.rows], np.diff(self.indptr)))

    def prescribe(
        self, data: Floats, touching: NDArray[np.int64], diagonal: NDArray[np.int64], unknowns: NDArray[np.bool_]
    ) -> None:
        """Turn the rows and columns of the marked ``unknowns`` (n,) into a scaled identity, in place; ``touching`` and ``diagonal`` as the
        methods of these names give them."""
        if touching.size:
            kept, fixed = data[diagonal], unknowns[self.rows]
            data[touching] = 0.0
            data[diagonal[fixed]] = np.median(kept[~fixed]) if (~fixed).any() else 1.0

    def places(self, rows: Integers, columns: Integers) -> NDArray[np.int64]:
        """Index into the entries of each (row, column) pair, by bisection; KeyError if a pair is not in the pattern."""
        if self.share is not None:
            row = np.full(self.size, -1, dtype=np.int64)
            row[self.share.owned] = np.arange(len(self.share.owned))
            found = np.full(len(rows), len(self.indices), dtype=np.int64)
            mine = np.flatnonzero(row[rows] >= 0)
            found[mine] = self._places(row[rows[mine]], columns[mine])
            return found
        return self._places(rows, columns)

    def _places(self, rows: Integers, columns: Integers) -> NDArray[np.int64]:
        if not len(rows):
            return np.empty(0, dtype=np.int64)
        low, high = self.indptr[rows].astype(np.int64), self.indptr[rows + 1].astype(np.int64)
        last = high - 1
        while (low < high).any():
            middle = (low + high) // 2
            below = self.indices[np.minimum(middle, last)] < columns
            low, high = np.where(below & (low < high), middle + 1, low), np.where(below, high, middle)
        if not np.array_equal(self.indices[np.minimum(low, last)], columns):
            raise KeyError("an entry that is not in the sparsity pattern")
        return low

    def pair_places(self, first: Integers, second: Integers) -> NDArray[np.int64]:
        """(n, a, b): the places of (first[f, i], second[f, j]) for ``first`` (n, a), ``second`` (n, b)."""
        rows, columns = np.broadcast_arrays(first[:, :, None], second[:, None, :])
        return self.places(rows.ravel(), columns.ravel()).reshape(rows.shape)


@dataclass(frozen=True)
class SharedRows:
    """A matrix whose rows are shared out: ``own`` (n_owned, n) holds this rank's."""

    own: Any
    share: Share

    def __matmul__(self, x: Floats) -> Floats:
        """The product (n,) with ``x`` (n,), whole on every rank."""
        return self.share.whole(self.own @ x)


def stiffness_form(space: Space, conductivity: Any) -> Any:
    """The integral of grad v . K grad u, K a (3, 3) function or constant: conduction's bilinear form, at any degree."""
    import ufl

    u, v = ufl.TrialFunction(space.V), ufl.TestFunction(space.V)
    measure = ufl.dx(metadata={"quadrature_degree": DEGREE if space.degree == 1 else 2 * space.degree + 2})
    return ufl.inner(conductivity * ufl.grad(u), ufl.grad(v)) * measure


def mass_form(space: Space, density: Any) -> Any:
    """The integral of density u v."""
    import ufl

    u, v = ufl.TrialFunction(space.V), ufl.TestFunction(space.V)
    return density * u * v * ufl.dx(metadata={"quadrature_degree": DEGREE if space.degree == 1 else 2 * space.degree + 2})


def assembled(
    forms: Sequence[Any], joined: Sequence[NDArray[np.int32]] = (), cache_dir: Path | None = None, share: Share | None = None
) -> tuple[Pattern, list[Floats]]:
    """The forms' matrices on one pattern, which also has every entry among each row of nodes in ``joined`` (n, m each).

    ``share``: that of the forms' space; what one rank raises, all do.
    """
    with together(share):
        return _shared(_assembled(forms, [_local(group, share) for group in joined], cache_dir), share)


def _local(group: NDArray[np.int32], share: Share | None) -> NDArray[np.int32]:
    """The rows of ``group`` (n, m) that have a point of the share's own, in its numbering."""
    if share is None:
        return group
    own = np.zeros(len(share.order), dtype=bool)
    own[share.owned] = True
    return np.searchsorted(share.points, group[own[group].any(axis=1)]).astype(np.int32)


def _shared(whole: tuple[Pattern, list[Floats]], share: Share | None) -> tuple[Pattern, list[Floats]]:
    """Of a matrix in a share's numbering: its own rows, with the columns in everyone's."""
    pattern, entries = whole
    if share is None:
        return whole
    own = np.searchsorted(share.points, share.owned)
    length = np.diff(pattern.indptr)
    kept = np.zeros(len(length), dtype=bool)
    kept[own] = True
    chosen = np.flatnonzero(np.repeat(kept, length))
    indptr = np.concatenate([[0], np.cumsum(length[own])]).astype(np.int32)
    columns = share.points[pattern.indices[chosen]].astype(np.int32)
    data = [np.zeros(len(columns) + 1) for _ in entries]
    for own_values, values in zip(data, entries, strict=True):
        np.take(values, chosen, out=own_values[:-1], mode="clip")  # without a buffer
    return Pattern(indptr, columns, share), data


def _assembled(forms: Sequence[Any], joined: Sequence[NDArray[np.int32]], cache_dir: Path | None) -> tuple[Pattern, list[Floats]]:
    from dolfinx import fem, la

    kernels = [compiled(form, cache_dir) for form in forms]
    sparsity = fem.create_sparsity_pattern(kernels[0])
    for group in joined:
        for nodes in group:
            sparsity.insert(nodes, nodes)
    sparsity.finalize()
    entries, pattern = [], None
    for kernel in kernels:
        matrix = la.matrix_csr(sparsity)
        fem.assemble_matrix(matrix, kernel)
        entries.append(np.asarray(matrix.data))
        if pattern is None:
            pattern = Pattern(matrix.indptr.astype(np.int32), np.asarray(matrix.indices, dtype=np.int32))
    if pattern is None:
        raise ValueError("no forms to assemble")
    return pattern, entries
