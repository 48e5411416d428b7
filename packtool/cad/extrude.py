"""Sweep -> solid: a planar face with its holes first, extruded once."""

from __future__ import annotations

import math

from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge, BRepBuilderAPI_MakeFace, BRepBuilderAPI_MakeVertex, BRepBuilderAPI_MakeWire
from OCP.BRepPrimAPI import BRepPrimAPI_MakePrism
from OCP.GC import GC_MakeArcOfCircle
from OCP.gp import gp_Ax2, gp_Ax3, gp_Circ, gp_Dir, gp_Pln, gp_Pnt, gp_Vec
from OCP.TopoDS import TopoDS_Solid, TopoDS_Wire

from packtool.cad.rounding import without_repeats
from packtool.errors import CadError
from packtool.layout.profiles import SAME_POINT_MM, Loop
from packtool.layout.records import Sweep


def extruded(sweep: Sweep) -> TopoDS_Solid:
    """The solid of a profile swept up [mm]. Raises CadError where it has no height or its outline makes no face."""
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
