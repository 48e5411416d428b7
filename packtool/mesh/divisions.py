"""How finely a pack is divided between its faces: the physics of each kind of part, in elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.grid_lines import joined, merged
from packtool.mesh.placed import COOLANT, SAME_MM, PlacedSweep
from packtool.mesh.records import Floats
from packtool.mesh.resolution import Resolution

# Elements at level normal. Each count is even, so that it can be halved for an error estimate; fine has twice as many, coarse half.
THROUGH_CELL = 4
"""Through a cell's thickness: k_through is about 1 W/m/K against 10-30 in plane, so the parabola of the heat stands across it."""
ACROSS_CELL = 8
"""Over a cell's width, in plane."""
UP_CELL = 8
"""Over a cell's height ..."""
UP_GROWTH = 1.25
"""... graded towards the plate, where the heat leaves (both ways between two plates): each element this much taller than the one before it (10 mm first for 207 mm).
Measured on 8 cells on a plate, against twice as fine and extrapolated: mean temperatures of cells within 0.03 K, their maximum
within 0.01 K, of a rise of 4.4 K; the halved mesh estimates it as 0.025 K."""
THROUGH_PLATE = 2
"""Through end plates and holders, through the height of the channels, and across every channel and rib: two elements bend once."""
PLATE_SIZE_MM = 15.0
"""Largest element of the cold plate in its plan: the length sqrt(k t / h) over which a skin's temperature follows the coolant,
with k t = 160 W/m/K x 1.5 mm and h = 1000 W/m²/K."""
THIN_MM = 2.0
"""Intervals up to this length that no channel or rib needs stay one element: gaps, pads, slivers between two faces ..."""
THIN_SHARE = 0.25
"""... and are no more than this share of the narrowest channel."""
THIN_SKIN_MM = 3.0
"""Skins of the cold plate up to this thickness stay one element: the temperature through aluminium is a straight line there. So it is
through side plates and the fillers beside the rows, which make no heat."""


Side = Literal["start", "end", "both"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What one kind of part asks of an axis between two coordinates [mm].

    ``size``: largest element [mm] at level normal. With ``growth`` > 1 the elements have that size at the ``fine`` side and grow from
    there. ``once``: a thin layer, one element through if nothing cuts it. ``most``: largest element that the design allows [mm].
    """

    start: float
    end: float
    size: float
    growth: float = 1.0
    once: bool = False
    fine: Side = "start"
    most: float = math.inf

    def steps(self, place: float) -> float:
        """Number of elements from ``start`` to ``place``, not rounded."""
        length, along = self.end - self.start, place - self.start
        if self.growth == 1.0:
            return along / self.size
        if self.fine == "start":
            return self._grown(along)
        if self.fine == "end":
            return self._grown(length) - self._grown(length - along)
        half = length / 2
        return self._grown(along) if along <= half else 2 * self._grown(half) - self._grown(length - along)

    def _grown(self, distance: float) -> float:
        """Elements over a distance from where they are finest."""
        return math.log1p((self.growth - 1) * distance / self.size) / math.log(self.growth)

    def _reached(self, steps: Floats) -> Floats:
        """The inverse of ``_grown``."""
        return np.asarray(self.size * np.expm1(steps * math.log(self.growth)) / (self.growth - 1))

    def places(self, a: float, b: float, count: int) -> Floats:
        """(count + 1,) coordinates from a to b, evenly spaced in ``steps``."""
        if self.growth == 1.0:
            return a + (b - a) * np.arange(count + 1) / count
        steps = np.linspace(self.steps(a), self.steps(b), count + 1)
        whole = self.steps(self.end)
        match self.fine:
            case "start":
                found = self.start + self._reached(steps)
            case "end":
                found = self.end - self._reached(whole - steps)
            case "both":
                near = steps <= whole / 2
                found = np.where(near, self.start + self._reached(steps), self.end - self._reached(whole - steps))
        found[0], found[-1] = a, b
        return found


def faces(sweeps: Sequence[PlacedSweep], axis: int) -> Floats:
    """Ascending coordinates [mm] of every face across ``axis``, coinciding ones merged.

    Raises MeshError where two faces are nearly but not quite in one plane: closer than a thousandth of the smallest part. Merging
    them would falsify volumes, keeping them would make elements that spoil the solve.
    """
    owners: dict[float, str] = {}
    for sweep in sweeps:
        values = (sweep.z0, sweep.z1) if axis == 2 else [vertex[axis] for loop in sweep.loops for vertex in loop.vertices]
        for value in values:
            owners.setdefault(value, sweep.part)
    lines = merged(list(owners), SAME_MM)
    smallest = min(high - low for sweep in sweeps for low, high in map(sweep.extent, range(3)))
    gaps = np.diff(lines)
    if gaps.size and gaps.min() < 1e-3 * smallest:
        at = int(gaps.argmin())
        low, high = float(lines[at]), float(lines[at + 1])
        raise MeshError(
            f"faces of {owners[low]} and {owners[high]} across {'xyz'[axis]} are {gaps[at]:.3g} mm apart (at {low:.6g} mm): "
            f"move them into one plane, or at least {1e-3 * smallest:.3g} mm apart"
        )
    return lines


def grid_lines(sweeps: Sequence[PlacedSweep], axis: int, of: Resolution) -> Floats:
    """Grid lines [mm] across ``axis``: every face, and the intervals between them divided.

    Counts at normal and fine are even, except at normal those of thin layers, which are 1 (see the constants above) where no given size is
    smaller. ``halved`` halves every even count; its lines are a subset, to the last bit.
    """
    at = faces(sweeps, axis)
    wishes = _wishes(sweeps, axis, of)
    starts, ends = np.array([w.start for w in wishes]), np.array([w.end for w in wishes])
    thin = _thin_limit(sweeps, axis)
    pieces = []
    for a, b in zip(at[:-1].tolist(), at[1:].tolist(), strict=True):
        here = [wishes[i] for i in np.flatnonzero((starts <= a + SAME_MM) & (ends >= b - SAME_MM))]
        sized = [wish for wish in here if not wish.once]
        once = any(wish.once and wish.end - wish.start <= b - a + SAME_MM for wish in here)
        most = min((wish.most for wish in here), default=math.inf)
        if once or b - a <= thin:
            normal, finest = 1, None
        else:
            finest = max(sized, key=lambda w: w.steps(b) - w.steps(a), default=None)
            asked = finest.steps(b) - finest.steps(a) if finest else 0.0
            normal = _multiple(asked, of.multiple if most < math.inf and asked > of.least else 2)
        while (largest := float(np.diff(_places(finest, a, b, normal)).max())) > most * (1 + 1e-9):
            normal = _multiple(normal * largest / most, of.multiple)
        fine = _places(finest, a, b, 2 * normal)
        fine[-1] = b
        count = {"fine": 2 * normal, "normal": normal, "coarse": max(1, normal // 2)}[of.level]
        if of.halved and count % 2 == 0:
            count //= 2
        pieces.append(fine[:: 2 * normal // count])
    return joined(pieces)


def _multiple(asked: float, of: int) -> int:
    """The least multiple of ``of`` that is no less than ``asked``."""
    return of * max(1, math.ceil(asked / of - 1e-9))


def _places(wish: Wish | None, a: float, b: float, count: int) -> Floats:
    """(count + 1,) coordinates from a to b, as the wish grades them."""
    return wish.places(a, b, count) if wish else a + (b - a) * np.arange(count + 1) / count


def _wishes(sweeps: Sequence[PlacedSweep], axis: int, of: Resolution) -> list[Wish]:
    """The distinct wishes of all parts for one axis."""
    cells = [sweep for sweep in sweeps if sweep.role == "cell"]
    standing, reaching = min((s.z0 for s in cells), default=0.0), max((s.z1 for s in cells), default=0.0)
    layers = [sweep for sweep in sweeps if sweep.role in ("interface", "cold_plate")]
    below, above = any(s.z1 <= standing + SAME_MM for s in layers), any(s.z0 >= reaching - SAME_MM for s in layers)
    channels = _channels(sweeps)
    found: dict[Wish, None] = {}
    for sweep in sweeps:
        if sweep.region == COOLANT:
            continue
        low, high = sweep.extent(axis)
        length = high - low
        shortest = min(range(3), key=lambda a: sweep.extent(a)[1] - sweep.extent(a)[0])

        def add(key: str, size: float, low: float = low, high: float = high) -> None:
            given = of.at_normal(key)
            found[Wish(low, high, given or size, most=given or math.inf)] = None

        def thin(key: str, low: float = low, high: float = high) -> None:
            found[Wish(low, high, high - low, once=True, most=of.at_normal(key) or math.inf)] = None

        match sweep.role:
            case "cell" if axis == 2 and (below or above):
                fine: Side = "both" if below and above else "start" if below else "end"
                found[_upwards(low, high, fine, of.at_normal("cell_height_mm"))] = None
            case "cell" if axis == 2:
                add("cell_height_mm", length / UP_CELL)
            case "cell" if axis == sweep.through:
                add("cell_through_mm", length / THROUGH_CELL)
            case "cell":
                add("cell_across_mm", length / ACROSS_CELL)
            case "pad" | "barrier" | "fin" | "interface" | "heater" if axis == shortest:
                thin("layer_mm")
            case "side_plate" | "filler" if axis == min((0, 1), key=lambda a: sweep.extent(a)[1] - sweep.extent(a)[0]):
                thin("layer_mm")
            case "end_plate" | "holder" if axis == shortest:
                add("layer_mm", length / THROUGH_PLATE)
            case "cold_plate" if axis != 2:
                add("plate_mm", PLATE_SIZE_MM)
            case "cold_plate" if length <= THIN_SKIN_MM and not any(_overlap((low, high), one) for one in channels):
                thin("plate_through_mm")
            case "cold_plate":
                add("plate_through_mm", length / THROUGH_PLATE)
            case _ if of.sizes.everywhere_mm is not None:
                add("everywhere_mm", length)
            case _:
                pass
    return list(found)


def _upwards(low: float, high: float, fine: Side, given: float | None) -> Wish:
    """Over a cell's height [mm]; with a largest element ``given`` as many as it takes, from the finest to the largest in the same ratio."""
    sides = 2 if fine == "both" else 1
    length, count = (high - low) / sides, UP_CELL / sides
    ratio, growth = UP_GROWTH**count, UP_GROWTH
    if given is not None:
        share = given * (1 - 1 / ratio) / length  # the largest of n elements is length (1 - ratio^(-1/n)) / (1 - 1/ratio)
        count = max(2 / sides, -math.log(ratio) / math.log1p(-share)) if share < 1 else 2 / sides
        growth = ratio ** (1 / count)
    return Wish(low, high, length * (growth - 1) / (ratio - 1), growth, fine=fine, most=given or math.inf)


def _channels(sweeps: Sequence[PlacedSweep]) -> list[tuple[float, float]]:
    """Lower and upper z [mm] of the channels: of the largest piece of each part of coolant."""
    largest: dict[str, PlacedSweep] = {}
    for sweep in sweeps:
        if sweep.region == COOLANT and _volume(sweep) > (_volume(largest[sweep.part]) if sweep.part in largest else 0.0):
            largest[sweep.part] = sweep
    return list(dict.fromkeys(sweep.extent(2) for sweep in largest.values()))


def _volume(sweep: PlacedSweep) -> float:
    return abs(sweep.loops[0].signed_area()) * (sweep.z1 - sweep.z0)


def _overlap(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return min(a[1], b[1]) - max(a[0], b[0]) > SAME_MM


def _thin_limit(sweeps: Sequence[PlacedSweep], axis: int) -> float:
    """Intervals up to this length [mm] are one element; in z only the layers that ask for it are."""
    if axis == 2:
        return 0.0
    edges = [
        math.dist(a[:2], b[:2])
        for sweep in sweeps
        if sweep.region == COOLANT
        for loop in sweep.loops
        for a, b in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True)
    ]
    return min([THIN_MM, *(THIN_SHARE * edge for edge in edges if edge > SAME_MM)])
