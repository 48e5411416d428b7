"""The plan of a serpentine with round turns: drawn on a lattice of whole numbers, where cutting in two is exact, and placed on legs and arcs from there.

Every leg has a strip of the plate to itself: its own lines, and those of the metal up to the middle of the rib on either side. A turn takes the
ends of two strips: a core inside the inner arc, the channel's arcs around it, and metal out to the plate's edge and to the strips beside. On the
lattice those are half squares about the turn's middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from packtool.coldplate.flow3d.plan import Plan
from packtool.errors import SolveError
from packtool.mesh.records import Floats

UNIT = 1e-3
"""A step of the lattice [m]: drawn and placed plans are of one size."""
LEAST_AROUND = 8
"""Fewest elements around a half circle in the coarsest mesh."""
SLENDER = 1.5
"""Length over width of the channel's elements in the middle of a turn."""
ASIDE = 9
"""Of so many elements around a half circle two lie on the side of its core and of the plate's edge: their corners are then seen at 18 to 36 degrees from
the plate's long axis, and no element is too skew."""
LEAST_MARGIN = 0.04
"""Metal between a turn and the plate's edge over the outer radius; with half of it elements would be turned inside out."""
CORE_DEPTH = 0.6
"""How deep the core goes from the turn's middle, as a share of the inner radius."""
NOTHING = 1e-9
"""Steps of the lattice that are none."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Turn:
    """A half circle of channel that joins two legs at x = ``x``: about (``x``, ``y``), on the side ``way`` (+1 or -1) of it, between the radii
    ``inner`` and ``outer`` [m]."""

    x: float
    y: float
    way: int
    inner: float
    outer: float


@dataclass(frozen=True)
class End:
    """What lies beyond the legs' lines on the side ``way``: ``knots`` (p + 1,) [m] of the strips from there to the plate's edge, and the ``turns``
    with the lower of the two strips that each joins."""

    way: int
    knots: Floats
    turns: tuple[tuple[int, Turn], ...]


@dataclass(frozen=True)
class RoundLattice:
    """``legs`` (x0, y0, x1, y1) [m], from low to high y; lines ``x`` between the turns and ``y`` over the plate [m]; the two ``ends``; elements ``around`` a
    turn and ``across`` a leg, ``aside``: of those around a core or the plate's edge on its side along y."""

    legs: tuple[Box, ...]
    x: Floats
    y: Floats
    ends: tuple[End, End]
    around: int
    across: int
    aside: int

    @property
    def beside(self) -> int:
        """Elements of metal on either side of a leg."""
        return 1 + self.aside // 2

    @property
    def strip(self) -> int:
        """Lines of a strip."""
        return self.across + 2 * self.beside

    def plan(self) -> Plan:
        """On the lattice [m], a step UNIT long; ``placed`` puts it in the plate."""
        S, nb, low, high = self.strip, self.beside, self.beside, self.beside + self.across
        row = np.arange(len(self.y) - 1) % S
        in_leg = (row >= low) & (row < high)
        X, Y = np.arange(float(len(self.x))), np.arange(float(len(self.y)))
        quads = [_quads(X, Y)]
        wet = [np.tile(in_leg, len(X) - 1)]
        cut = [np.zeros(len(wet[0]), dtype=bool)]
        for end in self.ends:
            taken = {strip + more for strip, _ in end.turns for more in (0, 1)}
            last = float(X[-1]) if end.way > 0 else 0.0
            for strip, _ in end.turns:
                core, ring = self._core(), self._ring()
                both = np.concatenate([core, ring]) + np.array([0.0, (strip + 1.0) * S])
                quads.append(_outwards(both, last, end.way))
                level = np.repeat(np.arange(1 + self.across + nb), self.around)
                wet.append(np.concatenate([np.zeros(len(core), dtype=bool), (level >= 1) & (level <= self.across)]))
                cut.append(np.zeros(len(both), dtype=bool))
            p = len(end.knots) - 1
            middle = (end.knots[1:] + end.knots[:-1]) / 2
            for strip in sorted(set(range(len(self.legs))) - taken):
                quads.append(_outwards(_quads(np.arange(p + 1) * S / p, strip * S + np.arange(S + 1.0)), last, end.way))
                x0, _, x1, _ = self.legs[strip]
                through = ((middle > x0) & (middle < x1))[:, None] & in_leg[:S]
                wet.append(through.ravel())
                cut.append((in_leg[:S] & ~through).ravel())
        corners = np.concatenate(quads)
        _, first, back = np.unique(np.round(corners.reshape(-1, 2), 6), axis=0, return_index=True, return_inverse=True)
        points = corners.reshape(-1, 2)[first] * UNIT
        whole = np.ones(len(corners), dtype=bool)
        return Plan(points, back.reshape(-1, 4), np.concatenate(wet), whole, np.concatenate(cut))

    def placed(self, points: Floats, times: int) -> Floats:
        """Where points (n, 2 or 3) [m] of the drawn plan, cut in two ``times`` over, lie in the plate; heights as they are.

        Arcs are chords whose inner ends lie outside them by so much that the chords enclose the arc's area.
        """
        X, Y = points[:, 0] / UNIT, points[:, 1] / UNIT
        last = len(self.x) - 1
        place = points.copy()
        place[:, 0] = np.interp(X, np.arange(last + 1), self.x)
        place[:, 1] = np.interp(Y, np.arange(len(self.y)), self.y)
        for end in self.ends:
            away = X - last if end.way > 0 else -X
            beyond = away > NOTHING
            steps = away[beyond] / self.strip * (len(end.knots) - 1)
            place[beyond, 0] = np.interp(steps, np.arange(len(end.knots)), end.knots)
            for strip, turn in end.turns:
                low, high = strip * self.strip, (strip + 2) * self.strip
                here = np.flatnonzero(beyond & (low - NOTHING < Y) & (high + NOTHING > Y))
                place[here, :2] = self._turned(away[here], Y[here] - (low + high) / 2, strip, end, turn, times)
        return place

    def _turned(self, away: Floats, up: Floats, strip: int, end: End, turn: Turn, times: int) -> Floats:
        """(n, 2) [m] of places ``away`` from the legs' ends and ``up`` from a turn's middle, on the lattice."""
        n, core, p = self.around, self.aside / 2, len(end.knots) - 1
        out = np.maximum(away, np.abs(up))
        share = away / np.maximum(out, NOTHING)
        side = p + self.aside * (up / np.maximum(out, NOTHING) + 1) / 2
        s = np.where(away <= -up, p * share, np.where(away <= up, n - p * share, side))  # 0 to n along the half square
        square = self._square(s)
        inner_end = (s > NOTHING) & (s < n - NOTHING)
        angle = np.pi * s / n
        round_ = np.column_stack([np.sin(angle), -np.cos(angle)]) * np.where(inner_end, swelling(n * 2**times), 1.0)[:, None]
        levels = core + 1 + np.arange(self.across + 1)
        middle = (strip + 1) * self.strip
        radii = self.y[middle + self.beside : middle + self.beside + self.across + 1] - turn.y
        on_arc = np.interp(out, levels, radii)[:, None] * round_
        depth, breadth = CORE_DEPTH * turn.inner, turn.inner * core / self.beside
        narrow = depth / breadth * math.tan(np.pi * core / n)  # its far corners lie towards the arc's nodes

        def in_core(x: Floats, y: Floats) -> Floats:
            return np.column_stack([depth * x, breadth * y * (1 + (narrow - 1) * x)])

        within = np.clip(out - core, 0.0, 1.0)[:, None]
        place = np.where(within < 1, (1 - within) * in_core(*square.T) + within * on_arc, on_arc)
        place = np.where((out < core)[:, None], in_core(away / core, up / core), place)
        far = np.interp(np.minimum(s, n - s), np.arange(p + 1), np.abs(end.knots - end.knots[0]))
        edges = self.y[[middle - self.strip, middle + self.strip]] - turn.y
        edge = np.column_stack([far, np.interp(square[:, 1], (-1.0, 1.0), edges)])
        outside = np.clip((out - levels[-1]) / self.beside, 0.0, 1.0)[:, None]
        place = (1 - outside) * place + outside * edge
        return np.column_stack([turn.x + end.way * place[:, 0], turn.y + place[:, 1]])

    def _square(self, s: Floats) -> Floats:
        """Places (..., 2) on the half square about 0, at ``s`` of ``around`` steps from its low end to its high end."""
        p = (self.around - self.aside) / 2
        corners = (0.0, p, p + self.aside, float(self.around))
        return np.stack([np.interp(s, corners, (0.0, 1.0, 1.0, 0.0)), np.interp(s, corners, (-1.0, -1.0, 1.0, 1.0))], axis=-1)

    def _core(self) -> Floats:
        core, p = self.aside / 2, (self.around - self.aside) // 2
        return _quads(np.arange(p + 1.0) * core / p, np.arange(self.aside + 1.0) - core)

    def _ring(self) -> Floats:
        out = self.aside / 2 + np.arange(2 + self.across + self.beside)
        return _cells(out[:, None, None] * self._square(np.arange(self.around + 1.0)))


def round_lattice(size: Box, legs: Sequence[Box], turns: Sequence[Turn], x: Floats, across: Floats) -> RoundLattice:
    """Of a plate of ``size`` with ``legs`` along x joined by ``turns``; ``x`` lines between the turns [m], ``across`` those of a leg, from 0 to 1.

    SolveError for turns that do not join two neighbouring legs, and for legs of different widths.
    """
    ordered = tuple(sorted(legs, key=lambda leg: leg[1]))
    n_across = len(across) - 1
    width = ordered[0][3] - ordered[0][1]
    middle = max(turn.inner + turn.outer for turn in turns) / 2
    around = max(LEAST_AROUND, 2 * math.ceil(math.pi * middle / (SLENDER * width / n_across) / 2 - 1e-9))
    aside = 2 * math.ceil(around / ASIDE)
    beside = 1 + aside // 2
    bounds = [size[1], *((a[3] + b[1]) / 2 for a, b in pairwise(ordered)), size[3]]
    y = [np.array([size[1]])]
    for k, (_, low, _, high) in enumerate(ordered):
        below, above = np.linspace(bounds[k], low, beside + 1), np.linspace(high, bounds[k + 1], beside + 1)
        y += [below[1:], (low + (high - low) * across)[1:], above[1:]]
    ends = tuple(_end(size, ordered, turns, x, way, (around - aside) // 2) for way in (-1, 1))
    return RoundLattice(ordered, x, np.concatenate(y), (ends[0], ends[1]), around, n_across, aside)


def swelling(chords: int) -> float:
    """Radius of the inner nodes of a half circle of ``chords`` over its own, for the chords to enclose its area; the ends are on it.

    With angles t: ((m - 2) q² + 2 q) sin t = m t.
    """
    area = math.pi / math.sin(math.pi / chords)
    return (math.sqrt(1 + (chords - 2) * area) - 1) / (chords - 2)


def _end(size: Box, legs: Sequence[Box], turns: Sequence[Turn], x: Floats, way: int, p: int) -> End:
    line, edge = (float(x[-1]), size[2]) if way > 0 else (float(x[0]), size[0])
    found: list[tuple[int, Turn]] = []
    joined: set[int] = set()
    for turn in (turn for turn in turns if turn.way == way):
        strip = next((k for k in range(len(legs) - 1) if _joins(turn, legs[k], legs[k + 1])), None)
        if strip is None or abs(turn.x - line) > 1e-9 or {strip, strip + 1} & joined:
            raise SolveError(f"{_named(turn)} does not join two legs of the channel")
        joined |= {strip, strip + 1}
        found.append((strip, turn))
        metal, least = abs(edge - line) - turn.outer, LEAST_MARGIN * turn.outer
        if metal < least:
            raise SolveError(
                f"{_named(turn)} comes within {1e3 * metal:.3g} mm of the plate's edge: elements between them take {1e3 * least:.3g} mm",
                key="cold_plate.margin_mm",
            )
    reach = max((turn.outer for _, turn in found), default=0.0)
    stops = {round(leg[2] if way > 0 else leg[0], 9) for k, leg in enumerate(legs) if k not in joined} - {round(line, 9)}
    stop = stops.pop() if stops else line + way * (reach or abs(edge - line) / 2)
    if stops:
        raise SolveError("legs that end in the plate must end at one x on either side")
    if abs(stop - edge) < 1e-9:
        return End(way, np.linspace(line, edge, p + 1), tuple(found))
    return End(way, np.concatenate([np.linspace(line, stop, p), [edge]]), tuple(found))


def _named(turn: Turn) -> str:
    return f"the round turn at x {1e3 * turn.x:.1f}, y {1e3 * turn.y:.1f} mm"


def _joins(turn: Turn, low: Box, high: Box) -> bool:
    places = (
        turn.y - turn.outer - low[1],
        turn.y - turn.inner - low[3],
        turn.y + turn.inner - high[1],
        turn.y + turn.outer - high[3],
    )
    return max(map(abs, places)) < 1e-9


def _quads(x: Floats, y: Floats) -> Floats:
    """(n, 4, 2) rectangles between lines, those of one x after each other."""
    return _cells(np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1))


def _cells(points: Floats) -> Floats:
    """(n, 4, 2) quadrilaterals of a field of points (m, k, 2)."""
    return np.stack([points[:-1, :-1], points[1:, :-1], points[1:, 1:], points[:-1, 1:]], axis=2).reshape(-1, 4, 2)


def _outwards(quads: Floats, line: float, way: int) -> Floats:
    """Quadrilaterals whose first coordinate is the distance from ``line``, on the side ``way`` of it, anticlockwise."""
    placed = quads * (way, 1.0) + (line, 0.0)
    return placed if way > 0 else placed[:, ::-1]
