"""Where the watts go: heat from one kind of part to the next, by consistent fluxes.

What the elements of a group of parts make, less what they conduct away from and store at their points, arrives at those points; at points
that the group shares with another it crosses over, at points of an outer boundary it leaves. Summed over a group's points this is the
group's balance exactly, whatever the mesh. At a point where more than two groups meet the flows between them are not determined one by
one; the smallest that fit are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.fem.quads import nodal_volumes, shape_functions, shape_gradients
from packtool.mesh.records import Floats, Integers, TaggedMesh

COOLANT_WALL = "coolant_wall"
ELEMENTS_AT_ONCE = 20_000
"""Elements whose matrices are in memory together: 10 MB a thousand."""


@dataclass(frozen=True)
class PartFlows:
    """``groups``: kinds of part; ``made``, ``stored``, ``to_ambient``, ``to_coolant`` (n_groups,); ``between`` (n_groups, n_groups): from
    row to column, antisymmetric. In watts, or in joules where what was given is summed over time."""

    groups: tuple[str, ...]
    made: Floats
    stored: Floats
    to_ambient: Floats
    to_coolant: Floats
    between: Floats

    @property
    def open(self) -> float:
        """Largest of any group's balance that does not close, over the largest flow [-]."""
        off = self.made - self.stored - self.to_ambient - self.to_coolant - self.between.sum(axis=1)
        terms = (self.made, self.stored, self.to_ambient, self.to_coolant, self.between)
        return float(np.abs(off).max() / max(*(float(np.abs(term).max()) for term in terms), 1e-300))


def part_flows(
    mesh: TaggedMesh, conductivity: Floats, T: Floats, power: Floats, rho_cp: Floats | None = None, rise: Floats | None = None
) -> PartFlows:
    """Flows between the roles of ``mesh``'s regions.

    ``conductivity`` (n_regions, 3, 3) [W/m/K]; ``T`` (n_points,) [K], ``power`` (n_regions,) [W], or both times seconds, with ``rho_cp``
    (n_regions,) [J/m³/K] and the ``rise`` (n_points,) [K] over that time. Contacts are not known here: ValueError if the mesh has any.
    """
    if mesh.contacts:
        raise ValueError("flows through contacts are not part of this")
    roles = tuple(dict.fromkeys(region.role for region in mesh.regions))
    group_of = np.array([roles.index(region.role) for region in mesh.regions])[mesh.region]
    n, n_groups = len(mesh.points), len(roles)
    arriving, touched = np.zeros((n_groups, n)), np.zeros((n_groups, n), dtype=bool)
    stored = np.zeros(n_groups)
    volumes = nodal_volumes(mesh.points, mesh.hexes)
    density = power / np.bincount(mesh.region, volumes.sum(axis=1), minlength=len(mesh.regions))
    level = float(np.median(T))
    for start in range(0, len(mesh.hexes), ELEMENTS_AT_ONCE):
        some = slice(start, start + ELEMENTS_AT_ONCE)
        hexes, region, group = mesh.hexes[some], mesh.region[some], group_of[some]
        conducted, mass = _element_loads(
            mesh.points[hexes], conductivity[region], T[hexes] - level, None if rise is None else rise[hexes]
        )
        gained = np.zeros_like(conducted) if mass is None or rho_cp is None else rho_cp[region, None] * mass
        net = volumes[some] * density[region, None] - conducted - gained
        np.add.at(arriving, (group[:, None], hexes), net)
        touched[group[:, None], hexes] = True
        stored += np.bincount(group, gained.sum(axis=1), minlength=n_groups)
    made = np.bincount([roles.index(region.role) for region in mesh.regions], power, minlength=n_groups)
    to_coolant, to_ambient = _leave(mesh, group_of, arriving, touched)
    return PartFlows(roles, made, stored, to_ambient, to_coolant, _across(arriving, touched))


def _element_loads(corner: Floats, K: Floats, T: Floats, rise: Floats | None) -> tuple[Floats, Floats | None]:
    """(n, 8) integrals of grad N . K grad T, and of N times the rise, over each element ``corner`` (n, 8, 3)."""
    gauss = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / np.sqrt(3.0)
    local, shapes = shape_gradients(gauss), shape_functions(gauss)
    jacobian = np.einsum("qnc,enx->eqcx", local, corner, optimize=True)
    gradient = np.linalg.solve(jacobian, np.broadcast_to(local.transpose(0, 2, 1), (len(corner), 8, 3, 8)))
    weight = np.linalg.det(jacobian)
    flux = np.einsum("exy,eqyn,en->eqx", K, gradient, T, optimize=True)
    conducted = np.einsum("eqxn,eqx,eq->en", gradient, flux, weight, optimize=True)
    return conducted, None if rise is None else np.einsum("qn,qm,em,eq->en", shapes, shapes, rise, weight, optimize=True)


def _leave(mesh: TaggedMesh, group_of: Integers, arriving: Floats, touched: np.ndarray) -> tuple[Floats, Floats]:
    """Take off ``arriving``, in place, what leaves through the outer boundaries: to the coolant, to the ambient, each (n_groups,).

    At a point all groups together receive what leaves there; it is shared among the groups by how many outer facets they have at it.
    """
    n_groups, n = arriving.shape
    leaving = arriving.sum(axis=0)
    lost = []
    remaining = leaving.copy()
    for wall in (True, False):
        facets = [nodes for name, nodes in mesh.boundaries.items() if (name == COOLANT_WALL) == wall and len(nodes)]
        share = np.zeros((n_groups, n))
        if facets:
            every = np.concatenate(facets)
            np.add.at(share, (np.repeat(_owner_group(mesh, group_of, every), 4), every.ravel()), 1.0)
        total = share.sum(axis=0)
        here = total > 0
        out = np.zeros((n_groups, n))
        out[:, here] = share[:, here] / total[here] * remaining[here]
        remaining[here] = 0.0
        arriving -= out
        lost.append(out.sum(axis=1))
    return lost[0], lost[1]


def _owner_group(mesh: TaggedMesh, group_of: Integers, facets: Integers) -> Integers:
    """The group (n_facets,) of the element behind each outer facet."""
    from packtool.mesh.grid import FACE_CORNERS

    faces = np.sort(mesh.hexes[:, FACE_CORNERS].reshape(-1, 4), axis=1).astype(np.int64)
    wanted = np.sort(facets, axis=1).astype(np.int64)
    n = len(mesh.points)
    # two keys of two corners each tell a face; only faces of boundary points are looked at
    on_it = np.zeros(n, dtype=bool)
    on_it[facets] = True
    candidates = np.flatnonzero(on_it[faces].all(axis=1))
    both = np.concatenate([faces[candidates], wanted])
    code = np.unique(np.stack([both[:, 0] * n + both[:, 1], both[:, 2] * n + both[:, 3]], axis=1), axis=0, return_inverse=True)[
        1
    ].ravel()
    owner = np.full(code.max() + 1, -1)
    owner[code[: len(candidates)]] = group_of[candidates // 6]
    return owner[code[len(candidates) :]]


def _across(arriving: Floats, touched: np.ndarray) -> Floats:
    """Flows (n_groups, n_groups) from what is left of ``arriving``: at each point the smallest that fit, (a_i - a_j) / number of groups."""
    n_groups = len(arriving)
    count = touched.sum(axis=0)
    between = np.zeros((n_groups, n_groups))
    for i in range(n_groups):
        for j in range(i + 1, n_groups):
            both = touched[i] & touched[j]
            flow = float(((arriving[i, both] - arriving[j, both]) / count[both]).sum())
            between[i, j], between[j, i] = flow, -flow
    return between


def flow_rows(flows: PartFlows, scale: float = 1.0) -> Sequence[tuple[str, float]]:
    """(name, value) of every flow that there is, from the group that gives; times ``scale``."""
    rows = []
    for i, name in enumerate(flows.groups):
        for j in range(i + 1, len(flows.groups)):
            value = flows.between[i, j] * scale
            if value:
                rows.append((f"heat.flow[{name}>{flows.groups[j]}]", value))
        for other, out in (("coolant", flows.to_coolant[i]), ("ambient", flows.to_ambient[i])):
            if out:
                rows.append((f"heat.flow[{name}>{other}]", float(out) * scale))
    return rows
