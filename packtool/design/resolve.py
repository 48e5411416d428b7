"""What single keys cannot tell: whether they agree with each other and with the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packtool.catalogue import load as catalogue
from packtool.catalogue.properties import SINGLE_ROW_REACH_K
from packtool.catalogue.records import Cell, Coolant, Material
from packtool.design.cell import complain_of_missing_figures, complain_of_voltages, resolve_cell
from packtool.design.document import Document, KeyPath
from packtool.design.groups import block_of, blocks
from packtool.design.patterns import CYLINDER_PATTERNS
from packtool.design.schema import CELL_NAME_PATTERN, MAX_CELLS, canonical_cell_name
from packtool.design.suggest import did_you_mean
from packtool.design.wording import range_words

MATERIAL_KEYS: tuple[KeyPath, ...] = (
    ("arrangement", "gap_material"),
    ("arrangement", "end_plate_material"),
    ("arrangement", "holder", "material"),
    ("arrangement", "potting", "material"),
    ("interface", "material"),
    ("cold_plate", "material"),
    ("busbars", "material"),
    ("enclosure", "material"),
    ("enclosure", "lid_material"),
)
"""Keys that name a solid of the catalogue."""


@dataclass(frozen=True)
class Resolved:
    """What the design refers to; ``cell`` is None only where a complaint says why."""

    cell: Cell | None
    materials: Mapping[str, Material]
    coolants: Mapping[str, Coolant]


@dataclass(frozen=True)
class Values:
    """A design's values, defaults filled in, as far as nothing is wrong with them."""

    data: Any
    wrong: set[KeyPath]

    def at(self, *path: str) -> Any:
        """The value of a key; None if it is not given, null, or there is a complaint about it."""
        value = self.data
        for depth, key in enumerate(path, 1):
            if not isinstance(value, Mapping) or path[:depth] in self.wrong:
                return None
            value = value.get(key)
        return value


def resolve(data: Any, document: Document, folder: Path) -> Resolved:
    """Look up what the design names, and add to ``document`` every complaint about keys that do not go together.

    ``data``: the design with defaults, valid or not; keys with a complaint are left out of the checks. ``folder``: the design's.
    """
    values = Values(data, document.wrong)
    _check_overrides(values, document)
    _count_cells(values, document)
    _check_busbars(values, document)
    _check_plate_type(values, document)
    reference = values.at("cell")
    cell = resolve_cell(reference, document, folder)
    if cell is not None:
        complain_of_missing_figures(cell, reference, values.at("arrangement", "pattern"), document)
        complain_of_voltages(cell, document)
    materials = _look_up("material", MATERIAL_KEYS, catalogue.materials(), values, document)
    coolants = _look_up("coolant", [("cold_plate", "coolant")], catalogue.coolants(), values, document)
    busbar = values.at("busbars", "material")
    if busbar in materials and materials[busbar].resistivity_ohm_m is None:
        conductors = [name for name, material in catalogue.materials().items() if material.resistivity_ohm_m is not None]
        document.complain(
            ("busbars", "material"), f"the resistivity of {busbar} is unknown; it is known for {', '.join(conductors)}"
        )
    _check_inlet(values, coolants, document)
    return Resolved(cell, materials, coolants)


def _count_cells(values: Values, document: Document) -> None:
    series, parallel = values.at("electrical", "series"), values.at("electrical", "parallel")
    rows, per_row = values.at("arrangement", "rows"), values.at("arrangement", "cells_per_row")
    wanted = series * parallel if series and parallel else None
    placed = rows * per_row if rows and per_row else None
    if wanted and wanted > MAX_CELLS:
        document.complain(
            ("electrical", "series"),
            f"series x parallel = {series} x {parallel} = {wanted:,} cells; a design has {MAX_CELLS:,} at most",
        )
    elif placed and placed > MAX_CELLS:
        document.complain(
            ("arrangement", "rows"),
            f"rows x cells_per_row = {rows} x {per_row} = {placed:,} cells; a design has {MAX_CELLS:,} at most",
        )
    elif wanted and placed and wanted != placed:
        fits = wanted % (rows * parallel) == 0
        fitting = f"; with rows: {rows} it takes cells_per_row: {wanted // rows}" if fits else ""
        document.complain(
            ("arrangement", "cells_per_row"),
            f"rows x cells_per_row = {rows} x {per_row} = {placed} cells, but electrical: series x parallel = "
            f"{series} x {parallel} = {wanted}{fitting}",
        )
    elif rows and per_row and parallel:
        if values.at("arrangement", "pattern") in CYLINDER_PATTERNS:
            _shape_groups(rows, per_row, parallel, values.at("arrangement", "group_rows"), document)
        elif per_row % parallel:
            document.complain(
                ("arrangement", "cells_per_row"),
                f"must be a multiple of electrical.parallel ({parallel}), because a parallel group does not cross rows; got {per_row}",
            )


def _shape_groups(rows: int, per_row: int, parallel: int, group_rows: int | None, document: Document) -> None:
    """A parallel group of a grid is a block of whole rows and columns."""
    if block_of(rows, per_row, parallel, group_rows) is not None:
        return
    shapes = blocks(rows, per_row, parallel)
    if not shapes:
        document.complain(
            ("arrangement", "cells_per_row"),
            f"{rows} rows of {per_row} cells cannot be shared out in blocks of electrical.parallel: {parallel} cells; rows x cells_per_row "
            "must be a multiple of it such that the block's rows divide rows and its columns divide cells_per_row",
        )
    else:
        ways = ", ".join(f"{block.rows} (blocks of {block.rows} x {block.columns})" for block in shapes)
        document.complain(
            ("arrangement", "group_rows"),
            f"{group_rows} rows do not come out for groups of {parallel} in {rows} rows of {per_row}; these do: {ways}",
        )


def _check_busbars(values: Values, document: Document) -> None:
    """Bars along rows have a width; plates on cylindrical cells are as wide as their groups."""
    pattern, width = values.at("arrangement", "pattern"), values.at("busbars", "width_mm")
    if values.at("busbars") is None or ("busbars", "width_mm") in document.wrong:
        return
    if pattern in CYLINDER_PATTERNS and width is not None:
        document.complain(
            ("busbars", "width_mm"),
            f"leave it out: with pattern: {pattern} the busbars are plates as wide as the groups that they join",
        )
    elif pattern == "rows" and width is None:
        about = range_words({"exclusiveMinimum": 0, "maximum": 20_000}, "mm")
        document.complain(("busbars", "width_mm"), f"missing: width of a bar (a number {about})")


def _check_plate_type(values: Values, document: Document) -> None:
    """Ribbons stand at the sides of round cells."""
    pattern = values.at("arrangement", "pattern")
    if values.at("cold_plate", "type") == "ribbon" and pattern is not None and pattern not in CYLINDER_PATTERNS:
        document.complain(
            ("cold_plate", "type"),
            f"ribbon is for {' and '.join(CYLINDER_PATTERNS)} patterns of cylindrical cells, not for {pattern}",
        )


def _check_overrides(values: Values, document: Document) -> None:
    rows, per_row = values.at("arrangement", "rows"), values.at("arrangement", "cells_per_row")
    top = document.data if isinstance(document.data, Mapping) else {}
    cells = Values(top, document.wrong).at("overrides", "cells")  # as spelt in the file
    seen: dict[str, str] = {}
    for name in cells if isinstance(cells, Mapping) else ():
        path = ("overrides", "cells", name)
        if path in document.wrong or not re.fullmatch(CELL_NAME_PATTERN[1:-1], name):
            continue
        canonical = canonical_cell_name(name)
        if canonical in seen:
            document.complain(path, f"the same cell as {seen[canonical]}")
        seen.setdefault(canonical, name)
        row, column = (int(digits) for digits in re.findall("[0-9]+", name))
        if rows and per_row and not (1 <= row <= rows and 1 <= column <= per_row):
            last = canonical_cell_name(f"R{rows}C{per_row}")
            document.complain(path, f"there is no such cell: rows are 1 to {rows}, columns 1 to {per_row} (R1C01 to {last})")


def _look_up[Record](
    kind: str, paths: Iterable[KeyPath], known: Mapping[str, Record], values: Values, document: Document
) -> dict[str, Record]:
    """The records that the keys at ``paths`` name."""
    found = {}
    for path in paths:
        name = values.at(*map(str, path))
        if isinstance(name, str) and name in known:
            found[name] = known[name]
        elif isinstance(name, str):
            document.complain(
                path, f"no {kind} {name!r} in the catalogue{did_you_mean(name, known)} (`packtool {kind}s` lists them)"
            )
    return found


def _check_inlet(values: Values, coolants: Mapping[str, Coolant], document: Document) -> None:
    name, inlet = values.at("cold_plate", "coolant"), values.at("cold_plate", "inlet_degC")
    if inlet is None or name not in coolants:
        return
    low, high = coolants[name].range_degC
    if len(coolants[name].table) == 1:
        low, high = low - SINGLE_ROW_REACH_K, high + SINGLE_ROW_REACH_K
    if not low <= inlet <= high:
        document.complain(
            ("cold_plate", "inlet_degC"), f"{name} is known from {low:g} to {high:g} degC, got {inlet:g} degC (`packtool coolants`)"
        )
