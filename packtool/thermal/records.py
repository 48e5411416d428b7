"""What a heat solve is given and what it gives back. SI throughout: metres, kelvin, watts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.material_law import MaterialLaw

COOLANT_WALL = "coolant_wall"
"""Name of the boundary between solid and coolant."""


@dataclass(frozen=True, slots=True)
class Convection:
    """Heat to an ambient: h (T - T_ambient) + emissivity sigma (T^4 - T_ambient^4), through an optional series resistance.

    ``h`` [W/m²/K], ``T_ambient`` [K], ``emissivity`` [-] (0: no radiation), ``series_h`` [W/m²/K]: conductance of what lies between
    the mesh's facet and the surface that convects (air gap, wall); None: nothing.
    """

    h: float
    T_ambient: float
    emissivity: float = 0.0
    series_h: float | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """Heat made in regions.

    ``power(T_mean)`` takes the mean temperature of every region (n_regions,) [K] and returns (power, slope), each (n_regions,):
    the heat of each region [W] and its derivative by that region's mean temperature [W/K].
    """

    power: Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class ConductionProblem:
    """Heat conduction on a mesh. Boundaries that are named nowhere are adiabatic.

    ``conductivity`` (n_regions, 3, 3) [W/m/K], symmetric positive definite; ``rho_cp`` (n_regions,) [J/m³/K], for transients;
    ``convection``, ``temperature`` [K], ``flux`` [W/m², into the solid] by boundary name; ``contact`` [W/m²/K] by contact name; ``tie`` [W/m²/K] by tie name, so large that what is left between its two sides does not count.
    ``laws``: by region, what takes the place of its conductivity or heat capacity because it depends on temperature; those of the arrays are
    then typical ones.
    """

    mesh: TaggedMesh
    conductivity: Floats
    heat: Heat | None = None
    convection: Mapping[str, Convection] = field(default_factory=dict)
    temperature: Mapping[str, float] = field(default_factory=dict)
    flux: Mapping[str, float] = field(default_factory=dict)
    contact: Mapping[str, float] = field(default_factory=dict)
    tie: Mapping[str, float] = field(default_factory=dict)
    rho_cp: Floats | None = None
    laws: Mapping[int, MaterialLaw] = field(default_factory=dict)


@dataclass(frozen=True)
class StreamExchange:
    """A fluid that takes up heat from wall facets: the linear coupling of one outer iteration.

    The wall gives segment j the heat Q_j = sum over its facets of the integral of h (T_wall - t_j), where t = ``mean`` @ theta is
    the fluid's temperature in each segment and theta (n_states,) its state: ``transport`` @ theta = ``gain`` @ Q + ``supply``.

    ``facets`` (n_facets, 4) mesh nodes; ``segment`` (n_facets,) index of the segment; ``h`` (n_facets,) [W/m²/K];
    ``mean`` (n_segments, n_states), ``transport`` (n_states, n_states), ``gain`` (n_states, n_segments): scipy.sparse;
    ``supply`` (n_states,). Temperatures in kelvin. In time the states hold heat: ``storage`` (n_states,) [J/K] d(theta)/dt =
    ``gain`` @ Q + ``supply`` - ``transport`` @ theta; where it is 0 the balance holds at every instant. None: everywhere.
    """

    facets: Integers
    segment: Integers
    h: Floats
    mean: Any
    transport: Any
    gain: Any
    supply: Floats
    storage: Floats | None = None


@dataclass(frozen=True, slots=True)
class StreamState:
    """A fluid after a solve: ``theta`` (n_states,) [K], ``mean`` (n_segments,) [K], ``heat`` (n_segments,) [W] taken up from the
    wall, ``wall`` (n_segments,) [K] the area-weighted wall temperature."""

    theta: Floats
    mean: Floats
    heat: Floats
    wall: Floats


class StreamModel(Protocol):
    """Whatever knows how h and the flow follow from the fluid's state; asked anew in every outer iteration."""

    def exchange(self, state: StreamState | None) -> StreamExchange:
        """The coupling at this state; None: the first guess."""
        ...


@dataclass(frozen=True, slots=True)
class FacetHeat:
    """Heat out of the solid at the nodes of outer facets: ``facets`` (n, 4) mesh points, ``heat`` (n, 4) [W], or over a run [J]."""

    facets: Integers
    heat: Floats


@dataclass(frozen=True)
class EnergyBalance:
    """Watts, by consistent fluxes: made and into the solid > 0; ``to`` a boundary, the coolant: out of the solid > 0.

    ``least`` [W] > 0: flows below it are rounding, so it is the smallest scale that an imbalance is measured against.
    """

    made: float
    to_boundaries: Mapping[str, float]
    to_stream: float
    stored: float = 0.0
    least: float = 1e-300

    @property
    def imbalance(self) -> float:
        """|made - out - stored| over the largest of the heat made, the largest single flow and ``least`` [-]."""
        out = sum(self.to_boundaries.values()) + self.to_stream
        scale = max(abs(self.made), abs(self.to_stream), *(abs(q) for q in self.to_boundaries.values()), self.least)
        return abs(self.made - out - self.stored) / scale


@dataclass(frozen=True)
class ThermalSolution:
    """``T`` (n_points,) [K] at the mesh's points; ``region_power`` (n_regions,) [W]; ``leaving``: heat out by convective boundary and, under
    COOLANT_WALL, to the coolant; how the solve went. ``conducted`` (n_points,) [W]: what the parts whose conductivity depends on temperature
    conduct away from each point, by kind (see ``varying.kind_of``)."""

    mesh: TaggedMesh
    T: Floats
    region_power: Floats
    balance: EnergyBalance
    leaving: Mapping[str, FacetHeat]
    stream: StreamState | None
    linear_iterations: int
    outer_iterations: int
    n_dofs: int
    seconds: Mapping[str, float]
    conducted: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class TransientSolution:
    """``times`` (n_out,) [s] and ``T`` (n_out, n_points) [K] there; at every step ``step_times`` (n_steps + 1,) [s], and
    ``region_mean`` [K], ``region_power`` [W], both (n_steps + 1, n_regions). ``balance`` is of the whole run, in joules."""

    mesh: TaggedMesh
    times: Floats
    T: Floats
    step_times: Floats
    region_mean: Floats
    region_power: Floats
    balance: EnergyBalance
    rejected_steps: int
    linear_iterations: int
    n_dofs: int
    seconds: Mapping[str, float]
