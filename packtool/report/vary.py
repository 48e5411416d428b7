"""What a varied key makes of the pack: a table for the terminal, CSV, and curves."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from packtool.report.quantity import number, pretty_unit, with_error
from packtool.results import Result, ResultSet

SHOWN = (
    ("temperature.cell.max", "cell max"),
    ("temperature.cell.spread", "cell spread"),
    ("coolant.pressure_drop", "pressure drop"),
    ("coolant.outlet", "coolant out"),
    ("coolant.pumping_power", "pumping"),
)
"""Results of the table, with their heading."""
PLAIN = {"svg.hashsalt": "packtool", "svg.fonttype": "none", "axes.grid": True, "grid.linewidth": 0.5}
"""How matplotlib draws the curves over a varied key."""


@dataclass(frozen=True, slots=True)
class Varied:
    """The results at one value of the key, the verdict's word and the rules that fail; or why there are none (``failed``)."""

    value: float
    results: ResultSet
    verdict: str
    failed: str | None = None
    fails: tuple[str, ...] = ()


def cases_of(rows: Sequence[Varied]) -> tuple[str, ...]:
    """The cases that were solved, in their order."""
    return tuple(dict.fromkeys(r.case for row in rows for r in row.results if r.case is not None and r.name == SHOWN[0][0]))


COLUMNS = 80
"""What a table is kept within."""


def vary_table(key: str, rows: Sequence[Varied]) -> str:
    """A table a case, what does not fit beside the rest in ``COLUMNS`` below it; values whose rules fail say which, and those that could not be solved why, at the end."""
    lines = []
    shown = [(name, head) for name, head in SHOWN if any(row.results.find(name) for row in rows)]
    short = key.rpartition(".")[2]
    for case in cases_of(rows) or (None,):
        table = [[short, *(head for _, head in shown), "verdict"]]
        units = ["", *(_unit(rows, name, case) for name, _ in shown), ""]
        table.append(units)
        for row in rows:
            cells = [number(row.value)]
            for name, _ in shown:
                found = row.results.find(name, case)
                cells.append("-" if found is None else _text(found))
            table.append([*cells, row.verdict])
        widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
        if case is not None:
            lines.append(f"{key}, case {case}")
        for columns in _side_by_side(widths):
            lines += ["  ".join(line[i].rjust(widths[i]) for i in columns).rstrip() for line in table]
    for row in rows:
        if row.fails:
            lines += wrap(
                f"{short} {number(row.value)}: fails {', '.join(row.fails)}",
                COLUMNS,
                subsequent_indent="  ",
                break_on_hyphens=False,
            )
    lines += [f"{short} {number(row.value)}: {row.failed}" for row in rows if row.failed]
    return "\n".join(lines)


def _side_by_side(widths: Sequence[int]) -> list[list[int]]:
    """The columns of each table below the other: the first in all of them, with as many of the next as fit beside it."""
    tables = [[0]]
    for i in range(1, len(widths)):
        if len(tables[-1]) > 1 and sum(widths[k] + 2 for k in tables[-1]) + widths[i] > COLUMNS:
            tables.append([0])
        tables[-1].append(i)
    return tables


def _unit(rows: Sequence[Varied], name: str, case: str | None) -> str:
    found = next((r for row in rows if (r := row.results.find(name, case)) is not None), None)
    return "" if found is None else "kPa" if found.unit == "Pa" else pretty_unit(found.unit)


def _text(result: Result) -> str:
    scale = 1e-3 if result.unit == "Pa" else 1.0
    uncertainty = result.uncertainty
    value, error = with_error(scale * result.value, None if uncertainty is None else scale * uncertainty)
    return f"{value} ± {error}" if error else value


def vary_csv(key: str, rows: Sequence[Varied]) -> str:
    """One line a value, case and result: everything that has no region of its own."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((key, "case", "result", "value", "unit", "error", "scatter", "verdict"))
    for row in rows:
        for r in row.results:
            if "[" not in r.name:
                writer.writerow((row.value, r.case or "", r.name, r.value, r.unit, _or(r.error), _or(r.scatter), row.verdict))
    return stream.getvalue()


def _or(value: float | None) -> Any:
    return "" if value is None else value


def vary_plot(key: str, rows: Sequence[Varied]) -> bytes:
    """SVG: the warmest cell and the pressure drop over the key, with the error bars of each. Raises ValueError if nothing was solved."""
    import matplotlib
    from matplotlib.figure import Figure

    shown = [(name, head) for name, head in SHOWN[:3] if any(row.results.find(name) for row in rows)]
    if not shown:
        raise ValueError("nothing was solved")
    with matplotlib.rc_context(PLAIN):
        figure = Figure(figsize=(6.4, 2.3 * len(shown)), layout="constrained")
        panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, head) in zip(panels, shown, strict=True):
            for case in cases_of(rows):
                found = [(row.value, r) for row in rows if (r := row.results.find(name, case)) is not None]
                scale = 1e-3 if found and found[0][1].unit == "Pa" else 1.0
                axes.errorbar(
                    [value for value, _ in found],
                    [scale * r.value for _, r in found],
                    [scale * (r.uncertainty or 0.0) for _, r in found],
                    marker="o", capsize=3, label=case,
                )  # fmt: skip
                axes.set_ylabel(f"{head} [{_unit(rows, name, case)}]")
        if len(cases_of(rows)) > 1:
            panels[0].legend(frameon=False)
        panels[-1].set_xlabel(key)
        return svg_bytes(figure)


def svg_bytes(figure: Any) -> bytes:
    """A matplotlib figure as SVG, the same bytes each time."""
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()
