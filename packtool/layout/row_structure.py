"""The parts on the sides of the rows: linings, side plates and their bolts, straps around the end plates."""

from __future__ import annotations

from typing import Literal

from packtool.design.schema import Rows, Straps
from packtool.layout.corners import corner
from packtool.layout.fasteners import THREADS, sideways_bolt
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Part, Product, Sweep
from packtool.layout.row_sides import bend_radius, bolt_heights, strap_spans, thread_depth
from packtool.layout.rows import Row, RowPlan
from packtool.layout.shelf import Made, Shelf

TURNS: tuple[tuple[str, Literal[-1, 1], Literal[0, 180]], ...] = (("-y", -1, 180), ("+y", 1, 0))
"""The two sides of a row: name, sign, and how a product that looks to +y is turned onto it."""


def end_plate_details(arrangement: Rows, plan: RowPlan, width: float) -> tuple[Detail, ...]:
    """What is cut from an end plate ``width`` mm across whose outer face looks to -x: the edges that straps go round, the threads of
    the side plates' bolts. Its frame has its middle at x = y = 0, its underside at z = 0."""
    outer, height = -plan.end_plate_mm / 2, plan.height_mm
    details = []
    if arrangement.straps is not None and arrangement.side_plates is None:
        radius = bend_radius(arrangement)
        details += [Detail(corner(outer, sign * width / 2, -1, sign, radius), "z", 0.0, height) for _, sign, _ in TURNS]
    plates = arrangement.side_plates
    if plates is not None and plates.joint == "bolted":
        depth, bore = thread_depth(plates), THREADS[plates.bolt].diameter / 2
        for z in bolt_heights(plates, height):
            for _, sign, _ in TURNS:
                low, high = sorted((sign * width / 2, sign * (width / 2 - depth)))
                details.append(Detail(Profile(Loop.circle(z, 0.0, bore)), "y", low, high))
    return tuple(details)


def side_parts(plan: RowPlan, arrangement: Rows, floor: float) -> Made:
    """Linings, side plates, bolts and straps of one module; ``floor``: what they stand on."""
    shelf = Shelf()
    for row in plan.rows:
        if arrangement.side_lining is not None:
            _line(shelf, plan, row, arrangement.side_lining.material, floor)
        if arrangement.side_plates is not None:
            _plates(shelf, plan, row, arrangement, floor)
        if arrangement.straps is not None:
            _straps(shelf, plan, row, arrangement.straps, bend_radius(arrangement), floor)
    return shelf.made


def _line(shelf: Shelf, plan: RowPlan, row: Row, material: str, floor: float) -> None:
    """A sheet on either side of the cells, from end plate to end plate."""
    thick = plan.sides.lining
    low, high = (end + sign * plan.end_plate_mm for end, sign in zip(plan.ends(row), (1, -1), strict=True))
    length = round(high - low, 9)
    sweep = Sweep(Profile.rectangle(-length / 2, 0.0, length / 2, thick), 0.0, plan.height_mm)
    product = shelf.product(
        Product("side-lining", "filler", material, (sweep,), f"lining of a row's side, {thick:g} mm")
    )  # fmt: skip
    for name, sign, turn in TURNS:
        at = ((low + high) / 2, row.y + sign * row.stance.y / 2, floor)
        shelf.parts.append(Part(f"side lining R{row.number}{name}", product.id, at, turn, (f"row R{row.number}",)))


def _plates(shelf: Shelf, plan: RowPlan, row: Row, arrangement: Rows, floor: float) -> None:
    """A plate on either side, as long as the row with its end plates, and its bolts."""
    plates = arrangement.side_plates
    assert plates is not None
    thick, height = plates.thickness_mm, plates.height_mm if plates.height_mm is not None else plan.height_mm
    low, high = plan.ends(row)
    length = round(high - low, 9)
    bolted = plates.joint == "bolted"
    hole, heights, at_x = THREADS[plates.bolt].hole / 2, bolt_heights(plates, plan.height_mm), length / 2 - plan.end_plate_mm / 2
    details = [
        Detail(Profile(Loop.circle(z, x, hole)), "y", 0.0, thick) for z in heights for x in (-at_x, at_x) if bolted
    ]  # fmt: skip
    if arrangement.straps is not None:
        radius = bend_radius(arrangement)
        ends: tuple[Literal[-1, 1], ...] = (-1, 1)
        details += [Detail(corner(sign * length / 2, thick, sign, 1, radius), "z", 0.0, height) for sign in ends]
    sweep = Sweep(Profile.rectangle(-length / 2, 0.0, length / 2, thick), 0.0, height)
    words = f"side plate, {thick:g} mm, {plates.joint} to the end plates"
    plate = shelf.product(Product("side-plate", "side_plate", plates.material, (sweep,), words, details=tuple(details)))
    bolt = sideways_bolt(plates.bolt, thick + thread_depth(plates), plates.bolt_material)
    for name, sign, turn in TURNS:
        y = row.y + sign * (row.stance.y / 2 + plan.sides.lining)
        group = (f"row R{row.number}",)
        shelf.parts.append(Part(f"side plate R{row.number}{name}", plate.id, ((low + high) / 2, y, floor), turn, group))
        if bolted:
            placed = [(x, z) for x in (low + plan.end_plate_mm / 2, high - plan.end_plate_mm / 2) for z in heights]
            shelf.parts += [
                Part(f"side bolt R{row.number}{name} {k}", shelf.product(bolt).id, (x, y + sign * thick, floor + z), turn, group)
                for k, (x, z) in enumerate(placed, 1)
            ]


def _straps(shelf: Shelf, plan: RowPlan, row: Row, straps: Straps, radius: float, floor: float) -> None:
    """Bands around the row: rings, their bends rounded in the CAD."""
    low, high = plan.ends(row)
    half_x, half_y, t = round(high - low, 9) / 2, row.stance.y / 2 + plan.sides.block, straps.thickness_mm
    ring = Profile(
        Loop.rectangle(-half_x - t, -half_y - t, half_x + t, half_y + t), (Loop.rectangle(-half_x, -half_y, half_x, half_y),)
    )
    load = "" if straps.preload_kN is None else f", {straps.preload_kN / straps.count:.4g} kN of pre-load each"
    words = f"strap around a row, {straps.width_mm:g} x {t:g} mm, bent to {radius:g} mm{load}"
    sweep = Sweep(ring, 0.0, straps.width_mm)
    product = shelf.product(Product("strap", "strap", straps.material, (sweep,), words, edge_radius_mm=radius + t))
    for k, (z, _) in enumerate(strap_spans(straps, plan.height_mm), 1):
        at = ((low + high) / 2, row.y, floor + z)
        shelf.parts.append(Part(f"strap R{row.number}-{k}", product.id, at, group=(f"row R{row.number}",)))
