"""Integrals over boundary facets of quadrilaterals and hexahedra, of fields of degree 1 and 2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.fem.elements import SHAPES, Facets
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class FacetIntegrals:
    """Facets ready to integrate over, three Gauss points a direction.

    ``normal`` (n, q, dim): outward normal times the weight of each Gauss point [m² or m]; ``first`` (n, q, c) and ``second`` (n, q, a):
    values there of the element's functions of degree 1 and 2; ``nodes`` (n, a) of their elements, ``element`` (n,) those themselves.
    """

    normal: Floats
    first: Floats
    second: Floats
    nodes: Integers
    element: Integers

    @property
    def weight(self) -> Floats:
        """(n, q): area of each Gauss point."""
        return np.asarray(np.linalg.norm(self.normal, axis=2))

    def nodes_on(self) -> Integers:
        """The nodes of degree 2 whose function does not vanish on the facets."""
        return np.unique(self.nodes[np.abs(self.second).max(axis=1) > 1e-9])

    def of_second(self, values: Floats) -> Floats:
        """A nodal field of degree 2 (n_nodes, ...) at the Gauss points (n, q, ...)."""
        return np.asarray(np.einsum("fqa,fa...->fq...", self.second, values[self.nodes]))

    def of_corners(self, values: Floats) -> Floats:
        """A field given at each element's own corners (n_elements, c), of degree 1 within it, at the Gauss points (n, q)."""
        return np.asarray(np.einsum("fqc,fc->fq", self.first, values[self.element]))

    def flux(self, velocity: Floats) -> Floats:
        """Outward velocity (of degree 2, (n_nodes, dim)) times area at the Gauss points (n, q)."""
        return np.asarray(np.einsum("fqi,fqi->fq", self.of_second(velocity), self.normal))

    def load(self, values: Floats, n_nodes: int) -> Floats:
        """(n_nodes,): the integral of ``values`` (n, q), which hold the area, times each function of degree 2."""
        nodal = np.einsum("fqa,fq->fa", self.second, values)
        return np.bincount(self.nodes.ravel(), nodal.ravel(), minlength=n_nodes)


def facet_integrals(points: Floats, corners: Integers, nodes: Integers, facets: Facets) -> FacetIntegrals:
    """Over ``facets`` of elements ``corners`` (n_elements, c), ``nodes`` (n_elements, a), both in dolfinx's order."""
    start()
    import basix

    dimension = points.shape[1]
    cell = basix.CellType[SHAPES[2**dimension]]
    side = basix.CellType.interval if dimension == 2 else basix.CellType.quadrilateral
    on_side, weight = basix.make_quadrature(side, 5)
    vertices = basix.geometry(cell)
    first = basix.create_element(basix.ElementFamily.P, cell, 1, basix.LagrangeVariant.gll_warped)
    second = basix.create_element(basix.ElementFamily.P, cell, 2, basix.LagrangeVariant.gll_warped)
    outward = basix.cell.facet_outward_normals(cell)
    values_1, values_2, slopes = [], [], []
    for corner in basix.topology(cell)[-2]:
        v = vertices[corner]
        place = v[0] + on_side @ (v[[1, 2][: dimension - 1]] - v[0])
        table = first.tabulate(1, place)[..., 0]
        values_1.append(table[0])
        slopes.append(table[1:])
        values_2.append(second.tabulate(0, place)[0, ..., 0])
    element, local = facets.element, facets.local
    jacobian = np.einsum("fci,fjqc->fqij", points[corners[element]], np.array(slopes)[local], optimize=True)
    size = np.linalg.det(jacobian)
    normal = np.einsum("fqji,fj->fqi", np.linalg.inv(jacobian), outward[local]) * (size * weight)[:, :, None]
    return FacetIntegrals(normal, np.array(values_1)[local], np.array(values_2)[local], nodes[element], element)
