"""Meshes that lie on each other without sharing nodes, solved as one; and round cells on a plate with channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heat_meshes import isotropic, steady_heat

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.errors import MeshError, SolveError
from packtool.fem.ties import joint, mesh_joint
from packtool.layout.lay_out import lay_out
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.build import mesh_family, mesh_layout
from packtool.mesh.files import load_mesh, save_mesh
from packtool.mesh.records import TaggedMesh, Tie
from packtool.thermal.evaluate import region_values
from packtool.thermal.records import ConductionProblem, Convection
from packtool.thermal.steady import solve_steady

TALL = Box("tall", "cell", "a", 0.01, 0.01, 0.02, 0.07, 0.05, 0.06)
WIDE = Box("wide", "cold_plate", "b", 0.0, 0.0, 0.0, 0.08, 0.06, 0.02)
ENDS = {"tall.z+": "top", "wide.z-": "bottom"}


def tied(across: int, coarse: int) -> TaggedMesh:
    """``TALL`` on ``WIDE``, the former with ``across`` elements along x and y, the latter with ``coarse`` in each interval."""
    upper = mesh_boxes([TALL], divisions=(across, across, 8), boundaries={"tall.z+": "top", "tall.z-": "under"})
    lower = mesh_boxes([TALL, WIDE], divisions=(coarse, coarse, (4, 2)), boundaries=ENDS)
    solid = lower.region == 1
    used, hexes = np.unique(lower.hexes[solid], return_inverse=True)
    number = np.full(len(lower.points), -1)
    number[used] = np.arange(len(used))
    offset = len(upper.points)
    return TaggedMesh(
        np.concatenate([upper.points, lower.points[used]]),
        np.concatenate([upper.hexes, hexes.reshape(-1, 8) + offset]),
        np.concatenate([upper.region, lower.region[solid]]),
        lower.regions,
        {"top": upper.boundaries["top"], "bottom": number[lower.boundaries["bottom"]] + offset},
        ties={"tall|wide": Tie(upper.boundaries["under"], number[lower.interfaces["tall|wide"]][:, ::-1] + offset)},
    )


def heated(mesh, **more):
    """5 W in the tall block, out through the wide one's underside."""
    return ConductionProblem(mesh, isotropic(2.0, 160.0), steady_heat(5.0, 0.0), {"bottom": Convection(500.0, 300.0)}, **more)


def _whole(made, n):
    matrix = np.zeros((n, n))
    for nodes, local in zip(made.rows, made.matrix, strict=True):
        matrix[np.ix_(nodes, nodes)] += local / local[0, 0]
    kept = np.unique(made.rows)
    return matrix[np.ix_(kept, kept)]


class TestTheJoint:
    def test_what_leaves_one_side_arrives_on_the_other(self):
        mesh = tied(7, 3)
        made = joint(mesh.points, "tall|wide", mesh.ties["tall|wide"])
        assert np.abs(made.matrix.sum(axis=2)).max() < 1e-18  # no heat between equal temperatures
        assert made.matrix[:, :1, :1].sum() == pytest.approx(0.06 * 0.04, rel=1e-12)
        assert made.matrix[:, 1:, 1:].sum() == pytest.approx(0.06 * 0.04, rel=1e-12)

    def test_both_sides_see_a_linear_field_alike(self):
        mesh = tied(5, 3)
        made = joint(mesh.points, "tall|wide", mesh.ties["tall|wide"])
        T = mesh.points @ [300.0, -200.0, 0.0]
        assert np.abs(np.einsum("nij,nj->ni", made.matrix, T[made.rows])).max() < 1e-15

    def test_a_mesh_s_joint_is_worked_out_once_and_is_its_own(self):
        mesh = tied(2, 1)
        assert mesh_joint(mesh, "tall|wide") is mesh_joint(mesh, "tall|wide")
        larger = replace(mesh, points=2 * mesh.points)
        assert mesh_joint(larger, "tall|wide").area == pytest.approx(4 * mesh_joint(mesh, "tall|wide").area, rel=1e-12)

    @pytest.mark.parametrize(("across", "coarse"), [(5, 3), (9, 1), (4, 4), (2, 5)])
    def test_no_coupling_is_positive(self, across, coarse):
        mesh = tied(across, coarse)
        made = joint(mesh.points, "tall|wide", mesh.ties["tall|wide"])
        to_coarse = made.matrix[:, 0, 1:]
        assert to_coarse.max() <= 0.0  # a node never cools as what it lies on is heated
        # ties are as many as nodes of the finer side: a coarse edge across a fine facet holds nothing straight
        assert (
            len(made.rows) == len(np.unique(mesh.ties["tall|wide"].minus)) == np.linalg.matrix_rank(_whole(made, len(mesh.points)))
        )

    @pytest.mark.parametrize("across", [3, 8])
    def test_a_finer_side_that_reaches_beyond_the_coarser_holds_on_where_both_are(self, across):
        mesh = tied(across, 2)
        points = mesh.points.copy()
        points[: 9 * (across + 1) ** 2, :2] += [0.03, 0.017]  # of 60 x 40 mm, 30 x 23 stay over the tie
        made = joint(points, "tall|wide", mesh.ties["tall|wide"])
        assert made.area.sum() == pytest.approx(0.03 * 0.023, rel=1e-9)
        assert np.abs(made.matrix.sum(axis=2)).max() < 1e-18

    def test_sides_apart_are_refused(self):
        mesh = tied(3, 2)
        points = mesh.points.copy()
        points[: 4 * 4 * 9, 2] += 0.001
        with pytest.raises(SolveError, match="its two sides do not lie on each other"):
            joint(points, "tall|wide", mesh.ties["tall|wide"])


@pytest.mark.fem
class TestATiedSolve:
    def test_it_agrees_with_one_conforming_mesh(self):
        whole = mesh_boxes([TALL, WIDE], divisions=((4, 24, 4), (4, 16, 4), (4, 8)), boundaries=ENDS)
        asked = region_values(whole, solve_steady(heated(whole)).T)
        wrong = []
        for across, coarse in ((6, 2), (12, 4)):
            mesh = tied(across, coarse)
            solution = solve_steady(heated(mesh, tie={"tall|wide": 1e6}))
            assert solution.balance.imbalance < 1e-8
            assert solution.balance.to_boundaries["bottom"] == pytest.approx(5.0, rel=1e-8)
            wrong.append(np.abs(region_values(mesh, solution.T).mean - asked.mean).max())
        assert wrong[1] < wrong[0] / 2.5  # second order, of meshes that are halved
        assert wrong[1] < 0.01 * (asked.mean[0] - asked.mean[1])

    @pytest.mark.parametrize("stiffness", [1e3, 1e6])
    def test_a_stiff_tie_on_far_coarser_facets_is_as_quickly_solved(self, stiffness):
        solution = solve_steady(heated(tied(30, 2), tie={"tall|wide": stiffness}))
        assert solution.balance.imbalance < 1e-8
        assert solution.linear_iterations < 40  # 25 at either stiffness, and with 1e2 W/m²/K

    def test_a_tie_without_a_conductance_is_refused(self):
        with pytest.raises(SolveError, match=r"tie 'tall\|wide' of the mesh has no conductance"):
            solve_steady(heated(tied(3, 2)))


DESIGN = """
packtool: 1
name: round-on-a-plate
cell: {like: tesla-2170, cp_J_kgK: 1000, resistance_mOhm: 25}
electrical: {series: 4, parallel: 3}
arrangement: {pattern: hexagonal, rows: 3, cells_per_row: 4, cell_gap_mm: 1.5, holder: {material: pc_abs, thickness_mm: 6}}
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate: {type: serpentine, passes: 4, channel_width_mm: 10, channel_height_mm: 3, thickness_mm: 6, margin_mm: 6,
             material: al_3003_o, coolant: meg50, flow_lpm: 4, inlet_degC: 22}
busbars: {material: al_1060_busbar, thickness_mm: 1}
enclosure: {material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, ip_rating: IP67, vent_area_mm2: 900}
ambient: {temperature_degC: 25, natural_convection_W_m2K: 5, emissivity: 0.8}
mesh: {level: coarse}
cases: {half: {kind: steady, current_A: 15}}
"""


@pytest.fixture(name="pack")
def pack_fixture(tmp_path):
    path = tmp_path / "plate.yaml"
    path.write_text(DESIGN, encoding="utf-8")

    def made(*sets):
        loaded = load_design(path, list(sets))
        return loaded, lay_out(loaded)

    return made


PARALLEL = tuple(f"cold_plate.{key}" for key in ("type=parallel", "passes=1", "channels=5", "channel_width_mm=8"))


class TestRoundCellsOnAPlateWithChannels:
    @pytest.mark.parametrize("sets", [(), ("arrangement.pattern=square",), PARALLEL])
    def test_the_two_meshes_lie_on_each_other(self, pack, sets, tmp_path):
        _, layout = pack(*sets)
        report, mesh = (made := mesh_layout(layout, "coarse")).report, made.mesh
        assert report.components == 2
        assert report.max_volume_error < 1e-6
        x0, y0, _, x1, y1, _ = layout.part_bounds(next(part for part in layout.parts if part.name == "interface"))
        assert report.areas["interface|cold_plate"] == pytest.approx((x1 - x0) * (y1 - y0) * 1e-6, rel=1e-9)
        assert report.areas["coolant_wall"] > 0
        save_mesh(tmp_path / "mesh.npz", mesh)
        again = load_mesh(tmp_path / "mesh.npz")
        assert np.array_equal(again.ties["interface|cold_plate"].plus, mesh.ties["interface|cold_plate"].plus)

    def test_without_a_layer_it_is_refused(self, pack):
        _, layout = pack()
        kept = tuple(part for part in layout.parts if part.name != "interface")
        with pytest.raises(MeshError, match="meshed with an interface layer between them"):
            mesh_layout(replace(layout, parts=kept))

    @pytest.mark.fem
    def test_the_heat_goes_to_the_coolant_and_the_balance_closes(self, pack, tmp_path):
        loaded, layout = pack()
        meshes = [meshed.mesh for meshed in mesh_family(layout, "coarse")]
        solved = solve_pack_case(loaded, layout, meshes, "half", coolants()["air_1atm"], tmp_path)
        rows = {row.name: row.value for row in solved.results}
        assert rows["energy.imbalance"] < 1e-6
        assert rows["heat.coolant"] == pytest.approx(rows["heat.cells"] + rows["heat.busbars"] - rows["heat.ambient"], rel=1e-6)
        assert rows["heat.coolant"] > 0.8 * rows["heat.cells"]
        # what crosses the tie, and what the plate gives on, is told as well
        through = {name.removesuffix("]").split("[")[1]: w for name, w in rows.items() if name.startswith("heat.flow[")}
        plate = through["interface>cold_plate"] - through["cold_plate>coolant"] - through["cold_plate>ambient"]
        assert abs(plate) < 1e-6 * rows["heat.cells"]
        assert through["cold_plate>coolant"] == pytest.approx(rows["heat.coolant"], rel=1e-9)  # the same sum
        # one cell: 0.6 W through 70 mm / 2 of k_axial, and a layer of 1.44 K/W
        assert rows["temperature.cell.mean"] > rows["coolant.inlet"] + 0.6 * 1.44
