"""Verification of battery heat in time."""

from __future__ import annotations

from collections.abc import Iterator

from packtool.mesh.boxes import mesh_boxes
from packtool.results import ZERO_CELSIUS
from packtool.thermal.general.problem import conduction
from packtool.thermal.general.transient import solve_transient
from packtool.verification.records import Row, VerificationCase

REFERENCES = {600.0: 29.74660895, 1800.0: 36.18523677, 3600.0: 41.24140941}
"""Temperature [degC] at times [s] of case E1."""


def _bernardi() -> Iterator[Row]:
    """A lumped cell (k large) with I²R and entropic heat: Q = I²R - I T dU/dT, discharge positive."""
    side, current, R, dU_dT, heat_capacity, hA = 0.1, 100.0, 1.2e-3, -2e-4, 1.9 * 1050.0, 0.9
    mesh = mesh_boxes({"cell": (0, 0, 0, side, side, side)}, divisions=1, boundaries={"xmax": "cooled"})
    problem = conduction(
        mesh,
        1e6,
        {"cell": lambda T: current**2 * R - current * T * dU_dT},
        convection={"cooled": (hA / side**2, 25.0 + ZERO_CELSIUS)},
        rho_cp=heat_capacity / side**3,
    )
    history = solve_transient(problem, 25.0 + ZERO_CELSIUS, tuple(REFERENCES))
    errors = history.time_error.max(axis=1) if history.time_error is not None else ()
    for time, T, error, reference in zip(history.times, history.mean(), errors, REFERENCES.values(), strict=True):
        yield Row("E1", f"T at {time:g} s", float(T) - ZERO_CELSIUS, reference, 0.05, "degC", "absolute", estimate=float(error))


def battery_heat_cases() -> tuple[VerificationCase, ...]:
    """E1."""
    return (VerificationCase("E1", "Bernardi heat of a lumped cell in time", "closed form of the linear ODE", _bernardi),)
