"""Cells that differ: how a parallel group shares its current then, against closed forms; what a lost contact does to the mesh and the heat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from test_cell_bank import bank, run

from packtool.catalogue.load import coolants
from packtool.design.demand import Demand
from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_layout
from packtool.mesh.measures import region_volumes
from packtool.thermal.lost_contact import GAP, with_lost_contacts
from packtool.thermal.pack import extra_heat, pack_heat
from packtool.thermal.pack_bank import cell_bank, first_soc

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
ROUND = Path(__file__).parents[2] / "templates" / "three-wheeler-nmc.yaml"
AIR = coolants()["air_1atm"]
FOUR = (
    "cell={like: calb-lfp176, resistance_mOhm: 1.0, ocv_V: {soc: [0, 1], V: [3.0, 3.4]}, entropy_mV_K: {soc: [0, 1], mV_K: [0, 0]}}",
    "electrical={series: 2, parallel: 2}",
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "cold_plate.channels=2",
    "enclosure.cutouts=[]",
    "enclosure.seal=null",
    "cases={c: {kind: steady, current_A: 120}}",
)


def pack(*sets):
    loaded = load_design(BUS, [*FOUR, *sets])
    return loaded, lay_out(loaded)


def at(network, asked, soc, T=298.15):
    n = len(network.group)
    return network.at("current_A", asked, np.full(n, T), np.asarray(soc, float))


class TestShares:
    def test_a_group_shares_by_resistance_and_open_circuit_voltage(self):
        # (E_i - V) / R_i summed is the current: V = (sum E/R - I) / sum 1/R
        loaded, layout = pack("overrides.cells={R1C02: {resistance_mOhm: 3.0}}")
        now = at(cell_bank(loaded, layout), 120.0, [0.5, 0.6, 0.5, 0.5])
        V = (3.2 / 1e-3 + 3.24 / 3e-3 - 120.0) / (1 / 1e-3 + 1 / 3e-3)
        assert now.group_voltage[0] == pytest.approx(V, rel=1e-12)
        assert now.cell_current[:2] == pytest.approx([(3.2 - V) / 1e-3, (3.24 - V) / 3e-3], rel=1e-9)
        assert now.cell_current[2:] == pytest.approx([60.0, 60.0], rel=1e-9)

    def test_a_cell_cut_off_leaves_its_current_to_the_others_and_makes_no_heat(self):
        loaded, layout = pack("overrides.cells={R1C02: {circuit: open}}")
        now = at(cell_bank(loaded, layout), 120.0, [0.5] * 4)
        assert now.cell_current == pytest.approx([120.0, 0.0, 60.0, 60.0], rel=1e-12)
        assert now.joule == pytest.approx([14.4, 0.0, 3.6, 3.6], rel=1e-9)
        steady, slope = pack_heat(loaded, layout, mesh_layout(layout, "coarse").mesh, "c").cell_power(np.full(40, 298.15))
        assert steady == pytest.approx([14.4, 0.0, 3.6, 3.6], rel=1e-12)
        assert slope[1] == 0.0

    def test_an_aged_cell_runs_down_faster_until_its_voltage_gives_way(self):
        # two cells behind equal resistances, OCV = a + b soc: d(soc1 - soc2)/dt decays with R / b and the capacities
        loaded, layout = pack("overrides.cells={R1C02: {capacity_Ah: 88, initial_soc: 0.5}}")
        network = cell_bank(loaded, layout)
        assert network.capacity_As.tolist() == [176 * 3600.0, 88 * 3600.0, 176 * 3600.0, 176 * 3600.0]
        start = first_soc(loaded, layout, 0.9)
        assert start.tolist() == [0.9, 0.5, 0.9, 0.9]
        # sum of currents I, difference (E1 - E2) / 2R: a linear system of two states
        R, b, Q = 1e-3, 0.4, network.capacity_As[:2]

        def rate(_t, s):
            across = b * (s[0] - s[1]) / (2 * R)
            return [-(60.0 + across) / Q[0], -(60.0 - across) / Q[1]]

        exact = solve_ivp(rate, (0, 450), start[:2], rtol=1e-10, atol=1e-12).y[:, -1]
        step = run(network, Demand.constant("current_A", 120.0, 450.0), 0.0, 450.0, start)
        assert step.soc[:2] == pytest.approx(exact, abs=2e-5)  # second order in looks of 0.4 % of the charge
        assert step.soc[:2] @ Q == pytest.approx(start[:2] @ Q - 120.0 * 450.0, rel=1e-12)  # no charge is lost

    def test_cells_that_even_out_at_rest_do_so_stably_over_any_step(self):
        # steep ends of a curve: R C / (dE/ds) = 1e-3 x 3.6e5 / 20 = 18 s, in one step of 600 s
        network = replace(bank((0, 0), ocv=(2.5, 12.5, 22.5), v_min=0.0, v_max=50.0))
        start = np.array([0.3, 0.29])
        step = run(network, Demand.constant("current_A", 0.0, 600.0), 0.0, 600.0, start)
        assert step.soc == pytest.approx([0.295, 0.295], abs=1e-9)
        lost = 3.6e5 * 20 * (0.005**2)  # two condensers of C = Q / (dE/ds) from +-5e-3 to the middle
        assert (step.joule * 600).sum() == pytest.approx(lost, rel=0.01)  # second order in looks of a quarter of the evening time

    def test_extra_heat_is_the_cells_own_and_named(self):
        loaded, layout = pack("overrides.cells={R1C03: {extra_heat_W: 25}}")
        assert extra_heat(loaded, layout).tolist() == [0, 0, 25, 0]
        heat = pack_heat(loaded, layout, mesh_layout(layout, "coarse").mesh, "c")
        T = np.full(heat.n_regions, 298.15)
        power, _ = heat(T)
        assert power[heat.cell_region] == pytest.approx(heat.cell_power(T)[0] + heat.busbar_power(T)[0] + [0, 0, 25, 0], rel=1e-12)


@pytest.mark.parametrize(
    ("sets", "key", "message"),
    [
        (["overrides.cells={R1C02: {}}"], "overrides.cells.R1C02.resistance_mOhm", "missing: what is different about this cell"),
        (["overrides.cells={R1C02: {circuit: open, resistance_mOhm: 1}}"], "overrides.cells.R1C02.circuit", "carries no current"),
        (["overrides.cells={R1C01: {circuit: open}, R1C02: {circuit: open}}"], "overrides.cells.R1C01.circuit", "so are all 2 cells of series position 1"),
        (["overrides.cells={R1C02: {circuit: open}}", "electrical={series: 4, parallel: 1}"], "overrides.cells.R1C02.circuit", "none in parallel"),
        (["overrides.cells={R1C02: {circuit: broken}}"], "overrides.cells.R1C02.circuit", "must be closed or open"),
        (["overrides.cells={R1C02: {cooling_contact: lost}}", "interface=null", "cold_plate=null"], "overrides.cells.R1C02.cooling_contact", "there is no interface layer"),
        (["overrides.cells={R1C02: {initial_soc: 50}}"], "overrides.cells.R1C02.initial_soc", "from 0 to 1"),
        (["overrides.cells={R1C02: {extra_heat_W: -1}}"], "overrides.cells.R1C02.extra_heat_W", "above 0"),
    ],
)  # fmt: skip
def test_overrides_that_cannot_be_are_refused(sets, key, message):
    with pytest.raises(DesignError) as refused:
        pack(*sets)
    assert [complaint.key for complaint in refused.value.complaints] == [key]
    assert message in str(refused.value)


class TestLostContact:
    def test_the_layer_under_the_cell_and_no_more_is_still_air(self):
        loaded, layout = pack("overrides.cells={R1C02: {cooling_contact: lost}}")
        mesh = mesh_layout(layout, "coarse").mesh
        found, split = with_lost_contacts(loaded, mesh, AIR)
        x0, y0, _, x1, y1, _ = layout.part_bounds(next(p for p in layout.parts if p.name == "R1C02"))
        volumes, before = region_volumes(split), region_volumes(mesh)
        assert volumes[-1] == pytest.approx((x1 - x0) * (y1 - y0) * 1.0 * 1e-9, rel=1e-9)  # 1 mm thick
        assert volumes.sum() == pytest.approx(before.sum(), rel=1e-12)
        assert split.regions[-1].role == "interface"
        # still air at 45 degC 0.0276 W/m/K (VDI), and radiation between 0.85 and bare metal 0.1 over 1 mm: 0.1 of 7.3 W/m2/K
        assert found.materials[GAP].k_W_mK.value == pytest.approx(0.0276 + 0.0007, rel=0.03)
        assert GAP not in loaded.materials

    def test_also_under_a_round_cell_of_a_tied_mesh(self):
        small = ["electrical.series=2", "arrangement.cells_per_row=4", "enclosure.cutouts=[]"]
        loaded = load_design(ROUND, [*small, "overrides.cells={R2C03: {cooling_contact: lost}}"])
        mesh = mesh_layout(lay_out(loaded), "coarse").mesh
        assert mesh.ties
        split = with_lost_contacts(loaded, mesh, AIR)[1]
        d = loaded.cell.diameter_mm.value * 1e-3
        layer = loaded.design.interface.thickness_mm * 1e-3
        assert region_volumes(split)[-1] == pytest.approx(np.pi / 4 * d**2 * layer, rel=1e-6)

    @pytest.mark.fem
    def test_the_cell_warms_up_and_its_heat_goes_through_its_neighbours(self, tmp_path):
        from packtool.coldplate.pack_case import solve_pack_case
        from packtool.mesh.build import mesh_family

        rows = {}
        for name, override in (("sound", "extra_heat_W: 1.0e-9"), ("lost", "cooling_contact: lost")):
            loaded, layout = pack(f"overrides.cells={{R1C04: {{{override}}}}}")
            meshes = [one.mesh for one in mesh_family(layout, "coarse")]
            solved = solve_pack_case(loaded, layout, meshes, "c", AIR, tmp_path)
            rows[name] = {row.name: row.value for row in solved.results}
        mean = "temperature.cell.mean[R1C04]"
        assert rows["lost"][mean] > rows["sound"][mean] + 1.0
        assert rows["lost"]["temperature.cell.mean.max"] == rows["lost"][mean]
        assert rows["lost"]["heat.coolant"] == pytest.approx(rows["sound"]["heat.coolant"], rel=0.1)  # it has to get out somewhere
        assert rows["lost"]["energy.imbalance"] < 1e-6
