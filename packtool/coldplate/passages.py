"""The coolant network as arrays: sections, lengths, bends, and how the branches meet at each node. Metres."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from fluids.fittings import entrance_sharp, exit_normal
from numpy.typing import NDArray

from packtool.coldplate.corrections import Corrections
from packtool.coldplate.friction import ROUND, laminar_f_Re
from packtool.errors import SolveError
from packtool.layout.coolant import Branch, CoolantNetwork, Fitting
from packtool.mesh.records import Floats, Integers

Flags = NDArray[np.bool_]

COLLINEAR = math.cos(math.radians(10))
"""Two branches go straight on through a node if their directions differ by less than 10 degrees from opposite."""

K_PORT_IN = float(exit_normal())
K_PORT_OUT = float(entrance_sharp(method="Rennels"))
"""The fittings, on the velocity in their bore: the jet into the channel loses its dynamic pressure (1.0), the way out is a sharp entrance
(0.57, Rennels & Hudson, Pipe Flow, 2012)."""
K_FITTING = {"in": (K_PORT_IN, K_PORT_OUT), "out": (K_PORT_OUT, K_PORT_IN)}
"""Loss coefficients of a fitting in its design direction, and backwards."""

TERMINAL, THROUGH, TURN, RUN, SIDE = range(5)
"""How a branch's end meets its node. TERMINAL: nothing else there but the pipe. THROUGH: straight on in the same section. TURN: one
other branch, at an angle or of another section. RUN: goes straight on past branches from the side. SIDE: joins or leaves sideways."""


@dataclass(frozen=True)
class Curve:
    """A pump in a branch: ``head`` [Pa] from the branch's start to its end at ``flow`` [m³/s], both (n_points,), flow ascending, head not
    rising. Linear between the points; past the ends along the last piece (``flow`` below the first: the first head)."""

    flow: Floats
    head: Floats

    def at(self, flow: float) -> float:
        """Head [Pa] at a flow [m³/s]."""
        if flow <= self.flow[-1]:
            return float(np.interp(flow, self.flow, self.head))
        return float(self.head[-1] + self._last * (flow - self.flow[-1]))

    @property
    def _last(self) -> float:
        return float((self.head[-1] - self.head[-2]) / (self.flow[-1] - self.flow[-2]))

    def slope(self, flow: float) -> float:
        """d(head)/d(flow) <= 0 [Pa s/m³]: of the piece that ``flow`` is in; 0 below the first."""
        if flow < self.flow[0]:
            return 0.0
        i = min(int(np.searchsorted(self.flow, flow, side="right")), len(self.flow) - 1)
        return float((self.head[i] - self.head[i - 1]) / (self.flow[i] - self.flow[i - 1]))


@dataclass(frozen=True)
class Passages:
    """Branches (n) between nodes. Every (n, 2) array is by end: start, end.

    ``width``, ``height``, ``length``, ``straight`` (the length less what lies inside wider headers at its ends) [m]; ``bends`` (n,);
    ``bends`` counts square ones; round ones are ``arc_branch``, ``arc_radius`` [m] of the centreline and ``arc_angle`` [rad] (n_arcs,).
    ``round`` (n,): a round duct of diameter ``width``; ``K`` (n, 2) loss coefficients of what else is in the branch, on its velocity, from
    start to end and back; ``pumps`` by branch. The last ``n_fittings`` branches are fittings: their bore, without friction.
    ``node`` (n, 2) index into ``nodes``; ``meeting`` (n, 2): TERMINAL..SIDE; ``partner`` (n, 2): the branch that it goes on into or
    turns into, -1 where there is none, and ``partner_end`` its end there; ``corner`` (n, 2): 1 where TURN goes round a corner.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    nodes: tuple[str, ...]
    inlet: int
    outlet: int
    width: Floats
    height: Floats
    length: Floats
    straight: Floats
    bends: Floats
    node: Integers
    meeting: Integers
    partner: Integers
    partner_end: Integers
    corner: Floats
    arc_branch: Integers
    arc_radius: Floats
    arc_angle: Floats
    round: Flags
    K: Floats
    n_fittings: int = 0
    pumps: Mapping[int, Curve] = field(default_factory=dict)
    corrections: Corrections | None = None

    @property
    def n_channels(self) -> int:
        """Branches that are not fittings; they come first."""
        return len(self.names) - self.n_fittings

    @cached_property
    def area(self) -> Floats:
        """Cross-section (n,) [m²]."""
        return np.where(self.round, np.pi / 4 * self.width**2, self.width * self.height)

    @cached_property
    def D_h(self) -> Floats:
        """Hydraulic diameter (n,) [m]."""
        return np.where(self.round, self.width, 2 * self.width * self.height / (self.width + self.height))

    @cached_property
    def aspect(self) -> Floats:
        """Shorter over longer side (n,) [-]; ROUND of a round duct."""
        return np.where(self.round, ROUND, np.minimum(self.width, self.height) / np.maximum(self.width, self.height))

    @cached_property
    def f_Re(self) -> Floats:
        """``laminar_f_Re`` (n,) [-]."""
        return laminar_f_Re(self.aspect)

    @cached_property
    def perimeter(self) -> Floats:
        """Wetted perimeter (n,) [m]."""
        return 4 * self.area / self.D_h

    @cached_property
    def frictionless(self) -> Flags:
        """(n,) True of fittings and pumps, whose losses are K and curve."""
        index = np.arange(len(self.length))
        return (index >= self.n_channels) | np.isin(index, list(self.pumps))

    @cached_property
    def carries_on(self) -> Flags:
        """(n, 2) True where flow that enters by this end comes from the partner with its boundary layers (no new entrance)."""
        same = np.isin(self.meeting, (THROUGH, RUN))
        turned = (self.meeting == TURN) & (self.partner >= 0)
        other = np.maximum(self.partner, 0)
        equal = np.isclose(self.width[:, None], self.width[other]) & np.isclose(self.height[:, None], self.height[other])
        return same | (turned & equal & (self.round[:, None] == self.round[other]))


def passages(network: CoolantNetwork) -> Passages:
    """The network as arrays. SolveError if it is not one connected network from inlet to outlet with lengths > 0."""
    branches = network.branches
    fittings = network.fittings
    joined: tuple[Branch | Fitting, ...] = (*branches, *fittings)
    nodes = tuple(dict.fromkeys([network.inlet, network.outlet, *(n for b in joined for n in (b.start, b.end))]))
    at = {name: i for i, name in enumerate(nodes)}
    _check(network, nodes)
    node = np.array([[at[b.start], at[b.end]] for b in joined])
    meeting = np.full((len(branches), 2), SIDE)
    partner = np.full((len(branches), 2), -1)
    partner_end = np.zeros((len(branches), 2), dtype=np.int64)
    corner = np.zeros((len(branches), 2))
    trim = np.zeros((len(branches), 2))
    ends: dict[int, list[tuple[int, int]]] = {i: [] for i in range(len(nodes))}
    for b, pair in enumerate(node[: len(branches)]):
        for e in (0, 1):
            ends[int(pair[e])].append((b, e))
    outside = {at[network.inlet], at[network.outlet], *(int(n) for n in node[len(branches) :].ravel())}
    for n, here in ends.items():
        fed = n in outside
        if not here:
            continue
        if len(here) == 1:
            meeting[here[0]] = TERMINAL
        elif len(here) == 2 and not fed:
            straight = _opposite(branches, *here)
            same = _section(branches[here[0][0]]) == _section(branches[here[1][0]])
            for this, other in (here, here[::-1]):
                meeting[this] = THROUGH if straight and same else TURN
                partner[this], partner_end[this] = other
                corner[this] = 0.0 if straight else 1.0
        else:
            run = _run(branches, here)
            if run is None:
                continue
            for this, other in (run, run[::-1]):
                meeting[this] = RUN
                partner[this], partner_end[this] = other
            for this in here:
                if this not in run:
                    trim[this] = branches[run[0][0]].width_mm / 2e3
    arcs = [(i, curve) for i, b in enumerate(branches) for _, _, curve in b.legs() if curve is not None]
    bore = np.array([f.bore_mm for f in fittings]) / 1e3
    none = np.zeros((len(fittings), 2))
    length = np.array([b.length_mm() for b in branches]) / 1e3
    return Passages(
        names=tuple(b.name for b in joined), kinds=(*(b.kind for b in branches), *("fitting" for _ in fittings)), nodes=nodes,
        inlet=at[network.inlet], outlet=at[network.outlet],
        width=np.append(np.array([b.width_mm for b in branches]) / 1e3, bore),
        height=np.append(np.array([b.height_mm for b in branches]) / 1e3, bore),
        length=np.append(length, bore),
        straight=np.append(np.maximum(length - trim.sum(axis=1), 0.1 * length), bore),
        bends=np.append(np.array([float(b.bends()) for b in branches]), np.zeros(len(fittings))),
        node=node, meeting=np.vstack([meeting, none + TERMINAL]).astype(np.int64), partner=np.vstack([partner, none - 1]).astype(np.int64),
        partner_end=np.vstack([partner_end, none]).astype(np.int64), corner=np.vstack([corner, none]),
        arc_branch=np.array([i for i, _ in arcs], dtype=np.int64),
        arc_radius=np.array([curve.radius / 1e3 for _, curve in arcs]), arc_angle=np.array([abs(curve.turn) for _, curve in arcs]),
        round=np.append(np.zeros(len(branches), dtype=bool), np.ones(len(fittings), dtype=bool)),
        K=np.vstack([np.zeros((len(branches), 2)), *(K_FITTING[f.way] for f in fittings)]), n_fittings=len(fittings),
    )  # fmt: skip


def _section(branch: Branch) -> tuple[float, float]:
    return branch.width_mm, branch.height_mm


def _leaving(branch: Branch, end: int) -> tuple[float, float]:
    """Unit vector from the node at ``end`` into the branch."""
    a, b, curve = branch.legs()[0 if end == 0 else -1]
    if curve is not None:
        angle = curve.start + (0.0 if end == 0 else curve.turn)
        sign = math.copysign(1.0, curve.turn) * (1 if end == 0 else -1)
        return -sign * math.sin(angle), sign * math.cos(angle)
    a, b = (a, b) if end == 0 else (b, a)
    d = math.dist(a, b)
    return (b[0] - a[0]) / d, (b[1] - a[1]) / d


def _opposite(branches: tuple[Branch, ...], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """The two ends leave their node in opposite directions."""
    u, v = _leaving(branches[one[0]], one[1]), _leaving(branches[other[0]], other[1])
    return u[0] * v[0] + u[1] * v[1] < -COLLINEAR


def _run(branches: tuple[Branch, ...], here: list[tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The pair of ends that goes straight on through a tee or a cross in one section: the widest, headers first."""
    pairs = [
        (one, other)
        for i, one in enumerate(here)
        for other in here[i + 1 :]
        if one[0] != other[0] and _opposite(branches, one, other) and _section(branches[one[0]]) == _section(branches[other[0]])
    ]
    if not pairs:
        return None
    return max(pairs, key=lambda p: (branches[p[0][0]].kind == "header", branches[p[0][0]].width_mm * branches[p[0][0]].height_mm))


def reached_from(inlet: int, node: Integers) -> set[int]:
    """The nodes that branches between ``node`` (n, 2) connect with ``inlet``, itself included."""
    beside: dict[int, set[int]] = {}
    for one, other in node.tolist():
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    reached, front = {inlet}, [inlet]
    while front:
        fresh = beside.get(front.pop(), set()) - reached
        reached |= fresh
        front += fresh
    return reached


def _check(network: CoolantNetwork, nodes: tuple[str, ...]) -> None:
    """SolveError for a network that cannot carry a flow."""
    if not network.branches or network.inlet == network.outlet:
        raise SolveError("the coolant network has no branch between its inlet and its outlet")
    joined: tuple[Branch | Fitting, ...] = (*network.branches, *network.fittings)
    names = [b.name for b in joined]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SolveError(f"two branches of the coolant network have the same name, {twice}")
    for b in network.branches:
        if min(b.width_mm, b.height_mm, b.length_mm()) <= 0 or any(p == q for p, q in zip(b.path, b.path[1:], strict=False)):
            raise SolveError(f"coolant branch {b.name} has a side or a stretch of its path without length")
        if b.start == b.end:
            raise SolveError(f"coolant branch {b.name} starts and ends at the same node {b.start}")
    at = {name: i for i, name in enumerate(nodes)}
    reached = reached_from(at[network.inlet], np.array([[at[b.start], at[b.end]] for b in joined]))
    lost = [n for n in nodes if at[n] not in reached]
    if lost:
        raise SolveError(f"the coolant does not reach node {lost[0]} from the inlet {network.inlet}")
