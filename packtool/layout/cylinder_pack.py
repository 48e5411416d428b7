"""``pattern: hexagonal`` and ``square``: upright cylindrical cells, from the tray floor to the lid.

From below: tray floor, cold plate, the layer on it, (plates of the busbars where poles are below), cells between their holders, plates,
headroom, lid.
"""

from __future__ import annotations

from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import CylinderGrid, PackDesign
from packtool.errors import Complaint, DesignError
from packtool.layout.complaints import complain
from packtool.layout.cylinders import GridPlan, cell_parts, holder_ends, interface_parts, plan_grid
from packtool.layout.enclosure import TrayPlan, check_enclosure, enclosure_parts
from packtool.layout.holders import check_holder, holder_parts, potting_parts
from packtool.layout.plate import check_plate, coolant_network, overhang_mm, plan_plate, plate_parts
from packtool.layout.plates import PlateBars, check_plates, plan_plates, plate_bars
from packtool.layout.records import Layout, Part, Product

FLOOR_AIR_MM = 2.0
"""Insulation between plates below the cells and the tray's floor (remembered: mechanical clearance with a film)."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Undersides in the pack [mm]; ``top`` is the lid's underside."""

    plate: float
    interface: float
    cells: float
    top: float


def lay_out_cylinders(loaded: LoadedDesign) -> Layout:
    """Lay a pack of cylindrical cells out."""
    design = loaded.design
    grid = design.arrangement
    assert isinstance(grid, CylinderGrid)  # lay_out picks by the pattern
    plan = plan_grid(loaded)
    bars = plan_plates(design.busbars, alternating=grid.polarity == "alternating")
    levels = _levels(design, plan, bars)
    tray = _tray(design, plan, levels)
    _refuse(loaded, grid, plan, tray)

    products, parts = cell_parts(plan, loaded.cell.name, levels.cells)
    ends = holder_ends(plan, grid.holder.rows_per_plate if grid.holder else None)
    made: list[tuple[list[Product], list[Part]]] = []
    if grid.holder is not None:
        made.append(holder_parts(plan, grid.holder, ends, levels.cells))
    if grid.potting is not None:
        made.append(potting_parts(plan, grid.potting, grid.holder, ends, levels.cells))
    if design.interface is not None:
        slab, placed = interface_parts(plan, design.interface.material, design.interface.thickness_mm, levels.interface)
        made.append(([slab], placed))
    network = None
    if design.cold_plate is not None:
        plate = plan_plate(design.cold_plate, plan)
        made.append(plate_parts(design.cold_plate, plate, plan.height_mm, levels.plate))
        network = coolant_network(design.cold_plate, plate, levels.plate)
    bar_products, bars_placed, joints = plate_bars(design.busbars, bars, plan, design.electrical.series, levels.cells)
    made.append((bar_products, bars_placed))
    made.append(enclosure_parts(design.enclosure, tray))
    for more_products, more_parts in made:
        products += more_products
        parts += more_parts
    return Layout(
        name=design.name,
        cell=loaded.cell,
        products=tuple(products),
        parts=tuple(parts),
        n_series=design.electrical.series,
        n_parallel=design.electrical.parallel,
        network=network,
        joints=tuple(joints),
    )


def _levels(design: PackDesign, plan: GridPlan, bars: PlateBars) -> Levels:
    plate = design.enclosure.wall_mm
    interface = plate + (design.cold_plate.thickness_mm if design.cold_plate else 0.0)
    below = bars.below + FLOOR_AIR_MM if bars.below else 0.0
    cells = interface + below + (design.interface.thickness_mm if design.interface else 0.0)
    return Levels(plate, interface, cells, cells + plan.height_mm + bars.above + design.enclosure.headroom_mm)


def _tray(design: PackDesign, plan: GridPlan, levels: Levels) -> TrayPlan:
    overhang = overhang_mm(design.cold_plate, plan) if design.cold_plate else 0.0
    x = plan.length_mm / 2 + overhang + design.enclosure.clearance_mm
    y = plan.breadth_mm / 2 + design.enclosure.clearance_mm
    return TrayPlan((-x, -y, x, y), levels.top)


def _refuse(loaded: LoadedDesign, grid: CylinderGrid, plan: GridPlan, tray: TrayPlan) -> None:
    """Raise DesignError with everything that does not fit."""
    design = loaded.design
    complaints: list[Complaint] = [*check_holder(loaded, plan, grid.holder), *check_plates(loaded, plan)]
    if grid.polarity == "alternating" and design.interface is not None:
        message = (
            "alternating: the busbars of every second joint lie under the cells, where interface (and cold_plate) are to touch them;"
            " use polarity: up, or leave interface and cold_plate out"
        )
        complaints.append(complain(loaded, "arrangement.polarity", message))
    if design.cold_plate is not None:
        complaints += check_plate(loaded, design.cold_plate, plan)
    complaints += check_enclosure(loaded, design.enclosure, tray)
    if complaints:
        raise DesignError(sorted(complaints, key=lambda complaint: (complaint.line, complaint.column)))
