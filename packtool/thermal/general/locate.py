"""Points in a mesh: which element holds each, and where in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats, Integers
from packtool.thermal.general.system import System

STEPS, SETTLED, ON_THE_FACE = 25, 1e-13, 1e-6
"""Newton's steps to a point's local coordinates; a point this far outside an element, in its own size, is still in it."""


@dataclass(frozen=True)
class Places:
    """``nodes`` (m, n) of the ``elements`` (m,) that hold m points, the ``weights`` (m, n) of their shape functions there, and the
    ``local`` coordinates (m, 3)."""

    nodes: Integers
    weights: Floats
    local: Floats
    elements: Integers

    def values(self, nodal: Floats) -> Floats:
        """A nodal field (..., n_nodes) at the points (..., m)."""
        return np.asarray((nodal[..., self.nodes] * self.weights).sum(axis=-1))


def located(system: System, points: Any) -> tuple[Places, bool]:
    """Where ``points`` (m, 1 to 3) or one point are, and whether it was one. Raises SolveError outside the mesh."""
    given = np.asarray(points, dtype=float)
    dims = given.shape[-1] if given.ndim == 2 else 0
    single = given.ndim == 0 or (given.ndim == 1 and (_axes(system) > 1 or (given.size == 3 and _in_space(system))))
    if given.ndim < 2:
        given = given.reshape(1, -1) if single else given.reshape(-1, 1)
        dims = given.shape[1]
    if given.ndim != 2 or not 1 <= dims <= 3 or not np.isfinite(given).all():
        raise SolveError(f"points are one place or (n, 3) finite coordinates [m]; got shape {np.shape(points)}")
    return find(system, _filled(system, given)), single


def _axes(system: System) -> int:
    """Directions in which the mesh is more than one element thick."""
    points = system.mesh.points
    return sum(len(np.unique(points[:, axis].round(12))) > 2 for axis in range(3)) or 3


def _in_space(system: System) -> bool:
    """Whether the mesh has sides, too: boxes, not a stack of layers and no body of revolution."""
    return system.mesh.symmetry == "none" and len(system.mesh.boundaries) > 2


def _filled(system: System, given: Floats) -> Floats:
    """Missing coordinates at the mesh's lowest; in bodies of revolution the second of two is z."""
    low = system.mesh.points.min(axis=0)
    full = np.broadcast_to(low, (len(given), 3)).copy()
    if system.mesh.symmetry == "axial" and given.shape[1] == 2:
        full[:, 0], full[:, 2] = given[:, 0], given[:, 1]
    else:
        full[:, : given.shape[1]] = given
    return full


def find(system: System, points: Floats) -> Places:
    """The element of each of ``points`` (m, 3); on a face that two share, either's."""
    space, ref = system.space, system.space.volume
    corner = space.nodes[space.elements]
    low, high = corner.min(axis=1), corner.max(axis=1)
    margin = ON_THE_FACE * (high - low).max(axis=1, keepdims=True)
    nodes, weights, places, holders = [], [], [], []
    for point in points:
        near = np.flatnonzero(((low - margin <= point) & (point <= high + margin)).all(axis=1))
        best, local = _nearest(system, space.elements[near], point)
        if best < 0:
            raise SolveError(f"the point ({point[0]:g}, {point[1]:g}, {point[2]:g}) m lies in no element of the mesh")
        nodes.append(space.elements[near[best]])
        weights.append(ref.shapes(local[None])[0])
        places.append(local)
        holders.append(near[best])
    return Places(np.array(nodes), np.array(weights), np.array(places), np.array(holders))


def _nearest(system: System, elements: Integers, point: Floats) -> tuple[int, Floats]:
    """Which of ``elements`` (m, n) holds ``point``, -1 if none, and its local coordinates there."""
    ref, corner = system.space.volume, system.space.nodes[elements]
    if not len(elements):
        return -1, np.zeros(3)
    hexes = ref.kind == "hexahedron"
    local = np.full((len(elements), 3), 0.0 if hexes else 0.25)
    for _ in range(STEPS):
        off = point - np.einsum("en,enx->ex", ref.shapes(local), corner)
        step = np.linalg.solve(np.einsum("enc,enx->exc", ref.gradients(local), corner), off[..., None])[..., 0]
        local = np.clip(local + step, -10, 10)  # far outside, the element's map may fold
        if np.abs(step).max(initial=0.0) < SETTLED:
            break
    outside = np.abs(local).max(axis=1) - 1 if hexes else np.maximum(-local.min(axis=1), local.sum(axis=1) - 1)
    best = int(outside.argmin())
    return (best, local[best]) if outside[best] <= 10 * ON_THE_FACE else (-1, local[best])
