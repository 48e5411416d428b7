"""The mesh stage: a layout becomes a checked mesh."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packtool.design.schema.mesh import Level, MeshSizes
from packtool.errors import MeshError
from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.beside import with_solids
from packtool.mesh.naming import with_undersides
from packtool.mesh.placed import PlacedSweep, placed_sweeps
from packtool.mesh.plan import is_curved
from packtool.mesh.quality import MeshReport, checked
from packtool.mesh.records import TaggedMesh
from packtool.mesh.resolution import Resolution
from packtool.mesh.solids import Solid
from packtool.mesh.swept import swept_mesh
from packtool.mesh.tensor import tensor_mesh
from packtool.mesh.tied import stands_on_plate, tied_mesh


@dataclass(frozen=True)
class MeshedPack:
    """The mesh of a pack, checked, and what the checks found."""

    mesh: TaggedMesh
    report: MeshReport


def mesh_layout(
    layout: Layout, level: Level = "normal", *, halved: bool = False, solids: Sequence[Solid] = (), sizes: MeshSizes | None = None
) -> MeshedPack:
    """Mesh the parts of a pack that heat is solved in: one region a part, in layout order, names and materials kept.

    ``level``: normal has the counts of ``divisions``, fine twice as many in every direction, coarse half (of round cells
    only in the height, and of the plate under them as many). ``halved``: the same mesh with every even number of elements between two faces halved; its grid lines are a subset of the full mesh's (thin layers
    that have one element keep it), so that the two solutions give an error estimate. ``sizes``: largest elements, in place of the level's. ``solids``: parts of any shape; those that touch the
    pack come after its own parts, filled with tetrahedra that are cut into hexahedra and tied to it (``beside``).

    Boundaries, each outer facet in exactly one: ``coolant_wall`` between solid and coolant; ``gap_side`` where the facet faces
    another solid across air along its normal (between two rows, or under an overhang); ``exterior_wall`` where it lies on the tray's
    wall (filler); ``exterior_side``, ``exterior_bottom``, ``exterior_top`` where it faces no solid, ``exterior_underside`` where it looks down from above the lowest plane. Interfaces: by pair of roles in the order of MESHED_ROLES, ``cell|pad``,
    ``cell|interface``, ``interface|cold_plate``; normals from the first to the second, towards larger coordinates between equals.

    Upright round cells on a lattice are meshed by tiles (``tiles``), other packs with arcs by paving (``plan``), all others as one
    tensor grid; round cells on a plate with channels are two meshes, tied under the interface layer (``tied``). Every part keeps its volume; the side of a round part is that of a polygon of the same area (24 edges: 0.3 % larger).

    Raises MeshError where a part is not rectilinear, two parts overlap, faces nearly coincide, or the finished mesh is worse than
    the limits of ``quality``.
    """
    return _made(layout, Resolution.of(level, halved, sizes), solids)


def _made(layout: Layout, of: Resolution, solids: Sequence[Solid]) -> MeshedPack:
    """One mesh of a family, as ``mesh_layout`` says."""
    began = time.perf_counter()
    sweeps = placed_sweeps(layout)
    if not any(sweep.region >= 0 for sweep in sweeps):
        raise MeshError(f"{layout.name} has no part to mesh: none has the role {', '.join(MESHED_ROLES)}")
    if stands_on_plate(sweeps):
        mesh = tied_mesh(layout, lambda part, own: _meshed(part, own, of), lambda part, own: _meshed(part, own, of.below))
    else:
        mesh = _meshed(layout, sweeps, of)
    mesh = with_undersides(mesh)
    untouched: tuple[str, ...] = ()
    if solids:
        mesh, untouched = with_solids(layout, mesh, solids, of)
    return MeshedPack(mesh, checked(layout, mesh, began, solids, untouched))


def _meshed(layout: Layout, sweeps: Sequence[PlacedSweep], of: Resolution) -> TaggedMesh:
    """By the back-end that the sweeps ask for."""
    if is_curved(sweeps):
        return swept_mesh(layout, sweeps, of)
    for sweep in sweeps:
        if not sweep.is_rectilinear:
            raise MeshError(
                f"part {sweep.part} ({sweep.role}) has oblique edges; outlines are meshed along x and y, and along arcs"
            )
    return tensor_mesh(layout, sweeps, of)


FAMILIES: Mapping[Level, tuple[tuple[Level, bool], ...]] = {
    "fine": (("fine", False), ("normal", False), ("coarse", False)),
    "normal": (("normal", False), ("coarse", False), ("coarse", True)),
    "coarse": (("coarse", False), ("coarse", True)),
}
"""Level -> (level, halved) of its nested meshes, the one that is solved on first; each has half the counts of the one before."""

CURVED_FAMILIES: Mapping[Level, tuple[tuple[Level, bool], ...]] = {
    "fine": (("fine", False), ("normal", False), ("normal", True)),
    "normal": (("normal", False), ("normal", True)),
    "coarse": (("coarse", False), ("coarse", True)),
}
"""The same for packs with arcs, whose plan is halved once less (see ``plan.SPLITS``)."""


def family_members(layout: Layout, level: Level = "normal") -> tuple[tuple[Level, bool], ...]:
    """(level, halved) of the meshes of ``mesh_family``, without making them."""
    return (CURVED_FAMILIES if is_curved(placed_sweeps(layout)) else FAMILIES)[level]


def mesh_family(
    layout: Layout, level: Level = "normal", solids: Sequence[Solid] = (), sizes: MeshSizes | None = None
) -> tuple[MeshedPack, ...]:
    """The mesh of ``level``, with ``sizes`` in place of its own, and the coarser ones that its error is estimated from, finest first. Raises
    as ``mesh_layout``."""
    members = enumerate(family_members(layout, level))
    asked = sizes or MeshSizes()
    return tuple(_made(layout, Resolution(one, halved, asked, level, n), solids) for n, (one, halved) in members)
