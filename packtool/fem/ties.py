"""Meshes that lie on each other without sharing nodes, joined: [u][v] over the finer one's facets, at their Gauss points.

What leaves one side arrives on the other whatever the two meshes: the shape functions of either side sum to one at every point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.errors import SolveError
from packtool.fem.quads import SHAPE_2, quads
from packtool.mesh.records import Floats, Integers, Tie

SAME = 1e-9
"""Lines of a grid closer than this [m] are one."""


@dataclass(frozen=True)
class Joint:
    """``rows`` (n, 8): nodes of a facet on either side; ``matrix`` (n, 8, 8) [m²]: the integral of [u][v] where both lie on each other."""

    rows: Integers
    matrix: Floats


def joint(points: Floats, name: str, tie: Tie) -> Joint:
    """The joint of a tie. Raises SolveError where the coarser side is no grid along x and y, or does not lie under the finer one."""
    facets = quads(points, tie.minus)
    places = np.einsum("gc,fcx->fgx", SHAPE_2, points[tie.minus], optimize=True)
    under, shape = _facets_under(points, name, tie.plus, places)
    keys, pair = np.unique(np.arange(len(under))[:, None] * len(tie.plus) + under, return_inverse=True)
    pair = pair.reshape(under.shape)
    rows = np.hstack([tie.minus[keys // len(tie.plus)], tie.plus[keys % len(tie.plus)]])
    matrix = np.zeros((len(keys), 8, 8))
    for g in range(4):
        jump = np.hstack([np.broadcast_to(SHAPE_2[g], (len(under), 4)), -shape[:, g]])
        np.add.at(matrix, pair[:, g], facets.weight[:, g, None, None] * jump[:, :, None] * jump[:, None, :])
    return Joint(rows, matrix)


def _facets_under(points: Floats, name: str, plus: Integers, places: Floats) -> tuple[Integers, Floats]:
    """(n, g) the facet of ``plus`` at each of ``places`` (n, g, 3), and (n, g, 4) its shape functions there."""
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
    found = [np.searchsorted(lines[axis], places[..., axis]) for axis in (0, 1)]
    facet = table[found[0], found[1]]
    off = np.abs(places[..., 2] - low[facet, 2])
    if (facet < 0).any() or off.max() > 1e-6 * float((high - low)[:, :2].max()):
        raise SolveError(f"tie {name!r}: its finer side does not lie on its coarser one")
    share = (places[..., :2] - low[facet, :2]) / (high - low)[facet, :2]
    towards = np.where(at_high[facet], share[:, :, None, :], 1 - share[:, :, None, :])
    return facet, towards.prod(axis=-1)


def _lines(values: Floats) -> Floats:
    ordered = np.unique(values)
    return ordered[np.concatenate([[True], np.diff(ordered) > SAME])]
