"""No point of a cell is warmer than limits.cell_max_degC."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import limits_of, result_at_most, solved
from packtool.rules.records import Evidence, Finding, Rule

FAIL_DEGC = {"LFP": 55.0}
FAIL_OTHERWISE_DEGC = 50.0
"""Where the design gives no limit: an error from here on, by the beginning of the cell's chemistry (nickel-rich cells 50 degC)."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    chemistry = evidence.loaded.cell.chemistry.upper()
    fail = next((degC for start, degC in FAIL_DEGC.items() if chemistry.startswith(start)), FAIL_OTHERWISE_DEGC)
    for limit in limits_of(evidence, "cell_max_degC", 45.0, fail, "limits"):
        for row in solved(evidence, "temperature.cell.max"):
            yield result_at_most(evidence, RULE.id, "warmest point of a cell", row, limit)


RULE = Rule(
    id="thermal.cell-max",
    subject="thermal",
    asks="No point of a cell is warmer than limits.cell_max_degC.",
    needs_solve=True,
    source="defaults: warning at 45 degC, ageing about doubles per 10 K above (greenengguide.com, seen 2026-11); error at 55 degC for LFP, 50 for others (usual window)",
    check=check,
    default=45.0,
    unit="degC",
)
