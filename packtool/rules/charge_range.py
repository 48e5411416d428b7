"""No cell is charged beyond full or discharged beyond empty."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.cases import load_key
from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, Rule

ASIDE = 0.02
"""Of the capacity: as far as the makers' figures for it and the ends of an OCV curve are known."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. The voltages alone do not see it where an OCV table ends well within v_min and v_max."""
    if evidence.results is None:
        return
    for row in evidence.results.named("soc.max"):
        limit = Limit(1.0 + ASIDE, load_key(evidence.loaded, row.case or ""), "error")
        yield at_most(evidence, RULE.id, "state of charge of the fullest cell", row.value, limit, "-", case=row.case)
    for row in evidence.results.named("soc.min"):
        limit = Limit(-ASIDE, load_key(evidence.loaded, row.case or ""), "error")
        yield at_least(evidence, RULE.id, "state of charge of the emptiest cell", row.value, limit, "-", case=row.case)


RULE = Rule(
    id="electrical.charge-range",
    subject="electrical",
    asks="No cell is charged beyond full or discharged beyond empty.",
    needs_solve=True,
    source="capacity and open-circuit voltage of the cell: catalogue or design",
    check=check,
    default=1.0 + ASIDE,
    unit="-",
)
