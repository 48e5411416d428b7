"""Steady laminar flow: Picard, then Newton's method damped by the size of its next simplified step, until the true residual is small.

On flows with sharp corners at Re 400 damping by the residual takes tiny steps for long: 19 against 9 factorisations on the three-pass serpentine
with 31k unknowns, started from half the resolution (18.6 and 6.4 s of CPU).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from packtool.coldplate.flow3d.discrete import Discrete, discretise, quadratic_nodes
from packtool.coldplate.flow3d.outcome import flow_solution, refuse_backflow
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.coldplate.flow3d.prolong import linear_to_children, to_children
from packtool.coldplate.flow3d.records import FlowProblem, FlowSolution
from packtool.coldplate.flow3d.refusals import refuse_flow
from packtool.coldplate.flow3d.sections import reynolds
from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import refined
from packtool.fem.factors import DirectFactors
from packtool.fem.start import petsc
from packtool.mesh.records import Floats
from packtool.thermal.clock import Clock

RTOL = 3e-9
"""Reduction of the residual asked for, against that of no flow inside: mass then closes to 1e-8 of the flow."""

PICARD = 3
"""Picard steps after the Stokes flow, before Newton's."""

PICARD_AFTER_GUESS = 1
"""The same after a given start."""

SIMPLIFIED = 0.35
"""Factors are used again while a step with them is at most this share of the one before it."""

LEAST_DAMPING = 1e-3
"""Newton is given up where even this share of its step leads further away."""

MOST_STEPS = 25
"""Factorisations at one viscosity."""

FIRST_MULTIPLE = 8.0
"""Where the start from Stokes flow leads nowhere, the flow is first sought at this multiple of the viscosity."""

PENALTY = 1e6
"""Weight of the penalty on the elements' divergences in a step's matrix, over speed x length. The pressures make the step exact
(augmented Lagrangian: Fortin & Glowinski 1983, remembered), so it changes no result: only how fast mass closes. The pressure of a duct 70 diameters long gains
a fifth a step with 1e3, all but a thousandth with 1e6; 1e7 is no worse for the factors."""

SMALLEST_FACTOR = 1.05
"""Steps in viscosity on the way from there are halved (in their logarithm) until they are smaller than this."""


@dataclass(frozen=True)
class Guess:
    """Where to begin: ``velocity`` (n_nodes, dim) [m/s] at the problem's velocity nodes, ``pressure`` (n_elements, 1 + dim) of its
    elements, at the mean of its corners [Pa] and gradient [Pa/m]."""

    velocity: Floats
    pressure: Floats


def solve_flow(problem: FlowProblem, guess: Guess | None = None) -> FlowSolution:
    """The steady flow of ``problem``.

    Stops when the residual is RTOL of that of the prescribed velocities with no flow inside. Raises SolveError for what is refused
    (turbulent, contradictory, boundaries without a condition, coolant that flows back in through an outlet), NotConverged with the
    residuals where no steady flow was found.
    """
    return _solved(problem, guess, judged=True)


def _solved(problem: FlowProblem, guess: Guess | None, judged: bool) -> FlowSolution:
    """``solve_flow``; unless ``judged``, whatever comes back in through an outlet: an eddy there shrinks as its mesh is refined."""
    refuse_flow(problem)
    clock = Clock()
    discrete = discretise(problem)
    _refuse_unbalanced(discrete)
    clock.lap("set-up")
    system = _System(discrete, clock)
    try:
        residuals = system.run(guess)
        if judged:
            refuse_backflow(discrete, system.x)
        momentum, _ = discrete.split(system.residual(system.x))
        solution = flow_solution(discrete, system.x, momentum, tuple(residuals), clock)
    finally:
        system.close()
    return solution


def solve_flow_refined(problem: FlowProblem, times: int = 1) -> tuple[FlowSolution, ...]:
    """The flow on ``problem``'s mesh, and on it refined once, twice, ... ``times``, each started from the one before.

    The start saves most of the nonlinear steps where they are dear, and the last two tell the mesh's error. Raises as ``solve_flow``; coolant that
    flows back in through an outlet is refused on the last mesh alone, the one whose flow is used.
    """
    found = [_solved(problem, None, judged=times == 0)]
    for time in range(1, times + 1):
        coarse = found[-1]
        mesh, _ = refined(coarse.problem.mesh)
        finer = replace(problem, mesh=mesh)
        _, nodes = quadratic_nodes(mesh.points, mesh.elements)
        dimension = mesh.dimension
        guess = Guess(
            to_children(coarse.velocity, coarse.element_nodes, nodes, dimension),
            linear_to_children(coarse.pressure_linear, coarse.problem.mesh, mesh),
        )
        found.append(_solved(finer, guess, judged=time == times))
    return tuple(found)


class _System:
    """The unknowns, residual and matrix of one solve; holds PETSc objects until ``close``."""

    def __init__(self, discrete: Discrete, clock: Clock) -> None:
        self.discrete, self.clock = discrete, clock
        d, k = discrete, discrete.kernels
        self.factors = DirectFactors()
        self.pattern = flow_pattern(k.nodes, k.n_nodes, k.dimension, d.free)
        self._diffusion, grad_div, penalty = k.steady_entries(self.pattern)
        self._rest = grad_div + PENALTY * penalty
        PETSc = petsc()
        size = len(self.pattern.indptr) - 1
        self._entries = np.zeros(self.pattern.n_entries)  # PETSc works on this memory
        self._matrix = PETSc.Mat().createAIJWithArrays(
            (size, size), (self.pattern.indptr, self.pattern.indices, self._entries), comm=PETSc.COMM_SELF
        )
        self.nu, self.convection = discrete.nu, 1.0
        self.x = np.concatenate([d.values.ravel(), np.zeros(k.n_elements * (1 + k.dimension))])
        self.scale = 0.0
        clock.lap("set-up")

    def close(self) -> None:
        """Give back PETSc's memory."""
        self.factors.close()
        self._matrix.destroy()

    def residual(self, x: Floats) -> Floats:
        """The residual of every unknown, those of prescribed velocities included."""
        d = self.discrete
        momentum, mass = d.kernels.residual(*d.split(x), self.nu, self.convection)
        self.clock.lap("residual")
        return np.concatenate([(momentum + d.load).ravel(), mass.ravel()])

    def matrix(self, x: Floats, newton: bool) -> Any:
        """The derivative at ``x`` for the free velocities, with the penalty; without ``newton`` the part that Picard's step keeps."""
        self._entries[:] = self.nu * self._diffusion + self._rest
        if self.convection:
            u, _ = self.discrete.split(x)
            self._entries += self.discrete.kernels.convection_entries(self.pattern, u, 1.0 if newton else 0.0)
        self._matrix.assemble()
        self.clock.lap("assembly")
        return self._matrix

    def factorise(self, newton: bool) -> None:
        """New factors at ``x``."""
        self.factors.factorise(self.matrix(self.x, newton))
        self.clock.lap("factors")

    def step(self, residual: Floats) -> Floats:
        """The change of all unknowns that the factors make of a residual."""
        d, k = self.discrete, self.discrete.kernels
        change = np.zeros(len(residual))
        n = d.n_velocity
        _, mass = d.split(residual)
        wanted = residual[:n] + PENALTY * k.push(mass).ravel()
        change[:n][d.free] = self.factors.solve(-wanted[d.free])
        change[n:] = -PENALTY * (mass + k.mass(change[:n].reshape(d.values.shape))).ravel()
        self.clock.lap("linear solve")
        return change

    def size(self, change: Floats) -> float:
        """Of the velocities of a step."""
        return float(np.linalg.norm(change[: self.discrete.n_velocity]))

    def norm(self, residual: Floats) -> float:
        """Of the free velocities' and of mass, over that of no flow inside; no less than what flows in and not out, over speed x length²."""
        d, n = self.discrete, self.discrete.n_velocity
        lost = float(d.split(residual)[1][:, 0] @ np.sqrt(d.kernels.weight.sum(axis=1)))
        whole = float(np.hypot(np.linalg.norm(residual[:n][d.free]), np.linalg.norm(residual[n:])))
        return max(whole / self.scale, abs(lost)) if self.scale else whole

    def run(self, guess: Guess | None) -> list[float]:
        """Bring ``x`` to the solution; the residuals by step."""
        self.scale = self.norm(self.residual(self.x))
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise SolveError("the prescribed velocities and pressures give no flow, or are not finite")
        nothing = self.x.copy()
        if guess is not None:
            self._take(guess)
            self._picard(PICARD_AFTER_GUESS)
            found = self._newton()
            if found[-1] <= RTOL:
                return found
            self.x = nothing.copy()
        self._stokes()
        history = self._picard_newton()
        if history[-1] <= RTOL:
            return history
        self.x = nothing
        self._continue(history)
        return self._newton()

    def _continue(self, told: list[float]) -> None:
        """Go from a viscosity at which the flow is found down to the problem's own, in steps as long as Newton's method bears."""
        multiple, factor = FIRST_MULTIPLE, 2.0
        self.nu = self.discrete.nu * multiple
        self._stokes()
        if self._picard_newton()[-1] > RTOL:
            raise NotConverged(_advice(told, self.discrete, self.discrete.nu * multiple))
        found = self.x
        while multiple > 1:
            trial = max(1.0, multiple / factor)
            self.nu = self.discrete.nu * trial
            self.x = found
            if self._newton()[-1] <= RTOL:
                multiple, found = trial, self.x
            else:
                factor = float(np.sqrt(factor))
                if factor < SMALLEST_FACTOR:
                    raise NotConverged(_advice(told, self.discrete, self.discrete.nu * multiple))

    def _take(self, guess: Guess) -> None:
        d, k = self.discrete, self.discrete.kernels
        if guess.velocity.shape != d.values.shape or guess.pressure.shape != (k.n_elements, 1 + k.dimension):
            raise SolveError(
                f"the guess has {guess.velocity.shape} velocities and {guess.pressure.shape} pressures; wanted {d.values.shape} and "
                f"{(k.n_elements, 1 + k.dimension)}"
            )
        velocity = np.where(d.prescribed, d.values, guess.velocity / d.speed)
        scaled = guess.pressure / d.pressure_scale
        scaled[:, 1:] *= d.length
        pressure = np.linalg.solve(np.swapaxes(k.to_linear, 1, 2), scaled[..., None])
        self.x = np.concatenate([velocity.ravel(), pressure.ravel()])

    def _stokes(self) -> None:
        self.convection = 0.0
        self._picard(1)
        self.convection = 1.0

    def _picard(self, times: int) -> None:
        for _ in range(times):
            residual = self.residual(self.x)
            if self.norm(residual) <= RTOL:
                return
            self.factorise(newton=False)
            self.x = self.x + self.step(residual)

    def _picard_newton(self) -> list[float]:
        self._picard(PICARD)
        return self._newton()

    def _newton(self) -> list[float]:
        """Newton steps from the current state; the residuals by step, from that state's on. Stops where they no longer help.

        A step is damped until the next simplified one, with the same factors, is smaller than it, whatever the residual does meanwhile
        (natural monotonicity and the prediction of damping from it: Deuflhard, Newton Methods for Nonlinear Problems (2004), ch. 3).
        """
        residual = self.residual(self.x)
        history = [self.norm(residual)]
        damping, before = 1.0, None
        for _ in range(MOST_STEPS):
            if history[-1] <= RTOL or not np.isfinite(history[-1]):
                return history
            self.factorise(newton=True)
            change = self.step(residual)
            size = self.size(change)
            if before is not None:
                old, old_size, old_damping = before
                damping = min(1.0, old_damping * old_size * self.size(old) / max(self.size(old - change) * size, 1e-300))
            while True:
                trial = self.x + damping * change
                residual = self.residual(trial)
                following = self.step(residual)
                share = self.size(following) / size
                if share < 1:
                    break
                bend = self.size(following - (1 - damping) * change)
                damping = min(0.5 * size * damping**2 / max(bend, 1e-300), damping / 2)
                if not damping >= LEAST_DAMPING:
                    return history
            self.x = trial
            history.append(self.norm(residual))
            before = (following, size, damping)
            while damping == 1 and share < SIMPLIFIED and history[-1] > RTOL:
                before = None
                self.x = self.x + following
                residual = self.residual(self.x)
                history.append(self.norm(residual))
                last, following = following, self.step(residual)
                share = self.size(following) / self.size(last)
        return history


def _refuse_unbalanced(discrete: Discrete) -> None:
    """Without an outlet, what flows in must flow out through prescribed velocities."""
    if discrete.problem.outlets:
        return
    flows, sizes = [], []
    for name in (*discrete.problem.inlets, *discrete.problem.velocity):
        through = discrete.surfaces[name].flux(discrete.values)
        flows.append(through.sum())
        sizes.append(discrete.surfaces[name].weight.sum())
    if abs(sum(flows)) > 1e-3 * max(*map(abs, flows), 1e-9 * sum(sizes)):
        unit = discrete.speed * discrete.area_scale
        raise SolveError(f"there is no outlet, and the prescribed velocities let {-sum(flows) * unit:.4g} m³/s more in than out")


def _advice(history: list[float], discrete: Discrete, reached: float) -> str:
    told = ", ".join(f"{value:.1e}" for value in history[-5:])
    problem = discrete.problem
    number = max((reynolds(problem, name) for name in problem.inlets), default=1 / discrete.nu)
    share = discrete.nu / reached
    far = f"a flow was found up to Reynolds number {number * share:.0f}" if share < 1 else "the first steps failed already"
    return (
        f"no steady laminar flow was found at Reynolds number {number:.0f} (residual over that of no flow, lately {told}; wanted {RTOL:.0e}); "
        f"{far}. The flow may be unsteady or the mesh too coarse: use a finer mesh, less flow, or cold_plate.fidelity: network"
    )
