"""The shape of one busbar between the contact faces of the groups it joins: straight on them, or flat between two rows.

A bar is boxes and flat plates, all axis-aligned. Where both groups' contacts lie in one line on one face, it is a strip on them. Between two
rows it lies flat if nothing stands in its way; else it is raised (bar_bridges).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from packtool.layout.boxes import Box, extent, plan_boxes
from packtool.layout.outline import Rectangle, union
from packtool.layout.profiles import Profile
from packtool.layout.records import Sweep
from packtool.layout.terminals import NORMALS, Face, Pole

AIR_MM = 5.0
"""Air between a bar and what it crosses, which is one cell's voltage apart (remembered: mechanical clearance, not insulation)."""
IN_LINE_MM = 1e-6
"""Contacts whose places differ by less are in one line: rounding of sums of design lengths."""

Shape = Literal["along", "comb", "end", "link", "bridge", "module"]


@dataclass(frozen=True, slots=True)
class Solid:
    """A ``box`` that bars keep clear of, and what it is, in ``words``."""

    box: Box
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A busbar [mm] in the frame of its poles: its sweeps, the boxes that they fill, and the section [mm²] of the current's path."""

    shape: Shape
    row: int
    from_series: int
    to_series: int
    sweeps: tuple[Sweep, ...]
    boxes: tuple[Box, ...]
    area: float


@dataclass(frozen=True)
class Contacts:
    """The contact faces of one group of parallel cells, of one sign: all on one face, in one line along the row."""

    poles: tuple[Pole, ...]

    @property
    def face(self) -> Face:
        return self.poles[0].face

    @property
    def row(self) -> int:
        return self.poles[0].row

    @cached_property
    def box(self) -> Box:
        """What they take together."""
        boxes = [
            (x - u, y - v, z - w, x + u, y + v, z + w) for (x, y, z), (u, v, w) in ((pole.at, pole.half) for pole in self.poles)
        ]
        (x0, y0, z0), (x1, y1, z1) = extent(boxes)
        return x0, y0, z0, x1, y1, z1

    @cached_property
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

    ``sign`` -1: ``first`` is the pack's minus end.
    """
    groups = [first] if second is None else [first, second]
    face, t = first.face, size.thickness
    across = 1 if face == "top" else 2
    middle = first.middle[across]
    if any(g.face != face or abs(g.middle[across] - middle) > IN_LINE_MM or _depth_differs(first, g) for g in groups):
        return None
    low, high = extent([g.box for g in groups])
    low[across], high[across] = middle - size.width / 2, middle + size.width / 2
    box = on_face(face, low, high, t)
    series = first.poles[0].series
    if second is None:
        ends = (0, series) if sign < 0 else (series, series + 1)
        return Bar("end", first.row, *ends, (sweep(box),), (box,), t * size.width)
    return Bar("along", first.row, series, second.poles[0].series, (sweep(box),), (box,), t * size.width)


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
            return Bar("link", first.row, *series, sweeps, boxes, t * wide)
        return None
    facing = {first.face, second.face} == {"y-", "y+"}
    if not facing or abs(xb - xa) > IN_LINE_MM or abs(zb - za) > IN_LINE_MM:
        return None
    if (yb - ya) * NORMALS[first.face][1] <= 0:
        return None
    x0, _, _, x1, _, _ = first.box
    box = (x0, min(ya, yb), za - size.width / 2, x1, max(ya, yb), za + size.width / 2)
    return Bar("link", first.row, *series, (sweep(box),), (box,), (x1 - x0) * size.width)


def _ways(
    a: tuple[float, float], b: tuple[float, float], wide: float, width: float, first: Contacts, second: Contacts
) -> list[list[Rectangle]]:
    """Rectangles of the flat ways from ``a`` to ``b`` in one plane: one if they are in line, else the two corners."""
    box_a, box_b = first.box, second.box
    plan_a = (a[0] - wide / 2, box_a[1], a[0] + wide / 2, box_a[4])
    plan_b = (b[0] - wide / 2, box_b[1], b[0] + wide / 2, box_b[4])
    if abs(a[0] - b[0]) <= IN_LINE_MM:
        return [[around(plan_a, plan_b)]]
    ways = []
    for corner_x, end_a, end_b in ((a[0], plan_a, box_b), (b[0], plan_b, box_a)):
        other = b if corner_x == a[0] else a
        stem = (
            corner_x - wide / 2, min(end_a[1], other[1] - width / 2), corner_x + wide / 2, max(end_a[3], other[1] + width / 2),
        )  # fmt: skip
        arm = (min(stem[0], end_b[0]), other[1] - width / 2, max(stem[2], end_b[3]), other[1] + width / 2)
        ways.append([stem, arm])
    return ways


def around(a: Rectangle, b: Rectangle) -> Rectangle:
    """The rectangle around both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def middle(plan: Rectangle) -> tuple[float, float]:
    """The middle of a rectangle."""
    return (plan[0] + plan[2]) / 2, (plan[1] + plan[3]) / 2


def _depth_differs(a: Contacts, b: Contacts) -> bool:
    """Whether two groups on equal faces lie in different planes."""
    axis = 2 if a.face == "top" else 1 - a.along
    return abs(a.middle[axis] - b.middle[axis]) > IN_LINE_MM


def on_face(face: Face, low: Sequence[float], high: Sequence[float], t: float) -> Box:
    """The box that stands ``t`` out of a face over these contacts."""
    x0, y0, z0, x1, y1, z1 = *low, *high
    nx, ny = NORMALS[face]
    if face == "top":
        return x0, y0, z1, x1, y1, z1 + t
    return x0 - t * (nx < 0), y0 - t * (ny < 0), z0, x1 + t * (nx > 0), y1 + t * (ny > 0), z1


def sweep(box: Box) -> Sweep:
    """A box as a swept rectangle."""
    return Sweep(Profile.rectangle(box[0], box[1], box[3], box[4]), box[2], box[5])


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
