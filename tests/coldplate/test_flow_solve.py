"""The laminar flow solver: what it keeps, what it refuses, and when it says that it found nothing."""

from dataclasses import replace

import numpy as np
import pytest

from packtool.coldplate.flow3d import newton as solver
from packtool.coldplate.flow3d import solve as flow_solve
from packtool.coldplate.flow3d import system
from packtool.coldplate.flow3d.records import DevelopedInlet, EvenInlet, FlowProblem, Guess
from packtool.coldplate.flow3d.solve import solve_flow, solve_flow_refined
from packtool.errors import NotConverged, SolveError
from packtool.fem import factors
from packtool.fem.elements import refined
from packtool.fem.factors import DirectFactors
from packtool.fem.lattice import graded, grid
from packtool.verification.flow_meshes import renamed

pytestmark = pytest.mark.fem

STEP = renamed(
    grid([graded(0.0, 6.0, 12, 2.0, False), np.linspace(-0.5, 0.5, 9)]),
    {"inlet": ("x-", np.array([-1.0, 0.0]), np.array([1.0, 1.0]))},
)


def step(**changes):
    """A channel behind a step, Re 50 on twice the inlet's height."""
    given = {
        "mesh": STEP, "rho": 1.0, "mu": 0.02, "inlets": {"inlet": DevelopedInlet(0.5)}, "walls": ("x-", "y-", "y+"), "outlets": {"x+": 0.0},
    }  # fmt: skip
    return FlowProblem(**(given | changes))


def duct(**changes):
    mesh = grid([np.linspace(0, 2e-2, 4), np.linspace(0, 10e-3, 5), np.linspace(0, 3e-3, 4)])
    given = {
        "mesh": mesh, "rho": 1062.0, "mu": 3.16e-3, "inlets": {"x-": DevelopedInlet(8e-6)}, "walls": ("y-", "y+", "z-", "z+"),
        "outlets": {"x+": 100.0},
    }  # fmt: skip
    return FlowProblem(**(given | changes))


def test_mass_is_kept_to_1e_8():
    flow = solve_flow(step())
    assert flow.flow["inlet"] == pytest.approx(-0.5, rel=1e-12)
    assert flow.flow["x+"] == pytest.approx(0.5, rel=1e-8)
    assert flow.residuals[-1] <= system.RTOL


def test_the_momentum_is_found_as_accurately_as_asked_and_mass_is_kept_all_the_same():
    loose, usual = solve_flow(step(), rtol=1e-3), solve_flow(step())
    assert len(loose.residuals) < len(usual.residuals)
    assert system.RTOL < loose.residuals[-1] <= 1e-3
    assert loose.flow["x+"] == pytest.approx(0.5, rel=1e-8)


def test_the_same_flow_in_other_units_is_the_same():
    small = solve_flow(step())
    mesh = STEP
    scaled = replace(mesh, points=mesh.points * 1e-3)
    # lengths / 1000, velocities x 20, density x 1000: the same Re
    large = solve_flow(step(mesh=scaled, rho=1000.0, mu=0.02 * 1000 * 20 * 1e-3, inlets={"inlet": DevelopedInlet(0.5 * 20 * 1e-3)}))
    assert large.velocity / 20 == pytest.approx(small.velocity, abs=1e-9)
    assert large.pressure / (1000 * 400) == pytest.approx(small.pressure, abs=1e-9)


def test_a_duct_mirrored_at_its_middle_has_the_flow_of_the_whole():
    whole = solve_flow(duct())
    mesh = grid([np.linspace(0, 2e-2, 4), np.linspace(0, 5e-3, 3), np.linspace(0, 3e-3, 4)])
    half = solve_flow(duct(mesh=mesh, inlets={"x-": DevelopedInlet(4e-6)}, walls=("y-", "z-", "z+"), symmetry=("y+",)))
    assert half.reynolds == pytest.approx(whole.reynolds, rel=1e-12)
    assert half.mean_pressure["x-"] == pytest.approx(whole.mean_pressure["x-"], rel=1e-7)


@pytest.mark.parametrize("slower", [1e-2, 1e-8])
def test_creeping_flow_s_pressure_drop_goes_with_the_flow(slower):
    """From Re 0.4 on down nothing but the viscosity counts: the inertia left there, 3 % of Re over the duct's length, is less than 2 %."""
    drops = []
    for flow in (1e-8, slower * 1e-8):
        found = solve_flow(duct(inlets={"x-": DevelopedInlet(flow)}, outlets={"x+": 0.0}))
        assert found.flow["x+"] == pytest.approx(flow, rel=1e-8)
        drops.append(found.mean_pressure["x-"] / flow)
    assert drops[1] == pytest.approx(drops[0], rel=0.02)


def factorisations(monkeypatch):
    """Of each kind of numbers, as they are made."""
    made = []
    factorise = DirectFactors.factorise

    def counted(self, matrix):
        factorise(self, matrix)
        made.append("single" if self.single else "double")

    monkeypatch.setattr(DirectFactors, "factorise", counted)
    return made


def test_factors_serve_several_steps(monkeypatch):
    made = factorisations(monkeypatch)
    flow = solve_flow(step(mu=0.01))
    assert made == ["single"] * 3  # of Stokes flow, of Picard's steps and of Newton's
    assert len(flow.residuals) > 3  # before Newton's steps, and after each


def test_where_single_numbers_are_too_short_factors_are_double(monkeypatch):
    alone = solve_flow(step())
    monkeypatch.setattr(system, "PENALTY", 1e9)
    made = factorisations(monkeypatch)
    flow = solve_flow(step())
    assert made[0] == "single"
    assert made[-1] == "double"
    assert flow.velocity == pytest.approx(alone.velocity, abs=1e-5)  # RTOL, times the flow's sensitivity


def test_where_petsc_knows_no_single_numbers_the_flow_is_the_same(monkeypatch):
    alone = solve_flow(step())
    monkeypatch.setattr(factors, "SINGLE", ("packtool_none_", "double"))
    assert solve_flow(step()).velocity == pytest.approx(alone.velocity, abs=1e-5)  # RTOL, times the flow's sensitivity


def test_the_outlet_has_the_pressure_that_was_asked_for():
    flow = solve_flow(duct())
    drop = flow.mean_pressure["x-"] - flow.mean_pressure["x+"]
    assert flow.mean_pressure["x+"] == pytest.approx(100.0, abs=0.02 * drop)


def test_the_solution_of_a_coarser_mesh_saves_steps():
    coarse = solve_flow(step())
    again = solve_flow(step(), Guess(coarse.velocity, coarse.pressure_linear))
    assert len(again.residuals) == 1
    assert again.velocity == pytest.approx(coarse.velocity, abs=1e-12)


def test_a_finer_mesh_comes_closer():
    drops = []
    mesh = STEP
    for _ in range(3):
        drops.append(solve_flow(step(mesh=mesh)).mean_pressure["inlet"])
        mesh, _ = refined(mesh)
    assert abs(drops[1] - drops[2]) < abs(drops[0] - drops[1]) / 2  # the step's sharp corner holds the order below 2


def test_pressures_at_two_outlets_drive_a_flow():
    problem = duct(inlets={}, outlets={"x-": 5.0, "x+": 0.0})
    flow = solve_flow(problem)
    developed = solve_flow(duct(outlets={"x+": 0.0}))
    resistance = developed.mean_pressure["x-"] / 8e-6
    assert flow.flow["x+"] == pytest.approx(5.0 / resistance, rel=0.05)  # Re 4: the ends add little
    assert flow.flow["x+"] == pytest.approx(-flow.flow["x-"], rel=1e-8)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rho": 0.0}, "density must be positive"),
        ({"mu": float("nan")}, "viscosity must be positive"),
        ({"walls": ("y-", "y+")}, "no condition is given for boundary x-"),
        ({"walls": ("x-", "y-", "y+", "lid")}, "walls name 'lid'; the mesh's boundaries are"),
        ({"walls": ("x-", "y-", "y+", "inlet")}, "'inlet' is given twice"),
        ({"inlets": {"inlet": EvenInlet(-1.0)}}, "the flow must be positive"),
        ({"inlets": {"inlet": EvenInlet(float("inf"))}}, "the flow must be positive"),
        ({"outlets": {}, "walls": ("x-", "y-", "y+", "x+")}, "no outlet"),
        ({"outlets": {"x+": float("nan")}}, "pressure must be a number"),
        ({"inlets": {}, "walls": ("x-", "y-", "y+", "inlet")}, "nothing drives the flow"),
        ({"mu": 1e-4}, "Reynolds number 10000 is above 2300.*fidelity: network"),
        ({"velocity": {"y+": lambda p: np.zeros(3)}, "walls": ("x-", "y-")}, "gave shape"),
        ({"outlets": {}, "velocity": {"x+": lambda p: 0 * p}}, "more in than out"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changes, words):
    with pytest.raises(SolveError, match=words):
        solve_flow(step(**changes))


def short(length, across):
    """The channel behind the step, cut off at ``length``."""
    lines = [graded(0.0, length, 8, 2.0, False), np.linspace(-0.5, 0.5, across)]
    return renamed(grid(lines), {"inlet": ("x-", np.array([-1.0, 0.0]), np.array([1.0, 1.0]))})


def test_flow_back_in_through_the_outlet_is_refused():
    with pytest.raises(SolveError, match=r"comes back in through outlet 'x\+'.*lengthen"):
        solve_flow(step(mesh=short(1.0, 9), mu=0.005))


def test_a_coarser_mesh_on_the_way_may_let_some_flow_back_in_and_the_last_may_not():
    """The step's eddy ends just behind the outlet on the coarser mesh (0.15 % of the flow come back in), and before it on the finer (0.02 %)."""
    problem = step(mesh=short(1.36, 5), mu=0.01)
    with pytest.raises(SolveError, match=r"0\.2% of the flow comes back in"):
        solve_flow(problem)
    _, finer = solve_flow_refined(problem)
    assert finer.flow["x+"] == pytest.approx(0.5, rel=1e-8)
    with pytest.raises(SolveError, match=r"0\.3% of the flow comes back in"):
        solve_flow_refined(step(mesh=short(1.3, 5), mu=0.01))


@pytest.fixture
def lost_on_few_elements(monkeypatch):
    """No steady flow is found on meshes of up to so many elements."""

    def until(count):
        found = flow_solve.find_flow

        def find_flow(system, guess):
            if system.discrete.kernels.n_elements <= count:
                raise NotConverged("no steady laminar flow was found at Reynolds number 50")
            return found(system, guess)

        monkeypatch.setattr(flow_solve, "find_flow", find_flow)

    return until


def test_a_finer_mesh_is_tried_by_itself_where_the_coarser_has_no_flow(lost_on_few_elements):
    mesh, _ = refined(STEP)
    alone = solve_flow(step(mesh=mesh))
    lost_on_few_elements(len(STEP.elements))
    (flow,) = solve_flow_refined(step())
    assert flow.velocity == pytest.approx(alone.velocity, abs=1e-9)
    assert flow.residuals == alone.residuals  # its own start, from no flow
    assert flow.seconds[flow_solve.LOST] > 0
    assert flow_solve.LOST not in alone.seconds


def test_no_flow_on_any_mesh_is_an_error_that_names_them(lost_on_few_elements):
    lost_on_few_elements(4 * len(STEP.elements))
    with pytest.raises(NotConverged, match=r"on 384 elements \(nor on 96, tried before\) no steady laminar flow was found"):
        solve_flow_refined(step())


def test_not_converged_is_an_error(monkeypatch):
    monkeypatch.setattr(solver, "MOST_STEPS", 0)
    with pytest.raises(NotConverged, match="no steady laminar flow was found at Reynolds number 50") as stopped:
        solve_flow_refined(step(), times=1)
    assert stopped.value.key == "cold_plate.flow_lpm"  # of a design: what is to be lowered
