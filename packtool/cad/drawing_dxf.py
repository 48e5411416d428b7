"""drawing.dxf: the sheet in model space, true size in millimetres of paper, through ezdxf (MIT, comes with cadquery)."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from packtool.cad.drawing import LAYERS, Dimension, Hatch, Sheet, Stroke, Text
from packtool.cad.drawing_svg import ARROW, figure_text
from packtool.cad.edges import Edge

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
        for hatch in sheet.hatches:
            _hatch(space, hatch)
        for text in sheet.texts:
            _text(space, text)
        for dimension in sheet.dimensions:
            _dimension(space, dimension)
        document.header["$EXTMIN"], document.header["$EXTMAX"] = (0, 0, 0), (*sheet.size, 0)
        for kind in sorted(document.entitydb.dxf_types_in_use()):  # the library adds what is missing in the order of a set
            document.classes.add_class(kind)
        first = int(str(document.entitydb.handles), 16)
        document.entitydb.handles.reset(f"{first + len(sheet.strokes):X}")
        stream = io.StringIO()
        document.write(stream)
    before, begin, after = stream.getvalue().partition("  2\nENTITIES\n")
    strokes = (_stroke(stroke, handle, space.layout_key) for handle, stroke in enumerate(sheet.strokes, first))
    return before + begin + "".join(strokes) + after


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


def _stroke(stroke: Stroke, handle: int, owner: str) -> str:
    """A LINE or ARC as the DXF reference has it (group codes 10/20/30 and 11/21/31 points, 40 radius, 50 and 51 angles [deg], arcs to the
    left): written here, since a large pack has tens of thousands, and the library takes a seventh of a millisecond for each."""
    (x0, y0), (x1, y1), arc = stroke.edge
    head = f"\n  5\n{handle:X}\n330\n{owner}\n100\nAcDbEntity\n  8\n{stroke.layer}\n100\n"
    if arc is None:
        return f"  0\nLINE{head}AcDbLine\n 10\n{x0!r}\n 20\n{y0!r}\n 30\n0.0\n 11\n{x1!r}\n 21\n{y1!r}\n 31\n0.0\n"
    x, y, radius, start, turn = arc
    first, last = (start, start + turn) if turn > 0 else (start + turn, start)
    circle = f"AcDbCircle\n 10\n{x!r}\n 20\n{y!r}\n 30\n0.0\n 40\n{radius!r}\n100\n"
    return f"  0\nARC{head}{circle}AcDbArc\n 50\n{math.degrees(first) % 360!r}\n 51\n{math.degrees(last) % 360!r}\n"


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
