"""The linear solves of general conduction: exactly by a sparse factorisation where that is cheap, else by the two-level preconditioner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.fem.aggregates import aggregates
from packtool.fem.solvers import TwoLevel, correct
from packtool.mesh.records import Floats, Integers
from packtool.thermal.general.system import System

DIRECT, DIRECT_THIN = 6_000, 150_000
"""Up to so many unknowns a factorisation is the faster: in space, and in meshes one element thick, whose factors stay thin."""


class LinearSolver:
    """Solves with the matrices of one problem; keeps factors while the matrix stays the same. A resource: ``close`` gives them back."""

    def __init__(self, system: System) -> None:
        self.system, self.iterations, self.factorisations = system, 0, 0
        thin = min(len(np.unique(system.mesh.points[:, axis].round(12))) for axis in range(3)) == 2
        self.direct = system.n <= (DIRECT_THIN if thin else DIRECT)
        every = np.arange(system.n)
        self._diagonal = system.pattern.places(every, every)
        fixed, pattern = system.fixed, system.pattern
        self._cut = np.flatnonzero(fixed[pattern.indices] | np.repeat(fixed, np.diff(pattern.indptr)))
        self._factor: Any = None
        self._preconditioner: TwoLevel | None = None
        self._of: object = None

    def solve(self, full: Floats, positive: Floats, residual: Floats, rtol: float, mark: object = None) -> Floats:
        """The change (n,) that balances ``residual`` (n,), zero at prescribed nodes. ``full``, ``positive``: entries as of
        ``System.jacobian``; ``mark``: matrices under one mark are the same and are factorised once."""
        right = np.where(self.system.fixed, 0.0, residual)
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
            self._preconditioner = TwoLevel(self.system.pattern, data, self._blocks())
            self.factorisations += 1
        self._of = mark
        matrix = None if full is positive else self.system.pattern.matrix(self._cut_out(full))
        change, spent = correct(self._preconditioner, right, max(rtol, 1e-13), None if matrix is None else lambda x: matrix @ x)
        self.iterations += spent
        return change

    def close(self) -> None:
        """Give back the factors."""
        if self._preconditioner:
            self._preconditioner.close()
        self._preconditioner, self._factor, self._of = None, None, None

    def _cut_out(self, data: Floats) -> Floats:
        """Rows and columns of prescribed temperatures replaced by a scaled identity."""
        if self._cut.size:
            data = data.copy()
            diagonal, fixed = data[self._diagonal], self.system.fixed
            data[self._cut] = 0.0
            data[self._diagonal[fixed]] = np.median(diagonal[~fixed]) if (~fixed).any() else 1.0
        return data

    def _factorised(self, data: Floats) -> Any:
        from scipy.sparse.linalg import splu

        self.factorisations += 1
        try:
            return splu(self.system.pattern.matrix(data).tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        except RuntimeError as failure:
            raise SolveError(f"the heat matrix is singular ({failure}): the heat grows exactly as fast as it leaves") from failure

    def _blocks(self) -> Integers:
        system = self.system
        space = system.space
        k = np.stack([K.at(b.points, 0.0, np.full(b.weight.shape, 300.0), system.radial).reshape(-1, 3, 3).mean(axis=0) for K, b in self._first_blocks()])  # fmt: skip
        nodes = replace(system.mesh, points=space.nodes, hexes=space.elements)
        return np.where(system.fixed, -1, aggregates(nodes, k, component_of(space.elements, system.n)))

    def _first_blocks(self) -> list[Any]:
        first = {block.region: block for block in reversed(self.system.blocks)}
        return [(K, first[region]) for region, K in enumerate(self.system.problem.conductivity)]


def component_of(elements: Integers, n: int, joined: tuple[Integers, ...] = ()) -> Integers:
    """Connected piece (n,) of each node, by elements and by the rows (m, a) of ``joined``."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    starts, ends = [], []
    for nodes in (elements, *joined):
        starts.append(np.repeat(nodes[:, 0], nodes.shape[1] - 1))
        ends.append(nodes[:, 1:].ravel())
    row, column = np.concatenate(starts), np.concatenate(ends)
    graph = csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)
