"""Centroids of loops, profiles and products, arcs exact."""

from __future__ import annotations

import math

from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Product


def loop_moments(loop: Loop) -> tuple[float, float, float]:
    """Area [mm²] and first moments about y and x, (integral of x, integral of y) [mm³], positive for a counter-clockwise loop.

    The polygon of the vertices by Green's theorem, plus a circular segment for every arc (area r² (a - sin a) / 2, centroid
    4 r sin³(a/2) / (3 (a - sin a)) from the centre along the bisector; a the arc's angle).
    """
    area = mx = my = 0.0
    for (x0, y0, bulge), (x1, y1, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
        cross = (x0 * y1 - x1 * y0) / 2
        area += cross
        mx += cross * (x0 + x1) / 3
        my += cross * (y0 + y1) / 3
        if not bulge:
            continue
        angle = 4 * math.atan(bulge)
        chord = math.hypot(x1 - x0, y1 - y0)
        radius = chord / (2 * math.sin(abs(angle) / 2))
        segment = radius**2 * (angle - math.sin(angle)) / 2
        # outwards of the chord: to the right of a left turn, to the left of a right turn
        out_x, out_y = math.copysign(1, bulge) * (y1 - y0) / chord, -math.copysign(1, bulge) * (x1 - x0) / chord
        beyond = 4 * radius * math.sin(abs(angle) / 2) ** 3 / (3 * (abs(angle) - math.sin(abs(angle)))) - radius * math.cos(
            angle / 2
        )
        area += segment
        mx += segment * ((x0 + x1) / 2 + beyond * out_x)
        my += segment * ((y0 + y1) / 2 + beyond * out_y)
    return area, mx, my


def profile_centroid_mm(profile: Profile) -> tuple[float, float]:
    """x and y of a planar face's centroid [mm]."""
    area = mx = my = 0.0
    for loop, sign in ((profile.outer, 1), *((hole, -1) for hole in profile.holes)):
        a, x, y = loop_moments(loop)
        turn = sign if a > 0 else -sign
        area, mx, my = area + turn * a, mx + turn * x, my + turn * y
    return mx / area, my / area


def product_centroid_mm(product: Product) -> tuple[float, float, float]:
    """Centroid of a homogeneous product in its own frame [mm], cut and added details and the edge radius included, fillets not."""
    total = mx = my = mz = 0.0
    for detail in product.details:
        volume, (u, v), w = detail.volume(), profile_centroid_mm(detail.profile), (detail.start + detail.end) / 2
        x, y, z = {"x": (w, u, v), "y": (v, w, u), "z": (u, v, w)}[detail.axis]
        total, mx, my, mz = total + volume, mx + volume * x, my + volume * y, mz + volume * z
    for sweep in product.rounded_sweeps():
        volume = sweep.volume()
        x, y = profile_centroid_mm(sweep.profile)
        total, mx, my, mz = total + volume, mx + volume * x, my + volume * y, mz + volume * (sweep.z0 + sweep.z1) / 2
    return mx / total, my / total, mz / total
