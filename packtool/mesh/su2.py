"""SU2 (.su2): hexahedra, and a marker for each outer surface. SU2 has no names for regions, and its markers lie on the outside."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from packtool import artifacts
from packtool.mesh.records import Integers, TaggedMesh
from packtool.mesh.surfaces import named_surfaces
from packtool.mesh.words import as_words

HEXAHEDRON, QUADRILATERAL = 12, 9
"""VTK's numbers, which SU2 uses."""


def write_su2(path: Path, mesh: TaggedMesh) -> dict[str, str]:
    """Write ``mesh`` in metres; the name in the file of every boundary and side of a contact."""
    markers = {name: facets for name, facets in named_surfaces(mesh).items() if name not in mesh.interfaces}
    words = as_words(markers)
    with artifacts.replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as out:
        out.write(f"NDIME= 3\nNELEM= {len(mesh.hexes)}\n")
        out.write(_rows(HEXAHEDRON, mesh.hexes, numbered=True))
        out.write(f"NPOIN= {len(mesh.points)}\n")
        out.write(
            "%.17g %.17g %.17g %d\n"
            * len(mesh.points)
            % tuple(x for row in zip(*mesh.points.T.tolist(), range(len(mesh.points)), strict=True) for x in row)
        )
        out.write(f"NMARK= {len(markers)}\n")
        for name, facets in markers.items():
            out.write(f"MARKER_TAG= {words[name]}\nMARKER_ELEMS= {len(facets)}\n")
            out.write(_rows(QUADRILATERAL, facets, numbered=False))
    return words


def _rows(kind: int, nodes: Integers, *, numbered: bool) -> str:
    table = np.column_stack([np.full(len(nodes), kind), nodes, *([np.arange(len(nodes))] if numbered else [])])
    return (" ".join(["%d"] * table.shape[1]) + "\n") * len(table) % tuple(table.ravel().tolist())
