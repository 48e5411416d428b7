"""Product -> one CAD shape: each sweep a planar face with its holes, extruded once; touching sweeps fused once a product (or bored: bored.py)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_Transform,
)
from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet
from OCP.BRepGProp import BRepGProp
from OCP.gp import gp_Pnt, gp_Trsf
from OCP.GProp import GProp_GProps
from OCP.ShapeUpgrade import ShapeUpgrade_UnifySameDomain
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Shape
from OCP.TopTools import TopTools_ListOfShape

from packtool.cad.bored import as_bored, bored_solid
from packtool.cad.extrude import extruded
from packtool.cad.moments import turn_of
from packtool.cad.rounding import rounded_sweeps
from packtool.cad.tree import Placing
from packtool.errors import CadError
from packtool.layout.profiles import SAME_POINT_MM
from packtool.layout.records import Axis, Detail, Fillet, Layout, Part, Product, Sweep

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
        added = [_turned(detail) for detail in product.details if detail.adds]
        bored = as_bored(sweeps)
        whole = bored_solid(bored) if bored else None
        shapes: list[TopoDS_Shape] = [*([whole] if whole else map(extruded, sweeps)), *added]
        shape: TopoDS_Shape = shapes[0] if len(shapes) == 1 else _fused(shapes)
        if product.fillets:
            shape = _filleted(shape, product.fillets)
        cuts = [_turned(detail) for detail in product.details if not detail.adds]
        if cuts:
            shape = _cut(shape, cuts)
    except CadError as error:
        raise CadError(f"product {product.id}: {error}") from None
    except Standard_Failure as error:
        raise CadError(f"product {product.id}: the CAD kernel failed: {type(error).__name__}: {error}") from error
    return Solid(product, shape, volume_mm3(shape))


def placement(part: Part | Placing) -> TopLoc_Location:
    """Where something stands: turned (by quarter turns about z exactly), then moved [mm]."""
    (a, b, c), (d, e, f), (g, h, i) = turn_of(part).tolist()
    x, y, z = part.origin
    turn = gp_Trsf()
    turn.SetValues(a, b, c, x, d, e, f, y, g, h, i, z)
    return TopLoc_Location(turn)


def volume_mm3(shape: TopoDS_Shape) -> float:
    """Volume that the kernel integrates over a shape [mm³]; negative if it is inside out."""
    properties = GProp_GProps()
    BRepGProp.VolumeProperties_s(shape, properties)
    return float(properties.Mass())


def subshapes(shape: TopoDS_Shape, kind: TopAbs_ShapeEnum) -> list[TopoDS_Shape]:
    """Everything of a kind in a shape, as often as it is used."""
    found, explorer = [], TopExp_Explorer(shape, kind)
    while explorer.More():
        found.append(explorer.Current())
        explorer.Next()
    return found


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


def _filleted(shape: TopoDS_Shape, fillets: tuple[Fillet, ...]) -> TopoDS_Shape:
    """Round the edges where each fillet's floor meets its walls."""
    make = BRepFilletAPI_MakeFillet(shape)
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_EDGE)
    seen: list[TopoDS_Shape] = []
    while explorer.More():
        edge = TopoDS.Edge_s(explorer.Current())
        explorer.Next()
        if any(edge.IsSame(other) for other in seen):
            continue
        seen.append(edge)
        ends = [BRep_Tool.Pnt_s(vertex) for vertex in (TopExp.FirstVertex_s(edge), TopExp.LastVertex_s(edge))]
        for fillet in fillets:
            if all(_on(fillet, end) for end in ends):
                make.Add(fillet.radius, edge)
    try:
        make.Build()
    except Standard_Failure as error:
        raise CadError(f"its fillets cannot be made ({type(error).__name__})") from error
    if not make.IsDone():
        raise CadError("its fillets cannot be made")
    return _whole(make.Shape(), "its fillets")


def _on(fillet: Fillet, point: gp_Pnt) -> bool:
    """Whether a vertex of the shape is a vertex of the fillet's outline."""
    return abs(point.Z() - fillet.z) <= SAME_POINT_MM and any(
        math.dist((point.X(), point.Y()), vertex[:2]) <= SAME_POINT_MM for vertex in fillet.loop.vertices
    )


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
