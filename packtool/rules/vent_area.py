"""The vent lets one cell blow off: 1 mm2 per Wh of a cell."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    area = evidence.loaded.design.enclosure.vent_area_mm2
    cell = evidence.loaded.cell
    if area is None:
        raise NotChecked("enclosure.vent_area_mm2 is not given")
    if cell.capacity_Ah is None or cell.v_nom is None:
        raise NotChecked(f"the energy of {cell.id} is unknown")
    needed = cell.capacity_Ah.value * cell.v_nom.value
    yield at_least(evidence, RULE.id, "vent area", area, Limit(needed, "enclosure.vent_area_mm2", "warning"), "mm2")


RULE = Rule(
    id="enclosure.vent-area",
    subject="geometry",
    asks="The vent lets one cell blow off: 1 mm2 per Wh of a cell.",
    needs_solve=False,
    source="order of magnitude (remembered)",
    check=check,
    default=None,
    unit="mm2",
)
