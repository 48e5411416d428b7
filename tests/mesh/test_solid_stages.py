"""A design's parts from STEP files through mesh and solve: found where they touch, in every result, in the balance, in the files."""

from __future__ import annotations

import math
from pathlib import Path

import meshio
import pytest
from solid_shapes import BAR

from packtool.cad.options import DEFAULT_OPTIONS
from packtool.design.load import load_design
from packtool.design.loaded import LoadedDesign
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.mesh.files import load_mesh
from packtool.mesh.formats import FORMATS, write_mesh
from packtool.mesh.measures import region_volumes
from packtool.thermal.evaluate import region_values
from packtool.thermal.pack_bank import region_rho_cp
from packtool.workflow import stages
from packtool.workflow.plan import stage_inputs

pytestmark = [pytest.mark.cad, pytest.mark.fem]

DESIGN = """
packtool: 1
name: with-a-bar
cell: {like: calb-lfp176, resistance_mOhm: 0.4}
electrical: {series: 2, parallel: 1}
arrangement: {pattern: rows, rows: 1, cells_per_row: 2, row_gap_mm: 0, cell_gap_mm: 1.5, gap_material: pu_foam_compression_pad, end_plate_mm: 20}
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate: {position: bottom, type: serpentine, passes: 4, channel_width_mm: 16, channel_height_mm: 3, thickness_mm: 6,
             material: al_3003_o, coolant: meg50, flow_lpm: 4, inlet_degC: 22}
busbars: {material: al_1060_busbar, thickness_mm: 3, width_mm: 40}
enclosure: {material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, ip_rating: IP67, vent_area_mm2: 900}
ambient: {temperature_degC: 45, natural_convection_W_m2K: 5, emissivity: 0.8}
mesh: {level: coarse}
sensors: {on-bar: {at_mm: [90, 5, 40]}}
cases:
  steady: {kind: steady, current_A: 176}
  soak: {kind: transient, current_A: 0, duration_s: 300, initial_degC: 45}
parts:
  - {step: bar-inch.step, name: bar, material: al_6061_t6, at_mm: [85, 0, 9], mass_kg: 0.5, contact_W_m2K: 2000}
  - {step: bar-mm.step, name: loose, material: al_6061_t6, at_mm: [85, 30, 20]}
  - {step: bar-mm.step, name: unit, material: al_6061_t6, at_mm: [85, -30, 9], meshed: false}
"""
"""The cold plate's end reaches from x 75.8 to 101.8 mm, its top is z 9."""


@pytest.fixture(scope="module", name="run")
def run_fixture(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[LoadedDesign, Path, dict[str, dict[str, object]]]:
    """The design, its run folder, and the reports of its stages."""
    folder = tmp_path_factory.mktemp("run")
    for name in ("bar-inch.step", "bar-mm.step"):
        (folder / name).write_bytes((shapes / name).read_bytes())
    (folder / "pack.yaml").write_text(DESIGN)
    loaded = load_design(folder / "pack.yaml")
    layout = lay_out(loaded)
    reports = {"mesh": dict(stages.mesh(loaded, layout, folder, ("steady", "soak"), folder / "forms").report)}
    reports["solve"] = dict(stages.solve(loaded, layout, folder, ("steady", "soak"), folder / "forms").report)
    return loaded, folder, reports


def value(run, case, name):
    (row,) = (row for row in run[2]["solve"]["results"] if row["case"] == case and row["name"] == name)
    return row


def test_the_one_that_touches_is_meshed_and_the_others_are_said_to_be_not(run):
    report = run[2]["mesh"]
    assert report["untouched"] == ["loose"]
    assert report["elements_by_role"]["imported"] > 100
    assert report["areas"]["bar|cold_plate"] == pytest.approx(BAR[0] * BAR[1] * 1e-6, rel=1e-9)  # inches became millimetres
    assert all(coarser["areas"]["bar|cold_plate"] == pytest.approx(1e-4, rel=1e-9) for coarser in report["coarser"])


@pytest.mark.parametrize("case", ["steady", "soak"])
def test_the_balance_closes_and_flows_go_by_the_parts_name(run, case):
    assert value(run, case, "energy.imbalance")["value"] < 1e-6
    names = {row["name"] for row in run[2]["solve"]["results"] if row["case"] == case}
    assert {"heat.flow[cold_plate>bar]", "heat.flow[bar>ambient]", "heat.ambient.part[bar]"} <= names
    assert not any("loose" in name or "unit" in name for name in names)


def test_at_rest_what_the_plate_gives_the_ambient_gets(run):
    given = value(run, "steady", "heat.flow[cold_plate>bar]")
    assert given["value"] == pytest.approx(value(run, "steady", "heat.flow[bar>ambient]")["value"], rel=1e-6)
    assert given["value"] == pytest.approx(value(run, "steady", "heat.ambient.part[bar]")["value"], rel=1e-6)
    assert given["value"] < 0  # from 45 degC air to the coolant at 22
    mean, low, high = (value(run, "steady", f"temperature.part.{what}[bar]") for what in ("mean", "min", "max"))
    assert low["value"] < mean["value"] < high["value"]
    assert 0 < mean["error"] < 0.5  # no temperature is told better than the cells at level coarse
    sensed = value(run, "steady", "temperature.sensor[on-bar]")["value"]
    assert low["value"] < sensed < high["value"]
    # through the joint: Q / (h A), which is the least that the bar's foot is warmer than the plate
    assert low["value"] > 22 - given["value"] / (2000 * 1e-4)


def test_over_time_it_holds_the_heat_of_the_mass_that_the_design_gives(run):
    loaded, layout = run[0], lay_out(run[0])
    mesh = load_mesh(run[1] / stages.mesh_files(1)[0])
    held = (region_rho_cp(loaded, layout, mesh) * region_volumes(mesh))[mesh.region_index("bar")]
    assert held == pytest.approx(0.5 * loaded.materials["al_6061_t6"].cp_J_kgK.value, rel=1e-9)  # not the bar's own 16 g


def test_over_time_it_cools_behind_its_joint(run):
    rows = {what: value(run, "soak", f"temperature.part.{what}[bar]") for what in ("mean", "min", "max")}
    assert rows["mean"]["value"] == pytest.approx(45, abs=1e-6)  # warmest at the start,
    assert rows["min"]["time_s"] == 300.0  # coldest at the end
    mesh = load_mesh(run[1] / stages.mesh_files(1)[0])
    last = meshio.read(run[1] / "thermal-soak" / "0010.vtu").point_data["temperature_degC"]
    mean = region_values(mesh, last).mean[mesh.region_index("bar")]
    taken, given = (value(run, "soak", f"heat.flow[{pair}]")["value"] for pair in ("cold_plate>bar", "bar>ambient"))
    held = 0.5 * run[0].materials["al_6061_t6"].cp_J_kgK.value
    assert held * (mean - 45) == pytest.approx(300 * (taken - given), rel=1e-6)
    # a plate at the coolant's 22 degC at once is the fastest that it can cool
    assert 22 + (45 - 22) * math.exp(-300 * 2000 * 1e-4 / held) < mean < 44


def test_its_name_is_in_every_export(run, tmp_path):
    mesh = load_mesh(run[1] / stages.mesh_files(1)[0])
    for kind in set(FORMATS) - {"msh", "med", "unv", "vtu"}:  # gmsh's own have the names of all regions and surfaces alike
        write_mesh(tmp_path, mesh, kind)
        text = "".join((tmp_path / name).read_text() for name in FORMATS[kind].writes if not name.endswith((".bin", ".h5")))
        assert "bar" in text.lower(), kind


def test_what_is_meshed_anew_when_a_part_changes(run):
    def inputs(*sets):
        other = load_design(run[1] / "pack.yaml", sets=sets)
        return stage_inputs(other, lay_out(other), ("steady",), "", DEFAULT_OPTIONS)

    before = inputs()
    moved, joined, apart = inputs("parts.0.at_mm=[84,0,9]"), inputs("parts.0.contact_W_m2K=500"), inputs("parts.2.at_mm=[80,-30,9]")
    assert moved["mesh"]["the geometry"] != before["mesh"]["the geometry"]
    assert joined["mesh"] == before["mesh"]
    assert joined["solve"]["parts"] != before["solve"]["parts"]
    assert apart["mesh"] == before["mesh"]  # not meshed


def test_a_broken_file_is_refused_at_its_place(run, tmp_path):
    text = (run[1] / "bar-mm.step").read_text()
    (tmp_path / "bar-inch.step").write_text(text)
    (tmp_path / "bar-mm.step").write_text(text.replace("ADVANCED_FACE", "ADVANCED_FOOL"))
    (tmp_path / "pack.yaml").write_text(DESIGN)
    loaded = load_design(tmp_path / "pack.yaml")
    with pytest.raises(DesignError, match=r"pack.yaml:20:6: parts.1.step: bar-mm.step: there is no solid in it"):
        stages.mesh(loaded, lay_out(loaded), tmp_path, ("steady",), tmp_path / "forms")
