"""Parts of any shape, from BREP files: filled with tetrahedra by gmsh, these cut into hexahedra, their volume that of the CAD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.divisions import Level
from packtool.mesh.gmsh_process import run_gmsh
from packtool.mesh.measures import MAX_VOLUME_ERROR, hexahedron_volumes
from packtool.mesh.quarters import GOOD_SPLIT_JACOBIAN, Quartered, quartered
from packtool.mesh.records import Floats, Integers

IMPORTED = "imported"
"""Role of the regions of parts of any shape."""
TOUCH_MM = 0.05
"""Faces this close, or this far into each other, touch: what a CAD program's rounding, and a user's place for a part, may be off by."""
SIZE: Mapping[Level, tuple[float, int]] = {"coarse": (3.0, 12), "normal": (1.5, 18), "fine": (0.75, 30)}
"""Longest edge of a tetrahedron over the part's thickness (twice its volume over its surface), and edges on a full circle; a tetrahedron is
two elements along each edge."""
HALVED = {"coarse": (6.0, 8), "normal": SIZE["coarse"], "fine": SIZE["normal"]}
"""The same where the mesh is halved."""
TRIES = (1.0, 0.8)
"""Shares of the size: the first that makes good elements is taken, else that of the better ones."""
MIN_SPLIT_JACOBIAN = 0.002
"""Below this an element is taken for broken. Above lie the flat tetrahedra that no mesh of the part avoids: where a fillet runs out
tangent to an edge, the corner of its face has no angle."""
MOST_VOLUME_ERROR = 1e-3
"""Largest error of a part's volume [-] where the CAD itself is unsure of it by more than MAX_VOLUME_ERROR."""
TIME_LIMIT_S = 300.0
"""For one part; gmsh fills some 20,000 tetrahedra a second."""


@dataclass(frozen=True, slots=True)
class Solid:
    """A part of any shape, placed.

    ``brep``: file of its solids [mm], the same for parts of one shape; ``matrix`` (9, row by row) and ``origin`` [mm] place it;
    ``volume_mm3`` by the CAD, which is unsure of it by ``slack_mm3``.
    """

    name: str
    material: str
    brep: Path
    matrix: tuple[float, ...]
    origin: tuple[float, float, float]
    volume_mm3: float
    slack_mm3: float = 0.0


@dataclass(frozen=True)
class Filling:
    """A solid's hexahedra at its own place: ``points`` (n, 3) [mm], ``hexes`` (m, 8); and its ``thickness`` [mm]."""

    points: Floats
    hexes: Integers
    thickness: float


def fillings(solids: tuple[Solid, ...], level: Level, halved: bool) -> dict[Path, Filling]:
    """The elements of each shape among ``solids``, by its file. ``halved``: of about twice the size.

    Raises MeshError, with the part's name, where gmsh fails or takes too long, where an element is bad, or where the volume is not that of the CAD.
    """
    size, around = (HALVED if halved else SIZE)[level]
    if halved and level == "coarse":
        size *= 1.5
    made: dict[Path, Filling] = {}
    for solid in solids:
        if solid.brep not in made:
            made[solid.brep] = _filled(solid, size, around)
    return made


def _filled(solid: Solid, size: float, around: int) -> Filling:
    best: tuple[Quartered, float] | None = None
    for share in TRIES:
        points, tets, thickness = _tetrahedra(solid, share * size, round(around / share))
        made = quartered(points, tets, solid.volume_mm3)
        if best is None or made.worst > best[0].worst:
            best = made, thickness
        if made.worst >= GOOD_SPLIT_JACOBIAN:
            break
    assert best is not None  # TRIES is not empty
    made, thickness = best
    if made.worst < MIN_SPLIT_JACOBIAN:
        raise MeshError(
            f"part {solid.name}: its faces cannot be filled with good elements (scaled Jacobian {made.worst:.3g}; the limit is "
            f"{MIN_SPLIT_JACOBIAN:g}); {_way_out(solid)}"
        )
    _check_volume(solid, made)
    return Filling(made.points, made.hexes, thickness)


def _way_out(solid: Solid) -> str:
    return "export it without small fillets, threads and slivers of faces, or leave it out of the heat (meshed: false)"


def _tetrahedra(solid: Solid, size: float, around: int) -> tuple[Floats, Integers, float]:
    given = {
        "brep": np.frombuffer(str(solid.brep).encode(), dtype=np.uint8),
        "size": np.array(size),
        "around": np.array(around),
    }
    with TemporaryDirectory(prefix="packtool-fill-") as folder:
        target = Path(folder) / "tets.npz"
        try:
            run_gmsh("fill", given, target, TIME_LIMIT_S, f"part {solid.name}")
        except MeshError as error:
            raise MeshError(f"part {solid.name} cannot be meshed: {error}; {_way_out(solid)}") from error
        with np.load(target, allow_pickle=False) as made:
            return made["points"], made["tets"], float(made["thickness"])


def max_volume_error(solid: Solid) -> float:
    """Largest relative difference between the meshed volume of a part and the CAD's."""
    return min(max(MAX_VOLUME_ERROR, solid.slack_mm3 / solid.volume_mm3), MOST_VOLUME_ERROR)


def _check_volume(solid: Solid, made: Quartered) -> None:
    volume = float(hexahedron_volumes(made.points, made.hexes).sum())
    error = abs(volume - solid.volume_mm3) / solid.volume_mm3
    if not error <= max_volume_error(solid):
        raise MeshError(
            f"part {solid.name}: its mesh holds {volume * 1e-3:.9g} cm³, the CAD says {solid.volume_mm3 * 1e-3:.9g} cm³; do its solids "
            f"overlap? Mend it in the CAD program, or leave it out of the heat (meshed: false)"
        )
