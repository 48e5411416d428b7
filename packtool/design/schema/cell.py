"""A cell described in the design file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.catalogue.records import CellFormat
from packtool.design.schema.base import (
    Agreement,
    Amperes,
    CellId,
    Conductivity,
    DesignRecord,
    FilePath,
    Millimetres,
    MilliOhm,
    Volts,
)
from packtool.design.schema.cell_tables import GivenEntropy, GivenOcv, GivenResistance
from packtool.design.schema.materials import GivenConductivity, GivenSpecificHeat, SpecificHeat


def _one_base(like: object, bpx: object) -> str | None:
    return "give like or bpx, not both" if like is not None and bpx is not None else None


def _one_resistance(table: object, stand_in: object) -> str | None:
    return "give resistance_mOhm or resistance_like, not both" if table is not None and stand_in is not None else None


class CellSpec(DesignRecord):
    """A cell described in the design: its own figures, over those of a catalogue cell (``like``) or of a BPX file where one is named."""

    agreements = (
        Agreement(("like", "bpx"), "bpx", _one_base),
        Agreement(("resistance_mOhm", "resistance_like"), "resistance_like", _one_resistance),
    )

    like: CellId | None = Field(None, description="catalogue cell to start from; `packtool cells` lists them")
    bpx: FilePath | None = Field(None, description="path of a BPX file to start from, relative to this file")
    name: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="what the cell is called in the report and the bill of materials"
    )
    format: CellFormat | None = Field(None, description="shape of the cell; each arrangement.pattern takes one of them")
    chemistry: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="for the report, as in LFP or NMC811/graphite"
    )
    capacity_Ah: Annotated[float, Field(gt=0, le=5_000)] | None = Field(None, description="nominal capacity of one cell")
    v_nom: Volts | None = Field(None, description="nominal voltage of one cell [V]")
    v_min: Volts | None = Field(None, description="lowest permitted voltage of one cell [V]")
    v_max: Volts | None = Field(None, description="highest permitted voltage of one cell [V]")
    width_mm: Millimetres | None = Field(None, description="width of the wide face (prismatic, pouch)")
    thickness_mm: Millimetres | None = Field(None, description="between the two large faces, at the state of charge it is built in")
    height_mm: Millimetres | None = Field(None, description="height of the body, terminals excluded")
    diameter_mm: Millimetres | None = Field(None, description="outer diameter (cylindrical)")
    terminals: Literal["top", "one_end", "both_ends"] | None = Field(
        None, description="on the top face, or at one end or both ends of the width; default: top for cans, both_ends for pouches"
    )
    tab_width_mm: Millimetres | None = Field(None, description="width of a tab (pouch)")
    tab_length_mm: Millimetres | None = Field(None, description="how far a tab stands out of the cell once it is bent (pouch)")
    tab_thickness_mm: Millimetres | None = Field(None, description="thickness of a tab (pouch)")
    mass_kg: Annotated[float, Field(gt=0, le=200)] | None = Field(None, description="mass of one cell")
    cp_J_kgK: SpecificHeat | GivenSpecificHeat | None = Field(
        None, description="specific heat capacity of the whole cell: a number, or a table over temperature"
    )
    k_in_plane_W_mK: Conductivity | GivenConductivity | None = Field(
        None,
        description="thermal conductivity along the electrode layers: width and height (prismatic, pouch); a number, or a table over temperature",
    )
    k_through_W_mK: Conductivity | GivenConductivity | None = Field(
        None,
        description="thermal conductivity across the layers: through the thickness (prismatic, pouch); a number, or a table over temperature",
    )
    k_axial_W_mK: Conductivity | GivenConductivity | None = Field(
        None, description="thermal conductivity along the axis (cylindrical); a number, or a table over temperature"
    )
    k_radial_W_mK: Conductivity | GivenConductivity | None = Field(
        None, description="thermal conductivity across the winding (cylindrical); a number, or a table over temperature"
    )
    resistance_mOhm: MilliOhm | GivenResistance | None = Field(
        None, description="dc resistance of one cell: a number, the same at every temperature, or a table over temperature"
    )
    resistance_like: CellId | None = Field(
        None, description="catalogue cell whose measured dc resistance stands in for this cell's; the report says so"
    )
    ocv_V: GivenOcv | None = Field(
        None,
        description="open-circuit voltage against state of charge, for cases over time; left out: the cell's own, or its chemistry's",
    )
    entropy_mV_K: GivenEntropy | None = Field(
        None,
        description="entropic coefficient against state of charge, for cases over time; left out: the cell's own, or its chemistry's",
    )
    max_charge_A: Amperes | None = Field(None, description="largest continuous charge current of one cell")
    max_discharge_A: Amperes | None = Field(None, description="largest continuous discharge current of one cell")
