"""The pack as a heat problem: every number by hand, on four boxes that stand for the cells of two groups of two."""

from dataclasses import replace

import numpy as np
import pytest
from four_cells import CELLS, COLD, CURRENT, WARM, boxes, kelvin, pack

from packtool.errors import SolveError
from packtool.layout.bar_seats import seated_bars
from packtool.mesh.busbars import bar_meshes
from packtool.thermal.busbar_shape import reduced
from packtool.thermal.pack import pack_heat, region_conductivity, resistance_is_held


def heat_of(*sets):
    loaded, layout = pack(*sets)
    return pack_heat(loaded, layout, boxes(), "charge_1C")


def check_slope(power, T):
    """``power`` gives heat and slope of the cells at ``T``; a central difference is of second order in 1 mK."""
    _, slope = power(T)
    step = 1e-3
    for cell in range(4):
        up, down = T.copy(), T.copy()
        up[cell] += step
        down[cell] -= step
        difference = (power(up)[0][cell] - power(down)[0][cell]) / (2 * step)
        assert slope[cell] == pytest.approx(difference, rel=1e-6, abs=1e-9)


class TestCellHeat:
    def test_equal_cells_in_parallel_take_half_the_current_each(self):
        power, _ = heat_of().cell_power(kelvin(COLD, COLD, COLD, COLD))
        assert power == pytest.approx([(CURRENT / 2) ** 2 * 1.0e-3] * 4, rel=1e-12)

    def test_the_warmer_of_two_takes_more(self):
        # 1.0 and 0.5 mOhm: a third and two thirds of the current
        power, _ = heat_of().cell_power(kelvin(COLD, WARM, WARM, COLD))
        third, two_thirds = (CURRENT / 3) ** 2 * 1.0e-3, (2 * CURRENT / 3) ** 2 * 0.5e-3
        assert power == pytest.approx([third, two_thirds, two_thirds, third], rel=1e-9)

    def test_between_the_points_the_resistance_is_the_geometric_mean_halfway_in_1_over_T(self):
        halfway = 2 / (1 / (COLD + 273.15) + 1 / (WARM + 273.15)) - 273.15
        power, _ = heat_of().cell_power(kelvin(*[halfway] * 4))
        assert power == pytest.approx([(CURRENT / 2) ** 2 * np.sqrt(1.0 * 0.5) * 1e-3] * 4, rel=1e-9)

    def test_an_overridden_cell_keeps_its_resistance_at_any_temperature_and_its_group_shares_anew(self):
        heat = heat_of("overrides.cells={R1C02: {resistance_mOhm: 3.0}}")
        for degC in (COLD, WARM):
            power, slope = heat.cell_power(kelvin(COLD, degC, COLD, COLD))
            # 1 and 3 mOhm: three quarters and one quarter of the current; the other group is untouched
            assert power[:2] == pytest.approx([(0.75 * CURRENT) ** 2 * 1e-3, (0.25 * CURRENT) ** 2 * 3e-3], rel=1e-9)
            assert power[2:] == pytest.approx([(CURRENT / 2) ** 2 * 1e-3] * 2, rel=1e-9)
            assert slope[1] == 0.0

    @pytest.mark.parametrize("degC", [(26.0, 33.0, 30.0, 28.0), (30.0, 30.0, 30.0, 30.0)])
    def test_the_slope_is_the_derivative_by_the_cells_own_temperature(self, degC):
        heat = heat_of("overrides.cells={R1C03: {resistance_mOhm: 0.7}}")
        check_slope(heat.cell_power, kelvin(*degC))

    def test_the_cells_of_a_group_carry_the_whole_current(self):
        loaded, layout = pack()
        heat = pack_heat(loaded, layout, boxes(), "charge_1C")
        power, _ = heat.cell_power(kelvin(26.0, 34.0, 29.0, 31.0))
        R = [1e-3 * np.exp(np.log(0.5) * (1 / (COLD + 273.15) - 1 / (t + 273.15)) / (1 / (COLD + 273.15) - 1 / (WARM + 273.15)))
             for t in (26.0, 34.0, 29.0, 31.0)]  # fmt: skip
        currents = np.sqrt(power / R)
        assert [currents[:2].sum(), currents[2:].sum()] == pytest.approx([CURRENT, CURRENT], rel=1e-9)
        voltage = currents * R
        assert voltage[0] == pytest.approx(voltage[1], rel=1e-9)  # parallel cells have one voltage

    def test_strings_of_modules_share_the_current_by_their_cells_and_busbars(self):
        strings = ("arrangement.cells_per_row=2", "arrangement.modules={count_y: 2, strings: 2, gap_y_mm: 30}")
        loaded, layout = pack(*strings)
        cells = [part.name for part in layout.parts_of("cell")]
        heat = pack_heat(loaded, layout, boxes(cells), "charge_1C")
        T = kelvin(COLD, COLD, WARM, WARM)
        R = np.array([1e-3, 1e-3, 0.5e-3, 0.5e-3])
        current = np.sqrt(heat.cell_power(T)[0] / R)
        assert current[[0, 2]] == pytest.approx(current[[1, 3]], rel=1e-12)
        assert current[[0, 2]].sum() == pytest.approx(CURRENT, rel=1e-12)
        carrying = heat.bars.carrying(current, T[:4])
        lost = carrying.made(carrying.resistivity(np.ones(len(heat.joint_string))))
        bars = [lost[heat.joint_string == k].sum() / current[first] ** 2 for k, first in ((1, 0), (2, 2))]
        # the strings share as if bars were as warm as their cells: their own warmth, some 10 mK, moves their resistance by 4e-5
        assert current[0] * (R[:2].sum() + bars[0]) == pytest.approx(current[2] * (R[2:].sum() + bars[1]), rel=1e-6)
        assert (lost > 0).all()
        assert heat.busbar_power(T)[0].sum() + heat.busbar_loss(T).ambient == pytest.approx(lost.sum(), rel=1e-12)

    def test_c_rate_is_current_over_the_packs_capacity(self):
        by_rate = heat_of("cases.charge_1C={kind: steady, c_rate: 0.5}")
        by_current = heat_of("cases.charge_1C={kind: steady, current_A: 176}")  # 0.5 x 2 parallel x 176 Ah
        T = kelvin(26.0, 34.0, 29.0, 31.0)
        assert by_rate(T)[0] == pytest.approx(by_current(T)[0], rel=1e-12)

    def test_above_its_table_the_last_value_holds_and_it_is_said(self):
        heat = heat_of()
        power, slope = heat.cell_power(kelvin(50.0, 50.0, 50.0, 50.0))
        assert power == pytest.approx([(CURRENT / 2) ** 2 * 0.5e-3] * 4, rel=1e-12)
        assert (slope == 0).all()
        loaded, _ = pack()
        assert resistance_is_held(loaded, 50.0 + 273.15)
        assert not resistance_is_held(loaded, 30.0 + 273.15)

    def test_a_cell_without_a_region_is_refused_by_name(self):
        loaded, layout = pack()
        with pytest.raises(SolveError, match="R1C03"):
            pack_heat(loaded, layout, boxes(("R1C01", "R1C02", "R1C04")), "charge_1C")

    def test_a_cell_without_a_resistance_is_refused(self):
        loaded, layout = pack()
        unknown = replace(loaded, cell=loaded.cell.model_copy(update={"resistance_dc": None}))
        with pytest.raises(SolveError, match="dc resistance of calb-lfp176"):
            pack_heat(unknown, layout, boxes(), "charge_1C")


class TestBusbarHeat:
    WARM_CELLS = (COLD, COLD, COLD, COLD)

    @staticmethod
    def one_bar(joint):
        """The heat of the pack with one of its bars alone."""
        heat = heat_of()
        own = tuple(kind for kind in heat.bars.kinds if kind.joints.tolist() == [joint])
        assert len(own) == 1
        return replace(heat, bars=replace(heat.bars, kinds=own))

    def test_is_that_of_the_bars_solved_by_themselves(self):
        """Half the current from either cell: by the resistance of each bar's own finite elements, at the bars' temperature."""
        loaded, layout = pack()
        material = loaded.materials["al_1060_busbar"]
        heat = pack_heat(loaded, layout, boxes(), "charge_1C")
        warm = 1 + material.alpha_per_K.value * (COLD - 20.0)
        by_hand = 0.0
        for bar in seated_bars(layout):
            (mesh,) = bar_meshes([(bar.product, bar.seats)], halved=False)
            into = np.array([CURRENT / 2 if plus else -CURRENT / 2 for plus in bar.plus])
            into = np.append(into, -into.sum()) if bar.cable else into
            flow = reduced(mesh, tuple(into), 3e-3).flow
            by_hand += into @ np.linalg.pinv(flow, rcond=1e-9) @ into * warm * material.resistivity_ohm_m.value
        lost = heat.busbar_loss(kelvin(*self.WARM_CELLS))
        assert lost.power.sum() == pytest.approx(by_hand, rel=1e-3)  # the bars are a little warmer than the cells
        assert lost.heat.sum() + lost.ambient == pytest.approx(lost.power.sum(), rel=1e-12)

    def test_grows_with_the_temperature_of_the_cells_it_joins(self):
        loaded, layout = pack()
        alpha = loaded.materials["al_1060_busbar"].alpha_per_K.value
        heat = pack_heat(loaded, layout, boxes(), "charge_1C")
        at_35, at_60 = (heat.busbar_loss(kelvin(*[T] * 4)).power for T in (35.0, 60.0))
        # their own warmth goes with it; of one kelvin between cells and ambient the film takes 2e-4 off the bar's
        assert at_60 == pytest.approx(at_35 * (1 + alpha * 40.0) / (1 + alpha * 15.0), rel=3e-4)

    def test_what_stands_beside_the_cells_gives_heat_to_the_lid(self):
        """A bar between two rows; its ends, at the cells' temperature, are far from cold."""
        rows = ("arrangement.rows=2", "arrangement.cells_per_row=2", "arrangement.row_gap_mm=60")
        found = []
        for ambient in (COLD, COLD - 20):
            loaded, layout = pack(*rows, f"ambient.temperature_degC={ambient}")
            cells = [part.name for part in layout.parts_of("cell")]
            between = replace(layout, joints=layout.joints[1:2])
            found.append(pack_heat(loaded, between, boxes(cells), "charge_1C").busbar_loss(kelvin(*self.WARM_CELLS)))
        warm, leak = found
        assert 1e-5 < warm.ambient / warm.power.sum() < 1e-2  # of its own warmth: the cells are as warm as the ambient
        assert leak.ambient > warm.ambient
        assert leak.heat.sum() + leak.ambient == pytest.approx(leak.power.sum(), rel=1e-12)
        assert leak.power.sum() < warm.power.sum()  # a cooler bar resists less

    def test_the_slope_is_the_derivative_where_the_currents_are_given(self):
        """How the cells of a group share the current goes with their temperature, too; that is left out of the slope."""
        alike = "overrides.cells={" + ", ".join(f"{name}: {{resistance_mOhm: 0.7}}" for name in CELLS) + "}"
        check_slope(heat_of(alike, "busbars.contact_uOhm=20").busbar_power, kelvin(26.0, 33.0, 30.0, 28.0))

    def test_half_of_the_bar_between_two_groups_goes_to_each_and_all_of_a_terminals_to_its_own(self):
        for kept, groups in ((1, (0.5, 0.5)), (0, (1.0, 0.0)), (2, (0.0, 1.0))):
            power, _ = self.one_bar(kept).busbar_power(kelvin(*self.WARM_CELLS))
            assert power.sum() > 0
            assert [power[:2].sum(), power[2:].sum()] == pytest.approx([power.sum() * part for part in groups], rel=1e-9)

    def test_the_cells_next_to_each_other_take_more_of_the_bar_between_their_groups(self):
        """All of the current passes between the two inner cells, and half of it from an outer to an inner one."""
        power, _ = self.one_bar(1).busbar_power(kelvin(*self.WARM_CELLS))
        assert power == pytest.approx(power[::-1], rel=1e-9)
        assert power[1] > 2 * power[0] > 0

    def test_half_of_a_contacts_heat_stays_in_its_cell_and_the_bar_evens_the_other_half_out(self):
        """Contacts of 50 uOhm conduct 0.15 W/K, the bar beside them some 20 times as much."""
        contact = 50e-6
        bare, worse = heat_of(), heat_of(f"busbars.contact_uOhm={contact * 1e6}")
        T = kelvin(COLD, WARM, WARM, COLD)
        more = worse.busbar_power(T)[0] - bare.busbar_power(T)[0]
        current = np.array([CURRENT / 3, 2 * CURRENT / 3, 2 * CURRENT / 3, CURRENT / 3])
        made = 2 * contact * current**2  # two poles each
        assert more.sum() == pytest.approx(made.sum(), rel=1e-2)  # warmer bars resist more
        assert more == pytest.approx(made / 2 + made.mean() / 2, rel=0.1)

    def test_is_part_of_the_heat_of_the_cells_regions_and_no_other(self):
        heat, T = heat_of(), kelvin(26.0, 34.0, 29.0, 31.0)
        power, _ = heat(T)
        assert power[:4] == pytest.approx(heat.cell_power(T)[0] + heat.busbar_power(T)[0], rel=1e-12)
        assert power[4] == 0.0


class TestConductivity:
    @pytest.mark.parametrize(("turn", "through_axis"), [(0, 0), (90, 1), (180, 0), (270, 1)])
    def test_a_cell_conducts_badly_through_its_thickness_however_it_is_turned(self, turn, through_axis):
        loaded, layout = pack()
        turned = replace(layout, parts=tuple(replace(p, rotation_deg=turn) if p.name in CELLS else p for p in layout.parts))
        K = region_conductivity(loaded, turned, boxes())
        expected = np.full(3, loaded.cell.k_in_plane_W_mK.value)
        expected[through_axis] = loaded.cell.k_through_W_mK.value
        for cell in range(4):
            np.testing.assert_array_equal(K[cell], np.diag(expected))

    def test_what_is_no_cell_conducts_alike_in_every_direction(self):
        loaded, layout = pack()
        np.testing.assert_array_equal(
            region_conductivity(loaded, layout, boxes())[4], np.eye(3) * loaded.materials["al_3003_o"].k_W_mK.value
        )

    def test_an_unknown_conductivity_is_refused(self):
        loaded, layout = pack()
        unknown = replace(loaded, cell=loaded.cell.model_copy(update={"k_through_W_mK": None}))
        with pytest.raises(SolveError, match="conductivity of calb-lfp176"):
            region_conductivity(unknown, layout, boxes())
