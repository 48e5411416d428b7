"""Fully charged, the pack stays within limits.pack_voltage_V."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import at_most, limit_of
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    cell = evidence.loaded.cell
    limit = limit_of(evidence, "pack_voltage_V")
    if cell.v_max is None:
        raise NotChecked(f"the maximum voltage of {cell.id} is unknown")
    volts = cell.v_max.value * evidence.layout.n_series
    yield at_most(evidence, RULE.id, "voltage fully charged", volts, limit, "V")


RULE = Rule(
    id="electrical.pack-voltage",
    subject="electrical",
    asks="Fully charged, the pack stays within limits.pack_voltage_V.",
    needs_solve=False,
    source="the design; maximum cell voltage of the catalogue",
    check=check,
    default=None,
    unit="V",
)
