"""Steady laminar flow on one mesh, or on one refined step by step."""

from __future__ import annotations

from dataclasses import replace

from packtool.coldplate.flow3d.discrete import Discrete, discretise, quadratic_nodes
from packtool.coldplate.flow3d.newton import find_flow
from packtool.coldplate.flow3d.outcome import flow_solution, refuse_backflow
from packtool.coldplate.flow3d.prolong import linear_to_children, to_children
from packtool.coldplate.flow3d.records import FlowProblem, FlowSolution, Guess
from packtool.coldplate.flow3d.refusals import refuse_flow
from packtool.coldplate.flow3d.system import FlowSystem
from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import ElementMesh, refined
from packtool.thermal.clock import Clock

LOST = "meshes without a steady flow"
"""Under this name a solution's ``seconds`` tell what coarser meshes took that led nowhere."""


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
    system = FlowSystem(discrete, clock)
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
    """The flow on ``problem``'s mesh, and on it refined once, twice, ... ``times``, each started from the one before.

    The start saves most of the nonlinear steps where they are dear, and the last two tell the mesh's error. A mesh on which no steady flow is found
    is passed over, and those before it: the next one starts afresh, the flows of fewer meshes come back, and the last one's ``seconds`` tell what
    was spent on the others (LOST). Raises as ``solve_flow`` of the last mesh; coolant that flows back in through an outlet is refused there alone.
    """
    found: list[FlowSolution] = []
    lost: list[str] = []
    mesh, clock = problem.mesh, Clock()
    for time in range(times + 1):
        if time:
            mesh, _ = refined(mesh)
        guess = _on_children(found[-1], mesh) if found else None
        clock.lap("found")
        try:
            found.append(_solved(replace(problem, mesh=mesh), guess, judged=time == times))
        except NotConverged as why:
            if time == times:
                before = f" (nor on {', '.join(lost)}, tried before)" if lost else ""
                raise NotConverged(f"on {len(mesh.elements)} elements{before} {why}") from None
            lost.append(str(len(mesh.elements)))
            found.clear()
            clock.lap(LOST)
    if lost:
        found[-1] = replace(found[-1], seconds={**found[-1].seconds, LOST: clock.seconds[LOST]})
    return tuple(found)


def _on_children(coarse: FlowSolution, mesh: ElementMesh) -> Guess:
    """A flow on the ``mesh`` that is ``refined`` of its own."""
    _, nodes = quadratic_nodes(mesh.points, mesh.elements)
    return Guess(
        to_children(coarse.velocity, coarse.element_nodes, nodes, mesh.dimension),
        linear_to_children(coarse.pressure_linear, coarse.problem.mesh, mesh),
    )


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
