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

from packtool.fem.quads import ELEMENTS_AT_ONCE, GaussFrames, nodal_volumes
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.mesh.sides import FacetFinder

COOLANT_WALL = "coolant_wall"


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
        frames = GaussFrames.of(mesh.points[hexes])
        conducted = frames.conducted(conductivity[region], T[hexes] - level)
        gained = np.zeros_like(conducted)
        if rise is not None and rho_cp is not None:
            gained += rho_cp[region, None] * frames.weighted(rise[hexes])
        net = volumes[some] * density[region, None] - conducted - gained
        place = (group[:, None] * n + hexes).ravel()
        np.add.at(arriving.reshape(-1), place, net.ravel())
        touched.reshape(-1)[place] = True
        stored += np.bincount(group, gained.sum(axis=1), minlength=n_groups)
    made = np.bincount([roles.index(region.role) for region in mesh.regions], power, minlength=n_groups)
    to_coolant, to_ambient = _leave(mesh, group_of, arriving)
    return PartFlows(roles, made, stored, to_ambient, to_coolant, _across(arriving, touched))


def _leave(mesh: TaggedMesh, group_of: Integers, arriving: Floats) -> tuple[Floats, Floats]:
    """Take off ``arriving``, in place, what leaves through the outer boundaries: to the coolant, to the ambient, each (n_groups,).

    At a point all groups together receive what leaves there; it is shared among the groups by how many outer facets they have at it.
    """
    n_groups, n = arriving.shape
    lost = []
    remaining = arriving.sum(axis=0)
    for wall in (True, False):
        facets = [nodes for name, nodes in mesh.boundaries.items() if (name == COOLANT_WALL) == wall and len(nodes)]
        share = np.zeros((n_groups, n))
        if facets:
            every = np.concatenate(facets)
            place = np.repeat(_owner_group(mesh, group_of, every), 4) * n + every.ravel()
            np.add.at(share.reshape(-1), place, 1.0)
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
    on_it = np.zeros(len(mesh.points), dtype=bool)
    on_it[facets] = True
    element, side = np.nonzero(on_it[mesh.hexes][:, FACE_CORNERS].all(axis=2))  # only faces of boundary points are looked at
    faces = FacetFinder(mesh.hexes[element[:, None], FACE_CORNERS[side]])
    return np.asarray(group_of[element[faces.first("boundaries", facets)]])


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
