"""The channels of a stamped sheet as the tool leaves them: drafted walls between a bend to the crown and one to the land; in the CAD only.

The void keeps its width half way up, so that its mean section is the one that flow and heat are solved for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from packtool.layout.bands import Band, beside, smoothed
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Sweep

DRAFT_DEG = 20.0
"""Of a formed wall from the upright (remembered: 15 to 30 degrees for shallow channels pressed in one stroke)."""
BENDS_OVER_SHEET = (1.0, 0.75, 0.5)
"""Inner radius of the bends over the sheet's thickness, the first that has room (remembered: one thickness is the usual least bend of soft
aluminium sheet, less is coined)."""
CORNERS_OVER_BEND = (1.0, 0.5, 0.1)
"""What the corners in the plan have beyond the least that the bends can run around, over the bend's radius, the first that has room."""


@dataclass(frozen=True, slots=True)
class Formed:
    """A formed sheet and the void in it, as sweeps and bands, the sheet's underside at z = 0; ``bend``: inner radius of its bends [mm]."""

    sheet: tuple[Sweep, ...]
    sheet_bands: tuple[Band, ...]
    void: tuple[Sweep, ...]
    void_bands: tuple[Band, ...]
    bend: float


@dataclass(frozen=True, slots=True)
class _Wall:
    """The section of a wall: distance from the void's mean outline to where the crown (> 0) and the land (< 0) are flat [mm]; the sheet's
    and the void's outlines."""

    crown: float
    land: float
    sheet: Loop
    void: Loop


def formed(outline: Loop, voids: Sequence[Profile], sheet: float, depth: float, narrowest: float, margin: float) -> Formed | None:
    """Channels of ``depth`` in a ``sheet`` [mm]; None where bends do not fit. ``voids``: their mean outlines, straight ones, in the plan of the
    sheet's ``outline``, from which they keep ``margin``; ``narrowest``: of channels and headers."""
    for bend in (share * sheet for share in BENDS_OVER_SHEET):
        wall = _wall(sheet, depth, bend)
        for spare in (share * bend for share in CORNERS_OVER_BEND):
            if wall is None or narrowest < 2 * (wall.crown + spare) or margin < spare - wall.land:
                continue
            try:
                return _around(outline, voids, sheet, depth, wall, spare, bend)
            except ValueError:  # too little room between two channels
                continue
    return None


def _around(outline: Loop, voids: Sequence[Profile], sheet: float, depth: float, wall: _Wall, spare: float, bend: float) -> Formed:
    crowns: list[Profile] = []
    lands: list[Profile] = []
    mouths: list[Loop] = []
    loops: list[Loop] = []
    for void in voids:
        around, *islands = (smoothed(loop, wall.crown + spare, spare - wall.land) for loop in _with_void_left(void))
        crowns.append(Profile(beside(around, wall.crown), tuple(beside(island, wall.crown) for island in islands)))
        mouths.append(beside(around, wall.land))
        lands += [Profile(beside(island, wall.land)) for island in islands]
        loops += [around, *islands]
    return Formed(
        sheet=(
            *(Sweep(crown, 0.0, sheet) for crown in crowns),
            *(Sweep(land, depth, depth + sheet) for land in (Profile(outline, tuple(mouths)), *lands)),
        ),
        sheet_bands=tuple(Band(loop, wall.sheet) for loop in loops),
        void=tuple(Sweep(crown, sheet, depth + sheet) for crown in crowns),
        void_bands=tuple(Band(loop, wall.void) for loop in loops),
        bend=bend,
    )


def _with_void_left(void: Profile) -> list[Loop]:
    """Its outlines, the outer one first, run so that the void is on their left."""
    return [
        loop if (loop.signed_area() > 0) == outer else Loop(loop.vertices[::-1])
        for loop, outer in ((void.outer, True), *((hole, False) for hole in void.holes))
    ]


def _wall(sheet: float, depth: float, bend: float) -> _Wall | None:
    """The section with bends of ``bend`` inside; None where the sheet is not deep enough for both.

    The void's side of the wall leans by the draft through (0, half depth above the crown); at the crown the void is inside the bend, at the
    land outside of it.
    """
    draft = math.radians(DRAFT_DEG)
    sin, cos = math.sin(draft), math.cos(draft)
    outer, half = bend + sheet, depth / 2
    crown = (bend - sin * (bend - half)) / cos  # where the bend's centre is: its distance from the leaning line is its radius
    land = -(outer + sin * (half - outer)) / cos
    low, high = (crown, sheet + bend), (land, depth - bend)

    def on(centre: tuple[float, float], radius: float) -> tuple[float, float]:
        return centre[0] + radius * cos, centre[1] + radius * sin

    if on(high, outer)[1] < on(low, -bend)[1]:
        return None
    bulge = math.tan((math.pi / 2 - draft) / 4)
    inside = ((crown, sheet, -bulge), (*on(low, -bend), 0.0), (*on(high, outer), bulge), (land, depth + sheet, 0.0))
    outside = ((land, depth, -bulge), (*on(high, bend), 0.0), (*on(low, -outer), bulge), (crown, 0.0, 0.0))
    return _Wall(crown, land, Loop((*inside, *outside)), Loop((*inside, (crown, depth + sheet, 0.0))))
