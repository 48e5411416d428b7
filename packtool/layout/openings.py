"""Openings in the tray's walls: vents, coolant hoses, connectors and glands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from packtool.design.schema.enclosure import Cutout, Enclosure
from packtool.design.schema.fixtures import Fixture
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Axis, Detail

Wall = Literal["x-", "x+", "y-", "y+"]
LEAST_WEB_MM = 3.0
"""Metal that must be left between two openings, and to the wall's ends (remembered: the least that can be deburred and sealed)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening in a wall: its middle ``along`` the wall (x or y in the plan) and at ``z``, half its size in both [mm]; ``key`` of the
    design that it comes from. The ``fixture`` that stands in it, at ``fixture_key``: a product called ``title``, a part ``part_name``."""

    name: str
    key: str
    wall: Wall
    along: float
    z: float
    half_along: float
    half_z: float
    round: bool
    fixture: Fixture | None = None
    fixture_key: str = ""
    title: str = ""
    part_name: str = ""
    product: str = ""

    @property
    def rim(self) -> float:
        """How far its fixture reaches past its edge on the outside [mm]."""
        return self.fixture.rim_mm if self.fixture else 0.0

    @property
    def span(self) -> tuple[float, float]:
        """From where to where it and its fixture's rim reach along the wall [mm]."""
        return self.along - self.half_along - self.rim, self.along + self.half_along + self.rim

    @property
    def heights(self) -> tuple[float, float]:
        """From where to where it and its fixture's rim reach in z [mm]."""
        return self.z - self.half_z - self.rim, self.z + self.half_z + self.rim

    @property
    def size(self) -> str:
        """Its size in words."""
        return f"{2 * self.half_z:.4g} mm" if self.round else f"{2 * self.half_along:g} x {2 * self.half_z:g} mm"

    def overlaps(self, other: Opening) -> bool:
        """Whether less than LEAST_WEB_MM is left between two openings of one wall, or their fixtures' rims meet."""
        apart = abs(self.along - other.along), abs(self.z - other.z)
        web = max(LEAST_WEB_MM, self.rim + other.rim)
        if self.round and other.round:
            return math.hypot(*apart) < self.half_z + other.half_z + web
        return apart[0] < self.half_along + other.half_along + web and apart[1] < self.half_z + other.half_z + web


@dataclass(frozen=True, slots=True)
class Fitting:
    """A coolant fitting inside the tray: its place in the plan and the height of its middle [mm]."""

    name: str
    x: float
    y: float
    z: float


def axis_of(wall: Wall) -> Axis:
    """The axis that goes through a wall."""
    return "x" if wall[0] == "x" else "y"


def extent(wall: Wall, inside: Rectangle) -> tuple[float, float]:
    """From where to where a wall runs, inside the tray [mm]."""
    return (inside[1], inside[3]) if axis_of(wall) == "x" else (inside[0], inside[2])


def faces(wall: Wall, inside: Rectangle) -> float:
    """Where the wall's inner face is, along its axis [mm]."""
    return inside[("x-", "y-", "x+", "y+").index(wall)]


def outward(wall: Wall) -> int:
    """Which way is out of the tray, along the wall's axis."""
    return 1 if wall[1] == "+" else -1


def plan_openings(
    enclosure: Enclosure,
    inside: Rectangle,
    span: tuple[float, float],
    fittings: Sequence[Fitting],
    feet: Sequence[tuple[Wall, tuple[float, float], float]] = (),
) -> tuple[Opening, ...]:
    """Every opening; ``span``: from where to where in z a wall is free of floor and flange [mm]; ``feet``: wall, stretch along it and
    height of each, which vents and hoses go over."""
    middle = (span[0] + span[1]) / 2
    openings = [_cutout(cutout, index, inside, middle) for index, cutout in enumerate(enclosure.cutouts)]
    if enclosure.vent_area_mm2:
        count, wall = enclosure.vents.count, enclosure.vents.wall
        radius = math.sqrt(enclosure.vent_area_mm2 / count / math.pi)
        low, high = extent(wall, inside)
        for k in range(count):
            along = low + (high - low) * (k + 0.5) / count
            name = "vent" if count == 1 else f"vent {k + 1}"
            z = _over_feet(middle, wall, along, radius + _rim(enclosure.vents.plug), feet)
            opening = Opening(name, "enclosure.vent_area_mm2", wall, along, z, radius, radius, True)
            openings.append(
                _with(opening, enclosure.vents.plug, "enclosure.vents.plug", "vent plug", name.replace("vent", "vent plug"))
            )
    if enclosure.hose_opening_mm is not None:
        radius = enclosure.hose_opening_mm / 2
        for fitting in fittings:
            side: Wall = "x-" if fitting.x < (inside[0] + inside[2]) / 2 else "x+"
            # the hose bends to the fitting: its opening may stand higher, so that it clears the floor, or lower, so that it clears the flange
            outer = radius + _rim(enclosure.hose_fitting)
            z = _over_feet(max(min(fitting.z, span[1] - outer), span[0] + outer), side, fitting.y, outer, feet)
            opening = Opening(f"hose of {fitting.name}", "enclosure.hose_opening_mm", side, fitting.y, z, radius, radius, True)
            part = f"hose fitting {fitting.name}"
            openings.append(_with(opening, enclosure.hose_fitting, "enclosure.hose_fitting", "hose fitting", part))
    return tuple(openings)


def _rim(fixture: Fixture | None) -> float:
    return fixture.rim_mm if fixture else 0.0


def _with(opening: Opening, fixture: Fixture | None, key: str, title: str, part_name: str) -> Opening:
    """An opening with what stands in it."""
    if fixture is None:
        return opening
    product = title.replace(" ", "-") if title in ("vent plug", "hose fitting") else "connector"
    return replace(opening, fixture=fixture, fixture_key=key, title=title, part_name=part_name, product=product)


def _over_feet(z: float, wall: Wall, along: float, radius: float, feet: Sequence[tuple[Wall, tuple[float, float], float]]) -> float:
    """``z``, or as far above it as a round opening has to be to clear the feet in front of it [mm]."""
    for other, (low, high), height in feet:
        if other == wall and along - radius < high and low < along + radius:
            z = max(z, height + LEAST_WEB_MM + radius)
    return z


def _cutout(cutout: Cutout, index: int, inside: Rectangle, middle: float) -> Opening:
    low, high = extent(cutout.wall, inside)
    along, z = (low + high) / 2 + cutout.along_mm, cutout.z_mm if cutout.z_mm is not None else middle
    key = f"enclosure.cutouts.{index}"
    if cutout.diameter_mm is not None:
        opening = Opening(cutout.name, key, cutout.wall, along, z, cutout.diameter_mm / 2, cutout.diameter_mm / 2, True)
    else:
        half = (cutout.width_mm or 0.0) / 2, (cutout.height_mm or 0.0) / 2
        opening = Opening(cutout.name, key, cutout.wall, along, z, *half, False)
    return _with(opening, cutout.fixture, f"{key}.fixture", cutout.name, cutout.name)


def opening_faults(
    openings: Sequence[Opening], inside: Rectangle, radius: float, span: tuple[float, float]
) -> list[tuple[str, str]]:
    """(key, message) of every opening that leaves its wall or comes too near to another. ``radius``: the corners'."""
    faults = []
    for index, one in enumerate(openings):
        low, high = extent(one.wall, inside)
        low, high = low + radius + LEAST_WEB_MM, high - radius - LEAST_WEB_MM
        what = f"{one.name} with its rim" if one.rim else one.name
        if one.span[0] < low - 1e-9 or one.span[1] > high + 1e-9:
            middle = (low + high) / 2
            faults.append(
                (one.key, f"{what}: from {one.span[0] - middle:.4g} to {one.span[1] - middle:.4g} mm from the middle of wall {one.wall}, which"
                 f" is free from {low - middle:.4g} to {high - middle:.4g}")
            )  # fmt: skip
        if one.heights[0] < span[0] - 1e-9 or one.heights[1] > span[1] + 1e-9:
            faults.append(
                (one.key, f"{what}: from z {one.heights[0]:.4g} to {one.heights[1]:.4g} mm, where the wall is free from {span[0]:.4g} to"
                 f" {span[1]:.4g}: make it smaller, or divide it over more openings")
            )  # fmt: skip
        for other in openings[:index]:
            if other.wall == one.wall and one.overlaps(other):
                faults.append(
                    (one.key, f"{one.name} and {other.name} in wall {one.wall} leave less than {LEAST_WEB_MM:g} mm between them")
                )
    return faults


def opening_details(opening: Opening, inside: Rectangle, skins: Sequence[tuple[float, float]]) -> list[Detail]:
    """The cuts of an opening through each of a wall's ``skins``: (from, to) outwards of the wall's inner face [mm]."""
    axis, face, out = axis_of(opening.wall), faces(opening.wall, inside), outward(opening.wall)
    # a detail's plane is (y, z) for x, (z, x) for y
    u, v, half_u, half_v = opening.along, opening.z, opening.half_along, opening.half_z
    if axis == "y":
        u, v, half_u, half_v = v, u, half_v, half_u
    profile = (
        Profile(Loop.circle(u, v, half_u)) if opening.round else Profile.rectangle(u - half_u, v - half_v, u + half_u, v + half_v)
    )
    ends = [sorted((face + out * near, face + out * far)) for near, far in skins]
    return [Detail(profile, axis, low, high) for low, high in ends]
