"""Sensors at a point: that there is a part of the pack around it whose temperature is solved for."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.records import MESHED_ROLES, Layout

REACH_MM = 1e-3
"""A point so far outside the box around a part counts as on its face."""


def misplaced_sensors(loaded: LoadedDesign, layout: Layout) -> list[Complaint]:
    """A complaint for each sensor whose ``at_mm`` lies in no box around a part that is meshed.

    A point that is in such a box and yet in no part (in a channel, between a round cell and its corner) is found when the mesh is made; so
    is every one where parts come from STEP files, which a sensor may be on.
    """
    points = {name: sensor.at_mm for name, sensor in loaded.design.sensors.items() if sensor.at_mm is not None}
    if not points or any(part.meshed for part in loaded.design.parts):
        return []
    boxes = [layout.part_bounds(part) for part in layout.parts_of(*MESHED_ROLES)]
    spans = ", ".join(
        f"{axis} {min(b[i] for b in boxes):.6g} to {max(b[i + 3] for b in boxes):.6g}" for i, axis in enumerate("xyz")
    )
    return [
        complain(
            loaded,
            f"sensors.{name}.at_mm",
            f"there is no part around this point whose temperature is solved for (not those of tray, lid, busbars and air); "
            f"those parts lie within {spans} mm",
        )
        for name, point in points.items()
        if not any(all(b[i] - REACH_MM <= point[i] <= b[i + 3] + REACH_MM for i in range(3)) for b in boxes)
    ]
