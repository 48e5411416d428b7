"""Where the user wants temperatures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, CellName, Coordinate, DesignRecord

SensorPlace = Literal["top", "middle", "bottom"]


def _one_place(at_mm: object, cell: object) -> str | None:
    if at_mm is None and cell is None:
        return "missing: give at_mm: [x, y, z], or cell"
    return "give at_mm or cell, not both" if at_mm is not None and cell is not None else None


class Sensor(DesignRecord):
    """A point whose temperature is told, in every case."""

    agreements = (Agreement(("at_mm", "cell"), "at_mm", _one_place),)

    at_mm: tuple[Coordinate, Coordinate, Coordinate] | None = Field(
        None,
        description="x, y, z in the pack's frame (as in the STEP file) [mm]; inside a cell, pad, end plate, layer or cold plate",
    )
    cell: CellName | None = Field(None, description="name of a cell, as in R2C05: on its axis, at place")
    place: SensorPlace = Field("top", description="of cell: top and bottom are the middles of those faces")
