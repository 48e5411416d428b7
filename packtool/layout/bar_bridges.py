"""A busbar that is raised over what lies between its two groups: a riser at either end, a beam between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

from packtool.layout.bar_gathering import Gathered
from packtool.layout.bar_shapes import AIR_MM, IN_LINE_MM, Bar, BarSize, around, middle, sweep
from packtool.layout.boxes import Box
from packtool.layout.outline import Rectangle, union
from packtool.layout.records import Sweep
from packtool.layout.terminals import NORMALS, Pole

Route = Literal["y_first", "x_first", "x_halfway", "y_halfway", "aside_up", "aside_down"]
"""Where a beam turns on its way: at the corner that it reaches along y, along x, or halfway; or beside its ends, on the side of larger or
smaller coordinates, past what stands between them."""
ROUTES: tuple[Route, ...] = ("y_first", "x_first", "x_halfway", "y_halfway", "aside_up", "aside_down")


def bridge(
    first: Gathered, second: Gathered, size: BarSize, others: Sequence[Pole], clear: float, *, route: Route = "y_first"
) -> Bar:
    """A beam above everything between the two groups, on risers. ``clear``: z [mm] that the beam stays above, besides the bars on top contacts.

    The risers are as wide as what they stand on. Where the groups are not in line the beam takes ``route``.
    """
    raised = _raised([first, second], size, others, clear, route)
    positions = first.contact.poles[0].series, second.contact.poles[0].series
    return Bar("bridge", first.contact.row, *positions, raised.sweeps, raised.boxes, size.thickness * raised.wide)


def collector(
    ends: Sequence[Gathered], size: BarSize, others: Sequence[Pole], clear: float, route: Route, positions: tuple[int, int]
) -> Bar:
    """A bar like ``bridge`` that joins one end of every string of modules to an end of the pack, at the first of them (``positions``: what it
    joins in series)."""
    raised = _raised(ends, size, others, clear, route)
    return Bar("end", ends[0].contact.row, *positions, raised.sweeps, raised.boxes, size.thickness * raised.wide)


@dataclass(frozen=True, slots=True)
class _Raised:
    """A beam on risers: what it fills, and how ``wide`` it is [mm]."""

    sweeps: tuple[Sweep, ...]
    boxes: tuple[Box, ...]
    wide: float


def _raised(ends: Sequence[Gathered], size: BarSize, others: Sequence[Pole], clear: float, route: Route) -> _Raised:
    """A beam that joins ``ends``, one after the other."""
    t = size.thickness
    wide = max(size.width if end.boxes else size.link(end.contact) for end in ends)
    tops = (end.contact.middle[2] + (0.0 if end.boxes else t) for end in ends if end.contact.face == "top")
    level = max([clear, *tops]) + AIR_MM
    risers = [_riser(end, wide, size, level, others) for end in ends]
    routes = [(a, b, _corners(middle(a), middle(b), route, wide + AIR_MM)) for (_, a), (_, b) in pairwise(risers)]
    beam = [piece for a, b, corners in routes for piece in _beam(a, b, corners, wide)]
    stems = tuple(box for boxes, _ in risers for box in boxes)
    return _Raised(
        sweeps=(
            *(sweep for end in ends for sweep in end.sweeps),
            *_apart(stems),
            *(Sweep(profile, level, level + t) for profile in union(beam)),
        ),
        boxes=(
            *(box for end in ends for box in end.boxes),
            *stems,
            *((x0, y0, level, x1, y1, level + t) for x0, y0, x1, y1 in beam),
        ),
        wide=wide,
    )


def _apart(risers: Sequence[Box]) -> Iterator[Sweep]:
    """Risers as sweeps; of two that run into each other, as where narrow bars are nearly in line, the common piece is there once."""
    if not any(all(min(a[i + 3], b[i + 3]) > max(a[i], b[i]) for i in range(3)) for a, b in combinations(risers, 2)):
        yield from map(sweep, risers)
        return
    heights = sorted({z for box in risers for z in (box[2], box[5])})
    for low, high in pairwise(heights):
        there = [(x0, y0, x1, y1) for x0, y0, z0, x1, y1, z1 in risers if z0 <= low and high <= z1]
        yield from (Sweep(profile, low, high) for profile in union(there))


def _riser(end: Gathered, wide: float, size: BarSize, level: float, others: Sequence[Pole]) -> tuple[tuple[Box, ...], Rectangle]:
    """Boxes from where a group's current goes on up to ``level``, and what they take in the plan there.

    On a side they stand off the face where they pass one of ``others`` above, or come from a comb below its line: another lies above that.
    """
    group = end.contact
    _, y0, z0, _, y1, z1 = group.box
    x, y, _ = group.middle
    t, half = size.thickness, wide / 2
    if group.face == "top":
        plan = (x - half, y0, x + half, y1)
        return ((plan[0], y0, z1, plan[2], y1, level),), plan
    nx, ny = NORMALS[group.face]

    def crosses(pole: Pole) -> bool:
        """Whether the riser, on the face, would pass this contact: it is above, and in front of or behind it by less than their air."""
        along, out = group.along, 1 - group.along
        aside = abs(pole.at[along] - (x, y)[along]) >= half + pole.half[along]
        apart = abs(pole.at[out] - (x, y)[out]) > t + AIR_MM
        return pole.face == group.face and pole.at[2] + pole.half[2] > z0 and not aside and not apart

    away = t + AIR_MM if end.side < 0 or any(map(crosses, others)) else 0.0

    def slab(start: float, end: float, low: float, high: float, bottom: float, top: float) -> Box:
        """A box on the face, from ``start`` to ``end`` out of it."""
        if nx == 0:
            ends = sorted((y + ny * start, y + ny * end))
            return (low, ends[0], bottom, high, ends[1], top)
        ends = sorted((x + nx * start, x + nx * end))
        return (ends[0], low, bottom, ends[1], high, top)

    middle, own = (x, y)[group.along], (group.box[group.along], group.box[3 + group.along])
    stem = slab(away, away + t, middle - half, middle + half, z0, level)
    boxes = (slab(0.0, away, *own, z0, z1), stem) if away else (stem,)
    return boxes, (stem[0], stem[1], stem[3], stem[4])


def _corners(a: tuple[float, float], b: tuple[float, float], route: Route, aside: float) -> list[tuple[float, float]]:
    """The points from ``a`` to ``b`` that a beam of this route runs through; ``aside`` of its ends [mm]."""
    mx, my = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    along = 1 if abs(b[1] - a[1]) >= abs(b[0] - a[0]) else 0

    def beside(across: float) -> list[tuple[float, float]]:
        return [(across, a[1]), (across, b[1])] if along else [(a[0], across), (b[0], across)]

    between = {
        "aside_up": beside(max(a[1 - along], b[1 - along]) + aside),
        "aside_down": beside(min(a[1 - along], b[1 - along]) - aside),
        "y_first": [(a[0], b[1])],
        "x_first": [(b[0], a[1])],
        "x_halfway": [(mx, a[1]), (mx, b[1])],
        "y_halfway": [(a[0], my), (b[0], my)],
    }
    return [a, *between[route], b]


def _beam(plan_a: Rectangle, plan_b: Rectangle, corners: Sequence[tuple[float, float]], wide: float) -> list[Rectangle]:
    """The beam in the plan, over both risers and along the way between them."""
    half = wide / 2
    if any(max(c[k] for c in corners) - min(c[k] for c in corners) <= IN_LINE_MM for k in (0, 1)):
        return [around(plan_a, plan_b)]
    legs = [
        (min(p[0], q[0]) - half, min(p[1], q[1]) - half, max(p[0], q[0]) + half, max(p[1], q[1]) + half)
        for p, q in pairwise(corners)
        if math.dist(p, q) > IN_LINE_MM
    ]
    return [plan_a, *legs, plan_b]
