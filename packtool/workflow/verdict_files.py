"""What stands at the end of every run: the results, the verdict in its formats, and the record of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import packtool
from packtool.artifacts import write_text
from packtool.layout.properties import Weighed, layout_results
from packtool.report.formats import rendered
from packtool.report.json_report import results_json
from packtool.report.records import RunSummary
from packtool.results import ResultSet
from packtool.rules.judge import RULES
from packtool.rules.records import Verdict
from packtool.workflow.cache import StageRecord, read_record
from packtool.workflow.left_out import left_out
from packtool.workflow.plan import library_versions
from packtool.workflow.request import Request

VERDICT_FILES = ("results.json", "junit.xml", "findings.sarif", "run.json")
"""Written anew at the end of every run; taken away before a run that makes anew what a verdict rests on, so that a failure leaves no old one."""


def results_of(request: Request, found: Weighed | None) -> ResultSet:
    """What is known of the design: its layout's numbers with what the CAD ``found``, and the solved ones where the run folder holds them."""
    rows = ResultSet(tuple(layout_results(request.loaded, request.layout, found)))
    record = read_record(request.folder, "solve")
    return rows.joined(ResultSet.from_dicts(record.report["results"])) if record is not None else rows


def write_verdict(request: Request, results: ResultSet, verdict: Verdict) -> None:
    """results.json, junit.xml and findings.sarif: cheap, so written anew each time."""
    summary = RunSummary(request.loaded, request.layout, results, verdict, cases=request.cases, left_out=left_out(request.loaded))
    checked = [summary.checked]
    write_text(request.folder / "results.json", results_json(summary))
    write_text(request.folder / "junit.xml", rendered("junit", checked))
    write_text(
        request.folder / "findings.sarif", rendered("sarif", checked, RULES, version=packtool.__version__, root=request.root)
    )


def _without_rows(report: Mapping[str, Any]) -> dict[str, Any]:
    """A stage's summary without its long tables, which results.json and the report show."""
    kept = {key: value for key, value in report.items() if key != "results"}
    if "cases" in kept:
        kept["cases"] = {case: {k: v for k, v in summary.items() if k != "coolant"} for case, summary in kept["cases"].items()}
    return kept


def run_record(request: Request, records: Mapping[str, StageRecord], ran: Sequence[str]) -> dict[str, Any]:
    """run.json: inputs, hashes, versions, seconds and memory of every stage, and which of them ``ran`` now."""
    return {
        "$schema": "packtool/run/1",
        "design": {"name": request.loaded.design.name, "file": request.loaded.file},
        "versions": library_versions(),
        "ran": list(ran),
        "stages": {
            stage: {
                "seconds": round(record.seconds, 3),
                "cpu_seconds": round(record.cpu_seconds, 3),
                "peak_MB": round(record.peak_MB, 1),
                "inputs": dict(record.inputs),
                "files": dict(record.files),
                "report": _without_rows(record.report),
            }
            for stage, record in records.items()
        },
    }
