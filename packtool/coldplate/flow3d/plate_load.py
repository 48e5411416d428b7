"""Where the heat of a solved pack enters its cold plate: from the pack's own finite elements to those of the plate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from packtool.coldplate.flow3d.heat_records import PlacedHeat
from packtool.fem.quads import quads
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.records import COOLANT_WALL, ConductionProblem, ThermalSolution
from packtool.thermal.taken_up import heat_taken_up

LEVEL = 1e-6
"""Points of a flat side are at one height, to this share of the plate's thickness."""


def plate_load(problem: ConductionProblem, solution: ThermalSolution, over_cells: bool = False) -> Mapping[str, PlacedHeat]:
    """Heat into the sides of a ``ChannelPlate``: top, the side to the cells, and bottom by place, side evenly.

    A plate ``over_cells`` is turned over. The sum is what the coolant takes up, to the solve's tolerance.
    """
    mesh = problem.mesh
    taken = heat_taken_up(problem, solution, "cold_plate")
    own = np.array([region.role == "cold_plate" for region in mesh.regions])
    faces = mesh.hexes[own[mesh.region]][:, FACE_CORNERS].reshape(-1, 4)
    z = mesh.points[:, 2]
    low, high = float(z[faces].min()), float(z[faces].max())
    towards, away = (low, high) if over_cells else (high, low)
    left = np.zeros(len(z), dtype=bool)
    left[faces] = True
    left[mesh.boundaries[COOLANT_WALL]] = False
    load = {}
    for name, height in (("top", towards), ("bottom", away)):
        on = np.abs(z - height) < LEVEL * (high - low)
        load[name] = _on_side(mesh, faces[on[faces].all(axis=1)], taken)
        left &= ~on
    load["side"] = PlacedHeat(np.zeros((0, 2)), np.zeros(0), float(taken[left].sum()))
    return load


def _on_side(mesh: TaggedMesh, facets: Integers, taken: Floats) -> PlacedHeat:
    """What ``facets`` (n, 4) take up: at each point its heat over the area that is its own."""
    area = np.bincount(facets.ravel(), quads(mesh.points, facets).load(np.ones(facets.shape)).ravel(), len(mesh.points))
    points = np.unique(facets)
    return PlacedHeat(mesh.points[points, :2], taken[points] / area[points], float(taken[points].sum()))
