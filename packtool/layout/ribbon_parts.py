"""Side ribbons as parts: extrusions with their ports, tanks, coolant, the layers on the cells; and the coolant's way through them as a graph."""

from __future__ import annotations

import math

from packtool.design.schema import Interface, RibbonPlate
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.cylinders import GridPlan
from packtool.layout.plate import BORE_OVER_OUTER, FITTING_HEIGHT_MM, hose_fitting
from packtool.layout.profiles import Loop, Profile, Vertex
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.ribbons import RibbonPlan
from packtool.layout.strip import strip
from packtool.layout.supply import FedPlate, Ports, supplied
from packtool.layout.tanks import Tank, TankRun, extrusion

GROUP = ("cold plate",)


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
