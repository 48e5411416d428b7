"""The sheets of a stamped plate can be drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable

from packtool.design.schema import ColdPlate
from packtool.layout.plate import skin_mm
from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

SHEET_MM = (0.8, 1.5)
DRAFT_DEG = 20.0
"""Least lean of a drawn wall from the upright (remembered: 20 to 30 degrees)."""
RADIUS_OVER_SHEET = 1.0
"""Least inner radius over the sheet's thickness (3dsculplab.xyz, Sheet Metal Part Design Guide, and ahycncs.net, seen 2026-11: 1; pepbrainin.com: 1.5)."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    plate = evidence.loaded.design.cold_plate
    if not isinstance(plate, ColdPlate) or plate.made_as != "stamped":
        raise NotChecked("the design has no stamped plate")
    sheet = skin_mm(plate)
    low, high = SHEET_MM
    limit = Limit(low, "cold_plate.thickness_mm", "warning")
    if sheet < low:
        yield at_least(evidence, RULE.id, "sheet (half of thickness_mm less channel_height_mm)", sheet, limit, "mm")
    else:
        most = Limit(high, "cold_plate.thickness_mm", "warning")
        yield at_most(evidence, RULE.id, "sheet (half of thickness_mm less channel_height_mm)", sheet, most, "mm")
    crown = plate.channel_width_mm - plate.channel_height_mm * math.tan(math.radians(DRAFT_DEG))
    least = Limit(2 * RADIUS_OVER_SHEET * sheet, "cold_plate.channel_width_mm", "warning")
    what = f"width inside a channel's crown, its walls leaning {DRAFT_DEG:g} degrees, for two radii"
    yield at_least(evidence, RULE.id, what, crown, least, "mm")


RULE = Rule(
    id="geometry.stamped-sheet",
    subject="geometry",
    asks="The sheets of a stamped plate can be drawn.",
    needs_solve=False,
    source="sheet 0.8 to 1.5 mm and draft 20 degrees (remembered); inner radius of one sheet thickness (3dsculplab.xyz, ahycncs.net, seen 2026-11)",
    check=check,
    default=None,
    unit="mm",
)
