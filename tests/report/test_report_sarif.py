"""SARIF 2.1.0 as code scanning reads it."""

import json
from pathlib import PurePosixPath

import pytest

from packtool.errors import Complaint
from packtool.report.records import Checked
from packtool.report.sarif import sarif_json, sarif_log
from packtool.rules.records import Finding, Rule, Verdict

BROKEN = Finding(
    "thermal.cell-max",
    "error",
    False,
    "too warm",
    46.1,
    0.2,
    45.0,
    "degC",
    "limits.cell_max_degC",
    "designs/a b.yaml",
    9,
    3,
    None,
    "1C",
)
HOLDS = Finding("coolant.rise", "error", True, "coolant rise", 3.0, None, 5.0, "K", "", "designs/a b.yaml", 4, 1)
WARNING = Finding("geometry.rib", "warning", False, "least rib", 2.4, None, 3.0, "mm", "", "designs/a b.yaml")
NOTE = Finding("data.cell", "note", False, "resistance is derived")
RULE = Rule("thermal.cell-max", "thermal", "No cell is too warm.", True, "datasheet", lambda evidence: ())
DESIGN = Checked("designs/a b.yaml", "d", Verdict((BROKEN, HOLDS, WARNING, NOTE), {"geometry.mass": "no limit"}))
WRONG = Checked("e.yaml", "", None, (Complaint("e.yaml", 2, 7, "cell", "unknown"),))


@pytest.fixture
def run():
    (run,) = json.loads(sarif_json([DESIGN, WRONG], [RULE], "0.1.0"))["runs"]
    return run


def test_only_what_does_not_hold_is_a_result_at_its_level(run):
    assert [(r["ruleId"], r["level"], r["kind"]) for r in run["results"]] == [
        ("thermal.cell-max", "error", "fail"),
        ("geometry.rib", "warning", "fail"),
        ("data.cell", "note", "fail"),
        ("design.valid", "error", "fail"),
    ]


def test_every_result_points_at_its_rule(run):
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    described = {rule["id"]: rule for rule in rules}
    assert described["thermal.cell-max"]["shortDescription"]["text"] == "No cell is too warm."
    assert set(described) == {"thermal.cell-max", "coolant.rise", "geometry.rib", "data.cell", "geometry.mass", "design.valid"}


def test_places_are_relative_encoded_and_carry_line_and_column(run):
    broken, warning, note, wrong = run["results"]
    assert broken["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "designs/a%20b.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 9, "startColumn": 3},
            }
        }
    ]
    assert "region" not in warning["locations"][0]["physicalLocation"]  # no line: lines count from 1 in SARIF
    assert "locations" not in note
    assert wrong["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 7}


@pytest.mark.parametrize(
    ("file", "root", "uri"),
    [
        ("/src/designs/a.yaml", "/src", "designs/a.yaml"),
        ("/else/a.yaml", "/src", "file:///else/a.yaml"),
        ("designs\\a.yaml", None, "designs/a.yaml"),
        ("C:\\designs\\a.yaml", None, "file:///C:/designs/a.yaml"),
    ],
)
def test_files_outside_the_root_are_absolute(file, root, uri):
    finding = Finding("a.b", "error", False, "m", file=file, line=1)
    log = sarif_log([Checked(file, "d", Verdict((finding,), {}))], root=PurePosixPath(root) if root else None)
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_what_was_not_checked_is_a_notification(run):
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "d: geometry.mass was not checked: no limit"
    assert run["tool"]["driver"]["rules"][note["associatedRule"]["index"]]["id"] == "geometry.mass"


def test_fingerprints_outlive_a_moved_line_and_a_changed_number(run):
    moved = Finding(**{**BROKEN.as_dict(), "line": 40, "value": 47.0})
    other_case = Finding(**{**BROKEN.as_dict(), "case": "2C"})
    log = sarif_log([Checked("designs/a b.yaml", "d", Verdict((moved, other_case), {}))])
    same, different = (r["partialFingerprints"] for r in log["runs"][0]["results"])
    assert same == run["results"][0]["partialFingerprints"]
    assert different != same


def test_the_head_is_that_of_sarif_2_1_0(run):
    log = sarif_log([DESIGN])
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    assert run["tool"]["driver"]["version"] == "0.1.0"
