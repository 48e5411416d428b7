"""Parts of the user's own, from STEP files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from packtool.design.schema.base import PART_PATTERN, Coordinate, DesignRecord, FilePath, MaterialId

Turn = Annotated[float, Field(ge=-360, le=360)]


class StepPart(DesignRecord):
    """A part of the pack that comes as a STEP file: a bracket, a control unit, a beam."""

    step: FilePath = Field(
        description="path of the STEP file (.step, .stp), relative to the design file; all its solids are one part"
    )
    material: MaterialId = Field(description="material of all its solids; weighs the part, unless mass_kg is given")
    name: Annotated[str, Field(pattern=PART_PATTERN, max_length=60)] | None = Field(
        None, description="name of the part in every output; default: the file's name without its ending"
    )
    at_mm: tuple[Coordinate, Coordinate, Coordinate] = Field(
        (0.0, 0.0, 0.0), description="where the origin of the STEP file stands in the pack's frame: x, y, z"
    )
    rotation_deg: tuple[Turn, Turn, Turn] = Field(
        (0.0, 0.0, 0.0),
        description="turned about its own origin, before it is moved: about the pack's x axis, then y, then z [deg]",
    )
    mass_kg: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        None, description="mass of the part where it is not its volume times the material's density, as of a control unit"
    )
    meshed: bool = Field(
        True, description="whether it takes part in the heat, where its flat faces touch the pack; false leaves it to the CAD alone"
    )
    contact_W_m2K: Annotated[float, Field(ge=1, le=1e6)] | None = Field(
        None, description="conductance of the joints between its faces and those that they touch [W/m²/K]; default: perfect contact"
    )
