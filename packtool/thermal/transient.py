"""Temperatures in time: adaptive steps that land on every output time and every breakpoint of the heat."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.start import one_thread
from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete, discretise
from packtool.thermal.clock import Clock
from packtool.thermal.records import ConductionProblem, TransientSolution
from packtool.thermal.step_control import JUMPS, StepControl
from packtool.thermal.step_sums import StepSums
from packtool.thermal.stepping import INSIDE, Stepper, TimedHeat


@one_thread()
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

    ``times``: ascending, positive: outputs. ``heat_at(t, T_mean)`` gives power and slope as ``Heat`` does, in time; it replaces
    the problem's heat and may jump only at ``breakpoints`` [s]. ``tolerance_K``: the largest local error of a step anywhere [K].
    Prescribed temperatures hold from t = 0 on, whatever ``T0`` says.

    The balance closes step by step: heat is summed with the weights of the scheme. Raises SolveError for what is refused;
    NotConverged where a step shorter than ``shortest_step`` [s] would be needed. No coolant stream is coupled in time.
    """
    clock = Clock()
    targets, wanted = _targets(times, breakpoints)
    if not (tolerance_K > 0 and longest_step > 0 and shortest_step > 0 and (first_step is None or first_step > 0)):
        raise SolveError("tolerance_K and the steps [s] must be above 0")
    discrete = discretise(problem, cache_dir, with_capacity=True)
    T = _start(discrete, T0)
    stepper = Stepper(discrete, heat_at)
    sums = StepSums(discrete, stepper.stored)
    clock.lap("assembly")
    t, jumps = 0.0, {float(b) for b in breakpoints}
    control = StepControl(min(first_step or targets[0] / 100, longest_step), tolerance_K, shortest_step, longest_step)
    outputs: list[Floats] = []
    steps, means, powers = [t], [discrete.mean @ T], [stepper.flows(INSIDE * control.dt, T).power]
    try:
        for target in targets:
            while t < target:
                left = target - t
                step = control.length(left)
                tried = stepper.tried(t, step, T)
                error = np.inf if isinstance(tried, NotConverged) else tried.error
                if isinstance(tried, NotConverged) or error > tolerance_K:
                    control.reject(step, error, t, JUMPS)
                    continue
                control.accept(step, error)
                stepper.accept(tried, step, T)
                discrete.refuse_outside(tried.T, f" after {t + step:.6g} s")
                sums.add(tried, T, step)
                T, t = tried.T, target if step == left else t + step
                steps.append(t)
                means.append(discrete.mean @ T)
                powers.append(tried.stages[2].power)
            if target in jumps:
                control.jump()
            if target in wanted:
                outputs.append(T)
    finally:
        stepper.close()
    clock.lap("march")
    return TransientSolution(
        mesh=problem.mesh,
        times=np.array(sorted(wanted)),
        T=np.array(outputs),
        step_times=np.array(steps),
        region_mean=np.array(means),
        region_power=np.array(powers),
        balance=sums.balance(),
        rejected_steps=control.rejected,
        linear_iterations=stepper.iterations,
        n_dofs=discrete.n_dofs,
        seconds=clock.seconds,
    )


def _targets(times: Sequence[float], breakpoints: Sequence[float]) -> tuple[list[float], set[float]]:
    """Every time to land on, ascending, and which of them are outputs."""
    given = [float(time) for time in times]
    if not given or given[0] <= 0 or any(b <= a for a, b in pairwise(given)) or not np.isfinite(given).all():
        raise SolveError("times [s] must be ascending and above 0, one at least")
    if not np.isfinite(np.asarray(breakpoints, dtype=float)).all():
        raise SolveError("breakpoints [s] must be finite")
    inner = {float(b) for b in breakpoints if 0 < b < given[-1]}
    return sorted({*given, *inner}), set(given)


def _start(discrete: Discrete, T0: Floats | float) -> Floats:
    start = np.asarray(T0, dtype=float)
    if start.shape not in ((), (discrete.n_dofs,)) or not np.isfinite(start).all():
        raise SolveError(f"T0 has shape {start.shape} or is not finite; wanted one number or ({discrete.n_dofs},) [K]")
    return np.where(discrete.fixed, discrete.fixed_T, start)
