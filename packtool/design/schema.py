"""The design file: what a user may write, key by key. Keys carry their unit; unknown keys are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from packtool.catalogue.records import CellFormat, Frozen

MAX_CELLS = 20_000
"""Most cells one design may have: four times the largest pack of shared experience (4,416); beyond it a slip of the keyboard is likelier."""


@dataclass(frozen=True, slots=True)
class InCatalogue:
    """Marks a key whose text is an id of the catalogue: ``cells``, ``materials`` or ``coolants``; the JSON Schema carries the mark."""

    kind: Literal["cells", "materials", "coolants"]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core) | {"x-catalogue": self.kind}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What several keys of one mapping have to agree on.

    ``check`` takes the values of ``keys``, in that order, and gives what is wrong, or None; the complaint stands at the key ``at``.
    """

    keys: tuple[str, ...]
    at: str
    check: Callable[..., str | None]


class DesignRecord(Frozen):
    """A mapping of the design file. What its keys must agree on is in ``agreements``, for this class and for the loader alike."""

    agreements: ClassVar[tuple[Agreement, ...]] = ()

    @model_validator(mode="after")
    def _agrees(self) -> DesignRecord:
        for agreement in self.agreements:
            wrong = agreement.check(*(getattr(self, key) for key in agreement.keys))
            if wrong is not None:
                raise ValueError(wrong)
        return self


def canonical_cell_name(name: str) -> str:
    """``R2C5`` and ``R02C005`` are ``R2C05``: row, then column with two digits at least."""
    row, column = (int(number) for number in re.findall("[0-9]+", name))
    return f"R{row}C{column:02d}"


NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]*$"
CASE_PATTERN = r"^[A-Za-z0-9_.-]+$"
CELL_NAME_PATTERN = r"^R[0-9]{1,5}C[0-9]{1,5}$"
IP_PATTERN = r"^IP[0-6X][0-9X]K?$"
PATTERN_WORDS = {
    NAME_PATTERN: "a name of small letters, digits, '.', '_' and '-', a letter or digit first",
    CASE_PATTERN: "a name of letters, digits, '.', '_' and '-'",
    CELL_NAME_PATTERN: "the name of a cell, row and column from 1, as in R2C05",
    IP_PATTERN: "IP and two digits, as in IP67 or IP6X (IEC 60529)",
}
"""What a text must look like, by pattern; for messages."""

Millimetres = Annotated[float, Field(gt=0, le=20_000)]
Celsius = Annotated[float, Field(ge=-60, le=300)]
Identifier = Annotated[str, Field(min_length=1, max_length=80)]
CellId = Annotated[Identifier, InCatalogue("cells")]
MaterialId = Annotated[Identifier, InCatalogue("materials")]
CoolantId = Annotated[Identifier, InCatalogue("coolants")]
CellReference = Annotated[
    str, Field(min_length=1, max_length=400, description="catalogue cell, or the path of a .json (BPX) or .yaml file")
]
FilePath = Annotated[str, Field(min_length=1, max_length=400)]
CellName = Annotated[str, Field(pattern=CELL_NAME_PATTERN), AfterValidator(canonical_cell_name)]
MilliOhm = Annotated[float, Field(gt=0, le=10_000)]
Volts = Annotated[float, Field(gt=0, le=10)]
Conductivity = Annotated[float, Field(gt=0, le=2_000)]
Amperes = Annotated[float, Field(gt=0, le=100_000)]


def _same_length(temperatures: Sequence[float], resistances: Sequence[float]) -> str | None:
    if len(temperatures) == len(resistances):
        return None
    return f"needs as many entries as temperature_degC: {len(temperatures)}, not {len(resistances)}"


def _ascending(temperatures: Sequence[float]) -> str | None:
    if all(a < b for a, b in pairwise(temperatures)):
        return None
    return "must ascend, each temperature above the one before it"


class GivenResistance(DesignRecord):
    """A resistance table written in a design: ``{temperature_degC: [0, 25], resistance_mOhm: [2.0, 0.8]}``."""

    agreements = (
        Agreement(("temperature_degC", "resistance_mOhm"), "resistance_mOhm", _same_length),
        Agreement(("temperature_degC",), "temperature_degC", _ascending),
    )

    temperature_degC: tuple[Annotated[float, Field(ge=-100, le=200)], ...] = Field(
        min_length=1, description="temperatures of the table, ascending"
    )
    resistance_mOhm: tuple[MilliOhm, ...] = Field(
        min_length=1, description="dc resistance of one cell at these temperatures; between them ln R is linear in 1/T"
    )


def _one_base(like: object, bpx: object) -> str | None:
    return "give like or bpx, not both" if like is not None and bpx is not None else None


def _one_resistance(table: object, stand_in: object) -> str | None:
    return "give resistance_mOhm or resistance_like, not both" if table is not None and stand_in is not None else None


class CellSpec(DesignRecord):
    """A cell described in the design: its own figures, over those of a catalogue cell (``like``) or of a BPX file where one is named."""

    agreements = (
        Agreement(("like", "bpx"), "bpx", _one_base),
        Agreement(("resistance_mOhm", "resistance_like"), "resistance_like", _one_resistance),
    )

    like: CellId | None = Field(None, description="catalogue cell to start from; `packtool cells` lists them")
    bpx: FilePath | None = Field(None, description="path of a BPX file to start from, relative to this file")
    name: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="what the cell is called in the report and the bill of materials"
    )
    format: CellFormat | None = Field(None, description="shape of the cell; pattern: rows takes prismatic cells")
    chemistry: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="for the report, as in LFP or NMC811/graphite"
    )
    capacity_Ah: Annotated[float, Field(gt=0, le=5_000)] | None = Field(None, description="nominal capacity of one cell")
    v_nom: Volts | None = Field(None, description="nominal voltage of one cell [V]")
    v_min: Volts | None = Field(None, description="lowest permitted voltage of one cell [V]")
    v_max: Volts | None = Field(None, description="highest permitted voltage of one cell [V]")
    width_mm: Millimetres | None = Field(None, description="width of the wide face (prismatic, pouch)")
    thickness_mm: Millimetres | None = Field(None, description="between the two large faces, at the state of charge it is built in")
    height_mm: Millimetres | None = Field(None, description="height of the body, terminals excluded")
    diameter_mm: Millimetres | None = Field(None, description="outer diameter (cylindrical)")
    mass_kg: Annotated[float, Field(gt=0, le=200)] | None = Field(None, description="mass of one cell")
    cp_J_kgK: Annotated[float, Field(gt=0, le=10_000)] | None = Field(None, description="specific heat capacity of the whole cell")
    k_in_plane_W_mK: Conductivity | None = Field(
        None, description="thermal conductivity along the electrode layers: width and height (prismatic, pouch)"
    )
    k_through_W_mK: Conductivity | None = Field(
        None, description="thermal conductivity across the layers: through the thickness (prismatic, pouch)"
    )
    k_axial_W_mK: Conductivity | None = Field(None, description="thermal conductivity along the axis (cylindrical)")
    k_radial_W_mK: Conductivity | None = Field(None, description="thermal conductivity across the winding (cylindrical)")
    resistance_mOhm: MilliOhm | GivenResistance | None = Field(
        None, description="dc resistance of one cell: a number, the same at every temperature, or a table over temperature"
    )
    resistance_like: CellId | None = Field(
        None, description="catalogue cell whose measured dc resistance stands in for this cell's; the report says so"
    )
    max_charge_A: Amperes | None = Field(None, description="largest continuous charge current of one cell")
    max_discharge_A: Amperes | None = Field(None, description="largest continuous discharge current of one cell")


class Electrical(DesignRecord):
    """``series`` groups of ``parallel`` cells each."""

    series: Annotated[int, Field(ge=1, le=2_000, strict=True)] = Field(description="groups in series")
    parallel: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(1, description="cells in parallel in each group")


class Arrangement(DesignRecord):
    """Prismatic cells in rows: stacked through their thickness along x, rows side by side along y."""

    pattern: Literal["rows"] = Field("rows", description="how the cells stand; rows of prismatic cells is what there is today")
    rows: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(description="rows side by side (y)")
    cells_per_row: Annotated[int, Field(ge=1, le=1_000, strict=True)] = Field(
        description="cells in each row (x); rows x cells_per_row is series x parallel, and a parallel group does not cross rows"
    )
    cell_gap_mm: Annotated[float, Field(ge=0, le=100)] = Field(
        description="between the large faces; filled by gap_material, if one is named"
    )
    gap_material: MaterialId | None = Field(None, description="pad between the cells; left out: an empty gap")
    row_gap_mm: Annotated[float, Field(ge=0, le=500)] = Field(description="air between two rows")
    end_plate_mm: Annotated[float, Field(ge=0, le=200)] = Field(
        0.0, description="thickness of the plates that close a row; 0: none"
    )
    end_plate_material: MaterialId = Field("al_6061_t6", description="material of the plates that close a row")


class Interface(DesignRecord):
    """The layer between the cells and the cold plate."""

    material: MaterialId = Field(description="material under the cells: a gap filler, pad or adhesive")
    thickness_mm: Millimetres = Field(description="bond line thickness as built")


def _channel_in_plate(channel_height: float, thickness: float) -> str | None:
    if channel_height < thickness:
        return None
    return f"must be less than the plate's thickness_mm ({thickness:g}), got {channel_height:g}"


def _channels_of_type(kind: str, channels: int) -> str | None:
    if kind == "serpentine" and channels != 1:
        return f"a serpentine has one channel: leave channels out, or use type: parallel (got {channels})"
    if kind == "parallel" and channels < 2:
        return "type: parallel needs channels: 2 or more; one channel is type: serpentine"
    return None


def _passes_of_type(kind: str, passes: int) -> str | None:
    if kind == "parallel" and passes > 2:
        return f"type: parallel takes passes: 1 or 2, got {passes}; more passes of one channel are type: serpentine"
    return None


def _turns_of_type(kind: str, turns: str) -> str | None:
    if kind == "parallel" and turns == "round":
        return "type: parallel has no turns of its own (its headers turn the coolant): leave turns out, or use type: serpentine"
    return None


class ColdPlate(DesignRecord):
    """A plate under the cells with rectangular channels.

    ``serpentine``: one channel that passes the plate ``passes`` times. ``parallel``: ``channels`` channels side by side
    between two headers; with ``passes: 2`` they run out along one half, join in a turn header and return along the other.
    """

    agreements = (
        Agreement(("channel_height_mm", "thickness_mm"), "channel_height_mm", _channel_in_plate),
        Agreement(("type", "channels"), "channels", _channels_of_type),
        Agreement(("type", "passes"), "passes", _passes_of_type),
        Agreement(("type", "turns"), "turns", _turns_of_type),
    )

    position: Literal["bottom"] = Field("bottom", description="where the plate is; bottom is what there is today")
    type: Literal["serpentine", "parallel"] = Field(
        description="serpentine: one channel that passes the plate `passes` times; parallel: `channels` side by side between headers"
    )
    passes: Annotated[int, Field(ge=1, le=200, strict=True)] = Field(description="times the coolant passes the plate's length")
    channels: Annotated[int, Field(ge=1, le=500, strict=True)] = Field(
        1, description="channels side by side in each pass (parallel only)"
    )
    turns: Literal["square", "round"] = Field(
        "square", description="serpentine only: how it turns; round: half circles from leg to leg, on the overhang"
    )
    manifold: Literal["U", "Z"] = Field(
        "U", description="parallel with passes: 1: outlet on the inlet's side (U) or diagonally opposite (Z)"
    )
    channel_width_mm: Millimetres = Field(description="inner width of a channel")
    channel_height_mm: Millimetres = Field(description="inner height of a channel; less than thickness_mm")
    header_width_mm: Millimetres | None = Field(
        None, description="inner width of the headers (parallel only); default: twice the channel's width"
    )
    thickness_mm: Millimetres = Field(description="thickness of the whole plate")
    margin_mm: Annotated[float, Field(gt=0, le=500)] = Field(
        10.0, description="metal between the outermost channel and the plate's edge"
    )
    overhang_mm: Annotated[float, Field(ge=0, le=500)] | None = Field(
        None, description="how far the plate reaches past the rows at both ends (x); default: what headers or fittings need"
    )
    roughness_um: Annotated[float, Field(ge=0, le=1_000)] = Field(1.5, description="wall roughness; 1.5 um is drawn aluminium")
    material: MaterialId = Field(description="material of the plate; `packtool materials` lists them")
    coolant: CoolantId = Field(description="what flows in the channels; `packtool coolants` lists them")
    flow_lpm: Annotated[float, Field(gt=0, le=10_000)] = Field(description="volume flow through the whole plate, at the inlet")
    inlet_degC: Annotated[float, Field(ge=-60, le=200)] = Field(
        description="coolant temperature at the inlet, in the coolant's table"
    )


class Busbars(DesignRecord):
    """Bars that join the terminals of neighbouring groups."""

    material: MaterialId = Field(description="material of the bars; its resistivity must be known")
    thickness_mm: Millimetres = Field(description="thickness of a bar")
    width_mm: Millimetres = Field(description="width of a bar; width x thickness carries the current of one group")


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


def _one_current(amperes: float | None, c_rate: float | None) -> str | None:
    if amperes is None and c_rate is None:
        return "missing: give current_A (of the pack) or c_rate"
    return "give current_A or c_rate, not both" if amperes is not None and c_rate is not None else None


class SteadyCase(DesignRecord):
    """The temperatures that a constant current leads to if it lasts: an upper bound for a charge or discharge of that current."""

    agreements = (Agreement(("current_A", "c_rate"), "current_A", _one_current),)

    kind: Literal["steady"] = Field(description="steady: the temperatures that a constant current leads to if it lasts")
    current_A: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="current of the pack; or give c_rate")
    c_rate: Annotated[float, Field(ge=0, le=100)] | None = Field(
        None, description="current in multiples of the pack's capacity [1/h]"
    )
    direction: Literal["charge", "discharge"] = Field("charge", description="for the current limits that the rules check")


class Limits(DesignRecord):
    """What must hold. A limit that is left out falls back on the rule's default where the rule has one (see ``packtool check --json``)."""

    cell_max_degC: Celsius | None = Field(None, description="highest temperature anywhere in a cell")
    cell_min_degC: Celsius | None = Field(None, description="lowest temperature anywhere in a cell")
    cell_spread_K: Annotated[float, Field(gt=0, le=300)] | None = Field(
        None, description="between the means of the warmest and the coldest cell"
    )
    cell_inner_spread_K: Annotated[float, Field(gt=0, le=300)] | None = Field(None, description="inside any one cell")
    coolant_drop_kPa: Annotated[float, Field(gt=0, le=1e5)] | None = Field(None, description="pressure drop from inlet to outlet")
    coolant_rise_K: Annotated[float, Field(gt=0, le=300)] | None = Field(None, description="outlet above inlet")
    coolant_velocity_m_s: Annotated[float, Field(gt=0, le=100)] | None = Field(
        None, description="highest mean velocity in any channel; bounds erosion"
    )
    pack_mass_kg: Annotated[float, Field(gt=0, le=1e6)] | None = Field(None, description="mass of the pack")
    pack_voltage_V: Annotated[float, Field(gt=0, le=1e5)] | None = Field(
        None, description="highest voltage of the pack, all cells at v_max"
    )
    busbar_A_mm2: Annotated[float, Field(gt=0, le=100)] | None = Field(None, description="current density in the busbars")
    envelope_mm: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        None, description="largest length (x), width (y), height (z) of the pack"
    )


class CellOverride(DesignRecord):
    """What is different about one cell."""

    resistance_mOhm: MilliOhm = Field(description="dc resistance of this cell, at any temperature")


class Overrides(DesignRecord):
    """Cells that differ from the rest, by name."""

    cells: dict[CellName, CellOverride] = Field(
        default_factory=dict, description="by name: row and column from 1, as in R2C05; aged, faulty, warmer"
    )


class MeshControls(DesignRecord):
    """How fine the mesh is."""

    level: Literal["coarse", "normal", "fine"] = Field("normal", description="finer meshes have smaller errors and take longer")


def _plate_needs_interface(plate: object, interface: object) -> str | None:
    if plate is None or interface is not None:
        return None
    return "a cold_plate needs an interface (the layer between it and the cells): interface: {material: ..., thickness_mm: ...}"


class PackDesign(DesignRecord):
    """One battery pack design file."""

    model_config = ConfigDict(title="packtool design")
    agreements = (Agreement(("cold_plate", "interface"), "cold_plate", _plate_needs_interface),)

    packtool: Literal[1] = Field(description="version of the design format")
    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=64)] = Field(
        description="names the output; small letters, digits, '.', '_', '-', a letter or digit first"
    )
    description: Annotated[str, Field(max_length=4_000)] = Field("", description="one line for lists and the report")
    cell: CellReference | CellSpec = Field(
        description="a catalogue cell (`packtool cells` lists them), a mapping that describes one, or the path of a .json (BPX) or .yaml file"
    )
    electrical: Electrical
    arrangement: Arrangement
    interface: Interface | None = Field(None, description="the layer between the cells and the cold plate")
    cold_plate: ColdPlate | None = Field(None, description="left out: no cooling but the ambient")
    busbars: Busbars
    enclosure: Enclosure
    ambient: Ambient
    cases: dict[Annotated[str, Field(pattern=CASE_PATTERN, max_length=64)], SteadyCase] = Field(
        min_length=1, description="loads that the pack is solved for, each under a name of your choice"
    )
    limits: Limits = Field(default_factory=Limits)
    overrides: Overrides = Field(default_factory=Overrides)
    mesh: MeshControls = Field(default_factory=MeshControls)

    @field_validator("packtool", mode="before")
    @classmethod
    def _whole_number(cls, version: Any) -> Any:
        # 1.0 and true equal 1 for a Literal
        if type(version) is not int:
            raise ValueError("must be 1")
        return version


# Cross-key checks that span mappings, or need the catalogue, are in resolve.py:
# rows x cells_per_row = series x parallel; cells_per_row a multiple of parallel; MAX_CELLS; override names that exist; known ids.
