"""Ansys MAPDL archive (.cdb, blocked): nodes, SOLID70 elements, a component a region, two components a surface.

Facets are MESH200 elements (KEYOPT(1) = 6: quadrilaterals of four nodes), which have no part in a solution and can be turned into surface
elements (ET, 2, 152); so a surface is told exactly, and its nodes are a component as well. The blocks' fields (Ansys, Guide to Interfacing,
"Coded Database File Commands"; remembered, and read back by mapdl-archive 0.4.2): NBLOCK node, solid model entity, line,
x, y, z; EBLOCK material, type, real constants, section, coordinate system, death flag, solid model reference, shape, number of nodes, none,
element, nodes; CMBLOCK numbers in ascending order, a negative one ending a range. Components have 32 letters, digits and underscores at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from packtool import artifacts
from packtool.mesh.records import Integers, TaggedMesh
from packtool.mesh.surfaces import named_surfaces

LONGEST = 32
"""Characters of a component's name."""
NODES = "_N"
"""At the end of the name of a component of a surface's nodes."""
SOLID, FACET = 1, 2
"""Element types: SOLID70, MESH200."""
_IN_A_LINE, _CHUNK = 8, 100_000


def write_cdb(path: Path, mesh: TaggedMesh) -> dict[str, str]:
    """Write ``mesh`` in metres; the component in the file of every region and surface. The material of an element is the number of its
    region, from 1; coordinates have fourteen digits."""
    surfaces = named_surfaces(mesh, whole_ties=True)
    words = component_names([*(region.name for region in mesh.regions), *surfaces])
    count, n_facets = len(mesh.hexes), sum(len(facets) for facets in surfaces.values())
    with artifacts.replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as out:
        out.write("/COM, packtool mesh, metres\n/PREP7\n")
        out.writelines(f"/COM, material {number}: {words[region.name]}\n" for number, region in enumerate(mesh.regions, 1))
        out.write(f"ET,{SOLID},70\nET,{FACET},200\nKEYOPT,{FACET},1,6\n")
        out.write(f"NBLOCK,6,SOLID,{len(mesh.points):9d},{len(mesh.points):9d}\n(3i9,6e21.13e3)\n")
        for begin in range(0, len(mesh.points), _CHUNK):
            rows = mesh.points[begin : begin + _CHUNK]
            numbers = range(begin + 1, begin + len(rows) + 1)
            table = tuple(value for row in zip(numbers, *rows.T.tolist(), strict=True) for value in row)
            text = ("%9d        0        0%20.13E%20.13E%20.13E\n" * len(rows)) % table
            out.write(re.sub(r"E([+-])(\d\d)(?!\d)", r"E\g<1>0\2", text))
        out.write(f"N,R5.3,LOC,       -1,\nEBLOCK,19,SOLID,{count + n_facets:9d},{count + n_facets:9d}\n(19i9)\n")
        _elements(out, mesh.region + 1, SOLID, mesh.hexes, 1)
        parts = {region.name: np.flatnonzero(mesh.region == number) + 1 for number, region in enumerate(mesh.regions)}
        first = count + 1
        for name, facets in surfaces.items():
            _elements(out, np.ones(len(facets), dtype=np.int64), FACET, facets, first)
            parts[name] = np.arange(first, first + len(facets))
            first += len(facets)
        out.write("       -1\n")
        for name, numbers_of in parts.items():
            out.writelines(_component(words[name], "ELEM", numbers_of))
        for name, facets in surfaces.items():
            out.writelines(_component(words[name] + NODES, "NODE", np.unique(facets) + 1))
        out.write("FINISH\n")
    return words


def component_names(names: Iterable[str]) -> dict[str, str]:
    """Each name as a component's, which has room for NODES at its end; no two alike."""
    given: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        word = re.sub(r"[^A-Za-z0-9_]", "_", name).upper()
        word = word if word[:1].isalpha() else f"P{word}"
        room = LONGEST - len(NODES)
        chosen, number = word[:room], 2
        while used & {chosen, chosen + NODES}:
            end = f"_{number}"
            chosen, number = word[: room - len(end)] + end, number + 1
        used |= {chosen, chosen + NODES}
        given[name] = chosen
    return given


def _elements(out: TextIO, material: Integers, kind: int, nodes: Integers, first: int) -> None:
    n, corners = nodes.shape
    ones, zeros = np.ones(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    head = [material, kind * ones, ones, ones, zeros, zeros, zeros, zeros, corners * ones, zeros, np.arange(first, first + n)]
    table = np.column_stack([*head, nodes + 1])
    for begin in range(0, n, _CHUNK):
        rows = table[begin : begin + _CHUNK]
        out.write(("%9d" * table.shape[1] + "\n") * len(rows) % tuple(rows.ravel().tolist()))


def _component(name: str, kind: str, numbers: Integers) -> Iterator[str]:
    """The lines of a component; ``numbers`` ascend."""
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    starts, ends = numbers[np.r_[0, breaks + 1]], numbers[np.r_[breaks, len(numbers) - 1]]
    items = [item for a, b in zip(starts.tolist(), ends.tolist(), strict=True) for item in ((a,) if a == b else (a, -b))]
    yield f"CMBLOCK,{name},{kind},{len(items):8d}\n(8i10)\n"
    for begin in range(0, len(items), _IN_A_LINE):
        yield "".join(f"{item:10d}" for item in items[begin : begin + _IN_A_LINE]) + "\n"
