"""What a heat solve gives back: temperatures at points, over regions and boundaries, and the heat that goes where."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.general.electric import Joule
from packtool.thermal.general.geometry import Face
from packtool.thermal.general.locate import located
from packtool.thermal.general.system import Heat, System
from packtool.thermal.records import EnergyBalance


@dataclass(frozen=True, slots=True)
class Extreme:
    """A largest or smallest temperature ``T`` [K] and the ``place`` (x, y, z) [m] where it is."""

    T: float
    place: tuple[float, float, float]


@dataclass(frozen=True)
class HeatSolution:
    """Temperatures of one moment. ``T`` (n_nodes,) [K], the mesh's points first; ``time`` [s] (0 if steady); ``balance`` [W];
    ``power`` [W] by region; ``rate`` (n_nodes,) [K/s]: how fast the nodes warm up, None if steady; ``iterations`` of Newton's method."""

    T: Floats
    time: float
    balance: EnergyBalance
    power: Mapping[str, float]
    rate: Floats | None
    iterations: int
    system: System = field(repr=False)

    @property
    def mesh(self) -> TaggedMesh:
        """The mesh of the problem."""
        return self.system.mesh

    @property
    def n_dofs(self) -> int:
        """Number of temperatures."""
        return self.system.n

    def at(self, points: Any) -> Any:
        """Temperature [K] at ``points`` (n, 3) [m], or at one point; fewer coordinates leave the last ones at the mesh's lowest:
        x alone along a stack of layers, (r, z) in a body of revolution, r in a sphere. Where the mesh is more than one element thick in
        one direction only, numbers in a row are so many points along it, [x1, x2]; but three are one point (x, y, z) among boxes. One
        point gives a number, several an array (n,). Raises SolveError outside the mesh."""
        places, single = located(self.system, points)
        values = places.values(self.T)
        return float(values[0]) if single else values

    def mean(self, region: str | None = None) -> float:
        """Volume mean [K] of a region, or of all."""
        return mean_over(self.system, self.T, region)

    def boundary_mean(self, boundary: str) -> float:
        """Area mean [K] over a boundary."""
        there = boundary_of(self.system, boundary)
        return float((there.weight * there.at(self.T)).sum() / there.weight.sum())

    def maximum(self, where: str | None = None) -> Extreme:
        """The largest temperature of a region or a boundary, or of all, and its place."""
        return _extreme(self.system, self.T, where, 1.0)

    def minimum(self, where: str | None = None) -> Extreme:
        """The smallest temperature of a region or a boundary, or of all, and its place."""
        return _extreme(self.system, self.T, where, -1.0)

    def flux_at(self, points: Any) -> Floats:
        """Heat flux -K grad T [W/m²] (n, 3) at ``points``, or (3,) at one: of one order less than the temperature. On a face that two
        elements share it is either's."""
        from packtool.thermal.general.flux import flux_at

        return flux_at(self, points)

    def heat_out(self, boundary: str) -> float:
        """Heat [W] that leaves through a boundary; into the solid is negative."""
        boundary_of(self.system, boundary)
        return self.balance.to_boundaries.get(boundary, 0.0)

    @property
    def electric(self) -> Joule:
        """Voltages and currents of the terminals, and the heat they make. Raises SolveError for a problem without."""
        if self.system.potential is None:
            raise SolveError("the problem has no electric currents")
        return self.system.potential.joule(self.T, self.time)

    def sides(self, contact: str) -> tuple[float, float]:
        """Area means [K] of the two sides of a contact."""
        if contact not in self.system.sides:
            raise SolveError(f"no contact is called {contact!r}; {_near(contact, list(self.system.sides))}")
        a, b = (float((s.weight * s.at(self.T)).sum() / s.weight.sum()) for s in self.system.sides[contact])
        return a, b

    def heat_between(self, first: str, second: str) -> float:
        """Heat [W] from region ``first`` to region ``second``, through shared faces and contacts."""
        from packtool.thermal.general.parts import heat_between

        for name in (first, second):
            region_of(self.system, name)
        return heat_between(self, first, second)

    def save(self, path: Path | str) -> None:
        """Write a .vtu for ParaView: ``temperature_K`` at the mesh's points, regions by number. Raises MissingPart without meshio."""
        from packtool.mesh.files import write_vtu

        write_vtu(Path(path), self.mesh, {"temperature_K": self.T[: len(self.mesh.points)]})


def solution_of(
    system: System,
    T: Floats,
    *,
    heat: Heat,
    time: float = 0.0,
    rate: Floats | None = None,
    iterations: int = 0,
    least: float = 1e-300,
) -> HeatSolution:
    """The solution of a field, its balance made up; ``least`` [W] as of EnergyBalance."""
    out = dict.fromkeys(system.prescribed, 0.0) | heat.out
    residual, stored = heat.residual, 0.0
    if rate is not None:
        warming = system.storage.warming(T, rate)
        residual, stored = residual - warming, float(warming.sum())
    for name, nodes in system.prescribed.items():
        out[name] += float(residual[nodes].sum())
    names = [region.name for region in system.mesh.regions]
    balance = EnergyBalance(float(heat.power.sum()), out, 0.0, stored, max(least, 1e-300))
    return HeatSolution(T, time, balance, dict(zip(names, heat.power.tolist(), strict=True)), rate, iterations, system)


def region_of(system: System, name: str) -> int:
    """Index of a region. Raises SolveError, with the nearest name, where there is none."""
    names = [region.name for region in system.mesh.regions]
    if name in names:
        return names.index(name)
    raise SolveError(f"no region is called {name!r}; {_near(name, names)}")


def boundary_of(system: System, name: str) -> Face:
    """Facets of a boundary. Raises SolveError, with the nearest name, where there is none."""
    if name in system.faces:
        return system.faces[name]
    raise SolveError(f"no boundary is called {name!r}; {_near(name, list(system.faces))}")


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"the mesh has {', '.join(known)}"


def mean_over(system: System, T: Floats, region: str | None) -> float:
    """Volume mean [K] of a region or of all (None)."""
    which = None if region is None else region_of(system, region)
    total = weight = 0.0
    for block in system.blocks:
        if which is None or block.region == which:
            total += float((block.weight * block.at(T)).sum())
            weight += float(block.weight.sum())
    return total / weight


LATTICE, LOOKED_AT, ZOOMS = 5, 40, 12
"""Second-order fields have extremes inside elements: the best 40 elements are looked at on a lattice of 5 points a direction, which is
drawn together around the best point, by half each time."""


def _extreme(system: System, T: Floats, where: str | None, sign: float) -> Extreme:
    names = [region.name for region in system.mesh.regions]
    if where in system.faces and where not in names:
        nodes = system.faces[where].nodes.ravel()
        node = nodes[int((sign * T[nodes]).argmax())]
        return Extreme(float(T[node]), tuple(system.space.nodes[node].tolist()))
    if where is not None and where not in names:
        raise SolveError(f"no region or boundary is called {where!r}; {_near(where, [*names, *system.faces])}")
    elements = system.space.elements if where is None else system.space.elements[system.mesh.region == names.index(where)]
    at = sign * T[elements]
    best = int(at.max(axis=1).argmax())
    node = elements[best][int(at[best].argmax())]
    value, place = float(T[node]), system.space.nodes[node]
    if system.space.volume.degree == 2:
        top = elements[np.argsort(-at.max(axis=1), kind="stable")[:LOOKED_AT]]
        value, place = _inside(system, T, top, sign, value, place)
    return Extreme(value, (float(place[0]), float(place[1]), float(place[2])))


def _inside(system: System, T: Floats, elements: Integers, sign: float, value: float, place: Floats) -> tuple[float, Floats]:
    """The extreme within ``elements`` (m, n), where it is beyond ``value`` at ``place``."""
    ref = system.space.volume
    hexes = ref.kind == "hexahedron"
    line = np.linspace(-1, 1, LATTICE)
    lattice = np.stack([axis.ravel() for axis in np.meshgrid(line, line, line, indexing="ij")], axis=1)
    middle, reach = np.zeros(3) if hexes else np.full(3, 0.5), 1.0 if hexes else 0.5
    for _ in range(ZOOMS):
        local = middle + reach * lattice
        local = np.clip(local, -1, 1) if hexes else np.clip(local, 0, 1)
        if not hexes:
            local = local / np.maximum(local.sum(axis=1, keepdims=True), 1.0)
        N = ref.shapes(local)
        fields = sign * (T[elements] @ N.T)
        e, q = np.unravel_index(int(fields.argmax()), fields.shape)
        if fields[e, q] > sign * value:
            value, place = float(sign * fields[e, q]), N[q] @ system.space.nodes[elements[e]]
        elements, middle, reach = elements[e : e + 1], local[q], reach / 2
    return value, place
