"""Steady temperatures of a conduction problem: Newton's method with full derivatives, until the heat balances at every node."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from packtool.errors import NotConverged, SolveError
from packtool.fem.start import one_thread
from packtool.mesh.records import Floats, Integers
from packtool.thermal.general.linear import LinearSolver
from packtool.thermal.general.problem import HeatProblem
from packtool.thermal.general.solution import HeatSolution, solution_of
from packtool.thermal.general.system import Heat, System

HALVINGS = 40
"""A Newton step that does not bring the residual down is halved at most this often: from the cold of space the first one may be too long
by 10^8."""
ASIDE_K = 10.0
"""From the ambient's own temperature there may be no way: a film that grows with the difference, |T - T_ambient|^0.25, has no slope there."""

LOOSEST = 1e-4
"""Reduction asked of the linear solver in a Newton step: more would be lost at the next."""

ROUNDING = 2.0**-52
"""Relative rounding of a nodal balance: temperatures are known to one unit in their last place."""


@one_thread()
def solve_steady(
    problem: HeatProblem, *, degree: int = 1, guess: Floats | float | None = None, rtol: float = 1e-9, most_steps: int = 60
) -> HeatSolution:
    """The steady state of ``problem`` on elements of ``degree`` 1 or 2; functions of time are taken at t = 0. On several ranks each solves
    the whole.

    Converged where the sum over all nodes of the absolute heat out of balance is at most ``rtol`` of the heat made or passed
    through the boundaries. ``guess``: one temperature [K], or one a node (n,); None: the mean of those that the problem names.

    Raises SolveError for what is refused: a part whose temperature nothing fixes, values out of range. NotConverged where Newton's
    method finds no balance, or an unstable one: no steady state may exist (thermal runaway).
    """
    system = System(problem, degree)
    refuse_floating(system)
    start = _first(system, guess)
    if guess is None and not system.linear and _without_slope(system, start):
        start = start + ASIDE_K
    T = np.where(system.fixed, np.nan_to_num(system.fixed_values(0.0)), start)
    solver = LinearSolver(system.unknowns)
    history: list[float] = []
    rounding = 0.0
    try:
        heat = system.heat(T, 0.0)
        while True:
            off, scale = unbalanced(system, heat), scale_of(system, heat)
            history.append(off / scale)
            if np.isfinite(off) and (off > rtol * scale or not rounding):
                full, positive, _ = system.jacobian(T, 0.0)
                rounding = rounding_of(system, full, T)
            if off <= max(rtol * scale, rounding):
                _refuse_unstable(system, solver, T)
                return solution_of(system, T, heat=heat, iterations=len(history) - 1, least=1e7 * rounding)
            if not np.isfinite(off) or len(history) > most_steps:
                break
            wanted = 0.1 * rtol * scale / off
            step = solver.solve(
                full, positive, heat.residual, min(wanted if system.linear else max(LOOSEST, wanted), 0.1), system.linear or None
            )
            taken = _taken(system, T, step, heat)
            if taken is None:
                break
            T, heat = taken
    finally:
        solver.close()
    raise NotConverged(_advice(history, rtol))


def _held_by_nodes(system: System) -> tuple[Integers, NDArray[np.bool_]]:
    """The part of the solid that each node (n,) is in, and of each part whether a node of it has a prescribed temperature."""
    component = system.component
    held = np.zeros(int(component.max()) + 1, dtype=bool)
    held[component[system.fixed]] = True
    return component, held


def refuse_floating(system: System) -> None:
    """Raise SolveError for parts of the solid whose temperature nothing fixes."""
    component, held = _held_by_nodes(system)
    for exchange in system.problem.exchange:
        if not (exchange.h.constant == 0 and exchange.emissivity.constant == 0):
            held[component[system.faces[exchange.boundary].nodes.ravel()]] = True
    for name, flux in system.problem.flux.items():
        if "T" in flux.needs:
            held[component[system.faces[name].nodes.ravel()]] = True
    for block in system.blocks:
        if any(a and "T" in a.needs for a in (system.problem.source[block.region], system.problem.power[block.region])):
            held[component[block.nodes.ravel()]] = True
    loose = ~held[component[system.mesh.hexes[:, 0]]]
    if loose.any():
        names = sorted({system.mesh.regions[i].name for i in np.unique(system.mesh.region[loose])})
        raise SolveError(
            f"nothing fixes the temperature of {', '.join(names)}: no convection, no radiation, no prescribed temperature, and no contact "
            "to a part that has one; a steady temperature does not exist"
        )


def _refuse_unstable(system: System, solver: LinearSolver, T: Floats) -> None:
    """Raise NotConverged where the balance at ``T`` would not last: heat put in evenly would cool the body, so that the least
    disturbance grows (the upper of two balances of a self-heating body)."""
    growing = [a for a in (*system.problem.source, *system.problem.power) if a and "T" in a.needs]
    if not growing:
        return
    full, positive, _ = system.jacobian(T, 0.0)
    load = np.zeros(system.n)
    for block in system.blocks:
        np.add.at(load, block.nodes, block.load(np.ones(block.weight.shape)))
    load[system.fixed] = 0.0
    if float(load @ solver.solve(full, positive, load, LOOSEST)) < 0:
        raise NotConverged(
            "the balance that was found is unstable: the heat grows faster with temperature than it leaves, so that any disturbance runs "
            "away from it. Give a cooler guess to find the stable one, if there is one"
        )


def unbalanced(system: System, heat: Heat) -> float:
    """Sum of the absolute residual over the free nodes [W]."""
    return float(np.abs(heat.residual[~system.fixed]).sum())


def scale_of(system: System, heat: Heat) -> float:
    """What the residual is measured against [W]: the largest flow."""
    return max(heat.gross, float(np.abs(heat.residual[system.fixed]).sum()), 1e-300)


def rounding_of(system: System, data: Floats, T: Floats) -> float:
    """What double precision leaves of the heat exchanged between nodes [W], by the matrix ``data``: no residual can be asked below."""
    exchanged = system.pattern.matrix(np.abs(data)) @ np.abs(T)
    return ROUNDING * float(exchanged.sum())


def _taken(system: System, T: Floats, step: Floats, before: Heat) -> tuple[Floats, Heat] | None:
    """The field and heat after ``step``, halved while the residual does not come down; None where no part of it helps."""
    if system.linear:
        return T + step, system.heat(T + step, 0.0)
    old, refused = unbalanced(system, before), None
    for _ in range(HALVINGS):
        try:
            after = system.heat(T + step, 0.0)
        except SolveError as problem:  # a trial step may leave a property's range where the solution does not
            refused = problem
        else:
            refused = None
            if unbalanced(system, after) < old:
                return T + step, after
        step = step / 2
    if refused:
        raise SolveError(
            f"{refused}: met on the way to the steady temperature. Where the heat grows faster than it can leave there is none (a thermal "
            "runaway); else extend the law, or give the solution of a milder case as guess"
        ) from refused
    return None


def _without_slope(system: System, T: Floats) -> bool:
    """Whether a part of the solid exchanges heat with nothing at ``T``, as far as the derivatives show."""
    component, held = _held_by_nodes(system)
    for _, there, _, slope in system.surface_flux(T, 0.0, slopes=True):
        if slope is not None and slope.any():
            held[component[there.nodes[slope.any(axis=1)].ravel()]] = True
    return not bool(held[component[system.mesh.hexes[:, 0]]].all())


def _first(system: System, guess: Floats | float | None) -> Floats:
    if guess is not None:
        given = np.asarray(guess, dtype=float)
        if given.shape not in ((), (system.n,)) or not np.isfinite(given).all():
            raise SolveError(f"the guess has shape {given.shape} or is not finite; wanted one number or ({system.n},) [K]")
        return np.broadcast_to(given, (system.n,)).copy()
    named = [system.fixed_values(0.0)[system.fixed]]
    for e in system.problem.exchange:
        points = system.faces[e.boundary].points
        if e.h.constant != 0:
            named.append(e.T_ambient.at(points, 0.0, None, system.radial).ravel())
        if e.emissivity.constant != 0:
            named.append(e.T_surroundings.at(points, 0.0, None, system.radial).ravel())
    known = [float(a.mean()) for a in named if a.size]
    return np.full(system.n, float(np.mean(known)) if known else 300.0)


def _advice(history: list[float], rtol: float) -> str:
    told = ", ".join(f"{off:.1e}" for off in history[-5:])
    return (
        f"the steady temperature was not found in {len(history) - 1} Newton steps: heat out of balance over the heat made, lately {told}; "
        f"wanted {rtol:.0e}. Either no steady state exists (the heat grows faster than it can leave: a thermal runaway) or the start is too "
        "far off: give the solution of a milder case as guess"
    )
