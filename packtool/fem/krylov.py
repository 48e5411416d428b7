"""Flexible GMRES for operators and preconditioners that are functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from packtool.fem.start import petsc
from packtool.mesh.records import Floats

Operator = Callable[[Floats], Floats]


class Krylov:
    """PETSc's flexible GMRES (Saad, SIAM J. Sci. Comput. 14 (1993) 461) of ``size`` unknowns, preconditioned from the right: residuals are true ones. A
    resource: it holds PETSc objects until ``close``."""

    def __init__(self, size: int, apply: Operator, precondition: Operator) -> None:
        PETSc = petsc()
        self._matrix = PETSc.Mat().createPython((size, size), _Function(apply), comm=PETSc.COMM_SELF)
        self._matrix.setUp()
        self._solver = PETSc.KSP().create(PETSc.COMM_SELF)
        self._solver.setOperators(self._matrix)
        self._solver.setType("fgmres")
        pc = self._solver.getPC()
        pc.setType("python")
        pc.setPythonContext(_Function(precondition))

    def solve(self, right: Floats, start: Floats | None, target: float, most: int) -> tuple[Floats, float]:
        """From ``start`` (0), until the residual's norm is ``target`` or after ``most`` steps; what was found and its residual's norm."""
        PETSc = petsc()
        solver = self._solver
        solver.setGMRESRestart(most)
        solver.setTolerances(rtol=1e-300, atol=target, divtol=1e300, max_it=most)
        solver.setInitialGuessNonzero(start is not None)
        b = PETSc.Vec().createWithArray(np.ascontiguousarray(right), comm=PETSc.COMM_SELF)
        x = PETSc.Vec().createWithArray(np.zeros(len(right)) if start is None else start.copy(), comm=PETSc.COMM_SELF)
        try:
            solver.solve(b, x)
            return x.getArray().copy(), float(solver.getResidualNorm())
        finally:
            b.destroy()
            x.destroy()

    def close(self) -> None:
        """Give back the memory."""
        self._solver.destroy()
        self._matrix.destroy()


class _Function:
    """A function as PETSc's matrix or preconditioner."""

    def __init__(self, function: Operator) -> None:
        self._function = function

    def mult(self, _matrix: Any, x: Any, y: Any) -> None:
        y.setArray(self._function(x.getArray(readonly=True)))

    def apply(self, _pc: Any, x: Any, y: Any) -> None:
        y.setArray(self._function(x.getArray(readonly=True)))
