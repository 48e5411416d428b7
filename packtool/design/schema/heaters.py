"""Heater pads that warm a cold pack."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, Celsius, DesignRecord, GivenName, MaterialId

HeaterPlace = Literal["sides", "below"]
Watts = Annotated[float, Field(gt=0, le=1e6)]


def _one_power(whole: float | None, each: float | None) -> str | None:
    if whole is None and each is None:
        return "missing: give power_W (of all its pads together) or pad_power_W (of each)"
    return "give power_W or pad_power_W, not both" if whole is not None and each is not None else None


def _both_thresholds(on: float | None, off: float | None) -> str | None:
    if (on is None) != (off is None):
        return "a thermostat needs both on_below_degC and off_above_degC; without either the heater stays on"
    if on is not None and off is not None and on >= off:
        return f"must be below off_above_degC, got {on:g} and {off:g} degC"
    return None


def _read_by_thermostat(sensor: str | None, on: float | None) -> str | None:
    return "a sensor is read by a thermostat: give on_below_degC and off_above_degC" if sensor is not None and on is None else None


class Heater(DesignRecord):
    """Heated pads, all of them switched together. Their power comes from outside: it is not drawn from the cells."""

    agreements = (
        Agreement(("power_W", "pad_power_W"), "power_W", _one_power),
        Agreement(("on_below_degC", "off_above_degC"), "on_below_degC", _both_thresholds),
        Agreement(("sensor", "on_below_degC"), "sensor", _read_by_thermostat),
    )

    place: HeaterPlace = Field(
        description="sides: a pad on either side of every row, on the cells' narrow faces; below: a sheet under the cold plate, or under "
        "the layer or the cells where there is none"
    )
    power_W: Watts | None = Field(None, description="power of all its pads together; or give pad_power_W")
    pad_power_W: Watts | None = Field(None, description="power of each of its pads")
    material: MaterialId = Field("silicone_filled", description="material of the pads")
    thickness_mm: Annotated[float, Field(ge=0.1, le=50)] = Field(1.5, description="thickness of the pads")
    on_below_degC: Celsius | None = Field(
        None, description="the thermostat switches on where it reads less, in cases over time; left out: always on"
    )
    off_above_degC: Celsius | None = Field(None, description="the thermostat switches off where it reads more")
    sensor: GivenName | None = Field(
        None, description="the sensor that the thermostat reads; left out: the mean temperature of the coldest cell"
    )
