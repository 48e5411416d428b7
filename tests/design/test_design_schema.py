"""The JSON Schema for editors, and the templates."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import packtool
from packtool.catalogue import load as catalogue
from packtool.design.json_schema import SCHEMA_FILE, design_json_schema
from packtool.design.load import design_from_text, load_design
from packtool.design.schema import PATTERN_WORDS, DesignRecord, PackDesign
from packtool.design.templates import Template, new_design_text, templates
from packtool.errors import UsageError

SCHEMA = design_json_schema()


def mappings():
    """Every mapping with fixed keys, by name."""
    yield "PackDesign", SCHEMA
    yield from ((name, node) for name, node in SCHEMA["$defs"].items() if "properties" in node)


def test_it_says_which_dialect_and_what_it_is():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "urn:packtool:design:1"


def test_every_key_is_described_for_an_engineer():
    for name, node in mappings():
        assert node["description"], name
        for key, field in node["properties"].items():
            target = SCHEMA["$defs"][field["$ref"].rpartition("/")[2]] if "$ref" in field else {}
            text = field.get("description") or target.get("description", "")
            assert len(text) > 10, f"{name}.{key} has no description"


def test_every_number_has_a_range_and_says_its_unit():
    for name, node in mappings():
        for key, field in node["properties"].items():
            for branch in field.get("anyOf", [field]):
                if branch.get("type") in ("number", "integer") and "const" not in branch:
                    assert "maximum" in branch, f"{name}.{key}"
                    assert "minimum" in branch or "exclusiveMinimum" in branch, f"{name}.{key}"
            if re.search(r"_(mm|degC|lpm|kg|A|V|K|kPa|mOhm)$", key):
                assert field["description"].endswith("]"), f"{name}.{key}: {field['description']}"


def test_unknown_keys_are_refused_in_every_mapping():
    assert [name for name, node in mappings() if node.get("additionalProperties") is not False] == []
    assert SCHEMA["properties"]["cases"]["additionalProperties"] is False


def test_catalogue_ids_are_listed_to_choose_from():
    listed, own = SCHEMA["$defs"]["materials"]["anyOf"]
    assert listed["enum"] == sorted(catalogue.materials())
    assert own["type"] == "string"  # of a material under materials
    assert SCHEMA["$defs"]["ColdPlate"]["properties"]["coolant"]["$ref"] == "#/$defs/coolants"
    assert SCHEMA["properties"]["cell"]["anyOf"][0] == {"$ref": "#/$defs/cells"}
    assert "x-catalogue" not in str(SCHEMA)


def test_a_reference_in_it_leads_somewhere():
    assert set(re.findall(r"#/\$defs/(\w+)", str(SCHEMA))) <= set(SCHEMA["$defs"])


def test_every_pattern_has_words_for_its_messages():
    quoted = re.findall(r"'\^[^']*\$'", str(PackDesign.model_json_schema()))
    assert set(map(ast.literal_eval, quoted)) == set(PATTERN_WORDS)


def test_what_keys_must_agree_on_speaks_of_keys_that_are_there():
    for record in DesignRecord.__subclasses__():
        for agreement in record.agreements:
            assert {*agreement.keys, agreement.at} <= set(record.model_fields)


def test_a_design_made_in_python_keeps_the_agreements_too():
    plate = SCHEMA["$defs"]["ColdPlate"]["required"]
    given = dict.fromkeys(plate, 5) | {
        "type": "parallel",
        "flow_lpm": 5,
        "material": "al_3003_o",
        "coolant": "meg50",
        "channels": 4,
        "passes": 2,
    }
    from packtool.design.schema import ColdPlate

    ColdPlate(**given | {"channel_height_mm": 3})
    with pytest.raises(ValueError, match="must be less than the plate's thickness_mm"):
        ColdPlate(**given)


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_template_loads_and_is_described(name):
    template = templates()[name]
    loaded = load_design(template.path)
    assert loaded.design.description == template.description != ""


def test_a_template_begins_with_the_line_that_gives_an_editor_the_schema():
    for template in templates().values():
        first, _, _ = template.text.partition("\n")
        assert first.startswith("# yaml-language-server: $schema=")
        schema = (template.path.parent / first.rpartition("=")[2]).resolve()
        assert schema == Path(packtool.__file__).parent / "design" / SCHEMA_FILE


def test_a_new_design_keeps_the_comments_and_changes_the_name_only(tmp_path):
    template = templates()["bus-lfp"]
    text = new_design_text(template, "depot-7")
    old, new = template.text.splitlines(), text.splitlines()
    assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [
        (old[0], f"# yaml-language-server: $schema={SCHEMA_FILE}"),
        (next(line for line in old if line.startswith("name:")), "name: depot-7"),
    ]
    assert design_from_text(text, "depot-7.yaml", tmp_path).design.name == "depot-7"


def test_a_name_that_looks_like_a_number_is_quoted(tmp_path):
    for name in ("12", "1e3", "null", "true"):
        assert design_from_text(new_design_text(templates()["bus-lfp"], name), "x", tmp_path).design.name == name


def test_a_comment_behind_the_name_and_a_quoted_name_survive():
    template = Template("t", "", Path("t.yaml"), "packtool: 1\nname:  old-name  # keep\ncases: {name: 1}\n")
    assert new_design_text(template, "new") == "packtool: 1\nname:  new  # keep\ncases: {name: 1}\n"


@pytest.mark.parametrize("name", ["", "Bus", "a b", "../x", "-x", "x" * 65, "é"])
def test_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(UsageError, match="cannot be the name of a design: that is a name of small letters"):
        new_design_text(templates()["bus-lfp"], name)
