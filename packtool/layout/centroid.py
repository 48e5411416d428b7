"""Centroids of loops, profiles and products, arcs exact."""

from __future__ import annotations

from packtool.layout.profiles import Profile, loop_moments
from packtool.layout.records import Product


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
