"""The STEP text as the kernel writes it, made reproducible and compact: header, occurrence ids, order of the colours, characters.

The kernel stamps the time into the header, numbers occurrences with a counter of the whole process, writes the colours in the order of
memory addresses, each point, direction and placement as often as it is used, and a label of 30 characters on every occurrence. Names may hold any character; ISO 10303-21 wants those beyond
ASCII as ``\\X2\\....\\X0\\``.
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
_PIECE = re.compile(r"(?:'[^']*'|[^',])+,?|,")
_NEGATIVE_ZERO = re.compile(r"-0\.(?=[,)])")
_LINE = 240
"""Characters of a line, above which it is wrapped: readers with a line buffer have at least 256."""
_MERGED = (("CARTESIAN_POINT(", "DIRECTION(", "PRODUCT_RELATED_PRODUCT_CATEGORY("), ("VECTOR(", "AXIS2_PLACEMENT_3D("))
"""What is written once where it is equal: values without an identity of their own, and the kernel's repeated categories."""
_LABELLED, _UNLABELLED = "PRODUCT_DEFINITION_SHAPE('Placement','Placement of an item',", "PRODUCT_DEFINITION_SHAPE('','',"
"""Name and description of an occurrence's shape, which say nothing that the occurrence does not; both may be empty (ISO 10303-41)."""
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
    statements = {int(match[1]): _unwrapped(match[2]).replace(_LABELLED, _UNLABELLED) for match in _STATEMENT.finditer(data)}
    _number_occurrences(statements)
    _order_styles(statements)
    return _escaped(_header(name, _unwrapped(schema[0])) + _body(_compacted(statements)) + text[end:])


def _compacted(statements: dict[int, str]) -> dict[int, str]:
    """The statements numbered from 1 on, equal points, directions and vectors written once."""
    kept: dict[str, int] = {}
    instead: dict[int, int] = {}

    def renamed(match: re.Match[str]) -> str:
        return f"#{instead.get(int(match[1]), int(match[1]))}" if match[1] else match[0]

    merged = dict(statements)
    for kinds in _MERGED:  # what the first refer to nothing, the later to the former
        for id, statement in statements.items():
            if statement.startswith(kinds):
                merged[id] = _NEGATIVE_ZERO.sub("0.", _REFERENCE.sub(renamed, statement))
                first = kept.setdefault(merged[id], id)
                if first != id:
                    instead[id] = first
                    del merged[id]
    numbers = {id: number for number, id in enumerate(merged, start=1)}
    instead = {id: numbers[instead.get(id, id)] for id in statements}
    return {numbers[id]: _REFERENCE.sub(renamed, statement) for id, statement in merged.items()}


def _body(statements: dict[int, str]) -> str:
    return "".join(f"#{id}={_wrapped(statement)};\n" for id, statement in statements.items())


def _wrapped(statement: str) -> str:
    """A long statement on several lines, broken behind commas that are not in a string."""
    if len(statement) <= _LINE:
        return statement
    lines, line = [], ""
    for piece in _PIECE.findall(statement):
        if line and len(line) + len(piece) > _LINE:
            lines.append(line)
            line = ""
        line += piece
    return "\n".join([*lines, line])


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
            statements[id] = re.sub(r"^(\w+\()'\d*'", rf"\g<1>'{count}'", statement)


def _order_styles(statements: dict[int, str]) -> None:
    """Colours in the order of the solids that they paint, in the places (ids) that the colours hold together."""
    styles = {id: text for id, text in statements.items() if text.startswith(_STYLE_KINDS)}
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
    return _WRAP.sub(lambda m: m[1].replace("\n", "") if m[1] else "", statement) if "\n" in statement else statement


def _escaped(text: str) -> str:
    """Characters beyond ASCII as ISO 10303-21 control directives, of four or eight hexadecimal digits each."""

    def directive(match: re.Match[str]) -> str:
        if max(match[0]) > "\uffff":
            return "\\X4\\" + "".join(f"{ord(c):08X}" for c in match[0]) + "\\X0\\"
        return "\\X2\\" + "".join(f"{ord(c):04X}" for c in match[0]) + "\\X0\\"

    return _BEYOND_ASCII.sub(directive, text)
