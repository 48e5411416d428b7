"""The design file: what a user may write, key by key. Keys carry their unit; unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from packtool.catalogue.records import CellFormat, Frozen

MAX_CELLS = 20_000
"""Most cells one design may have: four times the largest pack of shared experience (4,416); beyond it a slip of the keyboard is likelier."""

Millimetres = Annotated[float, Field(gt=0, le=20_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=80)]
CellName = Annotated[str, Field(pattern=r"^R\d+C\d+$")]


class GivenResistance(Frozen):
    """A resistance table written in a design: ``{temperature_degC: [0, 25], resistance_mOhm: [2.0, 0.8]}``."""

    temperature_degC: tuple[float, ...] = Field(min_length=1)
    resistance_mOhm: tuple[Annotated[float, Field(gt=0, le=10_000)], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _same_length_ascending(self) -> GivenResistance:
        if len(self.temperature_degC) != len(self.resistance_mOhm):
            raise ValueError("temperature_degC and resistance_mOhm need the same number of entries")
        if any(b <= a for a, b in zip(self.temperature_degC, self.temperature_degC[1:], strict=False)):
            raise ValueError("temperature_degC must ascend")
        return self


class CellSpec(Frozen):
    """A cell described in the design: its own figures, over those of a catalogue cell (``like``) where one is named."""

    like: Identifier | None = Field(None, description="catalogue cell to start from")
    bpx: str | None = Field(None, description="path of a BPX file to start from, relative to the design")
    name: str | None = None
    format: CellFormat | None = None
    chemistry: str | None = None
    capacity_Ah: Annotated[float, Field(gt=0, le=5_000)] | None = None
    v_nom: Annotated[float, Field(gt=0, le=10)] | None = None
    v_min: Annotated[float, Field(gt=0, le=10)] | None = None
    v_max: Annotated[float, Field(gt=0, le=10)] | None = None
    width_mm: Millimetres | None = None
    thickness_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    diameter_mm: Millimetres | None = None
    mass_kg: Annotated[float, Field(gt=0, le=200)] | None = None
    cp_J_kgK: Annotated[float, Field(gt=0, le=10_000)] | None = None
    k_in_plane_W_mK: Annotated[float, Field(gt=0, le=2_000)] | None = None
    k_through_W_mK: Annotated[float, Field(gt=0, le=2_000)] | None = None
    k_axial_W_mK: Annotated[float, Field(gt=0, le=2_000)] | None = None
    k_radial_W_mK: Annotated[float, Field(gt=0, le=2_000)] | None = None
    resistance_mOhm: Annotated[float, Field(gt=0, le=10_000)] | GivenResistance | None = Field(
        None, description="dc resistance: a number, or a table over temperature"
    )
    resistance_like: Identifier | None = Field(None, description="catalogue cell whose dc resistance stands in for this cell's")
    max_charge_A: Annotated[float, Field(gt=0, le=100_000)] | None = None
    max_discharge_A: Annotated[float, Field(gt=0, le=100_000)] | None = None

    @model_validator(mode="after")
    def _one_resistance(self) -> CellSpec:
        if self.resistance_mOhm is not None and self.resistance_like is not None:
            raise ValueError("give resistance_mOhm or resistance_like, not both")
        if self.like is not None and self.bpx is not None:
            raise ValueError("give like or bpx, not both")
        return self


class Electrical(Frozen):
    """``series`` groups of ``parallel`` cells each."""

    series: Annotated[int, Field(ge=1, le=2_000, strict=True)]
    parallel: Annotated[int, Field(ge=1, le=1_000, strict=True)] = 1


class Arrangement(Frozen):
    """Prismatic cells in rows: stacked through their thickness along x, rows side by side along y."""

    pattern: Literal["rows"] = "rows"
    rows: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    cells_per_row: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    cell_gap_mm: Annotated[float, Field(ge=0, le=100)] = Field(
        description="between the large faces; filled by gap_material, if one is named"
    )
    gap_material: Identifier | None = None
    row_gap_mm: Annotated[float, Field(ge=0, le=500)] = Field(description="air between two rows")
    end_plate_mm: Annotated[float, Field(ge=0, le=200)] = Field(
        0.0, description="thickness of the plates that close a row; 0: none"
    )
    end_plate_material: Identifier = "al_6061_t6"


class Interface(Frozen):
    """The layer between the cells and the cold plate."""

    material: Identifier
    thickness_mm: Millimetres


class ColdPlate(Frozen):
    """A plate under the cells with rectangular channels.

    ``serpentine``: one channel that passes the plate ``passes`` times. ``parallel``: ``channels`` channels side by side
    between two headers; with ``passes: 2`` they run out along one half, join in a turn header and return along the other.
    """

    position: Literal["bottom"] = "bottom"
    type: Literal["serpentine", "parallel"]
    passes: Annotated[int, Field(ge=1, le=200, strict=True)] = Field(description="times the coolant passes the plate's length")
    channels: Annotated[int, Field(ge=1, le=500, strict=True)] = Field(
        1, description="channels side by side in each pass (parallel only)"
    )
    manifold: Literal["U", "Z"] = Field(
        "U", description="parallel with passes: 1: outlet on the inlet's side (U) or diagonally opposite (Z)"
    )
    channel_width_mm: Millimetres
    channel_height_mm: Millimetres
    header_width_mm: Millimetres | None = Field(None, description="parallel only; default: twice the channel's width")
    thickness_mm: Millimetres
    margin_mm: Annotated[float, Field(gt=0, le=500)] = Field(
        10.0, description="metal between the outermost channel and the plate's edge"
    )
    overhang_mm: Annotated[float, Field(ge=0, le=500)] = Field(
        30.0, description="how far the plate reaches past the rows at both ends (x), for headers and ports"
    )
    roughness_um: Annotated[float, Field(ge=0, le=1_000)] = Field(1.5, description="wall roughness; 1.5 um is drawn aluminium")
    material: Identifier
    coolant: Identifier
    flow_lpm: Annotated[float, Field(gt=0, le=10_000)]
    inlet_degC: Annotated[float, Field(ge=-60, le=200)]

    @model_validator(mode="after")
    def _fits(self) -> ColdPlate:
        if self.channel_height_mm >= self.thickness_mm:
            raise ValueError(
                f"channel_height_mm ({self.channel_height_mm:g}) must be less than thickness_mm ({self.thickness_mm:g})"
            )
        if self.type == "serpentine" and self.channels != 1:
            raise ValueError("a serpentine has one channel: leave channels out, or use type: parallel")
        if self.type == "parallel" and self.passes > 2:
            raise ValueError("type: parallel takes passes: 1 or 2; more passes of one channel are type: serpentine")
        if self.type == "parallel" and self.channels < 2:
            raise ValueError("type: parallel needs channels: 2 or more; one channel is type: serpentine")
        return self


class Busbars(Frozen):
    """Bars that join the terminals of neighbouring groups."""

    material: Identifier
    thickness_mm: Millimetres
    width_mm: Millimetres


class Enclosure(Frozen):
    """Tray and lid around the rows and the plate."""

    material: Identifier
    wall_mm: Millimetres
    clearance_mm: Annotated[float, Field(ge=0, le=500)] = Field(20.0, description="air between the walls and what they enclose")
    headroom_mm: Annotated[float, Field(ge=0, le=500)] = Field(25.0, description="air between the busbars and the lid")
    flange_mm: Annotated[float, Field(ge=0, le=200)] = 25.0
    lid_mm: Millimetres
    lid_material: Identifier | None = Field(None, description="default: the tray's")
    ip_rating: Annotated[str, Field(pattern=r"^IP[0-6X][0-9X]K?$")] | None = None
    vent_area_mm2: Annotated[float, Field(ge=0, le=1e6)] | None = None


class Ambient(Frozen):
    """The air around the enclosure."""

    temperature_degC: Annotated[float, Field(ge=-60, le=120)]
    natural_convection_W_m2K: Annotated[float, Field(ge=0, le=1_000)] = 5.0
    emissivity: Annotated[float, Field(ge=0, le=1)] = Field(0.8, description="of the enclosure's outside; 0: no radiation")


class SteadyCase(Frozen):
    """The temperatures that a constant current leads to if it lasts: an upper bound for a charge or discharge of that current."""

    kind: Literal["steady"]
    current_A: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="of the pack; or give c_rate")
    c_rate: Annotated[float, Field(ge=0, le=100)] | None = Field(None, description="current in multiples of the pack's capacity")
    direction: Literal["charge", "discharge"] = "charge"

    @model_validator(mode="after")
    def _one_current(self) -> SteadyCase:
        if (self.current_A is None) == (self.c_rate is None):
            raise ValueError("give current_A or c_rate, and not both")
        return self


class Limits(Frozen):
    """What must hold. A limit that is left out falls back on the rule's default where the rule has one (see ``packtool check --json``)."""

    cell_max_degC: Annotated[float, Field(ge=-60, le=300)] | None = None
    cell_min_degC: Annotated[float, Field(ge=-60, le=300)] | None = None
    cell_spread_K: Annotated[float, Field(gt=0, le=300)] | None = Field(
        None, description="between the means of the warmest and the coldest cell"
    )
    cell_inner_spread_K: Annotated[float, Field(gt=0, le=300)] | None = Field(None, description="inside any one cell")
    coolant_drop_kPa: Annotated[float, Field(gt=0, le=1e5)] | None = None
    coolant_rise_K: Annotated[float, Field(gt=0, le=300)] | None = None
    coolant_velocity_m_s: Annotated[float, Field(gt=0, le=100)] | None = None
    pack_mass_kg: Annotated[float, Field(gt=0, le=1e6)] | None = None
    pack_voltage_V: Annotated[float, Field(gt=0, le=1e5)] | None = None
    busbar_A_mm2: Annotated[float, Field(gt=0, le=100)] | None = None
    envelope_mm: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        None, description="largest length (x), width (y), height (z)"
    )


class CellOverride(Frozen):
    """What is different about one cell."""

    resistance_mOhm: Annotated[float, Field(gt=0, le=10_000)] = Field(description="dc resistance of this cell, at any temperature")


class Overrides(Frozen):
    """Cells that differ from the rest, by name."""

    cells: dict[CellName, CellOverride] = Field(default_factory=dict)


class MeshControls(Frozen):
    """How fine the mesh is."""

    level: Literal["coarse", "normal", "fine"] = "normal"


class PackDesign(Frozen):
    """One battery pack design file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, title="packtool design")

    packtool: Literal[1] = Field(description="version of the design format")
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
    description: str = ""
    cell: Identifier | CellSpec
    electrical: Electrical
    arrangement: Arrangement
    interface: Interface | None = None
    cold_plate: ColdPlate | None = None
    busbars: Busbars
    enclosure: Enclosure
    ambient: Ambient
    cases: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=64)], SteadyCase] = Field(min_length=1)
    limits: Limits = Limits()
    overrides: Overrides = Overrides()
    mesh: MeshControls = MeshControls()

    @model_validator(mode="after")
    def _cold_plate_needs_interface(self) -> PackDesign:
        if self.cold_plate is not None and self.interface is None:
            raise ValueError(
                "a cold_plate needs an interface (the layer between it and the cells): interface: {material: ..., thickness_mm: ...}"
            )
        return self


# Cross-key checks that want the place of one key are complaints of the loader (design/load.py), so that they carry line and column:
# rows x cells_per_row = series x parallel; cells_per_row a multiple of parallel; MAX_CELLS; override names that exist; known ids.
