"""Verification of heat from one wall into developed flow between plates, by finite elements: where the correlations know both walls only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.coldplate.flow3d.conjugate import solve_heat
from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.duct import plates_profile
from packtool.coldplate.flow3d.heat_records import ConjugateProblem
from packtool.coldplate.flow3d.probe import bulk
from packtool.fem.lattice import graded, grid
from packtool.verification.records import Row, VerificationCase

PECLET = 100.0
"""On the gap, which is 1: mean velocity over diffusivity."""
FAR = (150.0, 200.0)
"""Two places [gaps] where the layer is developed: x* 0.375 and 0.5."""


def _nusselt(wall: str) -> float:
    """Nusselt number on twice the gap, far downstream; ``T``: one wall at one temperature; ``H``: even heat through it; the other adiabatic."""
    mesh = grid([np.concatenate([np.linspace(0.0, FAR[0], 31), np.linspace(*FAR, 21)[1:]]), graded(0.0, 1.0, 8, 3.0)])
    nodes, _ = quadratic_nodes(mesh.points, mesh.elements)
    velocity = np.zeros(nodes.shape)
    velocity[:, 0] = PECLET * plates_profile(nodes[:, 1] - 0.5, 1.0)
    n = len(mesh.elements)
    problem = ConjugateProblem(
        mesh, np.ones(n, dtype=bool), np.ones(n), 1.0, velocity, 300.0, ("x-",), ("x+",),
        temperature={"y-": 301.0} if wall == "T" else {}, flux={} if wall == "T" else {"y-": 1.0},
    )  # fmt: skip
    solution = solve_heat(problem)
    left, right = (bulk(solution, 0, np.array([x, 0.0]), 1) for x in FAR)
    if wall == "T":  # the difference dies away as exp(-Nu x / (2 Pe))
        return float(2 * PECLET * np.log((301.0 - left) / (301.0 - right)) / (FAR[1] - FAR[0]))
    at = np.flatnonzero((np.abs(solution.nodes[:, 0] - FAR[0]) < 1e-9) & (np.abs(solution.nodes[:, 1]) < 1e-9))
    return float(2 / (solution.T[at[0]] - left))


def _c5() -> Iterator[Row]:
    yield Row("C5-2d", "one wall of even temperature", _nusselt("T"), 4.860737, 2e-3, "-")
    yield Row("C5-2d", "one wall of even heat", _nusselt("H"), 140 / 26, 2e-3, "-")


CASES: tuple[VerificationCase, ...] = (
    VerificationCase("C5-2d", "Developed Nu between plates, one wall heated (2-D heat)", "Shah & London 1978", _c5),
)
