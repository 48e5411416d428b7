"""A ribbon's section can be extruded."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.schema import RibbonPlate
from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

WALL_MM = 0.3
PORT_MM = 0.6


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    plate = evidence.loaded.design.cold_plate
    if not isinstance(plate, RibbonPlate):
        raise NotChecked("the design has no ribbons")
    for what, value, least, key in (
        ("wall beside the ports", plate.wall_mm, WALL_MM, "cold_plate.wall_mm"),
        ("web between ports", plate.web_mm, WALL_MM, "cold_plate.web_mm"),
        ("width of a port", plate.thickness_mm - 2 * plate.wall_mm, PORT_MM, "cold_plate.thickness_mm"),
    ):
        yield at_least(evidence, RULE.id, what, value, Limit(least, key, "warning"), "mm")


RULE = Rule(
    id="geometry.ribbon-section",
    subject="geometry",
    asks="A ribbon's walls and ports are as thick and wide as multi-port tube is extruded.",
    needs_solve=False,
    source="multi-port extruded aluminium tube: walls and webs from 0.3 mm, ports from 0.6 mm (remembered)",
    check=check,
    default=None,
    unit="mm",
)
