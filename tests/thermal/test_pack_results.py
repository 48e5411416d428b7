"""What is measured on a pack's field: temperatures by cell, watts by origin and by way out."""

from dataclasses import replace

import numpy as np
import pytest
from four_cells import CURRENT, WARM, boxes, kelvin, pack

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import TaggedMesh
from packtool.thermal.evaluate import region_values
from packtool.thermal.measure import heat_results, temperature_results
from packtool.thermal.pack import pack_heat
from packtool.thermal.records import EnergyBalance, ThermalSolution


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
        lost = heat.busbar_loss(kelvin(*[WARM] * 4))
        assert rows["heat.busbars"] == pytest.approx(lost.power.sum(), rel=1e-12)
        assert rows["heat.ambient.busbars"] == pytest.approx(lost.ambient, rel=1e-12)
        assert rows["heat.ambient"] == pytest.approx(1.0 + lost.ambient)
        assert (rows["heat.ambient.top"], rows["heat.ambient.side"]) == (1.5, -0.5)
        assert rows["energy.imbalance"] == pytest.approx(0.0, abs=1e-12)  # 10 = 1 + 9
