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

from packtool.design.schema.mesh import Level
from packtool.mesh.lattice import Lattice, lattice_of, transposed
from packtool.mesh.ogrid import area_true, disc, rim, ring_quads
from packtool.mesh.placed import PlacedSweep
from packtool.mesh.plan import Plan
from packtool.mesh.records import Floats, Integers
from packtool.mesh.resolution import Resolution
from packtool.mesh.room import refuse_mesh
from packtool.mesh.round_outlines import Outlines, outlines_of, wetting
from packtool.mesh.tile_fineness import Fineness
from packtool.mesh.tile_lines import BEFORE_CONTACT, LogicalGrid, Mark, Row, Sharp, logical_grid, marks_of

FINENESS: Mapping[Level, Fineness] = {"fine": Fineness(4, 4, 4), "normal": Fineness(2, 2, 2), "coarse": Fineness(2, 2, 2)}
"""Fine has twice normal's counts everywhere, halved meshes half. Coarse is normal in the plan, and coarser only in the height: half as many
rings or layers beside a cell leave twice the error (0.27 K for 0.12 K on 12 cells on a plate, a fifth fewer elements), and none to halve."""
RIM = 0.03
"""Nodes this close to a circle, as a share of its radius, are on it: those of a polygon of 12 edges stand 2.3 % outside."""
WIDEST_RING, WIDEST_CORE = 0.53, 0.6
"""Of the cell's radius: what all rings, and all elements from the middle to the core's corners, take (``ogrid.CORE`` and POINTED)."""
LEAST_CORNER, MOST_CORNER = math.pi / 12, math.pi / 3
"""Steepness of the ray to a tile's corner, which a node of the circle lies on: 30 degrees in a regular hexagon."""
LEAST_SHARE = 0.3
"""Edges between a corner and a contact keep this share of their even length."""


def tiled_plan(sweeps: Sequence[PlacedSweep], of: Resolution, layers: int) -> Plan:
    """The plan of sweeps of which the cells are upright cylinders on a lattice, to be swept through ``layers``; rows along x or along y.

    Raises MeshError where the circles stand on no lattice, touch each other or an outline, or an outline runs through them.
    """
    sweeps = wetting(sweeps)
    try:
        return _tiled(sweeps, of, layers)
    except Sharp:
        turned = _tiled([transposed(sweep) for sweep in sweeps], of, layers)
        points, probe, centres = (places[:, ::-1].copy() for places in (turned.points, turned.probe, turned.centres))
        return replace(turned, points=points, quads=turned.quads[:, ::-1].copy(), probe=probe, centres=centres)


def _tiled(sweeps: Sequence[PlacedSweep], of: Resolution, layers: int) -> Plan:
    lattice = lattice_of(sweeps)
    outlines = outlines_of(sweeps, lattice)
    asked, base = _fineness(of, lattice.radii[0]), FINENESS[of.solved]
    while True:
        plan = _made(lattice, outlines, asked, layers)
        around, every = _too_long(plan, of)
        if max(around, every) <= 1 + 1e-9:
            break
        asked = replace(
            asked,
            around=_up(asked.around * max(around, every), base.around),
            rings=_up(asked.rings * every, base.rings),
            layers=_up(asked.layers * every, base.layers),
        )
    return plan if of.halvings == 0 else _made(lattice, outlines, asked.halved(of.halvings), layers)


def _made(lattice: Lattice, outlines: Outlines, asked: Fineness, layers: int) -> Plan:
    n_sites = sum(len(lattice.sites(j)) for j in range(len(lattice.y)))
    refuse_mesh(n_sites * 6 * asked.around * (asked.around + 2 * (asked.rings + asked.layers)) * layers)
    return _filled(lattice, logical_grid(lattice, outlines, asked))


def _too_long(plan: Plan, of: Resolution) -> tuple[float, float]:
    """Longest edge along the cells' rims, and of all, over what the design gives; 1 where it is short enough."""
    most, rim_most = of.sizes.everywhere_mm, of.sizes.of("cell_across_mm")
    if most is None and rim_most is None:
        return 1.0, 1.0
    corners = plan.points[plan.quads]
    edges = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
    away = np.linalg.norm(corners - plan.centres[plan.site][:, None], axis=2)
    on = (np.abs(away - plan.radii[0]) < RIM * plan.radii[0]) & (plan.site >= 0)[:, None]
    rim_edges = edges[on & np.roll(on, -1, axis=1)]
    return max(1.0, float(rim_edges.max()) / (rim_most or math.inf)), max(1.0, float(edges.max()) / (most or math.inf))


def _fineness(of: Resolution, radius: float) -> Fineness:
    """That of the family's finest mesh: the level's, or as given sizes ask for."""
    base = FINENESS[of.solved]
    through, across, layer = (of.sizes.of(key) for key in ("cell_through_mm", "cell_across_mm", "layer_mm"))
    if through is None and across is None and layer is None:
        return base
    around, rings, layers = 1.0, float(base.rings), base.layers
    if across is not None:
        around = math.tau * radius / (12 * across)
    if through is not None:
        around, rings = max(around, WIDEST_CORE * radius / through), WIDEST_RING * radius / through
        layers = _up(rings, base.rings)
    elif across is None:
        around = float(base.around)
    return Fineness(_up(around, base.around), _up(rings, base.rings), layers, min(layer or math.inf, through or math.inf))


def _up(asked: float, multiple: int) -> int:
    """The least multiple that is no less than asked."""
    return multiple * max(1, math.ceil(asked / multiple - 1e-9))


def _longest(plan: Plan) -> float:
    """Longest edge [mm]."""
    corners = plan.points[plan.quads]
    return float(np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max())


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
            layers = fineness.across(radii[b] - radii[b - 1], radii[-1]) or fineness.layers
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
