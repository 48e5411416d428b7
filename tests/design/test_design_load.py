"""A valid design becomes records; a file that cannot be read becomes a complaint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from packtool.catalogue import load as catalogue
from packtool.design.json_schema import design_json_schema
from packtool.design.load import MOST_COMPLAINTS, design_from_text, load_design
from packtool.design.resolve import LISTED_MATERIAL_KEYS, MATERIAL_KEYS
from packtool.design.schema import PackDesign
from packtool.errors import Complaint, DesignError, ExitCode


@pytest.fixture
def pack(valid, tmp_path):
    path = tmp_path / "pack.yaml"
    path.write_text(valid, encoding="utf-8")
    return path


def complaint_about(path):
    with pytest.raises(DesignError) as caught:
        load_design(path)
    (complaint,) = caught.value.complaints
    return complaint


def test_a_design_is_loaded_with_what_it_refers_to(pack):
    loaded = load_design(pack)
    assert loaded == load_design(str(pack))
    assert loaded.file == str(pack)
    assert loaded.design.electrical.series == 4
    assert loaded.cell.id == "calb-lfp176"
    assert loaded.cell.resistance_dc == catalogue.cells()["calb-ca180fi"].resistance_dc.model_copy(
        update={"note": loaded.cell.resistance_dc.note}
    )
    assert set(loaded.materials) == {
        "pu_foam_compression_pad",
        "gap_filler_2p0",
        "al_3003_o",
        "al_1060_busbar",
        "al_6061_t6",
        "stainless_304",
    }
    assert loaded.materials["al_6061_t6"] is catalogue.materials()["al_6061_t6"]  # a default counts as named
    assert set(loaded.coolants) == {"meg50"}


def test_data_is_the_design_with_defaults_as_json(pack):
    data = load_design(pack).data
    assert json.loads(json.dumps(data)) == data
    assert data["cold_plate"]["roughness_um"] == 1.5
    assert data["mesh"] == {"level": "normal", "sizes": None, "target_error_K": None}
    assert PackDesign.model_validate(data) == load_design(pack).design


def test_every_key_has_its_place_and_a_default_the_place_of_its_mapping(pack):
    loaded = load_design(pack)
    where = {key: (place.line, place.column) for key, place in loaded.places.items()}
    assert where["packtool"] == (1, 1)
    assert where["cold_plate.passes"] == (15, 3)
    assert where["limits.envelope_mm.1"] == (29, 49)
    assert where["overrides.cells.R1C02.resistance_mOhm"] == (30, 29)
    assert {place.file for place in loaded.places.values()} == {str(pack)}
    assert loaded.place("cold_plate.roughness_um").line == 13
    assert loaded.place("mesh.level").line == 0


def test_cell_names_are_taken_in_any_spelling_and_kept_in_one(valid, tmp_path):
    text = valid.replace("R1C02:", "R1C2: {resistance_mOhm: 2}, R2C003:")
    loaded = design_from_text(text, "pack.yaml", tmp_path)
    assert set(loaded.design.overrides.cells) == set(loaded.data["overrides"]["cells"]) == {"R1C02", "R2C03"}
    assert loaded.place("overrides.cells.R2C03").column == loaded.place("overrides.cells.R2C003").column == 49


def test_whole_numbers_stand_for_any_number_and_exponents_are_numbers(valid, tmp_path):
    text = valid.replace("flow_lpm: 12", "flow_lpm: 1.2e+1").replace("thickness_mm: 6", "thickness_mm: +6.")
    plate = design_from_text(text, "pack.yaml", tmp_path).design.cold_plate
    assert (plate.flow_lpm, plate.thickness_mm, plate.inlet_degC) == (12.0, 6.0, 22.0)


def test_a_design_error_is_exit_code_2_and_reads_line_by_line(pack, valid):
    pack.write_text(valid.replace("passes: 2", "passes: 0"))
    with pytest.raises(DesignError) as caught:
        load_design(pack)
    assert caught.value.exit_code == ExitCode.USAGE
    assert str(caught.value) == f"{pack}:15:3: cold_plate.passes: must be from 1 to 200, got 0"


def test_a_missing_file_offers_the_nearest_name_beside_it(pack):
    complaint = complaint_about(pack.with_name("pakc.yaml"))
    assert complaint == Complaint(str(pack.with_name("pakc.yaml")), 0, 0, "", f"there is no such file; did you mean {pack}?")
    assert complaint_about(pack.parent / "nowhere" / "pack.yaml").message.endswith(f"and no folder {pack.parent / 'nowhere'}")


def test_a_folder_is_not_a_design(pack):
    assert complaint_about(pack.parent).message == f"this is a folder; a design is one file, such as {pack}"


@pytest.mark.parametrize(
    ("error", "heart"),
    [(PermissionError(13, "Permission denied"), "may not be read"), (OSError(5, "Input/output error"), "Input/output error")],
)
def test_a_file_that_the_system_will_not_give_is_a_complaint(pack, monkeypatch, error, heart):
    def refuse(self, mode):
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    assert heart in complaint_about(pack).message


@pytest.mark.parametrize("name", ["a\0b.yaml", "x" * 5000])
def test_a_name_that_no_file_can_have_is_a_complaint(tmp_path, name):
    assert complaint_about(tmp_path / name).message


def test_endless_input_is_cut_off():
    assert "larger than 1 MB" in complaint_about(Path("/dev/zero")).message


def test_a_flood_of_complaints_is_cut_off_and_counted(valid, complaints):
    found = complaints(valid + "".join(f"k{i}: 1\n" for i in range(3 * MOST_COMPLAINTS)))
    assert len(found) == MOST_COMPLAINTS + 1
    assert found[-1].message == f"and {2 * MOST_COMPLAINTS:,} more; this may not be a design at all"


def test_every_key_that_takes_a_material_is_looked_up():
    """MATERIAL_KEYS against the schema: a new key cannot be forgotten."""
    schema = PackDesign.model_json_schema()

    def keys_below(node, path):
        for branch in node.get("anyOf", [node]):
            if branch.get("x-catalogue") == "materials":
                yield path
            resolved = schema["$defs"][branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
            if "items" in resolved:
                yield from keys_below(resolved["items"], (*path, "*"))
            for key, below in resolved.get("properties", {}).items():
                yield from keys_below(below, (*path, key))

    listed = [(*path, "*", *key) for path, key in LISTED_MATERIAL_KEYS]
    assert sorted(set(keys_below(schema, ()))) == sorted([*MATERIAL_KEYS, *listed])


@pytest.mark.slow
def test_loading_a_design_loads_nothing_heavy(pack):
    script = (
        "import sys, pathlib\n"
        "from packtool.design.load import load_design\n"
        "load_design(pathlib.Path(sys.argv[1]))\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(pack)], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "yaml" in loaded
    assert (
        loaded & {"numpy", "scipy", "bpx", "typer", "rich", "jinja2", "cadquery", "gmsh", "dolfinx", "matplotlib", "vtk"} == set()
    )


def test_the_schema_of_editors_is_the_one_in_the_package():
    """Made again by: packtool schema > packtool/design/design.schema.json"""
    import packtool

    kept = Path(packtool.__file__).parent / "design" / "design.schema.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == json.loads(json.dumps(design_json_schema()))


def test_a_lasting_load_without_any_way_out_for_its_heat_is_refused_before_the_solve(complaints, valid):
    sealed = ["cold_plate=null", "ambient.natural_convection_W_m2K=0", "ambient.emissivity=0"]
    (found,) = complaints(valid, sealed)
    assert (found.line, found.key) == (28, "cases.charge.kind")
    assert "nothing takes the heat away" in found.message
    for kept in (sealed[1:], sealed[:2], [sealed[0], sealed[2]]):
        assert complaints(valid, kept) == []
    assert complaints(valid, [*sealed, "cases={charge: {kind: transient, current_A: 1, duration_s: 5}}"]) == []
