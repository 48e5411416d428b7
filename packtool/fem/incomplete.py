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


def incomplete_solve(matrix: Any, right: Floats, rtol: float) -> Floats | None:
    """x (n,) of the PETSc matrix, the residual reduced by ``rtol``; None where the factors break down or MOST_ITERATIONS do not reach it."""
    PETSc = petsc()
    b = PETSc.Vec().createWithArray(np.ascontiguousarray(right), comm=PETSc.COMM_SELF)
    x = b.duplicate()
    solver = PETSc.KSP().create(PETSc.COMM_SELF)
    try:
        solver.setOperators(matrix)
        solver.setType("gmres")
        solver.setGMRESRestart(RESTART)
        solver.setPCSide(PETSc.PC.Side.RIGHT)
        solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
        solver.setTolerances(rtol=rtol, atol=0.0, max_it=MOST_ITERATIONS)
        pc = solver.getPC()
        pc.setType("ilu")
        pc.setFactorLevels(FILL_LEVELS)
        pc.setFactorOrdering("rcm")
        try:
            solver.solve(b, x)
        except PETSc.Error:  # a pivot of zero
            return None
        return x.getArray().copy() if solver.getConvergedReason() > 0 else None
    finally:
        solver.destroy()
        b.destroy()
        x.destroy()
