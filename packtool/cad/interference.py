"""Do two parts claim the same space? By boxes where boxes decide it, by the CAD kernel where they do not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common

from packtool.cad.report import CadFinding
from packtool.cad.solids import Solid, placement, volume_mm3
from packtool.errors import CadError
from packtool.layout.records import Layout, Loop, Part, Product, Profile

TOUCH_MM = 1e-6
"""Parts that overlap by less than this in some direction only touch: ten times the kernel's point tolerance."""
VOLUME_MM3 = 1e-3
"""Common volume below which nothing is reported: a film of 1e-6 mm over a face of 1000 mm²."""

Box = tuple[float, float, float, float, float, float]
Rectangle = tuple[float, float, float, float]
Circle = tuple[float, float, float]
"""Centre x, y and radius [mm]."""


@dataclass(frozen=True, slots=True)
class Interference:
    """Findings, and how much work they took: pairs whose boxes overlap, and those of them that the kernel decided."""

    findings: tuple[CadFinding, ...]
    pairs_near: int
    pairs_exact: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """One sweep of a placed part, or one detail added to it: its box; ``is_box`` if it fills it; its rectangular ``holes`` and round ones
    (``rounds``) in the plan; ``circle``: its own outline, where that is one."""

    box: Box
    is_box: bool
    holes: tuple[Rectangle, ...]
    rounds: tuple[Circle, ...]
    circle: Circle | None


def interference(layout: Layout, solids: Mapping[str, Solid]) -> Interference:
    """Every pair of parts that share more than VOLUME_MM3, in layout order. ``solids`` by product id."""
    products = {product.id: product for product in layout.products}
    pieces = [_pieces(part, products[part.product]) for part in layout.parts]
    seen: dict[tuple[object, ...], float] = {}
    findings, near, exact = [], 0, 0
    for first, second in _overlapping(np.array([layout.part_bounds(part) for part in layout.parts])):
        near += 1
        volume = _common_boxes(pieces[first], pieces[second])
        if volume is None:
            exact += 1
            a, b = layout.parts[first], layout.parts[second]
            key = _relative(a, b)
            if key not in seen:
                seen[key] = _common(a, b, solids)
            volume = seen[key]
        if volume > VOLUME_MM3:
            names = (layout.parts[first].name, layout.parts[second].name)
            message = f"{names[0]} and {names[1]} claim the same {volume:.4g} mm³"
            findings.append(CadFinding("interference", names, volume, "mm3", message))
    return Interference(tuple(findings), near, exact)


def _overlapping(boxes: np.ndarray) -> Iterator[tuple[int, int]]:
    """Index pairs (first < second) whose boxes, (n, 6), overlap by more than TOUCH_MM in all three directions."""
    order = np.argsort(boxes[:, 0], kind="stable")
    low, high = boxes[order, :3] + TOUCH_MM / 2, boxes[order, 3:] - TOUCH_MM / 2
    pairs: list[tuple[int, int]] = []
    for place in range(len(order)):
        until = int(np.searchsorted(low[:, 0], high[place, 0]))
        others = slice(place + 1, until)
        hits = np.all((low[others] < high[place]) & (high[others] > low[place]), axis=1)
        for other in np.flatnonzero(hits) + place + 1:
            one, two = int(order[place]), int(order[other])
            pairs.append((min(one, two), max(one, two)))
    yield from sorted(pairs)


def _pieces(part: Part, product: Product) -> tuple[_Piece, ...]:
    pieces = []
    cuts = [detail.bounds() for detail in product.details if not detail.adds]
    for sweep in product.sweeps:
        profile = sweep.profile
        x0, y0, x1, y1 = _turned(profile.outer.bounds(), part)
        holes = tuple(_turned(hole.bounds(), part) for hole in profile.holes if Profile(hole).is_rectangle)
        rounds = tuple(_turned_circle(hole, part) for hole in profile.holes if _is_circle(hole))
        circle = _turned_circle(profile.outer, part) if _is_circle(profile.outer) else None
        bounds = profile.outer.bounds()
        cut = any(_overlap((bounds[0], bounds[1], sweep.z0, bounds[2], bounds[3], sweep.z1), other) for other in cuts)
        is_box = profile.is_rectangle and product.edge_radius_mm == 0 and not cut
        z = part.origin[2]
        pieces.append(_Piece((x0, y0, sweep.z0 + z, x1, y1, sweep.z1 + z), is_box, holes, rounds, circle))
    for detail in product.details:
        if detail.adds:
            u0, v0, z0, u1, v1, z1 = detail.bounds()
            x0, y0, x1, y1 = _turned((u0, v0, u1, v1), part)
            box = (x0, y0, z0 + part.origin[2], x1, y1, z1 + part.origin[2])
            pieces.append(_Piece(box, detail.profile.is_rectangle, (), (), None))
    return tuple(pieces)


def _overlap(one: Box, other: Box) -> bool:
    return all(min(one[i + 3], other[i + 3]) - max(one[i], other[i]) > TOUCH_MM for i in range(3))


def _is_circle(loop: Loop) -> bool:
    """Two half arcs, as Loop.circle makes them."""
    return len(loop.vertices) == 2 and all(abs(abs(bulge) - 1.0) < 1e-12 for _, _, bulge in loop.vertices)


def _turned_circle(loop: Loop, part: Part) -> Circle:
    x0, y0, x1, y1 = _turned(loop.bounds(), part)
    return (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2


def _turned(bounds: Rectangle, part: Part) -> Rectangle:
    """Bounds in the product's plan, in the plan of the pack."""
    x0, y0, x1, y1 = bounds
    if part.rotation_deg == 90:
        x0, y0, x1, y1 = -y1, x0, -y0, x1
    elif part.rotation_deg == 180:
        x0, y0, x1, y1 = -x1, -y1, -x0, -y0
    elif part.rotation_deg == 270:
        x0, y0, x1, y1 = y0, -x1, y1, -x0
    return x0 + part.origin[0], y0 + part.origin[1], x1 + part.origin[0], y1 + part.origin[1]


def _common_boxes(first: tuple[_Piece, ...], second: tuple[_Piece, ...]) -> float | None:
    """Common volume of two parts [mm³] where boxes decide it, else None."""
    volume = 0.0
    for a in first:
        for b in second:
            sides = [min(a.box[i + 3], b.box[i + 3]) - max(a.box[i], b.box[i]) for i in range(3)]
            if min(sides) <= TOUCH_MM or _inside_a_hole(a, b) or _inside_a_hole(b, a):
                continue
            if not (a.is_box and b.is_box):
                return None
            volume += sides[0] * sides[1] * sides[2]
    return volume


def _inside_a_hole(piece: _Piece, around: _Piece) -> bool:
    x0, y0, _, x1, y1, _ = piece.box
    x, y, radius = piece.circle or ((x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0) / 2)
    if any(math.dist((x, y), hole[:2]) + radius <= hole[2] + TOUCH_MM for hole in around.rounds):
        return True
    return any(
        hole[0] - TOUCH_MM <= x0 and hole[1] - TOUCH_MM <= y0 and x1 <= hole[2] + TOUCH_MM and y1 <= hole[3] + TOUCH_MM
        for hole in around.holes
    )


def _relative(first: Part, second: Part) -> tuple[object, ...]:
    """Pairs with the same key stand to each other alike, to the kernel's point tolerance."""
    shift = tuple(round(b - a, 7) for a, b in zip(first.origin, second.origin, strict=True))
    return first.product, first.rotation_deg, second.product, second.rotation_deg, *shift


def _common(first: Part, second: Part, solids: Mapping[str, Solid]) -> float:
    shapes = [solids[part.product].shape.Moved(placement(part)) for part in (first, second)]
    common = BRepAlgoAPI_Common(*shapes)
    if not common.IsDone():
        raise CadError(f"{first.name} and {second.name}: the CAD kernel cannot tell whether they overlap")
    return abs(volume_mm3(common.Shape()))
