"""The body of a flat cell as a product: a box for the mesh; for the CAD rounded edges, and the vent of a can.

Figures here are **remembered**: drawn aluminium cans have edge radii of 1-4 mm and an oval burst vent between the terminals; pouches bulge
softly to their seams.
"""

from __future__ import annotations

from packtool.catalogue.records import Cell
from packtool.layout.corners import HIGH, LOW, corner
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Axis, Detail, Product, Sweep
from packtool.layout.stance import Stance

LARGEST_EDGE_RADIUS_MM = 3.0
"""Edge radius between the faces of a prismatic can; CAD only, the mesh leaves it out."""
POUCH_RADIUS_OVER_THICKNESS = 0.3
VENT_OVER_WIDTH = 0.2
"""Length of the vent over the can's width, no longer than LARGEST_VENT_MM, ..."""
LARGEST_VENT_MM = 40.0
VENT_OVER_THICKNESS = 0.3
"""... its width over the can's thickness, ..."""
VENT_DEPTH_MM = 0.5
"""... and how deep its foil lies."""


def cell_product(cell: Cell, stance: Stance) -> Product:
    """The cell as it stands: on z = 0, about x = y = 0; terminals across the row look to +y where they do not look up."""
    box = Sweep(Profile.rectangle(-stance.x / 2, -stance.y / 2, stance.x / 2, stance.y / 2), 0.0, stance.z)
    sides = {stance.x_of: stance.x, stance.y_of: stance.y, stance.z_of: stance.z}
    thickness = sides["t"]
    if cell.format == "pouch":
        # a cell may be thicker than it is high, and its roundings must still leave a body
        radius, edges = POUCH_RADIUS_OVER_THICKNESS * min(thickness, sides["h"]), _axis_of(stance, "w")
        vent: tuple[Detail, ...] = ()
    else:
        radius, edges = min(LARGEST_EDGE_RADIUS_MM, thickness / 10, sides["w"] / 10), _axis_of(stance, "h")
        vent = _vent(stance, thickness)
    upright = edges == "z"
    return Product(
        id=f"cell-{cell.id}",
        role="cell",
        material=cell.id,
        sweeps=(box,),
        description=cell.name,
        edge_radius_mm=radius if upright else 0.0,
        details=(*(() if upright else _rounded(stance, edges, radius)), *vent),
        through=stance.through,
    )


def _axis_of(stance: Stance, dimension: str) -> Axis:
    """Along which axis one of the cell's own dimensions lies."""
    found: dict[str, Axis] = {stance.x_of: "x", stance.y_of: "y", stance.z_of: "z"}
    return found[dimension]


def _rounded(stance: Stance, axis: Axis, radius: float) -> tuple[Detail, ...]:
    """What is cut off the four edges that run along ``axis`` (x or y)."""
    if axis == "y":  # profile in (z, x)
        low, high, u0, u1, v = -stance.y / 2, stance.y / 2, 0.0, stance.z, stance.x / 2
    else:  # profile in (y, z), shifted so that v is about 0
        return tuple(
            Detail(corner(u, v, su, sv, radius), axis, -stance.x / 2, stance.x / 2)
            for u, su in ((-stance.y / 2, LOW), (stance.y / 2, HIGH))
            for v, sv in ((0.0, LOW), (stance.z, HIGH))
        )
    return tuple(
        Detail(corner(u, side, su, sv, radius), axis, low, high)
        for u, su in ((u0, LOW), (u1, HIGH))
        for side, sv in ((-v, LOW), (v, HIGH))
    )


def _vent(stance: Stance, thickness: float) -> tuple[Detail, ...]:
    """An oval recess in the middle of the can's cover; none on a blade's narrow ends."""
    if "w" not in (stance.x_of, stance.y_of if stance.on_top else stance.z_of):
        return ()
    width = {stance.x_of: stance.x, stance.y_of: stance.y, stance.z_of: stance.z}["w"]
    long, short = min(LARGEST_VENT_MM, VENT_OVER_WIDTH * width), VENT_OVER_THICKNESS * thickness
    if short >= long:
        return ()
    r = short / 2
    straight = (long - short) / 2

    def oval(cu: float, cv: float, along_u: bool) -> Loop:
        if along_u:
            return Loop(
                (
                    (cu - straight, cv - r, 0.0),
                    (cu + straight, cv - r, 1.0),
                    (cu + straight, cv + r, 0.0),
                    (cu - straight, cv + r, 1.0),
                )
            )
        return Loop(
            ((cu + r, cv - straight, 0.0), (cu + r, cv + straight, 1.0), (cu - r, cv + straight, 0.0), (cu - r, cv - straight, 1.0))
        )

    if stance.on_top:
        return (Detail(Profile(oval(0.0, 0.0, along_u=stance.x_of == "w")), "z", stance.z - VENT_DEPTH_MM, stance.z),)
    # the cover looks to +y; the profile is in (z, x)
    return (Detail(Profile(oval(stance.z / 2, 0.0, along_u=stance.z_of == "w")), "y", stance.y / 2 - VENT_DEPTH_MM, stance.y / 2),)
