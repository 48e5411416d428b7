"""Boxes along the axes [mm]: what they take together, and whether they meet."""

from __future__ import annotations

from collections.abc import Sequence

from packtool.layout.outline import Rectangle

Box = tuple[float, float, float, float, float, float]
"""x0, y0, z0, x1, y1, z1 [mm]."""
TOUCH_MM = 1e-6
"""Boxes that overlap by less only touch: rounding of sums of design lengths."""


def extent(boxes: Sequence[Box]) -> tuple[list[float], list[float]]:
    """The lowest and the highest x, y, z of the boxes."""
    if len(boxes) == 1:
        return list(boxes[0][:3]), list(boxes[0][3:])
    ends = list(zip(*boxes, strict=True))
    return [min(values) for values in ends[:3]], [max(values) for values in ends[3:]]


def plan_boxes(boxes: Sequence[Box]) -> list[Rectangle]:
    """The boxes seen from above."""
    return [(b[0], b[1], b[3], b[4]) for b in boxes]


def overlap(a: Box, b: Box, beyond: float = -TOUCH_MM) -> bool:
    """Whether two boxes share volume; within ``beyond`` [mm] of each other, where that is above 0."""
    return (
        a[0] < b[3] + beyond
        and b[0] < a[3] + beyond
        and a[1] < b[4] + beyond
        and b[1] < a[4] + beyond
        and a[2] < b[5] + beyond
        and b[2] < a[5] + beyond
    )


def meet(a: Box, b: Box) -> bool:
    """Whether two boxes share volume or touch: conductors that do are one."""
    return overlap(a, b, TOUCH_MM)
