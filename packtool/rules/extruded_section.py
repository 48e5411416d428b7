"""A plate's multi-port section can be extruded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from packtool.design.schema import ColdPlate
from packtool.layout.plate import skin_mm
from packtool.layout.records import Layout
from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

WALL_MM = 1.0
WEB_MM = 0.8
CIRCLE_MM = 813.0
"""Largest circumscribing circle that a few presses extrude: 32 inches; most profiles are below 12 (aec.org, Key Design Considerations)."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    plate = evidence.loaded.design.cold_plate
    if not isinstance(plate, ColdPlate) or plate.made_as != "extruded":
        raise NotChecked("the design has no extruded plate")
    width = _width_mm(evidence.layout, plate)
    wall = Limit(WALL_MM, "cold_plate.thickness_mm", "warning")
    yield at_least(evidence, RULE.id, "wall above and below the ports", skin_mm(plate), wall, "mm")
    yield at_least(
        evidence,
        RULE.id,
        "wall beside the outermost port",
        plate.margin_mm,
        Limit(WALL_MM, "cold_plate.margin_mm", "warning"),
        "mm",
    )
    webs = _webs_mm(evidence.layout, plate)
    if webs:
        yield at_least(evidence, RULE.id, "web between two ports", min(webs), Limit(WEB_MM, "cold_plate.channels", "warning"), "mm")
    circle = math.hypot(width, plate.thickness_mm)
    yield at_most(evidence, RULE.id, "circle around the section", circle, Limit(CIRCLE_MM, "cold_plate.style", "warning"), "mm")


def _width_mm(layout: Layout, plate: ColdPlate) -> float:
    """Across the profile: its height where it stands, its breadth where it lies."""
    part = layout.parts_of("cold_plate")[0]
    _, y0, z0, _, y1, z1 = layout.part_bounds(part)
    return z1 - z0 if plate.position == "between" else y1 - y0


def _webs_mm(layout: Layout, plate: ColdPlate) -> Sequence[float]:
    """Metal between neighbouring ports of one plate."""
    channels = [b for b in layout.network.branches if b.kind == "channel"] if layout.network else []
    own = [b for b in channels if b.plate == channels[0].plate]
    places = sorted((b.z0 or 0.0) if plate.position == "between" else b.path[0][1] for b in own)
    return [b - a - plate.channel_width_mm for a, b in pairwise(places)]


RULE = Rule(
    id="geometry.extruded-section",
    subject="geometry",
    asks="A plate's multi-port section can be extruded.",
    needs_solve=False,
    source="walls from 1.0 mm (redcherryaluminum.com, profileprecisionextrusions.com: 0.5 to 0.8 mm for small ones), circle up to 813 mm (aec.org), seen "
    "2026-11; webs from 0.8 mm (remembered)",
    check=check,
    default=None,
    unit="mm",
)
