"""The coolant of a cold plate as the thermal solver's stream: h and the coolant's transport at any state of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.coldplate.calibrated import network_passages
from packtool.coldplate.fluid import CoolantTable
from packtool.coldplate.losses import FlowPhysics
from packtool.coldplate.march import Film, Order, Transport, film, order, standing_film, transport
from packtool.coldplate.network import FlowSplit, flow_changes, split_flow
from packtool.coldplate.passages import Passages
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.segments import Segments, WallMap, branch_means, cut, facet_size, map_walls
from packtool.design.schema import AnyColdPlate
from packtool.design.schema.cold_plate import known_flow_lpm
from packtool.layout.coolant import LPM, CoolantNetwork
from packtool.mesh.records import Floats, TaggedMesh
from packtool.results import ZERO_CELSIUS
from packtool.thermal.records import StreamExchange, StreamState

ISOTHERMAL_SEGMENTS = 50
"""Segments along the longest branch where there is no mesh to follow."""
STANDING = 1e-6
"""Share of the plate's flow that a standing pump is solved with: its coolant would be renewed once in a month."""
ASTRAY_K = 30.0
"""How far outside its table the coolant may stray between two outer iterations [K]; it is then taken at the table's end."""


@dataclass(frozen=True)
class Flow:
    """The flow at one temperature state: how it splits, and the film on the walls."""

    split: FlowSplit
    film: Film
    way: Order
    transport: Transport


@dataclass(frozen=True)
class ChannelStream:
    """Coolant in a network of channels (a ``StreamModel``). Frozen: every exchange follows from the state it is given alone.

    ``walls`` None: a network without a mesh, for hydraulics only. ``standing``: the pump is off; films are those of still coolant, and
    the flow is so small that it carries next to nothing.
    """

    network: CoolantNetwork
    plate: AnyColdPlate
    table: CoolantTable
    passages: Passages
    segments: Segments
    walls: WallMap | None
    flow_physics: FlowPhysics
    heat_physics: HeatPhysics
    standing: bool = False

    @classmethod
    def of(
        cls,
        network: CoolantNetwork,
        plate: AnyColdPlate,
        coolant: Coolant,
        mesh: TaggedMesh | None = None,
        boundary: str = "coolant_wall",
        flow_physics: FlowPhysics = FlowPhysics(),
        heat_physics: HeatPhysics = HeatPhysics(),
    ) -> ChannelStream:
        """From a layout's network and the mesh's wall facets. Segments are about as long as those facets.

        Raises SolveError for a network that cannot carry the flow, a mesh without the boundary, a facet in no channel, an inlet
        temperature outside the coolant's table.
        """
        table = CoolantTable.of(coolant)
        table.require(np.array(plate.inlet_degC + ZERO_CELSIUS), "cold_plate.inlet_degC")
        p = network_passages(network)
        if mesh is None:
            segments, walls = cut(network, float(p.length.max()) / ISOTHERMAL_SEGMENTS), None
        else:
            segments = cut(network, facet_size(network, mesh, boundary))
            walls = map_walls(network, segments, mesh, boundary)
        return cls(network, plate, table, p, segments, walls, flow_physics, heat_physics)

    def changed(self, flow_lpm: float | None, inlet_degC: float | None) -> ChannelStream:
        """With another flow or inlet temperature: below 0 the coolant flows backwards and enters by the outlet at the inlet's temperature,
        at 0 it stands still."""
        p, own = self.passages, known_flow_lpm(self.plate)
        flow = own if flow_lpm is None else flow_lpm
        backwards = flow < 0
        update: dict[str, float] = {"flow_lpm": abs(flow) or STANDING * own}
        if inlet_degC is not None:
            update["inlet_degC"] = inlet_degC
        return replace(
            self,
            plate=self.plate.model_copy(update=update),
            passages=replace(p, inlet=p.outlet, outlet=p.inlet) if backwards else p,
            standing=flow == 0,
        )

    @property
    def signed_flow_lpm(self) -> float:
        """Flow [L/min], below 0 backwards, 0 standing."""
        backwards = self.passages.nodes[self.passages.inlet] != self.network.inlet
        return 0.0 if self.standing else known_flow_lpm(self.plate) * (-1 if backwards else 1)

    def towards(self, other: ChannelStream, share: float) -> ChannelStream:
        """The stream at this ``share`` [-] of the straight way to ``other`` of the same plate."""
        if share == 0.0:
            return self
        flow = (1 - share) * self.signed_flow_lpm + share * other.signed_flow_lpm
        inlet = (1 - share) * self.plate.inlet_degC + share * other.plate.inlet_degC
        p = self.passages
        forward = replace(p, inlet=p.outlet, outlet=p.inlet) if self.signed_flow_lpm < 0 else p
        return replace(self, passages=forward).changed(flow, inlet)

    @property
    def T_in(self) -> float:
        """Inlet temperature [K]."""
        return self.plate.inlet_degC + ZERO_CELSIUS

    @property
    def mass_flow(self) -> float:
        """Total mass flow [kg/s]: ``flow_lpm`` at the inlet's density."""
        return float(known_flow_lpm(self.plate) * LPM * self.table.at(np.array(self.T_in)).rho)

    @property
    def n_states(self) -> int:
        """Node temperatures, then segment outlets."""
        return len(self.passages.nodes) + len(self.segments.s)

    def flow(self, theta: Floats, mean: Floats) -> Flow:
        """Flow split, films and transport for states ``theta`` (n_states,) and segment temperatures ``mean`` (n_segments,) [K].

        Raises SolveError outside the coolant's table or a correlation's range, NotConverged if the split has no solution.
        """
        self.table.require(theta, self._named)
        fluid = self.table.at(mean, "cold plate")
        segments, p = self.segments, self.passages
        rho, viscosity = branch_means(p, segments, fluid)
        split = split_flow(p, self.mass_flow, rho, viscosity, self.plate.roughness_um * 1e-6, self.flow_physics)
        if self.standing:
            films = standing_film(p, segments, fluid)
        else:
            films = film(p, segments, split.mass_flow, fluid, self.plate.roughness_um * 1e-6, self.heat_physics)
        if self.heat_physics.lowest_film:
            films = replace(films, h=films.h * (1 - films.scatter))
        way = order(p, segments, split.mass_flow)
        conductance = films.h * self.wall_area
        return Flow(split, films, way, transport(p, segments, way, split.mass_flow, self.table, theta, self.T_in, conductance))

    def flow_changes(self, mean: Floats, split: FlowSplit) -> Floats:
        """``network.flow_changes`` of the ``split`` at segment temperatures ``mean`` (n_segments,) [K]."""
        rho, viscosity = branch_means(self.passages, self.segments, self.table.at(mean, "cold plate"))
        return flow_changes(self.passages, split, rho, viscosity, self.plate.roughness_um * 1e-6, self.flow_physics)

    def _named(self, state: int) -> str:
        """What a state is the temperature of, for messages."""
        p, n = self.passages, len(self.passages.nodes)
        return f"cold plate, {p.nodes[state] if state < n else p.names[self.segments.branch[state - n]]}"

    @property
    def wall_area(self) -> Floats:
        """Wall area of each segment (n_segments,) [m²]; zeros without a mesh."""
        if self.walls is None:
            return np.zeros(len(self.segments.s))
        return np.bincount(self.walls.segment, self.walls.area, len(self.segments.s))

    def exchange(self, state: StreamState | None) -> StreamExchange:
        """The coupling at this state; None: everything at the inlet temperature.

        On its way to the solution the coolant may stray up to 30 K outside its table; ``cold_plate_solution`` refuses a solution that
        does. Raises as ``flow`` does beyond.
        """
        if self.walls is None:
            raise ValueError("a stream without a mesh has no walls to exchange heat with")
        theta = np.full(self.n_states, self.T_in) if state is None else state.theta
        mean = np.full(len(self.segments.s), self.T_in) if state is None else state.mean
        low, high = self.table.T[0], self.table.T[-1]
        if theta.min() > low - ASTRAY_K and theta.max() < high + ASTRAY_K:
            theta, mean = np.clip(theta, low, high), np.clip(mean, low, high)
        now = self.flow(theta, mean)
        return StreamExchange(
            facets=self.walls.facets,
            segment=self.walls.segment,
            h=now.film.h[self.walls.segment],
            mean=now.transport.mean,
            transport=now.transport.matrix,
            gain=now.transport.gain,
            supply=now.transport.supply,
            storage=self.heat_capacity(mean),
        )

    def heat_capacity(self, mean: Floats) -> Floats:
        """Heat capacity (n_states,) [J/K] of the coolant in each segment, which is its outlet state's; nodes and fittings hold none."""
        fluid = self.table.at(mean, "cold plate")
        volume = self.passages.area[self.segments.branch] * self.segments.length
        volume[self.segments.branch >= self.passages.n_channels] = 0.0
        return np.concatenate([np.zeros(len(self.passages.nodes)), fluid.rho * fluid.cp * volume])
