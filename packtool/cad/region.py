"""Regions of the plan bounded by lines and arcs, and the area that two of them share: exact, without the CAD kernel.

The common area is Green's theorem over its boundary: the pieces of each outline that lie inside the other region, and once those that
both have in common with the material on the same side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from packtool.cad.moments import TURNS
from packtool.layout.records import Loop, Profile

Floats = NDArray[np.float64]
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
Arc = tuple[float, float, float, float, float]
"""Centre x, y, radius, angle of the start, angle turned [rad] (> 0 to the left)."""
Edge = tuple[Point, Point, Arc | None]

ON_MM = 1e-6
"""A point closer than this to an outline lies on it: ten times the CAD kernel's point tolerance."""


@dataclass(frozen=True, eq=False)
class Region:
    """The inside of ``edges``, which have it on their left. ``box``: x0, y0, x1, y1. ``round_holes`` (n, 3): centre x, y and radius;
    ``square_holes`` (n, 4): x0, y0, x1, y1 of those that are rectangles; ``disc``: centre and radius, where the outline is a circle.
    ``like``: another region and how far this one is moved from it, where it is a copy (what is known of that one need not be found again).
    """

    edges: tuple[Edge, ...]
    box: Rectangle
    round_holes: Floats
    square_holes: Floats
    disc: tuple[float, float, float] | None
    like: tuple[Region, Point] | None = None

    @classmethod
    def of(cls, profile: Profile, rotation_deg: int = 0, origin: Point = (0.0, 0.0)) -> Region:
        """A profile's region, turned by quarter turns and moved."""
        loops = [_directed(profile.outer, 1), *(_directed(hole, -1) for hole in profile.holes)]
        edges = tuple(edge for loop in loops for edge in _edges(loop, rotation_deg, origin))
        boxes = np.array([_edge_box(edge) for edge in edges])
        x0, y0 = boxes[:, :2].min(axis=0).tolist()
        x1, y1 = boxes[:, 2:].max(axis=0).tolist()
        round_holes = [_disc(hole, rotation_deg, origin) for hole in profile.holes if hole.is_circle]
        square_holes = [_placed_box(hole, rotation_deg, origin) for hole in profile.holes if Profile(hole).is_rectangle]
        disc = _disc(profile.outer, rotation_deg, origin) if profile.outer.is_circle else None
        return cls(edges, (x0, y0, x1, y1), np.array(round_holes).reshape(-1, 3), np.array(square_holes).reshape(-1, 4), disc)

    def moved(self, x: float, y: float) -> Region:
        """The same region elsewhere."""
        base, (dx, dy) = self.like or (self, (0.0, 0.0))
        x0, y0, x1, y1 = self.box
        edges = tuple(_moved(edge, x, y) for edge in self.edges)
        disc = (self.disc[0] + x, self.disc[1] + y, self.disc[2]) if self.disc else None
        round_holes, square_holes = self.round_holes + np.array((x, y, 0.0)), self.square_holes + np.array((x, y, x, y))
        return Region(edges, (x0 + x, y0 + y, x1 + x, y1 + y), round_holes, square_holes, disc, (base, (dx + x, dy + y)))

    def stands_in_hole(self, around: Region, shift: Point = (0.0, 0.0)) -> bool:
        """Does all of this, moved by ``shift``, lie in one round or rectangular hole of ``around``? (False where it is neither seen at once.)"""
        h, c = around.square_holes, around.round_holes
        if not len(h) and not len(c):
            return False
        dx, dy = shift
        x0, y0, x1, y1 = self.box[0] + dx, self.box[1] + dy, self.box[2] + dx, self.box[3] + dy
        if np.any((h[:, 0] - ON_MM <= x0) & (h[:, 1] - ON_MM <= y0) & (h[:, 2] + ON_MM >= x1) & (h[:, 3] + ON_MM >= y1)):
            return True
        x, y, r = (x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0) / 2
        if self.disc:
            x, y, r = self.disc[0] + dx, self.disc[1] + dy, self.disc[2]
        return bool(np.any(np.hypot(c[:, 0] - x, c[:, 1] - y) + r <= c[:, 2] + ON_MM))

    @cached_property
    def boxes(self) -> Floats:
        """x0, y0, x1, y1 of each edge, (n, 4)."""
        if self.like:
            base, (x, y) = self.like
            return np.asarray(base.boxes + np.array((x, y, x, y)))
        return np.array([_edge_box(edge) for edge in self.edges])

    @cached_property
    def crossings(self) -> Floats:
        """What a ray is counted with: (m, 6) rows of low y, high y, and a line's x at low y and slope dx/dy, or an arc's centre, and its
        radius, negative for the half to the left of the centre (0: a line); arcs in pieces that rise or fall throughout."""
        if self.like:
            base, (x, y) = self.like
            return np.asarray(
                base.crossings + np.where(base.crossings[:, 5:] == 0, (y, y, x, 0.0, 0.0, 0.0), (y, y, x, y, 0.0, 0.0))
            )
        rows = [row for edge in self.edges for row in _monotone(edge)]
        return np.array(rows).reshape(-1, 6)

    def near(self, box: Rectangle) -> list[Edge]:
        """The edges whose boxes touch ``box``."""
        b = self.boxes
        hit = (b[:, 0] <= box[2] + ON_MM) & (b[:, 2] >= box[0] - ON_MM) & (b[:, 1] <= box[3] + ON_MM) & (b[:, 3] >= box[1] - ON_MM)
        return [self.edges[index] for index in np.flatnonzero(hit)]

    @cached_property
    def fills_box(self) -> bool:
        """Is it a whole rectangle along the axes?"""
        if self.like:
            return self.like[0].fills_box
        return len(self.edges) == 4 and all(arc is None and (a[0] == b[0] or a[1] == b[1]) for a, b, arc in self.edges)

    def holds(self, x: float, y: float) -> bool:
        """Is a point inside? (Not for points on an outline.)"""
        x0, y0, x1, y1 = self.box
        if not (x0 < x < x1 and y0 < y < y1):
            return False
        return self.fills_box or bool(np.count_nonzero(self.crossing_points(y) > x) % 2)

    def crossing_points(self, y: float) -> Floats:
        """x of every point where the horizontal line at ``y`` crosses the outlines, (n,)."""
        rows = self.crossings
        rows = rows[(rows[:, 0] <= y) & (rows[:, 1] > y)]
        line = rows[:, 5] == 0
        along_arc = np.copysign(np.sqrt(np.maximum(rows[:, 5] ** 2 - (y - rows[:, 3]) ** 2, 0.0)), rows[:, 5])
        return np.where(line, rows[:, 2] + (y - rows[:, 0]) * rows[:, 4], rows[:, 2] + along_arc)


def common_area_mm2(first: Region, second: Region) -> float:
    """Area that both regions cover [mm²]; 0 where they only touch."""
    if any(first.box[i] >= second.box[i + 2] - ON_MM or second.box[i] >= first.box[i + 2] - ON_MM for i in (0, 1)):
        return 0.0
    one, two = first.near(second.box), second.near(first.box)
    total = 0.0
    for edges, others, other, keep_shared in ((one, two, second, True), (two, one, first, False)):
        boxes = np.array([_edge_box(edge) for edge in others]).reshape(-1, 4)
        for edge in edges:
            x0, y0, x1, y1 = _edge_box(edge)
            hit = (
                (boxes[:, 0] <= x1 + ON_MM)
                & (boxes[:, 2] >= x0 - ON_MM)
                & (boxes[:, 1] <= y1 + ON_MM)
                & (boxes[:, 3] >= y0 - ON_MM)
            )
            beside = [others[index] for index in np.flatnonzero(hit)]
            for piece in _pieces(edge, beside):
                if _kept(piece, beside, other, keep_shared):
                    total += _green(piece)
    return max(total, 0.0)


def distance_mm(first: Region, second: Region, limit: float = math.inf) -> float:
    """Distance of two regions that do not overlap [mm]; infinite where it is ``limit`` or more."""
    a, b = first.boxes, second.boxes
    across = np.maximum(np.maximum(b[None, :, 0] - a[:, None, 2], a[:, None, 0] - b[None, :, 2]), 0.0)
    along = np.maximum(np.maximum(b[None, :, 1] - a[:, None, 3], a[:, None, 1] - b[None, :, 3]), 0.0)
    bound = np.hypot(across, along)
    least = limit
    for index in np.argsort(bound, axis=None).tolist():
        one, two = divmod(index, len(b))
        if bound[one, two] >= least:
            break
        least = min(least, _apart(first.edges[one], second.edges[two]))
    return least if least < limit else math.inf


def _apart(one: Edge, two: Edge) -> float:
    """Distance of two edges that do not cross: from the ends of each, and on the way from an arc's centre."""
    least = math.inf
    for edge, other in ((one, two), (two, one)):
        places = [edge[0], edge[1]]
        if other[2] is not None:
            places.append(_foot(edge, other[2][:2]))
        least = min([least, *(_nearest(other, *place)[0] for place in places)])
    return least


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


def visible_pieces(edge: Edge, hiding: Iterable[Region]) -> list[Edge]:
    """What is left of an edge where it runs inside none of the regions in front of it (their outlines hide nothing)."""
    pieces = [edge]
    x0, y0, x1, y1 = _edge_box(edge)
    for region in hiding:
        a0, b0, a1, b1 = region.box
        if a0 >= x1 + ON_MM or a1 <= x0 - ON_MM or b0 >= y1 + ON_MM or b1 <= y0 - ON_MM:
            continue
        if not pieces:
            break
        left = []
        for piece in pieces:
            if region.fills_box and piece[2] is None and (piece[0][0] == piece[1][0] or piece[0][1] == piece[1][1]):
                left += _beyond_box(piece, region.box)
                continue
            beside = region.near(_edge_box(piece))
            if not beside:
                left += [] if region.holds(*piece[0]) else [piece]
                continue
            for part in _pieces(piece, beside):
                (x, y), _ = _middle(part)
                on = any(_nearest(other, x, y)[0] <= ON_MM for other in beside)
                if on or not region.holds(x, y):
                    left.append(part)
        pieces = left
    return pieces


def _beyond_box(line: Edge, box: Rectangle) -> list[Edge]:
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


def is_sound(profile: Profile) -> bool:
    """Do the holes lie in the outline, and apart from each other? (They may touch.)"""
    whole = Region.of(Profile(_directed(profile.outer, 1)))
    holes = [Region.of(Profile(_directed(hole, 1))) for hole in profile.holes]
    for hole, loop in zip(holes, profile.holes, strict=True):
        area = abs(loop.signed_area())
        if common_area_mm2(hole, whole) < area - ON_MM * (1 + area):
            return False
    order = sorted(range(len(holes)), key=lambda index: holes[index].box[0])
    for place, index in enumerate(order):
        for other in order[place + 1 :]:
            if holes[other].box[0] >= holes[index].box[2]:
                break
            if _may_meet(holes[index], holes[other]) and common_area_mm2(holes[index], holes[other]) > ON_MM:
                return False
    return True


def _may_meet(a: Region, b: Region) -> bool:
    if a.disc and b.disc:
        return math.dist(a.disc[:2], b.disc[:2]) < a.disc[2] + b.disc[2] - ON_MM
    return a.box[1] < b.box[3] and b.box[1] < a.box[3]


def _kept(piece: Edge, beside: Iterable[Edge], other: Region, keep_shared: bool) -> bool:
    """Does this piece of an outline bound what is common with ``other``, whose edges nearby are ``beside``?"""
    (x, y), (tx, ty) = _middle(piece)
    for edge in beside:
        distance, (ux, uy) = _nearest(edge, x, y)
        if distance <= ON_MM:
            return keep_shared and tx * ux + ty * uy > 0
    return other.holds(x, y)


def _directed(loop: Loop, sign: int) -> Loop:
    """The loop counter-clockwise for ``sign`` 1, clockwise for -1."""
    if loop.signed_area() * sign > 0:
        return loop
    v = loop.vertices
    return Loop(tuple((v[i][0], v[i][1], -v[i - 1][2]) for i in range(len(v) - 1, -1, -1)))


def _placed(x: float, y: float, rotation_deg: int, origin: Point) -> Point:
    cos, sin = TURNS[rotation_deg]
    return cos * x - sin * y + origin[0], sin * x + cos * y + origin[1]


def _placed_box(loop: Loop, rotation_deg: int, origin: Point) -> Rectangle:
    x0, y0, x1, y1 = loop.bounds()
    (u0, v0), (u1, v1) = _placed(x0, y0, rotation_deg, origin), _placed(x1, y1, rotation_deg, origin)
    return min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)


def _disc(circle: Loop, rotation_deg: int, origin: Point) -> tuple[float, float, float]:
    (x0, y0, _), (x1, y1, _) = circle.vertices
    return (*_placed((x0 + x1) / 2, (y0 + y1) / 2, rotation_deg, origin), math.hypot(x1 - x0, y1 - y0) / 2)


def _edges(loop: Loop, rotation_deg: int, origin: Point) -> Iterator[Edge]:
    placed = [(*_placed(x, y, rotation_deg, origin), bulge) for x, y, bulge in loop.vertices]
    for (x0, y0, bulge), (x1, y1, _) in zip(placed, placed[1:] + placed[:1], strict=True):
        chord = math.hypot(x1 - x0, y1 - y0)
        if chord < ON_MM / 10:
            continue
        arc = None
        if bulge:
            cx = (x0 + x1) / 2 - (y1 - y0) * (1 - bulge**2) / (4 * bulge)
            cy = (y0 + y1) / 2 + (x1 - x0) * (1 - bulge**2) / (4 * bulge)
            arc = (cx, cy, math.hypot(x0 - cx, y0 - cy), math.atan2(y0 - cy, x0 - cx), 4 * math.atan(bulge))
        yield (x0, y0), (x1, y1), arc


def _moved(edge: Edge, x: float, y: float) -> Edge:
    (x0, y0), (x1, y1), arc = edge
    return (x0 + x, y0 + y), (x1 + x, y1 + y), (arc[0] + x, arc[1] + y, arc[2], arc[3], arc[4]) if arc else None


def _edge_box(edge: Edge) -> Rectangle:
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


def _monotone(edge: Edge) -> Iterator[tuple[float, ...]]:
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


def _pieces(edge: Edge, others: Iterable[Edge]) -> Iterator[Edge]:
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
        if _nearest(edge, x, y)[0] <= ON_MM:
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
        if _nearest(other, x, y)[0] <= ON_MM:
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


def _nearest(edge: Edge, x: float, y: float) -> tuple[float, Point]:
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


def _middle(edge: Edge) -> tuple[Point, Point]:
    """The point half way and the direction there."""
    point = _at(edge, 0.5)
    return point, _nearest(edge, *point)[1]


def _green(edge: Edge) -> float:
    """The edge's part in the area on its left."""
    (x0, y0), (x1, y1), arc = edge
    area = (x0 * y1 - x1 * y0) / 2
    return area + (arc[2] ** 2 * (arc[4] - math.sin(arc[4])) / 2 if arc else 0.0)
