"""The report as one HTML file that opens offline: no script, no request, pictures inlined."""

from __future__ import annotations

import base64
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from packtool.design.schema import Arrangement, Rows
from packtool.report import page
from packtool.report.case_words import load_of
from packtool.report.counts import summary_line
from packtool.report.drop_plot import drop_plot
from packtool.report.part_tables import bars_table, cells_table
from packtool.report.plan_map import plan_map
from packtool.report.plots import coolant_plot, time_plot
from packtool.report.records import Picture, RunSummary
from packtool.report.standing import standing_line

MAPPED = "temperature.cell.mean"
"""The result that the map of the cells shows."""


def _picture(picture: Picture) -> dict[str, str]:
    return {
        "caption": picture.caption,
        "name": picture.name,
        "src": f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}",
    }


def _case(summary: RunSummary, name: str, number: int) -> dict[str, Any]:
    """Everything of one case."""
    values, unit = page.cell_values(summary, name, MAPPED)
    rows = summary.coolant.get(name, ())
    title = f"mean temperature of every cell, case {name}"
    case = summary.loaded.design.cases.get(name)
    return {
        "name": name,
        "load": "" if case is None else load_of(case),
        "tiles": page.tiles(summary.results, summary.verdict.findings, name),
        "pictures": [_picture(picture) for picture in summary.pictures if picture.case == name],
        "map": Markup(plan_map(summary.layout, values, unit, title, f"scale{number}")) if values else None,
        "coolant": Markup(coolant_plot(summary.layout.network, rows)) if rows else None,
        "over_time": Markup(time_plot(summary.series[name])) if name in summary.series else None,
        "pumped": name in summary.drop_curves and bool(summary.drop_curves[name].pump_lpm),
        "drop": Markup(drop_plot(summary.drop_curves[name])) if name in summary.drop_curves else None,
        "channels": page.channels_table(rows, summary.branch_flow_lpm.get(name, {})) if rows else None,
        "balance": page.balance(summary.heat.get(name, ())),
        "flows": page.flows_table(summary.results, name),
        "cells": cells_table(summary, name),
        "busbars": bars_table(summary, name),
        "solver": page.facts(summary.solver.get(name, {})),
    }


def report_html(summary: RunSummary) -> str:
    """report.html as text. Everything that comes from the design is escaped; the same summary gives the same text."""
    environment = Environment(
        loader=PackageLoader("packtool.report", "data"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    cited = {id for figure in summary.figures for id in figure.sources}
    failing = {finding.line for finding in summary.verdict.findings if not finding.holds and finding.file == summary.file}
    return environment.get_template("report.html.j2").render(
        name=summary.name,
        file=summary.file,
        description=summary.loaded.design.description,
        passes=summary.verdict.passes,
        summary_line=summary_line(summary.verdict).partition(": ")[2],
        findings=page.ordered(summary.verdict.findings),
        not_checked=list(summary.verdict.not_checked.items()),
        key_numbers=page.tiles(summary.results, summary.verdict.findings, None),
        pictures=[_picture(picture) for picture in summary.pictures if picture.case is None],
        cases=[_case(summary, name, number) for number, name in enumerate(summary.cases)],
        pack=_pack(summary),
        results=page.results_table(summary),
        standing=standing_line(summary.figures) if summary.figures else "",
        figures=summary.figures,
        sources=[(id, source) for id, source in summary.sources.items() if id in cited],
        mesh=page.facts(summary.mesh),
        cad=page.facts(summary.cad),
        left_out=summary.left_out,
        notes=summary.notes,
        stages=summary.stages,
        seconds=sum(stage.seconds for stage in summary.stages),
        versions=list(summary.versions.items()),
        lines=summary.design_text.splitlines(),
        failing=failing,
    )


def _stand(arrangement: Arrangement) -> str:
    """How the cells stand, in a few words: ``4 rows of 17``, ``9 modules of 2 rows of 12``."""
    counts = arrangement.row_counts() if isinstance(arrangement, Rows) else (arrangement.cells_per_row,) * arrangement.rows
    modules = arrangement.module_count() if isinstance(arrangement, Rows) else 1
    rows = f"{len(counts)} {'row' if len(counts) == 1 else 'rows'} of {'/'.join(map(str, dict.fromkeys(counts)))}"
    return f"{modules} modules of {rows}" if modules > 1 else rows


def _pack(summary: RunSummary) -> str:
    """The pack in one line: its cell, how many, in which rows."""
    layout, arrangement = summary.layout, summary.loaded.design.arrangement
    count = len(layout.parts_of("cell"))
    bounds = [layout.part_bounds(part) for part in layout.parts]
    size = [max(b[axis + 3] for b in bounds) - min(b[axis] for b in bounds) for axis in range(3)]
    return (
        f"{count} cells {layout.cell.name}, {layout.n_series}s{layout.n_parallel}p, {_stand(arrangement)}; "
        f"{size[0]:.0f} x {size[1]:.0f} x {size[2]:.0f} mm over all"
    )
