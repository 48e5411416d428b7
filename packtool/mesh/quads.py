"""Quadrilaterals from polygons: every edge halved, every polygon of n corners cut into n quadrilaterals about its middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class Halved:
    """``points`` (n, 2): those given, the middles of edges, the middles of polygons; ``quads`` (m, 4), counter-clockwise where the
    polygons are; ``parent`` (m,) the polygon each came from; ``chains``: those given with the middles of their edges put in."""

    points: Floats
    quads: Integers
    parent: Integers
    chains: tuple[Integers, ...]


def halved(points: Floats, polygons: Sequence[Integers], chains: Sequence[Integers]) -> Halved:
    """Cut polygons, given as arrays (m, corners) of node numbers, one for each number of corners; parents count through the arrays.

    ``chains``: nodes one after another along edges of the polygons. Neighbours share the middle of their edge, so the result
    conforms where the polygons do.
    """
    edges = np.concatenate([np.stack([p, np.roll(p, -1, axis=1)], axis=2).reshape(-1, 2) for p in polygons])
    keys = edges.min(axis=1) * len(points) + edges.max(axis=1)
    unique, middle = np.unique(keys, return_inverse=True)
    ends = np.stack([unique // len(points), unique % len(points)], axis=1)
    count, start, first = len(points), 0, 0
    quads, parent, centres = [], [], []
    inner = count + len(unique)
    for p in polygons:
        corners = p.shape[1]
        mid = count + middle[start : start + p.size].reshape(p.shape)
        centre = inner + np.arange(len(p))
        fans = np.stack([p, mid, np.broadcast_to(centre[:, None], p.shape), np.roll(mid, 1, axis=1)], axis=2)
        quads.append(fans.reshape(-1, 4))
        parent.append(np.repeat(first + np.arange(len(p)), corners))
        centres.append(points[p].mean(axis=1))
        start, first, inner = start + p.size, first + len(p), inner + len(p)
    longer = []
    for chain in chains:
        low, high = np.minimum(chain[:-1], chain[1:]), np.maximum(chain[:-1], chain[1:])
        grown = np.empty(2 * len(chain) - 1, dtype=np.int64)
        grown[::2], grown[1::2] = chain, count + np.searchsorted(unique, low * len(points) + high)
        longer.append(grown)
    return Halved(
        np.concatenate([points, points[ends].mean(axis=1), *centres]), np.concatenate(quads), np.concatenate(parent), tuple(longer)
    )


def smoothed(points: Floats, quads: Integers, fixed: Integers, sweeps: int = 8) -> Floats:
    """The points with those not ``fixed`` moved to the mean of their neighbours, ``sweeps`` times, where that harms no worst angle.

    A move is taken back where it lowers the least corner quality of the quadrilaterals around the point.
    """
    edges = np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    degree = np.bincount(edges.ravel(), minlength=len(points))
    free = degree > 0
    free[fixed] = False
    points = points.copy()
    best = _least_at(points, quads)
    for _ in range(sweeps):
        total = np.zeros_like(points)
        for a, b in ((0, 1), (1, 0)):
            np.add.at(total, edges[:, a], points[edges[:, b]])
        trial = points.copy()
        trial[free] = (points[free] + total[free] / degree[free, None]) / 2
        while True:
            now = _least_at(trial, quads)
            worse = (now < best - 1e-12) & (now < 0.7)
            moved = np.any(trial != points, axis=1)
            harmed = np.unique(quads[np.any(worse[quads], axis=1)])
            back = harmed[moved[harmed]]
            if len(back) == 0:
                break
            trial[back] = points[back]
        points, best = trial, _least_at(trial, quads)
    return points


GOOD = 0.6
"""Points whose quadrilaterals are all better than this stay where they are: sin 37 degrees."""


def improved(points: Floats, quads: Integers, fixed: Integers, rounds: int = 12) -> Floats:
    """The points with those not ``fixed`` that have a bad quadrilateral moved to where the worst one around them is best.

    A search by compass: eight directions, steps of a share of the shortest edge there, halved where none helps.
    """
    points = points.copy()
    frozen = np.zeros(len(points), dtype=bool)
    frozen[fixed] = True
    compass = np.array([(np.cos(a), np.sin(a)) for a in np.arange(8) * np.pi / 4])
    order = np.argsort(quads.ravel(), kind="stable")
    starts = np.searchsorted(quads.ravel()[order], np.arange(len(points) + 1))
    for _ in range(rounds):
        least = _least_at(points, quads)
        poor = np.flatnonzero((least < GOOD) & ~frozen)
        gained = 0.0
        for node in poor[np.argsort(least[poor], kind="stable")].tolist():
            own = quads[order[starts[node] : starts[node + 1]] // 4]
            around, at = points[own], own == node
            step = 0.5 * np.linalg.norm(around - np.roll(around, 1, axis=1), axis=2).min()
            here, before = points[node].copy(), float(_quality(around).min())
            best = before
            for _ in range(8):
                trial = np.broadcast_to(around, (8, *around.shape)).copy()
                trial[:, at] = (here + step * compass)[:, None, :]
                scores = _quality(trial).min(axis=-1)
                towards = int(scores.argmax())
                if scores[towards] > best + 1e-9:
                    best, here = float(scores[towards]), here + step * compass[towards]
                else:
                    step /= 2
            points[node] = here
            gained = max(gained, best - before)
        if gained < 1e-3:
            break
    return points


@dataclass(frozen=True)
class Polygons:
    """``corners`` (m, 3 or 4) node numbers, ``face`` (m,) the face each lies in."""

    corners: Integers
    face: Integers


def paired(points: Floats, triangles: Integers, face: Integers, least: float) -> tuple[Polygons, Polygons]:
    """Quadrilaterals from pairs of triangles (m, 3) of one face, best first, and the triangles left over.

    Only pairs whose corner quality is above ``least`` are joined.
    """
    count = len(points)
    edges = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2).reshape(-1, 2)
    owner = np.repeat(np.arange(len(triangles)), 3)
    keys = edges.min(axis=1) * count + edges.max(axis=1)
    order = np.argsort(keys, kind="stable")
    twins = np.flatnonzero(keys[order][:-1] == keys[order][1:])
    one, other = order[twins], order[twins + 1]
    inside = face[owner[one]] == face[owner[other]]
    one, other = one[inside], other[inside]
    apex = [triangles[owner[e], (e % 3 + 2) % 3] for e in (one, other)]
    quads = np.column_stack([edges[one, 0], apex[1], edges[one, 1], apex[0]])
    quality = corner_quality(points, quads)
    free = np.ones(len(triangles), dtype=bool)
    chosen = []
    for pair in np.argsort(-quality, kind="stable").tolist():
        if quality[pair] > least and free[owner[one[pair]]] and free[owner[other[pair]]]:
            free[owner[one[pair]]] = free[owner[other[pair]]] = False
            chosen.append(pair)
    return Polygons(quads[chosen], face[owner[one[chosen]]]), Polygons(triangles[free], face[free])


def corner_quality(points: Floats, polygons: Integers) -> Floats:
    """(n,) least sine of the corner angles of polygons (n, corners) [-]: 1 for a rectangle, 0 or less where a corner is flat or inside out."""
    return _quality(points[polygons])


def _quality(corners: Floats) -> Floats:
    """The same of (..., corners, 2) places."""
    ahead, behind = np.roll(corners, -1, axis=-2) - corners, np.roll(corners, 1, axis=-2) - corners
    cross = ahead[..., 0] * behind[..., 1] - ahead[..., 1] * behind[..., 0]
    size = np.hypot(ahead[..., 0], ahead[..., 1]) * np.hypot(behind[..., 0], behind[..., 1])
    return (cross / np.maximum(size, 1e-300)).min(axis=-1)


def _least_at(points: Floats, quads: Integers) -> Floats:
    """(n_points,) least corner quality of the quadrilaterals around each point; infinite where there is none."""
    found = np.full(len(points), np.inf)
    np.minimum.at(found, quads.ravel(), np.repeat(corner_quality(points, quads), 4))
    return found
