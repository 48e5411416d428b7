"""From a TaggedMesh to dolfinx: the mesh and its spaces, made from the arrays as they are.

dolfinx's own ``create_mesh`` works out partition, adjacency and a numbering (3.3 s for 427k hexahedra); the TaggedMesh has them
all, so topology, geometry and the trilinear dof map are handed over directly (0.02 s), and the dofs of the trilinear space are the
mesh's points, in their order. On several ranks each makes a mesh of its own from its share of the elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.fem.share import Share
from packtool.fem.start import start
from packtool.mesh.records import Floats, TaggedMesh

TENSOR_ORDER = (0, 1, 3, 2, 4, 5, 7, 6)
"""Vertices of a hexahedron in dolfinx's (tensor product) order, from the order of VTK and gmsh."""


@dataclass(frozen=True)
class Space:
    """``domain``: the dolfinx mesh, elements in the TaggedMesh's order; ``V``: its scalar Lagrange space of degree ``degree``.
    For degree 1 dof i is point i of the TaggedMesh. With a ``share`` both hold its elements and points only, in its order."""

    domain: Any
    V: Any
    degree: int
    share: Share | None = None

    @property
    def n_dofs(self) -> int:
        """Number of unknowns."""
        return int(self.V.dofmap.index_map.size_local)


def lagrange_space(mesh: TaggedMesh, degree: int = 1, share: Share | None = None) -> Space:
    """The scalar Lagrange space of ``degree`` on a TaggedMesh, or on this rank's ``share`` of it."""
    start()
    import basix.ufl
    import ufl
    from dolfinx import cpp, fem
    from dolfinx.mesh import CellType, Mesh
    from mpi4py import MPI

    hexes, coordinates_of = mesh.hexes, mesh.points
    if share is not None:
        local = np.full(len(mesh.points), -1, dtype=np.int32)
        local[share.points] = np.arange(len(share.points), dtype=np.int32)
        hexes, coordinates_of = local[mesh.hexes[share.elements]].astype(np.int64), mesh.points[share.points]
    elements = np.ascontiguousarray(hexes[:, TENSOR_ORDER], dtype=np.int32)
    n_points, n_elements = len(coordinates_of), len(elements)
    points = cpp.common.IndexMap(MPI.COMM_SELF, n_points)
    adjacency = cpp.graph.AdjacencyList_int32(elements)
    topology = cpp.mesh.Topology(
        CellType.hexahedron,
        points,
        cpp.common.IndexMap(MPI.COMM_SELF, n_elements),
        adjacency,
        np.arange(n_elements, dtype=np.int64),
    )
    coordinates = basix.ufl.element("Lagrange", "hexahedron", 1, shape=(3,))
    geometry = cpp.mesh.Geometry_float64(
        points,
        elements,
        fem.coordinate_element(coordinates.basix_element)._cpp_object,
        np.ascontiguousarray(coordinates_of, dtype=np.float64),
        np.arange(n_points, dtype=np.int64),
    )
    domain = Mesh(cpp.mesh.Mesh_float64(MPI.COMM_SELF, topology, geometry), ufl.Mesh(coordinates))
    scalar = basix.ufl.element("Lagrange", "hexahedron", degree)
    if degree != 1:
        return Space(domain, fem.functionspace(domain, scalar), degree, share)
    element = fem.element.finiteelement(CellType.hexahedron, scalar, np.float64)
    layout = cpp.fem.ElementDofLayout(1, scalar.entity_dofs, scalar.entity_closure_dofs, [], [])
    dofs = cpp.fem.DofMap(layout, points, 1, adjacency, 1)
    V = fem.FunctionSpace(domain, scalar, cpp.fem.FunctionSpace_float64(domain._cpp_object, element._cpp_object, dofs))
    return Space(domain, V, degree, share)


def by_region(space: Space, mesh: TaggedMesh, values: Floats) -> Any:
    """A dolfinx function that is constant in every element: ``values`` (n_regions, ...) of its region."""
    import basix.ufl
    from dolfinx import fem

    shape = values.shape[1:]
    constant = basix.ufl.element("DG", "hexahedron", 0, shape=shape) if shape else basix.ufl.element("DG", "hexahedron", 0)
    function = fem.Function(fem.functionspace(space.domain, constant))
    region = mesh.region if space.share is None else mesh.region[space.share.elements]
    function.x.array[:] = values[region].ravel()
    return function
