"""The parts of the rows: cells, what lies in the gaps between them, end plates, and the layer below."""

from __future__ import annotations

from collections.abc import Iterator

from packtool.design.schema import Interface, Rows
from packtool.layout.gaps import Kind, Sheet
from packtool.layout.profiles import Profile
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.row_structure import end_plate_details
from packtool.layout.rows import Rotation, Row, RowPlan, quarter_turns
from packtool.layout.shelf import Made, Shelf
from packtool.layout.stance import Stance


def cell_parts(plan: RowPlan, cell: Product, z: float) -> Made:
    """Every cell; their underside is at ``z``."""
    parts = []
    for spot in plan.spots:
        row = plan.row_of(spot)
        half_turn = spot.turned if row.stance.poles in ("across", "ends") or row.rotation else row.facing < 0
        rotation = quarter_turns(row.rotation + (180 if half_turn else 0))
        origin = (row.xs[spot.column - 1], row.y, z)
        parts.append(Part(spot.name, cell.id, origin, rotation, (f"row R{spot.row}",), spot.series, spot.parallel))
    return [cell], parts


def gap_parts(plan: RowPlan, arrangement: Rows, z: float, floor: float) -> Made:
    """Pads and barriers as large as the cells' faces, and fins down to ``floor`` with their feet; ``z``: the cells' underside."""
    products: dict[str, Product] = {}
    known: dict[tuple[Sheet, float, Stance], Product] = {}
    parts = []
    for row in plan.rows:
        digits = max(2, len(str(len(row.gaps))))
        for number, kind, index, x, thickness in _sheets(row):
            key = (kind, thickness, row.stance)
            if key not in known:
                known[key] = _sheet(arrangement, row.stance, kind, thickness, z - floor, products)
            product = known[key]
            letter = f" {'ab'[index]}" if sum(layer.kind == kind for layer in row.gaps[number - 1].layers) > 1 else ""
            name = f"{kind} R{row.number}{_INITIAL[kind]}{number:0{digits}d}{letter}"
            parts.append(Part(name, product.id, (x, row.y, floor if kind == "fin" else z), group=(f"row R{row.number}",)))
        if row.tail:
            product = _sheet(arrangement, row.stance, "fin", row.tail, z - floor, products)
            name = f"fin R{row.number}F{len(row.xs):0{digits}d}"
            parts.append(Part(name, product.id, (row.end + row.tail / 2, row.y, floor), group=(f"row R{row.number}",)))
    return list(products.values()), parts


_INITIAL: dict[Sheet, str] = {"pad": "P", "barrier": "B", "fin": "F"}


def _sheets(row: Row) -> Iterator[tuple[int, Sheet, int, float, float]]:
    """Gap number, kind, which of its kind in the gap, middle x and thickness of every sheet of a row."""
    for number, gap in enumerate(row.gaps, 1):
        x = row.xs[number - 1] + row.stance.x / 2
        seen: dict[Kind, int] = {}
        for layer in gap.layers:
            if layer.kind == "plate":  # laid out with its tanks (upright_plates)
                continue
            yield number, layer.kind, seen.get(layer.kind, 0), x + layer.thickness / 2, layer.thickness
            seen[layer.kind] = seen.get(layer.kind, 0) + 1
            x += layer.thickness


def _sheet(arrangement: Rows, stance: Stance, kind: Sheet, thickness: float, lift: float, products: dict[str, Product]) -> Product:
    """The product of a sheet of this thickness, made where ``products`` has none yet."""
    base = kind if stance.x_of != "w" or kind != "pad" else f"{kind}-narrow"
    for product in products.values():
        x0, y0, _, x1, y1, _ = product.bounds()
        if product.role == kind and (kind == "fin" or abs(x1 - x0 - thickness) < 1e-9) and abs(y1 - y0 - stance.y) < 1e-9:
            return product
    number = sum(product.role == kind for product in products.values()) + 1
    id = base if number == 1 else f"{base}-{number}"
    if kind == "fin":
        assert arrangement.fins is not None
        foot = arrangement.fins.foot_mm if arrangement.fins.foot_mm is not None else stance.x
        material = arrangement.fins.material
        sweeps = _fin(thickness, stance, foot, lift)
        description = f"cooling fin, sheet {thickness:g} mm, foot {foot:g} mm folded under the cell"
    else:
        material = arrangement.barrier.material if kind == "barrier" and arrangement.barrier else arrangement.gap_material or ""
        sweeps = (upright(thickness, stance.y, stance.z),)
        description = f"{'barrier' if kind == 'barrier' else 'pad'} between two cells, {thickness:g} mm"
    products[id] = Product(id, kind, material, sweeps, description)
    return products[id]


def _fin(thickness: float, stance: Stance, foot: float, lift: float) -> tuple[Sweep, ...]:
    """A sheet about x = 0 from the foot's underside (z = 0) to the cells' top, and its foot, folded towards -x under the cell before it."""
    half, across = thickness / 2, stance.y / 2
    return (
        Sweep(Profile.rectangle(-half, -across, half, across), 0.0, lift + stance.z),
        Sweep(Profile.rectangle(-half - foot, -across, -half, across), 0.0, lift),
    )


def end_plate_parts(plan: RowPlan, arrangement: Rows, z: float) -> Made:
    """A plate on the first and the last cell of every row, as large as the cell's face (wider by the lining of the row's sides), down to
    ``z``, and the pads between them and the cells; none if 0 thick."""
    shelf = Shelf()
    if plan.end_plate_mm == 0:
        return shelf.made
    for row in plan.rows:
        width = row.stance.y + 2 * plan.sides.lining
        plate = shelf.product(
            Product(
                "end-plate",
                "end_plate",
                arrangement.end_plate_material,
                (upright(plan.end_plate_mm, width, plan.height_mm),),
                f"end plate, {plan.end_plate_mm:g} mm",
                details=end_plate_details(arrangement, plan, width),
            )
        )
        start, end = plan.ends(row)
        ends: tuple[tuple[str, float, Rotation, float], ...] = (("-x", start, 0, 1.0), ("+x", end, 180, -1.0))
        for side, x, turn, inwards in ends:
            group = (f"row R{row.number}",)
            at = x + inwards * plan.end_plate_mm / 2
            shelf.parts.append(Part(f"end plate R{row.number}{side}", plate.id, (at, row.y, z), turn, group))
            if arrangement.end_pad is not None:
                thick = arrangement.end_pad.thickness_mm
                words = f"pad between a cell and its end plate, {thick:g} mm"
                sweep = upright(thick, row.stance.y, plan.height_mm)
                pad = shelf.product(Product("end-pad", "pad", arrangement.end_pad.material, (sweep,), words))
                at = x + inwards * (plan.end_plate_mm + thick / 2)
                shelf.parts.append(Part(f"end pad R{row.number}{side}", pad.id, (at, row.y, z), group=group))
    return shelf.made


def interface_parts(plan: RowPlan, interface: Interface, z: float, *, over: bool = False) -> Made:
    """One slab under (or ``over``) each row: its cells, what lies between them, its end plates and side plates."""
    shelf = Shelf()
    for row in plan.rows:
        start, end = plan.ends(row)
        sweep = upright(round(end - start, 9), row.stance.y + 2 * plan.sides.block, interface.thickness_mm)
        words = f"layer {'over' if over else 'under'} a row, {interface.thickness_mm:g} mm"
        slab = shelf.product(Product("interface-top" if over else "interface", "interface", interface.material, (sweep,), words))
        name = f"interface {'top ' if over else ''}R{row.number}"
        part = Part(name, slab.id, ((start + end) / 2, row.y, z), group=(f"row R{row.number}",))
        shelf.parts.append(part)
    return shelf.made


def upright(x: float, y: float, z: float) -> Sweep:
    """A box on z = 0 around x = y = 0."""
    return Sweep(Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2), 0.0, z)
