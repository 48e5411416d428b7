"""Heater pads: on the sides of the rows, or a sheet under everything."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Heater, PackDesign
from packtool.design.schema.heaters import HeaterPlace
from packtool.errors import Complaint
from packtool.layout.boxes import TOUCH_MM
from packtool.layout.complaints import complain
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Profile
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.rows import RowPlan
from packtool.layout.shelf import Made


def heater_at(design: PackDesign, place: HeaterPlace) -> tuple[str, Heater] | None:
    """Name and record of the heater in this place; None: there is none."""
    return next(((name, heater) for name, heater in design.heaters.items() if heater.place == place), None)


def thickness_at(design: PackDesign, place: HeaterPlace) -> float:
    """Thickness of the pads there [mm]; 0 where there are none."""
    found = heater_at(design, place)
    return found[1].thickness_mm if found else 0.0


def heater_name(product: str) -> str:
    """The heater whose pads are of this product."""
    return product.removeprefix("heater ").partition(" pad ")[0]


def side_pads(design: PackDesign, rows: RowPlan, z: float) -> Made:
    """A pad on either side of every row, over its cells and what lies between them, from the cells' underside (``z``) to their top."""
    found = heater_at(design, "sides")
    if found is None:
        return [], []
    name, heater = found
    products: dict[tuple[float, float], Product] = {}
    parts = []
    for row in rows.rows:
        size = (round(row.end + row.tail - row.start, 9), row.stance.z)
        if size not in products:
            x, t = size[0] / 2, heater.thickness_mm / 2
            sweep = Sweep(Profile.rectangle(-x, -t, x, t), 0.0, row.stance.z)
            id = f"heater {name} pad {len(products) + 1}"
            products[size] = Product(id, "heater", heater.material, (sweep,), f"heater pad of {name}, {heater.thickness_mm:g} mm")
        for sign, side in ((-1, "-y"), (1, "+y")):
            at = ((row.start + row.end + row.tail) / 2, row.y + sign * (row.stance.y + heater.thickness_mm) / 2, z)
            parts.append(Part(f"heater {name} R{row.number}{side}", products[size].id, at, group=(f"row R{row.number}",)))
    return list(products.values()), parts


def sheet_below(design: PackDesign, under: Rectangle, z: float) -> Made:
    """A sheet under everything, as large as ``under`` in the plan [mm]; its underside is at ``z``."""
    found = heater_at(design, "below")
    if found is None:
        return [], []
    name, heater = found
    id = f"heater {name} pad 1"
    sweep = Sweep(Profile.rectangle(*under), 0.0, heater.thickness_mm)
    product = Product(id, "heater", heater.material, (sweep,), f"heater sheet of {name}, {heater.thickness_mm:g} mm")
    return [product], [Part(f"heater {name}", id, (0.0, 0.0, z))]


def check_side_pads(loaded: LoadedDesign, rows: RowPlan, free: bool) -> list[Complaint]:
    """A complaint where pads on the sides find terminals there (not ``free``), or too little room between two rows."""
    found = heater_at(loaded.design, "sides")
    if found is None:
        return []
    name, heater = found
    if not free:
        message = "sides: the cells' terminals are there; use place: below, or an orientation with terminals on top"
        return [complain(loaded, f"heaters.{name}.place", message)]
    needed = 2 * heater.thickness_mm
    if len(rows.rows) > 1 and rows.row_gap_mm < needed - TOUCH_MM:
        message = (
            f"two pads of {heater.thickness_mm:g} mm (heaters.{name}) lie between two rows; row_gap_mm must be at least {needed:g}"
        )
        return [complain(loaded, "arrangement.row_gap_mm", message)]
    return []
