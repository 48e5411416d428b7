"""Busbars of cylindrical cells: a flat plate for each series joint, over (or under) the two groups that it joins.

A group is a block of the grid; its plate is as large as the blocks, less the air to the next plate. ``polarity: alternating``: a plate lies
directly on the cells' ends, above for odd joints (counted from the pack's minus end, which is joint 0), below for even ones.
``polarity: up``: both poles are on top, so every group lies under two plates: odd joints lie in the lower layer, even ones above it;
both have a window over each cell for the bonds to its pole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Busbars
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.cylinders import GridPlan
from packtool.layout.records import Joint, Loop, Part, Product, Profile, Sweep

AIR_MM = 2.0
"""Air between neighbouring plates, two cells' voltage apart (remembered: mechanical clearance)."""
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


def check_plates(loaded: LoadedDesign, plan: GridPlan) -> list[Complaint]:
    """Whether the plates reach the poles of their own cells and clear those of the next group."""
    complaints = []
    beyond = plan.pitch_mm / 2 - plan.shift_mm - AIR_MM / 2
    rows = [b - a for a, b in pairwise(plan.row_y)]
    least = min([beyond, *(gap / 2 - AIR_MM / 2 for gap in rows)])
    if least < REACH_MM:
        message = (
            f"plates with {AIR_MM:g} mm of air between them would reach only {least:.3g} mm past the axes of the outer cells of their group;"
            f" {REACH_MM:g} mm are needed to weld there: choose a larger cell or spacing"
        )
        complaints.append(complain(loaded, "arrangement.cell_gap_mm", message))
    return complaints


def plate_bars(
    busbars: Busbars, bars: PlateBars, plan: GridPlan, n_series: int, z: float
) -> tuple[list[Product], list[Part], list[Joint]]:
    """Every plate from the pack's minus end to its plus end, on cells that stand at ``z``, and what it joins.

    ``Joint.length_mm``: the length over which the full current makes the same heat as the current that gathers from the parallel cells
    of one block, row by row or column by column, and spreads to those of the next. ``area_mm2``: thickness times the plate's width less the
    windows across it.
    """
    shapes: dict[Profile, Product] = {}
    parts, joints = [], []
    for k in range(n_series + 1):
        first, last = max(k, 1), min(k + 1, n_series)
        name = "busbar pack minus" if k == 0 else "busbar pack plus" if k == n_series else f"busbar {k}-{k + 1}"
        cells = [_Area.of(plan, series) for series in dict.fromkeys((first, last))]
        hull = cells[0].joined(cells[-1])
        x, y = (hull.x0 + hull.x1) / 2, (hull.y0 + hull.y1) / 2
        profile = _profile(plan, bars, hull, x, y)
        kind = "end" if first == last else "turn" if cells[0].y0 != cells[1].y0 else "along"
        if profile not in shapes:
            count = sum(1 for product in shapes.values() if product.id.startswith(f"busbar-{kind}"))
            id_ = f"busbar-{kind}" + (f"-{count + 1}" if count else "")
            shapes[profile] = Product(
                id_, "busbar", busbars.material, (Sweep(profile, 0.0, bars.thickness),), _description(kind, hull, bars, plan)
            )
        if bars.layers == 2:
            at = z + plan.height_mm + BOND_AIR_MM + (0.0 if k % 2 else BOND_AIR_MM + bars.thickness)
        else:
            at = z + plan.height_mm if k % 2 else z - bars.thickness
        parts.append(Part(name, shapes[profile].id, (x, y, at), group=GROUP))
        length, width = _path(plan, kind, cells)
        joints.append(Joint(name, k, k + 1, length, bars.thickness * (width - _windows(plan, bars, kind))))
    return list(shapes.values()), parts, joints


@dataclass(frozen=True, slots=True)
class _Area:
    """What a plate covers [mm], from middle to middle of the air around it, less half that air."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, plan: GridPlan, series: int) -> _Area:
        lane, place = _seat(plan, series)
        first, last = lane * plan.block.rows, (lane + 1) * plan.block.rows - 1
        edges = _row_edges(plan)
        x0 = plan.column_x(place * plan.block.columns + 0.5)
        x1 = plan.column_x((place + 1) * plan.block.columns + 0.5)
        half = AIR_MM / 2
        return cls(x0 + half, edges[first] + half, x1 - half, edges[last + 1] - half)

    def joined(self, other: _Area) -> _Area:
        return _Area(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


def _seat(plan: GridPlan, series: int) -> tuple[int, int]:
    """Lane of blocks (along y) and place in it (along x) of a group, both from 0."""
    across = plan.columns // plan.block.columns
    lane, place = divmod(series - 1, across)
    return lane, place if lane % 2 == 0 else across - 1 - place


def _row_edges(plan: GridPlan) -> list[float]:
    """y between the rows, and as far beyond the outer ones as half the distance to their neighbour (half a pitch for a single row)."""
    ys = plan.row_y
    middles = [(a + b) / 2 for a, b in pairwise(ys)]
    if not middles:
        return [ys[0] - plan.pitch_mm / 2, ys[0] + plan.pitch_mm / 2]
    return [2 * ys[0] - middles[0], *middles, 2 * ys[-1] - middles[-1]]


def _profile(plan: GridPlan, bars: PlateBars, hull: _Area, x: float, y: float) -> Profile:
    """The plate about its own middle; windows where it lies over cells that are bonded through it."""
    outer = Loop.rectangle(hull.x0 - x, hull.y0 - y, hull.x1 - x, hull.y1 - y)
    if bars.layers == 1:
        return Profile(_tidy(outer))
    radius = WINDOW_OVER_DIAMETER * plan.radius_mm
    holes = []
    for row in range(1, plan.rows + 1):
        if not hull.y0 < plan.row_y[row - 1] < hull.y1:
            continue
        for column in range(1, plan.columns + 1):
            cx, cy = plan.axis(row, column)
            if hull.x0 < cx < hull.x1:
                holes.append(_tidy(Loop.circle(cx - x, cy - y, radius)))
    return Profile(_tidy(outer), tuple(holes))


def _tidy(loop: Loop) -> Loop:
    """Coordinates to the nanometre, so that plates that are alike are one product whatever the rounding."""
    return Loop(tuple((round(x, 6) + 0.0, round(y, 6) + 0.0, bulge) for x, y, bulge in loop.vertices))


def _description(kind: str, hull: _Area, bars: PlateBars, plan: GridPlan) -> str:
    what = {"end": "pack terminal plate", "along": "busbar plate along the rows", "turn": "busbar plate to the next rows"}[kind]
    windows = f", windows of {2 * WINDOW_OVER_DIAMETER * plan.radius_mm:.3g} mm over the cells" if bars.layers == 2 else ""
    return f"{what}, {hull.x1 - hull.x0:.4g} x {hull.y1 - hull.y0:.4g} x {bars.thickness:g} mm{windows}"


def _path(plan: GridPlan, kind: str, cells: Sequence[_Area]) -> tuple[float, float]:
    """Equal length of the full current and width of the plate across it [mm]."""
    if kind == "turn":
        (low, high) = sorted(cells, key=lambda area: area.y0)
        below = [y for y in plan.row_y if low.y0 < y < low.y1]
        above = [y for y in plan.row_y if high.y0 < y < high.y1]
        steps = [b - a for a, b in pairwise(below)], [b - a for a, b in pairwise(reversed(above))]
        length = _gathered(steps[0]) + (above[0] - below[-1]) + _gathered([abs(step) for step in steps[1]])
        return length, low.x1 - low.x0
    n = plan.block.columns
    gathering = _gathered([plan.pitch_mm] * (n - 1))
    height = min(area.y1 - area.y0 for area in cells)
    return (plan.pitch_mm / 2 + gathering if kind == "end" else plan.pitch_mm + 2 * gathering), height


def _gathered(steps: Sequence[float]) -> float:
    """Length with the full current that heats as much as a current that grows by one share at each of len(steps) + 1 stations [mm].

    ``steps``: from station to station towards the end where the whole current is.
    """
    n = len(steps) + 1
    return sum(step * (share / n) ** 2 for share, step in zip(accumulate([1] * (n - 1)), steps, strict=True))


def _windows(plan: GridPlan, bars: PlateBars, kind: str) -> float:
    """What the windows take of the width [mm], as if those of all rows (columns) stood in one line: never less than they do."""
    if bars.layers == 1:
        return 0.0
    count = plan.block.columns if kind == "turn" else plan.block.rows
    return count * WINDOW_OVER_DIAMETER * plan.diameter_mm
