"""The vehicle that a drive cycle moves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import DesignRecord


class Vehicle(DesignRecord):
    """The vehicle that a duty of speeds moves; its packs share the power."""

    mass_kg: Annotated[float, Field(gt=0, le=200_000)] = Field(description="mass of the laden vehicle")
    drag_area_m2: Annotated[float, Field(gt=0, le=50)] = Field(description="drag coefficient times frontal area [m2]")
    rolling_resistance: Annotated[float, Field(gt=0, le=0.1)] = Field(description="coefficient of rolling resistance")
    drivetrain_efficiency: Annotated[float, Field(gt=0, le=1)] = Field(description="wheel over battery power while driving")
    regen_efficiency: Annotated[float, Field(ge=0, le=1)] = Field(
        description="battery over wheel power while braking, the share of the friction brakes counted in; 0: no recuperation"
    )
    auxiliary_kW: Annotated[float, Field(ge=0, le=1_000)] = Field(
        description="power that is drawn all the time: climate, steering, air"
    )
    rotating_mass_factor: Annotated[float, Field(ge=1, le=2)] = Field(
        1.05, description="apparent over true mass when accelerating: wheels and motor turn; 1.03 to 1.1 is usual (remembered)"
    )
    packs: Annotated[int, Field(ge=1, le=1_000)] = Field(1, description="packs like this one that share the vehicle's power")
