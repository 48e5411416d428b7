"""What must hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import Celsius, DesignRecord, Millimetres


class Limits(DesignRecord):
    """What must hold. A limit that is left out falls back on the rule's default where the rule has one (see ``packtool check --json``)."""

    cell_max_degC: Celsius | None = Field(None, description="highest temperature anywhere in a cell")
    cell_min_degC: Celsius | None = Field(None, description="lowest temperature anywhere in a cell")
    cell_spread_K: Annotated[float, Field(gt=0, le=300)] | None = Field(
        None, description="between the means of the warmest and the coldest cell"
    )
    cell_inner_spread_K: Annotated[float, Field(gt=0, le=300)] | None = Field(None, description="inside any one cell")
    coolant_drop_kPa: Annotated[float, Field(gt=0, le=1e5)] | None = Field(None, description="pressure drop from inlet to outlet")
    coolant_rise_K: Annotated[float, Field(gt=0, le=300)] | None = Field(None, description="outlet above inlet")
    coolant_velocity_m_s: Annotated[float, Field(gt=0, le=100)] | None = Field(
        None, description="highest mean velocity in any channel; bounds erosion"
    )
    pack_mass_kg: Annotated[float, Field(gt=0, le=1e6)] | None = Field(None, description="mass of the pack")
    pack_voltage_V: Annotated[float, Field(gt=0, le=1e5)] | None = Field(
        None, description="highest voltage of the pack, all cells at v_max"
    )
    busbar_A_mm2: Annotated[float, Field(gt=0, le=100)] | None = Field(None, description="current density in the busbars")
    envelope_mm: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        None, description="largest length (x), width (y), height (z) of the pack"
    )
