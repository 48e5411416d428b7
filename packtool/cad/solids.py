"""Product -> one CAD shape: each sweep a planar face with its holes, extruded once; touching sweeps fused once a product (or bored: bored.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_Transform,
)
from OCP.gp import gp_Trsf
from OCP.ShapeUpgrade import ShapeUpgrade_UnifySameDomain
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound, TopoDS_Shape
from OCP.TopTools import TopTools_ListOfShape

from packtool.cad.banded import banded, sewn
from packtool.cad.bored import as_bored, bored_solid
from packtool.cad.extrude import extruded
from packtool.cad.moments import turn_of
from packtool.cad.rounding import rounded_sweeps
from packtool.cad.shapes import subshapes, volume_mm3
from packtool.cad.tree import Placing
from packtool.errors import CadError
from packtool.layout.records import Axis, Detail, Layout, Part, Product, Sweep

CROWDED = 100
"""Outlines (holes and outer one) of a face, above which the kernel's algorithms that look at each pair are not used."""


@dataclass(frozen=True, slots=True)
class Solid:
    """A product's shape in its own frame [mm]: one solid, or a compound of solids where its sweeps do not touch."""

    product: Product
    shape: TopoDS_Shape
    volume_mm3: float


def product_solids(layout: Layout, shapes: Mapping[str, TopoDS_Shape] | None = None) -> dict[str, Solid]:
    """The shape of every product that a part uses, by product id in layout order; ``shapes``: of imported products, as they were read.
    Raises CadError where the kernel makes none."""
    used = {part.product for part in layout.parts}
    given = shapes or {}
    return {
        product.id: Solid(product, given[product.id], volume_mm3(given[product.id]))
        if product.id in given
        else product_solid(product)
        for product in layout.products
        if product.id in used
    }


def product_solid(product: Product) -> Solid:
    """The shape of one product [mm] with all its CAD-only detail. Raises CadError where the kernel makes none."""
    sweeps = rounded_sweeps(product)
    if not sweeps and not any(detail.adds for detail in product.details):
        raise CadError(f"product {product.id}: it has no sweeps, so there is nothing to make a solid of")
    try:
        shapes = [*_swept(product, sweeps), *(_turned(detail) for detail in product.details if detail.adds)]
        shape: TopoDS_Shape = shapes[0] if len(shapes) == 1 else _fused(shapes)
        cuts = [_turned(detail) for detail in product.details if not detail.adds]
        if cuts:
            shape = _cut(shape, cuts)
    except CadError as error:
        raise CadError(f"product {product.id}: {error}") from None
    except Standard_Failure as error:
        raise CadError(f"product {product.id}: the CAD kernel failed: {type(error).__name__}: {error}") from error
    return Solid(product, shape, volume_mm3(shape))


def _swept(product: Product, sweeps: tuple[Sweep, ...]) -> list[TopoDS_Shape]:
    """Solids of sweeps and bands; in one piece where that can be had without a boolean."""
    bored = as_bored(sweeps) if not product.bands else None
    whole = bored_solid(bored) if bored else sewn(sweeps, product.bands) if product.bands else None
    return [whole] if whole else [*map(extruded, sweeps), *map(banded, product.bands)]


def placement(part: Part | Placing) -> TopLoc_Location:
    """Where something stands: turned (by quarter turns about z exactly), then moved [mm]."""
    (a, b, c), (d, e, f), (g, h, i) = turn_of(part).tolist()
    x, y, z = part.origin
    turn = gp_Trsf()
    turn.SetValues(a, b, c, x, d, e, f, y, g, h, i, z)
    return TopLoc_Location(turn)


def solids_of(shape: TopoDS_Shape) -> list[TopoDS_Shape]:
    """The solids of a shape."""
    return subshapes(shape, TopAbs_ShapeEnum.TopAbs_SOLID)


def faces_of(shape: TopoDS_Shape) -> list[TopoDS_Shape]:
    """The faces of a shape."""
    return subshapes(shape, TopAbs_ShapeEnum.TopAbs_FACE)


def crowded_faces(shape: TopoDS_Shape) -> list[TopoDS_Shape]:
    """The faces with more than CROWDED outlines: what the kernel does to each pair of them takes too long."""
    return [face for face in faces_of(shape) if face.NbChildren() > CROWDED]


def shape_list(shapes: list[TopoDS_Shape]) -> TopTools_ListOfShape:
    """The kernel's own list type."""
    listed = TopTools_ListOfShape()
    for shape in shapes:
        listed.Append(shape)
    return listed


CYCLES: dict[Axis, tuple[int, ...]] = {
    "x": (0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0),
    "y": (0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0),
    "z": (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
}
"""Rows of the rotation that takes z onto an axis, and (x, y) onto the two that follow it cyclically."""


def _turned(detail: Detail) -> TopoDS_Shape:
    """A detail's solid: made along z, then turned onto its axis."""
    upright = extruded(Sweep(detail.profile, detail.start, detail.end))
    turn = gp_Trsf()
    turn.SetValues(*CYCLES[detail.axis])
    return BRepBuilderAPI_Transform(upright, turn, True).Shape()


def _cut(shape: TopoDS_Shape, tools: list[TopoDS_Shape]) -> TopoDS_Shape:
    cut = BRepAlgoAPI_Cut()
    cut.SetArguments(shape_list([shape]))
    cut.SetTools(shape_list(tools))
    cut.Build()
    if not cut.IsDone():
        raise CadError("its openings cannot be cut")
    return _whole(cut.Shape(), "cutting its openings")


def _fused(shapes: list[TopoDS_Shape]) -> TopoDS_Shape:
    fuse = BRepAlgoAPI_Fuse()
    fuse.SetArguments(shape_list(shapes[:1]))
    fuse.SetTools(shape_list(shapes[1:]))
    fuse.Build()
    if not fuse.IsDone():
        raise CadError("the touching sweeps cannot be fused")
    unified = ShapeUpgrade_UnifySameDomain(fuse.Shape(), True, True, False)
    unified.Build()
    return _whole(unified.Shape(), "fusing its sweeps")


def _whole(shape: TopoDS_Shape, after: str) -> TopoDS_Shape:
    """The one solid of a result, or a compound of its solids."""
    solids = solids_of(shape)
    if not solids:
        raise CadError(f"{after} left no solid")
    if len(solids) == 1:
        return solids[0]
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for solid in solids:
        builder.Add(compound, solid)
    return compound
