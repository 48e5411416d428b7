"""The logical grid under a plan of round cells: the lines along its rows that tiles end on, strips between them and to the pack's walls.

The grid has 2 k columns each half pitch, a few lines each half row. Where rows stand offset, a line between them zigzags along the
edges of hexagons (the Voronoi polygons of the sites); where a straight outline runs between them, or they stand in line, it is straight;
where ribbons bend around the cells, it follows them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.grid_line import Line, between, level, straight
from packtool.mesh.lattice import Lattice
from packtool.mesh.ogrid import area_true, rim
from packtool.mesh.placed import SAME_MM
from packtool.mesh.records import Floats
from packtool.mesh.round_outlines import Outlines
from packtool.mesh.tile_fineness import Fineness
from packtool.mesh.wave_lines import bend_steps, wave_line

NEAR = 0.75
"""A straight outline up to this share of the pitch from a row's middle is the border of its tiles; a further one gets a strip."""
STAND_OUT = 0.5
"""Nodes of a circle stand outside it, to keep its area, by at most this share of the way to the tile's border."""
MOST_AROUND = 8
"""Largest k (96 edges around): stands out by 0.04 % of the radius."""
FLAT = 0.1
"""Hexagons whose upright sides are shorter than this share of the pitch would have corners too sharp for quadrilaterals."""
BEFORE_CONTACT = 0.75
"""The ray to a tile's corner is at most this share as steep as the end of a contact, so that edges are left between."""
LEAST_CONTACT = 0.2
"""Contacts over less than this to either side [rad] need 24 edges around: with 12, the edges beside them are too uneven."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Half the angle [rad] of a contact, and the edges of the circle it takes."""

    half: float
    steps: int


@dataclass(frozen=True, slots=True)
class Row:
    """Lines of the logical grid on which a row's tiles end below, have their middle, and end above; contacts below and above."""

    low: int
    middle: int
    high: int
    below: Mark | None
    above: Mark | None


@dataclass(frozen=True)
class LogicalGrid:
    """``lines`` (n_lines, n_columns, 2) its points [mm]; ``half_way`` (n_lines, n_columns - 1, 2) points between neighbours on a line, where
    it is curved on the curve itself; ``first`` column of the left border of the tiles."""

    lines: Floats
    half_way: Floats
    rows: tuple[Row, ...]
    first: int
    fineness: Fineness


class Sharp(MeshError):
    """The hexagons of a lattice are too flat along these rows."""


def logical_grid(lattice: Lattice, outlines: Outlines, asked: Fineness) -> LogicalGrid:
    """The grid at the fineness asked for or, where cells stand close, with more edges around. Raises MeshError as ``tiles.tiled_plan``."""
    y = lattice.y
    below, bottom_strips = _side(float(y[0]), -1, outlines.y[outlines.y < y[0]], lattice.pitch)
    above, top_strips = _side(float(y[-1]), 1, outlines.y[outlines.y > y[-1]], lattice.pitch)
    columns = _Columns(lattice, outlines, asked, (float(y[0]) - below, above - float(y[-1])))
    k = columns.k
    lines: list[Line] = [level(columns.x, at) for at in columns.divided([*reversed(bottom_strips), below])]
    lines[-1] = level(columns.face(0, columns.mark(0, -1)), below)
    rows = []
    for j in range(len(y)):
        face, low, middle = lines[-1], len(lines) - 1, level(columns.x, float(y[j]))
        if j + 1 == len(y):
            beyond = [level(columns.x, at) for at in columns.divided([above, *top_strips])]
            beyond[0] = level(columns.face(j, columns.mark(j, 1)), above)
        else:
            beyond = columns.gap(j)
        lines += [between(middle, face, t) for t in columns.sides(j, -1, face)[:0:-1]]
        lines += [between(middle, beyond[0], t) for t in columns.sides(j, 1, beyond[0])]
        rows.append(Row(low, low + k, low + 2 * k, columns.mark(j, -1), columns.mark(j, 1)))
        lines += beyond
    return LogicalGrid(
        np.array([line.points for line in lines]), np.array([line.half_way for line in lines]), tuple(rows), columns.first,
        replace(asked, around=k),
    )  # fmt: skip


class _Columns:
    """The grid's columns, and what is laid along them."""

    def __init__(self, lattice: Lattice, outlines: Outlines, asked: Fineness, ends: tuple[float, float]) -> None:
        self.lattice, self.outlines, self.asked = lattice, outlines, asked
        pitch, last = lattice.pitch, lattice.x0 + lattice.halves * lattice.pitch / 2
        xs = outlines.x
        if outlines.waves:
            inner = xs[(xs > lattice.x0 - pitch / 2 + SAME_MM) & (xs < last + pitch / 2 - SAME_MM)]
            if inner.size:
                raise MeshError(
                    f"an outline at x {inner[0]:.5g} mm cuts the ribbons where they bend; it must be at least half a pitch, {pitch / 2:.5g} mm,"
                    " beyond the outermost axes: give the pack a wider rim"
                )
            start, end = lattice.x0 - pitch / 2, last + pitch / 2
            left, right = (np.sort(np.abs(xs[far] - at)) for far, at in ((xs < start - SAME_MM, start), (xs > end + SAME_MM, end)))
            left_strips, right_strips = (start - left).tolist(), (end + right).tolist()
        else:
            start, left_strips = _side(lattice.x0, -1, xs[xs < lattice.x0], pitch)
            end, right_strips = _side(last, 1, xs[xs > last], pitch)
        self.gaps = [self._straight_gap(j) for j in range(len(lattice.y) - 1)]
        self.k = self._around(asked.around, min(*ends, lattice.x0 - start, end - last))
        self.bounds = np.concatenate([[start], lattice.x0 + np.arange(lattice.halves + 1) * pitch / 2, [end]])
        columns = self.divided([*reversed(left_strips), start])[:-1]
        self.first = len(columns)
        for i, (a, b) in enumerate(pairwise(self.bounds.tolist())):
            away = self._away(b - a)
            columns += (a + away if i else b - away[::-1]).tolist()[: 2 * self.k]
        columns += self.divided([end, *right_strips])
        self.x = np.array(columns)

    def _away(self, width: float) -> Floats:
        """(2 k + 1,) distances of the columns from an axis, over half a tile: even; in one that is wider, as at a wall, no wider beside the
        axis than elsewhere, where the gap to the next row is narrow and a column must keep beside its node of the circle."""
        share, half = np.linspace(0.0, 1.0, 2 * self.k + 1), min(width, self.lattice.pitch / 2)
        return share * (half + (width - half) * share)

    def divided(self, places: Sequence[float]) -> list[float]:
        """Ascending ``places`` with the intervals between them divided."""
        found = [places[0]]
        for a, b in pairwise(places):
            found += np.linspace(a, b, self._across(b - a) + 1)[1:].tolist()
        return found

    def _across(self, width: float) -> int:
        """Elements across a strip."""
        thin = self.asked.across(width, self.lattice.radius)
        return thin or self.asked.layers * math.ceil(width / (self.lattice.pitch / 2) - 1e-9)

    def _straight_gap(self, row: int) -> list[float]:
        """Straight lines between two rows, from the border of the lower one's tiles to that of the upper's; empty: they zigzag or wave."""
        low, high = float(self.lattice.y[row]), float(self.lattice.y[row + 1])
        found = [float(at) for at in self.outlines.y if low < at < high]
        if row in self.outlines.waves:
            if found:
                raise MeshError(f"an outline at y {found[0]:.5g} mm runs straight through ribbons that bend around the cells")
            return []
        if found:
            reach, pitch = NEAR * self.lattice.pitch, self.lattice.pitch
            under = [low + pitch / 2] if found[0] - low > reach else []
            over = [high - pitch / 2] if high - found[-1] > reach else []
            return [*under, *found, *over]
        return [(low + high) / 2] if self.lattice.odd[row] == self.lattice.odd[row + 1] else []

    def _around(self, asked: int, ends: float) -> int:
        """k: enough edges around that the nodes, which stand outside the circle, stay in their tile and in the layers on the cells."""
        lattice, y, radius = self.lattice, self.lattice.y, self.lattice.radius
        rooms = [ends] + ([lattice.pitch / 2] if lattice.halves >= 2 else [])
        contacts = []
        for j, gap in enumerate(self.gaps):
            if wave := self.outlines.waves.get(j):
                faces = (wave.radii[0], wave.both - wave.radii[-1])
            elif gap:
                faces = (gap[0] - float(y[j]), float(y[j + 1]) - gap[-1])
            else:
                faces = (math.hypot(lattice.pitch / 2, float(y[j + 1] - y[j])) / 2,) * 2
            rooms += faces
            for key, face in zip(((j, 1), (j + 1, -1)), faces, strict=True):
                if key in self.outlines.contacts:
                    contacts.append((key, face - radius))
        room = min(rooms) - radius
        if room <= SAME_MM:
            raise MeshError(
                f"round cells touch, or touch a straight outline: there are {max(room, 0.0):.3g} mm beside a radius of {radius:.5g} mm"
            )
        narrow = self.outlines.waves or min(self.outlines.contacts.values(), default=1.0) < LEAST_CONTACT
        for k in range(max(asked, 2 if narrow else 1), max(asked, MOST_AROUND) + 1):
            self.k = k
            out = float(np.abs(rim(radius, k)[0, 0])) - radius
            if out <= STAND_OUT * room and all(self._stands_out(key) <= STAND_OUT * layer for key, layer in contacts):
                return k
        least = (float(np.abs(rim(radius, MOST_AROUND)[0, 0])) - radius) / STAND_OUT
        raise MeshError(
            f"round cells stand too close to mesh: {room:.3g} mm from a radius of {radius:.5g} mm to the middle of the gap or to an outline; "
            f"it must be {least:.2g} mm"
        )

    def _stands_out(self, key: tuple[int, int]) -> float:
        """How far nodes in the middle of a contact stand outside the cell."""
        mark, radius = self.mark(*key), self.lattice.radius
        assert mark is not None
        angles = np.linspace(-mark.half, mark.half, 2 * mark.steps + 1)
        return float(area_true(radius, angles, radius, radius)[mark.steps]) - radius

    def mark(self, row: int, side: int) -> Mark | None:
        """The contact of a row's cells on one side."""
        half = self.outlines.contacts.get((row, side))
        if half is None:
            return None
        gap = row if side > 0 else row - 1
        wave = self.outlines.waves.get(gap)
        if wave:
            if abs(wave.half - half) > 1e-6:
                raise MeshError(
                    f"layers lie against the cells over {math.degrees(2 * half):.4g} degrees, ribbons over {math.degrees(2 * wave.half):.4g}"
                )
            return Mark(half, bend_steps(wave, self.lattice.pitch, self.k)[0 if side > 0 else 1])
        share = 2 * self.k * self.lattice.radius * math.sin(half) / (self.lattice.pitch / 2)
        return Mark(half, min(max(round(share), 1), 2 * self.k - 1))

    def face(self, row: int, mark: Mark | None) -> Floats:
        """x of the columns where a row's tiles end in a straight line: under the ends of contacts, evenly between."""
        if mark is None:
            return self.x
        x, k = self.x.copy(), self.k
        s = self.lattice.radius * math.sin(mark.half)
        for i, (a, b) in enumerate(pairwise(self.bounds.tolist())):
            width = b - a
            away = np.interp(np.arange(2 * k + 1), [0, mark.steps, 2 * k], [0.0, min(s, width * 0.9), width])
            at_left = (i - 1) % 2 == self.lattice.odd[row]
            x[self.first + 2 * k * i : self.first + 2 * k * (i + 1) + 1] = a + away if at_left else (b - away)[::-1]
        return x

    def sides(self, row: int, side: int, face: Line) -> Floats:
        """(k,) where nodes stand on the side of a tile, as shares of the way from its middle to the border ``face``.

        Evenly; where a contact draws the circle's nodes together, half way to their height.
        """
        even, mark = np.arange(self.k) / self.k, self.mark(row, side)
        if mark is None:
            return even
        depth = float(np.abs(face.points[self.first, 1] - self.lattice.y[row]))
        steep = min(math.pi / 4, BEFORE_CONTACT * (math.pi / 2 - mark.half))
        return (even + self.lattice.radius * np.sin(steep * even) / max(depth, self.lattice.radius)) / 2

    def gap(self, row: int) -> list[Line]:
        """The lines between two rows, from the upper border of the lower one's tiles to the lower border of the upper one's."""
        if wave := self.outlines.waves.get(row):
            curves = [wave_line(self.lattice, row, wave, radius, self) for radius in wave.radii]
            found = [curves[0]]
            for (a, b), width in zip(pairwise(curves), np.diff(wave.radii), strict=True):
                count = self._across(float(width))
                found += [between(a, b, t / count) for t in range(1, count)] + [b]
            return found
        if not self.gaps[row]:
            return [self._zigzag(row)]
        places = self.divided(self.gaps[row])
        lower, upper = self.face(row, self.mark(row, 1)), self.face(row + 1, self.mark(row + 1, -1))
        if len(places) == 1:
            if not np.array_equal(lower, upper):
                raise MeshError("layers on the cells of two neighbouring rows meet in one line; they need a ribbon between them")
            return [level(lower, places[0])]
        share = [(at - places[0]) / (places[-1] - places[0]) for at in places]
        return [level(lower + (upper - lower) * t, at) for at, t in zip(places, share, strict=True)]

    def _zigzag(self, row: int) -> Line:
        """The line of hexagon edges between a row and the next, which stands offset."""
        corners = self.lattice.hexagons(row)
        assert corners is not None
        rise, between = float(self.lattice.y[row + 1] - self.lattice.y[row]), float(np.ptp(corners[:, 1]))
        if (rise - between) / 2 < FLAT * self.lattice.pitch:
            raise Sharp(
                f"rows of round cells {rise:.5g} mm apart with a pitch of {self.lattice.pitch:.5g} mm stand too close to be meshed as offset"
                " rows"
            )
        return straight(np.column_stack([self.x, np.interp(self.x, corners[:, 0], corners[:, 1])]))


def _side(at: float, towards: int, found: Floats, pitch: float) -> tuple[float, list[float]]:
    """Where the tiles end beyond the outermost sites at ``at``, and the outlines beyond, nearest first."""
    away = np.sort((found - at) * towards)
    tile = away[0] if away.size and away[0] <= NEAR * pitch else pitch / 2
    return float(at + towards * tile), [float(at + towards * d) for d in away if d > tile + SAME_MM]


def marks_of(row: Row) -> Mapping[int, Mark]:
    """By quarter of the circle's edges at which its middle lies (3 below, 9 above): the contacts of a row."""
    return {quarter: mark for quarter, mark in ((3, row.below), (9, row.above)) if mark is not None}
