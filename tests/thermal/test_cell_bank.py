"""The cells as a network: shares, limits, charge and heat over a step, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from plain_bars import plain_bar, plain_bars

from packtool.catalogue.records import ResistanceTable, SocTable
from packtool.design.demand import Demand
from packtool.errors import SolveError
from packtool.thermal.cell_bank import CellBank, over

OHM = 1e-3
BETWEEN = [(0, 1), (1, -1)]  # from the first cell's plus to the second one's minus pole
TABLE = ResistanceTable(temperature_degC=(0, 40), resistance_mOhm=(2.0, 1.0), standing="given")
FLAT = ResistanceTable(temperature_degC=(-60, 300), resistance_mOhm=(1.0, 1.0), standing="given")


def by_soc(values):
    values = tuple(values)
    return SocTable(soc=tuple(np.linspace(0, 1, len(values)).tolist()), value=values, standing="given")


def bank(
    groups=(0, 1), table=FLAT, own=None, ocv=(3.3, 3.3), entropy=(0.0, 0.0), joints=(), v_min=2.5, v_max=3.65, Ah=100.0, strings=1
):
    n = len(groups)
    return CellBank(
        group=np.array(groups),
        n_groups=max(groups) + 1,
        capacity_As=np.full(n, Ah * 3600.0),
        table=table,
        own_ohm=np.full(n, np.nan) if own is None else np.array(own),
        ocv_V=by_soc(ocv),
        entropy_mV_K=by_soc(1e3 * value for value in entropy),
        v_min=v_min,
        v_max=v_max,
        bars=plain_bars(*joints),
        joint_string=np.array([0 if joint.whole else 1 for joint in joints], dtype=int),
        n_strings=strings,
    )


def at(network, asked, quantity="current_A", T=293.15, soc=0.5):
    n = len(network.group)
    return network.at(quantity, asked, np.full(n, T), np.broadcast_to(np.asarray(soc, float), (n,)))


class TestInstant:
    def test_parallel_cells_share_by_their_resistance(self):
        now = at(bank((0, 0), own=[1e-3, 3e-3]), 40.0)
        assert now.cell_current == pytest.approx([30.0, 10.0])
        assert now.joule == pytest.approx([0.9, 0.3])

    def test_strings_share_by_their_resistance_and_their_cells_carry_one_current(self):
        now = at(bank((0, 1, 2, 3), own=[1e-3, 2e-3, 4e-3, 5e-3], strings=2), 40.0)
        assert now.cell_current == pytest.approx([30.0, 30.0, 10.0, 10.0])  # 3 mOhm beside 9
        assert now.voltage == pytest.approx(2 * 3.3 - 40.0 * (3e-3 * 9e-3 / 12e-3))

    def test_a_fuller_string_charges_its_neighbour_without_any_load(self):
        now = at(bank((0, 1, 2, 3), ocv=(3.0, 3.4), strings=2), 0.0, soc=[0.6, 0.6, 0.5, 0.5])
        assert now.cell_current == pytest.approx([20.0, 20.0, -20.0, -20.0])  # 2 x 0.04 V over 4 mOhm
        assert now.voltage == pytest.approx(6.44)

    def test_a_bar_of_one_string_is_warmed_by_that_strings_current_and_the_packs_bar_by_the_whole(self):
        joints = [plain_bar(0, 1e-3, [(0, 1)]), plain_bar(1, 5e-4, [(0, 1), (1, 1)], whole=True)]
        now = at(bank((0, 1), own=[1e-3, 3e-3], joints=joints, strings=2), 50.0)
        assert now.cell_current == pytest.approx([30.0, 20.0])  # 1 + 1 mOhm beside 3
        assert now.busbar.sum() == pytest.approx(30.0**2 * 1e-3 + 50.0**2 * 5e-4)

    def test_the_current_stops_where_the_first_cell_of_any_string_is_at_its_lowest_voltage(self):
        now = at(bank((0, 1), own=[1e-3, 3e-3], ocv=(2.6, 2.6), v_min=2.5, strings=2), 1e4)
        assert now.limited
        assert now.current == pytest.approx(0.1 / 1e-3 + 0.1 / 3e-3)
        assert now.group_voltage == pytest.approx([2.5, 2.5])

    def test_a_fuller_cell_charges_its_neighbour_without_any_load(self):
        now = at(bank((0, 0), ocv=(3.0, 3.4)), 0.0, soc=[0.6, 0.5])
        assert now.cell_current == pytest.approx([20.0, -20.0])  # 0.04 V over 2 mOhm
        assert now.joule.sum() == pytest.approx(0.04 * 20.0)

    def test_pack_voltage_under_load_counts_cells_and_busbars(self):
        now = at(bank(joints=[plain_bar(0, 5e-4, BETWEEN)]), 100.0)
        assert now.voltage == pytest.approx(2 * 3.3 - 100.0 * (2e-3 + 5e-4))
        assert now.busbar.sum() == pytest.approx(100.0**2 * 5e-4)

    @pytest.mark.parametrize("power", [500.0, -500.0, 1e-6, 0.0])
    def test_power_is_what_the_terminals_give(self, power):
        now = at(bank(joints=[plain_bar(0, 5e-4, BETWEEN)]), power, "power_W")
        assert now.current * now.voltage == pytest.approx(power, rel=1e-12, abs=1e-15)

    def test_reversible_heat_is_minus_I_T_times_the_entropic_coefficient(self):
        assert at(bank(entropy=(2e-4, 2e-4)), 50.0).reversible == pytest.approx([-50.0 * 293.15 * 2e-4] * 2)

    def test_charging_tapers_where_a_cell_reaches_its_highest_voltage(self):
        now = at(bank(ocv=(3.0, 3.6)), -100.0, soc=[1.0, 0.5])
        assert now.limited
        assert now.current == pytest.approx(-50.0)  # 0.05 V of room over 1 mOhm, in the fuller of the two
        assert now.group_voltage.max() == pytest.approx(3.65)

    def test_more_power_than_there_is_ends_at_the_lowest_voltage(self):
        now = at(bank(), 1e6, "power_W")
        assert now.limited
        assert now.group_voltage == pytest.approx([2.5, 2.5])

    def test_resistance_goes_with_one_over_T_and_is_refused_below_its_table(self):
        halfway = 2 / (1 / 273.15 + 1 / 313.15)
        assert bank(table=TABLE).resistance(np.full(2, halfway), np.zeros(2)) == pytest.approx(np.sqrt(2) * OHM)
        assert bank(table=TABLE).resistance(np.full(2, 350.0), np.zeros(2)) == pytest.approx(OHM)
        with pytest.raises(SolveError, match="known from 0 to 40 degC, not at -1"):
            at(bank(table=TABLE), 1.0, T=272.15)


def run(network, demand, t0, t1, soc=0.5, T0=293.15, T1=293.15):
    n = len(network.group)
    return over(network, demand, t0, t1, np.full(n, T0), np.full(n, T1), np.full(n, soc))


class TestOverAStep:
    def test_charge_is_counted_and_heat_is_the_mean_of_the_square(self):
        ramp = Demand("current_A", (0.0, 10.0), (0.0,), (60.0,))
        step = run(bank(), ramp, 0.0, 10.0)
        assert step.soc == pytest.approx(0.5 - 300.0 / 360000.0, rel=1e-12)
        assert step.joule == pytest.approx([60.0**2 / 3 * OHM] * 2, rel=1e-9)  # mean of t² is a third
        assert step.charge == pytest.approx(300.0)

    def test_a_jump_inside_the_step_is_seen_to_the_instant(self):
        jump = Demand("current_A", (0.0, 3.0, 10.0), (0.0, 80.0), (0.0, 80.0))
        step = run(bank(), jump, 1.0, 9.0)
        assert step.joule == pytest.approx([80.0**2 * OHM * 6 / 8] * 2, rel=1e-9)
        assert step.swing == pytest.approx([80.0**2 * OHM * 6 / 8 * 2] * 2, rel=1e-6)  # nothing in the first 2 s

    def test_many_small_steps_and_one_large_agree(self):
        network = bank(ocv=(3.0, 3.1, 3.2, 3.5), entropy=(1e-4, -1e-4, 0.0, 2e-4), table=TABLE)
        demand = Demand.constant("power_W", 300.0, 2000.0)
        whole, soc, energy = run(network, demand, 0, 2000, 0.9), np.full(2, 0.9), 0.0
        for t in range(0, 2000, 100):
            piece = over(network, demand, t, t + 100, np.full(2, 293.15), np.full(2, 293.15), soc)
            soc, energy = piece.soc, energy + piece.energy
        assert whole.soc == pytest.approx(soc, abs=1e-6)  # second order: pieces of 0.4 % of the charge
        assert energy == pytest.approx(300.0 * 2000.0, rel=1e-9)

    def test_energy_at_the_terminals_is_that_of_the_cells_less_the_heat(self):
        network = bank(joints=[plain_bar(0, 2e-4, BETWEEN)])
        step = run(network, Demand.constant("current_A", 90.0, 100.0), 0.0, 100.0)
        made = (step.joule + step.busbar).sum() * 100.0
        assert step.energy == pytest.approx(2 * 3.3 * 90.0 * 100.0 - made, rel=1e-9)

    def test_after_the_duty_there_is_rest(self):
        assert run(bank(), Demand.constant("current_A", 50.0, 10.0), 10.0, 20.0).joule == pytest.approx(0.0)
