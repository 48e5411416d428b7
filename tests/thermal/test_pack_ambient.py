"""What a pack gives its ambient: the still air, lid and walls between, by hand."""

from dataclasses import replace

import pytest
from four_cells import AIR, BUS, boxes, kelvin, pack

from packtool.design.load import load_design
from packtool.thermal.air_gap import air_conductivity
from packtool.thermal.pack import ambient_exchange, pack_problem


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
