"""Which quadrilaterals of a plan of round cells a part covers, and what a facet of it faces: both by site, so linear in the cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from packtool.errors import MeshError
from packtool.mesh.lattice import ON_SITE_MM, Circle, circle_of
from packtool.mesh.outlines import inside
from packtool.mesh.placed import SAME_MM, PlacedSweep
from packtool.mesh.plan import Plan
from packtool.mesh.records import Floats, Integers

Flags = NDArray[np.bool_]
Bounds = tuple[float, float, float, float]

NEIGHBOURS = 40
"""Sites around that a ray is first tried against: three rings of a lattice. A ray that misses those is tried against all."""
AT_ONCE = 8
"""Boxes tried before the rays that met one are left out."""
CHUNK = 2_000_000
"""Rays times circles looked at together."""


class Tiles:
    """The plan of a pack of round cells, ready to be asked for quadrilaterals by site."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._tree = cKDTree(plan.centres)
        self._start = np.searchsorted(plan.site[plan.site >= 0], np.arange(len(plan.centres) + 1))
        self._radii = np.array(plan.radii)
        self._upwards = np.argsort(plan.probe[:, 1], kind="stable")
        self._y = plan.probe[self._upwards, 1]

    def covered(self, sweep: PlacedSweep) -> Integers:
        """Ascending quadrilaterals within an outline less its holes. Raises MeshError for a circle that is none of the plan's."""
        outer = circle_of(sweep.loops[0])
        circles = [circle_of(loop) for loop in sweep.loops[1:]]
        holes = [circle for circle in circles if circle is not None]
        if outer is not None:
            (site,), (band,) = self._find(sweep, [outer])
            rows = np.arange(self._start[site], self._start[site + 1])
            rows = rows[self.plan.band[rows] <= band]
        else:
            loops = [sweep.loops[0], *(loop for loop, circle in zip(sweep.loops[1:], circles, strict=True) if circle is None)]
            _, low, _, high = loops[0].bounds()
            near = self._upwards[np.searchsorted(self._y, low, side="right") : np.searchsorted(self._y, high)]
            rows = np.sort(near[inside(loops, self.plan.probe[near])])
        if holes:
            sites, bands = self._find(sweep, holes)
            void = np.full(len(self.plan.centres) + 1, -1)  # the last is for quadrilaterals in no tile, whose site is -1
            void[sites] = bands
            rows = rows[self.plan.band[rows] > void[self.plan.site[rows]]]
        return rows

    def _find(self, sweep: PlacedSweep, circles: Sequence[Circle]) -> tuple[Integers, Integers]:
        """Site of each circle, and which of the plan's radii it has."""
        away, site = self._tree.query([(circle.x, circle.y) for circle in circles])
        radius = np.array([circle.radius for circle in circles])
        band = np.abs(radius[:, None] - self._radii[None, :]).argmin(axis=1)
        if away.max() > 2 * ON_SITE_MM or np.abs(radius - self._radii[band]).max() > 2 * SAME_MM:
            raise MeshError(f"part {sweep.part} ({sweep.role}) has a circle that the plan has not")
        return site.astype(np.int64), band


def upright_sees_solid(sweeps: Sequence[PlacedSweep], z: Floats, middle: Floats, normal: Floats) -> Flags:
    """(n_edges, n_layers): whether the ray from an edge of the plan along its outward normal meets a part in that layer.

    ``middle``, ``normal`` (n_edges, 2). Round cells are met as circles, all else as the box around it.
    """
    middles = (z[1:] + z[:-1]) / 2
    found = np.zeros((len(middle), len(middles)), dtype=bool)
    boxes: dict[tuple[float, float], list[Bounds]] = {}
    circles: dict[tuple[float, float], list[Circle]] = {}
    for sweep in sweeps:
        if sweep.region >= 0:
            circle = circle_of(sweep.loops[0])
            if circle is None:
                boxes.setdefault((sweep.z0, sweep.z1), []).append(sweep.loops[0].bounds())
            else:
                circles.setdefault((sweep.z0, sweep.z1), []).append(circle)
    hits = [(z, _hits_boxes(alike, middle, normal)) for z, alike in boxes.items()]
    hits += [(z, _hits_circles(alike, middle, normal)) for z, alike in circles.items()]
    for (low, high), hit in hits:
        found |= hit[:, None] & ((middles > low) & (middles < high))[None, :]
    return found


def _hits_boxes(boxes: Sequence[Bounds], middle: Floats, normal: Floats) -> Flags:
    """(n_edges,) whether a ray meets one of ``boxes``. They are tried from all over the pack by turns: soon few rays are left."""
    order = np.random.default_rng(0).permutation(len(boxes))
    left = np.arange(len(middle))
    for start in range(0, len(order), AT_ONCE):
        rays, along = middle[left], normal[left]
        hit = np.zeros(len(left), dtype=bool)
        for number in order[start : start + AT_ONCE]:
            hit |= _hits_box(boxes[number], rays, along)
        left = left[~hit]
    found = np.ones(len(middle), dtype=bool)
    found[left] = False
    return found


def _hits_box(box: Bounds, middle: Floats, normal: Floats) -> Flags:
    near, far = np.full(len(middle), -np.inf), np.full(len(middle), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in (0, 1):
            d = np.where(np.abs(normal[:, axis]) < 1e-9, 0.0, normal[:, axis])
            t0, t1 = (box[axis] - middle[:, axis]) / d, (box[axis + 2] - middle[:, axis]) / d
            near, far = np.fmax(near, np.fmin(t0, t1)), np.fmin(far, np.fmax(t0, t1))
    return (far > near + SAME_MM) & (near >= -SAME_MM)


def _hits_circles(circles: Sequence[Circle], middle: Floats, normal: Floats) -> Flags:
    """(n_edges,) whether a ray meets a circle ahead."""
    centre = np.array([(circle.x, circle.y) for circle in circles])
    radius = np.array([circle.radius for circle in circles])
    count = min(NEIGHBOURS, len(centre))
    _, near = cKDTree(centre).query(middle, k=count)
    near = near.reshape(len(middle), count)
    found = np.zeros(len(middle), dtype=bool)
    for part in _parts(len(middle), count):
        found[part] = _ahead(centre[near[part]], radius[near[part]], middle[part], normal[part])
    left = np.flatnonzero(~found)
    if count < len(centre):
        for part in _parts(len(left), len(centre)):
            rays = left[part]
            found[rays] = _ahead(centre[None], radius[None], middle[rays], normal[rays])
    return found


def _parts(n: int, width: int) -> list[slice]:
    step = max(1, CHUNK // width)
    return [slice(a, a + step) for a in range(0, n, step)]


def _ahead(centre: Floats, radius: Floats, middle: Floats, normal: Floats) -> Flags:
    """(n,) for rays from ``middle`` along ``normal`` (n, 2) and circles (n or 1, m)."""
    offset = centre - middle[:, None, :]
    along = np.einsum("nmx,nx->nm", offset, normal)
    aside = (offset**2).sum(axis=2) - along**2
    return np.asarray(((along > 0) & (aside < radius**2)).any(axis=1))
