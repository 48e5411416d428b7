"""Conductivity and heat capacity that depend on temperature in the pack's solver: closed forms, balances, steps of the derivative."""

from __future__ import annotations

import numpy as np
import pytest
from heat_meshes import bar, problem

from packtool.errors import SolveError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.general.capacity import PhaseChange
from packtool.thermal.general.values import Table
from packtool.thermal.material_law import MaterialLaw
from packtool.thermal.part_flows import part_flows
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.steady import solve_steady
from packtool.thermal.transient import solve_transient

pytestmark = pytest.mark.fem


def rising(k0: float, slope: float, T0: float = 300.0, to: float = 700.0) -> Table:
    """k0 (1 + slope (T - T0)), which a table of two points is exactly."""
    return Table("T", (200.0, to), tuple(k0 * (1 + slope * (T - T0)) for T in (200.0, to)))


def test_a_slab_whose_conductivity_grows_with_temperature():
    # Kirchhoff: theta + slope theta²/2 is that of a constant k; q at x = 0, 300 K at the other end
    k0, slope, q, L = 1.5, 0.004, 3e4, 0.02
    law = MaterialLaw("slab", rising(k0, slope))
    mesh = bar(L, 8)
    solution = solve_steady(problem(mesh, k=(k0,), flux={"xmin": q}, temperature={"xmax": 300.0}, laws={0: law}), rtol=1e-10)
    x = mesh.points[:, 0]
    exact = 300 + (np.sqrt(1 + 2 * slope * q * (L - x) / k0) - 1) / slope
    # the mean k of an element's Gauss points is that of its ends: exact at the nodes
    assert np.abs(solution.T - exact).max() < 1e-6
    assert solution.balance.imbalance < 1e-9
    assert solution.outer_iterations <= 8  # Newton's method, quadratic at the end


def test_axes_have_laws_of_their_own():
    # k(T) along x only: across y it conducts as it did
    mesh = mesh_boxes(
        [Box("a", "cell", "x", 0, 0, 0, 0.1, 0.1, 0.1)],
        divisions=(4, 4, 4),
        boundaries={n: n for n in ("xmin", "xmax", "ymin", "ymax")},
    )
    law = MaterialLaw("cell", (rising(2.0, 0.008), 20.0, 20.0))
    ways = {}
    for axis in "xy":
        given = ConductionProblem(
            mesh, np.diag([2.0, 20.0, 20.0])[None], flux={f"{axis}min": 1e3}, temperature={f"{axis}max": 300.0}, laws={0: law}
        )
        ways[axis] = float(np.ptp(solve_steady(given).T))
    assert ways["y"] == pytest.approx(1e3 * 0.1 / 20.0, rel=1e-7)
    rise = (np.sqrt(1 + 2 * 0.008 * 1e3 * 0.1 / 2.0) - 1) / 0.008
    assert ways["x"] == pytest.approx(rise, rel=2e-3)  # four elements


def test_warming_takes_the_integral_of_the_capacity():
    # one lump, insulated: the heat put in is the enthalpy between start and end
    table = Table("T", (250.0, 350.0, 450.0), (1e6, 2e6, 6e6))
    mesh = bar(0.1, 4)
    volume = 0.1 * 1e-4
    heat = Heat(lambda T: (np.array([200.0]), np.zeros(1)))
    given = problem(mesh, k=(1e4,), rho_cp=np.array([2e6]), laws={0: MaterialLaw("lump", rho_cp=table)}, heat=heat)
    solution = solve_transient(given, 300.0, [6.0])
    # from 300 K: 50 (1.5e6 + 2e6)/2 up to 350 K, then 2e6 d + 2e4 d²
    left = 200.0 * 6.0 / volume - 50 * 1.75e6
    d = (-2e6 + np.sqrt(4e12 + 8e4 * left)) / 4e4
    assert solution.T[0] == pytest.approx(np.full(len(mesh.points), 350 + d), abs=2e-3)  # the steps' tolerance
    assert solution.balance.imbalance < 1e-6


def melting_slab(n: int, width: float) -> tuple:
    """Neumann's problem: solid at its melting point, its face at 330 K from t = 0; lambda from Stefan's equation."""
    rho, cp, L, k, T_melt, T_face = 800.0, 2000.0, 160e3, 0.2, 310.0, 330.0
    length = 0.02
    mesh = bar(length, n)
    law = MaterialLaw("wax", rho_cp=PhaseChange(rho * cp, rho * cp, rho * L, T_melt - width / 2, T_melt + width / 2))
    given = problem(mesh, k=(k,), rho_cp=np.array([rho * cp]), temperature={"xmin": T_face}, laws={0: law})
    return mesh, given, (rho, cp, L, k, T_melt, T_face)


def test_a_melting_front_goes_as_neumann_says():
    width = 0.5
    mesh, given, (rho, cp, L, k, T_melt, T_face) = melting_slab(24, width)
    from scipy.optimize import brentq
    from scipy.special import erf

    stefan = cp * (T_face - T_melt) / L
    root = brentq(lambda x: x * np.exp(x * x) * erf(x) - stefan / np.sqrt(np.pi), 1e-3, 2.0)
    alpha, t = k / (rho * cp), 600.0
    front = 2 * root * np.sqrt(alpha * t)
    solution = solve_transient(given, T_melt - width / 2, [t], tolerance_K=0.05)
    x = mesh.points[:, 0]
    exact = np.where(x < front, T_face - (T_face - T_melt) * erf(x / np.sqrt(4 * alpha * t)) / erf(root), T_melt)
    assert np.abs(solution.T[0] - exact).max() < 0.9  # the range of melting, and one element of the front
    assert solution.balance.imbalance < 1e-6
    area = 1e-4
    into = k * (T_face - T_melt) / erf(root) * np.sqrt(t / (np.pi * alpha)) * 2 * area  # heat through the face
    first = area * 0.02 / 24 * rho * (L + cp * 20)  # the face's warmth at t = 0 is that of its elements
    assert -solution.balance.to_boundaries["xmin"] == pytest.approx(into, abs=first)


def test_a_body_melts_as_long_as_its_latent_heat_lasts():
    volume, latent, rho_cp, power = 0.1 * 1e-4, 128e6, 1.6e6, 20.0
    mesh = bar(0.1, 4)
    law = MaterialLaw("wax", rho_cp=PhaseChange(rho_cp, rho_cp, latent, 309.5, 310.5))
    heat = Heat(lambda T: (np.array([power]), np.zeros(1)))
    given = problem(mesh, k=(1e4,), rho_cp=np.array([rho_cp]), laws={0: law}, heat=heat)
    begins, ends = (volume * joules / power for joules in (rho_cp * 9.5, rho_cp * 10.5 + latent))
    solution = solve_transient(given, 300.0, [begins, ends], tolerance_K=1e-3)
    assert solution.region_mean[np.isin(solution.step_times, [begins, ends]), 0] == pytest.approx([309.5, 310.5], abs=0.02)
    assert solution.balance.imbalance < 1e-6


def test_what_a_field_beyond_its_table_gets():
    mesh = bar(0.02, 4)
    law = MaterialLaw("foam", Table("T", (290.0, 310.0), (1.0, 1.2)))
    given = problem(mesh, k=(1.0,), flux={"xmin": 3e3}, temperature={"xmax": 300.0}, laws={0: law})
    with pytest.raises(SolveError, match=r"k of foam is known by temperature from 16.85 to 36.85 degC, and gets to \d+"):
        solve_steady(given)
    held = MaterialLaw("foam", Table("T", (290.0, 310.0), (1.0, 1.2), hold=True))
    assert solve_steady(problem(mesh, k=(1.0,), flux={"xmin": 3e3}, temperature={"xmax": 300.0}, laws={0: held})).T.max() > 330


def test_flows_between_parts_close_with_laws():
    boxes = [
        Box("c", "cell", "x", 0, 0, 0, 0.1, 0.1, 0.02),
        Box("p", "pad", "foam", 0, 0, 0.02, 0.1, 0.1, 0.03),
        Box("e", "end_plate", "al", 0, 0, 0.03, 0.1, 0.1, 0.04),
    ]
    mesh = mesh_boxes(boxes, divisions=(3, 3, 3), boundaries={"zmax": "top", "xmax": "side"})
    laws = {0: MaterialLaw("cell", (rising(20.0, 1e-3), 20.0, 1.0)), 1: MaterialLaw("foam", rising(0.1, 0.005))}
    K = np.stack([np.diag([20.0, 20.0, 1.0]), 0.1 * np.eye(3), 150.0 * np.eye(3)])
    given = ConductionProblem(
        mesh,
        K,
        Heat(lambda T: (np.array([5.0, 0.0, 0.0]), np.zeros(3))),
        {"top": Convection(20.0, 300.0), "side": Convection(5.0, 300.0, 0.8)},
        laws=laws,
    )
    solution = solve_steady(given)
    flows = part_flows(given, solution.T, solution.region_power, solution.leaving, conducted=solution.conducted)
    assert flows.open < 1e-7
    assert solution.balance.imbalance < 1e-8
    lost = solution.leaving["side"].heat.sum() + solution.leaving["top"].heat.sum()
    assert lost == pytest.approx(5.0, rel=1e-7)
