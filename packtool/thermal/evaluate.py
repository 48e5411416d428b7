"""Numbers from a temperature field: at points, over regions and boundaries, through interfaces and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from packtool.artifacts import replacing
from packtool.errors import SolveError
from packtool.fem.quads import GaussFrames, nodal_volumes, quads, shape_functions, shape_gradients
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.records import ConductionProblem, ThermalSolution

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
    share = nodal_volumes(mesh.points, mesh.hexes)
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


def values_at(mesh: TaggedMesh, T: Floats, points: Floats) -> Floats:
    """``T`` (n_points,) at ``points`` (n, 3) [m], (n,); as ``interpolation``."""
    return np.asarray(interpolation(mesh, points) @ T)


def contact_heat(problem: ConductionProblem, T: Floats, name: str) -> float:
    """Heat [W] from the minus to the plus side of a contact; KeyError if there is none of that name."""
    contact = problem.mesh.contacts[name]
    facets = quads(problem.mesh.points, contact.minus)
    drop = facets.at_gauss(T) - quads(problem.mesh.points, contact.plus).at_gauss(T)
    return float(problem.contact[name] * (facets.weight * drop).sum())


def interface_heat(problem: ConductionProblem, solution: ThermalSolution, name: str) -> float:
    """Heat [W] through an interface, from its first to its second side, by the consistent flux: what the first side's elements
    around it receive, make and lose elsewhere, so that the heat of a part is balanced to the solver's tolerance.

    Raises SolveError where one region lies on both sides, or a rim of the interface is wetted by what is not a boundary (its
    heat would be counted in). KeyError if there is no interface of that name.
    """
    mesh, T = problem.mesh, solution.T
    facets = mesh.interfaces[name]
    on_it = np.zeros(len(mesh.points), dtype=bool)
    on_it[facets] = True
    around = np.flatnonzero(on_it[mesh.hexes].any(axis=1))
    first, second = _sides(mesh, facets, around)
    if first & second:
        raise SolveError(f"interface {name!r}: {mesh.regions[min(first & second)].name} lies on both of its sides")
    inside = around[np.isin(mesh.region[around], list(first))]
    hexes, region = mesh.hexes[inside], mesh.region[inside]
    all_volume = np.bincount(mesh.region, nodal_volumes(mesh.points, mesh.hexes).sum(axis=1), minlength=len(mesh.regions))
    made = nodal_volumes(mesh.points, hexes) * (solution.region_power / all_volume)[region, None]
    arriving = np.zeros(len(mesh.points))
    np.add.at(
        arriving, hexes, made - GaussFrames.of(mesh.points[hexes]).conducted(np.asarray(problem.conductivity)[region], T[hexes])
    )
    # what leaves through boundaries at the interface's rim does not cross it
    mine = np.zeros(len(mesh.points), dtype=bool)
    mine[hexes] = True
    from packtool.thermal.surfaces import ConvectiveSurface

    for boundary, law in problem.convection.items():
        rim = mesh.boundaries[boundary]
        surface = ConvectiveSurface(boundary, quads(mesh.points, rim[mine[rim].all(axis=1)]), law)
        np.add.at(arriving, surface.quads.nodes, -surface.quads.load(surface.flux(surface.quads.at_gauss(T))[0]))
    for boundary, q in problem.flux.items():
        rim = mesh.boundaries[boundary]
        part = quads(mesh.points, rim[mine[rim].all(axis=1)])
        np.add.at(arriving, part.nodes, part.load(np.full(part.weight.shape, q)))
    return float(arriving[on_it].sum())


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


def _sides(mesh: TaggedMesh, facets: np.ndarray, around: np.ndarray) -> tuple[set[int], set[int]]:
    """Regions of the elements that have one of ``facets``, before and behind it by its normal."""
    from packtool.mesh.grid import FACE_CORNERS

    faces = np.sort(mesh.hexes[around][:, FACE_CORNERS].reshape(-1, 4), axis=1)
    owner = np.repeat(around, 6)
    wanted = np.sort(facets, axis=1)
    _, code = np.unique(np.vstack([wanted, faces]), axis=0, return_inverse=True)
    code = code.ravel()
    facet_of = np.full(code.max() + 1, -1)
    facet_of[code[: len(facets)]] = np.arange(len(facets))
    hit = facet_of[code[len(facets) :]] >= 0
    facet, element = facet_of[code[len(facets) :]][hit], owner[hit]
    corner = mesh.points[facets[facet]]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 3] - corner[:, 0])
    behind = np.einsum("fx,fx->f", normal, mesh.points[mesh.hexes[element]].mean(axis=1) - corner.mean(axis=1)) > 0
    return set(mesh.region[element[~behind]].tolist()), set(mesh.region[element[behind]].tolist())
