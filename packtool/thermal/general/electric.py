"""Current flow in conductors at a temperature field, and the heat it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from packtool.errors import SolveError
from packtool.fem.aggregates import component_of
from packtool.mesh.records import Floats
from packtool.thermal.general.geometry import Block, scatter
from packtool.thermal.general.linear import LinearSolver, Unknowns
from packtool.thermal.general.problem import ElectricLaws

if TYPE_CHECKING:
    from packtool.thermal.general.system import System

BALANCED = 1e-11
"""Reduction of the current out of balance: the heat is the square of the field, and the energy balance asks for 1e-6 of it."""


@dataclass(frozen=True)
class Joule:
    """``V`` (n,) [V]; heat ``density`` [W/m³] at the Gauss points of every block, None where it insulates; ``contact`` [W/m²] by
    contact; ``current`` [A, into the solid], ``voltage`` [V] by terminal; ``power`` [W], all of it."""

    V: Floats
    density: tuple[Floats | None, ...]
    contact: dict[str, Floats]
    current: dict[str, float]
    voltage: dict[str, float]

    @property
    def power(self) -> float:
        """Heat [W] that the currents make: the sum of current times voltage over the terminals."""
        return sum(self.current[name] * self.voltage[name] for name in self.current)


class Potential:
    """The electric problem of a heat problem, on the same elements."""

    def __init__(self, laws: ElectricLaws, system: System) -> None:
        self.laws, self.system = laws, system
        names = [region.name for region in system.mesh.regions]
        self._law = [laws.resistivity.get(name) for name in names]
        self.terminals = [*laws.voltage, *laws.current]
        live = np.zeros(system.n, dtype=bool)
        for block in system.blocks:
            if self._law[block.region]:
                live[block.nodes] = True
        self.nodes = {name: np.unique(system.space.boundaries[name].nodes) for name in self.terminals}
        self._check(names, live)
        fixed = ~live
        for nodes in self.nodes.values():
            fixed[nodes] = True
        typical = np.stack([np.eye(3) * (1.0 if law else 1e-12) for law in self._law])
        self._solver = LinearSolver(Unknowns(system.space, system.pattern, fixed, lambda: typical))
        self._last: tuple[Floats, float, Joule] | None = None

    def joule(self, T: Floats, t: float) -> Joule:
        """The currents and their heat at ``T`` (n,) [K] and ``t`` [s]; what was last asked for is kept."""
        if self._last is None or self._last[1] != t or not np.array_equal(self._last[0], T):
            self._last = (T.copy(), t, self._solved(T, t))
        return self._last[2]

    def slopes(self, T: Floats, t: float) -> list[Floats | None]:
        """By block: d(heat density)/dT [W/m³/K] at a fixed current density, or, where only voltages drive, at a fixed field."""
        joule, sign = self.joule(T, t), 1.0 if self.laws.current else -1.0
        found: list[Floats | None] = []
        for block, made in zip(self.system.blocks, joule.density, strict=True):
            law = self._law[block.region]
            if made is None or law is None or "T" not in law.needs:
                found.append(None)
                continue
            at = block.at(T)
            relative = law.slope(block.points, t, at, self.system.radial) / law.at(block.points, t, at, self.system.radial)
            found.append(sign * made * relative)
        return found

    def _solved(self, T: Floats, t: float) -> Joule:
        system = self.system
        data = self._matrix(T, t)
        matrix = system.pattern.matrix(data)
        here = np.zeros((1, 3))
        given = {name: float(law.at(here, t, None)[0]) for name, law in self.laws.voltage.items()}
        wanted = np.array([float(law.at(here, t, None)[0]) for law in self.laws.current.values()])
        mark = object()

        def solved(levels: dict[str, float]) -> Floats:
            V = np.zeros(system.n)
            for name, level in levels.items():
                V[self.nodes[name]] = level
            return V + self._solver.solve(data, data, -(matrix @ V), BALANCED, mark)

        V = solved(given)
        units = [solved({name: 1.0}) for name in self.laws.current]
        if units:
            through = np.array([[(matrix @ unit)[self.nodes[name]].sum() for unit in units] for name in self.laws.current])
            already = np.array([(matrix @ V)[self.nodes[name]].sum() for name in self.laws.current])
            levels = np.linalg.solve(through, wanted - already)
            V = V + sum(level * unit for level, unit in zip(levels, units, strict=True))
        out = matrix @ V
        return Joule(
            V,
            tuple(self._density(block, V, T, t) for block in system.blocks),
            {name: self._joint(name, T, t) * self._jump(name, V) ** 2 for name in self.laws.contact_resistance},
            {name: float(out[nodes].sum()) for name, nodes in self.nodes.items()},
            {name: float(V[nodes[0]]) for name, nodes in self.nodes.items()},
        )

    def _matrix(self, T: Floats, t: float) -> Floats:
        system = self.system
        data = np.zeros(len(system.pattern.indices))
        for block, places in zip(system.blocks, system.block_places, strict=True):
            law = self._law[block.region]
            if law:
                sigma = 1 / law.at(block.points, t, block.at(T), system.radial)
                scatter(data, places, block.stiffness(sigma[..., None, None] * np.eye(3)))
        jump = np.array([[1.0, -1.0], [-1.0, 1.0]])
        for name in self.laws.contact_resistance:
            a, _ = system.sides[name]
            mass = a.mass(self._joint(name, T, t))
            f, n, _ = mass.shape
            entries = np.einsum("ab,fij->faibj", jump, mass).reshape(f, 2 * n, 2 * n)
            scatter(data, system.contact_places[name], entries)
        return data

    def _density(self, block: Block, V: Floats, T: Floats, t: float) -> Floats | None:
        law = self._law[block.region]
        if not law:
            return None
        field = block.gradient_of(V)
        return np.asarray((field * field).sum(axis=-1) / law.at(block.points, t, block.at(T), self.system.radial))

    def _joint(self, name: str, T: Floats, t: float) -> Floats:
        """Conductance [S/m²] of a contact at its Gauss points."""
        a, b = self.system.sides[name]
        return 1 / self.laws.contact_resistance[name].at(a.points, t, (a.at(T) + b.at(T)) / 2, self.system.radial)

    def _jump(self, name: str, V: Floats) -> Floats:
        a, b = self.system.sides[name]
        return a.at(V) - b.at(V)

    def _check(self, names: list[str], live: NDArray[np.bool_]) -> None:
        """Raise SolveError for terminals that touch no conductor or each other, and currents that cannot leave."""
        system = self.system
        for name, nodes in self.nodes.items():
            if not live[nodes].all():
                raise SolveError(f"terminal {name!r} lies on a region without resistivity")
        seen: dict[int, str] = {}
        for name, nodes in self.nodes.items():
            for node in nodes.tolist():
                if seen.setdefault(node, name) != name:
                    raise SolveError(f"terminals {seen[node]!r} and {name!r} touch: each is at one potential")
        conducting = np.isin(system.mesh.region, [i for i, law in enumerate(self._law) if law])
        joined = tuple(
            np.hstack([system.sides[name][0].nodes, system.sides[name][1].nodes]) for name in self.laws.contact_resistance
        )
        component = component_of(system.space.elements[conducting], system.n, joined)
        held = {int(component[self.nodes[name][0]]) for name in self.laws.voltage}
        loose = np.unique(
            [component[nodes[0]] for nodes in system.space.elements[conducting] if int(component[nodes[0]]) not in held]
        )
        if loose.size:
            lost = sorted(
                {
                    names[r]
                    for r, e in zip(system.mesh.region, system.space.elements, strict=True)
                    if component[e[0]] in loose and self._law[r]
                }
            )
            raise SolveError(
                f"no terminal sets the potential of {', '.join(lost)}: give one a voltage, or a contact_resistance to what has one"
            )
