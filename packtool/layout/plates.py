"""Busbars of cylindrical cells: a flat plate for each series joint, over (or under) the two groups that it joins.

A group is a block of the grid; its plate is as large as the blocks, row by row (so its ends are stepped where rows are offset), less the
air to the next plate. ``polarity: alternating``: a plate lies
directly on the cells' ends, above for odd joints (counted from the pack's minus end, which is joint 0), below for even ones.
``polarity: up``: both poles are on top, so every group lies under two plates: odd joints lie in the lower layer, even ones above it;
both have a window over each cell for the bonds to its pole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Busbars
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.cylinders import GridPlan, row_gaps
from packtool.layout.outline import union
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Joint, Part, Product, Sweep

AIR_MM = 2.0
"""Air between neighbouring plates, two cells' voltage apart (remembered: mechanical clearance)."""
LAND_MM = 1.0
"""Metal between a window and the plate's edge (remembered: about twice the thickness at least, so that it can be stamped)."""
REACH_MM = 2.5
"""A plate reaches at least this far past the axes of its group's cells: half a weld spot's field of 5 mm (remembered)."""
BOND_AIR_MM = 1.0
"""Between the cells' tops and the lower layer of plates, and between the two layers: insulation (remembered)."""
WINDOW_OVER_DIAMETER = 0.6
"""Windows for the bonds: they show the button (0.3 to 0.4 of the diameter) and the rim's inner edge (remembered)."""
GROUP = ("busbars",)


@dataclass(frozen=True, slots=True)
class PlateBars:
    """``layers``: plates lie above the cells only, in two layers (2), or above and below (1); room that they take there [mm]."""

    thickness: float
    layers: int
    above: float
    below: float


def plan_plates(busbars: Busbars, *, alternating: bool) -> PlateBars:
    """The plates' heights."""
    t = busbars.thickness_mm
    return PlateBars(t, 1, t, t) if alternating else PlateBars(t, 2, 2 * (BOND_AIR_MM + t), 0.0)


def check_plates(loaded: LoadedDesign, plan: GridPlan, bars: PlateBars) -> list[Complaint]:
    """Whether the plates reach the poles of their own cells and clear those of the next group."""
    reach = min([plan.pitch_mm, *row_gaps(plan)]) / 2 - AIR_MM / 2
    needed, why = REACH_MM, "to weld there"
    if bars.layers == 2:
        needed, why = WINDOW_OVER_DIAMETER * plan.radius_mm + LAND_MM, f"for windows with {LAND_MM:g} mm of metal around them"
    if reach >= needed:
        return []
    message = (
        f"plates with {AIR_MM:g} mm of air between them would reach only {reach:.3g} mm past the axes of the outer cells of their group;"
        f" {needed:.3g} mm are needed {why}: space the cells further apart"
    )
    key = "arrangement.pitch_mm" if _given(loaded, "arrangement.pitch_mm") else "arrangement.cell_gap_mm"
    return [complain(loaded, key, message)]


def _given(loaded: LoadedDesign, key: str) -> bool:
    return key in loaded.places


def plate_bars(
    busbars: Busbars, bars: PlateBars, plan: GridPlan, n_series: int, z: float
) -> tuple[list[Product], list[Part], list[Joint]]:
    """Every plate from the pack's minus end to its plus end, on cells that stand at ``z``, and what it joins.

    ``Joint.area_mm2``: thickness times the plate's width less the windows across it.
    """
    shapes: dict[Profile, Product] = {}
    parts, joints = [], []
    for k in range(n_series + 1):
        first, last = max(k, 1), min(k + 1, n_series)
        name = "busbar pack minus" if k == 0 else "busbar pack plus" if k == n_series else f"busbar {k}-{k + 1}"
        seats = [_seat(plan, series) for series in dict.fromkeys((first, last))]
        kind = "end" if first == last else "turn" if seats[0].rows != seats[1].rows else "along"
        area = _Area.of(seats)
        x, y = (
            plan.column_x((area.columns[0] + area.columns[1]) / 2),
            (plan.row_y[area.rows[0] - 1] + plan.row_y[area.rows[1] - 1]) / 2,
        )
        profile = _profile(plan, bars, area, x, y)
        if profile not in shapes:
            count = sum(1 for product in shapes.values() if product.id.startswith(f"busbar-{kind}"))
            id_ = f"busbar-{kind}" + (f"-{count + 1}" if count else "")
            shapes[profile] = Product(
                id_, "busbar", busbars.material, (Sweep(profile, 0.0, bars.thickness),), _description(kind, profile, bars, plan)
            )
        if bars.layers == 2:
            at = z + plan.height_mm + BOND_AIR_MM + (0.0 if k % 2 else BOND_AIR_MM + bars.thickness)
        else:
            at = z + plan.height_mm if k % 2 else z - bars.thickness
        parts.append(Part(name, shapes[profile].id, (x, y, at), group=GROUP))
        joints.append(Joint(name, k, k + 1, bars.thickness * (_width(plan, kind, seats) - _windows(plan, bars, kind))))
    return list(shapes.values()), parts, joints


@dataclass(frozen=True, slots=True)
class _Area:
    """First and last row, first and last column of a block or of two that lie side by side."""

    rows: tuple[int, int]
    columns: tuple[int, int]

    @classmethod
    def of(cls, areas: Sequence[_Area]) -> _Area:
        """The one area that these make together."""
        rows = [row for area in areas for row in area.rows]
        columns = [column for area in areas for column in area.columns]
        return cls((min(rows), max(rows)), (min(columns), max(columns)))


def _seat(plan: GridPlan, series: int) -> _Area:
    """Where a group stands."""
    block, across = plan.block, plan.columns // plan.block.columns
    lane, place = divmod(series - 1, across)
    place = place if lane % 2 == 0 else across - 1 - place
    return _Area((lane * block.rows + 1, (lane + 1) * block.rows), (place * block.columns + 1, (place + 1) * block.columns))


def _row_edges(plan: GridPlan) -> list[float]:
    """y half way between the rows, and as far beyond the outer ones as half the least distance of rows (half a pitch for a single row)."""
    ys = plan.row_y
    beyond = min(row_gaps(plan), default=plan.pitch_mm) / 2
    return [ys[0] - beyond, *((a + b) / 2 for a, b in pairwise(ys)), ys[-1] + beyond]


def _profile(plan: GridPlan, bars: PlateBars, area: _Area, x: float, y: float) -> Profile:
    """The plate about (x, y): its rows' own lengths, joined where two rows overlap; windows where it lies over cells that are bonded
    through it. Coordinates to the nanometre, so that plates that are alike are one product whatever the rounding."""
    half = AIR_MM / 2
    edges = [round(edge - y, 6) for edge in _row_edges(plan)]
    first, last = area.columns
    spans = []
    for row in range(area.rows[0], area.rows[1] + 1):
        shift = plan.row_shift(row)
        low, high = plan.column_x(first - 0.5) + shift - x, plan.column_x(last + 0.5) + shift - x
        spans.append((round(low, 6) + half, edges[row - 1] + half, round(high, 6) - half, edges[row] - half))
    joined = [(max(a[0], b[0]), a[3], min(a[2], b[2]), b[1]) for a, b in pairwise(spans)]
    (plate,) = union([*spans, *joined])
    if bars.layers == 1:
        return plate
    radius = WINDOW_OVER_DIAMETER * plan.radius_mm
    windows = []
    for row in range(area.rows[0], area.rows[1] + 1):
        for column in range(first, last + 1):
            cx, cy = plan.axis(row, column)
            windows.append(Loop.circle(round(cx - x, 6) + 0.0, round(cy - y, 6) + 0.0, radius))
    return Profile(plate.outer, tuple(windows))


def _description(kind: str, profile: Profile, bars: PlateBars, plan: GridPlan) -> str:
    x0, y0, x1, y1 = profile.outer.bounds()
    what = {"end": "pack terminal plate", "along": "busbar plate along the rows", "turn": "busbar plate to the next rows"}[kind]
    windows = f", windows of {2 * WINDOW_OVER_DIAMETER * plan.radius_mm:.3g} mm over the cells" if bars.layers == 2 else ""
    return f"{what}, {x1 - x0:.4g} x {y1 - y0:.4g} x {bars.thickness:g} mm{windows}"


def _width(plan: GridPlan, kind: str, seats: Sequence[_Area]) -> float:
    """Width of the plate across the current [mm]."""
    if kind == "turn":
        return plan.block.columns * plan.pitch_mm - AIR_MM
    edges = _row_edges(plan)
    return min(edges[seat.rows[1]] - edges[seat.rows[0] - 1] for seat in seats) - AIR_MM


def _windows(plan: GridPlan, bars: PlateBars, kind: str) -> float:
    """What the windows take of the width [mm], as if those of all rows (columns) stood in one line: never less than they do."""
    if bars.layers == 1:
        return 0.0
    count = plan.block.columns if kind == "turn" else plan.block.rows
    return count * WINDOW_OVER_DIAMETER * plan.diameter_mm
