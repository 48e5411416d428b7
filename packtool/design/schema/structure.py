"""What holds the cells of a row together, and fills the room beside them: linings, side plates, straps, fillers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, DesignRecord, MaterialId, Millimetres, value_of

BoltSize = Literal["M4", "M5", "M6", "M8", "M10", "M12"]


class Sheet(DesignRecord):
    """A layer between the cells and a part of the structure: insulation, pad, adhesive."""

    material: MaterialId = Field(description="material of the layer, as in pet_film or thermal_adhesive_2k_pu")
    thickness_mm: Millimetres = Field(description="thickness of the layer")


class SidePlates(DesignRecord):
    """Two plates along every row, fixed to its end plates: with them they are one block."""

    material: MaterialId = Field("al_6061_t6", description="material of the plates")
    thickness_mm: Millimetres = Field(description="thickness of a plate")
    height_mm: Millimetres | None = Field(
        None, description="height of a plate from the layer below the cells; default: up to the cells' top"
    )
    joint: Literal["welded", "bolted"] = Field(
        "welded", description="how a plate is fixed to the end plates; bolted: two bolts at each end, in threads of the end plate"
    )
    bolt: BoltSize = Field("M6", description="bolts of joint: bolted")
    bolt_material: MaterialId = Field("stainless_304", description="material of the bolts of joint: bolted")


class Straps(DesignRecord):
    """Bands around every row, over its end plates, that hold the cells under compression."""

    material: MaterialId = Field("stainless_304", description="material of the bands")
    count: Annotated[int, Field(ge=1, le=20, strict=True)] = Field(2, description="bands around a row, evenly over its height")
    width_mm: Millimetres = Field(description="width of a band (z)")
    thickness_mm: Millimetres = Field(description="thickness of a band")
    bend_radius_mm: Annotated[float, Field(gt=0, le=200)] | None = Field(
        None, description="inner radius of the bends, and of the edges they go round; default: twice the thickness"
    )
    preload_kN: Annotated[float, Field(ge=0, le=1_000)] | None = Field(
        None, description="force that all bands of a row press its cells together with, as built; gives their stress"
    )


class RowFiller(DesignRecord):
    """Gap filler along the rows, as high as the cells."""

    material: MaterialId = Field(description="material of the filler, as in gap_filler_2p0")
    at: tuple[Literal["rows", "walls"], ...] = Field(
        ("rows",), min_length=1, description="rows: between two rows; walls: between the outer rows and the tray's walls"
    )
    height_mm: Millimetres | None = Field(None, description="height from the cells' underside; default: up to their top")


def needs_end_plates(end_plate: float, what: object) -> str | None:
    """What is wrong with a part that is fixed to end plates which are not there."""
    return "it is held by the end plates, and there are none: give end_plate_mm" if what is not None and end_plate == 0 else None


def straps_over_plates(plates: object, straps: object) -> str | None:
    """What is wrong with bands that lie on side plates."""
    if plates is None or straps is None:
        return None
    if value_of(plates, "joint") == "bolted":
        return "the bands would lie on the bolts' heads: side_plates take joint: welded where there are straps"
    if value_of(plates, "height_mm") is not None:
        return "the bands need side plates as high as the cells: leave side_plates.height_mm out"
    return None


def filler_has_room(rows: int, row_gap: float, filler: object) -> str | None:
    """What is wrong with a filler between rows where there is no gap."""
    at = value_of(filler, "at") or ("rows",)
    if filler is None or not isinstance(at, list | tuple) or "rows" not in at:
        return None
    if rows == 1:
        return "there is one row, and no gap between rows: give at: [walls], or leave it out"
    return "the rows stand without a gap: give row_gap_mm, or at: [walls]" if row_gap == 0 else None


STRUCTURE_AGREEMENTS = (
    Agreement(("end_plate_mm", "end_pad"), "end_pad", needs_end_plates),
    Agreement(("end_plate_mm", "side_plates"), "side_plates", needs_end_plates),
    Agreement(("end_plate_mm", "straps"), "straps", needs_end_plates),
    Agreement(("side_plates", "straps"), "straps", straps_over_plates),
    Agreement(("rows", "row_gap_mm", "row_filler"), "row_filler", filler_has_room),
)
"""What the keys below ``arrangement`` that are described here have to agree on."""
