"""Lagrange spaces of first and second order on a mesh with names: the nodes, and which of them belong to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from packtool.errors import SolveError
from packtool.fem.reference import EDGES, FACE_OF, FACES, Element, Kind, element
from packtool.mesh.adjacency import facet_keys
from packtool.mesh.records import Floats, Integers, TaggedMesh


@dataclass(frozen=True)
class Facets:
    """``nodes`` (n, nodes of a facet); ``owner`` (n,) the element that each belongs to."""

    nodes: Integers
    owner: Integers


@dataclass(frozen=True)
class LagrangeSpace:
    """Unknown i sits at ``nodes`` (n_nodes, 3) [m], the mesh's points first; ``elements`` (n_elements, n) and the facets of
    ``boundaries`` and of ``contacts`` (minus, plus; node by node) number them in the order of the reference elements ``volume``
    and ``facet``."""

    mesh: TaggedMesh
    volume: Element
    facet: Element
    nodes: Floats
    elements: Integers
    boundaries: Mapping[str, Facets]
    contacts: Mapping[str, tuple[Facets, Facets]]


def lagrange(mesh: TaggedMesh, degree: int = 1) -> LagrangeSpace:
    """The Lagrange space of ``degree`` 1 or 2 on hexahedra (8 corners an element) or tetrahedra (4).

    Raises SolveError where a boundary's or contact's facet is of no element.
    """
    kind: Kind = "hexahedron" if mesh.hexes.shape[1] == 8 else "tetrahedron"
    facet_kind = FACE_OF[kind]
    corners, n = mesh.hexes, len(mesh.points)
    faces = corners[:, FACES[kind]].reshape(-1, FACES[kind].shape[1])
    owner = np.repeat(np.arange(len(corners)), len(FACES[kind]))
    face_keys = facet_keys(faces)
    order = np.argsort(face_keys, kind="stable")
    nodes, elements = [mesh.points], [corners]
    edge_keys, first_edge, first_face = np.empty(0, dtype=np.int64), n, n
    unique_faces = np.empty(0, dtype=face_keys.dtype)
    if degree == 1 and mesh.middles is not None:
        raise SolveError(
            "the mesh has curved edges, which elements of degree 1 cannot follow: solve with degree=2, or mesh with curved=False"
        )
    if degree == 2:
        ends = corners[:, EDGES[kind]].reshape(-1, 2)
        edge_keys, which = np.unique(ends.min(axis=1) * n + ends.max(axis=1), return_inverse=True)
        edges = which.reshape(len(corners), -1)
        elements.append(first_edge + edges)
        middles = (mesh.points[edge_keys // n] + mesh.points[edge_keys % n]) / 2
        if mesh.middles is not None:
            curved, places = mesh.middles
            middles[np.searchsorted(edge_keys, curved.min(axis=1) * n + curved.max(axis=1))] = places
        nodes.append(middles)
        first_face = first_edge + len(edge_keys)
        if kind == "hexahedron":
            unique_faces, at, which = np.unique(face_keys, return_index=True, return_inverse=True)
            elements.append(first_face + which.reshape(len(corners), -1))
            rims = np.array([[_edge_of(kind, a, b) for a, b in zip(f, np.roll(f, -1), strict=True)] for f in FACES[kind]])
            around = edges[:, rims].reshape(-1, 4)
            # a curved face's middle by Coons' rule: half the sum of its edges' middles less a quarter of that of its corners
            centres = middles[around[at]].sum(axis=1) / 2 - mesh.points[faces[at]].sum(axis=1) / 4
            nodes.append(centres)
            elements.append(first_face + len(unique_faces) + np.arange(len(corners))[:, None])
            own = centres[which.reshape(len(corners), -1)].sum(axis=1)
            nodes.append(own / 2 - middles[edges].sum(axis=1) / 4 + mesh.points[corners].sum(axis=1) / 8)

    def facets(name: str, at: Integers) -> Facets:
        keys = facet_keys(at)
        place = np.minimum(np.searchsorted(face_keys[order], keys), len(order) - 1)
        if (face_keys[order[place]] != keys).any():
            raise SolveError(f"{name!r} has facets that are no face of an element")
        parts = [at]
        if degree == 2:
            ends = at[:, EDGES[facet_kind]].reshape(-1, 2)
            parts.append(first_edge + np.searchsorted(edge_keys, ends.min(axis=1) * n + ends.max(axis=1)).reshape(len(at), -1))
            if kind == "hexahedron":
                parts.append(first_face + np.searchsorted(unique_faces, keys)[:, None])
        return Facets(np.hstack(parts), owner[order[place]])

    return LagrangeSpace(
        mesh,
        element(kind, degree),
        element(facet_kind, degree),
        np.concatenate(nodes),
        np.hstack(elements),
        {name: facets(name, at) for name, at in mesh.boundaries.items()},
        {name: (facets(name, c.minus), facets(name, c.plus)) for name, c in mesh.contacts.items()},
    )


def _edge_of(kind: Kind, a: int, b: int) -> int:
    """Number of the edge between two corners of an element."""
    return next(i for i, ends in enumerate(EDGES[kind].tolist()) if set(ends) == {int(a), int(b)})
