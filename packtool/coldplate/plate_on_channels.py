"""A solid on channels of coolant from a script: conduction by finite elements, the coolant by the network, two-way. SI throughout."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.coldplate.duct_flow import is_number, named_coolant, refuse_celsius
from packtool.coldplate.fluid import CoolantTable
from packtool.coldplate.losses import FlowPhysics
from packtool.coldplate.records import ColdPlateSolution, HeatPhysics
from packtool.coldplate.solve import cold_plate_solution
from packtool.coldplate.stream import ChannelStream
from packtool.design.schema import ColdPlate
from packtool.design.suggest import did_you_mean
from packtool.errors import SolveError
from packtool.layout.coolant import LPM, Branch, CoolantNetwork
from packtool.mesh.records import Floats, TaggedMesh
from packtool.results import ZERO_CELSIUS
from packtool.thermal.evaluate import boundary_mean, interpolation, region_values
from packtool.thermal.records import ConductionProblem, Convection, EnergyBalance, Heat, ThermalSolution
from packtool.thermal.steady import solve_steady


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel from node ``start`` to node ``end`` along ``path``, its centreline in the plan [(x, y), ...] [m]; ``width`` in the plan,
    ``height`` [m], ``bottom`` its underside's z [m]. ``header``: other channels join it sideways."""

    name: str
    start: str
    end: str
    path: Sequence[tuple[float, float]]
    width: float
    height: float
    bottom: float = 0.0
    header: bool = False


@dataclass(frozen=True)
class PlateOnChannels:
    """A solved plate. ``T`` (n_points,) [K] at the mesh's points; ``coolant`` its flow, films and path; ``balance`` [W]."""

    solution: ThermalSolution
    coolant: ColdPlateSolution

    @property
    def T(self) -> Floats:
        """Temperatures at the mesh's points (n_points,) [K]."""
        return self.solution.T

    @property
    def balance(self) -> EnergyBalance:
        """Heat made and given off [W]."""
        return self.solution.balance

    @property
    def T_outlet(self) -> float:
        """Where the coolant leaves [K]."""
        return self.coolant.outlet_degC + ZERO_CELSIUS

    def at(self, points: Any) -> Any:
        """Temperature [K] at one point (3,) or several (n, 3) [m]. Raises SolveError outside the solid."""
        places = np.atleast_2d(np.asarray(points, float))
        values = interpolation(self.solution.mesh, places) @ self.T
        return float(values[0]) if np.ndim(points) == 1 else values

    def mean(self, region: str) -> float:
        """Volume mean [K] of a region."""
        names = [one.name for one in self.solution.mesh.regions]
        if region not in names:
            raise SolveError(f"no region is called {region!r}{did_you_mean(region, tuple(names))}")
        return float(region_values(self.solution.mesh, self.T).mean[names.index(region)])

    def boundary_mean(self, boundary: str) -> float:
        """Area mean [K] over a boundary."""
        if boundary not in self.solution.mesh.boundaries:
            raise SolveError(f"no boundary is called {boundary!r}{did_you_mean(boundary, tuple(self.solution.mesh.boundaries))}")
        return boundary_mean(self.solution.mesh, self.T, boundary)

    def coolant_at(self, channel: str, s: float) -> float:
        """Mixed temperature of the coolant [K] at the way ``s`` [m] from a channel's start, straight between its segments' middles."""
        path = self.coolant.path
        if channel not in path.names:
            raise SolveError(f"no channel is called {channel!r}{did_you_mean(channel, path.names)}")
        here = path.branch == path.names.index(channel)
        return float(np.interp(s * 1e3, path.s_mm[here], path.T_degC[here])) + ZERO_CELSIUS


def bare_plate(**changes: object) -> ColdPlate:
    """A cold plate record of which only the flow's keys matter."""
    keys: dict[str, object] = {
        "type": "serpentine", "passes": 1, "channel_width_mm": 10.0, "channel_height_mm": 3.0, "thickness_mm": 5.0,
        "material": "aluminium", "coolant": "constant", "flow_lpm": 0.5, "inlet_degC": 25.0,
    }  # fmt: skip
    return ColdPlate.model_validate(keys | changes)


def solve_plate(
    mesh: TaggedMesh,
    k: Any,
    channels: Channel | Sequence[Channel],
    coolant: Coolant | str,
    T_in: float,
    *,
    walls: str,
    flow: float | None = None,
    mass_flow: float | None = None,
    inlet: str | None = None,
    outlet: str | None = None,
    h: float | None = None,
    power: Mapping[str, float] | None = None,
    flux: Mapping[str, float] | None = None,
    convection: Mapping[str, tuple[float, float]] | None = None,
    temperature: Mapping[str, float] | None = None,
    contact: Mapping[str, float] | None = None,
    roughness: float = 0.0,
    flow_physics: FlowPhysics = FlowPhysics(),
    heat_physics: HeatPhysics = HeatPhysics(),
) -> PlateOnChannels:
    """The steady temperatures of a solid and of the coolant in its channels, with each other.

    ``mesh``: of ``packtool.thermal.mesh_boxes``, its wetted faces the boundary ``walls``, each of them in one of the ``channels``. ``k``
    [W/m/K] by region, or one for all: a number, three along x, y, z, or a tensor. ``flow`` [m³/s] at the inlet's density or ``mass_flow``
    [kg/s], in at node ``inlet`` and out at ``outlet`` (of one channel: its start and end); ``T_in`` [K]. ``h`` [W/m²/K] in place of the
    film's correlations. ``power`` [W] by region; by boundary ``flux`` [W/m², into the solid], ``convection`` (h [W/m²/K], T [K]),
    ``temperature`` [K]; ``contact`` [W/m²/K] by contact. Boundaries that are named nowhere are adiabatic.

    Raises SolveError for what is missing, unknown or out of range; NotConverged.
    """
    listed = (channels,) if isinstance(channels, Channel) else tuple(channels)
    if not listed:
        raise SolveError("a plate needs a channel")
    for channel in listed:
        _refuse_channel(channel)
    _refuse_values(h, roughness, power, flux, convection, temperature, contact)
    known = named_coolant(coolant)
    refuse_celsius(T_in)
    if (flow is None) == (mass_flow is None):
        raise SolveError("give one of flow and mass_flow")
    if not is_number(mass_flow if flow is None else flow):
        raise SolveError(f"the coolant flow is {mass_flow if flow is None else flow!r}; wanted a finite number")
    rho = float(CoolantTable.of(known).at(np.array(T_in), "T_in").rho)
    volume = flow if flow is not None else (mass_flow or 0.0) / rho
    if not (math.isfinite(volume) and 0 < volume <= 1e4 * LPM):
        raise SolveError(f"the coolant flow must be above 0 and at most {1e4 * LPM:.3g} m³/s, got {volume:g} m³/s")
    if walls not in mesh.boundaries:
        raise SolveError(f"walls: no boundary is called {walls!r}{did_you_mean(walls, tuple(mesh.boundaries))}")
    network = CoolantNetwork(
        tuple(_branch(channel) for channel in listed),
        _node(inlet, listed[0].start, "inlet", listed), _node(outlet, listed[-1].end, "outlet", listed),
        1e3 * listed[0].bottom, 1e3 * (listed[0].bottom + listed[0].height),
    )  # fmt: skip
    if h is not None:
        if h <= 0:
            raise SolveError(f"h must be above 0, got {h:g} W/m²/K")
        heat_physics = HeatPhysics(heat_physics.wall, heat_physics.restart_at_bends, given_h=h)
    record = bare_plate(flow_lpm=volume / LPM, inlet_degC=T_in - ZERO_CELSIUS, coolant=known.id, roughness_um=1e6 * roughness)
    stream = ChannelStream.of(network, record, known, mesh, walls, flow_physics, heat_physics)
    names = [region.name for region in mesh.regions]
    watts = np.array([(power or {}).get(name, 0.0) for name in names])
    for given, there, word in (
        (power, names, "power"), (flux, list(mesh.boundaries), "flux"), (convection, list(mesh.boundaries), "convection"),
        (temperature, list(mesh.boundaries), "temperature"), (contact, list(mesh.contacts), "contact"),
    ):  # fmt: skip
        lost = [name for name in given or {} if name not in there]
        if lost:
            raise SolveError(f"{word}: the mesh has no {lost[0]!r}{did_you_mean(lost[0], tuple(there))}; it has {', '.join(there)}")
    problem = ConductionProblem(
        mesh,
        np.array([_tensor(k[name] if isinstance(k, Mapping) else k) for name in _all_named(k, names)]),
        heat=Heat(lambda _means: (watts, np.zeros_like(watts))) if watts.any() else None,
        convection={name: Convection(*pair) for name, pair in (convection or {}).items()},
        temperature=dict(temperature or {}), flux=dict(flux or {}), contact=dict(contact or {}),
    )  # fmt: skip
    solution = solve_steady(problem, stream)
    assert solution.stream is not None
    return PlateOnChannels(solution, cold_plate_solution(stream, solution.stream))


def _refuse_channel(channel: Channel) -> None:
    """SolveError for a channel that is none, with its name."""
    if not isinstance(channel, Channel):
        raise SolveError(f"channels are Channel records; got {channel!r}")
    for word in ("width", "height", "bottom"):
        value = getattr(channel, word)
        if not is_number(value) or (value <= 0 and word != "bottom"):
            raise SolveError(
                f"channel {channel.name!r}: {word} is {value!r}; wanted a number [m]{'' if word == 'bottom' else ' above 0'}"
            )
    path = channel.path
    if isinstance(path, str) or len(path) < 2 or not all(np.shape(place) == (2,) and all(map(is_number, place)) for place in path):
        raise SolveError(f"channel {channel.name!r}: its path is two places or more, [(x, y), ...] [m]; got {path!r}")


def _refuse_values(
    h: object, roughness: float, power: object, flux: object, convection: object, temperature: object, contact: object
) -> None:
    """SolveError for what is no number where one is due, and for temperatures that can only be meant in degC."""
    for word, alone in (("h", 0.0 if h is None else h), ("roughness", roughness)):
        if not is_number(alone):
            raise SolveError(f"{word} is {alone!r}; wanted a finite number")
    if roughness < 0:
        raise SolveError(f"roughness is {roughness!r} m; wanted 0 or more")
    by_name = (("power", power), ("flux", flux), ("convection", convection), ("temperature", temperature), ("contact", contact))
    for word, given in by_name:
        if given is not None and not isinstance(given, Mapping):
            raise SolveError(f"{word} is given by name, {{name: value}}; got {given!r}")
        for name, value in (given or {}).items():
            what = f"{word} at {name!r}"
            if word == "convection":
                if not (isinstance(value, tuple | list) and len(value) == 2 and is_number(value[0])):
                    raise SolveError(f"{what} is {value!r}; wanted (h [W/m²/K], T [K])")
                refuse_celsius(value[1], f"the temperature of {what}")
            elif word == "temperature":
                refuse_celsius(value, what)
            elif not is_number(value):
                raise SolveError(f"{what} is {value!r}; wanted a finite number")


def _branch(channel: Channel) -> Branch:
    return Branch(
        channel.name, channel.start, channel.end, tuple((1e3 * x, 1e3 * y) for x, y in channel.path), 1e3 * channel.width,
        1e3 * channel.height, "header" if channel.header else "channel", z0=1e3 * channel.bottom,
    )  # fmt: skip


def _node(given: str | None, own: str, word: str, channels: Sequence[Channel]) -> str:
    if given is None and len(channels) > 1:
        raise SolveError(f"{word}: name the node, there are {len(channels)} channels")
    node = own if given is None else given
    known = tuple(dict.fromkeys(n for channel in channels for n in (channel.start, channel.end)))
    if node not in known:
        raise SolveError(f"{word}: no channel starts or ends at {node!r}{did_you_mean(node, known)}")
    return node


def _all_named(k: Any, names: Sequence[str]) -> Sequence[str]:
    lost = [name for name in names if isinstance(k, Mapping) and name not in k]
    if lost:
        raise SolveError(f"k: the conductivity of region {lost[0]!r} is missing")
    return names


def _tensor(value: Any) -> Floats:
    """(3, 3) from a number, three, or a tensor; SolveError of any other shape."""
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        raise SolveError(f"k is {value!r}; wanted one number, three or a 3 x 3 tensor [W/m/K]") from None
    if array.ndim == 0:
        return float(array) * np.eye(3)
    if array.shape == (3,):
        return np.diag(array)
    if array.shape == (3, 3):
        return array
    raise SolveError(f"k must be one number, three or a 3 x 3 tensor, got shape {array.shape}")
