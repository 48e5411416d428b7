"""Direct factors of a sparse matrix that changes little: kept as the preconditioner of the next solves until they serve badly."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.start import petsc
from packtool.mesh.records import Floats

MOST_ITERATIONS = 14
"""GMRES iterations with old factors that cost two thirds of new ones (28k unknowns of a channel: 0.6 s and 0.027 s; more on larger meshes)."""


class KeptFactors:
    """MUMPS factors and the solves with them. A resource: it holds PETSc objects until ``close``.

    ``factorisations`` and ``iterations`` count what was done.
    """

    def __init__(self) -> None:
        PETSc = petsc()
        self.factorisations = self.iterations = 0
        self._solver = PETSc.KSP().create(PETSc.COMM_SELF)
        self._fresh = True

    def solve(self, matrix: Any, right: Floats, rtol: float, renew: bool = False) -> Floats:
        """x (n,) of ``matrix`` x = ``right`` with the residual reduced by ``rtol``; ``matrix`` is a PETSc matrix.

        Old factors are used while they reach it in MOST_ITERATIONS; ``renew`` makes new ones at once. SolveError where the matrix is
        singular; NotConverged where even its own factors do not reduce the residual.
        """
        PETSc = petsc()
        b = PETSc.Vec().createWithArray(np.ascontiguousarray(right), comm=PETSc.COMM_SELF)
        x = b.duplicate()
        try:
            if not (self._fresh or renew):
                self._solver.setOperators(matrix)
                self._solver.getPC().setReusePreconditioner(True)
                self._solver.setTolerances(rtol=rtol, atol=0.0, max_it=MOST_ITERATIONS)
                self._solver.solve(b, x)
                self.iterations += self._solver.getIterationNumber()
                if self._solver.getConvergedReason() > 0:
                    return x.getArray().copy()
            self._factorise(matrix)
            self._solver.setTolerances(rtol=rtol, atol=0.0, max_it=MOST_ITERATIONS)
            x.zeroEntries()
            self._solver.solve(b, x)
            self.iterations += self._solver.getIterationNumber()
            if self._solver.getConvergedReason() <= 0:
                raise NotConverged(
                    f"the linear solve stopped at a residual of {self._solver.getResidualNorm():.1e} of {np.linalg.norm(right):.1e}"
                )
            return x.getArray().copy()
        finally:
            b.destroy()
            x.destroy()

    def close(self) -> None:
        """Give back the memory."""
        self._solver.destroy()

    def _factorise(self, matrix: Any) -> None:
        PETSc = petsc()
        self._solver.reset()
        self._solver.setType("gmres")
        self._solver.setGMRESRestart(MOST_ITERATIONS)
        self._solver.setPCSide(PETSc.PC.Side.RIGHT)
        self._solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
        self._solver.setOperators(matrix)
        pc = self._solver.getPC()
        pc.setType("lu")
        pc.setReusePreconditioner(False)
        pc.setFactorSolverType("mumps")
        pc.setFactorSetUpSolverType()
        factor = pc.getFactorMatrix()
        factor.setMumpsIcntl(7, 5)  # ordering by METIS
        factor.setMumpsIcntl(14, 60)  # room for pivoting [%]
        try:
            self._solver.setUp()
        except PETSc.Error as failure:
            raise SolveError(_advice(factor, failure)) from failure
        if factor.getMumpsInfog(1) < 0:
            raise SolveError(_advice(factor, None))
        self.factorisations += 1
        self._fresh = False


def _advice(factor: Any, failure: Any) -> str:
    code = int(factor.getMumpsInfog(1))
    if code in (-6, -10):
        return "the matrix is singular: a part of the problem has no condition that fixes it"
    if code in (-8, -9, -11, -12, -13, -14, -15, -17, -20):
        return f"the factors do not fit the memory (MUMPS {code}): use a coarser mesh"
    return f"the matrix could not be factorised (MUMPS {code}, {failure})"
