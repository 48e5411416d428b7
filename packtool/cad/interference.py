"""Do two parts claim the same space? Boxes decide most pairs, the exact areas of their profiles the rest; the kernel only where CAD-only
detail (openings, bosses along x or y, fillets) lies where they meet, and for imported parts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common
from OCP.Standard import Standard_Failure
from OCP.TopoDS import TopoDS_Shape

from packtool.cad.region import Region, common_area_mm2
from packtool.cad.report import CadFinding
from packtool.cad.rounding import rounded_sweeps
from packtool.cad.shapes import volume_mm3
from packtool.cad.solids import CROWDED, Solid, placement, product_solid
from packtool.layout.bands import Band, way
from packtool.layout.boxes import Box
from packtool.layout.profiles import Loop, Profile, turned_box
from packtool.layout.records import Layout, Part, Product, Sweep

TOUCH_MM = 1e-6
"""Parts that overlap by less than this in some direction only touch: ten times the kernel's point tolerance."""
VOLUME_MM3 = 1e-3
"""Common volume below which nothing is reported: a film of 1e-6 mm over a face of 1000 mm²."""

Shift = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Interference:
    """Findings, and how much work they took: pairs whose boxes overlap, and those of them that boxes alone did not decide."""

    findings: tuple[CadFinding, ...]
    pairs_near: int
    pairs_exact: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """One sweep of a shape, about the part's origin; ``fills``: the part fills it, else it is somewhere within (a boss along x or y, a
    band); ``band``: what it is of, and how that is turned."""

    region: Region
    z0: float
    z1: float
    fills: bool
    band: tuple[Band, int] | None = None

    @property
    def box(self) -> Box:
        x0, y0, x1, y1 = self.region.box
        return x0, y0, self.z0, x1, y1, self.z1

    @property
    def is_box(self) -> bool:
        """Does the part fill all of its ``box``?"""
        return self.fills and self.region.fills_box


@dataclass(frozen=True, slots=True)
class _Shape:
    """A product as it is turned: its pieces, and whether openings are cut into it; ``imported``: only the kernel knows its shape."""

    pieces: tuple[_Piece, ...]
    opened: bool
    imported: bool = False


def interference(layout: Layout, solids: Mapping[str, Solid]) -> Interference:
    """Every pair of parts that share more than VOLUME_MM3, in layout order; ``solids`` by product id.

    Pairs that stand to each other alike are looked at once.
    """
    products = {product.id: product for product in layout.products}
    poses = dict.fromkeys((part.product, part.rotation_deg) for part in layout.parts)
    shapes = {(product, rotation): _shape(products[product], rotation) for product, rotation in poses}
    seen: dict[tuple[object, ...], tuple[float | None, bool]] = {}
    findings, near, exact = [], 0, 0
    for first, second in pairs_within(np.array([layout.part_bounds(part) for part in layout.parts]), -TOUCH_MM):
        near += 1
        a, b = layout.parts[first], layout.parts[second]
        key = relative(a, b)
        if key not in seen:
            one, two = shapes[a.product, a.rotation_deg], shapes[b.product, b.rotation_deg]
            shift = b.origin[0] - a.origin[0], b.origin[1] - a.origin[1], b.origin[2] - a.origin[2]
            imported = one.imported or two.imported
            boxes = None if imported else _common_boxes(one, two, shift)
            if boxes is not None:
                seen[key] = boxes, False
            else:
                profiles = None if imported else _common_profiles(one, two, shift)
                seen[key] = _common_solids(layout, a, b, solids) if profiles is None else profiles, True
        volume, looked_closer = seen[key]
        exact += looked_closer
        if volume is None:
            message = f"the CAD kernel cannot tell whether {a.name} and {b.name} overlap; their boxes do"
            findings.append(CadFinding("interference", (a.name, b.name), None, "mm3", message))
        elif volume > VOLUME_MM3:
            message = f"{a.name} and {b.name} claim the same {volume:.4g} mm³"
            findings.append(CadFinding("interference", (a.name, b.name), volume, "mm3", message))
    return Interference(tuple(findings), near, exact)


def _shape(product: Product, rotation_deg: int) -> _Shape:
    regions: dict[Profile, Region] = {}

    def piece(sweep: Sweep, *, fills: bool = True) -> _Piece:
        if sweep.profile not in regions:
            regions[sweep.profile] = Region.of(sweep.profile, rotation_deg)
        return _Piece(regions[sweep.profile], sweep.z0, sweep.z1, fills)

    pieces = [piece(sweep) for sweep in rounded_sweeps(product)]
    for detail in product.details:
        x0, y0, z0, x1, y1, z1 = detail.bounds()
        if detail.adds and detail.axis == "z":
            pieces.append(piece(Sweep(detail.profile, detail.start, detail.end)))
        elif detail.adds:
            pieces.append(piece(Sweep(Profile.rectangle(x0, y0, x1, y1), z0, z1), fills=False))
    pieces += [
        replace(piece(Sweep(band.ring(), *band.section.bounds()[1::2]), fills=False), band=(band, rotation_deg))
        for band in product.bands
    ]
    return _Shape(tuple(pieces), any(not detail.adds for detail in product.details), product.body is not None)


def pairs_within(boxes: np.ndarray, reach: float) -> Iterator[tuple[int, int]]:
    """Index pairs (first < second) whose boxes, (n, 6), are less than ``reach`` apart in all three directions (negative: overlap by more)."""
    order = np.argsort(boxes[:, 0], kind="stable")
    low, high = boxes[order, :3] - reach / 2, boxes[order, 3:] + reach / 2
    pairs: list[tuple[int, int]] = []
    for place in range(len(order)):
        until = int(np.searchsorted(low[:, 0], high[place, 0]))
        others = slice(place + 1, until)
        hits = np.all((low[others] < high[place]) & (high[others] > low[place]), axis=1)
        for other in np.flatnonzero(hits) + place + 1:
            one, two = int(order[place]), int(order[other])
            pairs.append((min(one, two), max(one, two)))
    yield from sorted(pairs)


def _sides(a: Box, b: Box, shift: Shift) -> tuple[float, float, float]:
    """How far two boxes, the second moved by ``shift``, overlap in x, y and z; negative: how far they are apart."""
    x, y, z = (min(a[i + 3], b[i + 3] + shift[i]) - max(a[i], b[i] + shift[i]) for i in range(3))
    return x, y, z


def _common_boxes(first: _Shape, second: _Shape, shift: Shift) -> float | None:
    """Common volume of two parts [mm³], the second's origin at ``shift`` of the first's, where boxes and holes decide it, else None."""
    volume = 0.0
    there, back = shift[:2], (-shift[0], -shift[1])
    for a in first.pieces:
        for b in second.pieces:
            sides = _sides(a.box, b.box, shift)
            if min(sides) <= TOUCH_MM or a.region.stands_in_hole(b.region, back) or b.region.stands_in_hole(a.region, there):
                continue
            if first.opened or second.opened or not (a.is_box and b.is_box):
                return None
            volume += sides[0] * sides[1] * sides[2]
    return volume


def _common_profiles(first: _Shape, second: _Shape, shift: Shift) -> float | None:
    """Common volume of two parts [mm³] from the areas that their profiles share; None where detail may change it."""
    volume = 0.0
    areas: dict[tuple[int, int], float] = {}  # many sweeps of a product may have one profile: the ports of a ribbon
    for a in first.pieces:
        for b in second.pieces:
            sides = _sides(a.box, b.box, shift)
            if min(sides) <= TOUCH_MM:
                continue
            pair = id(a.region), id(b.region)
            if pair not in areas:
                areas[pair] = _common_area(a.region, b.region, shift)
            area = areas[pair]
            if area * sides[2] <= VOLUME_MM3 or _beside_each_other(a, b, shift):
                continue
            if not (a.fills and b.fills) or first.opened or second.opened:
                return None
            volume += sides[2] * area
    return volume


def _beside_each_other(first: _Piece, second: _Piece, shift: Shift) -> bool:
    """Do two bands around one outline only touch, as their sections do?"""
    if first.band is None or second.band is None or max(map(abs, shift[:2])) > TOUCH_MM:
        return False
    (one, turned), (two, also) = first.band, second.band
    if turned != also or one.loop != two.loop:
        return False
    sections = Region.of(Profile(one.section)), Region.of(Profile(two.section), origin=(0.0, shift[2]))
    return common_area_mm2(*sections) * abs(way(one.loop)[0]) <= VOLUME_MM3


def _common_area(first: Region, second: Region, shift: Shift) -> float:
    """Area that both cover [mm²], the second moved by ``shift`` in the plan: the one with fewer edges is."""
    if len(first.edges) < len(second.edges):
        return common_area_mm2(first.moved(-shift[0], -shift[1]), second)
    return common_area_mm2(first, second.moved(*shift[:2]))


def _common_solids(layout: Layout, first: Part, second: Part, solids: Mapping[str, Solid]) -> float | None:
    """Common volume of two parts [mm³] by the CAD kernel; None where it cannot tell."""
    shapes = [
        where_they_meet(solids[one.product], one, layout.part_bounds(other)).Moved(placement(one))
        for one, other in ((first, second), (second, first))
    ]
    try:
        common = BRepAlgoAPI_Common(*shapes)
        volume = volume_mm3(common.Shape()) if common.IsDone() else math.nan
    except Standard_Failure:
        return None
    most = min(solids[part.product].volume_mm3 for part in (first, second))
    return abs(volume) if abs(volume) <= most * (1 + 1e-6) else None  # the kernel's integration


def where_they_meet(solid: Solid, part: Part, box: Box) -> TopoDS_Shape:
    """The shape of a part; where a face has so many holes that the kernel would take minutes, without those outside ``box`` (of the pack)."""
    product = solid.product
    if product.body is not None or not any(len(sweep.profile.holes) > CROWDED for sweep in product.sweeps):
        return solid.shape
    ox, oy, _ = part.origin
    x0, y0, x1, y1 = turned_box((box[0] - ox, box[1] - oy, box[3] - ox, box[4] - oy), -part.rotation_deg % 360)

    def meets(hole: Loop) -> bool:
        u0, v0, u1, v1 = hole.bounds()
        return u0 <= x1 and u1 >= x0 and v0 <= y1 and v1 >= y0

    sweeps = tuple(
        replace(sweep, profile=Profile(sweep.profile.outer, tuple(hole for hole in sweep.profile.holes if meets(hole))))
        for sweep in product.sweeps
    )
    return product_solid(replace(product, sweeps=sweeps)).shape


def relative(first: Part, second: Part) -> tuple[object, ...]:
    """Pairs with the same key stand to each other alike, to the kernel's point tolerance."""
    shift = tuple(round(b - a, 7) for a, b in zip(first.origin, second.origin, strict=True))
    return first.product, first.rotation_deg, first.tilt, second.product, second.rotation_deg, second.tilt, *shift
