"""The cells are about equally warm: between the means of the warmest and the coldest."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import limits_of, result_at_most, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    for limit in limits_of(evidence, "cell_spread_K", 5.0, 8.0, "limits"):
        for row in solved(evidence, "temperature.cell.spread"):
            yield result_at_most(evidence, RULE.id, "spread between cell means", row, limit)


RULE = Rule(
    id="thermal.cell-spread",
    subject="thermal",
    asks="The cells are about equally warm: between the means of the warmest and the coldest.",
    needs_solve=True,
    source="defaults: warning at 5 K, error at 8 K: universal practice (remembered)",
    check=check,
    default=5.0,
    unit="K",
)
