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
from packtool.mesh.records import Floats
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
    given = np.zeros((n, system.n))
    for region in range(n):
        own = system.heat(T, solution.time, of=(region,))
        given[region] = own.residual
        if solution.rate is not None:
            given[region] -= system.warming(T, solution.rate, of=region)
        for boundary, q in own.out.items():
            if q or boundary in _touched(system, region):
                out[names[region], boundary] = out.get((names[region], boundary), 0.0) + q
    for name, (a, b) in system.sides.items():
        flux = system.contact_flux(name, T, solution.time)
        first, second = system.mesh.region[a.owner], system.mesh.region[b.owner]
        load = a.load(flux)
        for i, j in set(zip(first.tolist(), second.tolist(), strict=True)):
            mine = (first == i) & (second == j)
            np.add.at(given[i], a.nodes[mine], -load[mine])
            np.add.at(given[j], b.nodes[mine], load[mine])
            _count(between, i, j, float((a.weight[mine] * flux[mine]).sum()))
    for i, j, q in _shared(system, given, held):
        if j >= n:
            out[names[i], held[j - n]] = out.get((names[i], held[j - n]), 0.0) + q
        else:
            _count(between, i, j, q)
    return HeatFlows({(names[i], names[j]): q for (i, j), q in sorted(between.items())}, out)


def heat_between(solution: HeatSolution, first: str, second: str) -> float:
    """Heat [W] from one region to another; 0 where they do not touch."""
    between = heat_flows(solution).between
    return between.get((first, second), 0.0) - between.get((second, first), 0.0)


def _count(between: dict[tuple[int, int], float], i: int, j: int, q: float) -> None:
    if i != j:
        key, sign = ((i, j), 1.0) if i < j else ((j, i), -1.0)
        between[key] = between.get(key, 0.0) + sign * q


def _touched(system: System, region: int) -> set[str]:
    return {name for name, there in system.faces.items() if (system.mesh.region[there.owner] == region).any()}


def _shared(system: System, given: Floats, held: list[str]) -> list[tuple[int, int, float]]:
    """(party, party, W) summed over the nodes where parties meet: regions by number, prescribed boundaries after them."""
    n = len(given)
    links = _links(system, held)
    total: dict[tuple[int, int], float] = {}
    pairs = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
    if not len(pairs):
        return []
    width = np.zeros((len(pairs), system.n))
    for row, (i, j) in enumerate(pairs.tolist()):
        nodes, area = links[i, j]
        np.add.at(width[row], nodes, area)
    meeting = width > 0
    alone = meeting.sum(axis=0) == 1
    for row, (i, j) in enumerate(pairs.tolist()):
        total[i, j] = float(given[i][meeting[row] & alone].sum())
    for node in np.flatnonzero(meeting.sum(axis=0) > 1).tolist():
        rows = np.flatnonzero(meeting[:, node])
        parties = sorted(set(pairs[rows].ravel().tolist()))
        place = {party: k for k, party in enumerate(parties)}
        conductance = np.full((len(parties), len(parties)), LEAST_SHARE * width[rows, node].sum())
        for row in rows.tolist():
            a, b = place[int(pairs[row, 0])], place[int(pairs[row, 1])]
            conductance[a, b] += width[row, node]
            conductance[b, a] += width[row, node]
        np.fill_diagonal(conductance, 0.0)
        handed = np.array([given[party][node] if party < n else 0.0 for party in parties])
        boundary = [k for k, party in enumerate(parties) if party >= n]
        for k in boundary:
            handed[k] = -handed.sum() / len(boundary) if k == boundary[0] else 0.0
        handed -= handed.sum() / len(handed)
        level = np.linalg.lstsq(np.diag(conductance.sum(axis=1)) - conductance, handed, rcond=None)[0]
        for a in range(len(parties)):
            for b in range(a + 1, len(parties)):
                key = (parties[a], parties[b])
                total[key] = total.get(key, 0.0) + float(conductance[a, b] * (level[a] - level[b]))
    return [(i, j, q) for (i, j), q in sorted(total.items()) if i < n]


def _links(system: System, held: list[str]) -> dict[tuple[int, int], tuple[np.ndarray, Floats]]:
    """Nodes that two parties share and the area [m²] of each one's part of it."""
    mesh, space = system.mesh, system.space
    n = len(mesh.regions)
    found: dict[tuple[int, int], list[tuple[np.ndarray, Floats]]] = {}

    def put(i: int, j: int, nodes: np.ndarray, area: Floats) -> None:
        found.setdefault((min(i, j), max(i, j)), []).append((nodes.ravel(), np.repeat(area / nodes.shape[1], nodes.shape[1])))

    near = adjacency(mesh.hexes)
    one, other = mesh.region[near.first], mesh.region[near.second]
    differs = one != other
    first, one, other = near.first[differs], one[differs], other[differs]
    if first.size:
        facets = Facets(_facet_nodes(system, first, near.first_side[differs]), first)
        area = face(space, facets).weight.sum(axis=1)
        for i, j in sorted(set(zip(np.minimum(one, other).tolist(), np.maximum(one, other).tolist(), strict=True))):
            mine = (np.minimum(one, other) == i) & (np.maximum(one, other) == j)
            put(i, j, facets.nodes[mine], area[mine])
    owner_of = {int(node): n + k for k, name in enumerate(held) for node in system.prescribed[name]}
    for name in held:
        there = system.faces[name]
        area = there.weight.sum(axis=1) / there.nodes.shape[1]
        for region in np.unique(mesh.region[there.owner]).tolist():
            mine = np.flatnonzero(mesh.region[there.owner] == region)
            for node, share in zip(
                there.nodes[mine].ravel().tolist(), np.repeat(area[mine], there.nodes.shape[1]).tolist(), strict=True
            ):
                found.setdefault((region, owner_of[node]), []).append((np.array([node]), np.array([share])))
    return {pair: (np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])) for pair, parts in found.items()}


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
