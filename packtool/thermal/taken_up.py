"""Heat that a kind of part takes up from all that is not of its kind, point by point, by consistent fluxes."""

from __future__ import annotations

import numpy as np

from packtool.fem.quads import ELEMENTS_AT_ONCE, GaussFrames, mesh_volumes
from packtool.mesh.records import Floats
from packtool.thermal.records import ConductionProblem, ThermalSolution
from packtool.thermal.varying import kind_of


def heat_taken_up(problem: ConductionProblem, solution: ThermalSolution, kind: str) -> Floats:
    """(n_points,) [W], of a steady ``solution``, into the parts of a ``kind`` (a region's role; of a part from a STEP file its name).

    What their elements conduct away from each point less what they make there: 0 inside them, and over all their outer points the sum is
    what they make, with the sign turned, to the solve's tolerance whatever the mesh. Heat that leaves (to coolant, to air) counts below 0.
    """
    mesh = problem.mesh
    own = np.array([kind_of(region) == kind for region in mesh.regions])
    conductivity = np.array(problem.conductivity, dtype=float)
    for number, law in problem.laws.items():
        if law.k is not None:  # the solution tells what these conduct
            conductivity[number] = 0.0
    volumes = mesh_volumes(mesh)
    density = solution.region_power / np.bincount(mesh.region, volumes.sum(axis=1), minlength=len(mesh.regions))
    above = solution.T - float(np.median(solution.T))
    taken = np.array(solution.conducted.get(kind, np.zeros(len(mesh.points))), dtype=float)
    elements = np.flatnonzero(own[mesh.region])
    for start in range(0, len(elements), ELEMENTS_AT_ONCE):
        some = elements[start : start + ELEMENTS_AT_ONCE]
        hexes, region = mesh.hexes[some], mesh.region[some]
        net = (
            GaussFrames.of(mesh.points[hexes]).conducted(conductivity[region], above[hexes]) - volumes[some] * density[region, None]
        )
        taken += np.bincount(hexes.ravel(), net.ravel(), len(taken))
    return taken
