"""Tetrahedra: a mesh of hexahedra cut into them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.adjacency import adjacency, facet_keys
from packtool.mesh.grid import CORNERS
from packtool.mesh.records import Contact, Integers, TaggedMesh


def tetrahedra(mesh: TaggedMesh) -> TaggedMesh:
    """Every hexahedron cut into six tetrahedra along the diagonal from its first to its seventh corner (Kuhn's subdivision).

    Raises MeshError where neighbours' cuts do not meet: it is for meshes whose elements all lie the same way, as in a tensor grid.
    """
    if mesh.hexes.shape[1] != 8 or mesh.middles is not None:
        raise MeshError("only straight hexahedra are cut into tetrahedra")
    corner = {tuple(place): number for number, place in enumerate(CORNERS.tolist())}
    paths = []
    for axes in permutations(range(3)):
        steps = np.cumsum([np.eye(3, dtype=int)[axis] for axis in axes], axis=0)
        path = [0, *(corner[tuple(step)] for step in steps.tolist())]
        odd = np.linalg.det(np.eye(3)[list(axes)]) < 0
        paths.append([path[0], path[2], path[1], path[3]] if odd else path)
    tets = mesh.hexes[:, paths].reshape(-1, 4)
    near = adjacency(tets)
    outer = tets[near.outer[:, None], near.faces[near.outer_side]]
    if len(outer) != 2 * len(adjacency(mesh.hexes).outer):
        raise MeshError("the elements do not all lie the same way, so that the cuts of neighbours do not meet")
    region = np.repeat(mesh.region, 6)
    inner = tets[near.first[:, None], near.faces[near.first_side]]
    triangles = np.concatenate([outer, inner])

    def halves(quads: Integers) -> Integers:
        """The two triangles of every facet, with its normal."""
        a, b, c, d = quads.T
        pairs = np.stack([[a, b, c], [a, c, d], [a, b, d], [b, c, d]]).transpose(2, 0, 1)  # (n, 4, 3)
        there = np.isin(facet_keys(pairs.reshape(-1, 3)), facet_keys(triangles)).reshape(-1, 4)
        first = there[:, 0] & there[:, 1]
        return np.where(first[:, None, None], pairs[:, :2], pairs[:, 2:]).reshape(-1, 3)

    contacts = {}
    for name, contact in mesh.contacts.items():
        twin = dict(zip(contact.minus.ravel().tolist(), contact.plus.ravel().tolist(), strict=True))
        minus = halves(contact.minus)
        contacts[name] = Contact(minus, np.vectorize(twin.__getitem__)(minus))
    return replace(
        mesh,
        hexes=tets,
        region=region,
        boundaries={name: halves(facets) for name, facets in mesh.boundaries.items()},
        interfaces={name: halves(facets) for name, facets in mesh.interfaces.items()},
        contacts=contacts,
    )
