"""What the catalogue holds: cells, materials, coolants, each figure with its standing and its sources. Unknown stays None."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Standing = Literal["measured", "datasheet", "catalogue", "literature default", "derived", "remembered", "given"]
"""measured: a peer-reviewed or laboratory measurement. datasheet: the maker's. catalogue: a curated or trade list that cites one.
literature default: of the cell's class, not of the cell. derived: computed, the note says from what. remembered: general
engineering knowledge that nobody checked. given: written by the user in the design."""

Chemistry = str
CellFormat = Literal["prismatic", "cylindrical", "pouch"]


class Frozen(BaseModel):
    """A record: immutable, unknown keys refused, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, defer_build=True)


class Figure(Frozen):
    """A number with its standing; the unit is in the name of the field that holds it.

    Where it is known by temperature, ``by_temperature`` (n,) at ``temperature_degC`` (n,), ascending, is what a solve takes, linear between,
    and ``value`` that at 25 degC, or at the end of the table that is nearest.
    """

    value: float
    standing: Standing
    sources: tuple[str, ...] = ()
    note: str = ""
    temperature_degC: tuple[float, ...] = ()
    by_temperature: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _is_a_table(self) -> Figure:
        degC, values = self.temperature_degC, self.by_temperature
        if len(degC) != len(values) or len(degC) == 1 or any(b <= a for a, b in pairwise(degC)):
            raise ValueError("a table has as many temperatures as values, two at least, and they ascend")
        return self

    @classmethod
    def over_temperature(
        cls, degC: Sequence[float], values: Sequence[float], standing: Standing, sources: tuple[str, ...] = (), note: str = ""
    ) -> Figure:
        """A figure of a table."""
        table = tuple(map(float, degC)), tuple(map(float, values))
        return cls(
            value=_linear(*table, NOMINAL_DEGC), standing=standing, sources=sources, note=note,
            temperature_degC=table[0], by_temperature=table[1],
        )  # fmt: skip

    @classmethod
    def of_phases(
        cls, melting: Melting, solid: float, liquid: float, standing: Standing, note: str = "", sources: tuple[str, ...] = ()
    ) -> Figure:
        """A figure of a material that melts: ``solid`` up to its solidus, ``liquid`` from its liquidus."""
        if solid == liquid:
            return cls(value=solid, standing=standing, sources=sources, note=note)
        ends = melting.solidus_degC, melting.liquidus_degC
        return cls.over_temperature(ends, (solid, liquid), standing, sources, note)

    @property
    def table(self) -> bool:
        """Whether it is known by temperature."""
        return bool(self.by_temperature)

    def at(self, degC: float) -> float:
        """Its value at a temperature [degC]; beyond the table its end's."""
        return _linear(self.temperature_degC, self.by_temperature, degC) if self.table else self.value


NOMINAL_DEGC = 25.0


def _linear(points: Sequence[float], values: Sequence[float], at: float) -> float:
    """Between the points linear, beyond them held."""
    i = min(max(bisect_right(points, at), 1), len(points) - 1)
    share = min(max((at - points[i - 1]) / (points[i] - points[i - 1]), 0.0), 1.0)
    return values[i - 1] + share * (values[i] - values[i - 1])


class Melting(Frozen):
    """How a material melts: from solidus to liquidus it takes up ``latent_kJ_kg`` evenly, and gives it back as it freezes."""

    solidus_degC: float
    liquidus_degC: float
    latent_kJ_kg: float = Field(gt=0)
    standing: Standing
    sources: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _upwards(self) -> Melting:
        if not self.liquidus_degC > self.solidus_degC:
            raise ValueError("the liquidus must be above the solidus")
        return self


class Source(Frozen):
    """Where figures come from."""

    what: str
    url: str = ""


class ResistanceTable(Frozen):
    """Direct-current internal resistance of one cell against temperature.

    ``temperature_degC`` ascending, (n,); ``resistance_mOhm`` (n,), > 0. Between the points ln R is linear in 1/T (Arrhenius).
    Where it is known by state of charge too, ``soc`` (m,) ascends and ``by_soc_mOhm`` (m, n) is what a transient takes, ln R linear
    in SOC between the rows and held beyond them; ``resistance_mOhm`` is then that of half charge.
    """

    temperature_degC: tuple[float, ...] = Field(min_length=1)
    resistance_mOhm: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    soc: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()
    by_soc_mOhm: tuple[tuple[Annotated[float, Field(gt=0)], ...], ...] = ()
    standing: Standing
    sources: tuple[str, ...] = ()
    note: str = ""


class SocTable(Frozen):
    """A figure of a cell against its state of charge; linear between the points. ``soc`` (n,) ascending, 0 to 1; ``value`` (n,)."""

    soc: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(min_length=2)
    value: tuple[float, ...] = Field(min_length=2)
    standing: Standing
    sources: tuple[str, ...] = ()
    note: str = ""


class Cell(Frozen):
    """One battery cell as the catalogue or a design describes it. Every figure may be None: unknown.

    Lengths in mm (terminals excluded), mass kg, capacity Ah, voltages V, currents A, cp J/kg/K, k W/m/K.
    Prismatic and pouch: ``width_mm`` of the wide face, ``thickness_mm`` between the large faces, ``height_mm``.
    ``terminals`` of those: on the ``top`` face, or at one end or both ends of the width (None: top for cans, both ends for pouches).
    Cylindrical: ``diameter_mm`` and ``height_mm``. ``k_in_plane``/``k_through`` for prismatic and pouch,
    ``k_axial``/``k_radial`` for cylindrical. ``ocv_V`` open-circuit voltage [V] and ``entropy_mV_K`` its derivative by temperature
    [mV/K] against SOC.
    """

    id: str
    name: str
    maker: str = ""
    format: CellFormat
    chemistry: Chemistry = ""
    case: str = ""
    capacity_Ah: Figure | None = None
    v_nom: Figure | None = None
    v_min: Figure | None = None
    v_max: Figure | None = None
    width_mm: Figure | None = None
    thickness_mm: Figure | None = None
    height_mm: Figure | None = None
    diameter_mm: Figure | None = None
    terminals: Literal["top", "one_end", "both_ends"] | None = None
    tab_width_mm: Figure | None = None
    tab_length_mm: Figure | None = None
    tab_thickness_mm: Figure | None = None
    mass_kg: Figure | None = None
    cp_J_kgK: Figure | None = None
    k_in_plane_W_mK: Figure | None = None
    k_through_W_mK: Figure | None = None
    k_axial_W_mK: Figure | None = None
    k_radial_W_mK: Figure | None = None
    resistance_ac_mOhm: Figure | None = None
    resistance_dc: ResistanceTable | None = None
    ocv_V: SocTable | None = None
    entropy_mV_K: SocTable | None = None
    max_charge_A: Figure | None = None
    max_discharge_A: Figure | None = None
    charge_min_degC: Figure | None = None
    charge_max_degC: Figure | None = None
    discharge_min_degC: Figure | None = None
    discharge_max_degC: Figure | None = None
    confidence: Literal["high", "medium", "low"] | None = None
    sources: tuple[str, ...] = ()
    note: str = ""

    def unknown(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Those of ``fields`` that are not known for this cell."""
        return tuple(field for field in fields if getattr(self, field) is None)

    def volume_m3(self) -> float:
        """Volume of the body [m³] from its outer dimensions, terminals excluded. Raises ValueError if a dimension is unknown."""
        from math import pi

        if self.format == "cylindrical":
            if self.diameter_mm is None or self.height_mm is None:
                raise ValueError(f"{self.id}: a dimension is unknown")
            return pi / 4 * self.diameter_mm.value**2 * self.height_mm.value * 1e-9
        if self.width_mm is None or self.thickness_mm is None or self.height_mm is None:
            raise ValueError(f"{self.id}: a dimension is unknown")
        return self.width_mm.value * self.thickness_mm.value * self.height_mm.value * 1e-9


class Material(Frozen):
    """A solid. rho kg/m³, k W/m/K (isotropic), cp J/kg/K, resistivity ohm m at 20 degC, alpha 1/K (of the resistivity).

    Of one that melts k and cp are numbers, or tables of two points: solid at the solidus, liquid at the liquidus, held beyond.
    """

    id: str
    rho_kg_m3: Figure
    k_W_mK: Figure
    cp_J_kgK: Figure
    resistivity_ohm_m: Figure | None = None
    alpha_per_K: Figure | None = None
    emissivity: Figure | None = None
    thickness_range_mm: tuple[float, float] | None = None
    melting: Melting | None = None
    note: str = ""


class CoolantState(Frozen):
    """Properties of a coolant at one temperature: rho kg/m³, cp J/kg/K, k W/m/K, mu Pa s."""

    T_degC: float
    rho: float
    cp: float
    k: float
    mu: float


class Coolant(Frozen):
    """A coolant as a table over temperature, ascending. A single row: known at that temperature only."""

    id: str
    table: tuple[CoolantState, ...] = Field(min_length=1)
    standing: Standing
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def range_degC(self) -> tuple[float, float]:
        """Lowest and highest temperature of the table."""
        return self.table[0].T_degC, self.table[-1].T_degC
