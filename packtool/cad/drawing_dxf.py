"""drawing.dxf: the sheet in model space, true size in millimetres of paper, through ezdxf (MIT, comes with cadquery)."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from packtool.cad.drawing import LAYERS, Dimension, Hatch, Sheet, Stroke, Text
from packtool.cad.drawing_svg import ARROW, figure_text
from packtool.cad.region import Edge

DXF_VERSION = "R2010"


def dxf_text(sheet: Sheet) -> str:
    """The sheet as DXF: layers with widths and colours, dimensions and hatches as such. The same text each time for the same sheet."""
    import ezdxf
    from ezdxf import units

    with _fixed_meta_data(ezdxf):
        document = ezdxf.new(DXF_VERSION, units=units.MM)  # type: ignore[attr-defined]
        document.header["$MEASUREMENT"] = 1
        for layer, (colour, width) in LAYERS.items():
            document.layers.add(layer, color=colour, lineweight=round(100 * width))
        document.styles.add("packtool", font="isocpeur.ttf")
        document.dimstyles.new("packtool", dxfattribs=_dimension_style())
        space = document.modelspace()
        for stroke in sheet.strokes:
            _stroke(space, stroke)
        for hatch in sheet.hatches:
            _hatch(space, hatch)
        for text in sheet.texts:
            _text(space, text)
        for dimension in sheet.dimensions:
            _dimension(space, dimension)
        document.header["$EXTMIN"], document.header["$EXTMAX"] = (0, 0, 0), (*sheet.size, 0)
        for kind in sorted(document.entitydb.dxf_types_in_use()):  # the library adds what is missing in the order of a set
            document.classes.add_class(kind)
        stream = io.StringIO()
        document.write(stream)
    return stream.getvalue()


@contextmanager
def _fixed_meta_data(ezdxf: Any) -> Iterator[None]:
    """Times, ids and version numbers in the header are the same each time; the library's switch is global: put back afterwards."""
    before = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = before


def _dimension_style() -> dict[str, Any]:
    return {
        "dimtxt": 2.5,
        "dimasz": ARROW,
        "dimexe": 1.5,
        "dimexo": 0.0,
        "dimgap": 1.0,
        "dimtad": 1,
        "dimtxsty": "packtool",
        "dimscale": 1.0,
    }


def _stroke(space: Any, stroke: Stroke) -> None:
    start, end, arc = stroke.edge
    attributes = {"layer": stroke.layer}
    if arc is None:
        space.add_line(start, end, dxfattribs=attributes)
        return
    first, last = (arc[3], arc[3] + arc[4]) if arc[4] > 0 else (arc[3] + arc[4], arc[3])  # DXF arcs turn left
    space.add_arc(arc[:2], arc[2], math.degrees(first) % 360, math.degrees(last) % 360, dxfattribs=attributes)


def _hatch(space: Any, hatch: Hatch) -> None:
    made = space.add_hatch(dxfattribs={"layer": "section"})
    made.set_pattern_fill("ANSI31", scale=0.5, angle=hatch.angle_deg - 45)
    made.dxf.hatch_style = 0  # by turns: outline, hole, island
    for vertices in _outlines(hatch.edges):
        made.paths.add_polyline_path(vertices, is_closed=True)


def _outlines(edges: tuple[Edge, ...]) -> Iterator[list[tuple[float, float, float]]]:
    """Closed outlines of edges that follow each other: x, y and bulge of each vertex."""
    outline: list[tuple[float, float, float]] = []
    at: tuple[float, float] | None = None
    for start, end, arc in edges:
        if at is not None and math.dist(at, start) > 1e-6:
            yield outline
            outline = []
        outline.append((*start, math.tan(arc[4] / 4) if arc else 0.0))
        at = end
    if outline:
        yield outline


def _text(space: Any, text: Text) -> None:
    from ezdxf.enums import TextEntityAlignment

    made = space.add_text(
        text.text, height=text.height, rotation=0 if text.upright else 90, dxfattribs={"layer": "text", "style": "packtool"}
    )
    made.set_placement(text.at, align=TextEntityAlignment.BOTTOM_CENTER if text.centred else TextEntityAlignment.LEFT)


def _dimension(space: Any, dimension: Dimension) -> None:
    x, y = dimension.start
    base = (x - dimension.offset, y) if dimension.vertical else (x, y - dimension.offset)
    space.add_linear_dim(
        base, dimension.start, dimension.end, angle=90 if dimension.vertical else 0, dimstyle="packtool",
        text=figure_text(dimension.value), dxfattribs={"layer": "dimensions"},
    ).render()  # fmt: skip
