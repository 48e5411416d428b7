"""The findings that do not hold as SARIF 2.1.0 (OASIS, 2020), for code scanning on a changed design file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from packtool.artifacts import content_hash
from packtool.errors import Complaint
from packtool.report.finding_words import sentence
from packtool.report.records import Checked
from packtool.rules.records import Finding, Rule

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VALID = "design.valid"
"""Rule id of a complaint about the design file itself."""


def _artifact(file: str, root: PurePath | None) -> dict[str, str]:
    """Where a file is: relative to the source root, percent-encoded, forward slashes; absolute only where it lies outside ``root``."""
    path: PurePath = PureWindowsPath(file) if "\\" in file else PurePosixPath(file)
    if root is not None and path.is_relative_to(root):
        path = path.relative_to(root)
    text = quote(path.as_posix(), safe="/:" if path.is_absolute() else "/", errors="surrogateescape")
    if path.is_absolute():
        return {"uri": f"file://{text if text.startswith('/') else f'/{text}'}"}
    return {"uri": text, "uriBaseId": "%SRCROOT%"}


def _location(file: str, line: int, column: int, root: PurePath | None) -> list[dict[str, Any]]:
    if not file:
        return []
    physical: dict[str, Any] = {"artifactLocation": _artifact(file, root)}
    if line:
        physical["region"] = {"startLine": line, **({"startColumn": column} if column else {})}
    return [{"physicalLocation": physical}]


def _result(
    rule: str, index: int, level: str, message: str, place: tuple[str, int, int], mark: list[str], root: PurePath | None
) -> dict[str, Any]:
    locations = _location(*place, root)
    return {
        "ruleId": rule,
        "ruleIndex": index,
        "kind": "fail",
        "level": level,
        "message": {"text": message},
        **({"locations": locations} if locations else {}),
        "partialFingerprints": {"packtoolFinding/v1": content_hash(mark)},
    }


def _finding(finding: Finding, index: int, design: str, root: PurePath | None) -> dict[str, Any]:
    result = _result(
        finding.rule, index, finding.severity, sentence(finding), (finding.file, finding.line, finding.column),
        [design, finding.rule, finding.key, finding.part or "", finding.case or ""], root,
    )  # fmt: skip
    figures = {
        "value": finding.value,
        "error": finding.error,
        "limit": finding.limit,
        "unit": finding.unit or None,
        "key": finding.key or None,
    }
    return {**result, "properties": {name: figure for name, figure in figures.items() if figure is not None}}


def _complaint(complaint: Complaint, index: int, root: PurePath | None) -> dict[str, Any]:
    message = f"{complaint.key}: {complaint.message}" if complaint.key else complaint.message
    place = (complaint.file, complaint.line, complaint.column)
    return _result(VALID, index, "error", message, place, [complaint.file, VALID, complaint.key, complaint.message], root)


def _rules(designs: Sequence[Checked], known: Iterable[Rule]) -> list[dict[str, Any]]:
    """Every rule that is known or spoken of, with what it asks and where its numbers come from, in order of its id."""
    by_id = {rule.id: rule for rule in known}
    verdicts = [checked.verdict for checked in designs if checked.verdict]
    spoken = {f.rule for v in verdicts for f in v.findings} | {rule for v in verdicts for rule in v.not_checked}
    ids = sorted(set(by_id) | spoken | ({VALID} if any(checked.complaints for checked in designs) else set()))
    described = []
    for id in ids:
        entry: dict[str, Any] = {"id": id}
        if id == VALID:
            entry["shortDescription"] = {"text": "The design file is valid"}
        elif rule := by_id.get(id):
            entry["shortDescription"] = {"text": rule.asks}
            entry["help"] = {"text": f"{rule.asks}\nSource: {rule.source}"}
            entry["properties"] = {"subject": rule.subject, "needsSolve": rule.needs_solve}
        described.append(entry)
    return described


def sarif_log(
    designs: Sequence[Checked], rules: Iterable[Rule] = (), version: str = "", root: PurePath | None = None
) -> dict[str, Any]:
    """A SARIF log with one run: findings that do not hold and complaints as results, rules that were not checked as notifications.

    Rules that hold give no result, because code scanning shows every result as an alert. ``rules`` adds what each rule asks;
    ``version`` is packtool's; ``root`` is the folder that absolute file names are made relative to.
    """
    described = _rules(designs, rules)
    index = {entry["id"]: place for place, entry in enumerate(described)}
    results: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for checked in designs:
        results += [_complaint(complaint, index[VALID], root) for complaint in checked.complaints]
        if checked.verdict is None:
            continue
        results += [_finding(f, index[f.rule], checked.name, root) for f in checked.verdict.findings if not f.holds]
        notes += [
            {
                "level": "note",
                "message": {"text": f"{checked.name}: {rule} was not checked: {reason}"},
                "associatedRule": {"id": rule, "index": index[rule]},
            }
            for rule, reason in checked.verdict.not_checked.items()
        ]
    driver: dict[str, Any] = {"name": "packtool", **({"version": version} if version else {}), "rules": described}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def sarif_json(designs: Sequence[Checked], rules: Iterable[Rule] = (), version: str = "", root: PurePath | None = None) -> str:
    """``sarif_log`` as indented text with a line break at the end; NaN and infinity are refused (ValueError)."""
    return json.dumps(sarif_log(designs, rules, version, root), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
