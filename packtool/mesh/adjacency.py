"""Which elements share a facet, and meshes cut open along the facets between two regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from packtool.errors import MeshError
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Contact, Floats, Integers, TaggedMesh

TET_FACES = np.array([(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)])
"""(4, 3) corners of each face of a tetrahedron, normal outwards."""


@dataclass(frozen=True)
class Adjacency:
    """Facets of elements. Outer: ``outer`` (m,) elements and ``outer_side`` (m,). Shared by two: ``first``, ``second`` (k,) elements
    and their sides ``first_side``, ``second_side``; ``faces`` (sides, corners) the table that the sides count in."""

    faces: Integers
    outer: Integers
    outer_side: Integers
    first: Integers
    first_side: Integers
    second: Integers
    second_side: Integers


def adjacency(elements: Integers) -> Adjacency:
    """The facets of hexahedra (n, 8) or tetrahedra (n, 4)."""
    faces = FACE_CORNERS if elements.shape[1] == 8 else TET_FACES
    sides = len(faces)
    keys = facet_keys(elements[:, faces].reshape(-1, faces.shape[1]))
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    twin = np.flatnonzero(same)
    single = np.ones(len(keys), dtype=bool)
    single[order[twin]] = single[order[twin + 1]] = False
    outer = np.flatnonzero(single)
    a, b = np.minimum(order[twin], order[twin + 1]), np.maximum(order[twin], order[twin + 1])
    place = np.argsort(a, kind="stable")
    a, b = a[place], b[place]
    return Adjacency(faces, outer // sides, outer % sides, a // sides, a % sides, b // sides, b % sides)


def facet_keys(facets: Integers) -> NDArray[np.bytes_]:
    """One comparable value (n,) for each facet (n, corners), whatever the order of its nodes: their bytes, sorted."""
    ordered = np.sort(facets, axis=1).astype(">i8")
    return np.ascontiguousarray(ordered).view(f"S{8 * facets.shape[1]}").ravel()


def interfaces(elements: Integers, region: Integers, names: Sequence[str]) -> dict[str, Integers]:
    """Facets between two regions by ``"A|B"``, in the order of the regions, normal from A to B."""
    found = {}
    near = adjacency(elements)
    one, other = region[near.first], region[near.second]
    differ = np.flatnonzero(one != other)
    low = np.minimum(one, other)[differ]
    code = low * len(names) + np.maximum(one, other)[differ]
    for value in np.unique(code).tolist():
        which = differ[code == value]
        a, b = divmod(value, len(names))
        from_a = region[near.first[which]] == a
        owner = np.where(from_a, near.first[which], near.second[which])
        side = np.where(from_a, near.first_side[which], near.second_side[which])
        found[f"{names[a]}|{names[b]}"] = elements[owner[:, None], near.faces[side]]
    return found


def with_contacts(mesh: TaggedMesh, contacts: Sequence[tuple[str, str]]) -> TaggedMesh:
    """``mesh`` with nodes of its own on either side between the regions of each pair: the Contact ``"A|B"``, minus on A.

    Elements share a node only where they can be reached from each other through facets that are not cut, so a cut may end inside
    the solid: its rim then has one node. Raises MeshError for regions that are not there or do not touch.
    """
    if not contacts:
        return mesh
    names = [region.name for region in mesh.regions]
    for pair in contacts:
        if unknown := [name for name in pair if name not in names]:
            raise MeshError(f"contacts name {', '.join(unknown)}; the regions are {', '.join(names)}")
    near = adjacency(mesh.hexes)
    one, other = mesh.region[near.first], mesh.region[near.second]
    cut = np.zeros(len(one), dtype=bool)
    which: dict[tuple[str, str], Integers] = {}
    for pair in contacts:
        a, b = (names.index(name) for name in pair)
        mine = ((one == a) & (other == b)) | ((one == b) & (other == a))
        if not mine.any():
            raise MeshError(f"contact {pair[0]}|{pair[1]}: the two do not touch in a face")
        which[pair] = np.flatnonzero(mine)
        cut |= mine
    elements, old = _separated(mesh.hexes, near, ~cut)
    found = {}
    for (first, second), facets in which.items():
        from_first = one[facets] == names.index(first)
        owner = np.where(from_first, near.first[facets], near.second[facets])
        side = np.where(from_first, near.first_side[facets], near.second_side[facets])
        across = np.where(from_first, near.second[facets], near.first[facets])
        corners = near.faces[side]
        place = (mesh.hexes[across][:, None, :] == mesh.hexes[owner[:, None], corners][:, :, None]).argmax(axis=2)
        found[f"{first}|{second}"] = Contact(elements[owner[:, None], corners], elements[across[:, None], place])
    return replace(
        mesh,
        points=mesh.points[old],
        hexes=elements,
        boundaries=_moved(mesh, elements, near),
        interfaces=interfaces(elements, mesh.region, names),
        contacts=found,
        middles=_moved_middles(mesh, elements),
    )


def _separated(elements: Integers, near: Adjacency, joined: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """The elements with nodes numbered anew, those shared through facets ``joined`` kept shared; and each new node's old number."""
    n = elements.shape[1]
    here = near.first[joined][:, None] * n + near.faces[near.first_side[joined]]
    nodes = elements[near.first[joined][:, None], near.faces[near.first_side[joined]]]
    across = elements[near.second[joined]]
    there = near.second[joined][:, None] * n + (across[:, None, :] == nodes[:, :, None]).argmax(axis=2)
    size = elements.size
    links = coo_matrix((np.ones(here.size, dtype=bool), (here.ravel(), there.ravel())), shape=(size, size))
    label = connected_components(links, directed=False)[1]
    old = np.empty(int(label.max()) + 1, dtype=np.int64)
    old[label] = elements.ravel()
    order = np.argsort(old, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[label].reshape(elements.shape), old[order]


def _moved(mesh: TaggedMesh, elements: Integers, near: Adjacency) -> dict[str, Integers]:
    """The boundaries on the new nodes: each facet by its only element."""
    outer = mesh.hexes[near.outer[:, None], near.faces[near.outer_side]]
    keys = facet_keys(outer)
    order = np.argsort(keys, kind="stable")
    moved = {}
    for name, facets in mesh.boundaries.items():
        at = order[np.searchsorted(keys[order], facet_keys(facets))]
        owner = near.outer[at]
        place = (mesh.hexes[owner][:, None, :] == facets[:, :, None]).argmax(axis=2)
        moved[name] = elements[owner[:, None], place]
    return moved


def _moved_middles(mesh: TaggedMesh, elements: Integers) -> tuple[Integers, Floats] | None:
    """The middles of curved edges on the new nodes: one for each pair of new nodes that an element has in place of the old."""
    if mesh.middles is None:
        return None
    from packtool.mesh.measures import EDGES

    n = len(mesh.points)
    edges, points = mesh.middles
    before = mesh.hexes[:, EDGES].reshape(-1, 2)
    after = elements[:, EDGES].reshape(-1, 2)
    known = edges.min(axis=1) * n + edges.max(axis=1)
    order = np.argsort(known)
    key = before.min(axis=1) * n + before.max(axis=1)
    at = np.minimum(np.searchsorted(known[order], key), len(order) - 1)
    hit = known[order[at]] == key
    return after[hit], points[order[at[hit]]]
