"""The packaged catalogue: complete, physical, free of slips, every figure with its standing and its sources."""

from importlib.resources import files
from itertools import pairwise
from math import asinh, exp, sqrt

import pytest
import yaml

from packtool.catalogue import load
from packtool.catalogue.duties import duties
from packtool.catalogue.electrical import entropic, open_circuit
from packtool.catalogue.records import Cell, Figure, Material, ResistanceTable
from packtool.catalogue.units import figure_fields
from packtool.design.yaml_tree import FAST_LOADER

CELLS = sorted(load.cells())
MATERIALS = sorted(load.materials())
COOLANTS = sorted(load.coolants())
DATA = files("packtool.catalogue") / "data"
DATA_FILES = [f for f in DATA.iterdir() if f.name.endswith(".yaml")] + list((DATA / "cells").iterdir())


def figures(record: Cell | Material) -> dict[str, Figure | ResistanceTable]:
    named = {field: getattr(record, field) for field in figure_fields(type(record))}
    if isinstance(record, Cell):
        named |= {name: getattr(record, name) for name in ("resistance_dc", "ocv_V", "entropy_mV_K")}
    return {field: figure for field, figure in named.items() if figure is not None}


def test_the_catalogue_holds_prismatic_cylindrical_and_pouch_cells_and_what_the_demo_design_names():
    assert len(CELLS) == 44
    assert {load.cells()[id_].format for id_ in CELLS} == {"prismatic", "cylindrical", "pouch"}
    assert {"calb-lfp176", "calb-ca180fi", "calb-l148n58a", "eve-lf280k"} <= set(CELLS)
    assert {"pu_foam_compression_pad", "gap_filler_2p0", "al_3003_o", "al_6061_t6", "al_1060_busbar"} <= set(MATERIALS)
    assert set(COOLANTS) == {"meg50", "mpg50mass", "water", "air_1atm", "hfe7100", "hydrocarbon_d12", "ester_dielectric"}


def test_no_file_states_a_key_twice():
    def visit(node: yaml.Node, file: str) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), f"{file}: {sorted(k for k in keys if keys.count(k) > 1)}"
            for _, value in node.value:
                visit(value, file)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                visit(value, file)

    for file in DATA_FILES:
        visit(yaml.compose(file.read_text(encoding="utf-8"), Loader=FAST_LOADER), file.name)


def test_every_cell_has_its_own_id_and_a_physical_density():
    for id_, cell in load.cells().items():
        assert cell.id == id_
        try:
            volume = cell.volume_m3()
        except ValueError:
            continue
        if cell.mass_kg is not None:
            assert 1300 <= cell.mass_kg.value / volume <= 3000, (
                id_
            )  # plastic-cased LFP 1.5, cans 1.9-2.3, steel cylinders 2.8 g/cm3


def test_every_cell_has_ordered_limits_and_physical_thermal_figures():
    ranges = {
        "capacity_Ah": (1, 1000),
        "v_nom": (3.0, 3.9),
        "cp_J_kgK": (750, 1300),
        "k_in_plane_W_mK": (10, 40),
        "k_through_W_mK": (0.3, 2),
        "k_axial_W_mK": (10, 40),
        "k_radial_W_mK": (0.3, 2),
    }
    ascending = (
        ("v_min", "v_nom", "v_max"),
        ("charge_min_degC", "charge_max_degC"),
        ("discharge_min_degC", "discharge_max_degC"),
    )
    for cell in load.cells().values():
        for field, (low, high) in ranges.items():
            figure = getattr(cell, field)
            assert figure is None or low <= figure.value <= high, (cell.id, field)
        for fields in ascending:
            known = [getattr(cell, field).value for field in fields if getattr(cell, field) is not None]
            assert known == sorted(set(known)), (cell.id, fields)


def test_only_the_figures_of_its_format_are_stated():
    flat = ("width_mm", "thickness_mm", "k_in_plane_W_mK", "k_through_W_mK")
    round_ = ("diameter_mm", "k_axial_W_mK", "k_radial_W_mK")
    for cell in load.cells().values():
        strangers = flat if cell.format == "cylindrical" else round_
        assert cell.unknown(strangers) == strangers, cell.id


def test_resistance_tables_ascend_in_temperature_and_fall_in_resistance():
    for cell in load.cells().values():
        if (table := cell.resistance_dc) is None:
            continue
        assert len(table.temperature_degC) == len(table.resistance_mOhm), cell.id
        assert list(table.temperature_degC) == sorted(set(table.temperature_degC)), cell.id
        falling = sorted(set(table.resistance_mOhm), reverse=True)  # holding the last value is conservative
        assert list(table.resistance_mOhm) == falling, cell.id


def test_every_figure_has_sources_or_says_that_nobody_checked_it():
    for record in (*load.cells().values(), *load.materials().values()):
        for field, figure in figures(record).items():
            if not figure.sources:
                assert figure.standing == "remembered" or (figure.standing == "derived" and figure.note), f"{record.id}.{field}"
            if figure.standing == "derived":
                assert figure.note, f"{record.id}.{field}: derived from what?"


def test_every_named_source_exists_and_every_source_is_named():
    named = {
        s for record in (*load.cells().values(), *load.materials().values()) for f in figures(record).values() for s in f.sources
    }
    named |= {s for duty in duties().values() for s in duty.sources}
    named |= {s for coolant in load.coolants().values() for s in coolant.sources}
    assert named == set(load.sources())


def test_a_cell_names_the_sources_of_all_its_figures():
    for cell in load.cells().values():
        assert {s for figure in figures(cell).values() for s in figure.sources} <= set(cell.sources), cell.id


@pytest.mark.parametrize("id_", MATERIALS)
def test_materials_are_physical(id_):
    material = load.materials()[id_]
    assert material.id == id_
    assert 20 <= material.rho_kg_m3.value <= 9000
    assert 0.01 <= material.k_W_mK.value <= 410  # aerogel to copper
    assert 380 <= material.cp_J_kgK.value <= 2000
    if (
        material.resistivity_ohm_m is not None
    ):  # metals: Wiedemann-Franz, L = 2.44e-8 W ohm/K2 at 293 K; alloys and lattice +/- 30 %
        lorenz = material.k_W_mK.value * material.resistivity_ohm_m.value / 293.15
        assert lorenz == pytest.approx(2.44e-8, rel=0.3)
    if material.emissivity is not None:
        assert 0 < material.emissivity.value <= 1
    if material.thickness_range_mm is not None:
        assert 0 < material.thickness_range_mm[0] < material.thickness_range_mm[1]


@pytest.mark.parametrize("id_", COOLANTS)
def test_coolant_tables_ascend_and_liquids_thin_as_they_warm(id_):
    table = load.coolants()[id_].table
    for cold, warm in pairwise(table):
        assert warm.T_degC > cold.T_degC
        assert warm.rho < cold.rho
        assert (warm.mu > cold.mu) == (id_ == "air_1atm")


# Values read once more from the data they were converted from, against slips of the pen.
@pytest.mark.parametrize(
    ("id_", "field", "value", "standing"),
    [
        ("calb-lfp176", "width_mm", 174, "catalogue"),
        ("calb-lfp176", "thickness_mm", 53.7, "catalogue"),
        ("calb-lfp176", "height_mm", 207, "catalogue"),
        ("calb-lfp176", "mass_kg", 3.984, "catalogue"),
        ("calb-lfp176", "capacity_Ah", 176, "catalogue"),
        ("calb-lfp176", "max_charge_A", 176, "catalogue"),
        ("calb-lfp176", "k_through_W_mK", 0.8, "literature default"),
        ("calb-lfp176", "k_in_plane_W_mK", 21, "literature default"),
        ("calb-lfp176", "cp_J_kgK", 1000, "literature default"),
        ("calb-l148n58a", "k_in_plane_W_mK", 24, "literature default"),
        ("calb-ca125", "max_charge_A", 125, "derived"),  # 1C
        ("svolt-126", "max_charge_A", 63, "derived"),  # 0.5C
        ("byd-c47", "max_discharge_A", 255, "derived"),  # 2.5C
        ("eve-lf50k", "max_charge_A", 150, "derived"),  # 3C
        ("calb-l160f100b", "height_mm", 116, "catalogue"),
        ("calb-ca400", "mass_kg", 13.6, "catalogue"),
        ("eve-lf280k", "mass_kg", 5.49, "datasheet"),
        ("eve-lf280k", "resistance_ac_mOhm", 0.25, "datasheet"),
        ("eve-lf280k", "discharge_min_degC", -30, "catalogue"),
        ("catl-302", "charge_max_degC", 55, "remembered"),
        ("lfp-314-class", "width_mm", 173.7, "remembered"),
        ("byd-blade-135", "width_mm", 965, "measured"),
        ("byd-blade-135", "k_in_plane_W_mK", 28, "derived"),
        ("tesla-4680", "k_radial_W_mK", 1.0, "derived"),
        ("tesla-2170", "k_axial_W_mK", 11.55, "measured"),
        ("a123-amp20", "k_through_W_mK", 0.52, "measured"),
        ("a123-26650m1b", "cp_J_kgK", 1100, "remembered"),
        ("lg-e78", "mass_kg", 1.101, "catalogue"),
        ("lg-e78", "cp_J_kgK", 1045, "literature default"),
        ("molicel-p45b", "max_discharge_A", 45, "catalogue"),
        ("molicel-p45b", "diameter_mm", 21.4, "remembered"),
        ("lg-m50", "max_charge_A", 3.395, "catalogue"),
    ],
)
def test_a_cells_figure_is_that_of_the_data_it_comes_from(id_, field, value, standing):
    figure = getattr(load.cells()[id_], field)
    assert (figure.value, figure.standing) == (value, standing)


@pytest.mark.parametrize(
    ("id_", "rho", "k", "cp"),
    [
        ("al_6061_t6", 2700, 167, 896),
        ("al_3003_o", 2730, 190, 900),
        ("cu_c11000", 8933, 401, 388.5),
        ("gap_filler_2p0", 2000, 2.0, 1000),
        ("pu_foam_compression_pad", 320, 0.06, 1500),
        ("aerogel_blanket", 200, 0.030, 1000),
    ],
)
def test_a_materials_figures_are_those_of_the_data_they_come_from(id_, rho, k, cp):
    material = load.materials()[id_]
    assert (material.rho_kg_m3.value, material.k_W_mK.value, material.cp_J_kgK.value) == (rho, k, cp)


def test_what_nobody_knows_stays_unknown():
    cells = load.cells()
    assert cells["calb-lfp176"].resistance_dc is None  # a design must name its stand-in
    assert cells["calb-lfp176"].resistance_ac_mOhm is None
    assert cells["calb-ca180fi"].unknown(("width_mm", "thickness_mm", "height_mm", "mass_kg")) == (
        "width_mm",
        "thickness_mm",
        "height_mm",
        "mass_kg",
    )
    assert cells["byd-blade-135"].cp_J_kgK is None
    assert cells["calb-l148n58a"].max_charge_A is None
    with pytest.raises(ValueError, match="a dimension is unknown"):
        cells["calb-l148f88a"].volume_m3()


def test_an_ac_impedance_is_never_a_dc_resistance():
    for cell in load.cells().values():
        if cell.resistance_dc is not None and cell.resistance_ac_mOhm is not None:
            assert "estimate" in cell.resistance_dc.note
            assert min(cell.resistance_dc.resistance_mOhm) > cell.resistance_ac_mOhm.value
        if cell.id in ("catl-302", "eve-lf280k", "a123-26650m1b", "samsung-50e", "tesla-2170"):
            assert cell.resistance_dc.standing in ("derived", "remembered")


def test_the_resistance_of_ca180fi_is_its_published_model_at_half_charge_and_90_A():
    R, F, current, x = 8.314462618, 96485.33212, 90.0, 0.5  # CODATA 2018

    def model_mOhm(T: float) -> float:
        ohmic = 4.254e-6 * exp(9085 / (R * T))
        exchange = 9.608e11 * exp(-53250 / (R * T)) * sqrt(x * (1 - x))
        negative = 2 * R * T / (F * current) * asinh(current / (2 * exchange))
        positive = 1.207e-17 * exp(69540 / (R * T)) / x
        slow = 3.565e-8 * exp(21830 / (R * T))
        return (ohmic + negative + positive + slow) * 1e3

    table = load.cells()["calb-ca180fi"].resistance_dc
    assert table.temperature_degC == (0, 10, 25, 40, 50)
    assert [model_mOhm(t + 273.15) for t in table.temperature_degC] == pytest.approx(
        table.resistance_mOhm,
        abs=0.0005,  # the table has three decimals
    )


def test_the_resistance_of_p45b_is_the_sum_of_its_three_branches():
    r0, r1, r2 = (8.364, 6.589, 5.923, 5.610), (6.179, 4.138, 3.390, 4.667), (12.64, 5.838, 4.261, 0.231)
    table = load.cells()["molicel-p45b"].resistance_dc
    assert table.temperature_degC == (10, 25, 40, 60)
    assert table.resistance_mOhm == pytest.approx(
        [sum(branches) for branches in zip(r0, r1, r2, strict=True)], abs=1e-9
    )  # exact sums


def test_the_resistance_of_l148n58a_is_more_than_its_first_tenth_of_a_second():
    first = {10: 1.958, 25: 1.147, 40: 0.835}  # R0, HPPC
    table = load.cells()["calb-l148n58a"].resistance_dc
    ratios = {10: 1.469, 25: 1.0, 40: 0.895}  # of R1 + R2 to its value at 25 degC, five cells
    expected = [first[t] + (0.139 + 0.191) * ratios[t] for t in (10, 25, 40)]
    assert table.resistance_mOhm == pytest.approx(expected, abs=0.0006)  # three decimals
    assert table.standing == "derived"


def test_a_thermal_class_fills_in_what_the_cell_does_not_state_and_says_so():
    default = load.cells()["calb-lfp176"].k_through_W_mK
    assert default.standing == "literature default"
    assert default.note.startswith("class lfp_prismatic_can")
    pouch = load.cells()["a123-amp20"]  # measured: no class
    assert pouch.cp_J_kgK.standing == "measured"


def test_one_cell_is_read_without_the_others(monkeypatch):
    read = []
    original = load._read
    monkeypatch.setattr(load, "_read", lambda file: read.append(file.name) or original(file))
    cells = load._CellFiles(DATA / "cells")
    assert "calb-lfp176" in cells
    assert cells["calb-lfp176"] is cells["calb-lfp176"]
    assert [name for name in read if name != "thermal_classes.yaml"] == ["calb-lfp176.yaml"]
    with pytest.raises(KeyError):
        cells["../sources"]


@pytest.mark.parametrize(
    ("written", "meant"), [("calb-lfp167", "calb-lfp176"), ("CALB-LFP176", "calb-lfp176"), ("lf280k", "eve-lf280k"), ("zzz", None)]
)
def test_the_nearest_spelling(written, meant):
    assert load.nearest(written, load.cells()) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("aluminium_6061", "al_6061_t6"), ("Aluminium-3003", "al_3003_o"), ("mild steel", "steel_dc04"), ("wood", None)],
)
def test_a_material_is_found_by_its_longest_word(written, meant):
    assert load.nearest(written, load.materials()) == meant


def test_tables_over_soc_are_whole_and_voltages_rise():
    for cell in load.cells().values():
        for table in (cell.ocv_V, cell.entropy_mV_K):
            if table is not None:
                assert len(table.soc) == len(table.value), cell.id
                assert all(a < b for a, b in pairwise(table.soc)), cell.id
        if cell.ocv_V is not None:
            assert all(a < b for a, b in pairwise(cell.ocv_V.value)), cell.id
        table = cell.resistance_dc
        if table is not None and table.soc:
            assert len(table.by_soc_mOhm) == len(table.soc), cell.id
            assert all(len(row) == len(table.temperature_degC) for row in table.by_soc_mOhm), cell.id
            half = table.by_soc_mOhm[table.soc.index(0.5)]
            assert half == pytest.approx(table.resistance_mOhm, rel=0.02), cell.id  # printed at rounder stoichiometries


def test_a_cell_without_a_curve_takes_that_of_its_chemistry_and_says_so():
    cells = load.cells()
    assert open_circuit(cells["calb-lfp176"]).standing == "literature default"
    assert open_circuit(cells["calb-lfp176"]).value == cells["calb-ca180fi"].ocv_V.value
    assert open_circuit(cells["calb-l148n58a"]).value == cells["lg-m50"].ocv_V.value
    assert entropic(cells["molicel-p45b"]).standing == "measured"
    unheard = cells["calb-lfp176"].model_copy(update={"chemistry": "sodium"})
    assert open_circuit(unheard).value == (3.2, 3.2)
    assert entropic(unheard).value == (0.0, 0.0)
    assert entropic(unheard).standing == "remembered"
