"""The drawing of a pack on one sheet: plan with the lid off, front and left view, sections through the cells and the cold plate,
overall dimensions, cell pitch, title block. First-angle projection (ISO 5456-2, the usual one in India and Europe); millimetres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from packtool import __version__
from packtool.cad.edges import Edge
from packtool.cad.region import Region
from packtool.cad.views import Cut, Face, Loose, elevation, hatched_edges, horizontal_section, lengthwise_section, plan
from packtool.layout.records import Layout, Role

SCALES = (5.0, 2.0, 1.0, 1 / 2, 1 / 5, 1 / 10, 1 / 20, 1 / 50, 1 / 100, 1 / 200)
"""Recommended scales of ISO 5455."""
SHEETS: tuple[tuple[str, float, float], ...] = (("A3", 420.0, 297.0), ("A2", 594.0, 420.0))
"""Sheets of ISO 5457 [mm], landscape; the smaller is taken where both fit."""
MARGIN, GAP = 10.0, 24.0
"""Frame to the sheet's edge (ISO 5457) and room between the views for dimensions and titles [mm of paper]."""
TITLE = (180.0, 42.0)
"""The title block, at the frame's lower right corner (ISO 7200: 180 mm wide at most)."""
LEAST_HATCHED_MM = 3.2
"""On paper: a cut face smaller than twice the hatching's pitch either way would get a line or two at random; it stays blank."""
LEAST_DRAWN_MM = 0.13
"""On paper: a cut face narrower than the thinnest line of ISO 128-2 is no face there; its neighbours' outlines show where it is."""
CROWD = 1_500
"""Parts above which the plan leaves out what lies over the cells (COVERS), so that they show, and the elevations what a tray hides (INSIDE):
the drawing stays quick."""
COVERS: tuple[Role, ...] = ("busbar", "terminal", "holder", "interface", "potting", "seal", "bolt")
INSIDE: tuple[Role, ...] = ("cell", *COVERS[:5], "pad", "barrier", "fin", "heater")
"""Roles that a tray's walls hide from the side; not even looked at in a crowd."""

if TYPE_CHECKING:
    from packtool.cad.kernel_drawing import KernelDrawing

Layer = Literal["outline", "cells", "busbars", "section", "coolant", "dimensions", "text", "frame"]
LAYERS: dict[Layer, tuple[int, float]] = {
    "outline": (7, 0.35), "cells": (5, 0.25), "busbars": (30, 0.25), "section": (7, 0.5), "coolant": (4, 0.25),
    "dimensions": (8, 0.18), "text": (7, 0.25), "frame": (7, 0.7),
}  # fmt: skip
"""AutoCAD colour index and line width [mm] of each layer (widths of ISO 128-2)."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line or arc on paper [mm]."""

    edge: Edge
    layer: Layer


@dataclass(frozen=True, slots=True)
class Hatch:
    """A cut face: outlines on paper (outer and holes by the even-odd rule), hatched at 45 or 135 degrees by turns."""

    edges: tuple[Edge, ...]
    angle_deg: int


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, ``height`` [mm], its lower middle (``centred``) or lower left at ``at``."""

    at: tuple[float, float]
    text: str
    height: float = 2.5
    centred: bool = False
    upright: bool = True


@dataclass(frozen=True, slots=True)
class Dimension:
    """A length between two points on paper, its line ``offset`` below (horizontal) or left (vertical) of the first; ``value`` in mm."""

    start: tuple[float, float]
    end: tuple[float, float]
    offset: float
    value: float
    vertical: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the sheet, of ``size`` [mm]; ``scale`` as 1:n or n:1."""

    name: str
    size: tuple[float, float]
    scale: str
    strokes: tuple[Stroke, ...]
    hatches: tuple[Hatch, ...]
    texts: tuple[Text, ...]
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class _View:
    """A view's lines and cuts in mm of the pack, and the box that it takes there."""

    title: str
    box: tuple[float, float, float, float]
    edges: tuple[tuple[Edge, Role], ...] = ()
    cuts: tuple[Cut, ...] = ()
    widths: bool = False
    heights: bool = False
    pitch: tuple[tuple[float, float], tuple[float, float]] | None = None


def drawing(layout: Layout, mass: dict[str, Any], kernel: KernelDrawing | None = None) -> Sheet:
    """The sheet; ``mass`` as mass.json holds it; ``kernel`` draws what lines and arcs in the plan do not tell;
    without it imported parts are not there."""
    boxes = [layout.part_bounds(part) for part in layout.parts]
    x0, y0, z0 = (min(box[i] for box in boxes) for i in range(3))
    x1, y1, z1 = (max(box[i] for box in boxes) for i in range(3, 6))
    columns = _views(layout, (x0, y0, z0, x1, y1, z1), kernel)
    scale, (sheet, width, height) = _scale_and_sheet(columns)
    strokes: list[Stroke] = []
    hatches: list[Hatch] = []
    texts: list[Text] = []
    dimensions: list[Dimension] = []
    left = MARGIN + GAP
    for column in columns:
        top = height - MARGIN - GAP / 2
        for view in column:
            a0, b0, a1, b1 = view.box
            dx, dy = left - a0 * scale, top - b1 * scale
            _draw(view, scale, dx, dy, strokes, hatches)
            texts.append(Text((left + (a1 - a0) * scale / 2, top + 2.0), view.title, 3.5, centred=True))
            low = top - (b1 - b0) * scale
            if view.widths:
                dimensions.append(Dimension((left, low), (left + (a1 - a0) * scale, low), 9.0, a1 - a0, False))
            if view.heights:
                dimensions.append(Dimension((left, low), (left, top), 9.0, b1 - b0, True))
            if view.pitch:
                (p, q), (r, s) = view.pitch
                dimensions.append(Dimension((p * scale + dx, low), (r * scale + dx, low), 4.0, math.dist((p, q), (r, s)), False))
            top = low - GAP
        left += max((view.box[2] - view.box[0]) * scale for view in column) + GAP
    _frame(layout, mass, (width, height), sheet, scale, strokes, texts)
    return Sheet(layout.name, (width, height), _ratio(scale), tuple(strokes), tuple(hatches), tuple(texts), tuple(dimensions))


def _views(layout: Layout, box: tuple[float, ...], kernel: KernelDrawing | None) -> list[list[_View]]:
    """The views in two columns, each from above."""
    x0, y0, z0, x1, y1, z1 = box
    first = next(iter(layout.parts_of("cell")), None)
    cells = layout.parts_of("cell")
    pitch = None
    if len(cells) > 1 and abs(cells[0].origin[1] - cells[1].origin[1]) < 1e-6:
        pitch = (cells[0].origin[:2], cells[1].origin[:2])
    products = {product.id: product.role for product in layout.products}
    crowd = len(layout.parts) > CROWD
    shown = _without(layout, COVERS) if crowd else layout
    outside = _without(layout, INSIDE) if crowd and "tray" in products.values() else layout

    formed = {part.name for part in kernel.formed} if kernel else set()
    flat = replace(layout, parts=tuple(part for part in layout.parts if part.name not in formed))

    def seen(axis: int) -> tuple[list[Loose], list[Face]]:
        return (kernel.seen(axis), kernel.hiding(axis)) if kernel else ([], [])

    above = "PLAN, LID OFF" if "lid" in products.values() else "PLAN"
    above += ", BUSBARS AND HOLDERS OFF" if crowd else ""
    one = [
        _View("FRONT", (x0, z0, x1, z1), tuple(elevation(outside, "y", *seen(1))), heights=True),
        _View(above, (x0, y0, x1, y1), tuple(plan(shown, *seen(2))), widths=True, heights=True, pitch=pitch),
    ]
    two = [_View("LEFT", (-y1, z0, -y0, z1), tuple(elevation(outside, "x", *seen(0))), widths=True)]
    if first is not None:
        y = first.origin[1]
        cuts = (*lengthwise_section(flat, y), *(kernel.cuts(1, y) if kernel else ()))
        one.append(_View(f"SECTION A-A, CELLS (y = {y:.4g})", (x0, z0, x1, z1), cuts=cuts))
    if layout.network is not None:
        z = layout.network.section_z
        title = f"SECTION B-B, COLD PLATE (z = {z:.4g})"
        two.append(_View(title, (x0, y0, x1, y1), cuts=(*horizontal_section(flat, z), *(kernel.cuts(2, z) if kernel else ()))))
    return [one, two]


def _without(layout: Layout, roles: tuple[Role, ...]) -> Layout:
    of = {product.id: product.role for product in layout.products}
    return replace(layout, parts=tuple(part for part in layout.parts if of[part.product] not in roles))


def _scale_and_sheet(columns: Sequence[Sequence[_View]]) -> tuple[float, tuple[str, float, float]]:
    """The largest recommended scale at which the views fit a sheet."""
    for scale in SCALES:
        widths = [max(view.box[2] - view.box[0] for view in column) * scale for column in columns]
        heights = [sum((view.box[3] - view.box[1]) * scale + GAP for view in column) for column in columns]
        heights[-1] += TITLE[1]
        for name, width, height in SHEETS:
            if sum(widths) + (len(widths) + 1) * GAP + 2 * MARGIN <= width and max(heights) + GAP / 2 + 2 * MARGIN <= height:
                return scale, (name, width, height)
    return SCALES[-1], SHEETS[-1]


def _draw(view: _View, scale: float, dx: float, dy: float, strokes: list[Stroke], hatches: list[Hatch]) -> None:
    for edge, role in view.edges:
        strokes.append(Stroke(_on_paper(edge, scale, dx, dy), _layer(role)))
    for number, cut in enumerate(view.cuts):
        if max((min(_sides(region)) for region in cut.regions), default=0.0) * scale < LEAST_DRAWN_MM:
            continue
        layer: Layer = "coolant" if cut.role == "coolant" else "section"
        strokes += [Stroke(_on_paper(edge, scale, dx, dy), layer) for edge in cut.edges]
        for region in cut.regions if cut.hatched else ():
            if max(_sides(region)) * scale < LEAST_HATCHED_MM:
                continue
            edges = tuple(_on_paper(edge, scale, dx, dy) for edge in hatched_edges(region, cut.openings))
            hatches.append(Hatch(edges, 45 if number % 2 == 0 else 135))


def _sides(region: Region) -> tuple[float, float]:
    """Width and height of the box around a region [mm of the pack]."""
    x0, y0, x1, y1 = region.box
    return x1 - x0, y1 - y0


def _layer(role: Role) -> Layer:
    if role in ("cell", "terminal"):
        return "cells"
    return "busbars" if role == "busbar" else "coolant" if role == "coolant" else "outline"


def _on_paper(edge: Edge, scale: float, dx: float, dy: float) -> Edge:
    (x0, y0), (x1, y1), arc = edge
    moved = (arc[0] * scale + dx, arc[1] * scale + dy, arc[2] * scale, arc[3], arc[4]) if arc else None
    return (x0 * scale + dx, y0 * scale + dy), (x1 * scale + dx, y1 * scale + dy), moved


def _ratio(scale: float) -> str:
    return f"{scale:g}:1" if scale > 1 else f"1:{1 / scale:g}"


def _rectangle(x0: float, y0: float, x1: float, y1: float, layer: Layer) -> list[Stroke]:
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return [Stroke((a, b, None), layer) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]


def _frame(
    layout: Layout,
    mass: dict[str, Any],
    size: tuple[float, float],
    sheet: str,
    scale: float,
    strokes: list[Stroke],
    texts: list[Text],
) -> None:
    """Frame, title block and the symbol of the projection."""
    width, height = size
    strokes += _rectangle(MARGIN, MARGIN, width - MARGIN, height - MARGIN, "frame")
    x, y = width - MARGIN - TITLE[0], MARGIN
    strokes += _rectangle(x, y, x + TITLE[0], y + TITLE[1], "frame")
    for row in (14.0, 28.0):
        strokes.append(Stroke(((x, y + row), (x + TITLE[0], y + row), None), "frame"))
    for column, low, high in ((60.0, 0.0, 28.0), (120.0, 0.0, 28.0)):
        strokes.append(Stroke(((x + column, y + low), (x + column, y + high), None), "frame"))
    complete = "" if mass["complete"] else " (incomplete)"
    size_mm = " x ".join(f"{value:.5g}" for value in mass["envelope_mm"]["size"])
    materials = {product.material for product in layout.products}
    entries = (
        (0.0, 28.0, "title", layout.name, 5.0),
        (0.0, 14.0, "mass", f"{mass['mass_kg']:.4g} kg{complete}", 3.5),
        (60.0, 14.0, "size, mm", size_mm, 3.5),
        (120.0, 14.0, "material", next(iter(materials)) if len(materials) == 1 else "see bom.csv", 3.5),
        (0.0, 0.0, "scale, sheet", f"{_ratio(scale)}, {sheet}", 3.5),
        (60.0, 0.0, "cells", f"{len(layout.parts_of('cell'))}, {layout.n_series}S{layout.n_parallel}P", 3.5),
    )
    for column, row, head, text, tall in entries:
        texts += [Text((x + column + 2, y + row + 10.5), head, 1.8), Text((x + column + 2, y + row + 3), text, tall)]
    texts.append(Text((x + 100, y + 38), f"packtool {__version__}; mm; fillets and thread forms: pack.step", 1.8))
    _first_angle(x + 132, y + 7, strokes)


def _first_angle(x: float, y: float, strokes: list[Stroke]) -> None:
    """A truncated cone from the side, and from its small end to the right of it (ISO 5456-2, figure of the first-angle symbol)."""
    a, b, c, d = (x, y - 2.5), (x + 12, y - 5), (x + 12, y + 5), (x, y + 2.5)
    strokes += [Stroke((p, q, None), "outline") for p, q in ((a, b), (b, c), (c, d), (d, a))]
    for radius in (2.5, 5.0):
        for start in (0.0, math.pi):
            ends = [(x + 26 + radius * math.cos(t), y + radius * math.sin(t)) for t in (start, start + math.pi)]
            strokes.append(Stroke((ends[0], ends[1], (x + 26, y, radius, start, math.pi)), "outline"))
    for p, q in (((x - 2, y), (x + 14, y)), ((x + 19, y), (x + 33, y)), ((x + 26, y - 7), (x + 26, y + 7))):
        strokes.append(Stroke((p, q, None), "dimensions"))
