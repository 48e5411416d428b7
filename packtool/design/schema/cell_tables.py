"""Tables of a cell written in a design: resistance, open-circuit voltage, entropic coefficient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import Agreement, DesignRecord, FilePath, MilliOhm, Volts, as_many_as

Share = Annotated[float, Field(ge=0, le=1)]
Socs = tuple[Share, ...]
Numbers = Sequence[float]


def not_ascending(values: Numbers | None, what: str) -> str | None:
    """What is wrong with numbers that do not ascend."""
    if values is None or all(a < b for a, b in pairwise(values)):
        return None
    at = next(i for i, (a, b) in enumerate(pairwise(values)) if not a < b)
    return f"must ascend, each {what} above the one before it: {values[at + 1]:g} follows {values[at]:g}"


def _resistance_given(csv: str | None, degC: Numbers | None, mOhm: Numbers | None, soc: Numbers | None, rows: object) -> str | None:
    if csv is not None:
        return "csv holds the whole table: leave out the rest" if any(v is not None for v in (degC, mOhm, soc, rows)) else None
    if degC is None:
        return "missing: temperatures of the table, ascending (or give csv)"
    if (mOhm is None) == (rows is None):
        return "give resistance_mOhm, or soc and by_soc_mOhm" + ("" if mOhm is None else ", not both")
    if (soc is None) != (rows is None):
        return "soc and by_soc_mOhm go together: a row of by_soc_mOhm for each state of charge"
    return None


def _rows_fit(degC: Numbers | None, soc: Numbers | None, rows: Sequence[Numbers] | None) -> str | None:
    if degC is None or soc is None or rows is None:
        return None
    if len(rows) != len(soc):
        return f"needs a row for each entry of soc: {len(soc)}, not {len(rows)}"
    wrong = next((at for at, row in enumerate(rows) if len(row) != len(degC)), None)
    return (
        None if wrong is None else f"row {wrong + 1} needs as many entries as temperature_degC: {len(degC)}, not {len(rows[wrong])}"
    )


class GivenResistance(DesignRecord):
    """A resistance table written in a design: ``{temperature_degC: [0, 25], resistance_mOhm: [2.0, 0.8]}``."""

    agreements = (
        Agreement(("csv", "temperature_degC", "resistance_mOhm", "soc", "by_soc_mOhm"), "temperature_degC", _resistance_given),
        Agreement(("temperature_degC", "resistance_mOhm"), "resistance_mOhm", as_many_as("temperature_degC")),
        Agreement(("temperature_degC",), "temperature_degC", lambda values: not_ascending(values, "temperature")),
        Agreement(("soc",), "soc", lambda values: not_ascending(values, "state of charge")),
        Agreement(("temperature_degC", "soc", "by_soc_mOhm"), "by_soc_mOhm", _rows_fit),
    )

    temperature_degC: Annotated[tuple[Annotated[float, Field(ge=-100, le=200)], ...], Field(min_length=1)] | None = Field(
        None, description="temperatures of the table, ascending"
    )
    resistance_mOhm: Annotated[tuple[MilliOhm, ...], Field(min_length=1)] | None = Field(
        None, description="dc resistance of one cell at these temperatures; between them ln R is linear in 1/T"
    )
    soc: Annotated[Socs, Field(min_length=2)] | None = Field(
        None, description="states of charge of by_soc_mOhm, ascending, 0 to 1; beyond them the first and last row hold"
    )
    by_soc_mOhm: Annotated[tuple[tuple[MilliOhm, ...], ...], Field(min_length=2)] | None = Field(
        None, description="in place of resistance_mOhm, a row of it for each state of charge; ln R is linear between rows"
    )
    csv: FilePath | None = Field(
        None, description="path of a CSV file with a head line: temperature_degC, resistance_mOhm and, if it is known by it, soc"
    )


def _one_curve(name: str) -> Callable[..., str | None]:
    def check(csv: str | None, soc: Numbers | None, values: Numbers | None) -> str | None:
        if csv is not None:
            return "csv holds the whole table: leave out the rest" if soc is not None or values is not None else None
        if soc is None or values is None:
            return f"missing: give soc and {name}, or csv"
        return as_many_as(name)(values, soc)

    return check


def not_whole(soc: Numbers | None) -> str | None:
    """What is wrong with states of charge that do not go from empty to full."""
    if soc is None or (soc[0] == 0 and soc[-1] == 1):
        return None
    return f"must reach from 0 to 1, for nothing is known beyond its ends; got {soc[0]:g} to {soc[-1]:g}"


def not_rising(volts: Numbers | None) -> str | None:
    """What is wrong with an open-circuit voltage that falls as the cell is charged."""
    if volts is None or all(a <= b for a, b in pairwise(volts)):
        return None
    at = next(i for i, (a, b) in enumerate(pairwise(volts)) if a > b)
    return f"must not fall as the state of charge rises: {volts[at + 1]:g} follows {volts[at]:g}"


def _of_soc(name: str) -> tuple[Agreement, ...]:
    return (
        Agreement(("csv", "soc", name), "soc", _one_curve(name)),
        Agreement(("soc",), "soc", lambda values: not_ascending(values, "state of charge")),
        Agreement(("soc",), "soc", not_whole),
    )


class GivenOcv(DesignRecord):
    """Open-circuit voltage against state of charge: ``{soc: [0, 0.5, 1], V: [2.8, 3.3, 3.5]}``."""

    agreements = (*_of_soc("V"), Agreement(("V",), "V", not_rising))

    soc: Annotated[Socs, Field(min_length=2)] | None = Field(None, description="states of charge, ascending from 0 to 1")
    V: Annotated[tuple[Volts, ...], Field(min_length=2)] | None = Field(
        None, description="open-circuit voltage of one cell there [V]; linear between, never falling"
    )
    csv: FilePath | None = Field(None, description="path of a CSV file with the columns soc and V")


class GivenEntropy(DesignRecord):
    """Derivative of the open-circuit voltage by temperature against state of charge: ``{soc: [0, 1], mV_K: [-0.3, 0.1]}``."""

    agreements = _of_soc("mV_K")

    soc: Annotated[Socs, Field(min_length=2)] | None = Field(None, description="states of charge, ascending from 0 to 1")
    mV_K: Annotated[tuple[Annotated[float, Field(ge=-10, le=10)], ...], Field(min_length=2)] | None = Field(
        None,
        description="entropic coefficient dU/dT there [mV/K]; linear between; the reversible heat is -I T dU/dT, discharge > 0",
    )
    csv: FilePath | None = Field(None, description="path of a CSV file with the columns soc and mV_K")
