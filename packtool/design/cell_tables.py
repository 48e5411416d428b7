"""The tables of a design's cell: resistance, open-circuit voltage and entropic coefficient, as records; their CSV files read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from math import exp, log
from pathlib import Path
from typing import Any, Literal

from packtool.catalogue.records import Cell, ResistanceTable, SocTable
from packtool.design.csv_table import CsvTable, read_table
from packtool.design.document import Document, KeyPath
from packtool.design.schema.cell_tables import not_rising, not_whole

Curve = Literal["ocv_V", "entropy_mV_K"]
CURVES: Mapping[Curve, tuple[str, float, float]] = {"ocv_V": ("V", 0.0, 10.0), "entropy_mV_K": ("mV_K", -10.0, 10.0)}
"""The column of each curve, and the smallest and largest value that its schema takes."""
HALF = 0.5
SLACK_V = 5e-3
"""A full cell may rest so far above its highest voltage, an empty one below its lowest [V]: the last digits of tables."""


def folder_of(path: KeyPath, document: Document, folder: Path) -> Path:
    """What a path at this key is relative to: the folder of the cell file it stands in, else ``folder``, the design's."""
    stands_in = document.place(path)
    in_cell_file = stands_in.line and stands_in.file != document.places[()].file
    return Path(stands_in.file).parent if in_cell_file else folder


def given_resistance(own: Mapping[str, Any], document: Document, folder: Path) -> ResistanceTable | None:
    """The table that ``cell.resistance_mOhm`` holds or names; None where a complaint says why there is none."""
    path: KeyPath = ("cell", "resistance_mOhm")
    if is_wrong(path, document):
        return None
    if own.get("csv") is not None:
        return _resistance_file(own["csv"], (*path, "csv"), document, folder)
    degC = tuple(own["temperature_degC"])
    if own.get("by_soc_mOhm") is None:
        return ResistanceTable(temperature_degC=degC, resistance_mOhm=tuple(own["resistance_mOhm"]), standing="given")
    return _by_soc(degC, tuple(own["soc"]), [tuple(row) for row in own["by_soc_mOhm"]])


def with_curves(cell: Cell, given: Mapping[str, Any], document: Document, folder: Path) -> Cell:
    """``cell`` with the curves of the design."""
    found: dict[str, SocTable] = {}
    for key, (column, low, high) in CURVES.items():
        own, path = given.get(key), ("cell", key)
        if not isinstance(own, Mapping) or is_wrong(path, document):
            continue
        if own.get("csv") is not None:
            table = _curve_file(own["csv"], key, column, (low, high), (*path, "csv"), document, folder)
        else:
            table = SocTable(soc=tuple(own["soc"]), value=tuple(own[column]), standing="given")
        if table is not None:
            found[key] = table
    return cell.model_copy(update=found)


def complain_of_ocv(cell: Cell, given: Any, document: Document) -> None:
    """A complaint where the design's open-circuit voltage leaves the cell's window: it would be full or empty before its time."""
    if not isinstance(given, Mapping) or not isinstance(given.get("ocv_V"), Mapping) or cell.ocv_V is None:
        return
    path: KeyPath = ("cell", "ocv_V")
    if cell.ocv_V.standing != "given" or is_wrong(path, document):
        return
    at = (*path, "V") if (*path, "V") in document.places else path
    empty, full = cell.ocv_V.value[0], cell.ocv_V.value[-1]
    if cell.v_max is not None and full > cell.v_max.value + SLACK_V:
        document.complain(at, f"a full cell rests at {full:g} V, above its v_max of {cell.v_max.value:g} V")
    elif cell.v_min is not None and empty < cell.v_min.value - SLACK_V:
        document.complain(at, f"an empty cell rests at {empty:g} V, below its v_min of {cell.v_min.value:g} V")


def is_wrong(path: KeyPath, document: Document) -> bool:
    """Whether there is a complaint about this key or one below it."""
    return any(wrong[: len(path)] == path for wrong in document.wrong)


def _by_soc(degC: tuple[float, ...], soc: tuple[float, ...], rows: Sequence[tuple[float, ...]]) -> ResistanceTable:
    """With the row of half charge, ln R linear in SOC, as what a steady case takes."""
    at = min(max(HALF, soc[0]), soc[-1])
    above = next(i for i in range(1, len(soc)) if at <= soc[i])
    share = (at - soc[above - 1]) / (soc[above] - soc[above - 1])
    half = tuple(exp(log(a) * (1 - share) + log(b) * share) for a, b in zip(rows[above - 1], rows[above], strict=True))
    return ResistanceTable(
        temperature_degC=degC, resistance_mOhm=half, soc=soc, by_soc_mOhm=tuple(rows), standing="given", note="by state of charge"
    )


def _resistance_file(name: str, path: KeyPath, document: Document, folder: Path) -> ResistanceTable | None:
    """Rows of temperature and resistance, or of soc, temperature and resistance: every temperature at every soc."""
    wanted = ("temperature_degC", "resistance_mOhm")

    def pick(names: Sequence[str]) -> Sequence[str] | str:
        if all(column in names for column in wanted):
            return ("soc", *wanted) if "soc" in names else wanted
        return "the head line must name temperature_degC, resistance_mOhm and, if it is known by it, soc" + _got(names)

    table = read_table(name, pick, "resistance", path, document, folder_of(path, document, folder))
    if table is None or too_few(table, 1, document, path) or not within(table, wanted[0], -100, 200):
        return None
    if not within(table, wanted[1], 0, 10_000, above=True):
        return None
    degC, mOhm = table.column(wanted[0]), table.column(wanted[1])
    if "soc" not in table.names:
        if table.ascends("temperature_degC"):
            return ResistanceTable(temperature_degC=tuple(degC), resistance_mOhm=tuple(mOhm), standing="given")
        return None
    if not within(table, "soc", 0, 1):
        return None
    order = sorted(range(len(degC)), key=lambda at: (table.rows[at][0], degC[at]))
    blocks = [(soc, [*rows]) for soc, rows in groupby(order, key=lambda at: table.rows[at][0])]
    first = [degC[at] for at in blocks[0][1]]
    for soc, rows in blocks:
        found = [degC[at] for at in rows]
        twice = next((b for a, b in pairwise(rows) if degC[a] == degC[b]), None)
        if twice is not None:
            table.complain(twice, 1, f"temperature_degC {degC[twice]:g} stands twice at soc {soc:g}")
            return None
        if found != first:
            table.complain(
                rows[0], 0, f"soc {soc:g} has other temperatures than soc {blocks[0][0]:g}: each needs every one of them"
            )
            return None
    if len(blocks) < 2:
        table.complain(0, 0, "soc has one value only: leave the column out, or give two at least")
        return None
    return _by_soc(tuple(first), tuple(soc for soc, _ in blocks), [tuple(mOhm[at] for at in rows) for _, rows in blocks])


def _curve_file(
    name: str, key: Curve, column: str, bounds: tuple[float, float], path: KeyPath, document: Document, folder: Path
) -> SocTable | None:
    def pick(names: Sequence[str]) -> Sequence[str] | str:
        return ("soc", column) if {"soc", column} <= set(names) else f"the head line must name soc and {column}" + _got(names)

    table = read_table(name, pick, key, path, document, folder_of(path, document, folder))
    if table is None or too_few(table, 2, document, path) or not within(table, "soc", 0, 1):
        return None
    if not within(table, column, *bounds, above=key == "ocv_V"):
        return None
    soc, values = table.column("soc"), table.column(column)
    if not table.ascends("soc"):
        return None
    if told := not_whole(soc):
        table.complain(0 if soc[0] else len(soc) - 1, 0, f"soc {told}")
        return None
    if key == "ocv_V" and (told := not_rising(values)):
        at = next(i for i in range(1, len(values)) if values[i] < values[i - 1])
        table.complain(at, 1, f"{column} {told}")
        return None
    return SocTable(soc=tuple(soc), value=tuple(values), standing="given")


def _got(names: Sequence[str]) -> str:
    return f", got {', '.join(names)[:80]}" if names else ""


def too_few(table: CsvTable, least: int, document: Document, path: KeyPath) -> bool:
    """Complain of a file with too few rows."""
    if len(table.rows) >= least:
        return False
    document.complain(
        path, f"the file needs at least {least} row{'s' if least > 1 else ''} of numbers below its head line, got {len(table.rows)}"
    )
    return True


def within(table: CsvTable, column: str, low: float, high: float, above: bool = False) -> bool:
    """Whether a column keeps to its range; complains of the first number that does not."""
    for at, number in enumerate(table.column(column)):
        if not low <= number <= high or (above and number == low):
            span = f"above {low:g} and at most {high:g}" if above else f"from {low:g} to {high:g}"
            table.complain(at, table.names.index(column), f"{column} must be {span}, got {number:g}")
            return False
    return True
