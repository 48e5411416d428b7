"""Heat made and heat carried off agree to 1e-6."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, at_most, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    for row in solved(evidence, "energy.imbalance"):
        yield at_most(evidence, RULE.id, "relative energy imbalance", row.value, Limit(1e-6, "cases", "error"), "-", case=row.case)


RULE = Rule(
    id="data.energy-balance",
    subject="data",
    asks="Heat made and heat carried off agree to 1e-6.",
    needs_solve=True,
    source="conservation of energy",
    check=check,
    default=1e-06,
    unit="-",
)
