"""Verification of heat in time: prescribed temperatures, flux, convection and radiation on slabs, cylinders, spheres and boxes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.mesh.bodies import mesh_cylinder, mesh_layers, mesh_sphere
from packtool.mesh.boxes import mesh_boxes
from packtool.mesh.grid_lines import Counts
from packtool.mesh.records import TaggedMesh
from packtool.results import ZERO_CELSIUS
from packtool.thermal.general.accuracy import mesh_error
from packtool.thermal.general.problem import conduction
from packtool.thermal.general.transient import HeatHistory, solve_transient
from packtool.verification.records import Row, VerificationCase

Numbers = dict[str, tuple[float, float]]
"""By name: a value and the error of its time steps."""


def with_mesh_errors(runs: list[Numbers], degree: int) -> Numbers:
    """The numbers of the finest of three runs (divisions n, n / 2, n / 4), each with mesh and time error together."""
    fine, half, quarter = runs
    return {
        name: (value, time + mesh_error(value, half[name][0], quarter[name][0], degree)) for name, (value, time) in fine.items()
    }


def at_end(history: HeatHistory, points: dict[str, float | list[float]], shift: float) -> Numbers:
    """Temperature less ``shift`` at the last output, by name of point."""
    return {
        name: (float(history.at(point)[-1]) - shift, float(history.error_at(point)[-1])) for name, point in points.items()
    }  # fmt: skip


def _nafems_t3() -> Iterator[Row]:
    def run(n: int) -> Numbers:
        problem = conduction(
            mesh_layers([("bar", 0.1)], divisions=n),
            35.0,
            rho_cp=440.5 * 7200,
            temperature={"start": ZERO_CELSIUS, "end": lambda t: ZERO_CELSIUS + 100 * np.sin(np.pi * t / 40)},
        )
        history = solve_transient(problem, ZERO_CELSIUS, 32.0, degree=2, tolerance_K=1e-3)
        return at_end(history, {"T(0.08 m, 32 s)": 0.08, "T(0.05 m, 32 s)": 0.05}, ZERO_CELSIUS)

    found = with_mesh_errors([run(n) for n in (40, 20, 10)], 2)
    for name, reference in (("T(0.08 m, 32 s)", 36.6031070), ("T(0.05 m, 32 s)", 3.3742364)):
        yield Row("B1", name, found[name][0], reference, 0.002, "degC", estimate=found[name][1])


ONE_TERM = {
    "slab": (0.7725263834, 0.5045219279, 0.6811045654),
    "cylinder": (0.5485862039, 0.3527858375, 0.4473842636),
    "sphere": (0.3707774298, 0.2360496693, 0.2870005165),
}
"""B2: theta at the centre, at the surface and in the mean, Bi = 1, Fo = 0.5."""


def convected(body: str, n: int, degree: int = 2) -> Numbers:
    """B2's theta of a body of half-thickness or radius 1 m, from 400 K into 300 K; ``n`` elements from centre to surface."""
    meshes: dict[str, TaggedMesh] = {
        "slab": mesh_layers([("body", 1.0)], divisions=n),
        "cylinder": mesh_cylinder([("body", 1.0)], height=1.0, divisions=(n, 1)),
        "sphere": mesh_sphere([("body", 1.0)], divisions=n),
    }
    surface = "end" if body == "slab" else "outer"
    problem = conduction(meshes[body], 1.0, rho_cp=1.0, convection={surface: (1.0, 300.0)})
    history = solve_transient(problem, 400.0, 0.5, degree=degree)
    points = at_end(history, {"centre": 0.0, "surface": 1.0}, 300.0)
    points["mean"] = (
        float(history.mean()[-1]) - 300.0,
        float(history.time_error[-1].max()) if history.time_error is not None else 0,
    )
    return {name: (value / 100, error / 100) for name, (value, error) in points.items()}


def _convected_bodies() -> Iterator[Row]:
    for body, references in ONE_TERM.items():
        found = with_mesh_errors([convected(body, n) for n in (16, 8, 4)], 2)
        for name, reference in zip(("centre", "surface", "mean"), references, strict=True):
            yield Row("B2", f"{body}, {name}", found[name][0], reference, 0.002, "-", estimate=found[name][1])


def _half_space_with_flux() -> Iterator[Row]:
    k, alpha = 45.0, 1.4e-5

    def run(n: int) -> Numbers:  # 0.5 m is 12 times the depth sqrt(4 alpha t) that the heat reaches
        mesh = mesh_layers([("steel", 0.5)], divisions=Counts(n, 1.1 ** (40 / n), "start"))
        problem = conduction(mesh, k, rho_cp=k / alpha, flux={"start": 3.2e5})
        history = solve_transient(problem, 35.0 + ZERO_CELSIUS, 30.0, degree=2, tolerance_K=5e-3)
        return at_end(history, {"T(25 mm, 30 s)": 0.025, "T(surface, 30 s)": 0.0}, ZERO_CELSIUS)

    found = with_mesh_errors([run(n) for n in (40, 20, 10)], 2)
    for name, reference in (("T(25 mm, 30 s)", 79.3141588), ("T(surface, 30 s)", 199.4436732)):
        yield Row("B3", name, found[name][0], reference, 0.001, "degC", scale=reference - 35.0, estimate=found[name][1])


def _half_space_with_convection() -> Iterator[Row]:
    def run(n: int) -> Numbers:  # 0.3 m is 9 times the depth that the heat reaches
        mesh = mesh_layers([("solid", 0.3)], divisions=Counts(n, 1.1 ** (40 / n), "start"))
        problem = conduction(mesh, 1.0, rho_cp=1e6, convection={"start": (50.0, 80.0 + ZERO_CELSIUS)})
        history = solve_transient(problem, 20.0 + ZERO_CELSIUS, 300.0, degree=2)
        return at_end(history, {"T(5 mm, 300 s)": 0.005, "T(surface, 300 s)": 0.0}, ZERO_CELSIUS)

    found = with_mesh_errors([run(n) for n in (40, 20, 10)], 2)
    for name, reference in (("T(5 mm, 300 s)", 45.3347308), ("T(surface, 300 s)", 51.9703234)):
        yield Row("B4", name, found[name][0], reference, 0.001, "degC", scale=reference - 20.0, estimate=found[name][1])


def _cooled_plate() -> Iterator[Row]:
    """An eighth of the plate; its planes of symmetry are adiabatic."""

    def run(n: int) -> Numbers:
        mesh = mesh_boxes(
            {"eighth": (0, 0, 0, 0.15, 0.15, 0.025)},
            divisions=(n, n, n),
            boundaries={"xmax": "cooled", "ymax": "cooled", "zmax": "cooled"},
        )
        problem = conduction(mesh, 215.0, rho_cp=2.43e6, convection={"cooled": (525.0, 70.0 + ZERO_CELSIUS)})
        history = solve_transient(problem, 200.0 + ZERO_CELSIUS, 60.0, degree=2, tolerance_K=5e-3)
        return at_end(history, {"T(12.5 mm, 60 s)": [0, 0, 0.0125]}, ZERO_CELSIUS)

    found = with_mesh_errors([run(n) for n in (4, 2, 1)], 2)
    value, error = found["T(12.5 mm, 60 s)"]
    yield Row("B5", "T(12.5 mm, 60 s)", value, 143.82119, 0.002, "degC", scale=143.82119 - 200.0, estimate=error)


def _radiating_lump() -> Iterator[Row]:
    side = 0.1  # six faces of 0.01 m²: A = 0.06 m²; k is large, so the lump is one temperature
    mesh = mesh_boxes({"lump": (0, 0, 0, side, side, side)}, divisions=1)
    problem = conduction(mesh, 1e6, rho_cp=1.0 * 900.0 / side**3, radiation={"lump.*": (0.9, 300.0)})
    history = solve_transient(problem, 900.0, (60.0, 300.0, 900.0), tolerance_K=2e-3)
    references = (797.134481, 613.490002, 467.779671)
    if history.time_error is None:
        return
    for time, T, error, reference in zip(history.times, history.mean(), history.time_error.max(axis=1), references, strict=True):
        yield Row("B8", f"T at {time:g} s", float(T), reference, 0.001, "K", scale=reference - 300.0, estimate=float(error))


def transient_cases() -> tuple[VerificationCase, ...]:
    """B1 to B5, B8."""
    return (
        VerificationCase(
            "B1", "NAFEMS T3: bar with a sinusoidal end temperature", "NAFEMS T3; series; MOOSE nafems_t3", _nafems_t3
        ),
        VerificationCase(
            "B2", "Slab, cylinder and sphere cooled by convection, Bi = 1, Fo = 0.5", "eigen series", _convected_bodies
        ),
        VerificationCase(
            "B3", "Half space with a heat flux", "Holman example 4-2; PTC mvtt001; closed form", _half_space_with_flux
        ),
        VerificationCase("B4", "Half space with convection", "Carslaw and Jaeger", _half_space_with_convection),
        VerificationCase("B5", "Plate cooled on six faces", "product of series", _cooled_plate),
        VerificationCase("B8", "Lump that radiates", "quadrature", _radiating_lump),
    )
