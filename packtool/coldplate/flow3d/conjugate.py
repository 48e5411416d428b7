"""Heat in the coolant and the solid around it, on one mesh, at a known flow.

Temperatures are biquadratic (triquadratic): linear ones cannot resolve the film at Pr 20-30. The unknown is theta = T - T_in. The
coolant's heat is carried in the form -(rho cp u theta, grad v) with what flows out through the outlets; what flows in brings theta = 0.
Tested with 1 that is the balance of the whole, so energy closes whatever the mesh. Streamline upwinding (SUPG, Brooks & Hughes,
Comput. Methods Appl. Mech. Eng. 32 (1982) 199) by the full residual, on half the element (the spacing of its nodes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, SHAPES, ElementMesh, dolfinx_mesh, located
from packtool.fem.facets import FacetIntegrals, facet_integrals
from packtool.fem.factors import KeptFactors
from packtool.fem.incomplete import incomplete_solve
from packtool.fem.start import compiled, petsc
from packtool.mesh.records import Floats, Integers
from packtool.results import ZERO_CELSIUS
from packtool.thermal.clock import Clock

RTOL = 1e-9
"""Reduction of the linear residual: the energy then closes to better than 1e-6."""

LEAST_SUPG = 0.1
"""Share of the stabilisation that the second solve of an error estimate keeps."""


@dataclass(frozen=True)
class ConjugateProblem:
    """Steady heat on ``mesh``, fluid and solid.

    ``fluid`` (n_elements,) which elements the coolant is in; ``conductivity`` (n_elements,) or (n_elements, dim, dim) [W/m/K]; ``rho_cp`` [J/m³/K] of
    the coolant; ``velocity`` (n_nodes, dim) [m/s] at the nodes of the quadratic space (``discrete.quadratic_nodes``), 0 in the solid;
    ``T_in`` [K]. By boundary: ``inlets`` and ``outlets`` of the coolant; ``flux`` [W/m²] into the solid; ``convection`` (h [W/m²/K],
    T_ambient [K]); ``temperature`` [K]. The others are adiabatic. ``q_vol`` (n_elements,) [W/m³].
    """

    mesh: ElementMesh
    fluid: NDArray[np.bool_]
    conductivity: Floats
    rho_cp: float
    velocity: Floats
    T_in: float
    inlets: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    flux: Mapping[str, float] = field(default_factory=dict)
    convection: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    temperature: Mapping[str, float] = field(default_factory=dict)
    q_vol: Floats | None = None


@dataclass(frozen=True)
class ConjugateSolution:
    """``T`` (n_nodes,) [K] at ``nodes`` (n_nodes, dim) [m]; ``element_nodes`` (n_elements, 9 or 27).

    ``T_out`` [K]: of the mixed coolant, by outlet. ``heat`` [W] into the domain by boundary, "q_vol" for the sources; ``to_coolant``
    [W] carried out over T_in; ``imbalance`` their relative difference. ``means`` and ``highest`` [K] by boundary.
    """

    problem: ConjugateProblem
    nodes: Floats
    element_nodes: Integers
    T: Floats
    T_out: Mapping[str, float]
    heat: Mapping[str, float]
    to_coolant: float
    imbalance: float
    mean: Mapping[str, float]
    highest: Mapping[str, float]
    n_dofs: int
    seconds: Mapping[str, float]


def solve_heat(
    problem: ConjugateProblem, *, supg: tuple[float, ...] = (1.0,), cache_dir: Path | None = None
) -> tuple[ConjugateSolution, ...]:
    """The steady temperatures of ``problem``, for each share of the stabilisation in ``supg``, each in [0.1, 1].

    The first is the answer; how far a second with LEAST_SUPG lies from it estimates the mesh's error. Raises SolveError for what has
    no solution, NotConverged.
    """
    _refuse(problem, supg)
    clock = Clock()
    mesh = problem.mesh
    facets = located(mesh)
    space = _space(problem)
    corners = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    surfaces = {name: facet_integrals(mesh.points, corners, space.element_nodes, f) for name, f in facets.items()}
    clock.lap("set-up")
    solutions = []
    for share in supg:
        matrix, right = _assembled(problem, space, surfaces, share, cache_dir)
        clock.lap("assembly")
        theta, reaction = _solved(problem, space, surfaces, matrix, right)
        clock.lap("linear solve")
        solutions.append(_solution(problem, space, surfaces, theta, reaction, clock))
    return tuple(solutions)


@dataclass(frozen=True)
class _Space:
    domain: Any
    V: Any
    W: Any
    nodes: Floats
    element_nodes: Integers


def _space(problem: ConjugateProblem) -> _Space:
    import basix.ufl
    from dolfinx import fem

    mesh = problem.mesh
    domain = dolfinx_mesh(mesh.points, mesh.elements)
    shape = SHAPES[mesh.elements.shape[1]]
    V = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 2))
    W = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 2, shape=(mesh.dimension,)))
    return _Space(
        domain, V, W, V.tabulate_dof_coordinates()[:, : mesh.dimension].copy(), np.asarray(V.dofmap.list).astype(np.int64)
    )


def _assembled(
    problem: ConjugateProblem, space: _Space, surfaces: Mapping[str, FacetIntegrals], supg: float, cache_dir: Path | None
) -> tuple[Any, Floats]:
    """The matrix [W/K] as scipy's, and the heat into every node (n_nodes,) [W]."""
    import basix.ufl
    import ufl
    from dolfinx import fem
    from scipy.sparse import coo_matrix

    domain, V, mesh = space.domain, space.V, problem.mesh
    n = len(space.nodes)
    u = fem.Function(space.W)
    u.x.array[:] = problem.velocity.ravel()
    shape = SHAPES[mesh.elements.shape[1]]
    dimension = mesh.dimension
    given = np.asarray(problem.conductivity, dtype=float)
    tensor = given if given.ndim == 3 else given[:, None, None] * np.eye(dimension)
    K = fem.Function(fem.functionspace(domain, basix.ufl.element("DG", shape, 0, shape=(dimension, dimension))))
    K.x.array[:] = tensor.ravel()
    k = fem.Function(fem.functionspace(domain, basix.ufl.element("DG", shape, 0)))
    k.x.array[:] = np.einsum("eii->e", tensor) / dimension
    source = fem.Function(k.function_space)
    if problem.q_vol is not None:
        source.x.array[:] = problem.q_vol
    rho_cp, weight = fem.Constant(domain, problem.rho_cp), fem.Constant(domain, supg)
    t, v = ufl.TrialFunction(V), ufl.TestFunction(V)
    dx = ufl.dx(domain=domain, metadata={"quadrature_degree": 5})
    # 2 |u| / h and k / (rho cp h²) on the spacing of the nodes, half an element (Tezduyar & Osawa, CMAME 190 (2000) 411)
    metric = ufl.JacobianInverse(domain).T * ufl.JacobianInverse(domain)
    rate = 4 * ufl.sqrt(ufl.dot(u, metric * u) + 1e-30)
    spread = 16 * k / rho_cp * ufl.sqrt(ufl.inner(metric, metric))
    tau = weight / ufl.sqrt(rate**2 + spread**2)
    along = ufl.dot(u, ufl.grad(v))
    conduction = ufl.inner(K * ufl.grad(t), ufl.grad(v)) * dx
    fluid = np.flatnonzero(problem.fluid).astype(np.int32)
    wet = ufl.Measure("dx", domain=domain, subdomain_data=[(1, fluid)], subdomain_id=1, metadata={"quadrature_degree": 5})
    residual = rho_cp * ufl.dot(u, ufl.grad(t)) - k * ufl.div(ufl.grad(t))
    carried = (-rho_cp * t * along + tau * along * residual) * wet
    loads = source * v * dx + tau * along * source * wet
    matrix = fem.assemble_matrix(compiled(conduction + carried, cache_dir)).to_scipy()
    right = np.asarray(fem.assemble_vector(compiled(loads, cache_dir)).array).copy()
    rows, columns, values = [], [], []

    def add(surface: FacetIntegrals, factor: Floats) -> None:
        block = np.einsum("fqa,fqb,fq->fab", surface.second, surface.second, factor, optimize=True)
        a, b = np.broadcast_arrays(surface.nodes[:, :, None], surface.nodes[:, None, :])
        rows.append(a.ravel())
        columns.append(b.ravel())
        values.append(block.ravel())

    for name in problem.outlets:
        add(surfaces[name], problem.rho_cp * surfaces[name].flux(problem.velocity))
    for name, (h, ambient) in problem.convection.items():
        area = surfaces[name].weight
        add(surfaces[name], h * area)
        right += surfaces[name].load(h * (ambient - problem.T_in) * area, n)
    for name, q in problem.flux.items():
        right += surfaces[name].load(q * surfaces[name].weight, n)
    if rows:
        extra = coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
        matrix = matrix + extra.tocsr()
    return matrix.tocsr(), right


def _solved(
    problem: ConjugateProblem,
    space: _Space,
    surfaces: Mapping[str, FacetIntegrals],
    matrix: Any,
    right: Floats,
) -> tuple[Floats, Floats]:
    """theta (n_nodes,), and the heat (n_nodes,) [W] that prescribed temperatures put in."""
    PETSc = petsc()
    n = len(space.nodes)
    fixed, theta = np.zeros(n, dtype=bool), np.zeros(n)
    for name, T in problem.temperature.items():
        at = _nodes_on(surfaces[name])
        fixed[at], theta[at] = True, T - problem.T_in
    free = np.flatnonzero(~fixed)
    part = matrix[free][:, free]
    part.sort_indices()
    held = PETSc.Mat().createAIJWithArrays(part.shape, (part.indptr, part.indices, part.data), comm=PETSc.COMM_SELF)
    wanted = (right - matrix @ theta)[free]
    try:
        found = incomplete_solve(held, wanted, RTOL)
        if found is None:
            solver = KeptFactors()
            try:
                found = solver.solve(held, wanted, RTOL)
            finally:
                solver.close()
    finally:
        held.destroy()
    theta[free] = found
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
    for name, (h, ambient) in problem.convection.items():
        s = surfaces[name]
        heat[name] = float((h * s.weight * (ambient - problem.T_in - s.of_second(theta))).sum())
    taken = np.zeros(len(theta), dtype=bool)
    for name in problem.temperature:
        at = _nodes_on(surfaces[name])
        heat[name] = float(reaction[at[~taken[at]]].sum())
        taken[at] = True
    if problem.q_vol is not None:
        heat["q_vol"] = float(_volumes(problem.mesh) @ problem.q_vol)
    out, T_out = 0.0, {}
    for name in problem.outlets:
        flow = surfaces[name].flux(problem.velocity)
        carried = problem.rho_cp * float((flow * surfaces[name].of_second(theta)).sum())
        out += carried
        T_out[name] = problem.T_in + carried / (problem.rho_cp * float(flow.sum()))
    scale = max(sum(abs(q) for q in heat.values()) / 2, abs(out), 1e-300)
    mean = {name: problem.T_in + float((s.weight * s.of_second(theta)).sum() / s.weight.sum()) for name, s in surfaces.items()}
    highest = {name: problem.T_in + float(theta[_nodes_on(s)].max()) for name, s in surfaces.items()}
    clock.lap("results")
    return ConjugateSolution(
        problem, space.nodes, space.element_nodes, problem.T_in + theta, T_out, heat, out, abs(sum(heat.values()) - out) / scale,
        mean, highest, len(theta), clock.seconds,
    )  # fmt: skip


def _volumes(mesh: ElementMesh) -> Floats:
    """(n_elements,) [m³], or [m²] in a plane."""
    from packtool.coldplate.flow3d.kernels import shapes

    s = shapes(mesh.dimension)
    corners = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    jacobian = np.einsum("eci,jqc->eqij", mesh.points[corners], s.d_psi, optimize=True)
    return np.asarray(np.linalg.det(jacobian) @ s.weight)


def _nodes_on(surface: FacetIntegrals) -> Integers:
    return np.unique(surface.nodes[np.abs(surface.second).max(axis=1) > 1e-9])


def _refuse(problem: ConjugateProblem, supg: tuple[float, ...]) -> None:
    mesh = problem.mesh
    n = len(mesh.elements)
    if not supg or not all(LEAST_SUPG <= share <= 1 for share in supg):
        raise SolveError(f"shares of the stabilisation must be in [{LEAST_SUPG:g}, 1], got {supg}")
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
    groups = {"inlets": problem.inlets, "outlets": problem.outlets, "flux": problem.flux, "convection": problem.convection}
    for group, names in {**groups, "temperature": problem.temperature}.items():
        for name in names:
            if name not in mesh.boundaries:
                raise SolveError(f"{group} name {name!r}; the mesh's boundaries are {', '.join(mesh.boundaries)}")
            if name in seen:
                raise SolveError(f"boundary {name!r} is given twice: in {seen[name]} and in {group}")
            seen[name] = group
    if not problem.outlets and not problem.convection and not problem.temperature:
        raise SolveError("nothing takes the heat away: no outlet, no convection, no prescribed temperature")
