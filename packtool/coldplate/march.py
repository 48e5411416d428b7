"""Coolant temperatures along the channels: heat transfer, and the linear system that carries enthalpy from inlet to outlet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from packtool.coldplate import nusselt
from packtool.coldplate.fluid import CoolantTable, Properties
from packtool.coldplate.passages import Passages
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.segments import Segments
from packtool.mesh.records import Floats, Integers

Flags = NDArray[np.bool_]

STAGNANT = 1e-9
"""Least share of the total flow that a branch's enthalpy balance is written with, so that a dead end keeps a temperature."""


@dataclass(frozen=True)
class Order:
    """The segments in the direction of the flow: ``upstream`` (n_segments,) the state each takes its inlet from; ``forward``
    (n_branches,) True where the flow runs from start to end; ``entry``, ``leave`` (n_branches,) the nodes it enters and leaves by.

    States: the nodes' mixed temperatures first, then one outlet temperature a segment.
    """

    upstream: Integers
    forward: Flags
    entry: Integers
    leave: Integers


def order(p: Passages, segments: Segments, mass_flow: Floats) -> Order:
    """Where each segment's coolant comes from, by the sign of ``mass_flow`` (n_branches,)."""
    forward = mass_flow >= 0
    entry = np.where(forward, p.node[:, 0], p.node[:, 1])
    leave = np.where(forward, p.node[:, 1], p.node[:, 0])
    index = np.arange(len(segments.s))
    ahead = forward[segments.branch]
    upstream = len(p.nodes) + np.where(ahead, index - 1, index + 1)
    starts = np.where(forward, segments.first[:-1], segments.first[1:] - 1)
    upstream[starts] = entry
    return Order(upstream, forward, entry, leave)


@dataclass(frozen=True)
class Film:
    """By segment (n_segments,): ``h`` [W/m²/K], its relative half-width ``scatter`` [-], ``Re`` [-], ``velocity`` [m/s] signed; ``calibrated``: share of
    ``h`` that is a calibration's [-], None without one."""

    h: Floats
    scatter: Floats
    Re: Floats
    velocity: Floats
    calibrated: Floats | None = None


def film(
    p: Passages,
    segments: Segments,
    mass_flow: Floats,
    fluid: Properties,
    roughness: float | Floats,
    physics: HeatPhysics,
    heated: Flags | None = None,
) -> Film:
    """Heat transfer coefficients with the thermal layers as old as the coolant's way since they started.

    A layer starts where coolant enters a branch from anything but the same section straight on or round a turn (``carries_on``); it is
    counted in x* = sum of dx / (D_h Re Pr), so flow and viscosity may change on the way. Within a segment h is the mean.

    ``scatter`` is the wider of two: downwards the correlation's own and, with it, that of a wall of one temperature in place of even heat
    along; upwards what it would be if every bend renewed the thermal layer, which a laminar layer is by some part (in kelvin at a given
    heat: as far as the film would fall by it).

    ``heated`` (n_branches,): only there do thermal layers grow; None: everywhere. ``roughness`` [m], one or (n_branches,).
    """
    b = segments.branch
    D, area = p.D_h[b], p.area[b]
    flow = np.maximum(np.abs(mass_flow), STAGNANT * np.max(np.abs(mass_flow)))[b]
    Re = flow * D / (area * fluid.mu)
    velocity = mass_flow[b] / (fluid.rho * area)
    if physics.given_h is not None:
        return Film(np.full(len(b), physics.given_h), np.zeros(len(b)), Re, velocity)
    d_star = segments.length / (D * Re * fluid.Pr)
    grows = np.ones(len(p.length), dtype=bool) if heated is None else heated
    aged = np.where(grows[b], d_star, 0.0)
    rough = np.broadcast_to(roughness, p.length.shape)[b] / D

    def Nusselt(ages: tuple[Floats, Floats, Flags], wall: nusselt.Wall) -> Floats:
        start_star, start_x, together = ages
        x_star, middle = (start_star, start_star + d_star), start_x + segments.length / 2
        return nusselt.segment_mean(Re, fluid.Pr, p.aspect[b], x_star, middle / D, rough, together, wall)

    restart = physics.restart_at_bends
    ages = _ages(p, segments, mass_flow, aged, restart, grows)
    Nu = Nusselt(ages, physics.wall)
    least = Nu if physics.wall == "T" else Nusselt(ages, "T")
    scatter = 1 - (1 - nusselt.scatter(Re)) * np.minimum(least / Nu, 1.0)
    if not restart and (segments.bends_before.any() or p.corner.any()):
        renewed = np.maximum(Nusselt(_ages(p, segments, mass_flow, aged, True, grows), physics.wall), Nu)
        scatter = np.maximum(scatter, 1 - 1 / (2 - Nu / renewed))
    calibrated = None
    if p.corrections is not None and not restart:
        told = Nusselt(_ages(p, segments, mass_flow, aged, True, grows), physics.wall) * p.corrections.film_ratio(b, segments.s, Re)
        known = p.corrections.film_scatter(b, Re)
        weight = np.where(velocity > 0, p.corrections.inside(b, Re), 0.0)
        Nu, scatter, calibrated = (1 - weight) * Nu + weight * told, (1 - weight) * scatter + weight * known, weight
    return Film(
        h=Nu * fluid.k / D,
        scatter=scatter,
        Re=Re,
        velocity=velocity,
        calibrated=calibrated,
    )


def standing_film(p: Passages, segments: Segments, fluid: Properties) -> Film:
    """Of coolant that stands still: conduction across the duct alone."""
    b = segments.branch
    Nu, scatter = nusselt.standing(p.aspect)
    still = np.zeros(len(b))
    return Film(h=Nu[b] * fluid.k / p.D_h[b], scatter=scatter[b], Re=still, velocity=still)


def _ages(
    p: Passages, segments: Segments, mass_flow: Floats, d_star: Floats, restart: bool, grows: Flags
) -> tuple[Floats, Floats, Flags]:
    """x* [-] and distance [m] at the upstream end of each segment, and whether the velocity too develops from there."""
    n = len(p.length)
    star, far = np.zeros(len(d_star)), np.zeros(len(d_star))
    together = np.zeros(len(d_star), dtype=bool)
    end_star, end_far, known = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool)
    feeder = [_feeder(p, mass_flow, b, restart) for b in range(n)]
    fresh = np.array([f < 0 for f in feeder])
    for branch in range(n):
        chain = [branch]  # upstream through the feeders, to a layer's start or to a branch that is done
        while (up := feeder[chain[-1]]) >= 0 and not known[up] and up not in chain:
            chain.append(up)
        for here in reversed(chain):
            if known[here]:
                continue
            up = feeder[here]
            goes_on = up >= 0 and known[up]  # not so only in a ring that feeds itself: its layer starts somewhere
            before = (end_star[up], end_far[up]) if goes_on else (0.0, 0.0)
            _branch_ages(segments, here, mass_flow[here] >= 0, d_star, restart, star, far, before)
            last = segments.first[here + 1] - 1 if mass_flow[here] >= 0 else segments.first[here]
            end_star[here], end_far[here], known[here] = star[last] + d_star[last], far[last] + segments.length[last], True
            fresh[here] = bool(fresh[up] and grows[up]) if goes_on else True
            together[segments.first[here] : segments.first[here + 1]] = fresh[here]
    return star, far, together


def _feeder(p: Passages, mass_flow: Floats, branch: int, restart: bool) -> int:
    """The branch whose thermal layers go on into this one, -1 where they start anew."""
    end = 0 if mass_flow[branch] >= 0 else 1
    other = int(p.partner[branch, end])
    if other < 0 or not p.carries_on[branch, end] or (restart and p.corner[branch, end] > 0):
        return -1
    flows_here = (mass_flow[other] >= 0) == (p.partner_end[branch, end] == 1)
    return other if flows_here else -1


def _branch_ages(
    segments: Segments, branch: int, forward: bool, d_star: Floats, restart: bool, star: Floats, far: Floats,
    before: tuple[float, float],
) -> None:  # fmt: skip
    """Fill ``star`` and ``far`` for one branch, from its upstream end on, where they are ``before``."""
    rows = np.arange(segments.first[branch], segments.first[branch + 1])
    rows = rows if forward else rows[::-1]
    star[rows] = before[0] + np.concatenate([[0.0], np.cumsum(d_star[rows])[:-1]])
    far[rows] = before[1] + np.concatenate([[0.0], np.cumsum(segments.length[rows])[:-1]])
    if restart:
        passed = np.abs(segments.bends_before[rows] - segments.bends_before[rows[0]])
        for turn in range(1, int(passed.max(initial=0)) + 1):
            behind = np.flatnonzero(passed == turn)
            if len(behind):
                star[rows[behind]] -= star[rows[behind[0]]]
                far[rows[behind]] -= far[rows[behind[0]]]


@dataclass(frozen=True)
class Transport:
    """``matrix`` @ theta = ``gain`` @ Q + ``supply``; ``mean`` @ theta is the coolant's temperature by segment (see StreamExchange)."""

    matrix: sparse.csr_matrix
    gain: sparse.csr_matrix
    supply: Floats
    mean: sparse.csr_matrix


def transport(
    p: Passages,
    segments: Segments,
    way: Order,
    mass_flow: Floats,
    table: CoolantTable,
    theta: Floats,
    T_in: float,
    conductance: Floats,
) -> Transport:
    """The enthalpy balance of every node and segment, linearised so that it is exact for the temperatures ``theta`` (n_states,) [K].

    Segment: m cp (T_out - T_in) = Q, with cp the mean between the two, so m (H_out - H_in) = Q once converged. Its mean temperature is
    that of a wall of even temperature: between (T_in + T_out) / 2 for ``conductance`` [W/K] small against m cp, and T_out for large;
    second order in the segment's length, and never overshooting. Node: the enthalpies that flow in equal those that flow out.
    """
    n_nodes, n = len(p.nodes), len(segments.s)
    total = float(np.sum(mass_flow[p.node[:, 0] == p.inlet]) - np.sum(mass_flow[p.node[:, 1] == p.inlet]))
    flow = np.maximum(np.abs(mass_flow), STAGNANT * total)
    rows = n_nodes + np.arange(n)
    C = flow[segments.branch] * table.mean_cp(theta[way.upstream], theta[rows])

    last = n_nodes + np.where(way.forward, segments.first[1:] - 1, segments.first[:-1])
    C_join = flow * table.mean_cp(theta[last], theta[way.leave])
    fed = np.bincount(way.leave, weights=C_join, minlength=n_nodes)
    supply = np.zeros(n_nodes + n)
    C_inlet = total * float(table.mean_cp(np.array(T_in), theta[p.inlet]))
    fed[p.inlet] += C_inlet
    supply[p.inlet] = C_inlet * T_in
    dry = np.flatnonzero(fed == 0)  # a dead end that nothing flows into: any temperature does, it carries no heat
    fed[dry] = STAGNANT * C_inlet
    supply[dry] = STAGNANT * C_inlet * T_in

    matrix = sparse.csr_matrix(
        (
            np.concatenate([C, -C, fed, -C_join]),
            (
                np.concatenate([rows, rows, np.arange(n_nodes), way.leave]),
                np.concatenate([rows, way.upstream, np.arange(n_nodes), last]),
            ),
        ),
        shape=(n_nodes + n, n_nodes + n),
    )
    N = conductance / C
    small = N < 1e-3
    safe = np.where(small, 1.0, N)
    late = np.where(small, 0.5 + N / 12, 1 / -np.expm1(-safe) - 1 / safe)
    index = np.arange(n)
    mean = sparse.csr_matrix(
        (np.concatenate([late, 1 - late]), (np.concatenate([index, index]), np.concatenate([rows, way.upstream]))),
        shape=(n, n_nodes + n),
    )
    gain = sparse.csr_matrix((np.ones(n), (rows, index)), shape=(n_nodes + n, n))
    return Transport(matrix, gain, supply, mean)
