"""A pack through a duty on one mesh: electrical network, solid and coolant together, in adaptive steps.

In each step the network is integrated first, at the duty's own resolution, with the cells' temperatures going on as before; the heat it
makes in the step is then given to the solid evenly over the step, so that no joule is lost however fast the current changes. A step is
as long as the scheme's own error, the error of the temperatures that were assumed, and the swing of the heat within the step allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from packtool.coldplate.case_key import case_key
from packtool.coldplate.checkpoint import read_checkpoint, write_checkpoint
from packtool.coldplate.pack_run import Moment, PackCase, PackRun
from packtool.coldplate.run_sums import RunSums
from packtool.coldplate.switches import Switches
from packtool.errors import NotConverged
from packtool.mesh.records import Floats
from packtool.mesh.solids import IMPORTED
from packtool.thermal.assembly import Discrete, discretise
from packtool.thermal.cell_bank import Interval, over
from packtool.thermal.clock import Clock
from packtool.thermal.coupling import Coupling
from packtool.thermal.evaluate import Extremes
from packtool.thermal.melted import melting_parts
from packtool.thermal.part_flows import PartFlows, part_flows
from packtool.thermal.records import StreamState
from packtool.thermal.step_control import StepControl
from packtool.thermal.stepping import Step, Stepper

SHORTEST_STEP = 1e-6
"""[s]: a step that would have to be shorter is given up."""
OUTSIDE_CELLS = 0.05
"""Weight of a step's error where there is no cell: the plate and the pads follow the cells and the coolant within seconds, so an error
there is forgotten in the next step, while a cell keeps its own for minutes."""
FILM_K = 0.1
"""Films and flow are looked up again where the coolant has changed by this much [K]: 0.3 % in viscosity, a tenth of that in h."""
_CARRIED = ("t", "control", "T", "soc", "pace", "theta", "theta_pace", "_state", "_switches")


@dataclass
class _Progress:
    """What has come of a run so far."""

    moments: list[Moment]
    fields: list[Floats]
    states: list[StreamState]
    looked: list[tuple[float, StreamState]]
    hottest: Floats
    warmest: float


class PackMarch:
    """The state of a run between two steps. ``go`` marches to the end."""

    def __init__(self, case: PackCase, cache_dir: Path | None) -> None:
        self.case, self.clock = case, Clock()
        self.discrete: Discrete = discretise(case.problem, cache_dir, with_capacity=True)
        mesh = case.problem.mesh
        counts = np.full(self.discrete.n_dofs, OUTSIDE_CELLS)
        counts[mesh.hexes[np.isin(mesh.region, case.cell_region)]] = 1.0
        self.melting = melting_parts(case.problem)
        counts[self.melting.hexes] = 1.0  # what has melted stays so
        self.stepper = Stepper(self.discrete, lambda _t, _means: (self._power, np.zeros_like(self._power)), counts)
        self._power = np.zeros(len(mesh.regions))
        self._extra = np.zeros(len(case.cell_region)) if case.extra is None else case.extra
        self._extremes = Extremes.of(mesh)
        rho_cp = np.asarray(case.problem.rho_cp)
        self.cell_capacity = (rho_cp * self.discrete.volume)[case.cell_region]
        self.t, self.control = 0.0, StepControl(min(1.0, case.landings[0] / 10), case.tolerance, SHORTEST_STEP)
        self.T = np.full(self.discrete.n_dofs, case.T0)
        self.soc = np.array(case.soc0)
        self._switches = Switches.at_start(case.heaters, *self._readings(self.T))
        self.pace = np.zeros(len(case.cell_region))
        stream = case.stream
        self.theta = None if stream is None else np.full(stream.n_states, case.T0)
        self.theta_pace = None if self.theta is None else np.zeros_like(self.theta)
        self._state: StreamState | None = None
        self.coupling: Coupling | None = None
        self._films_at: Floats | None = None
        self.sums = RunSums(self.discrete, self.stepper.stored)
        self.clock.lap("assembly")

    def go(self, checkpoint: Path | None = None) -> PackRun:
        """March to the last output. Raises NotConverged, SolveError.

        ``checkpoint``: a file that the state is written to at every output, and read from where it is of this very case. What a run
        keeps for speed is dropped there, so that one that was killed and went on gives the same numbers to the last bit.
        """
        case, so_far, key = self.case, None, ""
        if checkpoint is not None:
            key = case_key(case)
            so_far = read_checkpoint(checkpoint, key)
        if so_far is None:
            first = self._moment(None, None)
            so_far = _Progress([first], [], [], [], self.T, float(first.high.max()))
        else:
            so_far = self._resumed(so_far)
        jumps, outputs, looks = {*case.edges, *case.switches}, set(case.outputs), case.coolant_looks
        try:
            for target in case.landings:
                if target <= self.t:
                    continue
                self._reach(target, so_far)
                if target in looks and self._state is not None:
                    so_far.looked.append((target, self._state))
                if target in jumps:
                    self._jump()
                if target in outputs:
                    so_far.fields.append(self.T)
                    if self._state is not None:
                        so_far.states.append(self._state)
                    if checkpoint is not None:
                        self._forget()
                        write_checkpoint(checkpoint, key, (so_far, self._carried()))
        finally:
            self.stepper.close()
        self.clock.lap("march")
        return PackRun(
            case.problem.mesh, tuple(so_far.moments), tuple(case.outputs), np.array(so_far.fields), so_far.hottest, tuple(so_far.states), tuple(so_far.looked),
            self.sums.balance(), self.sums.made_by, self.sums.coolant, tuple(self._switches.history), self._flows(), self.melting, self.control.rejected,
            self.stepper.iterations, self.discrete.n_dofs, self.clock.seconds,
        )  # fmt: skip

    def _reach(self, target: float, so_far: _Progress) -> None:
        """Steps from here to ``target`` [s]."""
        case, room = self.case, np.inf
        while self.t < target:
            left = target - self.t
            step = min(self.control.length(left), room)
            tried, interval, error = self._try(step)
            if tried is None and interval.corner is not None:
                room = interval.corner - self.t
                continue
            if tried is None or error > case.tolerance:
                self.control.reject(step, error, self.t)
                continue
            readings = [self._readings(T) for T in (self.T, tried.middle, tried.T)]
            past = self._switches.passed(case.heaters, readings, case.tolerance)
            if past is not None and step * past > SHORTEST_STEP:
                room = step * past
                continue
            room = np.inf
            self.control.accept(step, error)
            self._accept(tried, interval, step)
            self.t = target if step == left else self.t + step
            so_far.moments.append(self._moment(interval, tried))
            if so_far.moments[-1].high.max() > so_far.warmest:
                so_far.hottest, so_far.warmest = self.T, float(so_far.moments[-1].high.max())
            if self._switches.switch(case.heaters, *self._readings(self.T), self.t):
                self._jump()

    def _jump(self) -> None:
        """The heat or the coolant changes at once: short steps from here on."""
        self.control.jump()
        self.theta_pace = None if self.theta is None else np.zeros_like(self.theta)
        self._films_at = None

    def _readings(self, T: Floats) -> tuple[Floats, Floats]:
        """What thermostats may read at ``T`` (n_points,) [K]: the cells' means and the sensors."""
        return (self.discrete.mean @ T)[self.case.cell_region], self._sensed(T)

    def _sensed(self, T: Floats) -> Floats:
        return np.zeros(0) if self.case.sensors is None else np.asarray(self.case.sensors @ T)

    def _flows(self) -> PartFlows:
        sums, varying, start = self.sums, self.discrete.varying, np.full_like(self.T, self.case.T0)
        gained = varying.by_kind(varying.stored(self.T, start)) if varying is not None else {}
        return part_flows(
            self.case.problem, sums.T_time, sums.power_time, sums.leaving, self.T - start, sums.conducted(), gained, self.t
        )

    def _carried(self) -> dict[str, Any]:
        """What the next step depends on."""
        return {name: getattr(self, name) for name in _CARRIED} | {
            "trend": self.stepper.trend,
            "sums": self.sums.kept,
        }

    def _resumed(self, kept: Any) -> _Progress:
        so_far, carried = kept
        for name in _CARRIED:
            setattr(self, name, carried[name])
        self.stepper.trend = carried["trend"]
        self.sums.kept = carried["sums"]
        assert isinstance(so_far, _Progress)
        return so_far

    def _forget(self) -> None:
        """Drop what only saves time."""
        self.stepper.close()
        self.coupling = self._films_at = None

    def _try(self, dt: float) -> tuple[Step | None, Interval, float]:
        """A step of ``dt`` [s] from here: None where a charge begins to taper, the heat swings too much within it or it does not settle; and the
        step's error [K]."""
        case, cells = self.case, self.case.cell_region
        T_cells = (self.discrete.mean @ self.T)[cells]
        end = self.t + dt
        interval = over(case.bank, case.demand, self.t, end, T_cells, T_cells + dt * self.pace, self.soc, case.looks)
        swing = float((interval.swing / self.cell_capacity).max())
        if interval.corner is not None or swing > case.tolerance:
            return None, interval, swing
        made = interval.joule + interval.reversible + interval.busbar
        self._power[:] = 0.0
        self._power[cells] = made + self._extra
        for heater, on in zip(case.heaters, self._switches.on, strict=True):
            self._power += heater.power * on
        coupling = self._coupled(dt)
        tried = self.stepper.tried(self.t, dt, self.T, coupling, self.theta)
        if isinstance(tried, NotConverged):
            return None, interval, np.inf
        after = (self.discrete.mean @ tried.T)[cells]
        again = over(case.bank, case.demand, self.t, end, T_cells, after, self.soc, case.looks)
        off = again.joule + again.reversible + again.busbar - made
        return tried, interval, max(tried.error, swing, float(np.abs(off * dt / self.cell_capacity).max()))

    def _coupled(self, dt: float) -> Coupling | None:
        """The coolant's coupling with its films at the middle of the step."""
        ramped = self.case.ramped
        stream = self.case.stream_at(self.t + dt / 2 if ramped else self.t)
        if stream is None or self.theta is None or self.theta_pace is None:
            return None
        low, high = stream.table.T[
            [0, -1]
        ]  # where it goes on as before may be no temperature that it will have: behind a step of the inlet's
        theta = np.clip(self.theta + dt / 2 * self.theta_pace, np.minimum(self.theta, low), np.maximum(self.theta, high))
        if (
            not ramped
            and self.coupling is not None
            and self._films_at is not None
            and float(np.abs(theta - self._films_at).max()) < FILM_K
        ):
            return self.coupling
        self._films_at = theta
        mean = theta[len(stream.passages.nodes) :]
        state = StreamState(theta, mean, np.zeros_like(mean), mean)
        self.coupling = Coupling(self.discrete.problem.mesh, self.discrete.pattern, stream.exchange(state), self.coupling)
        return self.coupling

    def _accept(self, tried: Step, interval: Interval, dt: float) -> None:
        cells = self.case.cell_region
        self.stepper.accept(tried, dt, self.T)
        self.sums.add_run(tried, interval, self.T, dt)
        if self.coupling is not None and self.theta is not None:
            self.sums.add_coolant(tried, self.coupling.exchange, self.theta, dt)
        self.pace = (self.discrete.mean @ (tried.T - self.T))[cells] / dt
        self.T, self.soc = tried.T, interval.soc
        self.discrete.refuse_outside(self.T, f" {self.t + dt:.6g} s after the start")
        state = self._state = tried.stages[2].state
        if state is not None and self.theta is not None:
            self.theta_pace = (state.theta - self.theta) / dt
            self.theta = state.theta

    def _moment(self, interval: Interval | None, tried: Step | None) -> Moment:
        case = self.case
        low, high = self._extremes(self.T)
        cells = case.cell_region
        mesh = case.problem.mesh
        plates = [i for i, region in enumerate(mesh.regions) if region.role == "cold_plate"]
        parts = [i for i, region in enumerate(mesh.regions) if region.role == IMPORTED]
        means = self.discrete.mean @ self.T
        flows = tried.stages[2] if tried else None
        stream = case.stream_at(self.t * (1 - 1e-12))  # at a switch: what flowed before it
        return Moment(
            t=self.t,
            mean=means[cells],
            low=low[cells],
            high=high[cells],
            plate=float(high[plates].max()) if plates else np.nan,
            parts=np.stack([means, low, high])[:, parts],
            soc=self.soc,
            interval=interval,
            coolant_out=np.nan if stream is None or self.theta is None else float(self.theta[stream.passages.outlet]),
            to_coolant=float(flows.state.heat.sum()) if flows and flows.state else 0.0,
            to_ambient=sum(flows.to_surfaces.values()) + (interval.last.beside if interval else 0.0) if flows else 0.0,
            sensors=self._sensed(self.T),
            melted=self.melting.fraction(self.T),
            heated=np.array(
                [h.power.sum() * (on and tried is not None) for h, on in zip(case.heaters, self._switches.on, strict=True)]
            ),
        )
