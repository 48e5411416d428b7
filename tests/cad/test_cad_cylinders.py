"""Round cells in the CAD: volumes in closed form, nothing in the place of anything else, the same from the file."""

from __future__ import annotations

import math

import pytest

from packtool.cad.build import build_cad
from packtool.catalogue.load import coolants, materials
from packtool.catalogue.records import Figure
from packtool.design.load import design_from_text
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import coolant_density_kg_m3

pytestmark = pytest.mark.cad

DESIGN = """
packtool: 1
name: round
cell: {like: tesla-2170, cp_J_kgK: 1000, resistance_mOhm: 25}
electrical: {series: 4, parallel: 3}
arrangement: {pattern: hexagonal, rows: 4, cells_per_row: 3, cell_gap_mm: 1.5, holder: {material: pc_abs, thickness_mm: 6}}
busbars: {material: al_1060_busbar, thickness_mm: 1}
enclosure: {material: al_6061_t6, wall_mm: 3, lid_mm: 1.5}
ambient: {temperature_degC: 22}
cases: {drive: {kind: steady, current_A: 30}}
"""
RIBBONS = (
    "interface={material: gap_filler_2p0, thickness_mm: 1.0}",
    "cold_plate={type: ribbon, contact_angle_deg: 48, thickness_mm: 3, wall_mm: 0.5, ports: 3, web_mm: 2, material: al_3003_o,"
    " coolant: meg50, flow_lpm: 1, inlet_degC: 22}",
)


@pytest.mark.parametrize(
    "sets",
    [
        (),
        ("arrangement.polarity=alternating",),
        ("arrangement.pattern=square", "arrangement.potting={material: silicone_foam}"),
        ("arrangement.holder.rows_per_plate=1", "arrangement.potting={material: silicone_foam}"),
        RIBBONS,
        (*RIBBONS, "cold_plate.shape=wavy", "arrangement.polarity=alternating"),
    ],
    ids=["up", "alternating", "square, potted", "strips, potted", "ribbons", "wavy ribbons, alternating"],
)
def test_a_pack_of_round_cells_is_made_without_a_finding(tmp_path, sets):
    loaded = design_from_text(DESIGN, "round.yaml", tmp_path, sets)
    layout = lay_out(loaded)
    densities = {"meg50": Figure(value=coolant_density_kg_m3(coolants()["meg50"], 22.0), standing="given")}
    report = build_cad(layout, materials(), tmp_path, coolant_densities=densities)
    assert [finding.message for finding in report.findings] == []
    cell = next(volume for volume in report.volumes if volume.product == "cell-tesla-2170")
    assert cell.cad_mm3 == pytest.approx(cell.closed_form_mm3, rel=1e-9)
    assert 0.97 < cell.cad_mm3 / (math.pi / 4 * 21**2 * 70) < 1  # bead, rim and score take 1 to 3 %
