"""Small packs of flat cells in every arrangement, as settings over the bus template."""

from __future__ import annotations

from pathlib import Path

import packtool
from packtool.design.load import load_design
from packtool.design.loaded import LoadedDesign

BUS = Path(packtool.__file__).parents[1] / "templates" / "bus-lfp.yaml"
CURRENT_A = 100.0
RESISTANCE_MOHM = 1.0

SMALL = (
    "electrical={series: 8, parallel: 1}", "arrangement.rows=2", "arrangement.cells_per_row=4", "cold_plate.channels=3",
    "busbars.width_mm=20", f"cases.charge_1C.current_A={CURRENT_A}", "mesh.level=coarse", "enclosure.vent_area_mm2=null", "enclosure.cutouts=[]",
)  # fmt: skip


def cell(like: str, *more: str) -> str:
    """A catalogue cell with the same resistance at every temperature."""
    return f"cell={{{', '.join((f'like: {like}', f'resistance_mOhm: {RESISTANCE_MOHM}', *more))}}}"


CAN = cell("calb-lfp176")
POUCH = (cell("lg-e63", "tab_length_mm: 15"), "arrangement.row_gap_mm=50", "arrangement.cell_gap_mm=1", "busbars.thickness_mm=2")
BLADE = (cell("byd-blade-135", "cp_J_kgK: 1000"), "arrangement.cell_gap_mm=0.5")
UPRIGHT = (
    CAN, "cold_plate.position=between", "cold_plate.passes=1", "cold_plate.channels=6", "cold_plate.channel_width_mm=20",
    "cold_plate.header_width_mm=20", "enclosure.hose_opening_mm=20",
)  # fmt: skip

PACKS: dict[str, tuple[str, ...]] = {
    "shifted rows": (*SMALL, CAN, "arrangement.row_offset_mm=27.6"),
    "on the side": (*SMALL, CAN, "arrangement.orientation=on_side"),
    "on the wide face": (*SMALL, CAN, "arrangement.orientation=flat", "arrangement.row_gap_mm=30"),
    "a turned row": (*SMALL, CAN, "electrical.series=6", "arrangement.cells_per_row=[4, 2]", "arrangement.turned_rows=[2]"),
    "turned rows, two in parallel": (
        *SMALL, CAN, "electrical={series: 4, parallel: 2}", "arrangement.turned_rows=[1, 2]", "arrangement.row_gap_mm=30",
        "busbars.width_mm=14",
    ),
    "barriers": (
        *SMALL, CAN, "arrangement.cell_gap_mm=4", "arrangement.barrier={material: aerogel_blanket, thickness_mm: 2, every: 2}",
    ),
    "pouches": (*SMALL, *POUCH),
    "pouches with fins": (*SMALL, *POUCH, "arrangement.fins={material: al_1060_busbar, thickness_mm: 0.5}"),
    "pouches with tabs at one end, a fin each": (
        *SMALL, *POUCH, cell("a123-amp20"), "arrangement.row_gap_mm=70",
        "arrangement.fins={material: al_1060_busbar, thickness_mm: 0.4, every: 1}",
    ),
    "blades": (*SMALL, *BLADE, "arrangement.rows=1", "arrangement.cells_per_row=8"),
    "blades under a plate": (*SMALL, *BLADE, "arrangement.rows=1", "arrangement.cells_per_row=8", "cold_plate.position=top"),
    "blades between two plates": (
        *SMALL, *BLADE, "arrangement.rows=1", "arrangement.cells_per_row=8", "cold_plate.position=both", "enclosure.hose_opening_mm=20",
    ),
    "cans on the side between two plates in series": (
        *SMALL, CAN, "arrangement.orientation=on_side", "electrical.series=4", "arrangement.rows=1", "cold_plate.position=both",
        "cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=3", "cold_plate.header_width_mm=null",
        "cold_plate.turns=round", "cold_plate.feed=series",
    ),
    "bolted side plates": (
        *SMALL, CAN, "arrangement.side_lining={material: pet_film, thickness_mm: 0.5}",
        "arrangement.side_plates={thickness_mm: 3, joint: bolted}", "arrangement.end_pad={material: pet_film, thickness_mm: 1}",
        "arrangement.row_filler={material: gap_filler_2p0, at: [rows, walls]}",
    ),
    "strapped side plates": (
        *SMALL, CAN, "arrangement.side_plates={thickness_mm: 2}", "arrangement.straps={width_mm: 19, thickness_mm: 0.8, count: 2}",
        "arrangement.row_filler={material: gap_filler_2p0, height_mm: 150}",
    ),
    "strapped modules": (
        *SMALL, CAN, "electrical.series=16", "arrangement.modules={count_y: 2, gap_y_mm: 15}",
        "arrangement.straps={width_mm: 30, thickness_mm: 1, bend_radius_mm: 6}", "arrangement.row_filler={material: gap_filler_2p0, at: [walls]}",
    ),
    "a stamped plate": (*SMALL, CAN, "cold_plate.style=stamped", "cold_plate.thickness_mm=5"),
    "a stamped serpentine over blades": (
        *SMALL, *BLADE, "arrangement.rows=1", "arrangement.cells_per_row=8", "cold_plate.position=top", "cold_plate.style=stamped",
        "cold_plate.thickness_mm=5", "cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=3",
        "cold_plate.header_width_mm=null",
    ),
    "an extruded plate": (
        *SMALL, CAN, "cold_plate.style=extruded", "cold_plate.passes=1", "cold_plate.manifold=Z", "cold_plate.channels=20",
        "cold_plate.margin_mm=5",
    ),
    "extruded plates under and over blades": (
        *SMALL, *BLADE, "arrangement.rows=1", "arrangement.cells_per_row=8", "cold_plate.position=both", "cold_plate.style=extruded",
        "cold_plate.channels=20", "cold_plate.margin_mm=5",
    ),
    "plates between the rows": (*SMALL, *UPRIGHT, "electrical.series=12", "arrangement.rows=3", "arrangement.row_gap_mm=8"),
    "plates between the rows, in series": (
        *SMALL, *UPRIGHT, "electrical.series=12", "arrangement.rows=3", "arrangement.row_gap_mm=8", "cold_plate.feed=series",
    ),
    "plates between the cells": (*SMALL, *UPRIGHT, "cold_plate.every_cells=2", "cold_plate.manifold=Z"),
    "two strings of two modules": (
        *SMALL, CAN, "electrical={series: 8, parallel: 2}", "arrangement.rows=1",
        "arrangement.modules={count_x: 2, count_y: 2, strings: 2, gap_x_mm: 30, gap_y_mm: 30}",
    ),
    "modules": (*SMALL, CAN, "electrical.series=16", "arrangement.modules={count_x: 2, gap_x_mm: 30}"),
    "modules turned": (
        *SMALL, CAN, "electrical.series=16", "arrangement.modules={count_y: 2, gap_y_mm: 40, rotation_deg: [90]}",
    ),
}  # fmt: skip


def pack(name: str, *sets: str) -> LoadedDesign:
    """The design of one of these packs."""
    return load_design(BUS, [*PACKS[name], *sets])
