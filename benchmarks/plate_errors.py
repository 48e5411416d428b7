"""Errors that plates by finite elements tell of themselves, beside their true ones: small plates with turns and manifolds, each level against a fine mesh.

    python benchmarks/plate_errors.py [PLATE...]

PLATE is a word of a plate's name, all unless given. True errors are differences from MESHES["truth"], whose own error is in its row. Channels 10 x 3 mm, ribs of 5 mm,
coolant and heat of the reference serpentine.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from packtool.coldplate.flow3d.mesh_error import Estimated
from packtool.coldplate.flow3d.plate import LEVELS, ChannelPlate, Face, Fineness, Rectangle
from packtool.coldplate.flow3d.plate_solve import PlateSolution, solve_plate
from packtool.fem.start import start
from packtool.verification.conjugate import SERPENTINE_CONDITIONS

MESHES = {"coarse": LEVELS["coarse"], "medium": Fineness(3, 2, corners=3), "truth": Fineness(4, 3, corners=4)}
"""mesh.level normal is between the last two; plates of many channels then take minutes."""
HEIGHTS = (0.0, 1e-3, 4e-3, 5e-3)


def _plate(size: Rectangle, channels: tuple[Rectangle, ...], inlet: Face, outlet: Face) -> ChannelPlate:
    mm = 1e-3
    x0, y0, x1, y1 = size
    scaled = tuple((a * mm, b * mm, c * mm, d * mm) for a, b, c, d in channels)
    faces = [Face(f.axis, f.place * mm, f.low * mm, f.high * mm) for f in (inlet, outlet)]
    return ChannelPlate((x0 * mm, y0 * mm, x1 * mm, y1 * mm), scaled, HEIGHTS, *faces)


PLATES = {
    "hairpin": (
        _plate((0, 0, 40, 36), ((0, 4, 36, 14), (26, 4, 36, 32), (0, 22, 36, 32)), Face(0, 0, 4, 14), Face(0, 0, 22, 32)),
        0.4,
    ),
    "Z of 2 channels": (
        _plate(
            (0, 0, 55, 35),
            ((5, 0, 15, 30), (5, 5, 50, 15), (5, 20, 50, 30), (40, 5, 50, 75)),
            Face(1, 0, 5, 15),
            Face(1, 75, 40, 50),
        ),
        0.3,
    ),
    "U of 2 + 2 channels": (
        _plate(
            (0, 0, 55, 65),
            ((5, 0, 15, 30), (5, 5, 50, 15), (5, 20, 50, 30), (40, 5, 50, 60), (5, 35, 50, 45), (5, 50, 50, 60), (5, 35, 15, 105)),
            Face(1, 0, 5, 15),
            Face(1, 105, 5, 15),
        ),
        0.4,
    ),
}
"""With the flow [L/min]."""


def told(found: PlateSolution, T_in: float) -> tuple[Estimated, Estimated, Estimated]:
    """Pressure drop [Pa], mean and highest rise of the top [K]."""
    mean, highest = found.top_mean, found.top_max
    return found.pressure_drop, Estimated(mean.value - T_in, mean.error), Estimated(highest.value - T_in, highest.error)


def row(name: str, level: str, found: PlateSolution, truth: PlateSolution) -> str:
    """One line: each number, its estimated error, its true one."""
    T_in = SERPENTINE_CONDITIONS.T_in
    text = f"{name:<20}{level:>7}{found.reynolds:5.0f} |"
    for one, true, digits in zip(told(found, T_in), told(truth, T_in), (2, 3, 3), strict=True):
        text += f"{one.value:9.{digits}f}{one.error:7.{digits}f}{one.value - true.value:8.{digits}f} |"
    return text


def main(words: list[str]) -> None:
    """Print the table."""
    start()
    print(
        f"{'plate':<20}{'level':>7}{'Re':>5} |{'drop Pa':>9}{'+-':>7}{'off':>8} |{'mean K':>9}{'+-':>7}{'off':>8} |{'max K':>9}{'+-':>7}{'off':>8} |"
    )
    for name, (plate, flow) in PLATES.items():
        if words and not any(word in name for word in words):
            continue
        at = replace(SERPENTINE_CONDITIONS, flow=flow / 60e3)
        solved = {level: solve_plate(plate, at, fineness) for level, fineness in MESHES.items()}
        for level, found in solved.items():
            print(row(name, level, found, solved["truth"]), flush=True)
    print(f"{time.process_time():.0f} s of CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
