"""The design file as a whole: what a user may write, key by key. Keys carry their unit; unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator

from packtool.design.schema.arrangement import Arrangement, Busbars, Electrical
from packtool.design.schema.base import NAME_PATTERN, Agreement, CellReference, DesignRecord, GivenName
from packtool.design.schema.cases import Case
from packtool.design.schema.cell import CellSpec
from packtool.design.schema.cold_plate import AnyColdPlate, Interface
from packtool.design.schema.enclosure import Ambient, Enclosure
from packtool.design.schema.heaters import Heater
from packtool.design.schema.limits import Limits
from packtool.design.schema.materials import OwnMaterial
from packtool.design.schema.mesh import MeshControls
from packtool.design.schema.overrides import Overrides
from packtool.design.schema.parts import StepPart
from packtool.design.schema.sensors import Sensor
from packtool.design.schema.vehicle import Vehicle


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
    arrangement: Arrangement = Field(description="how the cells stand (a mapping with pattern, rows, cells_per_row, ...)")
    interface: Interface | None = Field(None, description="the layer between the cells and the cold plate")
    cold_plate: AnyColdPlate | None = Field(None, description="left out: no cooling but the ambient")
    busbars: Busbars
    enclosure: Enclosure
    ambient: Ambient
    cases: dict[GivenName, Case] = Field(
        min_length=1, description="loads that the pack is solved for, each under a name of your choice"
    )
    vehicle: Vehicle | None = Field(None, description="what a duty of speeds moves")
    sensors: dict[GivenName, Sensor] = Field(
        default_factory=dict, max_length=1_000, description="points whose temperature is told, each under a name of your choice"
    )
    heaters: dict[GivenName, Heater] = Field(
        default_factory=dict,
        max_length=2,
        description="heater pads, each under a name of your choice; a case names those it switches on",
    )
    limits: Limits = Field(default_factory=Limits)
    materials: dict[GivenName, OwnMaterial] = Field(
        default_factory=dict,
        max_length=200,
        description="solids of your own, each under a name of your choice, which any key that takes a material may name",
    )
    parts: tuple[StepPart, ...] = Field(
        (), max_length=200, description="parts of your own from STEP files: placed, weighed, checked and exported with the rest"
    )
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
