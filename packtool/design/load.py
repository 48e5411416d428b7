"""A design file to a LoadedDesign, or to every complaint about it at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from packtool.design.cell import is_cell_file
from packtool.design.document import Document, KeyPath, dotted, read_document
from packtool.design.duty import demands
from packtool.design.loaded import LoadedDesign, Place
from packtool.design.overrides import apply_setting, split_setting
from packtool.design.resolve import resolve
from packtool.design.schema import PackDesign, canonical_cell_name
from packtool.design.validation import complain_about
from packtool.design.yaml_text import read_text
from packtool.errors import Complaint, DesignError

MOST_COMPLAINTS = 1_000
"""More than these are counted, not listed."""


def load_design(path: Path | str, sets: Sequence[str] = ()) -> LoadedDesign:
    """Read, check and resolve the design file at ``path``, with ``sets`` (``key.path=value``) over its keys.

    Raises DesignError with every complaint, in the order of the file, those about ``sets`` last; MissingPart if the design
    names a BPX file and the ``bpx`` package is not installed.
    """
    file = Path(path)
    return design_from_text(read_text(file, str(path)), str(path), file.parent, sets)


def design_from_text(text: str, file: str, folder: Path, sets: Sequence[str] = ()) -> LoadedDesign:
    """``load_design`` for a text at hand: ``file`` is what complaints call it, paths in it are relative to ``folder``."""
    document = read_document(text, file)
    _refuse_other_tops(document)
    _set(document, sets, folder)
    _read_cell_file(document, folder)
    design, data = _validated(document)
    resolved = resolve(data, document, folder)
    asked = demands(design, resolved.cell, document, folder) if design and resolved.cell and not document.complaints else {}
    for path in sorted(document.empty - document.wrong, key=dotted):
        document.complain(path, "has no value: write one, null for none, or leave the key out")
    if document.complaints or design is None or resolved.cell is None:
        raise DesignError(_in_order(document.complaints, file))
    return LoadedDesign(
        design,
        resolved.cell,
        resolved.materials,
        resolved.coolants,
        _dotted_places(document),
        file,
        data,
        asked,
        resolved.step_files,
        resolved.calibration,
    )


def _refuse_other_tops(document: Document) -> None:
    """A design is a mapping; anything else at the top is one complaint."""
    if isinstance(document.data, dict):
        return
    if document.data is None:
        document.complain((), "empty: a design begins with packtool: 1 and name: ... (`packtool new NAME` writes one)")
    else:
        what = "a list" if isinstance(document.data, list) else "a single value"
        document.complain((), f"a design is a mapping of keys, as in 'packtool: 1', not {what}")
    raise DesignError(document.complaints)


def _set(document: Document, sets: Sequence[str], folder: Path) -> None:
    """Every setting, in turn; all that cannot be carried out are complained of together."""
    for setting in sets:
        try:
            if split_setting(setting)[0].startswith("cell."):
                _read_cell_file(document, folder)
            apply_setting(document, setting)
        except DesignError as error:
            document.complaints.extend(error.complaints)


def _read_cell_file(document: Document, folder: Path) -> None:
    """Put the mapping of a cell file in the place of its path, so that its keys are checked, and placed, like the design's."""
    data = document.data
    if not is_cell_file(data.get("cell")):
        return
    path = folder / data["cell"].strip()
    try:
        file = read_document(read_text(path, str(path), "cell"), str(path))
    except DesignError as error:
        for complaint in error.complaints:
            if complaint.line:  # a place inside the cell file
                document.complaints.append(complaint)
                document.wrong.add(("cell",))
            else:
                document.complain(("cell",), str(complaint))
        data["cell"] = {}
        return
    if not isinstance(file.data, dict):
        document.complain(("cell",), "a cell file is a mapping of the cell's figures, as in capacity_Ah: 100", file.places[()])
        file.data = {}
    data["cell"] = file.data
    document.places |= {("cell", *inner): place for inner, place in file.places.items() if inner}
    document.empty |= {("cell", *inner) for inner in file.empty}
    for complaint in file.complaints:
        document.complaints.append(complaint)


def _validated(document: Document) -> tuple[PackDesign | None, Any]:
    """The design, None if it is not valid, and its data with defaults."""
    try:
        design = PackDesign.model_validate(_as_tuples(document.data), strict=True)
        return design, design.model_dump(mode="json")
    except ValidationError as error:
        data = complain_about(document)
        if not document.complaints:
            _complain_in_pydantics_words(error, document)
        return None, data


def _complain_in_pydantics_words(error: ValidationError, document: Document) -> None:
    """What our own walk along the schema did not find: reported all the same."""
    for detail in error.errors(include_url=False, include_input=False):
        path: list[str | int] = []
        for step in detail["loc"]:
            if (*path, step) in document.places:
                path.append(step)
        document.complain(tuple(path), detail["msg"])


def _as_tuples(data: Any) -> Any:
    """Lists as tuples, which is what the records hold and pydantic's strict mode asks for."""
    if isinstance(data, dict):
        return {key: _as_tuples(value) for key, value in data.items()}
    return tuple(_as_tuples(value) for value in data) if isinstance(data, list) else data


def _in_order(complaints: Sequence[Complaint], file: str) -> list[Complaint]:
    """The file's own complaints from top to bottom, then those of a cell file, then those about settings; each once."""

    def rank(complaint: Complaint) -> tuple[int, str, int, int]:
        group = 0 if complaint.file == file else 1 if complaint.line else 2
        return group, "" if group != 1 else complaint.file, complaint.line, complaint.column

    ordered = sorted(dict.fromkeys(complaints), key=rank)
    left_out = len(ordered) - MOST_COMPLAINTS
    if left_out > 0:
        ordered[MOST_COMPLAINTS:] = [Complaint(file, 0, 0, "", f"and {left_out:,} more; this may not be a design at all")]
    return ordered


def _dotted_places(document: Document) -> dict[str, Place]:
    """Places by dotted key; an overridden cell also under its canonical name."""
    places = {dotted(path): place for path, place in document.places.items() if path}
    for path, place in document.places.items():
        if path[:2] == ("overrides", "cells") and len(path) > 2:
            canonical: KeyPath = (*path[:2], canonical_cell_name(str(path[2])), *path[3:])
            places.setdefault(dotted(canonical), place)
    return places
