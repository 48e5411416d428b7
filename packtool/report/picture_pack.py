"""The pack as a picture, drawn from the Layout: assembled with the lid off, and taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from packtool.cad.colours import LOOKS
from packtool.layout.records import Layout, Part, Product, Role
from packtool.report.scene import Colour, View, draw, line_actor, solid_actor
from packtool.report.tessellation import placed, surface
from packtool.report.vtk_arrays import polygons, segments

ROLE_COLOURS: dict[Role, Colour] = {
    "cell": (74, 122, 176),
    "pad": (196, 190, 176),
    "barrier": (214, 200, 160),
    "fin": (206, 212, 218),
    "end_plate": (188, 194, 202),
    "holder": (66, 72, 80),
    "potting": (224, 212, 178),
    "interface": (226, 160, 88),
    "cold_plate": (160, 184, 194),
    "coolant": (64, 150, 220),
    "terminal": (186, 190, 196),
    "busbar": (198, 202, 208),
    "tray": (124, 132, 142),
    "lid": (160, 168, 178),
    "fitting": (84, 92, 100),
}
"""Where a picture wants another colour than the CAD's."""

COPPER: Colour = (196, 122, 76)
"""Parts of copper look like copper, whatever their role."""

Layer = tuple[str, ...]
TOP_SKIN = "top skin"
"""The cold plate above its channels; it moves on its own, so that the channels show."""

LAYERS: tuple[tuple[Layer, float], ...] = (
    (("tray", "seal", "bracket", "cross_member"), 0.0),
    (("cold_plate", "coolant"), 0.45),
    ((TOP_SKIN, "fitting", "interface"), 0.75),
    (("cell", "pad", "barrier", "fin", "end_plate", "terminal", "holder", "potting"), 0.55),
    (("busbar",), 0.12),
    (("lid", "bolt"), 0.75),
)
"""What moves together when the pack is taken apart, from below, and the gap to the layer below over the pack's height."""

ASSEMBLED = View(-56.0, 38.0)
APART = View(-56.0, 32.0, max_height=1600)
LID_OPACITY = 0.35


def _drawn(layout: Layout, apart: bool) -> Iterator[tuple[str, Product, list[Part]]]:
    """(what it moves with, product, parts) of everything that is drawn."""
    by_product: dict[str, list[Part]] = {}
    for part in layout.parts:
        by_product.setdefault(part.product, []).append(part)
    for product in layout.products:
        parts = by_product.get(product.id)
        if parts is None or (not apart and product.role in ("coolant", "lid", "bolt")):
            continue
        if apart and product.role == "cold_plate" and len(product.sweeps) > 1:
            top = max(sweep.z1 for sweep in product.sweeps)
            skin = tuple(sweep for sweep in product.sweeps if sweep.z1 == top)
            yield TOP_SKIN, replace(product, sweeps=skin), parts
            yield product.role, replace(product, sweeps=tuple(sweep for sweep in product.sweeps if sweep.z1 < top)), parts
        else:
            yield product.role, product, parts


def _heights(product: Product, parts: list[Part]) -> tuple[float, float]:
    _, _, z0, _, _, z1 = product.bounds()
    return min(p.origin[2] for p in parts) + z0, max(p.origin[2] for p in parts) + z1


def _lifts(drawn: list[tuple[str, Product, list[Part]]]) -> dict[str, float]:
    """How far each layer is moved up [mm], so that every one clears the one below."""
    ranges = {}
    for layer, _ in LAYERS:
        heights = [_heights(product, parts) for name, product, parts in drawn if name in layer]
        if heights:
            ranges[layer] = min(low for low, _ in heights), max(high for _, high in heights)
    whole = max(high for _, high in ranges.values()) - min(low for low, _ in ranges.values())
    lifts: dict[str, float] = {}
    lift, below = 0.0, None
    for layer, gap in LAYERS:
        if layer not in ranges:
            continue
        low, high = ranges[layer]
        if below is not None:
            lift = max(lift, below + gap * whole - low)
        lifts.update(dict.fromkeys(layer, lift))
        below = high + lift
    return lifts


def pack_picture(layout: Layout, apart: bool = False) -> bytes:
    """PNG (1500 pixels wide) of the pack from above one corner: assembled with the lid off, or ``apart`` in layers with the lid.

    Every product is tessellated once and placed. Raises PictureError if nothing can be drawn here.
    """
    drawn = list(_drawn(layout, apart))
    lifts = _lifts(drawn) if apart else {}
    actors, points = [], []
    for name, product, parts in drawn:
        shape = placed(surface(product), parts, lifts.get(name, 0.0))
        points.append(shape.points)
        r, g, b = COPPER if product.material.startswith("cu_") else ROLE_COLOURS.get(product.role, LOOKS[product.role].rgb8)
        opacity = LID_OPACITY if product.role == "lid" else 1.0
        actors.append(solid_actor(polygons(shape.points, shape.triangles, shape.normals), (r, g, b), opacity))
        actors.append(line_actor(segments(shape.edges), (int(0.42 * r), int(0.42 * g), int(0.42 * b)), 1.2))
    return draw(actors, np.vstack(points), APART if apart else ASSEMBLED)
