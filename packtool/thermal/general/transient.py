"""Temperatures in time of a general conduction problem: adaptive second-order steps that land on every output and breakpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.start import one_thread
from packtool.mesh.records import Floats
from packtool.thermal.general.locate import Places, located
from packtool.thermal.general.march import March, resumed
from packtool.thermal.general.problem import HeatProblem
from packtool.thermal.general.solution import HeatSolution, boundary_of, mean_over, region_of, solution_of
from packtool.thermal.general.stepping import Stepper
from packtool.thermal.general.system import System
from packtool.thermal.general.time_error import time_errors
from packtool.thermal.general.units import refuse_cold_start
from packtool.thermal.general.values import law
from packtool.thermal.records import EnergyBalance
from packtool.thermal.step_control import JUMPS, StepControl
from packtool.thermal.stepping import INSIDE


@dataclass(frozen=True)
class HeatHistory:
    """Temperatures in time. At the outputs ``times`` (n_out,) [s]: ``T`` (n_out, n_nodes) [K] and ``time_error`` (n_out, n_nodes) [K],
    the estimated error of the time steps (where a material melts a bound, mostly far above it), or None. A time read off a curve is off by the
    error there over the curve's slope. At every step
    ``step_times`` (n_steps + 1,) [s]: ``sensors`` name -> (n_steps + 1,) [K], ``region_mean`` [K] and ``region_power`` [W], both
    (n_steps + 1, n_regions). ``balance`` of the whole run, in joules.
    Extremes, heat flows and all else about one of the outputs: ``moment(t).maximum()``, ``moment(t).heat_out("end")``."""

    times: Floats
    T: Floats
    time_error: Floats | None
    step_times: Floats
    sensors: Mapping[str, Floats]
    region_mean: Floats
    region_power: Floats
    balance: EnergyBalance
    rejected_steps: int
    system: System = field(repr=False)

    def at(self, points: Any) -> Floats:
        """Temperatures [K] at the outputs, (n_out, n_points), or (n_out,) at one point; points as of HeatSolution.at."""
        places, single = located(self.system, points)
        values = places.values(self.T)
        return values[:, 0] if single else values

    def error_at(self, points: Any) -> Floats:
        """Estimated error of the time steps [K] there. Raises SolveError where the run was made without."""
        if self.time_error is None:
            raise SolveError("the run was made with time_error=False")
        places, single = located(self.system, points)
        values = np.abs(places.values(self.time_error))
        return values[:, 0] if single else values

    def mean(self, region: str | None = None) -> Floats:
        """Volume mean [K] of a region, or of all, at the outputs (n_out,)."""
        return np.array([mean_over(self.system, T, region) for T in self.T])

    def boundary_mean(self, boundary: str) -> Floats:
        """Area mean [K] over a boundary at the outputs (n_out,)."""
        there = boundary_of(self.system, boundary)
        return np.array([float((there.weight * there.at(T)).sum() / there.weight.sum()) for T in self.T])

    def save(self, path: Path | str) -> None:
        """Write a .pvd for ParaView, and beside it a .vtu an output, with ``temperature_K`` at the mesh's points."""
        from packtool.mesh.files import write_pvd, write_vtu

        path, entries = Path(path), []
        for number, (time, T) in enumerate(zip(self.times.tolist(), self.T, strict=True)):
            file = path.with_name(f"{path.stem}-{number:04d}.vtu")
            write_vtu(file, self.system.mesh, {"temperature_K": T[: len(self.system.mesh.points)]})
            entries.append((time, file))
        write_pvd(path, entries)

    def moment(self, time: float) -> HeatSolution:
        """Everything about one of the output times [s]. Raises SolveError where it is none of them."""
        hit = np.flatnonzero(np.abs(self.times - time) <= 1e-9 * max(abs(time), 1.0))
        if not hit.size:
            raise SolveError(f"{time:g} s is no output time; those are {', '.join(f'{t:g}' for t in self.times)}")
        T, t = self.T[hit[0]], float(self.times[hit[0]])
        heat = self.system.heat(T, t)
        stepper = Stepper(self.system)
        back = 1e-4 * float(np.diff(self.step_times).min())
        pace = np.nan_to_num((self.system.fixed_values(t) - self.system.fixed_values(t - back)) / back)
        try:
            rate = stepper.rate(t, T, heat, pace)
        finally:
            stepper.close()
        return solution_of(self.system, T, heat=heat, time=t, rate=rate)


@one_thread()
def solve_transient(
    problem: HeatProblem,
    initial: Any,
    times: Sequence[float] | float,
    *,
    degree: int = 1,
    sensors: Mapping[str, Any] | None = None,
    breakpoints: Sequence[float] = (),
    tolerance_K: float = 1e-3,
    time_error: bool = True,
    first_step: float | None = None,
    longest_step: float = np.inf,
    shortest_step: float = 1e-9,
    checkpoint: Path | str | None = None,
) -> HeatHistory:
    """March ``problem`` from ``initial`` at t = 0 to the last of ``times`` [s], on elements of ``degree`` 1 or 2.

    ``initial``: one temperature [K], one by region, a function of place, one a node (n,), or a HeatSolution. ``times``: outputs,
    ascending, above 0. ``sensors``: points recorded at every step, by name. ``tolerance_K``: the largest local error of a step.
    Steps land on outputs, on the points of tables over time, and on ``breakpoints`` [s]: where functions of time jump.
    ``time_error``: run a second time with every two steps as one, whose difference shows the error of the steps. ``checkpoint``: a
    file that keeps the state at every output; a run that finds its own there goes on from it, with the same result.

    Raises SolveError for what is refused; NotConverged where a step shorter than ``shortest_step`` [s] would be needed.
    """
    outputs, targets = _targets(problem, times, breakpoints)
    if not (tolerance_K > 0 and longest_step > 0 and shortest_step > 0 and (first_step is None or first_step > 0)):
        raise SolveError("tolerance_K and the steps [s] must be above 0")
    system = System(problem, degree)
    start = first_field(system, initial)
    places = {name: located(system, point)[0] for name, point in (sensors or {}).items()}
    jumps = frozenset(float(b) for b in breakpoints)
    control = StepControl(min(first_step or targets[0] / 100, longest_step), tolerance_K, shortest_step, longest_step)
    fine = _marched(system, start, targets, outputs, jumps, places, control, checkpoint)
    error = None
    if time_error:
        corners = jumps | problem.breakpoints
        error = time_errors(system, start, fine.steps, np.array(fine.outputs), outputs, corners, tolerance_K)
    return HeatHistory(
        times=np.array(outputs),
        T=np.array(fine.outputs),
        time_error=error,
        step_times=np.array(fine.steps),
        sensors={name: np.array([row[i] for row in fine.sensed]) for i, name in enumerate(places)},
        region_mean=np.array(fine.means),
        region_power=np.array(fine.powers),
        balance=EnergyBalance(fine.made, dict(fine.out), 0.0, fine.stored),
        rejected_steps=fine.control.rejected,
        system=system,
    )


def _marched(
    system: System,
    start: Floats,
    targets: Sequence[float],
    outputs: Sequence[float],
    jumps: Collection[float],
    places: Mapping[str, Places],
    control: StepControl,
    checkpoint: Path | str | None,
) -> March:
    stepper = Stepper(system)
    march = March(
        T=start,
        control=control,
        means=[system.means(start)],
        powers=[system.heat(start, INSIDE * control.dt).power],
        sensed=[_sensed(places, start)],
    )
    path = None if checkpoint is None else Path(checkpoint).with_suffix(".npz")
    print_of = system.fingerprint(start, targets, control.tolerance_K) if path else ""
    if path and path.exists():
        march = resumed(path, print_of, control)
        stepper.pace = march.pace
    done = march.t
    try:
        for target in targets:
            while march.t < target:
                _advance(system, stepper, march, target, places)
            if march.t > target or target <= done:
                continue
            if target in jumps:
                march.control.jump()
            if target in outputs:
                march.outputs.append(march.T)
                if path:
                    march.pace = stepper.pace
                    march.save(path, print_of)
    finally:
        stepper.close()
    return march


def _advance(system: System, stepper: Stepper, march: March, target: float, places: Mapping[str, Places]) -> None:
    """One step towards ``target``, accepted or not."""
    control, left = march.control, target - march.t
    step = control.length(left)
    unsettled: Exception | None = None
    try:
        tried = stepper.step(march.t, step, march.T)
        error = tried.error if np.isfinite(tried.error) else np.inf
    except (NotConverged, SolveError) as problem:  # a shorter step may settle, or stay in a property's range
        unsettled, error = problem, np.inf
    if error > control.tolerance_K:
        try:
            control.reject(step, error, march.t, JUMPS)
        except NotConverged as shortest:
            if isinstance(unsettled, SolveError):
                raise SolveError(f"at {march.t:.6g} s: {unsettled}") from unsettled
            raise shortest from unsettled
        return
    control.accept(step, error)
    stepper.accept(tried, step, march.T)
    march.add(system, tried, step)
    march.T, march.t = tried.T, target if step == left else march.t + step
    march.steps.append(march.t)
    march.means.append(system.means(march.T))
    march.powers.append(tried.stages[2].power)
    march.sensed.append(_sensed(places, march.T))


def _sensed(places: Mapping[str, Places], T: Floats) -> list[float]:
    return [float(place.values(T)[0]) for place in places.values()]


def _targets(problem: HeatProblem, times: Sequence[float] | float, breakpoints: Sequence[float]) -> tuple[list[float], list[float]]:
    """Outputs, and every time to land on."""
    try:
        outputs = [float(time) for time in np.atleast_1d(np.asarray(times, dtype=float))]
    except (TypeError, ValueError):
        raise SolveError(f"times [s] must be a number or numbers; got {times!r}") from None
    if not outputs or not np.isfinite(outputs).all() or outputs[0] <= 0 or any(b <= a for a, b in pairwise(outputs)):
        raise SolveError("times [s] must be finite, ascending and above 0, one at least")
    if not np.isfinite(np.asarray(breakpoints, dtype=float)).all():
        raise SolveError("breakpoints [s] must be finite")
    for a in problem.laws:
        if a.span and a.span[0] == "t" and not (a.span[1] <= 0 and outputs[-1] <= a.span[2]):
            raise SolveError(
                f"{a.what}: its table is over t = {a.span[1]:g} to {a.span[2]:g} s, and the run from 0 to {outputs[-1]:g} s; "
                "extend the table, or say hold=True to keep its end values"
            )
    inner = {float(b) for b in (*breakpoints, *problem.breakpoints) if 0 < b < outputs[-1]}
    return outputs, sorted({*outputs, *inner})


def first_field(system: System, initial: Any) -> Floats:
    """The field (n,) [K] at t = 0; prescribed temperatures in place."""
    if isinstance(initial, HeatSolution):
        initial = initial.T
    nodes = system.space.nodes
    if isinstance(initial, Mapping):
        names = [region.name for region in system.mesh.regions]
        for name in initial:
            region_of(system, name)
        if missing := sorted(set(names) - set(initial)):
            raise SolveError(f"the initial temperature is missing for {', '.join(missing)}")
        share, total = np.zeros(system.n), np.zeros(system.n)
        for block in system.blocks:
            own = np.full(block.weight.shape, float(initial[names[block.region]]))
            load = np.abs(
                block.load(system.storage.laws[block.region].slope(block.points, own))
            )  # so that the body's heat is that of its parts
            np.add.at(total, block.nodes, load)
            np.add.at(share, block.nodes, load * float(initial[names[block.region]]))
        start = share / total
    elif callable(initial) or np.ndim(initial) == 0:
        start = law("the initial temperature", initial, may_need=("x", "y", "z", "r")).at(nodes, 0.0, None, system.radial)
    else:
        start = np.asarray(initial, dtype=float)
        if start.shape != (system.n,):
            raise SolveError(
                f"the initial temperature has shape {start.shape}; wanted one number, one by region, or ({system.n},) [K]"
            )
    refuse_cold_start(start, system.problem.coldest)
    return np.where(system.fixed, np.nan_to_num(system.fixed_values(0.0)), start)
