"""Heat flux at points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from packtool.mesh.records import Floats
from packtool.thermal.general.locate import located

if TYPE_CHECKING:
    from packtool.thermal.general.solution import HeatSolution


def flux_at(solution: HeatSolution, points: Any) -> Floats:
    """-K grad T [W/m²] (n, 3) at ``points``, or (3,) at one; points as of ``HeatSolution.at``."""
    system, T = solution.system, solution.T
    places, single = located(system, points)
    found = np.empty((len(places.nodes), 3))
    for row, (nodes, weights, local, element) in enumerate(
        zip(places.nodes, places.weights, places.local, places.elements, strict=True)
    ):
        by_local = system.space.volume.gradients(local[None])[0]
        corner = system.space.nodes[nodes]
        gradient = np.linalg.solve(by_local.T @ corner, by_local.T @ T[nodes])
        K = system.problem.conductivity[system.mesh.region[element]]
        at = K.at((weights @ corner)[None], solution.time, np.array([weights @ T[nodes]]), system.radial)
        found[row] = -np.broadcast_to(at, (1, 3, 3))[0] @ gradient
    return found[0] if single else found
