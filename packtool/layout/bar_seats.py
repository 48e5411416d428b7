"""Where the current of each busbar comes in and goes out: at the poles that it lies on, and at the pack's cable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import dist, inf
from typing import Literal

from packtool.errors import LayoutError
from packtool.layout.boxes import TOUCH_MM, Box
from packtool.layout.plates import AIR_MM, REACH_MM
from packtool.layout.profiles import turned_box
from packtool.layout.records import Joint, Layout, Part, Product

ROUNDED = 6
"""Decimals of a seat's places [mm]: busbars that are alike have equal seats whatever the rounding of sums of lengths."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where current passes between a busbar and what it lies on, in the frame of the busbar's product [mm].

    Of a bar: the outer faces within ``box`` (``normal`` to that axis only, where one is given), all at one potential. Of a sheet with round welds
    or windows: the ``circle`` (x, y, radius): a disc that is welded on, at one potential; or (``even``) the rim of the window there, whose bonds
    take the same current all around.
    """

    box: Box | None = None
    circle: tuple[float, float, float] | None = None
    normal: Literal[0, 1, 2] | None = None
    even: bool = False


@dataclass(frozen=True, slots=True)
class SeatedBar:
    """A busbar and its ``seats``: one for each of ``cells`` that it lies on (``plus``: on the plus pole), by place, so that bars that are
    alike have equal seats; then, at an end of the pack, the ``cable``'s."""

    joint: Joint
    product: Product
    cells: tuple[str, ...]
    plus: tuple[bool, ...]
    seats: tuple[Seat, ...]

    @property
    def cable(self) -> bool:
        """Whether the last seat is the pack's cable's."""
        return len(self.seats) > len(self.cells)


def seated_bars(layout: Layout) -> tuple[SeatedBar, ...]:
    """Every busbar in the order of ``layout.joints``.

    A cable's lug lies on the end bar over its cell, of several in parallel the one furthest from the pack's middle along the bar, beside it on a
    comb's rail; on a plate of round cells it is the edge there; where the bar joins several strings, the top of its beam over the first. Raises LayoutError where a pole that a bar should lie on is missing.
    """
    parts = {part.name: part for part in layout.parts}
    groups: dict[int, list[Part]] = {}
    for cell in layout.parts_of("cell"):
        groups.setdefault(layout.group_of(cell), []).append(cell)
    return tuple(_seated(layout, joint, parts, groups) for joint in layout.joints)


def _seated(layout: Layout, joint: Joint, parts: Mapping[str, Part], groups: Mapping[int, list[Part]]) -> SeatedBar:
    part = parts[joint.part]
    product = layout.product(part.product)
    strings = range(layout.n_strings) if joint.string == 0 else (joint.string - 1,)
    poles = [
        (cell, plus)
        for string in strings
        for series, plus in ((joint.from_series, True), (joint.to_series, False))
        if 1 <= series <= layout.n_series
        for cell in groups[string * layout.n_series + series - 1]
    ]
    if layout.cell.format == "cylindrical":
        windows = _windows(product)
        seats = [_round_seat(part, windows, cell) for cell, _ in poles]
    else:
        seats = [_terminal_seat(layout, part, parts, cell.name + ("+" if plus else "-")) for cell, plus in poles]
    cable = []
    if joint.from_series < 1 or joint.to_series > layout.n_series:
        first = len(poles) // len(strings)
        cable = [_cable_seat(part, product, joint, seats[:first], several=joint.string == 0 and layout.n_strings > 1)]
    order = sorted(range(len(seats)), key=lambda k: seats[k].box or seats[k].circle or ())
    poles, seats = [poles[k] for k in order], [seats[k] for k in order]
    return SeatedBar(joint, product, tuple(cell.name for cell, _ in poles), tuple(plus for _, plus in poles), (*seats, *cable))


def _terminal_seat(layout: Layout, bar: Part, parts: Mapping[str, Part], name: str) -> Seat:
    """The faces on a flat cell's terminal: those in the box that the terminal takes."""
    if name not in parts:
        raise LayoutError(f"{bar.name} has no terminal {name} to lie on")
    return Seat(box=in_frame(layout, bar, parts[name]))


def in_frame(layout: Layout, bar: Part, other: Part) -> Box:
    """What ``other`` takes, in the frame of the product of ``bar`` [mm], rounded."""
    x0, y0, z0, x1, y1, z1 = layout.part_bounds(other)
    ox, oy, oz = bar.origin
    x0, y0, x1, y1 = turned_box((x0 - ox, y0 - oy, x1 - ox, y1 - oy), -bar.rotation_deg % 360)
    return _rounded((x0, y0, z0 - oz, x1, y1, z1 - oz))


def _round_seat(bar: Part, windows: Mapping[tuple[float, float], float], cell: Part) -> Seat:
    """The rim of the window over a round cell, or, in a plate without windows, the weld on its axis."""
    x, y = (round(a - b, ROUNDED) + 0.0 for a, b in zip(cell.origin[:2], bar.origin[:2], strict=True))
    if not windows:
        return Seat(circle=(x, y, REACH_MM))
    at = min(windows, key=lambda middle: dist(middle, (x, y)))
    return Seat(circle=(*at, windows[at]), even=True)


@cache
def _windows(product: Product) -> Mapping[tuple[float, float], float]:
    """The radius of each window of a plate by its middle."""
    found = {}
    for loop in product.sweeps[0].profile.holes:
        x0, y0, x1, y1 = loop.bounds()
        found[round((x0 + x1) / 2, ROUNDED), round((y0 + y1) / 2, ROUNDED)] = round((x1 - x0) / 2, ROUNDED)
    return found


def _cable_seat(part: Part, product: Product, joint: Joint, first: list[Seat], *, several: bool) -> Seat:
    """Where the pack's cable meets its end bar; ``first``: the seats on the cells of the first string."""
    bounds = product.bounds()
    boxes = [seat.box for seat in first if seat.box is not None]
    if several:
        (beam,) = {sweep.z1 - sweep.z0 for sweep in product.sweeps if sweep.z1 == bounds[5]}
        return _on_beam(bounds, boxes, joint.area_mm2 / beam / 2)
    ahead = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[part.rotation_deg]
    outwards = part.origin[0] * ahead[0] + part.origin[1] * ahead[1] >= 0
    if boxes:
        return _lug(bounds, max(boxes, key=lambda box: box[0] if outwards else -box[0]))
    axes = [
        seat.circle[0] for seat in first if seat.circle is not None
    ]  # rows may be offset: of every row the edge beyond its last cell
    low, high = (max(axes) - AIR_MM / 2, inf) if outwards else (-inf, min(axes) + AIR_MM / 2)
    return Seat(box=_rounded((low, -inf, -inf, high, inf, inf)), normal=0)


def _on_beam(bounds: Box, boxes: list[Box], half: float) -> Seat:
    """A square of the beam's width (``half`` of it) on its top, over the middle of the terminals in ``boxes``."""
    low, high = [], []
    for k in (0, 1):
        middle = sum(box[k] + box[k + 3] for box in boxes) / 2 / len(boxes)
        middle = min(max(middle, bounds[k] + half), bounds[k + 3] - half)
        low.append(middle - half)
        high.append(middle + half)
    return Seat(box=_rounded((low[0], low[1], bounds[5], high[0], high[1], bounds[5])), normal=2)


def _lug(bounds: Box, box: Box) -> Seat:
    """The bar's face away from the cells, along the terminal in ``box``: over it, or, of a comb, on the rail beside it."""
    out: Literal[1, 2] = 2 if box[5] <= bounds[2] + TOUCH_MM else 1
    place = bounds[out + 3] if box[out + 3] <= bounds[out] + TOUCH_MM else bounds[out]
    across = 3 - out
    beyond = box[across] - bounds[across], bounds[across + 3] - box[across + 3]
    seat = list(box)
    seat[out] = seat[out + 3] = place
    seat[across], seat[across + 3] = bounds[across], bounds[across + 3]
    if beyond[0] > beyond[1] + TOUCH_MM:
        seat[across + 3] = box[across]
    elif beyond[1] > beyond[0] + TOUCH_MM:
        seat[across] = box[across + 3]
    return Seat(box=_rounded((seat[0], seat[1], seat[2], seat[3], seat[4], seat[5])), normal=out)


def _rounded(box: Box) -> Box:
    x0, y0, z0, x1, y1, z1 = (round(value, ROUNDED) + 0.0 for value in box)
    return x0, y0, z0, x1, y1, z1
