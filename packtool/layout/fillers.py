"""Gap filler along the rows: between two rows, and between the outer rows and the tray's walls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Rows
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.flange import corner_radius, floor_radius
from packtool.layout.modules import Place
from packtool.layout.openings import Wall
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Profile
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.row_sides import LEAST_FILLER_MM, Span, strap_spans
from packtool.layout.rows import Rotation, Row, RowPlan
from packtool.layout.shelf import Made, Shelf


def fillers_between(plan: RowPlan, arrangement: Rows, floor: float) -> Made:
    """Filler between every two rows of a module, as long as their cells stand beside each other; thinner where straps are."""
    filler, shelf = arrangement.row_filler, Shelf()
    if filler is None or "rows" not in filler.at:
        return shelf.made
    for one, other in pairwise(plan.rows):
        x0, x1 = max(one.start, other.start), min(one.end, other.end)
        low, high = one.y + one.stance.y / 2 + plan.sides.block, other.y - other.stance.y / 2 - plan.sides.block
        made = _filler(plan, arrangement, x1 - x0, high - low, (True, True))
        at = ((x0 + x1) / 2, (low + high) / 2, floor)
        shelf.parts.append(Part(f"filler R{one.number}-R{other.number}", shelf.product(made).id, at, group=("fillers",)))
    return shelf.made


def _filler(plan: RowPlan, arrangement: Rows, length: float, width: float, straps_at: tuple[bool, bool]) -> Product:
    """A filler ``width`` mm thick about x = y = 0, from z = 0; ``straps_at``: whether straps lie in its -y and +y side."""
    filler = arrangement.row_filler
    assert filler is not None
    height = filler.height_mm if filler.height_mm is not None else plan.height_mm
    sweeps = tuple(
        Sweep(
            Profile.rectangle(
                -round(length, 9) / 2,
                -round(width, 9) / 2 + (plan.sides.out if at_strap and straps_at[0] else 0.0),
                round(length, 9) / 2,
                round(width, 9) / 2 - (plan.sides.out if at_strap and straps_at[1] else 0.0),
            ),
            a,
            b,
        )
        for a, b, at_strap in _bands(strap_spans(arrangement.straps, plan.height_mm), height)
    )
    return Product("row-filler", "filler", filler.material, sweeps, f"gap filler along a row, {width:.6g} mm")


def _bands(spans: Sequence[Span], height: float) -> list[tuple[float, float, bool]]:
    """The heights from 0 to ``height`` cut at the straps: from, to, whether there is a strap."""
    cuts = sorted({0.0, height, *(min(max(z, 0.0), height) for span in spans for z in span)})
    return [(a, b, any(low <= (a + b) / 2 <= high for low, high in spans)) for a, b in pairwise(cuts) if b - a > 1e-9]


@dataclass(frozen=True, slots=True)
class WallFiller:
    """Where filler goes from an outer row to the tray's wall [mm]: the module's ``tag``, the number of its ``row``, the ``wall``,
    its rectangle in the pack's ``plan``, and its z from ``low`` to ``high``."""

    tag: str
    row: int
    wall: Wall
    plan: Rectangle
    low: float
    high: float


def wall_fillers(
    plan: RowPlan, arrangement: Rows, places: Sequence[Place], inside: Rectangle, floor: float
) -> tuple[WallFiller, ...]:
    """Filler between the rows' outer sides and the tray's walls, where no other module stands between; ``inside`` of the walls."""
    filler = arrangement.row_filler
    if filler is None or "walls" not in filler.at:
        return ()
    height = filler.height_mm if filler.height_mm is not None else plan.height_mm
    found = []
    rows = [
        place.rectangle((row.start, row.y - _half(plan, row), row.end, row.y + _half(plan, row)))
        for place in places
        for row in plan.rows
    ]
    for place in places:
        if place.rotation in (90, 270):
            continue
        for row, side in ((plan.rows[0], -1), (plan.rows[-1], 1)):
            x0, y0, x1, y1 = place.rectangle((row.start, row.y - _half(plan, row), row.end, row.y + _half(plan, row)))
            up = side * (1 if place.rotation == 0 else -1) > 0
            if any(a < x1 and x0 < b and (bottom > y0 if up else bottom < y0) for a, bottom, b, _ in rows):
                continue
            rectangle = (x0, y1, x1, inside[3]) if up else (x0, inside[1], x1, y0)
            found.append(WallFiller(place.tag, row.number, "y+" if up else "y-", rectangle, floor, floor + height))
    return tuple(found)


def _half(plan: RowPlan, row: Row) -> float:
    """Half the width of a row's block [mm]."""
    return row.stance.y / 2 + plan.sides.block


def check_wall_fillers(
    loaded: LoadedDesign, places: Sequence[Place], fillers: Sequence[WallFiller], inside: Rectangle
) -> list[Complaint]:
    """Fillers to walls that are not beside the rows, or come into the tray's rounded corners and floor."""
    arrangement, enclosure = loaded.design.arrangement, loaded.design.enclosure
    assert isinstance(arrangement, Rows)
    if arrangement.row_filler is None or "walls" not in arrangement.row_filler.at:
        return []
    key = "arrangement.row_filler.at"
    if any(place.rotation in (90, 270) for place in places):
        message = "walls: only rows along x have a wall beside them; turn the modules by 0 or 180 degrees, or leave walls out"
        return [complain(loaded, key, message)]
    radius, floor = corner_radius(enclosure), enclosure.wall_mm + floor_radius(enclosure)
    for filler in fillers:
        room = min(filler.plan[0] - inside[0], inside[2] - filler.plan[2])
        if filler.plan[3] - filler.plan[1] < LEAST_FILLER_MM:
            message = (
                f"walls: the rows stand less than {LEAST_FILLER_MM:g} mm from the tray's wall; make enclosure.clearance_mm larger"
            )
            return [complain(loaded, key, message)]
        if room < radius - 1e-9:
            message = f"walls: the rows end {room:.4g} mm from the tray's ends, within its corners of {radius:g} mm (enclosure.corner_radius_mm)"
            return [complain(loaded, key, message)]
        if filler.low < floor - 1e-9:
            message = (
                f"walls: the filler begins at z {filler.low:.4g} mm, within the rounding of the tray's floor, up to {floor:.4g} mm"
                " (enclosure.floor_radius_mm)"
            )
            return [complain(loaded, key, message)]
    return []


def wall_filler_parts(plan: RowPlan, arrangement: Rows, fillers: Sequence[WallFiller]) -> Made:
    """The fillers to the walls, in the pack's frame."""
    shelf = Shelf()
    for filler in fillers:
        x0, y0, x1, y1 = filler.plan
        made = replace(_filler(plan, arrangement, x1 - x0, y1 - y0, (True, False)), id="wall-filler")
        turn: Rotation = 0 if filler.wall == "y+" else 180
        at = ((x0 + x1) / 2, (y0 + y1) / 2, filler.low)
        tag = f"{filler.tag}." if filler.tag else ""
        name = f"filler {tag}R{filler.row} to wall {filler.wall}"
        shelf.parts.append(Part(name, shelf.product(made).id, at, turn, ("fillers",)))
    return shelf.made
