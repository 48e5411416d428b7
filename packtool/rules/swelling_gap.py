"""The gap between cells leaves room for their growth with age."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.schema import Rows
from packtool.layout.gaps import PlateGap, plan_gaps, plate_gap
from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    cell, arrangement = evidence.loaded.cell, evidence.loaded.design.arrangement
    if not isinstance(arrangement, Rows):
        raise NotChecked(f"{arrangement.pattern}: cylindrical cans do not press on each other as they age")
    if cell.thickness_mm is None:
        raise NotChecked(f"the thickness of {cell.id} is unknown")
    if arrangement.cell_gap_mm is None:
        raise NotChecked("the rows are of one cell: nothing presses on it")
    if arrangement.orientation == "flat":
        raise NotChecked("the cells lie flat: they grow upwards, not against each other")
    growth = 100 * _soft_mm(arrangement, plate_gap(evidence.loaded.design)) / cell.thickness_mm.value
    yield at_least(evidence, RULE.id, "gap over cell thickness", growth, Limit(2.0, "arrangement.cell_gap_mm", "warning"), "%")


def _soft_mm(arrangement: Rows, plates: PlateGap | None) -> float:
    """What a cell has to grow into on average [mm]: pads and air of the gaps, without barriers, fins and cold plates."""
    gaps = [gap for count in arrangement.row_counts() for gap in plan_gaps(arrangement, count, plates)]
    return sum(gap.soft for gap in gaps) / len(gaps) if gaps else arrangement.between_cells_mm


RULE = Rule(
    id="geometry.swelling-gap",
    subject="geometry",
    asks="The gap between cells leaves room for their growth with age.",
    needs_solve=False,
    source="2 to 5 % of the thickness (goodeeis.net on EV battery pads, seen 2026-11); 2 % asked here",
    check=check,
    default=2.0,
    unit="%",
)
