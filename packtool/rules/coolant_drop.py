"""The pump can push the flow: limits.coolant_drop_kPa."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import at_most, limit_of, solved
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    if evidence.loaded.design.cold_plate is None:
        raise NotChecked("the design has no cold plate")
    limit = limit_of(evidence, "coolant_drop_kPa")
    for row in solved(evidence, "coolant.pressure_drop"):
        error = row.uncertainty / 1e3 if row.uncertainty is not None else None
        yield at_most(evidence, RULE.id, "coolant pressure drop", row.value / 1e3, limit, "kPa", error=error, case=row.case)


RULE = Rule(
    id="coolant.pressure-drop",
    subject="coolant",
    asks="The pump can push the flow: limits.coolant_drop_kPa.",
    needs_solve=True,
    source="the design",
    check=check,
    default=None,
    unit="kPa",
)
