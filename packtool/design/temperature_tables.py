"""Conductivities and specific heats over temperature as a design gives them: figures, their CSV files read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packtool.catalogue.records import Figure
from packtool.design.cell_tables import folder_of, is_wrong, too_few, within
from packtool.design.csv_table import read_table
from packtool.design.document import Document, KeyPath

COLUMNS: Mapping[str, tuple[str, float]] = {"k": ("W_mK", 2_000.0), "cp": ("J_kgK", 10_000.0)}
"""By the first word of a key: the column of its table, and the largest value that its schema takes."""
LEAST_POINTS = 2


def given_figure(
    value: float | Mapping[str, Any], path: KeyPath, document: Document, folder: Path, note: str = ""
) -> Figure | None:
    """The figure that the key at ``path`` holds: a number, a table, or a table in a file; None where a complaint says why there is none, or
    where it tells solid from liquid."""
    if not isinstance(value, Mapping):
        return Figure(value=value, standing="given", note=note)
    column, most = COLUMNS[str(path[-1]).partition("_")[0]]
    if is_wrong(path, document) or value.get(f"solid_{column}") is not None:
        return None
    if value.get("csv") is None:
        return Figure.over_temperature(value["temperature_degC"], value[column], "given", note=note)
    wanted = ("temperature_degC", column)

    def pick(names: Sequence[str]) -> Sequence[str] | str:
        got = f", got {', '.join(names)[:80]}" if names else ""
        return wanted if set(wanted) <= set(names) else f"the head line must name temperature_degC and {column}{got}"

    at = (*path, "csv")
    table = read_table(value["csv"], pick, str(path[-1]), at, document, folder_of(at, document, folder))
    if table is None or too_few(table, LEAST_POINTS, document, at) or not within(table, "temperature_degC", -100, 1_000):
        return None
    if not within(table, column, 0, most, above=True) or not table.ascends("temperature_degC"):
        return None
    return Figure.over_temperature(table.column("temperature_degC"), table.column(column), "given", note=note)
