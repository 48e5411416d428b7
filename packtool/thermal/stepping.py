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
from packtool.thermal.coupling import Coupling, WallFluid
from packtool.thermal.flows import Flows, heat_flows
from packtool.thermal.fluid_step import FluidStep, StagedFluid
from packtool.thermal.jacobian import matrix_entries, operator_of, whole_entries
from packtool.thermal.part_of_step import SLOW, Balance, best_part

D = 1 - float(np.sqrt(0.5))
"""Diagonal of the scheme's table: gamma / 2."""
W = float(np.sqrt(2)) / 4
"""Weight of the first two stages in the result; the last has D."""
GAMMA = 2 * D
"""Place of the middle stage in the step."""
WEIGHTS = (W, W, D)
"""Of the stages' heat in the step."""
ERROR_WEIGHTS = (W - (1 - W) / 3, W - (3 * W + 1) / 3, D - D / 3)
"""Second-order minus third-order weights of the stages."""

NEWTON_STEPS, NEWTON_STEPS_BY_LAW = 10, 25
"""At most, the latter where properties depend on temperature."""
BALANCED = 1e-7
"""Sum of a stage's absolute residual over the heat that moves in the step."""
BALANCED_BY_LAW = 1e-8
"""The same where properties depend on temperature: beside a melting front a little heat is more kelvins than elsewhere."""
LOOSEST = 1e-5
"""Reduction asked of the linear solver in one Newton step of a nonlinear stage."""
ERROR_REDUCTION = 1e-4
"""The error is known to this part of itself. Two digits would do to choose a step, but steps would then follow the rounding of the
linear solver: with four, temperatures are the same on 1, 2 and 3 ranks to 2e-9 (to 1e-7 with two), for 13 % more iterations."""
ERROR_REDUCTION_BY_LAW = 1e-6
"""The same where properties depend on temperature. With it the spread between cells beside melting pads is the same on 1 and 2 ranks to 1e-9 of
itself, with the one above to 2e-7."""
STALE = 2.0
"""A preconditioner serves steps between 1/STALE and STALE times the one it was made for."""
INSIDE = 1e-9
"""Heat is asked for this fraction of the step inside its ends, so that a jump at a breakpoint belongs to one side of it."""
FLUID_SHARE = 0.05
"""The fluid's local error counts by this much: it holds little heat, and passes on a tenth of its own error at most (its film's
conductance over that of the wall behind it)."""
KEPT = 0.02
"""The entries of a nonlinear step's matrix are kept while surface slopes and films stay this close to those they were made with: the
residual is always exact, so they only slow Newton's method down, to a fiftieth of the error a step."""

SPENT = 1.5
"""Where heat capacities depend on temperature a preconditioner is made anew once it takes so many times the iterations of its first solve."""

TimedHeat = Callable[[float, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Step:
    """A step tried: the field ``T`` (n_points,) [K] at its end, the largest local ``error`` [K], the flows of its three stages, and
    the middle stage's field ``middle`` (n_points,) [K]."""

    T: Floats
    error: float
    stages: tuple[Flows, Flows, Flows]
    middle: Floats


@dataclass(frozen=True)
class Trend:
    """The last step, for guesses of the next: its length ``dt`` [s], the field ``T`` (n_points,) [K] at its start, and ``middle``, its middle
    stage's. Parabolas in time leave the linear solver a third less to do than the mean pace of the step."""

    dt: float
    T: Floats
    middle: Floats

    def ahead(self, now: Floats, time: float) -> Floats:
        """The parabola of the step's three fields, ``time`` [s] after its end, where it is ``now``."""
        s = time / self.dt
        towards = (now - self.middle) / (1 - GAMMA)
        bend = towards - (self.middle - self.T) / GAMMA
        return now + s * (towards + (1 + s - GAMMA) * bend)

    def onwards(self, now: Floats, middle: Floats, dt: float) -> Floats:
        """At the end of a next step of ``dt`` [s]: the parabola of its start ``now``, its ``middle`` and this one's middle."""
        back, reach = (1 - GAMMA) * self.dt, GAMMA * dt
        slope = (middle - now) / reach
        bend = (slope - (now - self.middle) / back) / (back + reach)
        return now + dt * (slope + (dt - reach) * bend)


@dataclass
class _Matrix:
    """The entries of one step's matrix, those of it whole (with its unsymmetric part), and what they were made with."""

    dt: float
    entries: Floats
    whole: Floats
    slopes: list[Floats]
    film: Floats | None

    def serves(self, dt: float, flows: Flows, fluid: StagedFluid | None, share: float) -> bool:
        film = None if fluid is None else np.asarray(fluid.exchange.h)
        if dt != self.dt or (film is None) != (self.film is None):
            return False
        pairs = [*zip(flows.surface_slopes, self.slopes, strict=True)]
        if film is not None and self.film is not None:
            pairs.append((film, self.film))
        return all(np.abs(new - old).max(initial=0.0) <= share * np.abs(old).max(initial=0.0) for new, old in pairs)


class Stepper:
    """Steps of one problem; keeps the preconditioner from step to step. A resource: ``close`` gives back its memory."""

    def __init__(self, discrete: Discrete, heat_at: TimedHeat | None, counts: Floats | None = None) -> None:
        """``counts`` (n_points,): the weight of each point's local error; None: 1 everywhere."""
        if discrete.capacity is None:
            raise SolveError("a transient solve needs rho_cp, and the problem has none")
        self.discrete, self.heat_at, self.iterations = discrete, heat_at, 0
        self._counts = np.ones(discrete.n_dofs) if counts is None else counts
        self.capacity = discrete.pattern.matrix(discrete.capacity)
        self._floor = 1e-12 * float(discrete.capacity.sum())
        if discrete.varying is not None:
            self._floor = 1e-12 * float((discrete.mean.T @ (discrete.volume * np.asarray(discrete.problem.rho_cp))).sum())
        self._preconditioner: TwoLevel | None = None
        self._made_for, self._first_spent = 0.0, 0
        self._kept: _Matrix | None = None
        self._of_preconditioner: Floats | None = None
        self.trend: Trend | None = None

    def flows(self, t: float, T: Floats, fluid: WallFluid | None = None) -> Flows:
        """The heat flows at time ``t`` [s]."""
        heat_at = self.heat_at
        return heat_flows(self.discrete, T, fluid, (lambda means: heat_at(t, means)) if heat_at else None)

    def stored(self, T: Floats, before: Floats) -> Floats:
        """(n_points,) [J]: what the points hold more at ``T`` than at ``before``."""
        gained: Floats = self.capacity @ (T - before)
        varying = self.discrete.varying
        if varying is not None and varying.holds:
            gained += varying.nodal(varying.stored(T, before))
        return gained

    def step(self, t: float, dt: float, T: Floats, coupling: Coupling | None = None, theta: Floats | None = None) -> Step:
        """From ``T`` at ``t`` over ``dt``; with a coolant's ``coupling``, from its ``theta`` (n_states,) [K]. The coolant at the end
        of the step is the state of the last of its stages."""
        fluid = FluidStep(coupling, T, theta, D * dt) if coupling is not None and theta is not None else None
        first = self.flows(t + INSIDE * dt, T, fluid.held() if fluid else None)
        trend, fixed = self.trend, self.discrete.fixed
        guess = T if trend is None else np.where(fixed, T, trend.ahead(T, GAMMA * dt))
        middle_T, middle = self._stage(t + GAMMA * dt, dt, T, (D * dt,), (first,), guess, fluid)
        guess = T + (middle_T - T) / GAMMA
        if trend is not None:
            guess = np.where(fixed, T, trend.onwards(T, middle_T, dt))
        last_T, last = self._stage(t + dt - INSIDE * dt, dt, T, (W * dt, W * dt), (first, middle), guess, fluid)
        stages = (first, middle, last)
        raw = dt * sum(w * f.residual for w, f in zip(ERROR_WEIGHTS, stages, strict=True))
        linear = fluid.stage(np.zeros_like(fluid.start)) if fluid else None
        reduction = ERROR_REDUCTION
        if self.discrete.varying is not None:
            reduction = ERROR_REDUCTION_BY_LAW
            self._kept = None  # the error, and so the next step, does not depend on which moment's derivative was kept
        filtered = self._solve(dt, last, np.where(self.discrete.fixed, 0.0, raw), reduction, linear)
        error = float((self._counts * np.abs(filtered)).max())
        if fluid:
            rates = [fluid.rate(f.state) for f in stages if f.state is not None]
            error = max(error, FLUID_SHARE * float(np.abs(fluid.solve(dt * np.dot(ERROR_WEIGHTS, rates))).max()))
        return Step(last_T, error, stages, middle_T)

    def tried(
        self, t: float, dt: float, T: Floats, coupling: Coupling | None = None, theta: Floats | None = None
    ) -> Step | NotConverged:
        """``step``; where properties depend on temperature and it does not settle, why: a shorter one may. Else it raises."""
        try:
            return self.step(t, dt, T, coupling, theta)
        except NotConverged as unsettled:
            if self.discrete.varying is None:
                raise
            self._kept = None
            return unsettled

    def accept(self, step: Step, dt: float, T: Floats) -> None:
        """Remember an accepted step from ``T`` for the next guesses."""
        self.trend = Trend(dt, T, step.middle)

    def close(self) -> None:
        """Give back the memory of what is kept from step to step; the next solve makes it anew."""
        if self._preconditioner:
            self._preconditioner.close()
        self._preconditioner = self._kept = None

    def _stage(
        self,
        t: float,
        dt: float,
        T: Floats,
        weights: tuple[float, ...],
        before: tuple[Flows, ...],
        guess: Floats,
        fluid: FluidStep | None,
    ) -> tuple[Floats, Flows]:
        """Solve M (x - T) = sum of ``weights`` [s] times the residuals ``before`` + d dt f(x) for x by Newton's method."""
        known = sum(w * f.residual for w, f in zip(weights, before, strict=True))
        staged = None
        if fluid:
            rates = [fluid.rate(f.state) for f in before if f.state is not None]
            staged = fluid.stage(sum((w * rate for w, rate in zip(weights, rates, strict=True)), np.zeros_like(fluid.start)))
        x, varying = guess, self.discrete.varying is not None
        balanced = BALANCED_BY_LAW if varying else BALANCED
        history: list[float] = []

        def balance(x: Floats) -> Balance[Flows]:
            flows = self.flows(t, x, staged)
            moved = self.stored(x, T)
            residual = np.where(self.discrete.fixed, 0.0, known + D * dt * flows.residual - moved)
            scale = dt * flows.scale(self.discrete) + float(np.abs(moved).sum()) + self._floor
            return flows, residual, float(np.abs(residual).sum()), scale

        now = balance(x)
        for _ in range(NEWTON_STEPS_BY_LAW if varying else NEWTON_STEPS):
            flows, residual, unbalanced, scale = now
            off = unbalanced / scale
            history.append(off)
            if off <= balanced:
                return x, flows
            if not np.isfinite(off):
                break
            if varying and len(history) > 1 and off > SLOW * history[-2]:
                self._kept = None  # the derivative of an earlier moment serves no longer
            fresh = self._kept is None
            linear = self.discrete.linear and staged is None and not flows.slope.any()
            step = self._solve(dt, flows, residual, max(0.3 * balanced / off, 1e-12 if linear else LOOSEST), staged)
            now = balance(x + step)
            if varying and not now[2] < unbalanced:
                if not fresh:
                    self._kept, now = None, (flows, residual, unbalanced, scale)
                    continue
                share, best = best_part(balance, x, step, (residual, unbalanced), now)
                step, now = share * step, best or now
            x = x + step
        told = ", ".join(f"{off:.1e}" for off in history[-4:])
        raise NotConverged(
            f"the step of {dt:.3g} s to {t:.6g} s did not settle: unbalanced heat over the heat moved {told}; wanted {balanced:.0e}"
        )

    def _solve(self, dt: float, flows: Flows, residual: Floats, rtol: float, fluid: StagedFluid | None) -> Floats:
        """(M + d dt J) applied backwards to ``residual`` (n_points,) [J]."""
        if not residual.any():
            return np.zeros_like(residual)
        made = self._matrix(dt, flows, fluid)
        data = made.entries
        if self._preconditioner is None or not self._made_for / STALE <= dt <= STALE * self._made_for:
            kept = self._kept
            self.close()
            self._kept = kept
            self._preconditioner, self._made_for = TwoLevel(self.discrete.pattern, data, self.discrete.block), dt
            self._of_preconditioner, self._first_spent = data, 0
        alone = fluid is None and not flows.slope.any() and made.whole is self._of_preconditioner
        operator = None if alone else operator_of(self.discrete, made.whole, flows.slope, fluid, step=D * dt)
        change, spent = correct(self._preconditioner, residual, min(rtol, 0.5), operator)
        self.iterations += spent
        self._first_spent = self._first_spent or spent
        if self.discrete.varying is not None and spent > SPENT * self._first_spent + 5:
            self._made_for = 0.0  # the next solve makes it anew
        return change

    def _matrix(self, dt: float, flows: Flows, fluid: StagedFluid | None) -> _Matrix:
        """M + d dt J without the heat's slope and the fluid's answer, kept while it serves."""
        if self._kept is None or not self._kept.serves(dt, flows, fluid, KEPT):
            film = None if fluid is None else np.asarray(fluid.exchange.h)
            entries = matrix_entries(self.discrete, flows, fluid, step=D * dt)
            whole = whole_entries(self.discrete, entries, flows, D * dt)
            self._kept = _Matrix(dt, entries, whole, flows.surface_slopes, film)
        return self._kept
