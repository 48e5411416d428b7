"""The CAD's own detail: rounded vertical edges, as arcs of the profile. No CAD kernel."""

from __future__ import annotations

import math
from dataclasses import replace

from packtool.errors import CadError
from packtool.layout.records import SAME_POINT_MM, Loop, Product, Profile, Sweep


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
    return (replace(sweep, profile=Profile(Loop.rounded_rectangle(x0, y0, x1, y1, radius))),)


def without_repeats(loop: Loop) -> Loop:
    """The loop without vertices that repeat the next one (a rounded side of no straight length)."""
    following = loop.vertices[1:] + loop.vertices[:1]
    kept = tuple(v for v, w in zip(loop.vertices, following, strict=True) if math.dist(v[:2], w[:2]) > SAME_POINT_MM)
    if len(kept) < 2:
        raise CadError("an outline has fewer than two distinct points")
    return Loop(kept)
