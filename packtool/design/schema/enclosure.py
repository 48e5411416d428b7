"""The enclosure and the air around it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import IP_PATTERN, DesignRecord, MaterialId, Millimetres


class Enclosure(DesignRecord):
    """Tray and lid around the rows and the plate."""

    material: MaterialId = Field(description="material of the tray")
    wall_mm: Millimetres = Field(description="thickness of the tray's walls and floor")
    clearance_mm: Annotated[float, Field(ge=0, le=500)] = Field(20.0, description="air between the walls and what they enclose")
    headroom_mm: Annotated[float, Field(ge=0, le=500)] = Field(25.0, description="air between the busbars and the lid")
    flange_mm: Annotated[float, Field(ge=0, le=200)] = Field(25.0, description="width of the flange that the lid is bolted to")
    lid_mm: Millimetres = Field(description="thickness of the lid")
    lid_material: MaterialId | None = Field(None, description="material of the lid; default: the tray's")
    ip_rating: Annotated[str, Field(pattern=IP_PATTERN)] | None = Field(
        None, description="ingress protection aimed at, IEC 60529, as in IP67 or IP6X"
    )
    vent_area_mm2: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="open area of the pressure relief vents")


class Ambient(DesignRecord):
    """The air around the enclosure."""

    temperature_degC: Annotated[float, Field(ge=-60, le=120)] = Field(
        description="temperature of the air; 45 is the usual design ambient for India, 48 the extreme"
    )
    natural_convection_W_m2K: Annotated[float, Field(ge=0, le=1_000)] = Field(
        5.0, description="heat transfer coefficient on the enclosure's outside; still air is 2 to 10; 0: none"
    )
    emissivity: Annotated[float, Field(ge=0, le=1)] = Field(
        0.8, description="thermal emissivity of the enclosure's outside; 0: no radiation"
    )
