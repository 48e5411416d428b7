"""Inside one cell the temperature differs little."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import limit_of, result_at_most, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    limit = limit_of(evidence, "cell_inner_spread_K", 5.0)
    for row in solved(evidence, "temperature.cell.inner_spread"):
        yield result_at_most(evidence, RULE.id, "spread inside one cell", row, limit)


RULE = Rule(
    id="thermal.cell-inner-spread",
    subject="thermal",
    asks="Inside one cell the temperature differs little.",
    needs_solve=True,
    source="default 5 K; 2 K is a typical specification (batterydesign.net, cell temperature gradient)",
    check=check,
    default=5.0,
    unit="K",
)
