"""drawing.svg: the sheet at its true size, one group a layer."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

from packtool.cad.drawing import LAYERS, Dimension, Hatch, Sheet, Text
from packtool.cad.edges import Edge

ARROW = 2.5
"""Length of an arrowhead [mm] (ISO 129-1: about the height of the text)."""
FONT = "font-family='DejaVu Sans, Arial, sans-serif'"


def svg_text(sheet: Sheet) -> str:
    """The sheet as SVG in millimetres; the same text each time for the same sheet."""
    width, height = sheet.size
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width:g}mm' height='{height:g}mm' viewBox='0 0 {width:g} {height:g}'>",
        f"<title>{escape(sheet.name)}</title><rect width='100%' height='100%' fill='white'/>",
        "<defs>",
        *(_pattern(angle) for angle in (45, 135)),
        "</defs>",
        f"<g transform='translate(0 {height:g}) scale(1 -1)' fill='none' stroke='black' stroke-linecap='round'>",
        *(_hatch(hatch) for hatch in sheet.hatches),
    ]
    for layer, (_, pen) in LAYERS.items():
        paths = "".join(_path(stroke.edge) for stroke in sheet.strokes if stroke.layer == layer)
        lines.append(f"<path id='{layer}' stroke-width='{pen:g}' d='{paths}'/>")
    lines += [_dimension(dimension) for dimension in sheet.dimensions]
    texts = [*sheet.texts, *(_figure(dimension) for dimension in sheet.dimensions)]
    return "\n".join([*lines, "</g>", *(_text(text, height) for text in texts), "</svg>", ""])


def figure_text(value: float) -> str:
    """A dimension's figure: to a hundredth of a millimetre, without trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def arrow_ends(dimension: Dimension) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the dimension line begins and ends."""
    (x0, y0), (x1, y1) = dimension.start, dimension.end
    if dimension.vertical:
        return (x0 - dimension.offset, y0), (x0 - dimension.offset, y1)
    return (x0, y0 - dimension.offset), (x1, y0 - dimension.offset)


def _path(edge: Edge) -> str:
    (x0, y0), (x1, y1), arc = edge
    if arc is None:
        return f"M{x0:.3f} {y0:.3f}L{x1:.3f} {y1:.3f}"
    large, sweep = int(abs(arc[4]) > math.pi), int(arc[4] > 0)
    return f"M{x0:.3f} {y0:.3f}A{arc[2]:.3f} {arc[2]:.3f} 0 {large} {sweep} {x1:.3f} {y1:.3f}"


def _hatch(hatch: Hatch) -> str:
    return f"<path fill='url(#h{hatch.angle_deg})' fill-rule='evenodd' stroke='none' d='{chained(hatch.edges)}'/>"


def chained(edges: tuple[Edge, ...]) -> str:
    """Closed paths of edges that follow each other."""
    text, start, at = "", None, None
    for (x0, y0), (x1, y1), arc in edges:
        if at is None or math.dist(at, (x0, y0)) > 1e-6:
            text += ("Z" if start else "") + f"M{x0:.3f} {y0:.3f}"
            start = (x0, y0)
        if arc is None:
            text += f"L{x1:.3f} {y1:.3f}"
        else:
            text += f"A{arc[2]:.3f} {arc[2]:.3f} 0 {int(abs(arc[4]) > math.pi)} {int(arc[4] > 0)} {x1:.3f} {y1:.3f}"
        at = (x1, y1)
    return text + "Z"


def _pattern(angle: int) -> str:
    return (
        f"<pattern id='h{angle}' width='1.6' height='1.6' patternUnits='userSpaceOnUse' patternTransform='rotate({angle})'>"
        "<path d='M0 0H1.6' stroke='#555' stroke-width='0.13'/></pattern>"
    )


def _dimension(dimension: Dimension) -> str:
    a, b = arrow_ends(dimension)
    length = math.dist(a, b)
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    out = 1 if length > 3 * ARROW else -1  # where there is no room the arrows point inwards from outside
    beyond = 0.0 if out == 1 else 2 * ARROW
    lines = _path(((a[0] - beyond * ux, a[1] - beyond * uy), (b[0] + beyond * ux, b[1] + beyond * uy), None))
    drop = (-1.5, 0.0) if dimension.vertical else (0.0, -1.5)
    for foot, at in ((dimension.start, a), (dimension.end, b)):
        lines += _path((foot, (at[0] + drop[0], at[1] + drop[1]), None))
    heads = ""
    for (x, y), sign in ((a, out), (b, -out)):
        px, py = x + sign * ARROW * ux, y + sign * ARROW * uy
        heads += f"M{x:.3f} {y:.3f}L{px - 0.4 * uy:.3f} {py + 0.4 * ux:.3f}L{px + 0.4 * uy:.3f} {py - 0.4 * ux:.3f}Z"
    return f"<path stroke-width='0.18' d='{lines}'/><path fill='black' stroke='none' d='{heads}'/>"


def _figure(dimension: Dimension) -> Text:
    a, b = arrow_ends(dimension)
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    text = figure_text(dimension.value)
    if dimension.vertical:
        return Text((x - 1.0, y), text, 2.5, centred=True, upright=False)
    return Text((x, y + 1.0), text, 2.5, centred=True)


def _text(text: Text, height: float) -> str:
    x, y = text.at[0], height - text.at[1]
    anchor = " text-anchor='middle'" if text.centred else ""
    turn = "" if text.upright else f" transform='rotate(-90 {x:.3f} {y:.3f})'"
    # a capital is 0.72 of the font's size
    return f"<text x='{x:.3f}' y='{y:.3f}' font-size='{text.height / 0.72:.3f}' {FONT}{anchor}{turn}>{escape(text.text)}</text>"
