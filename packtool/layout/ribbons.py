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
from packtool.layout.cylinders import GridPlan
from packtool.layout.outline import Rectangle
from packtool.layout.plate import FITTING_MM
from packtool.layout.profiles import Vertex
from packtool.layout.strip import Path

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
