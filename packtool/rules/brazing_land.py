"""Between two channels stands enough metal to braze."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from packtool.design.schema import ColdPlate
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.plate import skin_mm
from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def narrowest_land_mm(network: CoolantNetwork) -> float | None:
    """Smallest distance between the walls of two straight runs along x that lie side by side [mm]; None if there are no two."""
    runs = [
        (a, b, branch.width_mm)
        for branch in network.branches
        if branch.kind == "channel"
        for a, b in zip(branch.path, branch.path[1:], strict=False)
        if a[1] == b[1]
    ]
    runs.sort(key=lambda run: run[0][1])
    lands = [
        (upper[0][1] - upper[2] / 2) - (lower[0][1] + lower[2] / 2)
        for lower, upper in itertools.pairwise(runs)
        if upper[0][1] > lower[0][1]
    ]
    return min(lands, default=None)


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    plate = evidence.loaded.design.cold_plate
    if plate is None or evidence.layout.network is None:
        raise NotChecked("the design has no cold plate")
    if not isinstance(plate, ColdPlate):
        raise NotChecked("ribbons are extruded, not stamped and brazed")
    if plate.made_as == "extruded":
        raise NotChecked("the plate is extruded, not stamped and brazed")
    land = narrowest_land_mm(evidence.layout.network)
    if land is None:
        raise NotChecked("no two channels run side by side")
    walls = 2 * skin_mm(plate) if plate.made_as == "stamped" else 0.0  # the formed sheet's two walls come off the land
    yield at_least(
        evidence,
        RULE.id,
        "narrowest metal between two channels",
        land - walls,
        Limit(3.0, "cold_plate.channel_width_mm", "warning"),
        "mm",
    )


RULE = Rule(
    id="geometry.brazing-land",
    subject="geometry",
    asks="Between two channels stands enough metal to braze.",
    needs_solve=False,
    source="design practice for stamped brazed plates: land >= 3 mm (remembered)",
    check=check,
    default=3.0,
    unit="mm",
)
