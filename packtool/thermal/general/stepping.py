"""One TR-BDF2 step of a general conduction problem in enthalpy, with its error; the scheme is that of ``thermal.stepping``.

Stages are balances of stored heat, H(x) - H(T) = dt sum of weights times heat, with H the enthalpy at the Gauss points: whatever
rho cp does with temperature, melting included, no heat is lost or made by the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.mesh.records import Floats
from packtool.thermal.general.linear import LinearSolver
from packtool.thermal.general.steady import rounding_of
from packtool.thermal.general.system import Heat, System
from packtool.thermal.part_of_step import SLOW, Balance, best_part
from packtool.thermal.stepping import BALANCED, ERROR_WEIGHTS, GAMMA, INSIDE, D, W

NEWTON_STEPS = 25
LEAST_K = 1e-5
"""Warming of the whole body [K] whose heat is the smallest that a balance is measured against."""
ERROR_REDUCTION = 1e-2
"""The error needs two digits."""


@dataclass(frozen=True)
class Step:
    """A step tried: the field ``T`` (n,) [K] at its end, the largest local ``error`` [K], the heat of its three stages."""

    T: Floats
    error: float
    stages: tuple[Heat, Heat, Heat]


class Stepper:
    """Steps of one problem. A resource: ``close`` gives its factors back."""

    def __init__(self, system: System) -> None:
        self.system, self.solver = system, LinearSolver(system.unknowns)
        self.still, self.linear = system.steady_matrix, system.linear and system.storage.constant
        self._kept: tuple[Floats, Floats, Floats, bool] | None = None
        self._version = 0
        self._exchanged = 0.0
        self.pace = np.zeros(system.n)
        everywhere = np.full(system.n, 300.0)
        self._least = LEAST_K * float(system.storage.warming(everywhere, np.ones(system.n)).sum())

    def step(self, t: float, dt: float, T: Floats) -> Step:
        """From ``T`` at ``t`` over ``dt``. Raises NotConverged where a stage does not settle."""
        system = self.system
        first = system.heat(T, t + INSIDE * dt)
        known = D * dt * first.residual
        middle_T, middle = self._stage(t + GAMMA * dt, dt, T, known, T + GAMMA * dt * self.pace)
        known = W * dt * (first.residual + middle.residual)
        end = t + dt - INSIDE * dt
        last_T, last = self._stage(end, dt, T, known, T + (middle_T - T) / GAMMA)
        stages = (first, middle, last)
        raw = dt * sum(w * s.residual for w, s in zip(ERROR_WEIGHTS, stages, strict=True))
        error = self._solve(dt, end, last_T, np.where(system.fixed, 0.0, raw), ERROR_REDUCTION)
        return Step(last_T, float(np.abs(error).max()), stages)

    def accept(self, step: Step, dt: float, T: Floats) -> None:
        """Remember the pace [K/s] for the next guess."""
        self.pace = (step.T - T) / dt

    def close(self) -> None:
        """Give back the factors."""
        self.solver.close()

    def rate(self, t: float, T: Floats, heat: Heat, fixed_rate: Floats) -> Floats:
        """(n,) [K/s]: how fast the nodes warm up at this moment; ``fixed_rate`` (n,) holds that of the prescribed ones."""
        system = self.system
        mass = system.storage.entries(T)
        known = np.where(system.fixed, fixed_rate, 0.0)
        self.solver.close()
        free = self.solver.solve(mass, mass, heat.residual - system.pattern.matrix(mass) @ known, 1e-10)
        self.solver.close()
        return np.asarray(known + free)

    def _stage(self, t: float, dt: float, T: Floats, known: Floats, guess: Floats) -> tuple[Floats, Heat]:
        """Solve H(x) - H(T) = known + d dt heat(x) for x."""
        system = self.system
        held = system.fixed_values(t)
        x = np.where(system.fixed, np.nan_to_num(held), guess)
        try:
            heat, residual, off, scale = self._balance(t, dt, x, T, known)
        except SolveError:  # the guess may leave a property's range where the solution does not
            x = np.where(system.fixed, np.nan_to_num(held), T)
            heat, residual, off, scale = self._balance(t, dt, x, T, known)
        history, tried = [off / scale], lambda field: self._tried(t, dt, field, T, known)
        for _ in range(NEWTON_STEPS):
            if off <= max(BALANCED * scale, dt * self._exchanged):
                return x, heat
            if len(history) > 1 and history[-1] > SLOW * history[-2] and not self.still:
                self._kept = None  # the derivative of an earlier moment serves no longer
            fresh = self._kept is None
            step = self._solve(dt, t, x, residual, min(0.1, max(0.3 * BALANCED * scale / off, 1e-12 if self.linear else 1e-4)))
            after = tried(x + step)
            if not self.linear and (after is None or not after[2] < off):
                if not fresh:
                    self._kept = None
                    continue
                share, after = best_part(tried, x, step, (residual, off), after)
                step = share * step
            if after is None:
                after = self._balance(t, dt, x + step, T, known)  # raises what it refuses
            x = x + step
            heat, residual, off, scale = after
            history.append(off / scale)
            if not np.isfinite(off):
                break
        if off <= max(BALANCED * scale, dt * self._exchanged):
            return x, heat
        told = ", ".join(f"{off:.1e}" for off in history[-4:])
        raise NotConverged(
            f"the step of {dt:.3g} s to {t:.6g} s did not settle: heat out of balance over the heat moved {told}; wanted {BALANCED:.0e}"
        )

    def _tried(self, t: float, dt: float, x: Floats, T: Floats, known: Floats) -> Balance[Heat] | None:
        """The balance at ``x``; None where it is outside a property's range."""
        try:
            return self._balance(t, dt, x, T, known)
        except SolveError:
            return None

    def _balance(self, t: float, dt: float, x: Floats, T: Floats, known: Floats) -> Balance[Heat]:
        system = self.system
        heat, moved = system.heat(x, t), system.storage.stored(x, T)
        residual = np.where(system.fixed, 0.0, known + D * dt * heat.residual - moved)
        through = float(np.abs(heat.residual[system.fixed]).sum())
        scale = dt * max(heat.gross, through) + float(np.abs(moved).sum()) + self._least
        return heat, residual, float(np.abs(residual).sum()), scale

    def _solve(self, dt: float, t: float, T: Floats, residual: Floats, rtol: float) -> Floats:
        """(M + d dt J) backwards applied to ``residual`` (n,) [J]; the derivatives are kept until they serve no longer."""
        if self._kept is None:
            full, positive, same = self.system.jacobian(T, t)
            self._kept = (self.system.storage.entries(T), full, positive, same)
            self._version += 1
            self._exchanged = rounding_of(self.system, full, T)
        mass, full, positive, same = self._kept
        whole = mass + D * dt * full
        return self.solver.solve(whole, whole if same else mass + D * dt * positive, residual, rtol, (self._version, dt))
