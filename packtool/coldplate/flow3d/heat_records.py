"""What a solve of heat in coolant and plate is given and gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy import bool_
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator

from packtool.fem.elements import ElementMesh
from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True)
class PlacedHeat:
    """``heat`` [W] into a flat side across z, spread as ``density`` (n,) [W/m²] at ``points`` (n, 2) [m], linear between them; of no points evenly.

    What the integral of that lacks of ``heat`` is added evenly, so that the sum is exact on any mesh.
    """

    points: Floats
    density: Floats
    heat: float

    def at(self, places: Floats, area: Floats) -> Floats:
        """(n,) [W] of places (n, 2 or 3) [m], each of which stands for an ``area`` (n,) [m²]."""
        watts = np.zeros(len(area))
        if len(self.points):
            low, high = self.points.min(axis=0), self.points.max(axis=0)
            watts = LinearNDInterpolator(self.points, self.density)(np.clip(places[:, :2], low, high)) * area
            watts = np.where(np.isfinite(watts), watts, 0.0)  # rounding may put a place on the border outside
        return np.asarray(watts + (self.heat - watts.sum()) * area / area.sum())


@dataclass(frozen=True)
class ConjugateProblem:
    """Steady heat on ``mesh``, fluid and solid.

    ``fluid`` (n_elements,) which elements the coolant is in; ``conductivity`` (n_elements,) or (n_elements, dim, dim) [W/m/K]; ``rho_cp`` [J/m³/K] of
    the coolant; ``velocity`` (n_nodes, dim) [m/s] at the nodes of the quadratic space (``discrete.quadratic_nodes``), 0 in the solid;
    ``T_in`` [K]. By boundary: ``inlets`` and ``outlets`` of the coolant; ``flux`` [W/m²] into the solid; ``placed`` heat into it; ``convection`` (h [W/m²/K],
    T_ambient [K]); ``temperature`` [K]. The others are adiabatic. ``q_vol`` (n_elements,) [W/m³].
    """

    mesh: ElementMesh
    fluid: NDArray[bool_]
    conductivity: Floats
    rho_cp: float
    velocity: Floats
    T_in: float
    inlets: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    flux: Mapping[str, float] = field(default_factory=dict)
    placed: Mapping[str, PlacedHeat] = field(default_factory=dict)
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
