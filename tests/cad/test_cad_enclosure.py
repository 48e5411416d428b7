"""Each style of enclosure as solids: valid, of the volume that the layout says, nothing in another's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out

pytestmark = pytest.mark.cad

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = (
    "electrical={series: 8, parallel: 1}", "arrangement.rows=2", "arrangement.cells_per_row=4", "cold_plate.channels=4",
    "enclosure.cross_members={count: 2}", "enclosure.feet={count: 2, bolt: M6}", "enclosure.lifting={hole_mm: 14}",
    "enclosure.vents={count: 1, wall: y+, plug: {rim_mm: 3}}", "enclosure.cutouts=[{name: HV, wall: x+, width_mm: 60, height_mm: 40, z_mm: 100,"
    " fixture: {mass_kg: 0.4, outside_mm: 30, inside_mm: 10}}]",
    "enclosure.vent_area_mm2=700", "enclosure.hose_opening_mm=24",
    "enclosure.hose_fitting={bore_mm: 12, rim_mm: 1, outside_mm: 12}",
)  # fmt: skip
STYLES = {
    "folded": ("enclosure.wall_ribs={pitch_mm: 70, height_mm: 8}",),
    "stamped": ("enclosure.style=stamped", "enclosure.seal=null", "enclosure.corner_radius_mm=20", "enclosure.floor_radius_mm=10", "enclosure.lifting=null",
                "enclosure.hose_opening_mm=null", "enclosure.hose_fitting=null"),
    "stamped, sealed": ("enclosure.style=stamped", "enclosure.lifting=null", "enclosure.corner_radius_mm=10", "enclosure.floor_radius_mm=10"),
    "extruded": ("enclosure.style=extruded", "enclosure.flange_mm=30"),
    "die_cast": ("enclosure.style=die_cast", "enclosure.wall_ribs={pitch_mm: 70, height_mm: 8}", "enclosure.lifting=null",
                 "enclosure.corner_radius_mm=12", "enclosure.hose_opening_mm=null", "enclosure.hose_fitting=null"),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_every_style_makes_valid_solids_that_keep_their_places(style: str) -> None:
    from packtool.cad.build import build_cad  # noqa: F401  (the kernel's import order)
    from packtool.cad.check import product_volumes, solid_findings
    from packtool.cad.interference import interference
    from packtool.cad.solids import product_solids

    loaded = load_design(BUS, (*SMALL, *STYLES[style]))
    layout = lay_out(loaded)
    solids = product_solids(layout)
    volumes = product_volumes(layout, solids)
    assert solid_findings(solids, volumes) == []  # valid, and volumes to 1e-6
    assert max(abs(v.relative_difference) for v in volumes) < 1e-9  # tori of fillets: the kernel's quadrature
    assert interference(layout, solids).findings == ()
