"""The pictures of a run, as PNG with captions. Needs vtk and a way to draw; PictureError says that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from packtool.cad.pictures import pack_pictures
from packtool.layout.records import Layout
from packtool.mesh.records import Floats, TaggedMesh
from packtool.report.picture_temperature import plate_picture, temperature_picture
from packtool.report.records import Picture

if TYPE_CHECKING:
    from OCP.TopoDS import TopoDS_Shape


def pictures_of_pack(layout: Layout, shapes: Mapping[str, TopoDS_Shape] | None = None) -> tuple[Picture, ...]:
    """The pack with its lid off, and taken apart; ``shapes``: of imported products, by id. Raises PictureError; CadError where a solid cannot
    be made."""
    drawn = pack_pictures(layout, ("lid-off", "exploded"), shapes=shapes)
    return (
        Picture("pack", "The pack with its lid off.", drawn["lid-off"]),
        Picture("pack-apart", "The pack in layers.", drawn["exploded"]),
    )


def pictures_of_case(layout: Layout, mesh: TaggedMesh, T: Floats, case: str) -> tuple[Picture, ...]:
    """Temperatures of a case, ``T`` (n_points,) [K]: of the whole mesh and, if there is one, of the opened cold plate. Raises PictureError."""
    made = [
        Picture(f"temperature-{case}", f"Temperature of cells, plates and pads, case {case}.", temperature_picture(mesh, T), case)
    ]
    if layout.network is not None:
        caption = f"Temperature of the cold plate, its top skin taken off, case {case}."
        made.append(Picture(f"temperature-plate-{case}", caption, plate_picture(mesh, T, layout.network), case))
    return tuple(made)
