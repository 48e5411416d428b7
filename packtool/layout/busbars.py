"""Busbars: a bar for every series joint, flat on the terminals, and the pack's own two ends.

``width_mm`` is the bar's size across the row (y) where it runs along a row, and along the row (x) where it joins two rows; a link between
rows is at least as wide as its group of terminals. With an odd number of groups in a row the row ends on the side that faces
the next row, and the link is flat; with an even number it ends on the far side, and the link is a raised bridge over the row's last bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Busbars
from packtool.errors import Complaint, LayoutError
from packtool.layout.complaints import complain
from packtool.layout.records import Joint, Part, Product, Profile, Sweep
from packtool.layout.rows import RowPlan
from packtool.layout.terminals import Terminals, terminal_y

BRIDGE_AIR_MM = 5.0
"""Air between a bridge and the bar it crosses, which are one cell's voltage apart (remembered: mechanical clearance, not insulation)."""
GROUP = ("busbars",)


@dataclass(frozen=True, slots=True)
class BarPlan:
    """Bars [mm]: ``span`` is what a group's terminals take in x, ``link`` the size in x of a bar between two rows."""

    thickness: float
    width: float
    span: float
    link: float
    bridged: bool

    @property
    def height(self) -> float:
        """From the terminals' top to the highest bar's top."""
        return 2 * self.thickness + BRIDGE_AIR_MM if self.bridged else self.thickness


def plan_bars(busbars: Busbars, rows: RowPlan, terminals: Terminals) -> BarPlan:
    """The bars' sizes. Raises LayoutError where their width is not given."""
    span = (rows.n_parallel - 1) * rows.pitch_mm + terminals.side_mm
    bridged = rows.rows > 1 and rows.groups_per_row % 2 == 0
    width = busbars.width_mm
    if width is None:
        raise LayoutError("busbars.width_mm is missing (the loader complains of that with its place)")
    return BarPlan(busbars.thickness_mm, width, span, max(width, span), bridged)


def check_bars(
    loaded: LoadedDesign, bars: BarPlan, rows: RowPlan, terminals: Terminals, past_rows: tuple[float, float]
) -> list[Complaint]:
    """What the bars would touch; ``past_rows`` is the room between the rows and the tray's walls in x and y [mm]."""
    width, reason = min(_limits(bars, rows, terminals, past_rows))
    if bars.width < width:
        return []
    message = f"a bar {bars.width:g} mm wide touches {reason}; it must be narrower than {int(width * 100) / 100:g}"
    return [complain(loaded, "busbars.width_mm", message)]


def _limits(bars: BarPlan, rows: RowPlan, terminals: Terminals, past_rows: tuple[float, float]) -> Iterator[tuple[float, str]]:
    """The widths [mm] that bars must stay under, and what they touch there."""
    past_x, past_y = past_rows
    reach, side, groups, n = terminals.reach_mm, terminals.side_mm, rows.groups_per_row, rows.n_parallel
    edge = rows.width_mm / 2 - reach
    yield 2 * (edge + past_y), "the tray's wall"
    if rows.rows == 1 or groups > 1:
        yield 2 * reach, "the bar on the cell's other terminals"
    else:
        yield 4 * reach - side, "the link to the next row"
    if rows.rows == 1:
        return
    outer = (n * rows.pitch_mm - rows.gap_mm) / 2
    yield 2 * (outer + past_x), "the tray's wall, where it joins two rows"
    if groups > 1:
        yield 2 * edge + rows.row_gap_mm, "the bar of the next row"
    if groups == 2:
        yield (n * rows.pitch_mm if rows.rows > 2 else 2 * n * rows.pitch_mm - bars.span), "the next bar, where it joins two rows"
    if groups > 2:
        yield (n + 1) * rows.pitch_mm - side, "the next bar along the row, where it joins two rows"


def bar_parts(
    busbars: Busbars, bars: BarPlan, rows: RowPlan, terminals: Terminals, n_series: int, z: float
) -> tuple[list[Product], list[Part], list[Joint]]:
    """Every bar from the pack's minus end to its plus end, standing on the terminals at ``z``, and what it joins.

    ``Joint.length_mm`` is that length over which the full current makes the same heat as the current that gathers from the parallel
    cells and spreads to the next ones (for one cell a group: from terminal middle to terminal middle).
    """
    products = {product.id: product for product in _products(busbars, bars, rows, terminals)}
    used: dict[str, None] = {}
    parts, joints = [], []
    for part, joint in _bars(bars, rows, terminals, n_series, z):
        used.setdefault(part.product)
        parts.append(part)
        joints.append(joint)
    return [products[id] for id in used], parts, joints


def _bars(bars: BarPlan, rows: RowPlan, terminals: Terminals, n_series: int, z: float) -> Iterator[tuple[Part, Joint]]:
    """Each bar with its joint, in the order of the current."""
    groups, pitch, n = rows.groups_per_row, rows.pitch_mm, rows.n_parallel
    flat_area, link_area = bars.thickness * bars.width, bars.thickness * bars.link
    gathering = pitch * sum((k / n) ** 2 for k in range(1, n))
    along = pitch + 2 * gathering
    stub = terminals.side_mm / 2 + gathering
    across = (
        rows.row_pitch_mm + 2 * (bars.thickness + BRIDGE_AIR_MM) if bars.bridged else rows.row_pitch_mm - 2 * terminals.reach_mm
    )

    def y(row: int, group: int, plus: bool) -> float:
        return terminal_y(rows, terminals, row, turned=group % 2 == 0, plus=plus)

    name = "busbar pack minus"
    yield (
        Part(name, "busbar-end", (rows.group_x(1, 1), y(1, 1, plus=False), z), group=GROUP),
        Joint(name, 0, 1, stub, flat_area),
    )
    for series in range(1, n_series):
        row, group = (series - 1) // groups + 1, (series - 1) % groups + 1
        name = f"busbar {series}-{series + 1}"
        if group < groups:
            x = (rows.group_x(row, group) + rows.group_x(row, group + 1)) / 2
            yield (
                Part(name, "busbar-along", (x, y(row, group, plus=True), z), group=GROUP),
                Joint(name, series, series + 1, along, flat_area),
            )
        else:
            middle = (y(row, group, plus=True) + y(row + 1, 1, plus=False)) / 2
            product = "busbar-bridge" if bars.bridged else "busbar-link"
            yield (
                Part(name, product, (rows.group_x(row, group), middle, z), group=GROUP),
                Joint(name, series, series + 1, across, link_area),
            )
    name = "busbar pack plus"
    yield (
        Part(name, "busbar-end", (rows.group_x(rows.rows, groups), y(rows.rows, groups, plus=True), z), group=GROUP),
        Joint(name, n_series, n_series + 1, stub, flat_area),
    )


def _products(busbars: Busbars, bars: BarPlan, rows: RowPlan, terminals: Terminals) -> Iterator[Product]:
    """Every kind of bar; the frame's origin is the middle of its underside."""
    material, side, t = busbars.material, terminals.side_mm, bars.thickness
    section = f"{bars.width:g} x {t:g} mm"
    pair = rows.n_parallel * rows.pitch_mm + bars.span
    yield Product("busbar-along", "busbar", material, (_flat(pair, bars.width, 0.0, t),), f"busbar along a row, {section}")
    yield Product("busbar-end", "busbar", material, (_flat(bars.span, bars.width, 0.0, t),), f"pack terminal bar, {section}")
    reach = rows.row_pitch_mm - 2 * terminals.reach_mm + side
    yield Product(
        "busbar-link", "busbar", material, (_flat(bars.link, reach, 0.0, t),), f"busbar between two rows, {bars.link:g} x {t:g} mm"
    )
    half, reach, rise = bars.link / 2, rows.row_pitch_mm + side, t + BRIDGE_AIR_MM
    feet = ((-reach / 2, -reach / 2 + side), (reach / 2 - side, reach / 2))
    yield Product(
        "busbar-bridge",
        "busbar",
        material,
        (
            *(Sweep(Profile.rectangle(-half, y0, half, y1), 0.0, rise) for y0, y1 in feet),
            _flat(bars.link, reach, rise, rise + t),
        ),
        f"raised busbar between two rows, {bars.link:g} x {t:g} mm, {BRIDGE_AIR_MM:g} mm above the bar that it crosses",
    )


def _flat(x: float, y: float, z0: float, z1: float) -> Sweep:
    """A box around x = y = 0."""
    return Sweep(Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2), z0, z1)
