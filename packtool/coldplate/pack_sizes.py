"""The mesh that a target error asks for: solve, tell the directions' errors apart, refine where it pays, until every cell's temperature keeps it.

On a coarse mesh every case is solved once more with each kind of element halved alone; by how much the cells' temperatures move is that
direction's error (4/3 of it: what is left shrinks to a quarter). ``thermal.target`` makes sizes of these. The mesh of those sizes is then
solved on with the coarser ones of its family, and the errors are estimated as for any mesh: where one is above the target, all
directions are refined by what is missing. So what the solve tells of the mesh in the end is what was asked for here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packtool.catalogue.records import Coolant
from packtool.coldplate.pack_case import case_rows, solve_pack_case
from packtool.coldplate.pack_transient import solve_pack_transient, transient_rows
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import MeshSizes, TransientCase
from packtool.errors import NotConverged, TooLarge, told_of
from packtool.layout.records import Layout
from packtool.mesh.build import MeshedPack, mesh_family, mesh_layout
from packtool.mesh.divisions import PLATE_SIZE_MM, UP_CELL, UP_GROWTH
from packtool.mesh.placed import PlacedSweep, placed_sweeps
from packtool.mesh.records import TaggedMesh
from packtool.mesh.solids import Solid
from packtool.results import Result
from packtool.thermal.target import balanced

Mesher = Callable[[dict[str, float]], TaggedMesh]
HELD = "temperature.cell."
"""Beginning of the names of the numbers that the target is for: maximum, minimum, mean, spread and inner spread of the cells, maximum and
mean of every cell, of a case over time also those at its end."""
SHARE = 0.8
"""Of the target that the sizes are chosen for: errors of single numbers scatter about the sum of the directions'."""
ROUNDS = 6
"""Meshes that are tried. Each is finer by what the one before missed; that it takes more means that the errors do not shrink."""
LEAST_STEP = 0.9
"""Sizes of a mesh that misses the target shrink at least to this."""


@dataclass(frozen=True)
class Direction:
    """One key of ``mesh.sizes``: its largest element [mm] on the coarse mesh, and by how much it may be larger still."""

    key: str
    size: float
    most: float = 1.0


@dataclass(frozen=True)
class Tried:
    """A mesh that was solved on: its sizes [mm] by key, its elements, the largest error [K] of HELD, and whose it is."""

    sizes: dict[str, float]
    elements: int
    error_K: float
    of: str


@dataclass(frozen=True)
class Sized:
    """The mesh that keeps the target, finest of its ``family``, its ``sizes``, and all meshes that were ``tried``, the last one this."""

    sizes: MeshSizes
    family: tuple[MeshedPack, ...]
    tried: tuple[Tried, ...]


def mesh_for_target(
    loaded: LoadedDesign,
    layout: Layout,
    cases: Sequence[str],
    solids: Sequence[Solid],
    air: Coolant,
    cache_dir: Path,
    checkpoints: Path | None = None,
) -> Sized:
    """The mesh on which the estimated error of every number of HELD, in every one of ``cases``, is at most ``mesh.target_error_K``.

    ``checkpoints`` as in ``solve_pack_transient``: runs over time on the mesh that is found need not be made again by the solve. Raises
    NotConverged where the target is out of reach, by memory, by the time steps' own error or because errors do not shrink; what else the
    solve of a case raises begins with its name.
    """
    controls = loaded.design.mesh
    target = controls.target_error_K
    assert target is not None
    study = _Study(loaded, layout, tuple(cases), air, cache_dir)
    directions = _directions(placed_sweeps(layout))
    first = {one.key: one.size for one in directions}
    errors = study.errors(lambda sizes: mesh_layout(layout, controls.level, solids=solids, sizes=MeshSizes(**sizes)).mesh, first)
    most = {one.key: one.most for one in directions}
    tried: list[Tried] = []
    factors: dict[str, float] = {}
    for _ in range(ROUNDS):
        chosen = balanced(errors, most, SHARE * target)
        if tried:
            chosen = {key: min(factor, LEAST_STEP * factors[key]) for key, factor in chosen.items()}
        factors = chosen
        sizes = {key: float(f"{factor * first[key]:.3g}") for key, factor in factors.items()}
        try:
            family = mesh_family(layout, controls.level, solids, MeshSizes(**sizes))
            error, missed, of = study.told([one.mesh for one in family], target, checkpoints)
        except TooLarge as refused:
            raise NotConverged(
                f"{_out_of_reach(target, tried, target * refused.times ** (2 / 3))}; the next mesh: {refused}"
            ) from refused
        tried.append(Tried(sizes, len(family[0].mesh.hexes), error, of))
        if missed <= 1:
            return Sized(MeshSizes(**sizes), family, tuple(tried))
        expected = sum(error * factors[key] ** 2 for key, error in errors.items())
        errors = {key: error * missed * target / expected for key, error in errors.items()}
    raise NotConverged(f"{_out_of_reach(target, tried, tried[-1].error_K)}; {ROUNDS} meshes were tried")


def _out_of_reach(target: float, tried: Sequence[Tried], likely: float) -> str:
    """``likely``: the error [K] that can be had (elements go with its power -3/2: three directions, each with the square of its size)."""
    best = min(tried, key=lambda one: one.error_K, default=None)
    reached = f"{best.error_K:.2g} K was reached, at {best.of}, with {best.elements:,} elements; " if best else ""
    least = min(likely, best.error_K) if best else likely
    return f"mesh.target_error_K {target:g} is out of reach: {reached}set it to {1.1 * least:.2g} or more, give mesh.sizes, or take a part of the pack"


@dataclass(frozen=True)
class _Study:
    """The cases, to be solved on one mesh after another."""

    loaded: LoadedDesign
    layout: Layout
    cases: tuple[str, ...]
    air: Coolant
    cache_dir: Path

    def errors(self, meshed: Mesher, sizes: dict[str, float]) -> dict[str, float]:
        """By key the error [K] of the elements of ``sizes`` in its direction."""
        base = self._values(meshed(sizes))
        found = {}
        for key, size in sizes.items():
            finer = self._values(meshed(sizes | {key: size / 2}))
            found[key] = 4 / 3 * max(abs(finer[name] - value) for name, value in base.items())
        return found

    def _values(self, mesh: TaggedMesh) -> dict[tuple[str, str], float]:
        found: dict[tuple[str, str], float] = {}
        for case in self.cases:
            rows = transient_rows if self._over_time(case) else case_rows
            with told_of(case):
                solved = rows(self.loaded, self.layout, mesh, case, self.air, self.cache_dir)
            found |= {(case, row.name): row.value for row in solved if row.name.startswith(HELD)}
        return found

    def told(self, meshes: Sequence[TaggedMesh], target: float, checkpoints: Path | None) -> tuple[float, float, str]:
        """Of the number that misses the target most: its error [K], the mesh's part of it over what the target leaves to that, and its name."""
        worst = (0.0, 0.0, "")
        for case in self.cases:
            for row in self._results(meshes, case, checkpoints):
                if not row.name.startswith(HELD) or row.error is None:
                    continue
                in_time = row.error_time or 0.0
                if in_time >= target:
                    raise NotConverged(
                        f"mesh.target_error_K {target:g} is out of reach: the time steps alone leave {in_time:.2g} K in {row.name} of case {case}; "
                        f"lower cases.{case}.tolerance_K, or set a larger target"
                    )
                missed = (row.error - in_time) / (target - in_time)
                if missed > worst[1]:
                    worst = row.error, missed, f"{row.name} of {case}"
        return worst

    def _results(self, meshes: Sequence[TaggedMesh], case: str, checkpoints: Path | None) -> Sequence[Result]:
        given = self.loaded, self.layout, meshes, case, self.air, self.cache_dir
        with told_of(case):
            return solve_pack_transient(*given, checkpoints).results if self._over_time(case) else solve_pack_case(*given).results

    def _over_time(self, case: str) -> bool:
        return isinstance(self.loaded.design.cases[case], TransientCase)


def _directions(sweeps: Sequence[PlacedSweep]) -> tuple[Direction, ...]:
    """What the first mesh of a pack is divided by: about level coarse, all that can be coarser may be."""
    cell = next(sweep for sweep in sweeps if sweep.role == "cell")
    x, y, z = (high - low for low, high in map(cell.extent, range(3)))
    ratio = UP_GROWTH**UP_CELL
    found = [Direction("cell_height_mm", z * (1 - ratio ** (-1 / 4)) / (1 - 1 / ratio), 2.0)]
    if all(loop.is_straight for loop in cell.loops):
        through = (x, y, z)[cell.through]
        across = sum((x, y, z)) - z - through if cell.through != 2 else max(x, y)
        found += [Direction("cell_through_mm", through / 2), Direction("cell_across_mm", across / 4, 2.0)]
    else:
        found.append(Direction("cell_through_mm", x / 2 * 0.3))
    plates = [sweep for sweep in sweeps if sweep.role == "cold_plate"]
    if plates:
        skin = min(sweep.z1 - sweep.z0 for sweep in plates)
        found += [Direction("plate_mm", 2 * PLATE_SIZE_MM, 4.0), Direction("plate_through_mm", skin)]
    return tuple(found)
