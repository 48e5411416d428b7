"""Side ribbons: upright multi-port extrusions between every two rows of cylindrical cells, with a tank at either end.

A ribbon runs along x between rows 1 and 2, 3 and 4, and so on, so that each cell has one at its side. Coolant enters the tank at -x, goes
through the ports of all ribbons side by side and leaves from the tank at +x. The interface fills the gap between a ribbon and each of its
cells over the contact angle. A wavy ribbon bends around the cells of both rows by turns, concentric with them over the contact angle and
straight between; at its ends it bends once more, as around a cell that is not there, and so leaves straight along x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import CylinderGrid, Interface, RibbonPlate
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.cylinders import GridPlan
from packtool.layout.outline import Rectangle
from packtool.layout.plate import BORE_OVER_OUTER, FITTING_HEIGHT_MM, FITTING_MM, hose_fitting
from packtool.layout.profiles import Loop, Profile, Vertex
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.strip import Path, strip
from packtool.layout.supply import FedPlate, Ports, supplied
from packtool.layout.tanks import Tank, TankRun, extrusion

GROUP = ("cold plate",)
TANK_AIR_MM = 2.0
"""Between the holders' ends and the tanks: room to set the ribbons in (remembered)."""
MOST_CONTACT_DEG = 120.0
"""Beside a flat ribbon: there the layer is half a radius thicker at its ends than in its middle, and wedges of metal would do better."""
LEAST_STRAIGHT_MM = 0.1
"""Between two bends of a wavy ribbon: shorter straights are a slip of the numbers, and no mesh resolves them."""


@dataclass(frozen=True, slots=True)
class RibbonSpacing:
    """What the ribbon's shape makes of the rows [mm]: ``distance`` from axis to axis of the two rows beside it; ``half_angle`` [rad] of
    contact; ``bend`` radius of a wavy ribbon's centreline, ``straight`` between its bends (both 0 for a straight one)."""

    distance: float
    half_angle: float
    bend: float
    straight: float


@dataclass(frozen=True, slots=True)
class RibbonPlan:
    """The ribbons in numbers [mm]. ``path``: a ribbon's centreline from cavity to cavity, y about the middle between its rows; ``middles``: y of
    each ribbon's; ``height`` of a ribbon, which stands ``foot`` above the cells' bottom; ``port`` height of a port."""

    spacing: RibbonSpacing
    path: Path
    middles: tuple[float, ...]
    height: float
    foot: float
    port: float
    tank: Rectangle
    """Cavity of the tank at +x; the other is its mirror image."""
    fitting: float


def spacing_of(plate: RibbonPlate, interface: Interface, diameter: float, pitch: float) -> RibbonSpacing:
    """How far the rows beside a ribbon are apart. A wavy one may come out with a negative ``straight``: it does not fit then."""
    radius, half = diameter / 2, math.radians(plate.contact_angle_deg) / 2
    if plate.shape == "straight":
        return RibbonSpacing(2 * (radius + interface.thickness_mm) + plate.thickness_mm, half, 0.0, 0.0)
    bend = radius + interface.thickness_mm + plate.thickness_mm / 2
    straight = (pitch / 2 - 2 * bend * math.sin(half)) / math.cos(half)
    return RibbonSpacing(2 * bend * math.cos(half) - straight * math.sin(half), half, bend, straight)


def row_distances(spacing: RibbonSpacing, rows: int, plain: float) -> tuple[float, ...]:
    """From row to row [mm]: across a ribbon, and as the pattern has it, by turns."""
    return tuple(spacing.distance if row % 2 == 0 else plain for row in range(rows - 1))


def plan_ribbons(plate: RibbonPlate, plan: GridPlan, spacing: RibbonSpacing, holder_mm: float) -> RibbonPlan:
    """The ribbons of a design that ``check_ribbons`` has no complaint about."""
    height = plate.height_mm if plate.height_mm is not None else plan.height_mm - 2 * holder_mm
    wall, width = plate.header_wall_mm, plate.header_width_mm
    bends = plan.pitch_mm - plan.axis(1, 1)[0] if spacing.bend else 0.0
    x0 = max(plan.reach_mm, bends) + TANK_AIR_MM + wall
    middles = tuple((plan.row_y[row] + plan.row_y[row + 1]) / 2 for row in range(0, plan.rows, 2))
    path = _centreline(plan, spacing, x0)
    y = plan.breadth_mm / 2  # beyond the outer rows, whose ribbons end well inside: the fittings stand beside their mouths
    beside = y - (middles[-1] + abs(path.points[-1][1]) + plate.thickness_mm / 2)
    return RibbonPlan(
        spacing=spacing,
        path=path,
        middles=middles,
        height=height,
        foot=(plan.height_mm - height) / 2,
        port=(height - (plate.ports + 1) * plate.web_mm) / plate.ports,
        tank=(x0, -y, x0 + width, y),
        fitting=min(FITTING_MM, width, beside),
    )


def _centreline(plan: GridPlan, spacing: RibbonSpacing, end: float) -> Path:
    """From x = -end to end, y about the middle between the rows."""
    if spacing.bend == 0:
        return Path(((-end, 0.0), (end, 0.0)), (0.0,))
    half, low = spacing.half_angle, -spacing.distance / 2
    sine, cosine = spacing.bend * math.sin(half), spacing.bend * math.cos(half)
    bulge = math.tan(half / 2)
    first = plan.axis(1, 1)[0] - plan.pitch_mm / 2
    valley, hill = -low - spacing.bend, low + spacing.bend
    points = [(-end, valley), (first, valley), (first + sine, -low - cosine)]
    bulges = [0.0, math.tan(half / 4)]
    for place in range(1, 2 * plan.columns + 1):
        x = first + place * plan.pitch_mm / 2
        y = low + cosine if place % 2 else -low - cosine  # over a cell of the lower row, under one of the upper
        points += [(x - sine, y), (x + sine, y)]
        bulges += [0.0, -bulge if place % 2 else bulge]
    last = first + (2 * plan.columns + 1) * plan.pitch_mm / 2
    points += [(last - sine, low + cosine), (last, hill), (end, hill)]
    bulges += [0.0, -math.tan(half / 4), 0.0]
    return Path(tuple(points), tuple(bulges))


def cut_lines(plan: GridPlan, ribbons: RibbonPlan) -> dict[int, tuple[Vertex, ...]]:
    """Row -> the line above it, from -x to +x of the outline, on which holders end at a wavy ribbon; none at straight ones."""
    if ribbons.spacing.bend == 0:
        return {}
    x = plan.length_mm / 2
    (_, y0), *inner, (_, y1) = ribbons.path.points
    points = [(-x, y0), *inner, (x, y1)]
    vertices = tuple((px, py, bulge) for (px, py), bulge in zip(points, (*ribbons.path.bulges, 0.0), strict=True))
    return {2 * k + 1: tuple((px, py + middle, bulge) for px, py, bulge in vertices) for k, middle in enumerate(ribbons.middles)}


def check_ribbons(
    loaded: LoadedDesign, plate: RibbonPlate, grid: CylinderGrid, plan: GridPlan, spacing: RibbonSpacing
) -> list[Complaint]:
    """What does not fit."""
    complaints = []

    def wrong(key: str, message: str) -> None:
        complaints.append(complain(loaded, key, message))

    if grid.rows % 2:
        wrong("arrangement.rows", f"ribbons run between every two rows, so their number must be even, got {grid.rows}")
    if grid.potting is not None:
        wrong("arrangement.potting", "potting around ribbons is not modelled: leave it out, or use a bottom plate")
    if plate.shape == "wavy" and grid.pattern != "hexagonal":
        wrong(
            "cold_plate.shape", "a wavy ribbon needs pattern: hexagonal, where the rows beside it are offset; use shape: straight"
        )
    elif plate.shape == "wavy" and spacing.straight < LEAST_STRAIGHT_MM:
        room = (plan.pitch_mm / 2 - LEAST_STRAIGHT_MM) / (2 * spacing.bend)
        most = math.floor(20 * math.degrees(math.asin(room))) / 10
        wrong(
            "cold_plate.contact_angle_deg",
            f"{plate.contact_angle_deg:g} is too much for a wavy ribbon between cells {plan.pitch_mm:g} mm apart: its bends would meet;"
            f" at most {most:g}",
        )
    elif plate.shape == "wavy" and grid.holder is not None and plan.rim_mm < plan.pitch_mm / 2 - plan.radius_mm + LEAST_STRAIGHT_MM:
        least = plan.pitch_mm / 2 - plan.radius_mm + LEAST_STRAIGHT_MM
        wrong(
            "arrangement.rim_mm",
            f"{plan.rim_mm:g} is too small for holders over a wavy ribbon, which bends once more beyond the outermost cells: at least"
            f" {math.ceil(10 * least) / 10:g}",
        )
    if plate.shape == "straight" and plate.contact_angle_deg > MOST_CONTACT_DEG:
        wrong(
            "cold_plate.contact_angle_deg",
            f"{plate.contact_angle_deg:g} is too much for a straight ribbon, from which round cells curve away: at most {MOST_CONTACT_DEG:g}",
        )
    held = grid.holder.thickness_mm if grid.holder else 0.0
    room = plan.height_mm - 2 * held
    height = plate.height_mm if plate.height_mm is not None else room
    if height > room:
        wrong("cold_plate.height_mm", f"{height:g} is too high: holders leave {room:g} mm of the cells")
    elif (plate.ports + 1) * plate.web_mm >= height:
        most = max(int(height / plate.web_mm - 1e-9) - 1, 0)
        wrong(
            "cold_plate.ports",
            f"{plate.ports} ports with webs of {plate.web_mm:g} mm leave no height for channels in {height:g} mm; at most {most} would",
        )
    return complaints


def interface_parts(plan: GridPlan, ribbons: RibbonPlan, interface: Interface, z: float) -> tuple[list[Product], list[Part]]:
    """The layer between each cell and its ribbon, over the contact angle; the cells stand at ``z``.

    Between concentric arcs where the ribbon is wavy; else from the can to the flat ribbon. In a cell's own frame the ribbon is at +y for
    odd rows and at -y for even ones.
    """
    half, radius = ribbons.spacing.half_angle, plan.radius_mm
    sine, cosine = math.sin(half), math.cos(half)
    bulge = math.tan(half / 2)
    far = radius + interface.thickness_mm
    outer: list[Vertex]
    if ribbons.spacing.bend:
        outer = [(far * sine, far * cosine, bulge), (-far * sine, far * cosine, 0.0)]
    else:
        outer = [(radius * sine, far, 0.0), (-radius * sine, far, 0.0)]
    up = Loop((*outer, (-radius * sine, radius * cosine, -bulge), (radius * sine, radius * cosine, 0.0)))
    down = Loop(tuple((-x, -y, b) for x, y, b in up.vertices))
    products = [
        Product(
            f"interface-{side}",
            "interface",
            interface.material,
            (Sweep(Profile(loop), 0.0, ribbons.height),),
            f"layer between cell and ribbon, {interface.thickness_mm:g} mm, {2 * math.degrees(half):g} degrees of the can",
        )
        for side, loop in (("odd", up), ("even", down))
    ]
    parts = [
        Part(
            f"{spot.name} interface",
            products[1 - spot.row % 2].id,
            (*plan.axis(spot.row, spot.column), z + ribbons.foot),
            group=(f"row R{spot.row}",),
        )
        for spot in plan.spots
    ]
    return products, parts


def ribbon_parts(plate: RibbonPlate, ribbons: RibbonPlan, z: float, room_mm: float) -> tuple[list[Product], list[Part]]:
    """Ribbons, tanks, their coolant and the fittings; the cells stand at ``z``, and ``room_mm`` is what fittings may rise above the tanks."""
    half, wall = plate.thickness_mm / 2, plate.wall_mm
    ports = _ports(plate, ribbons)
    whole = Profile(strip(ribbons.path, -half, half))
    walls = Profile(strip(ribbons.path, -half, wall - half)), Profile(strip(ribbons.path, half - wall, half))
    metal = extrusion(whole, walls, ports, ribbons.height)
    bore = Profile(strip(ribbons.path, wall - half, half - wall))
    size = f"{plate.thickness_mm:g} x {ribbons.height:g} mm, {plate.ports} ports of {plate.thickness_mm - 2 * wall:.3g} x {ribbons.port:.3g} mm"
    tank = _tank(plate, ribbons)
    products = [
        Product("ribbon", "cold_plate", plate.material, metal, f"ribbon, {size}"),
        Product(
            "tank",
            "fitting",
            plate.material,
            tank.solid(),
            f"tank of the ribbons, {plate.header_wall_mm:g} mm wall; not meshed",
        ),
        Product("coolant-port", "coolant", plate.coolant, (Sweep(bore, 0.0, ribbons.port),), "coolant in a port of a ribbon"),
        Product("coolant-tank", "coolant", plate.coolant, (tank.coolant(),), "coolant in a tank"),
        hose_fitting(plate.material, ribbons.fitting, min(FITTING_HEIGHT_MM, room_mm)),
    ]
    bottom = z + ribbons.foot
    parts = []
    for number, y in enumerate(ribbons.middles, 1):
        parts.append(Part(f"ribbon {number}", "ribbon", (0.0, y, bottom), group=GROUP))
        inside = f"coolant ribbon {number}"
        for port, (low, _) in enumerate(ports, 1):
            parts.append(Part(f"{inside} port {port}", "coolant-port", (0.0, y, bottom + low), group=(*GROUP, inside)))
    for side, turned in (("inlet", True), ("outlet", False)):
        parts.append(Part(f"tank {side}", "tank", (0.0, 0.0, bottom), 180 if turned else 0, GROUP))
        parts.append(Part(f"coolant tank {side}", "coolant-tank", (0.0, 0.0, bottom), 180 if turned else 0, GROUP))
    for side, (x, y) in zip(("inlet", "outlet"), _ends(plate, ribbons), strict=True):
        parts.append(Part(f"fitting {side}", "fitting", (x, y, bottom + ribbons.height), group=GROUP))
    return products, parts


def ribbon_network(plate: RibbonPlate, ribbons: RibbonPlan, z: float) -> CoolantNetwork:
    """Tanks and ports as a graph; the cells stand at ``z``."""
    bottom = z + ribbons.foot
    x0, _, x1, _ = ribbons.tank
    x = (x0 + x1) / 2
    (_, y_in), (_, y_out) = _ends(plate, ribbons)
    deep = ribbons.height - 2 * plate.web_mm
    count = len(ribbons.middles)
    digits = len(str(count))
    lead_in, lead_out = ribbons.path.points[0][1], ribbons.path.points[-1][1]

    channels = [
        Branch(
            f"ribbon {k:0{digits}d} port {number}",
            f"inlet {k:0{digits}d}",
            f"outlet {k:0{digits}d}",
            ribbons.path.moved(0.0, middle).points,
            plate.thickness_mm - 2 * plate.wall_mm,
            ribbons.port,
            bulges=ribbons.path.bulges if any(ribbons.path.bulges) else (),
            z0=bottom + low,
        )
        for k, middle in enumerate(ribbons.middles, 1)
        for number, (low, _) in enumerate(_ports(plate, ribbons), 1)
    ]
    names = [f"{k:0{digits}d}" for k in range(1, count + 1)]
    ins = [(f"inlet {name}", middle + lead_in) for name, middle in zip(names, ribbons.middles, strict=True)]
    outs = [(f"outlet {name}", middle + lead_out) for name, middle in zip(names, ribbons.middles, strict=True)]
    tank_in, tank_out = (
        TankRun(name, at, x1 - x0, deep, bottom + plate.web_mm) for name, at in (("inlet tank", -x), ("outlet tank", x))
    )
    branches = (*tank_in.branches("inlet", y_in, ins), *channels, *tank_out.branches("outlet", y_out, outs, gathers=True))
    low, high = bottom + plate.web_mm, bottom + ribbons.height - plate.web_mm
    ports = Ports("inlet", "outlet", *_ends(plate, ribbons), bottom + ribbons.height, ribbons.fitting * BORE_OVER_OUTER)
    return supplied([FedPlate("", branches, ports)], "parallel", low, high)


def _ports(plate: RibbonPlate, ribbons: RibbonPlan) -> list[tuple[float, float]]:
    """Underside and top of each port, above the ribbon's foot."""
    step = ribbons.port + plate.web_mm
    return [(plate.web_mm + k * step, (k + 1) * step) for k in range(plate.ports)]


def _ends(plate: RibbonPlate, ribbons: RibbonPlan) -> tuple[tuple[float, float], tuple[float, float]]:
    """Middle of the inlet's and the outlet's fitting."""
    x0, y0, x1, y1 = ribbons.tank
    x, inset = (x0 + x1) / 2, ribbons.fitting / 2
    return (-x, y0 + inset), (x, y0 + inset if plate.manifold == "U" else y1 - inset)


def _tank(plate: RibbonPlate, ribbons: RibbonPlan) -> Tank:
    """The tank at +x."""
    mouths = tuple(middle + ribbons.path.points[-1][1] for middle in ribbons.middles)
    return Tank(ribbons.tank, mouths, plate.thickness_mm / 2, plate.header_wall_mm, plate.web_mm, ribbons.height)
