"""Heat between kinds of part: against a stack by hand, and closed balances."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.part_flows import flow_rows, part_flows
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.steady import solve_steady

K = np.array([np.eye(3) * k for k in (20.0, 1.0, 200.0)])


def stack():
    """A cell on a layer on a plate, 10 x 10 cm; the plate's underside is the coolant's wall."""
    boxes = [
        Box("cell", "cell", "x", 0, 0, 0.012, 0.1, 0.1, 0.1),
        Box("layer", "interface", "x", 0, 0, 0.01, 0.1, 0.1, 0.012),
        Box("plate", "cold_plate", "x", 0, 0, 0, 0.1, 0.1, 0.01),
    ]
    sides = dict.fromkeys(("xmin", "xmax", "ymin", "ymax", "zmax"), "exterior")
    return mesh_boxes(boxes, divisions=(3, 2, 4), boundaries={**sides, "zmin": "coolant_wall"})


@pytest.mark.fem
def test_steady_watts_go_from_cell_to_layer_to_plate_to_coolant_and_every_group_closes():
    mesh = stack()
    power = np.array([30.0, 0.0, 0.0])
    problem = ConductionProblem(
        mesh,
        K,
        Heat(lambda T: (power, np.zeros(3))),
        convection={"exterior": Convection(5.0, 300.0), "coolant_wall": Convection(800.0, 290.0)},
    )
    solution = solve_steady(problem, rtol=1e-10)
    flows = part_flows(mesh, K, solution.T, power)
    rows = dict(flow_rows(flows))
    assert flows.open < 1e-9  # a group's balance does not depend on the solver's tolerance
    assert rows["heat.flow[cell>interface]"] == pytest.approx(30 - rows["heat.flow[cell>ambient]"], rel=1e-7)
    out = solution.balance.to_boundaries
    ambient = sum(value for name, value in rows.items() if name.endswith(">ambient]"))
    assert ambient == pytest.approx(out["exterior"], rel=0.03)  # points that both boundaries share count for the coolant
    assert ambient + rows["heat.flow[cold_plate>coolant]"] == pytest.approx(30, rel=1e-8)
    assert rows["heat.flow[interface>cold_plate]"] == pytest.approx(
        rows["heat.flow[cell>interface]"], rel=0.02
    )  # its sides lose a little


def test_over_time_what_is_stored_is_taken_off():
    mesh = stack()
    T = np.full(len(mesh.points), 3000.0)  # K s: ten seconds at 300 K
    rho_cp, volume = np.array([2e6, 1e6, 3e6]), np.array([8.8e-4, 2e-5, 1e-4])
    rise = np.full(len(mesh.points), 0.3)
    made = 0.3 * rho_cp * volume  # J: each part warms up by itself, so nothing crosses over
    flows = part_flows(mesh, K, T, made, rho_cp, rise)
    assert flows.stored == pytest.approx(made)
    assert flows.open < 1e-9
    assert np.abs(flows.between).max() < 1e-9 * made.max()
