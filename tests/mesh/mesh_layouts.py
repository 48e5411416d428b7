"""Small layouts for the tests of the mesh stage, in millimetres."""

from __future__ import annotations

from collections.abc import Sequence

from packtool.catalogue.records import Cell
from packtool.layout.profiles import Profile
from packtool.layout.records import Layout, Part, Product, Role, Sweep

CELL = Cell(id="test-cell", name="test-cell", format="prismatic")


def box(name: str, role: Role, x0: float, y0: float, z0: float, x1: float, y1: float, z1: float) -> tuple[Product, Part]:
    """A part that is one box."""
    return shape(name, role, Sweep(Profile.rectangle(x0, y0, x1, y1), z0, z1))


def shape(
    name: str, role: Role, *sweeps: Sweep, origin: tuple[float, float, float] = (0.0, 0.0, 0.0), turn: int = 0
) -> tuple[Product, Part]:
    """A part with a product of its own."""
    return Product(f"product {name}", role, f"{role} material", sweeps), Part(name, f"product {name}", origin, turn)  # type: ignore[arg-type]


def layout(*pieces: tuple[Product, Part]) -> Layout:
    """A layout of these parts."""
    return Layout("test", CELL, tuple(p for p, _ in pieces), tuple(p for _, p in pieces), 1, 1, None, ())


def plate(
    x: float, y: float, channels: Sequence[tuple[float, float, float, float]], low: float = 1.0, high: float = 4.0, top: float = 5.0
) -> list[tuple[Product, Part]]:
    """A cold plate of x by y by top around x = y = 0 on z = 0 with separate rectangular channels between low and high, and its coolant."""
    outline = Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2)
    voids = [Profile.rectangle(*channel) for channel in channels]
    pierced = Profile(outline.outer, tuple(void.outer for void in voids))
    return [
        shape("cold plate", "cold_plate", Sweep(outline, 0.0, low), Sweep(pierced, low, high), Sweep(outline, high, top)),
        shape("coolant", "coolant", *(Sweep(void, low, high) for void in voids)),
    ]


def small_pack() -> Layout:
    """Two rows of two cells with pads, end plates, an interface under each row, and a plate with two channels."""
    pieces = plate(100.0, 90.0, [(-45.0, -30.0, 45.0, -14.0), (-45.0, 10.0, 45.0, 26.0)])
    for row, y in (("R1", -40.0), ("R2", 6.0)):
        pieces.append(box(f"interface {row}", "interface", -35.0, y, 5.0, 35.0, y + 34, 6.0))
        pieces.append(box(f"{row}C01", "cell", -30.75, y, 6.0, -0.75, y + 34, 66.0))
        pieces.append(box(f"{row}C02", "cell", 0.75, y, 6.0, 30.75, y + 34, 66.0))
        pieces.append(box(f"pad {row}", "pad", -0.75, y, 6.0, 0.75, y + 34, 66.0))
        pieces.append(box(f"end plate {row}-x", "end_plate", -35.0, y, 6.0, -30.75, y + 34, 66.0))
        pieces.append(box(f"end plate {row}+x", "end_plate", 30.75, y, 6.0, 35.0, y + 34, 66.0))
    return layout(*pieces)
