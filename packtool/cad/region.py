"""Regions of the plan bounded by lines and arcs, and the area that two of them share: exact, without the CAD kernel.

The common area is Green's theorem over its boundary: the pieces of each outline that lie inside the other region, and once those that
both have in common with the material on the same side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from packtool.cad.edges import (
    ON_MM,
    Edge,
    Point,
    Rectangle,
    apart_mm,
    beyond_box,
    box_of,
    edges_of,
    green,
    middle,
    monotone,
    moved,
    nearest,
    pieces_of,
    placed,
)
from packtool.layout.profiles import Loop, Profile

Floats = NDArray[np.float64]


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
        edges = tuple(edge for loop in loops for edge in edges_of(loop, rotation_deg, origin))
        boxes = np.array([box_of(edge) for edge in edges])
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
        edges = tuple(moved(edge, x, y) for edge in self.edges)
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
        return np.array([box_of(edge) for edge in self.edges])

    @cached_property
    def crossings(self) -> Floats:
        """What a ray is counted with: (m, 6) rows of low y, high y, and a line's x at low y and slope dx/dy, or an arc's centre, and its
        radius, negative for the half to the left of the centre (0: a line); arcs in pieces that rise or fall throughout."""
        if self.like:
            base, (x, y) = self.like
            return np.asarray(
                base.crossings + np.where(base.crossings[:, 5:] == 0, (y, y, x, 0.0, 0.0, 0.0), (y, y, x, y, 0.0, 0.0))
            )
        rows = [row for edge in self.edges for row in monotone(edge)]
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
        boxes = np.array([box_of(edge) for edge in others]).reshape(-1, 4)
        for edge in edges:
            x0, y0, x1, y1 = box_of(edge)
            hit = (
                (boxes[:, 0] <= x1 + ON_MM)
                & (boxes[:, 2] >= x0 - ON_MM)
                & (boxes[:, 1] <= y1 + ON_MM)
                & (boxes[:, 3] >= y0 - ON_MM)
            )
            beside = [others[index] for index in np.flatnonzero(hit)]
            for piece in pieces_of(edge, beside):
                if _kept(piece, beside, other, keep_shared):
                    total += green(piece)
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
        least = min(least, apart_mm(first.edges[one], second.edges[two]))
    return least if least < limit else math.inf


def visible_pieces(edge: Edge, hiding: Iterable[Region]) -> list[Edge]:
    """What is left of an edge where it runs inside none of the regions in front of it (their outlines hide nothing)."""
    pieces = [edge]
    x0, y0, x1, y1 = box_of(edge)
    for region in hiding:
        a0, b0, a1, b1 = region.box
        if a0 >= x1 + ON_MM or a1 <= x0 - ON_MM or b0 >= y1 + ON_MM or b1 <= y0 - ON_MM:
            continue
        if not pieces:
            break
        left = []
        for piece in pieces:
            if region.fills_box and piece[2] is None and (piece[0][0] == piece[1][0] or piece[0][1] == piece[1][1]):
                left += beyond_box(piece, region.box)
                continue
            beside = region.near(box_of(piece))
            if not beside:
                left += [] if region.holds(*piece[0]) else [piece]
                continue
            for part in pieces_of(piece, beside):
                (x, y), _ = middle(part)
                on = any(nearest(other, x, y)[0] <= ON_MM for other in beside)
                if on or not region.holds(x, y):
                    left.append(part)
        pieces = left
    return pieces


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
    (x, y), (tx, ty) = middle(piece)
    for edge in beside:
        distance, (ux, uy) = nearest(edge, x, y)
        if distance <= ON_MM:
            return keep_shared and tx * ux + ty * uy > 0
    return other.holds(x, y)


def _directed(loop: Loop, sign: int) -> Loop:
    """The loop counter-clockwise for ``sign`` 1, clockwise for -1."""
    if loop.signed_area() * sign > 0:
        return loop
    v = loop.vertices
    return Loop(tuple((v[i][0], v[i][1], -v[i - 1][2]) for i in range(len(v) - 1, -1, -1)))


def _placed_box(loop: Loop, rotation_deg: int, origin: Point) -> Rectangle:
    x0, y0, x1, y1 = loop.bounds()
    (u0, v0), (u1, v1) = placed(x0, y0, rotation_deg, origin), placed(x1, y1, rotation_deg, origin)
    return min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)


def _disc(circle: Loop, rotation_deg: int, origin: Point) -> tuple[float, float, float]:
    (x0, y0, _), (x1, y1, _) = circle.vertices
    return (*placed((x0 + x1) / 2, (y0 + y1) / 2, rotation_deg, origin), math.hypot(x1 - x0, y1 - y0) / 2)
