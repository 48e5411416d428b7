"""The heat at every node for a temperature field, and its derivative: conduction, sources, surfaces and contacts at Gauss points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.artifacts import content_hash
from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.thermal.general.discretisation import Discretisation
from packtool.thermal.general.electric import Potential
from packtool.thermal.general.exchange import exchanged
from packtool.thermal.general.geometry import Block, Face, scatter
from packtool.thermal.general.linear import Unknowns
from packtool.thermal.general.problem import HeatProblem
from packtool.thermal.general.storage import Storage


@dataclass(frozen=True)
class Heat:
    """At one temperature field: ``residual`` (n,) [W] made and brought in minus carried away; ``power`` (n_regions,) [W];
    ``out`` [W] by boundary through convection, radiation and flux; ``gross`` [W] the largest of all these."""

    residual: Floats
    power: Floats
    out: dict[str, float]
    gross: float


class System(Discretisation):
    """The heat of a problem on its Lagrange space of ``degree``; what does not depend on temperature or time is integrated once."""

    def __init__(self, problem: HeatProblem, degree: int = 1) -> None:
        super().__init__(problem, degree)
        self.potential = Potential(problem.electric, self) if problem.electric else None
        self.steady_k = [not (K.needs & {"T", "t"}) for K in problem.conductivity]

    @cached_property
    def _constant_stiffness(self) -> Floats:
        """Entries of conduction in the regions whose conductivity depends on neither temperature nor time."""
        data = np.zeros(len(self.pattern.indices))
        for block, places in zip(self.blocks, self.block_places, strict=True):
            if self.steady_k[block.region]:
                K = self.problem.conductivity[block.region].at(block.points, 0.0, None, self.radial)
                scatter(data, places, block.stiffness(K))
        return data

    @cached_property
    def _constant_matrix(self) -> Any:
        return self.pattern.matrix(self._constant_stiffness)

    @cached_property
    def storage(self) -> Storage:
        """Heat stored. Raises SolveError where the problem has no rho_cp."""
        if self.problem.capacity is None:
            raise SolveError("a transient solve needs rho_cp, and the problem has none")
        return Storage(self.problem.capacity, self.blocks, self.block_places, self.pattern)

    @cached_property
    def unknowns(self) -> Unknowns:
        """For the linear solver."""
        return Unknowns(self.space, self.pattern, self.fixed, self._typical_conductivity)

    def _typical_conductivity(self) -> Floats:
        """(n_regions, 3, 3): a mean over the first elements of each region at 300 K."""
        first = {block.region: block for block in reversed(self.blocks)}
        found = []
        for region, K in enumerate(self.problem.conductivity):
            block = first[region]
            at = K.at(block.points, 0.0, np.full(block.weight.shape, 300.0), self.radial)
            found.append(np.broadcast_to(at, (*block.weight.shape, 3, 3)).reshape(-1, 3, 3).mean(axis=0))
        return np.stack(found)

    def heat(self, T: Floats, t: float, of: Iterable[int] | None = None) -> Heat:
        """The heat flows at ``T`` (n,) [K] and time ``t`` [s]; ``of``: the elements and facets of these regions alone, no contacts."""
        only = None if of is None else set(of)
        level = float(np.median(T))
        above = T - level  # a uniform temperature conducts nothing: taking it off keeps the rounding at that of the differences
        residual, power = np.zeros(self.n), np.zeros(len(self.volume))
        if only is None:
            residual -= self._constant_matrix @ above
        joule = self.potential.joule(T, t) if self.potential else None
        for number, block in enumerate(self.blocks):
            if only is not None and block.region not in only:
                continue
            if joule and (made := joule.density[number]) is not None:
                power[block.region] += float((block.weight * made).sum())
                scatter(residual, block.nodes, block.load(made))
            if only is not None or not self.steady_k[block.region]:
                K = self.problem.conductivity[block.region].at(block.points, t, block.at(T), self.radial)
                scatter(residual, block.nodes, -block.divergence((K @ block.gradient_of(above)[..., None])[..., 0]))
            made = self._made(block, T, t)
            if made is not None:
                power[block.region] += float((block.weight * made).sum())
                scatter(residual, block.nodes, block.load(made))
        out: dict[str, float] = {}
        gross = 0.0
        for name, there, q, _ in self.surface_flux(T, t, only=only):
            if only is not None and not self.touched[name] <= only:
                mine = np.flatnonzero(np.isin(self.mesh.region[there.owner], list(only)))
                there, q = there.part(mine), q[mine]
            out[name] = out.get(name, 0.0) + float((there.weight * q).sum())
            gross = max(gross, float((there.weight * np.abs(q)).sum()))
            scatter(residual, there.nodes, -there.load(q))
        if only is None:
            for name, (a, b) in self.sides.items():
                q = self.contact_flux(name, T, t)
                gross = max(gross, float((a.weight * np.abs(q)).sum()))
                scatter(residual, a.nodes, -a.load(q))
                scatter(residual, b.nodes, a.load(q))
        if joule:
            for name, made in joule.contact.items():  # half of a joint's heat goes to either side
                for there in self.sides[name]:
                    region = self.mesh.region[there.owner]
                    own = np.ones(len(region), dtype=bool) if only is None else np.isin(region, list(only))
                    half = there.weight[own] * made[own] / 2
                    power += np.bincount(region[own], half.sum(axis=1), minlength=len(power))
                    scatter(residual, there.nodes[own], half @ there.N)
        return Heat(residual, power, out, max(gross, float(np.abs(power).sum())))

    def contact_flux(self, name: str, T: Floats, t: float) -> Floats:
        """Heat flux [W/m²] from the minus to the plus side at the Gauss points of a contact."""
        a, b = self.sides[name]
        Ta, Tb = a.at(T), b.at(T)
        return self.problem.contact[name].at(a.points, t, (Ta + Tb) / 2, self.radial) * (Ta - Tb)

    def jacobian(self, T: Floats, t: float) -> tuple[Floats, Floats, bool]:
        """Entries of minus the residual's derivative [W/K]; of its symmetric, positive part; and whether they are the same."""
        data = self._constant_stiffness.copy()
        extra: list[tuple[NDArray[np.int32], Floats]] = []
        joule = self.potential.slopes(T, t) if self.potential else None
        for number, (block, places) in enumerate(zip(self.blocks, self.block_places, strict=True)):
            if joule and (slope := joule[number]) is not None:
                extra.append((places, -block.mass(slope)))
            K = self.problem.conductivity[block.region]
            if not self.steady_k[block.region]:
                at = block.at(T)
                scatter(data, places, block.stiffness(K.at(block.points, t, at, self.radial)))
                if "T" in K.needs:
                    slope = K.slope(block.points, t, at, self.radial)
                    extra.append((places, block.drift((slope @ block.gradient_of(T)[..., None])[..., 0])))
            by_T = self._made_slope(block, T, t)
            if by_T is not None:
                extra.append((places, -block.mass(by_T)))
        for name, there, _, slope in self.surface_flux(T, t, slopes=True):
            if slope is not None and slope.any():
                scatter(data, self.face_places[name], there.mass(np.maximum(slope, 0)))
                if (slope < 0).any():
                    extra.append((self.face_places[name], there.mass(np.minimum(slope, 0))))
        jump = np.array([[1.0, -1.0], [-1.0, 1.0]])
        for name, (a, b) in self.sides.items():
            Ta, Tb = a.at(T), b.at(T)
            law = self.problem.contact[name]
            mass = a.mass(law.at(a.points, t, (Ta + Tb) / 2, self.radial))
            f, n, _ = mass.shape
            scatter(data, self.contact_places[name], np.einsum("ab,fij->faibj", jump, mass).reshape(f, 2 * n, 2 * n))
            if "T" in law.needs:
                mass = a.mass(law.slope(a.points, t, (Ta + Tb) / 2, self.radial) * (Ta - Tb) / 2)
                both = np.array([[1.0, 1.0], [-1.0, -1.0]])
                extra.append((self.contact_places[name], np.einsum("ab,fij->faibj", both, mass).reshape(f, 2 * n, 2 * n)))
        if not extra:
            return data, data, True
        full = data.copy()
        for places, entries in extra:
            scatter(full, places, entries)
        return full, data, False

    def fingerprint(self, T: Floats, times: Sequence[float], tolerance: float) -> str:
        """A hash of the mesh, of the times and of what the problem does to ``T`` at the first and the last of them."""
        heats = [self.heat(T, t).residual for t in (times[0] / 3, times[-1])]
        numbers = [self.space.nodes, self.space.elements, T, *heats, self.storage.entries(T), np.array([*times, tolerance])]
        return content_hash(b"".join(np.ascontiguousarray(a).tobytes() for a in numbers))

    @cached_property
    def linear(self) -> bool:
        """Nothing depends on temperature: one matrix, one solve."""
        problem = self.problem
        laws = [
            *problem.source,
            *problem.power,
            *problem.flux.values(),
            *problem.contact.values(),
            *(e.h for e in problem.exchange),
        ]
        laws += [e.emissivity for e in problem.exchange]
        if problem.electric:
            return False
        quiet = all(a is None or "T" not in a.needs for a in laws) and all("T" not in K.needs for K in problem.conductivity)
        return quiet and all(e.emissivity.constant == 0 for e in problem.exchange)

    @cached_property
    def steady_matrix(self) -> bool:
        """The matrix depends on neither temperature nor time, and nor does the capacity."""
        problem = self.problem
        laws = [*problem.contact.values(), *(e.h for e in problem.exchange)]
        still = all("t" not in a.needs for a in laws) and all("t" not in K.needs for K in problem.conductivity)
        return self.linear and still and all(c.constant_in_T for c in problem.capacity or ())

    def _made(self, block: Block, T: Floats, t: float) -> Floats | None:
        """Heat a volume (e, q) [W/m³] of a block; None where it makes none."""
        source, power = self.problem.source[block.region], self.problem.power[block.region]
        parts = []
        if source:
            parts.append(source.at(block.points, t, block.at(T) if "T" in source.needs else None, self.radial))
        if power:
            made = power.at(block.points, t, block.at(T) if "T" in power.needs else None, self.radial)
            parts.append(made / self.volume[block.region])
        return sum(parts) if parts else None  # type: ignore[return-value]

    def _made_slope(self, block: Block, T: Floats, t: float) -> Floats | None:
        source, power = self.problem.source[block.region], self.problem.power[block.region]
        parts = [a.slope(block.points, t, block.at(T), self.radial) / v for a, v in ((source, 1.0), (power, self.volume[block.region])) if a and "T" in a.needs]  # fmt: skip
        return sum(parts) if parts else None  # type: ignore[return-value]

    def surface_flux(
        self, T: Floats, t: float, slopes: bool = False, only: set[int] | None = None
    ) -> Iterator[tuple[str, Face, Floats, Floats | None]]:
        """Name, facets, heat flux out of the solid (f, q) [W/m²] and its slope by temperature, surface by surface."""
        for exchange in self.problem.exchange:
            if only is not None and not self.touched[exchange.boundary] & only:
                continue
            there = self.faces[exchange.boundary]
            q, slope = exchanged(exchange, there.points, there.at(T), t, self.radial)
            yield exchange.boundary, there, q, slope
        for name, flux in self.problem.flux.items():
            if only is not None and not self.touched[name] & only:
                continue
            there = self.faces[name]
            at = there.at(T) if "T" in flux.needs else None
            by_T = -flux.slope(there.points, t, at, self.radial) if slopes and at is not None else None
            yield name, there, -flux.at(there.points, t, at, self.radial), by_T
