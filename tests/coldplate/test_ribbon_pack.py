"""Ribbons beside round cells, from the design to the temperatures: the heat goes where it must, port by port."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.coldplate.segments import cut, map_walls
from packtool.design.load import design_from_text
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family, mesh_layout

DESIGN = """
packtool: 1
name: ribbons
cell: {like: tesla-2170, cp_J_kgK: 1000, resistance_mOhm: 25}
electrical: {series: 4, parallel: 3}
arrangement: {pattern: hexagonal, rows: 4, cells_per_row: 3, cell_gap_mm: 1.5, holder: {material: pc_abs, thickness_mm: 6}}
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate: {type: ribbon, contact_angle_deg: 48, thickness_mm: 3, wall_mm: 0.5, ports: 3, web_mm: 2,
             material: al_3003_o, coolant: meg50, flow_lpm: 1, inlet_degC: 22}
busbars: {material: al_1060_busbar, thickness_mm: 1}
enclosure: {material: al_6061_t6, wall_mm: 3, lid_mm: 1.5}
ambient: {temperature_degC: 22, natural_convection_W_m2K: 0, emissivity: 0}
cases: {drive: {kind: steady, current_A: 30}}
"""


@pytest.fixture(name="designed")
def designed_fixture(tmp_path):
    return lambda *sets: design_from_text(DESIGN, "ribbons.yaml", tmp_path, sets)


@pytest.mark.parametrize("shape", ["straight", "wavy"])
def test_every_wall_facet_belongs_to_a_port_and_each_port_has_its_own(designed, shape):
    layout = lay_out(designed(f"cold_plate.shape={shape}"))
    mesh = mesh_layout(layout, "coarse").mesh
    segments = cut(layout.network, 5e-3)
    walls = map_walls(layout.network, segments, mesh, "coolant_wall")
    area = np.bincount(segments.branch[walls.segment], walls.area, len(layout.network.branches))
    by_kind = {b.name: area[i] for i, b in enumerate(layout.network.branches) if b.kind == "channel"}
    assert np.ptp(list(by_kind.values())) < 1e-9
    port = next(b for b in layout.network.branches if b.kind == "channel")
    wetted = 2 * (port.width_mm + port.height_mm) * port.length_mm() * 1e-6
    assert sum(by_kind.values()) == pytest.approx(6 * wetted, rel=0.01)  # chords of bends


@pytest.mark.fem
@pytest.mark.parametrize("shape", ["straight", "wavy"])
def test_insulated_cells_give_all_their_heat_to_the_ribbons(designed, shape):
    """12 cells with 10 A through 25 mohm each, and the plates between them; outlet = inlet + heat / (flow x cp)."""
    loaded = designed(f"cold_plate.shape={shape}")
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    case = solve_pack_case(loaded, layout, meshes, "drive", coolants()["air_1atm"], None)
    rows = {row.name: row for row in case.results}
    assert rows["heat.cells"].value == pytest.approx(12 * 10**2 * 0.025, rel=1e-6)
    made = rows["heat.cells"].value + rows["heat.busbars"].value
    assert rows["heat.coolant"].value == pytest.approx(made, rel=1e-6)
    assert rows["coolant.rise"].value == pytest.approx(
        made / (rows["coolant.flow.mass"].value * 3280), rel=0.01
    )  # cp of meg50 at 22 degC
    assert rows["coolant.flow.maldistribution"].value < 0.05  # three alike ports in each of two ribbons
    assert rows["temperature.cell.max"].value > rows["coolant.outlet"].value
    assert case.summary["solver"]["relative energy imbalance"] < 1e-6
    assert rows["heat.flow[cold_plate>coolant]"].value == pytest.approx(rows["heat.coolant"].value, rel=1e-9)  # the same sum
    given = [row.value for name, row in rows.items() if name.startswith("heat.flow[cell>")]
    assert sum(given) == pytest.approx(made, rel=1e-6)
