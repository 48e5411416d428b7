"""No cell carries more than its maker allows."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.cases import case_current_A
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    design, cell = evidence.loaded.design, evidence.loaded.cell
    for name, case in design.cases.items():
        allowed = cell.max_charge_A if case.direction == "charge" else cell.max_discharge_A
        if allowed is None:
            raise NotChecked(f"the maximum {case.direction} current of {cell.id} is unknown")
        key = f"cases.{name}.{'current_A' if case.current_A is not None else 'c_rate'}"
        current = case_current_A(evidence.loaded, name) / design.electrical.parallel
        yield at_most(
            evidence, RULE.id, f"{case.direction} current of a cell", current, Limit(allowed.value, key, "error"), "A", case=name
        )


RULE = Rule(
    id="electrical.cell-current",
    subject="electrical",
    asks="No cell carries more than its maker allows.",
    needs_solve=False,
    source="maximum charge and discharge current of the catalogue",
    check=check,
    default=None,
    unit="A",
)
