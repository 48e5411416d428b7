"""The loads that a pack is solved for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, Celsius, DesignRecord, DutyName, FilePath, GivenName

Direction = Literal["charge", "discharge"]
Heaters = Annotated[tuple[GivenName, ...], Field(max_length=2)]
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
    heaters: Heaters = Field((), description="names of the heaters that are on, at their full power whatever their thermostat")


QUANTITIES = ("current_A", "c_rate", "power_kW", "speed_km_h")
"""What a table of a duty may be given in."""
Between = Literal["hold", "linear"]


def _ascending(times: Sequence[float] | None) -> str | None:
    if times is None or all(a < b for a, b in pairwise(times)):
        return None
    at = next(i for i, (a, b) in enumerate(pairwise(times)) if not a < b)
    return f"must ascend: {times[at + 1]:g} follows {times[at]:g}"


def _one_table(csv: str | None, times: Sequence[float] | None, *quantities: Sequence[float] | None) -> str | None:
    given = [name for name, values in zip(QUANTITIES, quantities, strict=True) if values is not None]
    if csv is not None:
        return "csv holds the whole table: leave out time_s and its values" if times is not None or given else None
    if times is None:
        return "missing: give csv, or time_s with one of " + ", ".join(QUANTITIES)
    if len(given) != 1:
        return "give one of " + ", ".join(QUANTITIES) + f" with time_s, got {' and '.join(given) or 'none'}"
    values = next(values for values in quantities if values is not None)
    if len(values) != len(times):
        return f"{given[0]} needs as many entries as time_s: {len(times)}, not {len(values)}"
    return None


Values = Annotated[tuple[Annotated[float, Field(ge=-1e6, le=1e6)], ...], Field(min_length=2)]


class DutyTable(DesignRecord):
    """A duty written in the design or in a CSV file. Discharge is positive."""

    agreements = (
        Agreement(("csv", "time_s", *QUANTITIES), "time_s", _one_table),
        Agreement(("time_s",), "time_s", _ascending),
    )

    csv: FilePath | None = Field(
        None, description="path of a CSV file with a head line: time_s and one of current_A, c_rate, power_kW, speed_km_h"
    )
    time_s: Annotated[tuple[Annotated[float, Field(ge=0, le=1e7)], ...], Field(min_length=2)] | None = Field(
        None, description="times, ascending; the last ends the duty"
    )
    current_A: Values | None = Field(None, description="current of the pack at these times, discharge > 0")
    c_rate: Values | None = Field(None, description="current in multiples of the pack's capacity, discharge > 0 [1/h]")
    power_kW: Values | None = Field(None, description="power at the pack's terminals, discharge > 0")
    speed_km_h: Values | None = Field(None, description="speed of the vehicle; needs vehicle, and is always linear")
    between: Between = Field("hold", description="hold: a value lasts until the next time; linear: straight from one to the next")


def _one_load(amperes: float | None, c_rate: float | None, power: float | None, duty: object, phases: object = None) -> str | None:
    given = sum(value is not None for value in (amperes, c_rate, power, duty, phases or None))
    if given == 0:
        return "missing: give current_A (of the pack), c_rate, power_kW or duty"
    return "give one of current_A, c_rate, power_kW and duty" + (" (or phases)" if phases else "") if given > 1 else None


def _lasts(duration: float | None, duty: object, phases: object = None) -> str | None:
    return "missing: how long it lasts [s] (duration_s)" if duration is None and duty is None and not phases else None


class Phase(DesignRecord):
    """A stretch of a case: a charge, a drive, a rest."""

    agreements = (
        Agreement(("current_A", "c_rate", "power_kW", "duty"), "current_A", _one_load),
        Agreement(("duration_s", "duty"), "duration_s", _lasts),
    )

    current_A: Current | None = Field(None, description="constant current of the pack; 0: rest")
    c_rate: CRate | None = Field(None, description="constant current in multiples of the pack's capacity [1/h]")
    power_kW: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="constant power at the pack's terminals")
    duty: DutyTable | DutyName | None = Field(
        None, description="a duty of the catalogue (`packtool duties` lists them), the path of a .csv file, or a table"
    )
    repeat: Annotated[int, Field(ge=1, le=10_000)] = Field(1, description="how often the duty is run, one after the other")
    direction: Direction = Field(
        "charge", description="of current_A, c_rate and power_kW; a charge tapers where a cell reaches its highest voltage"
    )
    duration_s: Annotated[float, Field(gt=0, le=1e7)] | None = Field(
        None, description="how long the phase lasts; of a duty: cut off then, or rest after its end; left out: the duty's own"
    )


def _schedule_lengths(times: Sequence[float], flow: Sequence[float] | None, inlet: Sequence[float] | None) -> str | None:
    if flow is None and inlet is None:
        return "missing: give flow_lpm, inlet_degC or both"
    wrong = [
        name for name, values in (("flow_lpm", flow), ("inlet_degC", inlet)) if values is not None and len(values) != len(times)
    ]
    return f"{' and '.join(wrong)} must have as many entries as time_s: {len(times)}" if wrong else None


class CoolantSchedule(DesignRecord):
    """Flow and inlet temperature that change while a case runs: each value holds from its time on, or goes straight to the next (``between``);
    before the first, the cold plate's."""

    agreements = (
        Agreement(("time_s", "flow_lpm", "inlet_degC"), "time_s", _schedule_lengths),
        Agreement(("time_s",), "time_s", _ascending),
    )

    time_s: Annotated[tuple[Annotated[float, Field(ge=0, le=1e7)], ...], Field(min_length=1)] = Field(
        description="times from which on the values hold, ascending"
    )
    flow_lpm: Annotated[tuple[Annotated[float, Field(ge=-10_000, le=10_000)], ...], Field(min_length=1)] | None = Field(
        None, description="flow through the plate; 0: the pump stands still; below 0: backwards, in by the outlet"
    )
    inlet_degC: Annotated[tuple[Celsius, ...], Field(min_length=1)] | None = Field(
        None, description="temperature of the coolant at the inlet"
    )
    between: Between = Field("hold", description="hold: a value lasts until the next time; linear: straight from one to the next")


class TransientCase(DesignRecord):
    """Temperatures over time."""

    agreements = (
        Agreement(("current_A", "c_rate", "power_kW", "duty", "phases"), "current_A", _one_load),
        Agreement(("duration_s", "duty", "phases"), "duration_s", _lasts),
    )

    kind: Literal["transient"] = Field(description="transient: temperatures over time")
    current_A: Current | None = Field(None, description="constant current of the pack")
    c_rate: CRate | None = Field(None, description="constant current in multiples of the pack's capacity [1/h]")
    power_kW: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="constant power at the pack's terminals")
    duty: DutyTable | DutyName | None = Field(
        None, description="a duty of the catalogue (`packtool duties` lists them), the path of a .csv file, or a table"
    )
    phases: Annotated[tuple[Phase, ...], Field(max_length=200)] = Field(
        (),
        description="several loads one after the other, as a charge and then a drive; each as a case has it: current_A, ..., duty",
    )
    repeat: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="how often the duty is run, or all phases, one after the other"
    )
    direction: Direction = Field("charge", description="of current_A, c_rate and power_kW")
    duration_s: Annotated[float, Field(gt=0, le=1e7)] | None = Field(
        None, description="how long the case lasts; of a duty or phases: cut off then, or rest after their end; left out: their own"
    )
    initial_degC: Celsius | None = Field(None, description="of everything at the start; left out: the ambient's temperature")
    initial_soc: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="state of charge at the start; left out: 0 for a charge (or phases that begin with one), 1 for a discharge, 0.9 else",
    )
    coolant: CoolantSchedule | None = Field(None, description="flow and inlet temperature over time; left out: as cold_plate says")
    heaters: Heaters = Field((), description="names of the heaters that are on, each as its thermostat says")
    output_every_s: Annotated[float, Field(gt=0, le=1e7)] | None = Field(
        None, description="between two stored temperature fields; left out: a tenth of the duration"
    )
    breakpoints: Literal["every", "spaced"] | None = Field(
        None,
        description="every: a time step lands on every breakpoint of the duty; spaced: only on those 5 s or more after the one before, the heat "
        "between them given evenly over a step, to the last joule, and its swing counted as error: several times faster for cycles given "
        "second by second; left out: every one of up to 500 breakpoints, else spaced",
    )
    tolerance_K: Annotated[float, Field(ge=1e-5, le=1)] = Field(
        0.02, description="largest error that one time step may make anywhere; smaller takes more steps"
    )


Case = SteadyCase | TransientCase
