"""What a flow solve is given and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from packtool.fem.elements import ElementMesh
from packtool.mesh.records import Floats, Integers

Profile = Callable[[Floats], Floats]
"""Velocities (n, 2 or 3) [m/s] at points (n, 2 or 3) [m]."""


@dataclass(frozen=True, slots=True)
class DevelopedInlet:
    """Developed flow through a rectangle that is normal to an axis: ``flow`` [m³/s] (in a plane: [m²/s]) through what is meshed of it.

    A side of the rectangle that lies on a symmetry boundary halves the duct: the profile is that of the whole.
    """

    flow: float


@dataclass(frozen=True, slots=True)
class EvenInlet:
    """The same velocity everywhere but on the walls: ``flow`` [m³/s] (in a plane: [m²/s]) through a plane inlet."""

    flow: float


@dataclass(frozen=True)
class FlowProblem:
    """Steady flow of constant density and viscosity. Every boundary of ``mesh`` is under exactly one kind.

    ``rho`` [kg/m³], ``mu`` [Pa s]; ``inlets`` name -> developed or even; ``velocity`` name -> prescribed profile (a moving wall, a
    measured profile); ``walls`` at rest; ``symmetry`` planes normal to an axis; ``outlets`` name -> pressure [Pa], where the
    traction mu du/dn - p n is that of the pressure alone. Without an outlet the mean pressure is set to 0.
    """

    mesh: ElementMesh
    rho: float
    mu: float
    inlets: Mapping[str, DevelopedInlet | EvenInlet] = field(default_factory=dict)
    velocity: Mapping[str, Profile] = field(default_factory=dict)
    walls: tuple[str, ...] = ()
    symmetry: tuple[str, ...] = ()
    outlets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowSolution:
    """A converged flow.

    ``nodes`` (n_nodes, dim) [m] and ``velocity`` (n_nodes, dim) [m/s] of the biquadratic (triquadratic) velocity; ``element_nodes``
    (n_elements, 9 or 27) its nodes in dolfinx's order; ``pressure_linear`` (n_elements, 1 + dim) of each element's pressure: at the mean of its corners
    [Pa], and its gradient [Pa/m]; ``pressure`` (n_points,) [Pa] at the mesh's points, the mean of the elements there. By boundary: ``flow``
    [m³/s] out of the mesh, ``mean_pressure`` [Pa], ``force`` (dim,) [N] of the fluid on it (consistent; of walls that touch
    no other boundary: bodies in the flow). ``reynolds`` of the inlets, on hydraulic diameter (None: no inlet). ``residuals`` by nonlinear step, relative.
    """

    problem: FlowProblem
    nodes: Floats
    element_nodes: Integers
    velocity: Floats
    pressure_linear: Floats
    pressure: Floats
    flow: Mapping[str, float]
    mean_pressure: Mapping[str, float]
    force: Mapping[str, Floats]
    reynolds: float | None
    residuals: tuple[float, ...]
    n_dofs: int
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class Guess:
    """Where to begin: ``velocity`` (n_nodes, dim) [m/s] at the problem's velocity nodes, ``pressure`` (n_elements, 1 + dim) of its
    elements, at the mean of its corners [Pa] and gradient [Pa/m]."""

    velocity: Floats
    pressure: Floats
