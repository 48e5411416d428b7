"""Flat plates under and over rows of cells: at what heights everything lies, and what stands in an upper plate's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packtool.catalogue.records import Material
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate, PackDesign
from packtool.errors import Complaint
from packtool.layout.boxes import Box, overlap
from packtool.layout.complaints import complain
from packtool.layout.flat_plates import PlacedPlate
from packtool.layout.heaters import thickness_at
from packtool.layout.plate import FITTING_HEIGHT_MM, Footprint, flat_plate, overhang_mm, plan_plate
from packtool.layout.rows import RowPlan, rows_of
from packtool.layout.terminals import Pole

FITTINGS_APART_MM = 10.0
"""Between the fittings of two plates that face each other: room for the hoses' bends to pass (remembered)."""
METAL_W_MK = 10.0
"""Catalogue materials that conduct heat better than this are metals (fillers, pads and plastics end at 3.5 W/m/K)."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Undersides in the pack [mm]: of the lower plate and the layer on it, of what stands on that, of the cells; of the layer on the cells
    and the plate on that. None: there is none. ``top``: of all of these."""

    plate: float | None
    interface: float | None
    floor: float
    cells: float
    over_interface: float | None
    over_plate: float | None
    top: float


def plan_levels(design: PackDesign, rows: RowPlan) -> Levels:
    """The heights, from the tray's floor up. Without a plate the layer, if there is one, lies on the floor."""
    plate, layer = flat_plate(design), design.interface.thickness_mm if design.interface else 0.0
    under, over = lies_under(plate), lies_over(plate)
    z = design.enclosure.wall_mm + thickness_at(design, "below")
    lower = z if under else None
    z += plate.thickness_mm if under and plate else 0.0
    below = z if design.interface and (under or design.cold_plate is None) else None
    floor = z + (layer if below is not None else 0.0)
    top = floor + rows.height_mm
    if not over or plate is None:
        return Levels(lower, below, floor, floor + rows.lift, None, None, top)
    return Levels(lower, below, floor, floor + rows.lift, top, top + layer, top + layer + plate.thickness_mm)


def lies_under(plate: ColdPlate | None) -> bool:
    """Whether a plate lies under the cells."""
    return plate is not None and plate.position in ("bottom", "both")


def lies_over(plate: ColdPlate | None) -> bool:
    """Whether a plate lies over the cells."""
    return plate is not None and plate.position in ("top", "both")


def place_plates(plate: ColdPlate, footprint: Footprint, levels: Levels, height_mm: float) -> list[PlacedPlate]:
    """The plates from below; ``height_mm``: of the rows. Two share the room beside the rows for their fittings."""
    planned = plan_plate(plate, footprint)
    room = height_mm
    if levels.plate is not None and levels.over_plate is not None:
        room = (levels.over_plate - levels.plate - plate.thickness_mm - FITTINGS_APART_MM) / 2
    fitting = min(FITTING_HEIGHT_MM, room)
    several = plate.position == "both"
    placed = []
    if levels.plate is not None:
        placed.append(PlacedPlate("bottom" if several else "", levels.plate, planned, fitting))
    if levels.over_plate is not None:
        placed.append(PlacedPlate("top" if several else "", levels.over_plate, planned, fitting, turned=True))
    return placed


def check_over(
    loaded: LoadedDesign, plate: ColdPlate, footprint: Footprint, levels: Levels, poles: Sequence[Pole], bars: Sequence[Box]
) -> list[Complaint]:
    """What stands where a plate is to lie over the cells; ``bars``: the boxes of all raised busbars in the pack's frame."""
    if levels.over_plate is None or levels.over_interface is None:
        return []
    position = plate.position
    if poles[0].face == "top":
        message = (
            f"{position}: the terminals and busbars of {loaded.cell.id} are on top as it stands, where the plate would lie. Use position:"
            " bottom, orientation: on_side (terminals to the side), or cells with their terminals at their ends"
        )
        return [complain(loaded, "cold_plate.position", message)]
    complaints = []
    if position == "top" and rows_of(loaded).fins is not None:
        message = "fins are folded under the cells, onto a layer that position: top has not: leave them out, or use position: both"
        complaints.append(complain(loaded, "arrangement.fins", message))
    interface = loaded.design.interface
    if interface is not None and is_metal(loaded.materials[interface.material]):
        message = (
            f"{interface.material} conducts electricity: a layer that cells hang on, beside their busbars, must insulate them from the plate;"
            " use a gap filler, a pad or an adhesive"
        )
        complaints.append(complain(loaded, "interface.material", message))
    if levels.plate is not None and levels.over_plate - levels.plate - plate.thickness_mm < 3 * FITTINGS_APART_MM:
        message = (
            f"{position}: between the plates are {levels.over_plate - levels.plate - plate.thickness_mm:.4g} mm, too little for the fittings"
            f" of both (at least {3 * FITTINGS_APART_MM:g}): use position: bottom or top"
        )
        complaints.append(complain(loaded, "cold_plate.position", message))
    x, y = footprint.length_mm / 2 + overhang_mm(plate, footprint), footprint.breadth_mm / 2
    solid: Box = (-x, -y, levels.over_interface, x, y, levels.top)
    if any(overlap(solid, bar) for bar in bars):
        message = (
            f"{position}: a raised busbar between rows or modules comes up where the plate lies. Use position: bottom, or a single row (of"
            " modules) whose busbars run along its sides"
        )
        complaints.append(complain(loaded, "cold_plate.position", message))
    return complaints


def is_metal(material: Material) -> bool:
    """Whether a solid of the catalogue conducts electricity."""
    return material.resistivity_ohm_m is not None or material.k_W_mK.value > METAL_W_MK
