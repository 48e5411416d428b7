"""What a pack's run through a duty is given and gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from packtool.coldplate.stream import ChannelStream
from packtool.design.demand import Demand
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.cell_bank import CellBank, Interval
from packtool.thermal.heaters import PackHeater
from packtool.thermal.melted import Melting
from packtool.thermal.part_flows import PartFlows
from packtool.thermal.records import ConductionProblem, EnergyBalance, StreamState

CLOSE_S = 5.0
"""Where breakpoints of a duty may be passed over, those closer to the one before than this [s] are: the heat between them is integrated
all the same, and its swing about the step's mean is part of the step's error. Measured on US06 (1 Hz, 600 s, 8 cells, tolerance 0.02 K):
a sixth of the time of landing on each, the energy at the terminals the same to 1e-12, every temperature within 8 mK of it, and the
error told for them 0.8 to 1.3 of that where it is above 1 mK."""
MOST_LOOKED = 100
"""Changes of flow or inlet whose coolant is looked at just before each; of more, only that at the outputs: a look at a large network takes about 10 ms."""
MOST_LANDED = 500
"""Breakpoints of a duty that are all landed on where the case does not say."""


@dataclass(frozen=True)
class PackCase:
    """A transient case on one mesh: the solid with its capacities, the network, the coolant (None: none), and how to go about it.

    ``cell_region`` (n_cells,) index of each cell's region; ``T0`` [K] and ``soc0`` (n_cells,) at the start; ``outputs`` ascending times
    [s] of the fields, the last the end; ``tolerance`` [K] of a step; ``schedule``: from which times on [s] which other stream flows;
    ``sensors`` (n_sensors, n_points) sparse: what reads them from a field; None: there are none. ``extra`` (n_cells,) [W]: heat that
    faulty cells make beside their own all the time; None: none does. ``heaters``: those that it switches.
    ``ramped``: between two times of the schedule flow and inlet go straight from one to the next, and do not hold.
    ``every_edge``: steps land on every edge of the duty, or on those that are not close to the one before. ``looks``: how many times as
    often as usual the network's state is looked at within a step.
    """

    problem: ConductionProblem
    bank: CellBank
    demand: Demand
    cell_region: Integers
    stream: ChannelStream | None
    T0: float
    soc0: Floats
    outputs: Sequence[float]
    tolerance: float
    schedule: tuple[tuple[float, ChannelStream], ...] = ()
    sensors: Any = None
    extra: Floats | None = None
    heaters: tuple[PackHeater, ...] = ()
    every_edge: bool = True
    ramped: bool = False
    looks: float = 1.0

    def stream_at(self, t: float) -> ChannelStream | None:
        """The coolant from ``t`` [s] on; of a ramp at ``t``."""
        at = sum(since <= t for since, _ in self.schedule)
        if at == 0:
            return self.stream
        since, stream = self.schedule[at - 1]
        if not self.ramped or at == len(self.schedule):
            return stream
        until, following = self.schedule[at]
        return stream.towards(following, (t - since) / (until - since))

    @property
    def coolant_looks(self) -> frozenset[float]:
        """When [s] results are taken of the coolant: at the outputs, and at the end of what comes before each of MOST_LOOKED changes of flow or inlet."""
        switches = self.switches
        return frozenset((*self.outputs, *(switches if len(switches) <= MOST_LOOKED else ())))

    @property
    def edges(self) -> tuple[float, ...]:
        """Where the duty's pieces meet."""
        return self.demand.edges

    @property
    def landings(self) -> list[float]:
        """The times that steps land on."""
        return landings(self.edges, self.outputs, self.switches, 0.0 if self.every_edge else CLOSE_S)

    @property
    def switches(self) -> tuple[float, ...]:
        """Where the coolant's flow or inlet changes."""
        return tuple(since for since, _ in self.schedule)


@dataclass(frozen=True)
class Moment:
    """Numbers at the end of one step (the first: at the start). By cell (n_cells,): volume ``mean``, ``low`` and ``high`` [K], ``soc``.
    ``plate`` warmest point of the cold plate [K]; ``parts`` (3, n_parts) mean, low and high of each part from a STEP file [K]; ``interval``: what the network did in the step; ``coolant_out`` [K]; heat ``to_coolant``
    and ``to_ambient`` [W] at the end of the step; ``sensors`` (n_sensors,) [K]; ``heated`` (n_heaters,) [W] by each
    heater over the step; ``melted`` (n_parts,) the molten share of each part that melts."""

    t: float
    mean: Floats
    low: Floats
    high: Floats
    plate: float
    parts: Floats
    soc: Floats
    interval: Interval | None
    coolant_out: float
    to_coolant: float
    to_ambient: float
    sensors: Floats
    heated: Floats
    melted: Floats


@dataclass(frozen=True)
class PackRun:
    """A duty run through: one moment a step; ``fields`` (n_outputs, n_points) [K] at the outputs; ``hottest`` (n_points,) [K] the field
    with the warmest point of a cell; ``states`` of the coolant at the outputs, ``looked`` those at ``PackCase.coolant_looks`` with their times [s]; ``balance`` of the whole run [J]; joules of the solid by
    source in ``made``; ``coolant``: joules that it carried off, and that it holds more than at the start; ``switched``: when each heater
    went on or off (heater, time [s], on); ``melting``: the parts that melt."""

    mesh: TaggedMesh
    moments: tuple[Moment, ...]
    outputs: tuple[float, ...]
    fields: Floats
    hottest: Floats
    states: tuple[StreamState, ...]
    looked: tuple[tuple[float, StreamState], ...]
    balance: EnergyBalance
    made: dict[str, float]
    coolant: dict[str, float]
    switched: tuple[tuple[int, float, bool], ...]
    flows: PartFlows
    melting: Melting
    rejected_steps: int
    linear_iterations: int
    n_dofs: int
    seconds: dict[str, float]


def landings(edges: Sequence[float], outputs: Sequence[float], switches: Sequence[float] = (), apart: float = 0.0) -> list[float]:
    """The times to land on: every output, every switch of the coolant, and every edge of the duty that is ``apart`` [s] or more after the
    one before; ascending, without 0."""
    kept, last = {*outputs, *(switch for switch in switches if switch < outputs[-1])}, 0.0
    for edge in edges:
        if edge - last >= apart and edge < outputs[-1]:
            kept.add(edge)
        last = edge
    return sorted(kept - {0.0})
