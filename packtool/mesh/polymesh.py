"""OpenFOAM's polyMesh: points, faces, owner, neighbour, boundary, cell and face zones, as ASCII.

The rules that OpenFOAM's reader relies on (its user guide, "Mesh description"): faces between two elements come first, each
pointing from the element with the smaller number to the other, ordered by the first and then by the second; then the outer faces,
pointing outwards, patch after patch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from packtool import artifacts
from packtool.errors import MeshError
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.mesh.sides import FacetFinder, facet_key, turned
from packtool.mesh.surfaces import named_surfaces
from packtool.mesh.words import as_words

REST = "defaultFaces"
"""Patch of the outer faces that no boundary names: OpenFOAM's own name for it."""

_CHUNK = 200_000


@dataclass(frozen=True)
class Faces:
    """Every face of a hexahedral mesh once: ``nodes`` (n_faces, 4) pointing out of ``owner`` (n_faces,); ``neighbour`` (n_inner,) of
    the first n_inner faces, which lie between two elements; the others are outer ones."""

    nodes: Integers
    owner: Integers
    neighbour: Integers


def faces_of(hexes: Integers) -> Faces:
    """The faces of ``hexes`` (n_hexes, 8): inner ones by owner and neighbour, then outer ones by owner.

    Raises MeshError where three elements share a face.
    """
    every = hexes[:, FACE_CORNERS].reshape(-1, 4)
    order, first = _grouped(every)
    count = np.diff(np.append(first, len(every)))
    if (count > 2).any():
        raise MeshError("three elements share a face: the mesh overlaps itself")
    one, two = order[first], order[np.minimum(first + 1, len(order) - 1)]  # the sort is stable: ``one`` has the smaller element
    inner = count == 2
    owner, neighbour = one[inner] // 6, two[inner] // 6
    sort = np.lexsort((neighbour, owner))
    outer = np.sort(one[~inner])
    return Faces(
        np.concatenate([every[one[inner][sort]], every[outer]]),
        np.concatenate([owner[sort], outer // 6]),
        neighbour[sort],
    )


def write_openfoam(path: Path, mesh: TaggedMesh) -> dict[str, str]:
    """Write ``mesh`` as the polyMesh that ``path``, one of its files, stands in: regions as cell zones, boundaries and the sides of
    contacts as patches, interfaces as face zones; the name in the files of each."""
    patches = {name: facets for name, facets in named_surfaces(mesh).items() if name not in mesh.interfaces}
    zones = {region.name: np.flatnonzero(mesh.region == number) for number, region in enumerate(mesh.regions)}
    return write_polymesh(path.parent, mesh.points, mesh.hexes, patches, cell_zones=zones, face_zones=mesh.interfaces)


def write_polymesh(
    folder: Path,
    points: Floats,
    hexes: Integers,
    boundaries: Mapping[str, Integers],
    *,
    cell_zones: Mapping[str, Integers] | None = None,
    face_zones: Mapping[str, Integers] | None = None,
    patch_types: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Write ``points``, ``faces``, ``owner``, ``neighbour``, ``boundary``, ``cellZones`` and ``faceZones`` into ``folder``
    (a case's ``constant/polyMesh``); the name in the files of each name given.

    ``points`` (n_points, 3) [m]; ``hexes`` (n_hexes, 8) in the order of VTK: element i is OpenFOAM's cell i. ``boundaries`` name ->
    (n, 4) outer facets, a patch each, of the type in ``patch_types`` (else ``patch``); outer facets named nowhere become the wall
    ``defaultFaces``. ``cell_zones`` name -> element numbers; ``face_zones`` name -> (n, 4) facets between elements, whose normal
    the zone's flip map keeps. Names may hold letters, digits, ``_ . -``; anything else becomes ``_``, and a number is added where
    two would be alike. Raises MeshError for a facet that is no face of the mesh, is named twice, or lies on the wrong side
    (inside for a boundary, outside for a zone).
    """
    faces = faces_of(hexes)
    n_inner, n_faces = len(faces.neighbour), len(faces.nodes)
    cells, inner = dict(cell_zones or {}), dict(face_zones or {})
    names = as_words([*boundaries, *cells, *inner], taken=[REST])
    find = FacetFinder(faces.nodes).first
    patch = np.full(n_faces - n_inner, len(boundaries))
    for number, (name, facets) in enumerate(boundaries.items()):
        where = find(name, facets) - n_inner
        if (where < 0).any():
            raise MeshError(f"boundary {name!r} has facets between two elements; OpenFOAM's patches lie on the outside")
        if (patch[where] < len(boundaries)).any() or len(np.unique(where)) < len(where):
            raise MeshError(f"boundary {name!r} has facets that are named twice")
        patch[where] = number
    order = np.argsort(patch, kind="stable")
    nodes = np.concatenate([faces.nodes[:n_inner], faces.nodes[n_inner:][order]])
    owner = np.concatenate([faces.owner[:n_inner], faces.owner[n_inner:][order]])
    zones = []
    for name, facets in inner.items():
        where = find(name, facets)
        if (where >= n_inner).any():
            raise MeshError(f"face zone {name!r} has facets on the outside of the mesh; give them as a boundary")
        zones.append((names[name], where, turned(facets, faces.nodes[where])))

    _write(folder, "points", "vectorField", [_rows(points, "(%.17g %.17g %.17g)")])
    _write(folder, "faces", "faceList", [_rows(nodes, "4(%d %d %d %d)")])
    note = f"nPoints:{len(points)} nCells:{len(hexes)} nFaces:{n_faces} nInternalFaces:{n_inner}"
    _write(folder, "owner", "labelList", [_rows(owner, "%d")], note)
    _write(folder, "neighbour", "labelList", [_rows(faces.neighbour, "%d")], note)
    _write(folder, "boundary", "polyBoundaryMesh", _patches(names, boundaries, patch_types or {}, patch, n_inner))
    _write(
        folder,
        "cellZones",
        "regIOobject",
        _zones(
            [
                (names[name], f"    type cellZone;\n    cellLabels List<label> {_rows(which, '%d')};\n")
                for name, which in cells.items()
            ]
        ),
    )
    _write(
        folder,
        "faceZones",
        "regIOobject",
        _zones(
            [
                (
                    name,
                    f"    type faceZone;\n    faceLabels List<label> {_rows(where, '%d')};\n"
                    f"    flipMap List<bool> {_rows(turned.astype(int), '%d')};\n",
                )
                for name, where, turned in zones
            ]
        ),
    )
    return names


def _grouped(facets: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A stable order of ``facets`` in which the same ones stand together, and where each group begins."""
    low, high = facet_key(facets, int(facets.max(initial=0)) + 1)
    order = np.lexsort((high, low))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    return order, np.flatnonzero(new)


def _patches(
    names: Mapping[str, str], boundaries: Mapping[str, Integers], types: Mapping[str, str], patch: Integers, n_inner: int
) -> list[str]:
    """The dictionary of patches, in the order of their faces."""
    sizes = np.bincount(patch, minlength=len(boundaries) + 1)
    rows, start = [], n_inner
    every = [(names[name], types.get(name, "patch")) for name in boundaries] + ([(REST, "wall")] if sizes[-1] else [])
    for (name, kind), size in zip(every, sizes, strict=False):
        rows.append(f"{name}\n{{\n    type {kind};\n    nFaces {size};\n    startFace {start};\n}}\n")
        start += int(size)
    return [f"{len(rows)}\n(\n", *rows, ")\n"]


def _zones(zones: list[tuple[str, str]]) -> list[str]:
    return [f"{len(zones)}\n(\n", *(f"{name}\n{{\n{body}}}\n" for name, body in zones), ")\n"]


def _rows(values: Floats | Integers, form: str) -> str:
    """A list in OpenFOAM's way: its length, then one entry a line in brackets."""
    parts = []
    for begin in range(0, len(values), _CHUNK):
        chunk = values[begin : begin + _CHUNK]
        parts.append((form + "\n") * len(chunk) % tuple(chunk.ravel().tolist()))
    return f"{len(values)}\n(\n" + "".join(parts) + ")\n"


def foam_head(kind: str, name: str, location: str = "", note: str = "") -> str:
    """The head of every file of OpenFOAM: its class ``kind``, its name, and where in the case it stands if that is to be said."""
    note = f'    note "{note}";\n' if note else ""
    place = f'    location "{location}";\n' if location else ""
    return f"FoamFile\n{{\n    version 2.0;\n    format ascii;\n    class {kind};\n{note}{place}    object {name};\n}}\n\n"


def _write(folder: Path, name: str, kind: str, body: list[str], note: str = "") -> None:
    artifacts.write_text(folder / name, "".join([foam_head(kind, name, "constant/polyMesh", note), *body]))
