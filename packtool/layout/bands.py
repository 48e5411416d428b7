"""Material that runs around a closed outline with the same section everywhere: fillets, and the bent walls of formed sheet. In the CAD only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from packtool.layout.profiles import Loop, Point, Profile, Vertex, loop_moments

QUARTER = math.tan(math.pi / 8)
"""The bulge of a quarter turn."""


@dataclass(frozen=True, slots=True)
class Band:
    """A ``section`` swept around ``loop``; in the CAD only.

    ``loop`` lies in the plan, of straight edges and arcs that run on into each other without a corner. The section's coordinates are the
    distance to the left of the loop and z [mm]; its arcs and the loop's leave it on one side of every arc's centre.
    """

    loop: Loop
    section: Loop

    def volume(self) -> float:
        """Its section's area times the way of its centroid [mm³] (Pappus): further to the left is a shorter way around a left turn."""
        area, moment, _ = loop_moments(self.section)
        length, turn = way(self.loop)
        return abs(area * length - moment * turn)

    def ring(self) -> Profile:
        """What it takes in the plan, between its two outlines."""
        u0, _, u1, _ = self.section.bounds()
        outer, inner = sorted((beside(self.loop, u) for u in (u0, u1)), key=lambda loop: -abs(loop.signed_area()))
        return Profile(outer, (inner,))

    def mirrored(self, height: float) -> Band:
        """The same upside down, mirrored at half of ``height`` [mm]."""
        return replace(self, section=Loop(tuple((u, height - v, -bulge) for u, v, bulge in self.section.vertices)))


def fillet(loop: Loop, z: float, radius: float) -> Band:
    """A hollow fillet of ``radius`` [mm] where a floor at height ``z`` meets walls that rise along ``loop``, counter-clockwise; its arcs are
    no tighter than ``radius``."""
    return Band(loop, Loop(((0.0, z, 0.0), (radius, z, -QUARTER), (0.0, z + radius, 0.0))))


def way(loop: Loop) -> tuple[float, float]:
    """Length [mm] of an outline without corners, and how far it turns to the left [rad]."""
    length = turn = 0.0
    for (x0, y0, bulge), (x1, y1) in _edges(loop):
        chord, angle = math.hypot(x1 - x0, y1 - y0), 4 * math.atan(bulge)
        length += chord * angle / (2 * math.sin(angle / 2)) if bulge else chord
        turn += angle
    return length, turn


def beside(loop: Loop, distance: float) -> Loop:
    """The outline that runs ``distance`` [mm] to the left of one without corners."""
    moved = []
    for (x0, y0, bulge), (x1, y1) in _edges(loop):
        towards = math.atan2(y1 - y0, x1 - x0) - 2 * math.atan(bulge)  # where an arc sets out, half its angle off the chord
        moved.append((x0 - distance * math.sin(towards), y0 + distance * math.cos(towards), bulge))
    return Loop(tuple(moved))


def smoothed(loop: Loop, left: float, right: float) -> Loop:
    """A straight outline whose corners are arcs: of radius ``left`` [mm] where it turns left, ``right`` where it turns right.

    Raises ValueError where an edge is too short for the arcs at its ends.
    """
    points = [(x, y) for x, y, _ in loop.vertices]
    vertices: list[Vertex] = []
    reach: list[float] = []
    for before, (x, y), after in zip(points[-1:] + points[:-1], points, points[1:] + points[:1], strict=True):
        start, end = _direction(before, (x, y)), _direction((x, y), after)
        angle = math.atan2(start[0] * end[1] - start[1] * end[0], start[0] * end[0] + start[1] * end[1])
        back = (left if angle > 0 else right) * math.tan(abs(angle) / 2)
        reach.append(back)
        vertices += [(x - back * start[0], y - back * start[1], math.tan(angle / 4)), (x + back * end[0], y + back * end[1], 0.0)]
    for (a, b), (one, two) in zip(pairwise([*points, points[0]]), pairwise([*reach, reach[0]]), strict=True):
        if one + two > math.dist(a, b) - 1e-6:
            raise ValueError(f"an edge of {math.dist(a, b):.4g} mm is too short for arcs of {left:.4g} and {right:.4g} mm")
    return Loop(tuple(vertices))


def _direction(a: Point, b: Point) -> Point:
    length = math.dist(a, b)
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def _edges(loop: Loop) -> Iterator[tuple[Vertex, Point]]:
    """Each vertex and where its edge ends."""
    for vertex, (x, y, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
        yield vertex, (x, y)
