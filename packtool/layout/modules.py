"""Modules: the rows as one unit, placed several times in the pack, in series, or in strings of as many modules each that are in parallel.

Modules are numbered as a snake too: the first line (-y) from -x to +x, the next one back, its modules turned by 180 degrees, so that the
current always enters a module on the side that it comes from. Strings of whole lines all begin at -x, next to each other. What stands in one module stands alike in all:
its parts are called ``M01.R1C05`` and so on, in the group ``module M01``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise
from math import inf

from packtool.design.schema import Rows
from packtool.layout.bar_bridges import ROUTES, bridge, collector
from packtool.layout.bar_gathering import Gathered
from packtool.layout.bar_shapes import AIR_MM, Bar, BarSize, Contacts
from packtool.layout.boxes import Box, meet
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import turned_box
from packtool.layout.records import Part
from packtool.layout.rows import Rotation, quarter_turns
from packtool.layout.terminals import Face, Pole

GROUP = "module "
"""Beginning of the name of a module's group in the assembly tree."""
FLOORS = 3
"""Bars between modules cross above each other, if they must, on so many levels."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one module stands: its ``tag`` (empty: the pack is one module), turned by ``rotation`` about z, then moved to (x, y) [mm];
    ``before``: series positions of the modules before it in its ``string`` (from 1); ``beside``: cells in parallel in the strings before."""

    tag: str
    x: float
    y: float
    rotation: Rotation
    before: int
    string: int = 1
    beside: int = 0

    def part(self, part: Part) -> Part:
        """A part of the module, where it stands in the pack."""
        if not self.tag:  # the pack's own frame
            return part
        u, v, z = part.origin
        x, y = turned((u, v), self.rotation)
        rotation = quarter_turns(part.rotation_deg + self.rotation)
        return Part(
            f"{self.tag}.{part.name}",
            part.product,
            (self.x + x, self.y + y, z),
            rotation,
            (GROUP + self.tag, *part.group),
            None if part.series is None else part.series + self.before,
            None if part.parallel is None else part.parallel + self.beside,
            part.tilt,
        )

    def pole(self, pole: Pole) -> Pole:
        """A contact of the module, where it stands in the pack."""
        x, y = turned(pole.at[:2], self.rotation)
        face, half = pole.face, pole.half
        if self.rotation in (90, 270):
            half = (half[1], half[0], half[2])
        if face != "top":
            face = _FACES[(_FACES.index(face) + self.rotation // 90) % 4]
        return replace(pole, at=(self.x + x, self.y + y, pole.at[2]), half=half, face=face, series=pole.series + self.before)

    def gathered(self, end: Gathered) -> Gathered:
        """An end of the module's current, where it stands in the pack."""
        contact, flush = (Contacts(tuple(map(self.pole, contacts.poles))) for contacts in (end.contact, end.flush))
        return replace(end, contact=contact, flush=flush, boxes=tuple(map(self.box, end.boxes)))

    def box(self, of: Box) -> Box:
        """A box of the module's frame, in the pack's."""
        x0, y0, x1, y1 = self.rectangle((of[0], of[1], of[3], of[4]))
        return x0, y0, of[2], x1, y1, of[5]

    def rectangle(self, of: Rectangle) -> Rectangle:
        """A rectangle of the module's plan, in the pack's."""
        x0, y0, x1, y1 = turned_box(of, self.rotation)
        return x0 + self.x, y0 + self.y, x1 + self.x, y1 + self.y

    def own_box(self, of: Box) -> Box:
        """A box of the pack's frame, in the module's."""
        x0, y0, x1, y1 = self.own_rectangle((of[0], of[1], of[3], of[4]))
        return x0, y0, of[2], x1, y1, of[5]

    def own_rectangle(self, of: Rectangle) -> Rectangle:
        """A rectangle of the pack's plan, in the module's."""
        x0, y0, x1, y1 = of
        return turned_box((x0 - self.x, y0 - self.y, x1 - self.x, y1 - self.y), -self.rotation % 360)


_FACES: tuple[Face, ...] = ("x+", "y+", "x-", "y-")
"""Each face turned by 90 degrees is the next."""


def turned(point: tuple[float, float], rotation: int) -> tuple[float, float]:
    """A point turned about the origin by quarter turns, exactly."""
    if rotation == 0:
        return point
    x, y = point
    if rotation == 180:
        return -x, -y
    return (-y, x) if rotation == 90 else (y, -x)


def place_modules(arrangement: Rows, cells: Rectangle, reach: Rectangle, n_series: int, n_parallel: int) -> tuple[Place, ...]:
    """Where the modules stand, string by string in the order of the current, the ``cells`` of all of them about x = y = 0.

    ``cells``: what the cells and end plates of one module take in its plan; ``reach``: that and what stands out of it (terminals, bars);
    modules stand a gap apart by their reach. ``n_series``: series positions of one module, ``n_parallel`` cells in each.
    """
    modules = arrangement.modules
    if modules is None:
        return (Place("", 0.0, 0.0, 0, 0),)
    count = modules.count_x * modules.count_y
    given = modules.rotation_deg
    digits = max(2, len(str(count)))
    length = count // modules.strings
    lines = length // modules.count_x if length % modules.count_x == 0 else modules.count_y
    slots = list(_snake(modules.count_x, modules.count_y, lines))
    turns = [quarter_turns(given[k % len(given)] + 180 * (j % lines % 2)) for k, (_, j) in enumerate(slots)]
    boxes = [turned_box(reach, turn) for turn in turns]
    widths = [max(b[2] - b[0] for b, (i, _) in zip(boxes, slots, strict=True) if i == column) for column in range(modules.count_x)]
    depths = [max(b[3] - b[1] for b, (_, j) in zip(boxes, slots, strict=True) if j == line) for line in range(modules.count_y)]
    xs, ys = _slots(widths, modules.gap_x_mm), _slots(depths, modules.gap_y_mm)
    places = [
        Place(
            f"M{k + 1:0{digits}d}", xs[i] - (b[0] + b[2]) / 2, ys[j] - (b[1] + b[3]) / 2, turns[k],
            k % length * n_series, k // length + 1, k // length * n_parallel,
        )
        for k, (b, (i, j)) in enumerate(zip(boxes, slots, strict=True))
    ]  # fmt: skip
    x0, y0, x1, y1 = hull(place.rectangle(cells) for place in places)
    return tuple(replace(place, x=place.x - (x0 + x1) / 2, y=place.y - (y0 + y1) / 2) for place in places)


def _snake(count_x: int, count_y: int, lines: int) -> Iterator[tuple[int, int]]:
    """(column, line) from 0, line by line, every second of ``lines`` backwards, and so again from the next one on."""
    for line in range(count_y):
        columns = range(count_x)
        for column in columns if line % lines % 2 == 0 else reversed(columns):
            yield column, line


def _slots(sizes: Sequence[float], gap: float) -> list[float]:
    """Middles of slots of these sizes, ``gap`` apart."""
    middles, at = [], 0.0
    for size in sizes:
        middles.append(at + size / 2)
        at += size + gap
    return middles


def hull(rectangles: Iterator[Rectangle]) -> Rectangle:
    """The rectangle around them all."""
    boxes = list(rectangles)
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


@dataclass(frozen=True, slots=True)
class Link:
    """A bar between modules, in the pack's frame: the ``places`` it joins, and the ``string`` whose current it carries (0: that of all)."""

    bar: Bar
    places: tuple[Place, ...]
    string: int


def module_links(
    places: Sequence[Place], poles: Sequence[Pole], ends: tuple[Gathered, Gathered], size: BarSize, clear: float
) -> tuple[Link, ...]:
    """The bars from each module's plus end to the next one's minus end in its string, and those that join the strings' minus and plus ends
    where there are several (``ends``: minus and plus of one module, in its own frame), above everything (``clear``: its top, z [mm]).

    Each takes the first route, and the lowest floor, on which it meets neither the bars before it nor the risers of any other.
    """
    strings = [tuple(group) for _, group in groupby(places, key=lambda place: place.string)]
    wanted: list[tuple[int, tuple[tuple[Place, bool], ...]]] = [
        (here.string, ((here, True), (there, False))) for string in strings for here, there in pairwise(string)
    ]
    if len(strings) > 1:
        wanted += [(0, tuple((string[0], False) for string in strings)), (0, tuple((string[-1], True) for string in strings))]
    tried = [_ways(joined, poles, ends, size, clear, collects=string == 0) for string, joined in wanted]
    firsts = [next(ways) for ways in tried]
    risers = [[box for box in bar.boxes if box[5] - box[2] > size.thickness] for bar in firsts]
    links: list[Link] = []
    for number, ((string, joined), plain, ways) in enumerate(zip(wanted, firsts, tried, strict=True)):
        posts = [(b[0], b[1], b[2], b[3], b[4], inf) for other, boxes in enumerate(risers) if other != number for b in boxes]
        taken = [box for link in links for box in link.bar.boxes] + posts
        free = (bar for bar in chain([plain], ways) if not any(meet(a, b) for a in taken for b in bar.boxes))
        links.append(Link(next(free, plain), tuple(place for place, _ in joined), string))
    return tuple(links)


def _ways(
    joined: Sequence[tuple[Place, bool]],
    poles: Sequence[Pole],
    ends: tuple[Gathered, Gathered],
    size: BarSize,
    clear: float,
    *,
    collects: bool,
) -> Iterator[Bar]:
    """Every way between these ends (True: plus) of modules, floor by floor."""
    gathered = [place.gathered(ends[plus]) for place, plus in joined]
    beside = [
        place.pole(pole)
        for place, plus in joined
        for pole in poles
        if (pole.series, pole.plus) != (ends[plus].contact.poles[0].series, plus)
    ]
    step = size.thickness + AIR_MM
    routes = [(clear + floor * step, route) for floor in range(FLOORS) for route in ROUTES]
    if collects:
        series = gathered[0].contact.poles[0].series
        positions = (series, series + 1) if joined[0][1] else (0, series)
        yield from (collector(gathered, size, beside, above, route, positions) for above, route in routes)
        return
    first, second = gathered
    yield from (replace(bridge(first, second, size, beside, above, route=route), shape="module") for above, route in routes)
