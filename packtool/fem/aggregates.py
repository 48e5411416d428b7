"""Blocks of neighbouring mesh points: the coarse unknowns of the two-level preconditioner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.mesh.solids import IMPORTED

POINTS_ALONG = 5
"""Points a block has along each grid direction where conduction is even: measured on two packs against 3 to 10; 4 to 7 are alike."""

MOST_ALONG = 16
"""Longest block, in points, where one direction conducts far better than the others."""

EDGES_ALONG = 4
"""Edges of elements along a block of a part of any shape: measured on a bracket of 15,809 points on the bus pack, 3 to 12."""

MOST_BLOCKS, POINTS_A_BLOCK = 16_000, 150
"""More blocks than this (or one for so many points, where that is more) cost more to factorise than they save."""


def aggregates(mesh: TaggedMesh, conductivity: Floats, component: Integers, along: int = POINTS_ALONG) -> Integers:
    """Block (n_points,) of each point, counted from 0.

    Blocks are boxes of grid lines within one region: ``conductivity`` (n_regions, 3, 3) [W/m/K] makes them long where heat is
    exchanged fast between neighbours (sqrt(k) over the spacing of the lines) and short where slowly, so that what is slow to
    even out within a block is so for none. On the bus pack (117k points, cells of k = 0.8, 21, 21) this takes 23 iterations where
    even boxes across the regions took 54. A point between regions belongs to the best conductor; ``component`` (n_points,): parts
    with no shared node are never in one block. Parts of any shape have no grid lines: their blocks are cubes of EDGES_ALONG elements.
    """
    beside = np.array([region.role == IMPORTED for region in mesh.regions])[mesh.region]
    if not beside.any():
        return _of_lines(mesh, conductivity, component, along)
    own = np.zeros(len(mesh.points), dtype=bool)
    own[mesh.hexes[beside]] = True
    number = np.where(own, np.cumsum(own), np.cumsum(~own)) - 1
    swept = replace(mesh, points=mesh.points[~own], hexes=number[mesh.hexes[~beside]], region=mesh.region[~beside])
    block = np.empty(len(mesh.points), dtype=np.int64)
    block[~own] = _of_lines(swept, conductivity, component[~own], along)
    block[own] = _cubes(mesh.points[own], number[mesh.hexes[beside]], component[own]) + block[~own].max(initial=-1) + 1
    return block


def _cubes(points: Floats, hexes: Integers, component: Integers) -> Integers:
    """Cubes of EDGES_ALONG times the middle length of an element's edges."""
    side = EDGES_ALONG * float(np.median(np.linalg.norm(points[hexes[:, 0]] - points[hexes[:, 1]], axis=1)))
    place = np.floor((points - points.min(axis=0)) / side).astype(np.int64)
    return np.unique(np.column_stack([component, place]), axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def _of_lines(mesh: TaggedMesh, conductivity: Floats, component: Integers, along: int) -> Integers:
    points, n_regions = mesh.points, len(mesh.regions)
    k = np.maximum(np.einsum("rii->ri", conductivity), 1e-300)
    best_last = np.argsort(k.max(axis=1), kind="stable")
    place = np.empty(n_regions, dtype=np.int64)
    place[best_last] = np.arange(n_regions)
    owner = np.zeros(len(points), dtype=np.int64)
    np.maximum.at(owner, mesh.hexes, np.broadcast_to(place[mesh.region][:, None], mesh.hexes.shape))
    owner = best_last[owner]

    line = np.stack([_lines(points[:, axis], float(np.ptp(points))) for axis in range(3)], axis=1)
    first, last = _extremes(line, owner, n_regions)
    low, high = _extremes(points, owner, n_regions)
    spacing = np.where(last > first, (high - low) / np.maximum(last - first, 1), 1.0)
    pace = np.where(last > first, np.sqrt(k) / np.maximum(spacing, 1e-300), 1.0)
    shape = pace / np.prod(pace, axis=1, keepdims=True) ** (1 / 3)
    lines, from_first = last - first + 1, line - first[owner]
    apart = owner * (int(component.max()) + 1) + component
    most = max(MOST_BLOCKS, len(points) // POINTS_A_BLOCK)
    while True:
        block = _boxes(along, shape, lines, from_first, owner, apart)
        n_blocks = int(block.max()) + 1
        if n_blocks <= most or along > lines.max():
            return block
        along = max(along + 1, round(along * (n_blocks / most) ** (1 / 3)))


def _boxes(along: int, shape: Floats, lines: Integers, from_first: Integers, owner: Integers, apart: Integers) -> Integers:
    """Blocks of about ``along`` points a side, stretched by ``shape`` (n_regions, 3), counted from 0."""
    length = np.clip(np.rint(along * shape), 1, max(MOST_ALONG, along)).astype(np.int64)
    length = -(-lines // -(-lines // length))  # the same number of blocks, evenly long
    block, number = apart, from_first // length[owner]
    for axis in range(3):
        block = block * (int(number[:, axis].max()) + 1) + number[:, axis]
    return np.unique(block, return_inverse=True)[1].astype(np.int64)


def _lines(coordinate: Floats, extent: float) -> Integers:
    """Grid line (n_points,) that each point lies on, by its place among the distinct coordinates; where nearly every point has
    its own (an unstructured plan), by even shares of the sorted points, as many as a cube's edge would have."""
    order = np.argsort(coordinate, kind="stable")
    steps = np.diff(coordinate[order]) > 1e-9 * max(extent, 1e-300)
    line = np.empty(len(coordinate), dtype=np.int64)
    even = max(1, round(len(coordinate) ** (1 / 3)))
    if int(steps.sum()) + 1 <= 20 * even:
        line[order] = np.concatenate([[0], np.cumsum(steps)])
    else:
        line[order] = np.arange(len(coordinate)) * even // len(coordinate)
    return line


def _extremes(values: Any, owner: Integers, n: int) -> tuple[Any, Any]:
    """Smallest and largest of ``values`` (n_points, 3) by owner, (n, 3) each; 0 where a region owns no point."""
    low, high = np.zeros((n, 3), dtype=values.dtype), np.zeros((n, 3), dtype=values.dtype)
    order = np.argsort(owner, kind="stable")
    owners, begin = np.unique(owner[order], return_index=True)
    low[owners] = np.minimum.reduceat(values[order], begin, axis=0)
    high[owners] = np.maximum.reduceat(values[order], begin, axis=0)
    return low, high


def component_of(elements: Integers, n: int, joined: Sequence[NDArray[Any]] = ()) -> Integers:
    """Connected piece (n,) of each node, by elements and by the rows (m, a) of ``joined``."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    starts, ends = [], []
    for nodes in (elements, *joined):
        starts.append(np.repeat(nodes[:, 0], nodes.shape[1] - 1))
        ends.append(nodes[:, 1:].ravel())
    row, column = np.concatenate(starts), np.concatenate(ends)
    graph = csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)
