"""General conduction against closed forms: bodies, laws, flows between parts."""

from __future__ import annotations

import numpy as np
import pytest

from packtool import thermal
from packtool.errors import NotConverged, SolveError
from packtool.thermal.general.parts import heat_flows
from packtool.thermal.general.steady import solve_steady
from packtool.thermal.general.system import System
from packtool.verification.abuse import FRANK_KAMENETSKII, self_heating

pytestmark = pytest.mark.fem


def test_layers_in_series():
    mesh = thermal.mesh_layers([("a", 0.1), ("b", 0.2)], divisions=3, area=0.5)
    solution = thermal.solve_steady(thermal.conduction(mesh, {"a": 2.0, "b": 8.0}, temperature={"start": 400.0, "end": 300.0}))
    watts = 0.5 * 100 / (0.1 / 2 + 0.2 / 8)
    assert solution.heat_out("end") == pytest.approx(watts, rel=1e-12)
    assert solution.heat_between("a", "b") == pytest.approx(watts, rel=1e-12)
    assert solution.heat_between("b", "a") == pytest.approx(-watts, rel=1e-12)
    assert solution.at(0.1) == pytest.approx(400 - watts / 0.5 * 0.05)
    assert solution.at([0.0, 0.1, 0.3]) == pytest.approx([400, solution.at(0.1), 300])


@pytest.mark.parametrize("degree", [1, 2])
def test_hollow_cylinder_and_sphere_conduct_by_their_logarithm_and_reciprocal(degree):
    a, b, k = 0.05, 0.1, 3.0
    tolerance = {1: 2e-3, 2: 1e-5}[degree]  # 10 elements over a radius ratio of 2
    held = {"temperature": {"inner": 400.0, "outer": 300.0}}
    tube = thermal.mesh_cylinder([("wall", b - a)], inner=a, height=0.7, divisions=(10, 1))
    heat = thermal.solve_steady(thermal.conduction(tube, k, **held), degree=degree).heat_out("outer")
    assert heat == pytest.approx(2 * np.pi * k * 0.7 * 100 / np.log(b / a), rel=tolerance)
    shell = thermal.mesh_sphere([("wall", b - a)], inner=a, divisions=10)
    heat = thermal.solve_steady(thermal.conduction(shell, k, **held), degree=degree).heat_out("outer")
    assert heat == pytest.approx(4 * np.pi * k * 100 / (1 / a - 1 / b), rel=tolerance)


@pytest.mark.parametrize("k", [5.0, lambda T: T / 60.0], ids=["linear", "nonlinear"])
def test_a_body_at_its_surroundings_temperature_stays_there(k):
    mesh = thermal.mesh_boxes({"a": (0, 0, 0, 0.1, 0.03, 0.1)}, divisions=5)
    solution = thermal.solve_steady(thermal.conduction(mesh, k, convection={"a.z-": (50.0, 300.0)}))
    assert pytest.approx(300.0, abs=1e-9) == solution.minimum().T
    assert pytest.approx(300.0, abs=1e-9) == solution.maximum().T
    assert solution.balance.imbalance < 1e-6


def test_layers_may_be_given_by_name():
    mesh = thermal.mesh_layers({"a": 0.1, "b": 0.2}, divisions=2)
    assert [r.name for r in mesh.regions] == ["a", "b"]


def test_powers_and_volumes_are_of_the_whole_body():
    mesh = thermal.mesh_cylinder([("core", 0.01), ("jacket", 0.005)], height=0.07, divisions=(4, 2))
    problem = thermal.conduction(mesh, {"core": (1.0, 1.0, 20.0), "jacket": 10.0}, {"core": 3.0}, convection={"*": (10.0, 300.0)})
    solution = thermal.solve_steady(problem, degree=2)
    assert System(problem).volume == pytest.approx([np.pi * 1e-4 * 0.07, np.pi * (0.015**2 - 1e-4) * 0.07], rel=1e-12)
    assert sum(solution.heat_out(name) for name in ("outer", "top", "bottom")) == pytest.approx(3.0, rel=1e-9)
    assert solution.power == pytest.approx({"core": 3.0, "jacket": 0.0})


def test_a_law_of_place_heats_where_it_says():
    # q = sin(pi x / L): T - T0 = L² / (pi² k) sin(pi x / L)
    mesh = thermal.mesh_layers([("bar", 1.0)], divisions=16)
    problem = thermal.conduction(mesh, 2.0, source=lambda x: np.sin(np.pi * x), temperature={"*": 300.0})
    solution = thermal.solve_steady(problem, degree=2)
    assert solution.at([0.25, 0.5]) - 300 == pytest.approx(np.sin(np.pi * np.array([0.25, 0.5])) / np.pi**2 / 2, rel=1e-5)
    assert solution.maximum("bar").place[0] == pytest.approx(0.5, abs=1e-3)
    assert solution.minimum().T == 300.0


@pytest.mark.parametrize("degree", [1, 2])
def test_the_flux_at_a_point_is_that_of_the_field(degree):
    mesh = thermal.mesh_boxes({"cube": (0, 0, 0, 1, 1, 1)}, divisions=2)
    K = np.array([[2.0, 0.5, 0.0], [0.5, 3.0, -0.4], [0.0, -0.4, 1.0]])
    linear = thermal.conduction(mesh, K, temperature={"*": lambda x, y, z: 300 + 10 * x - 20 * y + 5 * z})
    solution = thermal.solve_steady(linear, degree=degree)
    wanted = -K @ [10, -20, 5]
    assert solution.flux_at([0.3, 0.4, 0.9]) == pytest.approx(wanted, rel=1e-9)
    assert solution.flux_at([[0.3, 0.4, 0.9], [0.6, 0.1, 0.2]]) == pytest.approx(np.array([wanted, wanted]), rel=1e-9)
    assert pytest.approx(305.0) == solution.maximum("cube.x-").T
    assert solution.maximum("cube.x-").place == (0.0, 0.0, 1.0)
    with pytest.raises(SolveError, match=r"no region or boundary is called 'cube.x'; did you mean 'cube.x"):
        solution.minimum("cube.x")


def test_convection_that_grows_with_the_wall_s_temperature():
    # h = 2 (T - 300)^0.25: q = 2 dT^1.25, and a flux of 500 W/m² gives dT = 250^0.8
    mesh = thermal.mesh_layers([("wall", 0.01)], divisions=1)
    film = thermal.Convection(lambda T: 2.0 * np.abs(T - 300.0) ** 0.25, 300.0)
    solution = thermal.solve_steady(thermal.conduction(mesh, 50.0, flux={"start": 500.0}, convection={"end": film}), guess=310.0)
    assert solution.boundary_mean("end") - 300 == pytest.approx(250**0.8, rel=1e-9)


def test_radiation_behind_a_film_balances_at_the_far_side():
    mesh = thermal.mesh_layers([("wall", 0.01)], divisions=1)
    law = thermal.Convection(5.0, 300.0, emissivity=0.9, series_h=7.0)
    solution = thermal.solve_steady(thermal.conduction(mesh, 50.0, flux={"start": 200.0}, convection={"end": law}))
    far = solution.boundary_mean("end") - 200.0 / 7.0
    assert 5.0 * (far - 300) + 0.9 * 5.670374419e-8 * (far**4 - 300.0**4) == pytest.approx(200.0, rel=1e-8)


def test_a_contact_whose_conductance_depends_on_temperature():
    mesh = thermal.mesh_layers([("a", 0.1), ("b", 0.1)], divisions=1, contacts=[("a", "b")])
    problem = thermal.conduction(mesh, 1e5, temperature={"start": 400.0, "end": 300.0}, contact={"a|b": lambda T: T / 35.0})
    solution = thermal.solve_steady(problem)
    assert solution.heat_out("end") == pytest.approx(10.0 * 100, rel=1e-3)  # h at the mean, 350 K; k leaves 2 mK of the 100


def test_heat_that_varies_around_an_axis():
    # a thin tube, warmed by q0 cos(phi) outside: T = 300 + q0 cos(phi) / (k t / R²) in the limit of a thin wall
    R, t, k, q0 = 0.1, 1e-3, 50.0, 100.0
    mesh = thermal.mesh_cylinder([("wall", t)], inner=R - t / 2, height=0.01, divisions=(1, 1), around=24, curved=True)
    law = thermal.Convection(1e-6, 300.0)  # next to nothing: it only sets the level
    problem = thermal.conduction(mesh, k, flux={"outer": lambda x, y: q0 * x / np.hypot(x, y)}, convection={"inner": law})
    solution = thermal.solve_steady(problem, degree=2)
    wave = q0 * R**2 / (k * t)
    assert solution.at([[R, 0, 0], [0, R, 0], [-R, 0, 0]]) - 300 == pytest.approx([wave, 0, -wave], abs=0.01 * wave)  # t / R


@pytest.mark.parametrize("cut", [lambda mesh: mesh, thermal.tetrahedra], ids=["hexahedra", "tetrahedra"])
@pytest.mark.parametrize("degree", [1, 2])
def test_heat_flows_between_parts_close_with_every_region_s_balance(degree, cut):
    boxes = {"a": (0, 0, 0, 0.1, 0.1, 0.02), "b": (0, 0, 0.02, 0.05, 0.1, 0.1), "c": (0.05, 0, 0.02, 0.1, 0.1, 0.1)}
    boxes |= {"d": (0, 0, 0.1, 0.1, 0.1, 0.12)}
    mesh = thermal.mesh_boxes(boxes, divisions=2, contacts=[("c", "d")], boundaries={"zmin": "base", "zmax": "top"})
    mesh = cut(mesh)
    problem = thermal.conduction(
        mesh,
        {"a": 100.0, "b": (1.0, 20.0, 20.0), "c": lambda T: 5.0 + 0.01 * T, "d": 0.3},
        {"b": 10.0, "c": 5.0},
        temperature={"base": 300.0},
        convection={"top": (20.0, 310.0), "*.x+": thermal.Convection(5.0, 290.0, 0.8)},
        contact={"c|d": thermal.layer(1e-3, 0.2)},
    )
    solution = thermal.solve_steady(problem, degree=degree)
    flows = heat_flows(solution)
    for region in boxes:
        assert flows.left(region) == pytest.approx(solution.power[region], abs=15.0 * 1e-7)  # the issue asks for 1e-6 of the heat
    assert sum(q for (_, boundary), q in flows.out.items() if boundary == "base") == pytest.approx(solution.heat_out("base"))
    assert solution.heat_between("b", "a") > 0
    assert {("a", "b"), ("a", "c"), ("b", "c"), ("b", "d"), ("c", "d")} <= set(flows.between)


@pytest.mark.parametrize("degree", [1, 2])
def test_where_four_regions_meet_the_heat_goes_straight_on(degree):
    # heat flows along x only: half of it from a to b, half from c to d, none across
    mesh = thermal.mesh_boxes(
        {"a": (0, 0, 0, 1, 1, 1), "b": (1, 0, 0, 2, 1, 1), "c": (0, 1, 0, 1, 2, 1), "d": (1, 1, 0, 2, 2, 1)}, divisions=2
    )
    solution = thermal.solve_steady(thermal.conduction(mesh, 5.0, temperature={"*.x-": 310.0, "*.x+": 300.0}), degree=degree)
    between, watts = heat_flows(solution).between, 2 * 5.0 * 10 / 2
    assert {pair: between.get(pair, 0.0) for pair in (("a", "b"), ("c", "d"))} == pytest.approx(
        {("a", "b"): watts / 2, ("c", "d"): watts / 2}, rel=1e-6
    )
    for pair in (("a", "c"), ("b", "d"), ("a", "d"), ("b", "c")):
        assert between.get(pair, 0.0) == pytest.approx(0.0, abs=1e-6 * watts)


def test_a_sunlit_plate_in_empty_space_balances():
    # absorbed = emissivity sigma (T^4 - 2.7^4): at 2.7 K, where the search begins, the film is 10^7 times weaker than at 400 K
    problem = thermal.conduction(
        thermal.mesh_layers([("sheet", 1e-3)], divisions=2), 200.0, flux={"start": 1225.0}, radiation={"end": (0.85, 2.7)}
    )
    found = thermal.solve_steady(problem).boundary_mean("end")
    assert found == pytest.approx((1225.0 / 0.85 / 5.670374419e-8 + 2.7**4) ** 0.25, rel=1e-8)


@pytest.mark.parametrize("watts", [5.0, -5.0])
def test_a_film_that_grows_with_the_difference_is_solved_from_no_difference(watts):
    # natural convection, h = 1.5 |T - T_ambient|^0.25: neither film nor slope at the ambient's own temperature
    problem = thermal.conduction(
        thermal.mesh_layers([("plate", 0.01)], divisions=2, area=0.02), 200.0, {"plate": watts},
        convection={"end": (lambda T: 1.5 * np.abs(T - 300.0) ** 0.25, 300.0)},
    )  # fmt: skip
    rise = (abs(watts) / 0.02 / 1.5) ** 0.8
    assert thermal.solve_steady(problem).boundary_mean("end") == pytest.approx(300.0 + np.sign(watts) * rise, rel=1e-8)


def test_a_bar_that_its_current_cannot_keep_is_a_runaway():
    # k T'' = -J² rho0 (1 + a (T - 300)), ends at 300 K: no balance above w L = pi, w = J sqrt(rho0 a / k)
    length, k, rho0, a = 0.2, 200.0, 3e-8, 4e-3
    current = 1.05 * np.pi / length * np.sqrt(k / rho0 / a) * 1e-4
    copper = thermal.Electric({"bar": lambda T: rho0 * (1 + a * (T - 300.0))}, {"bar.x-": current}, {"bar.x+": 0.0})
    problem = thermal.conduction(
        thermal.mesh_boxes({"bar": (0, 0, 0, length, 0.01, 0.01)}, divisions=(8, 1, 1)), k,
        temperature={"bar.x-": 300.0, "bar.x+": 300.0}, electric=copper,
    )  # fmt: skip
    with pytest.raises((NotConverged, SolveError), match="thermal runaway"):
        thermal.solve_steady(problem)


def test_a_runaway_has_no_steady_state_and_says_so():
    mesh = thermal.mesh_layers([("slab", 1.0)], divisions=8)
    problem = thermal.conduction(mesh, 1.0, source=lambda T: 1.0 * np.exp(T - 300.0), temperature={"end": 300.0})
    with pytest.raises(NotConverged, match="thermal runaway"):  # delta_c = 0.878
        thermal.solve_steady(problem, degree=2)


def test_the_upper_of_two_balances_is_refused_as_unstable():
    # theta = ln(c / cosh²(x sqrt(delta c / 2))): two roots c for delta = 0.5, of which the larger is unstable
    from scipy.optimize import brentq

    delta = 0.5
    root = lambda c: c / np.cosh(np.sqrt(delta * c / 2)) ** 2 - 1  # noqa: E731
    upper = brentq(root, 8.0, 30.0)
    problem = self_heating("slab", delta, 16)
    x = System(problem, 2).space.nodes[:, 0]
    guess = 300 + np.log(upper / np.cosh(x * np.sqrt(delta * upper / 2)) ** 2)
    with pytest.raises(NotConverged, match="the balance that was found is unstable"):
        solve_steady(problem, degree=2, guess=guess)


def test_a_large_problem_is_solved_by_iterations_to_the_same_field():
    def solved(n):
        mesh = thermal.mesh_boxes({"cube": (0, 0, 0, 1, 1, 1)}, divisions=n)
        problem = thermal.conduction(
            mesh, lambda T: 1 + T / 300, source=100.0, convection={"*": thermal.Convection(5.0, 300.0, 0.9)}
        )
        return thermal.solve_steady(problem)

    large, small = solved(20), solved(10)
    assert large.n_dofs > 6000 > small.n_dofs
    assert large.balance.imbalance < 1e-8
    assert large.at([0.5, 0.5, 0.5]) == pytest.approx(small.at([0.5, 0.5, 0.5]), abs=0.1)  # h² of a rise of 15 K


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("body", ["slab", "cylinder", "sphere"])
def test_estimated_mesh_errors_are_those_of_the_closed_form(body, degree):
    known = FRANK_KAMENETSKII[body][1]
    for delta, exact in known.items():
        run = lambda n, d=delta: {"theta": solve_steady(self_heating(body, d, n), degree=degree).at(0.0) - 300}  # noqa: E731
        number = thermal.with_errors(run, 8, degree)["theta"]
        assert 0.5 <= number.error / abs(number.value - exact) <= 2.0, delta


@pytest.mark.parametrize("target", [0.05, 1e-4])
def test_a_target_error_is_kept_against_the_closed_form(target):
    delta, exact = next(iter(FRANK_KAMENETSKII["slab"][1].items()))
    asked: list[int] = []

    def run(n: int) -> dict[str, float]:
        asked.append(n)
        return {"theta": solve_steady(self_heating("slab", delta, n)).at(0.0) - 300}

    number = thermal.with_errors(run, 4, target_error={"theta": target * exact})["theta"]
    assert abs(number.value - exact) <= target * exact
    assert number.error <= target * exact
    assert (max(asked) == 4) == (target == 0.05), "a tighter one takes more divisions, a loose one no more than given"
    assert len(set(asked)) == len(asked), "no mesh is solved on twice"


def test_a_target_error_out_of_reach_or_of_nothing_is_refused():
    def run(n: int) -> dict[str, float]:
        return {"T": 300 + 1 / n**2}

    with pytest.raises(NotConverged, match=r"T has an error of 0\.0156 with 8 divisions.*most_divisions is 64"):
        thermal.with_errors(run, 8, target_error=1e-6, most_divisions=64)
    with pytest.raises(SolveError, match="target_error names t; the run gives T"):
        thermal.with_errors(run, 8, target_error={"t": 1.0})
    with pytest.raises(SolveError, match="wanted errors above 0"):
        thermal.with_errors(run, 8, target_error=0)


def test_meshes_that_cannot_be_halved_are_refused():
    for divisions in (0, 6, 2):
        with pytest.raises(SolveError, match="multiple of 4"):
            thermal.with_errors(lambda n: {"n": float(n)}, divisions)


def test_a_problem_in_place_of_a_run_is_refused():
    problem = thermal.conduction(thermal.mesh_layers([("slab", 0.1)], divisions=4), 1.0, temperature={"start": 300.0})
    with pytest.raises(SolveError, match="run is a function"):
        thermal.with_errors(problem, {"T": lambda s: s.maximum().T})


def test_fields_are_written_for_paraview(tmp_path):
    import meshio

    for mesh in (
        thermal.mesh_layers([("a", 0.1)], divisions=2),
        thermal.tetrahedra(thermal.mesh_layers([("a", 0.1)], divisions=2)),
    ):
        problem = thermal.conduction(mesh, 1.0, rho_cp=1e6, temperature={"start": 300.0, "end": 320.0})
        solution = thermal.solve_steady(problem, degree=2)
        solution.save(tmp_path / "steady.vtu")
        found = meshio.read(tmp_path / "steady.vtu")
        assert found.point_data["temperature_K"] == pytest.approx(300 + 200 * found.points[:, 0])
    run = thermal.solve_transient(problem, 300.0, [1.0, 10.0], time_error=False)
    run.save(tmp_path / "run.pvd")
    assert "run-0001.vtu" in (tmp_path / "run.pvd").read_text()
    assert meshio.read(tmp_path / "run-0001.vtu").point_data["temperature_K"].max() == 320.0


def test_three_numbers_are_one_place_among_boxes_and_three_along_a_stack():
    fixed = {"k": 1.0, "temperature": {"first": 300.0, "last": 400.0}}
    ends = {"xmin": "first", "xmax": "last"}
    boxes = thermal.mesh_boxes({"bar": (0, 0, 0, 1, 0.2, 0.2)}, divisions=(4, 1, 1), boundaries=ends)
    assert thermal.solve_steady(thermal.conduction(boxes, **fixed)).at((0.5, 0.1, 0.1)) == pytest.approx(350)
    fixed["temperature"] = {"start": 300.0, "end": 400.0}
    stack = thermal.solve_steady(thermal.conduction(thermal.mesh_layers([("bar", 1.0)], divisions=4), **fixed))
    assert stack.at((0.5, 0.1, 0.1)) == pytest.approx([350, 310, 310])


def test_numbers_with_errors_are_told_when_they_are_none():
    assert thermal.with_errors(lambda n: {"T": np.array([300 + 1 / n**2])}, 8)["T"].error == pytest.approx(1 / 64, rel=0.01)
    with pytest.raises(SolveError, match="wanted numbers by name"):
        thermal.with_errors(lambda n: 300.0, 8)
    with pytest.raises(SolveError, match="2 numbers for 'T'"):
        thermal.with_errors(lambda n: {"T": [300.0, 301.0]}, 8)
