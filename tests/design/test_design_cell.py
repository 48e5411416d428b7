"""The cell of a design: from the catalogue, from files, with figures of its own."""

from __future__ import annotations

import json

import pytest

from packtool.catalogue import load as catalogue
from packtool.catalogue.records import Cell, Figure, ResistanceTable
from packtool.design.load import design_from_text, load_design

SHAPED = {"width_mm": 174, "thickness_mm": 54, "height_mm": 207, "mass_kg": 4, "v_nom": 3.2, "capacity_Ah": 176,
          "cp_J_kgK": 1000, "k_in_plane_W_mK": 21, "k_through_W_mK": 0.8}  # fmt: skip


def cell_of(id_, without=(), **other):
    figures = {key: Figure(value=value, standing="datasheet") for key, value in SHAPED.items() if key not in without}
    return Cell(**{"id": id_, "name": id_, "maker": "Some", "format": "prismatic", "chemistry": "LFP", **figures, **other})


@pytest.fixture(autouse=True)
def small_catalogue(monkeypatch):
    """Cells whose figures are known here."""
    table = ResistanceTable(
        temperature_degC=(0, 25), resistance_mOhm=(2, 0.5), standing="measured", sources=("LAB",), note="at 50 % SOC"
    )
    low = Figure(value=2.5, standing="datasheet")
    known = (
        cell_of("plain", resistance_dc=table, v_min=low, v_max=Figure(value=3.65, standing="datasheet")),
        cell_of("no-resistance"),
        cell_of("no-mass", without=("mass_kg", "k_through_W_mK"), maker="Third", resistance_dc=table),
        cell_of("other-maker", maker="Other", resistance_dc=table),
        cell_of("nickel", chemistry="NMC811/graphite", resistance_dc=table),
        cell_of("round", format="cylindrical"),
    )
    monkeypatch.setattr(catalogue, "cells", lambda: {cell.id: cell for cell in known})


@pytest.fixture
def with_cell(valid, tmp_path):
    """The valid design with another cell, loaded."""

    def of(cell, sets=()):
        text = valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", cell)
        return design_from_text(text, "pack.yaml", tmp_path, sets).cell

    return of


@pytest.fixture
def wrong_cell(valid, complaints):
    """What is wrong with the valid design with another cell: keys, places and messages."""

    def of(cell):
        return complaints(valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", cell))

    return of


def test_a_catalogue_cell_is_taken_as_it_is(with_cell):
    assert with_cell("plain") == catalogue.cells()["plain"]


def test_own_figures_stand_over_those_of_the_catalogue_as_given(with_cell):
    cell = with_cell("{like: plain, mass_kg: 4.2, name: Aged cell}")
    assert cell.mass_kg == Figure(value=4.2, standing="given")
    assert cell.width_mm == catalogue.cells()["plain"].width_mm
    assert cell.name == "Aged cell"


def test_a_cell_that_contradicts_the_catalogue_does_not_keep_its_id(with_cell):
    assert with_cell("{like: plain, mass_kg: 4.2}").id == "plain-modified"
    assert "given in the design: mass_kg" in with_cell("{like: plain, mass_kg: 4.2}").note
    assert with_cell("{like: plain, mass_kg: 4}").id == "plain"
    assert with_cell("{like: no-mass, mass_kg: 4.2, k_through_W_mK: 0.8}").id == "no-mass"  # adds to it


def test_a_stand_in_resistance_keeps_its_standing_and_says_whose_it_is(with_cell):
    table = with_cell("{like: no-resistance, resistance_like: plain}").resistance_dc
    assert table.resistance_mOhm == (2, 0.5)
    assert (table.standing, table.sources) == ("measured", ("LAB",))
    assert table.note == "stand-in: resistance of plain. at 50 % SOC"


def test_a_given_resistance_is_a_table_or_one_number_for_every_temperature(with_cell):
    table = with_cell("{like: plain, resistance_mOhm: {temperature_degC: [-10, 25], resistance_mOhm: [3, 1]}}").resistance_dc
    assert (table.temperature_degC, table.resistance_mOhm, table.standing) == ((-10, 25), (3, 1), "given")
    constant = with_cell("{like: plain, resistance_mOhm: 0.7}").resistance_dc
    assert set(constant.resistance_mOhm) == {0.7}
    assert constant.temperature_degC[0] <= -60  # the coldest that a design may state


def test_a_cell_all_of_its_own_needs_no_catalogue(with_cell):
    figures = ", ".join(f"{key}: {value}" for key, value in SHAPED.items())
    cell = with_cell(f"{{format: prismatic, chemistry: LFP, resistance_mOhm: 0.6, {figures}}}")
    assert cell.id == "own-cell"
    assert {getattr(cell, key).standing for key in SHAPED} == {"given"}


def test_a_missing_resistance_names_the_figure_the_cell_and_two_ways_to_give_it(wrong_cell):
    (complaint,) = wrong_cell("no-resistance")
    assert (complaint.line, complaint.column, complaint.key) == (4, 1, "cell.resistance_mOhm")
    assert complaint.message == (
        "unknown for no-resistance: dc resistance; write cell: {like: no-resistance, resistance_mOhm: {temperature_degC: [...], "
        "resistance_mOhm: [...]}}, or let a similar cell's stand in: write cell: {like: no-resistance, resistance_like: plain}"
    )


@pytest.mark.parametrize("figure", sorted(SHAPED))
def test_every_figure_that_the_stages_need_is_asked_for(wrong_cell, figure):
    figures = ", ".join(f"{key}: {value}" for key, value in SHAPED.items() if key != figure)
    (complaint,) = wrong_cell(f"{{format: prismatic, resistance_mOhm: 0.6, {figures}}}")
    assert complaint.key == f"cell.{figure}"
    assert f"add {figure}: ... under cell" in complaint.message


def test_figures_that_are_missing_are_all_told(wrong_cell):
    assert [complaint.key for complaint in wrong_cell("no-mass")] == ["cell.mass_kg", "cell.k_through_W_mK"]


@pytest.mark.parametrize(
    ("cell", "key", "heart"),
    [
        ("round", "cell.format", "round is cylindrical, but arrangement.pattern: rows takes prismatic and pouch cells; its cells stand in pattern: hexagonal or pattern: square"),
        ("plane", "cell", "no cell 'plane' in the catalogue; did you mean plain?"),
        ("{like: plane}", "cell.like", "did you mean plain?"),
        ("{like: no-resistance, resistance_like: plane}", "cell.resistance_like", "did you mean plain?"),
        ("{like: no-resistance, resistance_like: round}", "cell.resistance_like", "no dc resistance of round either; these have one: plain"),
        ("{like: plain, v_nom: 3.7}", "cell.v_nom", "v_nom must be below v_max, got 3.7 and 3.65 V"),
        ("{like: plain, v_min: 3.3}", "cell.v_min", "v_min must be below v_nom, got 3.3 and 3.2 V"),
        ("{like: plain, mass_kg: -1}", "cell.mass_kg", "must be above 0 and at most 200 kg, got -1 kg"),
        ("{like: no-mass, mass_kg: -1, k_through_W_mK: 1}", "cell.mass_kg", "must be above 0"),
        ("{mass_kg: 3}", "cell.format", "a cell of your own needs format: prismatic"),
        ("cells/mine.bpx", "cell", "the path of a file ends in .json (BPX) or .yaml"),
        ("mine.yaml", "cell", "mine.yaml: there is no such file"),
        ("mine.json", "cell", "mine.json"),
        ('"mine\\x09.json"', "cell", "cannot be read as a BPX file"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cell_is_said_at_the_key(wrong_cell, cell, key, heart):
    found = {complaint.key: complaint for complaint in wrong_cell(cell)}
    assert heart in found[key].message
    if key != "cell.resistance_like":
        assert len(found) == 1 or cell.startswith("{like: no-resistance")


def test_a_cell_file_is_relative_to_the_design_and_its_keys_have_places_of_their_own(valid, tmp_path, complaints):
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "mine.yaml").write_text("# my cell\nlike: plain\nmass_kg: 4.5\n")
    text = valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", "cells/mine.yaml")
    loaded = design_from_text(text, "pack.yaml", tmp_path)
    assert loaded.cell.mass_kg.value == 4.5
    place = loaded.place("cell.mass_kg")
    assert (place.file, place.line, place.column) == (str(tmp_path / "cells" / "mine.yaml"), 3, 1)
    assert design_from_text(text, "pack.yaml", tmp_path, ["cell.mass_kg=5"]).cell.mass_kg.value == 5

    (tmp_path / "cells" / "mine.yaml").write_text("like: plain\nmas_kg: 4.5\nmass_kg: 0\n")
    found = complaints(text)
    assert [(c.file, c.line, c.key) for c in found] == [
        (str(tmp_path / "cells" / "mine.yaml"), 2, "cell.mas_kg"),
        (str(tmp_path / "cells" / "mine.yaml"), 3, "cell.mass_kg"),
    ]

    (tmp_path / "cells" / "mine.yaml").write_text("like: [")
    assert complaints(text)[0].file == str(tmp_path / "cells" / "mine.yaml")
    (tmp_path / "cells" / "mine.yaml").write_text("- plain")
    assert "a cell file is a mapping of the cell's figures" in complaints(text)[0].message


ELECTRODE = {
    "Thickness [m]": 6e-5,
    "Minimum stoichiometry": 0.02,
    "Maximum stoichiometry": 0.85,
    "Maximum concentration [mol.m-3]": 25000,
    "Particle radius [m]": 2e-6,
    "Surface area per unit volume [m-1]": 4e5,
    "Diffusivity [m2.s-1]": 2e-14,
    "Reaction rate constant [mol.m-2.s-1]": 1e-6,
    "OCP [V]": {"x": [0, 1], "y": [3.6, 3.2]},
}
BPX = {
    "Header": {"BPX": "1.1.0", "Title": "Measured", "Model": "SPM"},
    "Parameterisation": {
        "Cell": {
            "Electrode area [m2]": 0.02,
            "External surface area [m2]": 0.08,
            "Number of electrode pairs connected in parallel to make a cell": 80,
            "Lower voltage cut-off [V]": 2.5,
            "Upper voltage cut-off [V]": 3.65,
            "Nominal cell capacity [A.h]": 150,
        },
        "Negative electrode": ELECTRODE,
        "Positive electrode": ELECTRODE,
    },
}


def test_a_bpx_file_that_cannot_be_used_is_a_complaint_at_the_key(valid, tmp_path, complaints):
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "list.json").write_text("[]")
    for name in ("deep.json", "list.json"):
        (complaint,) = complaints(valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", name))
        assert (complaint.line, complaint.column, complaint.key) == (4, 1, "cell")
        assert name in complaint.message


def test_a_bpx_file_gives_its_figures_and_the_design_the_rest(valid, tmp_path, complaints):
    (tmp_path / "my").mkdir()
    (tmp_path / "my" / "cell.json").write_text(json.dumps(BPX))
    others = ", ".join(f"{key}: {value}" for key, value in SHAPED.items() if key != "capacity_Ah")
    cell = f"{{bpx: my/cell.json, resistance_mOhm: 1, {others}}}"
    (tmp_path / "pack.yaml").write_text(valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", cell))
    loaded = load_design(tmp_path / "pack.yaml")
    assert (loaded.cell.name, loaded.cell.capacity_Ah.value, loaded.cell.mass_kg.value) == ("Measured", 150, 4)

    (tmp_path / "my" / "own.yaml").write_text(
        cell[1:-1].replace(", ", "\n").replace("my/", "")
    )  # relative to the file it stands in
    (tmp_path / "pack.yaml").write_text(valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", "my/own.yaml"))
    assert load_design(tmp_path / "pack.yaml").cell == loaded.cell

    found = complaints(valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", "my/cell.json"))
    assert [c.key for c in found][:4] == ["cell.width_mm", "cell.thickness_mm", "cell.height_mm", "cell.mass_kg"]
    assert "write cell: {bpx: my/cell.json, width_mm: ...}" in found[0].message
