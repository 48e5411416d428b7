"""A pack of axis-aligned parts as one tensor grid of hexahedra."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from packtool.errors import MeshError
from packtool.layout.profiles import Loop
from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.divisions import grid_lines
from packtool.mesh.grid import VOID, SolidGrid, solid_grid
from packtool.mesh.naming import boundaries_by_name, interfaces_by_name, on_wall
from packtool.mesh.placed import SAME_MM, PlacedSweep, meshed_parts
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh
from packtool.mesh.resolution import Resolution
from packtool.mesh.room import refuse_mesh


def tensor_mesh(layout: Layout, sweeps: Sequence[PlacedSweep], of: Resolution) -> TaggedMesh:
    """The meshed parts of ``layout``, whose sweeps are all rectilinear, as hexahedra [m]; names as ``build.mesh_layout`` says."""
    x, y, z = (grid_lines(sweeps, axis, of) for axis in range(3))
    refuse_mesh(0, boxes=(len(x) - 1) * (len(y) - 1) * (len(z) - 1))
    occupancy = occupied(sweeps, x, y, z)
    refuse_mesh(int(np.count_nonzero(occupancy >= 0)))
    grid = solid_grid(x * 1e-3, y * 1e-3, z * 1e-3, occupancy)
    pairs = meshed_parts(layout)
    roles = np.array([MESHED_ROLES.index(product.role) for _, product in pairs])
    return TaggedMesh(
        grid.points,
        grid.hexes,
        grid.region,
        tuple(Region(part.name, product.role, product.material) for part, product in pairs),
        _boundaries(layout, grid, occupancy),
        _interfaces(grid, roles),
    )


def occupied(sweeps: Sequence[PlacedSweep], x: Floats, y: Floats, z: Floats) -> Integers:
    """(nx, ny, nz) region of each grid box, COOLANT or VOID. Lines in mm. Raises MeshError where two sweeps overlap."""
    occupancy = np.full((len(x) - 1, len(y) - 1, len(z) - 1), VOID, dtype=np.int64)
    for sweep in sweeps:
        i, j, mask = covered(sweep.loops, x, y)
        k = slice(_line(z, sweep.z0), _line(z, sweep.z1))
        block = occupancy[i, j, k]
        filled = np.broadcast_to(mask[:, :, None], block.shape)
        taken = block[filled & (block != VOID)]
        if taken.size:
            other = next(s for s in sweeps if s.region == taken[0])
            raise MeshError(f"{other.part} ({other.role}) and {sweep.part} ({sweep.role}) overlap")
        block[filled] = sweep.region
    return occupancy


def covered(loops: Sequence[Loop], x: Floats, y: Floats) -> tuple[slice, slice, NDArray[np.bool_]]:
    """The grid boxes of the plan inside an outline less its holes: their range in x and y, and which of the range they are."""
    x0, y0, x1, y1 = loops[0].bounds()
    i, j = slice(_line(x, x0), _line(x, x1)), slice(_line(y, y0), _line(y, y1))
    crossings = np.zeros((i.stop - i.start + 1, j.stop - j.start), dtype=bool)
    for loop in loops:
        for (ax, ay, _), (bx, by, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
            if abs(ax - bx) <= SAME_MM:
                low, high = sorted((_line(y, ay) - j.start, _line(y, by) - j.start))
                crossings[_line(x, ax) - i.start, low:high] ^= True
    return i, j, np.logical_xor.accumulate(crossings, axis=0)[:-1]


def _line(lines: Floats, place: float) -> int:
    """Index of the grid line at ``place``."""
    return int(np.searchsorted(lines, place - SAME_MM))


def _boundaries(layout: Layout, grid: SolidGrid, occupancy: Integers) -> dict[str, Integers]:
    """Outer facets by what they face along their normal."""
    axis, ahead = grid.outer_side // 2, grid.outer_side % 2
    place = grid.place[grid.outer_element]
    beyond = place.copy()
    beyond[np.arange(len(axis)), axis] += 2 * ahead - 1
    padded = np.pad(occupancy, 1, constant_values=VOID)
    facing = padded[tuple((beyond + 1).T)]
    sees_solid = np.zeros(len(axis), dtype=bool)
    solid = padded >= 0
    for side in range(6):
        here = np.flatnonzero(grid.outer_side == side)
        along = np.flip(solid, side // 2) if side % 2 else solid
        reached = np.logical_or.accumulate(along, axis=side // 2)
        reached = np.flip(reached, side // 2) if side % 2 else reached
        sees_solid[here] = reached[tuple((beyond[here] + 1).T)]
    facets = grid.outer_facets(np.arange(len(axis)))
    middle = grid.points[facets, :2].mean(axis=1) * 1e3
    walled = on_wall(layout, grid.outer_side, middle)
    named = boundaries_by_name(grid.outer_side, facing, sees_solid, walled)
    return {name: facets[which] for name, which in named.items()}


def _interfaces(grid: SolidGrid, roles: Integers) -> dict[str, Integers]:
    """Facets between parts, by their pair of roles."""
    minus, plus = roles[grid.region[grid.inner_minus]], roles[grid.region[grid.inner_plus]]
    return {name: grid.facets_between(which, turned)[0] for name, which, turned in interfaces_by_name(minus, plus)}
