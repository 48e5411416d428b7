"""Whatever plate, enclosure and structure a pack of rows is given: valid solids of the right volume that keep their places, or a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.design.load import design_from_text, load_design
from packtool.errors import DesignError, LayoutError
from packtool.layout.lay_out import lay_out

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
EXAMPLES = 6
"""Each takes the kernel seconds; for a longer search raise this, and run with --hypothesis-profile search."""


@st.composite
def packs(draw: st.DrawFn) -> tuple[str, ...]:
    """Small packs of rows as settings of the bus template."""
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    one = st.sampled_from
    style = draw(one(["folded", "stamped", "extruded", "die_cast"]))
    sets = [
        f"electrical={{series: {rows * columns}, parallel: 1}}", f"arrangement.rows={rows}", f"arrangement.cells_per_row={columns}",
        f"arrangement.row_offset_mm={draw(one([0, 25]))}", f"cold_plate.style={draw(one(['brazed', 'stamped', 'stamped', 'extruded']))}",
        f"cold_plate.passes={draw(one([1, 2]))}", f"cold_plate.channels={draw(one([2, 3]))}",
        f"cold_plate.channel_width_mm={draw(one([8, 16]))}", f"cold_plate.channel_height_mm={draw(one([2, 3]))}", "cold_plate.thickness_mm=5",
        f"enclosure.style={style}", f"enclosure.wall_mm={draw(one([2, 3, 8]))}", f"enclosure.clearance_mm={draw(one([8, 20, 40]))}",
        f"enclosure.bolt={draw(one(['M5', 'M6']))}", f"enclosure.flange_mm={draw(one([25, 40]))}", "enclosure.hose_opening_mm=null",
        "enclosure.hose_fitting=null", "enclosure.cutouts=[]", "enclosure.vent_area_mm2=700", "enclosure.lifting=null", "enclosure.feet=null",
        f"enclosure.seal={draw(one(['null', '{groove_width_mm: 4, groove_depth_mm: 0.8}']))}", "enclosure.cross_members=null",
        f"enclosure.wall_ribs={draw(one(['null', '{pitch_mm: 70, height_mm: 8}']))}",
        draw(one(["arrangement.side_plates={thickness_mm: 2}", "arrangement.straps={width_mm: 19, thickness_mm: 0.8}",
                  "arrangement.end_pad={material: pp, thickness_mm: 2}"])),
    ]  # fmt: skip
    return tuple(sets)


@pytest.mark.cad
@settings(max_examples=EXAMPLES, deadline=None)
@given(sets=packs())
def test_every_pack_holds_together_or_is_refused(sets: tuple[str, ...]) -> None:
    from packtool.cad.build import build_cad  # noqa: F401  (the kernel's import order)
    from packtool.cad.check import product_volumes, solid_findings
    from packtool.cad.gaps import outside
    from packtool.cad.interference import interference
    from packtool.cad.solids import product_solids

    try:
        layout = lay_out(load_design(BUS, sets))
    except (DesignError, LayoutError):
        return
    solids = product_solids(layout)
    assert solid_findings(solids, product_volumes(layout, solids)) == []
    assert interference(layout, solids).findings == ()
    assert list(outside(layout)) == []


COMMON = """
packtool: 1
name: found
enclosure: {material: al_6061_t6, wall_mm: 2, lid_mm: 1, clearance_mm: 8, headroom_mm: 40}
ambient: {temperature_degC: 45}
cases: {x: {kind: steady, c_rate: 0.3}}
"""
FOUND = {
    "holders of square rows, each its own": """
cell: samsung-50e
busbars: {material: al_1060_busbar, thickness_mm: 2}
electrical: {series: 4, parallel: 2}
arrangement: {pattern: square, rows: 4, cells_per_row: 2, polarity: up, cell_gap_mm: 0.2,
              holder: {material: pc_abs, thickness_mm: 2, rows_per_plate: 1}}
""",
    "holders of single cells": """
cell: samsung-50e
busbars: {material: al_1060_busbar, thickness_mm: 2}
electrical: {series: 1, parallel: 2}
arrangement: {pattern: square, rows: 2, cells_per_row: 1, polarity: up, cell_gap_mm: 0.2,
              holder: {material: pc_abs, thickness_mm: 2, rows_per_plate: 1}}
""",
    "rows of unequal length, one aside": """
busbars: {material: al_1060_busbar, thickness_mm: 2, width_mm: 10}
cell: {like: calb-lfp176, resistance_like: calb-ca180fi}
electrical: {series: 11, parallel: 1}
arrangement: {pattern: rows, rows: 2, cells_per_row: [6, 5], cell_gap_mm: 0, row_gap_mm: 40, row_offset_mm: 40, end_plate_mm: 2}
interface: {material: gap_filler_2p0, thickness_mm: 1}
cold_plate: {type: serpentine, passes: 3, channel_width_mm: 20, channel_height_mm: 1, thickness_mm: 3, material: al_3003_o, coolant: meg50,
             flow_lpm: 4, inlet_degC: 22}
""",
    "a blade with both terminals at one end": """
busbars: {material: al_1060_busbar, thickness_mm: 2, width_mm: 10}
cell: {like: byd-blade-135, resistance_mOhm: 0.6, cp_J_kgK: 1000, max_charge_A: 135, max_discharge_A: 270, terminals: one_end}
electrical: {series: 3, parallel: 1}
arrangement: {pattern: rows, rows: 1, cells_per_row: 3, cell_gap_mm: 3, row_gap_mm: 0}
""",
}


@pytest.mark.cad
@pytest.mark.parametrize("pack", FOUND)
def test_packs_that_a_search_found_wrong_are_right(pack: str) -> None:
    from packtool.cad.build import build_cad  # noqa: F401  (the kernel's import order)
    from packtool.cad.check import product_volumes, solid_findings
    from packtool.cad.interference import interference
    from packtool.cad.solids import product_solids

    layout = lay_out(design_from_text(COMMON + FOUND[pack], "found.yaml", BUS.parent, ()))
    solids = product_solids(layout)
    assert solid_findings(solids, product_volumes(layout, solids)) == []
    assert interference(layout, solids).findings == ()
