"""Meshes that lie on each other without sharing nodes, joined: [u][v] over the finer one's facets, summed at their nodes.

Each node of the finer side is tied, with its share of the area, to its place on the coarser side's facet. What leaves one side arrives on
the other whatever the two meshes: the shape functions sum to one at every place. There are as many ties as nodes, so that a coarse facet's
edge may cross a fine facet without being held straight; and no entry between a node and its facet is positive, as incomplete factors need
(Meijerink, van der Vorst, Math. Comp. 31 (1977) 148-162; remembered). Summed at the Gauss points instead, a tie of 2e6 W/m²/K on 28 fine facets to a coarse
one (420 round cells on a plate, 99,690 unknowns) left ICC(0) without a positive pivot; with the shift that then makes a factor, 400 iterations
did not do what 20 do with the ties at the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.errors import SolveError
from packtool.fem.quads import SHAPE_2, quads
from packtool.mesh.records import Floats, Integers, Tie

SAME = 1e-9
"""Lines of a grid closer than this [m] are one."""

INWARDS = 1e-6
"""A node is looked for this share of the way to its facet's middle: at a border, that side of it which is there."""


@dataclass(frozen=True)
class Joint:
    """``rows`` (n, 5): a node of the finer side and the four of the facet that it lies on; ``matrix`` (n, 5, 5) [m²]: the integral of
    [u][v] over the node's share of the area."""

    rows: Integers
    matrix: Floats


def joint(points: Floats, name: str, tie: Tie) -> Joint:
    """The joint of a tie. Raises SolveError where the coarser side is no grid along x and y, or does not lie under the finer one."""
    nodes, first, local = np.unique(tie.minus, return_index=True, return_inverse=True)
    facets = quads(points, tie.minus)
    area = np.bincount(local.ravel(), (facets.weight @ SHAPE_2).ravel())
    middle = points[tie.minus[first // 4]].mean(axis=1)
    facet, shape = _facets_under(points, name, tie.plus, points[nodes], middle)
    jump = np.hstack([np.ones((len(nodes), 1)), -shape])
    return Joint(np.hstack([nodes[:, None], tie.plus[facet]]), area[:, None, None] * jump[:, :, None] * jump[:, None, :])


def _facets_under(points: Floats, name: str, plus: Integers, places: Floats, middle: Floats) -> tuple[Integers, Floats]:
    """(n,) the facet of ``plus`` at each of ``places`` (n, 3), towards ``middle`` (n, 3), and (n, 4) its shape functions there."""
    corner = points[plus]
    low, high = corner.min(axis=1), corner.max(axis=1)
    lines = [_lines(corner[:, :, axis].ravel()) for axis in (0, 1)]
    cell = [np.searchsorted(lines[axis], low[:, axis] - SAME) for axis in (0, 1)]
    upper = [np.searchsorted(lines[axis], high[:, axis] - SAME) for axis in (0, 1)]
    at_high = np.abs(corner[:, :, :2] - high[:, None, :2]) <= 2 * SAME
    rectangles = (at_high | (np.abs(corner[:, :, :2] - low[:, None, :2]) <= 2 * SAME)).all()
    if not rectangles or any((upper[axis] - cell[axis] != 1).any() for axis in (0, 1)):
        raise SolveError(f"tie {name!r}: its coarser side is no grid of rectangles along x and y")
    table = np.full((len(lines[0]) + 1, len(lines[1]) + 1), -1)
    table[cell[0] + 1, cell[1] + 1] = np.arange(len(plus))
    sought = places + INWARDS * (middle - places)
    facet = table[np.searchsorted(lines[0], sought[:, 0]), np.searchsorted(lines[1], sought[:, 1])]
    off = np.abs(places[:, 2] - low[facet, 2])
    if (facet < 0).any() or off.max() > 1e-6 * float((high - low)[:, :2].max()):
        raise SolveError(f"tie {name!r}: its finer side does not lie on its coarser one")
    share = np.clip((places[:, :2] - low[facet, :2]) / (high - low)[facet, :2], 0.0, 1.0)
    towards = np.where(at_high[facet], share[:, None, :], 1 - share[:, None, :])
    return facet, towards.prod(axis=-1)


def _lines(values: Floats) -> Floats:
    ordered = np.unique(values)
    return ordered[np.concatenate([[True], np.diff(ordered) > SAME])]
