"""Upright cylinders on a lattice, as a mesh of tiles needs to see them: rows, half-pitch columns, concentric radii, straight outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.errors import MeshError
from packtool.layout.profiles import Loop
from packtool.mesh.placed import SAME_MM, PlacedSweep
from packtool.mesh.records import Floats

ON_SITE_MM = 1e-4
"""Middles of circles closer than this are one; rows and columns of the lattice hold to it."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A whole circle [mm]."""

    x: float
    y: float
    radius: float


def circle_of(loop: Loop) -> Circle | None:
    """The circle that a loop of two half arcs is; None for any other outline."""
    if len(loop.vertices) != 2 or any(abs(abs(bulge) - 1.0) > 1e-12 for _, _, bulge in loop.vertices):
        return None
    (x0, y0, _), (x1, y1, _) = loop.vertices
    return Circle((x0 + x1) / 2, (y0 + y1) / 2, float(np.hypot(x1 - x0, y1 - y0)) / 2)


def is_lattice(sweeps: Sequence[PlacedSweep]) -> bool:
    """Some cell stands upright and is round."""
    return any(sweep.role == "cell" and circle_of(sweep.loops[0]) is not None for sweep in sweeps)


def transposed(sweep: PlacedSweep) -> PlacedSweep:
    """With x and y exchanged: a lattice whose rows run along y has them along x then."""
    loops = tuple(Loop(tuple((y, x, -bulge) for x, y, bulge in loop.vertices)) for loop in sweep.loops)
    return PlacedSweep(sweep.part, sweep.role, sweep.region, loops, sweep.z0, sweep.z1, sweep.through)


@dataclass(frozen=True)
class Lattice:
    """Rows of sites along x, from below [mm].

    Site (j, h) stands at (``x0`` + h ``pitch`` / 2, ``y`` [j]) where h has the parity ``odd`` [j] of its row, 0 <= h <= ``halves``. ``radii``
    ascending: of all circles about sites; ``radius``: the largest of them, out to which a site's tile is round.
    """

    x0: float
    pitch: float
    halves: int
    y: Floats
    odd: tuple[int, ...]
    radii: tuple[float, ...]

    @property
    def radius(self) -> float:
        """The largest circle's."""
        return self.radii[-1]

    def sites(self, row: int) -> Floats:
        """x of a row's sites, ascending [mm]."""
        return self.x0 + np.arange(self.odd[row], self.halves + 1, 2) * self.pitch / 2

    def hexagons(self, row: int) -> Floats | None:
        """(n, 2) corners, by x, of the hexagon edges between a row and the next, which stands offset [mm]; None where both are in line.

        The corners are equally far from three sites: over each site of the lower row and under each of the upper one's, but beside
        the outermost, where the line goes on straight.
        """
        if self.odd[row] == self.odd[row + 1]:
            return None
        low, rise = float(self.y[row]), float(self.y[row + 1] - self.y[row])
        upright = (rise**2 - self.pitch**2 / 4) / (2 * rise)
        number = np.arange(self.halves + 1)
        over_lower = number % 2 == self.odd[row]
        return np.column_stack([self.x0 + number * self.pitch / 2, np.where(over_lower, low + rise - upright, low + upright)])


def lattice_of(sweeps: Sequence[PlacedSweep]) -> Lattice:
    """The lattice of all circles of ``sweeps``.

    Raises MeshError where circles stand on none: uneven pitch along a row, rows offset by neither nothing nor half a pitch.
    """
    exact = sorted(sweeps, key=lambda sweep: sweep.role != "cell")  # holes may be rounded
    found = [(sweep, circle) for sweep in exact for loop in sweep.loops if (circle := circle_of(loop)) is not None]
    places = np.array([(circle.x, circle.y) for _, circle in found])
    radii = distinct([circle.radius for _, circle in found], SAME_MM)
    y = distinct(places[:, 1], ON_SITE_MM)
    row = np.abs(places[:, 1][:, None] - y[None, :]).argmin(axis=1) if len(y) < 2 else _nearest(places[:, 1], y)
    steps = [
        np.diff(distinct(places[row == j, 0], ON_SITE_MM)).min()
        for j in range(len(y))
        if len(distinct(places[row == j, 0], ON_SITE_MM)) > 1
    ]
    x = distinct(places[:, 0], ON_SITE_MM)
    if steps:
        pitch = float(min(steps))
    elif len(x) > 1:
        pitch = 2 * float(np.diff(x).min())
    else:
        pitch = float(np.diff(y).min()) if len(y) > 1 else 2.4 * float(radii[-1])
    half = (places[:, 0] - x[0]) / (pitch / 2)
    number = np.rint(half).astype(np.int64)
    off = np.abs(half - number) * pitch / 2
    odd = np.zeros(len(y), dtype=np.int64)
    odd[row] = number % 2
    astray = np.flatnonzero((off > ON_SITE_MM) | (number % 2 != odd[row]))
    if astray.size:
        sweep, circle = found[int(astray[0])]
        raise MeshError(
            f"part {sweep.part} ({sweep.role}) has a circle about x {circle.x:.6g}, y {circle.y:.6g} mm, off the lattice of the others: "
            f"rows along x of pitch {pitch:.6g} mm, offset by nothing or half a pitch"
        )
    return Lattice(float(x[0]), pitch, int(number.max()), y, tuple(odd.tolist()), tuple(radii.tolist()))


def distinct(values: Sequence[float] | Floats, tolerance: float) -> Floats:
    """Ascending values; of those closer than ``tolerance`` the first given is kept."""
    given = np.asarray(values, dtype=float)
    if not given.size:
        return given
    order = np.argsort(given, kind="stable")
    group = np.cumsum(np.diff(given[order], prepend=given[order[0]]) > tolerance)
    first = np.full(int(group[-1]) + 1, len(given))
    np.minimum.at(first, group, order)
    return given[first]


def _nearest(values: Floats, at: Floats) -> np.ndarray:
    """Index into ascending ``at`` (n,) of the nearest, for each of ``values``."""
    return np.searchsorted((at[1:] + at[:-1]) / 2, values)
