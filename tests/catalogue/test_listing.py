"""The catalogue as text within 80 columns, and as JSON of a stable shape."""

import json

import pytest

from packtool.catalogue.load import cells, coolants, materials, sources
from packtool.catalogue.records import Cell
from packtool.report.listing import as_json, cell_card, cell_table, coolant_card, coolant_table, material_card, material_table

TABLES = {
    "cells": (cell_table(cells()), list(cells())),
    "materials": (material_table(materials()), list(materials())),
    "coolants": (coolant_table(coolants()), list(coolants())),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_fits_80_columns_and_has_a_line_for_each_record(kind):
    text, ids = TABLES[kind]
    assert max(map(len, text.splitlines())) <= 80
    assert [line.split()[0] for line in text.splitlines()[1 : len(ids) + 1]] == ids


def test_no_number_of_a_table_is_cut():
    for line in TABLES["cells"][0].splitlines()[1:]:
        assert "…" not in line[14 + 1 + 11 + 1 + 8 :], line  # only a chemistry may be


def test_the_line_of_the_demo_cell():
    line = next(line for line in TABLES["cells"][0].splitlines() if line.startswith("calb-lfp176"))
    assert line.split() == ["calb-lfp176", "prismatic", "LFP", "176", "3.2", "174x53.7x207", "3.98", "-"]


def test_a_resistance_that_was_not_measured_is_marked():
    lines = {line.split()[0]: line.split()[-1] for line in TABLES["cells"][0].splitlines()}
    assert lines["calb-ca180fi"] == "~0.554"
    assert lines["eve-lf280k"] == "~0.38"  # the estimate, and never the AC impedance of 0.25
    assert lines["lg-e63"] == "-"


def test_a_card_gives_each_figure_its_unit_standing_and_sources_and_names_what_is_unknown():
    card = cell_card(cells()["calb-lfp176"], sources())
    lines = [" ".join(line.split()) for line in card.splitlines()]
    assert "capacity 176 Ah [catalogue; TUM, CIR]" in lines
    assert "k through 0.8 W/m/K [literature default; LIN22, RWTH]" in lines
    assert "resistance dc unknown" in lines
    assert "charge max unknown" in lines
    assert any(line.startswith("TUM: TUM FTM TruckBatteryDesign") for line in lines)
    assert "diameter" not in card  # a prismatic cell has none, so it is not unknown
    assert "k axial" not in card


def test_a_card_gives_every_point_of_a_resistance_table():
    card = cell_card(cells()["calb-ca180fi"], sources())
    for degC, mOhm in ((0, "1.848"), (10, "1.063"), (25, "0.554"), (40, "0.348"), (50, "0.273")):
        assert any(line.split()[-7:] != [] and f"{mOhm} mOhm" in line and f"at {degC} degC" in line for line in card.splitlines())
    assert "50 % SOC and 90 A" in " ".join(card.split())


def test_every_card_fits_80_columns_but_for_addresses():
    for id_, cell in cells().items():
        for line in cell_card(cell, sources()).splitlines():
            assert len(line) <= 80 or "https://" in line, id_


def test_a_card_of_a_cell_from_a_users_file_names_that_file():
    own = Cell(id="own", name="own", format="prismatic", sources=("own.json",))
    assert "own.json: the file of that name" in cell_card(own, sources())


def test_the_card_of_a_material_and_of_a_coolant():
    card = material_card(materials()["al_1060_busbar"], sources())
    assert "2.78e-08 ohm m" in card
    assert "[remembered]" in card  # its cp
    assert "NLM: Nippon Light Metal" in card
    card = coolant_card(coolants()["meg50"], sources())
    assert len([line for line in card.splitlines() if line.split() and line.split()[0].lstrip("-").isdigit()]) == 16
    assert "[derived; COOLPROP]" in card


@pytest.mark.parametrize("record", [cells()["calb-lfp176"], cells()["calb-ca180fi"], materials()["pc"], coolants()["hfe7100"]])
def test_json_has_every_field_in_order_and_reads_back(record):
    data = as_json(record)
    assert list(data) == list(type(record).model_fields)
    assert type(record).model_validate(json.loads(json.dumps(data))) == record
