"""Views and sections of a layout as lines and arcs, exact and without the CAD kernel: what a drawing shows.

A view is made of the parts' profiles (from above) or of the boxes of their sweeps (from a side); edges behind a nearer face are left
out. A section shows what the plane cuts, each part with its outlines closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from packtool.cad.region import Edge, Region, visible_pieces
from packtool.cad.rounding import rounded_sweeps
from packtool.layout.records import Layout, Part, Profile, Role, Sweep

SAME_MM = 1e-4
"""Edges that agree to this are drawn once: far below what paper shows."""
NOT_HATCHED: tuple[Role, ...] = ("coolant",)
"""Roles that a section leaves without hatching: fluids."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a section shows of one part: its outlines ``edges`` and the ``regions`` that they bound [mm of the view], hatched or not."""

    edges: tuple[Edge, ...]
    regions: tuple[Region, ...]
    role: Role
    hatched: bool


@dataclass(frozen=True, slots=True)
class Face:
    """Something seen: the region that it covers in the view, how near it is to the viewer [mm], its role, and whether it is a
    full rectangle."""

    region: Region
    near: float
    role: Role
    rectangle: bool = False


def plan(layout: Layout) -> list[tuple[Edge, Role]]:
    """From above, the lid taken off: x to the right, y up."""
    faces = [
        Face(region.moved(*part.origin[:2]), part.origin[2] + sweep.z1, role, sweep.profile.is_rectangle)
        for part, role, sweep, region in _sweeps(layout)
        if role != "lid"
    ]
    return _seen(faces)


def elevation(layout: Layout, along: str) -> list[tuple[Edge, Role]]:
    """From the front (``along`` "y": x to the right) or from the left ("x": y to the left, so towards the viewer's right is -y); z up."""
    faces = []
    for part, role, sweep, region in _sweeps(layout):
        ox, oy, oz = part.origin
        x0, y0, x1, y1 = region.box[0] + ox, region.box[1] + oy, region.box[2] + ox, region.box[3] + oy
        z0, z1 = sweep.z0 + oz, sweep.z1 + oz
        box = (x0, z0, x1, z1) if along == "y" else (-y1, z0, -y0, z1)
        faces.append(Face(Region.of(Profile.rectangle(*box)), -(y0 if along == "y" else x0), role, True))
    return _seen(faces)


def horizontal_section(layout: Layout, z: float) -> list[Cut]:
    """What the plane at height ``z`` cuts: x to the right, y up."""
    cuts = []
    for part, role, sweep, about in _sweeps(layout):
        if sweep.z0 + part.origin[2] < z < sweep.z1 + part.origin[2]:
            region = about.moved(*part.origin[:2])
            cuts.append(Cut(region.edges, (region,), role, role not in NOT_HATCHED))
    return cuts


def lengthwise_section(layout: Layout, y: float) -> list[Cut]:
    """What the plane at ``y`` cuts: x to the right, z up; the sweeps of a part run into each other without a line between."""
    boxes: dict[str, list[tuple[float, float, float, float]]] = {}
    roles: dict[str, Role] = {}
    for part, role, sweep, region in _sweeps(layout):
        roles[part.name] = role
        for x0, x1 in _spans(region, part.origin[:2], y):
            boxes.setdefault(part.name, []).append((x0, sweep.z0 + part.origin[2], x1, sweep.z1 + part.origin[2]))
    cuts = []
    for name, found in boxes.items():
        regions = tuple(Region.of(Profile.rectangle(*box)) for box in found)
        cuts.append(Cut(_outlines(regions), regions, roles[name], roles[name] not in NOT_HATCHED))
    return cuts


def _sweeps(layout: Layout) -> Iterable[tuple[Part, Role, Sweep, Region]]:
    """Every sweep of every part, and its region as it is turned but not moved."""
    products = {product.id: product for product in layout.products}
    known: dict[tuple[str, int], list[tuple[Sweep, Region]]] = {}
    for part in layout.parts:
        product, key = products[part.product], (part.product, part.rotation_deg)
        if key not in known:
            known[key] = [(sweep, Region.of(sweep.profile, part.rotation_deg)) for sweep in rounded_sweeps(product)]
        for sweep, region in known[key]:
            yield part, product.role, sweep, region


def _spans(region: Region, origin: tuple[float, float], y: float) -> list[tuple[float, float]]:
    """Where the line at ``y`` runs inside a region that is moved to ``origin``, from x to x."""
    below = y - origin[1]
    if not region.box[1] < below < region.box[3]:
        return []
    at = np.sort(region.crossing_points(below)) + origin[0]
    return [(float(a), float(b)) for a, b in zip(at[0::2], at[1::2], strict=True) if b - a > SAME_MM]


def _seen(faces: Sequence[Face]) -> list[tuple[Edge, Role]]:
    """The edges of all faces that no nearer face hides, each once."""
    boxes = np.array([face.region.box for face in faces])
    near = np.array([face.near for face in faces])
    drawn: dict[tuple[int, ...], tuple[Edge, Role]] = {}
    whole = np.array([face.rectangle for face in faces], dtype=bool)
    for face in faces:
        x0, y0, x1, y1 = face.region.box
        over = (near > face.near + SAME_MM) & (boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 3] > y0)
        inside = over & whole & (boxes[:, 0] < x0) & (boxes[:, 2] > x1) & (boxes[:, 1] < y0) & (boxes[:, 3] > y1)
        if inside.any():
            continue
        hiding = [faces[index].region for index in np.flatnonzero(over).tolist()]
        for edge in face.region.edges:
            for piece in visible_pieces(edge, hiding):
                drawn.setdefault(_mark(piece), (piece, face.role))
    return list(drawn.values())


def _mark(edge: Edge) -> tuple[int, ...]:
    """Equal for edges that are drawn alike, whichever way they run."""
    ends = sorted([tuple(round(v / SAME_MM) for v in edge[0]), tuple(round(v / SAME_MM) for v in edge[1])])
    bow = round(edge[2][2] / SAME_MM) if edge[2] else 0
    side = (round(edge[2][0] / SAME_MM), round(edge[2][1] / SAME_MM)) if edge[2] else (0, 0)
    middle = round(math.sin(edge[2][3] + edge[2][4] / 2) / SAME_MM) if edge[2] else 0
    return (*ends[0], *ends[1], bow, *side, middle)


def _outlines(regions: Sequence[Region]) -> tuple[Edge, ...]:
    """The edges of rectangles, without the lines between those that touch along a side."""
    return tuple(edge for region in regions for edge in region.edges if not _inner(edge, regions, region))


def _inner(edge: Edge, regions: Sequence[Region], own: Region) -> bool:
    """Does another region continue on the other side of all of this straight edge?"""
    (x0, y0), (x1, y1), _ = edge
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy)
    x, y = (x0 + x1) / 2 + 10 * SAME_MM * dy / length, (y0 + y1) / 2 - 10 * SAME_MM * dx / length
    return any(region is not own and _covers(region, x, y, edge) for region in regions)


def _covers(region: Region, x: float, y: float, edge: Edge) -> bool:
    a0, b0, a1, b1 = region.box
    inside = a0 < x < a1 and b0 < y < b1
    ends = all(a0 - SAME_MM <= px <= a1 + SAME_MM and b0 - SAME_MM <= py <= b1 + SAME_MM for px, py in edge[:2])
    return inside and ends
