"""What the busbars of rows and modules would touch: each other, the walls, the plate below, cells and terminals on the sides of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import PackDesign
from packtool.errors import Complaint
from packtool.layout.bar_shapes import AIR_MM, Bar, BarSize, Solid
from packtool.layout.boxes import TOUCH_MM, Box, meet, overlap
from packtool.layout.complaints import complain
from packtool.layout.heaters import thickness_at
from packtool.layout.modules import Link, Place, hull
from packtool.layout.outline import Rectangle
from packtool.layout.plate import Footprint, flat_plate, overhang_mm
from packtool.layout.row_plates import Levels
from packtool.layout.rows import RowPlan, rows_of
from packtool.layout.terminals import NORMALS, Pole, Terminals


def row_solids(rows: RowPlan, levels: Levels) -> tuple[Solid, ...]:
    """What the cells and end plates of each row fill, in the module's frame."""
    return tuple(
        Solid(
            (rows.ends(r)[0], r.y - r.stance.y / 2, levels.floor, rows.ends(r)[1], r.y + r.stance.y / 2, levels.cells + r.stance.z),
            "a cell beside it",
        )
        for r in rows.rows
    )


def solids_below(design: PackDesign, footprint: Footprint, levels: Levels) -> tuple[Solid, ...]:
    """The tray's floor, and the heater sheet and the plate under the rows, in the pack's frame."""
    low, sheet = design.enclosure.wall_mm, thickness_at(design, "below")
    x, y = footprint.length_mm / 2, footprint.breadth_mm / 2
    solids = [Solid((-inf, -inf, -inf, inf, inf, low), "the tray's floor")]
    if sheet:
        solids.append(Solid((-x, -y, low, x, y, low + sheet), "the heater sheet below it"))
    if (plate := flat_plate(design)) is not None and levels.plate is not None:
        x += overhang_mm(plate, footprint)
        solids.append(Solid((-x, -y, levels.plate, x, y, levels.plate + plate.thickness_mm), "the cold plate below it"))
    return tuple(solids)


def solids_above(design: PackDesign, footprint: Footprint, levels: Levels) -> tuple[Solid, ...]:
    """The plate over the rows, in the pack's frame; its layer lies on the rows alone, which bars beside them do not reach."""
    plate = flat_plate(design)
    if plate is None or levels.over_plate is None:
        return ()
    x, y = footprint.length_mm / 2 + overhang_mm(plate, footprint), footprint.breadth_mm / 2
    return (Solid((-x, -y, levels.over_plate, x, y, levels.top), "the cold plate above it"),)


def in_modules(solids: Sequence[Solid], places: Sequence[Place]) -> tuple[Solid, ...]:
    """Solids of the pack in the modules' own frame, as each module has them around it."""
    return tuple(dict.fromkeys(replace(solid, box=place.own_box(solid.box)) for solid in solids for place in places))


def check_tabs(
    loaded: LoadedDesign, poles: Sequence[Pole], terminals: Terminals, above: Sequence[Solid], levels: Levels
) -> list[Complaint]:
    """Terminals on the sides of lying cells that stand out above them, into the plate there (``above``, in the module's frame)."""
    high = [pole.at[2] + pole.half[2] for pole in poles if any(overlap(_tab(pole, terminals.out), solid.box) for solid in above)]
    if not high or levels.over_interface is None:
        return []
    message = (
        f"the cells' terminals reach {max(high) - levels.over_interface:.4g} mm above them, into the cold plate there: make the layer"
        " at least as thick, or use cold_plate.position: bottom"
    )
    return [complain(loaded, "interface.thickness_mm", message)]


def check_row_gap(loaded: LoadedDesign, rows: RowPlan, poles: tuple[Pole, ...], size: BarSize) -> list[Complaint]:
    """Terminals on the sides, and the bars on them, need room between two rows."""
    if poles[0].face == "top" or len(rows.rows) == 1:
        return []
    faces = {(pole.row, pole.face): pole.at[1] for pole in poles}
    needed = 0.0
    for below, above in pairwise(rows.rows):
        up, down = faces.get((below.number, "y+")), faces.get((above.number, "y-"))
        out = [up - (below.y + below.stance.y / 2)] if up is not None else []
        out += [above.y - above.stance.y / 2 - down] if down is not None else []
        needed = max(needed, sum(out) + len(out) * size.thickness + (AIR_MM if out else 0.0))
    if rows.row_gap_mm >= needed - TOUCH_MM:
        return []
    message = (
        f"terminals and busbars stand {needed - AIR_MM:.4g} mm out of the cells between two rows, and keep {AIR_MM:g} mm of air;"
        f" row_gap_mm must be at least {needed:.4g}"
    )
    return [complain(loaded, "arrangement.row_gap_mm", message)]


def check_modules(
    loaded: LoadedDesign, bars: tuple[Bar, ...], places: tuple[Place, ...], links: tuple[Link, ...], inside: Rectangle
) -> list[Complaint]:
    """Bars of one module that touch those of another, the walls or the bars between modules."""
    placed = bar_boxes(bars, places, links)
    boxes = sorted(((box, name, number) for number, (name, own) in enumerate(placed) for box in own), key=lambda one: one[0][0])
    for k, (a, name, number) in enumerate(boxes):
        if a[0] < inside[0] or a[1] < inside[1] or a[3] > inside[2] or a[4] > inside[3]:
            return [complain(loaded, "enclosure.clearance_mm", f"{name} touches the tray's wall; make clearance_mm larger")]
        for b, other, second in boxes[k + 1 :]:
            if b[0] >= a[3] + TOUCH_MM:
                break
            if number != second and meet(a, b):
                turned = modules.rotation_deg if (modules := rows_of(loaded).modules) else (0,)
                ways = "make gap_x_mm or gap_y_mm larger, or the bars (busbars.width_mm) narrower"
                if any(turned):  # links between modules that face anyhow may cross at any distance
                    ways += ", or turn the modules otherwise (rotation_deg)"
                message = f"{name} and {other} touch; {ways}"
                return [complain(loaded, "arrangement.modules", message)]
    return []


def check_links(
    loaded: LoadedDesign,
    links: Sequence[Link],
    places: Sequence[Place],
    poles: Sequence[Pole],
    terminals: Terminals,
    solids: Sequence[Solid],
) -> list[Complaint]:
    """Bars between modules that cut through the terminals on the sides of any, or through the ``solids`` (cells, end plates) of each."""
    if poles[0].face == "top":
        return []
    own = [Solid(_tab(pole, terminals.out), "a terminal") for pole in poles]
    own += [Solid(solid.box, "a cell or an end plate") for solid in solids]
    around = hull((s.box[0], s.box[1], s.box[3], s.box[4]) for s in own)
    for place in places:
        x0, y0, x1, y1 = place.rectangle(around)
        for link in links:
            near = [b for b in link.bar.boxes if b[0] < x1 and x0 < b[3] and b[1] < y1 and y0 < b[4]]
            cut = next((s.words for b in map(place.own_box, near) for s in own if overlap(s.box, b)), None)
            if cut is not None:
                message = (
                    f"{_called(link.bar)} cuts through {cut} of {place.tag}, for want of room between the modules; make gap_x_mm or"
                    " gap_y_mm larger"
                )
                return [complain(loaded, "arrangement.modules", message)]
    return []


def _tab(pole: Pole, out: float) -> Box:
    """What a terminal on a side takes, ``out`` [mm] from its cell to its contact face."""
    (nx, ny), (x, y, z), (hx, hy, hz) = NORMALS[pole.face], pole.at, pole.half
    xs, ys = sorted((x, x - nx * out)), sorted((y, y - ny * out))
    return xs[0] - hx, ys[0] - hy, z - hz, xs[1] + hx, ys[1] + hy, z + hz


def _called(bar: Bar) -> str:
    """What a bar between modules is called in a complaint."""
    if bar.shape == "end":
        return f"the bar that joins the strings' {'minus' if bar.from_series == 0 else 'plus'} ends"
    return f"the bar from series position {bar.from_series} to {bar.to_series}"


def bar_boxes(bars: tuple[Bar, ...], places: tuple[Place, ...], links: tuple[Link, ...]) -> list[tuple[str, tuple[Box, ...]]]:
    """What every bar of the pack is called, and its boxes where they are."""
    found = []
    for place in places:
        for bar in bars:
            if bar.shape == "end" and place is not (places[0] if bar.from_series == 0 else places[-1]):
                continue
            found.append((f"{place.tag}'s bar {bar.from_series}-{bar.to_series}", tuple(map(place.box, bar.boxes))))
    found += [(f"{_called(link.bar)}{f' of string {link.string}' if link.string > 1 else ''}", link.bar.boxes) for link in links]
    return found
