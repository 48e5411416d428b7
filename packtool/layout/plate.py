"""The plan of a flat cold plate: its outline, and what has room in it.

The plate covers all rows in y and reaches ``overhang_mm`` past them at both ends of x. Its channels keep ``margin_mm`` from its edges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate, PackDesign
from packtool.errors import Complaint
from packtool.layout.channels import Channels, ChannelSpace, parallel_once, parallel_twice, round_serpentine, serpentine, turn_reach
from packtool.layout.complaints import complain
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Product, Sweep

LAND_MM = 3.0
"""Rib that the messages below propose: the usual least brazing land (remembered; the design rule on ribs holds the same number)."""
FITTING_MM = 20.0
"""Outer diameter of a fitting where the channel is wide enough, with a bore of 0.8 of it (16 mm: the common NW16 quick connector; remembered)."""
BORE_OVER_OUTER = 0.8
FITTING_HEIGHT_MM = 30.0
"""Height of a fitting above the plate (remembered), never higher than the room beside the cells."""


def hose_fitting(material: str, outer_mm: float, height_mm: float) -> Product:
    """The product of a plate's hose fittings: a piece of pipe of ``outer_mm`` diameter that stands on z = 0."""
    ring = Profile(Loop.circle(0.0, 0.0, outer_mm / 2), (Loop.circle(0.0, 0.0, outer_mm / 2 * BORE_OVER_OUTER),))
    words = f"hose fitting, {outer_mm:g} mm outside, {outer_mm * BORE_OVER_OUTER:g} mm bore (size remembered); CAD only"
    return Product("fitting", "fitting", material, (Sweep(ring, 0.0, height_mm),), words)


class Footprint(Protocol):
    """What stands on the plate [mm]: its size along x and y, about x = y = 0; ``beyond_mm``: how far straps, terminals and busbars stand out of
    its ends (x)."""

    @property
    def length_mm(self) -> float: ...

    @property
    def breadth_mm(self) -> float: ...

    @property
    def beyond_mm(self) -> float: ...


@dataclass(frozen=True, slots=True)
class PlatePlan:
    """The plate's outline [mm] about x = y = 0 and what is in it."""

    outline: Rectangle
    channels: Channels
    fitting_mm: float


def flat_plate(design: PackDesign) -> ColdPlate | None:
    """The design's cold plate, if it is one that lies flat (no ribbons, no upright plates)."""
    plate = design.cold_plate
    return plate if isinstance(plate, ColdPlate) and plate.position != "between" else None


def skin_mm(plate: ColdPlate) -> float:
    """Metal on either side of the channels [mm]; of a stamped plate the thickness of each sheet."""
    return (plate.thickness_mm - plate.channel_height_mm) / 2


def header_width(plate: ColdPlate) -> float:
    """Width of the headers [mm]: as given, else twice the channel's."""
    return plate.header_width_mm if plate.header_width_mm is not None else 2 * plate.channel_width_mm


def _needed_overhang(plate: ColdPlate, cells: Footprint) -> float:
    """The shortest overhang [mm] that holds the margin and the headers (parallel), or the fittings and round turns (serpentine)."""
    fitting, width = _fitting(plate, cells), header_width(plate)
    if plate.type == "parallel":
        return plate.margin_mm + max(width, (width + fitting) / 2 + cells.beyond_mm)
    return plate.margin_mm + max(fitting + cells.beyond_mm, _round_reach(plate, cells))


def _round_reach(plate: ColdPlate, cells: Footprint) -> float:
    """How far round turns reach past the straight legs [mm]; 0 for square ones, which take no more than the fittings."""
    if plate.turns == "square":
        return 0.0
    half = cells.breadth_mm / 2 - plate.margin_mm
    return turn_reach(-half, half, plate.channel_width_mm, plate.passes)


def overhang_mm(plate: ColdPlate, cells: Footprint) -> float:
    """How far the plate reaches past the rows at both ends [mm]: as given, else as short as can be."""
    return plate.overhang_mm if plate.overhang_mm is not None else _needed_overhang(plate, cells)


def check_plate(loaded: LoadedDesign, plate: ColdPlate, cells: Footprint) -> list[Complaint]:
    """What does not fit in this plate."""
    complaints = []
    space = cells.breadth_mm - 2 * plate.margin_mm
    count, width = plate.passes * plate.channels, plate.channel_width_mm
    if space <= 0:
        message = f"margins of {plate.margin_mm:g} mm leave nothing of a plate {cells.breadth_mm:g} mm across"
        complaints.append(complain(loaded, "cold_plate.margin_mm", message))
    elif space < width or (count > 1 and count * width >= space):
        complaints.append(complain(loaded, *_crowded(plate, count, space)))
    elif plate.made_as == "stamped":
        complaints += [complain(loaded, *fault) for fault in _unformed(plate, space, count)]
    needed = _needed_overhang(plate, cells)
    if overhang_mm(plate, cells) < needed:
        fitting = _fitting(plate, cells)
        if _round_reach(plate, cells) > fitting + cells.beyond_mm:
            what = f"the round turns of {plate.passes} passes ({_round_reach(plate, cells):.4g} mm deep) lie on the overhang"
        elif plate.type == "serpentine":
            what = f"the fittings ({fitting:g} mm) stand on the overhang{_beside(cells)}"
        else:
            what = f"the headers ({header_width(plate):g} mm wide) lie under the overhang{_beside(cells)}"
        message = (
            f"{plate.overhang_mm:g} is too short: {what}, {plate.margin_mm:g} mm (margin_mm) from the plate's end;"
            f" it needs at least {needed:g}"
        )
        complaints.append(complain(loaded, "cold_plate.overhang_mm", message))
    return complaints


def _unformed(plate: ColdPlate, space: float, count: int) -> list[tuple[str, str]]:
    """Key and message of what leaves a formed sheet no land to be brazed by."""
    sheet = skin_mm(plate)
    faults = []
    if plate.channel_height_mm <= sheet:
        message = f"{plate.channel_height_mm:g} is no deeper than the sheet is thick, {sheet:g} mm (half of thickness_mm less channel_height_mm)"
        faults.append(("cold_plate.channel_height_mm", message))
    if plate.margin_mm <= sheet:
        message = f"{plate.margin_mm:g} leaves no land beside the outermost channel's wall of {sheet:g} mm"
        faults.append(("cold_plate.margin_mm", message))
    rib = (space - count * plate.channel_width_mm) / (count - 1) if count > 1 else math.inf
    if rib <= 2 * sheet:
        most = (space - (count - 1) * (2 * sheet + LAND_MM)) / count
        message = (
            f"{rib:.3g} mm between two channels are less than their two walls of {sheet:g} mm sheet: nothing is left to braze;"
            f" with lands of {LAND_MM:g} mm channels of at most {most:.3g} mm do"
        )
        faults.append(("cold_plate.channel_width_mm", message))
    return faults


def _crowded(plate: ColdPlate, count: int, space: float) -> tuple[str, str]:
    """Key and message for channels that do not fit side by side, with the largest count and width that do."""
    width = plate.channel_width_mm
    key = "cold_plate.passes" if plate.type == "serpentine" else "cold_plate.channels"
    what = "passes" if plate.type == "serpentine" else "channels"
    sets = plate.passes if plate.type == "parallel" else 1
    most = int((space + LAND_MM) / (width + LAND_MM)) // sets
    fewest = 1 if plate.type == "serpentine" else 2
    widest = (space - (count - 1) * LAND_MM) / count
    ways = []
    if most >= fewest:
        ways.append(f"at most {most} {what} of {width:g} mm fit" if most > 1 else f"only one of {width:g} mm fits")
    if widest > 0:
        ways.append(f"channel_width_mm may be at most {int(widest * 100) / 100:g}")
    ways = ways or ["make the rows wider or margin_mm smaller"]
    side = f"{count} channels of {width:g} mm side by side" if count > 1 else f"a channel of {width:g} mm"
    message = f"{side} do not fit in {space:g} mm of plate between its margins; with ribs of {LAND_MM:g} mm {', or '.join(ways)}"
    return ("cold_plate.channel_width_mm" if count == 1 else key), message


def _beside(cells: Footprint) -> str:
    where = f", clear of what stands {cells.beyond_mm:g} mm out of the rows' ends (straps, terminals, busbars)"
    return where if cells.beyond_mm else ""


def _fitting(plate: ColdPlate, cells: Footprint) -> float:
    """Outer diameter of the fittings: no wider than the channel, or than the header is wide and long, below them, so that two never touch."""
    if plate.type == "serpentine":
        return min(FITTING_MM, plate.channel_width_mm)
    length = cells.breadth_mm - 2 * plate.margin_mm
    if plate.passes == 2:  # the headers of the two passes lie in line, a rib apart
        width = plate.channel_width_mm
        length = width + (length - width) * (plate.channels - 1) / (2 * plate.channels - 1)
    return min(FITTING_MM, header_width(plate), max(length, plate.channel_width_mm))


def plan_plate(plate: ColdPlate, cells: Footprint) -> PlatePlan:
    """The plate of a design that ``check_plate`` has no complaint about."""
    x, y = cells.length_mm / 2 + overhang_mm(plate, cells), cells.breadth_mm / 2
    fitting = _fitting(plate, cells)
    return PlatePlan((-x, -y, x, y), _channels(plate, (-x, -y, x, y), fitting, 0.0), fitting)


def grown_voids(plate: ColdPlate, plan: PlatePlan, by: float) -> tuple[Profile, ...]:
    """The channels' outlines ``by`` [mm] further out all around."""
    return _channels(plate, plan.outline, plan.fitting_mm, by).voids


def _channels(plate: ColdPlate, outline: Rectangle, fitting: float, grown: float) -> Channels:
    """The channels on their own centrelines, their walls ``grown`` [mm] further out."""
    x0, y0, x1, y1 = outline
    margin, wide = plate.margin_mm - grown, 2 * grown
    space = ChannelSpace(
        x0 + margin,
        y0 + margin,
        x1 - margin,
        y1 - margin,
        plate.channel_width_mm + wide,
        header_width(plate) + wide,
        plate.channel_height_mm,
    )
    if plate.type == "serpentine":
        return (round_serpentine if plate.turns == "round" else serpentine)(space, plate.passes, fitting)
    if plate.passes == 1:
        return parallel_once(space, plate.channels, plate.manifold == "U", fitting)
    return parallel_twice(space, plate.channels, fitting)
