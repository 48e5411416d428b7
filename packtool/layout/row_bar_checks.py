"""What the busbars of rows and modules would touch: each other, the walls, terminals on the sides of the next row or module."""

from __future__ import annotations

from itertools import pairwise

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint
from packtool.layout.bar_shapes import AIR_MM, TOUCH_MM, Bar, BarSize, Box, overlap
from packtool.layout.complaints import complain
from packtool.layout.modules import Link, Place
from packtool.layout.outline import Rectangle
from packtool.layout.rows import RowPlan, rows_of
from packtool.layout.terminals import NORMALS, Pole, Terminals


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
    boxes = bar_boxes(bars, places, links)
    boxes.sort(key=lambda named: named[0][0])
    for k, (a, name) in enumerate(boxes):
        if a[0] < inside[0] or a[1] < inside[1] or a[3] > inside[2] or a[4] > inside[3]:
            return [complain(loaded, "enclosure.clearance_mm", f"{name} touches the tray's wall; make clearance_mm larger")]
        for b, other in boxes[k + 1 :]:
            if b[0] >= a[3] - TOUCH_MM:
                break
            if name != other and overlap(a, b):
                turned = modules.rotation_deg if (modules := rows_of(loaded).modules) else (0,)
                ways = "make gap_x_mm or gap_y_mm larger, or the bars (busbars.width_mm) narrower"
                if any(turned):  # links between modules that face anyhow may cross at any distance
                    ways += ", or turn the modules otherwise (rotation_deg)"
                message = f"{name} and {other} touch; {ways}"
                return [complain(loaded, "arrangement.modules", message)]
    return []


def check_links(loaded: LoadedDesign, links: tuple[Link, ...], poles: tuple[Pole, ...], terminals: Terminals) -> list[Complaint]:
    """Bars between modules that cut through the terminals on their sides."""
    if poles[0].face == "top":
        return []
    for link in links:
        for place in link.places:
            for pole in poles:
                placed = place.pole(pole)
                if any(overlap(_tab(placed, terminals.out), box) for box in link.bar.boxes):
                    message = (
                        f"{_called(link.bar)} cuts through a terminal of {place.tag}, for want of"
                        " room between the modules; make gap_x_mm or gap_y_mm larger"
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
        return f"the bar that joins the strings at series position {max(bar.from_series, 1)}"
    return f"the bar from series position {bar.from_series} to {bar.to_series}"


def bar_boxes(bars: tuple[Bar, ...], places: tuple[Place, ...], links: tuple[Link, ...]) -> list[tuple[Box, str]]:
    """The boxes of every bar of the pack, where they are, and what each is called."""
    boxes: list[tuple[Box, str]] = []
    for place in places:
        for bar in bars:
            if bar.shape == "end" and place is not (places[0] if bar.from_series == 0 else places[-1]):
                continue
            name = f"{place.tag}'s bar {bar.from_series}-{bar.to_series}"
            for b in bar.boxes:
                boxes.append((place.box(b), name))
    boxes += [
        (b, f"{_called(link.bar)}{f' of string {link.string}' if link.string > 1 else ''}")
        for link in links
        for b in link.bar.boxes
    ]
    return boxes
