"""General transients: order, landing on breakpoints, conservation with melting, restarts."""

from __future__ import annotations

import numpy as np
import pytest

from packtool import thermal
from packtool.errors import NotConverged, SolveError
from packtool.thermal.general.march import March

pytestmark = pytest.mark.fem
RHO_CP = 2e6


def bar(n=8):
    return thermal.mesh_layers([("bar", 0.1)], divisions=n)


def test_second_order_in_time():
    # a cosine decays by exp(-rate t) in the discrete problem too, at a rate that is known
    n, k, h = 8, 10.0, 0.1 / 8
    c = np.cos(np.pi * h / 0.1)
    rate = k / RHO_CP * 6 / h**2 * (1 - c) / (2 + c)
    shape = lambda x: 300 + 50 * np.cos(np.pi * x / 0.1)  # noqa: E731
    problem, errors = thermal.conduction(bar(n), k, rho_cp=RHO_CP), []
    for steps in (8, 16, 32):
        dt = 1 / rate / steps
        found = thermal.solve_transient(problem, shape, 1 / rate, first_step=dt, longest_step=dt, tolerance_K=1e9, time_error=False)
        assert len(found.step_times) == steps + 1
        errors.append(abs(found.at(0.0)[0] - 300 - 50 * np.exp(-1)))
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([2, 2], abs=0.1)


def test_the_time_error_is_estimated():
    problem = thermal.conduction(bar(), 10.0, rho_cp=RHO_CP, convection={"end": (300.0, 400.0)})
    rough = thermal.solve_transient(problem, 300.0, [100.0, 300.0], tolerance_K=1e-2)
    exact = thermal.solve_transient(problem, 300.0, [100.0, 300.0], tolerance_K=1e-5, time_error=False)
    ratio = rough.error_at(0.1) / np.abs(rough.at(0.1) - exact.at(0.1))
    assert (ratio > 0.5).all()
    assert (ratio < 2.0).all()
    with pytest.raises(SolveError, match="time_error=False"):
        exact.error_at(0.1)


def test_the_time_error_holds_from_the_first_outputs_on_and_between_close_ones():
    problem = thermal.conduction(bar(), 10.0, rho_cp=RHO_CP, convection={"end": (300.0, 400.0)})
    for times in ([5.0], np.arange(2.0, 101.0, 2.0)):  # some steps after the start; and outputs closer than the steps would be
        rough = thermal.solve_transient(problem, 300.0, times, tolerance_K=1e-2)
        exact = thermal.solve_transient(problem, 300.0, times, tolerance_K=1e-5, time_error=False)
        ratio = rough.time_error.max(axis=1) / np.abs(rough.T - exact.T).max(axis=1)
        assert (ratio > 0.5).all()
        assert (ratio < 2.0).all()


def test_the_time_error_of_melting_is_a_bound():
    """The front jumps from node to node: the difference of two marches vanishes here and there by chance, to a hundredth of the error."""
    wax = thermal.PhaseChange(RHO_CP, RHO_CP, 1e8, 298.5, 301.5)
    mesh = thermal.mesh_layers([("cell", 0.0135), ("wax", 0.006)], divisions=12)
    problem = thermal.conduction(
        mesh, {"cell": 1.0, "wax": 2.0}, {"cell": 540.0}, rho_cp={"cell": 2.2e6, "wax": wax}, convection={"end": (20.0, 296.0)}
    )
    times = np.linspace(60.0, 900.0, 15)
    exact = thermal.solve_transient(problem, 296.0, times, tolerance_K=3e-4, time_error=False)
    rough = [thermal.solve_transient(problem, 296.0, times, tolerance_K=tolerance) for tolerance in (2e-2, 7e-3)]
    ratio = np.array([one.time_error.max(axis=1) / np.abs(one.T - exact.T).max(axis=1) for one in rough])
    assert ratio.min() > 1.0
    assert np.median(ratio) < 50.0  # a bound for the worst output, far above most others
    wall = thermal.conduction(bar(4), 1.0, rho_cp=wax, temperature={"start": 330.0})
    found = thermal.solve_transient(wall, 298.0, [100.0])
    assert found.error_at(0.0)[0] == 0  # what is prescribed is known
    assert found.error_at(0.1)[0] >= 2e-3  # twice the tolerance at least


def test_a_jump_between_the_steps_does_not_swell_the_time_error():
    problem = thermal.conduction(bar(), 10.0, rho_cp=RHO_CP, flux={"end": lambda t: 2e4 if t < 50 else 0.0})
    rough, exact = (thermal.solve_transient(problem, 300.0, [60.0, 200.0], tolerance_K=tolerance) for tolerance in (1e-2, 1e-4))
    ratio = rough.time_error.max(axis=1) / np.abs(rough.T - exact.T).max(axis=1)
    assert (ratio > 0.4).all()  # how the steps fall about the jump is another matter in each run
    assert (ratio < 4.0).all()


def test_steps_land_on_the_points_of_a_table_and_the_heat_is_its_integral():
    mesh = thermal.mesh_boxes({"lump": (0, 0, 0, 0.1, 0.1, 0.1)}, divisions=1)
    pulse = thermal.Table("t", [0, 10, 20, 60, 61.5, 100], [0, 50, 50, 0, 100, 0])
    problem = thermal.conduction(mesh, 1e5, {"lump": pulse}, rho_cp=RHO_CP)
    found = thermal.solve_transient(problem, 300.0, [37.5, 100.0], sensors={"middle": (0.05, 0.05, 0.05)})
    assert {10.0, 20.0, 37.5, 60.0, 61.5, 100.0} <= set(found.step_times.tolist())
    joules = 250 + 500 + 1000 + 75 + 1925
    assert found.balance.made == pytest.approx(
        joules, rel=1e-9
    )  # exact for a linear heat, asked for 1e-9 of a step inside its ends
    assert found.mean("lump")[-1] - 300 == pytest.approx(joules / (RHO_CP * 1e-3), rel=1e-9)
    assert found.sensors["middle"][-1] == pytest.approx(found.mean()[-1])
    assert len(found.sensors["middle"]) == len(found.step_times)


def test_a_jump_at_a_breakpoint_belongs_to_one_side_only():
    mesh = thermal.mesh_boxes({"lump": (0, 0, 0, 0.1, 0.1, 0.1)}, divisions=1)
    problem = thermal.conduction(mesh, 1e5, {"lump": lambda t: 20.0 if 30 < t < 50 else 0.0}, rho_cp=RHO_CP)
    found = thermal.solve_transient(problem, 300.0, [100.0], breakpoints=[30, 50], time_error=False)
    assert found.mean()[-1] - 300 == pytest.approx(20 * 20 / (RHO_CP * 1e-3), rel=1e-6)
    assert found.rejected_steps == 0


def test_melting_conserves_heat_and_holds_the_temperature():
    # 1 kg-like lump: 200 W melts 100 kJ from 320 to 321 K; sensible heat 2 kJ/K
    mesh = thermal.mesh_boxes({"wax": (0, 0, 0, 0.1, 0.1, 0.1)}, divisions=1)
    wax = thermal.PhaseChange(2e6, 2e6, 1e8, 320.0, 321.0)
    problem = thermal.conduction(mesh, 1e5, {"wax": 200.0}, rho_cp=wax)
    found = thermal.solve_transient(problem, 300.0, [200.0, 400.0, 1000.0])
    assert found.mean()[0] == pytest.approx(320.0, abs=1e-6)
    assert found.mean()[1] == pytest.approx(320.0 + 40e3 / 102e3, rel=1e-6)
    assert found.mean()[2] == pytest.approx(321.0 + (200e3 - 40e3 - 102e3) / 2e3, rel=1e-6)
    assert found.balance.imbalance < 1e-6


@pytest.mark.parametrize("width", [0.5, 3.0])
def test_a_body_that_melts_all_at_once_is_marched_over_both_jumps_of_its_capacity(width):
    # 20 W in 1e-4 m³ of 2e8 J/m³ melt from 200 s on; below, within and above, heat is volume times enthalpy
    mesh = thermal.mesh_layers([("wax", 0.01)], divisions=2, area=0.01)
    wax = thermal.PhaseChange(2e6, 2.5e6, 2e8, 320.0, 320.0 + width)
    found = thermal.solve_transient(thermal.conduction(mesh, 100.0, {"wax": 20.0}, rho_cp=wax), 300.0, [700.0, 3000.0])
    half, over = 500.0 * 20 / 1e-4, 2800.0 * 20 / 1e-4 - 2e8 - 2.25e6 * width
    # the heat closes to 1e-7 of what a step moves, and 250 J make a kelvin
    assert found.mean() == pytest.approx([320.0 + half / (2.25e6 + 2e8 / width), 320.0 + width + over / 2.5e6], abs=1e-3)


def test_two_bodies_brought_together_meet_where_their_effusivities_say():
    # before either's far end knows: T = (e1 T1 + e2 T2) / (e1 + e2), e = sqrt(k rho cp)
    k, rho_cp = {"hot": 10.0, "cold": 1.0}, {"hot": 4e6, "cold": 1e6}
    e = {name: np.sqrt(k[name] * rho_cp[name]) for name in k}
    problem = thermal.conduction(thermal.mesh_layers([("hot", 0.1), ("cold", 0.1)], divisions=100), k, rho_cp=rho_cp)
    found = thermal.solve_transient(problem, {"hot": 400.0, "cold": 300.0}, 20.0, time_error=False)
    # 1e-4 of the difference; sharing the node between them by volume misses 1.3 K
    assert found.at([0.1])[0] == pytest.approx((e["hot"] * 400 + e["cold"] * 300) / sum(e.values()), abs=1e-2)


def test_what_stops_a_march_is_told_with_its_time():
    problem = thermal.conduction(bar(), lambda T: np.where(T < 350, 10.0, -1.0), rho_cp=RHO_CP, flux={"end": 1e4})
    with pytest.raises(SolveError, match=r"at \d+\.?\d* s: k of .* is -1 at T = 35"):
        thermal.solve_transient(problem, 300.0, 1e5, shortest_step=1e-6, time_error=False)


def test_a_melting_front_moves_as_stefan_says():
    # one-phase Stefan problem: lambda exp(lambda²) erf(lambda) = Ste / sqrt(pi); front at 2 lambda sqrt(alpha t)
    from scipy.optimize import brentq
    from scipy.special import erf

    k, latent, hot = 1.0, 1e8, 330.0
    Ste = RHO_CP * (hot - 300.0) / latent
    lam = brentq(lambda s: s * np.exp(s * s) * erf(s) - Ste / np.sqrt(np.pi), 1e-3, 3)
    mesh = thermal.mesh_layers([("wax", 0.02)], divisions=80)
    wax = thermal.PhaseChange(RHO_CP, RHO_CP, latent, 299.8, 300.2)
    problem = thermal.conduction(mesh, k, rho_cp=wax, temperature={"start": hot})
    found = thermal.solve_transient(problem, 299.8, [100.0], tolerance_K=0.05, time_error=False)
    x = np.linspace(0, 0.02, 2001)
    front = x[np.flatnonzero(found.at(x)[0] > 300.0)[-1]]
    assert front == pytest.approx(2 * lam * np.sqrt(k / RHO_CP * 100.0), abs=0.02 / 80)  # one element
    assert found.balance.imbalance < 1e-6


def test_heat_capacity_and_conductivity_that_depend_on_temperature_conserve_heat():
    problem = thermal.conduction(
        bar(), lambda T: 5 + T / 100, rho_cp=lambda T: RHO_CP * (T / 300) ** 2, temperature={"start": 320.0},
        convection={"end": thermal.Convection(20.0, 290.0, 0.9)}, source=lambda x, T: 1e4 * x * T,
    )  # fmt: skip
    found = thermal.solve_transient(problem, 350.0, [300.0], degree=2, time_error=False)
    assert found.balance.imbalance < 1e-6
    moment = found.moment(300.0)
    assert moment.balance.imbalance < 1e-6
    assert thermal.heat_flows(moment).left("bar") == pytest.approx(moment.power["bar"] - moment.balance.stored, rel=1e-6)


def test_a_long_march_ends_in_the_steady_state():
    problem = thermal.conduction(
        bar(6), 10.0, {"bar": 50.0}, rho_cp=RHO_CP, convection={"end": thermal.Convection(100.0, 300.0, 0.5)}
    )
    found = thermal.solve_transient(problem, 300.0, [2e5], time_error=False)
    assert found.T[-1] == pytest.approx(thermal.solve_steady(problem).T, abs=1e-3)  # the tolerance of a step


def test_a_run_goes_on_from_its_checkpoint_with_the_same_result(tmp_path, monkeypatch):
    class Killed(Exception):
        pass

    problem = thermal.conduction(
        bar(), 10.0, source=lambda t, T: 1e5 + 10 * T + t, rho_cp=RHO_CP, convection={"end": (50.0, 300.0)}
    )
    more = {"sensors": {"middle": 0.05}, "time_error": False}
    times, kept = [50.0, 100.0, 150.0], tmp_path / "march.npz"
    whole = thermal.solve_transient(problem, 300.0, times, **more)
    save = March.save

    def save_and_die(self, path, fingerprint):
        save(self, path, fingerprint)
        raise Killed

    with monkeypatch.context() as patched:  # killed after its first output
        patched.setattr(March, "save", save_and_die)
        with pytest.raises(Killed):
            thermal.solve_transient(problem, 300.0, times, **more, checkpoint=kept)
    again = thermal.solve_transient(problem, 300.0, times, **more, checkpoint=kept)
    assert np.array_equal(again.T, whole.T)
    assert np.array_equal(again.sensors["middle"], whole.sensors["middle"])
    assert np.array_equal(again.step_times, whole.step_times)
    assert again.balance == whole.balance
    with pytest.raises(SolveError, match="checkpoint of another problem"):
        thermal.solve_transient(problem, 310.0, times, **more, checkpoint=kept)


def test_a_runaway_in_time_is_told():
    problem = thermal.conduction(
        bar(), 10.0, source=lambda T: 1e4 * np.exp((T - 300) / 2), rho_cp=RHO_CP, temperature={"end": 300.0}
    )
    with pytest.raises((NotConverged, SolveError), match=r"runs away|is inf|is nan"):
        thermal.solve_transient(problem, 300.0, [1e5], shortest_step=1e-3)
