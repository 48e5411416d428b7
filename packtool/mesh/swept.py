"""A plan of quadrilaterals swept through heights: hexahedra with the same names as a pack of boxes has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from packtool.errors import MeshError
from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.divisions import grid_lines
from packtool.mesh.grid import FACE_CORNERS, VOID
from packtool.mesh.lattice import is_lattice
from packtool.mesh.naming import boundaries_by_name, interfaces_by_name, on_wall
from packtool.mesh.outlines import inside
from packtool.mesh.placed import SAME_MM, PlacedSweep, meshed_parts
from packtool.mesh.plan import Plan, curved_plan
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh
from packtool.mesh.resolution import Resolution
from packtool.mesh.room import refuse_mesh
from packtool.mesh.tile_parts import Tiles, upright_sees_solid
from packtool.mesh.tiles import tiled_plan

Flags = NDArray[np.bool_]

UPRIGHT = np.array([2, 1, 3, 0])
"""Side (index into ``grid.SIDES``) of a hexahedron over the edge from corner i to i + 1 of its quadrilateral; below is 4, above 5."""


def swept_mesh(layout: Layout, sweeps: Sequence[PlacedSweep], of: Resolution) -> TaggedMesh:
    """The meshed parts of ``layout``, some with arcs, as hexahedra [m]; names as ``build.mesh_layout`` says.

    Raises as ``curved_plan``, or ``tiled_plan`` where cells are round.
    """
    z = grid_lines(sweeps, 2, of)
    plan = tiled_plan(sweeps, of, len(z) - 1) if is_lattice(sweeps) else curved_plan(sweeps, of, len(z) - 1)
    occupancy = filled(sweeps, plan, z)
    quad, layer = np.nonzero(occupancy >= 0)
    refuse_mesh(len(quad))
    region = occupancy[quad, layer]
    element = np.full(occupancy.shape, VOID, dtype=np.int64)
    element[quad, layer] = np.arange(len(quad))
    below = plan.quads[quad] * len(z) + layer[:, None]
    hexes = np.concatenate([below, below + 1], axis=1)

    owner, side, minus, plus = _faces(plan, element, occupancy)
    solid = plus >= 0
    hexes, source = _untangled(hexes, owner, side, plus)
    points = np.column_stack([plan.points[source // len(z)], z[source % len(z)]]) * 1e-3

    outer = ~solid
    out_side, out_owner = side[outer], owner[outer]
    seen = _sees_solid(sweeps, plan, z, occupancy, quad[out_owner], layer[out_owner], out_side)
    facets = hexes[out_owner[:, None], FACE_CORNERS[out_side]]
    walled = on_wall(layout, out_side, points[facets, :2].mean(axis=1) * 1e3)
    boundaries = {name: facets[which] for name, which in boundaries_by_name(out_side, minus[outer], seen, walled).items()}

    inner = solid & (owner < plus)
    inner[inner] = region[owner[inner]] != region[plus[inner]]
    pairs = meshed_parts(layout)
    roles = np.array([MESHED_ROLES.index(product.role) for _, product in pairs])
    mine, other = roles[region[owner[inner]]], roles[region[plus[inner]]]
    facets = hexes[owner[inner][:, None], FACE_CORNERS[side[inner]]]
    backwards = _points_down(facets, points)
    interfaces = {}
    for name, which, turned in interfaces_by_name(mine, other):
        turned |= (mine[which] == other[which]) & backwards[which]
        interfaces[name] = np.where(turned[:, None], facets[which][:, ::-1], facets[which])
    return TaggedMesh(
        points, hexes, region,
        tuple(Region(part.name, product.role, product.material) for part, product in pairs),
        boundaries, interfaces,
    )  # fmt: skip


def filled(sweeps: Sequence[PlacedSweep], plan: Plan, z: Floats) -> Integers:
    """(n_quads, nz) region over each quadrilateral in each layer, COOLANT or VOID. Raises MeshError where two sweeps overlap."""
    occupancy = np.full((len(plan.quads), len(z) - 1), VOID, dtype=np.int64)
    tiles = Tiles(plan) if len(plan.centres) else None
    for sweep in sweeps:
        rows = tiles.covered(sweep) if tiles else np.flatnonzero(inside(sweep.loops, plan.probe))
        low, high = (int(np.searchsorted(z, place - SAME_MM)) for place in (sweep.z0, sweep.z1))
        block = occupancy[rows, low:high]
        taken = block[block != VOID]
        if taken.size:
            other = next(s for s in sweeps if s.region == taken[0])
            raise MeshError(f"{other.part} ({other.role}) and {sweep.part} ({sweep.role}) overlap")
        occupancy[rows, low:high] = sweep.region
    return occupancy


def _faces(plan: Plan, element: Integers, occupancy: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """Every side of every element: the element, the side, the region across it (COOLANT, VOID or a part's), the element across or VOID."""
    n, layers = element.shape
    edges = np.stack([plan.quads, np.roll(plan.quads, -1, axis=1)], axis=2).reshape(-1, 2)
    keys = edges.min(axis=1) * (len(plan.points) + 1) + edges.max(axis=1)
    order = np.argsort(keys, kind="stable")
    twin = np.full(len(keys), VOID, dtype=np.int64)
    pair = np.flatnonzero(keys[order][:-1] == keys[order][1:])
    twin[order[pair]], twin[order[pair + 1]] = order[pair + 1], order[pair]
    across_quad = np.where(twin < 0, n, twin // 4).reshape(n, 4)
    empty = np.full((1, layers), VOID, dtype=np.int64)
    padded, regions = np.concatenate([element, empty]), np.concatenate([occupancy, empty])
    column = np.full((n, 1), VOID, dtype=np.int64)
    found = [(int(UPRIGHT[i]), padded[across_quad[:, i]], regions[across_quad[:, i]]) for i in range(4)]
    found.append((4, np.hstack([column, element[:, :-1]]), np.hstack([column, occupancy[:, :-1]])))
    found.append((5, np.hstack([element[:, 1:], column]), np.hstack([occupancy[:, 1:], column])))
    here = element >= 0
    return (
        np.concatenate([element[here]] * 6),
        np.concatenate([np.full(int(here.sum()), side) for side, _, _ in found]),
        np.concatenate([region[here] for _, _, region in found]),
        np.concatenate([across[here] for _, across, _ in found]),
    )


def _untangled(hexes: Integers, owner: Integers, side: Integers, plus: Integers) -> tuple[Integers, Integers]:
    """The elements with nodes numbered anew, and the old number of each new node.

    Elements share a node only where they can be reached from each other through facets around it; what touches only in an edge or a
    corner is not joined (as in ``grid.solid_grid``). ``owner``, ``side``, ``plus``: every side of every element, and the element across or
    VOID. Inside the solid nothing can be tangled, so only elements at nodes of outer facets are looked at.
    """
    outer = plus < 0
    doubtful = np.zeros(int(hexes.max()) + 1, dtype=bool)
    doubtful[hexes[owner[outer][:, None], FACE_CORNERS[side[outer]]]] = True
    corner = np.flatnonzero(doubtful[hexes.ravel()])  # corners of elements, 8 each, that are looked at ...
    place = np.full(hexes.size, VOID, dtype=np.int64)  # ... and their place among them
    place[corner] = np.arange(len(corner))
    between = np.flatnonzero(~outer & (owner < plus))
    mine = owner[between][:, None] * 8 + FACE_CORNERS[side[between]]
    chosen = (place[mine] >= 0).any(axis=1)
    mine, across = mine[chosen], plus[between[chosen]]
    nodes = hexes.ravel()[mine]
    # the same node's place in the element across: compare with its eight corners
    match = (hexes[across][:, None, :] == nodes[:, :, None]).argmax(axis=2)
    here, there = place[mine].ravel(), place[across[:, None] * 8 + match].ravel()
    here, there = here[here >= 0], there[here >= 0]
    links = coo_matrix((np.ones(here.size, dtype=bool), (here, there)), shape=(len(corner), len(corner)))
    count, label = connected_components(links, directed=False)
    used = np.zeros(len(doubtful), dtype=bool)
    used[hexes] = True
    plain = np.flatnonzero(used & ~doubtful)
    old = np.empty(len(plain) + count, dtype=np.int64)
    old[: len(plain)] = plain
    old[len(plain) + label] = hexes.ravel()[corner]
    order = np.argsort(old, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    new = np.zeros(int(hexes.max()) + 1, dtype=np.int64)
    new[plain] = rank[: len(plain)]
    numbered = new[hexes].ravel()
    numbered[corner] = rank[len(plain) + label]
    return numbered.reshape(-1, 8), old[order]


def _sees_solid(
    sweeps: Sequence[PlacedSweep], plan: Plan, z: Floats, occupancy: Integers, quad: Integers, layer: Integers, side: Integers
) -> Flags:
    """For outer facets: whether the normal from their middle meets a part further on."""
    solid = occupancy >= 0
    above = np.flip(np.logical_or.accumulate(np.flip(solid, 1), axis=1), 1)
    below = np.logical_or.accumulate(solid, axis=1)
    column = np.zeros((len(solid), 1), dtype=bool)
    up, down = np.hstack([above[:, 1:], column]), np.hstack([column, below[:, :-1]])
    seen = np.where(side == 5, up[quad, layer], down[quad, layer])
    upright = np.flatnonzero(side < 4)
    corner = np.argsort(UPRIGHT)[side[upright]]
    a, b = plan.points[plan.quads[quad[upright], corner]], plan.points[plan.quads[quad[upright], (corner + 1) % 4]]
    edge, back = np.unique(quad[upright] * 4 + corner, return_inverse=True)
    first = np.empty(len(edge), dtype=np.int64)
    first[back] = np.arange(len(upright))
    middle, along = ((a + b) / 2)[first], (b - a)[first]
    normal = np.column_stack([along[:, 1], -along[:, 0]]) / np.linalg.norm(along, axis=1, keepdims=True)
    if len(plan.centres):
        seen[upright] = upright_sees_solid(sweeps, z, middle, normal)[back, layer[upright]]
        return seen
    boxes = np.array([[*s.loops[0].bounds(), s.z0, s.z1] for s in sweeps if s.region >= 0])
    hits = np.zeros((len(edge), len(boxes)), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        near, far = np.full(hits.shape, -np.inf), np.full(hits.shape, np.inf)
        for axis in (0, 1):
            d = np.where(np.abs(normal[:, axis]) < 1e-9, 0.0, normal[:, axis])[:, None]
            t0 = (boxes[:, axis] - middle[:, axis, None]) / d
            t1 = (boxes[:, axis + 2] - middle[:, axis, None]) / d
            near, far = np.fmax(near, np.fmin(t0, t1)), np.fmin(far, np.fmax(t0, t1))
        hits = (far > near + SAME_MM) & (near >= -SAME_MM)
    middles = (z[1:] + z[:-1]) / 2
    in_layer = (boxes[:, 4][None, :] < middles[:, None]) & (boxes[:, 5][None, :] > middles[:, None])
    table = hits.astype(np.float32) @ in_layer.T.astype(np.float32) > 0
    seen[upright] = table[back, layer[upright]]
    return seen


def _points_down(facets: Integers, points: Floats) -> Flags:
    """Facets whose normal points towards smaller coordinates (along its largest component)."""
    a, b, c, d = (points[facets[:, i]] for i in range(4))
    normal = np.cross(c - a, d - b)
    along = np.abs(normal).argmax(axis=1)
    return normal[np.arange(len(normal)), along] < 0
