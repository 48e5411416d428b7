"""Rows of flat cells: where each stands, how it is turned and numbered.

Numbering is a snake: row 1 from left (-x) to right, row 2 from right to left, and so on. ``n_parallel`` consecutive cells of a row are
one group, turned alike; the next group is turned the other way, so that the plus terminals of a group stand in line with the minus
terminals of the next. Every row starts unturned (plus to +y, or above). Series position 1 is the minus end. Where a cell's terminals
stand side by side along the row, no cell is turned: plus looks the way the row runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Rows
from packtool.errors import DesignError, LayoutError
from packtool.layout.complaints import complain
from packtool.layout.gaps import Gap, plan_gaps, plate_gap
from packtool.layout.row_sides import Sides, plan_sides
from packtool.layout.stance import Stance, stance_of

Rotation = Literal[0, 90, 180, 270]


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell's place: ``row`` and ``column`` from 1 (column 1 at -x), ``series`` and ``parallel`` from 1."""

    name: str
    row: int
    column: int
    series: int
    parallel: int
    turned: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row [mm]: the cells' ``stance``, the row's middle ``y``, the cells' middles ``xs``, the ``gaps`` between them.

    ``rotation`` of an unturned cell's product about the vertical. ``facing``: the side (-1: -y, +1: +y) that terminals on one end look to.
    ``tail``: a fin of its own behind the last cell, if no gap before it holds one.
    """

    number: int
    stance: Stance
    y: float
    xs: tuple[float, ...]
    gaps: tuple[Gap, ...]
    rotation: Rotation
    facing: int
    tail: float = 0.0

    @property
    def start(self) -> float:
        """x where the first cell begins."""
        return self.xs[0] - self.stance.x / 2

    @property
    def end(self) -> float:
        """x where the last cell ends."""
        return self.xs[-1] + self.stance.x / 2

    @property
    def runs_right(self) -> bool:
        """The current passes the row towards +x."""
        return self.number % 2 == 1


@dataclass(frozen=True, slots=True)
class RowPlan:
    """All rows in numbers [mm]; their common middle is x = y = 0. ``body``: the cell's own product. ``lift``: the cells stand so much above the layer below (fins' feet). ``end_pad_mm``: between an end cell and its end plate; ``sides``: what is on the rows' sides."""

    cell_id: str
    body: Stance
    rows: tuple[Row, ...]
    end_plate_mm: float
    row_gap_mm: float
    lift: float
    n_parallel: int
    spots: tuple[Spot, ...]
    end_pad_mm: float
    sides: Sides

    @property
    def length_mm(self) -> float:
        """Length that the rows take about x = 0, with their end plates and fins: offset rows of unequal lengths reach further on one side."""
        return 2 * max(abs(end) for row in self.rows for end in self.ends(row))

    @property
    def breadth_mm(self) -> float:
        """All rows with what is on their sides, and the gaps between them (y)."""
        first, last = self.rows[0], self.rows[-1]
        return last.y + last.stance.y / 2 - (first.y - first.stance.y / 2) + 2 * self.sides.reach

    @property
    def height_mm(self) -> float:
        """From the layer below to the top of the cells."""
        return self.rows[0].stance.z + self.lift

    @property
    def n_series(self) -> int:
        """Series positions in all rows."""
        return len(self.spots) // self.n_parallel

    def ends(self, row: Row) -> tuple[float, float]:
        """x where a row begins and ends, with its end plates."""
        beyond = self.end_pad_mm + self.end_plate_mm
        return row.start - beyond, row.end + row.tail + beyond

    def row_of(self, spot: Spot) -> Row:
        """The row that a cell stands in."""
        return self.rows[spot.row - 1]


def rows_of(loaded: LoadedDesign) -> Rows:
    """The arrangement of a design of rows."""
    arrangement = loaded.design.arrangement
    assert isinstance(arrangement, Rows)  # lay_out picks by the pattern
    return arrangement


def plan_rows(loaded: LoadedDesign) -> RowPlan:
    """The rows of this design, of one module where it has several.

    Raises DesignError if the cell is not flat, lacks a dimension or cannot stand so; LayoutError if the counts do not come out (the
    loader complains of that with its place).
    """
    stance = stance_of(loaded)
    arrangement, electrical = rows_of(loaded), loaded.design.electrical
    parallel = electrical.parallel // arrangement.string_count()
    counts = arrangement.row_counts()
    modules = arrangement.module_count()
    if sum(counts) * modules != electrical.series * electrical.parallel:
        raise LayoutError(
            f"{len(counts)} rows of {'/'.join(map(str, dict.fromkeys(counts)))} cells{f' in {modules} modules' if modules > 1 else ''} are"
            f" {sum(counts) * modules}, but {electrical.series} in series x {electrical.parallel} in parallel are"
            f" {electrical.series * electrical.parallel}"
        )
    for count in counts:
        if count % parallel:
            raise LayoutError(
                f"cells_per_row ({count}) is not a multiple of parallel ({parallel}): a group would be split over two rows"
            )
    across = frozenset(arrangement.turned_rows)
    _refuse_rows(loaded, stance, across)
    stances = [stance.turned_in_row() if number in across else stance for number in range(1, len(counts) + 1)]
    sides = plan_sides(arrangement)
    breadth = sum(s.y + 2 * sides.reach for s in stances) + (len(counts) - 1) * arrangement.between_rows_mm
    rows, y = [], -breadth / 2 + sides.reach
    for number, (count, standing) in enumerate(zip(counts, stances, strict=True), 1):
        gaps = plan_gaps(arrangement, count, plate_gap(loaded.design))
        tail = arrangement.fins.thickness_mm if arrangement.fins and (arrangement.fins.every == 1 or count % 2) else 0.0
        shift = arrangement.row_offset_mm / 2 * (1 if number % 2 == 0 else -1) if len(counts) > 1 else 0.0
        rows.append(
            Row(
                number,
                standing,
                y + standing.y / 2,
                _middles(standing.x, gaps, count, shift - tail / 2),
                gaps,
                270 if number in across else 0,
                -1 if number <= len(counts) // 2 else 1,
                tail,
            )
        )
        y += standing.y + 2 * sides.reach + arrangement.between_rows_mm
    return RowPlan(
        cell_id=loaded.cell.id,
        body=stance,
        rows=tuple(rows),
        end_plate_mm=arrangement.end_plate_mm,
        row_gap_mm=arrangement.between_rows_mm,
        lift=arrangement.fins.thickness_mm if arrangement.fins else 0.0,
        n_parallel=parallel,
        spots=number_cells(counts, parallel, tuple(row.stance.in_line for row in rows)),
        end_pad_mm=arrangement.end_pad.thickness_mm if arrangement.end_pad else 0.0,
        sides=sides,
    )


def _middles(size: float, gaps: Sequence[Gap], count: int, shift: float) -> tuple[float, ...]:
    """Middles of ``count`` cells of ``size`` with these gaps between them, about x = ``shift``."""
    length = count * size + sum(gap.width for gap in gaps)
    places, x = [], shift - length / 2 + size / 2
    for k in range(count):
        places.append(x)
        if k < len(gaps):
            x += size + gaps[k].width
    return tuple(places)


def _refuse_rows(loaded: LoadedDesign, stance: Stance, across: frozenset[int]) -> None:
    """Raise DesignError for turned rows of cells that cannot stand so, and for fins that do not fit under their cells."""
    arrangement = rows_of(loaded)
    complaints = []
    if across and (stance.poles != "across" or loaded.cell.format == "pouch"):
        message = (
            "a row is turned where its cells are cans with terminals on top and stand upright; these do not: leave turned_rows out"
        )
        complaints.append(complain(loaded, "arrangement.turned_rows", message))
    elif across and (arrangement.fins or arrangement.barrier):
        message = (
            "fins and barriers are as large as the cells' wide faces, which a turned row does not stack: leave turned_rows out"
        )
        complaints.append(complain(loaded, "arrangement.turned_rows", message))
    if arrangement.fins and arrangement.fins.foot_mm is not None and arrangement.fins.foot_mm > stance.x:
        message = f"a foot of {arrangement.fins.foot_mm:g} mm reaches past the cell above it, {stance.x:g} mm: make it no longer than that"
        complaints.append(complain(loaded, "arrangement.fins.foot_mm", message))
    if complaints:
        raise DesignError(complaints)


def quarter_turns(degrees: int) -> Rotation:
    """A multiple of 90 degrees as a part's rotation."""
    turns: tuple[Rotation, ...] = (0, 90, 180, 270)
    return turns[degrees // 90 % 4]


def number_cells(counts: Sequence[int], n_parallel: int, in_line: Sequence[bool] = ()) -> tuple[Spot, ...]:
    """Every cell by row, then column, with its place in the snake. ``counts``: cells of each row; ``in_line``: rows whose cells do not turn.

    Names ``R1C01``; columns are as wide as the largest needs, at least 2 digits.
    """
    digits = max(2, len(str(max(counts))))
    spots = []
    before = 0
    for row, columns in enumerate(counts, 1):
        straight = bool(in_line) and in_line[row - 1]
        for column in range(1, columns + 1):
            along = column - 1 if row % 2 else columns - column
            group, mate = divmod(along, n_parallel)
            turned = row % 2 == 0 if straight else group % 2 == 1
            spots.append(Spot(f"R{row}C{column:0{digits}d}", row, column, before + group + 1, mate + 1, turned))
        before += columns // n_parallel
    return tuple(spots)
