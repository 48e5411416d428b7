"""Meshes of quadrilaterals or hexahedra with named boundaries, handed to dolfinx as they are: what the flow solver works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.errors import MeshError
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers, TaggedMesh

CYCLIC_TO_TENSOR = {4: (0, 1, 3, 2), 8: (0, 1, 3, 2, 4, 5, 7, 6)}
"""Vertices of an element in dolfinx's (tensor product) order, from the order of VTK and gmsh."""

MOST_POINTS = 1_600_000
"""Beyond this the keys of facets would overflow; a flow solve of that size takes far more memory than a workstation has."""

SHAPES = {4: "quadrilateral", 8: "hexahedron"}


@dataclass(frozen=True)
class ElementMesh:
    """Quadrilaterals in a plane or hexahedra, with named boundaries.

    ``points`` (n_points, 2 or 3) [m]; ``elements`` (n_elements, 4 or 8) node numbers in the order of VTK and gmsh; ``boundaries``
    name -> (n_facets, 2 or 4) outer facets, their nodes in any order.
    """

    points: Floats
    elements: Integers
    boundaries: Mapping[str, Integers]

    @property
    def dimension(self) -> int:
        """2 or 3."""
        return int(self.points.shape[1])


@dataclass(frozen=True)
class Facets:
    """Facets by their element and their number within it (dolfinx's): ``element`` (n,), ``local`` (n,)."""

    element: Integers
    local: Integers


def of_regions(mesh: TaggedMesh, regions: Sequence[str]) -> ElementMesh:
    """The elements of some regions of a TaggedMesh, with points numbered anew.

    Its boundaries are the mesh's own where they lie on these regions, and ``wall``: every facet towards another region.
    """
    wanted = np.isin(mesh.region, [mesh.region_index(name) for name in regions])
    used, back = np.unique(mesh.hexes[wanted], return_inverse=True)
    number = np.full(len(mesh.points), -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    elements = back.reshape(-1, 8)
    outer = outer_facets(elements)
    key = _keys(outer, len(used))
    boundaries = {}
    left = np.ones(len(outer), dtype=bool)
    for name, facets in mesh.boundaries.items():
        inside = number[facets]
        inside = inside[(inside >= 0).all(axis=1)]
        here = np.isin(key, _keys(inside, len(used)))
        if here.any():
            boundaries[name] = outer[here]
            left &= ~here
    if left.any():
        boundaries["wall"] = np.concatenate([boundaries["wall"], outer[left]]) if "wall" in boundaries else outer[left]
    return ElementMesh(mesh.points[used], elements, boundaries)


def outer_facets(elements: Integers) -> Integers:
    """(n, 2 or 4) facets that belong to one element only, nodes in dolfinx's order."""
    every = elements[:, _facet_corners(elements.shape[1])].reshape(-1, elements.shape[1] // 2)
    _, first, count = np.unique(_keys(every, int(elements.max()) + 1), return_index=True, return_counts=True)
    return every[np.sort(first[count == 1])]


def located(mesh: ElementMesh) -> dict[str, Facets]:
    """Every named facet's element and place in it.

    Raises MeshError where a facet is none of the mesh's outer ones, is under two names, or an outer facet is under none.
    """
    n_corners, n = mesh.elements.shape[1], len(mesh.points)
    corners = _facet_corners(n_corners)
    every = mesh.elements[:, corners].reshape(-1, n_corners // 2)
    keys = _keys(every, n)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    twice = np.zeros(len(keys), dtype=bool)
    same = ordered[1:] == ordered[:-1]
    twice[order[1:][same]] = twice[order[:-1][same]] = True
    taken = np.zeros(len(keys), dtype=bool)
    found = {}
    for name, facets in mesh.boundaries.items():
        wanted = _keys(facets, n)
        at = order[np.minimum(np.searchsorted(ordered, wanted), len(order) - 1)]
        if not np.array_equal(keys[at], wanted) or twice[at].any():
            raise MeshError(f"boundary {name!r} has facets that are not on the mesh's surface")
        if taken[at].any():
            raise MeshError(f"boundary {name!r} shares facets with another boundary")
        taken[at] = True
        found[name] = Facets(at // len(corners), at % len(corners))
    if nameless := int((~twice & ~taken).sum()):
        raise MeshError(f"{nameless} facets on the mesh's surface belong to no named boundary")
    return found


def dolfinx_mesh(points: Floats, elements: Integers) -> Any:
    """The dolfinx mesh of these elements, in their order, on one rank; geometry as given."""
    start()
    import basix.ufl
    import ufl
    from dolfinx import cpp, fem
    from dolfinx.mesh import CellType, Mesh
    from mpi4py import MPI

    shape = SHAPES[elements.shape[1]]
    kind = CellType[shape]
    tensor = np.ascontiguousarray(elements[:, CYCLIC_TO_TENSOR[elements.shape[1]]], dtype=np.int32)
    n_points, n_elements, dimension = len(points), len(elements), points.shape[1]
    numbering = cpp.common.IndexMap(MPI.COMM_SELF, n_points)
    topology = cpp.mesh.Topology(
        kind,
        numbering,
        cpp.common.IndexMap(MPI.COMM_SELF, n_elements),
        cpp.graph.AdjacencyList_int32(tensor),
        np.arange(n_elements, dtype=np.int64),
    )
    coordinates = basix.ufl.element("Lagrange", shape, 1, shape=(dimension,))
    geometry = cpp.mesh.Geometry_float64(
        numbering,
        tensor,
        fem.coordinate_element(coordinates.basix_element)._cpp_object,
        np.ascontiguousarray(points, dtype=np.float64),
        np.arange(n_points, dtype=np.int64),
    )
    return Mesh(cpp.mesh.Mesh_float64(MPI.COMM_SELF, topology, geometry), ufl.Mesh(coordinates))


def refined(mesh: ElementMesh) -> tuple[ElementMesh, Integers]:
    """Every element cut in 2 a direction, and the parent (n_elements,) of each child; children of an element follow each other.

    Child c of an element lies in its corner c (tensor order).
    """
    n_corners, dimension = mesh.elements.shape[1], mesh.dimension
    tensor = CYCLIC_TO_TENSOR[n_corners]
    corners = mesh.elements[:, tensor]
    lattice = np.indices((3,) * dimension).reshape(dimension, -1).T[:, ::-1]  # x fastest
    weights = np.ones((len(lattice), n_corners))
    for c in range(n_corners):
        for axis in range(dimension):
            place = lattice[:, axis] / 2
            weights[:, c] *= place if c >> axis & 1 else 1 - place
    # a new point is told by the corners it is the mean of
    parents = [corners[:, weights[i] > 0] for i in range(len(lattice))]
    numbers = np.empty((len(corners), len(lattice)), dtype=np.int64)
    coordinates, count = [], 0
    for size in sorted({p.shape[1] for p in parents}):
        which = [i for i, p in enumerate(parents) if p.shape[1] == size]
        stacked = np.concatenate([parents[i] for i in which])
        if size == n_corners:
            first, back = np.arange(len(corners)), np.arange(len(corners))
        else:
            _, first, back = np.unique(_keys(stacked, len(mesh.points)), return_index=True, return_inverse=True)
        coordinates.append(mesh.points[stacked[first]].mean(axis=1))
        numbers[:, which] = count + back.reshape(len(which), -1).T
        count += len(first)
    points = np.concatenate(coordinates)
    stride = 3 ** np.arange(dimension)
    offset = np.array([[c >> axis & 1 for axis in range(dimension)] for c in range(n_corners)])
    children = numbers[:, (offset[:, None] + offset[None, :]) @ stride]  # (n, child, corner in tensor order)
    back_to_cyclic = np.argsort(tensor)
    elements = children[:, :, back_to_cyclic].reshape(-1, n_corners)
    places = located(mesh)
    facet_corners = _facet_corners_tensor(n_corners)
    boundaries = {}
    for name, facets in places.items():
        on_facet = facet_corners[facets.local]  # tensor corners of the parent = its children there
        pieces = [children[facets.element[:, None], on_facet[:, k][:, None], on_facet] for k in range(on_facet.shape[1])]
        boundaries[name] = np.concatenate(pieces)
    return ElementMesh(points, elements, boundaries), np.repeat(np.arange(len(corners)), n_corners)


def _facet_corners_tensor(n_corners: int) -> Integers:
    """(facets, corners of a facet) in dolfinx's numbering of facets and of corners."""
    start()
    import basix

    topology = basix.topology(basix.CellType[SHAPES[n_corners]])
    return np.array(topology[-2], dtype=np.int64)


def _facet_corners(n_corners: int) -> Integers:
    """(facets, corners of a facet): dolfinx's facets, corners numbered in the order of VTK."""
    return np.array(CYCLIC_TO_TENSOR[n_corners])[_facet_corners_tensor(n_corners)]


def _keys(facets: Integers, n: int) -> Integers:
    """One number for each facet's set of nodes: two nodes tell an edge, the lowest two and the highest a facet of hexahedra."""
    rows = np.sort(facets, axis=1).astype(np.int64)
    if n > MOST_POINTS:
        raise MeshError(f"a mesh of {n} points is too large for the flow solver: at most {MOST_POINTS}")
    if rows.shape[1] == 1:
        return rows[:, 0]
    code = rows[:, 0] * n + rows[:, 1]
    return code if rows.shape[1] == 2 else code * n + rows[:, -1]
