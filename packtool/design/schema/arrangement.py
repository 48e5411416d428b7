"""How the cells are joined and stand: electrical, arrangement (one record a family of patterns), busbars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, DesignRecord, MaterialId, Millimetres, value_of
from packtool.design.schema.cylinders import CylinderGrid
from packtool.design.schema.structure import STRUCTURE_AGREEMENTS, RowFiller, Sheet, SidePlates, Straps

Count = Annotated[int, Field(ge=1, le=1_000, strict=True)]


class Electrical(DesignRecord):
    """``series`` groups of ``parallel`` cells each."""

    series: Annotated[int, Field(ge=1, le=2_000, strict=True)] = Field(description="groups in series")
    parallel: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(1, description="cells in parallel in each group")


class Barrier(DesignRecord):
    """Sheets between cells that hold back heat and flame, in the middle of the gap, with pads beside them."""

    material: MaterialId = Field(description="material of the sheets, as in mica_sheet or aerogel_blanket")
    thickness_mm: Millimetres = Field(description="thickness of a sheet; at most cell_gap_mm")
    every: Count = Field(1, description="a sheet in every n-th gap of a row; 1: in each")


class Fins(DesignRecord):
    """Metal sheets between cells, folded at their foot under the cell onto the layer below."""

    material: MaterialId = Field(description="material of the sheets, as in al_1060_busbar")
    thickness_mm: Millimetres = Field(
        description="thickness of a sheet; the cells stand on the feet, so much above the layer below"
    )
    every: Annotated[int, Field(ge=1, le=2, strict=True)] = Field(
        2, description="2: one between the two cells of each pair, touching both; 1: one for each cell, in every gap"
    )
    foot_mm: Millimetres | None = Field(None, description="length of the foot under the cell; default: the cell's thickness")


ONE_LAYER = (
    "modules stand in one layer, on one cold plate: give each layer a design of its own, with its share of electrical.series (or of the"
    " strings in parallel) and of the coolant, or let more modules stand side by side (count_x, count_y)"
)


def _whole_strings(count_x: int, count_y: int, strings: int) -> str | None:
    count = count_x * count_y
    if count % strings == 0:
        return None
    fitting = ", ".join(str(k) for k in range(1, count + 1) if count % k == 0)
    return f"{count_x} x {count_y} = {count} modules do not come out in {strings} strings; these do: {fitting}"


class Modules(DesignRecord):
    """The rows as a module that stands in the pack ``count_x`` x ``count_y`` times, in series, or in ``strings`` that are in parallel."""

    agreements = (Agreement(("count_x", "count_y", "strings"), "strings", _whole_strings),)
    absent = dict.fromkeys(("count_z", "layers", "gap_z_mm"), ONE_LAYER)

    count_x: Count = Field(1, description="modules side by side along x")
    count_y: Count = Field(1, description="lines of modules along y")
    strings: Count = Field(
        1,
        description="strings of modules in parallel, as many modules in each, in the order of their numbers; "
        "electrical.parallel counts the cells of all strings",
    )
    gap_x_mm: Annotated[float, Field(ge=0, le=500)] = Field(10.0, description="between two modules along x")
    gap_y_mm: Annotated[float, Field(ge=0, le=500)] = Field(10.0, description="between two lines of modules")
    rotation_deg: tuple[Literal[0, 90, 180, 270], ...] = Field(
        (0,),
        min_length=1,
        description="how the modules are turned, one after the other in the order of the current, and again from the first; "
        "those of every second line 180 degrees more",
    )


def _one_count_a_row(rows: int, cells_per_row: int | tuple[int, ...]) -> str | None:
    if isinstance(cells_per_row, int) or len(cells_per_row) == rows:
        return None
    return f"a list has one number for each of the {rows} rows (rows), got {len(cells_per_row)}"


def _row_gap_of_rows(rows: int, gap: float | None) -> str | None:
    return f"missing: between the {rows} rows, and whatever is on their sides [mm]" if gap is None and rows > 1 else None


def _cell_gap_of_cells(cells_per_row: int | Sequence[int], gap: float | None) -> str | None:
    most = cells_per_row if isinstance(cells_per_row, int) else max(cells_per_row, default=1)
    return "missing: between the cells' large faces [mm]" if gap is None and most > 1 else None


def _rows_exist(rows: int, turned: tuple[int, ...]) -> str | None:
    beyond = [number for number in turned if number > rows]
    return f"there is no row {beyond[0]}: rows are 1 to {rows}" if beyond else None


def _fits_in_gap(gap: float | None, pad: object, barrier: Barrier | dict | None, fins: Fins | dict | None) -> str | None:
    if barrier is None or gap is None:
        return None
    thick = _number(barrier, "thickness_mm") + (_number(fins, "thickness_mm") if fins and _number(fins, "every", 2) == 1 else 0.0)
    what = "barrier and fin are" if fins and _number(fins, "every", 2) == 1 else "the barrier is"
    if thick > gap * (1 + 1e-12):
        return f"{what} {thick:g} mm thick, the gap (cell_gap_mm) {gap:g}"
    if pad is None and thick < gap * (1 - 1e-12):
        return f"{what} {thick:g} mm thick, the gap (cell_gap_mm) {gap:g}: name gap_material, the pad that fills the rest"
    return None


def _fin_in_gap(gap: float | None, pad: object, fins: Fins | dict | None) -> str | None:
    if fins is None or gap is None or _number(fins, "every", 2) == 2:
        return None
    thick = _number(fins, "thickness_mm")
    if thick > gap * (1 + 1e-12):
        return f"a fin in each gap (every: 1) is {thick:g} mm thick, the gap (cell_gap_mm) {gap:g}"
    return None


def _number(record: object, key: str, default: float = 0.0) -> float:
    """A number of a record, or of the mapping that is to become one; ``default`` where there is none."""
    found = value_of(record, key)
    return float(found) if isinstance(found, int | float) else default


class Rows(DesignRecord):
    """Flat cells in rows: stacked through their thickness along x, rows side by side along y."""

    agreements = (
        Agreement(("rows", "cells_per_row"), "cells_per_row", _one_count_a_row),
        Agreement(("rows", "turned_rows"), "turned_rows", _rows_exist),
        Agreement(("rows", "row_gap_mm"), "row_gap_mm", _row_gap_of_rows),
        Agreement(("cells_per_row", "cell_gap_mm"), "cell_gap_mm", _cell_gap_of_cells),
        Agreement(("cell_gap_mm", "gap_material", "barrier", "fins"), "barrier", _fits_in_gap),
        Agreement(("cell_gap_mm", "gap_material", "fins"), "fins", _fin_in_gap),
        *STRUCTURE_AGREEMENTS,
    )

    pattern: Literal["rows"] = Field("rows", description="how the cells stand; rows: prismatic or pouch cells side by side")
    rows: Count = Field(description="rows side by side (y); of one module, where there are modules")
    cells_per_row: Count | tuple[Count, ...] = Field(
        description="cells in each row (x), or a list with a number for each row; all of them are series x parallel, and a parallel group "
        "does not cross rows; where modules are strings in parallel (modules.strings) a string's share of it"
    )
    cell_gap_mm: Annotated[float, Field(ge=0, le=100)] | None = Field(
        None, description="between the large faces; filled by gap_material, if one is named; not for rows of one cell"
    )
    gap_material: MaterialId | None = Field(None, description="pad between the cells; left out: an empty gap")
    row_gap_mm: Annotated[float, Field(ge=0, le=500)] | None = Field(
        None, description="between two rows, and whatever is on their sides (side_lining, side_plates, straps); not for one row"
    )
    end_plate_mm: Annotated[float, Field(ge=0, le=200)] = Field(
        0.0, description="thickness of the plates that close a row; 0: none"
    )
    end_plate_material: MaterialId = Field("al_6061_t6", description="material of the plates that close a row")
    orientation: Literal["upright", "on_side", "flat"] = Field(
        "upright",
        description="upright: height up; on_side: on the narrow side, width up, terminals to the side; flat: on the wide face, thickness up",
    )
    row_offset_mm: Annotated[float, Field(ge=-10_000, le=10_000)] = Field(
        0.0, description="every second row is shifted so far along x"
    )
    turned_rows: tuple[Count, ...] = Field(
        (), description="rows, from 1, whose cells are turned by 90 degrees: their width along x"
    )
    barrier: Barrier | None = Field(None, description="sheets between the cells that hold back heat and flame")
    fins: Fins | None = Field(None, description="metal sheets between the cells that lead heat to the layer below")
    end_pad: Sheet | None = Field(None, description="layer between the end cells and their end plates; left out: they touch")
    side_lining: Sheet | None = Field(
        None, description="layer on the cells' sides along a row, under side plates and straps; left out: none"
    )
    side_plates: SidePlates | None = Field(None, description="plates along the rows, fixed to the end plates; left out: none")
    straps: Straps | None = Field(None, description="bands around the rows and their end plates; left out: none")
    row_filler: RowFiller | None = Field(None, description="gap filler beside the rows; left out: air")
    modules: Modules | None = Field(None, description="the rows as a module, several times in the pack")

    @property
    def between_rows_mm(self) -> float:
        """``row_gap_mm``; 0 of one row."""
        return self.row_gap_mm or 0.0

    @property
    def between_cells_mm(self) -> float:
        """``cell_gap_mm``; 0 of rows of one cell."""
        return self.cell_gap_mm or 0.0

    def row_counts(self) -> tuple[int, ...]:
        """Cells of each row (of one module)."""
        return self.cells_per_row if isinstance(self.cells_per_row, tuple) else (self.cells_per_row,) * self.rows

    def module_count(self) -> int:
        """Modules in the pack; 1 where the rows are the pack."""
        return self.modules.count_x * self.modules.count_y if self.modules else 1

    def string_count(self) -> int:
        """Strings of modules in parallel."""
        return self.modules.strings if self.modules else 1


class Busbars(DesignRecord):
    """Bars that join the terminals of neighbouring groups."""

    material: MaterialId = Field(description="material of the bars; its resistivity must be known")
    thickness_mm: Millimetres = Field(description="thickness of a bar")
    width_mm: Millimetres | None = Field(
        None,
        description="width of a bar (pattern: rows); width x thickness carries the current of one group. Left out for cylindrical cells: "
        "their plates are as wide as a group",
    )
    contact_uOhm: Annotated[float, Field(ge=0, le=10_000)] = Field(
        0.0,
        description="electric resistance of the weld, bolted joint or bond between a cell's pole and its bar. Left out: none",
    )


Arrangement = Rows | CylinderGrid
"""Every family of patterns; ``pattern`` tells which one a design means."""
