"""Meshes of single busbars for the flow of current and heat in them: bars of boxes in space, flat plates with round seats in their plan."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from packtool.errors import MeshError
from packtool.layout.bar_seats import Seat
from packtool.layout.profiles import Loop
from packtool.layout.records import Product
from packtool.mesh.gmsh_process import run_gmsh
from packtool.mesh.grid import FACE_CORNERS, SIDES, solid_grid
from packtool.mesh.grid_lines import MaxSize, divided, merged
from packtool.mesh.lattice import circle_of
from packtool.mesh.placed import SAME_MM, PlacedSweep
from packtool.mesh.records import Floats, Integers
from packtool.mesh.tensor import occupied

FIRST, LARGEST, GROWTH = 0.25, 6.0, 2.0
"""Elements of a bar of boxes, in thicknesses: beside an edge of it or of a seat, where the current turns from the seat into
the bar (but two at least between any two edges), away from them, and how they grow from one to the other."""
AROUND = 8
"""Edges on a round seat's rim on the coarser mesh."""
GAP = 0.5
"""Largest edge between round seats on the coarser mesh, over the least distance of their rims."""
GROWN = 0.6
"""How much edges grow with the distance from a rim on the coarser mesh."""
TIME_LIMIT_S = 120.0


@dataclass(frozen=True)
class BarMesh:
    """``points`` (n, 2 or 3) [m]; ``elements`` (m, 3): triangles of a sheet of ``thickness`` [m], or (m, 8): boxes along x, y, z, nodes in the
    order of VTK (``thickness`` then is 1); ``seats``: the nodes of each seat; ``even``: whether it takes the same current all along, instead of
    being at one potential; ``top`` (k, 4): the outer facets at the top of boxes; none of a sheet."""

    points: Floats
    elements: Integers
    seats: tuple[Integers, ...]
    even: tuple[bool, ...]
    thickness: float
    top: Integers


def bar_meshes(bars: Sequence[tuple[Product, tuple[Seat, ...]]], halved: bool) -> list[BarMesh]:
    """A mesh of each busbar with its seats; ``halved``: with half the elements in each direction.

    Raises MeshError where a seat is not on its bar, and for shapes that are neither boxes nor one flat sheet; MissingPart without gmsh,
    which only sheets need.
    """
    flat = [number for number, (_, seats) in enumerate(bars) if any(seat.circle for seat in seats)]
    found = {number: _boxes(*bars[number], halved) for number in range(len(bars)) if number not in flat}
    if flat:
        found |= dict(zip(flat, _sheets([bars[number] for number in flat], halved), strict=True))
    return [found[number] for number in range(len(bars))]


def _boxes(product: Product, seats: tuple[Seat, ...], halved: bool) -> BarMesh:
    """A bar whose sweeps are all rectilinear, on a tensor grid that is graded towards every edge of it and its seats."""
    sweeps = [PlacedSweep(product.id, "busbar", 0, (s.profile.outer, *s.profile.holes), s.z0, s.z1, 2) for s in product.sweeps]
    if not all(sweep.is_rectilinear for sweep in sweeps):
        raise MeshError(f"{product.id} is neither a bar of boxes nor a flat plate with round seats")
    low, high = np.array(product.bounds()).reshape(2, 3)
    lines = []
    thickness = min(sweep.extent(axis)[1] - sweep.extent(axis)[0] for sweep in sweeps for axis in range(3))
    for axis in range(3):
        places = [v for s in sweeps for v in s.extent(axis)]
        if axis < 2:
            places += [vertex[axis] for s in sweeps for loop in s.loops for vertex in loop.vertices]
        places += [seat.box[k] for seat in seats if seat.box for k in (axis, axis + 3)]
        faces = merged([p for p in places if low[axis] - SAME_MM <= p <= high[axis] + SAME_MM], SAME_MM)
        fine = divided(faces, MaxSize(LARGEST * thickness, FIRST * thickness, GROWTH), SAME_MM, "xyz"[axis])
        lines.append(fine[::2] if halved else fine)
    x, y, z = lines
    grid = solid_grid(x, y, z, occupied(sweeps, x, y, z))
    facets = grid.hexes[grid.outer_element[:, None], FACE_CORNERS[grid.outer_side]]
    middles = grid.points[facets].mean(axis=1)
    nodes = tuple(_on_box(seat, product.id, facets, middles, grid.outer_side // 2) for seat in seats)
    top = facets[(grid.outer_side == SIDES.index("z+")) & (middles[:, 2] > high[2] - SAME_MM)]
    return BarMesh(grid.points * 1e-3, grid.hexes, nodes, (False,) * len(seats), 1.0, top)


def _on_box(seat: Seat, name: str, facets: Integers, middles: Floats, axis: Integers) -> Integers:
    """The nodes of the outer facets within a seat's box. Raises MeshError where there are none."""
    assert seat.box is not None
    dims = middles.shape[1]
    low, high = (np.array(seat.box)[k : k + dims] for k in (0, 3))
    there = ((middles >= low - SAME_MM) & (middles <= high + SAME_MM)).all(axis=1)
    if seat.normal is not None:
        there &= axis == seat.normal
    if not there.any():
        raise MeshError(f"{name} has no face at {seat.box}, where current is to pass")
    return np.unique(facets[there])


def _sheets(bars: Sequence[tuple[Product, tuple[Seat, ...]]], halved: bool) -> list[BarMesh]:
    """Flat plates, whose round seats are holes in their mesh: no current flows in a disc at one potential, nor in a window."""
    given = [_outlines(product, seats, halved) for product, seats in bars]
    with tempfile.TemporaryDirectory(prefix="packtool-busbars-") as folder:
        target = Path(folder) / "sheets.npz"
        arrays = {f"{what} {k}": array for k, sheet in enumerate(given) for what, array in sheet.items()}
        run_gmsh("sheets", arrays | {"count": np.array(len(given))}, target, TIME_LIMIT_S, "the busbars")
        with np.load(target, allow_pickle=False) as made:
            meshed = [(made[f"points {k}"], made[f"triangles {k}"]) for k in range(len(given))]
    return [_sheet(*bar, sheet, *mesh) for bar, sheet, mesh in zip(bars, given, meshed, strict=True)]


def _outlines(product: Product, seats: tuple[Seat, ...], halved: bool) -> dict[str, Floats | Integers]:
    """What the mesh of a sheet is made from: ``corners`` (n, 2) [mm] of its loops one after another, outer first, ``first`` (n_loops + 1,) where
    each begins, ``whole`` (n_loops,) whether its edges stay as they are, their length
    ``edge``, the largest ``size`` of the others and the way from one to the other, ``reach``; ``seat`` (n_seats,) loop of each, -1: none."""
    if len(product.sweeps) != 1:
        raise MeshError(f"{product.id} has round seats and is not one flat plate")
    profile = product.sweeps[0].profile
    around = AROUND if halved else 2 * AROUND
    loops = [profile.outer, *profile.holes]
    own = []
    for seat in seats:
        if seat.circle is None:
            own.append(-1)
            continue
        x, y, radius = seat.circle
        same = [k for k, loop in enumerate(loops) if _is_at(loop, x, y, radius)]
        own.append(same[0] if same else len(loops))
        if not same:
            loops.append(Loop.circle(x, y, radius))
    circles = [c for loop in loops[1:] if (c := circle_of(loop)) is not None]
    places, radii = np.array([(c.x, c.y) for c in circles]), np.array([c.radius for c in circles])
    x0, y0, x1, y1 = profile.outer.bounds()
    size = min(x1 - x0, y1 - y0) / 4
    if len(circles) > 1:
        apart = np.linalg.norm(places[:, None] - places[None], axis=2) - radii[:, None] - radii[None]
        size = min(size, GAP * float(apart[~np.eye(len(circles), dtype=bool)].min()))
    size = size if halved else size / 2
    edge = min(size, 2 * np.pi * float(radii.min()) / around)
    corners = [_polygon(loop, around, product.id) for loop in loops]
    return {
        "corners": np.concatenate(corners),
        "first": np.concatenate([[0], np.cumsum([len(one) for one in corners])]),
        "whole": np.array([circle_of(loop) is not None for loop in loops]),
        "edge": np.array(edge),
        "size": np.array(size),
        "reach": np.array((size - edge) / (GROWN if halved else GROWN / 2)),
        "seat": np.array(own),
    }


def _is_at(loop: Loop, x: float, y: float, radius: float) -> bool:
    """Whether a loop is this circle."""
    c = circle_of(loop)
    return c is not None and max(abs(c.x - x), abs(c.y - y), abs(c.radius - radius)) < 10 * SAME_MM


def _polygon(loop: Loop, around: int, name: str) -> Floats:
    """The corners (n, 2) of a straight loop, or of the polygon with ``around`` corners that has a circle's area."""
    c = circle_of(loop)
    if c is None:
        if not loop.is_straight:
            raise MeshError(f"{name} has arcs in its outline that are no whole circles")
        return np.array([(x, y) for x, y, _ in loop.vertices])
    angle = 2 * np.pi * np.arange(around) / around
    grown = c.radius * np.sqrt(2 * np.pi / (around * np.sin(2 * np.pi / around)))
    return np.array([c.x, c.y]) + grown * np.column_stack([np.cos(angle), np.sin(angle)])


def _sheet(
    product: Product, seats: tuple[Seat, ...], given: dict[str, Floats | Integers], points: Floats, triangles: Integers
) -> BarMesh:
    """The mesh [mm] of a sheet with the nodes of its seats. The corners of its loops are its first points."""
    edges = np.sort(np.concatenate([triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))]), axis=1)
    edges, count = np.unique(edges, axis=0, return_counts=True)
    outer = edges[count == 1]
    along = np.abs(points[outer[:, 1]] - points[outer[:, 0]])
    nodes = []
    for seat, loop in zip(seats, given["seat"].tolist(), strict=True):
        if loop < 0:
            nodes.append(_on_box(seat, product.id, outer, points[outer].mean(axis=1), along.argmin(axis=1)))
        else:
            nodes.append(np.arange(given["first"][loop], given["first"][loop + 1]))
    sweep = product.sweeps[0]
    even, thickness = tuple(seat.even for seat in seats), (sweep.z1 - sweep.z0) * 1e-3
    return BarMesh(points * 1e-3, triangles, tuple(nodes), even, thickness, np.empty((0, 4), dtype=np.int64))
