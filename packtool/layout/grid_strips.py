"""The outline of a grid of cells cut into strips of whole rows, for holders and potting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packtool.layout.cylinders import LEAST_GAP_MM, GridPlan, outline
from packtool.layout.profiles import SAME_POINT_MM, Loop, Profile, Vertex

Cuts = Mapping[int, Sequence[Vertex]]
"""Row -> the line above it that plates end on, from -x to +x of the outline, with its bulges."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Whole rows of the outline, from ``first`` to ``last``: ``profile`` about its own ``origin`` in the plan [mm], with a round hole for each
    cell; ``turned`` by half a turn there."""

    first: int
    last: int
    profile: Profile
    origin: tuple[float, float]
    turned: bool = False

    @property
    def rows(self) -> str:
        """``R1`` or ``R1-R4``."""
        return f"R{self.first}" if self.first == self.last else f"R{self.first}-R{self.last}"


def strips(plan: GridPlan, ends: tuple[int, ...], along: Cuts) -> list[Strip]:
    """The outline cut into strips; strips that are alike, also turned by half a turn, have equal profiles.

    ``ends``: the last row of each strip, the last of all included. A cut runs straight where the rows stand in line or leave room for it, else in a
    zigzag from gap to gap through the points that are equally far from the three nearest cells; above the rows ``along`` it follows
    the line given there.
    """
    found: list[Strip] = []
    known: set[Profile] = set()
    x0, y0, x1, y1 = outline(plan)
    below: list[Vertex] = [(x0, y0, 0.0), (x1, y0, 0.0)]
    first = 1
    for last in ends:
        if last == plan.rows:
            above: list[Vertex] = [(x0, y1, 0.0), (x1, y1, 0.0)]
        else:
            above = [*along[last]] if last in along else [(x, y, 0.0) for x, y in _cut(plan, last)]
        cells = [plan.axis(row, column) for row in range(first, last + 1) for column in range(1, plan.columns + 1)]
        bulges = [-bulge for _, _, bulge in above[-2::-1]]  # of the same edges the other way round
        border = [*below, *((x, y, bulge) for (x, y, _), bulge in zip(above[::-1], [*bulges, 0.0], strict=True))]
        origin = (cells[0][0] + cells[-1][0]) / 2, (cells[0][1] + cells[-1][1]) / 2
        own, turned = (_strip_profile(plan, border, cells, origin, turn) for turn in (1, -1))
        if own not in known and turned in known:
            found.append(Strip(first, last, turned, origin, True))
        else:
            known.add(own)
            found.append(Strip(first, last, own, origin))
        below, first = above, last + 1
    return found


def _strip_profile(
    plan: GridPlan, border: list[Vertex], cells: list[tuple[float, float]], origin: tuple[float, float], turn: int
) -> Profile:
    """The strip about ``origin``, or (``turn`` -1) what becomes it by half a turn; coordinates to the nanometre, so that like is equal."""

    def own(place: tuple[float, float]) -> tuple[float, float]:
        x, y = (round(turn * (a - b), 6) + 0.0 for a, b in zip(place, origin, strict=True))
        return x, y

    corners = [(*own((x, y)), round(bulge, 12)) for x, y, bulge in border]
    start = corners.index(min(corners))
    holes = tuple(Loop.circle(x, y, plan.radius_mm) for x, y in sorted(own(place) for place in cells))
    return Profile(Loop((*corners[start:], *corners[:start])), holes)


def _cut(plan: GridPlan, row: int) -> list[tuple[float, float]]:
    """From -x to +x between ``row`` and the next."""
    x0, _, x1, _ = outline(plan)
    low, high = plan.row_y[row - 1], plan.row_y[row]
    middle = (low + high) / 2
    in_line = abs(plan.axis(row, 1)[0] - plan.axis(row + 1, 1)[0]) < SAME_POINT_MM
    if in_line or high - low >= plan.diameter_mm + LEAST_GAP_MM:
        return [(x0, middle), (x1, middle)]
    # the point over the middle of two cells of one row, equally far (r) from them and from the cell opposite: h + r = high - low
    half, apart = plan.pitch_mm / 2, high - low
    h = (apart**2 - half**2) / (2 * apart)
    points = []
    for this, other, y in ((row, row + 1, low + h), (row + 1, row, high - h)):
        opposite = (plan.axis(other, 1)[0] - h, plan.axis(other, plan.columns)[0] + h)
        places = (plan.axis(this, column)[0] + half for column in range(plan.columns + 1))
        points += [(x, y) for x in places if opposite[0] < x < opposite[1]]
    points.sort()
    return [(x0, points[0][1]), *points, (x1, points[-1][1])]


def holder_ends(plan: GridPlan, rows_per_plate: int | None) -> tuple[int, ...]:
    """The last row of each strip where one holds ``rows_per_plate`` rows."""
    step = rows_per_plate or plan.rows
    return (*range(step, plan.rows, step), plan.rows)
