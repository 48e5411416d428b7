"""The loads that a pack is solved for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, Celsius, DesignRecord

Direction = Literal["charge", "discharge"]
Current = Annotated[float, Field(ge=0, le=1e6)]
CRate = Annotated[float, Field(ge=0, le=100)]


def _one_current(amperes: float | None, c_rate: float | None) -> str | None:
    if amperes is None and c_rate is None:
        return "missing: give current_A (of the pack) or c_rate"
    return "give current_A or c_rate, not both" if amperes is not None and c_rate is not None else None


class SteadyCase(DesignRecord):
    """The temperatures that a constant current leads to if it lasts: an upper bound for a charge or discharge of that current."""

    agreements = (Agreement(("current_A", "c_rate"), "current_A", _one_current),)

    kind: Literal["steady"] = Field(description="steady: the temperatures that a constant current leads to if it lasts")
    current_A: Current | None = Field(None, description="current of the pack; or give c_rate")
    c_rate: CRate | None = Field(None, description="current in multiples of the pack's capacity [1/h]")
    direction: Direction = Field("charge", description="for the current limits that the rules check")


def _one_load(amperes: float | None, c_rate: float | None, power: float | None) -> str | None:
    given = sum(value is not None for value in (amperes, c_rate, power))
    if given == 0:
        return "missing: give current_A (of the pack), c_rate or power_kW"
    return "give one of current_A, c_rate and power_kW" if given > 1 else None


class TransientCase(DesignRecord):
    """Temperatures over time."""

    agreements = (Agreement(("current_A", "c_rate", "power_kW"), "current_A", _one_load),)

    kind: Literal["transient"] = Field(description="transient: temperatures over time")
    current_A: Current | None = Field(None, description="constant current of the pack")
    c_rate: CRate | None = Field(None, description="constant current in multiples of the pack's capacity [1/h]")
    power_kW: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="constant power at the pack's terminals")
    direction: Direction = Field("charge", description="of current_A, c_rate and power_kW")
    duration_s: Annotated[float, Field(gt=0, le=1e7)] = Field(description="how long the case lasts")
    initial_degC: Celsius | None = Field(None, description="of everything at the start; left out: the ambient's temperature")
    initial_soc: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="state of charge at the start; left out: 0 for a charge, 1 for a discharge"
    )
    output_every_s: Annotated[float, Field(gt=0, le=1e7)] | None = Field(
        None, description="between two stored temperature fields; left out: a tenth of the duration"
    )
    tolerance_K: Annotated[float, Field(ge=1e-5, le=1)] = Field(
        0.02, description="largest error that one time step may make anywhere; smaller takes more steps"
    )


Case = SteadyCase | TransientCase
