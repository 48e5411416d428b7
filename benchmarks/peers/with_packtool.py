"""packtool, on the arrays that the peers get."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import timed

sys.path.insert(0, str(Path(__file__).parents[1]))
from layered_pack import layered_mesh, layered_problem

from packtool.thermal.steady import solve_steady

solve_steady(layered_problem(layered_mesh(1)))  # forms compiled, modules loaded


def solve(given: dict[str, Any], rtol: float) -> tuple[np.ndarray, int]:
    from packtool.fem.start import start
    from packtool.mesh.records import Region, TaggedMesh
    from packtool.thermal.records import ConductionProblem, Convection, Heat

    start()
    with timed.of("all"):
        names = [f"region {i}" for i in range(len(given["k"]))]
        mesh = TaggedMesh(
            given["points"], given["hexes"], given["region"], tuple(Region(n, n, n) for n in names),
            {"cooled": given["cooled"], "air": given["air"]},
        )  # fmt: skip
        problem = ConductionProblem(
            mesh,
            given["k"][:, :, None] * np.eye(3),
            Heat(lambda _T_mean: (given["power"], np.zeros(len(names)))),
            {name: Convection(*given[f"{name} film"].tolist()) for name in ("cooled", "air")},
        )
        solution = solve_steady(problem, rtol=rtol)
    return solution.T, solution.linear_iterations


timed.main("packtool", solve)
