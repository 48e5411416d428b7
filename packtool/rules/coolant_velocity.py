"""The coolant is slow enough not to erode aluminium."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import limit_of, result_at_most, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    limit = limit_of(evidence, "coolant_velocity_m_s", 2.0, "cold_plate.flow_lpm")
    for row in solved(evidence, "coolant.velocity.max"):
        yield result_at_most(evidence, RULE.id, "fastest coolant", row, limit)


RULE = Rule(
    id="coolant.velocity",
    subject="coolant",
    asks="The coolant is slow enough not to erode aluminium.",
    needs_solve=True,
    source="default 2 m/s in aluminium (remembered)",
    check=check,
    default=2.0,
    unit="m/s",
)
