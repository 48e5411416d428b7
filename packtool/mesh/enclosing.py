"""The inside of the enclosure as parts of any shape see it: how far its faces are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.layout.records import Layout
from packtool.mesh.records import Floats


@dataclass(frozen=True)
class Enclosing:
    """Planes of the inside [mm], ``low`` and ``high`` (3,): walls, floor and lid; infinitely far where the layout has none."""

    low: Floats
    high: Floats

    @classmethod
    def of(cls, layout: Layout) -> Enclosing:
        """By the layout's tray and lid."""
        low, high = np.full(3, -np.inf), np.full(3, np.inf)
        if layout.inside is not None:
            low[:2], high[:2] = layout.inside[:2], layout.inside[2:]
        floors = [
            part.origin[2]
            + min((sweep.z1 for sweep in layout.product(part.product).sweeps if not sweep.profile.holes), default=np.inf)
            for part in layout.parts_of("tray")
        ]
        if floors and np.isfinite(min(floors)):
            low[2] = min(floors)
        for cover in layout.parts_of("lid"):
            high[2] = layout.part_bounds(cover)[2]
        return cls(low, high)

    def touched(self, middle: Floats, normal: Floats, within: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Facets, by ``middle`` (n, 3) [mm] and unit ``normal`` (n, 3), that lie on the tray's walls or floor; and on the lid."""
        lower = (np.abs(middle - self.low) <= within) & (normal < -0.999999)
        upper = (np.abs(middle - self.high) <= within) & (normal > 0.999999)
        return lower.any(axis=1) | upper[:, :2].any(axis=1), upper[:, 2]

    def distance(self, middle: Floats, normal: Floats) -> Floats:
        """How far (n,) [mm] the enclosure is from facets along the axis that their ``normal`` (n, 3) is closest to; at least 0."""
        axis = np.abs(normal).argmax(axis=1)
        row = np.arange(len(middle))
        away = np.where(normal[row, axis] > 0, self.high[axis] - middle[row, axis], middle[row, axis] - self.low[axis])
        return np.maximum(away, 0.0)
