"""Tables of what is told cell by cell, and busbar by busbar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packtool.report.page import Table, of_part
from packtool.report.quantity import pretty_unit, quantity
from packtool.report.records import RunSummary

CELL_WORDS = {
    "temperature.cell.mean": "mean",
    "temperature.cell.max": "warmest point",
    "temperature.cell.min": "coldest point",
    "heat.cell": "heat",
}
"""Column heads of results that are given cell by cell; any other goes by its dotted name."""

BAR_WORDS = {"busbar.resistance": "resistance", "temperature.busbar.max": "hottest place"}
"""Column heads of results that are given busbar by busbar."""


def cells_table(summary: RunSummary, case: str) -> Table | None:
    """One row a cell, one column for each result that is given cell by cell; None if no result is."""
    cells, alone = summary.layout.parts_of("cell"), summary.layout.n_parallel == 1
    seats = {cell.name: (f"{cell.series}" if alone else f"{cell.series}.{cell.parallel}",) for cell in cells}
    return _table(summary, case, seats, ("cell", "S" if alone else "S.P"), CELL_WORDS)


def bars_table(summary: RunSummary, case: str) -> Table | None:
    """One row a busbar in the order of the current, one column for each result that is given busbar by busbar; None if no result is."""
    kinds = {part.name: part.product for part in summary.layout.parts_of("busbar")}
    bars = {joint.part: (kinds[joint.part],) for joint in summary.layout.joints if joint.part in kinds}
    return _table(summary, case, bars, ("busbar", "kind"), BAR_WORDS)


def _table(
    summary: RunSummary, case: str, parts: Mapping[str, Iterable[str]], heads: tuple[str, ...], words: Mapping[str, str]
) -> Table | None:
    """One row for each of ``parts``, its name and what is known of it first."""
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {name: {} for name in parts}
    for result in summary.results:
        named = of_part(result)
        if named is None or named[1] not in values or result.case not in (case, None):
            continue
        name, part = named
        unit = pretty_unit(result.unit)
        head = words.get(name, name)
        columns.setdefault(name, f"{head} [{unit}]" if unit else head)
        values[part][name] = quantity(result.value, result.uncertainty)
    if not columns:
        return None
    rows = tuple((name, *known, *(values[name].get(column, "") for column in columns)) for name, known in parts.items())
    return Table((*heads, *columns.values()), rows, (False, heads[1] != "kind", *(True for _ in columns)))
