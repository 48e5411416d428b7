"""Flow and heat of one cold plate by finite elements, with the error of each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from packtool.coldplate.flow3d.conjugate import solve_heat
from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.heat_records import ConjugateProblem, ConjugateSolution, PlacedHeat
from packtool.coldplate.flow3d.mesh_error import (
    ARC_ORDER,
    BEND_ORDER,
    CORNER_ORDER,
    DUCT_ORDER,
    FILM_ORDER,
    HIGHEST_ORDER,
    RINGED_ORDER,
    SMOOTH_ORDER,
    Estimated,
    estimated,
    left,
    mean_difference,
    told_by_velocities,
)
from packtool.coldplate.flow3d.plate import ChannelPlate, Fineness, PlateGrid, finest_flow_mesh, plate_grid
from packtool.coldplate.flow3d.prolong import unfolded
from packtool.coldplate.flow3d.records import DevelopedInlet, FlowProblem, FlowSolution
from packtool.coldplate.flow3d.solve import solve_flow_on
from packtool.coldplate.friction import laminar_f_Re
from packtool.errors import SolveError
from packtool.fem.elements import ElementMesh
from packtool.fem.start import one_thread

ENERGY = 1e-6
"""Largest relative imbalance of a solution that is handed on."""

MOMENTUM = 1e-6
"""Residual of the flow over that of no flow inside: the reference serpentine's pressure drop then holds to 4e-8 of itself and its temperatures to 3e-7 K, where
meshes of practical size are off by 1e-3 and 0.01 K."""

MASS = 1e-8
"""Largest relative difference between what flows in and out."""


@dataclass(frozen=True)
class PlateConditions:
    """``flow`` [m³/s] of a coolant of constant ``rho`` [kg/m³], ``cp`` [J/kg/K], ``k`` [W/m/K], ``mu`` [Pa s] that enters at ``T_in`` [K], developed;
    ``conductivity`` [W/m/K] of the plate. By side (top, bottom, side): ``flux`` into the plate [W/m²], ``placed`` heat into it, ``convection`` (h [W/m²/K], T_ambient [K]);
    other sides are adiabatic.
    """

    flow: float
    rho: float
    cp: float
    k: float
    mu: float
    T_in: float
    conductivity: float
    flux: Mapping[str, float] = field(default_factory=dict)
    convection: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    placed: Mapping[str, PlacedHeat] = field(default_factory=dict)


@dataclass(frozen=True)
class PlateSolution:
    """``pressure_drop`` [Pa] between the two faces, without ``duct_drop``; ``T_out`` [K] of the mixed coolant (exact but for rounding); ``top_max`` and ``top_mean`` [K];
    ``heat`` [W] to the coolant; relative ``mass_imbalance`` and ``energy_imbalance``; the fields on the finest mesh, and the flow on the ``coarser`` one
    that errors are told by (None: that one had no steady flow)."""

    pressure_drop: Estimated
    T_out: float
    top_max: Estimated
    top_mean: Estimated
    heat: float
    mass_imbalance: float
    energy_imbalance: float
    reynolds: float
    flow: FlowSolution
    temperature: ConjugateSolution
    grid: PlateGrid
    coarser: FlowSolution | None = None

    @property
    def mass_flow(self) -> float:
        """Through both halves of the channels [kg/s]."""
        return 2 * self.flow.flow["outlet"] * self.flow.problem.rho


def half_flow(mesh: ElementMesh, rho: float, mu: float, flow: float) -> FlowProblem:
    """Half of ``flow`` [m³/s] through the lower half of a plate's channels, ``mesh`` a ``PlateGrid.flow`` or it refined; ``rho`` [kg/m³], ``mu`` [Pa s].

    It enters developed and leaves at pressure 0.
    """
    return FlowProblem(
        mesh, rho, mu, inlets={"inlet": DevelopedInlet(flow / 2)}, walls=("wall",), symmetry=("middle",), outlets={"outlet": 0.0}
    )


@one_thread()
def solve_plate(plate: ChannelPlate, conditions: PlateConditions, fineness: Fineness) -> PlateSolution:
    """Flow on the lower half of the channels, then heat in the whole plate.

    Errors (``mesh_error``): what is left of the difference between the last two meshes, of the pressure at the order that the corners allow, of the highest
    temperature at HIGHEST_ORDER, of the mean at FILM_ORDER (the highest is no surer than the mean); with a single mesh
    (of ``Fineness.meshes``, or no steady flow on the coarser ones) nothing is known and all of the number is its error. Raises SolveError for what is refused, NotConverged; SolveError where mass or energy do not close.
    """
    c = conditions
    for what, value in (("flow", c.flow), ("rho", c.rho), ("cp", c.cp), ("k", c.k), ("mu", c.mu), ("conductivity", c.conductivity)):
        if not (np.isfinite(value) and value > 0):
            raise SolveError(f"{what} of a plate must be positive, got {value:g}")
    meshes = fineness.meshes
    grids = [plate_grid(plate, one) for one in meshes]
    flows = solve_flow_on(half_flow(grids[0].flow, c.rho, c.mu, c.flow), [finest_flow_mesh(grid) for grid in grids], MOMENTUM)[-2:]
    flow = flows[-1]
    mass = abs(flow.flow["outlet"] / (c.flow / 2) - 1)
    if mass > MASS:
        raise SolveError(f"mass does not close: {mass:.1e} of the flow")
    ratio = meshes[-1].over(meshes[-2]) if len(flows) > 1 else np.inf
    heats = [plate_heat(c, g, f) for g, f in zip(grids[-len(flows) :], flows, strict=True)]
    best = heats[-1]
    if best.imbalance > ENERGY:
        raise SolveError(f"energy does not close: {best.imbalance:.1e} of the heat")
    order = _order(plate, fineness)
    duct = duct_drop(plate, c)
    drops = [f.mean_pressure["inlet"] - f.mean_pressure["outlet"] - duct for f in flows]
    means = [h.mean["top"] for h in heats]
    hottest = estimated([h.highest["top"] for h in heats], c.T_in, HIGHEST_ORDER, ratio)
    apart = mean_difference(heats, "top")
    return PlateSolution(
        estimated(drops, 0.0, order, ratio, told_by_velocities(flows, ratio, BEND_ORDER if plate.turns else SMOOTH_ORDER)),
        best.T_out["outlet"],
        # a maximum is no surer than the mean, though it may move less
        Estimated(hottest.value, max(hottest.error, left(apart, HIGHEST_ORDER, ratio))),
        estimated(means, c.T_in, FILM_ORDER, ratio, left(apart, FILM_ORDER, ratio)),
        best.to_coolant,
        mass,
        best.imbalance,
        flow.reynolds or 0.0,
        flow,
        best,
        grids[-1],
        flows[-2] if len(flows) > 1 else None,
    )


def _order(plate: ChannelPlate, fineness: Fineness) -> float:
    """Order of the pressure's error that the channel's shape allows."""
    if plate.turns:
        return ARC_ORDER
    return DUCT_ORDER if len(plate.channels) == 1 else RINGED_ORDER if fineness.corners else CORNER_ORDER


def duct_drop(plate: ChannelPlate, conditions: PlateConditions) -> float:
    """Developed friction [Pa] of the duct behind the plate's edge. What else is lost there, the outlet's eddies, is the plate's."""
    width, height = plate.outlet.high - plate.outlet.low, plate.z[2] - plate.z[1]
    area, D_h = width * height, 2 * width * height / (width + height)
    f_Re = float(laminar_f_Re(np.array(min(width, height) / max(width, height))))
    return 2 * f_Re * conditions.mu * conditions.flow / area / D_h**2 * plate.duct_length


def plate_heat(conditions: PlateConditions, grid: PlateGrid, flow: FlowSolution) -> ConjugateSolution:
    """Temperatures of the whole plate at the ``flow`` through the lower half of its channels, solved on the same lines. Raises as ``solve_heat``."""
    c = conditions
    nodes, element_nodes = quadratic_nodes(grid.heat.points, grid.heat.elements)
    velocity = np.zeros(nodes.shape)
    wet = np.unique(element_nodes[grid.fluid])
    velocity[wet] = unfolded(flow.velocity, flow.nodes, nodes[wet], 2, grid.middle)
    problem = ConjugateProblem(
        grid.heat, grid.fluid, np.where(grid.fluid, c.k, c.conductivity), c.rho * c.cp, velocity, c.T_in, ("inlet",), ("outlet",),
        flux=c.flux, placed=c.placed, convection=c.convection,
    )  # fmt: skip
    return solve_heat(problem)
