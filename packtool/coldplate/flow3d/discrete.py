"""Elements for one flow problem: unknowns, what is prescribed, and the integrals.

Everything is solved in scaled variables: lengths over ``length``, velocities over ``speed``, pressures over rho speed² or, below Re 1, over mu speed /
length, so that tolerances mean the same for every problem.

Momentum: inertia (u.grad) u - nu lap u + grad p = 0 with inertia 1 and nu 1/Re or, below Re 1, inertia Re and nu 1, in the form whose natural condition is nu du/dn - p n = given (developed
flow leaves undisturbed; Heywood, Rannacher, Turek, Int. J. Numer. Meth. Fluids 22 (1996) 325). Velocities are biquadratic
(triquadratic), pressures linear in every element and discontinuous: stable, of second order in the pressure and third in the velocity on any
quadrilaterals, as the pressure's functions are those of the place and not of the reference element (Boffi & Gastaldi, Numer. Math. 92 (2002) 665,
remembered), and what flows into an element flows out of it. A grad-div term (``kernels.GRAD_DIV``) that falls
with the elements' size, and with inertia, is added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.coldplate.flow3d.kernels import GRAD_DIV, Kernels
from packtool.coldplate.flow3d.records import FlowProblem
from packtool.coldplate.flow3d.sections import inlet_velocity, section_of
from packtool.errors import SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, SHAPES, dolfinx_mesh, located
from packtool.fem.facets import FacetIntegrals, facet_integrals
from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class Discrete:
    """One problem on its mesh. Velocity unknowns come first, node by node with all components, then the elements' pressures.

    ``nu`` and ``inertia`` are above; ``nodes`` (n_nodes, dim) [m] and ``element_nodes`` (n_elements, 9 or 27) of the velocity; ``surfaces`` and
    ``boundary_nodes`` by boundary; ``prescribed`` (n_nodes, dim) which velocities are given, and their ``values``, scaled; ``load``
    (n_nodes, dim) of the outlets' pressures; ``free`` (n_nodes dim,) which velocities are solved for.
    """

    problem: FlowProblem
    length: float
    speed: float
    nu: float
    inertia: float
    kernels: Kernels
    nodes: Floats
    element_nodes: Integers
    surfaces: dict[str, FacetIntegrals]
    boundary_nodes: dict[str, Integers]
    prescribed: NDArray[np.bool_]
    values: Floats
    load: Floats
    free: NDArray[np.bool_]

    @property
    def n_velocity(self) -> int:
        """Number of velocity unknowns."""
        return int(self.values.size)

    @property
    def pressure_scale(self) -> float:
        """rho speed² or, below Re 1, mu speed / length [Pa]."""
        return self.problem.rho * self.speed**2 / self.inertia

    @property
    def area_scale(self) -> float:
        """length², or length in a plane."""
        return self.length ** (self.problem.mesh.dimension - 1)

    def split(self, x: Floats) -> tuple[Floats, Floats]:
        """Velocities (n_nodes, dim) and pressures (n_elements, 1 + dim) of a vector of all unknowns."""
        k = self.kernels
        return x[: self.n_velocity].reshape(self.values.shape), x[self.n_velocity :].reshape(k.n_elements, 1 + k.dimension)


def discretise(problem: FlowProblem) -> Discrete:
    """Unknowns, integrals and prescribed values of ``problem``. SolveError for inlets that have no known profile."""
    mesh = problem.mesh
    facets = located(mesh)
    length, speed = _scales(problem)
    points = mesh.points / length
    nodes, element_nodes = quadratic_nodes(points, mesh.elements)
    corners = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    surfaces = {name: facet_integrals(points, corners, element_nodes, f) for name, f in facets.items()}
    boundary_nodes = {name: s.nodes_on() for name, s in surfaces.items()}
    prescribed, values = _prescribed(problem, nodes * length, boundary_nodes, speed)
    for name, inlet in problem.inlets.items():  # its nodal values have not quite the flow that was asked for
        at = boundary_nodes[name]
        alone = np.zeros(values.shape)
        alone[at] = values[at]
        inflow = -float(surfaces[name].flux(alone).sum()) * speed * length ** (mesh.dimension - 1)
        values[at] *= inlet.flow / inflow
    Re = problem.rho * speed * length / problem.mu
    inertia = min(1.0, Re)
    load = np.zeros(values.shape)
    for name, pressure in problem.outlets.items():
        for axis in range(mesh.dimension):
            load[:, axis] += surfaces[name].load(
                surfaces[name].normal[..., axis] * (pressure * inertia / (problem.rho * speed**2)), len(nodes)
            )
    free = ~prescribed.ravel()
    return Discrete(
        problem, length, speed, inertia / Re, inertia, Kernels(points, corners, element_nodes, len(nodes), GRAD_DIV * inertia),
        nodes * length, element_nodes, surfaces, boundary_nodes, prescribed, values, load, free,
    )  # fmt: skip


def quadratic_nodes(points: Floats, elements: Integers) -> tuple[Floats, Integers]:
    """Nodes (n_nodes, dim) of the biquadratic or triquadratic space and each element's (n_elements, 9 or 27), dolfinx's own numbering."""
    import basix.ufl
    from dolfinx import fem

    domain = dolfinx_mesh(points, elements)
    V = fem.functionspace(domain, basix.ufl.element("Lagrange", SHAPES[elements.shape[1]], 2))
    return V.tabulate_dof_coordinates()[:, : points.shape[1]].copy(), np.asarray(V.dofmap.list).astype(np.int64)


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


def _prescribed(
    problem: FlowProblem, nodes: Floats, boundary_nodes: dict[str, Integers], speed: float
) -> tuple[NDArray[np.bool_], Floats]:
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
