"""How the coolant splits among the branches of a cold plate, and the pressure that takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sparse
from scipy.linalg import lu_factor, lu_solve
from scipy.sparse.linalg import splu

from packtool.coldplate.losses import (
    UNCERTAINTY_BENDS,
    UNCERTAINTY_ENTRANCE,
    UNCERTAINTY_JUNCTIONS,
    BranchLosses,
    FlowPhysics,
    branch_losses,
    end_velocities,
    friction_uncertainty,
    node_drop,
)
from packtool.coldplate.passages import Passages
from packtool.errors import NotConverged, SolveError
from packtool.mesh.records import Floats

TOLERANCE = 1e-11
"""Largest imbalance of a branch's pressures over the network's pressure drop (mass is conserved to rounding in every step)."""
MAX_STEPS = 50
SMALL = 250
"""Unknowns up to which dense factors are quicker than sparse ones."""
MAX_SETTLING = 500
FULL = FlowPhysics()


@dataclass(frozen=True)
class FlowSplit:
    """A solved network. By branch (n,): ``mass_flow`` [kg/s] and ``velocity`` [m/s], positive from start to end; ``Re`` [-].

    ``loss`` (n,) along each branch [Pa], junctions apart, less a pump's head; ``total`` from inlet to outlet [kg/s];
    ``pressure`` (n_nodes,) static, above the outlet's [Pa]; ``pressure_drop`` from inlet to outlet [Pa], fittings included, ``parts`` its components (they
    add up to it: each is the power it dissipates over the total flow) and ``uncertainty`` their summed half-width [Pa];
    ``steps`` Newton steps taken; ``calibrated`` (n,): share of each branch's loss that a calibration tells, None without one.
    """

    mass_flow: Floats
    velocity: Floats
    Re: Floats
    loss: Floats
    total: float
    pressure: Floats
    pressure_drop: float
    parts: dict[str, float]
    uncertainty: float
    steps: int
    calibrated: Floats | None = None


def split_flow(
    p: Passages, total: float, rho: Floats, mu: Floats, roughness: float | Floats = 0.0, physics: FlowPhysics = FULL
) -> FlowSplit:
    """Solve the network for a total flow.

    ``total`` [kg/s] > 0 enters at the inlet; ``rho`` [kg/m³], ``mu`` [Pa s] by branch (n,); ``roughness`` [m], one or (n,). Damped Newton's method on
    flows and node pressures together, started from the network's own laminar solution; where that stalls, the network is settled in time. Raises SolveError outside the range of a correlation and NotConverged if no solution is found.
    """
    if not total > 0:
        raise SolveError(f"the coolant flow must be positive, got {total:g} kg/s")
    return _solved(_System(p, total, None, rho, mu, roughness, physics))


def driven_flow(
    p: Passages, pressure: float, rho: Floats, mu: Floats, roughness: float | Floats = 0.0, physics: FlowPhysics = FULL
) -> FlowSplit:
    """As ``split_flow``, for a network between whose inlet and outlet ``pressure`` [Pa] stands: what flows, with the pumps' help.

    SolveError where neither drives anything through it.
    """
    if not np.isfinite(pressure) or (pressure == 0 and not p.pumps):
        raise SolveError(f"a pressure difference of {pressure:g} Pa without a pump drives no coolant")
    return _solved(_System(p, None, pressure, rho, mu, roughness, physics))


def _solved(system: _System) -> FlowSplit:
    x, steps = _newton(system, system.laminar)
    if not system.balanced(x):
        x, more = _settle(system, x)
        steps += more
    if not system.balanced(x):
        worst = float(np.max(np.abs(system.residual(x)))) / system.drop(x)
        raise NotConverged(
            f"the flow split of the coolant network stopped at a pressure imbalance of {worst:.1e} of the pressure drop"
        )
    return system.read(x, steps)


class _System:
    """Residuals and Jacobian of one network; unknowns are the branch flows, then the node pressures.

    Either the ``total`` flow or the ``pressure`` between inlet and outlet is given. ``laminar`` is the solution of the developed laminar,
    hence linear, network, pumps as straight lines: where Newton's method starts.
    """

    def __init__(
        self, p: Passages, total: float | None, pressure: float | None, rho: Floats, mu: Floats, roughness: float | Floats,
        physics: FlowPhysics,
    ) -> None:  # fmt: skip
        self.p, self.roughness, self.physics = p, roughness, physics
        self.rho, self.mu = np.broadcast_to(rho, p.length.shape), np.broadcast_to(mu, p.length.shape)
        n, m = len(p.length), len(p.nodes)
        rows = np.arange(n)
        self.incidence = sparse.csr_matrix(
            (np.r_[np.ones(n), -np.ones(n)], (np.r_[rows, rows], np.r_[p.node[:, 0], p.node[:, 1]])), shape=(n, m)
        )
        self.kept = np.delete(np.arange(m), [p.outlet] if pressure is None else [p.outlet, p.inlet])
        self.small = None
        if n + len(self.kept) <= SMALL:
            inner = self.incidence[:, self.kept].toarray()
            self.small = np.block([[np.zeros((n, n)), -inner], [inner.T, np.zeros((len(self.kept),) * 2)]])
        self.held = np.zeros(m)
        self.held[p.inlet] = pressure or 0.0
        self.supply = np.zeros(m)
        self.supply[p.inlet] = total or 0.0
        self.n = n
        self.resistance = 2 * p.f_Re * self.mu * p.straight / (p.D_h**2 * self.rho * p.area)
        self.resistance[p.frictionless] = 1e-9 * self.resistance.max()  # two of them side by side must not be singular
        lines, heads = np.zeros(n), np.zeros(n)
        for b, curve in p.pumps.items():
            heads[b] = curve.head[0]
            lines[b] = (curve.head[0] - curve.head[-1]) / curve.flow[-1] / self.rho[b]
        self.laminar = self._solve(self.resistance + lines, None, heads)
        self.total = abs(self.through(self.laminar[:n])) if total is None else total
        self.scale = max(float(np.ptp(self.laminar[n:])), float(heads.max()), 1e-300)

    def through(self, flow: Floats) -> float:
        """What enters at the inlet [kg/s]."""
        return float(flow[self.p.node[:, 0] == self.p.inlet].sum() - flow[self.p.node[:, 1] == self.p.inlet].sum())

    def heads(self, flow: Floats) -> tuple[Floats, Floats]:
        """What the pumps add along each branch (n,) [Pa], and its slope (n,) [Pa s/kg]."""
        head, slope = np.zeros(self.n), np.zeros(self.n)
        for b, curve in self.p.pumps.items():
            volume = float(flow[b] / self.rho[b])
            head[b], slope[b] = curve.at(volume), curve.slope(volume) / self.rho[b]
        return head, slope

    def losses(self, flow: Floats) -> BranchLosses:
        return branch_losses(self.p, flow, self.rho, self.mu, self.roughness, self.physics)

    def _solve(self, slope: Floats, coupling: sparse.csr_matrix | None, momentum: Floats) -> Floats:
        """Flows and pressures with  slope Q + coupling Q - (P_start - P_end) = momentum  and mass conserved."""
        right = np.r_[momentum + self.incidence @ self.held, self.supply[self.kept]]
        if self.small is not None:
            A = self.small.copy()
            A[: self.n, : self.n] += np.diag(slope) if coupling is None else np.diag(slope) + coupling.toarray()
            solve = partial(lu_solve, lu_factor(A, check_finite=False))
        else:
            block = sparse.diags(slope) if coupling is None else sparse.diags(slope) + coupling
            A = sparse.bmat([[block, -self.incidence[:, self.kept]], [self.incidence.T[self.kept], None]]).tocsc()
            solve = splu(A).solve
        solved = solve(right)
        solved += solve(right - A @ solved)
        P = self.held.copy()
        P[self.kept] = solved[self.n :]
        return np.r_[solved[: self.n], P]

    def drop(self, x: Floats) -> float:
        """Spread of the node pressures [Pa], no less than a thousandth of the laminar network's."""
        return max(float(np.ptp(x[self.n :])), 1e-3 * self.scale)

    def balanced(self, x: Floats) -> bool:
        """Every branch's pressures add up to TOLERANCE."""
        return bool(np.max(np.abs(self.residual(x))) <= TOLERANCE * self.drop(x))

    def towards(self, x: Floats, residual: Floats, inertia: Floats) -> Floats:
        """Where a Newton step from ``x`` leads; ``inertia`` (n,) [Pa s/kg] holds the flows back (0: a full step)."""
        flow = x[: self.n]
        slope, coupling = self.slopes(flow)
        held = slope + inertia
        linear = held * flow + (coupling @ flow if coupling is not None else 0.0)
        return self._solve(held, coupling, linear - residual - self.incidence @ x[self.n :])

    def drops(self, flow: Floats) -> Floats:
        """``node_drop`` of every end (n, 2) at these flows."""
        out, other = end_velocities(self.p, flow, self.rho)
        return node_drop(self.p, out, self.rho[:, None] * np.ones(2), other)

    def residual(self, x: Floats) -> Floats:
        """Pressure not accounted for along each branch (n,) [Pa]."""
        flow, P = x[: self.n], x[self.n :]
        lost = self.losses(flow).total
        if self.physics.junctions:
            drop = self.drops(flow)
            lost = lost + drop[:, 0] - drop[:, 1]
        return lost - self.heads(flow)[0] - self.incidence @ P

    def slopes(self, flow: Floats) -> tuple[Floats, sparse.csr_matrix | None]:
        """d(loss)/d(flow) of each branch (n,), and the coupling through the nodes (n, n), by central differences."""
        step = 1e-6 * np.maximum(np.abs(flow), 1e-6 * self.total)
        slope = (self.losses(flow + step).total - self.losses(flow - step).total) / (2 * step)
        slope = np.maximum(slope, 0.5 * self.resistance) - self.heads(flow)[1]
        if not self.physics.junctions:
            return slope, None
        p = self.p
        out, other = end_velocities(p, flow, self.rho)
        rho = self.rho[:, None] * np.ones(2)
        per_flow = 1 / (self.rho * p.area)
        speed = step * per_flow
        sign = np.array([1.0, -1.0])
        own = speed[:, None] * sign
        d_own = (node_drop(p, out + own, rho, other) - node_drop(p, out - own, rho, other)) / (2 * step[:, None])
        partner = np.maximum(p.partner, 0)
        moved = np.where(p.partner >= 0, speed[partner] * sign[p.partner_end], 0.0)
        d_other = (node_drop(p, out, rho, other + moved) - node_drop(p, out, rho, other - moved)) / (2 * step[partner])
        side = np.array([1.0, -1.0])
        rows = np.arange(self.n)
        values = [d_own @ side]
        i, j = [rows], [rows]
        for e in (0, 1):
            has = p.partner[:, e] >= 0
            values.append(side[e] * d_other[has, e])
            i.append(rows[has])
            j.append(p.partner[has, e])
        coupling = sparse.csr_matrix((np.concatenate(values), (np.concatenate(i), np.concatenate(j))), shape=(self.n, self.n))
        return slope, coupling

    def _free(self, Re: Floats) -> tuple[Floats, Floats]:
        """Weight of the correlations' scatter in each branch (n,) and at its ends (n, 2) [-]: 0 where finite elements tell the loss, but for what
        happens at the fittings."""
        p = self.p
        if p.corrections is None:
            return np.ones(self.n), np.ones((self.n, 2))
        free = 1 - p.corrections.told(Re)
        fed = np.isin(p.node, [p.inlet, p.outlet, *p.node[p.n_channels :].ravel()])
        return free, np.where(fed, 1.0, free[:, None])

    def read(self, x: Floats, steps: int) -> FlowSplit:
        flow, P = x[: self.n], x[self.n :]
        lost = self.losses(flow)
        drop = self.drops(flow) if self.physics.junctions else np.zeros((self.n, 2))
        self.total = self.through(flow)
        if not self.total > 0:
            raise SolveError(f"the coolant flows out of the inlet, {-self.total:.4g} kg/s: its pumps are too weak, or turned round")
        weight = flow / self.total

        def over(values: Floats) -> float:
            return float(weight @ values)

        parts = {
            "friction": over(lost.friction),
            "entrance": over(lost.entrance),
            "bends": over(lost.bends),
            "junctions": over(drop[:, 0] - drop[:, 1]),
        }
        free, unknown = self._free(lost.Re)
        corner_friction = self.p.bends * lost.friction * np.minimum(1.0, self.p.D_h / self.p.straight)
        uncertainty = (
            over(friction_uncertainty(lost.Re) * lost.friction)
            + UNCERTAINTY_ENTRANCE * parts["entrance"]
            + (over(free * (UNCERTAINTY_BENDS * lost.bends + corner_friction)) if self.physics.bends else 0.0)
            + UNCERTAINTY_JUNCTIONS * float(np.abs(weight) @ (unknown * np.abs(drop)).sum(axis=1))
        )
        if np.any(lost.fittings):
            parts["fittings"] = over(lost.fittings)
            bores = np.arange(self.n) >= self.p.n_channels  # a K that is given is taken as known
            uncertainty += UNCERTAINTY_JUNCTIONS * over(np.where(bores, lost.fittings, 0.0))
        if self.p.corrections is not None:
            parts["calibration"] = over(lost.calibration)
            known = self.p.corrections.loss_error(lost.Re)
            uncertainty += float(np.abs(weight) @ ((1 - free) * known * np.abs(lost.total)))
        if self.p.pumps:
            parts["pumps"] = -over(self.heads(flow)[0])
        return FlowSplit(
            mass_flow=flow, velocity=lost.velocity, Re=lost.Re, loss=lost.total - self.heads(flow)[0], total=self.total, pressure=P,
            pressure_drop=float(P[self.p.inlet]), parts=parts,
            uncertainty=uncertainty, steps=steps, calibrated=None if self.p.corrections is None else 1 - free,
        )  # fmt: skip


def _newton(system: _System, x: Floats) -> tuple[Floats, int]:
    """Newton's method with a backtracking line search: the solution, or where the search could get no further; steps taken."""
    residual = system.residual(x)
    for step in range(MAX_STEPS):
        if system.balanced(x):
            return x, step
        target = system.towards(x, residual, np.zeros(system.n))
        size = np.linalg.norm(residual)
        for halving in range(12):
            trial = x + 0.5**halving * (target - x)
            try:
                now = system.residual(trial)
            except SolveError:  # a wild step left the correlations' range: shorten it
                continue
            if np.linalg.norm(now) <= (1 - 0.1 * 0.5**halving) * size:
                break
        else:
            return x, step
        x, residual = trial, now
    return x, MAX_STEPS


def _settle(system: _System, x: Floats) -> tuple[Floats, int]:
    """The flow that the network comes to rest in: backward Euler with each branch given an inertia, in growing time steps.

    Where pressure recovery at the junctions makes a loss fall with the flow, Newton's method may circle between two states; only one that
    is stable in time is found here.
    """
    inertia = system.resistance
    pace, residual = 1.0, system.residual(x)
    for step in range(MAX_SETTLING):
        if system.balanced(x):
            return x, step
        trial = system.towards(x, residual, inertia / pace)
        try:
            now = system.residual(trial)
        except SolveError:
            pace /= 4
            continue
        growth = np.linalg.norm(residual) / max(float(np.linalg.norm(now)), 1e-300)
        if growth < 0.5:
            pace /= 2
            continue
        x, residual = trial, now
        pace = min(pace * min(max(growth, 0.7), 3.0), 1e12)
    return x, MAX_SETTLING
