"""Cylindrical cells that stand upright in a square or hexagonal grid."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, DesignRecord, MaterialId, Millimetres


class Holder(DesignRecord):
    """Plates with a round hole for each cell, around both ends of the cells."""

    material: MaterialId = Field(description="material of the plates, usually a filled plastic")
    thickness_mm: Millimetres = Field(description="height over which a plate holds the cells, at their bottom and at their top")
    rows_per_plate: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = Field(
        None,
        description="rows that one plate holds, where one plate over all would be too large; with ribbons it ends at each ribbon anyway",
    )


class Potting(DesignRecord):
    """What fills the space between the cells, from holder to holder."""

    material: MaterialId = Field(description="what is cast around the cells: a foam or a resin")


def _one_spacing(gap: float | None, pitch: float | None) -> str | None:
    if gap is None and pitch is None:
        return "missing: give cell_gap_mm (between two cans) or pitch_mm (from axis to axis)"
    return "give cell_gap_mm or pitch_mm, not both" if gap is not None and pitch is not None else None


class CylinderGrid(DesignRecord):
    """Upright cylindrical cells: rows along x, in a square grid, or in a hexagonal one with every second row half a pitch on."""

    agreements = (Agreement(("cell_gap_mm", "pitch_mm"), "cell_gap_mm", _one_spacing),)

    pattern: Literal["hexagonal", "square"] = Field(
        description="how the cells stand; hexagonal: every second row half a pitch on, as dense as can be; square: rows in line"
    )
    rows: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(description="rows side by side (y)")
    cells_per_row: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(
        description="cells in each row (x); rows x cells_per_row is series x parallel"
    )
    cell_gap_mm: Annotated[float, Field(ge=0.2, le=100)] | None = Field(
        None, description="air (or potting) between neighbouring cans; or give pitch_mm"
    )
    pitch_mm: Millimetres | None = Field(None, description="from axis to axis of neighbouring cells; or give cell_gap_mm")
    group_rows: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = Field(
        None,
        description="rows that a parallel group spans; groups then follow each other along x, and turn back at the ends. "
        "Default: as many as come out, which makes the busbars widest",
    )
    polarity: Literal["up", "alternating"] = Field(
        "up",
        description="up: every plus pole on top, both poles collected there (the can's rim is minus); alternating: every second group "
        "upside down, links on top and below by turns",
    )
    rim_mm: Annotated[float, Field(ge=0.5, le=200)] = Field(
        3.0, description="how far holders, potting and the layer below reach past the outermost cells"
    )
    holder: Holder | None = Field(None, description="plates that hold the cells at both ends; left out: none")
    potting: Potting | None = Field(None, description="fills the space between the cells; left out: air")
