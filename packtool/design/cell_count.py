"""How many cells a design has and what they are called: rows, modules, the electrical section, and the cells that are overridden."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packtool.design.document import Document, KeyPath
from packtool.design.groups import block_of, blocks
from packtool.design.patterns import CYLINDER_PATTERNS
from packtool.design.schema import CELL_NAME_PATTERN, MAX_CELLS, canonical_cell_name
from packtool.design.values import Values


def count_cells(values: Values, document: Document) -> None:
    """Complain where rows, modules and the electrical section do not speak of the same cells."""
    series, parallel = values.at("electrical", "series"), values.at("electrical", "parallel")
    counts, modules = _row_counts(values), _module_count(values)
    wanted = series * parallel if series and parallel else None
    modules, strings = modules or 0, _string_count(values)
    uneven = bool(parallel and parallel % strings)
    if uneven:
        document.complain(
            ("electrical", "parallel"),
            f"{parallel} cells in parallel do not come out for {strings} strings (arrangement.modules.strings): a multiple of {strings}",
        )
    placed = sum(counts) * modules
    if wanted and wanted > MAX_CELLS:
        document.complain(
            ("electrical", "series"),
            f"series x parallel = {series} x {parallel} = {wanted:,} cells; a design has {MAX_CELLS:,} at most",
        )
    elif placed and placed > MAX_CELLS:
        document.complain(("arrangement", "rows"), f"{_counted(counts, modules)} cells; a design has {MAX_CELLS:,} at most")
    elif wanted and placed and wanted != placed:
        share = modules * len(counts)
        fits = wanted % share == 0 and not uneven and wanted // share % (parallel // strings) == 0
        given = f"rows: {len(counts)}" + (f" and {modules} modules" if modules > 1 else "")
        fitting = f"; with {given} it takes cells_per_row: {wanted // share}" if fits else ""
        document.complain(
            ("arrangement", "cells_per_row"),
            f"{_counted(counts, modules)} cells, but electrical: series x parallel = {series} x {parallel} = {wanted}{fitting}",
        )
    elif parallel and counts and not uneven:
        if values.at("arrangement", "pattern") in CYLINDER_PATTERNS:
            _shape_groups(len(counts), counts[0], parallel, values.at("arrangement", "group_rows"), document)
        elif split := [count for count in counts if count % (parallel // strings)]:
            of = (
                f"electrical.parallel ({parallel})" if strings == 1 else f"{parallel // strings}, the cells in parallel in a string"
            )
            document.complain(
                ("arrangement", "cells_per_row"),
                f"must be a multiple of {of}, because a parallel group does not cross rows; got {split[0]}",
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


def _row_counts(values: Values) -> tuple[int, ...]:
    """Cells of each row, empty where something is wrong with them."""
    rows, per_row = values.at("arrangement", "rows"), values.at("arrangement", "cells_per_row")
    if isinstance(per_row, list | tuple):
        return () if any(path[:2] == ("arrangement", "cells_per_row") for path in values.wrong) else tuple(per_row)
    return (per_row,) * rows if rows and per_row else ()


def _module_count(values: Values) -> int | None:
    """Modules in the pack; None where something is wrong with them."""
    if values.at("arrangement", "modules") is None:
        return None if ("arrangement", "modules") in values.wrong else 1
    count_x, count_y = values.at("arrangement", "modules", "count_x"), values.at("arrangement", "modules", "count_y")
    return count_x * count_y if count_x and count_y else None


def _string_count(values: Values) -> int:
    """Strings of modules in parallel; 1 where something is wrong with them."""
    return values.at("arrangement", "modules", "strings") or 1


def _counted(counts: Sequence[int], modules: int) -> str:
    """``rows x cells_per_row = 4 x 17 = 68``, with the modules before it where there are several."""
    several, product = ("modules x ", f"{modules} x ") if modules > 1 else ("", "")
    total = f"{sum(counts) * modules:,}"
    if len(set(counts)) == 1:
        return f"{several}rows x cells_per_row = {product}{len(counts)} x {counts[0]} = {total}"
    added = " + ".join(map(str, counts))
    return f"{several}cells of all rows = {f'{modules} x ({added})' if modules > 1 else added} = {total}"


def check_overrides(values: Values, document: Document) -> None:
    """Complain of overridden cells that do not exist, or are named twice."""
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
        fault = _not_there(values, name)
        if fault:
            document.complain(path, fault)
        _check_override(values, cells[name], path, document)


def _check_override(values: Values, override: object, path: KeyPath, document: Document) -> None:
    """Complain of a fault that this pack cannot have."""
    if not isinstance(override, Mapping):
        return
    strings = _string_count(values)
    if override.get("circuit") == "open" and values.at("electrical", "parallel") == strings:
        where = (
            "(electrical.parallel is 1)"
            if strings == 1
            else f"in its string (electrical.parallel is {strings}, in {strings} strings)"
        )
        what = "no current could flow at all" if strings == 1 else "its whole string would carry nothing"
        document.complain((*path, "circuit"), f"open: {what}, for the cell has none in parallel {where}")
    if override.get("cooling_contact") != "lost" or (*path, "cooling_contact") in document.wrong:
        return
    if values.at("interface") is None and ("interface",) not in document.wrong:
        document.complain((*path, "cooling_contact"), "lost: there is no interface layer whose contact could be lost")
    elif values.at("cold_plate", "type") == "ribbon":
        document.complain(
            (*path, "cooling_contact"), "lost: is known for a layer under the cells; with ribbons at their sides leave it out"
        )


def check_sensors(values: Values, document: Document) -> None:
    """Complain of sensors on cells that do not exist."""
    for name, sensor in (values.at("sensors") or {}).items():
        path = ("sensors", name, "cell")
        cell = sensor.get("cell") if isinstance(sensor, Mapping) else None
        if isinstance(cell, str) and path not in document.wrong and re.fullmatch(CELL_NAME_PATTERN[1:-1], cell):
            fault = _not_there(values, cell)
            if fault:
                document.complain(path, fault)


def _not_there(values: Values, name: str) -> str | None:
    """Why there is no cell called ``name``; None if there is one, or nobody can tell."""
    counts, modules = _row_counts(values), _module_count(values)
    in_modules = values.at("arrangement", "modules") is not None
    if not counts or not modules:
        return None
    *module, row, column = (int(digits) for digits in re.findall("[0-9]+", name))
    first = canonical_cell_name("M1.R1C1" if in_modules else "R1C1")
    if bool(module) != in_modules:
        return f"the cells of this design are called {first} and so on"
    if 1 <= row <= len(counts) and 1 <= column <= counts[row - 1] and all(1 <= m <= modules for m in module):
        return None
    last = canonical_cell_name(f"{f'M{modules}.' if in_modules else ''}R{len(counts)}C{counts[-1]}")
    ranges = f"rows are 1 to {len(counts)}, columns 1 to {max(counts)}"
    ranges = f"modules are 1 to {modules}, {ranges}" if in_modules else ranges
    return f"there is no such cell: {ranges} ({first} to {last})"
