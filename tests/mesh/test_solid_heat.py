"""Parts of any shape in the heat: closed forms of bars and bends between what they touch."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mesh_layouts import box, layout
from solid_shapes import BAR, BEND_MM, VOLUMES

import packtool.mesh.solids as filling
from packtool.errors import MeshError
from packtool.fem.aggregates import aggregates
from packtool.layout.imported import rotation_matrix
from packtool.layout.records import Layout, Part, Product
from packtool.mesh.build import MeshedPack, family_members, mesh_layout
from packtool.mesh.formats import write_mesh
from packtool.mesh.solids import Solid
from packtool.mesh.surfaces import named_surfaces
from packtool.results import Result
from packtool.thermal.error import estimated_errors
from packtool.thermal.evaluate import region_values
from packtool.thermal.part_flows import part_flows
from packtool.thermal.records import ConductionProblem, Convection, Heat, ThermalSolution
from packtool.thermal.steady import solve_steady

pytestmark = [pytest.mark.cad, pytest.mark.fem]

K, EVEN = 200.0, 1e5  # W/m/K of the parts; of blocks whose temperature is even
Q = 5.0  # W


def solid(
    shapes: Path, shape: str, name: str, at: tuple[float, float, float], turned: tuple[float, float, float] = (0, 0, 0)
) -> Solid:
    return Solid(name, "al", shapes / f"{shape}.brep", rotation_matrix(turned), at, VOLUMES[shape])


BLOCK = box("block", "cell", -20, -20, 0, 20, 20, 20)
"""Its top is z = 20."""


def walled(*pieces: tuple[Product, Part], wall_x: float = 500.0) -> Layout:
    """A layout in a tray whose walls stand at x = ``wall_x`` and far off."""
    return replace(layout(*pieces), inside=(-500.0, -500.0, wall_x, 500.0))


def solved(pack: MeshedPack, made: dict[str, float], tie: float, **convection: Convection) -> ThermalSolution:
    mesh = pack.mesh
    k = np.array([K if region.role == "imported" else EVEN for region in mesh.regions])
    watts = np.array([made.get(region.name, 0.0) for region in mesh.regions])
    heat = Heat(lambda _means: (watts, np.zeros_like(watts)))
    problem = ConductionProblem(mesh, k[:, None, None] * np.eye(3), heat, convection=convection, tie=dict.fromkeys(mesh.ties, tie))
    solution = solve_steady(problem)
    flows = part_flows(problem, solution.T, solution.region_power, solution.leaving)
    assert flows.open < 1e-8
    return solution


def block_over(pack: MeshedPack, solution: ThermalSolution, name: str = "block") -> float:
    return float(region_values(pack.mesh, solution.T).mean[pack.mesh.region_index(name)])


class TestABarFromABlockToTheWall:
    """The bar lies along x from the block's side to the tray's wall: heat flows straight through joint, bar and wall."""

    TURN = (0.0, 90.0, 0.0)  # its height along x
    H_JOINT, H_WALL = 5e3, 800.0

    def pack(self, shapes: Path, level: str = "coarse", shift: float = 0.0) -> MeshedPack:
        bar = solid(shapes, "bar", "bar", (20.0, 3.0 + shift, 15.0), self.TURN)  # after the turn it is z 5 to 15
        return mesh_layout(walled(BLOCK, wall_x=80.0), level, solids=[bar])

    def rise(self) -> float:
        area, length = BAR[0] * BAR[1] * 1e-6, BAR[2] * 1e-3
        return Q / area * (1 / self.H_JOINT + length / K + 1 / self.H_WALL)

    @pytest.mark.parametrize("level", ["coarse", "normal"])
    def test_its_temperature_is_that_of_three_resistances(self, shapes, level):
        pack = self.pack(shapes, level)
        solution = solved(pack, {"block": Q}, self.H_JOINT, **{"exterior_wall[bar]": Convection(self.H_WALL, 300.0)})
        # straight elements hold a straight line exactly; the block conducts 500 times as well as the bar
        assert block_over(pack, solution) - 300.0 == pytest.approx(self.rise(), rel=2e-3)
        assert solution.balance.imbalance < 1e-8
        assert solution.balance.to_boundaries["exterior_wall[bar]"] == pytest.approx(Q, rel=1e-8)

    def test_the_mesh_says_where_it_touches(self, shapes):
        report = self.pack(shapes).report
        assert report.areas["bar|cell"] == pytest.approx(100e-6, rel=1e-9)
        assert report.areas["exterior_wall[bar]"] == pytest.approx(100e-6, rel=1e-9)
        assert report.areas["exterior_part[bar]"] == pytest.approx(4 * 600e-6, rel=1e-9)
        assert report.untouched == ()

    def test_half_beside_the_block_it_touches_with_half_its_face(self, shapes):
        report = self.pack(shapes, shift=12.0).report  # y 15 to 25, the block ends at 20
        assert report.areas["bar|cell"] == pytest.approx(50e-6, rel=1e-9)

    @pytest.mark.parametrize(("gap", "touches"), [(0.04, True), (-0.04, True), (0.06, False)])
    def test_faces_touch_within_a_twentieth_of_a_millimetre(self, shapes, gap, touches):
        bar = solid(shapes, "bar", "bar", (20.0 + gap, 3.0, 15.0), self.TURN)
        report = mesh_layout(layout(BLOCK), "coarse", solids=[bar]).report
        assert report.untouched == (() if touches else ("bar",))
        assert ("bar|cell" in report.areas) == touches


@pytest.mark.parametrize("turn", [0.0, 30.0])
def test_two_bars_on_each_other_are_two_resistances(shapes, turn):
    lower = solid(shapes, "bar", "lower", (0, 0, 20), (0, 0, turn))
    upper = solid(shapes, "bar", "upper", (0, 0, 80), (0, 0, turn))
    pack = mesh_layout(walled(BLOCK, box("lid block", "pad", -20, -20, 140, 20, 20, 150)), "coarse", solids=[upper, lower])
    assert len(pack.mesh.ties) == 3
    assert {"upper|pad", "lower|cell"} < set(pack.mesh.ties)
    area, length, joint = BAR[0] * BAR[1] * 1e-6, BAR[2] * 1e-3, 2e4
    sink = {name: Convection(1e-3, 300.0) for name in pack.mesh.boundaries if name.startswith("exterior_top")}
    solution = solved(pack, {"block": Q, "lid block": -Q}, joint, **sink)
    drop = block_over(pack, solution) - block_over(pack, solution, "lid block")
    assert drop == pytest.approx(Q / area * (3 / joint + 2 * length / K), rel=2e-3)


@pytest.mark.parametrize("level", ["coarse", "normal"])
def test_around_a_bend_heat_flows_as_between_two_radii(shapes, level):
    """R = angle / (k depth ln(r2 / r1)): each arc is a resistance of its own beside the others. The error told covers the true one."""
    inner, outer, deep = BEND_MM
    block, side = box("block", "cell", 0, -20, 0, 40, 20, 20), box("side", "pad", -10, -20, 35, 0, 20, 60)
    joint, rows = 1e7, []
    for one, halved in family_members(walled(block, side), level):
        bend = solid(shapes, "bend", "bend", (0, 5, 20))
        pack = mesh_layout(walled(block, side), one, halved=halved, solids=[bend])
        solution = solved(pack, {"block": Q, "side": -Q}, joint, exterior_bottom=Convection(1e-3, 300.0))
        rows.append([Result("drop", block_over(pack, solution) - block_over(pack, solution, "side"), "K")])
    wanted = Q * (math.pi / 2 / (K * deep * 1e-3 * math.log(outer / inner)) + 2 / (joint * (outer - inner) * deep * 1e-6))
    (found,) = estimated_errors(*rows)
    assert found.value == pytest.approx(wanted, rel={"coarse": 0.004, "normal": 0.0015}[level])
    assert found.error is not None
    assert 0.5 < found.error / abs(found.value - wanted) < 2  # 1.35 and 0.82


def test_its_volume_is_that_of_the_cad_although_its_faces_are_curved(shapes):
    pack = mesh_layout(layout(BLOCK), "coarse", solids=[solid(shapes, "tube", "tube", (0, 0, 20))])
    assert pack.report.max_volume_error < 1e-9
    area = math.pi * (6.0**2 - 3.0**2) * 1e-6
    assert pack.report.areas["tube|cell"] == pytest.approx(area, rel=3e-3)  # circles of 24 edges


def test_solids_of_one_part_that_touch_share_their_nodes(shapes):
    pack = mesh_layout(layout(BLOCK), "coarse", solids=[solid(shapes, "two", "two", (0, 0, 20))])
    assert pack.report.components == 2  # the block, and both solids


def test_what_touches_only_another_part_that_touches_is_taken_along(shapes):
    solids = [
        solid(shapes, "bar", "far", (0, 0, 80)),
        solid(shapes, "bar", "near", (0, 0, 20)),
        solid(shapes, "bar", "off", (0, 0, 200)),
    ]
    pack = mesh_layout(layout(BLOCK), "coarse", solids=solids)
    assert [region.name for region in pack.mesh.regions] == ["block", "far", "near"]
    assert pack.report.untouched == ("off",)


@pytest.mark.parametrize(
    ("kind", "elements"), [("inp", "*SURFACE, TYPE=ELEMENT, NAME=bar_cell_plus"), ("cdb", "CMBLOCK,BAR_CELL_PLUS,ELEM")]
)
def test_where_a_facet_may_have_two_names_both_sides_of_a_joint_are_whole(shapes, tmp_path, kind, elements):
    """The bar's foot covers a hundredth of the top's facets, which stay outer ones: they are in the joint as well."""
    mesh = mesh_layout(
        layout(box("block", "cell", -50, -50, 0, 50, 50, 20)), "coarse", solids=[solid(shapes, "bar", "bar", (5, 5, 20))]
    ).mesh
    assert "bar|cell plus" not in named_surfaces(mesh)
    write_mesh(tmp_path, mesh, kind)
    assert elements in (tmp_path / f"pack.{kind}").read_text()
    tie, whole = mesh.ties["bar|cell"], named_surfaces(mesh, whole_ties=True)
    assert np.array_equal(whole["bar|cell plus"], tie.plus)
    assert np.array_equal(whole["bar|cell minus"], tie.minus)


class TestWhatCannotBeFilled:
    def test_a_file_that_is_no_shape_is_told_with_the_parts_name(self, tmp_path):
        broken = tmp_path / "broken.brep"
        broken.write_text("DBRep_DrawableShape\n\nCASCADE Topology V1\nLocations 0\n")
        part = Solid("cross beam", "al", broken, rotation_matrix((0, 0, 0)), (0, 0, 20), 6000.0)
        with pytest.raises(MeshError, match=r"(?s)part cross beam cannot be meshed: .*no solid in it; .*meshed: false"):
            mesh_layout(layout(BLOCK), "coarse", solids=[part])

    def test_one_that_takes_too_long_is_told(self, shapes, monkeypatch):
        monkeypatch.setattr(filling, "TIME_LIMIT_S", 0.01)
        with pytest.raises(
            MeshError, match=r"part bar cannot be meshed: gmsh was not done with part bar in 0.01 s; .*meshed: false"
        ):
            mesh_layout(layout(BLOCK), "coarse", solids=[solid(shapes, "bar", "bar", (0, 0, 20))])

    def test_solids_that_overlap_are_told_by_their_volume(self, shapes):
        wrong = replace(solid(shapes, "bar", "bar", (0, 0, 20)), volume_mm3=2 * VOLUMES["bar"])
        with pytest.raises(MeshError, match="part bar: its mesh holds 6 cm³, the CAD says 12 cm³; do its solids overlap"):
            mesh_layout(layout(BLOCK), "coarse", solids=[wrong])


def test_a_part_of_any_shape_leaves_the_packs_blocks_as_they_are(shapes):
    """The coarse unknowns of the solver: one more shape must not spoil the grid lines that the pack's are made of."""
    alone = mesh_layout(layout(BLOCK), "normal").mesh
    mesh = mesh_layout(layout(BLOCK), "normal", solids=[solid(shapes, "tube", "tube", (0, 0, 20))]).mesh
    own = len(alone.points)
    K = np.eye(3) * np.array([20.0, 200.0])[:, None, None]
    block = aggregates(mesh, K, (np.arange(len(mesh.points)) >= own).astype(np.int64))
    assert np.array_equal(block[:own], aggregates(alone, K[:1], np.zeros(own, dtype=np.int64)))
    tube = np.bincount(block[own:])[block[:own].max() + 1 :]
    assert set(block[:own]).isdisjoint(block[own:])
    assert 8 < (tube > 0).sum() < (len(mesh.points) - own) / 8
