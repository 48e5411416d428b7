"""The pack fits the envelope of limits.envelope_mm."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.layout.properties import envelope_mm
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    wanted = evidence.loaded.design.limits.envelope_mm
    if wanted is None:
        raise NotChecked("limits.envelope_mm is not given")
    sizes = envelope_mm(evidence.layout, evidence.weighed)
    for index, (axis, size, limit) in enumerate(zip("xyz", sizes, wanted, strict=True)):
        yield at_most(evidence, RULE.id, f"size in {axis}", size, Limit(limit, f"limits.envelope_mm.{index}", "error"), "mm")


RULE = Rule(
    id="geometry.envelope",
    subject="geometry",
    asks="The pack fits the envelope of limits.envelope_mm.",
    needs_solve=False,
    source="the design",
    check=check,
    default=None,
    unit="mm",
)
