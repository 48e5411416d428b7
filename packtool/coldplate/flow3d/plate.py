"""A cold plate with channels of rectangles, as one grid for flow and heat.

The coolant's flow is symmetric to the middle of the channel's height (constant properties), so it is solved on the lower half; heat is not, and
is solved on the whole plate. Both use the same lines, so that the velocity is carried over node by node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from packtool.coldplate.flow3d.plan import Plan, halved, of_lines, swept, towards_corners
from packtool.coldplate.flow3d.round_plan import RoundLattice, Turn, round_lattice
from packtool.errors import SolveError
from packtool.fem.elements import ElementMesh, outer_facets, refined
from packtool.fem.lattice import graded, joined
from packtool.mesh.records import Floats, Integers

Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 [m]."""


@dataclass(frozen=True, slots=True)
class Face:
    """A side of the channel through which coolant passes: normal to ``axis`` (0: x, 1: y) at ``place``, from ``low`` to ``high`` along the other [m]."""

    axis: int
    place: float
    low: float
    high: float


@dataclass(frozen=True)
class ChannelPlate:
    """``size`` of the plate; ``channels`` rectangles whose union the coolant fills between ``z[1]`` and ``z[2]``; ``z`` (bottom, channel's
    bottom, channel's top, top) [m]; where coolant enters and leaves. The channel to the outlet may go on beyond the plate: a duct without metal, adiabatic.
    ``turns``: half circles of channel that join the rectangles, legs along x then."""

    size: Rectangle
    channels: tuple[Rectangle, ...]
    z: tuple[float, float, float, float]
    inlet: Face
    outlet: Face
    channel_width: float | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def duct_length(self) -> float:
        """Length [m] of the duct behind the plate's edge that the outlet ends."""
        axis, place = self.outlet.axis, self.outlet.place
        return max(self.size[axis] - place, place - self.size[axis + 2], 0.0)

    @property
    def width(self) -> float:
        """The narrowest channel's width [m]: as given, else the narrowest side of a rectangle."""
        return self.channel_width or min(min(x1 - x0, y1 - y0) for x0, y0, x1, y1 in self.channels)


@dataclass(frozen=True, slots=True)
class Fineness:
    """Of the coarsest mesh: elements ``across`` a channel's width, over half its height (``up``) and through a skin; ``stretch``: how much longer
    than wide elements may be along a leg. Every element of the channel is then cut in two a
    direction, ``times`` over; skins are not, through their thickness. ``corners``: rings of ever smaller elements about the edges that coolant turns round.
    ``grading``: an element in a channel's middle is this much wider than at its walls.
    ``coarser``: what is solved before it, for its flow to begin at; the last two meshes tell the error. SolveError where it is no coarser."""

    across: int
    up: int
    skin: int = 1
    stretch: float = 5.0
    times: int = 1
    corners: int = 0
    grading: float = 3.0
    coarser: Fineness | None = None

    def __post_init__(self) -> None:
        if self.coarser and self.meshes[-1].over(self.meshes[-2]) <= 1:
            raise SolveError(
                "the mesh that is solved before another must be coarser, both across a channel and up: the two tell the error"
            )

    @property
    def meshes(self) -> tuple[Fineness, ...]:
        """What is solved, the coarsest first, itself last."""
        own = tuple(replace(self, times=times, coarser=None) for times in range(self.times + 1))
        return (*self.coarser.meshes, *own) if self.coarser else own

    def over(self, other: Fineness) -> float:
        """How many times as large elements of ``other`` are, across a channel or up, whichever is less."""
        return min(self.across / other.across, self.up / other.up) * 2.0 ** (self.times - other.times)


LEVELS = {
    "coarse": Fineness(6, 3, stretch=12.0, times=0, grading=6.0, coarser=Fineness(3, 1, stretch=12.0, times=0)),
    "normal": Fineness(4, 2, stretch=8.0, corners=3, coarser=Fineness(2, 1, stretch=8.0, times=0)),
    "fine": Fineness(5, 2, 2, corners=4),
}
"""By name, as in the design file. Coarse: on the reference serpentine 0.4 % and 0.04 K off; with gradings of 3 and 10 in place of 6 it is 0.065 and 0.029 K, with 2 elements over half
the height 0.13 K, with 5 across 0.10 K. Rings that are not cut in two take the pressure's error to a tenth, but leave places tens of K off in the coolant beside corners, where the
velocity's divergence is large. Without rings no refinement of practical size meets the serpentine's pressure drop to 1.5 Pa: it is 0.7 and 1.0 % too high with 6 and 8 elements
across. Of meshes smaller than normal's none holds 1.5 Pa and 0.1 K there: two rings give 648.1 Pa in place of 647.1, and Fineness(3, 2, corners=2) a highest temperature
0.11 K too high, more than its error tells."""


@dataclass(frozen=True)
class PlateGrid:
    """``flow``: the lower half of the channel before it is refined ``times``, boundaries inlet, outlet, wall, middle. ``heat``: the whole plate, refined, boundaries inlet, outlet,
    top, bottom, side, and duct where one goes on behind the plate; ``fluid`` (n_elements,) of it. ``middle`` z of the mirror [m]. With round turns the flow's points are those of the ``lattice``."""

    flow: ElementMesh
    heat: ElementMesh
    fluid: NDArray[np.bool_]
    middle: float
    times: int
    lattice: RoundLattice | None = None

    def placed(self, points: Floats) -> Floats:
        """Where drawn points (n, 3) [m] lie in the plate."""
        return self.lattice.placed(points, self.times) if self.lattice else points


def plate_grid(plate: ChannelPlate, fineness: Fineness) -> PlateGrid:
    """Both meshes of ``plate``. SolveError for channels that leave the plate, or faces that are no side of a channel."""
    _refuse(plate)
    lattice = _round(plate, fineness) if plate.turns else None
    plan = lattice.plan() if lattice else _square(plate, fineness)
    z0, z1, z2, z3 = plate.z
    half = (z1 + z2) / 2
    up = z1 + graded(0.0, half - z1, fineness.up, 2.0, False)
    points, hexes = swept(plan.points, plan.quads, up, np.tile(plan.wet[:, None], fineness.up))
    flow = _named(plate, lattice.placed(points, 0) if lattice else points, hexes, {"middle": half}, "wall")
    flow = replace(flow, points=points)
    for _ in range(fineness.times):
        plan, up = halved(plan), _halved(up)
    n_skin = fineness.skin
    z = joined(np.linspace(z0, z1, n_skin + 1), up, z1 + z2 - up[::-1], np.linspace(z2, z3, n_skin + 1))
    inside = np.zeros(len(z) - 1, dtype=bool)
    inside[n_skin:-n_skin] = True
    fluid = plan.wet[:, None] & inside
    kept = fluid | (plan.metal[:, None] & ~(plan.cut[:, None] & inside))
    points, hexes = swept(plan.points, plan.quads, z, kept)
    points = lattice.placed(points, fineness.times) if lattice else points
    heat = _named(plate, points, hexes, {"bottom": z0, "top": z3}, "side", "duct")
    return PlateGrid(flow, heat, fluid[kept], half, fineness.times, lattice)


def _square(plate: ChannelPlate, fineness: Fineness) -> Plan:
    """The plan of channels of rectangles."""
    x, y = (_lines(plate, axis, fineness) for axis in range(2))
    # what lies beyond an inlet or outlet face, towards the plate's edge, is left out: the face is then a side of the mesh
    cut = _beyond(plate, plate.inlet, x, y) | _beyond(plate, plate.outlet, x, y)
    return towards_corners(of_lines(x, y, _wet(plate, x, y), _in_plate(plate, x, y), cut), fineness.corners)


def _round(plate: ChannelPlate, fineness: Fineness) -> RoundLattice:
    """The lattice of legs joined by round turns. SolveError as ``round_lattice``."""
    low = max((turn.x for turn in plate.turns if turn.way < 0), default=None)
    high = min((turn.x for turn in plate.turns if turn.way > 0), default=None)
    low = max(leg[0] for leg in plate.channels) if low is None else low
    high = min(leg[2] for leg in plate.channels) if high is None else high
    if not low < high:
        raise SolveError("the legs between round turns have no length")
    x = _leg(low, high, plate.width / fineness.across, fineness.stretch)
    across = graded(0.0, 1.0, fineness.across, fineness.grading if fineness.across > 2 else 1.0)
    return round_lattice(plate.size, plate.channels, plate.turns, x, across)


def finest_flow_mesh(grid: PlateGrid) -> ElementMesh:
    """The flow's mesh on the lines of ``grid.heat``."""
    mesh = grid.flow
    for _ in range(grid.times):
        mesh, _ = refined(mesh)
    return replace(mesh, points=grid.placed(mesh.points))


def _wet(plate: ChannelPlate, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Boxes of the plan that the coolant fills."""
    mx, my = ((x[1:] + x[:-1]) / 2)[:, None], ((y[1:] + y[:-1]) / 2)[None, :]
    wet = np.zeros((len(x) - 1, len(y) - 1), dtype=bool)
    for x0, y0, x1, y1 in plate.channels:
        wet |= (mx > x0) & (mx < x1) & (my > y0) & (my < y1)
    return wet


def _in_plate(plate: ChannelPlate, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Boxes of the plan that lie within the plate's size."""
    mx, my = ((x[1:] + x[:-1]) / 2)[:, None], ((y[1:] + y[:-1]) / 2)[None, :]
    x0, y0, x1, y1 = plate.size
    return np.asarray((mx > x0) & (mx < x1) & (my > y0) & (my < y1))


def _halved(lines: Floats) -> Floats:
    return np.sort(np.concatenate([lines, (lines[1:] + lines[:-1]) / 2]))


def _beyond(plate: ChannelPlate, face: Face, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Boxes of the plan between a face and the plate's edge behind it."""
    mx, my = np.meshgrid((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2, indexing="ij")
    along, across = (mx, my) if face.axis == 0 else (my, mx)
    inside = next(r for r in plate.channels if _is_side(r, face))
    outward = 1 if abs(inside[face.axis + 2] - face.place) < 1e-9 else -1
    return np.asarray((outward * (along - face.place) > 0) & (across > face.low) & (across < face.high))


def _named(
    plate: ChannelPlate, points: Floats, hexes: Integers, levels: dict[str, float], rest: str, duct: str = ""
) -> ElementMesh:
    """The mesh with its boundaries: inlet, outlet, those at the heights ``levels``, the walls of a ``duct`` behind the plate (unnamed: of the rest), and the ``rest``."""
    outer = outer_facets(hexes)
    corner, left, boundaries = points[outer], np.ones(len(outer), dtype=bool), {}
    centre = corner.mean(axis=1)
    wet = (centre[:, 2] > plate.z[1]) & (centre[:, 2] < plate.z[2])

    def take(name: str, here: NDArray[np.bool_]) -> None:
        if here.any():
            boundaries[name] = outer[here]
        left[here] = False

    for name, place in levels.items():
        take(name, (np.abs(corner[:, :, 2] - place) < 1e-9).all(axis=1))
    for name, face in (("inlet", plate.inlet), ("outlet", plate.outlet)):
        at = (np.abs(corner[:, :, face.axis] - face.place) < 1e-9).all(axis=1)
        across = centre[:, 1 - face.axis]
        take(name, left & at & wet & (across > face.low) & (across < face.high))
    if duct:
        x0, y0, x1, y1 = plate.size
        take(duct, left & ((centre[:, :2] < (x0 - 1e-9, y0 - 1e-9)) | (centre[:, :2] > (x1 + 1e-9, y1 + 1e-9))).any(axis=1))
    take(rest, left.copy())
    return ElementMesh(points, hexes, boundaries)


def _lines(plate: ChannelPlate, axis: int, fineness: Fineness) -> Floats:
    """Grid lines along x or y: through every side of a channel, graded towards walls and turns."""
    width = plate.width
    places = {plate.size[axis], plate.size[axis + 2]}
    for rectangle in plate.channels:
        places |= {rectangle[axis], rectangle[axis + 2]}
    edges = _merged(sorted(places))
    pieces = []
    for low, high in pairwise(edges):
        middle, length = (low + high) / 2, high - low
        wet = any(r[axis] < middle < r[axis + 2] for r in plate.channels)
        if not wet:
            pieces.append(
                np.linspace(low, high, 1 + max(1 + (fineness.corners > 0), min(2, round(length / width * fineness.across / 2))))
            )
        elif length <= 2.5 * width:
            n = max(2, round(fineness.across * length / width)) if length > 0.75 * width else max(2, fineness.across // 3)
            pieces.append(graded(low, high, n, fineness.grading if n > 2 else 1.0))
        else:
            pieces.append(_leg(low, high, width / fineness.across, fineness.stretch))
    return joined(*pieces)


def _leg(low: float, high: float, first: float, stretch: float) -> Floats:
    """Lines along a leg: elements at its ends are 1.5 ``first`` long, and grow to the middle, to ``stretch`` times ``first`` at most."""
    longest, shortest = stretch * first, 1.5 * first
    n = 2
    while True:
        ratio = min(longest / shortest, 1.5 ** (n // 2))
        lines = graded(low, high, n, ratio)
        steps = np.diff(lines)
        if steps.min() <= shortest and steps.max() <= 1.2 * longest:
            return lines
        n += 1


def _merged(places: list[float]) -> list[float]:
    kept = places[:1]
    for place in places[1:]:
        if place - kept[-1] > 1e-7:
            kept.append(place)
    return kept


def _is_side(rectangle: Rectangle, face: Face) -> bool:
    other = 1 - face.axis
    at_end = min(abs(rectangle[face.axis] - face.place), abs(rectangle[face.axis + 2] - face.place)) < 1e-9
    return at_end and rectangle[other] - 1e-9 <= face.low and face.high <= rectangle[other + 2] + 1e-9


def _refuse(plate: ChannelPlate) -> None:
    x0, y0, x1, y1 = plate.size
    if not plate.channels:
        raise SolveError("the plate has no channel")
    for r in plate.channels:
        if not (r[0] < r[2] and r[1] < r[3]):
            raise SolveError(f"a channel from ({r[0]:g}, {r[1]:g}) to ({r[2]:g}, {r[3]:g}) m is empty")
        outside = r[0] < x0 - 1e-9 or r[1] < y0 - 1e-9 or r[2] > x1 + 1e-9 or r[3] > y1 + 1e-9
        if outside and not (plate.duct_length and _is_side(r, plate.outlet)):
            raise SolveError(f"the channel from ({r[0]:g}, {r[1]:g}) to ({r[2]:g}, {r[3]:g}) m leaves the plate")
    z = plate.z
    if not z[0] < z[1] < z[2] < z[3]:
        raise SolveError(f"the plate's heights must ascend: {', '.join(f'{v:g}' for v in z)} m")
    for name, face in (("inlet", plate.inlet), ("outlet", plate.outlet)):
        if not any(_is_side(r, face) for r in plate.channels):
            raise SolveError(f"the {name} is no side of a channel")
