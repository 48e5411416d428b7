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
            around = points[own]
            step = 0.5 * np.linalg.norm(around - np.roll(around, 1, axis=1), axis=2).min()
            here, best = points[node].copy(), float(corner_quality(points, own).min())
            before = best
            for _ in range(8):
                scores = []
                for towards in compass:
                    points[node] = here + step * towards
                    scores.append(float(corner_quality(points, own).min()))
                if max(scores) > best + 1e-9:
                    best = max(scores)
                    here = here + step * compass[int(np.argmax(scores))]
                else:
                    step /= 2
            points[node] = here
            gained = max(gained, best - before)
        if gained < 1e-3:
            break
    return points


def corner_quality(points: Floats, quads: Integers) -> Floats:
    """(n,) least sine of the corner angles of polygons (n, corners) [-]: 1 for a rectangle, 0 or less where a corner is flat or inside out."""
    least = np.full(len(quads), np.inf)
    corners = quads.shape[1]
    for i in range(corners):
        here, ahead, behind = points[quads[:, i]], points[quads[:, (i + 1) % corners]], points[quads[:, i - 1]]
        u, v = ahead - here, behind - here
        cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        least = np.minimum(least, cross / np.maximum(np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1), 1e-300))
    return least


def _least_at(points: Floats, quads: Integers) -> Floats:
    """(n_points,) least corner quality of the quadrilaterals around each point; infinite where there is none."""
    found = np.full(len(points), np.inf)
    np.minimum.at(found, quads.ravel(), np.repeat(corner_quality(points, quads), 4))
    return found
