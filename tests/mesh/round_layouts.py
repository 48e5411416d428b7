"""Packs of upright round cells, by hand, in millimetres; middles of the first row's first cell at x = y = 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mesh_layouts import box, shape

from packtool.catalogue.records import Cell, Figure
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep

D, H = 21.0, 70.0


def figure(value: float) -> Figure:
    """A value whose source is this test."""
    return Figure(value=value, standing="given", sources=())


CELL = Cell(
    id="round-21700", name="round", format="cylindrical",
    diameter_mm=figure(D), height_mm=figure(H), k_axial_W_mK=figure(20.0), k_radial_W_mK=figure(0.9),
)  # fmt: skip


def sites(
    rows: int, columns: int, pitch: float, pattern: str, bands: Sequence[tuple[int, float]] = ()
) -> list[list[tuple[float, float]]]:
    """Middles row by row; ``bands``: (row, extra mm) after which the next row stands further off."""
    rise = pitch * math.sqrt(3) / 2 if pattern == "hexagonal" else pitch
    extra = dict(bands)
    found, y = [], 0.0
    for j in range(rows):
        shift = pitch / 2 if pattern == "hexagonal" and j % 2 else 0.0
        found.append([(i * pitch + shift, y) for i in range(columns)])
        y += extra.get(j, 0.0) or rise
    return found


def round_pack(
    rows: int = 3,
    columns: int = 3,
    pitch: float = 22.5,
    pattern: str = "hexagonal",
    *,
    holder: float = 6.0,
    potting: bool = False,
    interface: float = 1.0,
    rim: float = 3.0,
    radius: float = D / 2,
    bands: Sequence[tuple[int, float]] = (),
    extra: Sequence[tuple[Product, Part]] = (),
) -> Layout:
    """Cells from z = 0 to 70; holders of ``holder`` mm around both ends, potting between them, an interface layer below, if more than 0."""
    places = [site for row in sites(rows, columns, pitch, pattern, bands) for site in row]
    x0, x1 = min(x for x, _ in places) - radius - rim, max(x for x, _ in places) + radius + rim
    y0, y1 = min(y for _, y in places) - radius - rim, max(y for _, y in places) + radius + rim
    product = Product("product cell", "cell", "round-21700", (Sweep(Profile(Loop.circle(0.0, 0.0, radius)), 0.0, H),))
    parts = [Part(f"R{j + 1}C{i + 1:02d}", product.id, (x, y, 0.0), 0, (), j * columns + i + 1, 1)
             for j, row in enumerate(sites(rows, columns, pitch, pattern, bands)) for i, (x, y) in enumerate(row)]  # fmt: skip
    pierced = Profile(Loop.rectangle(x0, y0, x1, y1), tuple(Loop.circle(x, y, radius) for x, y in places))
    pieces = []
    if holder:
        pieces.append(shape("holder below", "holder", Sweep(pierced, 0.0, holder)))
        pieces.append(shape("holder above", "holder", Sweep(pierced, H - holder, H)))
    if potting:
        pieces.append(shape("potting", "potting", Sweep(pierced, holder, H - holder)))
    if interface:
        pieces.append(box("interface", "interface", x0, y0, -interface, x1, y1, 0.0))
    pieces += extra
    return Layout(
        "round", CELL, (product, *(p for p, _ in pieces)), (*parts, *(p for _, p in pieces)), len(parts), 1, None, ()
    )  # fmt: skip


def turned(layout: Layout) -> Layout:
    """The same pack with x and y exchanged by a quarter turn of every part."""
    return replace(
        layout,
        parts=tuple(
            replace(part, origin=(-part.origin[1], part.origin[0], part.origin[2]), rotation_deg=(part.rotation_deg + 90) % 360)
            for part in layout.parts
        ),
    )
