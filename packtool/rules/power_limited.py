"""The pack gives and takes what its duty asks, within the cells' voltages."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.cases import load_key
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. A charge at constant current that tapers at the highest voltage is a charge as it should be, and counts as
    ``power.tapered``: only duties, and discharges, are held against this."""
    rows = evidence.results.named("power.limited") if evidence.results is not None else ()
    for row in rows:
        limit = Limit(0.0, load_key(evidence.loaded, row.case or ""), "error")
        what = "time in which a cell's lowest or highest voltage cuts the current off"
        yield at_most(evidence, RULE.id, what, row.value, limit, "s", case=row.case)


RULE = Rule(
    id="electrical.power-limited",
    subject="electrical",
    asks="The pack gives and takes what its duty asks, within the cells' voltages.",
    needs_solve=True,
    source="lowest and highest voltage of the cell: catalogue or design",
    check=check,
    default=0.0,
    unit="s",
)
