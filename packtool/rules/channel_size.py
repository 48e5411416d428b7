"""A stamped channel is as deep and wide as sheet can be drawn."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.schema import ColdPlate
from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    plate = evidence.loaded.design.cold_plate
    if plate is None:
        raise NotChecked("the design has no cold plate")
    if not isinstance(plate, ColdPlate):
        raise NotChecked("ribbons are extruded: see geometry.ribbon-section")
    if plate.made_as == "extruded":
        raise NotChecked("the plate is extruded: see geometry.extruded-section")
    for what, value, low, high, key in (
        ("channel depth", plate.channel_height_mm, 2.0, 4.0, "cold_plate.channel_height_mm"),
        ("channel width", plate.channel_width_mm, 8.0, 25.0, "cold_plate.channel_width_mm"),
    ):
        if value < low:
            yield at_least(evidence, RULE.id, what, value, Limit(low, key, "warning"), "mm")
        else:
            yield at_most(evidence, RULE.id, what, value, Limit(high, key, "warning"), "mm")


RULE = Rule(
    id="geometry.channel-size",
    subject="geometry",
    asks="A stamped channel is as deep and wide as sheet can be drawn.",
    needs_solve=False,
    source="design practice for stamped brazed plates: depth 2 to 4 mm, width 8 to 25 mm (remembered)",
    check=check,
    default=None,
    unit="mm",
)
