"""No point of a cell is colder than limits.cell_min_degC."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import limit_of, result_at_least, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    limit = limit_of(evidence, "cell_min_degC")
    for row in solved(evidence, "temperature.cell.min"):
        yield result_at_least(evidence, RULE.id, "coldest point of a cell", row, limit)


RULE = Rule(
    id="thermal.cell-min",
    subject="thermal",
    asks="No point of a cell is colder than limits.cell_min_degC.",
    needs_solve=True,
    source="the design",
    check=check,
    default=None,
    unit="degC",
)
