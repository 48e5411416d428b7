"""``pattern: rows``: prismatic and pouch cells in rows, from the tray floor to the lid; the rows once, or as modules placed many times.

From below: tray floor, cold plate, the layer on it, cells, terminals, busbars, headroom, lid; or the layer and the plate over the cells.
Without a plate below, the layer (if it is there for none) or the cells stand on the tray's floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import PackDesign
from packtool.errors import Complaint, DesignError, LayoutError
from packtool.layout.bar_shapes import Bar, BarSize
from packtool.layout.busbars import Wiring, bar_parts, check_bars, plan_bars
from packtool.layout.cell_body import cell_product
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.enclosure import enclosed
from packtool.layout.enclosure_checks import check_enclosure
from packtool.layout.fillers import WallFiller, check_wall_fillers, fillers_between, wall_filler_parts, wall_fillers
from packtool.layout.flat_plates import plate_parts, plates_network
from packtool.layout.gaps import gap_mm
from packtool.layout.heaters import check_side_pads, sheet_below, side_pads, thickness_at
from packtool.layout.modules import Link, Place, hull, module_links, place_modules
from packtool.layout.outline import Rectangle
from packtool.layout.plate import check_plate, flat_plate, overhang_mm
from packtool.layout.records import Joint, Layout, Part, Product
from packtool.layout.row_bar_checks import (
    bar_boxes,
    check_links,
    check_modules,
    check_row_gap,
    check_tabs,
    in_modules,
    row_solids,
    solids_above,
    solids_below,
)
from packtool.layout.row_parts import cell_parts, end_plate_parts, gap_parts, interface_parts
from packtool.layout.row_plates import Levels, check_over, place_plates, plan_levels
from packtool.layout.row_sides import check_sides
from packtool.layout.row_structure import side_parts
from packtool.layout.rows import RowPlan, plan_rows, rows_of
from packtool.layout.shelf import Made
from packtool.layout.terminals import Pole, Terminals, plan_terminals, poles_of, terminal_parts
from packtool.layout.tray_plan import TrayPlan
from packtool.layout.upright_checks import check_upright
from packtool.layout.upright_plates import (
    UprightPlan,
    plan_upright,
    plate_height,
    upright_layers,
    upright_network,
    upright_parts,
    upright_plate,
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What stands on the plate [mm], about x = y = 0; ``beyond_mm``: how far straps, or terminals and bars of turned modules, stand out of
    its ends."""

    length_mm: float
    breadth_mm: float
    beyond_mm: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The pack in numbers [mm]: the rows of one module, its poles and bars (``ends``: the pack's minus and plus bar, in the first and last
    module's frame; none where they join strings and are among the links), where the modules stand, the bars between them, what the cells take in the plan, the walls around."""

    rows: RowPlan
    levels: Levels
    terminals: Terminals
    poles: tuple[Pole, ...]
    bars: tuple[Bar, ...]
    ends: tuple[Bar, ...]
    places: tuple[Place, ...]
    links: tuple[Link, ...]
    footprint: Footprint
    upright: UprightPlan | None
    tray: TrayPlan
    wall_fillers: tuple[WallFiller, ...]


def lay_out_rows(loaded: LoadedDesign) -> Layout:
    """Lay a pack of rows out.

    Raises DesignError, with every complaint at its place, if something does not fit (cells that cannot stand so, channels in the plate,
    headers on the overhang, bars beside each other); LayoutError if the cells' counts do not come out.
    """
    design = loaded.design
    plan = _plan(loaded)
    products: list[Product] = []
    parts: list[Part] = []
    for made, placed in _module_parts(loaded, plan):
        products += made
        parts += [place.part(part) for place in plan.places for part in placed]
    made, placed = wall_filler_parts(plan.rows, rows_of(loaded), plan.wall_fillers)
    products += made
    parts += placed
    x, y = plan.footprint.length_mm / 2, plan.footprint.breadth_mm / 2
    sheets, laid = sheet_below(design, (-x, -y, x, y), design.enclosure.wall_mm)
    products += sheets
    parts += laid
    network = _add_plate(design, plan, products, parts)
    joints = _add_bars(design, plan, products, parts)
    shells, shells_placed = enclosed(loaded, plan.tray, products, parts)
    return Layout(
        name=design.name,
        cell=loaded.cell,
        products=(*products, *shells),
        parts=(*parts, *shells_placed),
        n_series=design.electrical.series,
        n_parallel=design.electrical.parallel,
        network=network,
        joints=tuple(joints),
        inside=plan.tray.inside,
        n_strings=rows_of(loaded).string_count(),
    )


def _plan(loaded: LoadedDesign) -> Plan:
    """Everything in numbers; raises DesignError with all that does not fit."""
    design = loaded.design
    rows = plan_rows(loaded)
    levels = plan_levels(design, rows)
    terminals = plan_terminals(loaded, rows)
    poles = poles_of(rows, terminals, levels.cells)
    size = _bar_size(design)
    wiring = Wiring(poles, levels.top)
    planned = plan_bars(size, wiring)
    minus, *bars, plus = planned
    cells = _cells_plan(rows)
    straps = rows_of(loaded).straps
    bands = straps.thickness_mm if straps else 0.0
    reach = _reach(cells, poles, planned, thickness_at(design, "sides"), bands)
    places = place_modules(rows_of(loaded), cells, reach, rows.n_series, rows.n_parallel)
    terminal = (minus, plus) if places[-1].string == 1 else ()
    top = max([levels.top, *(p.at[2] + p.half[2] for p in poles), *(b[5] for bar in (minus, *bars, plus) for b in bar.boxes)])
    ends = wiring.gathered(1, size, plus=False), wiring.gathered(rows.n_series, size, plus=True)
    links = module_links(places, poles, ends, size, top)
    top = max([top, *(b[5] for link in links for b in link.bar.boxes)])
    x0, y0, x1, y1 = hull(place.rectangle(cells) for place in places)
    half = max(-x0, x1)  # offset rows may reach further on one side
    standing = [box for _, boxes in bar_boxes((*terminal, *bars), places, links) for box in boxes]
    beyond = max([bands, *(max(-b[0], b[3]) - half for b in standing if b[2] < levels.top)])
    footprint = Footprint(2 * half, 2 * max(-y0, y1), beyond)
    plate = flat_plate(design)
    upright, between = _upright(loaded, rows, terminals, poles)
    beside = hull(iter([reach, upright.outline()])) if upright else reach
    inside = _inside(design, footprint, places, beside, links)
    fillers = wall_fillers(rows, rows_of(loaded), places, inside, levels.floor)
    covered = tuple((filler.wall, filler.plan, filler.low, filler.high) for filler in fillers)
    tray = TrayPlan(inside, top + design.enclosure.headroom_mm, covered=covered)
    complaints = between or [*check_sides(loaded, rows), *check_wall_fillers(loaded, places, fillers, inside)]
    solids = row_solids(rows, levels) if poles[0].face != "top" else ()
    raised = bar_boxes(tuple(bar for bar in bars if bar.shape == "bridge"), places, links)
    over = check_over(loaded, plate, footprint, levels, poles, [b for _, boxes in raised for b in boxes]) if plate else []
    above = in_modules(solids_above(design, footprint, levels), places) if poles[0].face != "top" and not over else ()
    below = in_modules(solids_below(design, footprint, levels), places)
    walls = places[0].own_rectangle(tray.inside) if len(places) == 1 else None
    complaints = (
        complaints
        or check_row_gap(loaded, rows, poles, size) + check_side_pads(loaded, rows, poles[0].face == "top")
        or check_tabs(loaded, poles, terminals, above, levels)
        or check_bars(loaded, size, wiring, planned, walls, (*solids, *above), below)
    )
    if not complaints and len(places) > 1:
        complaints = check_modules(loaded, (*terminal, *bars), places, links, tray.inside)
        complaints = complaints or check_links(loaded, links, places, poles, terminals, solids)
    if plate is not None:
        complaints = check_plate(loaded, plate, footprint) + over + complaints
    complaints += check_enclosure(loaded, design.enclosure, tray)
    if complaints:
        raise DesignError(sorted(complaints, key=lambda complaint: (complaint.line, complaint.column)))
    return Plan(rows, levels, terminals, poles, tuple(bars), terminal, places, links, footprint, upright, tray, fillers)


def _upright(
    loaded: LoadedDesign, rows: RowPlan, terminals: Terminals, poles: tuple[Pole, ...]
) -> tuple[UprightPlan | None, list[Complaint]]:
    """The upright plates, where the design has some and they fit; and what does not."""
    plate, interface = upright_plate(loaded.design), loaded.design.interface
    if plate is None or interface is None:
        return None, []
    height = plate_height(rows, terminals.out)
    complaints = check_upright(loaded, plate, interface, rows, poles, height)
    return (None, complaints) if complaints else (plan_upright(plate, rows, gap_mm(plate, interface), height), [])


def _bar_size(design: PackDesign) -> BarSize:
    """Section of the bars. Raises LayoutError where their width is not given (the loader complains of that with its place)."""
    if design.busbars.width_mm is None:
        raise LayoutError("busbars.width_mm is missing")
    return BarSize(design.busbars.thickness_mm, design.busbars.width_mm)


def _cells_plan(rows: RowPlan) -> Rectangle:
    """What cells and end plates of one module take in its plan."""
    ends = [rows.ends(row) for row in rows.rows]
    return min(a for a, _ in ends), -rows.breadth_mm / 2, max(b for _, b in ends), rows.breadth_mm / 2


def _reach(cells: Rectangle, poles: tuple[Pole, ...], bars: tuple[Bar, ...], pads: float, bands: float) -> Rectangle:
    """The cells' plan, and how far ``pads`` along the rows [mm], ``bands`` around their ends, or terminals on the sides and the bars on them stand
    out of it (top bars are checked against the walls)."""
    if poles[0].face == "top":
        return cells[0] - bands, cells[1] - pads, cells[2] + bands, cells[3] + pads
    out = [(p.at[0] - p.half[0], p.at[1], p.at[0] + p.half[0], p.at[1]) for p in poles]
    return hull(iter([cells, *out, *((b[0], b[1], b[3], b[4]) for bar in bars for b in bar.boxes)]))


def _inside(
    design: PackDesign, footprint: Footprint, places: tuple[Place, ...], reach: Rectangle, links: tuple[Link, ...]
) -> Rectangle:
    """The inside of the tray's walls: clear of the plate and of everything that stands out of the modules."""
    plate = footprint.length_mm / 2 + (overhang_mm(flat, footprint) if (flat := flat_plate(design)) else 0.0)
    half = footprint.breadth_mm / 2
    boxes = [(-plate, -half, plate, half), *(place.rectangle(reach) for place in places)]
    boxes += [(b[0], b[1], b[3], b[4]) for link in links for b in link.bar.boxes]
    x0, y0, x1, y1 = hull(iter(boxes))
    by = design.enclosure.clearance_mm
    return x0 - by, y0 - by, x1 + by, y1 + by


def _module_parts(loaded: LoadedDesign, plan: Plan) -> list[Made]:
    """What every module holds, in its own frame: cells, gaps, end plates, layer below, terminals."""
    design, rows, levels = loaded.design, plan.rows, plan.levels
    made = [
        cell_parts(rows, cell_product(loaded.cell, rows.body), levels.cells),
        gap_parts(rows, rows_of(loaded), levels.cells, levels.floor),
        end_plate_parts(rows, rows_of(loaded), levels.floor),
        side_parts(rows, rows_of(loaded), levels.floor),
        fillers_between(rows, rows_of(loaded), levels.floor),
    ]
    if design.interface is not None and levels.interface is not None:
        made.append(interface_parts(rows, design.interface, levels.interface))
    if design.interface is not None and levels.over_interface is not None:
        made.append(interface_parts(rows, design.interface, levels.over_interface, over=True))
    upright = upright_plate(design)
    if upright is not None and plan.upright is not None and design.interface is not None:
        made.append(upright_layers(upright, plan.upright, rows, design.interface, levels.floor))
    made.append(side_pads(design, rows, levels.cells))
    return [*made, terminal_parts(rows, plan.terminals, plan.poles)]


def _add_plate(design: PackDesign, plan: Plan, products: list[Product], parts: list[Part]) -> CoolantNetwork | None:
    """Add the cold plates' products and parts; their network, None without a plate."""
    upright = upright_plate(design)
    if upright is not None and plan.upright is not None:
        room = plan.tray.top - plan.levels.floor - plan.upright.height
        made, placed = upright_parts(upright, plan.upright, plan.levels.floor, room)
        products += made
        parts += placed
        return upright_network(upright, plan.upright, plan.levels.floor)
    plate = flat_plate(design)
    if plate is None:
        return None
    plates = place_plates(plate, plan.footprint, plan.levels, plan.rows.height_mm)
    made, placed = plate_parts(plate, plates)
    products += made
    parts += placed
    return plates_network(plate, plates, plate.feed or "parallel")


def _add_bars(design: PackDesign, plan: Plan, products: list[Product], parts: list[Part]) -> list[Joint]:
    """Add the busbars of every module, between modules and at the pack's ends; the joints in the order of the current."""
    size = _bar_size(design)
    bars = (*plan.ends, *plan.bars, *(link.bar for link in plan.links))
    made, own, lengths = bar_parts(bars, size, design.busbars.material)
    placed: list[tuple[Part, Joint]] = []
    for number, (part, joint) in enumerate(zip(own, lengths, strict=True)):
        if number < len(plan.ends):
            place = plan.places[-number]  # the minus end stands on the first module, the plus end on the last
            end = replace(place.part(part), name=part.name, group=part.group)
            placed.append((end, _moved(joint, end, place)))
        elif number < len(plan.ends) + len(plan.bars):
            for place in plan.places:
                at = place.part(part)
                placed.append((at, _moved(joint, at, place)))
        else:
            link = plan.links[number - len(plan.ends) - len(plan.bars)]
            if link.string and not plan.ends:
                part = replace(part, name=part.name.replace("busbar", f"busbar string {link.string}"))
            placed.append((part, replace(joint, part=part.name, string=link.string)))
    placed.sort(key=lambda pair: pair[1].from_series)
    products += made
    parts += [part for part, _ in placed]
    return [joint for _, joint in placed]


def _moved(joint: Joint, part: Part, place: Place) -> Joint:
    """A joint of one module's own numbering, in the pack's."""
    positions = joint.from_series + place.before, joint.to_series + place.before
    return replace(joint, part=part.name, from_series=positions[0], to_series=positions[1], string=place.string)
