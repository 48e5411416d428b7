"""What a busbar gives to the ambient: its upper face, as far as it lies beside the cells that it joins, through air and lid.

Over those cells it gives none: what it would take from their tops, it would take itself, and these count whole (``pack.ambient_exchange``).
Left out are the other faces, plates of round cells, and bars that do not stand above all that is meshed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.catalogue.load import coolants
from packtool.design.loaded import LoadedDesign
from packtool.layout.bar_seats import SeatedBar, in_frame
from packtool.layout.outline import Rectangle
from packtool.layout.records import Layout
from packtool.mesh.busbars import BarMesh
from packtool.mesh.records import Floats
from packtool.thermal.air_gap import emissivity_of
from packtool.thermal.enclosure_film import lid_film, uppermost
from packtool.thermal.surfaces import at_ambient

SAME_MM = 1e-6


@dataclass(frozen=True)
class BarFilm:
    """``over_k`` [1/m]: conductance to the ambient over the bar's conductivity; ``cells``: what those that it joins take in its plan [mm]."""

    over_k: float
    cells: tuple[Rectangle, ...]

    def on(self, mesh: BarMesh) -> Floats:
        """(n_points,) [m]: area times ``over_k`` by point of ``mesh``, the area beside the cells, a quarter of each facet's by corner."""
        corner = 1e3 * mesh.points[mesh.top][..., :2]
        low, high = corner.min(axis=1), corner.max(axis=1)
        area = (high - low).prod(axis=1)
        for x0, y0, x1, y1 in self.cells:
            area = area - np.clip(np.minimum(high, (x1, y1)) - np.maximum(low, (x0, y0)), 0.0, None).prod(axis=1)
        beside = self.over_k * 1e-6 * np.clip(area, 0.0, None) / 4
        return np.bincount(mesh.top.ravel(), np.repeat(beside, 4), len(mesh.points))


def bar_films(loaded: LoadedDesign, layout: Layout, bars: Sequence[SeatedBar]) -> list[BarFilm | None]:
    """The film of each of ``bars``, None where there is none, for a surface about as warm as the ambient: a warmer one gives off a little more."""
    air, material = coolants()["air_1atm"], loaded.materials[loaded.design.busbars.material]
    parts = {part.name: part for part in layout.parts}
    floor, k = uppermost(layout)[0], material.k_W_mK.value
    (cover,) = layout.parts_of("lid")
    films: dict[float, float] = {}
    found: list[BarFilm | None] = []
    for bar in bars:
        part, bounds = parts[bar.joint.part], bar.product.bounds()
        top = round(part.origin[2] + bounds[5], 6)
        beside = tuple(
            sorted({(x0, y0, x1, y1) for name in bar.cells for x0, y0, _, x1, y1, _ in (in_frame(layout, part, parts[name]),)})
        )
        above = floor + SAME_MM < top < layout.part_bounds(cover)[2] - SAME_MM
        if layout.cell.format == "cylindrical" or not above:
            found.append(None)
            continue
        if top not in films:
            films[top] = at_ambient(lid_film(loaded, layout, top, emissivity_of(material), air))
        found.append(BarFilm(films[top] / k, beside) if films[top] else None)
    return found
