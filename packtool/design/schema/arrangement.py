"""How the cells are joined and stand: electrical, arrangement (one record a family of patterns), busbars."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import DesignRecord, MaterialId, Millimetres
from packtool.design.schema.cylinders import CylinderGrid


class Electrical(DesignRecord):
    """``series`` groups of ``parallel`` cells each."""

    series: Annotated[int, Field(ge=1, le=2_000, strict=True)] = Field(description="groups in series")
    parallel: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(1, description="cells in parallel in each group")


class Rows(DesignRecord):
    """Prismatic cells in rows: stacked through their thickness along x, rows side by side along y."""

    pattern: Literal["rows"] = Field("rows", description="how the cells stand; rows: prismatic cells side by side")
    rows: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(description="rows side by side (y)")
    cells_per_row: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(
        description="cells in each row (x); rows x cells_per_row is series x parallel, and a parallel group does not cross rows"
    )
    cell_gap_mm: Annotated[float, Field(ge=0, le=100)] = Field(
        description="between the large faces; filled by gap_material, if one is named"
    )
    gap_material: MaterialId | None = Field(None, description="pad between the cells; left out: an empty gap")
    row_gap_mm: Annotated[float, Field(ge=0, le=500)] = Field(description="air between two rows")
    end_plate_mm: Annotated[float, Field(ge=0, le=200)] = Field(
        0.0, description="thickness of the plates that close a row; 0: none"
    )
    end_plate_material: MaterialId = Field("al_6061_t6", description="material of the plates that close a row")


class Busbars(DesignRecord):
    """Bars that join the terminals of neighbouring groups."""

    material: MaterialId = Field(description="material of the bars; its resistivity must be known")
    thickness_mm: Millimetres = Field(description="thickness of a bar")
    width_mm: Millimetres | None = Field(
        None,
        description="width of a bar (pattern: rows); width x thickness carries the current of one group. Left out for cylindrical cells: "
        "their plates are as wide as a group",
    )


Arrangement = Rows | CylinderGrid
"""Every family of patterns; ``pattern`` tells which one a design means."""
