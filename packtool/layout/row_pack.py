"""``pattern: rows``: prismatic cells in rows, from the tray floor to the lid.

From below: tray floor, cold plate, the layer on it, cells, terminals, busbars, headroom, lid. Without a cold plate the layer (if
any) or the cells stand on the tray's floor.
"""

from __future__ import annotations

from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import PackDesign, Rows
from packtool.errors import DesignError
from packtool.layout.busbars import BarPlan, bar_parts, check_bars, plan_bars
from packtool.layout.enclosure import TrayPlan, check_enclosure, enclosure_parts
from packtool.layout.plate import check_plate, coolant_network, flat_plate, overhang_mm, plan_plate, plate_parts
from packtool.layout.records import CoolantNetwork, Layout, Part, Product
from packtool.layout.rows import RowPlan, cell_parts, end_plate_parts, interface_parts, pad_parts, plan_rows
from packtool.layout.terminals import Terminals, plan_terminals, terminal_parts


@dataclass(frozen=True, slots=True)
class Levels:
    """Undersides in the pack [mm]; ``top`` is the lid's underside."""

    plate: float
    interface: float
    cells: float
    terminals: float
    bars: float
    top: float


def lay_out_rows(loaded: LoadedDesign) -> Layout:
    """Lay a pack of rows out.

    Raises DesignError, with every complaint at its place, if something does not fit (channels in the plate, headers on the overhang,
    bars beside each other); LayoutError if the cells' counts do not come out.
    """
    design = loaded.design
    rows = plan_rows(loaded)
    terminals = plan_terminals(rows)
    bars = plan_bars(design.busbars, rows, terminals)
    levels = _levels(design, rows, terminals, bars)
    tray = _tray(design, rows, levels)
    _refuse(loaded, rows, terminals, bars, tray)

    products: list[Product] = []
    parts: list[Part] = []

    def add(product: Product | None, placed: list[Part]) -> None:
        if product is not None:
            products.append(product)
            parts.extend(placed)

    arrangement = design.arrangement
    assert isinstance(arrangement, Rows)  # lay_out picks by the pattern
    add(*cell_parts(rows, loaded.cell.name, levels.cells))
    add(*pad_parts(rows, arrangement.gap_material, levels.cells))
    add(*end_plate_parts(rows, arrangement.end_plate_material, levels.cells))
    if design.interface is not None:
        add(*interface_parts(rows, design.interface.material, design.interface.thickness_mm, levels.interface))
    network = _add_plate(design, rows, levels, products, parts)
    add(*terminal_parts(rows, terminals, levels.terminals))
    bar_products, bars_placed, joints = bar_parts(design.busbars, bars, rows, terminals, design.electrical.series, levels.bars)
    shells, shells_placed = enclosure_parts(design.enclosure, tray)
    products += [*bar_products, *shells]
    parts += [*bars_placed, *shells_placed]
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


def _levels(design: PackDesign, rows: RowPlan, terminals: Terminals, bars: BarPlan) -> Levels:
    plate = design.enclosure.wall_mm
    interface = plate + (design.cold_plate.thickness_mm if design.cold_plate else 0.0)
    cells = interface + (design.interface.thickness_mm if design.interface else 0.0)
    posts = cells + rows.height_mm
    on_posts = posts + terminals.height_mm
    return Levels(plate, interface, cells, posts, on_posts, on_posts + bars.height + design.enclosure.headroom_mm)


def _tray(design: PackDesign, rows: RowPlan, levels: Levels) -> TrayPlan:
    overhang = overhang_mm(plate, rows) if (plate := flat_plate(design)) else 0.0
    x = rows.length_mm / 2 + overhang + design.enclosure.clearance_mm
    y = rows.breadth_mm / 2 + design.enclosure.clearance_mm
    return TrayPlan((-x, -y, x, y), levels.top)


def _refuse(loaded: LoadedDesign, rows: RowPlan, terminals: Terminals, bars: BarPlan, tray: TrayPlan) -> None:
    """Raise DesignError with everything that does not fit."""
    past_rows = (tray.inside[2] - rows.stack_mm / 2, tray.inside[3] - rows.breadth_mm / 2)
    complaints = check_bars(loaded, bars, rows, terminals, past_rows)
    if (plate := flat_plate(loaded.design)) is not None:
        complaints = check_plate(loaded, plate, rows) + complaints
    complaints += check_enclosure(loaded, loaded.design.enclosure, tray)
    if complaints:
        raise DesignError(sorted(complaints, key=lambda complaint: (complaint.line, complaint.column)))


def _add_plate(
    design: PackDesign, rows: RowPlan, levels: Levels, products: list[Product], parts: list[Part]
) -> CoolantNetwork | None:
    """Add the cold plate's products and parts; its network, None without a plate."""
    plate = flat_plate(design)
    if plate is None:
        return None
    plan = plan_plate(plate, rows)
    made, placed = plate_parts(plate, plan, rows.height_mm, levels.plate)
    products += made
    parts += placed
    return coolant_network(plate, plan, levels.plate)
