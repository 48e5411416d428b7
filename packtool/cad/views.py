"""Views and sections of a layout as lines and arcs, exact and without the CAD kernel: what a drawing shows.

A view is made of the parts' profiles (from above) or of the boxes of their sweeps (from a side); edges behind a nearer face are left
out. A section shows what the plane cuts, each part with its outlines closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from packtool.cad.detail_views import placed_details, rectangle
from packtool.cad.edges import ON_MM, Edge, Rectangle, box_of
from packtool.cad.region import Region, common_area_mm2, visible_pieces
from packtool.cad.rounding import rounded_sweeps
from packtool.layout.profiles import Profile
from packtool.layout.records import Layout, Part, Product, Role, Sweep

SAME_MM = 1e-4
"""Edges that agree to this are drawn once: far below what paper shows."""
MANY_EDGES = 100
"""Of outlines with more edges it is asked first whether one nearer face hides them whole: the ports of a ribbon under its top."""
COVERED = 1e-9
"""Share of a profile that may be left over where it counts as covered: rounding of areas."""
NOT_HATCHED: tuple[Role, ...] = ("coolant",)
"""Roles that a section leaves without hatching: fluids."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a section shows of one ``part``: its outlines ``edges``, the ``regions`` that they bound [mm of the view], hatched or not, and
    ``openings`` in these, which are not hatched."""

    edges: tuple[Edge, ...]
    regions: tuple[Region, ...]
    role: Role
    hatched: bool
    part: str = ""
    openings: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """Something seen: the region that it covers in the view, how near it is to the viewer [mm], its role, whether it hides what is
    behind it (an opening does not), and whether its edges are drawn."""

    region: Region
    near: float
    role: Role
    hides: bool = True
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Loose:
    """Edges that belong to no region, of one part: drawn where no face nearer than ``near`` [mm] hides them."""

    edges: tuple[Edge, ...]
    near: float
    role: Role


def plan(layout: Layout, loose: Sequence[Loose] = (), hiding: Sequence[Face] = ()) -> list[tuple[Edge, Role]]:
    """From above, the lid taken off: x to the right, y up. ``hiding``: faces besides those of the layout."""
    tops = {product.id: _tops(product) for product in layout.products}
    faces = [
        Face(region.moved(*part.origin[:2]), part.origin[2] + sweep.z1, role)
        for part, role, sweep, region in _sweeps(layout)
        if role != "lid" and sweep in tops[part.product]
    ]
    return _seen([*faces, *hiding, *_band_faces(layout, 2, 0), *_detail_faces(layout, 2, 0, 1, without="lid")], loose)


def _band_faces(layout: Layout, axis: int, across: int, sign: int = 1) -> Iterable[Face]:
    """Bends as seen along ``axis``: between their outlines from above (2), else the box around them."""
    products = {product.id: product for product in layout.products}
    for part in layout.parts:
        product = products[part.product]
        for band in product.bands:
            ring = Region.of(band.ring(), part.rotation_deg, part.origin[:2])
            _, low, _, high = band.section.bounds()
            (x0, y0, x1, y1), z = ring.box, part.origin[2]
            if axis == 2:
                yield Face(ring, z + high, product.role)
            else:
                box = (x0, y0, low + z, x1, y1, high + z)
                yield Face(Region.of(Profile.rectangle(*rectangle(box, across, 2, sign))), -box[axis], product.role)


def _tops(product: Product) -> tuple[Sweep, ...]:
    """The sweeps that no higher one of the same product covers: looked at once a product, since an extrusion with channels that bends
    around a hundred cells has tens of thousands of edges below its top."""
    sweeps = sorted(rounded_sweeps(product), key=lambda sweep: -sweep.z1)
    seen: list[tuple[Sweep, Region]] = []
    for sweep in sweeps:
        region = Region.of(sweep.profile)
        whole = sweep.profile.area() * (1 - COVERED)
        if not any(top.z1 > sweep.z1 and common_area_mm2(region, over) >= whole for top, over in seen):
            seen.append((sweep, region))
    return tuple(sweep for sweep, _ in seen)


def elevation(layout: Layout, along: str, loose: Sequence[Loose] = (), hiding: Sequence[Face] = ()) -> list[tuple[Edge, Role]]:
    """From the front (``along`` "y": x to the right) or from the left ("x": y to the left, so towards the viewer's right is -y); z up. ``hiding``: as of
    ``plan``."""
    axis, across, sign = (1, 0, 1) if along == "y" else (0, 1, -1)
    faces = []
    for part, role, sweep, region in _sweeps(layout):
        (x0, y0, x1, y1), (ox, oy, oz) = region.box, part.origin
        box = (x0 + ox, y0 + oy, sweep.z0 + oz, x1 + ox, y1 + oy, sweep.z1 + oz)
        faces.append(Face(Region.of(Profile.rectangle(*rectangle(box, across, 2, sign))), -box[axis], role))
    return _seen(
        [*faces, *hiding, *_band_faces(layout, axis, across, sign), *_detail_faces(layout, axis, across, 2, sign=sign)], loose
    )


def _detail_faces(layout: Layout, axis: int, across: int, up: int, *, sign: int = 1, without: Role | None = None) -> Iterable[Face]:
    """CAD-only detail as seen along ``axis``, from above (2) or from its negative end (0, 1): what is added, and the mouths of openings."""
    for detail in placed_details(layout):
        if detail.role == without:
            continue
        box = detail.box()
        near = box[5] if axis == 2 else -box[axis]
        if detail.axis == axis:
            yield Face(Region.of(detail.outline(across, up, sign)), near, detail.role, detail.adds)
        elif detail.adds:
            yield Face(Region.of(Profile.rectangle(*rectangle(box, across, up, sign))), near, detail.role)


def horizontal_section(layout: Layout, z: float) -> list[Cut]:
    """What the plane at height ``z`` cuts: x to the right, y up."""
    cuts = []
    for part, role, sweep, about in _sweeps(layout):
        if sweep.z0 + part.origin[2] < z < sweep.z1 + part.origin[2]:
            region = about.moved(*part.origin[:2])
            cuts.append(Cut(region.edges, (region,), role, role not in NOT_HATCHED, part.name))
    return _with_details(cuts, layout, 2, z)


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
        cuts.append(Cut(_outlines(regions), regions, roles[name], roles[name] not in NOT_HATCHED, name))
    return _with_details(cuts, layout, 1, y)


def _with_details(cuts: Sequence[Cut], layout: Layout, axis: int, place: float) -> list[Cut]:
    """The cuts with what the plane cuts of CAD-only detail: material that is added, and openings, which are not hatched.

    An opening that is cut along its way shows its two sides: the lines of the wall across its mouths are its edges behind the plane.
    """
    across, up = (0, 1) if axis == 2 else (0, 2)
    found = list(cuts)
    whose: dict[str, list[int]] = {}
    for number, cut in enumerate(found):
        whose.setdefault(cut.part, []).append(number)
    for detail in placed_details(layout):
        if detail.axis == axis and detail.start < place < detail.end:
            regions, kept = [Region.of(detail.outline(across, up))], None
        elif detail.axis != axis:
            regions, kept = [Region.of(profile) for profile in detail.cut_at(axis, place)], 1 if detail.axis == across else 0
        else:
            continue
        for region in regions:
            name = detail.part.name
            if detail.adds:
                found.append(Cut(region.edges, (region,), detail.role, detail.role not in NOT_HATCHED, name))
                continue
            edges = tuple(e for e in region.edges if kept is None or e[0][kept] == e[1][kept])
            for number in whose.get(name, ()):
                cut = found[number]
                if any(_meet(own.box, region.box) for own in cut.regions):
                    found[number] = replace(cut, edges=cut.edges + edges, openings=(*cut.openings, region))
                    edges = ()
    return found


def hatched_edges(region: Region, openings: Iterable[Region]) -> tuple[Edge, ...]:
    """The outlines that hatching of a region fills by the even-odd rule: its own and those of the openings in it."""
    edges = region.edges
    for opening in openings:
        if not _meet(region.box, opening.box):
            continue
        if opening.fills_box and region.fills_box:  # an opening may go on in the next region of the part
            (a0, b0, a1, b1), (x0, y0, x1, y1) = region.box, opening.box
            opening = Region.of(Profile.rectangle(max(a0, x0), max(b0, y0), min(a1, x1), min(b1, y1)))
        edges += opening.edges
    return edges


def _meet(a: Rectangle, b: Rectangle) -> bool:
    """Do two rectangles overlap?"""
    return min(a[2], b[2]) - max(a[0], b[0]) > SAME_MM and min(a[3], b[3]) - max(a[1], b[1]) > SAME_MM


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


def _seen(faces: Sequence[Face], loose: Sequence[Loose]) -> list[tuple[Edge, Role]]:
    """The edges of all faces, and loose ones, that no nearer face hides, each once."""
    boxes = np.array([face.region.box for face in faces]).reshape(-1, 4)
    near = np.array([face.near if face.hides else -np.inf for face in faces])
    drawn: dict[tuple[int, ...], tuple[Edge, Role]] = {}
    whole = np.array([face.region.fills_box for face in faces], dtype=bool)
    known: dict[tuple[int, int, int, int], bool] = {}
    for face in faces:
        if not face.drawn:
            continue
        x0, y0, x1, y1 = face.region.box
        over = (near > face.near + SAME_MM) & (boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 3] > y0)
        inside = over & whole & (boxes[:, 0] < x0) & (boxes[:, 2] > x1) & (boxes[:, 1] < y0) & (boxes[:, 3] > y1)
        if inside.any():
            continue
        hiding = [faces[index].region for index in np.flatnonzero(over).tolist()]
        drawn_over = (faces[index].region for index in np.flatnonzero(over).tolist() if faces[index].drawn)
        if len(face.region.edges) > MANY_EDGES and any(_hides_whole(one, face.region, known) for one in drawn_over):
            continue  # what lies on the outline above is drawn with that
        for edge in face.region.edges:
            for piece in visible_pieces(edge, hiding):
                drawn.setdefault(_mark(piece), (piece, face.role))
    for some in loose:
        nearer = np.flatnonzero(near > some.near + SAME_MM)
        there = boxes[nearer]
        for edge in some.edges:
            x0, y0, x1, y1 = box_of(edge)
            over = (there[:, 0] < x1 + ON_MM) & (there[:, 2] > x0 - ON_MM) & (there[:, 1] < y1 + ON_MM) & (there[:, 3] > y0 - ON_MM)
            hiding = [faces[index].region for index in nearer[over].tolist()]
            for piece in visible_pieces(edge, hiding):
                drawn.setdefault(_mark(piece), (piece, some.role))
    return list(drawn.values())


def _hides_whole(over: Region, below: Region, known: dict[tuple[int, int, int, int], bool]) -> bool:
    """Does one region cover another wholly? ``known``: of pairs of the same shapes at the same distance, which are looked at once."""
    x0, y0, x1, y1 = below.box
    if over.box[0] > x0 + SAME_MM or over.box[1] > y0 + SAME_MM or over.box[2] < x1 - SAME_MM or over.box[3] < y1 - SAME_MM:
        return False
    (one, (ax, ay)), (two, (bx, by)) = over.like or (over, (0.0, 0.0)), below.like or (below, (0.0, 0.0))
    key = id(one), id(two), round((bx - ax) / SAME_MM), round((by - ay) / SAME_MM)
    if key not in known:
        known[key] = common_area_mm2(over, below) >= common_area_mm2(below, below) * (1 - COVERED)
    return known[key]


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
