"""The shape of one busbar between the contact faces of the groups it joins: straight on them, flat between two rows, or raised over what lies between.

A bar is boxes and flat plates, all axis-aligned. Where both groups' contacts lie in one line on one face, it is a strip on them. Between two
rows it lies flat if nothing stands in its way; else a beam runs ``AIR_MM`` above everything there, on a riser at either end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from packtool.layout.outline import Rectangle, union
from packtool.layout.records import Profile, Sweep
from packtool.layout.terminals import NORMALS, Face, Pole

AIR_MM = 5.0
"""Air between a bar and what it crosses, which is one cell's voltage apart (remembered: mechanical clearance, not insulation)."""
IN_LINE_MM = 1e-6
"""Contacts whose places differ by less are in one line: rounding of sums of design lengths."""
TOUCH_MM = 1e-6
"""Boxes that overlap by less only touch: rounding of sums of design lengths."""

Box = tuple[float, float, float, float, float, float]
"""x0, y0, z0, x1, y1, z1 [mm]."""
Route = Literal["y_first", "x_first", "x_halfway", "y_halfway"]
"""Where a beam turns on its way: at the corner that it reaches along y, along x, or halfway."""
ROUTES: tuple[Route, ...] = ("y_first", "x_first", "x_halfway", "y_halfway")
Shape = Literal["along", "end", "link", "bridge", "module"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A busbar [mm] in the frame of its poles: its sweeps, the boxes that they fill, and the current's path and section."""

    shape: Shape
    row: int
    from_series: int
    to_series: int
    sweeps: tuple[Sweep, ...]
    boxes: tuple[Box, ...]
    length: float
    area: float


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contact faces of one group of parallel cells, of one sign: all on one face, in one line along the row."""

    poles: tuple[Pole, ...]

    @property
    def face(self) -> Face:
        return self.poles[0].face

    @property
    def row(self) -> int:
        return self.poles[0].row

    @property
    def box(self) -> Box:
        """What they take together."""
        low = [min(p.at[k] - p.half[k] for p in self.poles) for k in range(3)]
        high = [max(p.at[k] + p.half[k] for p in self.poles) for k in range(3)]
        return (low[0], low[1], low[2], high[0], high[1], high[2])

    @property
    def middle(self) -> tuple[float, float, float]:
        x0, y0, z0, x1, y1, z1 = self.box
        return (x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2

    @property
    def along(self) -> int:
        """The axis (0 x, 1 y) in which the contacts stand in line: the horizontal one of their face."""
        return 0 if self.face in ("top", "y-", "y+") else 1


@dataclass(frozen=True, slots=True)
class BarSize:
    """Section of a bar that carries one group's current: ``thickness`` and ``width`` [mm]."""

    thickness: float
    width: float

    def link(self, group: Contacts) -> float:
        """Width of a bar between two rows: no less than what the group's contacts take."""
        box = group.box
        return max(self.width, box[3 + group.along] - box[group.along])


def straight(first: Contacts, second: Contacts | None, size: BarSize, sign: int = 1) -> Bar | None:
    """A strip on the contacts of both groups, or of ``first`` alone (an end of the pack); None where they are not in one line.

    The length is that over which the full current makes the same heat as the one that gathers from the contacts of ``first`` and spreads to
    those of ``second``. ``sign`` -1: ``first`` is the pack's minus end.
    """
    groups = [first] if second is None else [first, second]
    face, t = first.face, size.thickness
    across = 1 if face == "top" else 2
    middle = first.middle[across]
    if any(g.face != face or abs(g.middle[across] - middle) > IN_LINE_MM or _depth_differs(first, g) for g in groups):
        return None
    boxes = [g.box for g in groups]
    low, high = [min(b[k] for b in boxes) for k in range(3)], [max(b[3 + k] for b in boxes) for k in range(3)]
    low[across], high[across] = middle - size.width / 2, middle + size.width / 2
    box = _on_face(face, low, high, t)
    places = sorted([(p.at[0], 1) for p in first.poles] + [(p.at[0], -1) for g in groups[1:] for p in g.poles])
    length = _heat_length(places, len(first.poles))
    series = first.poles[0].series
    if second is None:
        length += first.poles[0].half[0]
        ends = (0, series) if sign < 0 else (series, series + 1)
        return Bar("end", first.row, *ends, (_sweep(box),), (box,), length, t * size.width)
    return Bar("along", first.row, series, second.poles[0].series, (_sweep(box),), (box,), length, t * size.width)


def link(first: Contacts, second: Contacts, size: BarSize, others: Sequence[Pole]) -> Bar | None:
    """A flat bar between the contacts of two rows: in one plane, or across the gap between two faces that look at each other.

    None where that cannot be, or another contact (one of ``others``) lies in its way.
    """
    wide, t = size.link(first), size.thickness
    (xa, ya, za), (xb, yb, zb) = first.middle, second.middle
    series = (first.poles[0].series, second.poles[0].series)
    if first.face == second.face == "top":
        for plan in _ways((xa, ya), (xb, yb), wide, size.width, first, second):
            boxes = tuple((x0, y0, za, x1, y1, za + t) for x0, y0, x1, y1 in plan)
            if any(_touch_plan(box, pole) for box in plan_boxes(boxes) for pole in others):
                continue
            sweeps = tuple(Sweep(profile, za, za + t) for profile in union(plan))
            return Bar("link", first.row, *series, sweeps, boxes, abs(xb - xa) + abs(yb - ya), t * wide)
        return None
    facing = {first.face, second.face} == {"y-", "y+"}
    if not facing or abs(xb - xa) > IN_LINE_MM or abs(zb - za) > IN_LINE_MM:
        return None
    apart = (yb - ya) * NORMALS[first.face][1]
    if apart <= 0:
        return None
    x0, _, _, x1, _, _ = first.box
    box = (x0, min(ya, yb), za - size.width / 2, x1, max(ya, yb), za + size.width / 2)
    return Bar("link", first.row, *series, (_sweep(box),), (box,), apart, (x1 - x0) * size.width)


def bridge(
    first: Contacts,
    second: Contacts,
    size: BarSize,
    others: Sequence[Pole],
    clear: float,
    *,
    strips: bool = False,
    route: Route = "y_first",
) -> Bar:
    """A beam above everything between the two groups, on risers. ``clear``: z [mm] that the beam stays above, besides the bars on top contacts.

    The risers are as wide as the groups' contacts, or with ``strips`` no wider than the bar, on a strip over the contacts. Where the groups
    are not in line the beam takes ``route``.
    """
    t = size.thickness
    strips = strips and size.link(first) > size.width
    wide = size.width if strips else size.link(first)
    level = max([clear, *(group.middle[2] + t for group in (first, second) if group.face == "top")]) + AIR_MM
    ends = [
        _stripped(group, size, level, others) if strips else _riser(group, wide, size, level, others) for group in (first, second)
    ]
    (boxes_a, plan_a, way_a), (boxes_b, plan_b, way_b) = ends
    a, b = _middle(plan_a), _middle(plan_b)
    corners = _corners(a, b, route)
    beam = _beam(plan_a, plan_b, corners, wide)
    profiles = union(beam)
    boxes = (*boxes_a, *boxes_b, *((x0, y0, level, x1, y1, level + t) for x0, y0, x1, y1 in beam))
    sweeps = (*map(_sweep, boxes_a), *map(_sweep, boxes_b), *(Sweep(profile, level, level + t) for profile in profiles))
    length = sum(math.dist(p, q) for p, q in pairwise(corners)) + way_a + way_b
    return Bar("bridge", first.row, first.poles[0].series, second.poles[0].series, sweeps, boxes, length, t * wide)


def _riser(
    group: Contacts, wide: float, size: BarSize, level: float, others: Sequence[Pole]
) -> tuple[tuple[Box, ...], Rectangle, float]:
    """Boxes from a group's contacts up to ``level``, what they take in the plan there, and the current's way to the beam's middle."""
    _, y0, z0, _, y1, z1 = group.box
    x, y, z = group.middle
    t, half = size.thickness, wide / 2
    if group.face == "top":
        plan = (x - half, y0, x + half, y1)
        return ((plan[0], y0, z1, plan[2], y1, level),), plan, level - z1
    nx, ny = NORMALS[group.face]
    crossed = any(
        p.face == group.face and abs(p.at[group.along] - (x, y)[group.along]) < half + p.half[group.along] for p in others
    )
    away = t + AIR_MM if crossed else 0.0

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
    return boxes, (stem[0], stem[1], stem[3], stem[4]), level - z + away + t / 2


def _stripped(group: Contacts, size: BarSize, level: float, others: Sequence[Pole]) -> tuple[tuple[Box, ...], Rectangle, float]:
    """``_riser`` for a bar narrower than the group: a strip over the contacts gathers their current, the riser stands in its middle."""
    box, t = group.box, size.thickness
    strip = _on_face(group.face, box[:3], box[3:], t)
    nx, ny = NORMALS[group.face]
    middle = group.middle
    at = (middle[0] + nx * t, middle[1] + ny * t, box[5] + t if group.face == "top" else middle[2])
    half = [(box[3 + k] - box[k]) / 2 for k in range(3)]
    half[group.along] = size.width / 2
    on_strip = Contacts((replace(group.poles[0], at=at, half=(half[0], half[1], half[2])),))
    boxes, plan, way = _riser(on_strip, size.width, size, level, others)
    places = sorted(p.at[group.along] for p in group.poles)
    n, centre = len(places), middle[group.along]
    gathering = 0.0  # from either end towards the riser
    for k, (start, end) in enumerate(pairwise(places), 1):
        gathering += (k / n) ** 2 * max(0.0, min(end, centre) - start) + ((n - k) / n) ** 2 * max(0.0, end - max(start, centre))
    tall = box[4] - box[1] if group.face == "top" else box[5] - box[2]
    return (strip, *boxes), plan, way + gathering * size.width / tall


def _corners(a: tuple[float, float], b: tuple[float, float], route: Route) -> list[tuple[float, float]]:
    """The points from ``a`` to ``b`` that a beam of this route runs through."""
    mx, my = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    between = {
        "y_first": [(a[0], b[1])],
        "x_first": [(b[0], a[1])],
        "x_halfway": [(mx, a[1]), (mx, b[1])],
        "y_halfway": [(a[0], my), (b[0], my)],
    }
    return [a, *between[route], b]


def _beam(plan_a: Rectangle, plan_b: Rectangle, corners: Sequence[tuple[float, float]], wide: float) -> list[Rectangle]:
    """The beam in the plan, over both risers and along the way between them."""
    half, a, b = wide / 2, corners[0], corners[-1]
    if abs(a[0] - b[0]) <= IN_LINE_MM or abs(a[1] - b[1]) <= IN_LINE_MM:
        return [_around(plan_a, plan_b)]
    legs = [
        (min(p[0], q[0]) - half, min(p[1], q[1]) - half, max(p[0], q[0]) + half, max(p[1], q[1]) + half)
        for p, q in pairwise(corners)
        if math.dist(p, q) > IN_LINE_MM
    ]
    return [plan_a, *legs, plan_b]


def _ways(
    a: tuple[float, float], b: tuple[float, float], wide: float, width: float, first: Contacts, second: Contacts
) -> list[list[Rectangle]]:
    """Rectangles of the flat ways from ``a`` to ``b`` in one plane: one if they are in line, else the two corners."""
    box_a, box_b = first.box, second.box
    plan_a = (a[0] - wide / 2, box_a[1], a[0] + wide / 2, box_a[4])
    plan_b = (b[0] - wide / 2, box_b[1], b[0] + wide / 2, box_b[4])
    if abs(a[0] - b[0]) <= IN_LINE_MM:
        return [[_around(plan_a, plan_b)]]
    ways = []
    for corner_x, end_a, end_b in ((a[0], plan_a, box_b), (b[0], plan_b, box_a)):
        other = b if corner_x == a[0] else a
        stem = (
            corner_x - wide / 2, min(end_a[1], other[1] - width / 2), corner_x + wide / 2, max(end_a[3], other[1] + width / 2),
        )  # fmt: skip
        arm = (min(stem[0], end_b[0]), other[1] - width / 2, max(stem[2], end_b[3]), other[1] + width / 2)
        ways.append([stem, arm])
    return ways


def _around(a: Rectangle, b: Rectangle) -> Rectangle:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _middle(plan: Rectangle) -> tuple[float, float]:
    return (plan[0] + plan[2]) / 2, (plan[1] + plan[3]) / 2


def _depth_differs(a: Contacts, b: Contacts) -> bool:
    """Whether two groups on equal faces lie in different planes."""
    axis = 2 if a.face == "top" else 1 - a.along
    return abs(a.middle[axis] - b.middle[axis]) > IN_LINE_MM


def _on_face(face: Face, low: Sequence[float], high: Sequence[float], t: float) -> Box:
    """The box that stands ``t`` out of a face over these contacts."""
    x0, y0, z0, x1, y1, z1 = *low, *high
    nx, ny = NORMALS[face]
    if face == "top":
        return x0, y0, z1, x1, y1, z1 + t
    return x0 - t * (nx < 0), y0 - t * (ny < 0), z0, x1 + t * (nx > 0), y1 + t * (ny > 0), z1


def _heat_length(places: Sequence[tuple[float, int]], count: int) -> float:
    """Sum of (current / full current)² x length over a strip that takes 1/count at each +1 and gives it at each -1."""
    total = current = 0.0
    for (a, sign), (b, _) in pairwise(places):
        current += sign / count
        total += current**2 * (b - a)
    return total


def _sweep(box: Box) -> Sweep:
    return Sweep(Profile.rectangle(box[0], box[1], box[3], box[4]), box[2], box[5])


def plan_boxes(boxes: Sequence[Box]) -> list[Rectangle]:
    """The boxes seen from above."""
    return [(b[0], b[1], b[3], b[4]) for b in boxes]


def _touch_plan(plan: Rectangle, pole: Pole) -> bool:
    """Whether a contact on a top face lies under this rectangle."""
    if pole.face != "top":
        return False
    x, y, _ = pole.at
    u, v, _ = pole.half
    return (
        plan[0] < x + u - IN_LINE_MM
        and x - u < plan[2] - IN_LINE_MM
        and plan[1] < y + v - IN_LINE_MM
        and y - v < plan[3] - IN_LINE_MM
    )


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share volume."""
    return all(a[k] < b[k + 3] - TOUCH_MM and b[k] < a[k + 3] - TOUCH_MM for k in range(3))
