"""Band -> solid: its section's outline extruded along the straight edges of the loop, turned about the middle of its arcs, sewn together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from OCP.BRep import BRep_Tool
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge, BRepBuilderAPI_MakeSolid, BRepBuilderAPI_MakeWire, BRepBuilderAPI_Sewing
from OCP.BRepGProp import BRepGProp
from OCP.BRepPrimAPI import BRepPrimAPI_MakePrism, BRepPrimAPI_MakeRevol
from OCP.GC import GC_MakeArcOfCircle
from OCP.gp import gp_Ax1, gp_Dir, gp_Pnt, gp_Vec
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopoDS import TopoDS, TopoDS_Shape, TopoDS_Solid, TopoDS_Wire

from packtool.cad.edges import edges_of
from packtool.cad.extrude import extruded
from packtool.cad.shapes import subshapes, volume_mm3
from packtool.errors import CadError
from packtool.layout.bands import Band
from packtool.layout.profiles import Loop, Point
from packtool.layout.records import Sweep

SEWN_MM = 1e-5
"""Edges closer than this are one: a hundred times the kernel's point tolerance, far below any radius."""

MARK_MM = 1e-4
"""To which area and middle of two faces must agree to be one [mm², mm]."""


def banded(band: Band) -> TopoDS_Solid:
    """The solid of a band [mm], its inside inside. Raises CadError where the kernel makes none."""
    solid = _sewn(shell for shell in _shells(band))
    if solid is None:
        raise CadError("the faces of a band do not close")
    return solid


def sewn(sweeps: Iterable[Sweep], bands: Iterable[Band]) -> TopoDS_Solid | None:
    """The one solid of sweeps and bands that share whole faces with each other, without a boolean, which takes the kernel some ten seconds
    for the channels of a plate; None where they make more or less than that."""
    once: dict[tuple[int, ...], TopoDS_Shape] = {}
    for shape in (*map(extruded, sweeps), *(shell for band in bands for shell in _shells(band))):
        for face in subshapes(shape, TopAbs_ShapeEnum.TopAbs_FACE):
            mark = _mark(face)
            if once.pop(mark, None) is None:  # where two meet there is nothing between them
                once[mark] = face
    return _sewn(once.values())


def _mark(face: TopoDS_Shape) -> tuple[int, ...]:
    """Equal for faces in one place; the grid that it is rounded to lies askew, so that round lengths keep away from its lines."""
    properties = GProp_GProps()
    BRepGProp.SurfaceProperties_s(face, properties)
    centre = properties.CentreOfMass()
    return tuple(round(value / MARK_MM + 0.2371) for value in (properties.Mass(), centre.X(), centre.Y(), centre.Z()))


def _sewn(faces: Iterable[TopoDS_Shape]) -> TopoDS_Solid | None:
    """The solid that faces close around, its inside inside; None where they do not."""
    sewing = BRepBuilderAPI_Sewing(SEWN_MM)
    for face in faces:
        sewing.Add(face)
    sewing.Perform()
    shell = sewing.SewedShape()
    if shell.IsNull() or shell.ShapeType() != TopAbs_ShapeEnum.TopAbs_SHELL or not BRep_Tool.IsClosed_s(shell):
        return None
    solid = BRepBuilderAPI_MakeSolid(TopoDS.Shell_s(shell)).Solid()
    return solid if volume_mm3(solid) > 0 else TopoDS.Solid_s(solid.Reversed())


def _shells(band: Band) -> Iterator[TopoDS_Shape]:
    """The faces of a band along each edge of its loop."""
    for (x0, y0), (x1, y1), arc in edges_of(band.loop, 0, (0.0, 0.0)):
        if arc is None:
            way = gp_Vec(x1 - x0, y1 - y0, 0.0)
            length = way.Magnitude()
            left = -way.Y() / length, way.X() / length
            yield BRepPrimAPI_MakePrism(_section(band.section, (x0, y0), left), way).Shape()
            continue
        cx, cy, radius, _, angle = arc
        side = math.copysign(1.0, angle) / radius
        left = (cx - x0) * side, (cy - y0) * side
        axis = gp_Ax1(gp_Pnt(cx, cy, 0.0), gp_Dir(0, 0, math.copysign(1.0, angle)))
        yield BRepPrimAPI_MakeRevol(
            _section(band.section, (x0, y0), left, radius if angle > 0 else -radius), axis, abs(angle)
        ).Shape()


def _section(section: Loop, at: Point, left: Point, axis: float = math.inf) -> TopoDS_Wire:
    """The outline of a section that stands at a point of the loop and looks along it; without what lies on an axis ``axis`` to the left."""

    def point(u: float, v: float) -> gp_Pnt:
        return gp_Pnt(at[0] + u * left[0], at[1] + u * left[1], v)

    wire = BRepBuilderAPI_MakeWire()
    for (u0, v0), (u1, v1), arc in edges_of(section, 0, (0.0, 0.0)):
        if arc is None:
            if max(abs(u0 - axis), abs(u1 - axis)) > SEWN_MM:
                wire.Add(BRepBuilderAPI_MakeEdge(point(u0, v0), point(u1, v1)).Edge())
            continue
        cu, cv, radius, start, angle = arc
        half = start + angle / 2
        middle = point(cu + radius * math.cos(half), cv + radius * math.sin(half))
        wire.Add(BRepBuilderAPI_MakeEdge(GC_MakeArcOfCircle(point(u0, v0), middle, point(u1, v1)).Value()).Edge())
    if not wire.IsDone():
        raise CadError("the section of a band does not close")
    return wire.Wire()
