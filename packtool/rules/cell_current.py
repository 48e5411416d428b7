"""No cell carries more than its maker allows."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from packtool.catalogue.properties import resistance_ohm
from packtool.catalogue.records import ResistanceTable
from packtool.design.cases import directions, largest_current_A, load_key
from packtool.design.schema import CellOverride
from packtool.results import ZERO_CELSIUS
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

UNSOLVED_DEGC = 25.0
"""Temperature of the cells that share a current, where no solve has given theirs."""


def largest_share(evidence: Evidence, case: str) -> tuple[float, str | None]:
    """The largest part of the pack's current that one cell carries [-], and that cell's name.

    Cells alike share evenly (name None). Where a group has overridden cells it is by conductance, and so it is among strings of modules in
    parallel (by their cells, busbars left aside), at the solved mean temperatures or else at 25 degC. Raises NotChecked where the resistance of the others is unknown.
    """
    design = evidence.loaded.design
    even = 1.0 / design.electrical.parallel
    ohm = {name: own for name, override in design.overrides.cells.items() if (own := _own_ohm(override)) is not None}
    if design.electrical.parallel == 1 or not ohm:
        return even, None
    table = evidence.loaded.cell.resistance_dc
    if table is None:
        raise NotChecked(f"the dc resistance of {evidence.loaded.cell.id} is unknown, and with it how cells share the current")
    cells = evidence.layout.parts_of("cell")
    solved = _mean_degC(evidence, case)
    strings = evidence.layout.n_strings
    groups: dict[int, list[str]] = {}
    for part in cells:
        groups.setdefault(evidence.layout.group_of(part), []).append(part.name)
    looked_at = groups if strings > 1 else {evidence.layout.group_of(part) for part in cells if part.name in ohm}
    most: dict[int, tuple[float, str]] = {}
    string_ohm = [0.0] * strings
    for group in looked_at:
        conductance = {name: 1 / (ohm.get(name) or _ohm(table, solved.get(name, UNSOLVED_DEGC))) for name in groups[group]}
        total = sum(conductance.values())
        string_ohm[group // design.electrical.series] += 1 / total
        name = max(conductance, key=conductance.__getitem__)
        most[group] = conductance[name] / total, name
    string_share = [1.0] if strings == 1 else [1 / own / sum(1 / other for other in string_ohm) for own in string_ohm]
    largest: tuple[float, str | None] = (even, None)
    for group, (share, name) in most.items():
        largest = max(largest, (share * string_share[group // design.electrical.series], name), key=lambda found: found[0])
    return largest


def _own_ohm(override: CellOverride) -> float | None:
    """A cell's own resistance [ohm], inf where its circuit is open; None: as the others'."""
    if override.circuit == "open":
        return inf
    return None if override.resistance_mOhm is None else override.resistance_mOhm * 1e-3


def _mean_degC(evidence: Evidence, case: str) -> dict[str | None, float]:
    """The solved mean temperature of every cell [degC]; empty before a solve."""
    rows = evidence.results or ()
    return {row.region: row.value for row in rows if row.case == case and row.name == f"temperature.cell.mean[{row.region}]"}


def _ohm(table: ResistanceTable, T_degC: float) -> float:
    """Resistance [ohm], below its table that of the first point."""
    return resistance_ohm(table, max(T_degC, table.temperature_degC[0]) + ZERO_CELSIUS)[0]


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. Every case whose limit is known is checked; NotChecked is raised after them for those that have none."""
    design, cell = evidence.loaded.design, evidence.loaded.cell
    unknown: dict[str, None] = {}
    for name in design.cases:
        for direction in directions(evidence.loaded, name):
            allowed = cell.max_charge_A if direction == "charge" else cell.max_discharge_A
            if allowed is None:
                unknown.setdefault(direction)
                continue
            share, part = largest_share(evidence, name)
            current = largest_current_A(evidence.loaded, name, direction) * share
            limit = Limit(allowed.value, load_key(evidence.loaded, name), "error")
            yield at_most(evidence, RULE.id, f"{direction} current of a cell", current, limit, "A", part=part, case=name)
    if unknown:
        raise NotChecked(f"the maximum {' and '.join(unknown)} current of {cell.id} is unknown")


RULE = Rule(
    id="electrical.cell-current",
    subject="electrical",
    asks="No cell carries more than its maker allows.",
    needs_solve=False,
    source="maximum charge and discharge current of the catalogue",
    check=check,
    default=None,
    unit="A",
)
