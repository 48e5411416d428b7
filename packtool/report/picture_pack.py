"""The pack as a picture, drawn from the Layout: assembled with the lid off, and taken apart."""

from __future__ import annotations

from packtool.layout.records import Layout, Role
from packtool.report.scene import Colour, line_actor, look_from, png, renderer_with, solid_actor
from packtool.report.tessellation import placed, polygons, segments, surface

ROLE_COLOURS: dict[Role, Colour] = {
    "cell": (74, 122, 176),
    "pad": (196, 190, 176),
    "end_plate": (188, 194, 202),
    "interface": (226, 160, 88),
    "cold_plate": (150, 178, 190),
    "terminal": (206, 208, 212),
    "busbar": (222, 224, 228),
    "tray": (112, 120, 130),
    "lid": (140, 148, 158),
    "fitting": (70, 76, 84),
}
"""Colour of each role; coolant is inside the plate and not drawn."""

COPPER: Colour = (196, 122, 76)
"""Parts of copper look like copper, whatever their role."""

LAYERS: tuple[tuple[Role, ...], ...] = (("tray",), ("cold_plate", "fitting"), ("interface",), ("cell", "pad", "end_plate", "terminal"), ("busbar",), ("lid",))
"""What moves together when the pack is taken apart, from below."""

AZIMUTH, ELEVATION = -56.0, 30.0


def _lifts(layout: Layout, apart: bool) -> dict[Role, float]:
    """How far each role is moved up [mm]. Taken apart: each layer clears the one below by a part of the pack's height."""
    if not apart:
        return {}
    bounds = [layout.part_bounds(part) for part in layout.parts]
    height = max(b[5] for b in bounds) - min(b[2] for b in bounds)
    lifts: dict[Role, float] = {}
    lift, below = 0.0, None
    for layer in LAYERS:
        boxes = [layout.part_bounds(part) for part in layout.parts_of(*layer)]
        if not boxes:
            continue
        bottom, top = min(b[2] for b in boxes), max(b[5] for b in boxes)
        if below is not None:
            gap = (0.16 if layer in (("interface",), ("busbar",)) else 0.4) * height
            lift = max(lift, below + gap - bottom)
        lifts.update(dict.fromkeys(layer, lift))
        below = top + lift
    return lifts


def pack_picture(layout: Layout, apart: bool = False, width: int = 1800, height: int = 1150) -> bytes:
    """PNG of the pack seen from above one corner: assembled with the lid off, or ``apart`` in layers with the lid.

    Raises PictureError if nothing can be drawn here.
    """
    lifts = _lifts(layout, apart)
    actors: list[object] = []
    by_product: dict[str, list[int]] = {}
    for index, part in enumerate(layout.parts):
        by_product.setdefault(part.product, []).append(index)
    extent = 0.0
    for product in layout.products:
        if product.role == "coolant" or (product.role == "lid" and not apart) or product.id not in by_product:
            continue
        parts = [layout.parts[index] for index in by_product[product.id]]
        shape = placed(surface(product), parts, lifts.get(product.role, 0.0))
        extent = max(extent, float((shape.points.max(axis=0) - shape.points.min(axis=0)).max()))
        colour = COPPER if product.material.startswith("cu_") else ROLE_COLOURS[product.role]
        actors.append(solid_actor(polygons(shape.points, shape.triangles, shape.normals), colour))
        actors.append(line_actor(segments(shape.edges), tuple(int(0.45 * c) for c in colour), 1.0, 0.9))
    renderer = renderer_with(actors, extent)
    look_from(renderer, AZIMUTH, ELEVATION, 1.25)
    return png(renderer, width, height)
