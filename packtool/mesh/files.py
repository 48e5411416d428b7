"""Meshes as files: packtool's own .npz, gmsh's .msh, ParaView's .vtu and .pvd."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packtool import artifacts
from packtool.errors import MeshError, MissingPart
from packtool.mesh.gmsh_process import run_gmsh
from packtool.mesh.records import Contact, Floats, Integers, Region, TaggedMesh, Tie
from packtool.mesh.surfaces import named_surfaces
from packtool.mesh.words import as_words

FORMAT = "packtool mesh 1"
Bytes = NDArray[np.uint8]


def save_mesh(path: Path, mesh: TaggedMesh) -> None:
    """Write the whole mesh as .npz (no pickle); ``load_mesh`` gives it back to the last bit."""
    header = {
        "format": FORMAT,
        "regions": [[region.name, region.role, region.material] for region in mesh.regions],
        "boundaries": list(mesh.boundaries),
        "interfaces": list(mesh.interfaces),
        "contacts": list(mesh.contacts),
        "ties": list(mesh.ties),
    }
    arrays: dict[str, Floats | Integers | Bytes] = {
        "header": np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), dtype=np.uint8),
        "points": mesh.points,
        "hexes": mesh.hexes,
        "region": mesh.region,
        **{f"boundary {i}": facets for i, facets in enumerate(mesh.boundaries.values())},
        **{f"interface {i}": facets for i, facets in enumerate(mesh.interfaces.values())},
        **{f"contact {i} minus": contact.minus for i, contact in enumerate(mesh.contacts.values())},
        **{f"contact {i} plus": contact.plus for i, contact in enumerate(mesh.contacts.values())},
        **{f"tie {i} minus": tie.minus for i, tie in enumerate(mesh.ties.values())},
        **{f"tie {i} plus": tie.plus for i, tie in enumerate(mesh.ties.values())},
    }
    with artifacts.replacing(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load_mesh(path: Path) -> TaggedMesh:
    """Read what ``save_mesh`` wrote. Raises MeshError if the file is something else, or cut short."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            header = json.loads(stored["header"].tobytes())
            if header["format"] != FORMAT:
                raise MeshError(
                    f"{path} is written as {header['format']!r}; this version reads {FORMAT!r}: run the mesh stage again"
                )
            return TaggedMesh(
                stored["points"],
                stored["hexes"],
                stored["region"],
                tuple(Region(*row) for row in header["regions"]),
                {name: stored[f"boundary {i}"] for i, name in enumerate(header["boundaries"])},
                {name: stored[f"interface {i}"] for i, name in enumerate(header["interfaces"])},
                {
                    name: Contact(stored[f"contact {i} minus"], stored[f"contact {i} plus"])
                    for i, name in enumerate(header["contacts"])
                },
                ties={name: Tie(stored[f"tie {i} minus"], stored[f"tie {i} plus"]) for i, name in enumerate(header["ties"])},
            )
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, TypeError) as error:
        raise MeshError(f"{path} is not a mesh of packtool, or is damaged: run the mesh stage again") from error


def write_msh(path: Path, mesh: TaggedMesh, *, time_limit_s: float | None = None) -> None:
    """Write MSH 4.1 (binary), in a process of its own.

    Physical volumes: the regions by name. Physical surfaces: boundaries and interfaces by name, contacts and ties as ``A|B minus`` and
    ``A|B plus``. Nodes and elements keep their order; tags count from 1. Lengths in metres.
    Raises MeshError if gmsh fails or is not done in ``time_limit_s`` (default: by the mesh's size); MissingPart if it is not installed.
    """
    _write_with_gmsh(path, mesh, time_limit_s)


def write_med(path: Path, mesh: TaggedMesh, *, time_limit_s: float | None = None) -> None:
    """Write MED through gmsh, with groups as ``write_msh`` has them. Raises as it does."""
    _write_with_gmsh(path, mesh, time_limit_s)


def write_unv(path: Path, mesh: TaggedMesh, *, time_limit_s: float | None = None) -> dict[str, str]:
    """Write an I-DEAS universal file through gmsh, with groups as ``write_msh`` has them; the name in the file of each, since its
    names have no spaces. Raises as ``write_msh`` does."""
    words = as_words([*(region.name for region in mesh.regions), *named_surfaces(mesh)])
    _write_with_gmsh(path, mesh, time_limit_s, words)
    return words


LEAST_TIME_S, TIME_AN_ELEMENT_S = 300.0, 2e-4
"""Time that gmsh may take to write a mesh, far more than it does take: 0.6 s of CPU for 1.1 million elements as .msh."""


def _write_with_gmsh(path: Path, mesh: TaggedMesh, time_limit_s: float | None, words: Mapping[str, str] | None = None) -> None:
    """What the suffix of ``path`` says; with ``words`` under other names."""
    surfaces = named_surfaces(mesh)
    names = [[region.name for region in mesh.regions], list(surfaces)]
    if words:
        names = [[words[name] for name in kind] for kind in names]
    given: dict[str, Floats | Integers | Bytes] = {
        "names": np.frombuffer(json.dumps(names).encode(), dtype=np.uint8),
        "points": mesh.points,
        "hexes": mesh.hexes,
        "region": mesh.region,
        **{f"surface {i}": facets for i, facets in enumerate(surfaces.values())},
    }
    limit = LEAST_TIME_S + TIME_AN_ELEMENT_S * len(mesh.hexes) if time_limit_s is None else time_limit_s
    with artifacts.replacing(path) as temporary:
        run_gmsh("write", given, temporary, limit, path.name)


def write_vtu(
    path: Path,
    mesh: TaggedMesh,
    point_data: Mapping[str, ArrayLike] | None = None,
    cell_data: Mapping[str, ArrayLike] | None = None,
) -> None:
    """Write an unstructured grid for ParaView (binary, zlib) with fields at nodes and in elements.

    ``point_data`` name -> (n_points,) or (n_points, k); ``cell_data`` name -> (n_hexes,) or (n_hexes, k). The index of each
    element's region is always added as ``region``. Raises MeshError for a field of another length; MissingPart without meshio.
    """
    try:
        import meshio
    except ImportError as error:
        raise MissingPart("meshio, which writes .vtu files, is not installed", "pip install 'packtool[fem]'") from error
    nodes = _fields(point_data or {}, len(mesh.points), "points")
    elements = _fields({"region": mesh.region, **(cell_data or {})}, len(mesh.hexes), "elements")
    grid = meshio.Mesh(
        mesh.points,
        [("hexahedron" if mesh.hexes.shape[1] == 8 else "tetra", mesh.hexes)],
        nodes,
        {name: [values] for name, values in elements.items()},
    )
    with artifacts.replacing(path) as temporary:
        meshio.vtu.write(temporary, grid, binary=True, compression="zlib")


def write_pvd(path: Path, entries: Sequence[tuple[float, Path | str]]) -> None:
    """Write a ParaView collection of (time, file) pairs; cases may take 0, 1, 2 ... as time.

    Files in the collection's folder, or below it, are named relative to it; a relative file is taken to be so already.
    """
    rows = []
    for time, file in entries:
        file = Path(file)
        name = file.relative_to(path.parent) if file.is_relative_to(path.parent) else file
        rows.append(f'    <DataSet timestep="{float(time)!r}" part="0" file={quoteattr(name.as_posix())}/>')
    head = '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1" byte_order="LittleEndian">\n  <Collection>\n'
    artifacts.write_text(path, head + "\n".join(rows) + "\n  </Collection>\n</VTKFile>\n")


def _fields(data: Mapping[str, ArrayLike], count: int, what: str) -> dict[str, Floats | Integers]:
    fields = {name: np.asarray(values) for name, values in data.items()}
    for name, values in fields.items():
        if values.ndim not in (1, 2) or len(values) != count:
            raise MeshError(f"field {name} has shape {values.shape}; the mesh has {count} {what}")
    return fields
