"""Over, under and beside the channels of a flat plate stands enough metal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packtool.design.schema import ColdPlate
from packtool.layout.profiles import Loop
from packtool.layout.records import Layout, Part
from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

LEAST_SKIN_MM = 0.8
"""Sheet over or under a channel of a brazed plate (remembered; 0.8 to 1.5 mm is usual)."""
LEAST_RIM_MM = 3.0
"""Metal between a channel or header and the edge of the plate, so that the sheets braze tight (remembered: as between two channels)."""


def walls_mm(layout: Layout) -> Iterator[tuple[Part, str, str, float]]:
    """Of each flat plate: the part, what, the design's key, and the least thickness of metal [mm] over and under its channels and between
    channels or headers and its edge; ports, which lead out of it, left out."""
    network = layout.network
    if network is None:
        return
    for part in layout.parts_of("cold_plate"):
        _, _, z0, _, _, z1 = layout.part_bounds(part)
        inside = [b for b in network.branches if b.kind != "port" and z0 <= sum(network.z_range(b)) / 2 <= z1]
        if not inside:
            continue
        ranges = [network.z_range(branch) for branch in inside]
        key = "cold_plate.thickness_mm"
        yield part, "metal over the channels", key, z1 - max(top for _, top in ranges)
        yield part, "metal under the channels", key, min(low for low, _ in ranges) - z0
        rims = [
            _rim(sweep.profile.outer, hole)
            for sweep in layout.product(part.product).sweeps
            if any(sweep.z0 < (low + top) / 2 - part.origin[2] < sweep.z1 for low, top in ranges)
            for hole in sweep.profile.holes
        ]
        if rims:
            yield part, "metal between channels or headers and the plate's edge", key, min(rims)


def _rim(outer: Loop, hole: Loop) -> float:
    """Least distance of a hole's box from the box of the (rectangular) outline around it [mm]."""
    x0, y0, x1, y1 = outer.bounds()
    a0, b0, a1, b1 = hole.bounds()
    return min(a0 - x0, b0 - y0, x1 - a1, y1 - b1)


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    plate = evidence.loaded.design.cold_plate
    if plate is None or evidence.layout.network is None:
        raise NotChecked("the design has no cold plate")
    if not isinstance(plate, ColdPlate):
        raise NotChecked("ribbons are extruded: see geometry.ribbon-section")
    for part, what, key, wall in walls_mm(evidence.layout):
        least = LEAST_RIM_MM if "edge" in what else LEAST_SKIN_MM
        yield at_least(evidence, RULE.id, what, wall, Limit(least, key, "warning"), "mm", part=part.name)


RULE = Rule(
    id="geometry.plate-wall",
    subject="geometry",
    asks="Over, under and beside the channels of a flat plate stands enough metal.",
    needs_solve=False,
    source="design practice for brazed plates: skins of 0.8 mm and a rim of 3 mm at least (remembered)",
    check=check,
    default=None,
    unit="mm",
)
