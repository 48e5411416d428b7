"""Product -> one CAD shape: each sweep a planar face with its holes, extruded once; touching sweeps fused once a product."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeEdge,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_MakeVertex,
    BRepBuilderAPI_MakeWire,
    BRepBuilderAPI_Transform,
)
from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet
from OCP.BRepGProp import BRepGProp
from OCP.BRepPrimAPI import BRepPrimAPI_MakePrism
from OCP.GC import GC_MakeArcOfCircle
from OCP.gp import gp_Ax2, gp_Ax3, gp_Circ, gp_Dir, gp_Pln, gp_Pnt, gp_Trsf, gp_Vec
from OCP.GProp import GProp_GProps
from OCP.ShapeUpgrade import ShapeUpgrade_UnifySameDomain
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Shape, TopoDS_Solid, TopoDS_Wire
from OCP.TopTools import TopTools_ListOfShape

from packtool.cad.moments import turn_of
from packtool.cad.rounding import rounded_sweeps, without_repeats
from packtool.cad.tree import Placing
from packtool.errors import CadError
from packtool.layout.records import SAME_POINT_MM, Axis, Detail, Fillet, Layout, Loop, Part, Product, Sweep

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
        shapes: list[TopoDS_Shape] = [_extruded(sweep) for sweep in sweeps]
        shapes += [_turned(detail) for detail in product.details if detail.adds]
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


def _extruded(sweep: Sweep) -> TopoDS_Solid:
    if sweep.z1 - sweep.z0 <= SAME_POINT_MM:
        raise CadError(f"a sweep from z {sweep.z0:g} to {sweep.z1:g} mm has no height")
    plane = gp_Pln(gp_Ax3(gp_Pnt(0, 0, sweep.z0), gp_Dir(0, 0, 1)))
    face = BRepBuilderAPI_MakeFace(plane, _wire(sweep.profile.outer, sweep.z0, clockwise=False))
    for hole in sweep.profile.holes:
        face.Add(_wire(hole, sweep.z0, clockwise=True))
    if not face.IsDone():
        raise CadError(f"a profile at z {sweep.z0:g} mm makes no planar face")
    return BRepPrimAPI_MakePrism(face.Face(), gp_Vec(0, 0, sweep.z1 - sweep.z0)).Shape()


def _wire(loop: Loop, z: float, *, clockwise: bool) -> TopoDS_Wire:
    loop = without_repeats(loop)
    if (loop.signed_area() < 0) != clockwise:
        loop = _reversed(loop)
    if loop.is_circle:
        return _circle(loop, z)
    points = [gp_Pnt(x, y, z) for x, y, _ in loop.vertices]
    corners = [BRepBuilderAPI_MakeVertex(point).Vertex() for point in points]
    wire = BRepBuilderAPI_MakeWire()
    for index, (x0, y0, bulge) in enumerate(loop.vertices):
        following = (index + 1) % len(points)
        x1, y1, _ = loop.vertices[following]
        if bulge == 0.0:
            edge = BRepBuilderAPI_MakeEdge(corners[index], corners[following])
        else:
            # the arc's middle stands off the chord by bulge * chord / 2, to the right of a left turn
            middle = gp_Pnt((x0 + x1) / 2 + bulge * (y1 - y0) / 2, (y0 + y1) / 2 - bulge * (x1 - x0) / 2, z)
            arc = GC_MakeArcOfCircle(points[index], middle, points[following]).Value()
            edge = BRepBuilderAPI_MakeEdge(arc, corners[index], corners[following])
        if not edge.IsDone():
            raise CadError(f"the edge from ({x0:g}, {y0:g}) to ({x1:g}, {y1:g}) mm cannot be made")
        wire.Add(edge.Edge())
        if not wire.IsDone():
            raise CadError(f"the outline breaks at ({x0:g}, {y0:g}) mm")
    return wire.Wire()


def _circle(loop: Loop, z: float) -> TopoDS_Wire:
    """A full circle as one edge, so that a hole or a can has one cylindrical face."""
    (x0, y0, bulge), (x1, y1, _) = loop.vertices
    axis = gp_Ax2(gp_Pnt((x0 + x1) / 2, (y0 + y1) / 2, z), gp_Dir(0, 0, 1 if bulge > 0 else -1))
    edge = BRepBuilderAPI_MakeEdge(gp_Circ(axis, math.hypot(x1 - x0, y1 - y0) / 2))
    return BRepBuilderAPI_MakeWire(edge.Edge()).Wire()


def _reversed(loop: Loop) -> Loop:
    vertices = loop.vertices
    return Loop(tuple((vertices[i][0], vertices[i][1], -vertices[i - 1][2]) for i in range(len(vertices) - 1, -1, -1)))


CYCLES: dict[Axis, tuple[int, ...]] = {
    "x": (0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0),
    "y": (0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0),
    "z": (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
}
"""Rows of the rotation that takes z onto an axis, and (x, y) onto the two that follow it cyclically."""


def _turned(detail: Detail) -> TopoDS_Shape:
    """A detail's solid: made along z, then turned onto its axis."""
    upright = _extruded(Sweep(detail.profile, detail.start, detail.end))
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
