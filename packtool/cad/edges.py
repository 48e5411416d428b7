"""Edges of outlines in the plan, lines and arcs: where they lie, where they meet, and the pieces that others cut them to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from packtool.layout.profiles import Loop

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
Arc = tuple[float, float, float, float, float]
"""Centre x, y, radius, angle of the start, angle turned [rad] (> 0 to the left)."""
Edge = tuple[Point, Point, Arc | None]

TURNS = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}
"""Cosine and sine of the rotations that a part may have, exact."""
ON_MM = 1e-6
"""A point closer than this to an outline lies on it: ten times the CAD kernel's point tolerance."""


def edges_of(loop: Loop, rotation_deg: int, origin: Point) -> Iterator[Edge]:
    """The edges of a loop turned by quarter turns and moved; those of no length are left out."""
    corners = [(*placed(x, y, rotation_deg, origin), bulge) for x, y, bulge in loop.vertices]
    for (x0, y0, bulge), (x1, y1, _) in zip(corners, corners[1:] + corners[:1], strict=True):
        chord = math.hypot(x1 - x0, y1 - y0)
        if chord < ON_MM / 10:
            continue
        arc = None
        if bulge:
            cx = (x0 + x1) / 2 - (y1 - y0) * (1 - bulge**2) / (4 * bulge)
            cy = (y0 + y1) / 2 + (x1 - x0) * (1 - bulge**2) / (4 * bulge)
            arc = (cx, cy, math.hypot(x0 - cx, y0 - cy), math.atan2(y0 - cy, x0 - cx), 4 * math.atan(bulge))
        yield (x0, y0), (x1, y1), arc


def placed(x: float, y: float, rotation_deg: int, origin: Point) -> Point:
    """A point turned by quarter turns and moved."""
    cos, sin = TURNS[rotation_deg]
    return cos * x - sin * y + origin[0], sin * x + cos * y + origin[1]


def moved(edge: Edge, x: float, y: float) -> Edge:
    """The same edge elsewhere."""
    (x0, y0), (x1, y1), arc = edge
    return (x0 + x, y0 + y), (x1 + x, y1 + y), (arc[0] + x, arc[1] + y, arc[2], arc[3], arc[4]) if arc else None


def box_of(edge: Edge) -> Rectangle:
    """x0, y0, x1, y1 around an edge."""
    (x0, y0), (x1, y1), arc = edge
    xs, ys = [x0, x1], [y0, y1]
    if arc is not None:
        cx, cy, r, start, sweep = arc
        for quarter in range(4):
            angle = quarter * math.pi / 2
            if _turn(start, sweep, angle) <= abs(sweep):
                xs.append(cx + r * (1, 0, -1, 0)[quarter])
                ys.append(cy + r * (0, 1, 0, -1)[quarter])
    return min(xs), min(ys), max(xs), max(ys)


def _turn(start: float, sweep: float, angle: float) -> float:
    """How far an arc has turned when it passes ``angle``, 0..2 pi, in its own direction."""
    return ((angle - start) if sweep > 0 else (start - angle)) % math.tau


def monotone(edge: Edge) -> Iterator[tuple[float, ...]]:
    """An edge in pieces that rise or fall throughout: rows of ``Region.crossings``."""
    (x0, y0), (x1, y1), arc = edge
    if arc is None:
        if y0 != y1:
            low, high = ((x0, y0), (x1, y1)) if y0 < y1 else ((x1, y1), (x0, y0))
            yield low[1], high[1], low[0], 0.0, (high[0] - low[0]) / (high[1] - low[1]), 0.0
        return
    cx, cy, r, start, sweep = arc
    turns = sorted(t for t in (_turn(start, sweep, math.pi / 2), _turn(start, sweep, -math.pi / 2)) if 0 < t < abs(sweep))
    stops = [(0.0, y0), *((t, cy + math.copysign(r, math.sin(start + math.copysign(t, sweep)))) for t in turns), (abs(sweep), y1)]
    for (t0, a), (t1, b) in pairwise(stops):
        if a != b:
            side = math.cos(start + math.copysign((t0 + t1) / 2, sweep))
            yield min(a, b), max(a, b), cx, cy, 0.0, math.copysign(r, side)


def pieces_of(edge: Edge, others: Iterable[Edge]) -> Iterator[Edge]:
    """``edge`` cut where it meets the others."""
    cuts = {0.0, 1.0}
    for other in others:
        for x, y in _meetings(edge, other):
            share = _share(edge, x, y)
            if share is not None:
                cuts.add(share)
    ordered = sorted(cuts)
    length = _length(edge)
    for s, t in pairwise(ordered):
        if (t - s) * length > ON_MM / 10:
            yield _part(edge, s, t)


def _length(edge: Edge) -> float:
    (x0, y0), (x1, y1), arc = edge
    return arc[2] * abs(arc[4]) if arc else math.hypot(x1 - x0, y1 - y0)


def _part(edge: Edge, s: float, t: float) -> Edge:
    arc = edge[2]
    start, end = edge[0] if s == 0 else _at(edge, s), edge[1] if t == 1 else _at(edge, t)
    return start, end, (*arc[:3], arc[3] + s * arc[4], (t - s) * arc[4]) if arc else None


def _at(edge: Edge, share: float) -> Point:
    (x0, y0), (x1, y1), arc = edge
    if arc is None:
        return x0 + share * (x1 - x0), y0 + share * (y1 - y0)
    angle = arc[3] + share * arc[4]
    return arc[0] + arc[2] * math.cos(angle), arc[1] + arc[2] * math.sin(angle)


def _share(edge: Edge, x: float, y: float) -> float | None:
    """Which part of the edge's length lies before a point on its line or circle; None if the point is past an end."""
    (x0, y0), (x1, y1), arc = edge
    if arc is None:
        dx, dy = x1 - x0, y1 - y0
        share = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)
    else:
        turned = _turn(arc[3], arc[4], math.atan2(y - arc[1], x - arc[0]))
        share = turned / abs(arc[4])
        if turned > math.pi + abs(arc[4]) / 2:  # just before the start
            share -= math.tau / abs(arc[4])
    return share if 0.0 <= share <= 1.0 else None


def _meetings(edge: Edge, other: Edge) -> Iterator[Point]:
    """Points of both edges' lines or circles, and ends of ``other`` that lie on ``edge``; may lie past the ends."""
    for x, y in other[:2]:
        if nearest(edge, x, y)[0] <= ON_MM:
            yield x, y
    a, b = edge[2], other[2]
    if a is None and b is None:
        found: Iterable[Point] = _line_line(edge, other)
    elif a is not None and b is not None:
        found = _circle_circle(a, b)
    elif a is not None:
        found = _line_circle(other, a)
    else:
        assert b is not None
        found = _line_circle(edge, b)
    for x, y in found:
        if nearest(other, x, y)[0] <= ON_MM:
            yield x, y


def _line_line(edge: Edge, other: Edge) -> Iterator[Point]:
    (x0, y0), (x1, y1), _ = edge
    (u0, v0), (u1, v1), _ = other
    dx, dy, du, dv = x1 - x0, y1 - y0, u1 - u0, v1 - v0
    cross = dx * dv - dy * du
    if abs(cross) > 1e-12 * math.hypot(dx, dy) * math.hypot(du, dv):  # else parallel: the ends say where they meet
        share = ((u0 - x0) * dv - (v0 - y0) * du) / cross
        yield x0 + share * dx, y0 + share * dy


def _line_circle(line: Edge, arc: Arc) -> Iterator[Point]:
    (x0, y0), (x1, y1), _ = line
    length = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    along = (arc[0] - x0) * ux + (arc[1] - y0) * uy
    fx, fy = x0 + along * ux, y0 + along * uy
    rest = arc[2] ** 2 - (fx - arc[0]) ** 2 - (fy - arc[1]) ** 2
    if rest > -2 * arc[2] * ON_MM:
        half = math.sqrt(max(rest, 0.0))
        for sign in (-1, 1):
            yield fx + sign * half * ux, fy + sign * half * uy


def _circle_circle(a: Arc, b: Arc) -> Iterator[Point]:
    dx, dy = b[0] - a[0], b[1] - a[1]
    d = math.hypot(dx, dy)
    if d < ON_MM:  # concentric: the ends say where they meet
        return
    along = (d * d + a[2] ** 2 - b[2] ** 2) / (2 * d)
    rest = a[2] ** 2 - along**2
    if rest > -2 * a[2] * ON_MM:
        half = math.sqrt(max(rest, 0.0))
        for sign in (-1, 1):
            yield a[0] + (along * dx - sign * half * dy) / d, a[1] + (along * dy + sign * half * dx) / d


def nearest(edge: Edge, x: float, y: float) -> tuple[float, Point]:
    """Distance of a point from an edge, and the edge's direction there."""
    (x0, y0), (x1, y1), arc = edge
    if arc is None:
        dx, dy = x1 - x0, y1 - y0
        share = min(max(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
        return math.hypot(x - x0 - share * dx, y - y0 - share * dy), (dx, dy)
    cx, cy, r, start, sweep = arc
    if _turn(start, sweep, math.atan2(y - cy, x - cx)) <= abs(sweep):
        return abs(math.hypot(x - cx, y - cy) - r), (math.copysign(1, sweep) * (cy - y), math.copysign(1, sweep) * (x - cx))
    ends = [(math.hypot(x - px, y - py), (px, py)) for px, py in (edge[0], edge[1])]
    distance, (px, py) = min(ends)
    return distance, (math.copysign(1, sweep) * (cy - py), math.copysign(1, sweep) * (px - cx))


def _foot(edge: Edge, point: Point) -> Point:
    """The point of an edge that is nearest to ``point``."""
    (x0, y0), (x1, y1), arc = edge
    x, y = point
    if arc is None:
        dx, dy = x1 - x0, y1 - y0
        share = min(max(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
        return x0 + share * dx, y0 + share * dy
    cx, cy, r, start, sweep = arc
    away = math.hypot(x - cx, y - cy)
    if away > 0 and _turn(start, sweep, math.atan2(y - cy, x - cx)) <= abs(sweep):
        return cx + (x - cx) * r / away, cy + (y - cy) * r / away
    return min((edge[0], edge[1]), key=lambda end: math.dist(end, point))


def apart_mm(one: Edge, two: Edge) -> float:
    """Distance of two edges that do not cross: from the ends of each, and on the way from an arc's centre."""
    least = math.inf
    for edge, other in ((one, two), (two, one)):
        places = [edge[0], edge[1]]
        if other[2] is not None:
            places.append(_foot(edge, other[2][:2]))
        least = min([least, *(nearest(other, *place)[0] for place in places)])
    return least


def beyond_box(line: Edge, box: Rectangle) -> list[Edge]:
    """What is left of a line along an axis where it runs inside a rectangle (its outline hides nothing)."""
    across = 0 if line[0][0] == line[1][0] else 1
    place = line[0][across]
    start, end = line[0][1 - across], line[1][1 - across]
    low, high = box[1 - across], box[3 - across]
    inside = max(min(start, end), low), min(max(start, end), high)
    if not box[across] + ON_MM < place < box[across + 2] - ON_MM or inside[1] - inside[0] <= ON_MM:
        return [line]
    first, last = inside if start < end else inside[::-1]
    spans = [(start, first), (last, end)]
    ends = [((place, a), (place, b)) if across == 0 else ((a, place), (b, place)) for a, b in spans if abs(b - a) > ON_MM]
    return [(a, b, None) for a, b in ends]


def middle(edge: Edge) -> tuple[Point, Point]:
    """The point half way and the direction there."""
    point = _at(edge, 0.5)
    return point, nearest(edge, *point)[1]


def green(edge: Edge) -> float:
    """The edge's part in the area on its left."""
    (x0, y0), (x1, y1), arc = edge
    area = (x0 * y1 - x1 * y0) / 2
    return area + (arc[2] ** 2 * (arc[4] - math.sin(arc[4])) / 2 if arc else 0.0)
