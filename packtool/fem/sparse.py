"""Sparse matrices of the trilinear space: dolfinx integrates over the volume, numpy adds surface terms in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.fem.space import Space
from packtool.fem.start import compiled
from packtool.mesh.records import Floats, Integers

DEGREE = 3
"""Quadrature degree: two Gauss points a direction, exact for stiffness and mass of trilinear boxes."""


@dataclass(frozen=True)
class Pattern:
    """Where the entries of a square sparse matrix are: compressed rows, columns sorted within each row."""

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    def matrix(self, data: Floats) -> Any:
        """A scipy matrix on ``data`` (n_entries,), without a copy."""
        from scipy.sparse import csr_matrix

        matrix = csr_matrix((data, self.indices, self.indptr), shape=(self.size, self.size), copy=False)
        matrix.has_sorted_indices = True
        return matrix

    def places(self, rows: Integers, columns: Integers) -> NDArray[np.int64]:
        """Index into the entries of each (row, column) pair, by bisection; KeyError if a pair is not in the pattern."""
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
    forms: Sequence[Any], joined: Sequence[NDArray[np.int32]] = (), cache_dir: Path | None = None
) -> tuple[Pattern, list[Floats]]:
    """The forms' matrices on one pattern, which also has every entry among each row of nodes in ``joined`` (n, m each)."""
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
