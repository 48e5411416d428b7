"""The tray's own metal in its four styles, and its lid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from packtool.design.schema.enclosure import Enclosure, Ribs
from packtool.layout.bands import QUARTER, beside
from packtool.layout.fasteners import THREADS
from packtool.layout.flange import Flange, flange_thickness, floor_radius
from packtool.layout.openings import Opening, Wall, axis_of, extent, opening_details, outward
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Part, Product, Sweep
from packtool.layout.tray_bends import flange_band, flange_bend, floor_band, folds

GROUP = ("enclosure",)
Span = tuple[float, float]
ROOT_OVER_WALL = 0.5
"""Fillet at the root of a cast rib over the wall's thickness (remembered: 0.5 to 1)."""
RIB_CLEAR_MM = 3.0
"""Wall left free between a rib and an opening or bracket (remembered)."""


def tray_parts(
    enclosure: Enclosure,
    flange: Flange,
    top: float,
    openings: Sequence[Opening],
    taken: Sequence[tuple[Wall, Span]],
    ribs_to: float,
    fold: Mapping[Wall, float],
) -> tuple[list[Product], list[Part]]:
    """The tray, standing on z = 0, its flange's upper side at ``top``. ``taken``: stretches of walls that brackets stand on;
    ``ribs_to``: up to where wall ribs reach; ``fold``: inner radius of the folded edge under each wall [mm]."""
    if enclosure.style == "extruded":
        return _framed(enclosure, flange, top, openings)
    wall, thick = enclosure.wall_mm, flange_thickness(enclosure)
    inner, outside, rim = flange.loop(0.0), flange.loop(wall), flange.loop(flange.edge)
    details = [detail for opening in openings for detail in opening_details(opening, flange.inside, [(0.0, wall)])]
    if enclosure.wall_ribs is not None:
        details += wall_ribs(
            enclosure.wall_ribs, flange, wall, openings, taken, wall + floor_radius(enclosure) if floor_radius(enclosure) else 0.0,
            ribs_to, enclosure.style == "die_cast",
        )  # fmt: skip
    radius, bend = floor_radius(enclosure), flange_bend(enclosure, flange, top - thick - ribs_to)
    details += folds(enclosure, flange, fold)
    elbow = bend if bend > 0 and flange.groove is None else 0.0  # where the flange's own sheet is part of its bend
    walls = Sweep(Profile(outside, (inner,)), wall + radius, top - thick - elbow)
    bottom = Sweep(Profile(beside(inner, radius)), 0.0, wall) if radius > 0 else Sweep(Profile(outside), 0.0, wall)
    bands = [floor_band(enclosure, flange)] if radius > 0 else []
    bands += [flange_band(enclosure, flange, top, bend)] if bend > 0 else []
    body = Product(
        id="tray",
        role="tray",
        material=enclosure.material,
        sweeps=(bottom, walls, *_flange_sweeps(enclosure, flange, rim, flange.loop(wall + bend) if elbow else inner, top)),
        description=f"tray, {enclosure.style.replace('_', '-')}, {wall:g} mm wall, {enclosure.flange_mm:g} mm flange",
        details=tuple(details),
        bands=tuple(bands),
    )
    return [body], [Part("tray", "tray", (0.0, 0.0, 0.0), group=GROUP)]


def _flange_sweeps(enclosure: Enclosure, flange: Flange, outer: Loop, inner: Loop, top: float) -> list[Sweep]:
    """The flange from its underside to ``top``, with bolt holes and, in its upper part, the groove of the seal."""
    holes = tuple(Loop.circle(x, y, flange.hole / 2) for x, y in flange.bolts)
    bottom = top - flange_thickness(enclosure)
    if flange.groove is None or enclosure.seal is None:
        return [Sweep(Profile(outer, (inner, *holes)), bottom, top)]
    floor = top - enclosure.seal.groove_depth_mm
    return [
        Sweep(Profile(outer, (inner, *holes)), bottom, floor),
        Sweep(Profile(flange.loop(flange.groove[0]), (inner,)), floor, top),
        Sweep(Profile(outer, (flange.loop(flange.groove[1]), *holes)), floor, top),
    ]


def _framed(enclosure: Enclosure, flange: Flange, top: float, openings: Sequence[Opening]) -> tuple[list[Product], list[Part]]:
    """A floor sheet and four hollow beams on it: those along x run through, those along y stand between them; and the flange sheet on
    them, which carries the groove, so that the seal's seat has no joints."""
    wall, thick, width = enclosure.wall_mm, flange_thickness(enclosure), flange.edge
    x0, y0, x1, y1 = flange.inside
    low, high = wall, top - thick
    floor = Product(
        "tray-floor", "tray", enclosure.material, (Sweep(Profile(flange.loop(width)), 0.0, wall),), f"floor sheet, {wall:g} mm"
    )
    sheet = Product(
        "tray-flange",
        "tray",
        enclosure.material,
        tuple(_flange_sweeps(enclosure, flange, flange.loop(width), flange.loop(0.0), top)),
        f"flange sheet, {thick:g} mm",
    )
    products, parts = [floor, sheet], []
    parts += [
        Part("tray floor", floor.id, (0.0, 0.0, 0.0), group=GROUP),
        Part("tray flange", sheet.id, (0.0, 0.0, 0.0), group=GROUP),
    ]
    skins = [(0.0, wall), (width - wall, width)]
    walls: tuple[tuple[Wall, Rectangle], ...] = (
        ("y-", (x0 - width, y0 - width, x1 + width, y0)),
        ("y+", (x0 - width, y1, x1 + width, y1 + width)),
        ("x-", (x0 - width, y0, x0, y1)),
        ("x+", (x1, y0, x1 + width, y1)),
    )
    for name, (bx0, by0, bx1, by1) in walls:
        along_x = axis_of(name) == "y"
        near, far = (by0, by1) if along_x else (bx0, bx1)

        def strip(a: float, b: float, ends: Rectangle = (bx0, by0, bx1, by1), along: bool = along_x) -> Profile:
            return Profile.rectangle(ends[0], a, ends[2], b) if along else Profile.rectangle(a, ends[1], b, ends[3])

        details = [d for o in openings if o.wall == name for d in opening_details(o, flange.inside, skins)]
        beam = Product(
            f"beam-{name}",
            "tray",
            enclosure.material,
            (
                Sweep(strip(near, far), low, low + wall),
                Sweep(strip(near, near + wall), low + wall, high - wall),
                Sweep(strip(far - wall, far), low + wall, high - wall),
                Sweep(_top_of_beam(strip(near, far), flange, (bx0, by0, bx1, by1)), high - wall, high),
            ),
            f"extruded beam {width:g} x {high - low:g} mm, {wall:g} mm wall, {max(bx1 - bx0, by1 - by0):g} mm long",
            details=tuple(details),
        )
        products.append(beam)
        parts.append(Part(f"beam {name}", beam.id, (0.0, 0.0, 0.0), group=GROUP))
    return products, parts


def _top_of_beam(profile: Profile, flange: Flange, ends: Rectangle) -> Profile:
    """The beam's upper wall with the bolt holes that go through it."""
    x0, y0, x1, y1 = ends
    holes = tuple(Loop.circle(x, y, flange.hole / 2) for x, y in flange.bolts if x0 < x < x1 and y0 < y < y1)
    return Profile(profile.outer, holes)


def rib_count(ribs: Ribs, length: float) -> int:
    """How many ribs stand along ``length`` [mm], evenly and no further apart than their pitch."""
    return max(1, math.ceil(length / ribs.pitch_mm - 1e-9))


def wall_ribs(
    ribs: Ribs,
    flange: Flange,
    wall: float,
    openings: Sequence[Opening],
    taken: Sequence[tuple[Wall, Span]],
    foot: float,
    to: float,
    cast: bool,
) -> list[Detail]:
    """Upright ribs outside on every wall from z ``foot`` up ``to`` [mm], evenly along it, none in front of an opening or a bracket."""
    details = []
    names: tuple[Wall, ...] = ("x-", "x+", "y-", "y+")
    for name in names:
        low, high = extent(name, flange.inside)
        low, high = low + flange.radius, high - flange.radius
        count = rib_count(ribs, high - low)
        blocked = [o.span for o in openings if o.wall == name]
        blocked += [span for other, span in taken if other == name]
        for k in range(count):
            middle = low + (high - low) * (k + 0.5) / count
            near = ribs.width_mm / 2 + RIB_CLEAR_MM
            if any(a - near < middle < b + near for a, b in blocked):
                continue
            x0, y0, x1, y1 = flange.inside
            a, b = middle - ribs.width_mm / 2, middle + ribs.width_mm / 2
            box = {
                "x-": (x0 - wall - ribs.height_mm, a, x0 - wall, b),
                "x+": (x1 + wall, a, x1 + wall + ribs.height_mm, b),
                "y-": (a, y0 - wall - ribs.height_mm, b, y0 - wall),
                "y+": (a, y1 + wall, b, y1 + wall + ribs.height_mm),
            }[name]
            root = min(ROOT_OVER_WALL * wall, ribs.height_mm / 2, RIB_CLEAR_MM) if cast else 0.0
            details.append(Detail(_rib(name, box, root), "z", foot, to, adds=True))
    return details


def _rib(wall: Wall, box: Rectangle, root: float) -> Profile:
    """The plan of a rib outside on a wall, with a fillet of radius ``root`` on both sides where it stands on it."""
    if root <= 0:
        return Profile.rectangle(*box)
    along_x, out = axis_of(wall) == "y", outward(wall)
    (a, b), across = ((box[0], box[2]), (box[1], box[3])) if along_x else ((box[1], box[3]), (box[0], box[2]))
    face, end = across if out > 0 else across[::-1]
    turn = out * QUARTER if along_x else -out * QUARTER
    outline = (
        (a - root, face, turn),
        (a, face + out * root, 0.0),
        (a, end, 0.0),
        (b, end, 0.0),
        (b, face + out * root, turn),
        (b + root, face, 0.0),
    )
    return Profile(Loop(tuple((u, v, bulge) if along_x else (v, u, bulge) for u, v, bulge in outline)))


def lid_parts(enclosure: Enclosure, flange: Flange, top: float) -> tuple[list[Product], list[Part]]:
    """The lid on the flange, its underside at ``top``, with clearance holes for the bolts and its ribs."""
    hole = THREADS[enclosure.bolt].hole if enclosure.bolt else 0.0
    holes = tuple(Loop.circle(x, y, hole / 2) for x, y in flange.bolts)
    details = []
    if enclosure.lid_ribs is not None:
        ribs = enclosure.lid_ribs
        x0, y0, x1, y1 = flange.inside
        count = rib_count(ribs, x1 - x0)
        for k in range(count):
            middle = x0 + (x1 - x0) * (k + 0.5) / count
            strip = Profile.rectangle(middle - ribs.width_mm / 2, y0, middle + ribs.width_mm / 2, y1)
            details.append(Detail(strip, "z", enclosure.lid_mm, enclosure.lid_mm + ribs.height_mm, adds=True))
    lid = Product(
        id="lid",
        role="lid",
        material=enclosure.lid_material or enclosure.material,
        sweeps=(Sweep(Profile(flange.loop(flange.edge), holes), 0.0, enclosure.lid_mm),),
        description=f"lid, {enclosure.lid_mm:g} mm",
        details=tuple(details),
    )
    return [lid], [Part("lid", "lid", (0.0, 0.0, top), group=GROUP)]
