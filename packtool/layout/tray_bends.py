"""Where a tray's sheet bends, or a casting is rounded: between floor and walls, and between walls and flange."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import get_args

from packtool.design.schema.enclosure import Enclosure
from packtool.layout.bands import QUARTER, Band
from packtool.layout.corners import HIGH, LOW, corner
from packtool.layout.fasteners import THREADS
from packtool.layout.flange import Flange, flange_thickness, floor_radius, has_nuts
from packtool.layout.openings import Opening, Wall, axis_of, extent, faces, outward
from packtool.layout.profiles import Loop
from packtool.layout.records import Detail

BEND_OVER_WALL = 1.0
"""Inner radius of a folded edge, and of a flange's, over the wall's thickness (remembered: the usual least bend of aluminium sheet)."""
WALLS: tuple[Wall, ...] = get_args(Wall)
BESIDE_NUT_MM = 0.5
"""Between a flange's bend and the nut beside it (remembered)."""


def flange_bend(enclosure: Enclosure, flange: Flange, below: float) -> float:
    """Radius under the flange of a drawn or cast tray [mm]: as large as what stands ``below`` the flange (brackets, ribs) and the nuts leave
    room for."""
    if flange.bolt_line is None or enclosure.bolt is None or floor_radius(enclosure) <= 0:
        return 0.0
    thread = THREADS[enclosure.bolt]
    beside = thread.corners if has_nuts(enclosure) else flange.hole / 2
    room = flange.bolt_line - enclosure.wall_mm - beside - BESIDE_NUT_MM
    return max(0.0, min(BEND_OVER_WALL * enclosure.wall_mm, below, room))


def floor_band(enclosure: Enclosure, flange: Flange) -> Band:
    """The elbow between floor and walls, as thick as both."""
    radius, wall = floor_radius(enclosure), enclosure.wall_mm
    section = ((radius, 0.0, 0.0), (radius, wall, -QUARTER), (0.0, wall + radius, 0.0), (-wall, wall + radius, QUARTER))
    return Band(flange.loop(0.0), Loop(section))


def flange_band(enclosure: Enclosure, flange: Flange, top: float, radius: float) -> Band:
    """The elbow between walls and flange, whose upper side is at ``top``; under a groove only what rounds its inside."""
    wall, thick = enclosure.wall_mm, flange_thickness(enclosure)
    out, low, under = wall + radius, top - thick - radius, top - thick
    hollow = ((-out, under, -QUARTER), (-wall, low, 0.0))
    if flange.groove is not None:
        return Band(flange.loop(0.0), Loop(((-wall, under, 0.0), *hollow)))
    if thick == wall and enclosure.style == "stamped":  # one sheet, bent
        return Band(flange.loop(0.0), Loop(((0.0, low, QUARTER), (-out, top, 0.0), *hollow)))
    return Band(flange.loop(0.0), Loop(((0.0, low, 0.0), (0.0, top, 0.0), (-out, top, 0.0), *hollow)))


Standing = tuple[float, float, float, float, float]
"""What something takes in the plan (x0, y0, x1, y1) and its underside (z) [mm]."""


def fold_radii(
    enclosure: Enclosure, flange: Flange, inside: Sequence[Standing], openings: Sequence[Opening]
) -> Mapping[Wall, float]:
    """Inner radius of the fold under each wall of a folded tray [mm]; 0 where something stands in its way, or an opening comes so low."""
    if enclosure.style != "folded" or enclosure.floor_radius_mm is not None:
        return {}
    radius, floor = BEND_OVER_WALL * enclosure.wall_mm, enclosure.wall_mm
    radii: dict[Wall, float] = {}
    for wall in WALLS:
        face, out = faces(wall, flange.inside), outward(wall)
        side = 0 if axis_of(wall) == "x" else 1
        near = min(
            (out * (face - box[side + (2 if out > 0 else 0)]) for box in inside if box[4] < floor + radius), default=math.inf
        )
        low = min((opening.z - opening.half_z for opening in openings if opening.wall == wall), default=math.inf)
        radii[wall] = radius if near >= radius and low >= floor + radius else 0.0
    return radii


def folds(enclosure: Enclosure, flange: Flange, radii: Mapping[Wall, float]) -> list[Detail]:
    """What folding leaves of the sharp edges between floor and walls; near the welded corners they stay sharp, where the sheet is notched."""
    wall = enclosure.wall_mm
    made = []
    for name, radius in radii.items():
        relief = max(flange.radius, wall + radius)
        low, high = extent(name, flange.inside)
        low, high = low + relief, high - relief
        if high <= low or radius <= 0:
            continue
        face, out = faces(name, flange.inside), HIGH if outward(name) > 0 else LOW
        for at, z, r, adds in ((face, wall, radius, True), (face + out * wall, 0.0, radius + wall, False)):
            if axis_of(name) == "x":  # the profile of a detail along y is drawn in (z, x)
                made.append(Detail(corner(z, at, LOW, out, r), "y", low, high, adds))
            else:
                made.append(Detail(corner(at, z, out, LOW, r), "x", low, high, adds))
    return made
