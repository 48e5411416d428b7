"""Arcs of outlines and channels: what two ends and a bulge (tan of a quarter of the angle, > 0 turning left) stand for."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arc:
    """Part of a circle about (x, y): from the angle ``start`` [rad] on, over ``turn`` [rad], positive to the left."""

    x: float
    y: float
    radius: float
    start: float
    turn: float

    @property
    def length(self) -> float:
        """Along the arc, in the unit of the radius."""
        return self.radius * abs(self.turn)

    def at(self, share: float) -> tuple[float, float]:
        """The point at ``share`` (0..1) of the arc's way."""
        angle = self.start + share * self.turn
        return self.x + self.radius * math.cos(angle), self.y + self.radius * math.sin(angle)


def arc(a: tuple[float, float], b: tuple[float, float], bulge: float) -> Arc:
    """The arc from a to b; ValueError where there is none (no bulge, or a and b the same point)."""
    chord = math.dist(a, b)
    if bulge == 0 or chord == 0:
        raise ValueError("a straight edge, or one without length, is no arc")
    away = (1 - bulge**2) / (4 * bulge)
    x, y = (a[0] + b[0]) / 2 - (b[1] - a[1]) * away, (a[1] + b[1]) / 2 + (b[0] - a[0]) * away
    return Arc(x, y, chord * (1 + bulge**2) / (4 * abs(bulge)), math.atan2(a[1] - y, a[0] - x), 4 * math.atan(bulge))
