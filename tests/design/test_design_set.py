"""``--set path=value``: what it changes, and what it says."""

from __future__ import annotations

import pytest

from packtool.design.load import design_from_text


@pytest.fixture
def loaded(valid, tmp_path):
    def of(*sets, text=valid):
        return design_from_text(text, "pack.yaml", tmp_path, sets)

    return of


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cold_plate.flow_lpm=10", lambda d: d.cold_plate.flow_lpm == 10),
        ("cold_plate.flow_lpm=1e1", lambda d: d.cold_plate.flow_lpm == 10),
        ("cold_plate.flow_lpm = 10", lambda d: d.cold_plate.flow_lpm == 10),
        ("limits.envelope_mm.0=1300", lambda d: d.limits.envelope_mm == (1300, 900, 300)),
        ("limits.envelope_mm=[1, 2, 3]", lambda d: d.limits.envelope_mm == (1, 2, 3)),
        ("limits.cell_max_degC=null", lambda d: d.limits.cell_max_degC is None),
        ("cold_plate=null", lambda d: d.cold_plate is None),
        ("mesh.level=fine", lambda d: d.mesh.level == "fine"),  # makes the mapping that the file has not got
        ("cases.fast={kind: steady, c_rate: 2}", lambda d: d.cases["fast"].c_rate == 2),
        ("overrides.cells.R2C3.resistance_mOhm=0.9", lambda d: set(d.overrides.cells) == {"R1C02", "R2C03"}),
        ("description='a=b: c'", lambda d: d.description == "a=b: c"),
    ],
)
def test_a_setting_overrides_a_key(loaded, setting, value):
    assert value(loaded(setting).design)


def test_a_key_with_dots_in_it_is_found(loaded, valid):
    text = valid.replace("charge: {kind: steady, current_A: 176}", "charge.1C: {kind: steady, current_A: 176}")
    assert loaded("cases.charge.1C.current_A=99", text=text).design.cases["charge.1C"].current_A == 99


def test_settings_apply_in_turn_the_last_one_wins(loaded):
    assert loaded("cold_plate.flow_lpm=1", "cold_plate.flow_lpm=2").design.cold_plate.flow_lpm == 2


def test_a_mapping_replaces_the_whole_key(loaded):
    cell = loaded("cell={like: calb-lfp176, resistance_mOhm: 0.5}").cell
    assert set(cell.resistance_dc.resistance_mOhm) == {0.5}


def test_a_key_that_was_set_has_no_line(loaded):
    design = loaded("cold_plate.flow_lpm=10", "mesh.level=fine")
    assert design.place("cold_plate.flow_lpm").file == "--set cold_plate.flow_lpm=10"
    assert design.place("cold_plate.flow_lpm").line == 0
    assert design.place("mesh.level").line == 0
    assert (design.place("cold_plate.coolant").file, design.place("cold_plate.coolant").line) == ("pack.yaml", 21)


def test_a_mapping_that_replaces_another_leaves_no_places_behind(loaded):
    assert loaded("limits={cell_spread_K: 5}").place("limits.envelope_mm.1").line == 0


def test_a_setting_mends_a_mistake_of_the_file(valid, complaints):
    text = valid.replace("flow_lpm: 12", "flow_lpm:")
    assert len(complaints(text)) == 1
    assert complaints(text, ["cold_plate.flow_lpm=12"]) == []


@pytest.mark.parametrize(
    ("setting", "key", "heart"),
    [
        ("cold_plate.flw_lpm=3", "cold_plate.flw_lpm", "unknown key 'flw_lpm'; did you mean flow_lpm?"),
        ("cold_plte.flow_lpm=3", "cold_plte", "unknown key 'cold_plte'; did you mean cold_plate?"),
        ("cold_plate.flow_lpm=-3", "cold_plate.flow_lpm", "must be above 0 and at most 10000 L/min, got -3 L/min"),
        ("cold_plate.channel_width_mm=", "cold_plate.channel_width_mm", "has no value; it takes a number from 0.1 to 20000 mm"),
        ("limits.cell_max_degC=", "limits.cell_max_degC", "has no value: write one, null for none"),
        ("cold_plate.coolant=meg", "cold_plate.coolant", "did you mean meg50?"),
        ("cold_plate.flow_lpm", "", "write --set path=value, as in --set cold_plate.flow_lpm=10"),
        ("=3", "", "write --set path=value"),
        ("cold_plate..flow_lpm=3", "", "the path is keys with a dot between them"),
        ("cold_plate.flow_lpm=[1", "", "this [ is never closed"),
        ("limits.envelope_mm={a: 1, a: 2}", "a", "this key stands here twice"),
        ("limits.envelope_mm.3=5", "", "limits.envelope_mm has entries 0 to 2"),
        ("limits.envelope_mm.x=5", "", "limits.envelope_mm has entries 0 to 2"),
        ("name.x=5", "", "name is the text 'small-pack', which has no key x"),
        ("overrides.cells.R9C1.resistance_mOhm=1", "overrides.cells.R9C1", "there is no such cell"),
        ("a" + ".a" * 50 + "=1", "", "the path is keys with a dot between them"),
        ("name=\udcff", "", "not UTF-8"),  # what a shell's stray byte looks like in an argument
    ],
)
def test_what_is_wrong_with_a_setting_is_said_with_the_setting(valid, complaints, setting, key, heart):
    (complaint,) = complaints(valid, [setting])
    assert heart in complaint.message
    assert (complaint.file, complaint.line, complaint.column, complaint.key) == (f"--set {setting}", 0, 0, key)


def test_a_setting_into_a_catalogue_cell_says_how_to_write_it(valid, complaints):
    text = valid.replace("{like: calb-lfp176, resistance_like: calb-ca180fi}", "calb-lfp176")
    assert "--set 'cell={like: calb-lfp176, mass_kg: ...}'" in complaints(text, ["cell.mass_kg=4"])[-1].message


def test_complaints_about_settings_come_after_those_about_the_file(valid, complaints):
    found = complaints(valid.replace("rows: 2", "rows: two"), ["cold_plate.flow_lpm=-1", "nonsense"])
    assert [complaint.line for complaint in found] == [7, 0, 0]
