"""Barriers between cells are as thick as their material is made and meant to be used."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.schema import Rows
from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    arrangement = evidence.loaded.design.arrangement
    barrier = arrangement.barrier if isinstance(arrangement, Rows) else None
    if barrier is None:
        raise NotChecked("the design has no barriers between cells")
    allowed = evidence.loaded.materials[barrier.material].thickness_range_mm
    if allowed is None:
        raise NotChecked(f"the catalogue gives no thickness range for {barrier.material}")
    key = "arrangement.barrier.thickness_mm"
    yield at_least(evidence, RULE.id, "barrier thickness", barrier.thickness_mm, Limit(allowed[0], key, "warning"), "mm")
    yield at_most(evidence, RULE.id, "barrier thickness", barrier.thickness_mm, Limit(allowed[1], key, "warning"), "mm")


RULE = Rule(
    id="geometry.barrier-thickness",
    subject="geometry",
    asks="Barriers between cells are as thick as their material is made and meant to be used.",
    needs_solve=False,
    source="thickness range of the material in the catalogue (aerogel felt for cell barriers: 1.5 to 3 mm, East Materials)",
    check=check,
    default=None,
    unit="mm",
)
