"""Parts of any shape, from BREP files: filled with tetrahedra by gmsh, these cut into hexahedra, their volume that of the CAD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from packtool.design.schema.mesh import Level
from packtool.errors import MeshError
from packtool.mesh.gmsh_process import run_gmsh
from packtool.mesh.measures import MAX_VOLUME_ERROR, hexahedron_edges, hexahedron_volumes
from packtool.mesh.quarters import GOOD_SPLIT_JACOBIAN, Quartered, quartered
from packtool.mesh.records import Floats, Integers
from packtool.mesh.resolution import Resolution
from packtool.mesh.room import refuse_mesh

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
MORE_TRIES = 3
"""Tries more where the design gives the longest edge, which gmsh takes as a wish."""
TETRAHEDRON = 2**0.5 / 12
"""Volume of a regular tetrahedron over the cube of its edge."""
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


def fillings(solids: tuple[Solid, ...], of: Resolution) -> dict[Path, Filling]:
    """The elements of each shape among ``solids``, by its file; of about twice the size where halved.

    Raises MeshError, with the part's name, where gmsh fails or takes too long, where an element is bad, or where the volume is not that of the CAD.
    """
    size, around = (HALVED if of.halved else SIZE)[of.level]
    if of.halved and of.level == "coarse":
        size *= 1.5
    most = of.here("part_mm")
    made: dict[Path, Filling] = {}
    for solid in solids:
        if solid.brep not in made:
            made[solid.brep] = _filled(solid, size, around, most)
    return made


def _filled(solid: Solid, size: float, around: int, most: float | None) -> Filling:
    """``size``, ``around`` as in SIZE; ``most``: in place of the size, the longest edge of an element [mm]."""
    best: tuple[Quartered, float, float] | None = None
    aim = most
    if most is not None:
        refuse_mesh(4 * solid.volume_mm3 / (TETRAHEDRON * (2 * most) ** 3))
    for share in TRIES if most is None else TRIES + TRIES[-1:] * MORE_TRIES:
        points, tets, thickness = _tetrahedra(solid, share * size, round(around / share), aim)
        made = quartered(points, tets, solid.volume_mm3)
        longest = float(hexahedron_edges(made.points, made.hexes)[1].max())
        fits = most is None or longest <= most * (1 + 1e-9)
        if best is None or (fits, made.worst) > (most is None or best[2] <= most, best[0].worst):
            best = made, thickness, longest
        if made.worst >= GOOD_SPLIT_JACOBIAN and fits:
            break
        if most is not None and aim is not None:
            aim *= min(share, most / longest)
    assert best is not None  # TRIES is not empty
    made, thickness, longest = best
    if most is not None and longest > most * (1 + 1e-9):
        raise MeshError(
            f"part {solid.name}: its longest element is {longest:.3g} mm, more than mesh.sizes asks for: give part_mm more"
        )
    if made.worst < MIN_SPLIT_JACOBIAN:
        raise MeshError(
            f"part {solid.name}: its faces cannot be filled with good elements (scaled Jacobian {made.worst:.3g}; the limit is "
            f"{MIN_SPLIT_JACOBIAN:g}); {_way_out(solid)}"
        )
    _check_volume(solid, made)
    return Filling(made.points, made.hexes, thickness)


def _way_out(solid: Solid) -> str:
    return "export it without small fillets, threads and slivers of faces, or leave it out of the heat (meshed: false)"


def _tetrahedra(solid: Solid, size: float, around: int, most: float | None) -> tuple[Floats, Integers, float]:
    given = {
        "brep": np.frombuffer(str(solid.brep).encode(), dtype=np.uint8),
        "size": np.array(size),
        "around": np.array(around),
        "longest": np.array(np.inf if most is None else 2 * most),
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
