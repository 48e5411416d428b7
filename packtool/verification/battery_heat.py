"""Verification of battery heat in time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.transient import solve_transient
from packtool.verification.records import Row, VerificationCase

ZERO_CELSIUS = 273.15


def bernardi_temperatures(tolerance_K: float = 1e-3) -> tuple[float, float, float]:
    """A lumped cell (k large) with I²R and entropic heat, at 600, 1800 and 3600 s [degC]."""
    side, current, R, dU_dT, heat_capacity, hA = 0.1, 100.0, 1.2e-3, -2e-4, 1.9 * 1050.0, 0.9
    mesh = mesh_boxes(
        [Box("cell", "cell", "lumped", 0, 0, 0, side, side, side)], divisions=(1, 1, 1), boundaries={"xmax": "cooled"}
    )
    entropic = -current * dU_dT  # W/K: Q = I²R - I T dU/dT, discharge positive
    problem = ConductionProblem(
        mesh,
        np.eye(3)[None] * 1e6,
        Heat(lambda T: (current**2 * R + entropic * T, np.array([entropic]))),
        convection={"cooled": Convection(hA / side**2, 25.0 + ZERO_CELSIUS)},
        rho_cp=np.array([heat_capacity / side**3]),
    )
    solution = solve_transient(problem, 25.0 + ZERO_CELSIUS, (600.0, 1800.0, 3600.0), tolerance_K=tolerance_K)
    a, b, c = (float(T.mean()) - ZERO_CELSIUS for T in solution.T)
    return a, b, c


def _bernardi() -> Iterator[Row]:
    references = (29.74660895, 36.18523677, 41.24140941)
    for time, value, reference in zip((600, 1800, 3600), bernardi_temperatures(), references, strict=True):
        yield Row("E1", f"T at {time} s", value, reference, 0.05, "degC", "absolute")


def battery_heat_cases() -> tuple[VerificationCase, ...]:
    """E1."""
    return (VerificationCase("E1", "Bernardi heat of a lumped cell in time", "closed form of the linear ODE", _bernardi),)
