"""What the report's page shows, as plain rows of text: key numbers, cells, heat balance, facts. The template only places them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packtool.report.finding_words import limit_words, mark, subject
from packtool.report.quantity import number, pretty_unit, quantity
from packtool.report.records import CoolantRow, HeatFlow, RunSummary
from packtool.results import Result
from packtool.rules.records import Finding

WORDS = {
    "energy.pack": "energy",
    "energy.per_mass": "energy per mass",
    "energy.per_volume": "energy per volume",
    "voltage.nom": "nominal voltage",
    "voltage.max": "highest voltage",
    "mass.pack": "mass",
    "mass.cell_fraction": "share of the cells in the mass",
    "temperature.cell.max": "warmest point of a cell",
    "temperature.cell.min": "coldest point of a cell",
    "temperature.cell.mean": "mean of all cells",
    "temperature.cell.spread": "between the means of the warmest and the coldest cell",
    "temperature.cell.inner_spread": "largest difference inside one cell",
    "temperature.cold_plate.max": "warmest point of the cold plate",
    "coolant.outlet": "coolant out",
    "coolant.rise": "rise of the coolant",
    "coolant.pressure_drop": "pressure drop of the coolant",
    "coolant.flow.maldistribution": "uneven flow of parallel channels",
    "coolant.velocity.max": "fastest coolant",
    "coolant.reynolds.max": "largest Reynolds number",
    "coolant.thermal_resistance": "cold plate over coolant in, per watt",
    "temperature.busbar.max": "hottest place of a busbar, by its cells and its upper face",
    "temperature.busbar.rise": "busbar over its cells, likewise",
    "busbar.current_density": "densest current in a busbar",
    "busbar.resistance": "all busbars and their joints",
    "heat.cells": "heat of the cells",
    "heat.busbars": "heat of the busbars",
    "heat.coolant": "heat to the coolant",
    "heat.ambient": "heat to the ambient",
    "energy.imbalance": "heat balance open by",
}
"""Results that are shown large, in this order, and their words."""

LARGER_UNITS = {"Pa": ("kPa", 1e-3), "Wh": ("kWh", 1e-3)}
"""Units that tiles leave from 1000 on: the new unit and its factor."""

OF_PART = re.compile(r"^(?P<name>[^\[\]]+)\[(?P<part>[^\[\]]+)\]$")


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that is shown large; ``limit`` and ``kind`` (severity if it does not hold) where a rule speaks of this number."""

    label: str
    value: str
    plus_minus: str
    unit: str
    limit: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``heads`` and ``rows`` of text, the same number of each; ``numeric`` columns are set right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the page shows it; ``mark`` is the word, ``kind`` its style."""

    mark: str
    kind: str
    rule: str
    message: str
    of: str
    value: str
    limit: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A line of the heat balance: ``share`` of the heat made [%]."""

    name: str
    power: str
    share: float


def of_part(result: Result) -> tuple[str, str] | None:
    """``temperature.cell.mean[R2C05]`` -> its name and its part; None for a result of the whole pack."""
    found = OF_PART.match(result.name)
    return (found["name"], found["part"]) if found else None


def _shown_large(result: Result) -> tuple[float, float | None, str]:
    """Value, error and unit, in the larger unit where there is one."""
    unit, factor = LARGER_UNITS.get(result.unit, (result.unit, 1.0))
    if abs(result.value) < 1e3:
        return result.value, result.uncertainty, result.unit
    return result.value * factor, None if result.uncertainty is None else result.uncertainty * factor, unit


def tiles(results: Iterable[Result], findings: Iterable[Finding], case: str | None) -> list[Tile]:
    """The key numbers of one case, or those that have none, each with the limit of the first rule that was held against that very number."""
    by_name = {result.name: result for result in results if result.case == case}
    held = [finding for finding in findings if finding.limit is not None and finding.value is not None and finding.case == case]
    made = []
    for name, words in WORDS.items():
        if (result := by_name.get(name)) is None:
            continue
        number_shown, error, unit = _shown_large(result)
        value, _, plus_minus = quantity(number_shown, error).partition(" ± ")
        found = next(
            (f for f in held if f.unit == unit and f.value is not None and math.isclose(f.value, number_shown, rel_tol=1e-12)), None
        )
        limit = limit_words(found) if found else ""
        kind = found.severity if found and not found.holds else ""
        made.append(Tile(words, value, plus_minus, pretty_unit(unit), limit, kind))
    return made


def finding_row(finding: Finding) -> FindingRow:
    """A finding with its numbers as text."""
    unit = pretty_unit(finding.unit)
    word = mark(finding)
    return FindingRow(
        word, "holds" if finding.holds else finding.severity, finding.rule, finding.message, subject(finding),
        quantity(finding.value, finding.error, unit), limit_words(finding, unit), finding.file, finding.line,
    )  # fmt: skip


def ordered(findings: Iterable[Finding]) -> list[FindingRow]:
    """What fails first, then warnings, notes, and what holds; otherwise as they came."""
    order = {"error": 0, "warning": 1, "note": 2, "holds": 3}
    return sorted((finding_row(finding) for finding in findings), key=lambda row: order[row.kind])


def cell_values(summary: RunSummary, case: str, name: str) -> tuple[dict[str, float], str]:
    """Values of the result ``name`` by cell, and their unit; empty if there are none."""
    values: dict[str, float] = {}
    unit = ""
    for result in summary.results:
        named = of_part(result)
        if named is not None and named[0] == name and result.case == case:
            values[named[1]] = result.value
            unit = pretty_unit(result.unit)
    return values, unit


def results_table(summary: RunSummary) -> Table:
    """Every result that does not belong to one cell or busbar."""
    listed = {part.name for part in summary.layout.parts_of("cell", "busbar")}
    rows = []
    for r in summary.results:
        named = of_part(r)
        if (named is None or named[1] not in listed) and not r.name.startswith(
            "coolant.flow.channel["
        ):  # the channels have a table
            time = "" if r.time_s is None else f"{number(r.time_s)} s"
            error = "" if r.error is None else number(r.error, 2)
            scatter = "" if r.scatter is None else number(r.scatter, 2)
            rows.append((r.name, number(r.value, 5), error, scatter, pretty_unit(r.unit), r.region or "", r.case or "", time))
    heads = ("result", "value", "± numerical", "± scatter", "unit", "at", "case", "time")
    return Table(heads, tuple(rows), (False, True, True, True, False, False, False, True))


def balance(flows: Iterable[HeatFlow]) -> dict[str, list[Flow]]:
    """The heat balance by its ways (``made``, ``out``, ``stored``), each with its sum last if it has several lines."""
    listed = list(flows)
    made = sum(flow.power_W for flow in listed if flow.way == "made")
    ways: dict[str, list[Flow]] = {}
    for way in ("made", "out", "stored"):
        own = [flow for flow in listed if flow.way == way]
        if own:
            rows = [(flow.name, flow.power_W) for flow in own]
            rows += [("sum", sum(flow.power_W for flow in own))] if len(own) > 1 else []
            ways[way] = [Flow(name, f"{power:.1f} W", 100 * power / made if made else 0.0) for name, power in rows]
    return ways


def flows_table(results: Iterable[Result], case: str) -> Table | None:
    """Heat from one kind of part to the next, each from the one that gives it, the largest first; None where it was not solved for."""
    rows = [row for row in results if row.case == case and row.name.startswith(FLOW)]
    if not rows:
        return None
    lines = []
    for row in sorted(rows, key=lambda row: -abs(row.value)):
        giver, taker = row.name.removeprefix(FLOW).rstrip("]").split(">")
        if row.value < 0:
            giver, taker = taker, giver
        lines.append((giver.replace("_", " "), taker.replace("_", " "), f"{abs(row.value):.1f}"))
    return Table(("from", "to", "heat [W]"), tuple(lines), (False, False, True))


FLOW = "heat.flow["
"""How the names of flows between kinds of part begin."""


def channels_table(rows: Iterable[CoolantRow], flow_lpm: Mapping[str, float]) -> Table:
    """One row a channel: what the coolant is at its ends, how it flows, what it takes up."""
    branches: dict[str, list[CoolantRow]] = {}
    for row in rows:
        branches.setdefault(row.branch, []).append(row)
    lines = []
    for name, own in branches.items():
        own.sort(key=lambda row: row.s_mm)
        low, high = min(r.Re for r in own), max(r.Re for r in own)
        re = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
        regime = ", ".join(dict.fromkeys(r.regime for r in own))
        wall = max(r.T_wall_degC for r in own)
        flow = f"{flow_lpm[name]:.3f}" if name in flow_lpm else ""
        lines.append(
            (
                name,
                flow,
                f"{own[0].T_degC:.2f}",
                f"{own[-1].T_degC:.2f}",
                f"{wall:.2f}",
                re,
                regime,
                f"{sum(r.heat_W for r in own):.1f}",
                *_told_by(own),
            )
        )
    heads = ["channel", "flow [L/min]", "first segment [°C]", "last segment [°C]", "warmest wall [°C]", "Re", "regime", "heat [W]"]
    numeric = [False, True, True, True, True, True, False, True]
    if lines and len(lines[0]) > len(heads):
        heads.append("losses and films by")
        numeric.append(False)
    return Table(tuple(heads), tuple(lines), tuple(numeric))


def _told_by(rows: Sequence[CoolantRow]) -> tuple[str, ...]:
    """Who tells a channel's losses and films, where the design names a calibration."""
    shares = [row.calibrated for row in rows if row.calibrated is not None]
    if not shares:
        return ()
    if min(shares) == 1:
        return ("finite elements",)
    return ("correlations",) if max(shares) == 0 else ("finite elements in part",)


def facts(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Words and values of a flat mapping, integers in groups of three, floats with four digits; what is nested is left out."""
    rows = []
    for key, value in mapping.items():
        if isinstance(value, bool):
            text = "yes" if value else "no"
        elif isinstance(value, int):
            text = f"{value:,}".replace(",", "\u202f")
        elif isinstance(value, float):
            text = number(value)
        elif isinstance(value, str):
            text = value
        else:
            continue
        rows.append((key.replace("_", " "), text))
    return rows
