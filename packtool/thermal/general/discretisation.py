"""A problem's elements, facets and unknowns: all that depends on the mesh and on where temperatures are prescribed, not on the heat."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.fem.aggregates import component_of
from packtool.fem.lagrange import LagrangeSpace, lagrange
from packtool.fem.sparse import Pattern
from packtool.mesh.records import Floats, Integers
from packtool.thermal.general.geometry import blocks, face
from packtool.thermal.general.problem import HeatProblem
from packtool.thermal.refusals import refuse_contact


class Discretisation:
    """``problem`` on its Lagrange space of ``degree``: ``n`` nodes; ``blocks`` of elements, ``faces`` by boundary, both ``sides`` of contacts;
    ``volume`` (n_regions,) [m³]; ``prescribed`` nodes by boundary, each node under one, ``fixed`` (n,) all of them."""

    def __init__(self, problem: HeatProblem, degree: int = 1) -> None:
        self.problem, self.mesh = problem, problem.mesh
        self.space: LagrangeSpace = lagrange(problem.mesh, degree)
        self.n = len(self.space.nodes)
        self.radial = problem.mesh.symmetry != "none"
        self.blocks = blocks(self.space)
        self.faces = {name: face(self.space, facets) for name, facets in self.space.boundaries.items()}
        self.touched = {name: frozenset(np.unique(self.mesh.region[f.owner]).tolist()) for name, f in self.faces.items()}
        self.sides = {name: (face(self.space, a), face(self.space, b)) for name, (a, b) in self.space.contacts.items()}
        self.volume = np.zeros(len(self.mesh.regions))
        for block in self.blocks:
            self.volume[block.region] += block.weight.sum()
        self._check_contacts()
        self.prescribed = self._prescribed()
        self.fixed = np.zeros(self.n, dtype=bool)
        for nodes in self.prescribed.values():
            self.fixed[nodes] = True

    @cached_property
    def component(self) -> Integers:
        """(n,) which of the parts of the solid that hang together, by elements and contacts, each node is in."""
        joined = tuple(np.hstack([a.nodes, b.nodes]) for a, b in self.sides.values())
        return component_of(self.space.elements, self.n, joined)

    @cached_property
    def pattern(self) -> Pattern:
        """Where the matrix has entries: among the nodes of an element, and of a contact's two facets."""
        from scipy.sparse import csr_matrix

        rows, columns = [], []
        for nodes in [self.space.elements, *(np.hstack([a.nodes, b.nodes]) for a, b in self.sides.values())]:
            n = nodes.shape[1]
            rows.append(np.repeat(nodes, n, axis=1).ravel())
            columns.append(np.tile(nodes, (1, n)).ravel())
        row, column = np.concatenate(rows), np.concatenate(columns)
        matrix = csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(self.n, self.n))
        matrix.sort_indices()
        return Pattern(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32))

    @cached_property
    def block_places(self) -> list[NDArray[np.int32]]:
        """Places of each block's element matrices among the pattern's entries."""
        return [self.pattern.pair_places(b.nodes, b.nodes).astype(np.int32).reshape(-1) for b in self.blocks]

    @cached_property
    def face_places(self) -> dict[str, NDArray[np.int32]]:
        """The same of each boundary's facets whose heat depends on their temperature."""
        used = {e.boundary for e in self.problem.exchange} | {n for n, q in self.problem.flux.items() if "T" in q.needs}
        return {
            name: self.pattern.pair_places(self.faces[name].nodes, self.faces[name].nodes).astype(np.int32).reshape(-1)
            for name in used
        }

    @cached_property
    def contact_places(self) -> dict[str, NDArray[np.int32]]:
        """The same of each contact's facets, both sides together."""
        found = {}
        for name, (a, b) in self.sides.items():
            both = np.hstack([a.nodes, b.nodes])
            found[name] = self.pattern.pair_places(both, both).astype(np.int32).reshape(-1)
        return found

    def fixed_values(self, t: float) -> Floats:
        """(n,) [K]: prescribed temperatures at time ``t``, NaN where free."""
        values = np.full(self.n, np.nan)
        for name, nodes in self.prescribed.items():
            values[nodes] = self.problem.temperature[name].at(self.space.nodes[nodes], t, None, self.radial)
        return values

    @cached_property
    def _means(self) -> Any:
        from scipy.sparse import csr_matrix

        rows, columns, values = [], [], []
        for block in self.blocks:
            load = block.load(np.ones(block.weight.shape)) / self.volume[block.region]
            rows.append(np.full(load.size, block.region))
            columns.append(block.nodes.ravel())
            values.append(load.ravel())
        data = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        return csr_matrix(data, shape=(len(self.volume), self.n))

    def means(self, T: Floats) -> Floats:
        """Volume mean (n_regions,) [K] of every region."""
        return np.asarray(self._means @ T)

    def _prescribed(self) -> dict[str, Integers]:
        taken, found = np.zeros(self.n, dtype=bool), {}
        for name in self.problem.temperature:
            nodes = np.unique(self.space.boundaries[name].nodes)
            found[name] = nodes[~taken[nodes]]
            taken[nodes] = True
        return found

    def _check_contacts(self) -> None:
        for name, (a, b) in self.sides.items():
            refuse_contact(name, a.weight.sum(axis=1), a.points, b.points)
