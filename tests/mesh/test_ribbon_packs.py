"""Packs with ribbons between their rows, from the design to the mesh."""

from __future__ import annotations

import math

import pytest

from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family, mesh_layout

DESIGN = """
packtool: 1
name: ribbons
cell: {like: tesla-2170, cp_J_kgK: 1000, resistance_mOhm: 25}
electrical: {series: 4, parallel: 3}
arrangement: {pattern: hexagonal, rows: 4, cells_per_row: 3, cell_gap_mm: 1.5, holder: {material: pc_abs, thickness_mm: 6}}
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate: {type: ribbon, shape: wavy, contact_angle_deg: 48, thickness_mm: 3, wall_mm: 0.5, ports: 3, web_mm: 2,
             material: al_3003_o, coolant: meg50, flow_lpm: 4, inlet_degC: 22}
busbars: {material: al_1060_busbar, thickness_mm: 1}
enclosure: {material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, ip_rating: IP67, vent_area_mm2: 900}
ambient: {temperature_degC: 25, natural_convection_W_m2K: 5, emissivity: 0.8}
cases: {half: {kind: steady, current_A: 6}}
"""


@pytest.fixture(name="designed")
def designed_fixture(tmp_path):
    path = tmp_path / "ribbons.yaml"
    path.write_text(DESIGN, encoding="utf-8")

    def made(*sets):
        return lay_out(load_design(path, list(sets)))

    return made


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["wavy", "straight"])
@pytest.mark.parametrize("angle", [6, 25, 48])
def test_every_part_holds_its_volume_in_one_piece(designed, shape, angle):
    layout = designed(f"cold_plate.shape={shape}", f"cold_plate.contact_angle_deg={angle}")
    for halved in (False, True):
        report = mesh_layout(layout, "coarse", halved=halved).report
        assert report.max_volume_error < 1e-6
        assert report.min_scaled_jacobian > 0.3
        assert report.components == 1  # the holders over a ribbon meet along its middle


def test_layers_touch_cells_and_ribbons_over_their_arcs_and_coolant_all_port_walls(designed):
    layout = designed(
        "arrangement.rows=2", "arrangement.cells_per_row=2", "electrical={series: 4, parallel: 1}", "cold_plate.ports=1"
    )
    areas = mesh_layout(layout, "fine").report.areas
    half, height = math.radians(24.0), (70.0 - 12.0) * 1e-3
    # chords that keep a sector's area are longer than its arc: in eight steps of 6 degrees by 0.1 %
    assert areas["cell|interface"] == pytest.approx(4 * 2 * half * 10.5e-3 * height, rel=3e-3)
    assert areas["interface|cold_plate"] == pytest.approx(4 * 2 * half * 11.5e-3 * height, rel=3e-3)
    ports = [branch for branch in layout.network.branches if branch.kind == "channel"]
    inside = sum(2 * (b.width_mm + b.height_mm) * b.length_mm() for b in ports) * 1e-6
    assert areas["coolant_wall"] == pytest.approx(inside, rel=3e-3)


def test_one_cell_a_row(designed):
    report = mesh_layout(designed("arrangement.cells_per_row=1", "electrical={series: 4, parallel: 1}"), "coarse").report
    assert report.max_volume_error < 1e-6


def test_a_rim_too_small_for_the_last_bend_is_refused_where_it_is_given(designed):
    with pytest.raises(DesignError, match=r"arrangement\.rim_mm: 1 is too small for holders over a wavy ribbon.*at least 3\.1"):
        designed("arrangement.cell_gap_mm=6", "arrangement.rim_mm=1.0", "cold_plate.contact_angle_deg=30")


def test_a_straight_ribbon_with_very_wide_contacts_is_refused(designed):
    with pytest.raises(DesignError, match=r"contact_angle_deg: 150 is too much for a straight ribbon.*at most 120"):
        designed("cold_plate.shape=straight", "cold_plate.contact_angle_deg=150")


@pytest.mark.parametrize("level", ["coarse", "normal"])
def test_layers_too_thin_for_few_edges_still_leave_a_coarser_mesh_to_tell_the_error_from(designed, level):
    layout = designed("interface.thickness_mm=0.5", "cold_plate.contact_angle_deg=60", "cold_plate.shape=straight")
    finer, coarser = (one.mesh for one in mesh_family(layout, level))
    assert len(coarser.hexes) < 0.8 * len(finer.hexes)  # with 12 edges around, a layer of 0.5 mm would be cut: both have 24
