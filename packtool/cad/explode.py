"""The pack taken apart: the same parts, lifted in layers so that each can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from packtool.layout.records import Layout, Role

LAYERS: tuple[tuple[tuple[Role, ...], float], ...] = (
    (("tray", "bracket", "cross_member"), 0.0),
    (("cold_plate", "coolant", "fitting"), 0.45),
    (("interface",), 0.2),
    (("cell", "pad", "barrier", "fin", "end_plate", "holder", "potting", "terminal"), 0.45),
    (("busbar",), 0.25),
    (("seal",), 0.35),
    (("lid",), 0.2),
    (("bolt",), 0.1),
)
"""What moves together, from below, and the gap to the layer below over the pack's height."""


def lifts_mm(layout: Layout) -> Mapping[Role, float]:
    """How far the parts of each role are lifted [mm], so that every layer clears the one below; roles of no layer stay with the cells."""
    roles = {product.id: product.role for product in layout.products}
    named = {role for layer, _ in LAYERS for role in layer}
    boxes: dict[Role, list[tuple[float, float]]] = {}
    for part in layout.parts:
        _, _, low, _, _, high = layout.part_bounds(part)
        boxes.setdefault(roles[part.product], []).append((low, high))
    if not boxes:
        return {}
    whole = max(high for ranges in boxes.values() for _, high in ranges) - min(
        low for ranges in boxes.values() for low, _ in ranges
    )
    lifts: dict[Role, float] = {}
    lift, below = 0.0, None
    for layer, gap in LAYERS:
        members = (*layer, *(role for role in boxes if role not in named)) if "cell" in layer else layer
        ranges = [box for role in members for box in boxes.get(role, ())]
        if not ranges:
            continue
        if below is not None:
            lift = max(lift, below + gap * whole - min(low for low, _ in ranges))
        lifts.update(dict.fromkeys(members, lift))
        below = max(high for _, high in ranges) + lift
    return lifts


def exploded(layout: Layout) -> Layout:
    """The layout with every part lifted by its layer."""
    lifts = lifts_mm(layout)
    roles = {product.id: product.role for product in layout.products}
    parts = tuple(
        replace(part, origin=(part.origin[0], part.origin[1], part.origin[2] + lifts[roles[part.product]])) for part in layout.parts
    )
    return replace(layout, name=f"{layout.name}-exploded", parts=parts)
