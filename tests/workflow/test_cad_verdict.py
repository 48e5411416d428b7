"""The CAD's findings in the verdict: named, with parts and volume; an overlap fails it."""

from __future__ import annotations

from packtool.rules.records import Verdict
from packtool.workflow.cache import StageRecord
from packtool.workflow.cad_verdict import MOST_OF_A_KIND, cad_findings, with_cad

OVERLAP = {
    "kind": "interference",
    "parts": ["a", "b"],
    "value": 12.5,
    "unit": "mm3",
    "message": "a and b claim the same 12.5 mm³",
    "severity": "error",
}


def record(*rows: dict) -> StageRecord:
    return StageRecord("cad", {}, {}, 1.0, 1.0, 1.0, {"findings": list(rows)})


def test_an_overlap_fails_the_verdict_and_names_both_parts() -> None:
    verdict = with_cad(Verdict((), {}), record(OVERLAP), "pack.yaml")
    (finding,) = verdict.findings
    assert (finding.rule, finding.part, finding.value, finding.unit) == ("cad.interference", "a / b", 12.5, "mm3")
    assert not verdict.passes


def test_an_unknown_mass_only_warns() -> None:
    row = {
        "kind": "mass_unknown",
        "parts": ["pad"],
        "value": None,
        "unit": "kg",
        "message": "the mass of pad is unknown",
        "severity": "warning",
    }
    assert with_cad(Verdict((), {}), record(row), "pack.yaml").passes


def test_nothing_found_or_not_run_changes_nothing() -> None:
    assert with_cad(Verdict((), {}), record(), "pack.yaml") == with_cad(Verdict((), {}), None, "pack.yaml") == Verdict((), {})


def test_many_of_a_kind_are_counted() -> None:
    found = cad_findings({"findings": [OVERLAP] * (MOST_OF_A_KIND + 5)}, "pack.yaml")
    assert len(found) == MOST_OF_A_KIND
    assert found[-1].message.endswith("(and 5 more like it)")
