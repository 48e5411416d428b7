"""Tray and lid: a floor, four walls and a flange around the plate and the rows, and a flat lid on the flange."""

from __future__ import annotations

from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Enclosure
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.outline import Rectangle
from packtool.layout.records import Loop, Part, Product, Profile, Sweep

GROUP = ("enclosure",)


@dataclass(frozen=True, slots=True)
class TrayPlan:
    """``inside`` of the walls in the plan, z of the flange's ``top`` [mm]."""

    inside: Rectangle
    top: float


def check_enclosure(loaded: LoadedDesign, enclosure: Enclosure, tray: TrayPlan) -> list[Complaint]:
    """What does not come out: a flange (as thick as the wall) needs a wall below it."""
    inner = tray.top - enclosure.wall_mm
    if enclosure.wall_mm < inner:
        return []
    return [complain(loaded, "enclosure.wall_mm", f"{enclosure.wall_mm:g} must be less than the tray's inner height, {inner:g}")]


def enclosure_parts(enclosure: Enclosure, tray: TrayPlan) -> tuple[list[Product], list[Part]]:
    """The tray, standing on z = 0, and the lid on it. The flange is as thick as the wall and points outwards."""
    wall, top = enclosure.wall_mm, tray.top
    inner = Loop.rectangle(*tray.inside)
    outside = Loop.rectangle(*_grown(tray.inside, wall))
    rim = Loop.rectangle(*_grown(tray.inside, wall + enclosure.flange_mm))
    body = Product(
        id="tray",
        role="tray",
        material=enclosure.material,
        sweeps=(
            Sweep(Profile(outside), 0.0, wall),
            Sweep(Profile(outside, (inner,)), wall, top - wall),
            Sweep(Profile(rim, (inner,)), top - wall, top),
        ),
        description=f"tray, {wall:g} mm wall, {enclosure.flange_mm:g} mm flange",
    )
    lid = Product(
        id="lid",
        role="lid",
        material=enclosure.lid_material or enclosure.material,
        sweeps=(Sweep(Profile(rim), 0.0, enclosure.lid_mm),),
        description=f"lid, {enclosure.lid_mm:g} mm",
    )
    return [body, lid], [Part("tray", "tray", (0.0, 0.0, 0.0), group=GROUP), Part("lid", "lid", (0.0, 0.0, top), group=GROUP)]


def _grown(rectangle: Rectangle, by: float) -> Rectangle:
    x0, y0, x1, y1 = rectangle
    return x0 - by, y0 - by, x1 + by, y1 + by
