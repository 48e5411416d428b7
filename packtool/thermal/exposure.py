"""How well the heat to the ambient is known where a round wall turns from its neighbour to the open air.

A facet is all ``gap_side`` or all ``exterior_side``, by what its normal meets. Among round cells the wall's own change lies up to half a
facet to either side of where the one follows on the other, a quarter in the mean, and at every cell of a lattice on the same side: so these
add up. Among boxes it lies where the mesh has a line. (12 cells between ribbons, 24 edges around: 5 % of the exterior side; against 48 and 96 edges its area is 2 to 3 % off.)
"""

from __future__ import annotations

import numpy as np

from packtool.mesh.naming import EXTERIOR_SIDE, GAP_SIDE
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.records import FacetHeat

DOUBT = 0.25
"""Of the heat out of an exterior facet beside one that faces a gap."""
SHARP = 0.7
"""Cosine of the angle between the two: below it there is an edge, and the change where the mesh has it."""
ALONG_AXIS = 1 - 1e-9
"""Largest component of the normal of a box's side, less rounding."""


def exposure_doubt(mesh: TaggedMesh, name: str, leaving: FacetHeat) -> Floats:
    """(n_facets,) how far off the heat ``leaving`` through each facet of the boundary ``name`` may be, as positive as its unit."""
    doubt = np.zeros(len(leaving.facets))
    gap = mesh.boundaries.get(GAP_SIDE)
    if name != EXTERIOR_SIDE or gap is None:
        return doubt
    gap_normals = _normals(mesh.points[gap])
    if (np.abs(gap_normals).max(axis=1) > ALONG_AXIS).all():
        return doubt
    here, there = _edges(leaving.facets, len(mesh.points)), _edges(gap, len(mesh.points))
    order = np.argsort(there, kind="stable")
    at = order[np.minimum(np.searchsorted(there[order], here), len(there) - 1)]
    beside = np.flatnonzero(there[at] == here)
    facet, other = beside // 4, at[beside] // 4
    cosine = np.einsum("fx,fx->f", _normals(mesh.points[leaving.facets[facet]]), gap_normals[other])
    facet = facet[cosine > SHARP]
    doubt[facet] = DOUBT * np.abs(leaving.heat[facet].sum(axis=1))
    return doubt


def _edges(facets: Integers, n_points: int) -> Integers:
    """(4 n_facets,) one number for each edge, the same from either side."""
    ends = np.sort(np.stack([facets, np.roll(facets, -1, axis=1)], axis=2), axis=2).astype(np.int64)
    return (ends[..., 0] * n_points + ends[..., 1]).ravel()


def _normals(corners: Floats) -> Floats:
    """(n, 3) unit normals of facets with ``corners`` (n, 4, 3)."""
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    unit: Floats = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return unit
