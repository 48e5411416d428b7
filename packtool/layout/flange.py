"""The flange of the tray: its outlines, the groove of the seal, the bolts that hold the lid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from packtool.design.schema.enclosure import Enclosure
from packtool.layout.fasteners import THREADS
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Loop, Point

LAND_MM = 2.0
"""Metal between the tray's inside and the seal's groove (remembered)."""
LEAST_WEB_MM = 1.0
"""Metal that must be left under the groove, and between the groove and the bolt holes (remembered)."""
EDGE_OVER_HOLE = 1.2
"""Least distance of a bolt from an edge over its hole (EN 1993-1-8, table 3.3: e1, e2 >= 1.2 d0)."""
CORNER_RADIUS_WALLS = {"stamped": 10.0, "die_cast": 3.0}
"""Inner corner radius in the plan over the wall's thickness where none is given (remembered: drawn corners tear below some 6 to 10)."""
FLOOR_RADIUS_WALLS = {"stamped": 3.0, "die_cast": 1.5}
"""Radius between floor and walls over the wall's thickness where none is given (remembered)."""
THREAD_DIAMETERS = 1.5
"""Length of a thread cut in cast aluminium over the bolt's diameter (remembered; 1.5 to 2)."""


def corner_radius(enclosure: Enclosure) -> float:
    """Inner radius of the tray's corners in the plan [mm]."""
    given = enclosure.corner_radius_mm
    return given if given is not None else CORNER_RADIUS_WALLS.get(enclosure.style, 0.0) * enclosure.wall_mm


def floor_radius(enclosure: Enclosure) -> float:
    """Radius between floor and walls [mm]; where none is given no more than the corners' and than has room beside what is inside."""
    given = enclosure.floor_radius_mm
    if given is not None:
        return given
    usual = FLOOR_RADIUS_WALLS.get(enclosure.style, 0.0) * enclosure.wall_mm
    return max(0.0, min(usual, corner_radius(enclosure), floor_room(enclosure)))


def floor_room(enclosure: Enclosure) -> float:
    """The largest radius between floor and walls [mm] that does not come under what keeps ``clearance_mm`` from the walls, in the corners too."""
    radius, clearance = corner_radius(enclosure), enclosure.clearance_mm
    return min(clearance, radius - math.sqrt(2) * (radius - clearance)) if clearance < radius else clearance


def flange_thickness(enclosure: Enclosure) -> float:
    """Thickness of the flange [mm]."""
    if enclosure.flange_thickness_mm is not None:
        return enclosure.flange_thickness_mm
    if enclosure.style == "die_cast" and enclosure.bolt is not None:
        return max(enclosure.wall_mm, THREAD_DIAMETERS * THREADS[enclosure.bolt].diameter)
    return enclosure.wall_mm


def has_nuts(enclosure: Enclosure) -> bool:
    """Cast flanges have threads of their own."""
    return enclosure.style != "die_cast"


@dataclass(frozen=True, slots=True)
class Flange:
    """Where things lie on the flange, by their distance from the inside of the walls [mm]: the ``groove`` (its two edges, None without
    a seal), the line of the bolts, the ``edge``. ``bolts``: their places in the plan; ``hole``: diameter in the flange."""

    inside: Rectangle
    radius: float
    edge: float
    groove: tuple[float, float] | None
    bolt_line: float | None
    bolts: tuple[Point, ...]
    hole: float

    def loop(self, distance: float) -> Loop:
        """The tray's inside grown by ``distance``; rounded corners stay concentric, sharp ones sharp."""
        x0, y0, x1, y1 = self.inside
        radius = self.radius + distance if self.radius > 0 else 0.0
        return Loop.rounded_rectangle(x0 - distance, y0 - distance, x1 + distance, y1 + distance, radius)


def plan_flange(enclosure: Enclosure, inside: Rectangle) -> Flange:
    """The flange around ``inside``."""
    edge = enclosure.wall_mm + enclosure.flange_mm
    groove = (LAND_MM, LAND_MM + enclosure.seal.groove_width_mm) if enclosure.seal else None
    radius = corner_radius(enclosure)
    if enclosure.bolt is None:
        return Flange(inside, radius, edge, groove, None, (), 0.0)
    low, high = free_band(enclosure)
    line = (low + high) / 2
    thread = THREADS[enclosure.bolt]
    bolts = _around(inside, line, radius, enclosure.bolt_pitch_mm)
    return Flange(inside, radius, edge, groove, line, bolts, thread.hole if has_nuts(enclosure) else thread.diameter)


def free_band(enclosure: Enclosure) -> tuple[float, float]:
    """Between which distances from the inside of the walls [mm] a bolt may stand: outside the wall and the groove, inside the edge or, in
    a hollow beam, its outer wall."""
    wall, flange = enclosure.wall_mm, enclosure.flange_mm
    low = max(wall, LAND_MM + enclosure.seal.groove_width_mm if enclosure.seal else 0.0)
    return low, flange if enclosure.style == "extruded" else wall + flange


def _around(inside: Rectangle, line: float, radius: float, pitch: float) -> tuple[Point, ...]:
    """Bolts along the outline ``line`` outside ``inside``: one at each corner, the sides between them divided evenly."""
    x0, y0, x1, y1 = inside
    # a rounded corner has its bolt in the middle of the arc
    back = (radius + line) * (1 - math.sqrt(0.5)) if radius > 0 else 0.0
    tangent = radius + line if radius > 0 else 0.0
    xs, ys = (x0 - line, x1 + line), (y0 - line, y1 + line)
    bolts = []
    for low, high, place in (
        (xs[0], xs[1], lambda s: (s, ys[0])),
        (ys[0], ys[1], lambda s: (xs[1], s)),
        (xs[1], xs[0], lambda s: (s, ys[1])),
        (ys[1], ys[0], lambda s: (xs[0], s)),
    ):
        sign = 1.0 if high > low else -1.0
        length = abs(high - low) - 2 * back
        spaces = max(1, math.ceil(length / pitch - 1e-9))
        for k in range(1, spaces):
            along = back + k * length / spaces
            if tangent <= along <= abs(high - low) - tangent:
                bolts.append(place(low + sign * along))
    corners = [
        (xs[0] + back, ys[0] + back),
        (xs[1] - back, ys[0] + back),
        (xs[1] - back, ys[1] - back),
        (xs[0] + back, ys[1] - back),
    ]
    return tuple(corners + bolts)


def widest_gap_mm(bolts: Sequence[Point]) -> float:
    """Largest distance from one bolt to the next around the lid [mm]. At least two bolts."""
    middle = (sum(x for x, _ in bolts) / len(bolts), sum(y for _, y in bolts) / len(bolts))
    order = sorted(bolts, key=lambda at: math.atan2(at[1] - middle[1], at[0] - middle[0]))
    return max(math.dist(a, b) for a, b in zip(order, order[1:] + order[:1], strict=True))
