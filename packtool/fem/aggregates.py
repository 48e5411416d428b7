"""Blocks of neighbouring mesh points: the coarse unknowns of the two-level preconditioner."""

from __future__ import annotations

import numpy as np

from packtool.mesh.records import Floats, Integers

POINTS_ALONG = 5
"""Points a block has along each grid direction: measured best of 3, 4, 5, 9 on a layered pack of 447k points."""

MOST_BLOCKS = 20_000
"""More blocks than this cost more to factorise than they save; larger meshes get larger blocks."""


def aggregates(points: Floats, component: Integers, along: int = POINTS_ALONG) -> Integers:
    """Block (n_points,) of each point, counted from 0: boxes of about ``along`` grid lines a side, never across a component.

    ``points`` (n_points, 3) [m]; ``component`` (n_points,): parts with no shared node (joined by contacts at most) are apart.
    Along each axis the points' distinct coordinates are counted off in groups, so that thin layers, which have few, get blocks
    as narrow as themselves; where the plan is unstructured (many distinct coordinates) the groups are cut from the sorted
    points instead.
    """
    along = max(along, int(np.ceil((len(points) / MOST_BLOCKS) ** (1 / 3))))
    block = component.astype(np.int64)
    even = max(1, round(len(points) ** (1 / 3)))
    extent = max(float(np.ptp(points)), 1e-300)
    for axis in range(3):
        order = np.argsort(points[:, axis], kind="stable")
        rank = np.empty(len(points), dtype=np.int64)
        steps = np.diff(points[order, axis]) > 1e-9 * extent
        lines = int(steps.sum()) + 1
        if lines <= 20 * even:
            rank[order] = np.concatenate([[0], np.cumsum(steps)]) // along
        else:
            rank[order] = np.arange(len(points)) * even // (len(points) * along)
        block = block * (int(rank.max()) + 1) + rank
        block = np.unique(block, return_inverse=True)[1]
    return block
