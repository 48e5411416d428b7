"""Tetrahedra cut into four hexahedra each, a corner's share each: conforming among themselves, and for every solver that takes hexahedra.

dolfinx 0.11 takes no mesh of mixed elements, so parts of any shape come as hexahedra like all others. Curved faces: the tetrahedra come
with the middles of their edges on the faces of the solid; how far these bulge is scaled until the volume is that of the solid, as polygons
for circles keep the area (a bulge of 4/3 does for a circle: a chord's segment has 2/3 of its chord times its height, its triangle 1/2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.mesh.measures import hexahedron_volumes
from packtool.mesh.records import Floats, Integers

EDGES = np.array([(0, 1), (1, 2), (0, 2), (0, 3), (2, 3), (1, 3)])
"""Edges of a tetrahedron in gmsh's order of their middles (its manual, "Node ordering")."""
FACES = np.array([(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)])
AROUND = ((1, 2, 3), (2, 0, 3), (0, 1, 3), (0, 2, 1))
"""The other corners as each corner sees them, counter-clockwise from outside."""
BULGES = (0.5, 2.0)
"""What the bulge may be scaled by; beyond, the middles do not lie where the volume's error comes from."""
STEPS = 8


@dataclass(frozen=True)
class Quartered:
    """``points`` (n, 3) in the unit given, ``hexes`` (4 m, 8), and the ``bulge`` that the volume asked for (1: the middles as given)."""

    points: Floats
    hexes: Integers
    bulge: float


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

    def missing(bulge: float) -> float:
        return float(hexahedron_volumes(placed(bulge), elements).sum()) - volume

    bulge = 1.0
    if np.abs(off).max() > 1e-9 * np.ptp(points, axis=0).max():
        a, b = 1.0, 4 / 3
        at_a, at_b = missing(a), missing(b)
        for _ in range(STEPS):
            if at_b == at_a or abs(at_b) <= 1e-12 * volume:
                break
            a, b, at_a = b, b - at_b * (b - a) / (at_b - at_a), at_b
            at_b = missing(b)
        bulge = b if BULGES[0] <= b <= BULGES[1] else 1.0
    return Quartered(placed(bulge), elements, bulge)
