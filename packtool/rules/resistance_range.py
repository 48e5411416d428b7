"""The cells stay within the temperatures that their resistance is known at."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, result_at_most, solved
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. Above the table its last value is held: too much heat rather than too little, hence a note and no more.

    Below the table the solve refuses.
    """
    table = evidence.loaded.cell.resistance_dc
    if table is None:
        raise NotChecked(f"the dc resistance of {evidence.loaded.cell.id} is unknown")
    last = Limit(table.temperature_degC[-1], "cell", "note")
    what = "warmest cell mean (the resistance is held at its last known value above the limit)"
    for row in solved(evidence, "temperature.cell.mean.max"):
        yield result_at_most(evidence, RULE.id, what, row, last)


RULE = Rule(
    id="data.resistance-range",
    subject="data",
    asks="The cells stay within the temperatures that their resistance is known at.",
    needs_solve=True,
    source="the resistance table of the cell: catalogue or design",
    check=check,
    default=None,
    unit="degC",
)
