"""Bought-in parts that stand in the openings of the tray's walls: connectors, vent plugs, bulkhead fittings for coolant."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import DesignRecord, MaterialId, Millimetres, value_of

Reach = Annotated[float, Field(ge=0, le=1_000)]


class Fixture(DesignRecord):
    """A part in an opening, drawn as a simple body: a rim on the wall's outside, a shell on that, and the part that fills the opening."""

    part_number: Annotated[str, Field(min_length=1, max_length=80)] | None = Field(
        None, description="what it is bought as; stands in the bill of materials"
    )
    material: MaterialId = Field("pa66_gf25", description="material of the body")
    mass_kg: Annotated[float, Field(gt=0, le=1_000)] | None = Field(
        None, description="mass of one, as bought; default: that of the drawn body"
    )
    rim_mm: Annotated[float, Field(ge=0, le=200)] = Field(6.0, description="how far its rim reaches past the opening, all round")
    rim_thickness_mm: Millimetres = Field(4.0, description="thickness of the rim")
    outside_mm: Reach = Field(0.0, description="how far its shell stands out of the rim")
    inside_mm: Reach = Field(5.0, description="how far it reaches into the tray")


class HoseFitting(Fixture):
    """A tube through the wall that hoses go onto on both sides."""

    bore_mm: Millimetres = Field(description="inner diameter of the tube")


def fitting_needs_hoses(opening: float | None, fitting: object) -> str | None:
    """What is wrong with a hose fitting: without an opening, or with a bore as wide as that."""
    if fitting is None:
        return None
    if opening is None:
        return "there is no opening that it could stand in: give hose_opening_mm"
    bore = value_of(fitting, "bore_mm")
    if isinstance(bore, int | float) and bore >= opening - 2 * SHELL_CLEAR_MM:
        return f"a bore of {bore:g} mm leaves no wall of a tube in an opening of {opening:g} mm (hose_opening_mm)"
    return None


SHELL_CLEAR_MM = 0.5
"""Between a fixture and the edge of its opening (remembered: clearance for paint and seal)."""
