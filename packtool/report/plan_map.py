"""The pack from above as an SVG map: every cell in its place, coloured by a result. No library; the text follows the page's colours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

from packtool.layout.records import Layout
from packtool.report.colours import hex_colour, ink_on
from packtool.report.quantity import number

MOST_LABELS = 400
"""More cells than this carry no text: it could not be read."""


def _label(x: float, y: float, width: float, height: float, name: str, value: str, ink: str) -> str:
    """Name and value in the middle of a box, turned upright where the box is slender."""
    upright = height > 1.6 * width
    size = min(0.36 * min(width, height), max(width, height) / (0.62 * (len(name) + len(value) + 2)))
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if upright else ""
    if not upright:
        size = min(size, 0.9 * width / (0.62 * max(len(name), len(value), 1)))
        return (
            f'<text font-size="{size:.1f}" fill="{ink}"><tspan x="{x:.1f}" y="{y - 0.15 * size:.1f}">{name}</tspan>'
            f'<tspan x="{x:.1f}" y="{y + 1.0 * size:.1f}" font-weight="600">{value}</tspan></text>'
        )
    return (
        f'<text x="{x:.1f}" y="{y + 0.36 * size:.1f}" font-size="{size:.1f}" fill="{ink}"{turn}>{name}'
        f'<tspan font-weight="600" dx="{0.5 * size:.1f}">{value}</tspan></text>'
    )


def _legend(x: float, y: float, width: float, height: float, low: float, high: float, unit: str) -> list[str]:
    stops = "".join(f'<stop offset="{i / 16:.4f}" stop-color="{hex_colour(i / 16)}"/>' for i in range(17))
    size = 1.05 * height
    text = f'font-size="{size:.1f}" fill="var(--ink)"'
    return [
        f'<defs><linearGradient id="scale">{stops}</linearGradient></defs>',
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="url(#scale)"/>',
        f'<text x="{x:.1f}" y="{y - 0.4 * size:.1f}" {text} text-anchor="start">{low:.1f} {escape(unit)}</text>',
        f'<text x="{x + width:.1f}" y="{y - 0.4 * size:.1f}" {text} text-anchor="end">{high:.1f} {escape(unit)}</text>',
    ]


def plan_map(layout: Layout, values: Mapping[str, float], unit: str, title: str, gradient: str = "scale") -> str:
    """SVG of the cells in the plan (x to the right, y up) with ``values`` by cell name, in ``unit`` with one decimal, and a scale.

    Cells without a value are drawn empty. ``gradient`` is the id of the scale's colours and must differ between maps of one page.
    Raises ValueError if no cell has a value.
    """
    cells = layout.parts_of("cell")
    known = [values[cell.name] for cell in cells if cell.name in values]
    if not known:
        raise ValueError(f"no cell has a value to map: {title}")
    low, high = min(known), max(known)
    boxes = {cell.name: layout.part_bounds(cell) for cell in cells}
    x0, y0 = min(b[0] for b in boxes.values()), min(b[1] for b in boxes.values())
    x1, y1 = max(b[3] for b in boxes.values()), max(b[4] for b in boxes.values())
    bar = 0.022 * math.hypot(x1 - x0, y1 - y0)
    top = 3.0 * bar
    lines = [
        f'<svg class="map" viewBox="0 0 {x1 - x0:.1f} {y1 - y0 + top:.1f}" role="img" aria-label="{escape(title)}" text-anchor="middle">',
        *_legend(0.0, 1.5 * bar, x1 - x0, bar, low, high, unit),
    ]
    for cell in cells:
        a, b, _, c, d, _ = boxes[cell.name]
        x, y, width, height = a - x0, y1 - d + top, c - a, d - b
        value = values.get(cell.name)
        fraction = 0.5 if value is None or high == low else (value - low) / (high - low)
        fill = "none" if value is None else hex_colour(fraction)
        shown = "" if value is None else f"{value:.1f}"
        said = f"{cell.name}: no value" if value is None else f"{cell.name}: {number(value)} {unit}"
        lines.append(
            f'<g><title>{escape(said)}</title><rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{fill}" stroke="var(--rule)" stroke-width="{0.02 * min(width, height):.2f}"/>'
        )
        if len(cells) <= MOST_LABELS:
            ink = "var(--ink)" if value is None else ink_on(fraction)
            lines.append(_label(x + width / 2, y + height / 2, width, height, escape(cell.name), shown, ink))
        lines.append("</g>")
    lines.append("</svg>")
    return "\n".join(lines).replace('id="scale"', f'id="{gradient}"').replace("url(#scale)", f"url(#{gradient})")
