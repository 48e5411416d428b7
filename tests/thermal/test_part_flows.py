"""Heat between kinds of part: against a stack by hand, and closed balances."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.fem.quads import quads
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.part_flows import flow_rows, part_flows
from packtool.thermal.records import ConductionProblem, Convection, FacetHeat, Heat
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
    flows = part_flows(problem, solution.T, power, solution.leaving)
    rows = {row.name: row.value for row in flow_rows(flows)}
    assert flows.open < 1e-9
    assert rows["heat.flow[cell>interface]"] == pytest.approx(30 - rows["heat.flow[cell>ambient]"], rel=1e-9)
    out = solution.balance.to_boundaries
    ambient = sum(value for name, value in rows.items() if name.endswith(">ambient]"))
    assert ambient == pytest.approx(out["exterior"], rel=1e-12)  # the same sums
    assert rows["heat.flow[cold_plate>coolant]"] == pytest.approx(out["coolant_wall"], rel=1e-12)
    assert rows["heat.flow[interface>cold_plate]"] == pytest.approx(
        rows["heat.flow[cell>interface]"], rel=0.02
    )  # its sides lose a little


def test_over_time_what_is_stored_is_taken_off():
    mesh = stack()
    T = np.full(len(mesh.points), 3000.0)  # K s: ten seconds at 300 K
    rho_cp, volume = np.array([2e6, 1e6, 3e6]), np.array([8.8e-4, 2e-5, 1e-4])
    rise = np.full(len(mesh.points), 0.3)
    made = 0.3 * rho_cp * volume  # J: each part warms up by itself, so nothing crosses over
    flows = part_flows(ConductionProblem(mesh, K, rho_cp=rho_cp), T, made, {}, rise)
    assert flows.stored == pytest.approx(made)
    assert flows.open < 1e-9
    assert np.abs(flows.between).max() < 1e-9 * made.max()


def test_where_three_parts_meet_a_uniform_flux_crosses_each_of_their_facets():
    """T = 3 x + 5 y in three parts of k = 2 that meet along an edge: watts by area, whatever the mesh."""
    boxes = [
        Box("a", "cell", "x", 0, 0, 0, 1, 1, 1),
        Box("b", "pad", "x", 1, 0, 0, 2, 1, 1),
        Box("c", "cold_plate", "x", 0, 1, 0, 2, 2, 1),
    ]
    normal = {"xmin": -3.0, "xmax": 3.0, "ymin": -5.0, "ymax": 5.0}
    mesh = mesh_boxes(boxes, divisions=(2, 3, 1), boundaries={name: name for name in normal})
    leaving = {}
    for name, slope in normal.items():
        facets = quads(mesh.points, mesh.boundaries[name])
        leaving[name] = FacetHeat(facets.nodes, facets.load(np.full(facets.weight.shape, -2 * slope)))
    T = mesh.points @ [3.0, 5.0, 0.0]
    flows = part_flows(ConductionProblem(mesh, np.array([np.eye(3) * 2.0] * 3)), T, np.zeros(3), leaving)
    rows = {row.name: row.value for row in flow_rows(flows)}
    assert flows.open < 1e-12
    assert rows["heat.flow[cell>pad]"] == pytest.approx(-6.0)
    assert rows["heat.flow[cell>cold_plate]"] == pytest.approx(-10.0)
    assert rows["heat.flow[pad>cold_plate]"] == pytest.approx(-10.0)
    assert flows.doubt.max() < 1e-12


@pytest.mark.parametrize("more", [{"temperature": {"exterior": 300.0}}, {"flux": {"exterior": 10.0}}])
def test_what_passes_through_other_boundaries_than_convective_ones_is_not_guessed(more):
    mesh = stack()
    with pytest.raises(ValueError, match="not part of this"):
        part_flows(ConductionProblem(mesh, K, **more), np.full(len(mesh.points), 300.0), np.zeros(3), {})
