"""Busbars: a bar for every series joint of the rows, and what they would touch.

``width_mm`` is the bar's size across the row where it runs along a row, and along the row where it joins two rows; a link between rows is
at least as wide as its group of terminals. With an odd number of groups in a row the row ends on the side that faces the next row, and the
link is flat; with an even number it ends on the far side, and the link is a raised bridge over the row's last bar.

Where plus and minus contacts of parallel cells follow each other in one line along the row, its bars are combs (bar_gathering) on either
side of the line by turns, the first on the side that faces the row before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint
from packtool.layout.bar_bridges import bridge
from packtool.layout.bar_gathering import Gathered, comb, comb_bar, comb_reach, flat_sweeps, on_contacts, strip
from packtool.layout.bar_shapes import IN_LINE_MM, Bar, BarSize, Contacts, Solid, link, straight
from packtool.layout.boxes import TOUCH_MM, extent, meet, overlap
from packtool.layout.complaints import complain
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Joint, Part, Product, Sweep
from packtool.layout.terminals import Pole

GROUP = ("busbars",)


@dataclass(frozen=True)
class Wiring:
    """What bars join: the ``poles`` of the rows in one frame; ``clear``: the z [mm] that beams between terminals that look sideways stay above."""

    poles: tuple[Pole, ...]
    clear: float

    @cached_property
    def contacts(self) -> Mapping[tuple[int, bool], Contacts]:
        """The contact faces by series position and sign (True: plus)."""
        groups: dict[tuple[int, bool], list[Pole]] = {}
        for pole in self.poles:
            groups.setdefault((pole.series, pole.plus), []).append(pole)
        return {key: Contacts(tuple(group)) for key, group in groups.items()}

    @cached_property
    def by_row(self) -> Mapping[int, list[Pole]]:
        """The contact faces of each row."""
        rows: dict[int, list[Pole]] = {}
        for pole in self.poles:
            rows.setdefault(pole.row, []).append(pole)
        return rows

    @cached_property
    def n_series(self) -> int:
        """Series positions of the poles."""
        return max(series for series, _ in self.contacts)

    @cached_property
    def firsts(self) -> Mapping[int, int]:
        """The first series position of each row whose bars are combs: where plus and minus contacts of parallel cells stand in one line."""
        firsts: dict[int, int] = {}
        for series in range(1, self.n_series + 1):
            plus, minus = self.contacts[series, True], self.contacts[series, False]
            apart = (plus.middle[k] - minus.middle[k] for k in range(3) if k != plus.along)
            if len(plus.poles) > 1 and plus.face == minus.face and all(abs(d) <= IN_LINE_MM for d in apart):
                firsts.setdefault(plus.row, series)
        return firsts

    def side(self, series: int, *, plus: bool) -> int:
        """The side (-1, 1) of the line of contacts that the comb on a group's contacts of this sign lies on; 0 where there is no comb."""
        row = self.contacts[series, plus].row
        if row not in self.firsts:
            return 0
        entering = -1 if (series - self.firsts[row]) % 2 == 0 else 1
        return -entering if plus else entering

    def gathered(self, series: int, size: BarSize, *, plus: bool) -> Gathered:
        """Where a bar no wider than ``size`` goes on from this group: a comb, a strip over its contacts, or they themselves."""
        group, side = self.contacts[series, plus], self.side(series, plus=plus)
        return comb(group, size, side) if side else strip(group, size)

    def between_rows(self, series: int, size: BarSize) -> tuple[Gathered, Gathered]:
        """The ends of the bar from this series position to the next, which stands in another row; as wide as the groups' contacts without combs."""
        ends = self.gathered(series, size, plus=True), self.gathered(series + 1, size, plus=False)
        if any(end.side for end in ends):
            return ends
        return on_contacts(self.contacts[series, True]), on_contacts(self.contacts[series + 1, False])


def plan_bars(size: BarSize, wiring: Wiring) -> tuple[Bar, ...]:
    """A bar on the minus end, one for every joint, one on the plus end, in the order of the current."""
    groups, near, n_series = wiring.contacts, wiring.by_row, wiring.n_series
    sides = [
        pole.at[2] + max(pole.half[2], comb_reach(Contacts((pole,)), size) if wiring.firsts else size.width / 2)
        for pole in wiring.poles
        if pole.face != "top"
    ]
    clear = max([wiring.clear, *sides]) if sides else -math.inf
    bars = [_end(groups[1, False], size, wiring.side(1, plus=False), -1)]
    for series in range(1, n_series):
        a, b = groups[series, True], groups[series + 1, False]
        side = wiring.side(series, plus=True)
        bar = comb_bar(a, b, size, side) if side and a.row == b.row else straight(a, b, size)
        if bar is None or (side and a.row != b.row):
            others = [p for row in range(min(a.row, b.row), max(a.row, b.row) + 1) for p in near[row] if not _joined(p, series)]
            ends = wiring.between_rows(series, size)
            bar = _flat(*ends, size, others) or bridge(*ends, size, others, clear)
        bars.append(bar)
    return (*bars, _end(groups[n_series, True], size, wiring.side(n_series, plus=True)))


def _end(group: Contacts, size: BarSize, side: int, sign: int = 1) -> Bar:
    """The bar on an end of the pack (``sign`` -1: its minus end)."""
    bar = comb_bar(group, None, size, side, sign) if side else straight(group, None, size, sign)
    assert bar is not None  # one group is always in line with itself
    return bar


def _flat(first: Gathered, second: Gathered, size: BarSize, others: Sequence[Pole]) -> Bar | None:
    """A flat bar between two rows, with the combs at its ends; None where it cannot be, or a comb lies beyond its own row's contacts."""
    if first.side < 0 or second.side > 0:
        return None
    bar = link(first.flush, second.flush, size, others)
    if bar is None or not (first.boxes or second.boxes):
        return bar
    boxes = (*first.boxes, *bar.boxes, *second.boxes)
    return replace(bar, boxes=boxes, sweeps=flat_sweeps(boxes))


def _joined(pole: Pole, series: int) -> bool:
    """Whether a contact is one of those that the bar from ``series`` to the next position stands on."""
    return pole.series == (series if pole.plus else series + 1)


def check_bars(
    loaded: LoadedDesign,
    size: BarSize,
    wiring: Wiring,
    planned: Sequence[Bar],
    inside: Rectangle | None,
    beside: Sequence[Solid],
    below: Sequence[Solid],
) -> list[Complaint]:
    """What the bars, ``planned`` at this size, would touch: each other, what is ``beside`` and ``below`` them, and the walls around them in
    the plan (``inside``; None where there are none near)."""
    solids = (*beside, *below)
    reason = next(_touching(planned, solids, inside), None)
    if reason is None:
        return []
    narrow = plan_bars(replace(size, width=TOUCH_MM), wiring)
    if (touched := next(_touching(narrow, solids, inside), None)) is not None:
        message = f"a bar touches {touched}, however narrow"
        if any(_within(narrow, below)):
            message += ": combs reach past terminals in one line; let the cells stand otherwise (arrangement.orientation), or make"
            return [complain(loaded, "busbars", f"{message} interface.thickness_mm larger")]
        message += f": the rows stand too close for bars {size.thickness:g} mm thick; make row_gap_mm larger"
        return [complain(loaded, "arrangement.row_gap_mm", message)]
    low, high = 0.0, size.width
    while high - low > 1e-4:
        middle = (low + high) / 2
        found = next(_touching(plan_bars(replace(size, width=middle), wiring), solids, inside), None)
        low, high, reason = (middle, high, reason) if found is None else (low, middle, found)
    largest = int((low + 1e-3) * 100) / 100
    message = f"a bar {size.width:g} mm wide touches {reason}; it must be narrower than {largest:g}"
    return [complain(loaded, "busbars.width_mm", message)]


def _touching(bars: Sequence[Bar], solids: Sequence[Solid], inside: Rectangle | None) -> Iterator[str]:
    """What a bar touches, in words, for every place where one does."""
    if inside is not None:
        for bar in bars:
            if any(b[0] < inside[0] or b[1] < inside[1] or b[3] > inside[2] or b[4] > inside[3] for b in bar.boxes):
                yield "the tray's wall" + (", where it joins two rows" if bar.shape in ("link", "bridge") else "")
    placed = sorted(((box, number) for number, bar in enumerate(bars) for box in bar.boxes), key=lambda pair: pair[0][0])
    for a, (box, number) in enumerate(placed):
        for other, second in placed[a + 1 :]:
            if other[0] >= box[3] + TOUCH_MM:
                break
            if second != number and meet(box, other):
                yield _other_bar(bars[min(number, second)], bars[max(number, second)], bars)
    yield from _within(bars, solids)


def _within(bars: Sequence[Bar], solids: Sequence[Solid]) -> Iterator[str]:
    """What a bar shares space with, and which bar."""
    for solid in solids:
        for bar in bars:
            if any(overlap(box, solid.box) for box in bar.boxes):
                yield f"{solid.words} (bar {bar.from_series}-{bar.to_series})"


def _other_bar(first: Bar, second: Bar, bars: Sequence[Bar]) -> str:
    """What the second of two bars is to the first."""
    joins = [bar.shape in ("link", "bridge") for bar in (first, second)]
    if not any(joins):
        return "the bar on the cell's other terminals" if first.row == second.row else "the bar of the next row"
    if all(joins):
        return "the next bar, where it joins two rows"
    other = second if joins[0] else first
    if other.shape in ("along", "comb"):
        return "the next bar along the row, where it joins two rows"
    alone = not any(bar.shape in ("along", "comb") for bar in bars)
    return "the link to the next row" if alone else "the next bar, where it joins two rows"


@dataclass(frozen=True, slots=True)
class BarProducts:
    """The kinds of bars of a pack, by shape: what is alike is one product."""

    products: tuple[Product, ...]
    of_bar: tuple[str, ...]
    origins: tuple[tuple[float, float, float], ...]


def bar_products(bars: Sequence[Bar], material: str, size: BarSize, what: Mapping[str, str]) -> BarProducts:
    """One product for all bars of equal shape; its frame's origin is the middle of its underside. ``what``: description by shape."""
    products: dict[tuple[object, ...], Product] = {}
    counts: dict[str, int] = {}
    of_bar, origins = [], []
    for bar in bars:
        (x0, y0, z0), (x1, y1, _) = extent(bar.boxes)
        origin = ((x0 + x1) / 2, (y0 + y1) / 2, z0)
        sweeps = tuple(_moved(sweep, origin) for sweep in bar.sweeps)
        key = (bar.shape, *(_key(sweep) for sweep in sweeps))
        if key not in products:
            counts[bar.shape] = counts.get(bar.shape, 0) + 1
            number = f"-{counts[bar.shape]}" if counts[bar.shape] > 1 else ""
            section = f"{bar.area / size.thickness:g} x {size.thickness:g} mm"
            products[key] = Product(
                f"busbar-{bar.shape}{number}", "busbar", material, sweeps, f"{what[bar.shape]}, {section}"
            )  # fmt: skip
        of_bar.append(products[key].id)
        origins.append(origin)
    return BarProducts(tuple(products.values()), tuple(of_bar), tuple(origins))


WORDS = {
    "along": "busbar along a row",
    "comb": "comb busbar along a row",
    "end": "pack terminal bar",
    "link": "busbar between two rows",
    "bridge": "raised busbar between two rows",
    "module": "busbar between two modules",
}
"""What each shape is called in the bill of materials."""


def bar_parts(bars: Sequence[Bar], size: BarSize, material: str) -> tuple[list[Product], list[Part], list[Joint]]:
    """Products, parts (``busbar 1-2``, the ends ``busbar pack minus`` and ``busbar pack plus``) and joints of these bars."""
    made = bar_products(bars, material, size, WORDS)
    parts, joints = [], []
    for bar, product, origin in zip(bars, made.of_bar, made.origins, strict=True):
        name = bar_name(bar)
        parts.append(Part(name, product, origin, group=GROUP))
        joints.append(Joint(name, bar.from_series, bar.to_series, bar.area))
    return list(made.products), parts, joints


def bar_name(bar: Bar) -> str:
    """``busbar 1-2``; the ends of the pack are ``busbar pack minus`` and ``busbar pack plus``."""
    if bar.shape == "end":
        return "busbar pack minus" if bar.from_series == 0 else "busbar pack plus"
    return f"busbar {bar.from_series}-{bar.to_series}"


def _moved(sweep: Sweep, origin: tuple[float, float, float]) -> Sweep:
    """A sweep in the frame that has its origin there."""
    x, y, z = origin
    outer, *holes = (
        Loop(tuple((u - x, v - y, bulge) for u, v, bulge in loop.vertices)) for loop in (sweep.profile.outer, *sweep.profile.holes)
    )
    return Sweep(Profile(outer, tuple(holes)), sweep.z0 - z, sweep.z1 - z)


def _key(sweep: Sweep) -> tuple[object, ...]:
    """Sweeps with equal keys are alike to the rounding of sums of design lengths."""
    loops = (sweep.profile.outer, *sweep.profile.holes)
    return (
        *(round(value, 6) + 0.0 for loop in loops for x, y, _ in loop.vertices for value in (x, y)),
        round(sweep.z0, 6) + 0.0,
        round(sweep.z1, 6) + 0.0,
    )
