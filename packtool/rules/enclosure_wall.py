"""Tray and lid are as thick as their way of making them allows."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, Rule

LEAST_WALL_MM = {"folded": 0.8, "stamped": 0.7, "extruded": 1.5, "die_cast": 2.0}
"""By style of the tray: sheet that is folded or drawn at the size of a pack, walls of a hollow beam that can be pressed, aluminium that
fills a die of half a metre and more (all remembered; makers of castings state 2 to 3 mm)."""
LEAST_LID_MM = 0.7
"""Sheet of a lid (remembered)."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    enclosure = evidence.loaded.design.enclosure
    least = LEAST_WALL_MM[enclosure.style]
    what = f"walls of a {enclosure.style.replace('_', '-')} tray"
    yield at_least(evidence, RULE.id, what, enclosure.wall_mm, Limit(least, "enclosure.wall_mm", "warning"), "mm")
    yield at_least(evidence, RULE.id, "lid", enclosure.lid_mm, Limit(LEAST_LID_MM, "enclosure.lid_mm", "warning"), "mm")


RULE = Rule(
    id="geometry.enclosure-wall",
    subject="geometry",
    asks="Tray and lid are as thick as their way of making them allows.",
    needs_solve=False,
    source="orders of magnitude by way of making (remembered)",
    check=check,
    default=None,
    unit="mm",
)
