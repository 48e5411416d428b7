"""Heat in upright round cells: closed forms, symmetry, and a pack from its design."""

from __future__ import annotations

import math

import numpy as np
import pytest
from heat_meshes import steady_heat

from packtool.catalogue.load import coolants
from packtool.catalogue.records import Cell
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep
from packtool.mesh.build import mesh_family, mesh_layout
from packtool.thermal.evaluate import region_values
from packtool.thermal.pack import region_conductivity
from packtool.thermal.records import ConductionProblem, Convection
from packtool.thermal.steady import solve_steady

RADIUS, HEIGHT, K_RADIAL, K_AXIAL = 10.5, 70.0, 0.9, 20.0

DESIGN = """
packtool: 1
name: round
cell: {like: tesla-2170, cp_J_kgK: 1000, resistance_mOhm: 25}
electrical: {series: 4, parallel: 3}
arrangement: {pattern: hexagonal, rows: 3, cells_per_row: 4, cell_gap_mm: 1.5, holder: {material: pc_abs, thickness_mm: 6}}
busbars: {material: al_1060_busbar, thickness_mm: 1}
enclosure: {material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, ip_rating: IP67, vent_area_mm2: 900}
ambient: {temperature_degC: 25, natural_convection_W_m2K: 5, emissivity: 0.8}
mesh: {level: coarse}
cases: {half: {kind: steady, current_A: 6}}
"""


def cylinders(*places):
    """Round cells, and nothing else, at ``places`` (x, y) [mm]."""
    cell = Product("cell", "cell", "x", (Sweep(Profile(Loop.circle(0.0, 0.0, RADIUS)), 0.0, HEIGHT),))
    parts = tuple(Part(f"C{i}", "cell", (x, y, 0.0)) for i, (x, y) in enumerate(places))
    return Layout("round", Cell(id="x", name="x", format="cylindrical"), (cell,), parts, 1, 1, None, ())


def across(mesh, *, sides, power=2.0):
    """Heat of ``power`` [W] a cell, out through its side by ``sides``; nothing through the ends."""
    n = len(mesh.regions)
    return ConductionProblem(
        mesh,
        np.broadcast_to(np.diag((K_RADIAL, K_RADIAL, K_AXIAL)), (n, 3, 3)),
        steady_heat(*[power] * n),
        convection={name: sides for name in mesh.boundaries if name.endswith("side")},
    )


@pytest.mark.fem
class TestACylinderWithUniformHeat:
    """T = T_a + q r / (2 h) + q (R² - r²) / (4 k): centre above surface by q R² / (4 k), the mean by half of it."""

    q = 2.0 / (math.pi * RADIUS**2 * HEIGHT * 1e-9)
    drop = q * (RADIUS * 1e-3) ** 2 / (4 * K_RADIAL)
    T_surface = 300.0 + q * RADIUS * 1e-3 / (2 * 30.0)

    def solved(self, level):
        mesh = mesh_layout(cylinders((0.0, 0.0)), level).mesh
        solution = solve_steady(across(mesh, sides=Convection(30.0, 300.0)))
        centre = solution.T[np.hypot(*mesh.points[:, :2].T) < 1e-9]
        return solution, centre, region_values(mesh, solution.T).mean[0]

    def test_the_centre_is_at_its_closed_form(self):
        solution, centre, mean = self.solved("normal")
        assert np.ptp(centre) < 1e-6  # nothing varies along the axis
        # 24 chords have a side 0.3 % larger than the circle's: that much less over the film; inside, four elements along the radius
        assert centre.mean() - 300.0 == pytest.approx(self.T_surface + self.drop - 300.0, rel=4e-3)
        assert mean - 300.0 == pytest.approx(self.T_surface + self.drop / 2 - 300.0, rel=6e-3)
        assert solution.balance.imbalance < 1e-8

    def test_the_error_falls_fourfold_from_mesh_to_mesh(self):
        wrong = [self.solved(level)[2] - self.T_surface - self.drop / 2 for level in ("normal", "fine")]
        assert wrong[0] / wrong[1] == pytest.approx(4.0, rel=0.2)


@pytest.mark.fem
def test_cells_of_a_pattern_with_the_same_film_are_all_alike():
    pitch = 22.5
    places = [(i * pitch + j % 2 * pitch / 2, j * pitch * math.sqrt(3) / 2) for j in range(3) for i in range(3)]
    mesh = mesh_layout(cylinders(*places), "coarse").mesh
    solution = solve_steady(across(mesh, sides=Convection(30.0, 300.0)))
    mean = region_values(mesh, solution.T).mean
    # circles' nodes stand a little differently beside a wall: by the side's area, 0.1 % of the 14 K over the film
    assert np.ptp(mean) < 0.02
    assert solution.balance.imbalance < 1e-8


@pytest.fixture(name="pack")
def pack_fixture(tmp_path):
    path = tmp_path / "round.yaml"
    path.write_text(DESIGN, encoding="utf-8")
    loaded = load_design(path)
    return loaded, lay_out(loaded)


class TestAPackOfRoundCells:
    def test_cells_conduct_along_their_axis_and_across_it(self, pack):
        loaded, layout = pack
        mesh = mesh_layout(layout, "coarse").mesh
        K = region_conductivity(loaded, layout, mesh)
        assert K[mesh.region_index("R1C01")] == pytest.approx(np.diag([0.834, 0.834, 11.55]))
        assert K[mesh.region_index("holder top")] == pytest.approx(np.eye(3) * 0.2)

    @pytest.mark.fem
    def test_it_solves_with_its_balance_closed_and_an_error_beside_each_number(self, pack, tmp_path):
        loaded, layout = pack
        meshes = [meshed.mesh for meshed in mesh_family(layout, "coarse")]
        solved = solve_pack_case(loaded, layout, meshes, "half", coolants()["air_1atm"], tmp_path)
        rows = {row.name: row for row in solved.results}
        assert rows["energy.imbalance"].value < 1e-6
        assert rows["temperature.cell.min"].value < rows["temperature.holder.max"].value <= rows["temperature.cell.max"].value
        assert rows["heat.cells"].value == pytest.approx(12 * 2.0**2 * 0.025)  # three share 6 A; the resistance is one number
        assert rows["heat.ambient"].value == pytest.approx(rows["heat.cells"].value + rows["heat.busbars"].value, rel=1e-6)
        rise = rows["temperature.cell.max"].value - loaded.design.ambient.temperature_degC
        # the coarse mesh and its halved one: a few percent of the rise are left, and told
        assert 0 < rows["temperature.cell.max"].error < 0.05 * rise
        # the cells in the middle have neighbours all round
        assert rows["temperature.cell.max"].region in {"R2C02", "R2C03"}
