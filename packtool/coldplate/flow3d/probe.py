"""Values of a computed flow at places and along lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from packtool.coldplate.flow3d.heat_records import ConjugateSolution
from packtool.coldplate.flow3d.records import FlowSolution
from packtool.errors import SolveError
from packtool.mesh.records import Floats


def nearest_velocity(flow: FlowSolution, place: Floats) -> Floats:
    """Velocity (dim,) [m/s] at the node nearest to ``place`` (dim,) [m]."""
    return np.asarray(flow.velocity[np.linalg.norm(flow.nodes - place, axis=1).argmin()])


def nearest_pressure(flow: FlowSolution, place: Floats) -> float:
    """Pressure [Pa] at the mesh point nearest to ``place`` (dim,) [m]."""
    return float(flow.pressure[np.linalg.norm(flow.problem.mesh.points - place, axis=1).argmin()])


def along(flow: FlowSolution, axis: int, through: Floats) -> tuple[Floats, Floats]:
    """Coordinates (n,) [m], ascending, and velocities (n, dim) [m/s] of the nodes on the mesh line along ``axis`` that holds ``through``."""
    others = [a for a in range(flow.nodes.shape[1]) if a != axis]
    extent = float(np.ptp(flow.nodes, axis=0).max())
    on = np.flatnonzero((np.abs(flow.nodes[:, others] - np.asarray(through)[others]) < 1e-9 * extent).all(axis=1))
    order = on[np.argsort(flow.nodes[on, axis])]
    return flow.nodes[order, axis], flow.velocity[order]


def extremes(place: Floats, value: Floats) -> tuple[float, float]:
    """Smallest and largest value of a field that is quadratic between every second of its nodes (n odd, ascending)."""
    low, high = float(value.min()), float(value.max())
    for i, j in pairwise(range(0, len(place), 2)):
        bend = np.polyfit(place[i : j + 1] - place[i], value[i : j + 1], 2)
        if bend[0] != 0 and 0 < (at := -bend[1] / (2 * bend[0])) < place[j] - place[i]:
            low, high = min(low, float(np.polyval(bend, at))), max(high, float(np.polyval(bend, at)))
    return low, high


def smallest_stream(flow: FlowSolution) -> float:
    """Smallest stream function [m²/s] of a plane flow at its nodes: the volume that passes along x below each, per metre of depth, from y- (a wall) up."""
    smallest = 0.0
    for x in np.unique(np.round(flow.nodes[:, 0], 12)):
        y, velocity = along(flow, 1, np.array([x, 0.0]))
        first, middle, last = velocity[:-2:2, 0], velocity[1::2, 0], velocity[2::2, 0]
        height = np.diff(y[::2])
        below = np.concatenate([[0.0], np.cumsum(height * (first + 4 * middle + last) / 6)])  # Simpson: exact for parabolas
        half = below[:-1] + height * (5 * first + 8 * middle - last) / 24  # of the same parabola, to its middle
        smallest = min(smallest, float(below.min()), float(half.min()))
    return smallest


def sign_changes(place: Floats, value: Floats) -> list[float]:
    """Places where ``value`` changes its sign, linear between its nodes."""
    turns = np.flatnonzero(value[:-1] * value[1:] < 0)
    return [float(place[i] - value[i] * (place[i + 1] - place[i]) / (value[i + 1] - value[i])) for i in turns]


def wall_slope(heat: ConjugateSolution, place: Floats, across: int) -> float:
    """dT/dn [K/m] at the low end of the mesh line along ``across`` that holds ``place`` (dim,), by the parabola of its first element."""
    y, T = _line(heat, place, across)[:2]
    return float((4 * T[1] - 3 * T[0] - T[2]) / (y[2] - y[0]))


def _line(heat: ConjugateSolution, through: Floats, across: int) -> tuple[Floats, Floats, Floats]:
    """Coordinates (n,) [m], ascending, temperatures (n,) [K] and velocities (n, dim) [m/s] of the nodes on a line of the mesh."""
    others = [a for a in range(heat.nodes.shape[1]) if a != across]
    extent = float(np.ptp(heat.nodes, axis=0).max())
    on = np.flatnonzero((np.abs(heat.nodes[:, others] - np.asarray(through)[others]) < 1e-9 * extent).all(axis=1))
    order = on[np.argsort(heat.nodes[on, across])]
    if len(order) < 3:
        raise SolveError("no line of the mesh goes through the place asked for")
    return heat.nodes[order, across], heat.T[order], heat.problem.velocity[order]


def bulk(heat: ConjugateSolution, flow_axis: int, through: Floats, across: int) -> float:
    """Temperature [K] of the coolant mixed over the line along ``across`` that holds ``through`` (dim,), by its velocity along ``flow_axis``.

    The line must be one of the mesh; elements are quadratic between every second node.
    """
    place, T, velocity = _line(heat, through, across)
    speed = velocity[:, flow_axis]
    where, weight = np.polynomial.legendre.leggauss(3)
    shapes = np.array([where * (where - 1) / 2, 1 - where**2, where * (where + 1) / 2])  # exact: products of two parabolas
    total, carried = 0.0, 0.0
    for i in range(0, len(place) - 1, 2):
        u, t = speed[i : i + 3] @ shapes, T[i : i + 3] @ shapes
        size = (place[i + 2] - place[i]) / 2
        total += size * float(weight @ u)
        carried += size * float(weight @ (u * t))
    return carried / total
