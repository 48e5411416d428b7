"""Materials of the design's own, tables over temperature and what melts: what they become, and every way they can be wrong."""

from __future__ import annotations

import pytest

from packtool.catalogue import load as catalogue
from packtool.design.load import design_from_text

GAP = "gap_material: pu_foam_compression_pad"
FOAM = "rho_kg_m3: 300, k_W_mK: {temperature_degC: [0, 40, 80], W_mK: [0.05, 0.06, 0.1]}, cp_J_kgK: 1500"
WAX = "rho_kg_m3: 800, k_W_mK: {solid_W_mK: 0.24, liquid_W_mK: 0.15}, cp_J_kgK: 2000"
MELTS = "melting: {solidus_degC: 37, liquidus_degC: 47, latent_kJ_kg: 220}"
LINE = 31  # the design's own lines are 30


@pytest.fixture
def design(valid):
    """The design with the pads of a material of its own."""

    def of(inner, name="mine", more=""):
        return valid.replace(GAP, f"gap_material: {name}") + f"materials: {{mine: {{{inner}}}}}\n" + more

    return of


@pytest.fixture
def material(design, tmp_path):
    """The record that an own material becomes."""

    def of(inner):
        return design_from_text(design(inner), "pack.yaml", tmp_path).materials["mine"]

    return of


def test_a_table_over_temperature_is_linear_between_its_points(material):
    found = material(FOAM)
    assert found.rho_kg_m3.value == 300
    assert [found.k_W_mK.at(degC) for degC in (-5, 0, 20, 60, 80, 99)] == pytest.approx([0.05, 0.05, 0.055, 0.08, 0.1, 0.1])
    assert found.k_W_mK.value == pytest.approx(0.05 + 0.01 * 25 / 40)  # what counts where no temperature is known
    assert not found.cp_J_kgK.table


def test_tables_come_from_files_too(material, tmp_path):
    (tmp_path / "k.csv").write_text("W_mK,temperature_degC\n0.05,0\n0.1,80\n")
    (tmp_path / "cp.csv").write_text("temperature_degC,J_kgK\n0,1500\n80,1800\n")
    found = material("rho_kg_m3: 300, k_W_mK: {csv: k.csv}, cp_J_kgK: {csv: cp.csv}")
    assert found.k_W_mK.by_temperature == (0.05, 0.1)
    assert found.cp_J_kgK.temperature_degC == (0, 80)


def test_what_melts_has_values_of_the_solid_and_of_the_liquid(material):
    found = material(f"{WAX}, {MELTS}")
    assert (found.melting.solidus_degC, found.melting.liquidus_degC, found.melting.latent_kJ_kg) == (37, 47, 220)
    assert [found.k_W_mK.at(degC) for degC in (20, 37, 42, 47, 60)] == pytest.approx([0.24, 0.24, 0.195, 0.15, 0.15])


def test_one_like_another_has_its_figures_but_for_its_own(material):
    found = material("like: rt44hc, k_W_mK: 5.0, source: a data sheet")
    assert found.melting == catalogue.materials()["rt44hc"].melting
    assert (found.k_W_mK.value, found.k_W_mK.standing, found.k_W_mK.note) == (5.0, "given", "a data sheet")
    assert found.rho_kg_m3 == catalogue.materials()["rt44hc"].rho_kg_m3


def test_a_cell_has_tables_too(changed, tmp_path):
    inner = (
        "cp_J_kgK: {temperature_degC: [0, 60], J_kgK: [950, 1100]}, k_through_W_mK: {temperature_degC: [0, 60], W_mK: [0.9, 0.7]}"
    )
    text = changed(
        "{like: calb-lfp176, resistance_like: calb-ca180fi}", f"{{like: calb-lfp176, resistance_like: calb-ca180fi, {inner}}}"
    )
    cell = design_from_text(text, "pack.yaml", tmp_path).cell
    assert cell.cp_J_kgK.by_temperature == (950, 1100)
    assert cell.k_through_W_mK.at(30) == pytest.approx(0.8)
    assert cell.id == "calb-lfp176-modified"


@pytest.mark.parametrize(
    ("inner", "key", "told"),
    [
        (FOAM.replace("[0, 40, 80]", "[0, 80, 40]"), "k_W_mK.temperature_degC", "must ascend, each temperature above the one before it: 40 follows 80"),
        (FOAM.replace("[0, 40, 80]", "[0, 80]"), "k_W_mK.temperature_degC", "needs as many entries as temperature_degC: 2, not 3"),
        (FOAM.replace("[0, 40, 80]", "[0]"), "k_W_mK.temperature_degC", "needs at least 2 entries, got 1"),
        (FOAM.replace("0.06", "0"), "k_W_mK.W_mK.1", "must be above 0 and at most 2000"),
        (FOAM.replace("0.06", ".nan"), "k_W_mK.W_mK.1", "got no number (nan)"),
        (FOAM.replace(", W_mK: [0.05, 0.06, 0.1]", ""), "k_W_mK.temperature_degC", "missing: give temperature_degC and W_mK, or csv"),
        (FOAM.replace("W_mK: [", "W_mk: ["), "k_W_mK.W_mk", "did you mean W_mK?"),
        ("rho_kg_m3: 300, cp_J_kgK: 1500", "k_W_mK", "missing: a material of your own needs it"),
        (FOAM.replace("rho_kg_m3: 300", "rho_kg_m3: -1"), "rho_kg_m3", "must be above 0"),
        (WAX, "k_W_mK", "solid and liquid are of a material that melts"),
        (f"{FOAM}, {MELTS}", "k_W_mK", "and no table over temperature"),
        (f"{WAX.replace(', liquid_W_mK: 0.15', '')}, {MELTS}", "k_W_mK.temperature_degC", "give both, the value of the solid and that of the liquid"),
        (f"{WAX}, {MELTS}".replace("liquidus_degC: 47", "liquidus_degC: 37"), "melting.liquidus_degC", "must be at least 0.1 degC above solidus_degC"),
        (f"{WAX}, {MELTS}".replace("latent_kJ_kg: 220", "latent_kJ_kg: 0"), "melting.latent_kJ_kg", "must be above 0"),
        (f"{WAX}, {MELTS}".replace(", latent_kJ_kg: 220", ""), "melting.latent_kJ_kg", "missing: heat that melting takes up"),
        ("like: rt44", "like", "no material 'rt44' in the catalogue; did you mean rt44hc?"),
        ("like: cu_by_temperature, " + MELTS, "melting", "has a table over temperature: give k_W_mK of what melts as well"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(complaints, design, inner, key, told):
    found = complaints(design(inner))
    ours = [one for one in found if one.key == f"materials.mine.{key}"]
    assert ours, [(one.key, one.message) for one in found]
    assert told in ours[0].message
    assert ours[0].line == LINE
    assert ours[0].column > 1
    assert not [one for one in found if one.key == "arrangement.gap_material"]  # it is there, and told of there


def test_a_name_of_the_catalogue_is_taken(complaints, valid):
    (one,) = complaints(valid + f"materials: {{epdm: {{{FOAM}}}}}\n")
    assert (one.key, one.line) == ("materials.epdm", LINE)
    assert "epdm is in the catalogue" in one.message


@pytest.mark.parametrize("inner", [FOAM, WAX])  # also where something else is wrong with it
def test_a_misspelt_own_material_is_found(complaints, design, inner):
    one = next(one for one in complaints(design(inner, name="mime")) if one.key == "arrangement.gap_material")
    assert one.message.startswith("no material 'mime' in the catalogue; did you mean mine?")


def test_what_melts_holds_nothing(complaints, valid):
    found = complaints(valid, ["enclosure.material=rt44hc", "cold_plate.material=rt35"])
    assert [one.key for one in found] == ["enclosure.material", "cold_plate.material"] or len(found) == 2
    assert all("melts at" in one.message and "arrangement.gap_material" in one.message for one in found)


def test_a_case_that_begins_where_a_material_is_not_known(complaints, design):
    case = "  drive: {kind: transient, duty: {time_s: [0, 10], current_A: [1, 1]}, initial_degC: -10}\n"
    text = design(FOAM).replace("limits:", f"{case}limits:")
    (one,) = complaints(text)
    assert one.key == "cases.drive.initial_degC"
    assert one.message == "k_W_mK of mine is known from 0 to 80 degC; case drive begins at -10 degC"


def test_a_file_that_does_not_ascend_is_told_with_its_line(complaints, design, tmp_path):
    (tmp_path / "k.csv").write_text("temperature_degC,W_mK\n0,0.05\n80,0.1\n40,0.1\n")
    (one,) = complaints(design("rho_kg_m3: 300, k_W_mK: {csv: k.csv}, cp_J_kgK: 1500"))
    assert one.file.endswith("k.csv")
    assert (one.line, one.column) == (4, 1)
    assert "must ascend: 40 follows 80" in one.message
