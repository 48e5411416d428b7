"""A problem that cannot be solved is refused before the solve, with the names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heat_meshes import bar, isotropic, problem, steady_heat, two_bars

from packtool.errors import SolveError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import Contact
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.steady import solve_steady

AIR = Convection(10.0, 300.0)
HELD = {"convection": {"xmin": AIR}}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"convection": {"xmim": AIR}}, "no boundary is called 'xmim'; did you mean 'xmin'"),
        ({"temperature": {"top of all": 300.0}}, "no boundary is called 'top of all'; the mesh has"),
        ({"flux": {"xmx": 5.0}} | HELD, "did you mean 'xmax'"),
        ({"contact": {"A|B": 5.0}} | HELD, "no contact is called 'A\\|B'"),
        ({"convection": {"xmin": Convection(np.nan, 300.0)}}, "convection at 'xmin'"),
        ({"convection": {"xmin": Convection(5.0, -20.0)}}, "T_ambient > 0 K"),
        ({"convection": {"xmin": Convection(5.0, 300.0, 1.2)}}, "emissivity in 0..1"),
        ({"convection": {"xmin": Convection(5.0, 300.0, 0.5, 0.0)}}, "series_h is 0.0"),
        ({"temperature": {"xmin": np.nan}}, "temperature at 'xmin' is nan"),
        ({"flux": {"xmax": np.inf}} | HELD, "flux at 'xmax' is inf"),
        ({"temperature": {"xmin": 300.0}, "convection": {"xmin": AIR}}, "both a temperature and a flux or convection"),
        ({"rho_cp": np.array([-1.0])} | HELD, "rho_cp is not positive in bar"),
        ({"rho_cp": np.ones(3)} | HELD, "rho_cp has shape \\(3,\\)"),
    ],
)
def test_a_wrong_name_or_number_is_told(more, told):
    with pytest.raises(SolveError, match=told):
        solve_steady(problem(bar(), **more))


@pytest.mark.parametrize(
    "tensor",
    [
        np.diag([1.0, 1.0, -1.0]),
        np.diag([1.0, 0.0, 1.0]),
        [[1, 2, 0], [2, 1, 0], [0, 0, 1.0]],
        [[1, 0.5, 0], [0, 1, 0], [0, 0, 1.0]],
    ],
)
def test_a_conductivity_that_is_not_symmetric_positive_definite_is_told(tensor):
    with pytest.raises(SolveError, match="not a symmetric positive definite tensor in bar"):
        solve_steady(ConductionProblem(bar(), np.array([tensor]), **HELD))


def test_every_fault_is_told_at_once():
    with pytest.raises(SolveError) as refused:
        solve_steady(problem(bar(), k=(-1.0,), convection={"left": AIR}, flux={"right": 1.0}))
    assert str(refused.value).count("\n") == 3


@pytest.mark.parametrize("field", ["hexes", "region", "points"])
def test_a_mesh_that_does_not_hold_together_is_told(field):
    mesh = bar()
    broken = {"hexes": mesh.hexes + 1, "region": mesh.region + 1, "points": np.vstack([mesh.points, [[9.0, 9.0, 9.0]]])}
    with pytest.raises(SolveError, match="mesh"):
        solve_steady(problem(replace(mesh, **{field: broken[field]}), **HELD))


@pytest.mark.fem
def test_a_part_whose_temperature_nothing_fixes_is_named():
    boxes = [Box("held", "cell", "x", 0, 0, 0, 1, 1, 1), Box("loose", "cell", "x", 2, 0, 0, 3, 1, 1)]
    mesh = mesh_boxes(boxes, divisions=(1, 1, 1), boundaries={"xmin": "xmin"})
    with pytest.raises(SolveError, match="nothing fixes the temperature of loose:"):
        solve_steady(problem(mesh, k=(1.0, 1.0), convection={"xmin": AIR}))
    with pytest.raises(SolveError, match="of bar:"):
        solve_steady(problem(bar(), convection={"xmin": Convection(0.0, 300.0)}, flux={"xmax": 1.0}))


@pytest.mark.fem
def test_a_contact_carries_the_level_and_must_lie_on_its_other_side():
    mesh = two_bars(contact=True)
    held = problem(mesh, k=(1.0, 1.0), temperature={"xmin": 310.0}, contact={"A|B": 100.0})
    assert pytest.approx(np.full(len(mesh.points), 310.0)) == solve_steady(held).T
    with pytest.raises(SolveError, match="contact 'A\\|B' of the mesh has no conductance"):
        solve_steady(replace(held, contact={}))
    there = mesh.contacts["A|B"]
    turned = replace(mesh, contacts={"A|B": Contact(there.minus, np.roll(there.plus, 1, axis=1))})
    with pytest.raises(SolveError, match="node by node"):
        solve_steady(replace(held, mesh=turned))
    flat = replace(mesh, contacts={"A|B": Contact(there.minus[:, [0, 0, 0, 0]], there.plus[:, [0, 0, 0, 0]])})
    with pytest.raises(SolveError, match="facets without area"):
        solve_steady(replace(held, mesh=flat))


@pytest.mark.fem
@pytest.mark.parametrize(
    ("heat", "told"),
    [(Heat(lambda T: (T[:1] * np.nan, T[:1] * 0)), "heat of 'bar' is nan"), (steady_heat(1.0, 2.0), "heat has shapes \\(2,\\)")],
)
def test_heat_that_is_no_number_a_region_is_told(heat, told):
    with pytest.raises(SolveError, match=told):
        solve_steady(problem(bar(), heat=heat, **HELD))


@pytest.mark.fem
def test_elements_without_volume_are_told():
    mesh = bar()
    mesh.points[:, 2] = 0
    with pytest.raises(SolveError, match="no positive volume"):
        solve_steady(problem(mesh, **HELD))


@pytest.mark.fem
def test_a_guess_of_the_wrong_length_is_told():
    with pytest.raises(SolveError, match="guess has shape"):
        solve_steady(problem(bar(), **HELD), guess=np.ones(3))


def test_isotropic_tensors_are_what_they_say():
    assert isotropic(2.0)[0].tolist() == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]
