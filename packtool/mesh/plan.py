"""The plan of a pack with round turns: quadrilaterals that conform to every outline of every height, to be swept upwards.

Between the turns the plan is a tensor grid, as in a pack of boxes. The round turns lie on the plate's overhang, where nothing stands
on the plate (``layout.channels``); that patch at each end is paved by gmsh between fixed edges, then cut into quadrilaterals. The
patch's lines meet the grid's on the line where the straight legs end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from packtool.errors import MeshError
from packtool.layout.profiles import Loop
from packtool.mesh.divisions import grid_lines
from packtool.mesh.patch import Edge, Frame, paved
from packtool.mesh.placed import COOLANT, SAME_MM, PlacedSweep
from packtool.mesh.records import Floats, Integers
from packtool.mesh.resolution import Resolution
from packtool.mesh.room import refuse_mesh

SPLITS = {"coarse": 1, "normal": 1, "fine": 2}
"""How often the coarsest plan's quadrilaterals are cut in 2 x 2 in a patch, and its intervals across the legs in 2; one less where
halved. The coarsest has two elements between any two outlines across the legs (all-quadrilateral patches need even counts), so that
coarse has the four that normal has: only along the pack and in its height it is coarser."""


@dataclass(frozen=True)
class Plan:
    """``points`` (n, 2) [mm], ``quads`` (m, 4) counter-clockwise, ``probe`` (m, 2) a point by which to tell what a quadrilateral is part of.

    A plan of round cells tells more: ``centres`` (n_sites, 2) [mm] of its tiles, ``radii`` ascending of the circles about each; by
    quadrilateral ``site`` (m,), -1 in none, in ascending order, and ``band`` (m,): how many of the site's circles lie inside it.
    """

    points: Floats
    quads: Integers
    probe: Floats
    site: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    band: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    centres: Floats = field(default_factory=lambda: np.empty((0, 2)))
    radii: tuple[float, ...] = ()


def curved_plan(sweeps: Sequence[PlacedSweep], of: Resolution, layers: int) -> Plan:
    """The plan of sweeps of which some have arcs, to be swept through ``layers``.

    Raises MeshError where an arc lies under a part that is not itself curved, or an outline in a patch is neither an arc nor along x
    or y.
    """
    splits = SPLITS[of.level] - (1 if of.halved else 0)
    cuts = SPLITS[of.solved] + 1
    frames = _frames(sweeps)
    y = grid_lines(sweeps, 1, replace(of, level="coarse", halved=True, solved="fine" if of.solved == "fine" else "normal"))
    for _ in range(splits + 1):
        y = np.sort(np.concatenate([y, (y[1:] + y[:-1]) / 2]))
    x = grid_lines(sweeps, 0, of)
    for frame in frames:
        x = x[x <= frame.line + SAME_MM] if frame.outward > 0 else x[x >= frame.line - SAME_MM]
    nx, ny = len(x) - 1, len(y) - 1
    refuse_mesh(0, boxes=nx * ny * layers)
    plate = of.sizes.of("plate_mm")
    number = np.arange((nx + 1) * (ny + 1)).reshape(nx + 1, ny + 1)
    points = [np.stack(np.meshgrid(x, y, indexing="ij"), axis=2).reshape(-1, 2)]
    quads = [np.stack([number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]], axis=2).reshape(-1, 4)]
    probe = [points[0][quads[0]].mean(axis=1)]
    count = len(points[0])
    for frame in frames:
        inside = (y >= frame.low - SAME_MM) & (y <= frame.high + SAME_MM)
        patch = paved(frame, y[inside], splits, plate and plate * 2**cuts)
        joined = count + np.arange(len(patch.points))
        joined[patch.line] = number[-1 if frame.outward > 0 else 0, inside]
        points.append(patch.points)
        quads.append(joined[patch.quads])
        probe.append(patch.probe)
        count += len(patch.points)
    used, back = np.unique(np.concatenate(quads), return_inverse=True)
    return Plan(np.concatenate(points)[used], back.reshape(-1, 4), np.concatenate(probe))


def _frames(sweeps: Sequence[PlacedSweep]) -> list[Frame]:
    """The patches at the ends of the plate that hold arcs."""
    curved = [sweep for sweep in sweeps if any(not loop.is_straight for loop in sweep.loops)]
    names = {sweep.part for sweep in curved}
    own = [sweep for sweep in sweeps if sweep.part in names]
    rigid = [sweep for sweep in sweeps if sweep.part not in names]
    low, high = (f(s.extent(0)[i] for s in own) for i, f in ((0, min), (1, max)))
    bottom, top = (f(s.extent(1)[i] for s in own) for i, f in ((0, min), (1, max)))
    middle = (low + high) / 2
    first = min((s.extent(0)[0] for s in rigid), default=middle)
    last = max((s.extent(0)[1] for s in rigid), default=middle)
    starts, ends = [], []
    for sweep in curved:
        for loop in sweep.loops:
            for a, b in pairwise((*loop.vertices, loop.vertices[0])):
                if a[2] == 0:
                    continue
                x0, _, x1, _ = Loop((a, (b[0], b[1], 0.0))).bounds()
                if x0 >= last - SAME_MM:
                    starts.append(x0)
                elif x1 <= first + SAME_MM:
                    ends.append(x1)
                else:
                    raise MeshError(
                        f"part {sweep.part} ({sweep.role}) has an arc from x {x0:.4g} to {x1:.4g} mm, under or over other parts, which reach"
                        f" from x {first:.4g} to {last:.4g} mm; arcs are meshed only beyond them, on the overhang of a plate"
                    )
    frames = []
    for line, end, outward in ((max(ends, default=None), low, -1), (min(starts, default=None), high, 1)):
        if line is not None:
            frames.append(Frame(line, end, bottom, top, outward, _edges(own, line, end, bottom, top)))
    return frames


def _edges(own: Sequence[PlacedSweep], line: float, end: float, bottom: float, top: float) -> tuple[Edge, ...]:
    """The outlines inside a patch, without its own border; those that cross its inner line are cut there. Each once."""
    found: dict[tuple[tuple[float, float], ...], Edge] = {}
    x0, x1 = sorted((line, end))
    for sweep in own:
        for loop in sweep.loops:
            for (ax, ay, bulge), (bx, by, _) in pairwise((*loop.vertices, loop.vertices[0])):
                low, high = min(ax, bx), max(ax, bx)
                if bulge:
                    low, _, high, _ = Loop(((ax, ay, bulge), (bx, by, 0.0))).bounds()
                if (line == x0 and high <= x0 + SAME_MM) or (line == x1 and low >= x1 - SAME_MM):
                    continue
                if not bulge and abs(ax - bx) > SAME_MM and abs(ay - by) > SAME_MM:
                    raise MeshError(f"part {sweep.part} ({sweep.role}) has an oblique edge beside its arcs; that is not meshed")
                if (abs(ay - by) <= SAME_MM and min(abs(ay - bottom), abs(ay - top)) <= SAME_MM) or (
                    abs(ax - bx) <= SAME_MM and abs(ax - end) <= SAME_MM
                ):
                    continue
                if not bulge:
                    ax, bx = (min(max(x, x0), x1) for x in (ax, bx))
                key = tuple(sorted(((round(ax, 5), round(ay, 5)), (round(bx, 5), round(by, 5)))))
                found.setdefault(key, Edge((ax, ay), (bx, by), bulge))
    return tuple(found.values())


def is_curved(sweeps: Sequence[PlacedSweep]) -> bool:
    """Some part that is meshed, or the coolant, has an arc in its outline."""
    return any(not loop.is_straight for s in sweeps if s.region >= 0 or s.region == COOLANT for loop in s.loops)
