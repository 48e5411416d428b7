"""While charging, every cell is within its charging temperatures."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.cases import directions
from packtool.rules.compare import Limit, result_at_least, result_at_most, solved
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    design, cell = evidence.loaded.design, evidence.loaded.cell
    charging = [name for name in design.cases if "charge" in directions(evidence.loaded, name)]
    if not charging:
        raise NotChecked("no case charges")
    low = Limit(cell.charge_min_degC.value, "cell", "error") if cell.charge_min_degC else Limit(0.0, "cell", "error")
    high = Limit(cell.charge_max_degC.value, "cell", "error") if cell.charge_max_degC else Limit(60.0, "cell", "warning")
    for row in solved(evidence, "temperature.cell.min"):
        if row.case in charging:
            yield result_at_least(evidence, RULE.id, "coldest point while charging", row, low)
    for row in solved(evidence, "temperature.cell.max"):
        if row.case in charging:
            yield result_at_most(evidence, RULE.id, "warmest point while charging", row, high)


RULE = Rule(
    id="thermal.charge-window",
    subject="thermal",
    asks="While charging, every cell is within its charging temperatures.",
    needs_solve=True,
    source="the cell in the catalogue; else 0 to 60 degC as the 314 Ah LFP class (technical.paneco.energy, 20C1600K, seen 2026-11)",
    check=check,
    default=None,
    unit="degC",
)
