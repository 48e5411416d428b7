"""Steady laminar flow: Picard, then Newton with backtracking, until the true residual is small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from packtool.coldplate.flow3d.discrete import Discrete, discretise
from packtool.coldplate.flow3d.records import FlowProblem, FlowSolution
from packtool.coldplate.flow3d.refusals import refuse_flow
from packtool.coldplate.flow3d.sections import reynolds
from packtool.errors import NotConverged, SolveError
from packtool.fem.factors import KeptFactors
from packtool.fem.start import petsc
from packtool.mesh.records import Floats
from packtool.thermal.clock import Clock

RTOL = 1e-9
"""Reduction of the residual asked for, against that of no flow inside: mass then closes to 1e-8 of the flow."""

PICARD = 3
"""Picard steps after the Stokes flow, before Newton's; more only where the residual still falls slowly."""

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


def solve_flow(problem: FlowProblem, guess: Guess | None = None, *, cache_dir: Path | None = None) -> FlowSolution:
    """The steady flow of ``problem``.

    Stops when the residual is RTOL of that of the prescribed velocities with no flow inside. Raises SolveError for what is refused
    (turbulent, contradictory, boundaries without a condition, coolant that flows back in through an outlet), NotConverged with the
    residuals where no steady flow was found.
    """
    refuse_flow(problem)
    clock = Clock()
    discrete = discretise(problem, cache_dir)
    _correct_inlets(discrete)
    _refuse_unbalanced(discrete)
    clock.lap("set-up")
    system = _System(discrete, clock)
    try:
        residuals = system.run(guess)
        solution = _solution(system, tuple(residuals), clock)
    finally:
        system.close()
    return solution


class _System:
    """The unknowns, residual and matrix of one solve; holds PETSc objects until ``close``."""

    def __init__(self, discrete: Discrete, clock: Clock) -> None:
        import dolfinx.fem.petsc as assembler

        self.discrete, self.clock = discrete, clock
        self.factors = KeptFactors()
        self._assembler = assembler
        PETSc = petsc()
        self._matrix = assembler.create_matrix(discrete.jacobian)
        self._vector = assembler.create_vector([discrete.V, discrete.Q])
        self._free = PETSc.IS().createGeneral(discrete.free.astype(np.int32), comm=PETSc.COMM_SELF)
        self._part: Any = None
        self.x = np.zeros(discrete.n_velocity + len(discrete.problem.mesh.points))
        self.x[: discrete.n_velocity] = discrete.values.ravel()
        self._nu = float(discrete.nu.value)
        self.scale = 0.0

    def close(self) -> None:
        """Give back PETSc's memory."""
        self.factors.close()
        for held in (self._matrix, self._vector, self._free, self._part):
            if held is not None:
                held.destroy()

    def set(self, x: Floats) -> None:
        """Take ``x`` as the state."""
        d = self.discrete
        d.u.x.array[:] = x[: d.n_velocity]
        d.p.x.array[:] = x[d.n_velocity :]

    def residual(self, x: Floats) -> Floats:
        """The residual of every unknown, those of prescribed velocities included."""
        self.set(x)
        with self._vector.localForm() as local:
            local.set(0.0)
        self._assembler.assemble_vector(self._vector, self.discrete.residual)
        out: Floats = self._vector.getArray().copy()
        self.clock.lap("residual")
        return out

    def matrix(self) -> Any:
        """The derivative at the state last set, for the free unknowns."""
        PETSc = petsc()
        self._matrix.zeroEntries()
        self._assembler.assemble_matrix(self._matrix, self.discrete.jacobian)
        self._matrix.assemble()
        if self._part is None:
            self._part = self._matrix.createSubMatrix(self._free, self._free)
        else:
            self._matrix.createSubMatrix(self._free, self._free, self._part)
        del PETSc
        self.clock.lap("assembly")
        return self._part

    def step(self, x: Floats, residual: Floats, newton: bool, rtol: float, renew: bool = False) -> Floats:
        """The change of the free unknowns."""
        self.discrete.newton.value = 1.0 if newton else 0.0
        self.set(x)
        change = np.zeros(len(x))
        free = self.discrete.free
        matrix = self.matrix()
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
        self.discrete.nu.value = self._nu * multiple
        self._stokes()
        if self._picard_newton()[-1] > RTOL:
            raise NotConverged(_advice(told, self.discrete, self._nu * multiple))
        found = self.x
        while multiple > 1:
            trial = max(1.0, multiple / factor)
            self.discrete.nu.value = self._nu * trial
            self.x = found
            if self._newton([self.norm(self.residual(self.x))])[-1] <= RTOL:
                multiple, found = trial, self.x
            else:
                factor = float(np.sqrt(factor))
                if factor < SMALLEST_FACTOR:
                    self.discrete.nu.value = self._nu
                    raise NotConverged(_advice(told, self.discrete, self._nu * multiple))

    def _take(self, guess: Guess) -> None:
        d = self.discrete
        if guess.velocity.shape != d.values.shape or guess.pressure.shape != d.pressure_dofs.shape:
            raise SolveError(
                f"the guess has {guess.velocity.shape} velocities and {guess.pressure.shape} pressures; wanted {d.values.shape} and {d.pressure_dofs.shape}"
            )
        velocity = np.where(d.prescribed, d.values, guess.velocity / d.speed)
        self.x[: d.n_velocity] = velocity.ravel()
        self.x[d.n_velocity + d.pressure_dofs] = guess.pressure / d.pressure_scale

    def _stokes(self) -> None:
        self.discrete.convection.value = 0.0
        residual = self.residual(self.x)
        self.x = self.x + self.step(self.x, residual, newton=False, rtol=1e-3, renew=True)
        self.discrete.convection.value = 1.0

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
            change = self.step(self.x, residual, newton=True, rtol=min(1e-2, max(0.3 * RTOL / now, 0.1 * now, 1e-8)))
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


def _correct_inlets(discrete: Discrete) -> None:
    """Scale each inlet's prescribed velocities so that their discrete flow is the given one."""
    import ufl

    if not discrete.problem.inlets:
        return
    normal = ufl.FacetNormal(discrete.domain)
    dimension = discrete.problem.mesh.dimension
    unit = discrete.speed * discrete.length ** (dimension - 1)
    for name, inlet in discrete.problem.inlets.items():
        at = discrete.boundary_nodes[name]
        alone = np.zeros(discrete.values.shape)
        alone[at] = discrete.values[at]
        discrete.u.x.array[:] = alone.ravel()
        inflow = -discrete.over(name, ufl.dot(discrete.u, normal)) * unit
        discrete.values[at] *= inlet.flow / inflow


def _refuse_unbalanced(discrete: Discrete) -> None:
    """Without an outlet, what flows in must flow out through prescribed velocities."""
    import ufl

    if discrete.problem.outlets:
        return
    normal = ufl.FacetNormal(discrete.domain)
    discrete.u.x.array[:] = discrete.values.ravel()
    flows = [discrete.over(name, ufl.dot(discrete.u, normal)) for name in (*discrete.problem.inlets, *discrete.problem.velocity)]
    size = discrete.over((*discrete.problem.inlets, *discrete.problem.velocity)[0], 1.0 + 0 * discrete.p)
    if abs(sum(flows)) > 1e-3 * max(*map(abs, flows), 1e-9 * size):
        unit = discrete.speed * discrete.length ** (discrete.problem.mesh.dimension - 1)
        raise SolveError(f"there is no outlet, and the prescribed velocities let {-sum(flows) * unit:.4g} m³/s more in than out")


def _solution(system: _System, residuals: tuple[float, ...], clock: Clock) -> FlowSolution:
    import ufl

    d, problem = system.discrete, system.discrete.problem
    dimension = problem.mesh.dimension
    every = system.residual(system.x)
    if not problem.outlets:
        whole = d.over_all(1.0 + 0 * d.p)
        system.x[d.n_velocity :] -= d.over_all(d.p) / whole
        system.set(system.x)
    normal = ufl.FacetNormal(d.domain)
    area = {name: d.over(name, 1.0 + 0 * d.p) for name in problem.mesh.boundaries}
    flow = {name: d.over(name, ufl.dot(d.u, normal)) for name in problem.mesh.boundaries}
    through = sum(abs(value) for value in flow.values()) / 2
    for name in problem.outlets:
        back = -d.over(name, ufl.min_value(ufl.dot(d.u, normal), 0.0))
        if min(back, back + flow[name]) > 1e-3 * through:
            raise SolveError(
                f"{back / through:.1%} of the flow comes back in through outlet {name!r}, where nothing is known about it: "
                "lengthen the duct before the outlet"
            )
    nodal = every[: d.n_velocity].reshape(d.values.shape)
    unit = d.speed * d.length ** (dimension - 1)
    force_unit = d.pressure_scale * d.length ** (dimension - 1)
    return FlowSolution(
        problem=problem,
        nodes=d.nodes,
        element_nodes=np.asarray(d.V.dofmap.list).astype(np.int64),
        velocity=system.x[: d.n_velocity].reshape(d.values.shape) * d.speed,
        pressure=system.x[d.n_velocity + d.pressure_dofs] * d.pressure_scale,
        flow={name: value * unit for name, value in flow.items()},
        mean_pressure={name: d.over(name, d.p) / area[name] * d.pressure_scale for name in problem.mesh.boundaries},
        force={name: -nodal[d.boundary_nodes[name]].sum(axis=0) * force_unit for name in _bodies(d)},
        reynolds=max((reynolds(problem, name) for name in problem.inlets), default=None),
        residuals=residuals,
        n_dofs=len(d.free),
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
    number = max((reynolds(problem, name) for name in problem.inlets), default=1 / float(discrete.nu.value))
    share = float(discrete.nu.value) / reached
    far = f"a flow was found up to Reynolds number {number * share:.0f}" if share < 1 else "the first steps failed already"
    return (
        f"no steady laminar flow was found at Reynolds number {number:.0f} (residual over that of no flow, lately {told}; wanted {RTOL:.0e}); "
        f"{far}. The flow may be unsteady or the mesh too coarse: use a finer mesh, less flow, or cold_plate.fidelity: network"
    )
