"""The cell that a design speaks of: a catalogue cell, a BPX file, or figures of the design's own over one of these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from packtool.catalogue import load as catalogue
from packtool.catalogue.properties import constant_resistance
from packtool.catalogue.records import Cell, Figure
from packtool.design.cell_tables import CURVES, folder_of, given_resistance, with_curves
from packtool.design.document import Document, KeyPath
from packtool.design.patterns import FORMATS_OF, NEEDED_FIGURES, patterns_for
from packtool.design.schema import CellSpec
from packtool.design.suggest import did_you_mean
from packtool.design.temperature_tables import given_figure
from packtool.errors import MissingPart, PacktoolError

BPX_ENDING = ".json"
CELL_FILE_ENDINGS = (".yaml", ".yml")

FIGURES = tuple(
    name
    for name in CellSpec.model_fields
    if name in Cell.model_fields and name not in ("name", "format", "chemistry", "terminals", *CURVES)
)
"""Keys of a cell in the design that are figures of the record."""

_CELL: KeyPath = ("cell",)


def is_cell_file(reference: Any) -> bool:
    """Is this value of ``cell`` the path of a YAML file with a cell's figures?"""
    return isinstance(reference, str) and reference.strip().lower().endswith(CELL_FILE_ENDINGS)


def resolve_cell(reference: Any, document: Document, folder: Path) -> Cell | None:
    """The cell that ``reference`` (the value of the key ``cell``) describes.

    ``folder`` is the design's: paths are relative to the file they stand in. What is wrong is added to ``document``; None if
    there is then no cell to speak of. Figures of the design have the standing ``given``.
    """
    if isinstance(reference, str):
        if reference.lower().endswith(BPX_ENDING):
            return _from_bpx(reference, _CELL, None, document, folder)
        return _from_catalogue(reference, _CELL, document)
    if not isinstance(reference, Mapping):
        return None
    given = {key: value for key, value in reference.items() if value is not None and (*_CELL, key) not in document.wrong}
    base = _base(given, document, folder)
    if base is None:
        return None
    own = {key: figure for key in FIGURES if key in given and (figure := given_figure(given[key], (*_CELL, key), document, folder))}
    return with_curves(_with_resistance(_with_figures(base, given, own), given, document, folder), given, document, folder)


def complain_of_missing_figures(cell: Cell, reference: Any, pattern: str | None, document: Document) -> None:
    """A complaint for every figure that the stages need and nobody gave, with the way to give it; or one if no such cell stands in ``pattern``."""
    if pattern is not None and cell.format not in FORMATS_OF[pattern]:
        ways = [f"pattern: {other}" for other in patterns_for(cell.format)]
        instead = f"its cells stand in {' or '.join(ways)}" if ways else "no pattern takes its format yet"
        document.complain(
            (*_CELL, "format"),
            f"{cell.id} is {cell.format}, but arrangement.pattern: {pattern} takes {' and '.join(FORMATS_OF[pattern])} cells; {instead} "
            "(`packtool cells` lists the formats)",
        )
        return
    wrong = {path[1] for path in document.wrong if len(path) > 1 and path[0] == "cell"}
    for figure in cell.unknown(NEEDED_FIGURES.get(cell.format, ())):
        if figure not in wrong:
            about = (CellSpec.model_fields[figure].description or "").partition(":")[0].partition(" (")[0].partition(",")[0]
            document.complain((*_CELL, figure), f"unknown for {cell.id}: {about}; {_written(reference, f'{figure}: ...')}")
    if cell.resistance_dc is None and not wrong & {"resistance_mOhm", "resistance_like"}:
        stand_in = _similar_cell_with_resistance(cell)
        other = f", or let a similar cell's stand in: {_written(reference, f'resistance_like: {stand_in}')}" if stand_in else ""
        table = "resistance_mOhm: {temperature_degC: [...], resistance_mOhm: [...]}"
        document.complain(
            (*_CELL, "resistance_mOhm"),
            f"unknown for {cell.id}: dc resistance; {_written(reference, table)}{other}",
        )


def complain_of_voltages(cell: Cell, document: Document) -> None:
    """A complaint if v_min, v_nom and v_max do not ascend."""
    known = [(key, figure.value) for key in ("v_min", "v_nom", "v_max") if (figure := getattr(cell, key)) is not None]
    for (low_key, low), (high_key, high) in pairwise(known):
        if low >= high:
            at = next((key for key in (high_key, low_key) if (*_CELL, key) in document.places), high_key)
            document.complain((*_CELL, at), f"{low_key} must be below {high_key}, got {low:g} and {high:g} V")


def _base(given: Mapping[str, Any], document: Document, folder: Path) -> Cell | None:
    """The cell to start from: a catalogue cell, a BPX file, or a blank of the given format."""
    if "like" in given:
        return _from_catalogue(given["like"], (*_CELL, "like"), document)
    if "bpx" in given:
        return _from_bpx(given["bpx"], (*_CELL, "bpx"), given.get("format"), document, folder)
    if document.wrong & {(*_CELL, "like"), (*_CELL, "bpx"), (*_CELL, "format")}:
        return None
    if "format" not in given:
        document.complain(
            (*_CELL, "format"), "missing: a cell of your own needs format: prismatic (or start from another with like: or bpx:)"
        )
        return None
    return Cell(id="own-cell", name="own cell", format=given["format"], note="described in the design")


def _from_catalogue(name: str, path: KeyPath, document: Document) -> Cell | None:
    known = catalogue.cells()
    if name in known:
        return known[name]
    if "/" in name or "\\" in name or "." in name:
        hint = f"; the path of a file ends in {BPX_ENDING} (BPX) or {CELL_FILE_ENDINGS[0]}"
    else:
        hint = did_you_mean(name, known)
    document.complain(path, f"no cell {name!r} in the catalogue{hint} (`packtool cells` lists them)")
    return None


def _from_bpx(name: str, path: KeyPath, cell_format: Any, document: Document, folder: Path) -> Cell | None:
    from packtool.catalogue.bpx import cell_from_bpx

    base = folder_of(path, document, folder)
    try:
        return cell_from_bpx(base / name, cell_format or "prismatic")
    except MissingPart:
        raise
    except PacktoolError as error:
        document.complain(path, str(error))
    except (RecursionError, ValueError, OSError) as error:  # nested without end; numbers of thousands of digits; a NUL in the name
        document.complain(path, f"{base / name} cannot be read as a BPX file: {error}")
    return None


def _with_figures(base: Cell, given: Mapping[str, Any], figures: Mapping[str, Figure]) -> Cell:
    """``base`` with the design's own figures; its id says so where they contradict what was known."""
    texts = {key: given[key] for key in ("name", "format", "chemistry", "terminals") if key in given}
    differs = any(
        (known := getattr(base, key)) is not None and (known.value != figure.value or figure.table)
        for key, figure in figures.items()
    ) or ("format" in texts and texts["format"] != base.format)
    changes: dict[str, Any] = {**figures, **texts}
    if differs:
        changes["id"] = f"{base.id}-modified"
        changes["note"] = ". ".join(part for part in (base.note, f"given in the design: {', '.join(figures)}") if part)
    return base.model_copy(update=changes)


def _with_resistance(cell: Cell, given: Mapping[str, Any], document: Document, folder: Path) -> Cell:
    own, stand_in = given.get("resistance_mOhm"), given.get("resistance_like")
    if isinstance(own, Mapping):
        found = given_resistance(own, document, folder)
        if found is None:
            return cell
        table = found
    elif own is not None:
        table = constant_resistance(own, note="one number in the design, the same at every temperature")
    elif stand_in is not None:
        other = _from_catalogue(stand_in, (*_CELL, "resistance_like"), document)
        if other is None:
            return cell
        if other.resistance_dc is None:
            document.complain(
                (*_CELL, "resistance_like"), f"the catalogue has no dc resistance of {stand_in} either{_those_with_resistance()}"
            )
            return cell
        note = ". ".join(part for part in (f"stand-in: resistance of {other.id}", other.resistance_dc.note) if part)
        table = other.resistance_dc.model_copy(update={"note": note})
    else:
        return cell
    return cell.model_copy(update={"resistance_dc": table})


def _written(reference: Any, addition: str) -> str:
    """How to add a key to the cell of this design."""
    if isinstance(reference, str):
        kind = "bpx" if reference.lower().endswith(BPX_ENDING) else "like"
        return f"write cell: {{{kind}: {reference}, {addition}}}"
    return f"add {addition} under cell"


def _those_with_resistance() -> str:
    names = [name for name, cell in catalogue.cells().items() if cell.resistance_dc is not None]
    return f"; these have one: {', '.join(names)}" if names else ""


STAND_IN_RATIO = 1.25
"""A cell is offered as a stand-in up to this ratio of capacities: resistance goes about inversely with capacity (rules/resistance_stand_in.py)."""


def _similar_cell_with_resistance(cell: Cell) -> str | None:
    """The catalogue cell of the same chemistry whose dc resistance is known: the same maker's first, then the nearest capacity."""
    own = _family(cell)
    if not own or cell.capacity_Ah is None:
        return None
    ranked = [
        (other.maker != cell.maker, abs(math.log(other.capacity_Ah.value / cell.capacity_Ah.value)), name)
        for name, other in catalogue.cells().items()
        if other.resistance_dc is not None
        and other.capacity_Ah is not None
        and _family(other) == own
        and other.format == cell.format
        and abs(math.log(other.capacity_Ah.value / cell.capacity_Ah.value)) <= math.log(STAND_IN_RATIO)
    ]
    return min(ranked)[2] if ranked else None


def _family(cell: Cell) -> str:
    """``LFP`` for LFP and LFP/graphite, ``NMC`` for NMC811/graphite."""
    return cell.chemistry.partition("/")[0].rstrip("0123456789 ").upper()
