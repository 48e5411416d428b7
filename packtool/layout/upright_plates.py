"""Upright cold plates between rows of flat cells, or between the cells of the rows; a tank at either end of them.

A plate is a multi-port extrusion on its edge: ``channel_width_mm`` is the height of a channel, ``channel_height_mm`` its depth through the plate.
Everything is planned in a frame whose x runs along the plates; between the cells of a row that is the pack's y. Fed in parallel, the tanks
span all plates; in series they are cut into pieces, each of which leads from one plate to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from packtool.design.schema import ColdPlate, Interface, PackDesign
from packtool.layout.channels import pitched
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.flat_plates import GROUP
from packtool.layout.modules import turned
from packtool.layout.outline import Rectangle
from packtool.layout.plate import BORE_OVER_OUTER, FITTING_HEIGHT_MM, FITTING_MM, header_width, hose_fitting, skin_mm
from packtool.layout.profiles import Loop, Point, Profile, turned_box
from packtool.layout.records import Detail, Part, Product, Sweep
from packtool.layout.row_parts import upright
from packtool.layout.rows import Row, RowPlan
from packtool.layout.shelf import Made, Shelf
from packtool.layout.supply import FedPlate, Ports, supplied
from packtool.layout.tanks import Tank, TankRun, extrusion

TANK_AIR_MM = 2.0
"""Between the rows' ends and the tanks: room to set the plates in (remembered)."""
BAR_AIR_MM = 5.0
"""Between the plates' top edge and busbars that cross above it (as between bars that cross; remembered: mechanical clearance)."""

Side = Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class UprightPlan:
    """The plates in numbers [mm], in their frame: ``middles``: y of each plate's; ``rotation`` of that frame in the pack; ``height`` of plates and
    tanks; underside and top of the ``ports``; ``end``: x where the plates end in the tanks' cavities, ``width`` of those; ``beside``: how far
    the tanks reach along y; ``skin``: metal beside the ports, and the tanks' walls; ``fitting``: outer diameter."""

    middles: tuple[float, ...]
    rotation: Literal[0, 90]
    height: float
    ports: tuple[tuple[float, float], ...]
    end: float
    width: float
    beside: float
    skin: float
    half: float
    fitting: float

    def outline(self) -> Rectangle:
        """What plates and tanks take in the pack's plan."""
        x, y = self.end + self.width + self.skin, self.beside + self.skin
        return turned_box((-x, -y, x, y), self.rotation)


def upright_plate(design: PackDesign) -> ColdPlate | None:
    """The design's cold plate, if it stands between the cells."""
    plate = design.cold_plate
    return plate if isinstance(plate, ColdPlate) and plate.position == "between" else None


def plate_height(rows: RowPlan, bars_over_cells: float) -> float:
    """Height of the plates [mm]: to the cells' top, or as far below it as busbars ``bars_over_cells`` above it need."""
    return rows.height_mm - max(0.0, BAR_AIR_MM - bars_over_cells)


def plan_upright(plate: ColdPlate, rows: RowPlan, gap: float, height: float) -> UprightPlan:
    """The plates of a design that ``upright_checks`` has no complaint about; ``gap``: from cell to cell across one."""
    if plate.every_cells is None:
        starts = [min(rows.ends(row)[0] for row in rows.rows), max(rows.ends(row)[1] for row in rows.rows)]
        reach, beside = max(-starts[0], starts[1]), rows.breadth_mm / 2
        middles = [row.y + row.stance.y / 2 + gap / 2 for row in rows.rows[:-1]]
        rotation: Literal[0, 90] = 0
    else:
        first = rows.rows[0]
        reach, beside = rows.breadth_mm / 2, rows.length_mm / 2
        middles = [-(first.xs[place - 1] + first.stance.x / 2 + gap / 2) for place in plate_gaps(first)]
        rotation = 90
    skin = skin_mm(plate)
    width = header_width(plate)
    lows = pitched(plate.margin_mm, height - plate.margin_mm, plate.channel_width_mm, plate.channels)
    half = plate.channel_width_mm / 2
    fitting = min(FITTING_MM, width)
    return UprightPlan(
        middles=tuple(sorted(middles)),
        rotation=rotation,
        height=height,
        ports=tuple((middle - half, middle + half) for middle in lows),
        end=reach + TANK_AIR_MM + skin,
        width=width,
        beside=max(beside, max(abs(m) for m in middles) + plate.thickness_mm / 2 + fitting),
        skin=skin,
        half=plate.thickness_mm / 2,
        fitting=fitting,
    )


def plate_gaps(row: Row) -> list[int]:
    """Numbers, from 1, of a row's gaps that hold a plate."""
    return [number for number, gap in enumerate(row.gaps, 1) if any(layer.kind == "plate" for layer in gap.layers)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A tank, or a piece of one: at x ``side`` times the tanks' place, from ``low`` to ``high`` in y; the plates (from 0) that end in it;
    the fitting that stands on it, and where in y."""

    side: Literal[-1, 1]
    low: float
    high: float
    plates: tuple[int, ...]
    fitting: Literal["inlet", "outlet"] | None = None
    at: float = 0.0


def _pieces(plate: ColdPlate, plan: UprightPlan) -> list[_Piece]:
    """The tanks: two over all plates, or one for each step from plate to plate."""
    n, y, inset = len(plan.middles), plan.beside, plan.fitting / 2
    if plate.feed != "series":
        out = -y + inset if plate.manifold == "U" else y - inset
        every = tuple(range(n))
        return [_Piece(-1, -y, y, every, "inlet", inset - y), _Piece(1, -y, y, every, "outlet", out)]
    pieces = [_Piece(-1, -y, plan.middles[0] + plan.half, (0,), "inlet", inset - y)]
    for k in range(n - 1):
        side: Literal[-1, 1] = 1 if k % 2 == 0 else -1
        pieces.append(_Piece(side, plan.middles[k] - plan.half, plan.middles[k + 1] + plan.half, (k, k + 1)))
    last: Literal[-1, 1] = 1 if n % 2 else -1
    pieces.append(_Piece(last, plan.middles[-1] - plan.half, y, (n - 1,), "outlet", y - inset))
    return pieces


def upright_parts(plate: ColdPlate, plan: UprightPlan, z: float, room_mm: float) -> Made:
    """Plates, tanks, coolant in both, and the fittings; all stand at ``z``; ``room_mm``: what fittings may rise above the tanks."""
    x, half, skin = plan.end, plan.half, plan.skin
    whole = Profile.rectangle(-x, -half, x, half)
    walls = Profile.rectangle(-x, -half, x, skin - half), Profile.rectangle(-x, half - skin, x, half)
    bore = Profile.rectangle(-x, skin - half, x, half - skin)
    size = f"{plate.channels} channels of {plate.channel_width_mm:g} x {plate.channel_height_mm:g} mm"
    products = [
        Product("cold-plate", "cold_plate", plate.material, extrusion(whole, walls, plan.ports, plan.height),
                f"upright cold plate, {plate.thickness_mm:g} x {plan.height:g} mm, {size}"),
        Product("coolant", "coolant", plate.coolant, tuple(Sweep(bore, *port) for port in plan.ports), "coolant in a plate's channels"),
        hose_fitting(plate.material, plan.fitting, min(FITTING_HEIGHT_MM, room_mm)),
    ]  # fmt: skip
    parts = []
    for k, y in enumerate(plan.middles, 1):
        parts.append(_part(plan, f"cold plate {k}", "cold-plate", (0.0, y), z))
        parts.append(_part(plan, f"coolant {k}", "coolant", (0.0, y), z))
    for number, piece in enumerate(_pieces(plate, plan), 1):
        shape, tank, drink = _tank_products(plate, plan, piece, number)
        products += [tank, drink]
        name = piece.fitting or f"{piece.plates[0] + 1}-{piece.plates[1] + 1}"
        rotation: Literal[0, 180] = 180 if piece.side < 0 else 0
        parts.append(_part(plan, f"tank {name}", tank.id, (0.0, 0.0), z, rotation))
        parts.append(_part(plan, f"coolant tank {name}", drink.id, (0.0, 0.0), z, rotation))
        if piece.fitting:
            at = (piece.side * (shape.cavity[0] + shape.cavity[2]) / 2, piece.at)
            parts.append(_part(plan, f"fitting {piece.fitting}", "fitting", at, z + plan.height))
    return products, parts


def _part(plan: UprightPlan, name: str, product: str, at: Point, z: float, rotation: Literal[0, 180] = 0) -> Part:
    x, y = turned(at, plan.rotation)
    angles: dict[tuple[int, int], Literal[0, 90, 180, 270]] = {(0, 0): 0, (90, 0): 90, (0, 180): 180, (90, 180): 270}
    return Part(name, product, (x, y, z), angles[plan.rotation, rotation], GROUP)


def _tank_products(plate: ColdPlate, plan: UprightPlan, piece: _Piece, number: int) -> tuple[Tank, Product, Product]:
    """A tank in its own frame, in which it is at +x, and what fills it; both open under the fitting."""
    x0 = plan.end
    low, high = (piece.low, piece.high) if piece.side > 0 else (-piece.high, -piece.low)
    mouths = tuple(sorted(piece.side * plan.middles[k] for k in piece.plates))
    tank = Tank((x0, low, x0 + plan.width, high), mouths, plan.half, plan.skin, plan.skin, plan.height)
    details: tuple[Detail, ...] = ()
    if piece.fitting:
        hole = Profile(Loop.circle(x0 + plan.width / 2, piece.side * piece.at, plan.fitting / 2 * BORE_OVER_OUTER))
        details = (Detail(hole, "z", plan.height - plan.skin, plan.height),)
    what = f"tank of the upright plates, {plan.skin:g} mm wall; not meshed"
    metal = Product(f"tank-{number}", "fitting", plate.material, tank.solid(), what, details=details)
    filled = tuple(replace(detail, adds=True) for detail in details)
    drink = Product(f"coolant-tank-{number}", "coolant", plate.coolant, (tank.coolant(),), "coolant in a tank", details=filled)
    return tank, metal, drink


def upright_network(plate: ColdPlate, plan: UprightPlan, z: float) -> CoolantNetwork:
    """Tanks and channels as a graph; the plates stand at ``z``. Plates are called ``plate 1`` and so on."""
    n, middle = len(plan.middles), plan.end + plan.width / 2
    series = plate.feed == "series"
    branches: list[Branch] = []
    nodes = {
        (k, side): f"plate {k + 1} {'in' if (side < 0) != (series and k % 2 == 1) else 'out'}" for k in range(n) for side in (-1, 1)
    }
    ports: dict[str, Point] = {}
    for number, piece in enumerate(_pieces(plate, plan), 1):
        name = f"{piece.fitting} tank" if piece.fitting else f"tank {number}"
        run = TankRun(name, piece.side * middle, plan.width, plan.height - 2 * plan.skin, z + plan.skin)
        stations = [(nodes[k, piece.side], plan.middles[k]) for k in piece.plates]
        if piece.fitting:
            branches += run.branches(piece.fitting, piece.at, stations, gathers=piece.fitting == "outlet")
            ports[piece.fitting] = turned((piece.side * middle, piece.at), plan.rotation)
        else:
            branches += run.branches(*stations[0], stations[1:])
    for k, y in enumerate(plan.middles):
        way = -1 if series and k % 2 else 1
        for number, (low, _) in enumerate(plan.ports, 1):
            branches.append(
                Branch(
                    f"plate {k + 1} channel {number:0{len(str(plate.channels))}d}", nodes[k, -way], nodes[k, way],
                    ((-way * plan.end, y), (way * plan.end, y)), plate.channel_height_mm, plate.channel_width_mm, z0=z + low,
                    plate=f"plate {k + 1}",
                )
            )  # fmt: skip
    placed = tuple(replace(b, path=tuple(turned(point, plan.rotation) for point in b.path)) for b in branches)
    where = Ports("inlet", "outlet", ports["inlet"], ports["outlet"], z + plan.height, plan.fitting * BORE_OVER_OUTER)
    return supplied([FedPlate("", placed, where)], "parallel", z, z + plan.height)


def upright_layers(plate: ColdPlate, plan: UprightPlan, rows: RowPlan, interface: Interface, z: float) -> Made:
    """The layer on either side of each plate, as high as it: along each row, or on each cell beside a plate; it stands at ``z``."""
    thick = interface.thickness_mm
    boxes: list[tuple[str, Row, Rectangle]] = []
    for row in rows.rows:
        low, high = row.y - row.stance.y / 2, row.y + row.stance.y / 2
        if plate.every_cells is None:
            start, end = rows.ends(row)
            if row.number > 1:
                boxes.append((f"interface R{row.number} -y", row, (start, low - thick, end, low)))
            if row.number < len(rows.rows):
                boxes.append((f"interface R{row.number} +y", row, (start, high, end, high + thick)))
        for number, gap in enumerate(plate_gaps(row), 1):
            left, right = row.xs[gap - 1] + row.stance.x / 2, row.xs[gap] - row.stance.x / 2
            boxes.append((f"interface R{row.number} plate {number} -x", row, (left, low, left + thick, high)))
            boxes.append((f"interface R{row.number} plate {number} +x", row, (right - thick, low, right, high)))
    shelf = Shelf()
    for name, row, (x0, y0, x1, y1) in boxes:
        sweep = upright(round(x1 - x0, 9), round(y1 - y0, 9), plan.height)
        made = Product("interface", "interface", interface.material, (sweep,), f"layer beside an upright plate, {thick:g} mm")
        at = ((x0 + x1) / 2, (y0 + y1) / 2, z)
        shelf.parts.append(Part(name, shelf.product(made).id, at, group=(f"row R{row.number}",)))
    return shelf.made
