"""results.json and check --json are what their schemas say, key for key."""

import dataclasses
import json

import pytest

from packtool.errors import Complaint
from packtool.report.json_report import dumped, findings_document, findings_json, json_schema, results_document, results_json
from packtool.report.records import Checked
from packtool.results import Result, ResultSet

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


def violations(value, schema, root, at="$"):
    """What of ``value`` breaks ``schema``: the part of JSON Schema that the two schema files use, unknown keywords refused."""
    known = {"$schema", "$id", "$ref", "$defs", "title", "description", "type", "properties", "required", "additionalProperties",
             "items", "enum", "const", "minimum", "minLength"}  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    found = []
    if "type" in schema:
        allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(isinstance(value, TYPES[t]) and not (isinstance(value, bool) and t != "boolean") for t in allowed):
            return [f"{at}: {value!r} is not {allowed}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} not in {schema['enum']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: {value} < {schema['minimum']}")
    if "minLength" in schema and len(value) < schema["minLength"]:
        found.append(f"{at}: too short")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{at}: {key} is missing" for key in schema.get("required", ()) if key not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{at}: {key} is unknown" for key in value if key not in properties]
        for key, entry in value.items():
            found += violations(entry, properties[key], root, f"{at}.{key}") if key in properties else []
    if isinstance(value, list):
        for number, entry in enumerate(value):
            found += violations(entry, schema["items"], root, f"{at}[{number}]")
    return found


@pytest.fixture
def designs(summary):
    """A checked design and a file that is none."""
    return [summary.checked, Checked("bad.yaml", "", None, (Complaint("bad.yaml", 1, 1, "cell", "missing"),))]


def test_results_json_follows_its_schema(summary):
    schema = json_schema("results")
    assert violations(json.loads(results_json(summary)), schema, schema) == []


def test_check_json_follows_its_schema(designs):
    schema = json_schema("findings")
    assert violations(json.loads(findings_json(designs)), schema, schema) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"verdict": "maybe"}, "$.verdict: 'maybe' not in ['pass', 'fail']"),
        ({"extra": 1}, "$: extra is unknown"),
        ({"findings": [{"rule": ""}]}, "$.findings[0].rule: too short"),
        ({"results": [3]}, "$.results[0]: 3 is not ['object']"),
    ],
)
def test_the_schema_refuses_what_is_wrong(summary, change, complaint):
    schema = json_schema("results")
    assert complaint in violations({**results_document(summary), **change}, schema, schema)


def test_both_schemas_speak_of_the_same_findings():
    assert json_schema("results")["$defs"]["finding"] == json_schema("findings")["$defs"]["finding"]


def test_keys_come_in_a_fixed_order_and_the_verdict_before_the_numbers(summary):
    assert list(results_document(summary)) == [
        "$schema",
        "design",
        "file",
        "verdict",
        "findings",
        "results",
        "not_checked",
        "left_out",
    ]
    assert results_json(summary) == results_json(summary)


def test_results_read_back_as_they_were(summary):
    assert ResultSet.from_dicts(json.loads(results_json(summary))["results"]) == summary.results


def test_one_invalid_file_fails_the_whole_check(designs):
    document = findings_document(designs)
    assert [design["verdict"] for design in document["designs"]] == ["pass", "fail"]
    assert document["verdict"] == "fail"


def test_a_number_that_is_none_is_refused(summary):
    broken = dataclasses.replace(summary, results=ResultSet((Result("heat.cells", float("nan"), "W"),)))
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumped(results_document(broken))
