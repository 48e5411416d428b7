"""Runs as a script, in a process of its own (gmsh_process.py starts it): python gmsh_child.py TASK GIVEN.npz TARGET.

Imports nothing of packtool. Exit code 3: gmsh does not load.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from typing import Any

import numpy as np

HEXAHEDRON, QUADRANGLE, TRIANGLE, TETRAHEDRON_2 = 5, 3, 2, 11
"""gmsh's element types of first order, and the tetrahedron of second."""


def write(gmsh: Any, given: Any, target: str) -> None:
    """Write nodes, hexahedra by region and quadrangles by surface, with physical names, in the format of the target's name.

    Through gmsh's functions each region costs a look at all nodes (1,500 regions 16 s, 750 a quarter of that), so it reads them from a file.
    """
    if target.endswith(".msh"):
        _write_msh(given, target)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mesh.msh")
        _write_msh(given, path)
        gmsh.merge(path)
    gmsh.write(target)


def _write_msh(given: Any, target: str) -> None:
    """MSH 4.1, binary (gmsh reference manual, section "MSH file format"): sizes and tags of nodes and elements are 8 bytes, entities' 4."""
    volumes, surfaces = json.loads(given["names"].tobytes())
    points, hexes, region = given["points"], given["hexes"], given["region"]
    order = np.argsort(region, kind="stable")
    starts = np.searchsorted(region[order], np.arange(len(volumes) + 1))
    blocks = []  # dimension, number and type of an entity, and its elements: their tags and their nodes
    tag = len(hexes) + 1
    for number in range(len(surfaces)):
        facets = given[f"surface {number}"]
        blocks.append((2, number + 1, QUADRANGLE, np.arange(tag, tag + len(facets)), facets + 1))
        tag += len(facets)
    for number in range(len(volumes)):
        chosen = order[starts[number] : starts[number + 1]]
        blocks.append((3, number + 1, HEXAHEDRON, chosen + 1, hexes[chosen] + 1))
    sizes, tags = np.uint64, np.int32
    box = np.array([points.min(axis=0), points.max(axis=0)]).tobytes()
    with open(target, "wb") as stream:

        def put(kind: Any, *numbers: Any) -> None:
            stream.write(np.array(numbers, dtype=kind).tobytes())

        stream.write(b"$MeshFormat\n4.1 1 8\n")
        put(tags, 1)
        stream.write(b"\n$EndMeshFormat\n$PhysicalNames\n%d\n" % (len(surfaces) + len(volumes)))
        for number, name in enumerate(surfaces):
            stream.write(b'2 %d "%s"\n' % (len(volumes) + number + 1, name.encode()))
        for number, name in enumerate(volumes):
            stream.write(b'3 %d "%s"\n' % (number + 1, name.encode()))
        stream.write(b"$EndPhysicalNames\n$Entities\n")
        put(sizes, 0, 0, len(surfaces), len(volumes))
        for dimension, number, *_ in blocks:
            put(tags, number)
            stream.write(box)
            put(sizes, 1)
            put(tags, number + (len(volumes) if dimension == 2 else 0))
            put(sizes, 0)
        stream.write(b"\n$EndEntities\n$Nodes\n")
        put(sizes, 1, len(points), 1, len(points))
        put(tags, 3, 1, 0)
        put(sizes, len(points))
        stream.write(np.arange(1, len(points) + 1, dtype=sizes).tobytes())
        stream.write(np.ascontiguousarray(points, dtype=np.float64).tobytes())
        stream.write(b"\n$EndNodes\n$Elements\n")
        put(sizes, len(blocks), tag - 1, 1, tag - 1)
        for dimension, number, kind, own, nodes in blocks:
            put(tags, dimension, number, kind)
            put(sizes, len(own))
            stream.write(np.column_stack([own, nodes]).astype(sizes).tobytes())
        stream.write(b"\n$EndElements\n")


def pave(gmsh: Any, given: Any, target: str) -> None:
    """Triangles inside polygons whose edges stay whole, written as an npz archive.

    Given: ``points`` (n, 2); ``loop`` (m,) point numbers, face after face, each counter-clockwise; ``first`` (n_faces + 1,) where
    each face begins; ``size`` the largest edge. Written: ``points`` (n + inner, 2), those given first; ``triangles`` (m, 3);
    ``face`` (m,) of each. (Its own pairing of triangles to quadrangles turns some inside out in narrow corners, gmsh 4.15.)
    """
    points, loop, first = given["points"], given["loop"], given["first"]
    gmsh.model.add("plan")
    for number, (x, y) in enumerate(points.tolist()):
        gmsh.model.geo.addPoint(x, y, 0.0, tag=number + 1)
    lines: dict[tuple[int, int], int] = {}
    for face in range(len(first) - 1):
        around = (loop[first[face] : first[face + 1]] + 1).tolist()
        curves = []
        for a, b in zip(around, around[1:] + around[:1], strict=True):
            if (b, a) in lines:
                curves.append(-lines[b, a])
                continue
            lines[a, b] = gmsh.model.geo.addLine(a, b)
            curves.append(lines[a, b])
        gmsh.model.geo.addPlaneSurface([gmsh.model.geo.addCurveLoop(curves, face + 1)], face + 1)
    gmsh.model.geo.synchronize()
    for line in lines.values():
        gmsh.model.mesh.setTransfiniteCurve(line, 2)
    gmsh.option.setNumber("Mesh.Algorithm", 6)
    gmsh.option.setNumber("Mesh.MeshSizeMax", float(given["size"]))
    gmsh.model.mesh.generate(2)
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    places = np.empty((int(tags.max()) + 1, 2))
    places[tags] = coordinates.reshape(-1, 3)[:, :2]
    found = [
        gmsh.model.mesh.getElementsByType(TRIANGLE, face + 1)[1].reshape(-1, 3).astype(np.int64) - 1
        for face in range(len(first) - 1)
    ]
    owner = np.repeat(np.arange(len(found)), [len(nodes) for nodes in found])
    with open(target, "wb") as stream:
        np.savez(stream, allow_pickle=False, points=places[1:], triangles=np.concatenate(found), face=owner)


def fill(gmsh: Any, given: Any, target: str) -> None:
    """Tetrahedra of second order inside the solids of a BREP file (mm), written as an npz archive.

    Given: ``brep`` its path as UTF-8; ``size``: the longest edge over the thickness, which is twice the volume over the surface;
    ``longest``: the longest edge [mm] in its place, if finite; ``around``: edges on a full circle. Written: ``points`` (n, 3) [mm]; ``tets`` (m, 10): corners, then the middles of the edges 01, 12,
    02, 03, 23, 13, on the faces and edges of the solid where these are curved; ``thickness`` [mm]. Solids that touch share nodes.
    """
    gmsh.model.add("solid")
    occ = gmsh.model.occ
    occ.importShapes(given["brep"].tobytes().decode(), highestDimOnly=True)
    occ.synchronize()
    solids = gmsh.model.getEntities(3)
    if not solids:
        raise SystemExit("gmsh finds no solid in it")
    if len(solids) > 1:
        occ.fragment(solids, [])
        occ.synchronize()
        solids = gmsh.model.getEntities(3)
    volume = sum(occ.getMass(3, tag) for _, tag in solids)
    around = gmsh.model.getBoundary(solids, combined=True, oriented=False)
    thickness = 2 * volume / sum(occ.getMass(2, tag) for _, tag in around)
    gmsh.option.setNumber("Mesh.Algorithm3D", 1)  # Delaunay; HXT was 26 times slower here
    gmsh.option.setNumber("Mesh.MeshSizeFromPoints", 0)
    gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", int(given["around"]))
    longest = float(given["longest"])
    gmsh.option.setNumber("Mesh.MeshSizeMax", longest if math.isfinite(longest) else float(given["size"]) * thickness)
    gmsh.option.setNumber("Mesh.OptimizeThreshold", 0.5)
    gmsh.model.mesh.generate(3)
    gmsh.model.mesh.setOrder(2)
    tags, places, _ = gmsh.model.mesh.getNodes()
    _, nodes = gmsh.model.mesh.getElementsByType(TETRAHEDRON_2)
    used, numbered = np.unique(nodes, return_inverse=True)
    place = np.full(int(tags.max()) + 1, -1)
    place[tags] = np.arange(len(tags))
    tets = numbered.reshape(-1, 10)
    with open(target, "wb") as stream:
        points = places.reshape(-1, 3)[place[used]]
        np.savez(stream, allow_pickle=False, points=points, tets=tets.astype(np.int64), thickness=thickness)


def sheets(gmsh: Any, given: Any, target: str) -> None:
    """Triangles inside polygons less their holes, for each of ``count`` sheets k, written as an npz archive.

    Given: ``corners k`` (n, 2) of its loops one after another, the outer one first, ``first k`` (n_loops + 1,) where each begins, ``whole k``
    (n_loops,) whether its edges stay whole, ``edge k`` their length and ``size k`` the largest other, which is reached ``reach k`` from them. Written: ``points k`` (n + more, 2), the corners first, ``triangles k`` (m, 3).
    """
    made = {}
    gmsh.option.setNumber("Mesh.Algorithm", 5)
    gmsh.option.setNumber("Mesh.MeshSizeExtendFromBoundary", 0)
    gmsh.option.setNumber("Mesh.MeshSizeFromPoints", 0)
    for k in range(int(given["count"])):
        corners, first = given[f"corners {k}"], given[f"first {k}"].tolist()
        gmsh.model.add(f"sheet {k}")
        for number, (x, y) in enumerate(corners.tolist()):
            gmsh.model.geo.addPoint(x, y, 0.0, tag=number + 1)
        loops, kept, rims = [], [], []
        for begin, end, whole in zip(first[:-1], first[1:], given[f"whole {k}"].tolist(), strict=True):
            around = list(range(begin + 1, end + 1))
            lines = [gmsh.model.geo.addLine(a, b) for a, b in zip(around, around[1:] + around[:1], strict=True)]
            loops.append(gmsh.model.geo.addCurveLoop(lines))
            if whole:
                kept += lines
                rims += around
        face = gmsh.model.geo.addPlaneSurface(loops)
        gmsh.model.geo.synchronize()
        for line in kept:
            gmsh.model.mesh.setTransfiniteCurve(line, 2)
        size, field = float(given[f"size {k}"]), gmsh.model.mesh.field
        near, graded = field.add("Distance"), field.add("Threshold")
        field.setNumbers(near, "PointsList", rims)
        growth = {"InField": near, "SizeMin": given[f"edge {k}"], "SizeMax": size, "DistMin": 0.0, "DistMax": given[f"reach {k}"]}
        for name, value in growth.items():
            field.setNumber(graded, name, float(value))
        field.setAsBackgroundMesh(graded)
        gmsh.option.setNumber("Mesh.MeshSizeMax", size)
        gmsh.model.mesh.generate(2)
        tags, coordinates, _ = gmsh.model.mesh.getNodes()
        places = np.empty((int(tags.max()) + 1, 2))
        places[tags] = coordinates.reshape(-1, 3)[:, :2]
        made[f"points {k}"] = places[1:]
        made[f"triangles {k}"] = gmsh.model.mesh.getElementsByType(TRIANGLE, face)[1].reshape(-1, 3).astype(np.int64) - 1
    with open(target, "wb") as stream:
        np.savez(stream, allow_pickle=False, **made)


TASKS = {"write": write, "pave": pave, "fill": fill, "sheets": sheets}


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
