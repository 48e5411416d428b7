"""Graded lines, and the rectangles and boxes between them as an ElementMesh."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from packtool.fem.elements import ElementMesh, outer_facets
from packtool.mesh.records import Floats


def graded(low: float, high: float, n: int, ratio: float, both: bool = True) -> Floats:
    """(n + 1,) lines whose spacing grows by ``ratio`` in all from the ends to the middle (``both``) or from ``low`` to ``high``."""
    step = np.linspace(0, 1, n)
    share = 1 - np.abs(2 * step - 1) if both else step
    spacing = ratio**share
    lines: Floats = low + (high - low) * np.concatenate([[0.0], np.cumsum(spacing)]) / spacing.sum()
    return lines


def joined(*pieces: Floats) -> Floats:
    """Lines end to end, shared ends once."""
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def grid(lines: Sequence[Floats], kept: NDArray[np.bool_] | None = None) -> ElementMesh:
    """A rectangle (two sets of lines) or box (three); boundaries ``x-``, ``x+``, ``y-`` and so on, on the lines' ends.

    ``kept``: which boxes of the grid are meshed (x slowest); their other outer facets are boundary ``wall``.
    """
    shape = tuple(len(line) for line in lines)
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, len(lines))
    number = np.arange(len(points)).reshape(shape)
    low, high = slice(None, -1), slice(1, None)
    square = ((low, low), (high, low), (high, high), (low, high))
    corners = square if len(lines) == 2 else tuple((*c, end) for end in (low, high) for c in square)
    elements = np.stack([number[c] for c in corners], axis=-1)
    elements = elements.reshape(-1, 2 ** len(lines)) if kept is None else elements[kept]
    if kept is not None:
        used, back = np.unique(elements, return_inverse=True)
        points, elements = points[used], back.reshape(elements.shape)
    outer = outer_facets(elements)
    boundaries = {}
    left = np.ones(len(outer), dtype=bool)
    for axis, line in enumerate(lines):
        for sign, place in (("-", line[0]), ("+", line[-1])):
            here = (points[outer, axis] == place).all(axis=1)
            if here.any():
                boundaries[f"{'xyz'[axis]}{sign}"] = outer[here]
            left &= ~here
    if left.any():
        boundaries["wall"] = outer[left]
    return ElementMesh(points, elements, boundaries)
