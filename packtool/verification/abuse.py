"""Verification of heat that feeds on temperature: the limits of Frank-Kamenetskii and Semenov, and one Arrhenius reaction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.errors import NotConverged
from packtool.mesh.bodies import mesh_cylinder, mesh_layers, mesh_sphere
from packtool.mesh.boxes import mesh_boxes
from packtool.mesh.records import Floats, TaggedMesh
from packtool.thermal.general.accuracy import with_errors
from packtool.thermal.general.problem import HeatProblem, conduction
from packtool.thermal.general.steady import solve_steady
from packtool.thermal.general.transient import solve_transient
from packtool.verification.records import Row, VerificationCase

WALL = 300.0
"""theta = T - WALL [K]: the problem is dimensionless, and temperatures are above 0 K."""

GAS_CONSTANT = 8.314462618
"""J/mol/K, CODATA 2018, exact."""

FRANK_KAMENETSKII = {
    "slab": (0.8784576797, {0.3: 0.173323264, 0.5: 0.328952421, 0.8: 0.746458908}),
    "cylinder": (2.0, {0.5: 0.138672928, 1.0: 0.316694368, 1.9: 0.982688584}),
    "sphere": (3.321992118, {1.0: 0.190266041, 2.0: 0.456939494, 3.0: 0.958422380}),
}
"""F4: delta_c, and theta in the middle by delta."""


def self_heating(body: str, delta: float, n: int) -> HeatProblem:
    """theta'' + delta exp(theta) = 0 in a body of half-thickness or radius 1, theta = 0 at its surface; ``n`` elements across."""
    meshes: dict[str, TaggedMesh] = {
        "slab": mesh_layers([("body", 1.0)], divisions=n),
        "cylinder": mesh_cylinder([("body", 1.0)], height=1.0, divisions=(n, 1)),
        "sphere": mesh_sphere([("body", 1.0)], divisions=n),
    }
    surface = "end" if body == "slab" else "outer"
    return conduction(meshes[body], 1.0, source=lambda T: delta * np.exp(T - WALL), temperature={surface: WALL})


def solves(problem: HeatProblem, guess: float = WALL) -> bool:
    """Whether a steady state is found."""
    try:
        solve_steady(problem, degree=2, guess=guess)
    except NotConverged:
        return False
    return True


def _frank_kamenetskii() -> Iterator[Row]:
    for body, (critical, known) in FRANK_KAMENETSKII.items():
        low, high = 0.9 * critical, 1.1 * critical
        if solves(self_heating(body, high, 8)) or not solves(self_heating(body, low, 8)):
            low = high = float("nan")
        while high - low > 2e-4 * critical:
            middle = (low + high) / 2
            low, high = (middle, high) if solves(self_heating(body, middle, 8)) else (low, middle)
        yield Row("F4", f"{body}, delta_c", (low + high) / 2, critical, 0.002, "-", estimate=1e-4 * critical)
        for delta, reference in known.items():
            run = lambda n, d=delta: {"theta": solve_steady(self_heating(body, d, n), degree=2).at(0.0) - WALL}  # noqa: B023, E731
            number = with_errors(run, 8, degree=2)["theta"]
            yield Row("F4", f"{body}, delta {delta:g}", number.value, reference, 0.002, "-", estimate=number.error)


def semenov(T_ambient: float) -> HeatProblem:
    """F5: a lump (k large) that makes q0 exp(-E / R T) and is cooled by h S."""
    volume, surface, h, q0, E = 3.88e-4, 0.0436, 10.0, 1e20, 1.4e5
    side = volume ** (1 / 3)
    mesh = mesh_boxes({"lump": (0, 0, 0, side, side, side)}, divisions=1, boundaries={"xmax": "cooled"})
    return conduction(
        mesh,
        1e6,
        source=lambda T: q0 * np.exp(-E / (GAS_CONSTANT * np.maximum(T, 1.0))),
        convection={"cooled": (h * surface / side**2, T_ambient)},
    )


def _semenov() -> Iterator[Row]:
    critical, low, high = 448.799441, 440.0, 460.0
    while high - low > 2e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if solves(semenov(middle), guess=middle) else (low, middle)
    yield Row("F5", "critical ambient", (low + high) / 2, critical, 0.05, "K", "absolute", estimate=1e-3)
    solution = solve_steady(semenov(critical - 2), guess=critical - 2)
    lumped = solution.maximum().T - solution.minimum().T  # what the large, finite k leaves
    yield Row("F5", "T 2 K below it", solution.mean(), 453.438804, 0.05, "K", "absolute", estimate=lumped)


def ignition_times(tolerance_K: float) -> dict[float, float]:
    """F1: times [s] at which an adiabatic lump that reacts by n = 1, A exp(-E / R T), has reacted to a share alpha.

    Adiabatic, its temperature tells how far it has reacted: alpha = (T - T0) / rise.
    """
    A, E, rise, T0, rho_cp = 5e13, 1.35e5, 400.0, 393.15, 2e6

    def made(T: Floats) -> Floats:
        left = np.maximum(1 - (T - T0) / rise, 0.0)
        return rho_cp * rise * left * A * np.exp(-E / (GAS_CONSTANT * np.maximum(T, 1.0)))

    mesh = mesh_layers([("lump", 1.0)], divisions=1)
    problem = conduction(mesh, 1e6, source=lambda T: made(T), rho_cp=rho_cp)
    run = solve_transient(problem, T0, 450.0, tolerance_K=tolerance_K, sensors={"lump": 0.5}, time_error=False)
    alpha = (run.sensors["lump"] - T0) / rise
    return {share: float(np.interp(share, alpha, run.step_times)) for share in (0.05, 0.5, 0.99)}


def _one_reaction() -> Iterator[Row]:
    fine, coarse = ignition_times(5e-4), ignition_times(8 * 5e-4)  # steps twice as long, errors four times as large
    for (share, time), reference in zip(fine.items(), (373.898377, 444.408937, 444.411124), strict=True):
        estimate = abs(time - coarse[share]) / 3
        yield Row("F1", f"t at alpha {share:g}", time, reference, 0.002, "s", estimate=estimate)


def abuse_cases() -> tuple[VerificationCase, ...]:
    """F1, F4, F5."""
    return (
        VerificationCase("F1", "One Arrhenius reaction, adiabatic", "quadrature", _one_reaction),
        VerificationCase(
            "F4", "Frank-Kamenetskii: self-heating slab, cylinder, sphere", "classical closed forms", _frank_kamenetskii
        ),
        VerificationCase("F5", "Semenov: self-heating lump", "closed form", _semenov),
    )
