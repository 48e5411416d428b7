"""Nastran bulk data (.bdf): GRID, CHEXA with a property a region, CQUAD4 with a property a surface.

Names stand in comments before each property, in the two ways that pre-processors look for (``$HMNAME PROP`` of HyperMesh, ``$ Femap
Property`` of Femap; both remembered): bulk data has no names of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import numpy as np

from packtool import artifacts
from packtool.mesh.records import Integers, TaggedMesh
from packtool.mesh.surfaces import named_surfaces
from packtool.mesh.words import as_words

_CHUNK = 200_000


def write_bdf(path: Path, mesh: TaggedMesh) -> dict[str, str]:
    """Write ``mesh`` in metres; the name in the file of every region and surface. Coordinates have ten digits."""
    surfaces = named_surfaces(mesh)
    words = as_words([*(region.name for region in mesh.regions), *surfaces])
    with artifacts.replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as out:
        out.write("$ packtool mesh, metres\nBEGIN BULK\n")
        for number, name in enumerate([region.name for region in mesh.regions] + list(surfaces), 1):
            solid = number <= len(mesh.regions)
            out.write(f'$HMNAME PROP {number:>15}"{words[name]}"\n$ Femap Property {number} : {words[name]}\n')
            out.write(f"PSOLID  {number:>8}{1:>8}\n" if solid else f"PSHELL  {number:>8}{1:>8}{'1.0-3':>8}\n")
        out.write(f"MAT1    {1:>8}{'1.0':>8}{'':>8}{'0.3':>8}\n")
        for begin in range(0, len(mesh.points), _CHUNK):
            rows = mesh.points[begin : begin + _CHUNK]
            labels = range(begin + 1, begin + len(rows) + 1)
            form = "GRID*   %16d                %16.9E%16.9E\n*       %16.9E\n"
            out.write(form * len(rows) % tuple(x for row in zip(labels, *rows.T.tolist(), strict=True) for x in row))
        hexes = np.column_stack([np.arange(1, len(mesh.hexes) + 1), mesh.region + 1, mesh.hexes + 1])
        _table(out, "CHEXA   " + "%8d" * 8 + "\n+       %8d%8d\n", hexes)
        first = len(hexes) + 1
        for number, facets in enumerate(surfaces.values(), len(mesh.regions) + 1):
            _table(
                out,
                "CQUAD4  " + "%8d" * 6 + "\n",
                np.column_stack([np.arange(first, first + len(facets)), np.full(len(facets), number), facets + 1]),
            )
            first += len(facets)
        out.write("ENDDATA\n")
    return words


def _table(out: TextIO, form: str, rows: Integers) -> None:
    for begin in range(0, len(rows), _CHUNK):
        chunk = rows[begin : begin + _CHUNK]
        out.write(form * len(chunk) % tuple(chunk.ravel().tolist()))
