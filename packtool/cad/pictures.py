"""Pictures of the pack, off screen: whole, lid off, taken apart, and cut through the cold plate. Needs vtk and a way to draw."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from packtool.cad.colours import LOOKS
from packtool.cad.cut_views import cut_below
from packtool.cad.explode import exploded
from packtool.cad.scene import Colour, View, draw, line_actor, solid_actor
from packtool.cad.solids import product_solids
from packtool.cad.stl import placed_points
from packtool.cad.tessellate import Triangles, triangles_of
from packtool.cad.vtk_arrays import Floats, polygons, segments
from packtool.errors import UsageError
from packtool.layout.records import Layout, Part, Product, Role

if TYPE_CHECKING:
    from OCP.TopoDS import TopoDS_Shape

VIEWS: Mapping[str, View] = {
    "whole": View(-56.0, 32.0),
    "lid-off": View(-56.0, 38.0),
    "exploded": View(-56.0, 30.0, max_height=1700),
    "section": View(-56.0, 50.0),
}
"""The pictures that there are, and from where each is taken."""
LID_OPACITY = 0.35
COPPER: Colour = (196, 122, 76)
"""Parts of copper look like copper, whatever their role."""
SHARP = math.cos(math.radians(30.0))
"""Triangles that turn by more meet in an edge that is drawn; arcs turn by 15 degrees at most from side to side."""
FINE_EDGES = 1_500
"""Parts above which edges are drawn thin and pale: many of them would cover the faces."""


@dataclass(frozen=True)
class _Shape:
    """A product's triangles and the line segments (k, 2, 3) of its sharp edges."""

    triangles: Triangles
    edges: Floats


def pack_pictures(
    layout: Layout,
    views: Collection[str] = tuple(VIEWS),
    triangles: Mapping[str, Triangles] | None = None,
    shapes: Mapping[str, TopoDS_Shape] | None = None,
) -> dict[str, bytes]:
    """PNG (1500 pixels wide) by view; ``section`` only where there is a cold plate. By product id: ``triangles``, where they are known,
    and ``shapes`` of imported products.

    Each product is triangulated once. Raises PictureError if nothing can be drawn here, UsageError for an unknown view.
    """
    unknown = sorted(set(views) - set(VIEWS))
    if unknown:
        raise UsageError(f"unknown view {', '.join(unknown)}: choose from {', '.join(VIEWS)}")
    found = triangles if triangles is not None else triangles_of(product_solids(layout, shapes))
    drawn = {id: _Shape(surface, sharp_edges(surface)) for id, surface in found.items()}
    made = {}
    for view in views:
        if view == "section":
            if layout.network is None:
                continue
            z = layout.network.section_z
            products, parts, left = cut_below(layout, z, shapes or {})
            cut = below(layout, z)
            cut = replace(cut, products=(*cut.products, *products), parts=(*cut.parts, *parts))
            surfaces = triangles_of(product_solids(cut, left))
            made[view] = _picture(
                cut, {id: _Shape(surface, sharp_edges(surface)) for id, surface in surfaces.items()}, VIEWS[view], ()
            )
        elif view == "exploded":
            made[view] = _picture(exploded(layout), drawn, VIEWS[view], (), glass=True)
        else:
            made[view] = _picture(
                layout, drawn, VIEWS[view], ("coolant", "lid", "bolt", "seal") if view == "lid-off" else ("coolant",)
            )
    return made


def below(layout: Layout, z: float) -> Layout:
    """What is left of the layout under a horizontal cut at ``z`` [mm]; sweeps only, without CAD-only detail, and without what ``cut_below``
    cuts."""
    products: dict[str, Product] = {}
    parts: list[Part] = []
    known = {product.id: product for product in layout.products}
    for part in layout.parts:
        height = z - part.origin[2]
        product = known[part.product]
        if product.bands:
            continue
        kept = tuple(replace(sweep, z1=min(sweep.z1, height)) for sweep in product.sweeps if sweep.z0 < height - 1e-6)
        if not kept:
            continue
        id = product.id if kept == product.sweeps else f"{product.id} below {height:.6g}"
        products[id] = replace(product, id=id, sweeps=kept, details=())
        parts.append(replace(part, product=id))
    return replace(layout, products=tuple(products.values()), parts=tuple(parts), network=None, joints=())


def sharp_edges(surface: Triangles) -> Floats:
    """The edges where two triangles turn by more than 30 degrees, as segments (k, 2, 3) [mm]."""
    points, place = np.unique(surface.points, axis=0, return_inverse=True)
    corners = place.ravel()[surface.corners]
    normals = np.cross(points[corners[:, 1]] - points[corners[:, 0]], points[corners[:, 2]] - points[corners[:, 0]])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    ends = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    marks = ends[:, 0] * len(points) + ends[:, 1]
    order = np.argsort(marks, kind="stable")
    _, begin, count = np.unique(marks[order], return_index=True, return_counts=True)
    begin = begin[count == 2]  # a closed surface: every edge is there twice, but where an imported one has a fault
    first, second = order[begin], order[begin + 1]
    turned = np.einsum("ij,ij->i", normals[first % len(corners)], normals[second % len(corners)]) < SHARP
    chosen: Floats = points[ends[first[turned]]]
    return chosen


def _picture(layout: Layout, shapes: Mapping[str, _Shape], view: View, left_out: tuple[Role, ...], *, glass: bool = False) -> bytes:
    by_product: dict[str, list[Part]] = {}
    for part in layout.parts:
        by_product.setdefault(part.product, []).append(part)
    many = len(layout.parts) > FINE_EDGES
    actors, seen = [], []
    for product in layout.products:
        parts = by_product.get(product.id, [])
        if not parts or product.role in left_out:
            continue
        shape = shapes[product.id]
        surface = shape.triangles
        points = np.vstack([placed_points(part, surface.points) for part in parts])
        still = [replace(part, origin=(0.0, 0.0, 0.0)) for part in parts]
        normals = np.vstack([placed_points(part, surface.normals) for part in still])
        corners = np.vstack([surface.corners + number * len(surface.points) for number in range(len(parts))])
        edges = np.vstack([placed_points(part, shape.edges.reshape(-1, 3)) for part in parts]).reshape(-1, 2, 3)
        r, g, b = COPPER if product.material.startswith("cu_") else LOOKS[product.role].rgb8
        opacity = LID_OPACITY if product.role == "lid" and glass else 1.0
        actors.append(solid_actor(polygons(points, corners, normals), (r, g, b), opacity))
        if len(edges):
            ink = (int(0.42 * r), int(0.42 * g), int(0.42 * b))
            actors.append(line_actor(segments(edges), ink, 0.6 if many else 1.2, 0.5 if many else 1.0))
        seen.append(points)
    return draw(actors, np.vstack(seen), view)
