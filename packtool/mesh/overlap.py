"""Where plane facets of two meshes lie on each other, whatever their outlines: the pieces that they share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from packtool.mesh.measures import facet_normals
from packtool.mesh.records import Floats, Integers, Tie

PARALLEL = 1e-3
"""Largest angle [rad] between the normals of two facets that lie on each other."""
TIED = 1e-4
"""Facets of a tie are at most this far apart [m]: twice what parts may be that count as touching."""
LEAST_SHARE = 1e-9
"""A piece of less than this share of the smaller facet is rounding."""
ON_EDGE = 1e-9
"""A corner within this share of a facet's size of another's edge is on it: rounding must not take one of two corners for outside."""
_PAIRS_AT_ONCE = 100_000
_NEWTON = 12
_CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=float)


@dataclass(frozen=True)
class Overlap:
    """Pieces (n,) that a facet ``first`` and a facet ``second`` share: their ``area`` [m²] and ``middle`` (n, 3) [m]."""

    first: Integers
    second: Integers
    area: Floats
    middle: Floats


def overlap(points: Floats, first: Integers, second: Integers, within: float) -> Overlap:
    """The pieces that facets ``first`` (n, 4) and ``second`` (m, 4) share: plane, convex, back to back, and at most ``within`` [m] apart."""
    found = [_pieces(points, first, second, i, j, within) for i, j in _near(points, first, second, within)]
    if not found:
        none = np.empty(0, dtype=np.int64)
        return Overlap(none, none, np.empty(0), np.empty((0, 3)))
    return Overlap(*(np.concatenate([getattr(one, name) for one in found]) for name in ("first", "second", "area", "middle")))


def tied_area(points: Floats, tie: Tie) -> float:
    """Area [m²] in which the two sides of a tie lie on each other."""
    return float(overlap(points, tie.minus, tie.plus, TIED).area.sum())


def local_places(corner: Floats, place: Floats) -> Floats:
    """Local coordinates (n, 2) in bilinear facets ``corner`` (n, 4, 3) of the points of them nearest to ``place`` (n, 3): by Newton's
    method in the facet's plane; -1 to 1 within the facet."""
    local = np.zeros((len(corner), 2))
    for _ in range(_NEWTON):
        one = 1 + local[:, None, :] * _CORNERS
        slope = np.stack([_CORNERS[:, 0] * one[..., 1], _CORNERS[:, 1] * one[..., 0]], axis=2) / 4
        off = place - np.einsum("fn,fnx->fx", facet_shapes(local), corner)
        along = np.einsum("fnc,fnx->fcx", slope, corner)
        a, b = along[:, 0], along[:, 1]
        aa, ab, bb = (np.einsum("fx,fx->f", u, v) for u, v in ((a, a), (a, b), (b, b)))
        ao, bo = np.einsum("fx,fx->f", a, off), np.einsum("fx,fx->f", b, off)
        step = np.stack([bb * ao - ab * bo, aa * bo - ab * ao], axis=1) / (aa * bb - ab**2)[:, None]
        local = np.clip(local + step, -3, 3)  # far outside, the facet's map may fold
        if np.abs(step).max(initial=0.0) < 1e-12:
            break
    return local


def facet_shapes(local: Floats) -> Floats:
    """Values (n, 4) of the bilinear shape functions at ``local`` (n, 2)."""
    return np.asarray(np.prod(1 + local[:, None, :] * _CORNERS, axis=2) / 4)


def _near(points: Floats, first: Integers, second: Integers, within: float) -> Iterator[tuple[Integers, Integers]]:
    """Pairs of facets whose circles around their middles meet, some at a time."""
    from scipy.spatial import cKDTree

    if not len(first) or not len(second):
        return
    middle = [points[facets].mean(axis=1) for facets in (first, second)]
    reach = [
        np.linalg.norm(points[facets] - at[:, None], axis=2).max(axis=1) + within / 2
        for facets, at in zip((first, second), middle, strict=True)
    ]
    tree = cKDTree(middle[0])
    most = float(reach[0].max())
    batch: list[tuple[int, list[int]]] = []
    held = 0
    for j, (at, own) in enumerate(zip(middle[1], reach[1], strict=True)):
        hit = tree.query_ball_point(at, own + most)
        if hit:
            batch.append((j, hit))
            held += len(hit)
        if held > _PAIRS_AT_ONCE or (batch and j == len(second) - 1):
            i = np.concatenate([np.array(one) for _, one in batch])
            js = np.repeat([number for number, _ in batch], [len(one) for _, one in batch])
            close = np.linalg.norm(middle[0][i] - middle[1][js], axis=1) <= reach[0][i] + reach[1][js]
            yield i[close], js[close]
            batch, held = [], 0
    if batch:
        i = np.concatenate([np.array(one) for _, one in batch])
        yield i, np.repeat([number for number, _ in batch], [len(one) for _, one in batch])


def _pieces(points: Floats, first: Integers, second: Integers, i: Integers, j: Integers, within: float) -> Overlap:
    normal = [facet_normals(points, facets) for facets in (first, second)]
    size = [np.linalg.norm(one, axis=1) for one in normal]
    along = normal[0][i] / size[0][i, None]
    facing = np.linalg.norm(along + normal[1][j] / size[1][j, None], axis=1) <= PARALLEL
    origin = points[first[i]].mean(axis=1)
    apart = np.abs(np.einsum("nx,ncx->nc", along, points[second[j]] - origin[:, None]))
    hit = np.flatnonzero(facing & (apart.max(axis=1) <= within))
    if not len(hit):
        return Overlap(hit, hit, np.empty(0), np.empty((0, 3)))
    i, j, along, origin = i[hit], j[hit], along[hit], origin[hit]
    east = points[first[i, 1]] - points[first[i, 0]]
    east = east - np.einsum("nx,nx->n", east, along)[:, None] * along
    east /= np.linalg.norm(east, axis=1, keepdims=True)
    frame = np.stack([east, np.cross(along, east)], axis=2)
    subject = np.einsum("ncx,nxk->nck", points[first[i]] - origin[:, None], frame)
    window = np.einsum("ncx,nxk->nck", points[second[j][:, ::-1]] - origin[:, None], frame)
    area, middle = np.zeros(len(i)), np.zeros((len(i), 2))
    side = _sides(subject, window)
    whole = (side >= 0).all(axis=(1, 2))
    part = ~whole & (side > 0).any(axis=1).all(axis=1)
    area[whole], middle[whole] = _area(subject[whole])
    area[part], middle[part] = _area(_clipped(subject[part], window[part]))
    kept = area > LEAST_SHARE * np.minimum(size[0][i], size[1][j])
    place = origin + np.einsum("nk,nxk->nx", middle, frame)
    return Overlap(i[kept], j[kept], area[kept], place[kept])


def _sides(polygon: Floats, window: Floats) -> Floats:
    """(n, corners, 4): how far inside of each edge of ``window`` (n, 4, 2), counter-clockwise, the corners of ``polygon`` are, times its length."""
    edge = np.roll(window, -1, axis=1) - window
    off = polygon[:, :, None] - window[:, None]
    return np.asarray(edge[:, None, :, 0] * off[..., 1] - edge[:, None, :, 1] * off[..., 0])


def _clipped(polygon: Floats, window: Floats) -> Floats:
    """What convex quadrilaterals (n, 4, 2), counter-clockwise, have in common: (n, 8, 2), where fewer corners repeat the last.

    Sutherland and Hodgman's reentrant clipping (Comm. ACM 17 (1974) 32-42), all pairs at once.
    """
    on_edge = ON_EDGE * np.abs(_sides(polygon, window)).max(axis=(1, 2))[:, None]
    for k in range(4):
        inside = _sides(polygon, window)[..., k]
        inside = np.where(np.abs(inside) <= on_edge, 0.0, inside)
        following, then = np.roll(polygon, -1, axis=1), np.roll(inside, -1, axis=1)
        crosses = (inside >= 0) != (then >= 0)
        share = np.where(crosses, inside / np.where(crosses, inside - then, 1.0), 0.0)
        cut = polygon + share[..., None] * (following - polygon)
        n, corners = inside.shape
        found = np.stack([polygon, cut], axis=2).reshape(n, 2 * corners, 2)
        there = np.stack([inside >= 0, crosses], axis=2).reshape(n, 2 * corners)
        order = np.argsort(~there, axis=1, kind="stable")[:, : corners + 1]
        last = np.maximum(there.sum(axis=1), 1) - 1
        order = np.take_along_axis(order, np.minimum(np.arange(corners + 1), last[:, None]), axis=1)
        polygon = np.take_along_axis(found, order[..., None], axis=1)
        polygon[~there.any(axis=1)] = 0.0
    return polygon


def _area(polygon: Floats) -> tuple[Floats, Floats]:
    """Area (n,) and middle (n, 2) of convex polygons (n, corners, 2)."""
    base = polygon[:, :1]
    one, other = polygon[:, 1:-1] - base, polygon[:, 2:] - base
    twice = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    area = twice.sum(axis=1) / 2
    weighted = (twice[..., None] * (one + other)).sum(axis=1) / 6
    return area, base[:, 0] + weighted / np.where(area > 0, area, 1.0)[:, None]
