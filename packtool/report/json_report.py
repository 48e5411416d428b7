"""The verdict and the results as JSON; the shapes are in data/results.schema.json and data/findings.schema.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Literal

from packtool.errors import Complaint
from packtool.report.records import Checked, RunSummary
from packtool.rules.records import Verdict

RESULTS_SCHEMA = "urn:packtool:results:1"
FINDINGS_SCHEMA = "urn:packtool:findings:1"


def _verdict(verdict: Verdict | None) -> Literal["pass", "fail"]:
    return "pass" if verdict is not None and verdict.passes else "fail"


def _not_checked(verdict: Verdict | None) -> list[dict[str, str]]:
    return [{"rule": rule, "reason": reason} for rule, reason in verdict.not_checked.items()] if verdict else []


def _complaint(complaint: Complaint) -> dict[str, Any]:
    return {
        "file": complaint.file,
        "line": complaint.line,
        "column": complaint.column,
        "key": complaint.key,
        "message": complaint.message,
    }


def results_document(summary: RunSummary) -> dict[str, Any]:
    """The content of results.json: the schema's id, design, verdict, findings, results and what was not checked and left out."""
    return {
        "$schema": RESULTS_SCHEMA,
        "design": summary.name,
        "file": summary.file,
        "verdict": _verdict(summary.verdict),
        "findings": [finding.as_dict() for finding in summary.verdict.findings],
        "results": [result.as_dict() for result in summary.results],
        "not_checked": _not_checked(summary.verdict),
        "left_out": list(summary.left_out),
    }


def findings_document(designs: Sequence[Checked]) -> dict[str, Any]:
    """What ``check --json`` prints: one entry a design; ``complaints`` says what is wrong with a file that is no valid design."""
    return {
        "$schema": FINDINGS_SCHEMA,
        "verdict": "pass" if all(checked.passes for checked in designs) else "fail",
        "designs": [
            {
                "design": checked.name,
                "file": checked.file,
                "verdict": _verdict(checked.verdict),
                "findings": [finding.as_dict() for finding in checked.verdict.findings] if checked.verdict else [],
                "not_checked": _not_checked(checked.verdict),
                "complaints": [_complaint(complaint) for complaint in checked.complaints],
            }
            for checked in designs
        ],
    }


def dumped(document: dict[str, Any]) -> str:
    """Indented JSON in the document's own key order, with a line break at the end; NaN and infinity are refused (ValueError)."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def results_json(summary: RunSummary) -> str:
    """results.json as text."""
    return dumped(results_document(summary))


def findings_json(designs: Sequence[Checked]) -> str:
    """The output of ``check --json`` as text."""
    return dumped(findings_document(designs))


def json_schema(which: Literal["results", "findings"]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of results.json or of ``check --json``."""
    text = files("packtool.report").joinpath("data", f"{which}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
