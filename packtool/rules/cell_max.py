"""No point of a cell is warmer than limits.cell_max_degC."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import at_most, limit_of, solved
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    limit = limit_of(evidence, "cell_max_degC", 45.0)
    for row in solved(evidence, "temperature.cell.max"):
        yield at_most(
            evidence, RULE.id, "warmest point of a cell", row.value, limit, "degC", error=row.error, part=row.region, case=row.case
        )


RULE = Rule(
    id="thermal.cell-max",
    subject="thermal",
    asks="No point of a cell is warmer than limits.cell_max_degC.",
    needs_solve=True,
    source="default 45 degC: ageing about doubles per 10 K above (greenengguide.com, seen 2026-11)",
    check=check,
    default=45.0,
    unit="degC",
)
