"""The plan of a pack of round cells: one O-grid tile around each site of the lattice, strips of quadrilaterals to the pack's walls.

The borders of all tiles are part of one logical grid (``tile_lines``), so the plan conforms by its numbering alone, and its cost is linear
in the sites.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from packtool.mesh.divisions import Level
from packtool.mesh.lattice import Lattice, lattice_of, transposed
from packtool.mesh.ogrid import area_true, disc, rim, ring_quads
from packtool.mesh.placed import PlacedSweep
from packtool.mesh.plan import Plan
from packtool.mesh.records import Floats, Integers
from packtool.mesh.round_outlines import outlines_of, wetting
from packtool.mesh.tile_lines import BEFORE_CONTACT, THIN, Fineness, LogicalGrid, Mark, Row, Sharp, logical_grid, marks_of

FINENESS = {
    ("fine", False): Fineness(4, 4, 4),
    ("fine", True): Fineness(2, 2, 2),
    ("normal", False): Fineness(2, 2, 2),
    ("normal", True): Fineness(1, 1, 1),
    ("coarse", False): Fineness(2, 2, 2),
    ("coarse", True): Fineness(1, 1, 1),
}
"""Fine has twice normal's counts everywhere, halved meshes half. Coarse is normal in the plan, and coarser only in the height: half as many
rings or layers beside a cell leave twice the error (0.27 K for 0.12 K on 12 cells on a plate, a fifth fewer elements), and none to halve."""
LEAST_CORNER, MOST_CORNER = math.pi / 12, math.pi / 3
"""Steepness of the ray to a tile's corner, which a node of the circle lies on: 30 degrees in a regular hexagon."""
LEAST_SHARE = 0.3
"""Edges between a corner and a contact keep this share of their even length."""


def tiled_plan(sweeps: Sequence[PlacedSweep], level: Level, halved: bool) -> Plan:
    """The plan of sweeps of which the cells are upright cylinders on a lattice; rows along x or along y.

    Raises MeshError where the circles stand on no lattice, touch each other or an outline, or an outline runs through them.
    """
    sweeps = wetting(sweeps)
    try:
        return _tiled(sweeps, level, halved)
    except Sharp:
        turned = _tiled([transposed(sweep) for sweep in sweeps], level, halved)
        points, probe, centres = (places[:, ::-1].copy() for places in (turned.points, turned.probe, turned.centres))
        return replace(turned, points=points, quads=turned.quads[:, ::-1].copy(), probe=probe, centres=centres)


def _tiled(sweeps: Sequence[PlacedSweep], level: Level, halved: bool) -> Plan:
    lattice = lattice_of(sweeps)
    outlines = outlines_of(sweeps, lattice)
    grid = logical_grid(lattice, outlines, FINENESS[level, halved])
    return _filled(lattice, grid)


def _filled(lattice: Lattice, grid: LogicalGrid) -> Plan:
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
        inner = template.points(middle, points[0][border], marks_of(row))
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
    probe = every[whole].mean(axis=1)
    probe[len(whole) - len(at) :] = (grid.half_way[i, c] + grid.half_way[i + 1, c]) / 2
    used, back = np.unique(whole, return_inverse=True)
    return Plan(
        every[used], back.reshape(-1, 4), probe, np.concatenate(site), np.concatenate(band), np.concatenate(centres), lattice.radii
    )  # fmt: skip


def _border(number: Integers, row: Row, left: Integers, k: int) -> Integers:
    """(n_tiles, 12 k) nodes around each tile, counter-clockwise from the middle of its left side."""
    down = np.arange(row.middle, row.low, -1)
    up, over = np.arange(row.low, row.high), np.arange(4 * k)
    back = np.arange(row.high, row.middle, -1)
    lines = np.concatenate([down, np.full(4 * k, row.low), up, np.full(4 * k, row.high), back])
    columns = np.concatenate([np.zeros(k), over, np.full(2 * k, 4 * k), 4 * k - over, np.zeros(k)]).astype(np.int64)
    return number[lines[None, :], left[:, None] + columns[None, :]]


def _angles(border: Floats, k: int, marks: Mapping[int, Mark]) -> Floats:
    """(12 k,) [rad] of a circle's nodes, from the left on, where the tile's border nodes stand at ``border`` (12 k,) [rad].

    k edges up to the rays towards the tile's corners, and 2 k on to the next quarter, with nodes at both ends of the contacts ``marks``;
    evenly between these, but from a corner to a contact half way to where the border's nodes are.
    """
    steep = np.abs(math.pi / 2 - np.abs(border[[k, 5 * k, 7 * k, 11 * k]] % math.pi - math.pi / 2))
    steep = np.clip(steep, LEAST_CORNER, MOST_CORNER)
    at = {0: 0.0, 3 * k: math.pi / 2, 6 * k: math.pi, 9 * k: 1.5 * math.pi, 12 * k: math.tau}
    for quarter, mark in marks.items():
        middle = at[quarter * k]
        at |= {quarter * k - mark.steps: middle - mark.half, quarter * k + mark.steps: middle + mark.half}
        own = slice(0, 2) if quarter == 3 else slice(2, 4)
        steep[own] = np.minimum(steep[own], BEFORE_CONTACT * (math.pi / 2 - mark.half))
    at |= {k: steep[0], 5 * k: math.pi - steep[1], 7 * k: math.pi + steep[2], 11 * k: math.tau - steep[3]}
    nodes = sorted(at)
    angles = math.pi + np.interp(np.arange(12 * k), nodes, [at[node] for node in nodes])
    for quarter, mark in marks.items():
        for first, last in (((quarter - 2) * k, quarter * k - mark.steps), (quarter * k + mark.steps, (quarter + 2) * k)):
            between, count = np.arange(first + 1, last), last - first
            low, high = angles[first], angles[last]
            least = (np.arange(1, count) / count) * LEAST_SHARE * (high - low)
            angles[between] = np.clip((angles[between] + border[between]) / 2, low + least, high - least[::-1])
    return angles


def _rim(radius: float, k: int, angles: Floats, marks: Mapping[int, Mark]) -> Floats:
    """(12 k, 2) corners at ``angles`` of a polygon each half of which, from the first angle on, has the area of half the circle.

    Between ``marks`` it has the area of the contact's sector, whose ends lie on the circle.
    """
    even = float(np.abs(rim(radius, k)[0, 0]))
    closed = np.append(angles, angles[0] + math.tau)
    ends = {0: even, 6 * k: even, 12 * k: even}
    for quarter, mark in marks.items():
        ends |= {quarter * k - mark.steps: radius, quarter * k + mark.steps: radius}
    places = sorted(ends)
    r = [area_true(radius, closed[a : b + 1], ends[a], ends[b])[:-1] for a, b in pairwise(places)]
    return np.concatenate(r)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])


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

    def points(self, middle: Floats, border: Floats, marks: Mapping[int, Mark]) -> Floats:
        """(n_tiles, n_inner, 2) for tiles about ``middle`` (n_tiles, 2) with ``border`` (n_tiles, 12 k, 2) and contacts ``marks``."""
        n = border.shape[1]
        k = n // 12
        away = border - middle[:, None, :]
        towards = np.arctan2(-away[..., 1], -away[..., 0]) % math.tau + math.pi
        towards[:, 0] = math.pi
        kinds, kind = np.unique(np.round(towards, 9), axis=0, return_inverse=True)
        rims = []
        none: dict[int, Mark] = {}
        for kind_border in kinds:
            angles = _angles(kind_border, k, marks)
            outer = [none] * (len(self.radii) - 1) + [marks]
            rims.append(np.concatenate([_rim(r, k, angles, own) for r, own in zip(self.radii, outer, strict=True)]))
        fixed = middle[:, None, :] + np.array([self.weights @ one for one in rims])[kind.ravel()]
        own = fixed[:, -n:]
        between = [own + (border - own) * t / self.layers for t in range(1, self.layers)]
        return np.concatenate([fixed, *between], axis=1)
