"""Hand-made layouts for the CAD tests: small, and with every kind of shape that a Layout may hold."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from packtool.cad.report import CadReport
from packtool.catalogue.records import Cell, Figure, Material
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep


class Built(NamedTuple):
    """A layout, the folder that its files are in, and the report."""

    layout: Layout
    folder: Path
    report: CadReport


def named(part: Part) -> str:
    """What a part of a small pack in series is called in the STEP file: cells tell their series position."""
    return part.name if part.series is None else f"{part.name} S{part.series}"


def figure(value: float) -> Figure:
    return Figure(value=value, standing="given")


def material(id: str, rho: float, standing: str = "given") -> Material:
    return Material(id=id, rho_kg_m3=Figure(value=rho, standing=standing), k_W_mK=figure(1.0), cp_J_kgK=figure(1000.0))


MATERIALS = {
    "al": material("al", 2700.0, "literature default"),
    "foam": material("foam", 320.0, "remembered"),
    "filler": material("filler", 2000.0, "remembered"),
    "cell can": material("cell can", 2700.0),
}

CELL = Cell(
    id="test-cell", name="Test cell", format="prismatic", width_mm=figure(100.0), thickness_mm=figure(30.0), height_mm=figure(80.0),
    mass_kg=Figure(value=0.5, standing="datasheet"),
)  # fmt: skip


def box(
    id: str, role: str, material: str, size: tuple[float, float, float], *, radius: float = 0.0, description: str = ""
) -> Product:
    """A box centred in the plan, standing on z = 0."""
    x, y, z = size
    sweep = Sweep(Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2), 0.0, z)
    return Product(id, role, material, (sweep,), description, radius)


def plate_with_channel(id: str = "plate") -> Product:
    """A plate of three layers, 80 x 220 x 6 mm, with a closed channel 20 x 150 mm, 3 mm high, whose ends are half circles."""
    outer = Loop.rectangle(-40, -110, 40, 110)
    # bulge 1: half a circle to the left, so the slot's ends bulge outwards
    slot = Loop(((-10, -75, 1.0), (10, -75, 0.0), (10, 75, 1.0), (-10, 75, 0.0)))
    skins = Profile(outer)
    return Product(
        id, "cold_plate", "al", (Sweep(skins, 0, 1.5), Sweep(Profile(outer, (slot,)), 1.5, 4.5), Sweep(skins, 4.5, 6)), "cold plate"
    )


def tray(id: str = "tray") -> Product:
    """Floor, walls and an outward flange, with 8 bolt holes in the flange."""
    floor = Profile.rectangle(-60, -130, 60, 130)
    walls = Profile(Loop.rectangle(-60, -130, 60, 130), (Loop.rectangle(-57, -127, 57, 127),))
    holes = tuple(Loop.circle(x, y, 3.0) for x in (-70, 70) for y in (-120, -40, 40, 120))
    flange = Profile(Loop.rectangle(-80, -150, 80, 150), (Loop.rectangle(-57, -127, 57, 127), *holes))
    return Product(id, "tray", "al", (Sweep(floor, -3, 0), Sweep(walls, 0, 100), Sweep(flange, 100, 103)), "tray")


def bracket(id: str = "bracket") -> Product:
    """An L of 10 x 20 mm, which looks different from each side."""
    outline = Loop.polygon([(0, 0), (10, 0), (10, 4), (4, 4), (4, 20), (0, 20)])
    return Product(id, "fitting", "al", (Sweep(Profile(outline), 0, 10),), "bracket")


def small_pack(*, shift_second_cell_mm: float = 0.0) -> Layout:
    """2 x 1 cells in two rows, a pad each, a plate with a channel, a tray: 21 parts of 8 products, in a tree three deep."""
    products = (
        box("cell", "cell", "test-cell", (30, 100, 80), radius=2.0, description="Test cell"),
        box("terminal", "terminal", "al", (10, 20, 4), description="terminal"),
        box("pad", "pad", "foam", (2, 100, 80), description="compression pad"),
        box("filler", "interface", "filler", (62, 204, 1), description="gap filler"),
        plate_with_channel(),
        tray(),
        box("busbar", "busbar", "al", (42, 15, 3), description="busbar"),
        bracket(),
    )
    parts: list[Part] = [
        Part("tray", "tray", (0, 0, 0), 0, ("enclosure",)),
        Part("rear bracket", "bracket", (10, 113, 0), 90, ("enclosure",)),
        Part("front bracket", "bracket", (20, -113, 0), 270, ("enclosure",)),
        Part("cold plate", "plate", (0, 0, 0), 0, ("cooling",)),
        Part("gap filler", "filler", (0, 0, 6), 0, ("cooling",)),
    ]
    for row, y in ((1, -52.0), (2, 52.0)):
        group = ("cells", f"row R{row}")
        for column, x in ((1, -16.0), (2, 16.0)):
            name = f"R{row}C{column:02d}"
            shift = shift_second_cell_mm if name == "R1C02" else 0.0
            parts.append(
                Part(name, "cell", (x - shift, y, 7), 0 if column == 1 else 180, group, series=2 * (row - 1) + column, parallel=1)
            )
            for sign, pole in ((-1, "minus"), (1, "plus")):
                parts.append(Part(f"{name} {pole}", "terminal", (x, y + 30 * sign, 87), 0, group))
        parts.append(Part(f"R{row} pad 1–2", "pad", (0, y, 7), 0, group))
        parts.append(Part(f"busbar {row}", "busbar", (0, y + 30, 91), 0, ("busbars",)))
    return Layout("small-pack", CELL, products, tuple(parts), 4, 1, None, ())
