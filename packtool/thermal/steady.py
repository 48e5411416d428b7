"""Steady temperatures of a conduction problem, with heat that depends on temperature, radiation and a coolant stream."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.solvers import TwoLevel, correct
from packtool.fem.start import one_thread
from packtool.mesh.records import Floats, Integers
from packtool.thermal.assembly import Discrete, discretise
from packtool.thermal.clock import Clock
from packtool.thermal.coupling import Coupling, first_fluid_temperatures
from packtool.thermal.flows import Flows, heat_flows
from packtool.thermal.jacobian import matrix_entries, operator_of, whole_entries
from packtool.thermal.records import ConductionProblem, StreamModel, ThermalSolution
from packtool.thermal.refusals import refuse_floating

LOOSEST = 1e-3
"""Reduction asked of the linear solver in an outer iteration of a nonlinear problem: more would be lost at the next."""

STREAM_SETTLED = 1e-6
"""The coolant's temperatures may change by this much [K] between the last two outer iterations."""

STALE = 1.5
"""The preconditioner is made anew where the iterations exceed this multiple of its first solve's."""

HALVINGS = 5
"""A Newton step that does not bring the residual down is halved at most this often."""


@one_thread()
def solve_steady(
    problem: ConductionProblem,
    stream: StreamModel | None = None,
    *,
    guess: Floats | None = None,
    cache_dir: Path | None = None,
    rtol: float = 1e-8,
    most_outer: int = 40,
) -> ThermalSolution:
    """Solve ``problem``, coupled two-way to ``stream``, until the true nonlinear balance closes at every point.

    Stops when the sum over all points of the absolute residual is at most ``rtol`` of the heat: no part of the solid, however
    chosen, is then out of balance by more. ``guess`` (n_points,) [K] starts the iteration; ``cache_dir`` keeps compiled forms.

    Newton's method on radiation, on the heat's slope and on conductivities that depend on temperature; the coolant's films and flow are renewed by ``stream`` in every outer
    iteration. A boundary's heat is by consistent fluxes: the discrete form that the solve used, and the residual where the
    temperature is prescribed (a node at the edge of two such boundaries counts for the first named).

    Raises SolveError for what is refused; NotConverged, with the residuals of the outer iterations.
    """
    clock = Clock()
    discrete = discretise(problem, cache_dir)
    coupling = Coupling(problem.mesh, discrete.pattern, stream.exchange(None)) if stream else None
    refuse_floating(problem.mesh, discrete.component, _anchors(discrete, coupling))
    clock.lap("assembly")
    T = _start(discrete, coupling, guess)
    flows = heat_flows(discrete, T, coupling)
    solver = _Linear(discrete)
    history: list[float] = []
    try:
        for outer in range(most_outer + 1):
            settled = not stream
            if stream and flows.state and outer:
                before = flows.state.mean
                coupling = Coupling(problem.mesh, discrete.pattern, stream.exchange(flows.state), coupling)
                flows = heat_flows(discrete, T, coupling)
                settled = flows.state is not None and bool(np.abs(flows.state.mean - before).max() <= STREAM_SETTLED)
            off = flows.unbalanced(discrete) / flows.scale(discrete)
            history.append(off)
            if not np.isfinite(off):
                break
            if off <= rtol and settled:
                discrete.refuse_outside(T)
                clock.lap("solve")
                return ThermalSolution(
                    problem.mesh,
                    T,
                    flows.power,
                    flows.balance(discrete),
                    flows.leaving,
                    flows.state,
                    solver.iterations,
                    outer,
                    discrete.n_dofs,
                    clock.seconds,
                    {} if discrete.varying is None or flows.conducted is None else discrete.varying.by_kind(flows.conducted),
                )
            if outer == most_outer:
                break
            step = solver.step(flows, coupling, 0.3 * rtol / off)
            T, flows = _taken(discrete, coupling, T, step, flows)
    finally:
        solver.close()
    raise NotConverged(_advice(history, rtol, bool(stream)))


class _Linear:
    """The linear solves of one steady solve: keeps the preconditioner between them."""

    def __init__(self, discrete: Discrete) -> None:
        self.discrete, self.iterations = discrete, 0
        self._preconditioner: TwoLevel | None = None
        self._entries: Floats | None = None
        self._first = 0

    def step(self, flows: Flows, coupling: Coupling | None, rtol: float) -> Floats:
        """The change (n_points,) [K] that balances ``flows`` to first order; zero where the temperature is prescribed."""
        discrete = self.discrete
        linear = discrete.linear and coupling is None and not flows.slope.any()
        residual = np.where(discrete.fixed, 0.0, flows.residual)
        wanted = min(max(rtol, 1e-12 if linear else LOOSEST), 0.5)
        if linear and self._preconditioner:  # the matrix is what it was
            return self._count(*correct(self._preconditioner, residual, wanted))
        # the preconditioner's factor stays as it is while the entries that it was made of are renewed in their place
        data = self._entries = matrix_entries(discrete, flows, coupling, into=self._entries)
        fresh = self._preconditioner is None
        if self._preconditioner is None:
            self._preconditioner = TwoLevel(discrete.pattern, data, discrete.block)
        operator = None if linear else operator_of(discrete, whole_entries(discrete, data, flows), flows.slope, coupling)
        before = self.iterations
        change = self._count(*correct(self._preconditioner, residual, wanted, operator))
        spent = self.iterations - before
        if fresh:
            self._first = spent
        elif spent > STALE * self._first + 5:
            self.close()
        return change

    def close(self) -> None:
        """Give back the preconditioner's memory; the next step makes a new one."""
        if self._preconditioner:
            self._preconditioner.close()
        self._preconditioner = None

    def _count(self, change: Floats, iterations: int) -> Floats:
        self.iterations += iterations
        return change


def _taken(discrete: Discrete, coupling: Coupling | None, T: Floats, step: Floats, flows: Flows) -> tuple[Floats, Flows]:
    """The field and flows after ``step``, halved while a nonlinear problem's residual does not come down."""
    if discrete.linear and not flows.slope.any():
        return T + step, heat_flows(discrete, T + step, coupling)
    for halving in range(HALVINGS + 1):
        try:
            after = heat_flows(discrete, T + step, coupling)
        except SolveError:  # a trial step may leave a property's range where the solution does not
            if halving == HALVINGS:
                raise
        else:
            if halving == HALVINGS or after.unbalanced(discrete) <= flows.unbalanced(discrete):
                break
        step = step / 2
    return T + step, after


def _start(discrete: Discrete, coupling: Coupling | None, guess: Floats | None) -> Floats:
    """First field (n_points,) [K]: the guess, or the mean of the temperatures that the problem names; prescribed ones in place."""
    n = discrete.n_dofs
    if guess is not None:
        guess = np.asarray(guess, dtype=float)
        if guess.shape != (n,) or not np.isfinite(guess).all():
            raise SolveError(f"the guess has shape {guess.shape} or is not finite; wanted ({n},) [K]")
        return np.where(discrete.fixed, discrete.fixed_T, guess)
    named = [*discrete.problem.temperature.values(), *(law.T_ambient for law in discrete.problem.convection.values())]
    if coupling:
        named.append(float(np.mean(first_fluid_temperatures(coupling.exchange))))
    return np.where(discrete.fixed, discrete.fixed_T, float(np.mean(named)))


def _anchors(discrete: Discrete, coupling: Coupling | None) -> list[Integers]:
    """Nodes of the surfaces that fix a temperature level."""
    anchors = [np.flatnonzero(discrete.fixed)]
    anchors += [s.quads.nodes for s in discrete.surfaces if s.law.h > 0 or s.law.emissivity > 0]
    if coupling:
        anchors.append(coupling.exchange.facets[coupling.exchange.h > 0])
    return anchors


def _advice(history: list[float], rtol: float, stream: bool) -> str:
    told = ", ".join(f"{off:.1e}" for off in history[-5:])
    cause = (
        "the heat, a conductivity or the coolant's film changes too fast with temperature"
        if stream
        else "the heat, a conductivity or the radiation changes too fast with temperature"
    )
    return (
        f"the steady temperature was not reached in {len(history) - 1} outer iterations: unbalanced heat over the heat made, lately {told}; "
        f"wanted {rtol:.0e}. Either no steady state exists (a thermal runaway) or {cause}: start from the solution of a milder case"
    )
