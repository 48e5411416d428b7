"""The linear solver of heat conduction: which method, which preconditioner, and why.

Measured on a layered pack of 447,219 unknowns (68 cells with k = 0.8, 21, 21 W/m/K, foam of 0.04, a 1 mm interface layer; one
core, CPU seconds), reducing the residual by 1e-8:

    conjugate gradients with        set-up   solve    iterations
    incomplete Cholesky, ICC(0)     0.2 s    2.1 s    108
    ICC(1)                          1.0 s    1.9 s    57
    SSOR with Eisenstat's trick     0.0 s    5.7 s    240
    algebraic multigrid (GAMG)      2.6 s    2.1 s    35
    GAMG, ICC smoother              7.3 s    1.3 s    14
    ICC(0) + blocks, as here        0.3 s    0.9 s    28

ICC(0) leaves few slow error modes, and those are nearly constant over blocks of some five elements a side (see ``aggregates``): a
sparse direct solve for one unknown a block removes them ("A-DEF2" of Tang, Nabben, Vuik, Erlangga, J. Sci. Comput. 39 (2009)
340-370). Where couplings make the operator unsymmetric (coolant, heat that depends on temperature) the same preconditioner
serves right-preconditioned GMRES, whose iterations are as few. hypre would replace it only where it is measured to be faster; the wheel has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import NotConverged, SolveError
from packtool.fem.sparse import Pattern
from packtool.fem.start import petsc
from packtool.mesh.records import Floats, Integers

RESTART = 80
"""GMRES directions kept; it seldom needs half."""

Operator = Callable[[Floats], Floats]


class TwoLevel:
    """Incomplete Cholesky of a symmetric positive definite matrix, with an exact solve on blocks of points.

    A resource, not a record: it holds PETSc objects until ``close``. ``block`` (n,): the aggregate of each unknown, -1 for
    unknowns that are prescribed.
    """

    def __init__(self, pattern: Pattern, data: Floats, block: Integers) -> None:
        from scipy.sparse import csr_matrix

        PETSc = petsc()

        n = pattern.size
        self.matrix = PETSc.Mat().createAIJWithArrays((n, n), (pattern.indptr, pattern.indices, data), comm=PETSc.COMM_SELF)
        self.matrix.setOption(PETSc.Mat.Option.SPD, True)
        self._data = data  # PETSc works on this memory
        self._fine = _factor(self.matrix, "icc")
        free = np.flatnonzero(block >= 0)
        used, of_free = np.unique(block[free], return_inverse=True)
        self._n_blocks = len(used)
        self._block = np.full(n, self._n_blocks, dtype=np.int64)
        self._block[free] = of_free
        self._interpolate = csr_matrix((np.ones(len(free)), (free, of_free)), shape=(n, self._n_blocks))
        self._sum = csr_matrix((np.ones(len(free)), (of_free, free)), shape=(self._n_blocks, n))
        self.rebuild_coarse(pattern.matrix(data))

    def rebuild_coarse(self, matrix: Any) -> None:
        """Take the block solve from ``matrix`` (a scipy matrix)."""
        times_blocks = (matrix @ self._interpolate).tocsr()
        self._times_blocks_T = times_blocks.T
        self._coarse = _BlockSolve((self._sum @ times_blocks).tocsr())

    def restrict(self, residual: Floats) -> Floats:
        """Sums (n_blocks,) of ``residual`` (n,) over each block."""
        return np.bincount(self._block, residual, minlength=self._n_blocks + 1)[: self._n_blocks]

    def coarse_solve(self, coarse: Floats) -> Floats:
        """The correction (n,), constant over each block, that zeroes the block sums ``coarse`` (n_blocks,)."""
        return self._coarse.solve(coarse)[self._block]

    def apply(self, _pc: Any, x: Any, y: Any) -> None:
        """PETSc's entry point: y = M x."""
        self._fine.apply(x, y)
        smooth = y.getArray()
        smooth += self.coarse_solve(self.restrict(x.getArray(readonly=True)) - self._times_blocks_T @ smooth)

    def close(self) -> None:
        """Give back PETSc's memory."""
        self._coarse.close()
        self._fine.destroy()
        self.matrix.destroy()


class _BlockSolve:
    """A direct solve with a small sparse matrix, symmetric positive definite: PETSc's Cholesky, ordered by nested dissection.

    On the blocks of a million unknowns (6,890; 114k entries) it takes 0.03 s to factorise and 0.4 ms to solve; SuperLU with its
    minimum degree ordering took 2.8 s and 17 ms there, MUMPS 0.01 s and 0.5 ms.
    """

    def __init__(self, matrix: Any) -> None:
        PETSc = petsc()
        matrix.sort_indices()
        self._arrays = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data  # PETSc works on this memory
        self._matrix = PETSc.Mat().createAIJWithArrays(matrix.shape, self._arrays, comm=PETSc.COMM_SELF)
        self._matrix.setOption(PETSc.Mat.Option.SPD, True)
        self._factor = _factor(self._matrix, "cholesky", "nd")
        self._right, self._left = self._matrix.createVecs()
        self._whole = np.zeros(matrix.shape[0] + 1)

    def solve(self, right: Floats) -> Floats:
        """(n + 1,): the solution, and a 0 behind it for what is in no block; good until the next call."""
        self._right.getArray()[:] = right
        self._factor.apply(self._right, self._left)
        self._whole[:-1] = self._left.getArray(readonly=True)
        return self._whole

    def close(self) -> None:
        """Give back PETSc's memory."""
        for held in (self._factor, self._matrix, self._right, self._left):
            held.destroy()


def _factor(matrix: Any, kind: str, ordering: str | None = None) -> Any:
    """A complete (``cholesky``) or incomplete (``icc``) factor of a symmetric positive definite matrix, ready to apply."""
    PETSc = petsc()
    factor = PETSc.PC().create(matrix.getComm())
    factor.setOperators(matrix)
    factor.setType(kind)
    if ordering:
        factor.setFactorOrdering(ordering)
    # where rounding or distorted elements make a pivot vanish, shift until the factor exists
    factor.setFactorShift(PETSc.Mat.FactorShiftType.POSITIVE_DEFINITE)
    try:
        factor.setUp()
    except PETSc.Error as failure:
        factor.destroy()
        raise SolveError(
            f"the conduction matrix cannot be factorised (PETSc error {failure.ierr}): a property is not positive"
        ) from failure
    return factor


class _Shell:
    """A matrix that is only ever applied."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def mult(self, _matrix: Any, x: Any, y: Any) -> None:
        y.getArray()[:] = self._operator(x.getArray(readonly=True))


def correct(
    preconditioner: TwoLevel, residual: Floats, rtol: float, operator: Operator | None = None, most: int = 400
) -> tuple[NDArray[np.float64], int]:
    """Solve for the correction (n,) that reduces ``residual`` (n,) by ``rtol`` in the 2-norm; and the iterations it took.

    ``operator`` None: the preconditioner's own matrix, by conjugate gradients; else whatever is applied, by GMRES.
    Raises NotConverged with the reached reduction.
    """
    PETSc = petsc()
    first = preconditioner.coarse_solve(preconditioner.restrict(residual))
    applied = operator(first) if operator else _product(preconditioner.matrix, first)
    left = residual - applied
    start_norm, wanted = float(np.linalg.norm(left)), rtol * float(np.linalg.norm(residual))
    if start_norm <= wanted:
        return first, 0
    shell = preconditioner.matrix
    if operator:
        shell = PETSc.Mat().createPython((len(residual), len(residual)), context=_Shell(operator), comm=PETSc.COMM_SELF)
        shell.setUp()
    krylov = PETSc.KSP().create(PETSc.COMM_SELF)
    try:
        krylov.setOperators(shell, preconditioner.matrix)
        krylov.setType("gmres" if operator else "cg")
        if operator:
            krylov.setGMRESRestart(RESTART)
            krylov.setPCSide(PETSc.PC.Side.RIGHT)
        krylov.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
        krylov.setTolerances(rtol=0.0, atol=wanted, divtol=1e12, max_it=most)
        pc = krylov.getPC()
        pc.setType("python")
        pc.setPythonContext(preconditioner)
        x, right = shell.createVecs()
        right.getArray()[:] = left
        krylov.solve(right, x)
        if krylov.reason <= 0:
            raise NotConverged(
                f"the linear solver stopped after {krylov.its} iterations with the residual at {krylov.norm / max(start_norm, 1e-300):.1e} of "
                f"the start, wanted {wanted / start_norm:.1e} (PETSc reason {krylov.reason}); look for elements that are very flat "
                "or conductivities that are many orders of magnitude apart"
            )
        return first + x.getArray(readonly=True), int(krylov.its)
    finally:
        krylov.destroy()
        if operator:
            shell.destroy()


def _product(matrix: Any, values: Floats) -> Floats:
    x, y = matrix.createVecs()
    x.getArray()[:] = values
    matrix.mult(x, y)
    return np.array(y.getArray(readonly=True))
