"""A network of ducts written down by hand: lengths and sections, no drawing. Metres, m³/s, pascal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from fluids.fittings import bend_miter

from packtool.coldplate.losses import LEAST_RADIUS
from packtool.coldplate.passages import RUN, SIDE, TERMINAL, THROUGH, TURN, Curve, Passages, reached_from
from packtool.design.suggest import did_you_mean
from packtool.errors import SolveError

PUMP_LENGTH = 1e-6
"""What a pump counts as in its network [m]; its losses are in its curve."""
_SQUARE = float(bend_miter(90, method="Rennels"))


@dataclass(frozen=True, slots=True)
class Bend:
    """A turn by ``angle`` [degrees], of ``radius`` [m] of the centreline in the plane of the duct's width; without a radius a mitre.

    Radius at least half the width; mitres 0 to 150 degrees (Rennels & Hudson, Pipe Flow, 2012), round bends to 180.
    """

    angle: float = 90.0
    radius: float | None = None


@dataclass(frozen=True, slots=True)
class Duct:
    """A duct from node ``start`` to node ``end``: ``length`` [m] along its middle; ``width`` and ``height`` [m], or ``diameter`` [m].

    ``bends`` in it, ``K`` the loss coefficient of whatever else is in it (valve, filter) on its velocity [-], ``roughness`` [m].
    """

    name: str
    start: str
    end: str
    length: float
    width: float | None = None
    height: float | None = None
    diameter: float | None = None
    bends: Sequence[Bend] = ()
    K: float = 0.0
    roughness: float = 0.0


@dataclass(frozen=True, slots=True)
class Pump:
    """A pump from ``start`` to ``end`` that adds ``head`` [Pa] at ``flow`` [m³/s]: its curve, flow ascending, head not rising. A network that
    would run it outside its curve is refused."""

    name: str
    start: str
    end: str
    flow: Sequence[float]
    head: Sequence[float]


@dataclass(frozen=True)
class DuctNetwork:
    """A checked network, as ``ducts`` makes it."""

    parts: tuple[Duct | Pump, ...]
    passages: Passages

    @property
    def names(self) -> tuple[str, ...]:
        """Of the ducts and pumps, in the order given."""
        return self.passages.names


def ducts(parts: Iterable[Duct | Pump], inlet: str, outlet: str, straight_on: Iterable[tuple[str, str]] = ()) -> DuctNetwork:
    """The network of ``parts`` between the nodes ``inlet`` and ``outlet``.

    Two ducts that meet at a node go straight on; from one section to another with a sudden expansion or contraction. Where three or
    more meet, or where pipes join a node from outside, coolant comes to rest and starts anew: on its way in it loses its dynamic
    pressure, on its way out it pays a sharp entrance. ``straight_on`` names two ducts of one section that go on through a tee, as a
    header does: they recover (dividing) or spend (combining) pressure, Crane TP-410.

    Raises SolveError for parts that are none, names twice, what the inlet does not reach, no way to the outlet.
    """
    listed = (parts,) if isinstance(parts, Duct | Pump) else tuple(parts)
    _refuse_parts(listed, inlet, outlet)
    nodes = tuple(dict.fromkeys([inlet, outlet, *(node for part in listed for node in (part.start, part.end))]))
    at = {node: i for i, node in enumerate(nodes)}
    n = len(listed)
    node = np.array([[at[part.start], at[part.end]] for part in listed])
    reached = reached_from(at[inlet], node)
    lost = [name for name in nodes if at[name] not in reached]
    if lost:
        raise SolveError(f"the coolant does not reach node {lost[0]!r} from the inlet {inlet!r}")
    meeting, partner, partner_end = _meetings(listed, nodes, inlet, outlet, tuple(straight_on))
    given = [part if isinstance(part, Duct) else _as_duct(part, listed) for part in listed]
    arcs = [(i, bend) for i, duct in enumerate(given) for bend in duct.bends if bend.radius is not None]
    mitres = [sum(_mitre(bend) for bend in duct.bends if bend.radius is None) for duct in given]
    length = np.array([duct.length for duct in given])
    made = Passages(
        names=tuple(part.name for part in listed), kinds=tuple("channel" if isinstance(p, Duct) else "pump" for p in listed),
        nodes=nodes, inlet=at[inlet], outlet=at[outlet],
        width=np.array([_width(duct) for duct in given]), height=np.array([_height(duct) for duct in given]),
        length=length, straight=length, bends=np.array(mitres, dtype=float),
        node=node, meeting=meeting, partner=partner, partner_end=partner_end, corner=np.zeros((n, 2)),
        arc_branch=np.array([i for i, _ in arcs], dtype=np.int64),
        arc_radius=np.array([bend.radius for _, bend in arcs], dtype=float),
        arc_angle=np.radians([bend.angle for _, bend in arcs]),
        round=np.array([duct.diameter is not None for duct in given]), K=np.array([[duct.K, duct.K] for duct in given]),
        pumps={
            i: Curve(np.asarray(part.flow, float), np.asarray(part.head, float))
            for i, part in enumerate(listed) if isinstance(part, Pump)
        },
    )  # fmt: skip
    return DuctNetwork(listed, made)


def _width(duct: Duct) -> float:
    return float(duct.diameter if duct.diameter is not None else duct.width or 0.0)


def _height(duct: Duct) -> float:
    return float(duct.diameter if duct.diameter is not None else duct.height or 0.0)


def _mitre(bend: Bend) -> float:
    """A mitre in square bends."""
    return float(bend_miter(bend.angle, method="Rennels")) / _SQUARE


def _as_duct(pump: Pump, parts: Sequence[Duct | Pump]) -> Duct:
    """A pump as a stretch of the duct beside it, or of the first duct."""
    near = {pump.start, pump.end}
    all_ducts = [part for part in parts if isinstance(part, Duct)]
    duct = next((part for part in all_ducts if {part.start, part.end} & near), all_ducts[0])
    return Duct(pump.name, pump.start, pump.end, PUMP_LENGTH, duct.width, duct.height, duct.diameter)


def _meetings(
    parts: Sequence[Duct | Pump], nodes: Sequence[str], inlet: str, outlet: str, straight_on: Sequence[tuple[str, str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How each end meets its node; see ``Passages``."""
    n = len(parts)
    meeting, partner, partner_end = np.full((n, 2), SIDE), np.full((n, 2), -1), np.zeros((n, 2), dtype=np.int64)
    ends: dict[str, list[tuple[int, int]]] = {name: [] for name in nodes}
    for b, part in enumerate(parts):
        ends[part.start].append((b, 0))
        ends[part.end].append((b, 1))

    def join(one: tuple[int, int], other: tuple[int, int], how: int) -> None:
        for this, that in ((one, other), (other, one)):
            meeting[this] = how
            partner[this], partner_end[this] = that

    for name, here in ends.items():
        pumped = [isinstance(parts[b], Pump) for b, _ in here]
        if len(here) == 1 or (len(here) == 2 and any(pumped)):  # what leaves a pump develops anew
            for end in here:
                meeting[end] = TERMINAL
        elif len(here) == 2 and name not in (inlet, outlet):
            join(here[0], here[1], THROUGH if _alike(parts[here[0][0]], parts[here[1][0]]) else TURN)
        for end, is_pump in zip(here, pumped, strict=True):
            if is_pump:
                meeting[end] = THROUGH  # itself neither an entrance nor a tee
    number = {part.name: b for b, part in enumerate(parts)}
    for pair in straight_on:
        for name in pair:
            if name not in number:
                raise SolveError(f"straight_on: no duct is called {name!r}{did_you_mean(name, tuple(number))}")
        a, b = (number[name] for name in pair)
        shared = [
            ((a, i), (b, j)) for i in (0, 1) for j in (0, 1)
            if (parts[a].start, parts[a].end)[i] == (parts[b].start, parts[b].end)[j]
        ]  # fmt: skip
        if a == b or len(shared) != 1:
            raise SolveError(f"straight_on: {pair[0]!r} and {pair[1]!r} must share one node, they share {len(shared)}")
        if not _alike(parts[a], parts[b]):
            raise SolveError(f"straight_on: {pair[0]!r} and {pair[1]!r} must be ducts of one section")
        one, other = shared[0]
        if RUN in (meeting[one], meeting[other]):
            raise SolveError(f"straight_on: {pair[0]!r} or {pair[1]!r} already goes straight on at that node")
        join(one, other, RUN)
    return meeting, partner, partner_end


def _alike(one: Duct | Pump, other: Duct | Pump) -> bool:
    """Ducts of the same section."""
    if isinstance(one, Pump) or isinstance(other, Pump):
        return False
    return (one.width, one.height, one.diameter) == (other.width, other.height, other.diameter)


def _refuse_parts(parts: Sequence[Duct | Pump], inlet: str, outlet: str) -> None:
    """SolveError for what is no network, with the part's name."""
    strange = [part for part in parts if not isinstance(part, Duct | Pump)]
    if strange:
        raise SolveError(f"a network is made of Duct and Pump records; got {strange[0]!r}")
    if not any(isinstance(part, Duct) for part in parts):
        raise SolveError("a network needs at least one Duct")
    if inlet == outlet:
        raise SolveError(f"inlet and outlet are both {inlet!r}; a closed loop is given open: pump at one end, pressure_drop=0")
    twice = [name for name, times in Counter(part.name for part in parts).items() if times > 1]
    if twice:
        raise SolveError(f"two parts are called {twice[0]!r}")
    known = tuple(dict.fromkeys(node for part in parts for node in (part.start, part.end)))
    for word, node in (("inlet", inlet), ("outlet", outlet)):
        if node not in known:
            raise SolveError(f"{word}: no duct starts or ends at {node!r}{did_you_mean(node, known)}")
    for part in parts:
        if part.start == part.end:
            raise SolveError(f"{part.name!r} starts and ends at the same node {part.start!r}")
        if isinstance(part, Duct):
            _refuse_duct(part)
        else:
            _refuse_pump(part)


def _refuse_duct(duct: Duct) -> None:
    sides = [value for value in (duct.width, duct.height) if value is not None]
    if (duct.diameter is not None) == bool(sides) or len(sides) == 1:
        raise SolveError(f"duct {duct.name!r}: give width and height, or diameter")
    if (
        isinstance(duct.bends, str)
        or not isinstance(duct.bends, Iterable)
        or not all(isinstance(bend, Bend) for bend in duct.bends)
    ):
        raise SolveError(f"duct {duct.name!r}: bends are records, [Bend(90, radius=0.03)]; got {duct.bends!r}")
    given = [
        duct.length,
        *sides,
        duct.diameter,
        duct.K,
        duct.roughness,
        *(v for bend in duct.bends for v in (bend.angle, bend.radius)),
    ]
    words = [value for value in given if value is not None and not isinstance(value, int | float | np.number)]
    if words or duct.length is None:
        raise SolveError(f"duct {duct.name!r}: wanted numbers [m], got {words[0] if words else None!r}")
    measures = {"length": duct.length, "width": duct.width, "height": duct.height, "diameter": duct.diameter}
    for word, value in measures.items():
        if value is not None and not (math.isfinite(value) and value > 0):
            raise SolveError(f"duct {duct.name!r}: {word} must be above 0, got {value:g} m")
    for word, value in (("K", duct.K), ("roughness", duct.roughness)):
        if not (math.isfinite(value) and value >= 0):
            raise SolveError(f"duct {duct.name!r}: {word} must be 0 or more, got {value:g}")
    width = _width(duct)
    for bend in duct.bends:
        most = 150 if bend.radius is None else 180
        if not 0 < bend.angle <= most:
            raise SolveError(f"duct {duct.name!r}: a bend of {bend.angle:g} degrees is outside 0..{most} of its correlation")
        if bend.radius is not None and not bend.radius >= LEAST_RADIUS * width * (1 - 1e-9):
            raise SolveError(
                f"duct {duct.name!r}: a bend's radius must be at least half the width, {LEAST_RADIUS * width:g} m; got {bend.radius:g}"
            )


def _refuse_pump(pump: Pump) -> None:
    flow, head = tuple(pump.flow), tuple(pump.head)
    if not all(isinstance(v, int | float | np.number) for v in (*flow, *head)):
        raise SolveError(f"pump {pump.name!r}: flow [m³/s] and head [Pa] are numbers")
    if len(flow) != len(head) or len(flow) < 2:
        raise SolveError(f"pump {pump.name!r}: flow and head need as many entries, two or more; got {len(flow)} and {len(head)}")
    if not all(math.isfinite(v) and v >= 0 for v in (*flow, *head)):
        raise SolveError(f"pump {pump.name!r}: flow and head must be 0 or more")
    if any(a >= b for a, b in pairwise(flow)):
        raise SolveError(f"pump {pump.name!r}: flow must ascend")
    if any(a < b for a, b in pairwise(head)):
        raise SolveError(f"pump {pump.name!r}: head must not rise with the flow")
