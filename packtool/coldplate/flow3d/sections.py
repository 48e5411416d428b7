"""Inlets as sections of ducts: their size, their hydraulic diameter, their profile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.coldplate.flow3d.duct import developed_profile, plates_profile
from packtool.coldplate.flow3d.records import DevelopedInlet, FlowProblem
from packtool.errors import SolveError
from packtool.mesh.records import Floats, Integers

SAME = 1e-6
"""Coordinates closer than this share of the section's size are one."""


@dataclass(frozen=True)
class Section:
    """A plane inlet: ``axis`` it is normal to, ``direction`` +1 or -1 of the flow into the mesh along it; of the whole duct (mirrored at
    symmetry planes) ``low`` and ``high`` by the other axes [m]; ``area`` of the meshed part [m²] ([m] in a plane).
    """

    axis: int
    direction: int
    across: tuple[int, ...]
    low: Floats
    high: Floats
    area: float

    @property
    def size(self) -> Floats:
        """Width and height of the whole duct [m]; in a plane the height alone."""
        return self.high - self.low

    @property
    def hydraulic_diameter(self) -> float:
        """4 A / P of the whole duct [m]; twice the height between plates."""
        if len(self.across) == 1:
            return 2 * float(self.size[0])
        return 2 * float(self.size.prod() / self.size.sum())


def section_of(problem: FlowProblem, name: str) -> Section:
    """The section of inlet ``name``. SolveError if it is not flat, not normal to an axis, or not a full rectangle."""
    mesh = problem.mesh
    facets = mesh.boundaries[name]
    nodes = np.unique(facets)
    points = mesh.points[nodes]
    spread = np.ptp(points, axis=0)
    scale = float(spread.max())
    flat = np.flatnonzero(spread <= SAME * scale)
    if flat.size != 1:
        raise SolveError(f"inlet {name!r} is not one flat face normal to an axis: its extents are {_told(spread)} m")
    axis = int(flat[0])
    across = tuple(a for a in range(mesh.dimension) if a != axis)
    low, high = points[:, across].min(axis=0), points[:, across].max(axis=0)
    area = float((high - low).prod())
    if abs(_area(mesh.points, facets) - area) > 1e-6 * area:
        raise SolveError(f"inlet {name!r} is not a full rectangle: its profile is not known; give it as a velocity profile instead")
    centre = mesh.points[mesh.elements].mean(axis=1)
    inside = centre[np.argmin(np.abs(centre - points.mean(axis=0)).sum(axis=1))]
    direction = 1 if inside[axis] > points[0, axis] else -1
    mirrored = [np.unique(mesh.boundaries[plane]) for plane in problem.symmetry]
    for i, a in enumerate(across):
        edges = (float(low[i]), float(high[i]))
        on_plane = [
            any(np.isin(nodes[np.abs(mesh.points[nodes, a] - edge) <= SAME * scale], plane).all() for plane in mirrored)
            for edge in edges
        ]
        if on_plane == [True, False]:
            low[i] = 2 * edges[0] - edges[1]
        elif on_plane == [False, True]:
            high[i] = 2 * edges[1] - edges[0]
    return Section(axis, direction, across, low, high, area)


def inlet_velocity(problem: FlowProblem, name: str, points: Floats) -> Floats:
    """Velocities (n, dim) [m/s] at ``points`` (n, dim) of the inlet, before any correction to the exact flow."""
    section, inlet = section_of(problem, name), problem.inlets[name]
    mean = inlet.flow / section.area
    if isinstance(inlet, DevelopedInlet):
        place = points[:, section.across] - (section.low + section.high) / 2
        if len(section.across) == 1:
            shape = plates_profile(place[:, 0], float(section.size[0]))
        else:
            shape = developed_profile(place[:, 0], place[:, 1], float(section.size[0]), float(section.size[1]))
    else:
        shape = np.ones(len(points))
    velocity = np.zeros(points.shape)
    velocity[:, section.axis] = section.direction * mean * shape
    return velocity


def reynolds(problem: FlowProblem, name: str) -> float:
    """Reynolds number of an inlet on its duct's hydraulic diameter [-]."""
    section = section_of(problem, name)
    return problem.rho * problem.inlets[name].flow / section.area * section.hydraulic_diameter / problem.mu


def _area(points: Floats, facets: Integers) -> float:
    corner = points[facets]
    if facets.shape[1] == 2:
        return float(np.linalg.norm(corner[:, 1] - corner[:, 0], axis=1).sum())
    # of a parallelogram, whatever the order of its corners: the triangle of three of them
    a, b = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    return float(np.linalg.norm(np.cross(a, b), axis=1).sum())


def _told(values: Floats) -> str:
    return " x ".join(f"{v:.4g}" for v in values)
