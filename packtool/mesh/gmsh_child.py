"""Runs as a script, in a process of its own (gmsh_process.py starts it): python gmsh_child.py TASK GIVEN.npz TARGET.

Imports nothing of packtool. Exit code 3: gmsh does not load.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

HEXAHEDRON, QUADRANGLE = 5, 3
"""gmsh's element types of first order."""


def write(gmsh: Any, given: Any, target: str) -> None:
    """Write nodes, hexahedra by region and quadrangles by surface, with physical names, as binary MSH 4.1."""
    volumes, surfaces = json.loads(given["names"].tobytes())
    points, hexes, region = given["points"], given["hexes"], given["region"]
    gmsh.model.add("packtool")
    for number in range(len(volumes)):
        gmsh.model.addDiscreteEntity(3, number + 1)
    for number in range(len(surfaces)):
        gmsh.model.addDiscreteEntity(2, number + 1)
    gmsh.model.mesh.addNodes(3, 1, np.arange(1, len(points) + 1), points.ravel())
    order = np.argsort(region, kind="stable")
    starts = np.searchsorted(region[order], np.arange(len(volumes) + 1))
    for number, name in enumerate(volumes):
        chosen = order[starts[number] : starts[number + 1]]
        gmsh.model.mesh.addElementsByType(number + 1, HEXAHEDRON, chosen + 1, (hexes[chosen] + 1).ravel())
        gmsh.model.addPhysicalGroup(3, [number + 1], number + 1, name)
    tag = len(hexes) + 1
    for number, name in enumerate(surfaces):
        facets = given[f"surface {number}"]
        gmsh.model.mesh.addElementsByType(number + 1, QUADRANGLE, np.arange(tag, tag + len(facets)), (facets + 1).ravel())
        gmsh.model.addPhysicalGroup(2, [number + 1], len(volumes) + number + 1, name)
        tag += len(facets)
    gmsh.option.setNumber("Mesh.MshFileVersion", 4.1)
    gmsh.option.setNumber("Mesh.Binary", 1)
    gmsh.write(target)


TASKS = {"write": write}


def main(task: str, source: str, target: str) -> int:
    """Run one task; gmsh's messages stay off the terminal, its errors are exceptions."""
    try:
        import gmsh
    except (ImportError, OSError) as error:
        sys.stderr.write(str(error))
        return 3
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    gmsh.option.setNumber("General.Terminal", 0)
    with np.load(source, allow_pickle=False) as given:
        TASKS[task](gmsh, given, target)
    gmsh.finalize()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
