"""Rows of prismatic cells: where each stands, how it is turned and numbered; pads, end plates and the layer below.

Numbering is a snake: row 1 from left (-x) to right, row 2 from right to left, and so on. ``n_parallel`` consecutive cells of a row are
one group, turned alike; the next group is turned by 180 degrees, so that the plus terminals of a group stand in line with the minus
terminals of the next. Every row starts unturned (plus to +y). Series position 1 is the pack's minus end.
"""

from __future__ import annotations

from dataclasses import dataclass

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Rows
from packtool.errors import DesignError, LayoutError
from packtool.layout.complaints import complain
from packtool.layout.records import Part, Product, Profile, Sweep

LARGEST_EDGE_RADIUS_MM = 3.0
"""Vertical edge radius of a prismatic can, remembered (seen on drawn aluminium cans: 1-4 mm); CAD only, the mesh leaves it out."""


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
class RowPlan:
    """The rows in numbers [mm]; the rows' common middle is x = y = 0."""

    cell_id: str
    width_mm: float
    thickness_mm: float
    height_mm: float
    rows: int
    columns: int
    gap_mm: float
    row_gap_mm: float
    end_plate_mm: float
    n_parallel: int
    spots: tuple[Spot, ...]

    @property
    def pitch_mm(self) -> float:
        """From cell to cell along a row."""
        return self.thickness_mm + self.gap_mm

    @property
    def row_pitch_mm(self) -> float:
        """From row to row."""
        return self.width_mm + self.row_gap_mm

    @property
    def groups_per_row(self) -> int:
        """Series positions in one row."""
        return self.columns // self.n_parallel

    @property
    def stack_mm(self) -> float:
        """Length of a row without its end plates."""
        return self.columns * self.thickness_mm + (self.columns - 1) * self.gap_mm

    @property
    def length_mm(self) -> float:
        """Length of a row with its end plates (x)."""
        return self.stack_mm + 2 * self.end_plate_mm

    @property
    def breadth_mm(self) -> float:
        """All rows and the gaps between them (y)."""
        return self.rows * self.width_mm + (self.rows - 1) * self.row_gap_mm

    def row_y(self, row: int) -> float:
        """y of a row's middle."""
        return (row - (self.rows + 1) / 2) * self.row_pitch_mm

    def column_x(self, column: float) -> float:
        """x of a cell's middle; 1.5 is the middle of the gap behind column 1."""
        return (column - (self.columns + 1) / 2) * self.pitch_mm

    def group_x(self, row: int, group: int) -> float:
        """x of the middle of the ``group``-th series position (from 1) of a row, counted along the snake."""
        middle = (group - 0.5) * self.n_parallel + 0.5
        return self.column_x(middle if row % 2 else self.columns + 1 - middle)


def plan_rows(loaded: LoadedDesign) -> RowPlan:
    """The rows of this design.

    Raises DesignError if the cell is not prismatic or lacks a dimension; LayoutError if the counts do not come out (the loader
    complains of that with its place).
    """
    cell, arrangement, electrical = loaded.cell, loaded.design.arrangement, loaded.design.electrical
    assert isinstance(arrangement, Rows)  # lay_out picks by the pattern
    if cell.format != "prismatic":
        message = f"{cell.id} is {cell.format}: pattern: rows stacks prismatic cells only"
        raise DesignError([complain(loaded, "cell", message)])
    if cell.width_mm is None or cell.thickness_mm is None or cell.height_mm is None:
        missing = ", ".join(cell.unknown(("width_mm", "thickness_mm", "height_mm")))
        message = f"{cell.id}: unknown {missing}; give it as cell: {{like: {cell.id}, {missing.split(', ')[0]}: ...}}"
        raise DesignError([complain(loaded, "cell", message)])
    rows, columns, parallel = arrangement.rows, arrangement.cells_per_row, electrical.parallel
    if rows * columns != electrical.series * parallel:
        raise LayoutError(
            f"{rows} rows of {columns} cells are {rows * columns}, but {electrical.series} in series x {parallel} in parallel are"
            f" {electrical.series * parallel}"
        )
    if columns % parallel:
        raise LayoutError(
            f"cells_per_row ({columns}) is not a multiple of parallel ({parallel}): a group would be split over two rows"
        )
    return RowPlan(
        cell_id=cell.id,
        width_mm=cell.width_mm.value,
        thickness_mm=cell.thickness_mm.value,
        height_mm=cell.height_mm.value,
        rows=rows,
        columns=columns,
        gap_mm=arrangement.cell_gap_mm,
        row_gap_mm=arrangement.row_gap_mm,
        end_plate_mm=arrangement.end_plate_mm,
        n_parallel=parallel,
        spots=number_cells(rows, columns, parallel),
    )


def number_cells(rows: int, columns: int, n_parallel: int) -> tuple[Spot, ...]:
    """Every cell by row, then column, with its place in the snake. Names ``R1C01``; columns are as wide as the largest needs, at least 2."""
    digits = max(2, len(str(columns)))
    groups = columns // n_parallel
    spots = []
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            along = column - 1 if row % 2 else columns - column
            group, mate = divmod(along, n_parallel)
            spots.append(Spot(f"R{row}C{column:0{digits}d}", row, column, (row - 1) * groups + group + 1, mate + 1, group % 2 == 1))
    return tuple(spots)


def cell_parts(plan: RowPlan, description: str, z: float) -> tuple[Product, list[Part]]:
    """The cell's box and every cell, standing at ``z``."""
    product = Product(
        id=f"cell-{plan.cell_id}",
        role="cell",
        material=plan.cell_id,
        sweeps=(_upright(plan.thickness_mm, plan.width_mm, plan.height_mm),),
        description=description,
        edge_radius_mm=min(LARGEST_EDGE_RADIUS_MM, plan.thickness_mm / 10),
    )
    parts = [
        Part(
            spot.name,
            product.id,
            (plan.column_x(spot.column), plan.row_y(spot.row), z),
            180 if spot.turned else 0,
            (f"row R{spot.row}",),
            spot.series,
            spot.parallel,
        )
        for spot in plan.spots
    ]
    return product, parts


def pad_parts(plan: RowPlan, material: str | None, z: float) -> tuple[Product | None, list[Part]]:
    """A pad as large as the cell's face in every gap of a row; none without a material, a gap or a second cell."""
    if material is None or plan.gap_mm == 0 or plan.columns == 1:
        return None, []
    product = Product(
        id="pad",
        role="pad",
        material=material,
        sweeps=(_upright(plan.gap_mm, plan.width_mm, plan.height_mm),),
        description=f"pad between two cells, {plan.gap_mm:g} mm",
    )
    digits = max(2, len(str(plan.columns - 1)))
    parts = [
        Part(f"pad R{row}P{gap:0{digits}d}", "pad", (plan.column_x(gap + 0.5), plan.row_y(row), z), group=(f"row R{row}",))
        for row in range(1, plan.rows + 1)
        for gap in range(1, plan.columns)
    ]
    return product, parts


def end_plate_parts(plan: RowPlan, material: str, z: float) -> tuple[Product | None, list[Part]]:
    """A plate as large as the cell's face directly on the first and the last cell of every row; none if 0 thick."""
    if plan.end_plate_mm == 0:
        return None, []
    product = Product(
        id="end-plate",
        role="end_plate",
        material=material,
        sweeps=(_upright(plan.end_plate_mm, plan.width_mm, plan.height_mm),),
        description=f"end plate, {plan.end_plate_mm:g} mm",
    )
    x = (plan.stack_mm + plan.end_plate_mm) / 2
    parts = [
        Part(f"end plate R{row}{side}", "end-plate", (x * sign, plan.row_y(row), z), group=(f"row R{row}",))
        for row in range(1, plan.rows + 1)
        for side, sign in (("-x", -1), ("+x", 1))
    ]
    return product, parts


def interface_parts(plan: RowPlan, material: str, thickness_mm: float, z: float) -> tuple[Product, list[Part]]:
    """One slab under each row: its cells, pads and end plates, as wide as the cell."""
    product = Product(
        id="interface",
        role="interface",
        material=material,
        sweeps=(_upright(plan.length_mm, plan.width_mm, thickness_mm),),
        description=f"layer under a row, {thickness_mm:g} mm",
    )
    parts = [
        Part(f"interface R{row}", "interface", (0.0, plan.row_y(row), z), group=(f"row R{row}",)) for row in range(1, plan.rows + 1)
    ]
    return product, parts


def _upright(x: float, y: float, z: float) -> Sweep:
    """A box on z = 0 around x = y = 0."""
    return Sweep(Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2), 0.0, z)
