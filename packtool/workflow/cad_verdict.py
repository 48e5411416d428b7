"""What the CAD stage's checks found, as findings of the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packtool.layout.properties import Weighed
from packtool.rules.records import Finding, Verdict
from packtool.workflow.cache import StageRecord

MOST_OF_A_KIND = 20
"""Findings of one kind that are listed; the rest is counted. bom.csv and run.json have them all."""


def cad_findings(report: Mapping[str, Any], file: str) -> tuple[Finding, ...]:
    """The findings of the CAD stage's report under the names ``cad.KIND``; none where all holds. ``file``: the design's."""
    rows = report["findings"]
    counts = Counter(row["kind"] for row in rows)
    shown: Counter[str] = Counter()
    found = []
    for row in rows:
        kind = row["kind"]
        shown[kind] += 1
        if shown[kind] > MOST_OF_A_KIND:
            continue
        more = counts[kind] - MOST_OF_A_KIND
        rest = f" (and {more} more like it)" if shown[kind] == MOST_OF_A_KIND and more > 0 else ""
        found.append(
            Finding(
                rule=f"cad.{kind.replace('_', '-')}",
                severity=row["severity"],
                holds=False,
                message=row["message"] + rest,
                value=row["value"],
                unit=row["unit"],
                file=file,
                part=" / ".join(row["parts"]) or None,
            )
        )
    return tuple(found)


def weighed(record: StageRecord | None) -> Weighed | None:
    """What the CAD stage weighed and measured, where it ran."""
    if record is None:
        return None
    mass = record.report["mass"]
    x, y, z = mass["envelope_mm"]["size"]
    reaching = tuple((low, high) for low, high in mass["envelope_mm"]["reached_by"].values())
    gaps = {gap["between"]: (tuple(gap["parts"]), gap["mm"]) for gap in record.report["gaps"]}
    return Weighed(mass["mass_kg"], (x, y, z), reaching, gaps) if mass["complete"] else None


def untouched(record: StageRecord | None) -> tuple[str, ...]:
    """Parts from STEP files that the mesh stage left out, since they touch nothing."""
    return () if record is None else tuple(record.report.get("untouched", ()))


def with_cad(verdict: Verdict, record: StageRecord | None, file: str) -> Verdict:
    """The verdict with what the CAD stage found, where it ran."""
    return verdict if record is None else replace(verdict, findings=(*verdict.findings, *cad_findings(record.report, file)))
