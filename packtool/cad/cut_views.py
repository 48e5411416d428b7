"""Imported parts and those with bends in pictures: what a horizontal cut leaves of them, by the CAD kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from OCP.BRepAlgoAPI import BRepAlgoAPI_Common
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox
from OCP.gp import gp_Pnt
from OCP.TopoDS import TopoDS_Shape

from packtool.cad.solids import placement, product_solid, solids_of
from packtool.errors import CadError
from packtool.layout.imported import UPRIGHT, Tilt
from packtool.layout.records import Layout, Part, Product

BEYOND_MM = 1.0
"""How far the kept half space reaches past a part on the other sides."""


def cut_below(
    layout: Layout, z: float, shapes: Mapping[str, TopoDS_Shape]
) -> tuple[list[Product], list[Part], dict[str, TopoDS_Shape]]:
    """What is left of the imported and bent parts of ``layout`` under a cut at ``z`` [mm]; ``shapes`` by product id, of imported ones and of
    those left."""
    products: dict[str, Product] = {}
    parts: list[Part] = []
    left: dict[str, TopoDS_Shape] = {}
    known = {product.id: product for product in layout.products}
    for part in layout.parts:
        product = known[part.product]
        if product.body is None and not product.bands:
            continue
        still = replace(part, origin=(0.0, 0.0, 0.0))
        box = layout.part_bounds(still)
        if box[2] + part.origin[2] >= z:
            continue
        shape = shapes[product.id] if product.body else product_solid(product).shape
        if box[5] + part.origin[2] <= z:
            products[product.id], left[product.id] = product, shape
            parts.append(part)
            continue
        turned = shape.Moved(placement(still))
        x0, y0, z0, x1, y1, _ = box
        corner = gp_Pnt(x0 - BEYOND_MM, y0 - BEYOND_MM, z0 - BEYOND_MM)
        half = BRepPrimAPI_MakeBox(corner, gp_Pnt(x1 + BEYOND_MM, y1 + BEYOND_MM, z - part.origin[2])).Shape()
        common = BRepAlgoAPI_Common(turned, half)
        if not common.IsDone():
            raise CadError(f"{part.name}: the CAD kernel cannot cut it for a picture")
        if not solids_of(common.Shape()):
            continue
        id = f"{part.name} below {z:.6g}"
        products[id], left[id] = replace(product, id=id), common.Shape()
        parts.append(replace(part, product=id, rotation_deg=0, tilt=Tilt(UPRIGHT, box)))
    return list(products.values()), parts, left
