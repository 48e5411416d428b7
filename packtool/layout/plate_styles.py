"""How a flat cold plate is made: the metal of each style around the same channels.

Every product lies with the cells' side up, its underside at z = 0. ``brazed``: one solid, closed. ``stamped``: a formed sheet, its channels
standing out below, under a flat one; the mesh has upright walls, the channel's width being the mean one, the CAD those that a tool leaves
(``formed``), where they have room. ``extruded``: a multi-port profile between two end caps that hold the headers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from packtool.design.schema import ColdPlate
from packtool.layout.formed import DRAFT_DEG, Formed, formed
from packtool.layout.outline import lies_in, union
from packtool.layout.plate import PlatePlan, grown_voids, header_width, skin_mm
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Product, Sweep

Metal = Sequence[tuple[str, Product]]
"""Products of a plate's metal, and what each part's name ends in (empty: it is the plate)."""


def metal_of(plate: ColdPlate, plan: PlatePlan) -> Metal:
    """The metal of a flat plate in its style."""
    return STYLES[plate.made_as](plate, plan)


def _brazed(plate: ColdPlate, plan: PlatePlan) -> Metal:
    """One solid: the channel layer is the plate's outline less the channels', and one island for every hole of that."""
    low, high = skin_mm(plate), skin_mm(plate) + plate.channel_height_mm
    outline = Loop.rectangle(*plan.outline)
    voids = plan.channels.voids
    sweeps = (
        Sweep(Profile(outline), 0.0, low),
        Sweep(Profile(outline, tuple(void.outer for void in voids)), low, high),
        *_islands(voids, low, high),
        Sweep(Profile(outline), high, plate.thickness_mm),
    )
    description = (
        f"cold plate, {plate.thickness_mm:g} mm, skins {low:g} mm, channels {plate.channel_width_mm:g} x {plate.channel_height_mm:g} mm"
        f" with {plate.turns} turns"
    )
    return [("", Product("cold-plate", "cold_plate", plate.material, sweeps, description))]


def _stamped(plate: ColdPlate, plan: PlatePlan) -> Metal:
    """From below: the channels' crowns, their walls, the lands between them against the flat sheet, the flat sheet."""
    t, h = skin_mm(plate), plate.channel_height_mm
    outline = Loop.rectangle(*plan.outline)
    voids, grown = plan.channels.voids, grown_voids(plate, plan, t)
    walls: list[Sweep] = []
    for void, around in zip(voids, grown, strict=True):
        walls.append(Sweep(Profile(around.outer, (void.outer,)), t, h))
        for island in void.holes:
            land = next(hole for hole in around.holes if lies_in(hole.bounds(), island.bounds()))
            walls.append(Sweep(Profile(_reversed(island), (_reversed(land),)), t, h))
    upright = (
        *(Sweep(around, 0.0, t) for around in grown),
        *walls,
        Sweep(Profile(outline, tuple(void.outer for void in voids)), h, h + t),
        *_islands(voids, h, h + t),
    )
    shaped = formed_channels(plate, plan)
    size = f"channels {plate.channel_width_mm:g} x {h:g} mm in the mean"
    if shaped is None:
        size += ", drawn upright: no room for draft and bends"
        sheet = Product("cold-plate-formed", "cold_plate", plate.material, upright)
    else:
        size += f", draft {DRAFT_DEG:g} degrees, bends of {shaped.bend:g} mm inside"
        sheet = Product("cold-plate-formed", "cold_plate", plate.material, upright, bands=shaped.sheet_bands, drawn=shaped.sheet)
    return [
        ("formed sheet", replace(sheet, description=f"formed sheet of the cold plate, {t:g} mm, {size}")),
        (
            "cover sheet",
            Product(
                "cold-plate-cover",
                "cold_plate",
                plate.material,
                (Sweep(Profile(outline), h + t, plate.thickness_mm),),
                f"flat sheet of the cold plate, {t:g} mm",
            ),
        ),
    ]


def formed_channels(plate: ColdPlate, plan: PlatePlan) -> Formed | None:
    """The walls of a stamped plate's channels as they are formed; None for other plates, and where bends have no room."""
    if plate.made_as != "stamped":
        return None
    narrowest = min(plate.channel_width_mm, header_width(plate)) if plate.type == "parallel" else plate.channel_width_mm
    outline, sheet = Loop.rectangle(*plan.outline), skin_mm(plate)
    return formed(outline, plan.channels.voids, sheet, plate.channel_height_mm, narrowest, plate.margin_mm)


def _extruded(plate: ColdPlate, plan: PlatePlan) -> Metal:
    """A profile with open ports from cap to cap, and a cap with its headers at either end."""
    low, high = skin_mm(plate), skin_mm(plate) + plate.channel_height_mm
    x0, y0, x1, y1 = plan.outline
    headers = plan.channels.headers
    start, end = min(h[2] for h in headers), max(h[0] for h in headers)
    edges = [y0, *(y for port in plan.channels.ports for y in port), y1]
    ribs = [Profile.rectangle(start, a, end, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    body = Profile.rectangle(start, y0, end, y1)
    profile = (Sweep(body, 0.0, low), *(Sweep(rib, low, high) for rib in ribs), Sweep(body, high, plate.thickness_mm))
    size = f"{len(ribs) - 1} ports of {plate.channel_width_mm:g} x {plate.channel_height_mm:g} mm"
    made = [("", Product("cold-plate", "cold_plate", plate.material, profile, f"extruded profile of the cold plate, {size}"))]
    for side, cap in (("-x", (x0, y0, start, y1)), ("+x", (end, y0, x1, y1))):
        own = [h for h in headers if cap[0] <= h[0] and h[2] <= cap[2]]
        outer = (cap[0], y0, min(h[0] for h in own), y1) if side == "-x" else (max(h[2] for h in own), y0, cap[2], y1)
        gaps = [y0, *(y for h in sorted(own, key=lambda h: h[1]) for y in (h[1], h[3])), y1]
        across = [(cap[0], a, cap[2], b) for a, b in zip(gaps[::2], gaps[1::2], strict=True)]
        whole = Profile.rectangle(*cap)
        sweeps = (
            Sweep(whole, 0.0, low),
            *(Sweep(piece, low, high) for piece in union([outer, *across])),
            Sweep(whole, high, plate.thickness_mm),
        )
        id_ = f"cold-plate-cap{'-end' if side == '+x' else ''}"
        made.append(
            (f"cap {side}", Product(id_, "cold_plate", plate.material, sweeps, "end cap of the cold plate with its header"))
        )
    return made


def _islands(voids: Sequence[Profile], low: float, high: float) -> list[Sweep]:
    return [Sweep(Profile(_reversed(hole)), low, high) for void in voids for hole in void.holes]


def _reversed(loop: Loop) -> Loop:
    """The same straight outline, run the other way round."""
    return Loop(loop.vertices[::-1])


STYLES: Mapping[str, Callable[[ColdPlate, PlatePlan], Metal]] = {"brazed": _brazed, "stamped": _stamped, "extruded": _extruded}
"""By what a plate is made as: ``cold_plate.style``, brazed where none is given."""
