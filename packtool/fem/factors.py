"""Direct factors of sparse matrices that share one pattern: ordered once, factorised anew where the numbers changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.fem.start import petsc
from packtool.mesh.records import Floats

ORDERING = 4
"""PORD (MUMPS users' guide, ICNTL(7)): on the flow of the three-pass serpentine with 54k velocities 11.8 Gflop and 32 M entries, METIS 15.8 and 36 M.
Of a full matrix it ends the process ("no valid number of stages in multisector", MUMPS of PETSc 3.25): MUMPS then orders as it likes."""


SINGLE = ("packtool_single_", "single")
"""Prefix and value of PETSc's option for numbers of half the length (pc_precision, since PETSc 3.24 where it is built for both; others do not read it)."""


class DirectFactors:
    """MUMPS factors and the solves with them. A resource: it holds PETSc objects until ``close``.

    ``single``: numbers of half the length, where PETSc's MUMPS has them (else as ever): half the memory, and seven digits at best, so only to
    precondition with.
    """

    def __init__(self, single: bool = False) -> None:
        self.single = single
        self._solver: Any = None
        self._matrix: Any = None

    def factorise(self, matrix: Any) -> None:
        """New factors, of a PETSc matrix; one that was given before keeps its ordering. SolveError where it is singular or too large."""
        PETSc = petsc()
        if matrix is not self._matrix:
            self.close()
            self._solver = PETSc.KSP().create(PETSc.COMM_SELF)
            self._solver.setType("preonly")
            self._solver.setOperators(matrix)
            pc = self._solver.getPC()
            if self.single:
                prefix, value = SINGLE
                PETSc.Options()[f"{prefix}pc_precision"] = value  # read when the factors are first made
                pc.setOptionsPrefix(prefix)
            pc.setType("lu")
            pc.setFactorSolverType("mumps")
            pc.setFromOptions()
            pc.setFactorSetUpSolverType()
            if matrix.getInfo()["nz_used"] < matrix.size[0] * matrix.size[1]:
                pc.getFactorMatrix().setMumpsIcntl(7, ORDERING)
            pc.getFactorMatrix().setMumpsIcntl(14, 60)  # room for pivoting [%]
            self._matrix = matrix
        else:
            self._solver.setOperators(matrix)
        factor = self._solver.getPC().getFactorMatrix()
        try:
            self._solver.setUp()
        except PETSc.Error as failure:
            raise SolveError(_advice(factor, failure)) from failure
        if factor.getMumpsInfog(1) < 0:
            raise SolveError(_advice(factor, None))

    def solve(self, right: Floats) -> Floats:
        """x (n,) of the matrix that was factorised last times x = ``right``."""
        PETSc = petsc()
        b = PETSc.Vec().createWithArray(np.ascontiguousarray(right), comm=PETSc.COMM_SELF)
        x = b.duplicate()
        try:
            self._solver.solve(b, x)
            return x.getArray().copy()
        finally:
            b.destroy()
            x.destroy()

    def close(self) -> None:
        """Give back the memory."""
        if self._solver is not None:
            self._solver.destroy()
            self._solver = self._matrix = None


def _advice(factor: Any, failure: Any) -> str:
    code = int(factor.getMumpsInfog(1))
    if code in (-6, -10):
        return "the matrix is singular: a part of the problem has no condition that fixes it"
    if code in (-8, -9, -11, -12, -13, -14, -15, -17, -20):
        return f"the factors do not fit the memory (MUMPS {code}): use a coarser mesh"
    return f"the matrix could not be factorised (MUMPS {code}, {failure})"
