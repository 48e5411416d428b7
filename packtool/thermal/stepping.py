"""One TR-BDF2 step of a conduction problem, with its error.

TR-BDF2 (Bank et al., IEEE Trans. CAD 4 (1985) 436-451) is second-order and L-stable; written as three stages f0, f1, f2 at 0,
gamma dt and dt with the error estimate of Hosea and Shampine, Appl. Numer. Math. 20 (1996) 21-37: the difference from the embedded
third-order formula, filtered with the step's own matrix. Both implicit stages have the matrix M + d dt J, d = 1 - 1/sqrt(2), so
one preconditioner serves them and, kept, the steps that follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.solvers import TwoLevel, correct
from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete
from packtool.thermal.flows import Flows, heat_flows
from packtool.thermal.jacobian import matrix_entries, operator_of

D = 1 - float(np.sqrt(0.5))
"""Diagonal of the scheme's table: gamma / 2."""
W = float(np.sqrt(2)) / 4
"""Weight of the first two stages in the result; the last has D."""
GAMMA = 2 * D
"""Place of the middle stage in the step."""
ERROR_WEIGHTS = (W - (1 - W) / 3, W - (3 * W + 1) / 3, D - D / 3)
"""Second-order minus third-order weights of the stages."""

NEWTON_STEPS = 10
BALANCED = 1e-7
"""Sum of a stage's absolute residual over the heat that moves in the step."""
LOOSEST = 1e-3
"""Reduction asked of the linear solver in one Newton step of a nonlinear stage."""
ERROR_REDUCTION = 1e-4
"""The error is known to this part of itself. Two digits would do to choose a step, but steps would then follow the rounding of the
linear solver: with four, temperatures are the same on 1, 2 and 3 ranks to 2e-9 (to 1e-7 with two), for 13 % more iterations."""
STALE = 2.0
"""A preconditioner serves steps between 1/STALE and STALE times the one it was made for."""
INSIDE = 1e-9
"""Heat is asked for this fraction of the step inside its ends, so that a jump at a breakpoint belongs to one side of it."""

TimedHeat = Callable[[float, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Step:
    """A step tried: the field ``T`` (n_points,) [K] at its end, the largest local ``error`` [K], and the flows of its three stages."""

    T: Floats
    error: float
    stages: tuple[Flows, Flows, Flows]


class Stepper:
    """Steps of one problem; keeps the preconditioner from step to step. A resource: ``close`` gives back its memory."""

    def __init__(self, discrete: Discrete, heat_at: TimedHeat | None) -> None:
        if discrete.capacity is None:
            raise SolveError("a transient solve needs rho_cp, and the problem has none")
        self.discrete, self.heat_at, self.iterations = discrete, heat_at, 0
        self.capacity = discrete.pattern.matrix(discrete.capacity)
        self._floor = 1e-12 * float(discrete.capacity.sum())
        self._preconditioner: TwoLevel | None = None
        self._made_for = 0.0
        self._kept: tuple[float, Floats] | None = None
        self._pace = np.zeros(discrete.n_dofs)

    def flows(self, t: float, T: Floats) -> Flows:
        """The heat flows at time ``t`` [s]."""
        heat_at = self.heat_at
        return heat_flows(self.discrete, T, power=(lambda means: heat_at(t, means)) if heat_at else None)

    def step(self, t: float, dt: float, T: Floats) -> Step:
        """From ``T`` at ``t`` over ``dt``."""
        first = self.flows(t + INSIDE * dt, T)
        known = D * dt * first.residual
        guess = np.where(self.discrete.fixed, T, T + GAMMA * dt * self._pace)
        middle_T, middle = self._stage(t + GAMMA * dt, dt, T, known, guess)
        known = W * dt * (first.residual + middle.residual)
        guess = T + (middle_T - T) / GAMMA
        last_T, last = self._stage(t + dt - INSIDE * dt, dt, T, known, guess)
        stages = (first, middle, last)
        raw = dt * sum(w * f.residual for w, f in zip(ERROR_WEIGHTS, stages, strict=True))
        error = self._solve(dt, last, np.where(self.discrete.fixed, 0.0, raw), ERROR_REDUCTION)
        return Step(last_T, float(np.abs(error).max()), stages)

    def accept(self, step: Step, dt: float, T: Floats) -> None:
        """Remember the pace [K/s] of an accepted step for the next guess."""
        self._pace = (step.T - T) / dt

    def close(self) -> None:
        """Give back the preconditioner's memory; the next solve makes a new one."""
        if self._preconditioner:
            self._preconditioner.close()
        self._preconditioner = None

    def _stage(self, t: float, dt: float, T: Floats, known: Floats, guess: Floats) -> tuple[Floats, Flows]:
        """Solve M (x - T) = known + d dt f(x) for x by Newton's method."""
        x, fixed = guess, self.discrete.fixed
        history = []
        for _ in range(NEWTON_STEPS):
            flows = self.flows(t, x)
            moved = self.capacity @ (x - T)
            residual = np.where(fixed, 0.0, known + D * dt * flows.residual - moved)
            scale = dt * flows.scale(self.discrete) + float(np.abs(moved).sum()) + self._floor
            off = float(np.abs(residual).sum()) / scale
            history.append(off)
            if off <= BALANCED:
                return x, flows
            if not np.isfinite(off):
                break
            linear = self.discrete.linear_surfaces and not flows.slope.any()
            x = x + self._solve(dt, flows, residual, max(0.3 * BALANCED / off, 1e-12 if linear else LOOSEST))
        told = ", ".join(f"{off:.1e}" for off in history[-4:])
        raise NotConverged(
            f"the step of {dt:.3g} s to {t:.6g} s did not settle: unbalanced heat over the heat moved {told}; wanted {BALANCED:.0e}"
        )

    def _solve(self, dt: float, flows: Flows, residual: Floats, rtol: float) -> Floats:
        """(M + d dt J) applied backwards to ``residual`` (n_points,) [J]."""
        if not residual.any():
            return np.zeros_like(residual)
        linear = self.discrete.linear_surfaces and not flows.slope.any()
        usable = self._preconditioner is not None and 1 / STALE <= dt / self._made_for <= STALE
        exact = usable and linear and dt == self._made_for
        data = None if exact else self._entries(dt, flows, linear)
        if not usable and data is not None:
            self.close()
            self._preconditioner, self._made_for, exact = TwoLevel(self.discrete.pattern, data, self.discrete.block), dt, linear
        if self._preconditioner is None:
            raise SolveError("the time step has no preconditioner")
        operator = None if exact or data is None else operator_of(self.discrete, data, flows.slope, step=D * dt)
        change, spent = correct(self._preconditioner, residual, min(rtol, 0.5), operator)
        self.iterations += spent
        return change

    def _entries(self, dt: float, flows: Flows, linear: bool) -> Floats:
        """The entries of M + d dt J without the heat's slope; those of a linear problem are kept until the step changes."""
        if linear and self._kept and self._kept[0] == dt:
            return self._kept[1]
        data = matrix_entries(self.discrete, flows, step=D * dt)
        self._kept = (dt, data) if linear else None
        return data
