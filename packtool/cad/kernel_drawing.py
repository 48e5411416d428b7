"""What the CAD kernel has to draw: the edges that a view shows of imported parts, and what a plane cuts of these and of formed sheet.

Curves become chords of at most CHORD_MM. What an imported part hides, of itself and of others, is left out; a face of it hides what is behind
the whole face.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace
from OCP.BRepLib import BRepLib
from OCP.BRepTools import BRepTools, BRepTools_WireExplorer
from OCP.GCPnts import GCPnts_TangentialDeflection
from OCP.gp import gp_Ax2, gp_Ax3, gp_Dir, gp_Pln, gp_Pnt
from OCP.HLRAlgo import HLRAlgo_Projector
from OCP.HLRBRep import HLRBRep_Algo, HLRBRep_HLRToShape
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopoDS import TopoDS, TopoDS_Edge, TopoDS_Face, TopoDS_Shape, TopoDS_Wire

from packtool.cad.edges import Edge, Point
from packtool.cad.region import Region
from packtool.cad.shapes import subshapes
from packtool.cad.silhouettes import hiding_faces
from packtool.cad.solids import Solid, faces_of, placement
from packtool.cad.stl import placed_points
from packtool.cad.tessellate import Triangles, triangles_of
from packtool.cad.views import NOT_HATCHED, Cut, Face, Loose
from packtool.layout.profiles import SAME_POINT_MM, Loop, Profile
from packtool.layout.records import Layout, Part

CHORD_MM, TURN_RAD = 0.05, 0.1
"""Distance and turn from chord to curve: below what paper shows."""
MOST_FACES = 300
"""Of a part whose hidden edges are looked for: the kernel's time for that grows with the square of the faces; of others all edges are drawn."""
VIEWS: Mapping[int, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    2: ((0, 0, 1), (1, 0, 0)),
    1: ((0, -1, 0), (1, 0, 0)),
    0: ((-1, 0, 0), (0, -1, 0)),
}
"""By the axis looked along (from above, from the front, from the left): towards the viewer, and to the right."""


class KernelDrawing:
    """The parts of a layout that the kernel draws; ``solids`` by product id."""

    def __init__(self, layout: Layout, solids: Mapping[str, Solid]) -> None:
        self.products = {product.id: product for product in layout.products}
        self.parts = [part for part in layout.parts if self.products[part.product].body is not None]
        self.formed = [part for part in layout.parts if self.products[part.product].bands]
        self.layout, self.solids = layout, solids

    def seen(self, axis: int) -> list[Loose]:
        """What a view along ``axis`` shows of each imported part."""
        return [self._seen(part, axis) for part in self.parts]

    def hiding(self, axis: int) -> list[Face]:
        """The faces of imported parts that hide what is behind them in a view along ``axis``."""
        found: list[Face] = []
        for part in self.parts:
            flat = self._triangles[part.product]
            placed = replace(flat, points=placed_points(part, flat.points))
            found += hiding_faces(placed, axis, "imported")
        return found

    @cached_property
    def _triangles(self) -> dict[str, Triangles]:
        return triangles_of({part.product: self.solids[part.product] for part in self.parts})

    def cuts(self, axis: int, place: float) -> list[Cut]:
        """What the plane across ``axis`` at ``place`` cuts of each part, imported or formed."""
        found = []
        for part in (*self.formed, *self.parts):
            box = self.layout.part_bounds(part)
            if not box[axis] < place < box[axis + 3]:
                continue
            regions = tuple(_cut(self._placed(part), box, axis, place))
            if regions:
                role = self.products[part.product].role
                edges = tuple(edge for region in regions for edge in region.edges)
                found.append(Cut(edges, regions, role, role not in NOT_HATCHED, part.name))
        return found

    def _placed(self, part: Part) -> TopoDS_Shape:
        return self.solids[part.product].shape.Moved(placement(part))

    def _seen(self, part: Part, axis: int) -> Loose:
        shape = self._placed(part)
        box = self.layout.part_bounds(part)
        near = box[5] if axis == 2 else -box[axis]
        if len(faces_of(shape)) > MOST_FACES:
            return Loose(tuple(_all_edges(shape, axis)), near, "imported")
        towards, right = VIEWS[axis]
        hidden = HLRBRep_Algo()
        hidden.Add(shape)
        hidden.Projector(HLRAlgo_Projector(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(*towards), gp_Dir(*right))))
        hidden.Update()
        hidden.Hide()
        shapes = HLRBRep_HLRToShape(hidden)
        edges: list[Edge] = []
        for drawn in (shapes.VCompound(), shapes.OutLineVCompound()):
            if drawn is None or drawn.IsNull():
                continue
            BRepLib.BuildCurves3d_s(drawn)
            for edge in subshapes(drawn, TopAbs_ShapeEnum.TopAbs_EDGE):
                points = [(point.X(), point.Y()) for point in _points(TopoDS.Edge_s(edge))]
                edges += [(a, b, None) for a, b in pairwise(points) if _apart(a, b)]
        return Loose(tuple(edges), near, "imported")


def _all_edges(shape: TopoDS_Shape, axis: int) -> Iterator[Edge]:
    """Every edge of a shape as a view along ``axis`` has it, hidden or not."""
    for edge in subshapes(shape, TopAbs_ShapeEnum.TopAbs_EDGE):
        if BRep_Tool.Degenerated_s(TopoDS.Edge_s(edge)):
            continue
        found = [(point.X(), point.Y(), point.Z()) for point in _points(TopoDS.Edge_s(edge))]
        points = [(x, y) if axis == 2 else (x, z) if axis == 1 else (-y, z) for x, y, z in found]
        yield from ((a, b, None) for a, b in pairwise(points) if _apart(a, b))


def _cut(shape: TopoDS_Shape, box: tuple[float, ...], axis: int, place: float) -> Iterator[Region]:
    """The faces that a plane cuts of a shape, in the plane's two axes in ascending order."""
    normal, right = [0, 0, 0], [0, 0, 0]
    normal[axis], right[1 if axis == 0 else 0] = 1, 1
    at = [0.0, 0.0, 0.0]
    at[axis] = place
    reach = 2 * max(abs(value) for value in box) + 1.0
    plane = gp_Pln(gp_Ax3(gp_Pnt(*at), gp_Dir(*normal), gp_Dir(*right)))
    common = BRepAlgoAPI_Common(shape, BRepBuilderAPI_MakeFace(plane, -reach, reach, -reach, reach).Face())
    if not common.IsDone():
        return
    for found in faces_of(common.Shape()):
        face: TopoDS_Face = TopoDS.Face_s(found)
        outer = BRepTools.OuterWire_s(face)
        wires = [TopoDS.Wire_s(wire) for wire in subshapes(face, TopAbs_ShapeEnum.TopAbs_WIRE)]
        around = _loop(outer, face, axis)
        holes = [_loop(wire, face, axis) for wire in wires if not wire.IsSame(outer)]
        if around is not None:
            yield Region.of(Profile(around, tuple(hole for hole in holes if hole is not None)))


def _loop(wire: TopoDS_Wire, face: TopoDS_Face, axis: int) -> Loop | None:
    across, up = (other for other in range(3) if other != axis)
    points: list[Point] = []
    explorer = BRepTools_WireExplorer(wire, face)
    while explorer.More():
        found = [(point.X(), point.Y(), point.Z()) for point in _points(explorer.Current())]
        for point in found[::-1] if explorer.Orientation() == TopAbs_Orientation.TopAbs_REVERSED else found:
            flat = (point[across], point[up])
            if not points or _apart(points[-1], flat):
                points.append(flat)
        explorer.Next()
    if len(points) > 1 and not _apart(points[0], points[-1]):
        points.pop()
    return Loop.polygon(points) if len(points) > 2 else None


def _points(edge: TopoDS_Edge) -> list[gp_Pnt]:
    chords = GCPnts_TangentialDeflection(BRepAdaptor_Curve(edge), TURN_RAD, CHORD_MM)
    return [chords.Value(number) for number in range(1, chords.NbPoints() + 1)]


def _apart(a: Point, b: Point) -> bool:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1])) > SAME_POINT_MM
