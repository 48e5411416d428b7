"""The outlines between and around round cells: straight ones, those of layers against the cells, and of ribbons that bend around them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from packtool.errors import MeshError
from packtool.layout.arcs import Arc, arc
from packtool.layout.profiles import Loop, Point
from packtool.mesh.lattice import ON_SITE_MM, Lattice, circle_of, distinct
from packtool.mesh.placed import COOLANT, SAME_MM, PlacedSweep
from packtool.mesh.records import Floats

SAME_RAD = 1e-5
"""Angles closer than this are one: 0.1 um on a cell."""


@dataclass(frozen=True, slots=True)
class Wave:
    """Curves that bend around the cells below and above them by turns, over ``half`` [rad] to either side, and are straight between.

    ``radii`` [mm] ascending: of each curve around the cells below. ``both``: the sum of a curve's radii below and above.
    """

    half: float
    both: float
    radii: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outlines:
    """``x``, ``y`` [mm] ascending: straight outlines across and along the rows, without those along hexagons. ``contacts``: (row, -1 below
    or 1 above) -> half of the angle [rad] over which layers lie against its cells there. ``waves``: row below -> curves above it."""

    x: Floats
    y: Floats
    contacts: Mapping[tuple[int, int], float]
    waves: Mapping[int, Wave]


def outlines_of(sweeps: Sequence[PlacedSweep], lattice: Lattice) -> Outlines:
    """All outlines but the circles.

    Raises MeshError, naming the part, for an oblique edge, an edge through cells, and an arc that is about no cell.
    """
    xs: list[float] = []
    ys: list[float] = []
    contacts: dict[tuple[int, int], float] = {}
    bends: dict[int, list[_Bend]] = {}
    for sweep in sorted(sweeps, key=lambda one: one.role == "holder"):  # a holder's may be rounded; the first of equal ones is kept
        for loop in sweep.loops:
            if circle_of(loop) is not None:
                continue
            own = _arcs(sweep, loop, lattice, contacts, bends)
            _straights(sweep, loop, lattice, xs, ys, own)
    waves = {row: _wave(lattice, row, found) for row, found in bends.items()}
    return Outlines(distinct(xs, 10 * SAME_MM), distinct(ys, 10 * SAME_MM), contacts, waves)


@dataclass(frozen=True, slots=True)
class _Bend:
    """An arc around a cell below (or above) a ribbon."""

    part: str
    below: bool
    radius: float
    half: float


def _arcs(
    sweep: PlacedSweep, loop: Loop, lattice: Lattice, contacts: dict[tuple[int, int], float], bends: dict[int, list[_Bend]]
) -> set[int]:
    """Sort a loop's arcs into contacts and bends; the rows above which it has bends."""
    gaps = set()
    for a, b in pairwise((*loop.vertices, loop.vertices[0])):
        if not a[2]:
            continue
        curve = arc(a[:2], b[:2], a[2])
        row = _row_of(sweep, curve, lattice)
        middle = curve.start + curve.turn / 2
        side = 1 if math.sin(middle) > 0 else -1
        upright = abs(math.cos(middle)) <= SAME_RAD
        if abs(curve.radius - lattice.radius) <= ON_SITE_MM and upright:
            half = abs(curve.turn) / 2
            if abs(contacts.setdefault((row, side), half) - half) > SAME_RAD:
                raise MeshError(f"part {sweep.part} ({sweep.role}) lies against its cell over another angle than others of its row")
        elif curve.radius > lattice.radius and 0 <= (gap := row if side > 0 else row - 1) < len(lattice.y) - 1:
            half = abs(curve.turn) / 2 if upright else abs(curve.turn)
            bends.setdefault(gap, []).append(_Bend(sweep.part, side > 0, curve.radius, half))
            gaps.add(gap)
        else:
            raise _astray(sweep, curve)
    return gaps


def _row_of(sweep: PlacedSweep, curve: Arc, lattice: Lattice) -> int:
    """The row that an arc's middle stands in, on one of its sites or a place beside the outermost."""
    row = int(np.abs(lattice.y - curve.y).argmin())
    number = (curve.x - lattice.x0) / (lattice.pitch / 2)
    off = max(abs(number - round(number)) * lattice.pitch / 2, abs(float(lattice.y[row]) - curve.y))
    if off > ON_SITE_MM or round(number) % 2 != lattice.odd[row]:
        raise _astray(sweep, curve)
    return row


def _astray(sweep: PlacedSweep, curve: Arc) -> MeshError:
    return MeshError(
        f"part {sweep.part} ({sweep.role}) has an arc of radius {curve.radius:.5g} about x {curve.x:.5g}, y {curve.y:.5g} mm; beside round "
        "cells arcs are meshed that lie against them or bend around them"
    )


def _wave(lattice: Lattice, row: int, bends: Sequence[_Bend]) -> Wave:
    """The curves of the bends between two rows. With both radii's sum 2 b, the straight's length l and the angle a of a bend's half:
    rise = 2 b cos a - l sin a, pitch / 2 = 2 b sin a + l cos a."""
    widest = max(bend.half for bend in bends)
    half = next(bend.half for bend in bends if bend.half > widest - SAME_RAD)
    odd = next((bend for bend in bends if abs(bend.half - half) > SAME_RAD), None)
    if odd is not None:
        raise MeshError(f"part {odd.part} bends around a cell over another angle than others between the same rows")
    rise = float(lattice.y[row + 1] - lattice.y[row])
    both = rise * math.cos(half) + lattice.pitch / 2 * math.sin(half)
    radii = distinct([bend.radius if bend.below else both - bend.radius for bend in bends], ON_SITE_MM)
    return Wave(half, both, tuple(radii.tolist()))


def _straights(sweep: PlacedSweep, loop: Loop, lattice: Lattice, xs: list[float], ys: list[float], waves: set[int]) -> None:
    """Sort a loop's straight edges. One with arcs may have edges of its own between cells: from arc to arc, and what goes on from the
    outermost bends above the rows ``waves``."""
    round_ = not loop.is_straight
    left, right = lattice.x0 - lattice.radius, lattice.x0 + lattice.halves * lattice.pitch / 2 + lattice.radius
    for (ax, ay, bulge), (bx, by, _) in pairwise((*loop.vertices, loop.vertices[0])):
        if bulge or _between_hexagons(lattice, (ax, ay), (bx, by)):
            continue
        if abs(ay - by) <= SAME_MM:
            if int(np.searchsorted(lattice.y, ay)) - 1 in waves:
                continue
            if np.abs(lattice.y - ay).min() < lattice.radius - SAME_MM:
                raise _through(sweep, "y", ay)
            ys.append(ay)
        elif abs(ax - bx) <= SAME_MM:
            if not left + SAME_MM < ax < right - SAME_MM:
                xs.append(ax)
            elif not round_:
                raise _through(sweep, "x", ax)
        elif not round_:
            raise MeshError(f"part {sweep.part} ({sweep.role}) has an oblique edge beside round cells; that is not meshed")


def _between_hexagons(lattice: Lattice, a: Point, b: Point) -> bool:
    """Whether an edge lies on the line of hexagon edges between two rows."""
    row = int(np.searchsorted(lattice.y, (a[1] + b[1]) / 2)) - 1
    if not 0 <= row < len(lattice.y) - 1 or (corners := lattice.hexagons(row)) is None:
        return False
    places = np.array([a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), b])
    return bool(np.abs(np.interp(places[:, 0], corners[:, 0], corners[:, 1]) - places[:, 1]).max() <= ON_SITE_MM)


def _through(sweep: PlacedSweep, axis: str, at: float) -> MeshError:
    return MeshError(
        f"part {sweep.part} ({sweep.role}) has an edge at {axis} {at:.5g} mm, through round cells; straight edges are meshed between rows "
        "and beyond the ends of rows"
    )


def wetting(sweeps: Sequence[PlacedSweep]) -> list[PlacedSweep]:
    """All parts, and the coolant that runs through one: what only feeds it (a tank that is not meshed) leaves no outline in the plan."""
    boxes = np.array([[*s.loops[0].bounds()] for s in sweeps if s.region != COOLANT])
    kept = []
    for sweep in sweeps:
        x0, y0, x1, y1 = sweep.loops[0].bounds()
        wide = np.minimum(boxes[:, 2], x1) - np.maximum(boxes[:, 0], x0)
        deep = np.minimum(boxes[:, 3], y1) - np.maximum(boxes[:, 1], y0)
        if sweep.region != COOLANT or ((wide > SAME_MM) & (deep > SAME_MM)).any():
            kept.append(sweep)
    return kept
