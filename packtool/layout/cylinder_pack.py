"""``pattern: hexagonal`` and ``square``: upright cylindrical cells, from the tray floor to the lid.

From below: tray floor, cold plate, the layer on it (or air: the cans of different groups must not meet on metal), plates of the busbars
where poles are below, cells between their holders, plates, headroom, lid. Ribbons stand between the rows instead of below them.
"""

from __future__ import annotations

from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate, CylinderGrid, RibbonPlate
from packtool.errors import Complaint, DesignError
from packtool.layout import ribbon_parts
from packtool.layout import ribbons as ribbon
from packtool.layout.complaints import complain
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.cylinders import GridPlan, cell_diameter, cell_parts, interface_parts, pitch_of, plan_grid, row_distance
from packtool.layout.enclosure import enclosed
from packtool.layout.enclosure_checks import check_enclosure
from packtool.layout.flat_plates import PlacedPlate, plate_parts, plates_network
from packtool.layout.grid_strips import holder_ends
from packtool.layout.heaters import sheet_below, thickness_at
from packtool.layout.holders import check_holder, holder_parts, potting_parts
from packtool.layout.plate import FITTING_HEIGHT_MM, check_plate, overhang_mm, plan_plate
from packtool.layout.plates import PlateBars, check_plates, plan_plates, plate_bars
from packtool.layout.records import Layout, Part, Product
from packtool.layout.tray_plan import TrayPlan

FLOOR_AIR_MM = 2.0
"""Insulation between the floor and cells or busbars above it that stand on no layer (remembered: mechanical clearance with a film)."""

type _Made = tuple[list[Product], list[Part]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is decided before anything is placed; undersides in the pack [mm], ``top`` is the lid's."""

    grid: GridPlan
    bars: PlateBars
    ribbons: ribbon.RibbonPlan | None
    plate_z: float
    interface_z: float
    cells_z: float
    top: float
    tray: TrayPlan


def lay_out_cylinders(loaded: LoadedDesign) -> Layout:
    """Lay a pack of cylindrical cells out. Raises as ``lay_out``."""
    design, arrangement = loaded.design, _arrangement(loaded)
    plan = _planned(loaded)
    grid = plan.grid
    ends = _holder_ends(loaded, grid)
    along = ribbon.cut_lines(grid, plan.ribbons) if plan.ribbons else {}
    made: list[_Made] = [cell_parts(grid, loaded.cell.name, plan.cells_z)]
    if arrangement.holder is not None:
        made.append(holder_parts(grid, arrangement.holder, ends, along, plan.cells_z))
    if arrangement.potting is not None:
        made.append(potting_parts(grid, arrangement.potting, arrangement.holder, ends, along, plan.cells_z))
    cooling, network = _cooling(loaded, plan)
    made += cooling
    bar_products, bars_placed, joints = plate_bars(design.busbars, plan.bars, grid, design.electrical.series, plan.cells_z)
    made.append((bar_products, bars_placed))
    inside = [product for products, _ in made for product in products], [part for _, parts in made for part in parts]
    made.append(enclosed(loaded, plan.tray, *inside))
    return Layout(
        name=design.name,
        cell=loaded.cell,
        products=tuple(product for products, _ in made for product in products),
        parts=tuple(part for _, parts in made for part in parts),
        n_series=design.electrical.series,
        n_parallel=design.electrical.parallel,
        network=network,
        joints=tuple(joints),
        inside=plan.tray.inside,
    )


def _arrangement(loaded: LoadedDesign) -> CylinderGrid:
    arrangement = loaded.design.arrangement
    assert isinstance(arrangement, CylinderGrid)  # lay_out picks by the pattern
    return arrangement


def _holder_ends(loaded: LoadedDesign, grid: GridPlan) -> tuple[int, ...]:
    """The last row of each holder: those between two ribbons share one, so that ribbons can be set in."""
    if isinstance(loaded.design.cold_plate, RibbonPlate):
        return (*range(1, grid.rows, 2), grid.rows)
    holder = _arrangement(loaded).holder
    return holder_ends(grid, holder.rows_per_plate if holder else None)


def _planned(loaded: LoadedDesign) -> _Plan:
    """Everything's place. Raises DesignError with everything that does not fit."""
    design, arrangement = loaded.design, _arrangement(loaded)
    plate, interface, enclosure = design.cold_plate, design.interface, design.enclosure
    complaints: list[Complaint] = []
    spacing = None
    if isinstance(plate, RibbonPlate) and interface is not None:
        diameter = cell_diameter(loaded)
        pitch = pitch_of(arrangement, diameter)
        spacing = ribbon.spacing_of(plate, interface, diameter, pitch)
        grid = plan_grid(loaded, ribbon.row_distances(spacing, arrangement.rows, row_distance(arrangement, pitch)))
        complaints += ribbon.check_ribbons(loaded, plate, arrangement, grid, spacing)
    else:
        grid = plan_grid(loaded)
    bars = plan_plates(design.busbars, alternating=arrangement.polarity == "alternating")
    complaints += [*check_holder(loaded, grid, arrangement.holder), *check_plates(loaded, grid, bars)]
    slab = interface if spacing is None else None
    if arrangement.polarity == "alternating" and slab is not None:
        message = (
            "alternating: the busbars of every second joint lie under the cells, where interface (and cold_plate) are to touch them;"
            " use polarity: up, or leave interface and cold_plate out"
        )
        complaints.append(complain(loaded, "arrangement.polarity", message))
    if isinstance(plate, ColdPlate):
        complaints += check_plate(loaded, plate, grid)

    plate_z = enclosure.wall_mm + thickness_at(design, "below")
    interface_z = plate_z + (plate.thickness_mm if isinstance(plate, ColdPlate) else 0.0)
    cells_z = interface_z + (slab.thickness_mm if slab else FLOOR_AIR_MM) + bars.below
    top = cells_z + grid.height_mm + bars.above + enclosure.headroom_mm
    x, y = grid.reach_mm, grid.side_reach_mm
    if isinstance(plate, ColdPlate):
        x = max(x, grid.length_mm / 2 + overhang_mm(plate, grid))
    placed = None
    if isinstance(plate, RibbonPlate) and spacing is not None and not complaints:
        placed = ribbon.plan_ribbons(plate, grid, spacing, arrangement.holder.thickness_mm if arrangement.holder else 0.0)
        x, y = placed.tank[2] + plate.header_wall_mm, max(y, placed.tank[3] + plate.header_wall_mm)
    x, y = x + enclosure.clearance_mm, y + enclosure.clearance_mm
    tray = TrayPlan((-x, -y, x, y), top)
    complaints += check_enclosure(loaded, enclosure, tray)
    if complaints:
        raise DesignError(sorted(complaints, key=lambda complaint: (complaint.line, complaint.column)))
    return _Plan(grid, bars, placed, plate_z, interface_z, cells_z, top, tray)


def _cooling(loaded: LoadedDesign, plan: _Plan) -> tuple[list[_Made], CoolantNetwork | None]:
    """Interface, cold plate and coolant; and the channels as a graph, None without a plate."""
    plate, interface, grid = loaded.design.cold_plate, loaded.design.interface, plan.grid
    made: list[_Made] = []
    if isinstance(plate, RibbonPlate) and interface is not None and plan.ribbons is not None:
        made.append(ribbon_parts.interface_parts(grid, plan.ribbons, interface, plan.cells_z))
        room = plan.top - (plan.cells_z + plan.ribbons.foot + plan.ribbons.height)
        made.append(ribbon_parts.ribbon_parts(plate, plan.ribbons, plan.cells_z, room))
        return made, ribbon_parts.ribbon_network(plate, plan.ribbons, plan.cells_z)
    if interface is not None:
        slab, placed = interface_parts(grid, interface.material, interface.thickness_mm, plan.interface_z)
        made.append(([slab], placed))
        made.append(sheet_below(loaded.design, slab.sweeps[0].profile.outer.bounds(), loaded.design.enclosure.wall_mm))
    if not isinstance(plate, ColdPlate):
        return made, None
    flat = [PlacedPlate("", plan.plate_z, plan_plate(plate, grid), min(FITTING_HEIGHT_MM, grid.height_mm))]
    made.append(plate_parts(plate, flat))
    return made, plates_network(plate, flat)
