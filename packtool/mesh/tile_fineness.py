"""How fine tiles of round cells are."""

from __future__ import annotations

import math
from dataclasses import dataclass

THIN = 0.15
"""Rings and strips up to this share of the cell's radius are one element across."""


@dataclass(frozen=True, slots=True)
class Fineness:
    """12 ``around`` edges a circle; ``rings`` layers from the core to the rim, ``layers`` from there to the tile's border; in thin rings and
    strips as many as ``thin`` [mm] asks for, one where they are thinner."""

    around: int
    rings: int
    layers: int
    thin: float = math.inf

    def halved(self, times: int) -> Fineness:
        """Half of every count, ``times`` over; none is less than 1."""
        around, rings, layers = (max(1, count >> times) for count in (self.around, self.rings, self.layers))
        return Fineness(around, rings, layers, self.thin * 2**times)

    def across(self, width: float, radius: float) -> int | None:
        """Elements across a thin ring or strip between cells of a radius [mm]; None: it is not thin."""
        if width > THIN * radius:
            return None
        return 1 if width <= self.thin * (1 + 1e-9) else 2 * math.ceil(width / self.thin / 2 - 1e-9)
