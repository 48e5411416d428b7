"""Meshes that lie on each other without sharing nodes, joined: [u][v] over the area that they share, summed at the finer one's nodes.

Each node of the finer side is tied, with its share of the area, to its place on the coarser side's facet. What leaves one side arrives on
the other whatever the two meshes: the shape functions sum to one at every place. There are as many ties as nodes, so that a coarse facet's
edge may cross a fine facet without being held straight; and no entry between a node and its facet is positive, as incomplete factors need
(Meijerink, van der Vorst, Math. Comp. 31 (1977) 148-162; remembered). Summed at the Gauss points instead, a tie of 2e6 W/m²/K on 28 fine facets to a coarse
one (420 round cells on a plate, 99,690 unknowns) left ICC(0) without a positive pivot; with the shift that then makes a factor, 400 iterations
did not do what 20 do with the ties at the nodes.

Where the finer side reaches over the coarser's edge, a node's share is of the area that both have, and a node beyond the edge is tied to the
place of the coarser side that is nearest: off by less than one facet of the finer side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.overlap import TIED, facet_shapes, local_places, overlap
from packtool.mesh.records import Floats, Integers, TaggedMesh, Tie


@dataclass(frozen=True)
class Joint:
    """``rows`` (n, 5): a node of the finer side and the four of the facet that it is tied to; ``shape`` (n, 4): how much of each;
    ``area`` (n,) [m²]: the node's share."""

    rows: Integers
    shape: Floats
    area: Floats

    @property
    def matrix(self) -> Floats:
        """(n, 5, 5) [m²]: the integral of [u][v] over each node's share of the area."""
        jump = np.hstack([np.ones((len(self.rows), 1)), -self.shape])
        return np.asarray(self.area[:, None, None] * jump[:, :, None] * jump[:, None, :])


def joint(points: Floats, name: str, tie: Tie) -> Joint:
    """The joint of a tie. Raises SolveError where its two sides do not lie on each other."""
    shared = overlap(points, tie.minus, tie.plus, TIED)
    if not len(shared.area):
        raise SolveError(f"tie {name!r}: its two sides do not lie on each other")
    facets, others = tie.minus[shared.first], tie.plus[shared.second]
    share = shared.area[:, None] * facet_shapes(local_places(points[facets], shared.middle))
    nodes, at = np.unique(facets, return_inverse=True)
    at = at.reshape(facets.shape)
    area = np.bincount(at.ravel(), share.ravel(), len(nodes))
    corner = np.repeat(points[others], 4, axis=0)
    local = local_places(corner, points[facets].reshape(-1, 3))
    beyond = np.maximum(np.abs(local).max(axis=1) - 1.0, 1e-9)  # on an edge any facet will do: the one that shares most
    order = np.lexsort((-share.ravel(), beyond, at.ravel()))
    best = order[np.searchsorted(at.ravel()[order], np.arange(len(nodes)))]
    shape = facet_shapes(np.clip(local[best], -1.0, 1.0))
    rows = np.hstack([nodes[:, None], others[best // 4]])
    held = area > 0
    return Joint(rows[held], shape[held], area[held])


def mesh_joint(mesh: TaggedMesh, name: str) -> Joint:
    """``joint`` of the mesh's tie of this name, worked out once. Raises as that does, KeyError if there is no such tie."""
    if (joint, name) not in mesh.kept:
        mesh.kept[joint, name] = joint(mesh.points, name, mesh.ties[name])
    found: Joint = mesh.kept[joint, name]
    return found
