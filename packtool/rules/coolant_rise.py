"""The coolant warms little from inlet to outlet."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import limit_of, result_at_most, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    limit = limit_of(evidence, "coolant_rise_K", 5.0, "cold_plate.flow_lpm")
    for row in solved(evidence, "coolant.rise"):
        yield result_at_most(evidence, RULE.id, "coolant rise", row, limit)


RULE = Rule(
    id="coolant.rise",
    subject="coolant",
    asks="The coolant warms little from inlet to outlet.",
    needs_solve=True,
    source="default 5 K (remembered: 3 to 5 K)",
    check=check,
    default=5.0,
    unit="K",
)
