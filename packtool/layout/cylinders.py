"""Upright cylindrical cells in a grid: where each stands, how it is numbered and which way up it is.

Rows run along x. In a hexagonal grid odd rows stand a quarter pitch towards -x and even rows a quarter towards +x. Parallel groups are
blocks of the grid (``design.groups``), numbered as a snake: along +x through the first rows of blocks, back through the next, and so on.
Series position 1 is the pack's minus end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from packtool.catalogue.records import Cell
from packtool.design.groups import Block, block_of
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import CylinderGrid
from packtool.errors import DesignError, LayoutError
from packtool.layout.can import can_details
from packtool.layout.complaints import complain
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Part, Product, Sweep

LEAST_GAP_MM = 0.2
"""Two cans closer than this are refused: the wraps of two cells are 0.1 mm each (catalogue: pet_film)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell's place: ``row`` and ``column`` from 1 (row 1 at -y, column 1 at -x), ``series`` and ``parallel`` from 1."""

    name: str
    row: int
    column: int
    series: int
    parallel: int
    inverted: bool


@dataclass(frozen=True, slots=True)
class GridPlan:
    """The grid in numbers [mm]; its middle is x = y = 0. ``row_y`` from row 1 on; ``shift_mm`` of odd rows to -x, of even ones to +x."""

    cell_id: str
    diameter_mm: float
    height_mm: float
    columns: int
    pitch_mm: float
    shift_mm: float
    row_y: tuple[float, ...]
    rim_mm: float
    block: Block
    spots: tuple[Spot, ...]

    @property
    def rows(self) -> int:
        """Rows side by side."""
        return len(self.row_y)

    @property
    def radius_mm(self) -> float:
        """Of a can."""
        return self.diameter_mm / 2

    @property
    def length_mm(self) -> float:
        """Cells and rim along x."""
        staggered = 2 * self.shift_mm if self.rows > 1 else 0.0
        return (self.columns - 1) * self.pitch_mm + staggered + self.diameter_mm + 2 * self.rim_mm

    @property
    def beyond_mm(self) -> float:
        """What stands out of the ends: round cells have nothing there [mm]."""
        return 0.0

    @property
    def breadth_mm(self) -> float:
        """Cells and rim along y."""
        return self.row_y[-1] - self.row_y[0] + self.diameter_mm + 2 * self.rim_mm

    @property
    def reach_mm(self) -> float:
        """How far cells, rim and the busbars' plates reach from the middle along x."""
        return max(self.length_mm / 2, self.columns * self.pitch_mm / 2 + (self.shift_mm if self.rows > 1 else 0.0))

    @property
    def side_reach_mm(self) -> float:
        """The same along y."""
        beyond = min((b - a for a, b in pairwise(self.row_y)), default=self.pitch_mm) / 2
        return max(self.breadth_mm / 2, self.row_y[-1] + beyond)

    def row_shift(self, row: int) -> float:
        """By how much a row (from 1) stands off the columns in x."""
        if self.rows == 1:
            return 0.0
        return self.shift_mm if row % 2 == 0 else -self.shift_mm

    def column_x(self, column: float) -> float:
        """x of a column before its rows are shifted; 1.5 is half way between columns 1 and 2."""
        return (column - (self.columns + 1) / 2) * self.pitch_mm

    def axis(self, row: int, column: int) -> tuple[float, float]:
        """x and y of a cell's axis."""
        return self.column_x(column) + self.row_shift(row), self.row_y[row - 1]


def plan_grid(loaded: LoadedDesign, row_distances: tuple[float, ...] | None = None) -> GridPlan:
    """The grid of this design; ``row_distances`` [mm] from axis to axis of neighbouring rows, where they are not the pattern's own.

    Raises DesignError if the cell is not cylindrical or lacks a dimension, or neighbours touch; LayoutError if the counts do not
    come out (the loader complains of that with its place).
    """
    cell, grid, electrical = loaded.cell, _grid(loaded), loaded.design.electrical
    diameter, height = _size(loaded, cell)
    block = block_of(grid.rows, grid.cells_per_row, electrical.parallel, grid.group_rows)
    if block is None or grid.rows * grid.cells_per_row != electrical.series * electrical.parallel:
        raise LayoutError(
            f"{electrical.series} groups of {electrical.parallel} cells do not make {grid.rows} rows of {grid.cells_per_row} cells"
        )
    pitch = pitch_of(grid, diameter)
    if pitch - diameter < LEAST_GAP_MM - 1e-9:  # rounding of the sum
        message = f"{pitch:g} is too small for cells of {diameter:g} mm: they need a gap of {LEAST_GAP_MM:g} mm at least"
        raise DesignError([complain(loaded, "arrangement.pitch_mm", message)])
    distances = row_distances or (row_distance(grid, pitch),) * (grid.rows - 1)
    ys = [0.0]
    for distance in distances:
        ys.append(ys[-1] + distance)
    return GridPlan(
        cell_id=cell.id,
        diameter_mm=diameter,
        height_mm=height,
        columns=grid.cells_per_row,
        pitch_mm=pitch,
        shift_mm=pitch / 4 if grid.pattern == "hexagonal" else 0.0,
        row_y=tuple(y - ys[-1] / 2 for y in ys),
        rim_mm=grid.rim_mm,
        block=block,
        spots=number_cells(grid.rows, grid.cells_per_row, block, alternating=grid.polarity == "alternating"),
    )


def _grid(loaded: LoadedDesign) -> CylinderGrid:
    arrangement = loaded.design.arrangement
    assert isinstance(arrangement, CylinderGrid)  # lay_out picks by the pattern
    return arrangement


def _size(loaded: LoadedDesign, cell: Cell) -> tuple[float, float]:
    """Diameter and height of the cell [mm]."""
    if cell.format != "cylindrical":
        message = f"{cell.id} is {cell.format}: pattern: {loaded.design.arrangement.pattern} takes cylindrical cells"
        raise DesignError([complain(loaded, "cell", message)])
    if cell.diameter_mm is None or cell.height_mm is None:
        missing = ", ".join(cell.unknown(("diameter_mm", "height_mm")))
        message = f"{cell.id}: unknown {missing}; give it as cell: {{like: {cell.id}, {missing.split(', ')[0]}: ...}}"
        raise DesignError([complain(loaded, "cell", message)])
    return cell.diameter_mm.value, cell.height_mm.value


def cell_diameter(loaded: LoadedDesign) -> float:
    """Diameter of the cell [mm]. Raises DesignError as ``plan_grid``."""
    return _size(loaded, loaded.cell)[0]


def pitch_of(grid: CylinderGrid, diameter_mm: float) -> float:
    """From axis to axis along a row [mm]."""
    if grid.pitch_mm is not None:
        return grid.pitch_mm
    assert grid.cell_gap_mm is not None  # the schema asks for one of the two
    return diameter_mm + grid.cell_gap_mm


def row_distance(grid: CylinderGrid, pitch_mm: float) -> float:
    """From row to row of the pattern [mm]: all neighbours are a pitch apart."""
    return pitch_mm * math.sqrt(3) / 2 if grid.pattern == "hexagonal" else pitch_mm


def number_cells(rows: int, columns: int, block: Block, *, alternating: bool) -> tuple[Spot, ...]:
    """Every cell by row, then column, with its place in the snake of blocks. Names ``R1C01``; columns as wide as the largest needs, at least 2.

    Inside a block the cells count by row, then column. ``alternating``: every second group is upside down, the first is not.
    """
    digits = max(2, len(str(columns)))
    across = columns // block.columns
    spots = []
    for row in range(1, rows + 1):
        lane, inside_row = divmod(row - 1, block.rows)
        for column in range(1, columns + 1):
            place, inside_column = divmod(column - 1, block.columns)
            series = lane * across + (place if lane % 2 == 0 else across - 1 - place) + 1
            parallel = inside_row * block.columns + inside_column + 1
            spots.append(Spot(f"R{row}C{column:0{digits}d}", row, column, series, parallel, alternating and series % 2 == 0))
    return tuple(spots)


def cell_parts(plan: GridPlan, description: str, z: float) -> tuple[list[Product], list[Part]]:
    """The cell's cylinder, upright and (where there are such) upside down, and every cell, standing at ``z``."""
    inverted = any(spot.inverted for spot in plan.spots)
    body = (Sweep(Profile(Loop.circle(0.0, 0.0, plan.radius_mm)), 0.0, plan.height_mm),)
    upright = f"cell-{plan.cell_id}"

    def product(id_: str, what: str, turned: bool) -> Product:
        details = can_details(plan.diameter_mm, plan.height_mm, inverted=turned)
        return Product(id_, "cell", plan.cell_id, body, what, details=details)

    products = [product(upright, description, False)]
    if inverted:
        products.append(product(f"{upright}-inverted", f"{description}, upside down", True))
    parts = [
        Part(
            spot.name,
            products[spot.inverted].id,
            (*plan.axis(spot.row, spot.column), z),
            0,
            (f"row R{spot.row}",),
            spot.series,
            spot.parallel,
        )
        for spot in plan.spots
    ]
    return products, parts


def outline(plan: GridPlan) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 of the cells with their rim: what holders, potting and the layer below cover."""
    return -plan.length_mm / 2, -plan.breadth_mm / 2, plan.length_mm / 2, plan.breadth_mm / 2


def interface_parts(plan: GridPlan, material: str, thickness_mm: float, z: float) -> tuple[Product, list[Part]]:
    """One slab under all cells, as large as their outline."""
    product = Product(
        id="interface",
        role="interface",
        material=material,
        sweeps=(Sweep(Profile.rectangle(*outline(plan)), 0.0, thickness_mm),),
        description=f"layer under the cells, {thickness_mm:g} mm",
    )
    return product, [Part("interface", "interface", (0.0, 0.0, z))]


def row_gaps(plan: GridPlan) -> tuple[float, ...]:
    """From axis to axis of neighbouring rows [mm]."""
    return tuple(b - a for a, b in pairwise(plan.row_y))
