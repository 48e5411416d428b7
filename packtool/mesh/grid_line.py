"""A line of the logical grid: its points, and those half way between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.mesh.records import Floats


@dataclass(frozen=True)
class Line:
    """``points`` (n, 2) and ``half_way`` (n - 1, 2) between them."""

    points: Floats
    half_way: Floats


def straight(points: Floats) -> Line:
    """Straight from point to point (n, 2)."""
    return Line(points, (points[1:] + points[:-1]) / 2)


def level(x: Floats, y: float) -> Line:
    """All points at one y."""
    return straight(np.column_stack([x, np.full(len(x), y)]))


def between(a: Line, b: Line, share: float) -> Line:
    """The line at this ``share`` of the way from ``a`` to ``b``, point by point."""
    return Line(a.points + (b.points - a.points) * share, a.half_way + (b.half_way - a.half_way) * share)
