"""The skin of a hexahedral mesh, and the lines on it that a reader expects: sharp edges and the outlines of parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers, TaggedMesh

HEX_FACES = np.array([(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)])
"""(6, 4) corners of a hexahedron's faces in the order of VTK, normals outwards."""

SHARP = np.cos(np.radians(30.0))
"""Facets that turn by more meet in a sharp edge."""


@dataclass(frozen=True)
class Skin:
    """``facets`` (n, 4) node numbers, cyclic, normal outwards; ``region`` (n,) of the element behind each; ``lines`` (k, 2) node numbers."""

    facets: Integers
    region: Integers
    lines: Integers


def _facet_keys(facets: Integers, n_points: int) -> Integers:
    """One number a facet, whichever way round it is listed: its smallest node and the node across from that."""
    rows = np.arange(len(facets))
    smallest = facets.argmin(axis=1)
    return facets[rows, smallest] * n_points + facets[rows, (smallest + 2) % 4]


def _lines(points: Floats, facets: Integers, region: Integers) -> Integers:
    """Edges that bound two regions, turn sharply, or belong to other than two facets."""
    ends = np.stack([facets, np.roll(facets, -1, axis=1)], axis=2).reshape(-1, 2)
    ends.sort(axis=1)
    keys = ends[:, 0] * len(points) + ends[:, 1]
    order = np.argsort(keys, kind="stable")
    keys, of = keys[order], order // 4
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    counts = np.diff(np.r_[starts, len(keys)])
    diagonals = points[facets[:, 2]] - points[facets[:, 0]], points[facets[:, 3]] - points[facets[:, 1]]
    normals = np.cross(*diagonals)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    one, other = of[starts], of[np.minimum(starts + 1, len(keys) - 1)]
    smooth = np.einsum("ij,ij->i", normals[one], normals[other]) > SHARP
    drawn = (counts != 2) | (region[one] != region[other]) | ~smooth
    return ends[order[starts[drawn]]]


def skin(mesh: TaggedMesh, chosen: NDArray[np.bool_] | None = None) -> Skin:
    """The outer facets of the ``chosen`` elements (n_hexes,), of all if None; facets of interfaces with nodes of their own are outer."""
    hexes, region = (mesh.hexes, mesh.region) if chosen is None else (mesh.hexes[chosen], mesh.region[chosen])
    facets = hexes[:, HEX_FACES].reshape(-1, 4)
    keys = _facet_keys(facets, len(mesh.points))
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    fresh = np.r_[True, ordered[1:] != ordered[:-1]]
    lone = np.sort(order[fresh & np.r_[fresh[1:], True]])
    facets, behind = facets[lone], region[lone // 6]
    return Skin(facets, behind, _lines(mesh.points, facets, behind))
