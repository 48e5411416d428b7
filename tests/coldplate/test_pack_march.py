"""Runs through a duty: against ordinary differential equations where the pack is a lump, and the ways of the steps."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse import csr_matrix

from packtool.catalogue.records import ResistanceTable, SocTable
from packtool.coldplate.pack_march import PackMarch
from packtool.coldplate.pack_run import CLOSE_S, PackCase, landings
from packtool.design.demand import Demand
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.busbars import Busbars
from packtool.thermal.cell_bank import CORNER_S, CellBank
from packtool.thermal.records import ConductionProblem, Convection, StreamExchange

fem = pytest.mark.fem
WARM = ResistanceTable(temperature_degC=(0, 60), resistance_mOhm=(3.0, 0.8), standing="given")
K = 1e5  # W/m/K: a lump
RHO_CP, VOLUME = 2e6, 0.1 * 0.1 * 0.2


def network(n=1, **changes):
    made = CellBank(
        group=np.arange(n), n_groups=n, capacity_As=np.full(n, 3.6e5), table=WARM, own_ohm=np.full(n, np.nan),
        ocv_V=SocTable(soc=(0, 1), value=(3.0, 3.4), standing="given"),
        entropy_mV_K=SocTable(soc=(0, 1), value=(-0.3, 0.3), standing="given"), v_min=2.0, v_max=4.0,
        bars=Busbars((), 1.0, 0.0, 1.0, 0.0, (), 300.0), joint_string=np.zeros(0, dtype=int),
    )  # fmt: skip
    return replace(made, **changes)


def lump(demand, outputs, *, stream=None, h=0.0, tolerance=2e-3, T0=293.15, soc=0.9):
    box = Box("R1C01", "cell", "cell", 0, 0, 0, 0.1, 0.1, 0.2)
    mesh = mesh_boxes(
        [box], divisions=(1, 1, 1), boundaries=dict.fromkeys(("xmin", "xmax", "ymin", "ymax", "zmin", "zmax"), "skin")
    )
    problem = ConductionProblem(
        mesh, np.array([np.eye(3) * K]), convection={"skin": Convection(h, 293.15)}, rho_cp=np.array([RHO_CP])
    )
    return PackCase(problem, network(), demand, np.array([0]), stream, T0, np.array([soc]), outputs, tolerance)


def resistance(T):
    a, b = 1 / 273.15, 1 / 333.15
    return 3e-3 * (0.8 / 3.0) ** ((a - 1 / T) / (a - b))


def bernardi(current, T, soc):
    """Heat [W] of the cell of ``network``."""
    return current**2 * resistance(T) - current * T * (-3e-4 + 6e-4 * soc)


@fem
def test_a_cell_without_cooling_heats_up_as_its_equation_says():
    demand = Demand("current_A", (0.0, 200.0, 500.0, 900.0), (150.0, -80.0, 0.0), (150.0, -80.0, 200.0))
    run = PackMarch(lump(demand, (300.0, 900.0)), None).go()

    def rate(t, y):
        current = np.interp(t, [500, 900], [0, 200]) if t > 500 else (-80.0 if t > 200 else 150.0)
        return [bernardi(current, *y) / (RHO_CP * VOLUME), -current / 3.6e5]

    y, t = [293.15, 0.9], 0.0
    for stop in (200.0, 500.0, 900.0):
        y = solve_ivp(rate, (t, stop), y, rtol=1e-10, atol=1e-10, max_step=5).y[:, -1]
        t = stop
    assert run.moments[-1].mean[0] - 293.15 == pytest.approx(y[0] - 293.15, rel=1e-4)
    assert run.moments[-1].soc[0] == pytest.approx(y[1], abs=1e-9)
    assert run.flows.open < 1e-6
    assert run.balance.imbalance < 1e-9
    assert {200.0, 300.0, 500.0, 900.0} <= {moment.t for moment in run.moments}


class OnePipe:
    """A coolant of one mixed volume behind an inlet node: heat capacity ``C``, ``flow`` = m cp [W/K], film ``h`` on the underside."""

    passages = SimpleNamespace(nodes=("inlet",), outlet=1)
    table = SimpleNamespace(T=np.array([200.0, 400.0]))  # [K]: its coolant is known here
    n_states = 2

    def __init__(self, facets, area, T_in, C=4000.0, flow=30.0, h=900.0):
        m = csr_matrix
        self.now = StreamExchange(
            facets=facets, segment=np.zeros(len(facets), dtype=int), h=np.full(len(facets), h), mean=m([[0.0, 1.0]]),
            transport=m([[flow, 0.0], [-flow, flow]]), gain=m([[0.0], [1.0]]), supply=np.array([flow * T_in, 0.0]),
            storage=np.array([0.0, C]),
        )  # fmt: skip
        self.conductance, self.C, self.flow, self.T_in = h * area, C, flow, T_in

    def exchange(self, _state):
        return self.now


@fem
@pytest.mark.parametrize("C", [4000.0, 40.0, 0.0])
def test_pack_and_coolant_together_follow_their_two_equations(C):
    demand = Demand("current_A", (0.0, 400.0, 1200.0), (250.0, 20.0), (250.0, 20.0))
    case = lump(demand, (1200.0,), h=8.0, T0=303.15, tolerance=5e-4)
    mesh = case.problem.mesh
    below = mesh.boundaries["skin"][np.isclose(mesh.points[mesh.boundaries["skin"]][:, :, 2].max(axis=1), 0)]
    pipe = OnePipe(below, 0.01, 283.15, C=C)
    run = PackMarch(replace(case, stream=pipe), None).go()

    def rate(t, y):
        current = 250.0 if t < 400 else 20.0
        T, soc, theta = y
        if C == 0:
            theta = (pipe.conductance * T + pipe.flow * pipe.T_in) / (pipe.conductance + pipe.flow)
        wall = pipe.conductance * (T - theta)
        air = 8.0 * 0.1 * (T - 293.15)  # 0.1 m²: six faces
        fluid = (wall - pipe.flow * (theta - pipe.T_in)) / C if C else 0.0
        return [(bernardi(current, T, soc) - wall - air) / (RHO_CP * VOLUME), -current / 3.6e5, fluid]

    y, t = [303.15, 0.9, 303.15], 0.0
    for stop in (400.0, 1200.0):
        solved = solve_ivp(rate, (t, stop), y, method="Radau", rtol=1e-9, atol=1e-9)
        y, t = solved.y[:, -1], stop
    assert run.moments[-1].mean[0] == pytest.approx(y[0], abs=2e-3)  # four times the tolerance of a step
    if C:
        assert run.moments[-1].coolant_out == pytest.approx(y[2], abs=2e-3)
    assert run.balance.imbalance < 1e-6


@fem
def test_a_tenth_of_the_tolerance_brings_the_end_closer():
    demand = Demand("current_A", (0.0, 300.0, 700.0), (250.0, 40.0), (250.0, 40.0))
    ends = [
        PackMarch(lump(demand, (700.0,), h=300.0, T0=313.15, tolerance=tolerance), None).go().moments[-1].mean[0]
        for tolerance in (1e-1, 1e-2, 1e-5)
    ]
    assert abs(ends[1] - ends[2]) < abs(ends[0] - ends[2]) < 0.3


def test_steps_land_on_outputs_and_edges_or_on_those_a_while_apart():
    assert landings((0.0, 20.0, 26.0, 27.0, 100.0), (50.0, 100.0)) == [20.0, 26.0, 27.0, 50.0, 100.0]
    assert landings((0.0, 20.0, 26.0, 27.0, 100.0), (50.0, 100.0), apart=CLOSE_S) == [20.0, 26.0, 50.0, 100.0]
    assert landings(tuple(np.arange(101.0)), (50.0, 100.0), apart=CLOSE_S) == [50.0, 100.0]
    assert CLOSE_S > 1.0  # traces are given second by second


def seconds_on_and_off():
    """Ten seconds at 400 A, ten at rest, given second by second."""
    seconds = tuple(np.arange(121.0))
    values = tuple(400.0 if int(t) % 20 < 10 else 0.0 for t in seconds[:-1])
    return Demand("current_A", seconds, values, values)


@fem
def test_a_step_lands_on_every_breakpoint_of_a_trace():
    run = PackMarch(lump(seconds_on_and_off(), (120.0,)), None).go()
    assert {float(t) for t in range(121)} <= {moment.t for moment in run.moments}


@fem
def test_a_trace_of_seconds_that_is_passed_over_is_resolved_as_far_as_the_tolerance_asks():
    swing = 400.0**2 * resistance(293.15) * 5.0 / (RHO_CP * VOLUME)  # K, of ten seconds on and ten off about their mean
    counts, ends = [], []
    landed = PackMarch(lump(seconds_on_and_off(), (120.0,)), None).go()
    for tolerance in (20 * swing, swing / 20):
        case = replace(lump(seconds_on_and_off(), (120.0,), tolerance=tolerance), every_edge=False)
        run = PackMarch(case, None).go()
        counts.append(len(run.moments))
        ends.append(run.moments[-1].mean[0])
        assert run.balance.imbalance < 1e-9
        given = sum(moment.interval.charge for moment in run.moments[1:])
        assert given == pytest.approx(400.0 * 60.0, rel=1e-12)  # no ampere-second and
        assert run.balance.made == pytest.approx(sum(run.made.values()), rel=1e-12)  # no joule is lost in the long steps
    assert counts[1] > 5 * counts[0]
    rise = landed.moments[-1].mean[0] - 293.15
    assert ends[1] - 293.15 == pytest.approx(rise, rel=2e-3)  # a twentieth of the swing over the rise, and no more
    assert ends[0] - 293.15 == pytest.approx(rise, rel=1e-2)  # the resistance of a whole step at its first temperature


@fem
def test_the_energy_of_a_duty_of_power_is_given_to_the_last_joule_whether_landed_on_or_passed_over():
    seconds = tuple(np.arange(61.0))
    power = tuple(300.0 + 250.0 * np.sin(t) for t in seconds[:-1])
    demand = Demand("power_W", seconds, power, power)
    for every in (True, False):
        run = PackMarch(replace(lump(demand, (60.0,), tolerance=0.05), every_edge=every), None).go()
        assert sum(m.interval.energy for m in run.moments[1:]) == pytest.approx(sum(power), rel=1e-10)


class Killed(BaseException):
    """Stands for a kill: nothing in the code under test catches it."""


@fem
def test_a_run_that_was_killed_goes_on_and_gives_the_same_numbers_to_the_last_bit(tmp_path, monkeypatch):
    demand = Demand("current_A", (0.0, 150.0, 400.0), (250.0, -60.0), (250.0, -60.0))
    case = lump(demand, (100.0, 200.0, 300.0, 400.0), h=30.0)
    case = replace(case, sensors=csr_matrix((np.ones(1), ([0], [3])), shape=(1, len(case.problem.mesh.points))))
    whole = PackMarch(case, None).go(tmp_path / "whole")

    def until_300(march, dt, original=PackMarch._try):
        if march.t >= 300:
            raise Killed
        return original(march, dt)

    with monkeypatch.context() as patched:
        patched.setattr(PackMarch, "_try", until_300)
        with pytest.raises(Killed):
            PackMarch(case, None).go(tmp_path / "killed")
    again = PackMarch(case, None)
    steps = []
    monkeypatch.setattr(again, "_try", lambda dt, original=again._try: steps.append(again.t) or original(dt))
    resumed = again.go(tmp_path / "killed")
    assert min(steps) == 300.0  # from the last output on, not from the start
    assert np.array_equal(resumed.fields, whole.fields)
    assert [m.t for m in resumed.moments] == [m.t for m in whole.moments]
    assert resumed.balance == whole.balance
    assert np.array_equal(resumed.moments[-1].sensors, whole.moments[-1].sensors)


@fem
def test_a_checkpoint_of_another_case_or_a_damaged_one_is_not_gone_on_from(tmp_path):
    demand = Demand.constant("current_A", 100.0, 60.0)
    PackMarch(lump(demand, (30.0, 60.0)), None).go(tmp_path / "state")
    other = PackMarch(lump(demand, (30.0, 60.0), T0=300.0), None).go(tmp_path / "state")
    assert other.moments[0].mean[0] == pytest.approx(300.0)
    (tmp_path / "state").write_bytes(b"not a pickle")
    assert PackMarch(lump(demand, (30.0, 60.0)), None).go(tmp_path / "state").moments[0].t == 0.0


@fem
def test_a_chiller_that_is_switched_on_and_off_is_followed_from_the_instant(tmp_path):
    case = lump(Demand.constant("current_A", 200.0, 900.0), (900.0,), h=5.0, T0=308.15, tolerance=5e-4)
    mesh = case.problem.mesh
    below = mesh.boundaries["skin"][np.isclose(mesh.points[mesh.boundaries["skin"]][:, :, 2].max(axis=1), 0)]
    warm, cold, still = (OnePipe(below, 0.01, T, C=2000.0, flow=f) for T, f in ((308.15, 30.0), (283.15, 30.0), (283.15, 1e-9)))
    run = PackMarch(replace(case, stream=warm, schedule=((200.0, cold), (600.0, still))), None).go()

    def rate(t, y):
        pipe = warm if t < 200 else (cold if t < 600 else still)
        T, soc, theta = y
        wall, air = pipe.conductance * (T - theta), 5.0 * 0.1 * (T - 293.15)
        return [
            (bernardi(200.0, T, soc) - wall - air) / (RHO_CP * VOLUME),
            -200.0 / 3.6e5,
            (wall - pipe.flow * (theta - pipe.T_in)) / pipe.C,
        ]

    y, t = [308.15, 0.9, 308.15], 0.0
    for stop in (200.0, 600.0, 900.0):
        y = solve_ivp(rate, (t, stop), y, method="Radau", rtol=1e-9, atol=1e-9).y[:, -1]
        t = stop
    assert {200.0, 600.0} <= {moment.t for moment in run.moments}
    assert run.moments[-1].mean[0] == pytest.approx(y[0], abs=3e-3)  # some tolerances of a step
    assert run.moments[-1].coolant_out == pytest.approx(y[2], abs=1e-2)  # its own error counts a twentieth
    assert run.balance.imbalance < 1e-6


@fem
def test_a_step_ends_where_a_charge_begins_to_taper():
    """CC-CV by hand: 200 A until OCV + I R is 3.3 V, then I = (3.3 V - OCV) / R, at 0.8 mohm whatever the temperature."""
    flat = ResistanceTable(temperature_degC=(0, 60), resistance_mOhm=(0.8, 0.8), standing="given")
    demand = Demand("current_A", (0.0, 1800.0), (-200.0,), (-200.0,), tapers=(True,))
    case = replace(lump(demand, (1800.0,), soc=0.2, tolerance=0.5), bank=network(table=flat, v_max=3.3))
    run = PackMarch(case, None).go()
    corner = ((3.3 - 200 * 0.8e-3 - 3.0) / 0.4 - 0.2) * 3.6e5 / 200  # [s]
    tau = 0.8e-3 * 3.6e5 / 0.4  # [s]: R C over the slope of the OCV
    end = 0.75 - (0.75 - 0.35) * np.exp(-(1800.0 - corner) / tau)  # 0.75: where the OCV is 3.3 V
    assert min(abs(moment.t - corner) for moment in run.moments) < CORNER_S
    assert run.moments[-1].soc[0] == pytest.approx(end, abs=1e-5)  # third order in pieces of 0.4 % of the charge
    assert sum(moment.interval.tapered for moment in run.moments[1:]) == pytest.approx(1800.0 - corner, abs=CORNER_S)
