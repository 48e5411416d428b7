"""The plan of a pack of round cells: one O-grid tile around each site of the lattice, strips of quadrilaterals to the pack's walls.

The borders of all tiles are part of one logical grid: 2 k columns each half pitch, a few lines each half row. Where rows stand offset
a line between them zigzags along the edges of hexagons (the Voronoi polygons of the sites); where a straight outline runs between
them, or they stand in line, it is straight. So the plan conforms by its numbering alone, and its cost is linear in the sites.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.divisions import Level
from packtool.mesh.lattice import Lattice, Outlines, lattice_of, outlines_of, transposed
from packtool.mesh.ogrid import area_true, disc, rim, ring_quads
from packtool.mesh.placed import SAME_MM, PlacedSweep
from packtool.mesh.plan import Plan
from packtool.mesh.records import Floats, Integers

NEAR = 0.75
"""A straight outline up to this share of the pitch from a row's middle is the border of its tiles; a further one gets a strip."""
STAND_OUT = 0.5
"""Nodes of a circle stand outside it, to keep its area, by at most this share of the way to the tile's border."""
MOST_AROUND = 8
"""Largest k (96 edges around): stands out by 0.04 % of the radius."""
FLAT = 0.1
"""Hexagons whose upright sides are shorter than this share of the pitch would have corners too sharp for quadrilaterals."""
THIN = 0.15
"""Rings and strips up to this share of the cell's radius are one element across."""


@dataclass(frozen=True, slots=True)
class Fineness:
    """12 ``around`` edges a circle; ``rings`` layers from the core to the rim, ``layers`` from there to the tile's border."""

    around: int
    rings: int
    layers: int


FINENESS = {
    ("fine", False): Fineness(4, 4, 4),
    ("normal", False): Fineness(2, 2, 2),
    ("normal", True): Fineness(1, 1, 1),
    ("coarse", False): Fineness(2, 1, 1),
    ("coarse", True): Fineness(1, 1, 1),
    ("fine", True): Fineness(2, 2, 2),
}
"""Fine has twice normal's counts everywhere. Coarse has normal's 24 edges around, so that its halved mesh, of 12, tells its error."""


@dataclass(frozen=True)
class _Row:
    """Lines of the logical grid on which a row's tiles end below, have their middle, and end above."""

    low: int
    middle: int
    high: int


def tiled_plan(sweeps: Sequence[PlacedSweep], level: Level, halved: bool) -> Plan:
    """The plan of sweeps of which the cells are upright cylinders on a lattice; rows along x or along y.

    Raises MeshError where the circles stand on no lattice, touch each other or an outline, or an outline runs through them.
    """
    try:
        return _tiled(sweeps, level, halved)
    except _Sharp:
        turned = _tiled([transposed(sweep) for sweep in sweeps], level, halved)
        return Plan(turned.points[:, ::-1].copy(), turned.quads[:, ::-1].copy(), turned.probe[:, ::-1].copy(), turned.site, turned.band,
                    turned.centres[:, ::-1].copy(), turned.radii)  # fmt: skip


class _Sharp(MeshError):
    """The hexagons of a lattice are too flat along these rows."""


def _tiled(sweeps: Sequence[PlacedSweep], level: Level, halved: bool) -> Plan:
    lattice = lattice_of(sweeps)
    outlines = outlines_of(sweeps, lattice)
    grid = _logical_grid(lattice, outlines, FINENESS[level, halved])
    return _filled(lattice, grid)


@dataclass(frozen=True)
class _Grid:
    """``lines`` (n_lines, n_columns, 2) the logical grid's points; ``first`` column of the left border of the tiles."""

    lines: Floats
    rows: tuple[_Row, ...]
    first: int
    fineness: Fineness


def _logical_grid(lattice: Lattice, outlines: Outlines, asked: Fineness) -> _Grid:
    """The grid of tile borders and strips, at the fineness asked for or, where cells stand close, more edges around."""
    pitch, y = lattice.pitch, lattice.y
    right = lattice.x0 + lattice.halves * pitch / 2
    start, left_strips = _side(lattice.x0, -1, outlines.x[outlines.x < lattice.x0], pitch)
    end, right_strips = _side(right, 1, outlines.x[outlines.x > right], pitch)
    below, bottom_strips = _side(float(y[0]), -1, outlines.y[outlines.y < y[0]], pitch)
    above, top_strips = _side(float(y[-1]), 1, outlines.y[outlines.y > y[-1]], pitch)
    gaps = [_between(lattice, j, outlines.y) for j in range(len(y) - 1)]
    faces = [float(y[0]) - below, above - float(y[-1])]
    for j, gap in enumerate(gaps):
        faces += [abs(gap[0] - float(y[j])), abs(float(y[j + 1]) - gap[-1])] if gap else [_to_neighbour(lattice, j)]
    room = min([*faces, lattice.x0 - start, end - right] + ([pitch / 2] if lattice.halves >= 2 else [])) - lattice.radius
    k = _around(lattice.radius, room, asked.around)

    def cut(a: float, b: float) -> int:
        """Elements across a strip."""
        return 1 if abs(b - a) <= THIN * lattice.radius else asked.layers * math.ceil(abs(b - a) / (pitch / 2) - 1e-9)

    bounds = np.concatenate([[start], lattice.x0 + np.arange(lattice.halves + 1) * pitch / 2, [end]])
    columns = _divided([*reversed(left_strips), start], cut)[:-1]
    first = len(columns)
    columns += [float(v) for a, b in pairwise(bounds) for v in np.linspace(a, b, 2 * k + 1)[:-1]]
    columns += _divided([end, *right_strips], cut)
    x = np.array(columns)

    def level_line(at: float) -> Floats:
        return np.column_stack([x, np.full(len(x), at)])

    lines = [level_line(at) for at in _divided([*reversed(bottom_strips), below], cut)]
    face, rows = lines.pop(), []
    for j in range(len(y)):
        low, middle = len(lines), level_line(float(y[j]))
        lines += [face + (middle - face) * t / k for t in range(k)]
        if j + 1 == len(y):
            beyond = [level_line(at) for at in _divided([above, *top_strips], cut)]
        elif gaps[j]:
            beyond = [level_line(at) for at in _divided(gaps[j], cut)]
        else:
            beyond = [_zigzag(lattice, j, x)]
        lines += [middle + (beyond[0] - middle) * t / k for t in range(k)]
        rows.append(_Row(low, low + k, low + 2 * k))
        lines += beyond if j + 1 == len(y) else beyond[:-1]
        face = beyond[-1]
    return _Grid(np.array(lines), tuple(rows), first, Fineness(k, asked.rings, asked.layers))


def _side(at: float, towards: int, found: Floats, pitch: float) -> tuple[float, list[float]]:
    """Where the tiles end beyond the outermost sites at ``at``, and the outlines beyond, nearest first."""
    away = np.sort((found - at) * towards)
    tile = away[0] if away.size and away[0] <= NEAR * pitch else pitch / 2
    return float(at + towards * tile), [float(at + towards * d) for d in away if d > tile + SAME_MM]


def _between(lattice: Lattice, row: int, y: Floats) -> list[float]:
    """Straight lines between two rows, from the border of the lower one's tiles to that of the upper's; empty: they zigzag."""
    low, high = float(lattice.y[row]), float(lattice.y[row + 1])
    found = [float(at) for at in y if low < at < high]
    if found:
        reach = NEAR * lattice.pitch
        under = [low + lattice.pitch / 2] if found[0] - low > reach else []
        over = [high - lattice.pitch / 2] if high - found[-1] > reach else []
        return [*under, *found, *over]
    return [(low + high) / 2] if lattice.odd[row] == lattice.odd[row + 1] else []


def _to_neighbour(lattice: Lattice, row: int) -> float:
    """Half the way between two sites of rows that stand offset."""
    return math.hypot(lattice.pitch / 2, float(lattice.y[row + 1] - lattice.y[row])) / 2


def _around(radius: float, room: float, asked: int) -> int:
    """k: enough edges around that the nodes, which stand outside the circle, stay in their tile."""
    if room <= SAME_MM:
        raise MeshError(
            f"round cells touch, or touch a straight outline: there are {max(room, 0.0):.3g} mm beside a radius of {radius:.5g} mm"
        )
    for k in range(asked, MOST_AROUND + 1):
        if float(np.abs(rim(radius, k)[0, 0])) - radius <= STAND_OUT * room:
            return k
    least = (float(np.abs(rim(radius, MOST_AROUND)[0, 0])) - radius) / STAND_OUT
    raise MeshError(
        f"round cells stand too close to mesh: {room:.3g} mm from a radius of {radius:.5g} mm to the middle of the gap or to an outline; "
        f"it must be {least:.2g} mm"
    )


def _divided(places: Sequence[float], cut: Callable[[float, float], int]) -> list[float]:
    """Ascending ``places`` with the intervals between them divided."""
    found = [places[0]]
    for a, b in pairwise(places):
        found += np.linspace(a, b, cut(a, b) + 1)[1:].tolist()
    return found


def _zigzag(lattice: Lattice, row: int, x: Floats) -> Floats:
    """The line of hexagon edges between a row and the next, which stands offset, at ``x``."""
    corners = lattice.hexagons(row)
    assert corners is not None
    rise, between = float(lattice.y[row + 1] - lattice.y[row]), float(np.ptp(corners[:, 1]))
    if (rise - between) / 2 < FLAT * lattice.pitch:
        raise _Sharp(
            f"rows of round cells {rise:.5g} mm apart with a pitch of {lattice.pitch:.5g} mm stand too close to be meshed as offset rows"
        )
    return np.column_stack([x, np.interp(x, corners[:, 0], corners[:, 1])])


def _filled(lattice: Lattice, grid: _Grid) -> Plan:
    """The grid's quadrilaterals, with those inside tiles replaced by O-grids."""
    n_lines, n_columns, _ = grid.lines.shape
    number = np.arange(n_lines * n_columns).reshape(n_lines, n_columns)
    plain = np.ones((n_lines - 1, n_columns - 1), dtype=bool)
    points, quads, site, band = [grid.lines.reshape(-1, 2)], [], [], []
    count, sites, centres = n_lines * n_columns, 0, []
    k, template = grid.fineness.around, _Template.of(lattice.radii, grid.fineness)
    for j, row in enumerate(grid.rows):
        x = lattice.sites(j)
        left = grid.first + 2 * k * (lattice.odd[j] + 2 * np.arange(len(x)))
        for column in left.tolist():
            plain[row.low : row.high, column : column + 4 * k] = False
        border = _border(number, row, left, k)
        middle = np.column_stack([x, np.full(len(x), float(lattice.y[j]))])
        inner = template.points(middle, points[0][border])
        own = np.concatenate([border, count + np.arange(len(x) * template.n_inner).reshape(len(x), -1)], axis=1)
        points.append(inner.reshape(-1, 2))
        quads.append(own[:, template.quads].reshape(-1, 4))
        site.append(np.repeat(sites + np.arange(len(x)), len(template.quads)))
        band.append(np.tile(template.band, len(x)))
        centres.append(middle)
        count, sites = count + inner.shape[0] * inner.shape[1], sites + len(x)
    at = np.argwhere(plain)
    i, c = at[:, 0], at[:, 1]
    quads.append(np.stack([number[i, c], number[i, c + 1], number[i + 1, c + 1], number[i + 1, c]], axis=1))
    site.append(np.full(len(at), -1))
    band.append(np.full(len(at), len(lattice.radii)))
    every, whole = np.concatenate(points), np.concatenate(quads)
    used, back = np.unique(whole, return_inverse=True)
    every, whole = every[used], back.reshape(-1, 4)
    return Plan(
        every, whole, every[whole].mean(axis=1), np.concatenate(site), np.concatenate(band), np.concatenate(centres), lattice.radii
    )  # fmt: skip


def _border(number: Integers, row: _Row, left: Integers, k: int) -> Integers:
    """(n_tiles, 12 k) nodes around each tile, counter-clockwise from the middle of its left side."""
    down = np.arange(row.middle, row.low, -1)
    up, over = np.arange(row.low, row.high), np.arange(4 * k)
    back = np.arange(row.high, row.middle, -1)
    lines = np.concatenate([down, np.full(4 * k, row.low), up, np.full(4 * k, row.high), back])
    columns = np.concatenate([np.zeros(k), over, np.full(2 * k, 4 * k), 4 * k - over, np.zeros(k)]).astype(np.int64)
    return number[lines[None, :], left[:, None] + columns[None, :]]


def _angles(corners: Floats, k: int) -> Floats:
    """(12 k,) [rad] of a circle's nodes, from the left on: k edges up to the rays towards the tile's ``corners``, and 2 k on to the next
    quarter. ``corners`` (4,): their steepness in the order lower left, lower right, upper right, upper left."""
    turns = [corners[0], math.pi / 2, math.pi - corners[1], math.pi]
    turns += [math.pi + corners[2], 1.5 * math.pi, math.tau - corners[3], math.tau]
    return math.pi + np.interp(np.arange(12 * k), np.array([0, 1, 3, 5, 6, 7, 9, 11, 12]) * k, [0.0, *turns])


def _rim(radius: float, k: int, angles: Floats) -> Floats:
    """(12 k, 2) corners at ``angles`` of a polygon each half of which, from the first angle on, has the area of half the circle."""
    even = float(np.abs(rim(radius, k)[0, 0]))
    closed = np.append(angles, angles[0] + math.tau)
    r = np.concatenate([area_true(radius, closed[a : a + 6 * k + 1], even, even)[:-1] for a in (0, 6 * k)])
    return r[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])


@dataclass(frozen=True)
class _Template:
    """What all tiles have alike: local nodes are the 12 k of the border, then the inner ones.

    ``weights`` (n_fixed, 12 k n_radii): inner nodes up to the outer rim, about the middle, from the nodes of all rims; the last 12 k
    are the outer rim's. ``layers`` between it and the border. ``quads`` (m, 4), ``band`` (m,).
    """

    radii: tuple[float, ...]
    weights: Floats
    layers: int
    quads: Integers
    band: Integers
    n_inner: int

    @classmethod
    def of(cls, radii: tuple[float, ...], fineness: Fineness) -> _Template:
        k = fineness.around
        n = 12 * k
        rims = np.eye(n * len(radii)).reshape(len(radii), n, -1)
        core = disc(k, fineness.rings)
        weights, quads, band = [core.weights @ rims[0]], [n + core.quads], [np.zeros(len(core.quads), dtype=np.int64)]
        count = n + len(core.weights)
        chain = count - n + np.arange(n)
        for b in range(1, len(rims)):
            layers = 1 if radii[b] - radii[b - 1] <= THIN * radii[-1] else fineness.layers
            for layer in range(1, layers + 1):
                weights.append(rims[b - 1] + (rims[b] - rims[b - 1]) * layer / layers)
                chain, count = cls._ring(quads, chain, count + np.arange(n)), count + n
                band.append(np.full(n, b, dtype=np.int64))
        for _ in range(fineness.layers - 1):
            chain, count = cls._ring(quads, chain, count + np.arange(n)), count + n
        cls._ring(quads, chain, np.arange(n))
        band.append(np.full(n * fineness.layers, len(radii), dtype=np.int64))
        return cls(radii, np.concatenate(weights), fineness.layers, np.concatenate(quads), np.concatenate(band), count - n)

    @staticmethod
    def _ring(quads: list[Integers], inner: Integers, outer: Integers) -> Integers:
        quads.append(ring_quads(np.append(inner, inner[0]), np.append(outer, outer[0])))
        return outer

    def points(self, middle: Floats, border: Floats) -> Floats:
        """(n_tiles, n_inner, 2) for tiles about ``middle`` (n_tiles, 2) with ``border`` (n_tiles, 12 k, 2)."""
        n = border.shape[1]
        k = n // 12
        towards = np.abs(border[:, [k, 5 * k, 7 * k, 11 * k]] - middle[:, None, :])
        steep = np.clip(np.arctan2(towards[..., 1], towards[..., 0]), math.pi / 6, math.pi / 3)  # 30 degrees in a regular hexagon
        kinds, kind = np.unique(np.round(steep, 9), axis=0, return_inverse=True)
        rims = [np.concatenate([_rim(r, k, _angles(corners, k)) for r in self.radii]) for corners in kinds]
        fixed = middle[:, None, :] + np.array([self.weights @ one for one in rims])[kind.ravel()]
        own = fixed[:, -n:]
        between = [own + (border - own) * t / self.layers for t in range(1, self.layers)]
        return np.concatenate([fixed, *between], axis=1)
