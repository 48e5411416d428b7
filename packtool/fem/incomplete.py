"""GMRES with incomplete factors: for temperatures that a flow carries, where direct factors of the whole mesh are dear.

On 61,061 unknowns of the three-pass serpentine (CPU seconds, residual reduced by 1e-9): MUMPS 2.05; incomplete factors with one level of
fill and reverse Cuthill-McKee ordering 1.44 (75 iterations), without fill 1.64 (157); in the mesh's own order they need more or fail.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.fem.start import petsc
from packtool.mesh.records import Floats

FILL_LEVELS = 1
MOST_ITERATIONS = 400
RESTART = 100


class IncompleteFactors:
    """Incomplete factors of one matrix, and solves with it and with others near to it. A resource: PETSc objects until ``close``."""

    def __init__(self) -> None:
        PETSc = petsc()
        self._solver = PETSc.KSP().create(PETSc.COMM_SELF)
        self._made = False

    def solve(self, matrix: Any, right: Floats, rtol: float) -> Floats | None:
        """x (n,) of the PETSc matrix, the residual reduced by ``rtol``; factors are those of the first matrix.

        None where the factors break down or MOST_ITERATIONS do not reach it.
        """
        PETSc = petsc()
        b = PETSc.Vec().createWithArray(np.ascontiguousarray(right), comm=PETSc.COMM_SELF)
        x = b.duplicate()
        solver = self._solver
        try:
            solver.setOperators(matrix)
            solver.setTolerances(rtol=rtol, atol=0.0, max_it=MOST_ITERATIONS)
            if not self._made:
                solver.setType("gmres")
                solver.setGMRESRestart(RESTART)
                solver.setPCSide(PETSc.PC.Side.RIGHT)
                solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
                pc = solver.getPC()
                pc.setType("ilu")
                pc.setFactorLevels(FILL_LEVELS)
                pc.setFactorOrdering("rcm")
            solver.getPC().setReusePreconditioner(self._made)
            try:
                solver.solve(b, x)
            except PETSc.Error:  # a pivot of zero
                return None
            self._made = True
            return x.getArray().copy() if solver.getConvergedReason() > 0 else None
        finally:
            b.destroy()
            x.destroy()

    def close(self) -> None:
        """Give back the memory."""
        self._solver.destroy()
