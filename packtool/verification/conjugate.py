"""Verification of heat in flowing coolant and the plate around it: exact solutions, and the three-pass serpentine of two other codes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from packtool.coldplate.flow3d.conjugate import solve_heat
from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.duct import plates_profile
from packtool.coldplate.flow3d.heat_records import ConjugateProblem, ConjugateSolution
from packtool.coldplate.flow3d.plate import LEVELS, ChannelPlate, Face, Rectangle
from packtool.coldplate.flow3d.plate_solve import PlateConditions, PlateSolution, solve_plate
from packtool.coldplate.flow3d.probe import bulk, wall_slope
from packtool.fem.lattice import graded, grid, joined
from packtool.mesh.records import Floats
from packtool.results import ZERO_CELSIUS
from packtool.verification.flow_meshes import renamed
from packtool.verification.records import Row, VerificationCase


def _mm(*values: float) -> Rectangle:
    a, b, c, d = values
    return a * 1e-3, b * 1e-3, c * 1e-3, d * 1e-3


SERPENTINE = ChannelPlate(
    _mm(0, 0, 110, 50),
    (_mm(0, 5, 105, 15), _mm(95, 5, 105, 30), _mm(5, 20, 105, 30), _mm(5, 20, 15, 45), _mm(5, 35, 110, 45)),
    _mm(0, 1, 4, 5),
    Face(0, 0.0, 5e-3, 15e-3),
    Face(0, 110e-3, 35e-3, 45e-3),
)
"""Three passes of 10 x 3 mm, ribs and margins of 5 mm, skins of 1 mm."""

SERPENTINE_CONDITIONS = PlateConditions(
    flow=0.5e-3 / 60, rho=1062.0, cp=3338.0, k=0.392, mu=3.16e-3, T_in=25.0 + ZERO_CELSIUS, conductivity=200.0, flux={"top": 5000.0}
)
"""0.5 L/min of 50 % glycol with constant properties, 5 kW/m² on top."""


REFERENCE = {"pressure_drop_Pa": 646.5, "top_max_degC": 28.69, "top_mean_degC": 28.21}
"""Of two other finite-element codes, given with +- 1.5 Pa and 0.02 K."""

CONVERGED = {"pressure_drop_Pa": 646.4, "top_max_degC": 28.69, "top_mean_degC": 28.20}
"""Where this code's own meshes lead, within about 0.5 Pa, 0.02 and 0.02 K, told apart from REFERENCE (benchmarks/serpentine_reference.py): with five rings of ever
smaller elements about the inner corners, so that their slow order is gone, and 4 elements over half the height, 6, 8 and 10 across give 644.28, 646.49
and 646.07 Pa, highest 28.801, 28.706 and 28.687, mean 28.223, 28.179 and 28.193 degC; 6 over half the height add 0.18 Pa, 0.001 and 0.004 K. Both agree
with REFERENCE. Meshes without rings rise past it (651.0 and 652.9 Pa with 6 and 8 across), as NGSolve's do (650.1 and 651.7)."""


MOST_OFF_PA = {"coarse": 0.01 * REFERENCE["pressure_drop_Pa"], "normal": 1.5}
"""Of the pressure drop by level: 1 % where little time is spent, the reference's own band on the default mesh."""


def serpentine(level: str) -> PlateSolution:
    """The three-pass serpentine at a fineness by name."""
    return solve_plate(SERPENTINE, SERPENTINE_CONDITIONS, LEVELS[level])


def graetz(across: int, along: int, x_star: Floats) -> tuple[ConjugateSolution, Floats]:
    """Developed flow between plates 1 apart whose wall is 1 K warmer, Pe 1e4 on twice the gap: half the gap, grid lines at x* D_h Pe."""
    Pe = 1e4
    stations = x_star * 2 * Pe
    x = np.concatenate([[0.0], np.geomspace(0.2 * stations[0], stations[0], along)])
    for a, b in pairwise(stations):
        x = np.concatenate([x, np.geomspace(a, b, along + 1)[1:]])
    mesh = grid([x, graded(0.0, 0.5, across, 4.0, False)])
    nodes, _ = quadratic_nodes(mesh.points, mesh.elements)
    velocity = np.zeros(nodes.shape)
    velocity[:, 0] = Pe / 2 * plates_profile(nodes[:, 1] - 0.5, 1.0)
    n = len(mesh.elements)
    problem = ConjugateProblem(
        mesh, np.ones(n, dtype=bool), np.ones(n), 1.0, velocity, 300.0, ("x-",), ("x+",), temperature={"y-": 301.0}
    )
    return solve_heat(problem), stations


def _c6() -> Iterator[Row]:
    x_star = np.array([0.0005, 0.001, 0.005, 0.01, 0.05, 0.1])
    wanted = (0.95424691, 0.92773557, 0.79258291, 0.67503190, 0.20148025, 0.04459185)
    local = (15.830029, 12.821726, 8.516640, 7.740496, 7.540702, 7.540701)
    solution, stations = graetz(6, 4, x_star)
    for x, station, theta, nusselt in zip(x_star, stations, wanted, local, strict=True):
        place = np.array([station, 0.0])
        mean = bulk(solution, 0, place, 1) - 300.0
        yield Row("C6", f"1 - theta_m at x* = {x:g}", mean, 1 - theta, 5e-3, "-")
        film = -wall_slope(solution, place, 1) / (1.0 - mean)  # k 1; the wall is 1 K over the inlet
        yield Row("C6", f"Nu at x* = {x:g}", film * 2, nusselt, 5e-3, "-")  # D_h is twice the gap of 1


def _d4() -> Iterator[Row]:
    height, length, k_fluid, k_solid, q = 2e-3, 0.4, 0.6, 160.0, 5000.0
    lines = [
        np.linspace(0.0, length, 31),
        np.linspace(0.0, 1e-3, 2),
        joined(graded(0.0, height, 4, 3.0), np.array([height, 2 * height])),
    ]
    low, high = np.array([-1.0, -1.0, -1.0]), np.array([1.0, 1.0, height])
    mesh = renamed(grid(lines), {"in": ("x-", low, high), "out": ("x+", low, high)})
    fluid = mesh.points[mesh.elements].mean(axis=1)[:, 2] < height
    nodes, _ = quadratic_nodes(mesh.points, mesh.elements)
    velocity = np.zeros(nodes.shape)
    wet = nodes[:, 2] < height
    velocity[wet, 0] = 0.005 * plates_profile(nodes[wet, 2] - height / 2, height)  # Pe 140: developed within a tenth of the length
    problem = ConjugateProblem(
        mesh, fluid, np.where(fluid, k_fluid, k_solid), 4.18e6, velocity, 300.0, ("in",), ("out",), flux={"z+": q}
    )
    solution = solve_heat(problem)
    place = np.array([length / 2, 0.0, 0.0])
    on = np.flatnonzero((np.abs(solution.nodes[:, :2] - place[:2]) < 1e-9).all(axis=1))
    order = on[np.argsort(solution.nodes[on, 2])]
    mean = bulk(solution, 0, place, 2)
    yield Row("D4", "heated face over coolant", float(solution.T[order[-1]]) - mean, 6.25297619, 3e-3, "K")
    yield Row("D4", "far wall over coolant", float(solution.T[order[0]]) - mean, -2.14285714, 3e-3, "K")


def _serpentine() -> Iterator[Row]:
    c = SERPENTINE_CONDITIONS
    outlet = 25.0 + c.flux["top"] * 0.11 * 0.05 / (c.flow * c.rho * c.cp)
    for level, most_Pa in MOST_OFF_PA.items():
        found = serpentine(level)
        drop, hottest, mean = found.pressure_drop, found.top_max, found.top_mean
        for name, value, reference, tolerance, unit, estimate in (
            ("pressure drop", drop.value, REFERENCE["pressure_drop_Pa"], most_Pa, "Pa", drop.error),
            ("outlet", found.T_out - ZERO_CELSIUS, outlet, 5e-5, "degC", None),
            ("highest on top", hottest.value - ZERO_CELSIUS, REFERENCE["top_max_degC"], 0.1, "degC", hottest.error),
            ("mean on top", mean.value - ZERO_CELSIUS, REFERENCE["top_mean_degC"], 0.1, "degC", mean.error),
            ("mass", found.mass_imbalance, 0.0, 1e-8, "-", None),
            ("energy", found.energy_imbalance, 0.0, 1e-6, "-", None),
        ):
            yield Row("D8-3d", f"{name}, {level}", value, reference, tolerance, unit, "absolute", estimate=estimate)


CASES: tuple[VerificationCase, ...] = (
    VerificationCase("C6", "Graetz problem between plates", "eigenfunction expansion", _c6),
    VerificationCase("D4", "Heated plate on a channel, conjugate", "exact: Nu 140/26", _d4),
    VerificationCase("D8-3d", "Three-pass serpentine, conjugate flow", "two finite-element codes", _serpentine),
)
