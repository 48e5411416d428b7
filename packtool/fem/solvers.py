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
serves right-preconditioned GMRES, whose iterations are as few. Second order needs nothing else: the factor and the blocks of the quadratic
nodes take 46, 42 and 42 iterations for 13k, 82k and 333k of them on the layered pack (first order: 22 to 24 to the same tolerance), and 44
on its tetrahedra of second order, 82k and 222k nodes, where ICC(0) alone takes some 300.

hypre is left out: the wheel's PETSc has none, so nothing here could be measured with it. In an earlier measurement of ours elsewhere,
ICC(0) alone was the faster of the two (7.8 against 8.8 s from mesh to solution for 359k unknowns), and this is three times faster than that.

On several ranks each factorises the rows and columns of its own points; the blocks, which reach across, are gathered and solved on
every rank alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import NotConverged, SolveError
from packtool.fem.share import Share, together
from packtool.fem.sparse import Pattern
from packtool.fem.start import petsc
from packtool.mesh.records import Floats, Integers

RESTART = 80
"""GMRES directions kept; it seldom needs half."""

Operator = Callable[[Floats], Floats]


class TwoLevel:
    """Incomplete Cholesky of a symmetric positive definite matrix, with an exact solve on blocks of points.

    A resource, not a record: it holds PETSc objects until ``close``. ``block`` (n,): the aggregate of each unknown, -1 for
    unknowns that are prescribed. Vectors (n_own,) are of the rows that the pattern holds here; all of them, but for a share.
    """

    def __init__(self, pattern: Pattern, data: Floats, block: Integers) -> None:
        from scipy.sparse import csr_matrix

        self.share, n = pattern.share, pattern.size
        own_rows = pattern.own_rows(data)
        self._held = _Matrix(own_rows, self.share)
        self.matrix = self._held.matrix
        with together(self.share):
            self._fine = _factor(self._held.own_block, "icc")
        free = np.flatnonzero(block >= 0)
        used, of_free = np.unique(block[free], return_inverse=True)
        self._n_blocks = len(used)
        every = np.full(n, self._n_blocks, dtype=np.int64)
        every[free] = of_free
        self._block = every[pattern.rows]
        interpolate = csr_matrix((np.ones(len(free)), (free, of_free)), shape=(n, self._n_blocks))
        times_blocks = (own_rows @ interpolate).tocsr()
        self._times_blocks_T = times_blocks.T
        coarse = (interpolate[pattern.rows].T @ times_blocks).tocsr()
        with together(self.share):
            self._coarse = _BlockSolve(coarse if self.share is None else sum(self.share.comm.allgather(coarse)))

    def block_sums(self, residual: Floats, smooth: Floats | None = None) -> Floats:
        """Sums (n_blocks,) over each block of ``residual`` (n_own,), less the matrix times ``smooth`` (n_own,)."""
        sums = np.bincount(self._block, residual, minlength=self._n_blocks + 1)[: self._n_blocks]
        if smooth is not None:
            sums -= self._times_blocks_T @ smooth
        return sums if self.share is None else self.share.total(sums)

    def coarse_solve(self, coarse: Floats) -> Floats:
        """The correction (n_own,), constant over each block, that zeroes the block sums ``coarse`` (n_blocks,)."""
        return self._coarse.solve(coarse)[self._block]

    def apply(self, _pc: Any, x: Any, y: Any) -> None:
        """PETSc's entry point: y = M x."""
        right, smooth = x.getArray(readonly=True), y.getArray()
        self._held.on_own(self._fine.apply, x, y)
        smooth += self.coarse_solve(self.block_sums(right, smooth))

    def close(self) -> None:
        """Give back PETSc's memory."""
        self._coarse.close()
        self._fine.destroy()
        self._held.close()


class _Matrix:
    """A symmetric positive definite matrix in PETSc: ``matrix`` on all ranks, ``own_block`` the rows and columns held here."""

    def __init__(self, own_rows: Any, share: Share | None) -> None:
        PETSc = petsc()
        n_own, n = own_rows.shape
        if share is None:
            self._arrays = own_rows.indptr, own_rows.indices, own_rows.data  # PETSc works on this memory
            self.matrix = PETSc.Mat().createAIJWithArrays((n, n), self._arrays, comm=PETSc.COMM_SELF)
        else:
            columns = share.number[own_rows.indices].astype(np.int32)
            arrays = own_rows.indptr, columns, own_rows.data
            self.matrix = PETSc.Mat().createAIJ(((n_own, n), (n_own, n)), csr=arrays, comm=share.comm)
        self.matrix.setOption(PETSc.Mat.Option.SPD, True)
        self.own_block = self.matrix if share is None else self.matrix.getDiagonalBlock()
        self.own_block.setOption(PETSc.Mat.Option.SPD, True)
        self._pair = None if share is None else self.own_block.createVecs()

    def on_own(self, apply: Callable[[Any, Any], None], x: Any, y: Any) -> None:
        """``apply(x, y)`` on this rank's part of both."""
        if self._pair is None:
            apply(x, y)
            return
        right, left = self._pair
        right.getArray()[:] = x.getArray(readonly=True)
        apply(right, left)
        y.getArray()[:] = left.getArray(readonly=True)

    def close(self) -> None:
        """Give back PETSc's memory."""
        for vector in self._pair or ():
            vector.destroy()
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
    """A matrix that is only ever applied, to whole vectors."""

    def __init__(self, operator: Operator, share: Share | None) -> None:
        self._operator, self._share = operator, share

    def mult(self, _matrix: Any, x: Any, y: Any) -> None:
        y.getArray()[:] = self.of(x.getArray(readonly=True))

    def of(self, own: Floats) -> Floats:
        """The operator on a vector whose parts (n_own,) the ranks hold; this rank's part of the result."""
        if self._share is None:
            return self._operator(own)
        return self._operator(self._share.whole(own))[self._share.owned]


def correct(
    preconditioner: TwoLevel, residual: Floats, rtol: float, operator: Operator | None = None, most: int = 400
) -> tuple[NDArray[np.float64], int]:
    """Solve for the correction (n,) that reduces ``residual`` (n,) by ``rtol`` in the 2-norm; and the iterations it took. Both are
    whole on every rank.

    ``operator`` None: the preconditioner's own matrix, by conjugate gradients; else whatever is applied, by GMRES.
    Raises NotConverged with the reached reduction.
    """
    PETSc = petsc()
    share = preconditioner.share
    own = residual if share is None else residual[share.owned]
    shell, applying = preconditioner.matrix, _Shell(operator, share) if operator else None
    first = preconditioner.coarse_solve(preconditioner.block_sums(own))
    left = own - (applying.of(first) if applying else _product(shell, first))
    start_norm, wanted = _norm(left, share), rtol * float(np.linalg.norm(residual))
    if start_norm <= wanted:
        return _whole(first, share), 0
    if applying:
        shell = PETSc.Mat().createPython(shell.getSizes(), context=applying, comm=shell.getComm())
        shell.setUp()
    krylov = PETSc.KSP().create(shell.getComm())
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
        return _whole(first + x.getArray(readonly=True), share), int(krylov.its)
    finally:
        krylov.destroy()
        if operator:
            shell.destroy()


def _whole(own: Floats, share: Share | None) -> Floats:
    return own if share is None else share.whole(own)


def _norm(own: Floats, share: Share | None) -> float:
    """2-norm of a vector whose parts the ranks hold."""
    return float(np.linalg.norm(own)) if share is None else float(np.sqrt(share.total(np.array(own @ own))))


def _product(matrix: Any, values: Floats) -> Floats:
    x, y = matrix.createVecs()
    x.getArray()[:] = values
    matrix.mult(x, y)
    return np.array(y.getArray(readonly=True))
