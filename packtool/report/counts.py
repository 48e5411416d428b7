"""How many rules hold and fail: the verdict in one line."""

from __future__ import annotations

from dataclasses import dataclass

from packtool.rules.records import Verdict


@dataclass(frozen=True, slots=True)
class Counts:
    """Rules (not findings): a rule with several findings fails if one of them does."""

    hold: int
    fail: int
    warn: int
    remark: int
    not_checked: int


def count(verdict: Verdict) -> Counts:
    """Count the rules of a verdict by their worst finding."""
    worst: dict[str, str] = {}
    order = ("holds", "note", "warning", "error")
    for finding in verdict.findings:
        outcome = "holds" if finding.holds else finding.severity
        worst[finding.rule] = max(worst.get(finding.rule, "holds"), outcome, key=order.index)
    outcomes = list(worst.values())
    return Counts(
        outcomes.count("holds"),
        outcomes.count("error"),
        outcomes.count("warning"),
        outcomes.count("note"),
        len(verdict.not_checked),
    )


def _of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def summary_line(verdict: Verdict) -> str:
    """``pass: 14 rules hold, 2 warnings, 3 not checked``."""
    found = count(verdict)
    parts = [_of(found.fail, "rule fails", "rules fail")] if found.fail else []
    parts.append(_of(found.hold, "rule holds", "rules hold"))
    if found.warn:
        parts.append(_of(found.warn, "warning", "warnings"))
    if found.remark:
        parts.append(_of(found.remark, "note", "notes"))
    if found.not_checked:
        parts.append(f"{found.not_checked} not checked")
    return f"{'pass' if verdict.passes else 'fail'}: {', '.join(parts)}"
