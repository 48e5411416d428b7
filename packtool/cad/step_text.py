"""The STEP text as the kernel writes it, made reproducible: header, occurrence ids, order of the colours, characters.

The kernel stamps the time into the header, numbers occurrences with a counter of the whole process, and writes the colours in
the order of memory addresses. Names may hold any character; ISO 10303-21 wants those beyond ASCII as ``\\X2\\....\\X0\\``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from packtool import __version__
from packtool.errors import CadError

_STATEMENT = re.compile(r"#(\d+) = ((?:[^;']|'[^']*')*);\n")
_REFERENCE = re.compile(r"#(\d+)|'[^']*'")
_WRAP = re.compile(r"('[^']*')|\s*\n\s*")
_STYLED = re.compile(r"STYLED_ITEM\('[^']*',\([^)]*\),#(\d+)\)")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_OCCURRENCE = "NEXT_ASSEMBLY_USAGE_OCCURRENCE("
_STYLE_ROOT = "MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION("
_STYLE_KINDS = (
    _STYLE_ROOT, "STYLED_ITEM(", "OVER_RIDING_STYLED_ITEM(", "PRESENTATION_STYLE_ASSIGNMENT(", "SURFACE_STYLE_", "SURFACE_SIDE_STYLE(",
    "FILL_AREA_STYLE", "CURVE_STYLE(", "COLOUR_RGB(", "DRAUGHTING_PRE_DEFINED_",
)  # fmt: skip
"""The entities that carry colour (ISO 10303-46), in the kernel's spelling; nothing else refers to them."""


def reproducible(text: str, name: str) -> str:
    """The STEP text with everything that differs from one run to the next replaced; ASCII. ``name`` goes into the header.

    Raises CadError if the text has not the form that the kernel writes.
    """
    start, end = text.find("DATA;\n"), text.rfind("ENDSEC;\n")
    schema = re.search(r"FILE_SCHEMA\(.*?\);", text[:start], re.DOTALL)
    if start < 0 or end < start or schema is None:
        raise CadError("the STEP text that the CAD kernel wrote has no header or no data")
    data = text[start + len("DATA;\n") : end]
    statements = {int(match[1]): match[2] for match in _STATEMENT.finditer(data)}
    _number_occurrences(statements)
    _order_styles(statements)
    body = "".join(f"#{id} = {statement};\n" for id, statement in statements.items())
    return _escaped(_header(name, _unwrapped(schema[0])) + body + text[end:])


def _header(name: str, schema: str) -> str:
    maker = f"packtool {__version__}"
    quoted = name.replace("'", "''")
    return (
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('battery pack'),'2;1');\n"
        f"FILE_NAME('{quoted}','1970-01-01T00:00:00',(''),(''),'{maker}, Open CASCADE Technology','{maker}','');\n"
        f"{schema}\nENDSEC;\nDATA;\n"
    )


def _number_occurrences(statements: dict[int, str]) -> None:
    """Occurrence ids 1, 2, ... in the order of the file."""
    count = 0
    for id, statement in statements.items():
        if statement.startswith(_OCCURRENCE):
            count += 1
            statements[id] = re.sub(r"^(\w+\()'\d*'", rf"\g<1>'{count}'", _unwrapped(statement))


def _order_styles(statements: dict[int, str]) -> None:
    """Colours in the order of the solids that they paint, in the places (ids) that the colours hold together."""
    styles = {id: _unwrapped(text) for id, text in statements.items() if text.startswith(_STYLE_KINDS)}
    roots = [id for id, text in styles.items() if text.startswith(_STYLE_ROOT)]

    def painted(root: int) -> list[int]:
        return sorted(int(match[1]) for id in _below(root, styles) for match in _STYLED.finditer(styles[id]))

    order: dict[int, int] = {}
    places = iter(sorted(styles))
    for root in sorted(roots, key=painted):
        for id in _below(root, styles):
            if id not in order:
                order[id] = next(places)
    if len(order) != len(styles):
        raise CadError("the STEP text that the CAD kernel wrote has colours that belong to nothing")
    for id, place in order.items():
        statements[place] = _REFERENCE.sub(lambda m: f"#{order.get(int(m[1]), int(m[1]))}" if m[1] else m[0], styles[id])


def _below(root: int, styles: dict[int, str]) -> Iterator[int]:
    """``root`` and every style that it refers to, depth first, in the order of the references."""
    yield root
    for match in _REFERENCE.finditer(styles[root]):
        if match[1] and int(match[1]) in styles:
            yield from _below(int(match[1]), styles)


def _unwrapped(statement: str) -> str:
    """A statement on one line; inside strings only the line breaks go."""
    return _WRAP.sub(lambda m: m[1].replace("\n", "") if m[1] else "", statement)


def _escaped(text: str) -> str:
    """Characters beyond ASCII as ISO 10303-21 control directives, of four or eight hexadecimal digits each."""

    def directive(match: re.Match[str]) -> str:
        if max(match[0]) > "\uffff":
            return "\\X4\\" + "".join(f"{ord(c):08X}" for c in match[0]) + "\\X0\\"
        return "\\X2\\" + "".join(f"{ord(c):04X}" for c in match[0]) + "\\X0\\"

    return _BEYOND_ASCII.sub(directive, text)
