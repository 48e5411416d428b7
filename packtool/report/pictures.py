"""The pictures of a run, as PNG with captions. Needs vtk and a way to draw; PictureError says that there is none."""

from __future__ import annotations

from packtool.layout.records import Layout
from packtool.mesh.records import Floats, TaggedMesh
from packtool.report.picture_pack import pack_picture
from packtool.report.picture_temperature import plate_picture, temperature_picture
from packtool.report.records import Picture


def pictures_of_pack(layout: Layout) -> tuple[Picture, ...]:
    """The pack with its lid off, and taken apart. Raises PictureError."""
    plate = ", the cold plate with its channels open" if layout.network is not None else ""
    return (
        Picture("pack", "The pack with its lid off.", pack_picture(layout)),
        Picture("pack-apart", f"The pack in layers{plate}.", pack_picture(layout, apart=True)),
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
