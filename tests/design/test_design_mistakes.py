"""One mistake at a time: where it is said to be, at which key, and the heart of what is said."""

from __future__ import annotations

import pytest

PYDANTIC_JARGON = ("Input should", "pydantic", "type=", "NoneType", "validation error")
NUMBER = "must be a number above 0 and at most 10000 L/min"


def test_the_design_these_mistakes_are_made_in_is_valid(valid, complaints):
    assert complaints(valid) == []


# what is replaced, by what, line, column, key, heart of the message
KEYS = [
    (
        "passes: 2",
        "pases: 2",
        15,
        3,
        "cold_plate.pases",
        "unknown key 'pases'; did you mean passes?; allowed here: position,",
    ),
    ("flow_lpm: 12", "flow: 12", 22, 3, "cold_plate.flow", "did you mean flow_lpm?"),
    ("flow_lpm: 12", "Flow_LPM: 12", 22, 3, "cold_plate.Flow_LPM", "did you mean flow_lpm?"),
    (
        "flow_lpm: 12",
        "\u00a0flow_lpm: 12",
        22,
        3,
        "cold_plate.\u00a0flow_lpm",
        "invisible character in it (U+00A0); did you mean flow_lpm?",
    ),
    ("ambient:", "flow_lpm: 3\nambient:", 26, 1, "flow_lpm", "it belongs under cold_plate"),
    (
        "passes: 2",
        "passes: 2\n  ports: 2",
        16,
        3,
        "cold_plate.ports",
        "unknown key 'ports'; it goes with type: ribbon; allowed here",
    ),
    (
        "kind: steady,",
        "kind: steady, duration_s: 9,",
        28,
        26,
        "cases.charge.duration_s",
        "'duration_s'; it goes with kind: transient; allowed",
    ),
    (
        "kind: steady, ",
        "",
        28,
        3,
        "cases.charge.kind",
        "missing: steady: the temperatures that a constant current leads to if it lasts; transient: temp",
    ),
    ("{kind: steady, current_A: 176}", "5", 28, 3, "cases.charge", "must be a mapping with kind, got 5"),
    (
        "  passes: 2\n",
        "",
        13,
        1,
        "cold_plate.passes",
        "missing: times the coolant passes the plate's length (a whole number from 1 to 200)",
    ),
    ("packtool: 1\n", "", 1, 1, "packtool", "missing: version of the design format (1)"),
    (
        "ambient: {temperature_degC: 45}\n",
        "",
        1,
        1,
        "ambient",
        "missing: The air around the enclosure (a mapping with temperature_degC)",
    ),
    (
        "wall_mm: 3, ",
        "",
        25,
        1,
        "enclosure.wall_mm",
        "missing: thickness of the tray's walls and floor (a number above 0 and at most 20000 mm)",
    ),
    ("passes: 2", "passes: 2\n  passes: 1", 16, 3, "cold_plate.passes", "stands here twice; first on line 15, column 3"),
    ("thickness_mm: 1.0}", "thickness_mm: 1,5}", 12, 55, "interface.5", "was a decimal comma meant?"),
    ("charge: {", "charge 1C!: {", 28, 3, "cases.charge 1C!", "this key must be a name of letters, digits, '.', '_' and '-'"),
]
NUMBERS = [
    ("passes: 2", "passes: 0", 15, 3, "cold_plate.passes", "must be from 1 to 200, got 0"),
    ("passes: 2", "passes: 2.5", 15, 3, "cold_plate.passes", "must be a whole number from 1 to 200, got 2.5"),
    ("passes: 2", "passes: 2.0", 15, 3, "cold_plate.passes", "got 2, written with a decimal point"),
    ("passes: 2", "passes: true", 15, 3, "cold_plate.passes", "must be a whole number from 1 to 200, got true"),
    ("passes: 2", "passes: '2'", 15, 3, "cold_plate.passes", "got the text '2': leave out the quotes"),
    ("passes: 2", "passes: [2]", 15, 3, "cold_plate.passes", "must be a whole number from 1 to 200, got a list of 1"),
    ("passes: 2", "passes: {n: 2}", 15, 3, "cold_plate.passes", "must be a whole number from 1 to 200, got a mapping"),
    ("passes: 2", "passes:", 15, 3, "cold_plate.passes", "has no value; it takes a whole number from 1 to 200"),
    ("passes: 2", "passes: ~", 15, 3, "cold_plate.passes", "must be a whole number from 1 to 200, got null"),
    ("flow_lpm: 12", "flow_lpm: -3", 22, 3, "cold_plate.flow_lpm", "must be above 0 and at most 10000 L/min, got -3 L/min"),
    ("flow_lpm: 12", "flow_lpm: 0", 22, 3, "cold_plate.flow_lpm", "must be above 0 and at most 10000 L/min, got 0 L/min"),
    ("flow_lpm: 12", "flow_lpm: .nan", 22, 3, "cold_plate.flow_lpm", f"{NUMBER}, got no number (nan)"),
    ("flow_lpm: 12", "flow_lpm: .inf", 22, 3, "cold_plate.flow_lpm", f"{NUMBER}, got infinity"),
    ("flow_lpm: 12", "flow_lpm: 1e999", 22, 3, "cold_plate.flow_lpm", f"{NUMBER}, got infinity"),
    ("flow_lpm: 12", "flow_lpm: " + "9" * 5000, 22, 3, "cold_plate.flow_lpm", f"{NUMBER}, got infinity"),
    ("flow_lpm: 12", "flow_lpm: twelve", 22, 3, "cold_plate.flow_lpm", f"{NUMBER}, got the text 'twelve'"),
    ("flow_lpm: 12", "flow_lpm: 12 L/min", 22, 3, "cold_plate.flow_lpm", "the unit is in the key; write 12"),
    ("flow_lpm: 12", "flow_lpm: 12,5", 22, 3, "cold_plate.flow_lpm", "a decimal point is a dot; write 12.5"),
    ("flow_lpm: 12", "flow_lpm: 1_200", 22, 3, "cold_plate.flow_lpm", "write it without separators, 1200"),
    ("flow_lpm: 12", "flow_lpm: 010", 22, 3, "cold_plate.flow_lpm", "a leading zero means octal in some YAML readers"),
    ("flow_lpm: 12", "flow_lpm: 0x10", 22, 3, "cold_plate.flow_lpm", "write it in decimal"),
    ("flow_lpm: 12", "flow_lpm: 12:30", 22, 3, "cold_plate.flow_lpm", "base sixty in some YAML readers"),
    ("flow_lpm: 12", "flow_lpm: on", 22, 3, "cold_plate.flow_lpm", f"{NUMBER}, got the text 'on'"),
    ("inlet_degC: 22", "inlet_degC: 300", 23, 3, "cold_plate.inlet_degC", "must be from -60 to 200 degC, got 300 degC"),
    ("[1200, 900, 300]", "[1200, 900]", 29, 29, "limits.envelope_mm", "takes 3 numbers, got 2"),
    ("[1200, 900, 300]", "1200", 29, 29, "limits.envelope_mm", "must be a list of 3 numbers, got 1200"),
    ("[1200, 900, 300]", "[1200, -900, 300]", 29, 49, "limits.envelope_mm.1", "must be above 0 and at most 20000 mm, got -900 mm"),
]  # fmt: skip
WORDS = [
    ("type: parallel", "type: paralel", 14, 3, "cold_plate.type", "must be serpentine or parallel or ribbon, got the text 'paralel'; did you mean parallel?"),
    ("type: parallel", "type: 1", 14, 3, "cold_plate.type", "must be serpentine or parallel or ribbon, got 1"),
    ("packtool: 1", "packtool: 2", 1, 1, "packtool", "must be 1, got 2"),
    ("packtool: 1", "packtool: true", 1, 1, "packtool", "must be 1, got true"),
    ("packtool: 1", "packtool: 1.0", 1, 1, "packtool", "must be 1, got 1"),
    ("name: small-pack", "name: Small Pack", 2, 1, "name", "must be a name of small letters, digits, '.', '_' and '-', a letter or digit first"),
    ("name: small-pack", "name: 230", 2, 1, "name", "put it in quotes to make it a text"),
    ("name: small-pack", "name: " + "n" * 65, 2, 1, "name", "must be at most 64 characters long, got 65"),
    ("material: al_3003_o", "material: ''", 20, 3, "cold_plate.material", "must not be empty"),
    ("lid_mm: 1.5", "lid_mm: 1.5, ip_rating: IP99", 25, 60, "enclosure.ip_rating", "must be IP and two digits, as in IP67"),
    ("{series: 4, parallel: 2}", "4s2p", 5, 1, "electrical", "must be a mapping with series, got the text '4s2p'"),
    ("{series: 4, parallel: 2}", "[4, 2]", 5, 1, "electrical", "must be a mapping with series, got a list of 2"),
    ("{like: calb-lfp176, resistance_like: calb-ca180fi}", "[calb-lfp176]", 4, 1, "cell", "or a mapping, got a list of 1"),
    ("cases:\n  charge: {kind: steady, current_A: 176}", "cases: {}", 27, 1, "cases", "needs at least 1 entry"),
]  # fmt: skip
AGREEMENT = [
    ("channel_height_mm: 3", "channel_height_mm: 6", 18, 3, "cold_plate.channel_height_mm", "must be less than the plate's thickness_mm (6), got 6"),
    ("type: parallel", "type: serpentine", 16, 3, "cold_plate.channels", "a serpentine has one channel"),
    ("channels: 4", "channels: 1", 16, 3, "cold_plate.channels", "type: parallel needs channels: 2 or more"),
    ("passes: 2", "passes: 3", 15, 3, "cold_plate.passes", "type: parallel takes passes: 1 or 2, got 3"),
    ("interface: {material: gap_filler_2p0, thickness_mm: 1.0}\n", "", 12, 1, "cold_plate", "needs an interface"),
    ("current_A: 176", "current_A: 176, c_rate: 1", 28, 26, "cases.charge.current_A", "give current_A or c_rate, not both"),
    (", current_A: 176", "", 28, 3, "cases.charge.current_A", "missing: give current_A (of the pack) or c_rate"),
    ("resistance_like: calb-ca180fi", "resistance_mOhm: 1, bpx: a.json", 4, 47, "cell.bpx", "give like or bpx, not both"),
    ("resistance_like: calb-ca180fi", "resistance_like: calb-ca180fi, resistance_mOhm: 1", 4, 27, "cell.resistance_like", "not both"),
    ("resistance_like: calb-ca180fi", "resistance_mOhm: {temperature_degC: [25, 0], resistance_mOhm: [1, 2]}", 4, 45, "cell.resistance_mOhm.temperature_degC", "must ascend"),
    ("resistance_like: calb-ca180fi", "resistance_mOhm: {temperature_degC: [0, 25], resistance_mOhm: [1]}", 4, 72, "cell.resistance_mOhm.resistance_mOhm", "needs as many entries as temperature_degC: 2, not 1"),
    ("resistance_like: calb-ca180fi", "resistance_mOhm: {temperature_degC: [0, 25], resistance_mOhm: [1, x]}", 4, 93, "cell.resistance_mOhm.resistance_mOhm.1", "got the text 'x'"),
    ("resistance_like: calb-ca180fi", "resistance_mOhm: low", 4, 27, "cell.resistance_mOhm", "must be a number above 0 and at most 10000 mOhm or a mapping of temperature_degC, resistance_mOhm, soc, by_soc_mOhm, csv, got the text 'low'"),
]  # fmt: skip
ACROSS = [
    ("like: calb-lfp176", "like: calb-lfp176, cp: 900", 4, 27, "cell.cp", "did you mean cp_J_kgK?"),
    ("rows: 2", "rows: 3", 8, 3, "arrangement.cells_per_row", "rows x cells_per_row = 3 x 4 = 12 cells, but electrical: series x parallel = 4 x 2 = 8"),
    ("rows: 2", "rows: 1", 8, 3, "arrangement.cells_per_row", "with rows: 1 it takes cells_per_row: 8"),
    ("{series: 4, parallel: 2}", "{series: 2000, parallel: 500}", 5, 14, "electrical.series", "2000 x 500 = 1,000,000 cells; a design has 20,000 at most"),
    ("coolant: meg50", "coolant: meg", 21, 3, "cold_plate.coolant", "no coolant 'meg' in the catalogue; did you mean meg50? (`packtool coolants` lists them)"),
    ("material: al_3003_o", "material: al_3003", 20, 3, "cold_plate.material", "no material 'al_3003' in the catalogue; did you mean al_3003_o?"),
    ("like: calb-lfp176", "like: calb-lfp177", 4, 8, "cell.like", "no cell 'calb-lfp177' in the catalogue; did you mean calb-lfp176? (`packtool cells` lists them)"),
    ("material: al_1060_busbar", "material: pp", 24, 11, "busbars.material", "the resistivity of pp is unknown; it is known for al_6061_t6,"),
    ("inlet_degC: 22", "inlet_degC: 150", 23, 3, "cold_plate.inlet_degC", "meg50 is known from -30 to 80 degC, got 150 degC"),
    ("R1C02:", "R3C02:", 30, 21, "overrides.cells.R3C02", "there is no such cell: rows are 1 to 2, columns 1 to 4 (R1C01 to R2C04)"),
    ("R1C02:", "R0C02:", 30, 21, "overrides.cells.R0C02", "there is no such cell"),
    ("R1C02:", "R1C00:", 30, 21, "overrides.cells.R1C00", "there is no such cell"),
    ("R1C02:", "A2:", 30, 21, "overrides.cells.A2", "the name of a cell, row and column from 1, as in R2C05"),
    ("R1C02:", "R1C2: {resistance_mOhm: 1}, R1C02:", 30, 49, "overrides.cells.R1C02", "the same cell as R1C2"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "column", "key", "heart"), KEYS + NUMBERS + WORDS + AGREEMENT + ACROSS)
def test_one_mistake_gives_one_complaint_at_its_place(changed, complaints, old, new, line, column, key, heart):
    (complaint,) = complaints(changed(old, new))
    assert heart in complaint.message
    assert not any(jargon in complaint.message for jargon in PYDANTIC_JARGON)
    assert (complaint.file, complaint.line, complaint.column, complaint.key) == ("pack.yaml", line, column, key)


def test_a_parallel_group_must_not_cross_rows(valid, complaints):
    text = (
        valid.replace("{series: 4, parallel: 2}", "{series: 2, parallel: 3}")
        .replace("rows: 2", "rows: 3")
        .replace("row: 4", "row: 2")
    )
    (complaint,) = complaints(text)
    assert complaint.key == "arrangement.cells_per_row"
    assert "must be a multiple of electrical.parallel (3), because a parallel group does not cross rows; got 2" in complaint.message


def test_no_row_length_is_proposed_that_would_split_a_parallel_group(changed, complaints):
    (complaint,) = complaints(changed("{series: 4, parallel: 2}", "{series: 3, parallel: 2}"))
    assert complaint.message.endswith("series x parallel = 3 x 2 = 6")


def test_all_mistakes_are_told_at_once_and_in_the_order_of_the_file(valid, complaints):
    text = valid
    for old, new in (
        ("name: small-pack", "name: Small"),
        ("like: calb-lfp176", "like: calb-lfp177"),
        ("rows: 2", "rows: 3"),
        ("gap_material: pu_foam_compression_pad", "gap_materials: pu_foam"),
        ("passes: 2", "passes: 3"),
        ("channel_height_mm: 3", "channel_height_mm: 7"),
        ("flow_lpm: 12", "flow_lpm: -1"),
        ("temperature_degC: 45", "temperature: 45"),
        ("kind: steady", "kind: steadily"),
        ("R1C02", "R9C02"),
    ):
        text = text.replace(old, new)
    found = complaints(text)
    assert [(c.line, c.key) for c in found] == [
        (2, "name"),
        (4, "cell.like"),
        (8, "arrangement.cells_per_row"),
        (10, "arrangement.gap_materials"),
        (15, "cold_plate.passes"),
        (18, "cold_plate.channel_height_mm"),
        (22, "cold_plate.flow_lpm"),
        (26, "ambient.temperature"),
        (28, "cases.charge.kind"),
        (30, "overrides.cells.R9C02"),
    ]


def test_an_optional_key_with_nothing_behind_it_is_not_taken_for_null(changed, complaints):
    (complaint,) = complaints(changed("limits: {cell_max_degC: 45,", "limits: {cell_max_degC: ,"))
    assert (complaint.line, complaint.column, complaint.key) == (29, 10, "limits.cell_max_degC")
    assert "has no value: write one, null for none, or leave the key out" in complaint.message
    assert complaints(changed("limits: {cell_max_degC: 45,", "limits: {cell_max_degC: null,")) == []


@pytest.mark.parametrize(
    ("rows", "cells", "left_out", "said"),
    [
        (1, 8, "row_gap_mm: 12", []),
        (2, 4, "row_gap_mm: 12", [("arrangement.row_gap_mm", "missing: between the 2 rows")]),
        (2, 4, "cell_gap_mm: 1.5", [("arrangement.cell_gap_mm", "missing: between the cells' large faces")]),
        (8, 1, "cell_gap_mm: 1.5", []),
    ],
)
def test_a_gap_is_asked_for_where_there_is_one(valid, complaints, rows, cells, left_out, said):
    text = valid.replace(f"  {left_out}\n", "").replace("parallel: 2", "parallel: 1").replace("series: 4", "series: 8")
    text = text.replace("rows: 2", f"rows: {rows}").replace("cells_per_row: 4", f"cells_per_row: {cells}").replace("R1C02", "R1C01")
    found = complaints(text)
    assert [one.key for one in found] == [key for key, _ in said]
    for one, (_, words) in zip(found, said, strict=True):
        assert words in one.message
