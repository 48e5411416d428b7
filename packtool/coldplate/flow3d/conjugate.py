"""Heat in the coolant and the solid around it, on one mesh, at a known flow.

Temperatures are biquadratic (triquadratic): linear ones cannot resolve the film at Pr 20-30. The unknown is theta = T - T_in. The
coolant's heat is carried in the form -(rho cp u theta, grad v) with what flows out through the outlets; what flows in brings theta = 0.
Tested with 1 that is the balance of the whole, so energy closes whatever the mesh. Streamline upwinding (SUPG, Brooks & Hughes,
Comput. Methods Appl. Mech. Eng. 32 (1982) 199) by the full residual, on half the element (the spacing of its nodes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.heat_assembly import assembled, volumes
from packtool.coldplate.flow3d.heat_records import ConjugateProblem, ConjugateSolution
from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, located
from packtool.fem.facets import FacetIntegrals, facet_integrals
from packtool.fem.factors import DirectFactors
from packtool.fem.incomplete import IncompleteFactors
from packtool.fem.start import one_thread, petsc
from packtool.mesh.records import Floats, Integers
from packtool.results import ZERO_CELSIUS
from packtool.thermal.clock import Clock

RTOL = 1e-9
"""Reduction of the linear residual: the energy then closes to better than 1e-6."""


@one_thread()
def solve_heat(problem: ConjugateProblem) -> ConjugateSolution:
    """The steady temperatures of ``problem``. Raises SolveError for what has no solution, NotConverged."""
    _refuse(problem)
    clock = Clock()
    mesh = problem.mesh
    facets = located(mesh)
    space = _Space(*quadratic_nodes(mesh.points, mesh.elements))
    corners = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    surfaces = {name: facet_integrals(mesh.points, corners, space.element_nodes, f) for name, f in facets.items()}
    clock.lap("set-up")
    matrix, right = assembled(problem, space.element_nodes, len(space.nodes), surfaces)
    clock.lap("assembly")
    theta, reaction = _solved(problem, surfaces, matrix, right)
    clock.lap("linear solve")
    return _solution(problem, space, surfaces, theta, reaction, clock)


def heat_into_coolant(solution: ConjugateSolution) -> Floats:
    """Heat (n_nodes,) [W] that the coolant takes up from its walls at each node, of a solution.

    The coolant's own balance, which is 0 at its inner nodes, so it adds up to ``to_coolant`` whatever the mesh.
    """
    problem = solution.problem
    mesh = problem.mesh
    k = np.asarray(problem.conductivity, float)
    dry = np.where(problem.fluid.reshape(-1, *(1,) * (k.ndim - 1)), k, 0.0)
    alone = replace(problem, conductivity=dry, flux={}, placed={}, convection={}, temperature={}, q_vol=None)
    facets = located(mesh)
    corners = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    surfaces = {name: facet_integrals(mesh.points, corners, solution.element_nodes, facets[name]) for name in problem.outlets}
    matrix, _ = assembled(alone, solution.element_nodes, len(solution.nodes), surfaces)
    return np.asarray(matrix @ (solution.T - problem.T_in))


@dataclass(frozen=True)
class _Space:
    nodes: Floats
    element_nodes: Integers


def _solved(
    problem: ConjugateProblem,
    surfaces: Mapping[str, FacetIntegrals],
    matrix: Any,
    right: Floats,
) -> tuple[Floats, Floats]:
    """theta (n_nodes,), and the heat (n_nodes,) [W] that prescribed temperatures put in."""
    PETSc = petsc()
    n = len(right)
    fixed, theta = np.zeros(n, dtype=bool), np.zeros(n)
    for name, T in problem.temperature.items():
        at = surfaces[name].nodes_on()
        fixed[at], theta[at] = True, T - problem.T_in
    free = np.flatnonzero(~fixed)
    part = matrix if len(free) == n else matrix[free][:, free]
    part.sort_indices()
    held = PETSc.Mat().createAIJWithArrays(part.shape, (part.indptr, part.indices, part.data), comm=PETSc.COMM_SELF)
    wanted = (right - matrix @ theta)[free]
    factors = IncompleteFactors()
    try:
        found = factors.solve(held, wanted, RTOL)
        if found is None:
            direct = DirectFactors()
            try:
                direct.factorise(held)
                found = direct.solve(wanted)
            finally:
                direct.close()
    finally:
        factors.close()
        held.destroy()
    theta[free] += found
    if not np.isfinite(theta).all():
        raise NotConverged("the temperatures of coolant and plate are not finite")
    return theta, np.where(fixed, matrix @ theta - right, 0.0)


def _solution(
    problem: ConjugateProblem,
    space: _Space,
    surfaces: Mapping[str, FacetIntegrals],
    theta: Floats,
    reaction: Floats,
    clock: Clock,
) -> ConjugateSolution:
    heat = {name: q * float(surfaces[name].weight.sum()) for name, q in problem.flux.items()}
    heat |= {name: placed.heat for name, placed in problem.placed.items()}
    for name, (h, ambient) in problem.convection.items():
        s = surfaces[name]
        heat[name] = float((h * s.weight * (ambient - problem.T_in - s.of_second(theta))).sum())
    taken = np.zeros(len(theta), dtype=bool)
    for name in problem.temperature:
        at = surfaces[name].nodes_on()
        heat[name] = float(reaction[at[~taken[at]]].sum())
        taken[at] = True
    if problem.q_vol is not None:
        corners = problem.mesh.elements[:, CYCLIC_TO_TENSOR[problem.mesh.elements.shape[1]]]
        heat["q_vol"] = float(volumes(problem.mesh.points[corners]) @ problem.q_vol)
    out, T_out = 0.0, {}
    for name in problem.outlets:
        flow = surfaces[name].flux(problem.velocity)
        carried = problem.rho_cp * float((flow * surfaces[name].of_second(theta)).sum())
        out += carried
        T_out[name] = problem.T_in + carried / (problem.rho_cp * float(flow.sum()))
    scale = max(sum(abs(q) for q in heat.values()) / 2, abs(out), 1e-300)
    mean = {name: problem.T_in + float((s.weight * s.of_second(theta)).sum() / s.weight.sum()) for name, s in surfaces.items()}
    highest = {name: problem.T_in + float(theta[s.nodes_on()].max()) for name, s in surfaces.items()}
    clock.lap("results")
    return ConjugateSolution(
        problem, space.nodes, space.element_nodes, problem.T_in + theta, T_out, heat, out, abs(sum(heat.values()) - out) / scale,
        mean, highest, len(theta), clock.seconds,
    )  # fmt: skip


def _refuse(problem: ConjugateProblem) -> None:
    mesh = problem.mesh
    n = len(mesh.elements)
    if mesh.points.shape[1] != problem.velocity.shape[1]:
        raise SolveError(f"the velocities have {problem.velocity.shape[1]} components, the mesh {mesh.points.shape[1]} dimensions")
    if problem.fluid.shape != (n,):
        raise SolveError(f"fluid has {problem.fluid.shape} entries; the mesh has {n} elements")
    k = np.asarray(problem.conductivity)
    if len(k) != n or not np.isfinite(k).all() or not (np.einsum("eii->e", k) if k.ndim == 3 else k).min() > 0:
        raise SolveError("every element needs a positive conductivity")
    if not (np.isfinite(problem.rho_cp) and problem.rho_cp > 0):
        raise SolveError(f"the coolant's heat capacity must be positive, got {problem.rho_cp:g} J/m³/K")
    if not np.isfinite(problem.T_in) or problem.T_in <= 0:
        raise SolveError(f"the inlet temperature must be above 0 K, got {problem.T_in - ZERO_CELSIUS:g} degC")
    if not np.isfinite(problem.velocity).all():
        raise SolveError("the coolant's velocities are not finite")
    seen: dict[str, str] = {}
    groups = {"inlets": problem.inlets, "outlets": problem.outlets, "flux": problem.flux, "placed": problem.placed}
    for group, names in {**groups, "convection": problem.convection, "temperature": problem.temperature}.items():
        for name in names:
            if name not in mesh.boundaries:
                raise SolveError(f"{group} name {name!r}; the mesh's boundaries are {', '.join(mesh.boundaries)}")
            if name in seen:
                raise SolveError(f"boundary {name!r} is given twice: in {seen[name]} and in {group}")
            seen[name] = group
    if not problem.outlets and not problem.convection and not problem.temperature:
        raise SolveError("nothing takes the heat away: no outlet, no convection, no prescribed temperature")
