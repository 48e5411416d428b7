"""Plane figures of lines and arcs [mm]: loops, and faces of a loop less its holes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Vertex = tuple[float, float, float]
"""x, y and the bulge of the edge that leaves it: tan(a quarter of the arc's angle), 0 for a straight edge, > 0 turning left (as in DXF)."""

SAME_POINT_MM = 1e-7
"""Two points closer than this are one: the CAD kernel's own confusion distance (Precision::Confusion, 1e-7)."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A closed outline of lines and arcs, in order; the last vertex joins the first."""

    vertices: tuple[Vertex, ...]

    @classmethod
    def polygon(cls, points: Sequence[Point]) -> Loop:
        """Straight edges through ``points``."""
        return cls(tuple((x, y, 0.0) for x, y in points))

    @classmethod
    def rectangle(cls, x0: float, y0: float, x1: float, y1: float) -> Loop:
        """Counter-clockwise rectangle."""
        return cls.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

    @classmethod
    def rounded_rectangle(cls, x0: float, y0: float, x1: float, y1: float, radius: float) -> Loop:
        """Counter-clockwise rectangle with quarter arcs of ``radius`` at its corners; ``radius`` 0: sharp. At most half the shorter side."""
        if radius <= 0:
            return cls.rectangle(x0, y0, x1, y1)
        quarter, r = math.tan(math.pi / 8), radius
        corners = (
            (x0 + r, y0, 0.0), (x1 - r, y0, quarter), (x1, y0 + r, 0.0), (x1, y1 - r, quarter),
            (x1 - r, y1, 0.0), (x0 + r, y1, quarter), (x0, y1 - r, 0.0), (x0, y0 + r, quarter),
        )  # fmt: skip
        following = corners[1:] + corners[:1]
        return cls(tuple(v for v, w in zip(corners, following, strict=True) if math.dist(v[:2], w[:2]) > SAME_POINT_MM))

    @classmethod
    def circle(cls, x: float, y: float, radius: float) -> Loop:
        """Counter-clockwise circle of two half arcs."""
        return cls(((x - radius, y, 1.0), (x + radius, y, 1.0)))

    @property
    def is_straight(self) -> bool:
        """No arcs."""
        return all(bulge == 0.0 for _, _, bulge in self.vertices)

    @property
    def is_circle(self) -> bool:
        """A full circle, as ``circle`` makes it: two half arcs of the same turn."""
        return len(self.vertices) == 2 and abs(self.vertices[0][2]) == 1.0 and self.vertices[0][2] == self.vertices[1][2]

    def signed_area(self) -> float:
        """Area [mm²], positive counter-clockwise; arcs are exact."""
        total = 0.0
        for (x0, y0, bulge), (x1, y1, _) in zip(self.vertices, self.vertices[1:] + self.vertices[:1], strict=True):
            total += (x0 * y1 - x1 * y0) / 2
            if bulge:
                angle = 4 * math.atan(bulge)
                chord = math.hypot(x1 - x0, y1 - y0)
                radius = chord / (2 * math.sin(angle / 2))
                total += radius**2 * (angle - math.sin(angle)) / 2
        return total

    def bounds(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the outline; arcs count with their extreme points."""
        xs = [v[0] for v in self.vertices]
        ys = [v[1] for v in self.vertices]
        for (x0, y0, bulge), (x1, y1, _) in zip(self.vertices, self.vertices[1:] + self.vertices[:1], strict=True):
            if not bulge:
                continue
            centre_x = (x0 + x1) / 2 - (y1 - y0) * (1 - bulge**2) / (4 * bulge)
            centre_y = (y0 + y1) / 2 + (x1 - x0) * (1 - bulge**2) / (4 * bulge)
            radius = math.hypot(x0 - centre_x, y0 - centre_y)
            start = math.atan2(y0 - centre_y, x0 - centre_x)
            sweep = 4 * math.atan(bulge)
            for quarter in range(4):
                towards = quarter * math.pi / 2
                turned = (towards - start) % math.tau if sweep > 0 else (start - towards) % math.tau
                if turned <= abs(sweep):
                    xs.append(centre_x + radius * math.cos(towards))
                    ys.append(centre_y + radius * math.sin(towards))
        return min(xs), min(ys), max(xs), max(ys)


def loop_moments(loop: Loop) -> tuple[float, float, float]:
    """Area [mm²] and first moments about y and x, (integral of x, integral of y) [mm³], positive for a counter-clockwise loop.

    The polygon of the vertices by Green's theorem, plus a circular segment for every arc (area r² (a - sin a) / 2, centroid
    4 r sin³(a/2) / (3 (a - sin a)) from the centre along the bisector; a the arc's angle).
    """
    area = mx = my = 0.0
    for (x0, y0, bulge), (x1, y1, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
        cross = (x0 * y1 - x1 * y0) / 2
        area += cross
        mx += cross * (x0 + x1) / 3
        my += cross * (y0 + y1) / 3
        if not bulge:
            continue
        angle = 4 * math.atan(bulge)
        chord = math.hypot(x1 - x0, y1 - y0)
        radius = chord / (2 * math.sin(abs(angle) / 2))
        segment = radius**2 * (angle - math.sin(angle)) / 2
        # outwards of the chord: to the right of a left turn, to the left of a right turn
        out_x, out_y = math.copysign(1, bulge) * (y1 - y0) / chord, -math.copysign(1, bulge) * (x1 - x0) / chord
        beyond = 4 * radius * math.sin(abs(angle) / 2) ** 3 / (3 * (abs(angle) - math.sin(abs(angle)))) - radius * math.cos(
            angle / 2
        )
        area += segment
        mx += segment * ((x0 + x1) / 2 + beyond * out_x)
        my += segment * ((y0 + y1) / 2 + beyond * out_y)
    return area, mx, my


def turned_box(box: tuple[float, float, float, float], rotation_deg: int) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 of a rectangle turned about the origin by quarter turns."""
    if rotation_deg == 0:
        return box
    x0, y0, x1, y1 = box
    if rotation_deg == 180:
        return -x1, -y1, -x0, -y0
    return (-y1, x0, -y0, x1) if rotation_deg == 90 else (y0, -x1, y1, -x0)


@dataclass(frozen=True, slots=True)
class Profile:
    """A planar face: an outer loop less its holes."""

    outer: Loop
    holes: tuple[Loop, ...] = ()

    @classmethod
    def rectangle(cls, x0: float, y0: float, x1: float, y1: float) -> Profile:
        """A rectangle without holes."""
        return cls(Loop.rectangle(x0, y0, x1, y1))

    def area(self) -> float:
        """Area [mm²]."""
        return abs(self.outer.signed_area()) - sum(abs(hole.signed_area()) for hole in self.holes)

    def rounded(self, radius: float) -> Profile:
        """A rectangle, or a rectangular ring, with its corners rounded by ``radius`` [mm]; a ring's inner corners by its wall less.

        Raises ValueError for another outline, or a radius of more than half the shorter side.
        """
        outer = self.outer.bounds()
        if (
            not Profile(self.outer).is_rectangle
            or not all(Profile(hole).is_rectangle for hole in self.holes)
            or len(self.holes) > 1
        ):
            raise ValueError("is for a rectangle or a rectangular ring only")
        if 2 * radius > min(outer[2] - outer[0], outer[3] - outer[1]):
            raise ValueError(f"is more than half the shorter side ({min(outer[2] - outer[0], outer[3] - outer[1]):g})")
        holes = []
        for hole in self.holes:
            inner = hole.bounds()
            holes.append(Loop.rounded_rectangle(*inner, radius - (inner[0] - outer[0])))
        return Profile(Loop.rounded_rectangle(*outer, radius), tuple(holes))

    @property
    def is_rectangle(self) -> bool:
        """A box in the making: one axis-aligned rectangle, no holes."""
        if self.holes or not self.outer.is_straight or len(self.outer.vertices) != 4:
            return False
        x0, y0, x1, y1 = self.outer.bounds()
        return all(x in (x0, x1) and y in (y0, y1) for x, y, _ in self.outer.vertices)
