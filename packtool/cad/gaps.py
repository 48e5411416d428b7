"""How far parts that do not touch are apart: the smallest gap of each kind, and those too small to be either a joint or a gap.

Between packtool's own parts from their profiles, CAD-only detail left out; to imported parts by the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from OCP.BRepExtrema import BRepExtrema_DistShapeShape

from packtool.cad.interference import TOUCH_MM, pairs_within, relative, where_they_meet
from packtool.cad.options import ROLES
from packtool.cad.region import Region, common_area_mm2, distance_mm
from packtool.cad.report import CadFinding, Gap
from packtool.cad.rounding import rounded_sweeps
from packtool.cad.solids import Solid, placement
from packtool.layout.records import Layout, Part, Role

LEAST_MM = 0.2
"""Gap below which two parts may meet as they are made: ISO 2768-1, class m, allows ± 0.2 mm on 6 to 30 mm (remembered)."""
REACH_MM = 10.0
"""Gaps beyond are not looked for: more than any clearance in the rules (8 mm at 1,500 V)."""

LIVE: tuple[Role, ...] = ("cell", "terminal", "busbar")
WALLS: tuple[Role, ...] = ("tray", "lid")
KINDS: Mapping[str, tuple[tuple[Role, ...], tuple[Role, ...]]] = {
    "cells": (("cell",), ("cell",)),
    "cells and walls": (("cell",), WALLS),
    "busbars": (("busbar",), ("busbar",)),
    "busbars and walls": (("busbar",), WALLS),
}
"""What is held apart from what, among packtool's own parts."""
ENCLOSURE: tuple[Role, ...] = ("tray", "lid", "seal", "bolt", "bracket", "cross_member", "fixture")
"""Roles whose parts make the outer box of a pack."""
IMPORTED_LIVE, IMPORTED = "imported and live parts", "imported and other parts"


@dataclass(frozen=True, slots=True)
class _Piece:
    region: Region
    z0: float
    z1: float


def smallest_gaps(layout: Layout, solids: Mapping[str, Solid]) -> tuple[tuple[Gap, ...], list[CadFinding]]:
    """The smallest gap of each kind up to REACH_MM, and a finding for each pair of parts that LEAST_MM does not keep apart.

    Parts that touch or overlap are no gap. ``layout``: with its imported parts; ``solids`` by product id.
    """
    roles = {product.id: product.role for product in layout.products}
    known = {role for pair in KINDS.values() for side in pair for role in side}
    with_imported = "imported" in roles.values()
    parts = [part for part in layout.parts if with_imported or roles[part.product] in known]
    if not parts:
        return (), []
    kinds = _kinds()
    pieces = _pieces(layout, parts)
    best: dict[str, Gap] = {}
    seen: dict[tuple[object, ...], float] = {}
    findings = []
    boxes = np.array([layout.part_bounds(part) for part in parts])
    for first, second in pairs_within(boxes, REACH_MM):
        a, b = parts[first], parts[second]
        kind = kinds.get((roles[a.product], roles[b.product]))
        if kind is None:
            continue
        key = relative(a, b)
        if key not in seen:
            limit = max(best[kind].mm if kind in best else REACH_MM, LEAST_MM)
            if kind in (IMPORTED, IMPORTED_LIVE):
                seen[key] = _by_kernel(layout, a, b, solids, LEAST_MM if kind == IMPORTED else limit)
            else:
                shift = b.origin[0] - a.origin[0], b.origin[1] - a.origin[1], b.origin[2] - a.origin[2]
                one, two = pieces[a.product, a.rotation_deg], pieces[b.product, b.rotation_deg]
                seen[key] = _gap(one, two, shift, limit)
        gap = seen[key]
        if not TOUCH_MM < gap < REACH_MM:
            continue
        if kind not in best or gap < best[kind].mm:
            best[kind] = Gap(kind, (a.name, b.name), gap)
        if gap < LEAST_MM - TOUCH_MM:
            message = f"{a.name} and {b.name} are {gap:.3g} mm apart: neither touching nor clear of each other ({LEAST_MM:g} mm)"
            findings.append(CadFinding("gap", (a.name, b.name), gap, "mm", message))
    return tuple(best[kind] for kind in (*KINDS, IMPORTED_LIVE, IMPORTED) if kind in best), findings


def _kinds() -> dict[tuple[Role, Role], str]:
    """The kind of gap between two roles, either way round."""
    found: dict[tuple[Role, Role], str] = {}
    for kind, (one, two) in KINDS.items():
        for a in one:
            for b in two:
                found[a, b] = found[b, a] = kind
    for role in ROLES:
        found["imported", role] = found[role, "imported"] = IMPORTED_LIVE if role in LIVE else IMPORTED
    return found


def _pieces(layout: Layout, parts: Sequence[Part]) -> dict[tuple[str, int], list[_Piece]]:
    """Of each product as it is turned."""
    products = {product.id: product for product in layout.products}
    poses = dict.fromkeys((part.product, part.rotation_deg) for part in parts)
    return {
        (id, turn): [_Piece(Region.of(sweep.profile, turn), sweep.z0, sweep.z1) for sweep in rounded_sweeps(products[id])]
        for id, turn in poses
    }


def _gap(first: Iterable[_Piece], second: Iterable[_Piece], shift: tuple[float, float, float], limit: float) -> float:
    """Distance of two parts, the second at ``shift`` of the first [mm]; infinite where it is ``limit`` or more."""
    x, y, z = shift
    least = math.inf
    for a, b in ((a, b) for a in first for b in second):
        rise = max(b.z0 + z - a.z1, a.z0 - b.z1 - z, 0.0)
        if rise >= min(least, limit) or _box_distance(a.region.box, b.region.box, x, y) >= min(least, limit):
            continue
        x0, y0, x1, y1 = a.region.box
        if _nearest_edge_box(b.region, (x0 - x, y0 - y, x1 - x, y1 - y)) >= min(least, limit):
            if b.region.holds((x0 + x1) / 2 - x, (y0 + y1) / 2 - y):  # all of it lies over or under the other
                least = min(least, rise)
            continue
        there = b.region.moved(x, y)
        beside = 0.0 if common_area_mm2(a.region, there) > 0 else distance_mm(a.region, there, min(least, limit))
        least = min(least, math.hypot(rise, beside))
    return least if least < limit else math.inf


def _nearest_edge_box(region: Region, box: tuple[float, float, float, float]) -> float:
    """Distance of a rectangle from the nearest of the boxes around a region's edges."""
    b = region.boxes
    across = np.maximum(np.maximum(b[:, 0] - box[2], box[0] - b[:, 2]), 0.0)
    along = np.maximum(np.maximum(b[:, 1] - box[3], box[1] - b[:, 3]), 0.0)
    return float(np.sqrt(np.min(across**2 + along**2)))


def _box_distance(a: tuple[float, ...], b: tuple[float, ...], x: float, y: float) -> float:
    """Of two rectangles, the second moved."""
    return math.hypot(max(b[0] + x - a[2], a[0] - b[2] - x, 0.0), max(b[1] + y - a[3], a[1] - b[3] - y, 0.0))


def _by_kernel(layout: Layout, first: Part, second: Part, solids: Mapping[str, Solid], limit: float) -> float:
    """Distance of two parts [mm] by the kernel; infinite where their boxes are ``limit`` or more apart, or the kernel cannot tell."""
    a, b = layout.part_bounds(first), layout.part_bounds(second)
    apart = math.hypot(*(max(b[i] - a[i + 3], a[i] - b[i + 3], 0.0) for i in range(3)))
    if apart >= limit:
        return math.inf
    grown = [
        (x0 - REACH_MM, y0 - REACH_MM, z0 - REACH_MM, x1 + REACH_MM, y1 + REACH_MM, z1 + REACH_MM)
        for x0, y0, z0, x1, y1, z1 in (b, a)
    ]
    shapes = [
        where_they_meet(solids[part.product], part, box).Moved(placement(part))
        for part, box in zip((first, second), grown, strict=True)
    ]
    distance = BRepExtrema_DistShapeShape(*shapes)
    return float(distance.Value()) if distance.IsDone() else math.inf


def outside(layout: Layout) -> Iterator[CadFinding]:
    """Parts that reach out of the box around tray, lid and what is fixed to them: by how much, and on which side."""
    roles = {product.id: product.role for product in layout.products}
    shell = [layout.part_bounds(part) for part in layout.parts if roles[part.product] in ENCLOSURE]
    if not any(roles[part.product] == "tray" for part in layout.parts):
        return
    low, high = np.min(shell, axis=0)[:3], np.max(shell, axis=0)[3:]
    for part in layout.parts:
        role = roles[part.product]
        if role in ENCLOSURE:
            continue
        box = layout.part_bounds(part)
        over = {f"{axis}-": low[i] - box[i] for i, axis in enumerate("xyz")} | {
            f"{axis}+": box[i + 3] - high[i] for i, axis in enumerate("xyz")
        }
        side = max(over, key=lambda s: over[s])
        if over[side] > TOUCH_MM:
            message = f"{part.name} reaches {over[side]:.4g} mm out of the enclosure's box, towards {side}"
            yield CadFinding(
                "outside_imported" if role == "imported" else "outside", (part.name,), float(over[side]), "mm", message
            )
