"""Hexagon bolts and nuts by their ISO sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Product, Sweep

LENGTH_STEP_MM = 5.0
"""Bolts are bought in steps of 5 mm up to 80 (ISO 888; remembered)."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Sizes of a coarse-threaded bolt [mm]: ``diameter``, clearance ``hole`` (ISO 273, medium), width across flats ``flats`` and
    ``head`` height (ISO 4017), ``nut`` height (ISO 4032, greatest). Remembered."""

    diameter: float
    hole: float
    flats: float
    head: float
    nut: float

    @property
    def corners(self) -> float:
        """Half the width across the corners of head and nut [mm]."""
        return self.flats / math.sqrt(3)


THREADS: Mapping[str, Thread] = {
    "M4": Thread(4, 4.5, 7, 2.8, 3.2),
    "M5": Thread(5, 5.5, 8, 3.5, 4.7),
    "M6": Thread(6, 6.6, 10, 4, 5.2),
    "M8": Thread(8, 9, 13, 5.3, 6.8),
    "M10": Thread(10, 11, 16, 6.4, 8.4),
    "M12": Thread(12, 13.5, 18, 7.5, 10.8),
}
"""By size. The schema's choices are these (a test compares)."""


def hexagon(flats: float) -> Loop:
    """A regular hexagon about the origin, ``flats`` [mm] across its flats."""
    corner = flats / math.sqrt(3)
    return Loop.polygon([(corner * math.cos(k * math.pi / 3), corner * math.sin(k * math.pi / 3)) for k in range(6)])


def bolt_length(grip: float) -> float:
    """The shortest standard length [mm] that reaches through ``grip`` [mm]."""
    return math.ceil(grip / LENGTH_STEP_MM - 1e-9) * LENGTH_STEP_MM


def bolt_product(size: str, length: float, material: str) -> Product:
    """A bolt in its own frame: the underside of the head at z = 0, the shank down to -``length`` [mm]. The thread is not cut."""
    thread = THREADS[size]
    return Product(
        id=f"bolt-{size}x{length:g}",
        role="bolt",
        material=material,
        sweeps=(
            Sweep(Profile(Loop.circle(0.0, 0.0, thread.diameter / 2)), -length, 0.0),
            Sweep(Profile(hexagon(thread.flats)), 0.0, thread.head),
        ),
        description=f"hexagon bolt ISO 4017 {size}x{length:g}, thread not cut",
    )


def sideways_bolt(size: str, length: float, material: str) -> Product:
    """The bolt of ``bolt_product`` lying down: the underside of its head at y = 0, its head towards +y."""
    thread = THREADS[size]
    shank = Detail(Profile(Loop.circle(0.0, 0.0, thread.diameter / 2)), "y", -length, 0.0, adds=True)
    head = Detail(Profile(hexagon(thread.flats)), "y", 0.0, thread.head, adds=True)
    return Product(
        id=f"side-bolt-{size}x{length:g}",
        role="bolt",
        material=material,
        sweeps=(),
        description=f"hexagon bolt ISO 4017 {size}x{length:g}, thread not cut",
        details=(shank, head),
    )


def nut_product(size: str, material: str) -> Product:
    """A nut in its own frame, its top at z = 0."""
    thread = THREADS[size]
    bore = Loop.circle(0.0, 0.0, thread.diameter / 2)
    return Product(
        id=f"nut-{size}",
        role="bolt",
        material=material,
        sweeps=(Sweep(Profile(hexagon(thread.flats), (bore,)), -thread.nut, 0.0),),
        description=f"hexagon nut ISO 4032 {size}, thread not cut",
    )
