"""The pack taken apart: the same parts, lifted in layers so that each can be seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from packtool.layout.records import Layout, Role

LAYERS: tuple[tuple[tuple[Role, ...], float], ...] = (
    (("tray", "bracket", "cross_member", "fixture"), 0.0),
    (("cold_plate", "coolant", "fitting", "heater"), 0.45),
    (("interface",), 0.2),
    (("cell", "pad", "barrier", "fin", "end_plate", "side_plate", "strap", "filler", "holder", "potting", "terminal"), 0.45),
    (("busbar",), 0.25),
    (("seal",), 0.35),
    (("lid",), 0.2),
    (("bolt",), 0.1),
    (("imported",), 0.1),
)
"""What moves together, from below, and the gap to the layer below over the pack's height."""


OVER: tuple[tuple[tuple[Role, ...], float], ...] = ((("interface",), 0.2), (("cold_plate", "coolant", "fitting"), 0.2))
"""The same for what lies over the cells; it comes after the busbars."""
UNDER: tuple[tuple[tuple[Role, ...], float], ...] = ((("busbar",), 0.2),)
"""The same for what lies under the cells, and belongs over them otherwise; it comes before the cells."""
Place = Literal["", "over", "under"]


def lifts_mm(layout: Layout) -> Mapping[str, float]:
    """How far each part is lifted [mm], by name, so that every layer clears the one below; roles of no layer stay with the cells."""
    roles = {product.id: product.role for product in layout.products}
    named = {role for layer, _ in LAYERS for role in layer}
    places: dict[str, Place] = {}
    places.update((name, "over") for name in _over_cells(layout))
    places.update((name, "under") for name in _under_cells(layout))
    ranges: dict[tuple[Role, Place], list[tuple[float, float]]] = {}
    key: dict[str, tuple[Role, Place]] = {}
    for part in layout.parts:
        _, _, low, _, _, high = layout.part_bounds(part)
        key[part.name] = (roles[part.product], places.get(part.name, ""))
        ranges.setdefault(key[part.name], []).append((low, high))
    if not ranges:
        return {}
    every = [each for found in ranges.values() for each in found]
    whole = max(high for _, high in every) - min(low for low, _ in every)
    lifts: dict[tuple[Role, Place], float] = {}
    lift, below = 0.0, None
    for layer, gap, place in _in_order():
        others = [role for role, at in ranges if role not in named and not at] if "cell" in layer else []
        members = [(role, place) for role in (*layer, *others)]
        here = [each for member in members for each in ranges.get(member, ())]
        if not here:
            continue
        if below is not None:
            lift = max(lift, below + gap * whole - min(low for low, _ in here))
        lifts.update(dict.fromkeys(members, lift))
        below = max(high for _, high in here) + lift
    return {name: lifts[group] for name, group in key.items()}


def _in_order() -> list[tuple[tuple[Role, ...], float, Place]]:
    """Every layer from below, and whether it is of what lies over or under the cells."""
    ordered: list[tuple[tuple[Role, ...], float, Place]] = []
    for layer, gap in LAYERS:
        if "cell" in layer:
            ordered += [(lower, above, "under") for lower, above in UNDER]
        ordered.append((layer, gap, ""))
        if "busbar" in layer:
            ordered += [(upper, above, "over") for upper, above in OVER]
    return ordered


def _under_cells(layout: Layout) -> set[str]:
    """Names of the busbars that lie under the cells."""
    foot = min((layout.part_bounds(part)[2] for part in layout.parts_of("cell")), default=-math.inf)
    below = layout.parts_of(*(role for layer, _ in UNDER for role in layer))
    return {part.name for part in below if layout.part_bounds(part)[5] <= foot + 1e-6}


def _over_cells(layout: Layout) -> set[str]:
    """Names of the plates that lie over the cells, and of what belongs to them."""
    top = max((layout.part_bounds(part)[5] for part in layout.parts_of("cell")), default=math.inf)
    cooling = layout.parts_of(*(role for layer, _ in OVER for role in layer))
    if not any(layout.part_bounds(part)[2] >= top for part in layout.parts_of("cold_plate")):
        return set()
    return {part.name for part in cooling if layout.part_bounds(part)[5] > top + 1e-6}


def exploded(layout: Layout) -> Layout:
    """The layout with every part lifted by its layer."""
    lifts = lifts_mm(layout)
    parts = tuple(
        replace(part, origin=(part.origin[0], part.origin[1], part.origin[2] + lifts[part.name])) for part in layout.parts
    )
    return replace(layout, name=f"{layout.name}-exploded", parts=parts)
