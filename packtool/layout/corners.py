"""What rounding takes from a corner, and a fillet adds in one: both the square less a quarter disc, (1 - pi/4) r²."""

from __future__ import annotations

import math
from typing import Literal

from packtool.layout.profiles import Loop, Profile

Sign = Literal[-1, 1]
LOW: Sign = -1
HIGH: Sign = 1


def corner(u: float, v: float, towards_u: Sign, towards_v: Sign, radius: float) -> Profile:
    """The piece between a corner at (u, v) and the arc of ``radius`` [mm] that rounds it; the signs tell where the corner points to.

    It is what rounding cuts from an outer corner. A fillet in an inner corner is the same piece: there the signs tell where the walls are.
    """
    a, b = (u, v - towards_v * radius), (u - towards_u * radius, v)
    bulge = -towards_u * towards_v * math.tan(math.pi / 8)
    return Profile(Loop(((*a, 0.0), (u, v, 0.0), (*b, bulge))))
