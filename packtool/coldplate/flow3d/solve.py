"""Steady laminar flow: Picard, then Newton with backtracking, until the true residual is small."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from packtool.coldplate.flow3d.discrete import GRAD_DIV, Discrete, discretise, quadratic_nodes
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.coldplate.flow3d.prolong import to_children
from packtool.coldplate.flow3d.records import FlowProblem, FlowSolution
from packtool.coldplate.flow3d.refusals import refuse_flow
from packtool.coldplate.flow3d.sections import reynolds
from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, refined
from packtool.fem.factors import KeptFactors
from packtool.fem.start import petsc
from packtool.mesh.records import Floats
from packtool.thermal.clock import Clock

RTOL = 3e-9
"""Reduction of the residual asked for, against that of no flow inside: mass then closes to 1e-8 of the flow."""

PICARD = 3
"""Picard steps after the Stokes flow, before Newton's; more only where the residual still falls slowly."""

LOOSEST = 3e-2
"""Reduction of the linear residual asked for far from the solution, where a Newton step does not gain more."""

STEADY = 0.2
"""Where the last step reduced the residual by less than this, new factors are made at once."""

HALVINGS = 4
"""A Newton step that does not bring the residual down is halved at most this often."""

MOST_STEPS = 25
"""Nonlinear steps at one viscosity."""

FIRST_MULTIPLE = 8.0
"""Where the start from Stokes flow leads nowhere, the flow is first sought at this multiple of the viscosity."""

SMALLEST_FACTOR = 1.05
"""Steps in viscosity on the way from there are halved (in their logarithm) until they are smaller than this."""

SLOW = 6
"""Newton is given up where this many steps together did not halve the residual."""


@dataclass(frozen=True)
class Guess:
    """Where to begin: ``velocity`` (n_nodes, dim) [m/s] at the problem's velocity nodes, ``pressure`` (n_points,) [Pa] at its points."""

    velocity: Floats
    pressure: Floats


def solve_flow(problem: FlowProblem, guess: Guess | None = None) -> FlowSolution:
    """The steady flow of ``problem``.

    Stops when the residual is RTOL of that of the prescribed velocities with no flow inside. Raises SolveError for what is refused
    (turbulent, contradictory, boundaries without a condition, coolant that flows back in through an outlet), NotConverged with the
    residuals where no steady flow was found.
    """
    refuse_flow(problem)
    clock = Clock()
    discrete = discretise(problem)
    _refuse_unbalanced(discrete)
    clock.lap("set-up")
    system = _System(discrete, clock)
    try:
        residuals = system.run(guess)
        solution = _solution(system, tuple(residuals), clock)
    finally:
        system.close()
    return solution


def solve_flow_refined(problem: FlowProblem, times: int = 1) -> tuple[FlowSolution, ...]:
    """The flow on ``problem``'s mesh, and on it refined once, twice, ... ``times``, each started from the one before.

    The start saves most of the nonlinear steps where they are dear, and the last two tell the mesh's error. Raises as ``solve_flow``.
    """
    found = [solve_flow(problem)]
    for _ in range(times):
        coarse = found[-1]
        mesh, _ = refined(coarse.problem.mesh)
        finer = replace(problem, mesh=mesh)
        _, nodes = quadratic_nodes(mesh.points, mesh.elements)
        dimension = mesh.dimension
        corners, fine_corners = (m.elements[:, CYCLIC_TO_TENSOR[2**dimension]] for m in (coarse.problem.mesh, mesh))
        guess = Guess(
            to_children(coarse.velocity, coarse.element_nodes, nodes, 2, dimension),
            to_children(coarse.pressure, corners, fine_corners, 1, dimension),
        )
        found.append(solve_flow(finer, guess))
    return tuple(found)


class _System:
    """The unknowns, residual and matrix of one solve; holds PETSc objects until ``close``."""

    def __init__(self, discrete: Discrete, clock: Clock) -> None:
        self.discrete, self.clock = discrete, clock
        d, k = discrete, discrete.kernels
        self.factors = KeptFactors()
        self.pattern = flow_pattern(k.nodes, k.corners, k.n_nodes, k.n_points, k.dimension, d.free)
        diffusion, grad_div, coupling = k.steady_entries(self.pattern)
        self._diffusion, self._rest = diffusion, GRAD_DIV * grad_div + coupling
        PETSc = petsc()
        size = len(self.pattern.indptr) - 1
        self._entries = np.zeros(self.pattern.n_entries)  # PETSc works on this memory
        self._matrix = PETSc.Mat().createAIJWithArrays(
            (size, size), (self.pattern.indptr, self.pattern.indices, self._entries), comm=PETSc.COMM_SELF
        )
        self.nu, self.convection = discrete.nu, 1.0
        self.x = np.concatenate([d.values.ravel(), np.zeros(k.n_points)])
        self.scale = 0.0
        clock.lap("set-up")

    def close(self) -> None:
        """Give back PETSc's memory."""
        self.factors.close()
        self._matrix.destroy()

    def residual(self, x: Floats) -> Floats:
        """The residual of every unknown, those of prescribed velocities included."""
        d = self.discrete
        momentum, mass = d.kernels.residual(*d.split(x), self.nu, GRAD_DIV, self.convection)
        self.clock.lap("residual")
        return np.concatenate([(momentum + d.load).ravel(), mass])

    def matrix(self, x: Floats, newton: bool) -> Any:
        """The derivative at ``x`` for the free unknowns; without ``newton`` the part that Picard's step keeps."""
        self._entries[:] = self.nu * self._diffusion + self._rest
        if self.convection:
            u, _ = self.discrete.split(x)
            self._entries += self.discrete.kernels.convection_entries(self.pattern, u, 1.0 if newton else 0.0)
        self._matrix.assemble()
        self.clock.lap("assembly")
        return self._matrix

    def step(self, x: Floats, residual: Floats, newton: bool, rtol: float, renew: bool = False) -> Floats:
        """The change of the free unknowns."""
        change = np.zeros(len(x))
        free = self.discrete.free
        matrix = self.matrix(x, newton)
        change[free] = self.factors.solve(matrix, -residual[free], rtol, renew)
        self.clock.lap("linear solve")
        return change

    def norm(self, residual: Floats) -> float:
        """Of the free unknowns, over that of no flow inside."""
        return float(np.linalg.norm(residual[self.discrete.free])) / self.scale

    def run(self, guess: Guess | None) -> list[float]:
        """Bring ``x`` to the solution; the residuals by step."""
        discrete = self.discrete
        self.scale = float(np.linalg.norm(self.residual(self.x)[discrete.free]))
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise SolveError("the prescribed velocities and pressures give no flow, or are not finite")
        nothing = self.x.copy()
        if guess is not None:
            self._take(guess)
            found = self._newton([self.norm(self.residual(self.x))])
            if found[-1] <= RTOL:
                return found
            self.x = nothing.copy()
        self._stokes()
        history = self._picard_newton()
        if history[-1] <= RTOL:
            return history
        self.x = nothing
        self._continue(history)
        return self._newton([self.norm(self.residual(self.x))])

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
            if self._newton([self.norm(self.residual(self.x))])[-1] <= RTOL:
                multiple, found = trial, self.x
            else:
                factor = float(np.sqrt(factor))
                if factor < SMALLEST_FACTOR:
                    raise NotConverged(_advice(told, self.discrete, self.discrete.nu * multiple))

    def _take(self, guess: Guess) -> None:
        d = self.discrete
        if guess.velocity.shape != d.values.shape or guess.pressure.shape != (d.kernels.n_points,):
            raise SolveError(
                f"the guess has {guess.velocity.shape} velocities and {guess.pressure.shape} pressures; wanted {d.values.shape} and "
                f"({d.kernels.n_points},)"
            )
        velocity = np.where(d.prescribed, d.values, guess.velocity / d.speed)
        self.x = np.concatenate([velocity.ravel(), guess.pressure / d.pressure_scale])

    def _stokes(self) -> None:
        self.convection = 0.0
        residual = self.residual(self.x)
        self.x = self.x + self.step(self.x, residual, newton=False, rtol=1e-3, renew=True)
        self.convection = 1.0

    def _picard_newton(self) -> list[float]:
        residual = self.residual(self.x)
        history = [self.norm(residual)]
        for count in range(2 * PICARD):
            if count >= PICARD and history[-1] < 0.1 * history[-3]:
                break
            if history[-1] <= RTOL or not np.isfinite(history[-1]):
                return history
            self.x = self.x + self.step(self.x, residual, newton=False, rtol=1e-2)
            residual = self.residual(self.x)
            history.append(self.norm(residual))
        return self._newton(history)

    def _newton(self, history: list[float]) -> list[float]:
        """Newton steps from the current state; stops where they no longer help."""
        residual = self.residual(self.x)
        for _ in range(MOST_STEPS):
            now = history[-1]
            if now <= RTOL or not np.isfinite(now) or (len(history) > SLOW and now > 0.5 * history[-SLOW - 1]):
                return history
            # far away the matrix changes too much for old factors to be worth a try
            renew = len(history) == 1 or now > STEADY * history[-2]
            change = self.step(self.x, residual, newton=True, rtol=min(LOOSEST, max(0.3 * RTOL / now, now)), renew=renew)
            for halving in range(HALVINGS + 1):
                after = self.residual(self.x + change)
                norm = self.norm(after)
                if norm < now:
                    break
                change = change / 2
                if halving == HALVINGS:
                    return history
            self.x, residual = self.x + change, after
            history.append(norm)
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


def _solution(system: _System, residuals: tuple[float, ...], clock: Clock) -> FlowSolution:
    d, problem = system.discrete, system.discrete.problem
    u, p = d.split(system.x)
    momentum, _ = d.split(system.residual(system.x))
    if not problem.outlets:
        share = d.kernels.weight @ d.kernels.shapes.psi
        p = p - float((share * p[d.kernels.corners]).sum() / share.sum())
    through = {name: s.flux(u) for name, s in d.surfaces.items()}
    most = sum(abs(float(t.sum())) for t in through.values()) / 2
    for name in problem.outlets:
        back, out = -float(np.minimum(through[name], 0).sum()), float(np.maximum(through[name], 0).sum())
        if min(back, out) > 1e-3 * most:
            raise SolveError(
                f"{back / most:.1%} of the flow comes back in through outlet {name!r}, where nothing is known about it: "
                "lengthen the duct before the outlet"
            )
    force_unit = d.pressure_scale * d.area_scale
    return FlowSolution(
        problem=problem,
        nodes=d.nodes,
        element_nodes=d.element_nodes,
        velocity=u * d.speed,
        pressure=p * d.pressure_scale,
        flow={name: float(t.sum()) * d.speed * d.area_scale for name, t in through.items()},
        mean_pressure={
            name: float((s.weight * s.of_first(p)).sum() / s.weight.sum()) * d.pressure_scale for name, s in d.surfaces.items()
        },
        force={name: -momentum[d.boundary_nodes[name]].sum(axis=0) * force_unit for name in _bodies(d)},
        reynolds=max((reynolds(problem, name) for name in problem.inlets), default=None),
        residuals=residuals,
        n_dofs=int(d.free.sum()),
        seconds=clock.seconds,
    )


def _bodies(discrete: Discrete) -> list[str]:
    """Walls that share no node with another boundary."""
    nodes = discrete.boundary_nodes
    count = np.bincount(np.concatenate(list(nodes.values())), minlength=len(discrete.nodes))
    return [name for name in discrete.problem.walls if (count[nodes[name]] == 1).all()]


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
