"""Steady laminar flow on one mesh, or on ever finer ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packtool.coldplate.flow3d.discrete import Discrete, discretise, quadratic_nodes
from packtool.coldplate.flow3d.newton import find_flow
from packtool.coldplate.flow3d.outcome import flow_solution, refuse_backflow
from packtool.coldplate.flow3d.prolong import interpolated, within
from packtool.coldplate.flow3d.records import FlowProblem, FlowSolution, Guess
from packtool.coldplate.flow3d.refusals import refuse_flow
from packtool.coldplate.flow3d.system import RTOL, FlowSystem
from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import ElementMesh, refined
from packtool.fem.start import one_thread
from packtool.thermal.clock import Clock

LOST = "meshes without a steady flow"
"""Under this name a solution's ``seconds`` tell what coarser meshes took that led nowhere."""


@one_thread()
def solve_flow(problem: FlowProblem, guess: Guess | None = None, rtol: float = RTOL) -> FlowSolution:
    """The steady flow of ``problem``.

    Stops when the residual is ``rtol``, that of mass MASS_RTOL, of that of the prescribed velocities with no flow inside. Raises SolveError for what is refused
    (turbulent, contradictory, boundaries without a condition, coolant that flows back in through an outlet), NotConverged with the
    residuals where no steady flow was found.
    """
    return _solved(problem, guess, rtol, judged=True)


def _solved(problem: FlowProblem, guess: Guess | None, rtol: float, judged: bool) -> FlowSolution:
    """``solve_flow``; unless ``judged``, whatever comes back in through an outlet: an eddy there shrinks as its mesh is refined."""
    refuse_flow(problem)
    clock = Clock()
    discrete = discretise(problem)
    _refuse_unbalanced(discrete)
    clock.lap("set-up")
    system = FlowSystem(discrete, clock, rtol)
    try:
        residuals = find_flow(system, guess)
        if judged:
            refuse_backflow(discrete, system.x)
        momentum, _ = discrete.split(system.residual(system.x))
        solution = flow_solution(discrete, system.x, momentum, tuple(residuals), clock)
    finally:
        system.close()
    return solution


def solve_flow_refined(problem: FlowProblem, times: int = 1) -> tuple[FlowSolution, ...]:
    """The flow on ``problem``'s mesh, and on it refined once, twice, ... ``times``: ``solve_flow_on`` them."""
    meshes = [problem.mesh]
    for _ in range(times):
        meshes.append(refined(meshes[-1])[0])
    return solve_flow_on(problem, meshes)


@one_thread()
def solve_flow_on(problem: FlowProblem, meshes: Sequence[ElementMesh], rtol: float = RTOL) -> tuple[FlowSolution, ...]:
    """The flow on each of ``meshes`` of ``problem``'s domain, from coarse to fine, each started from the one before, the momentum's residual brought to ``rtol``.

    The start saves most of the nonlinear steps where they are dear, and the last two tell the mesh's error. A mesh on which no steady flow is found
    is passed over, and those before it: the next one starts afresh, the flows of fewer meshes come back, and the last one's ``seconds`` tell what
    was spent on the others (LOST). Raises as ``solve_flow`` of the last mesh; coolant that flows back in through an outlet is refused there alone.
    """
    found: list[FlowSolution] = []
    lost: list[str] = []
    clock = Clock()
    for number, mesh in enumerate(meshes, 1):
        guess = _on(mesh, found[-1]) if found else None
        clock.lap("found")
        try:
            found.append(_solved(replace(problem, mesh=mesh), guess, rtol, judged=number == len(meshes)))
        except NotConverged as why:
            if number == len(meshes):
                before = f" (nor on {', '.join(lost)}, tried before)" if lost else ""
                raise NotConverged(f"on {len(mesh.elements)} elements{before} {why}", key=why.key) from None
            lost.append(str(len(mesh.elements)))
            found.clear()
            clock.lap(LOST)
    if lost:
        found[-1] = replace(found[-1], seconds={**found[-1].seconds, LOST: clock.seconds[LOST]})
    return tuple(found)


def _on(mesh: ElementMesh, coarse: FlowSolution) -> Guess:
    """A flow on another mesh of its domain."""
    nodes, _ = quadratic_nodes(mesh.points, mesh.elements)
    velocity = interpolated(coarse.velocity, coarse.element_nodes, *within(coarse.problem.mesh, nodes))
    centre = mesh.points[mesh.elements].mean(axis=1)
    parent, _ = within(coarse.problem.mesh, centre)
    pressure = coarse.pressure_linear[parent]
    own = coarse.problem.mesh
    pressure[:, 0] += ((centre - own.points[own.elements[parent]].mean(axis=1)) * pressure[:, 1:]).sum(axis=1)
    return Guess(velocity, pressure)


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
