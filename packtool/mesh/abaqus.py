"""Abaqus input (.inp), which CalculiX reads as well: nodes, C3D8 elements, an element set a region, a surface of element faces a boundary.

Face numbers of an eight-node brick (Abaqus Analysis User's Guide, "Three-dimensional solid element library"): S1 1-2-3-4, S2 5-8-7-6,
S3 1-5-6-2, S4 2-6-7-3, S5 3-7-8-4, S6 4-8-5-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from packtool import artifacts
from packtool.mesh.records import Integers, TaggedMesh
from packtool.mesh.sides import sides_of
from packtool.mesh.surfaces import named_surfaces
from packtool.mesh.words import as_words

FACE = np.array([6, 4, 3, 5, 1, 2])
"""Abaqus's number of each side of an element, in the order of ``grid.SIDES``."""

IN_A_LINE = 16
"""Numbers in a data line of a set: Abaqus's most."""

_CHUNK = 200_000


def write_inp(path: Path, mesh: TaggedMesh) -> dict[str, str]:
    """Write ``mesh`` in metres; the name in the file of every region and surface.

    Element sets: the regions. Surfaces: boundaries, interfaces (faces of the first side) and both sides of each contact and tie; the
    elements under each face number are the sets ``SURFACE_S1`` ... that it is made of.
    """
    surfaces = named_surfaces(mesh, whole_ties=True)
    words = as_words([*(region.name for region in mesh.regions), *surfaces])
    sides = sides_of(mesh.hexes, surfaces)
    with artifacts.replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as out:
        out.write("*HEADING\npacktool mesh; metres; for heat transfer in Abaqus replace C3D8 by DC3D8\n*NODE\n")
        for number, begin in enumerate(range(0, len(mesh.points), _CHUNK)):
            rows = mesh.points[begin : begin + _CHUNK]
            labels = np.arange(number * _CHUNK + 1, number * _CHUNK + len(rows) + 1)
            out.write(
                "%d, %.15g, %.15g, %.15g\n"
                * len(rows)
                % tuple(x for row in zip(labels.tolist(), *rows.T.tolist(), strict=True) for x in row)
            )
        for number, region in enumerate(mesh.regions):
            which = np.flatnonzero(mesh.region == number)
            out.write(f"*ELEMENT, TYPE=C3D8, ELSET={words[region.name]}\n")
            table = np.column_stack([which, mesh.hexes[which]]) + 1
            for begin in range(0, len(table), _CHUNK):
                rows = table[begin : begin + _CHUNK]
                out.write((", ".join(["%d"] * 9) + "\n") * len(rows) % tuple(rows.ravel().tolist()))
        for name, (element, side) in sides.items():
            faces = FACE[side]
            present = np.unique(faces).tolist()
            for face in present:
                out.write(f"*ELSET, ELSET={words[name]}_S{face}\n")
                out.writelines(_lines(element[faces == face] + 1))
            out.write(f"*SURFACE, TYPE=ELEMENT, NAME={words[name]}\n")
            out.writelines(f"{words[name]}_S{face}, S{face}\n" for face in present)
    return words


def _lines(numbers: Integers) -> Iterator[str]:
    values = numbers.tolist()
    for begin in range(0, len(values), IN_A_LINE):
        yield ", ".join(map(str, values[begin : begin + IN_A_LINE])) + "\n"
