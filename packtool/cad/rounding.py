"""The CAD's own detail: rounded vertical edges, as arcs of the profile. No CAD kernel."""

from __future__ import annotations

import math

from packtool.errors import CadError
from packtool.layout.profiles import SAME_POINT_MM, Loop
from packtool.layout.records import Product, Sweep


def rounded_sweeps(product: Product) -> tuple[Sweep, ...]:
    """The product's sweeps with the CAD-only edge radius put into the profile as arcs.

    Raises CadError where the product is not a single box or ring, or the radius is more than half its shorter side.
    """
    if product.edge_radius_mm > 0 and len(product.sweeps) != 1:
        raise CadError(f"product {product.id}: edge_radius_mm ({product.edge_radius_mm:g}) is for a single box or ring only")
    try:
        return product.rounded_sweeps()
    except ValueError as error:
        raise CadError(f"product {product.id}: edge_radius_mm ({product.edge_radius_mm:g}) {error}") from None


def without_repeats(loop: Loop) -> Loop:
    """The loop without vertices that repeat the next one (a rounded side of no straight length)."""
    following = loop.vertices[1:] + loop.vertices[:1]
    kept = tuple(v for v, w in zip(loop.vertices, following, strict=True) if math.dist(v[:2], w[:2]) > SAME_POINT_MM)
    if len(kept) < 2:
        raise CadError("an outline has fewer than two distinct points")
    return Loop(kept)
