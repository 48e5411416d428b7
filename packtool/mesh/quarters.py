"""Tetrahedra cut into four hexahedra each, a corner's share each: conforming among themselves, and for every solver that takes hexahedra.

dolfinx 0.11 takes no mesh of mixed elements, so parts of any shape come as hexahedra like all others. Curved faces: the tetrahedra come
with the middles of their edges on the faces of the solid; how far these bulge is scaled until the volume is that of the solid, as polygons
for circles keep the area (a bulge of 4/3 does for a circle: a chord's segment has 2/3 of its chord times its height, its triangle 1/2).
Where an edge bulges so far into a flat tetrahedron that its quarters break, on a small fillet say, it is left straight, and the others make up for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from packtool.mesh.measures import hexahedron_jacobians, hexahedron_volumes
from packtool.mesh.records import Floats, Integers

EDGES = np.array([(0, 1), (1, 2), (0, 2), (0, 3), (2, 3), (1, 3)])
"""Edges of a tetrahedron in gmsh's order of their middles (its manual, "Node ordering")."""
FACES = np.array([(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)])
AROUND = ((1, 2, 3), (2, 0, 3), (0, 1, 3), (0, 2, 1))
"""The other corners as each corner sees them, counter-clockwise from outside."""
BULGES = (0.5, 2.0)
"""What the bulge may be scaled by; beyond, the middles do not lie where the volume's error comes from."""
STEPS = 8
GOOD_SPLIT_JACOBIAN = 0.02
"""The four quarters of a tetrahedron are no cubes: those of a regular one have 0.58, those of a flat one much less. Where an edge's bulge
takes one below this, the edge is left straight."""
ROUNDS = 4
"""Of straightening: the bulge of all others grows by what is straightened, and may break further ones."""


@dataclass(frozen=True)
class Quartered:
    """``points`` (n, 3) in the unit given, ``hexes`` (4 m, 8), the ``bulge`` that the volume asked for (1: the middles as given), and the
    ``worst`` scaled Jacobian of all elements."""

    points: Floats
    hexes: Integers
    bulge: float
    worst: float


def quartered(points: Floats, tets: Integers, volume: float) -> Quartered:
    """``tets`` (m, 10), corners and then the middles of EDGES, at ``points`` (n, 3), as hexahedra that hold ``volume`` where bulging their
    curved faces within BULGES makes them."""
    corner, middle = tets[:, :4], tets[:, 4:]
    straight = points[corner[:, EDGES]].mean(axis=2)
    off = points[middle] - straight
    edge = {frozenset(pair): number for number, pair in enumerate(EDGES.tolist())}
    face = {frozenset(triple): number for number, triple in enumerate(FACES.tolist())}
    _, first, inverse = np.unique(np.sort(corner[:, FACES], axis=2).reshape(-1, 3), axis=0, return_index=True, return_inverse=True)
    face_node = len(points) + inverse.reshape(-1, 4)
    centre_node = len(points) + len(first) + np.arange(len(tets))
    hexes = []
    for v, (p, q, r) in enumerate(AROUND):
        ends = [middle[:, edge[frozenset((v, other))]] for other in (p, q, r)]
        sides = [face_node[:, face[frozenset((v, a, b))]] for a, b in ((p, q), (p, r), (q, r))]
        hexes.append(np.stack([corner[:, v], ends[0], sides[0], ends[1], ends[2], sides[1], centre_node, sides[2]], axis=1))
    elements = np.concatenate(hexes)
    on_face = [[edge[frozenset(pair)] for pair in ((a, b), (b, c), (a, c))] for a, b, c in FACES.tolist()]

    def placed(bulge: float) -> Floats:
        """Every point, middles of faces and of tetrahedra by their quadratic shape functions."""
        mid = straight + bulge * off
        moved = points.copy()
        moved[middle] = mid
        faces = -points[corner[:, FACES]].sum(axis=2) / 9 + 4 / 9 * mid[:, on_face].sum(axis=2)
        centres = -points[corner].sum(axis=1) / 8 + mid.sum(axis=1) / 4
        return np.concatenate([moved, faces.reshape(-1, 3)[first], centres])

    def made() -> Quartered:
        bulge = 1.0
        if np.abs(off).max() > 1e-9 * np.ptp(points, axis=0).max():
            bulge = _bulge(lambda b: float(hexahedron_volumes(placed(b), elements).sum()) - volume, volume)
        at = placed(bulge)
        jacobians = np.nan_to_num(hexahedron_jacobians(at, elements), nan=-1.0)
        broken[:] = (jacobians < GOOD_SPLIT_JACOBIAN).reshape(4, -1).any(axis=0)
        return Quartered(at, elements, bulge, float(jacobians.min()))

    broken = np.zeros(len(tets), bool)
    found = made()
    for _ in range(ROUNDS):
        bent = np.isin(middle, middle[broken]) & (off != 0).any(axis=2)
        if not bent.any():
            break
        off[bent] = 0.0
        found = made()
    return found


def _bulge(missing: Callable[[float], float], volume: float) -> float:
    """Where ``missing`` (volume) is 0, by the secant method from 1 and 4/3 on; 1 where that is not within BULGES."""
    a, b = 1.0, 4 / 3
    at_a, at_b = missing(a), missing(b)
    for _ in range(STEPS):
        if at_b == at_a or abs(at_b) <= 1e-12 * volume:
            break
        a, b, at_a = b, b - at_b * (b - a) / (at_b - at_a), at_b
        at_b = missing(b)
    return b if BULGES[0] <= b <= BULGES[1] else 1.0
