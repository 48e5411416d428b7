"""The tray as it is planned, before anything of the enclosure is made: the room inside, and how high its walls are plain."""

from __future__ import annotations

from dataclasses import dataclass

from packtool.design.schema import Enclosure
from packtool.layout.fasteners import THREADS, bolt_length
from packtool.layout.flange import Flange, flange_thickness, floor_radius, has_nuts
from packtool.layout.mounts import feet_stretches, foot_height
from packtool.layout.openings import Fitting, Opening, Wall, plan_openings
from packtool.layout.outline import Rectangle

NUT_CLEAR_MM = 2.0
"""Between the nuts and what stands below them (remembered)."""


@dataclass(frozen=True, slots=True)
class TrayPlan:
    """``inside`` of the walls in the plan, z of the flange's ``top`` [mm]; ``fittings`` that hoses have to reach; ``covered``: walls that
    filler lies on, with its plan and z."""

    inside: Rectangle
    top: float
    fittings: tuple[Fitting, ...] = ()
    covered: tuple[tuple[Wall, Rectangle, float, float], ...] = ()


def grip(enclosure: Enclosure) -> float:
    """What a bolt clamps below the lid [mm]: the flange; on a frame the beam's upper wall as well."""
    return flange_thickness(enclosure) + (enclosure.wall_mm if enclosure.style == "extruded" else 0.0)


def clear_height(enclosure: Enclosure, top: float) -> float:
    """Up to where brackets and ribs may reach [mm]: clear of the nuts under the flange, where there are some outside."""
    below = top - flange_thickness(enclosure)
    if enclosure.bolt is None or enclosure.style == "extruded":
        return below
    length = bolt_length(enclosure.lid_mm + grip(enclosure) + (THREADS[enclosure.bolt].nut if has_nuts(enclosure) else 0.0))
    return min(below, top + enclosure.lid_mm - length) - NUT_CLEAR_MM


def span(enclosure: Enclosure, top: float) -> tuple[float, float]:
    """From where to where in z a wall is plain [mm]."""
    if enclosure.style == "extruded":
        return 2 * enclosure.wall_mm, top - flange_thickness(enclosure) - enclosure.wall_mm
    return enclosure.wall_mm + floor_radius(enclosure), clear_height(enclosure, top)


def openings_of(enclosure: Enclosure, flange: Flange, tray: TrayPlan) -> tuple[Opening, ...]:
    """The openings in the tray's walls, clear of its feet."""
    height = foot_height(enclosure, clear_height(enclosure, tray.top)) if enclosure.feet else 0.0
    feet = [(wall, stretch, height) for wall, stretch in feet_stretches(enclosure, flange)]
    return plan_openings(enclosure, tray.inside, span(enclosure, tray.top), tray.fittings, feet)
