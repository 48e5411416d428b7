"""The linear solves of general conduction: exactly by a sparse factorisation where that is cheap, else by the two-level preconditioner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import SolveError
from packtool.fem.aggregates import aggregates, component_of
from packtool.fem.lagrange import LagrangeSpace
from packtool.fem.solvers import TwoLevel, correct
from packtool.fem.sparse import Pattern
from packtool.mesh.records import Floats, Integers

DIRECT, DIRECT_THIN = 4_000, 150_000
"""Up to so many unknowns a factorisation is the faster: in space, and in meshes one element thick, whose factors stay thin."""


@dataclass(frozen=True)
class Unknowns:
    """What a linear solve must know of its unknowns: ``space``, the ``pattern`` of the matrix, ``fixed`` (n,) which are prescribed,
    ``conductance`` (n_regions, 3, 3) a typical tensor of each region, for the blocks of the two-level preconditioner."""

    space: LagrangeSpace
    pattern: Pattern
    fixed: NDArray[np.bool_]
    conductance: Callable[[], Floats]

    @property
    def n(self) -> int:
        """Number of unknowns."""
        return len(self.fixed)

    @cached_property
    def thin(self) -> bool:
        """The mesh is one element thick in a direction."""
        points = self.space.mesh.points
        return min(len(np.unique(points[:, axis].round(12))) for axis in range(3)) == 2


class LinearSolver:
    """Solves with matrices on one set of unknowns; keeps factors while the matrix stays the same. A resource: ``close`` gives them back."""

    def __init__(self, unknowns: Unknowns) -> None:
        self.of, self.iterations, self.factorisations = unknowns, 0, 0
        self.direct = unknowns.n <= (DIRECT_THIN if unknowns.thin else DIRECT)
        self._diagonal = unknowns.pattern.diagonal()
        self._touching = unknowns.pattern.touching(unknowns.fixed)
        self._factor: Any = None
        self._preconditioner: TwoLevel | None = None
        self._of: object = None

    def solve(self, full: Floats, positive: Floats, residual: Floats, rtol: float, mark: object = None) -> Floats:
        """The change (n,) that balances ``residual`` (n,), zero where it is prescribed. ``full``, ``positive``: entries of the matrix
        and of its symmetric positive part (the same array where it has no other); matrices under one ``mark`` are the same and are
        factorised once."""
        right = np.where(self.of.fixed, 0.0, residual)
        if not right.any():
            return np.zeros_like(right)
        kept = mark is not None and mark == self._of
        if self.direct:
            if not kept:
                self._factor = self._factorised(self._cut_out(full))
            self._of = mark
            return np.asarray(self._factor.solve(right))
        data = self._cut_out(positive)
        if not kept or self._preconditioner is None:
            self.close()
            self._preconditioner = TwoLevel(self.of.pattern, data, self._blocks())
            self.factorisations += 1
        self._of = mark
        matrix = None if full is positive else self.of.pattern.matrix(self._cut_out(full))
        change, spent = correct(self._preconditioner, right, max(rtol, 1e-13), None if matrix is None else lambda x: matrix @ x)
        self.iterations += spent
        return change

    def close(self) -> None:
        """Give back the factors."""
        if self._preconditioner:
            self._preconditioner.close()
        self._preconditioner, self._factor, self._of = None, None, None

    def _cut_out(self, data: Floats) -> Floats:
        """Rows and columns of prescribed unknowns replaced by a scaled identity."""
        if self._touching.size:
            data = data.copy()
            self.of.pattern.prescribe(data, self._touching, self._diagonal, self.of.fixed)
        return data

    def _factorised(self, data: Floats) -> Any:
        from scipy.sparse.linalg import splu

        self.factorisations += 1
        try:
            return splu(self.of.pattern.matrix(data).tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        except RuntimeError as failure:
            raise SolveError(f"the heat matrix is singular ({failure}): the heat grows exactly as fast as it leaves") from failure

    def _blocks(self) -> Integers:
        space = self.of.space
        nodes = replace(space.mesh, points=space.nodes, hexes=space.elements)
        block = aggregates(nodes, self.of.conductance(), component_of(space.elements, self.of.n))
        return np.where(self.of.fixed, -1, block)
