"""Profiles and products as triangles and edge lines for pictures. Millimetres."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from packtool.layout.records import Loop, Part, Product, Profile, Sweep
from packtool.mesh.records import Floats, Integers

ARC_STEP = math.radians(10.0)
"""Largest turn between two neighbouring segments of a drawn arc."""

SAME_LEVEL_DIGITS = 6
"""Corners whose heights agree to so many decimals [mm] begin the same band of triangles."""

CORNER = math.radians(25.0)
"""A vertex that turns more is drawn as an edge; it lies above ``ARC_STEP``, so arcs look round."""


@dataclass(frozen=True)
class Surface:
    """Triangles ``triangles`` (n, 3) over ``points`` (m, 3) with outward ``normals`` (m, 3); ``edges`` (k, 2, 3) are line segments."""

    points: Floats
    normals: Floats
    triangles: Integers
    edges: Floats


def outline(loop: Loop) -> Floats:
    """The loop as a polygon (n, 2) in its own direction; arcs become chords of at most ``ARC_STEP``."""
    points: list[tuple[float, float]] = []
    for (x0, y0, bulge), (x1, y1, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
        points.append((x0, y0))
        if bulge:
            centre_x = (x0 + x1) / 2 - (y1 - y0) * (1 - bulge**2) / (4 * bulge)
            centre_y = (y0 + y1) / 2 + (x1 - x0) * (1 - bulge**2) / (4 * bulge)
            sweep = 4 * math.atan(bulge)
            start = math.atan2(y0 - centre_y, x0 - centre_x)
            radius = math.hypot(x0 - centre_x, y0 - centre_y)
            pieces = max(2, math.ceil(abs(sweep) / ARC_STEP - 1e-9))
            for piece in range(1, pieces):
                angle = start + sweep * piece / pieces
                points.append((centre_x + radius * math.cos(angle), centre_y + radius * math.sin(angle)))
    return np.array(points, dtype=np.float64)


def _turned(polygon: Floats, counter_clockwise: bool) -> Floats:
    x, y = polygon.T
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
    return polygon if (area > 0) == counter_clockwise else polygon[::-1]


def triangulated(profile: Profile) -> tuple[Floats, Integers]:
    """Points (m, 2) and counter-clockwise triangles (n, 3) that cover the profile less its holes."""
    outlines = [_turned(outline(profile.outer), True), *(_turned(outline(hole), False) for hole in profile.holes)]
    if not profile.holes and (profile.is_rectangle or _is_convex(outlines[0])):
        count = len(outlines[0])
        fan = np.column_stack([np.zeros(count - 2, dtype=np.int64), np.arange(1, count - 1), np.arange(2, count)])
        return outlines[0], fan
    return _in_bands(outlines)


def _in_bands(outlines: list[Floats]) -> tuple[Floats, Integers]:
    """The area between outlines cut in bands from vertex to vertex in y, and these into trapezoids: as many as there are edges in a
    band, so that a plate with thousands of holes takes no longer than its corners."""
    rings = [np.column_stack([ring[:, 0], np.round(ring[:, 1], SAME_LEVEL_DIGITS)]) for ring in outlines]
    edges = np.concatenate([np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in rings])
    edges = edges[edges[:, 0, 1] != edges[:, 1, 1]]
    edges = np.where((edges[:, 0, 1] > edges[:, 1, 1])[:, None, None], edges[:, ::-1], edges)
    levels = np.unique(np.concatenate([ring[:, 1] for ring in rings]))
    first, last = np.searchsorted(levels, edges[:, 0, 1]), np.searchsorted(levels, edges[:, 1, 1])
    # every band that an edge crosses
    count = last - first
    edge = np.repeat(np.arange(len(edges)), count)
    band = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    (x0, y0), (x1, y1) = edges[edge].transpose(1, 2, 0)
    low, high = levels[band], levels[band + 1]
    slope = (x1 - x0) / (y1 - y0)
    below, above = x0 + slope * (low - y0), x0 + slope * (high - y0)
    order = np.lexsort(
        (below + above, band)
    )  # the area lies between the first and the second edge of a band, the third and fourth, ...
    left, right = order[::2], order[1::2]
    corners = [(below[left], low[left]), (below[right], low[right]), (above[right], high[right]), (above[left], high[left])]
    points = np.concatenate([np.column_stack(corner) for corner in corners])
    n = len(left)
    a, b, c, d = (np.arange(n) + k * n for k in range(4))
    triangles = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    p, q, r = (points[triangles[:, k]] for k in range(3))
    area = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    return points, triangles[area > 0]


def _is_convex(polygon: Floats) -> bool:
    """A counter-clockwise polygon that never turns right."""
    along = np.roll(polygon, -1, axis=0) - polygon
    after = np.roll(along, -1, axis=0)
    return bool(np.all(along[:, 0] * after[:, 1] - along[:, 1] * after[:, 0] >= 0))


def _wall(polygon: Floats, z0: float, z1: float) -> tuple[Floats, Floats, Integers, Floats]:
    """The side of a swept outline, solid on the left of it: points, normals, triangles, and its corners (k, 2)."""
    along = np.roll(polygon, -1, axis=0) - polygon
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    face = np.column_stack([along[:, 1], -along[:, 0]])
    before = np.roll(face, 1, axis=0)
    corner = np.einsum("ij,ij->i", face, before) < math.cos(CORNER)
    mean = face + before
    smooth = np.where(corner[:, None], 0.0, mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12))
    first = np.where(corner[:, None], face, smooth)
    last = np.where(np.roll(corner, -1)[:, None], face, np.roll(smooth, -1, axis=0))
    count = len(polygon)
    following = np.roll(polygon, -1, axis=0)
    points = np.vstack(
        [np.column_stack([side, np.full(count, z)]) for side, z in ((polygon, z0), (following, z0), (following, z1), (polygon, z1))]
    )
    normals = np.column_stack([np.vstack([first, last, last, first]), np.zeros(4 * count)])
    i = np.arange(count)
    a, b, c, d = i, i + count, i + 2 * count, i + 3 * count
    return points, normals, np.vstack([np.column_stack([a, b, c]), np.column_stack([a, c, d])]), polygon[corner]


def _swept(sweep: Sweep) -> tuple[Floats, Floats, Integers]:
    flat, cap = triangulated(sweep.profile)
    count = len(flat)
    top = np.column_stack([flat, np.full(count, sweep.z1)])
    bottom = np.column_stack([flat, np.full(count, sweep.z0)])
    up = np.tile([0.0, 0.0, 1.0], (count, 1))
    points, normals, triangles = [bottom, top], [-up, up], [cap[:, ::-1], cap + count]
    offset = 2 * count
    for loop, outer in ((sweep.profile.outer, True), *((hole, False) for hole in sweep.profile.holes)):
        p, n, t, _ = _wall(_turned(outline(loop), outer), sweep.z0, sweep.z1)
        points.append(p)
        normals.append(n)
        triangles.append(t + offset)
        offset += len(p)
    return np.vstack(points), np.vstack(normals), np.vstack(triangles)


def _edges(product: Product) -> Floats:
    """Outlines at both ends of each sweep and upright lines at corners; an outline that two sweeps share is a seam, not an edge."""
    loops = [
        (loop, outer, s)
        for s in product.sweeps
        for loop, outer in ((s.profile.outer, True), *((h, False) for h in s.profile.holes))
    ]
    drawn = Counter((loop.vertices, z) for loop, _, sweep in loops for z in (sweep.z0, sweep.z1))
    segments: list[Floats] = []
    for loop, outer, sweep in loops:
        polygon = _turned(outline(loop), outer)
        following = np.roll(polygon, -1, axis=0)
        for z in (sweep.z0, sweep.z1):
            if drawn[loop.vertices, z] == 1:
                height = np.full(len(polygon), z)
                segments.append(np.stack([np.column_stack([polygon, height]), np.column_stack([following, height])], axis=1))
        corners = _wall(polygon, sweep.z0, sweep.z1)[3]
        ends = [np.column_stack([corners, np.full(len(corners), z)]) for z in (sweep.z0, sweep.z1)]
        segments.append(np.stack(ends, axis=1))
    return np.vstack(segments)


def surface(product: Product) -> Surface:
    """The product's skin in its own frame; the CAD-only edge radius is left out."""
    pieces = [_swept(sweep) for sweep in product.sweeps]
    offsets = np.cumsum([0, *(len(points) for points, _, _ in pieces[:-1])])
    return Surface(
        np.vstack([points for points, _, _ in pieces]),
        np.vstack([normals for _, normals, _ in pieces]),
        np.vstack([triangles + offset for (_, _, triangles), offset in zip(pieces, offsets, strict=True)]),
        _edges(product),
    )


def placed(shape: Surface, parts: list[Part], lift_mm: float = 0.0) -> Surface:
    """One surface of all ``parts``, which share the product ``shape``; ``lift_mm`` moves them up."""
    points, normals, triangles, edges = [], [], [], []
    for number, part in enumerate(parts):
        c, s = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[part.rotation_deg]
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        origin = np.add(part.origin, (0.0, 0.0, lift_mm))
        points.append(shape.points @ turn + origin)
        normals.append(shape.normals @ turn)
        triangles.append(shape.triangles + number * len(shape.points))
        edges.append(shape.edges @ turn + origin)
    return Surface(np.vstack(points), np.vstack(normals), np.vstack(triangles), np.vstack(edges))
