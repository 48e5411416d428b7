"""Taylor-Hood elements for one flow problem: spaces, forms, and what is prescribed.

Everything is solved in scaled variables: lengths over ``length``, velocities over ``speed``, pressures over rho speed², so that
tolerances and the grad-div weight mean the same for every problem.

Momentum: (u.grad) u - nu lap u + grad p = 0 with nu = 1/Re, in the form whose natural condition is nu du/dn - p n = given (developed
flow leaves undisturbed; Heywood, Rannacher, Turek, Int. J. Numer. Meth. Fluids 22 (1996) 325). Velocities are biquadratic
(triquadratic), pressures bilinear (trilinear) and continuous; GRAD_DIV (div u, div v) is added, which is zero for the exact flow and
keeps the discrete one close to free of divergence (Olshanskii, Lube, Heister, Löwe, Comput. Methods Appl. Mech. Eng. 198 (2009) 3975).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from packtool.coldplate.flow3d.records import FlowProblem
from packtool.coldplate.flow3d.sections import inlet_velocity, section_of
from packtool.errors import SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, SHAPES, Facets, closure_nodes, dolfinx_mesh, located
from packtool.fem.start import compiled
from packtool.mesh.records import Floats, Integers

GRAD_DIV = 0.1
"""Weight of the grad-div term, over speed x length."""

DEGREE = 5
"""Quadrature degree: three Gauss points a direction."""


@dataclass(frozen=True)
class Discrete:
    """One problem on its mesh. Velocity unknowns come first, node by node with all components, then pressures.

    ``facets`` by boundary; ``boundary_nodes`` name -> velocity nodes on it; ``prescribed`` (n_nodes, dim) bool and ``values`` (n_nodes,
    dim), scaled; ``free`` unknowns that are solved for; ``pressure_dofs`` (n_points,) the pressure unknown of each point of the mesh.
    """

    problem: FlowProblem
    length: float
    speed: float
    domain: Any
    V: Any
    Q: Any
    u: Any
    p: Any
    convection: Any
    newton: Any
    nu: Any
    residual: list[Any]
    jacobian: list[list[Any]]
    facets: dict[str, Facets]
    boundary_nodes: dict[str, Integers]
    nodes: Floats
    prescribed: Any
    values: Floats
    free: Integers
    pressure_dofs: Integers
    cache_dir: Path | None

    @property
    def n_velocity(self) -> int:
        """Number of velocity unknowns."""
        return int(self.values.size)

    @property
    def pressure_scale(self) -> float:
        """rho speed² [Pa]."""
        return self.problem.rho * self.speed**2

    def over(self, name: str, integrand: Any) -> float:
        """The integral of a scalar UFL expression over a boundary, scaled."""
        from dolfinx import fem

        return float(fem.assemble_scalar(compiled(integrand * boundary_measure(self.domain, [self.facets[name]]), self.cache_dir)))

    def over_all(self, integrand: Any) -> float:
        """The integral of a scalar UFL expression over the whole mesh, scaled."""
        import ufl
        from dolfinx import fem

        measure = ufl.dx(domain=self.domain, metadata={"quadrature_degree": DEGREE})
        return float(fem.assemble_scalar(compiled(integrand * measure, self.cache_dir)))


def boundary_measure(domain: Any, facets: list[Facets]) -> Any:
    """The UFL measure over some boundary facets."""
    import ufl

    pairs = np.concatenate([np.column_stack([f.element, f.local]) for f in facets]).astype(np.int32)
    data = [(1, np.ascontiguousarray(pairs[np.lexsort(pairs.T[::-1])]).ravel())]
    return ufl.Measure("ds", domain=domain, subdomain_data=data, subdomain_id=1, metadata={"quadrature_degree": DEGREE})


def discretise(problem: FlowProblem, cache_dir: Path | None = None) -> Discrete:
    """Spaces, forms and prescribed values of ``problem``. SolveError for inlets that have no known profile."""
    facets = located(problem.mesh)
    length, speed = _scales(problem)
    domain = dolfinx_mesh(problem.mesh.points / length, problem.mesh.elements)
    import basix.ufl
    import ufl
    from dolfinx import fem

    mesh, dimension = problem.mesh, problem.mesh.dimension
    shape = SHAPES[mesh.elements.shape[1]]
    V = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 2, shape=(dimension,)))
    Q = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 1))
    u, p = fem.Function(V), fem.Function(Q)
    v, q, du, dp = ufl.TestFunction(V), ufl.TestFunction(Q), ufl.TrialFunction(V), ufl.TrialFunction(Q)
    convection, newton, nu, weight = (fem.Constant(domain, value) for value in (1.0, 1.0, 1.0, GRAD_DIV))
    nu.value = problem.mu / (problem.rho * speed * length)
    dx = ufl.dx(domain=domain, metadata={"quadrature_degree": DEGREE})
    momentum = (
        ufl.inner(nu * ufl.grad(u), ufl.grad(v))
        + convection * ufl.inner(ufl.grad(u) * u, v)
        + (weight * ufl.div(u) - p) * ufl.div(v)
    ) * dx
    pushed = {name: value for name, value in problem.outlets.items() if value}
    for name, value in pushed.items():
        level = fem.Constant(domain, value / (problem.rho * speed**2))
        momentum += level * ufl.inner(ufl.FacetNormal(domain), v) * boundary_measure(domain, [facets[name]])
    change = (
        ufl.inner(nu * ufl.grad(du), ufl.grad(v))
        + convection * ufl.inner(ufl.grad(du) * u + newton * ufl.grad(u) * du, v)
        + weight * ufl.div(du) * ufl.div(v)
    ) * dx
    forms = [momentum, -q * ufl.div(u) * dx]
    blocks = [[change, -dp * ufl.div(v) * dx], [-q * ufl.div(du) * dx, None]]
    nodes = V.tabulate_dof_coordinates()[:, :dimension] * length
    boundary_nodes = {name: np.unique(closure_nodes(V, f)) for name, f in facets.items()}
    prescribed, values = _prescribed(problem, nodes, boundary_nodes, speed)
    pressure_dofs = np.empty(len(mesh.points), dtype=np.int64)
    tensor = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    pressure_dofs[tensor.ravel()] = np.asarray(Q.dofmap.list).ravel()
    free = np.flatnonzero(~prescribed.ravel())
    pressures = np.arange(len(mesh.points))
    if not problem.outlets:
        pressures = pressures[1:]
    free = np.concatenate([free, values.size + pressures])
    return Discrete(
        problem, length, speed, domain, V, Q, u, p, convection, newton, nu,
        [compiled(form, cache_dir) for form in forms],
        [[compiled(form, cache_dir) if form is not None else None for form in row] for row in blocks],
        facets, boundary_nodes, nodes, prescribed, values, free, pressure_dofs, cache_dir,
    )  # fmt: skip


def _scales(problem: FlowProblem) -> tuple[float, float]:
    """A length [m] and a speed [m/s] of the problem: of its inlets where there are any."""
    if problem.inlets:
        sections = {name: section_of(problem, name) for name in problem.inlets}
        speed = max(problem.inlets[name].flow / s.area for name, s in sections.items())
        return min(s.hydraulic_diameter for s in sections.values()), speed
    extent = np.ptp(problem.mesh.points, axis=0)
    speed = 0.0
    for name, profile in problem.velocity.items():
        at = problem.mesh.points[np.unique(problem.mesh.boundaries[name])]
        speed = max(speed, float(np.abs(profile(at)).max()))
    if speed == 0:
        levels = list(problem.outlets.values())
        speed = float(np.sqrt((max(levels) - min(levels)) / problem.rho)) if levels else 0.0
    if not (np.isfinite(speed) and speed > 0):
        raise SolveError(f"the prescribed velocities are nowhere different from 0, or not finite (speed {speed:g} m/s)")
    return float(extent.min()), speed


def _prescribed(problem: FlowProblem, nodes: Floats, boundary_nodes: dict[str, Integers], speed: float) -> tuple[Any, Floats]:
    """Which velocity components are prescribed, and their values, scaled. Walls at rest take the nodes they share."""
    fixed, values = np.zeros(nodes.shape, dtype=bool), np.zeros(nodes.shape)
    for name in problem.symmetry:
        at = boundary_nodes[name]
        spread = np.ptp(nodes[at], axis=0)
        normal = int(spread.argmin())
        if spread[normal] > 1e-6 * spread.max():
            raise SolveError(f"symmetry {name!r} is not one flat face normal to an axis")
        fixed[at, normal] = True
    for name in problem.inlets:
        at = boundary_nodes[name]
        fixed[at], values[at] = True, inlet_velocity(problem, name, nodes[at]) / speed
    for name, profile in problem.velocity.items():
        at = boundary_nodes[name]
        given = np.asarray(profile(nodes[at]), dtype=float)
        if given.shape != (len(at), nodes.shape[1]) or not np.isfinite(given).all():
            raise SolveError(f"the velocity profile of {name!r} gave shape {given.shape} or numbers that are not finite")
        fixed[at], values[at] = True, given / speed
    for name in problem.walls:
        fixed[boundary_nodes[name]], values[boundary_nodes[name]] = True, 0.0
    return fixed, values
