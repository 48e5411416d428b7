"""What a computed flow and temperature say branch by branch: flows and pressures at sections, heat and temperature of walls by segment."""

from __future__ import annotations

import numpy as np

from packtool.coldplate.flow3d.conjugate import heat_into_coolant
from packtool.coldplate.flow3d.heat_records import ConjugateSolution
from packtool.coldplate.flow3d.records import FlowSolution
from packtool.coldplate.passages import Passages
from packtool.coldplate.segments import Segments, map_walls
from packtool.errors import SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, ElementMesh, located, outer_facets
from packtool.fem.facets import facet_integrals
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.mesh.records import Floats, TaggedMesh

MM = 1e-3


def branch_drops(flow: FlowSolution, network: CoolantNetwork, p: Passages, duct_drop: float = 0.0) -> tuple[Floats, Floats]:
    """By branch (n,): volume flow [m³/s] of the whole height, positive from start to end, and static pressure lost between its nodes [Pa].

    ``flow`` is that of the lower half. A node holds the static pressure of what flows into it: that of the section in the middle of a
    branch that does, a header before others, less developed friction from there. Openings hold their face's mean; ``duct_drop`` [Pa] is
    what the duct from the outlet of ``network`` to that of ``flow`` takes.
    """
    sections = [_middle(flow, b) for b in network.branches]
    volume = np.array([2 * q for q, _, _ in sections])
    if len(network.branches) == 1:
        volume[:] = 2 * flow.flow["outlet"]
    gradient = 2 * p.f_Re * flow.problem.mu * volume / p.area / p.D_h**2  # of developed friction, along the path
    pressure = np.full(len(p.nodes), np.nan)
    pressure[p.inlet], pressure[p.outlet] = flow.mean_pressure["inlet"], flow.mean_pressure["outlet"] + duct_drop
    for node in np.flatnonzero(np.isnan(pressure)):
        feeding = [i for i in range(len(volume)) if (p.node[i, 1] if volume[i] > 0 else p.node[i, 0]) == node]
        if not feeding:
            raise SolveError(f"nothing flows into node {p.nodes[node]} of the coolant network")
        feeder = max(feeding, key=lambda i: (p.kinds[i] == "header", abs(volume[i])))
        _, held, at = sections[feeder]
        ahead = p.length[feeder] - at if volume[feeder] > 0 else -at
        within = (p.length[feeder] - p.straight[feeder]) / 2 * np.sign(ahead)  # inside a wider header: no friction of its own
        pressure[node] = held - gradient[feeder] * (ahead - within)
    return volume, pressure[p.node[:, 0]] - pressure[p.node[:, 1]]


def channel_flows(flow: FlowSolution, network: CoolantNetwork) -> dict[str, float]:
    """Volume flow [m³/s] of the whole height through each branch of kind channel, positive from its start to its end; ``flow`` is that of the lower half."""
    return {b.name: 2 * _middle(flow, b)[0] for b in network.branches if b.kind == "channel"}


def _middle(flow: FlowSolution, branch: Branch) -> tuple[float, float, float]:
    """Flow [m³/s] of the meshed half and mean pressure [Pa] through the section nearest to the middle of a branch's longest straight leg, and its way [m]
    along the branch."""
    lengths = np.array(branch.leg_lengths_mm()) * MM
    straight = [curve is None for _, _, curve in branch.legs()]
    leg = int(np.where(straight, lengths, 0.0).argmax())
    a, b = (np.array(point) * MM for point in branch.path[leg : leg + 2])
    axis = int(np.abs(b - a).argmax())
    forward = 1.0 if b[axis] > a[axis] else -1.0
    mesh = flow.problem.mesh
    corners = mesh.points[mesh.elements]
    low, high = corners.min(axis=1), corners.max(axis=1)
    centre = (low + high) / 2
    other = 1 - axis
    inside = np.abs(centre[:, other] - a[other]) < branch.width_mm * MM / 2
    middle = (a[axis] + b[axis]) / 2
    planes = np.unique(low[inside, axis])
    place = planes[np.abs(planes - middle).argmin()]
    tolerance = 1e-9
    sides = [inside & (np.abs(face[:, axis] - place) < tolerance) for face in (low, high)]
    if not sides[0].any() or not sides[1].any():
        raise SolveError(f"the mesh has no section across coolant branch {branch.name}")
    behind = np.flatnonzero(sides[0])
    nodes = flow.element_nodes[behind]
    where = flow.nodes[nodes]
    on = np.abs(where[:, :, axis] - place) < tolerance
    across = [other, 2]
    span = high[behind] - low[behind]
    weight = np.where(on, 1.0, 0.0)
    for direction in across:  # Simpson's rule: exact for what is quadratic
        mid = np.abs(where[:, :, direction] - centre[behind, None, direction]) < 1e-3 * span[:, None, direction]
        weight *= np.where(mid, 4.0, 1.0) / 6 * span[:, None, direction]
    through = float((weight * flow.velocity[nodes][:, :, axis]).sum()) * forward
    total, area = 0.0, 0.0
    for side in sides:
        rows = np.flatnonzero(side)
        face = centre[rows].copy()
        face[:, axis] = place
        size = (high[rows] - low[rows])[:, across].prod(axis=1)
        linear = flow.pressure_linear[rows]
        held = linear[:, 0] + ((face - centre[rows]) * linear[:, 1:]).sum(axis=1)
        total, area = total + float(held @ size), area + float(size.sum())
    way = float(lengths[:leg].sum()) + forward * (place - a[axis])
    return through, total / area, way


def wall_films(solution: ConjugateSolution, network: CoolantNetwork, segments: Segments) -> tuple[Floats, Floats, Floats]:
    """By segment (n_segments,): heat into the coolant [W], area-weighted mean of the wall [K], area [m²]."""
    problem = solution.problem
    mesh, wet = problem.mesh, np.flatnonzero(problem.fluid)
    elements = mesh.elements[wet]
    facets = outer_facets(elements)
    # walls are shared with the metal: the rest are open ends, and the sides of a duct behind the plate
    known = {tuple(sorted(facet)) for facet in np.concatenate(list(mesh.boundaries.values())).tolist()}
    is_wall = np.array([tuple(sorted(facet)) not in known for facet in facets.tolist()])
    named = ElementMesh(mesh.points, elements, {"wall": facets[is_wall], "open": facets[~is_wall]})
    place = located(named)["wall"]
    corners = elements[:, CYCLIC_TO_TENSOR[elements.shape[1]]]
    surface = facet_integrals(mesh.points, corners, solution.element_nodes[wet], place)
    weight = surface.weight
    area = weight.sum(axis=1)
    T = (weight * surface.of_second(solution.T)).sum(axis=1) / area
    # a node's heat goes to the facets around it by the integrals of its function on them
    shares = np.einsum("fqa,fq->fa", surface.second, weight)
    whole = np.bincount(surface.nodes.ravel(), shares.ravel(), len(solution.T))
    density = np.divide(heat_into_coolant(solution), whole, out=np.zeros_like(whole), where=whole > 1e-12 * whole.max())
    heat = (shares * density[surface.nodes]).sum(axis=1)
    tagged = TaggedMesh(mesh.points, np.empty((0, 8), np.int64), np.empty(0, np.int64), (), {"wall": facets[is_wall]})
    segment = map_walls(network, segments, tagged, "wall").segment
    n = len(segments.s)
    total = np.bincount(segment, area, n)
    mean = np.divide(np.bincount(segment, area * T, n), total, out=np.full(n, np.nan), where=total > 0)
    return np.bincount(segment, heat, n), mean, total
