"""Meshes of any gmsh file, with its physical names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from packtool.errors import MeshError, MissingPart
from packtool.mesh.adjacency import adjacency, facet_keys, interfaces, with_contacts
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh


def read_mesh(path: Path | str, *, metres: float = 1.0, contacts: tuple[tuple[str, str], ...] = ()) -> TaggedMesh:
    """A gmsh file (.msh) of tetrahedra or of hexahedra, of first order: physical volumes are regions, physical surfaces boundaries.

    ``metres``: length of the file's unit [m], 1e-3 for millimetres. ``contacts``: pairs of regions that get nodes of their own on
    either side. Raises MeshError for a file that cannot be read, has no physical volumes, mixes kinds or holds other elements.
    """
    try:
        import meshio
    except ImportError as missing:
        raise MissingPart("meshio, which reads meshes, is not installed", "pip install 'packtool[fem]'") from missing
    path = Path(path)
    try:
        found = meshio.gmsh.read(path)
    except FileNotFoundError:
        raise MeshError(f"{path} does not exist") from None
    except Exception as failure:
        raise MeshError(f"{path} cannot be read as a gmsh mesh: {failure}") from failure
    names = {(int(dim), int(tag)): name for name, (tag, dim) in found.field_data.items()}
    tags = found.cell_data.get("gmsh:physical")
    if tags is None or not any(dim == 3 for dim, _ in names):
        raise MeshError(f"{path} has no physical volumes: name the volumes (Physical Volume) before meshing")
    solid = {block.type for block in found.cells if block.dim == 3}
    if len(solid) != 1 or not solid <= {"tetra", "hexahedron"}:
        raise MeshError(f"{path} holds {', '.join(sorted(solid)) or 'no volume elements'}; wanted tetra alone or hexahedron alone")
    elements, region, regions = _volumes(found, tags, names)
    used, numbered = np.unique(elements, return_inverse=True)
    number = np.full(len(found.points), -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    points = np.asarray(found.points, dtype=float)[used] * metres
    elements = _upright(points, numbered.reshape(elements.shape))
    near = adjacency(elements)
    outer = elements[near.outer[:, None], near.faces[near.outer_side]]
    keys = facet_keys(outer)
    order = np.argsort(keys)
    boundaries = {}
    for name, facets in _surfaces(found, tags, names).items():
        mine = number[facets]
        mine = mine[(mine >= 0).all(axis=1)]
        at = np.minimum(np.searchsorted(keys[order], facet_keys(mine)), len(order) - 1)
        hit = keys[order[at]] == facet_keys(mine)
        if hit.any():
            boundaries[name] = outer[order[at[hit]]]
    mesh = TaggedMesh(points, elements, region, regions, boundaries, interfaces(elements, region, [r.name for r in regions]))
    return with_contacts(mesh, contacts)


def _volumes(found: Any, tags: Any, names: dict[tuple[int, int], str]) -> tuple[Integers, Integers, tuple[Region, ...]]:
    parts, where, regions = [], [], list[Region]()
    for block, tag in zip(found.cells, tags, strict=True):
        if block.dim != 3:
            continue
        for value in np.unique(tag).tolist():
            name = names.get((3, value), f"volume {value}")
            if name not in [r.name for r in regions]:
                regions.append(Region(name, "solid", name))
            index = [r.name for r in regions].index(name)
            mine = np.asarray(block.data, dtype=np.int64)[tag == value]
            parts.append(mine)
            where.append(np.full(len(mine), index, dtype=np.int64))
    return np.concatenate(parts), np.concatenate(where), tuple(regions)


def _surfaces(found: Any, tags: Any, names: dict[tuple[int, int], str]) -> dict[str, Integers]:
    surfaces: dict[str, list[Integers]] = {}
    for block, tag in zip(found.cells, tags, strict=True):
        if block.dim == 2 and block.type in ("triangle", "quad"):
            for value in np.unique(tag).tolist():
                if (2, value) in names:
                    surfaces.setdefault(names[2, value], []).append(np.asarray(block.data, dtype=np.int64)[tag == value])
    return {name: np.concatenate(parts) for name, parts in surfaces.items()}


def _upright(points: Floats, elements: Integers) -> Integers:
    """Tetrahedra that are inside out turned; hexahedra as they are."""
    if elements.shape[1] == 8:
        return elements
    a, b, c, d = (points[elements[:, i]] for i in range(4))
    inverted = np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a) < 0
    turned = elements.copy()
    turned[inverted, 1], turned[inverted, 2] = elements[inverted, 2], elements[inverted, 1]
    return turned
