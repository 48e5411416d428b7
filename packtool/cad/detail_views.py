"""CAD-only detail (openings, bolt holes, grooves, feet, ribs) in a drawing: where it is in the pack, how it looks, what a plane cuts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np

from packtool.cad.edges import Rectangle
from packtool.cad.moments import turn_of
from packtool.cad.region import Region
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Axis, Detail, Layout, Part, Role

AXES: tuple[Axis, ...] = get_args(Axis)
LEFT_OUT: tuple[Role, ...] = ("cell", "terminal", "bolt")
"""Roles whose detail is too small for the paper and too many: beads, rims and hexagons."""
FOLLOWING: dict[int, tuple[int, int]] = {0: (1, 2), 1: (2, 0), 2: (0, 1)}
"""The two axes that a detail's profile is drawn in, by the axis that it is swept along (records.Detail)."""


@dataclass(frozen=True, slots=True)
class PlacedDetail:
    """A detail in the pack's frame: ``profile`` in the two axes that follow ``axis`` (0, 1, 2) cyclically, from ``start`` to ``end`` [mm]."""

    part: Part
    role: Role
    profile: Profile
    axis: int
    start: float
    end: float
    adds: bool

    def box(self) -> tuple[float, float, float, float, float, float]:
        """x0, y0, z0, x1, y1, z1 [mm]."""
        return Detail(self.profile, AXES[self.axis], self.start, self.end).bounds()

    def outline(self, across: int, up: int, sign: int = 1) -> Profile:
        """The profile as seen along its axis, with the axis ``across`` (times ``sign``) to the right and ``up`` upwards."""
        swapped = FOLLOWING[self.axis] == (up, across)
        matrix = np.array([[0.0, sign], [1.0, 0.0]] if swapped else [[sign, 0.0], [0.0, 1.0]])
        return _mapped(self.profile, matrix, np.zeros(2))

    def cut_at(self, axis: int, place: float) -> Iterator[Profile]:
        """What the plane at ``place`` of another ``axis`` cuts of it: rectangles in the two other axes, in ascending order of these."""
        u, v = FOLLOWING[self.axis]
        flipped = self.profile if v == axis else _mapped(self.profile, np.array([[0.0, 1.0], [1.0, 0.0]]), np.zeros(2))
        at = np.sort(Region.of(flipped).crossing_points(place)).tolist()
        other = u if v == axis else v
        for a, b in zip(at[0::2], at[1::2], strict=True):
            spans = {other: (a, b), self.axis: (self.start, self.end)}
            (p0, p1), (q0, q1) = (spans[k] for k in sorted(spans))
            yield Profile.rectangle(p0, q0, p1, q1)


def placed_details(layout: Layout) -> tuple[PlacedDetail, ...]:
    """Every detail of every part but those of LEFT_OUT."""
    products = {product.id: product for product in layout.products}
    return tuple(
        _placed(detail, part, products[part.product].role)
        for part in layout.parts
        if products[part.product].role not in LEFT_OUT
        for detail in products[part.product].details
    )


def rectangle(box: tuple[float, float, float, float, float, float], across: int, up: int, sign: int = 1) -> Rectangle:
    """A box as seen with the axis ``across`` (times ``sign``) to the right and ``up`` upwards."""
    a, b = sorted((sign * box[across], sign * box[across + 3]))
    return a, box[up], b, box[up + 3]


def _placed(detail: Detail, part: Part, role: Role) -> PlacedDetail:
    turn, origin = turn_of(part), np.array(part.origin)
    own = AXES.index(detail.axis)
    axis = int(np.argmax(np.abs(turn[:, own])))
    ends = sorted(float(turn[axis, own]) * value + part.origin[axis] for value in (detail.start, detail.end))
    to, of = FOLLOWING[axis], FOLLOWING[own]
    matrix = turn[np.ix_(to, of)]
    return PlacedDetail(part, role, _mapped(detail.profile, matrix, origin[list(to)]), axis, ends[0], ends[1], detail.adds)


def _mapped(profile: Profile, matrix: np.ndarray, shift: np.ndarray) -> Profile:
    """A profile turned or mirrored (2, 2) and moved (2,)."""
    mirrored = np.linalg.det(matrix) < 0

    def loop(one: Loop) -> Loop:
        points = np.array([(x, y) for x, y, _ in one.vertices]) @ matrix.T + shift
        return Loop(tuple((x, y, -v[2] if mirrored else v[2]) for (x, y), v in zip(points.tolist(), one.vertices, strict=True)))

    return Profile(loop(profile.outer), tuple(loop(hole) for hole in profile.holes))
