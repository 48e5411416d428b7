"""The CAD's own detail: rounded vertical edges, as arcs of the profile and in closed form. No CAD kernel."""

from __future__ import annotations

import math
from dataclasses import replace

from packtool.errors import CadError
from packtool.layout.records import Loop, Product, Profile, Sweep

POINT_TOLERANCE_MM = 1e-7
"""Two points closer than this are one point: the kernel's own confusion distance (Precision::Confusion, 1e-7)."""


def closed_form_volume_mm3(product: Product) -> float:
    """Volume [mm³] that the CAD shape must have: the sweeps, less (4 - pi) r² h for a box with rounded vertical edges."""
    volume = product.volume_mm3()
    if product.edge_radius_mm > 0:
        volume -= (4 - math.pi) * product.edge_radius_mm**2 * sum(sweep.z1 - sweep.z0 for sweep in product.sweeps)
    return volume


def rounded_sweeps(product: Product) -> tuple[Sweep, ...]:
    """The product's sweeps with the CAD-only edge radius put into the profile as arcs.

    Raises CadError where the product is not a single box, or the radius is more than half its shorter side.
    """
    radius = product.edge_radius_mm
    if radius <= 0:
        return product.sweeps
    if len(product.sweeps) != 1 or not product.sweeps[0].profile.is_rectangle:
        raise CadError(f"product {product.id}: edge_radius_mm ({radius:g}) is for a single box only")
    sweep = product.sweeps[0]
    x0, y0, x1, y1 = sweep.profile.outer.bounds()
    if 2 * radius > min(x1 - x0, y1 - y0):
        raise CadError(
            f"product {product.id}: edge_radius_mm ({radius:g}) is more than half the shorter side ({min(x1 - x0, y1 - y0):g})"
        )
    quarter = math.tan(math.pi / 8)
    corners = (
        (x0 + radius, y0, 0.0), (x1 - radius, y0, quarter), (x1, y0 + radius, 0.0), (x1, y1 - radius, quarter),
        (x1 - radius, y1, 0.0), (x0 + radius, y1, quarter), (x0, y1 - radius, 0.0), (x0, y0 + radius, quarter),
    )  # fmt: skip
    return (replace(sweep, profile=Profile(without_repeats(Loop(corners)))),)


def without_repeats(loop: Loop) -> Loop:
    """The loop without vertices that repeat the next one (a rounded side of no straight length)."""
    following = loop.vertices[1:] + loop.vertices[:1]
    kept = tuple(v for v, w in zip(loop.vertices, following, strict=True) if math.dist(v[:2], w[:2]) > POINT_TOLERANCE_MM)
    if len(kept) < 2:
        raise CadError("an outline has fewer than two distinct points")
    return Loop(kept)
