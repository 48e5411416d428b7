"""A finding in words: its mark, what it speaks of, where it points, and the whole as a sentence."""

from __future__ import annotations

from packtool.report.quantity import quantity
from packtool.rules.records import Finding


def mark(finding: Finding) -> str:
    """The word that stands for a finding's outcome: ``holds``, ``FAILS``, ``warns``, ``notes``."""
    return "holds" if finding.holds else {"error": "FAILS", "warning": "warns", "note": "notes"}[finding.severity]


def subject(finding: Finding) -> str:
    """Which case and part a finding speaks of: ``charge_1C, R2C05``; empty for the whole pack."""
    return ", ".join(word for word in (finding.case, finding.part) if word)


def place(finding: Finding) -> str:
    """``file:line``, the file alone where there is no line, or nothing."""
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


SENSES = {"at most": "≤ ", "at least": "≥ ", "": ""}


def limit_words(finding: Finding, unit: str = "") -> str:
    """``≤ 45`` or ``≥ 3 mm``; an empty text for a finding without a limit."""
    return "" if finding.limit is None else SENSES[finding.sense] + quantity(finding.limit, None, unit)


def sentence(finding: Finding) -> str:
    """``charge_1C, R4C03: warmest point of a cell: 46.1 ± 0.2 degC, limit 45 degC``; without numbers, the message alone."""
    value = quantity(finding.value, finding.error, finding.unit)
    limit = limit_words(finding, finding.unit)
    numbers = ", ".join(text for text in (value, f"limit {limit}" if limit else "") if text)
    return ": ".join(text for text in (subject(finding), finding.message, numbers) if text)
