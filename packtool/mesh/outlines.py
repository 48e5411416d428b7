"""Places in outlines of lines and arcs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from packtool.layout.arcs import arc
from packtool.layout.profiles import Loop
from packtool.mesh.records import Floats


def inside(loops: Sequence[Loop], places: Floats) -> NDArray[np.bool_]:
    """(n,) whether places (n, 2) [mm] lie in an outline less its holes; arcs are exact."""
    x0, y0, x1, y1 = loops[0].bounds()
    near = np.flatnonzero((places[:, 0] > x0) & (places[:, 0] < x1) & (places[:, 1] > y0) & (places[:, 1] < y1))
    x, y = places[near].T
    odd = np.zeros(len(near), dtype=bool)
    for loop in loops:
        for (ax, ay, bulge), (bx, by, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
            if ay != by:
                crossing = (ay > y) != (by > y)
                odd ^= crossing & (x < ax + (y - ay) / (by - ay) * (bx - ax))
            if bulge:
                curve = arc((ax, ay), (bx, by), bulge)
                left = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
                round_ = (x - curve.x) ** 2 + (y - curve.y) ** 2 < curve.radius**2
                # on the chord: as if a little to the right of it and above, which is how crossings count such a place
                left = np.where(left == 0, ay - by if ay != by else bx - ax, left)
                beyond = left * bulge < 0
                odd ^= (beyond & round_) if abs(bulge) <= 1 else (beyond | round_)
    found = np.zeros(len(places), dtype=bool)
    found[near[odd]] = True
    return found
