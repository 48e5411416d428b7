"""Every part of the design is in the heat model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from packtool.rules.compare import stated
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    for index, part in enumerate(evidence.layout.imported):
        words = "is not in the heat model: it neither conducts heat nor stores any; CAD, mass and overlaps have it"
        yield replace(stated(evidence, RULE.id, "note", False, words, f"parts.{index}"), part=part.name)


RULE = Rule(
    id="data.imported-parts",
    subject="data",
    asks="Every part of the design is in the heat model.",
    needs_solve=False,
    source="parts from STEP files are in the CAD alone",
    check=check,
    default=None,
    unit="",
)
