"""Where the watts go: heat from one kind of part to the next, by consistent fluxes.

What the elements of a group of parts make, less what they conduct away from and store at their points, arrives at those points. There it
leaves through outer facets (the solve knows how much by facet) and through ties, or crosses over to the groups that share the
point. Summed over a group's points this is the group's balance exactly, whatever the mesh.

At a point of two groups that is all. Where three or more meet, each touching the next along facets, a flow round the point is not
determined by balances: the conducted flux at the facets says how large each flow should be, and the flows that balance and differ least from
those are taken. (The smallest flows that balance instead would give 12 % too much from cell to holder in the pack with ribbons of
tests/coldplate at level normal; these give 3 %.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.fem.quads import ELEMENTS_AT_ONCE, GaussFrames, mesh_volumes, shape_gradients
from packtool.fem.ties import mesh_joint
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.mesh.sides import FacetFinder, facet_key
from packtool.results import Result
from packtool.thermal.exposure import exposure_doubt
from packtool.thermal.records import COOLANT_WALL, ConductionProblem, FacetHeat
from packtool.thermal.varying import conductivity_at, kind_of

FACE_MIDDLES = np.array([(-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)], dtype=float)
"""(6, 3) local coordinates of the middles of an element's sides, in the order of ``FACE_CORNERS``."""


LEAST_SHARE = 0.05
"""Where balances and conducted fluxes differ a flow gives way by its size, and by this share of the largest at its point at least."""

DOUBT = 0.5
"""Of what the flows give way by at such points, told as their error where meshes cannot tell it. On the pack with ribbons of
tests/coldplate, against a mesh twice as fine as normal: 0.5 to 1.7 times the true error at level coarse, 0.9 to 2.2 at normal (of the
largest flow, which others' errors leave by chance, 11)."""


@dataclass(frozen=True)
class PartFlows:
    """``groups``: kinds of part; ``made``, ``stored``, ``to_ambient``, ``to_coolant`` (n_groups,); ``between`` (n_groups, n_groups): from
    row to column, antisymmetric; ``doubt`` (n_groups, n_groups), symmetric: an error of those that is known from one mesh alone, and ``ambient_doubt``
    (n_groups,) of what goes to the ambient. In watts, or in joules where what was given is summed over time."""

    groups: tuple[str, ...]
    made: Floats
    stored: Floats
    to_ambient: Floats
    to_coolant: Floats
    between: Floats
    doubt: Floats
    ambient_doubt: Floats

    @property
    def open(self) -> float:
        """Largest of any group's balance that does not close, over the largest flow [-]."""
        off = self.made - self.stored - self.to_ambient - self.to_coolant - self.between.sum(axis=1)
        terms = (self.made, self.stored, self.to_ambient, self.to_coolant, self.between)
        return float(np.abs(off).max() / max(*(float(np.abs(term).max()) for term in terms), 1e-300))


def part_flows(
    problem: ConductionProblem,
    T: Floats,
    power: Floats,
    leaving: Mapping[str, FacetHeat],
    rise: Floats | None = None,
    conducted: Mapping[str, Floats] | None = None,
    gained: Mapping[str, Floats] | None = None,
    seconds: float = 1.0,
) -> PartFlows:
    """Flows between the roles of the regions of a solved ``problem``; parts from STEP files go by their own names.

    ``T`` (n_points,) [K], ``power`` (n_regions,) [W] and ``leaving``, by boundary, heat out of the solid; or all three times
    seconds, with the ``rise`` (n_points,) [K] over that time, and ``seconds`` how many. ``conducted`` and ``gained``, each by kind of part
    (n_points,) [W] or [J]: what those whose properties depend on temperature conduct away from the points and hold more there.
    ValueError where the problem has contacts, given fluxes or prescribed temperatures: what passes through them is not known here.
    """
    if problem.contact or problem.flux or problem.temperature:
        raise ValueError("flows through contacts, given fluxes and prescribed temperatures are not part of this")
    mesh = problem.mesh
    conductivity, rho_cp = _without_laws(problem)
    kinds = [kind_of(region) for region in mesh.regions]
    roles = tuple(dict.fromkeys(kinds))
    group_of = np.array([roles.index(kind) for kind in kinds])[mesh.region]
    n, n_groups = len(mesh.points), len(roles)
    arriving, touched = np.zeros((n_groups, n)), np.zeros((n_groups, n), dtype=bool)
    stored = np.zeros(n_groups)
    volumes = mesh_volumes(mesh)
    density = power / np.bincount(mesh.region, volumes.sum(axis=1), minlength=len(mesh.regions))
    above = T - float(np.median(T))
    for start in range(0, len(mesh.hexes), ELEMENTS_AT_ONCE):
        some = slice(start, start + ELEMENTS_AT_ONCE)
        hexes, region, group = mesh.hexes[some], mesh.region[some], group_of[some]
        frames = GaussFrames.of(mesh.points[hexes])
        conducting = frames.conducted(conductivity[region], above[hexes])
        taken = np.zeros_like(conducting)
        if rise is not None and rho_cp is not None:
            taken += rho_cp[region, None] * frames.weighted(rise[hexes])
        net = volumes[some] * density[region, None] - conducting - taken
        _add(arriving, group[:, None], hexes, net)
        touched[np.broadcast_to(group[:, None], hexes.shape), hexes] = True
        stored += np.bincount(group, taken.sum(axis=1), minlength=n_groups)
    for kind, away in (conducted or {}).items():
        arriving[roles.index(kind)] -= away
    for kind, more in (gained or {}).items():
        arriving[roles.index(kind)] -= more
        stored[roles.index(kind)] += more.sum()
    made = np.bincount([roles.index(kind) for kind in kinds], power, minlength=n_groups)
    to_coolant, to_ambient, ambient_doubt = np.zeros((3, n_groups))
    for name, out in leaving.items():
        owner = _owner_group(mesh, group_of, out.facets)
        _add(arriving, owner[:, None], out.facets, -out.heat)
        total = to_coolant if name == COOLANT_WALL else to_ambient
        total += np.bincount(owner, out.heat.sum(axis=1), minlength=n_groups)
        ambient_doubt += np.bincount(owner, exposure_doubt(mesh, name, out), minlength=n_groups)
    tied = _tied(problem, group_of, above, arriving)
    facets = _facets_between(mesh, _at_mean(problem, T / seconds, volumes), group_of, touched, above)
    between, doubt = _across(touched, arriving, facets)
    return PartFlows(roles, made, stored, to_ambient, to_coolant, between + tied, doubt, ambient_doubt)


def _without_laws(problem: ConductionProblem) -> tuple[Floats, Floats | None]:
    """Conductivity and heat capacity by region, 0 where they depend on temperature."""
    K, rho_cp = (
        np.array(problem.conductivity, dtype=float),
        None if problem.rho_cp is None else np.array(problem.rho_cp, dtype=float),
    )
    for region, law in problem.laws.items():
        if law.k is not None:
            K[region] = 0.0
        if law.rho_cp is not None and rho_cp is not None:
            rho_cp[region] = 0.0
    return K, rho_cp


def _at_mean(problem: ConductionProblem, T: Floats, volumes: Floats) -> Floats:
    """Conductivity (n_regions, 3, 3) at each region's mean of ``T`` (n_points,) [K]."""
    K, mesh = np.array(problem.conductivity, dtype=float), problem.mesh
    if problem.laws:
        mean = np.bincount(mesh.region, (volumes * T[mesh.hexes]).sum(axis=1)) / np.bincount(mesh.region, volumes.sum(axis=1))
        for region, law in problem.laws.items():
            known = conductivity_at(law, float(mean[region]))
            K[region] = K[region] if known is None else known
    return K


def _add(arriving: Floats, group: Integers, nodes: Integers, heat: Floats) -> None:
    """Add ``heat`` (m, k) to ``arriving`` (n_groups, n) at ``nodes`` (m, k) of each row's ``group`` (m, 1), in place."""
    np.add.at(arriving.reshape(-1), (group * arriving.shape[1] + nodes).ravel(), heat.ravel())


def _owner_group(mesh: TaggedMesh, group_of: Integers, facets: Integers) -> Integers:
    """The group (n_facets,) of the element behind each outer facet."""
    element, side = _faces_at(mesh, facets)
    faces = FacetFinder(mesh.hexes[element[:, None], FACE_CORNERS[side]])
    return np.asarray(group_of[element[faces.first("boundaries", facets)]])


def _faces_at(mesh: TaggedMesh, nodes: Integers) -> tuple[Integers, Integers]:
    """Element and side of every element's face whose points are all among ``nodes``."""
    on_it = np.zeros(len(mesh.points), dtype=bool)
    on_it[nodes] = True
    near = np.flatnonzero(on_it[mesh.hexes].sum(axis=1) >= FACE_CORNERS.shape[1])
    which, side = np.nonzero(on_it[mesh.hexes[near]][:, FACE_CORNERS].all(axis=2))
    return near[which], side


def _tied(problem: ConductionProblem, group_of: Integers, T: Floats, arriving: Floats) -> Floats:
    """Flows (n_groups, n_groups) through ties; they are taken off ``arriving``, in place."""
    n_groups, mesh = len(arriving), problem.mesh
    between = np.zeros((n_groups, n_groups))
    for name, conductance in problem.tie.items():
        tie, one = mesh.ties[name], mesh_joint(mesh, name)
        leaves = conductance * np.einsum("rij,rj->ri", one.matrix, T[one.rows])
        (finer,), (coarser,) = (np.unique(_owner_group(mesh, group_of, side)) for side in (tie.minus, tie.plus))
        _add(arriving, np.array([[finer] + 4 * [coarser]]), one.rows, -leaves)
        flow = float(leaves[:, 0].sum())
        between[finer, coarser] += flow
        between[coarser, finer] -= flow
    return between


@dataclass(frozen=True)
class _Facets:
    """Facets between two groups, ``first`` < ``second`` (m,): ``nodes`` (m, 4), and ``heat`` (m,) conducted to the second through a
    quarter of each."""

    nodes: Integers
    first: Integers
    second: Integers
    heat: Floats


def _facets_between(mesh: TaggedMesh, conductivity: Floats, group_of: Integers, touched: NDArray[np.bool_], T: Floats) -> _Facets:
    """The facets between groups about the points where more than two meet."""
    count = touched.sum(axis=0)
    at = np.flatnonzero(count > 2)
    doubtful = np.zeros(len(mesh.points), dtype=bool)
    doubtful[at] = True
    element, side = _faces_at(mesh, np.flatnonzero(count > 1))
    nodes = mesh.hexes[element[:, None], FACE_CORNERS[side]]
    chosen = doubtful[nodes].any(axis=1)
    element, side, nodes = element[chosen], side[chosen], nodes[chosen]
    low, high = facet_key(nodes, len(mesh.points))
    order = np.lexsort((group_of[element], high, low))
    a, b = order[:-1], order[1:]
    pair = (low[a] == low[b]) & (high[a] == high[b]) & (group_of[element[a]] != group_of[element[b]])
    a, b = a[pair], b[pair]
    out = [_conducted_out(mesh, conductivity, T, element[one], side[one]) for one in (a, b)]
    return _Facets(nodes[a], group_of[element[a]], group_of[element[b]], (out[0] - out[1]) / 8)


def _conducted_out(mesh: TaggedMesh, conductivity: Floats, T: Floats, element: Integers, side: Integers) -> Floats:
    """(m,) heat [W] that ``element`` conducts out through its ``side``, by the gradient in the middle of that."""
    hexes = mesh.hexes[element]
    corner, slopes = mesh.points[hexes], shape_gradients(FACE_MIDDLES)[side]
    along = np.einsum("mnc,mnx->mcx", slopes, corner)
    gradient = np.linalg.solve(along, np.einsum("mnc,mn->mc", slopes, T[hexes])[..., None])[..., 0]
    face = mesh.points[np.take_along_axis(hexes, FACE_CORNERS[side], axis=1)]
    area = np.cross(face[:, 2] - face[:, 0], face[:, 3] - face[:, 1]) / 2
    return -np.einsum("mx,mxy,my->m", area, conductivity[mesh.region[element]], gradient)


def _across(touched: NDArray[np.bool_], arriving: Floats, facets: _Facets) -> tuple[Floats, Floats]:
    """Flows (n_groups, n_groups) from what is left of ``arriving``, and the doubt about them."""
    n_groups, n = arriving.shape
    count = touched.sum(axis=0)
    between, doubt = np.zeros((2, n_groups, n_groups))
    two = np.flatnonzero(count == 2)
    first, second = touched[:, two].argmax(axis=0), n_groups - 1 - touched[::-1, two].argmax(axis=0)
    flow = (arriving[first, two] - arriving[second, two]) / 2
    np.add.at(between, (first, second), flow)

    at = np.flatnonzero(count > 2)
    place = np.full(n, -1)
    place[at] = np.arange(len(at))
    here = place[facets.nodes]
    kind = np.broadcast_to((facets.first * n_groups + facets.second)[:, None], here.shape)[here >= 0]
    heat = np.broadcast_to(facets.heat[:, None], here.shape)[here >= 0]
    here = here[here >= 0]
    kinds, kind = np.unique(kind, return_inverse=True)
    linked, wanted = np.zeros((len(at), len(kinds)), dtype=bool), np.zeros((len(at), len(kinds)))
    linked[here, kind] = True
    np.add.at(wanted, (here, kind), heat)
    for pattern, rows in _alike(linked):
        ends = np.divmod(kinds[pattern], n_groups)
        balance = np.zeros((n_groups, len(pattern)))  # what leaves each group by each link
        balance[ends[0], np.arange(len(pattern))], balance[ends[1], np.arange(len(pattern))] = 1.0, -1.0
        guess = wanted[rows][:, pattern]
        size = np.abs(guess)
        weight = size + LEAST_SHARE * size.max(axis=1, keepdims=True) + 1e-300
        open_balance = (arriving[:, at[rows]].T - guess @ balance.T)[..., None]
        level = np.linalg.pinv(np.einsum("il,rl,jl->rij", balance, weight, balance), hermitian=True) @ open_balance
        given_way = weight * (level[..., 0] @ balance)
        np.add.at(between, ends, (guess + given_way).sum(axis=0))
        np.add.at(doubt, ends, DOUBT * np.abs(given_way).sum(axis=0))
    return between - between.T, doubt + doubt.T


def _alike(linked: NDArray[np.bool_]) -> Sequence[tuple[Integers, Integers]]:
    """For every pattern among the rows of ``linked`` its columns, and the rows that have it."""
    patterns, which = np.unique(linked, axis=0, return_inverse=True)
    return [(np.flatnonzero(pattern), np.flatnonzero(which.ravel() == i)) for i, pattern in enumerate(patterns)]


def flow_rows(flows: PartFlows, scale: float = 1.0) -> list[Result]:
    """Every flow that there is [W], from the group that gives, with what doubt there is about it as its error; both times ``scale``."""
    rows = []
    for i, name in enumerate(flows.groups):
        for j in range(i + 1, len(flows.groups)):
            value = flows.between[i, j] * scale
            if value:
                doubt = float(flows.doubt[i, j]) * scale
                rows.append(Result(f"heat.flow[{name}>{flows.groups[j]}]", float(value), "W", error=doubt))
        for other, out, doubt in (
            ("coolant", flows.to_coolant[i], 0.0),
            ("ambient", flows.to_ambient[i], float(flows.ambient_doubt[i])),
        ):
            if out:
                rows.append(Result(f"heat.flow[{name}>{other}]", float(out) * scale, "W", error=doubt * scale or None))
    return rows
