"""Where the heat goes at a given temperature field: the nodal residual and the totals that an energy balance is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete, scattered
from packtool.thermal.coupling import WallFluid
from packtool.thermal.records import COOLANT_WALL, EnergyBalance, FacetHeat, StreamState

LEAST_K = 0.01
"""A field this close to that of its surroundings [K] counts as the same: flows are measured against what it would carry at least, or
a pack without heat at its ambient's temperature would be all rounding and never converge."""


@dataclass(frozen=True)
class Flows:
    """Heat at one temperature field.

    ``residual`` (n_points,) [W]: made and brought in minus carried away, by point; ``power``, ``slope`` (n_regions,) [W], [W/K];
    ``to_surfaces`` name -> W out through convection and given flux; ``leaving`` the same by facet, of convective surfaces and the coolant's
    wall; ``surface_slopes``: dq/dT at the Gauss points of each convective surface; ``state`` of the coolant; ``conductance`` [W/K]
    of all convective surfaces and wetted walls together; ``T`` (n_points,) [K] the field; ``conducted`` [W] by element and node of those whose
    properties depend on temperature (see ``Varying``).
    """

    residual: Floats
    power: Floats
    slope: Floats
    to_surfaces: dict[str, float]
    leaving: dict[str, FacetHeat]
    surface_slopes: list[Floats]
    state: StreamState | None
    conductance: float
    T: Floats
    conducted: Floats | None = None

    @property
    def least(self) -> float:
        """Heat [W] that is not told from none: what all surfaces would carry over LEAST_K."""
        return max(self.conductance * LEAST_K, 1e-300)

    def to_boundaries(self, discrete: Discrete) -> dict[str, float]:
        """Heat out through every named boundary [W]; through a prescribed temperature it is what arrives at its nodes."""
        out = dict(self.to_surfaces)
        for name, nodes in discrete.prescribed.items():
            out[name] = out.get(name, 0.0) + float(self.residual[nodes].sum())
        return out

    def balance(self, discrete: Discrete, stored: float = 0.0) -> EnergyBalance:
        """The whole solid's balance [W]."""
        to_stream = float(self.state.heat.sum()) if self.state else 0.0
        return EnergyBalance(float(self.power.sum()), self.to_boundaries(discrete), to_stream, stored, self.least)

    def scale(self, discrete: Discrete) -> float:
        """The largest of the heat made, the largest single flow and ``least`` [W]."""
        stream = abs(float(self.state.heat.sum())) if self.state else 0.0
        return max(float(np.abs(self.power).sum()), stream, *(abs(q) for q in self.to_boundaries(discrete).values()), self.least)

    def unbalanced(self, discrete: Discrete) -> float:
        """Sum of the absolute residual over the points whose temperature is free [W]."""
        return float(np.abs(self.residual[~discrete.fixed]).sum())


RegionHeat = Callable[[Floats], tuple[Floats, Floats]]


def heat_flows(discrete: Discrete, T: Floats, coupling: WallFluid | None = None, power: RegionHeat | None = None) -> Flows:
    """The flows at ``T`` (n_points,) [K]; the fluid of ``coupling`` is in balance with it.

    ``power`` replaces the problem's heat. Raises SolveError where the heat is not finite.
    """
    level = float(np.median(T))
    made, slope = _region_heat(discrete, discrete.mean @ T, power)
    above = T - level  # a uniform temperature conducts nothing; taking it off keeps the rounding at that of the differences
    residual = discrete.mean.T @ made - discrete.pattern.matrix(discrete.stiffness) @ above + discrete.inflow
    conducted = None
    if discrete.varying is not None:
        conducted = discrete.varying.conducted(T)
        residual -= discrete.varying.nodal(conducted)
    leaving, totals, surface_slopes = discrete.surface_heat(T)
    conductance = sum(float((s.quads.weight * by_T).sum()) for s, by_T in zip(discrete.surfaces, surface_slopes, strict=True))
    for name, q in discrete.inflow_power.items():
        totals[name] = totals.get(name, 0.0) - q
    state = None
    if coupling:
        state = coupling.state(T)
        conductance += float(coupling.conductance.sum())
        exchange = coupling.exchange
        beside = (state.mean - level)[exchange.segment]
        wall = np.einsum("fij,fj->fi", coupling.mass, above[exchange.facets]) - coupling.film * beside[:, None]
        leaving[COOLANT_WALL] = FacetHeat(exchange.facets, wall)
    for out in leaving.values():
        residual -= scattered(out.facets, out.heat, discrete.n_dofs)
    return Flows(residual, made, slope, totals, leaving, surface_slopes, state, conductance, T, conducted)


def _region_heat(discrete: Discrete, means: Floats, given: RegionHeat | None) -> tuple[Floats, Floats]:
    """Heat (n_regions,) [W] and slope (n_regions,) [W/K] at the region means ``means`` (n_regions,) [K]."""
    regions, heat = discrete.problem.mesh.regions, discrete.problem.heat
    if given is None and heat is None:
        return np.zeros(len(regions)), np.zeros(len(regions))
    power, slope = (np.asarray(a, dtype=float) for a in (given or heat.power)(means))  # type: ignore[union-attr]
    if power.shape != (len(regions),) or slope.shape != (len(regions),):
        raise SolveError(f"the heat has shapes {power.shape} and {slope.shape}; wanted ({len(regions)},), one number a region")
    bad = np.flatnonzero(~(np.isfinite(power) & np.isfinite(slope)))
    if bad.size:
        raise SolveError(
            f"the heat of {regions[bad[0]].name!r} is {power[bad[0]]} W, slope {slope[bad[0]]} W/K, at {means[bad[0]]:.2f} K"
        )
    return power, slope
