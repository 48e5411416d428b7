"""The equations of a coolant network: what its pressures leave over at given flows, and where Newton's step leads."""

from __future__ import annotations

from functools import partial

import numpy as np
import scipy.sparse as sparse
from scipy.linalg import lu_factor, lu_solve
from scipy.sparse.linalg import splu

from packtool.coldplate.losses import BranchLosses, FlowPhysics, branch_losses, end_velocities, node_drop
from packtool.coldplate.passages import Passages
from packtool.mesh.records import Floats

TOLERANCE = 1e-11
"""Largest imbalance of a branch's pressures over the network's pressure drop (mass is conserved to rounding in every step)."""
SMALL = 250
"""Unknowns up to which dense factors are quicker than sparse ones."""


class NetworkEquations:
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
