"""Materials of the user's own, and properties over temperature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import Agreement, Conductivity, DesignRecord, FilePath, MaterialId, as_many_as
from packtool.design.schema.cell_tables import Numbers, not_ascending

LEAST_RANGE_K = 0.1
"""What melts over less than this takes steps of milliseconds; half a kelvin shows no other results."""
MOST_POINTS = 1_000

TableCelsius = Annotated[float, Field(ge=-100, le=1_000)]
SpecificHeat = Annotated[float, Field(gt=0, le=10_000)]
_Temperatures = Annotated[tuple[TableCelsius, ...], Field(min_length=2, max_length=MOST_POINTS)]


def _table_given(name: str) -> Callable[..., str | None]:
    def check(csv: str | None, degC: Numbers | None, values: Numbers | None, *both: float | None) -> str | None:
        if any(one is not None for one in both):
            if csv is not None or degC is not None or values is not None:
                return "give values for solid and liquid, or a table over temperature, not both"
            return None if all(one is not None for one in both) else "give both, the value of the solid and that of the liquid"
        if csv is not None:
            return "csv holds the whole table: leave out the rest" if degC is not None or values is not None else None
        if degC is None or values is None:
            return f"missing: give temperature_degC and {name}, or csv"
        return as_many_as("temperature_degC")(degC, values)

    return check


def _over_temperature(name: str, *phases: str) -> tuple[Agreement, ...]:
    return (
        Agreement(("csv", "temperature_degC", name, *phases), "temperature_degC", _table_given(name)),
        Agreement(("temperature_degC",), "temperature_degC", lambda values: not_ascending(values, "temperature")),
    )


class GivenConductivity(DesignRecord):
    """A conductivity over temperature: ``{temperature_degC: [0, 60], W_mK: [0.9, 0.8]}``."""

    agreements = _over_temperature("W_mK")

    temperature_degC: _Temperatures | None = Field(
        None, description="temperatures of the table, ascending; a solve that leaves them is refused"
    )
    W_mK: Annotated[tuple[Conductivity, ...], Field(min_length=2, max_length=MOST_POINTS)] | None = Field(
        None, description="thermal conductivity there; linear between"
    )
    csv: FilePath | None = Field(None, description="path of a CSV file with the columns temperature_degC and W_mK")


class GivenSpecificHeat(DesignRecord):
    """A specific heat capacity over temperature: ``{temperature_degC: [0, 60], J_kgK: [950, 1080]}``."""

    agreements = _over_temperature("J_kgK")

    temperature_degC: _Temperatures | None = Field(
        None, description="temperatures of the table, ascending; a solve that leaves them is refused"
    )
    J_kgK: Annotated[tuple[SpecificHeat, ...], Field(min_length=2, max_length=MOST_POINTS)] | None = Field(
        None, description="specific heat capacity there; linear between"
    )
    csv: FilePath | None = Field(None, description="path of a CSV file with the columns temperature_degC and J_kgK")


class MaterialConductivity(GivenConductivity):
    """A conductivity over temperature, ``{temperature_degC: [0, 60], W_mK: [0.2, 0.3]}``; of a material that melts, ``{solid_W_mK: 0.24,
    liquid_W_mK: 0.15}``."""

    agreements = _over_temperature("W_mK", "solid_W_mK", "liquid_W_mK")

    solid_W_mK: Conductivity | None = Field(None, description="of a material that melts: up to its solidus")
    liquid_W_mK: Conductivity | None = Field(None, description="of a material that melts: from its liquidus; linear between")


class MaterialSpecificHeat(GivenSpecificHeat):
    """A specific heat capacity over temperature, ``{temperature_degC: [0, 60], J_kgK: [900, 990]}``; of a material that melts,
    ``{solid_J_kgK: 2000, liquid_J_kgK: 2300}``."""

    agreements = _over_temperature("J_kgK", "solid_J_kgK", "liquid_J_kgK")

    solid_J_kgK: SpecificHeat | None = Field(None, description="of a material that melts: up to its solidus")
    liquid_J_kgK: SpecificHeat | None = Field(
        None, description="of a material that melts: from its liquidus; between, beside the latent heat, their mean"
    )


def _melts_upwards(solidus: float | None, liquidus: float | None) -> str | None:
    if solidus is None or liquidus is None or liquidus - solidus >= LEAST_RANGE_K - 1e-9:
        return None
    return (
        f"must be at least {LEAST_RANGE_K:g} degC above solidus_degC: {liquidus:g} is not, for {solidus:g}; of what melts at one "
        "temperature, take half a degree about it"
    )


class GivenMelting(DesignRecord):
    """How a material melts: ``{solidus_degC: 37, liquidus_degC: 47, latent_kJ_kg: 220}``; it freezes the same way back."""

    agreements = (Agreement(("solidus_degC", "liquidus_degC"), "liquidus_degC", _melts_upwards),)

    solidus_degC: Annotated[float, Field(ge=-100, le=300)] = Field(description="where it begins to melt")
    liquidus_degC: Annotated[float, Field(ge=-100, le=300)] = Field(description="where all of it is molten")
    latent_kJ_kg: Annotated[float, Field(gt=0, le=2_000)] = Field(
        description="heat that melting takes up, evenly over the range, beside what warming takes"
    )


class OwnMaterial(DesignRecord):
    """A solid of the design's own: its figures, over those of a catalogue material (``like``) where one is named."""

    like: MaterialId | None = Field(None, description="catalogue material to start from; `packtool materials` lists them")
    rho_kg_m3: Annotated[float, Field(gt=0, le=30_000)] | None = Field(None, description="density")
    k_W_mK: Conductivity | MaterialConductivity | None = Field(
        None, description="thermal conductivity: a number, or a table over temperature"
    )
    cp_J_kgK: SpecificHeat | MaterialSpecificHeat | None = Field(
        None, description="specific heat capacity: a number, or a table over temperature"
    )
    melting: GivenMelting | None = Field(
        None, description="of a phase-change material, which may lie between cells, around them and under them"
    )
    resistivity_ohm_m: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="electrical resistivity at 20 degC, of what is to be a busbar"
    )
    alpha_per_K: Annotated[float, Field(ge=0, le=0.1)] | None = Field(
        None, description="what the resistivity rises by with temperature; not known: bars keep their resistivity of 20 degC"
    )
    emissivity: Annotated[float, Field(gt=0, le=1)] | None = Field(None, description="of its surface, for radiation")
    source: Annotated[str, Field(max_length=400)] = Field("", description="where the figures come from; the report says it")
