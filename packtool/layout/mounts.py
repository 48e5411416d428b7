"""What the enclosure is carried by: feet, lifting lugs, cross members."""

from __future__ import annotations

from typing import Literal

from packtool.design.schema.enclosure import Enclosure
from packtool.layout.corners import HIGH, LOW, corner
from packtool.layout.fasteners import THREADS
from packtool.layout.flange import Flange
from packtool.layout.openings import Wall, axis_of, extent, faces, outward
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Part, Product, Sweep

GROUP = ("enclosure",)
FOOT_WIDTH = 6.0
"""Width of a foot over its bolt's diameter: room for the washer and a weld on either side (remembered)."""
FOOT_EDGE = 2.0
"""Distance of the foot's bolt from its end over the bolt's diameter (at least 1.2 holes: EN 1993-1-8, table 3.3)."""
FOOT_SHARE = 0.4
"""Most of a wall's height that a foot's upright plate takes, so that openings find room above it (remembered: welded brackets are low)."""
SHACKLE_CLEAR = 1.25
"""Metal around a lifting hole, from its middle, over its diameter (remembered)."""
LUG_ROUND = 0.8
"""Radius of a lug's free corners over the metal around its hole: more of it is left there, 1.08, than beside the hole."""
TURN: dict[Wall, Literal[0, 90, 180, 270]] = {"y+": 0, "x-": 90, "y-": 180, "x+": 270}
"""How a bracket whose y points away from the wall is turned onto it."""


def feet_walls(flange: Flange) -> tuple[Wall, Wall]:
    """The two longer walls."""
    x0, y0, x1, y1 = flange.inside
    return ("y-", "y+") if x1 - x0 >= y1 - y0 else ("x-", "x+")


def foot_width(enclosure: Enclosure) -> float:
    """Width of a foot along its wall [mm]; 0 without feet."""
    return FOOT_WIDTH * THREADS[enclosure.feet.bolt].diameter if enclosure.feet else 0.0


def feet_places(enclosure: Enclosure, flange: Flange) -> list[tuple[Wall, float]]:
    """Wall and middle along it [mm] of every foot."""
    if enclosure.feet is None:
        return []
    places = []
    for wall in feet_walls(flange):
        low, high = extent(wall, flange.inside)
        low, high = low + flange.radius, high - flange.radius
        half = enclosure.feet.count // 2
        places += [(wall, low + (high - low) * (k + 0.5) / half) for k in range(half)]
    return places


def lug_places(enclosure: Enclosure, flange: Flange) -> list[tuple[Wall, float]]:
    """Wall and middle along it [mm] of the four lugs: as near to the corners as their own thickness."""
    if enclosure.lifting is None:
        return []
    walls: tuple[Wall, Wall] = ("x-", "x+")
    inset = flange.radius + 1.5 * enclosure.lifting.thickness_mm
    low, high = extent("x-", flange.inside)
    return [(wall, at) for wall in walls for at in (low + inset, high - inset)]


def feet_stretches(enclosure: Enclosure, flange: Flange) -> list[tuple[Wall, tuple[float, float]]]:
    """The stretches of the walls that feet stand on [mm]."""
    half = foot_width(enclosure) / 2
    return [(wall, (at - half, at + half)) for wall, at in feet_places(enclosure, flange)]


def taken(enclosure: Enclosure, flange: Flange) -> list[tuple[Wall, tuple[float, float]]]:
    """The stretches of the walls that feet and lugs stand on [mm]."""
    half_lug = enclosure.lifting.thickness_mm / 2 if enclosure.lifting else 0.0
    return feet_stretches(enclosure, flange) + [
        (wall, (at - half_lug, at + half_lug)) for wall, at in lug_places(enclosure, flange)
    ]


def bracket_reach(enclosure: Enclosure) -> float:
    """How far brackets have to reach out to clear the flange [mm]: the flange's own width, none on a frame whose wall is its edge."""
    return 0.0 if enclosure.style == "extruded" else enclosure.flange_mm


def mount_parts(enclosure: Enclosure, flange: Flange, height: float) -> tuple[list[Product], list[Part]]:
    """Feet, lugs and cross members. ``height``: of the wall up to the flange or its nuts [mm]."""
    products: list[Product] = []
    parts: list[Part] = []
    outer = flange.edge if enclosure.style == "extruded" else enclosure.wall_mm
    reach = bracket_reach(enclosure)

    def place(product: Product, name: str, wall: Wall, at: float, z: float) -> None:
        face = faces(wall, flange.inside) + outward(wall) * outer
        x, y = (face, at) if axis_of(wall) == "x" else (at, face)
        parts.append(Part(name, product.id, (x, y, z), TURN[wall], GROUP))

    if enclosure.feet is not None:
        foot = _foot(enclosure, reach, height)
        products.append(foot)
        for k, (wall, at) in enumerate(feet_places(enclosure, flange), 1):
            place(foot, f"foot {k}", wall, at, 0.0)
    if enclosure.lifting is not None:
        lug = _lug(enclosure, reach)
        products.append(lug)
        tall = lug.bounds()[5]
        for k, (wall, at) in enumerate(lug_places(enclosure, flange), 1):
            place(lug, f"lifting lug {k}", wall, at, height - tall)
    if enclosure.cross_members is not None:
        beam = _cross_member(enclosure, flange)
        products.append(beam)
        x0, _, x1, _ = flange.inside
        count = enclosure.cross_members.count
        for k in range(count):
            x = x0 + (x1 - x0) * (k + 0.5) / count
            parts.append(Part(f"cross member {k + 1}", beam.id, (x, 0.0, -enclosure.cross_members.height_mm), group=GROUP))
    return products, parts


def foot_height(enclosure: Enclosure, height: float) -> float:
    """How far a foot's upright plate goes up the wall [mm]."""
    return min(foot_width(enclosure), FOOT_SHARE * height)


def _foot(enclosure: Enclosure, reach: float, height: float) -> Product:
    """An angle: a plate on the ground with the bolt's hole beyond the flange, an upright plate on the wall."""
    feet = enclosure.feet
    assert feet is not None
    thread, thick, half = THREADS[feet.bolt], feet.thickness_mm, foot_width(enclosure) / 2
    bolt_at = reach + thick + FOOT_EDGE * thread.diameter
    length = bolt_at + FOOT_EDGE * thread.diameter
    hole = Loop.circle(0.0, bolt_at, thread.hole / 2)
    tall = foot_height(enclosure, height)
    root = min(
        thick, thread.diameter, (tall - thick) / 2
    )  # inside the angle; the washer, 2 d wide, lies 2 d from the upright plate
    rounded = [Detail(corner(side * half, length, side, HIGH, thread.diameter), "z", 0.0, thick) for side in (LOW, HIGH)]
    return Product(
        "foot",
        "bracket",
        enclosure.material,
        (
            Sweep(Profile(Loop.rectangle(-half, 0.0, half, length), (hole,)), 0.0, thick),
            Sweep(Profile.rectangle(-half, 0.0, half, thick), thick, tall),
        ),
        f"foot, {thick:g} mm, hole {thread.hole:g} mm for {feet.bolt}",
        details=(Detail(corner(thick, thick, LOW, LOW, root), "x", -half, half, adds=True), *rounded),
    )


def _lug(enclosure: Enclosure, reach: float) -> Product:
    lifting = enclosure.lifting
    assert lifting is not None
    half, clear = lifting.thickness_mm / 2, SHACKLE_CLEAR * lifting.hole_mm
    length, tall = reach + 2 * clear, 2 * clear
    # the detail's plane is (y, z)
    hole = Detail(Profile(Loop.circle(length - clear, clear, lifting.hole_mm / 2)), "x", -half, half)
    ends = [Detail(corner(length, z, HIGH, up, LUG_ROUND * clear), "x", -half, half) for z, up in ((0.0, LOW), (tall, HIGH))]
    return Product(
        "lifting-lug",
        "bracket",
        enclosure.material,
        (Sweep(Profile.rectangle(-half, 0.0, half, length), 0.0, tall),),
        f"lifting lug, {lifting.thickness_mm:g} mm, hole {lifting.hole_mm:g} mm",
        details=(hole, *ends),
    )


def _cross_member(enclosure: Enclosure, flange: Flange) -> Product:
    beam = enclosure.cross_members
    assert beam is not None
    _, y0, _, y1 = flange.inside
    outer = flange.edge if enclosure.style == "extruded" else enclosure.wall_mm
    half, low, high, wall = beam.width_mm / 2, y0 - outer, y1 + outer, beam.wall_mm
    return Product(
        "cross-member",
        "cross_member",
        beam.material or enclosure.material,
        (
            Sweep(Profile.rectangle(-half, low, half, high), 0.0, wall),
            Sweep(Profile.rectangle(-half, low, -half + wall, high), wall, beam.height_mm - wall),
            Sweep(Profile.rectangle(half - wall, low, half, high), wall, beam.height_mm - wall),
            Sweep(Profile.rectangle(-half, low, half, high), beam.height_mm - wall, beam.height_mm),
        ),
        f"cross member {beam.width_mm:g} x {beam.height_mm:g} mm, {wall:g} mm wall",
    )
