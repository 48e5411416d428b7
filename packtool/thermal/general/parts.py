"""Where the watts go: heat from region to region and from region to boundary, which closes with every region's balance.

What a region's own elements leave out of balance at a node that it shares is what it hands to the others there (the consistent
flux). Where more than two meet, the heat is split like currents in a network of conductors, each as wide as the area that two of
them share around the node: the shares are then unique, antisymmetric, and add up to every region's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from packtool.fem.lagrange import Facets
from packtool.fem.reference import FACES, element
from packtool.mesh.adjacency import adjacency
from packtool.mesh.records import Floats, Integers
from packtool.thermal.general.geometry import face
from packtool.thermal.general.system import System

if TYPE_CHECKING:
    from packtool.thermal.general.solution import HeatSolution

LEAST_SHARE = 1e-9
"""Share of a node's area given to parties that meet there in an edge only, so that the network is connected."""


@dataclass(frozen=True)
class HeatFlows:
    """``between`` (first, second) -> W from the first region to the second, each pair once; ``out`` (region, boundary) -> W."""

    between: Mapping[tuple[str, str], float]
    out: Mapping[tuple[str, str], float]

    def left(self, region: str) -> float:
        """Heat [W] that a region gives away in all."""
        total = sum(q for (first, _), q in self.between.items() if first == region)
        total -= sum(q for (_, second), q in self.between.items() if second == region)
        return total + sum(q for (first, _), q in self.out.items() if first == region)


def heat_flows(solution: HeatSolution) -> HeatFlows:
    """All heat flows of a solution. Each region's, with what it makes and stores, close to the tolerance of the solve."""
    system, T = solution.system, solution.T
    names = [region.name for region in system.mesh.regions]
    n, held = len(names), list(system.prescribed)
    between: dict[tuple[int, int], float] = {}
    out: dict[tuple[str, str], float] = {}
    through = {name: system.contact_flux(name, T, solution.time) for name in system.sides}
    links = _links(system, held)
    meeting: dict[int, dict[int, float]] = {}
    for region in range(n):
        own = system.heat(T, solution.time, of=(region,))
        given = own.residual
        if solution.rate is not None:
            given = given - system.storage.warming(T, solution.rate, of=region)
        for boundary in own.out:
            out[names[region], boundary] = own.out[boundary]
        for name, (a, b) in system.sides.items():
            load = a.load(through[name])
            for there, sign in ((a, -1.0), (b, 1.0)):
                mine = system.mesh.region[there.owner] == region
                np.add.at(given, there.nodes[mine], sign * load[mine])
        for i, j, nodes in links.alone(region):
            _count(between, i, j, float(given[nodes].sum()))
        for node in links.crowded(region):
            meeting.setdefault(node, {})[region] = float(given[node])
    for name, (a, b) in system.sides.items():
        first, second = system.mesh.region[a.owner], system.mesh.region[b.owner]
        for i, j in set(zip(first.tolist(), second.tolist(), strict=True)):
            mine = (first == i) & (second == j)
            _count(between, i, j, float((a.weight[mine] * through[name][mine]).sum()))
    for node, handed in meeting.items():
        for i, j, q in _split(links.around(node), handed):
            _count(between, i, j, q)
    for (i, j), q in [pair for pair in between.items() if pair[0][1] >= n]:
        out[names[i], held[j - n]] = out.get((names[i], held[j - n]), 0.0) + q
    return HeatFlows({(names[i], names[j]): q for (i, j), q in sorted(between.items()) if j < n}, out)


def heat_between(solution: HeatSolution, first: str, second: str) -> float:
    """Heat [W] from one region to another; 0 where they do not touch."""
    between = heat_flows(solution).between
    return between.get((first, second), 0.0) - between.get((second, first), 0.0)


def _count(between: dict[tuple[int, int], float], i: int, j: int, q: float) -> None:
    if i != j:
        key, sign = ((i, j), 1.0) if i < j else ((j, i), -1.0)
        between[key] = between.get(key, 0.0) + sign * q


def _split(widths: Mapping[tuple[int, int], float], handed: Mapping[int, float]) -> list[tuple[int, int, float]]:
    """(party, party, W) at one node where several meet: a network of conductors as wide as ``widths``; ``handed`` [W] by region."""
    parties = sorted({party for pair in widths for party in pair})
    place = {party: k for k, party in enumerate(parties)}
    conductance = np.full((len(parties), len(parties)), LEAST_SHARE * sum(widths.values()))
    for (i, j), width in widths.items():
        conductance[place[i], place[j]] += width
        conductance[place[j], place[i]] += width
    np.fill_diagonal(conductance, 0.0)
    given = np.array([handed.get(party, 0.0) for party in parties])
    boundary = [k for k, party in enumerate(parties) if party not in handed]
    if boundary:  # what the regions leave goes out through the prescribed boundary
        given[boundary[0]] = -given.sum()
    given -= given.mean()
    level = np.linalg.lstsq(np.diag(conductance.sum(axis=1)) - conductance, given, rcond=None)[0]
    return [
        (parties[a], parties[b], float(conductance[a, b] * (level[a] - level[b])))
        for a in range(len(parties))
        for b in range(a + 1, len(parties))
    ]


@dataclass(frozen=True)
class Links:
    """Which parties share a node: rows ``node``, ``first`` < ``second`` (n_links,), each once, by node, and the ``width`` [m²] of the
    area they share around it; ``n_at`` (n_links,) how many rows the row's node has. Regions count from 0, held boundaries after."""

    node: Integers
    first: Integers
    second: Integers
    width: Floats
    n_at: Integers

    def alone(self, region: int) -> list[tuple[int, int, Integers]]:
        """(region, other, nodes): the nodes that the region, the first of the two, shares with one other party only."""
        rows = np.flatnonzero((self.first == region) & (self.n_at == 1))
        return [(region, int(j), self.node[rows[self.second[rows] == j]]) for j in np.unique(self.second[rows])]

    def crowded(self, region: int) -> list[int]:
        """Nodes of the region where more than two meet."""
        rows = ((self.first == region) | (self.second == region)) & (self.n_at > 1)
        return [int(node) for node in np.unique(self.node[rows])]

    def around(self, node: int) -> dict[tuple[int, int], float]:
        """Widths by pair at a node."""
        rows = range(int(np.searchsorted(self.node, node)), int(np.searchsorted(self.node, node, side="right")))
        return {(int(self.first[row]), int(self.second[row])): float(self.width[row]) for row in rows}


def _links(system: System, held: list[str]) -> Links:
    """Nodes that two parties share and the area [m²] of each one's part of it."""
    mesh, space = system.mesh, system.space
    n = len(mesh.regions)
    parts: list[tuple[Integers, Integers, Integers, Floats]] = []
    near = adjacency(mesh.hexes)
    one, other = mesh.region[near.first], mesh.region[near.second]
    differs = np.flatnonzero(one != other)
    if differs.size:
        facets = Facets(_facet_nodes(system, near.first[differs], near.first_side[differs]), near.first[differs])
        width = facets.nodes.shape[1]
        share = np.repeat(face(space, facets).weight.sum(axis=1) / width, width)
        a, b = np.repeat(one[differs], width), np.repeat(other[differs], width)
        parts.append((facets.nodes.ravel(), np.minimum(a, b), np.maximum(a, b), share))
    owner = np.full(system.n, -1, dtype=np.int64)
    for number, name in enumerate(held):
        owner[system.prescribed[name]] = n + number
    for name in held:
        there = system.faces[name]
        width = there.nodes.shape[1]
        nodes = there.nodes.ravel()
        region = np.repeat(mesh.region[there.owner], width)
        parts.append((nodes, region, owner[nodes], np.repeat(there.weight.sum(axis=1) / width, width)))
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Links(none, none, none, np.empty(0), none)
    node, first, second, area = (np.concatenate(column) for column in zip(*parts, strict=True))
    parties = n + len(held)
    key, back = np.unique((node * parties + first) * parties + second, return_inverse=True)
    nodes = key // parties**2
    _, at, count = np.unique(nodes, return_inverse=True, return_counts=True)
    return Links(nodes, key // parties % parties, key % parties, np.bincount(back, area), count[at])


def _facet_nodes(system: System, elements: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Nodes (m, n) of the facet on ``side`` of each of ``elements``: those whose local place is on it, as the facet orders them."""
    ref, facet = system.space.volume, system.space.facet
    faces = FACES[ref.kind]
    by_corners = element(facet.kind, 1).shapes(facet.nodes)
    rows = [
        [int(np.abs(ref.nodes - place).sum(axis=1).argmin()) for place in by_corners @ ref.nodes[faces[number]]]
        for number in range(len(faces))
    ]
    return system.space.elements[elements[:, None], np.array(rows)[side]]
