"""Arrangements of flat cells, as changes to the layout tests' demo design: (cell's changes, design's changes)."""

from __future__ import annotations

from typing import Any

CAN: dict[str, Any] = {}
POUCH: dict[str, Any] = {
    "id": "pouch",
    "format": "pouch",
    "width_mm": 300.0,
    "thickness_mm": 10.0,
    "height_mm": 100.0,
    "mass_kg": 0.6,
}
ONE_END: dict[str, Any] = {**POUCH, "width_mm": 227.0, "height_mm": 160.0, "terminals": "one_end"}
BLADE: dict[str, Any] = {"id": "blade", "width_mm": 965.0, "thickness_mm": 14.0, "height_mm": 90.0, "terminals": "both_ends"}

FEW: dict[str, Any] = {
    "electrical.series": 12, "arrangement.rows": 2, "arrangement.cells_per_row": 6, "cold_plate.channels": 2, "busbars.width_mm": 20.0,
}  # fmt: skip
SIDEWAYS: dict[str, Any] = {**FEW, "arrangement.row_gap_mm": 75.0, "busbars.thickness_mm": 2.0}
FINS = {"material": "al_1060_busbar", "thickness_mm": 0.5}

ARRANGEMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "every second row shifted": (CAN, {**FEW, "arrangement.row_offset_mm": 27.6}),
    "shifted far": (CAN, {**FEW, "arrangement.row_offset_mm": -80.0}),
    "even groups, shifted": (CAN, {**FEW, "electrical.series": 10, "arrangement.cells_per_row": 5, "arrangement.row_offset_mm": 20.0}),
    "on the side": (CAN, {**FEW, "arrangement.orientation": "on_side"}),
    "on the side, two in parallel": (CAN, {**FEW, "electrical.series": 6, "electrical.parallel": 2, "arrangement.orientation": "on_side"}),
    "four rows on the side": (
        CAN, {**FEW, "electrical.series": 24, "arrangement.rows": 4, "arrangement.orientation": "on_side", "arrangement.row_gap_mm": 40.0},
    ),
    "on the wide face": (CAN, {**FEW, "arrangement.orientation": "flat", "arrangement.row_gap_mm": 30.0}),
    "a turned row": (
        CAN, {**FEW, "electrical.series": 9, "arrangement.cells_per_row": (6, 3), "arrangement.turned_rows": (2,)},
    ),
    "turned rows, two in parallel": (
        CAN,
        {
            **FEW, "electrical.series": 6, "electrical.parallel": 2, "arrangement.turned_rows": (1, 2), "arrangement.row_gap_mm": 60.0,
            "busbars.width_mm": 12.0,
        },
    ),
    "turned rows of an even number of groups": (
        CAN,
        {
            **FEW, "electrical.series": 6, "electrical.parallel": 2, "arrangement.rows": 3, "arrangement.cells_per_row": 4,
            "arrangement.turned_rows": (1, 2, 3), "arrangement.row_gap_mm": 60.0, "busbars.width_mm": 12.0,
        },
    ),
    "a turned row between others, three in parallel": (
        CAN,
        {
            **FEW, "electrical.series": 7, "electrical.parallel": 3, "arrangement.rows": 3, "arrangement.cells_per_row": (9, 3, 9),
            "arrangement.turned_rows": (2,), "arrangement.row_gap_mm": 60.0, "busbars.width_mm": 12.0,
        },
    ),
    "on the wide face, two in parallel": (
        CAN,
        {
            **FEW, "electrical.series": 6, "electrical.parallel": 2, "arrangement.orientation": "flat", "arrangement.row_gap_mm": 40.0,
            "busbars.width_mm": 10.0,
        },
    ),
    "four rows on the wide face, three in parallel": (
        CAN,
        {
            **FEW, "electrical.series": 8, "electrical.parallel": 3, "arrangement.rows": 4, "arrangement.orientation": "flat",
            "arrangement.row_gap_mm": 60.0, "busbars.width_mm": 10.0,
        },
    ),
    "modules of turned cells in parallel": (
        CAN,
        {
            **FEW, "electrical.series": 18, "electrical.parallel": 2, "arrangement.turned_rows": (1, 2), "arrangement.row_gap_mm": 60.0,
            "busbars.width_mm": 12.0, "arrangement.modules": {"count_x": 3, "gap_x_mm": 30.0, "rotation_deg": (0, 90, 180)},
        },
    ),
    "modules of lying cells in parallel": (
        CAN,
        {
            **FEW, "electrical.series": 12, "electrical.parallel": 2, "arrangement.orientation": "flat", "arrangement.row_gap_mm": 40.0,
            "busbars.width_mm": 10.0, "arrangement.modules": {"count_x": 2, "gap_x_mm": 60.0},
        },
    ),
    "barriers with pads": (CAN, {**FEW, "arrangement.cell_gap_mm": 4.0, "arrangement.barrier": {"material": "mica", "thickness_mm": 1.0}}),
    "pouches, tabs at both ends": (POUCH, SIDEWAYS),
    "pouches lying": (POUCH, {**SIDEWAYS, "arrangement.orientation": "flat", "busbars.width_mm": 10.0}),
    "pouches, tabs at one end": (ONE_END, {**SIDEWAYS, "busbars.width_mm": 50.0}),
    "pouches, tabs on top": ({**POUCH, "terminals": "top"}, {**SIDEWAYS, "busbars.width_mm": 15.0}),
    "a fin for each pair": (POUCH, {**SIDEWAYS, "arrangement.fins": FINS}),
    "a fin for each cell": (POUCH, {**SIDEWAYS, "arrangement.fins": {**FINS, "every": 1}}),
    "an odd cell with a fin of its own": (
        POUCH, {**SIDEWAYS, "electrical.series": 10, "arrangement.cells_per_row": 5, "arrangement.fins": FINS},
    ),
    "blades across the pack": (BLADE, {**FEW, "arrangement.rows": 1, "arrangement.cells_per_row": 12}),
    "blades, three in parallel": (
        BLADE, {**FEW, "electrical.series": 4, "electrical.parallel": 3, "arrangement.rows": 1, "arrangement.cells_per_row": 12},
    ),
    "two stacks of blades": (BLADE, {**FEW, "arrangement.row_gap_mm": 30.0}),
    "four modules": (CAN, {**FEW, "electrical.series": 48, "arrangement.modules": {"count_x": 2, "count_y": 2}}),
    "modules turned": (
        CAN, {**FEW, "electrical.series": 36, "arrangement.modules": {"count_x": 3, "gap_x_mm": 30.0, "rotation_deg": (0, 180)}},
    ),
    "two strings of two modules": (
        CAN,
        {
            **FEW, "electrical.series": 24, "electrical.parallel": 2, "arrangement.modules": {"count_x": 2, "count_y": 2, "strings": 2},
        },
    ),
    "three strings of a module each, turned rows": (
        CAN,
        {
            **FEW, "electrical.series": 6, "electrical.parallel": 6, "arrangement.turned_rows": (1, 2), "arrangement.row_gap_mm": 60.0,
            "busbars.width_mm": 12.0, "arrangement.modules": {"count_y": 3, "strings": 3, "gap_y_mm": 30.0},
        },
    ),
    "strings of pouches": (
        POUCH,
        {
            **SIDEWAYS, "electrical.series": 24, "electrical.parallel": 4, "arrangement.rows": 1, "arrangement.cells_per_row": 24,
            "arrangement.modules": {"count_x": 2, "count_y": 2, "strings": 2},
        },
    ),
    "modules of pouches": (
        POUCH,
        {
            **SIDEWAYS, "electrical.series": 72, "electrical.parallel": 2, "arrangement.rows": 1, "arrangement.cells_per_row": 24,
            "arrangement.modules": {"count_x": 2, "count_y": 3},
        },
    ),
}  # fmt: skip
