"""Bands of even width along a path of lines and arcs that go over into each other without a corner."""

from __future__ import annotations

import math
from dataclasses import dataclass

from packtool.layout.arcs import arc
from packtool.layout.profiles import Loop, Point, Vertex

SMOOTH_RAD = 1e-6
"""Two legs whose directions differ by less than this go on without a corner."""


@dataclass(frozen=True, slots=True)
class Path:
    """A line through ``points`` [mm]; ``bulges`` of its legs, as in ``Loop``."""

    points: tuple[Point, ...]
    bulges: tuple[float, ...]

    def moved(self, x: float, y: float) -> Path:
        """The same path elsewhere."""
        return Path(tuple((px + x, py + y) for px, py in self.points), self.bulges)

    def directions(self) -> tuple[float, ...]:
        """Direction [rad] at each point. Raises ValueError at a corner."""
        starts, ends = [], []
        for a, b, bulge in zip(self.points[:-1], self.points[1:], self.bulges, strict=True):
            chord = math.atan2(b[1] - a[1], b[0] - a[0])
            turn = 4 * math.atan(bulge)
            starts.append(chord - turn / 2)
            ends.append(chord + turn / 2)
        for place, (before, after) in enumerate(zip(ends[:-1], starts[1:], strict=True), 1):
            if abs(math.remainder(after - before, math.tau)) > SMOOTH_RAD:
                raise ValueError(f"the path has a corner at {self.points[place]}")
        return (starts[0], *ends)

    def offset(self, by: float) -> Path:
        """The path ``by`` [mm] to the left of this one. Raises ValueError where an arc would turn inside out."""
        for a, b, bulge in zip(self.points[:-1], self.points[1:], self.bulges, strict=True):
            if bulge and by * bulge > 0 and arc(a, b, bulge).radius <= abs(by) * (1 + 1e-9):
                raise ValueError(f"an arc of radius {arc(a, b, bulge).radius:g} has no parallel {abs(by):g} inside it")
        points = tuple(
            (x - by * math.sin(angle), y + by * math.cos(angle))
            for (x, y), angle in zip(self.points, self.directions(), strict=True)
        )
        return Path(points, self.bulges)


def strip(path: Path, right: float, left: float) -> Loop:
    """The band between ``right`` and ``left`` [mm] of a path, both counted to its left; right < left. Counter-clockwise."""
    near, far = path.offset(right), path.offset(left)
    out: list[Vertex] = [(x, y, bulge) for (x, y), bulge in zip(near.points, (*near.bulges, 0.0), strict=True)]
    back_bulges = [-bulge for bulge in reversed(far.bulges)]
    back: list[Vertex] = [(x, y, bulge) for (x, y), bulge in zip(reversed(far.points), (*back_bulges, 0.0), strict=True)]
    return Loop((*out, *back))
