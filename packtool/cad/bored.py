"""Extrusions with channels through them, from end to end: made face by face, without a boolean.

A ribbon is a stack of sweeps: its whole outline where there is metal only, its walls beside each row of ports. Fusing such a stack takes the
kernel four minutes where the ribbon bends around 96 cells; here the ports' own prisms lend their walls to the prism of the outline, whose end
faces get the ports' mouths as holes.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace
from OCP.BRepTools import BRepTools
from OCP.gp import gp_Dir, gp_Pln
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS, TopoDS_Shape, TopoDS_Shell, TopoDS_Solid

from packtool.cad.extrude import extruded
from packtool.layout.profiles import Loop, Point, Profile, Vertex
from packtool.layout.records import Sweep

SAME_MM = 1e-6
"""Corners closer than this are one: rounding of sums of design lengths."""

_Edge = tuple[Point, Point, float]


@dataclass(frozen=True, slots=True)
class Mouth:
    """Where a channel opens: the middle of its edge, and of the outline's edge that it lies on; ``out``: the direction away from there."""

    at: Point
    on: Point
    out: Point


@dataclass(frozen=True, slots=True)
class Channel:
    """A void: what it would be as a solid, and its mouths."""

    sweep: Sweep
    mouths: tuple[Mouth, ...]


@dataclass(frozen=True, slots=True)
class Bored:
    """A prism and the channels through it, which open in its straight sides only."""

    outer: Sweep
    channels: tuple[Channel, ...]


def as_bored(sweeps: Sequence[Sweep]) -> Bored | None:
    """A stack of sweeps as one prism with channels; None where it is not of that form."""
    layers: dict[tuple[float, float], list[Profile]] = {}
    for sweep in sweeps:
        layers.setdefault((sweep.z0, sweep.z1), []).append(sweep.profile)
    order = sorted(layers)
    whole = {layers[z][0] for z in order if len(layers[z]) == 1}
    if len(order) < 3 or len(whole) != 1 or any(abs(a[1] - b[0]) > SAME_MM for a, b in itertools.pairwise(order)):
        return None
    (outline,) = whole
    if any(p.holes or p.outer.signed_area() <= 0 for profiles in layers.values() for p in profiles):
        return None
    if len(layers[order[0]]) > 1 or len(layers[order[-1]]) > 1:
        return None
    known: dict[tuple[Profile, ...], list[tuple[Loop, tuple[Mouth, ...]]] | None] = {}
    channels = []
    for z in order:
        walls = tuple(layers[z])
        if len(walls) == 1:
            continue
        if walls not in known:
            known[walls] = _voids(outline.outer, walls)
        found = known[walls]
        if found is None:
            return None
        channels += [Channel(Sweep(Profile(loop), *z), mouths) for loop, mouths in found]
    return Bored(Sweep(outline, order[0][0], order[-1][1]), tuple(channels))


def bored_solid(bored: Bored) -> TopoDS_Solid | None:
    """The solid; None where the kernel's faces are not found where the mouths are."""
    builder, shell, solid = BRep_Builder(), TopoDS_Shell(), TopoDS_Solid()
    builder.MakeShell(shell)
    holes: dict[tuple[int, int], list[TopoDS_Shape]] = {}
    out = {_key(mouth.on): mouth.out for channel in bored.channels for mouth in channel.mouths}
    for channel in bored.channels:
        opens = {_key(mouth.at): mouth for mouth in channel.mouths}
        for face, middle in _faces(extruded(channel.sweep)):
            if middle in opens:
                holes.setdefault(_key(opens[middle].on), []).append(BRepTools.OuterWire_s(TopoDS.Face_s(face)))
            else:
                builder.Add(shell, face.Reversed())
    if sum(map(len, holes.values())) != sum(len(channel.mouths) for channel in bored.channels):
        return None
    for face, middle in _faces(extruded(bored.outer)):
        wires = holes.pop(middle, None) if middle else None
        builder.Add(shell, _with_holes(face, wires, out[middle]) if middle and wires else face)
    if holes:
        return None
    shell.Closed(True)
    builder.MakeSolid(solid)
    builder.Add(solid, shell)
    return solid


def _voids(outline: Loop, walls: Iterable[Profile]) -> list[tuple[Loop, tuple[Mouth, ...]]] | None:
    """What the walls leave of the outline, as closed loops with their mouths; None where walls and outline do not share their edges."""
    inner = [edge for wall in walls for edge in _edges(wall.outer)]
    left = Counter(map(_edge_key, inner))
    corners = [edge[0] for edge in inner]
    pieces: list[tuple[_Edge, Mouth | None]] = []
    for edge in _edges(outline):
        if _taken(left, edge):
            continue
        if edge[2]:
            return None
        for part in _split(edge, corners):
            if not _taken(left, part):
                if {_key(part[0]), _key(part[1])} & {_key(edge[0]), _key(edge[1])}:
                    return None  # it opens over a corner of the outline
                pieces.append((part, Mouth(_middle(part), _middle(edge), (edge[1][1] - edge[0][1], edge[0][0] - edge[1][0]))))
    pieces += [((b, a, -bulge), None) for a, b, bulge in inner if _taken(left, (a, b, bulge))]
    return _loops(pieces)


def _taken(left: Counter[tuple[object, ...]], edge: _Edge) -> bool:
    """Take an edge off those that are left, if it is among them."""
    key = _edge_key(edge)
    if left[key] <= 0:
        return False
    left[key] -= 1
    return True


def _loops(pieces: Sequence[tuple[_Edge, Mouth | None]]) -> list[tuple[Loop, tuple[Mouth, ...]]] | None:
    """The edges joined into counter-clockwise loops; None where they do not close, or a corner is used twice."""
    after = {_key(edge[0]): (edge, mouth) for edge, mouth in pieces}
    if len(after) != len(pieces):
        return None
    found = []
    while after:
        (edge, mouth) = after.pop(next(iter(after)))
        start, vertices, mouths = _key(edge[0]), [], []
        while True:
            vertices.append((*edge[0], edge[2]))
            mouths += [mouth] if mouth else []
            end = _key(edge[1])
            if end == start:
                break
            if end not in after:
                return None
            edge, mouth = after.pop(end)
        loop = Loop(tuple(vertices))
        if loop.signed_area() <= 0:
            return None
        found.append((loop, tuple(mouths)))
    return found


def _edges(loop: Loop) -> list[_Edge]:
    vertices: tuple[Vertex, ...] = loop.vertices
    return [((x, y), (u, v), bulge) for (x, y, bulge), (u, v, _) in zip(vertices, vertices[1:] + vertices[:1], strict=True)]


def _split(edge: _Edge, corners: Iterable[Point]) -> list[_Edge]:
    """A straight edge cut at the corners that lie on it."""
    (x0, y0), (x1, y1), _ = edge
    length = math.dist(*edge[:2])
    on = []
    for x, y in corners:
        along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length
        across = ((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length
        if SAME_MM < along < length - SAME_MM and abs(across) <= SAME_MM:
            on.append((along, (x, y)))
    stops = [edge[0], *(point for _, point in sorted({_key(p): (a, p) for a, p in on}.values())), edge[1]]
    return [(a, b, 0.0) for a, b in itertools.pairwise(stops)]


def _key(point: Point) -> tuple[int, int]:
    return round(point[0] / SAME_MM), round(point[1] / SAME_MM)


def _edge_key(edge: _Edge) -> tuple[object, ...]:
    return (*_key(edge[0]), *_key(edge[1]), round(edge[2], 9))


def _middle(edge: _Edge) -> Point:
    return (edge[0][0] + edge[1][0]) / 2, (edge[0][1] + edge[1][1]) / 2


def _faces(prism: TopoDS_Shape) -> Iterable[tuple[TopoDS_Shape, tuple[int, int] | None]]:
    """Every face of a prism, and the middle of its corners in the plan for those with four of them in two places."""
    explorer = TopExp_Explorer(prism, TopAbs_ShapeEnum.TopAbs_FACE)
    while explorer.More():
        face = explorer.Current()
        explorer.Next()
        corners: set[Point] = set()
        inner = TopExp_Explorer(face, TopAbs_ShapeEnum.TopAbs_VERTEX)
        while inner.More() and len(corners) < 3:
            point = BRep_Tool.Pnt_s(TopoDS.Vertex_s(inner.Current()))
            corners.add((point.X(), point.Y()))
            inner.Next()
        distinct = {_key(corner): corner for corner in corners}
        middle = None
        if len(distinct) == 2:
            a, b = distinct.values()
            middle = _key(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
        yield face, middle


def _with_holes(face: TopoDS_Shape, mouths: Sequence[TopoDS_Shape], out: Point) -> TopoDS_Shape:
    """A flat side of the prism that looks ``out``, with the mouths as holes: their own edges, the other way round."""
    outer = BRepTools.OuterWire_s(TopoDS.Face_s(face))
    corner = BRep_Tool.Pnt_s(TopoDS.Vertex_s(TopExp_Explorer(outer, TopAbs_ShapeEnum.TopAbs_VERTEX).Current()))
    made = BRepBuilderAPI_MakeFace(gp_Pln(corner, gp_Dir(*out, 0.0)), TopoDS.Wire_s(outer))
    for mouth in mouths:
        made.Add(TopoDS.Wire_s(mouth.Reversed()))
    return made.Face()
