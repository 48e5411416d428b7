"""How finely a pack is meshed: a level, and the largest elements by kind of part and direction."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, DesignRecord

Level = Literal["coarse", "normal", "fine"]
Size = Annotated[float, Field(ge=1e-3, le=20_000)]
"""Largest element [mm]: from a micrometre, which no pack has memory for, to a pack."""


class MeshSizes(DesignRecord):
    """Largest elements [mm] of the mesh that is solved on, in place of what the level has there. Elements may be smaller: faces of all parts
    are kept, every interval between two of them has a whole number of elements, even where the level's is, and the elements over a cell's
    height keep their grading."""

    cell_through_mm: Size | None = Field(
        None, description="through a cell's thickness; in a round cell from the axis outwards, and in what surrounds it"
    )
    cell_across_mm: Size | None = Field(None, description="over a cell's width; around a round cell along its circumference")
    cell_height_mm: Size | None = Field(None, description="over a cell's height; the largest, which is furthest from the plate")
    plate_mm: Size | None = Field(None, description="cold plate, in its plan")
    plate_through_mm: Size | None = Field(None, description="through the cold plate's skins and over the height of its channels")
    layer_mm: Size | None = Field(
        None,
        description="through pads, barriers, fins, the interface, fillers, side plates, ribbons, heaters, end plates and holders",
    )
    part_mm: Size | None = Field(None, description="edges of the elements of parts from STEP files")
    everywhere_mm: Size | None = Field(None, description="no element of any part is longer, in any direction")

    def of(self, key: str) -> float | None:
        """The size [mm] that holds for ``key``: its own or everywhere's, whichever is smaller; None: the level's."""
        given = [size for size in (getattr(self, key), self.everywhere_mm) if size is not None]
        return min(given, default=None)


def _one_of(target: float | None, sizes: MeshSizes | None) -> str | None:
    if target is None or sizes is None:
        return None
    return "the sizes follow from the target: give target_error_K or sizes, not both"


class MeshControls(DesignRecord):
    """How fine the mesh is."""

    agreements = (Agreement(("target_error_K", "sizes"), "target_error_K", _one_of),)

    level: Level = Field("normal", description="finer meshes have smaller errors and take longer")
    sizes: MeshSizes | None = Field(None, description="largest elements; what is not given is as the level has it")
    target_error_K: Annotated[float, Field(ge=1e-4, le=10)] | None = Field(
        None,
        description="largest estimated error of any cell's temperature (temperature.cell.*: highest, lowest, mean and spread, of each cell too): the "
        "sizes are found by solving every case on coarse meshes; the solve tells that it holds",
    )
