"""Coolant whose flow and inlet temperature change while a pack runs: delay, reversal, standing still, and its own heat balance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coldplate_networks import MEG50, duct, plate
from test_pack_march import lump

from packtool.coldplate import nusselt
from packtool.coldplate.friction import ROUND, laminar_f_Re
from packtool.coldplate.pack_march import PackMarch
from packtool.coldplate.stream import ChannelStream
from packtool.coldplate.transient_results import transient_results
from packtool.design.demand import Demand
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.records import ConductionProblem
from packtool.verification.coolant_time import CASES

fem = pytest.mark.fem
LENGTH, RHO_CP = 0.4, 2.4e6


@fem
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_step_of_the_inlet_goes_through(case):
    assert [f"{row.quantity}: {row.value:.6g}, reference {row.reference:.6g}" for row in case.run() if not row.passes] == []


def cell_on_a_channel(current=150.0, end=900.0, tolerance=5e-3, schedule=(), T0=295.15, flow_lpm=0.5):
    """One flat cell of 400 x 16 x 5 mm over a channel of 16 x 3 mm that takes all of its heat."""
    mesh = mesh_boxes(
        [Box("R1C01", "cell", "cell", 0.0, -0.008, 0.003, LENGTH, 0.008, 0.008)],
        divisions=(20, 1, 1), boundaries={"R1C01.z-": "coolant_wall"},
    )  # fmt: skip
    stream = ChannelStream.of(duct(400.0), plate(flow_lpm=flow_lpm, inlet_degC=22.0), MEG50, mesh)
    demand = Demand.constant("current_A", current, end)
    problem = ConductionProblem(mesh, np.array([np.diag([2.0, 20.0, 20.0])]), rho_cp=np.array([RHO_CP]))
    case = replace(lump(demand, (end,)), problem=problem, stream=stream, T0=T0, tolerance=tolerance)
    return replace(case, schedule=tuple((since, stream.changed(*to)) for since, to in schedule)), mesh


def closed(run):
    """What the coolant took up less what it carried off and holds, over what it took up."""
    return abs(run.balance.to_stream - run.coolant["carried"] - run.coolant["held"]) / abs(run.balance.to_stream)


@fem
def test_backwards_the_pack_is_the_mirror_of_itself():
    forth, mesh = cell_on_a_channel()
    back, _ = cell_on_a_channel(schedule=((0.0, (-0.5, None)),))
    one, other = (PackMarch(case, None).go() for case in (forth, back))
    x = mesh.points[:, 0]
    mirrored = [int(np.argmin(np.abs(mesh.points - (LENGTH - p[0], p[1], p[2])).sum(axis=1))) for p in mesh.points]
    assert np.ptp(one.fields[-1][np.argsort(x)]) > 1  # there is something to mirror
    assert other.fields[-1] == pytest.approx(one.fields[-1][mirrored], abs=2e-4)  # the linear solver's tolerance
    assert other.moments[-1].coolant_out == pytest.approx(one.moments[-1].coolant_out, abs=2e-4)
    assert closed(one) < 1e-6
    assert closed(other) < 1e-6


@fem
def test_after_a_reversal_the_warm_end_is_the_other_one():
    case, mesh = cell_on_a_channel(schedule=((450.0, (-0.5, None)),))
    run = PackMarch(replace(case, outputs=(450.0, 900.0)), None).go()
    ends = [run.fields[:, np.abs(mesh.points[:, 0] - x) < 1e-9].mean(axis=1) for x in (0.0, LENGTH)]
    assert ends[1][0] > ends[0][0] + 1
    assert ends[0][1] > ends[1][1] + 1
    assert run.moments[-1].coolant_out > 295.15 + 0.5  # at the end that it leaves by: at the other it is at the inlet's 22 degC
    assert closed(run) < 1e-6


@fem
def test_a_step_of_the_inlet_to_the_end_of_the_coolant_s_range_is_solved():
    """Behind the step the inlet does not go on as it changed: 57 K in a first short step."""
    case, _ = cell_on_a_channel(current=0.0, end=60.0, schedule=((0.0, (0.0, None)), (20.0, (2.0, 79.0))))
    run = PackMarch(case, None).go()
    assert run.moments[-1].coolant_out < 79 + 273.15
    assert closed(run) < 1e-6


@fem
def test_while_the_pump_stands_nothing_is_carried_off_and_coolant_and_wall_meet():
    case, _ = cell_on_a_channel(current=0.0, end=1500.0, schedule=((0.0, (0.0, None)),), T0=310.15)
    march = PackMarch(case, None)
    assert march.theta is not None
    march.theta[:] = 295.15  # cold coolant under a warm cell
    run = march.go()
    volume, area = LENGTH * 0.016, LENGTH * 0.016 * 0.003
    fluid = case.stream.table.at(np.array(303.15))
    held = float(fluid.rho * fluid.cp) * area
    solid = RHO_CP * volume * 0.005
    together = (solid * 310.15 + held * 295.15) / (solid + held)
    assert run.moments[-1].mean[0] == pytest.approx(together, abs=0.05)  # cp of the coolant rises by 3 % on the way
    assert abs(run.coolant["carried"]) < 1e-3 * run.coolant["held"]
    assert closed(run) < 1e-6


@fem
def test_the_film_of_standing_coolant_lies_between_its_exact_ends():
    case, _ = cell_on_a_channel(schedule=((0.0, (0.0, None)),))
    standing = case.schedule[0][1]
    exchange = standing.exchange(None)
    D, k = 2 * 16e-3 * 3e-3 / 19e-3, float(standing.table.at(np.array(295.15)).k)
    low, high = np.pi**2 * (1 + (3 / 16) ** 2) / (1 + 3 / 16) ** 2, float(laminar_f_Re(3 / 16)) / 2
    assert low * k / D < exchange.h.min() <= exchange.h.max() < high * k / D


def test_standing_liquid_between_plates_and_in_a_pipe():
    for aspect, low, high in ((1e-9, np.pi**2, 12.0), (1.0, np.pi**2 / 2, 14.22707688 / 2), (ROUND, 2.404825557695773**2, 8.0)):
        middle, half = nusselt.standing(np.array(aspect))
        assert float(middle * (1 - half)) == pytest.approx(low, rel=1e-6)
        assert float(middle * (1 + half)) == pytest.approx(high, rel=1e-6)


@fem
def test_a_chiller_s_step_is_in_the_balance_with_what_the_coolant_holds():
    case, _ = cell_on_a_channel(schedule=((200.0, (None, 12.0)), (500.0, (1.0, 30.0))), tolerance=2e-3)
    run = PackMarch(case, None).go()
    assert closed(run) < 1e-6
    assert run.balance.imbalance < 1e-6
    rows = {row.name: row.value for row in transient_results(case, run, Cells(), "case")}
    assert rows["energy.imbalance"] < 1e-6
    assert rows["heat.coolant"] == pytest.approx(rows["heat.coolant.carried"] + rows["heat.coolant.stored"], rel=1e-6)
    # what is carried off is the enthalpy of what flows, to what cp changes within a step's 0.1 K
    t = np.array([moment.t for moment in run.moments])
    out = np.array([moment.coolant_out for moment in run.moments])
    off = sum(
        flow * np.trapezoid(case.stream.table.enthalpy(out[now]) - case.stream.table.enthalpy(np.array(inlet)), t[now])
        for flow, inlet, now in (
            (case.stream_at(a).mass_flow, case.stream_at(a).T_in, (t >= a) & (t <= b)) for a, b in ((0, 200), (200, 500), (500, 900))
        )
    )  # fmt: skip
    assert run.coolant["carried"] == pytest.approx(off, rel=0.01)  # trapezoids over steps of seconds


@fem
def test_a_standing_pump_is_no_measure_of_rise_and_flow():
    case, _ = cell_on_a_channel(schedule=((300.0, (0.0, None)),))
    run = PackMarch(replace(case, outputs=(300.0, 900.0)), None).go()
    rows = {row.name: row for row in transient_results(case, run, Cells(), "case")}
    assert rows["coolant.rise"].time_s == 300.0
    assert rows["coolant.reynolds.min"].value > 100
    assert rows["coolant.outlet"].time_s > 300.0  # how warm it gets while it stands is told


@pytest.mark.slow
@fem
def test_what_the_coolant_did_before_a_change_counts_between_outputs():
    """Cold for a tenth of the time before the first output: the pressure drop is highest there, not at the outputs."""
    case, _ = cell_on_a_channel(current=0.0, schedule=((50.0, (0.5, 40.0)),))
    run = PackMarch(replace(case, outputs=(450.0, 900.0)), None).go()
    drop = {row.name: row for row in transient_results(case, run, Cells(), "case")}["coolant.pressure_drop"]
    cold, _ = cell_on_a_channel(current=0.0, end=50.0)
    steady = transient_results(cold, PackMarch(replace(cold, outputs=(50.0,)), None).go(), Cells(), "case")
    assert drop.time_s == 50.0
    assert drop.value == pytest.approx(next(row.value for row in steady if row.name == drop.name), rel=1e-4)  # other steps


@fem
def test_a_ramp_is_what_many_small_steps_come_to():
    """Inlet from 22 to 12 degC and flow from 0.5 backwards through 0 to 0.5 L/min, held against a staircase of 20 steps."""
    ends = ((100.0, (-0.5, 22.0)), (700.0, (0.5, 12.0)))
    ramp, _ = cell_on_a_channel(schedule=ends, tolerance=2e-2)
    stairs = [(100 + 30 * i, (-0.5 + (i + 0.5) / 20, 22 - 10 * (i + 0.5) / 20)) for i in range(20)]
    steps, _ = cell_on_a_channel(schedule=(*stairs, ends[1]), tolerance=2e-2)
    cases = (replace(case, outputs=(550.0, 900.0)) for case in (replace(ramp, ramped=True), steps, ramp))
    one, other, held = (PackMarch(case, None).go() for case in cases)
    assert one.fields[0] == pytest.approx(
        other.fields[0], abs=0.3
    )  # a stair is 0.5 K and a twentieth of the flow, and is half way off
    assert np.abs(held.fields[0] - other.fields[0]).max() > 3
    assert one.fields[1] == pytest.approx(other.fields[1], abs=0.01)
    assert closed(one) < 1e-6


class Cells:
    """Of a layout, what the results ask."""

    def parts_of(self, role):
        return [type("Part", (), {"name": "R1C01"})]
