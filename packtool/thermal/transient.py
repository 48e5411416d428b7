"""Temperatures in time: adaptive TR-BDF2 steps that land on every output time and every breakpoint of the heat.

TR-BDF2 (Bank et al., IEEE Trans. CAD 4 (1985) 436-451) is second-order and L-stable; error estimate of Hosea and Shampine,
Appl. Numer. Math. 20 (1996) 21-37: the embedded third-order formula, filtered with the step's own matrix. Both of its implicit
stages have the same matrix M + d dt J, d = 1 - 1/sqrt(2), so one preconditioner serves them and, kept, the steps that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.solvers import TwoLevel, correct
from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete, discretise
from packtool.thermal.clock import Clock
from packtool.thermal.flows import Flows, heat_flows
from packtool.thermal.jacobian import jacobian_entries, operator_of
from packtool.thermal.records import ConductionProblem, EnergyBalance, Heat, TransientSolution

D = 1 - np.sqrt(0.5)
"""Diagonal of the scheme's table, gamma / 2."""
W = np.sqrt(2) / 4
"""Weight of the first two stages; the last has D."""
_GAMMA = 2 - np.sqrt(2)
_ESTIMATE = np.array([W - (1 - W) / 3, W - (3 * W + 1) / 3, D - D / 3])
"""Weights of the stages in (second order minus third order)."""

NEWTON_STEPS = 8
BALANCED = 1e-9
"""Sum of a stage's absolute residual over the heat that moves in the step."""
STALE = 2.0
"""A preconditioner serves steps between 1/STALE and STALE times its own."""
INSIDE = 1e-9
"""Heat is asked for this fraction of the step inside its ends, so that a jump at a breakpoint belongs to one side."""

TimedHeat = Callable[[float, Floats], tuple[Floats, Floats]]


def solve_transient(
    problem: ConductionProblem,
    T0: Floats | float,
    times: Sequence[float],
    *,
    heat_at: TimedHeat | None = None,
    breakpoints: Sequence[float] = (),
    tolerance_K: float = 2e-3,
    first_step: float | None = None,
    longest_step: float = np.inf,
    shortest_step: float = 1e-6,
    cache_dir: Path | None = None,
) -> TransientSolution:
    """March ``problem`` from ``T0`` (n_points,) or one number [K] at t = 0 to the last of ``times`` [s].

    ``times``: ascending, positive: outputs. ``heat_at(t, T_mean)``: power and slope as in ``Heat``, but in time; it replaces the
    problem's heat and may jump only at ``breakpoints`` [s]. ``tolerance_K``: the largest local error a step may make anywhere [K].
    Prescribed temperatures hold from t = 0 on, whatever ``T0`` says.

    The balance closes step by step: boundary heat is summed with the weights of the scheme. Raises SolveError for what is refused
    (no coolant stream is coupled in time); NotConverged where a step shorter than ``shortest_step`` [s] would be needed.
    """
    clock = Clock()
    targets = _targets(times, breakpoints)
    if not (tolerance_K > 0 and longest_step > 0 and shortest_step > 0) or (first_step is not None and not first_step > 0):
        raise SolveError("tolerance_K and the steps must be above 0")
    discrete = discretise(problem, cache_dir, with_capacity=True)
    march = _March(discrete, heat_at)
    T = np.broadcast_to(np.asarray(T0, dtype=float), (discrete.n_dofs,)).copy() if np.ndim(T0) in (0, 1) else np.empty(0)
    if T.shape != (discrete.n_dofs,) or not np.isfinite(T).all():
        raise SolveError(f"T0 is not finite, or not one number or ({discrete.n_dofs},) numbers [K]")
    T = np.where(discrete.fixed, discrete.fixed_T, T)
    clock.lap("assembly")
    t, dt, rejected = 0.0, min(first_step or targets[0] / 100, longest_step), 0
    outputs, wanted = [], {float(time) for time in times}
    steps, means, powers = [t], [discrete.mean @ T], [march.flows(INSIDE * dt, T).power]
    totals = _Totals(discrete)
    try:
        for target in targets:
            while t < target:
                left = target - t
                step = left if dt >= left * (1 - 1e-9) else (left / 2 if dt > left / 2 else dt)
                tried = march.step(t, step, T)
                factor = 0.9 * (tolerance_K / max(tried.error, 1e-30)) ** (1 / 3)
                if tried.error > tolerance_K:
                    rejected += 1
                    dt = step * min(max(factor, 0.2), 0.9)
                    if dt < shortest_step:
                        raise NotConverged(
                            f"at {t:.6g} s a step of {dt:.1e} s would be needed for {tolerance_K:g} K: the heat jumps at a time that is "
                            "not among the breakpoints, or runs away"
                        )
                    continue
                totals.add(tried, T, step)
                T, t = tried.T, (target if step == left else t + step)
                dt = min(max(dt, step) if factor < 1.2 and step < dt else step * min(max(factor, 0.3), 4.0), longest_step)
                steps.append(t)
                means.append(discrete.mean @ T)
                powers.append(tried.flows[2].power)
            if target in wanted:
                outputs.append(T.copy())
    finally:
        march.close()
    clock.lap("march")
    return TransientSolution(
        problem.mesh, np.array(sorted(wanted)), np.array(outputs), np.array(steps), np.array(means), np.array(powers), totals.balance(),
        rejected, march.iterations, discrete.n_dofs, clock.seconds,
    )  # fmt: skip
