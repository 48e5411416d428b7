"""From a TaggedMesh to dolfinx: the mesh and its spaces, made from the arrays as they are.

dolfinx's own ``create_mesh`` works out partition, adjacency and a numbering (3.3 s for 427k hexahedra); the TaggedMesh has them
all, so topology, geometry and the trilinear dof map are handed over directly (0.02 s), and the dofs of the trilinear space are the
mesh's points, in their order. On several ranks each makes a mesh of its own from its share of the elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.fem.elements import dolfinx_mesh
from packtool.fem.share import Share
from packtool.fem.start import start
from packtool.mesh.records import Floats, TaggedMesh


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
    from dolfinx import cpp, fem
    from dolfinx.mesh import CellType

    hexes, coordinates_of = mesh.hexes, mesh.points
    if share is not None:
        local = np.full(len(mesh.points), -1, dtype=np.int32)
        local[share.points] = np.arange(len(share.points), dtype=np.int32)
        hexes, coordinates_of = local[mesh.hexes[share.elements]].astype(np.int64), mesh.points[share.points]
    domain = dolfinx_mesh(coordinates_of, hexes)
    scalar = basix.ufl.element("Lagrange", "hexahedron", degree)
    if degree != 1:
        return Space(domain, fem.functionspace(domain, scalar), degree, share)
    element = fem.element.finiteelement(CellType.hexahedron, scalar, np.float64)
    layout = cpp.fem.ElementDofLayout(1, scalar.entity_dofs, scalar.entity_closure_dofs, [], [])
    points, corners = domain.topology.index_map(0), domain.topology.connectivity(domain.topology.dim, 0)
    dofs = cpp.fem.DofMap(layout, points, 1, corners, 1)
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
