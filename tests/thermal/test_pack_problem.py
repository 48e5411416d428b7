"""The pack as a heat problem: every number by hand, on four boxes that stand for the cells of two groups of two."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from packtool.catalogue.load import coolants
from packtool.design.load import load_design
from packtool.errors import SolveError
from packtool.layout.lay_out import lay_out
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import TaggedMesh
from packtool.thermal.air_gap import air_conductivity
from packtool.thermal.evaluate import region_values
from packtool.thermal.measure import heat_results, temperature_results
from packtool.thermal.pack import (
    ambient_exchange,
    pack_heat,
    pack_problem,
    region_conductivity,
    resistance_is_held,
)
from packtool.thermal.records import EnergyBalance, ThermalSolution

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
AIR = coolants()["air_1atm"]
CURRENT = 120.0  # A
COLD, WARM = 25.0, 35.0  # degC, where the cells have 1.0 and 0.5 mOhm
CELLS = ("R1C01", "R1C02", "R1C03", "R1C04")
TWO_BY_TWO = (
    "cell={like: calb-lfp176, resistance_mOhm: {temperature_degC: [25, 35], resistance_mOhm: [1.0, 0.5]}}",
    "electrical={series: 2, parallel: 2}",
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "cold_plate.channels=2",
    f"cases.charge_1C.current_A={CURRENT}",
)
BARE = ("enclosure.cutouts=[]", "enclosure.seal=null", "enclosure.hose_opening_mm=null", "enclosure.hose_fitting=null")
"""The bus's connectors and hoses do not fit so small a tray."""


def pack(*sets):
    """The design of four cells and its layout."""
    loaded = load_design(BUS, [*TWO_BY_TWO, *BARE, *sets])
    return loaded, lay_out(loaded)


def boxes(names=CELLS):
    """Cells in a row on a plate, in metres; one element each, the boundaries named as a pack's are."""
    cells = [Box(name, "cell", "cell", 0.05 * i, 0, 0.01, 0.05 * (i + 1), 0.1, 0.21) for i, name in enumerate(names)]
    plate = Box("cold plate", "cold_plate", "al_3003_o", 0, 0, 0, 0.05 * len(names), 0.1, 0.01)
    sides = dict.fromkeys(("xmin", "xmax", "ymin", "ymax"), "exterior_side")
    return mesh_boxes([*cells, plate], divisions=(1, 1, 1), boundaries={**sides, "zmin": "exterior_bottom", "zmax": "exterior_top"})


def kelvin(*degC):
    """Mean temperature of every region: the cells', then the plate's, which no heat depends on."""
    return np.array([*degC, 20.0]) + 273.15


def heat_of(*sets):
    loaded, layout = pack(*sets)
    return pack_heat(loaded, layout, boxes(), "charge_1C")


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
        heat, step = heat_of("overrides.cells={R1C03: {resistance_mOhm: 0.7}}"), 1e-3
        T = kelvin(*degC)
        _, slope = heat(T)
        for cell in range(4):
            up, down = T.copy(), T.copy()
            up[cell] += step
            down[cell] -= step
            difference = (heat(up)[0][cell] - heat(down)[0][cell]) / (2 * step)
            assert slope[cell] == pytest.approx(difference, rel=1e-6, abs=1e-9)  # central difference: second order in 1 mK

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
        bars = [
            sum(ohm for ohm, string in zip(heat.joint_ohm(T[:4]), heat.joint_string, strict=True) if string == k) for k in (1, 2)
        ]
        assert current[0] * (R[:2].sum() + bars[0]) == pytest.approx(current[2] * (R[2:].sum() + bars[1]), rel=1e-12)
        bars_heat = sum(
            ohm * (CURRENT, current[0], current[2])[string] ** 2
            for ohm, string in zip(heat.joint_ohm(T[:4]), heat.joint_string, strict=True)
        )
        assert heat.busbar_power(T)[0].sum() == pytest.approx(bars_heat, rel=1e-12)

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
    def test_is_the_sum_of_I2R_at_20_degC(self):
        loaded, layout = pack()
        rho = loaded.materials["al_1060_busbar"].resistivity_ohm_m.value
        by_hand = sum(CURRENT**2 * rho * (j.length_mm * 1e-3) / (j.area_mm2 * 1e-6) for j in layout.joints)
        power, _ = pack_heat(loaded, layout, boxes(), "charge_1C").busbar_power(kelvin(20.0, 20.0, 20.0, 20.0))
        assert by_hand > 0
        assert power.sum() == pytest.approx(by_hand, rel=1e-12)

    def test_grows_with_the_temperature_of_the_cells_it_joins(self):
        loaded, layout = pack()
        alpha = loaded.materials["al_1060_busbar"].alpha_per_K.value
        heat = pack_heat(loaded, layout, boxes(), "charge_1C")
        at_20, _ = heat.busbar_power(kelvin(20.0, 20.0, 20.0, 20.0))
        at_60, _ = heat.busbar_power(kelvin(60.0, 60.0, 60.0, 60.0))
        assert at_60 == pytest.approx(at_20 * (1 + alpha * 40.0), rel=1e-12)

    def test_half_goes_to_each_group_it_joins_and_all_to_the_one_at_a_terminal(self):
        loaded, layout = pack()
        (joint,) = [j for j in layout.joints if (j.from_series, j.to_series) == (1, 2)]
        ohm = loaded.materials["al_1060_busbar"].resistivity_ohm_m.value * joint.length_mm * 1e-3 / (joint.area_mm2 * 1e-6)
        for kept in ((joint,), (replace(joint, from_series=0, to_series=1),)):
            power, _ = pack_heat(loaded, replace(layout, joints=kept), boxes(), "charge_1C").busbar_power(kelvin(*[20.0] * 4))
            shares = [0.25] * 4 if kept == (joint,) else [0.5, 0.5, 0, 0]
            assert power == pytest.approx([CURRENT**2 * ohm * share for share in shares], rel=1e-12)

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


class TestAmbient:
    K_ALUMINIUM = 167.0  # al_6061_t6, W/m/K

    def still_air(self, gap_mm, T):
        """Conduction and radiation across a closed gap of air [W/m²/K]; k of air at 45 degC by hand from the table."""
        rows = [row for row in AIR.table if row.T_degC <= 45.0][-1], next(row for row in AIR.table if row.T_degC > 45.0)
        weight = (45.0 - rows[0].T_degC) / (rows[1].T_degC - rows[0].T_degC)
        k = rows[0].k * (1 - weight) + rows[1].k * weight
        return k / (gap_mm * 1e-3), 4 * 5.670374419e-8 * T**3

    def test_top_is_the_air_under_the_lid_and_the_lid_in_series(self):
        loaded, layout = pack(
            "enclosure.headroom_mm=30", "busbars.thickness_mm=3", "enclosure.lid_mm=1.5", "ambient.temperature_degC=45"
        )
        assert loaded.materials["al_6061_t6"].k_W_mK.value == self.K_ALUMINIUM
        conduction, radiation = self.still_air(3.0 + 3.0 + 30.0, 318.15)  # terminals, bars, headroom
        emissivity = loaded.materials["al_6061_t6"].emissivity
        inside = 0.1 if emissivity is None else emissivity.value
        gap = conduction + radiation / (1 / 0.85 + 1 / inside - 1)
        top = ambient_exchange(loaded, layout, AIR)["exterior_top"]
        assert top.series_h == pytest.approx(1 / (1 / gap + 1.5e-3 / self.K_ALUMINIUM), rel=1e-9)
        assert (top.h, top.T_ambient, top.emissivity) == (5.0, 318.15, 0.8)

    def test_underside_rests_on_the_floor(self):
        assert ambient_exchange(*pack("enclosure.wall_mm=3"), AIR)["exterior_bottom"].series_h == pytest.approx(
            self.K_ALUMINIUM / 3e-3, rel=1e-12
        )

    def test_a_wall_without_clearance_touches(self):
        touching = ambient_exchange(*pack("enclosure.clearance_mm=0", "enclosure.wall_mm=2"), AIR)
        assert touching["exterior_side"].series_h == pytest.approx(self.K_ALUMINIUM / 2e-3, rel=1e-12)

    def test_more_clearance_insulates_better_and_a_lid_may_be_of_another_material(self):
        narrow, wide, plastic = (
            ambient_exchange(*pack(key), AIR)
            for key in ("enclosure.clearance_mm=5", "enclosure.clearance_mm=30", "enclosure.lid_material=fr4_g10")
        )
        assert wide["exterior_side"].series_h < narrow["exterior_side"].series_h
        assert plastic["exterior_top"].series_h != narrow["exterior_top"].series_h
        assert plastic["exterior_side"] == ambient_exchange(*pack(), AIR)["exterior_side"]

    def test_a_raised_busbar_lifts_the_lid_off_the_cells(self):
        two_rows = ("electrical.series=4", "arrangement.rows=2", "cold_plate.channels=4")  # two groups a row: the link is a bridge
        flat, bridged = (ambient_exchange(*pack(*sets), AIR)["exterior_top"].series_h for sets in ((), two_rows))
        still, _ = self.still_air(1000.0, 318.15)  # times the gap in metres
        inside = load_design(BUS, []).materials["al_6061_t6"].emissivity
        radiation = self.still_air(1.0, 318.15)[1] / (1 / 0.85 + 1 / (0.1 if inside is None else inside.value) - 1)
        difference = 1 / (still / 0.044 + radiation) - 1 / (still / 0.036 + radiation)  # the bridge: 5 mm of air, 3 mm of bar
        assert 1 / bridged - 1 / flat == pytest.approx(difference, rel=1e-9)

    @pytest.mark.parametrize(
        ("degC", "k"),
        # conductivity of dry air: Incropera, Fundamentals of Heat and Mass Transfer, table A.4, at 250 and 400 K, between its rows
        # linearly; remembered. 3 %: the law's 2 % and the table's rounding
        [(-23.15, 22.3e-3), (120.0, 33.4e-3)],
    )
    def test_the_ambient_may_be_outside_the_catalogues_table_of_air(self, degC, k):
        T = degC + 273.15
        assert air_conductivity(AIR, T) == pytest.approx(k, rel=0.03)
        assert ambient_exchange(*pack(f"ambient.temperature_degC={degC}"), AIR)["exterior_top"].T_ambient == pytest.approx(T)

    def test_within_its_table_the_conductivity_of_air_is_the_catalogues_and_it_goes_on_without_a_jump(self):
        for row in AIR.table:
            assert air_conductivity(AIR, row.T_degC + 273.15) == pytest.approx(row.k, rel=1e-12)
        end = AIR.table[-1].T_degC + 273.15
        assert air_conductivity(AIR, end + 1e-3) == pytest.approx(air_conductivity(AIR, end), rel=1e-5)

    def test_the_problem_takes_only_the_boundaries_that_the_mesh_has(self):
        loaded, layout = pack()
        mesh = boxes()
        problem = pack_problem(loaded, layout, mesh, "charge_1C", AIR)
        assert set(problem.convection) == {"exterior_top", "exterior_side", "exterior_bottom"}
        bare = replace(mesh, boundaries={"exterior_top": mesh.boundaries["exterior_top"]})
        assert set(pack_problem(loaded, layout, bare, "charge_1C", AIR).convection) == {"exterior_top"}
        assert problem.conductivity.shape == (5, 3, 3)
        assert problem.heat.power(kelvin(*[30.0] * 4))[0].shape == (5,)


class TestMeasured:
    GRADIENT = np.array([40.0, -30.0, 20.0])  # K/m

    def linear(self, mesh):
        return 300.0 + mesh.points @ self.GRADIENT

    def test_means_and_extremes_of_a_linear_field_are_exact(self):
        mesh = boxes()
        found = region_values(mesh, self.linear(mesh))
        for i in range(4):
            middle, half = np.array([0.05 * i + 0.025, 0.05, 0.11]), np.array([0.025, 0.05, 0.1])
            mean = 300.0 + middle @ self.GRADIENT
            reach = half @ np.abs(self.GRADIENT)
            assert found.mean[i] == pytest.approx(mean, rel=1e-13)
            assert [found.minimum[i], found.maximum[i]] == pytest.approx([mean - reach, mean + reach], rel=1e-13)

    def test_also_on_elements_of_unequal_size(self):
        mesh = mesh_boxes([Box("R1C01", "cell", "cell", 0, 0, 0, 1, 1, 1)], divisions=([5], [3], [2]))
        bent = replace(mesh, points=mesh.points ** np.array([2.0, 1.0, 3.0]))  # still boxes, the grid drawn together
        assert region_values(bent, self.linear(bent)).mean[0] == pytest.approx(300.0 + self.GRADIENT.sum() / 2, rel=1e-13)

    def solution(self, mesh: TaggedMesh, T):
        balance = EnergyBalance(10.0, {"exterior_top": 1.5, "exterior_side": -0.5}, 9.0)
        return ThermalSolution(mesh, T, np.zeros(len(mesh.regions)), balance, {}, None, 1, 1, len(T), {})

    def test_results_name_the_cell_that_they_speak_of(self):
        mesh = boxes()
        _, layout = pack()
        rows = {row.name: row for row in temperature_results(self.solution(mesh, self.linear(mesh)), layout, "charge_1C")}
        # x rises from cell to cell: 40 K/m x 0.05 m; the highest point is at x = 0.2, y = 0, z = 0.21
        assert rows["temperature.cell.max"].value == pytest.approx(300.0 + 8.0 + 4.2 - 273.15)
        assert rows["temperature.cell.max"].region == "R1C04"
        assert rows["temperature.cell.min"].value == pytest.approx(300.0 - 3.0 + 0.2 - 273.15)
        assert rows["temperature.cell.min"].region == "R1C01"
        assert rows["temperature.cell.spread"].value == pytest.approx(3 * 2.0)
        assert rows["temperature.cell.inner_spread"].value == pytest.approx(2.0 + 3.0 + 4.0)
        assert rows["temperature.cell.mean"].value == pytest.approx(300.0 + 4.0 - 1.5 + 2.2 - 273.15)
        assert rows["temperature.cell.mean[R1C02]"].value == pytest.approx(300.0 + 3.0 - 1.5 + 2.2 - 273.15)
        assert rows["temperature.cell.mean.max"].region == "R1C04"
        assert rows["temperature.cold_plate.max"].value == pytest.approx(300.0 + 8.0 + 0.2 - 273.15)
        assert "temperature.interface.max" not in rows
        assert {row.case for row in rows.values()} == {"charge_1C"}
        assert {row.unit for name, row in rows.items() if "spread" in name} == {"K"}

    def test_a_hot_spot_is_in_the_maximum_but_a_spread_is_between_means(self):
        mesh, (_, layout) = boxes(), pack()
        T = np.full(len(mesh.points), 300.0)
        corner = np.flatnonzero((mesh.points == [0.2, 0.1, 0.21]).all(axis=1))  # of R1C04's eight points, no other cell's
        T[corner] += 8.0
        rows = {row.name: row for row in temperature_results(self.solution(mesh, T), layout, "charge_1C")}
        assert rows["temperature.cell.max"].value == pytest.approx(308.0 - 273.15)
        assert rows["temperature.cell.spread"].value == pytest.approx(8.0 / 8)
        assert rows["temperature.cell.inner_spread"].value == pytest.approx(8.0)

    def test_watts_by_origin_and_by_way_out(self):
        loaded, layout = pack()
        mesh = boxes()
        heat = pack_heat(loaded, layout, mesh, "charge_1C")
        T = np.full(len(mesh.points), WARM + 273.15)
        rows = {row.name: row.value for row in heat_results(self.solution(mesh, T), heat, "charge_1C")}
        assert rows["heat.cells"] == pytest.approx(4 * (CURRENT / 2) ** 2 * 0.5e-3, rel=1e-9)
        assert rows["heat.busbars"] == pytest.approx(heat.busbar_power(kelvin(*[WARM] * 4))[0].sum(), rel=1e-12)
        assert rows["heat.ambient"] == pytest.approx(1.0)
        assert (rows["heat.ambient.top"], rows["heat.ambient.side"]) == (1.5, -0.5)
        assert rows["energy.imbalance"] == pytest.approx(0.0, abs=1e-12)  # 10 = 1 + 9
