"""Numbers from a temperature field: at points, over regions and boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from packtool.artifacts import replacing
from packtool.errors import SolveError
from packtool.fem.quads import mesh_volumes, quads, shape_functions, shape_gradients
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.records import ThermalSolution

_NEWTON = 20
_ON_THE_FACE = 1e-6
"""A point this far outside an element, in its local coordinates, is still in it."""


@dataclass(frozen=True)
class RegionValues:
    """Volume ``mean``, smallest and largest nodal value of every region, each (n_regions,)."""

    mean: Floats
    minimum: Floats
    maximum: Floats


@dataclass(frozen=True)
class Extremes:
    """Smallest and largest nodal value of every region, quickly for many fields on one mesh."""

    nodes: Integers
    first: Integers

    @classmethod
    def of(cls, mesh: TaggedMesh) -> Extremes:
        """The nodes of each region, region after region."""
        n = len(mesh.points)
        pairs = np.unique(np.repeat(mesh.region.astype(np.int64), 8) * n + mesh.hexes.ravel())
        return cls(pairs % n, np.searchsorted(pairs // n, np.arange(len(mesh.regions))))

    def __call__(self, T: Floats) -> tuple[Floats, Floats]:
        """Smallest and largest ``T`` (n_points,) of each region, (n_regions,)."""
        values = T[self.nodes]
        return np.minimum.reduceat(values, self.first), np.maximum.reduceat(values, self.first)


def region_values(mesh: TaggedMesh, T: Floats) -> RegionValues:
    """Volume means and extremes of ``T`` (n_points,) by region; trilinear fields have their extremes at the points."""
    n, at = len(mesh.regions), T[mesh.hexes]
    share = mesh_volumes(mesh)
    mean = np.bincount(mesh.region, (share * at).sum(axis=1), minlength=n) / np.bincount(
        mesh.region, share.sum(axis=1), minlength=n
    )
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, mesh.region, at.min(axis=1))
    np.maximum.at(high, mesh.region, at.max(axis=1))
    return RegionValues(mean, low, high)


def boundary_mean(mesh: TaggedMesh, T: Floats, name: str) -> float:
    """Area mean of ``T`` over a boundary; KeyError if there is none of that name."""
    facets = quads(mesh.points, mesh.boundaries[name])
    return float((facets.weight * facets.at_gauss(T)).sum() / facets.weight.sum())


def interpolation(mesh: TaggedMesh, points: Floats) -> Any:
    """(n, n_points) sparse: times a field, its values at ``points`` (n, 3) [m], trilinear within the element that holds each; on a face
    shared by two, either's. Raises SolveError, with the point, where no element holds one.
    """
    from scipy.sparse import csr_matrix

    corner = mesh.points[mesh.hexes]
    low, high = corner.min(axis=1), corner.max(axis=1)
    margin = _ON_THE_FACE * (high - low).max(axis=1, keepdims=True)
    weights, nodes = np.empty((len(points), 8)), np.empty((len(points), 8), dtype=np.int64)
    for i, point in enumerate(np.asarray(points, dtype=float)):
        near = np.flatnonzero(((low - margin <= point) & (point <= high + margin)).all(axis=1))
        local = _local(corner[near], point)
        outside = np.abs(local).max(axis=1) if near.size else np.array([np.inf])
        best = int(outside.argmin())
        if not outside[best] <= 1 + _ON_THE_FACE * 10:
            raise SolveError(f"the point ({point[0]:g}, {point[1]:g}, {point[2]:g}) m lies in no element of the mesh")
        weights[i], nodes[i] = shape_functions(local[best : best + 1])[0], mesh.hexes[near[best]]
    rows = np.repeat(np.arange(len(points)), 8)
    return csr_matrix((weights.ravel(), (rows, nodes.ravel())), shape=(len(points), len(mesh.points)))


def save_temperatures(path: Path, solution: ThermalSolution) -> None:
    """Write ``T`` [K] and ``region_power`` [W] to a compressed .npz, whole or not at all."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, T=solution.T, region_power=solution.region_power)


def load_temperatures(path: Path) -> tuple[Floats, Floats]:
    """``T`` (n_points,) [K] and ``region_power`` (n_regions,) [W] from what ``save_temperatures`` wrote."""
    with np.load(path) as stored:
        return np.asarray(stored["T"]), np.asarray(stored["region_power"])


def _local(corner: Floats, point: Floats) -> Floats:
    """Local coordinates (n, 3) of ``point`` in each element ``corner`` (n, 8, 3), by Newton's method from the middle."""
    local = np.zeros((len(corner), 3))
    for _ in range(_NEWTON):
        off = point - np.einsum("en,enx->ex", shape_functions(local), corner)
        step = np.linalg.solve(np.einsum("enc,enx->exc", shape_gradients(local), corner), off[..., None])[..., 0]
        local = np.clip(local + step, -10, 10)  # far outside, the element's map may fold
        if np.abs(step).max(initial=0.0) < 1e-13:
            break
    return local
