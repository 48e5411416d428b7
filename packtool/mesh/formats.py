"""The formats a pack's mesh is written in: one registry, which the command line's choices come from. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from packtool.errors import MeshError

if TYPE_CHECKING:
    from packtool.mesh.records import TaggedMesh


@dataclass(frozen=True, slots=True)
class MeshFormat:
    """``writes``: the files, relative to the run folder; ``holds``: which names survive; ``home``: module and function (path, mesh)."""

    title: str
    writes: tuple[str, ...]
    holds: str
    home: tuple[str, str]

    @property
    def place(self) -> str:
        """Its file, or the folder of its files."""
        first = self.writes[0]
        return first if "/" not in first else first.rpartition("/")[0] + "/"


FORMATS: Mapping[str, MeshFormat] = {
    "msh": MeshFormat("gmsh MSH 4.1, binary", ("pack.msh",), "regions, boundaries, interfaces", ("files", "write_msh")),
    "inp": MeshFormat(
        "Abaqus, CalculiX", ("pack.inp",), "regions as element sets, boundaries and interfaces as surfaces", ("abaqus", "write_inp")
    ),
    "bdf": MeshFormat(
        "Nastran bulk data",
        ("pack.bdf",),
        "regions, boundaries, interfaces as properties, named in comments",
        ("nastran", "write_bdf"),
    ),
    "cdb": MeshFormat(
        "Ansys MAPDL archive", ("pack.cdb",), "regions, boundaries, interfaces as components", ("mapdl", "write_cdb")
    ),
    "med": MeshFormat("MED (Salome, code_aster)", ("pack.med",), "regions, boundaries, interfaces", ("files", "write_med")),
    "unv": MeshFormat("I-DEAS universal", ("pack.unv",), "regions, boundaries, interfaces", ("files", "write_unv")),
    "su2": MeshFormat("SU2", ("pack.su2",), "boundaries as markers (it has no regions)", ("su2", "write_su2")),
    "openfoam": MeshFormat(
        "OpenFOAM polyMesh",
        tuple(
            f"openfoam/constant/polyMesh/{name}"
            for name in ("boundary", "cellZones", "faceZones", "faces", "neighbour", "owner", "points")
        ),
        "regions as cell zones, boundaries as patches, interfaces as face zones",
        ("polymesh", "write_openfoam"),
    ),
    "xdmf": MeshFormat(
        "XDMF (ParaView, VisIt)", ("pack.xdmf", "pack.bin"), "regions, boundaries, interfaces as grids", ("xdmf", "write_xdmf")
    ),
    "vtu": MeshFormat(
        "VTK unstructured grid", ("pack.vtu",), "regions by number, in the order of mesh.json", ("files", "write_vtu")
    ),
}
"""Name on the command line -> what it is."""

ALWAYS = ("msh",)
"""Written with every mesh."""


def write_mesh(folder: Path, mesh: TaggedMesh, name: str) -> tuple[str, ...]:
    """Write ``mesh`` in the format ``name`` into ``folder``; the files written. Raises MeshError where the format fails, MissingPart."""
    chosen = FORMATS[name]
    if mesh.hexes.shape[1] != 8:
        raise MeshError(f"the mesh has tetrahedra; {name} is written of hexahedra only")
    module, function = chosen.home
    getattr(import_module(f"packtool.mesh.{module}"), function)(folder / chosen.writes[0], mesh)
    return chosen.writes
