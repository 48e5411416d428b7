"""The lid's bolts are near enough to each other that the seal stays pressed between them."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.layout.flange import widest_gap_mm
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

LONGEST_MM = 100.0
"""Bolt to bolt on a sheet flange with a soft seal (remembered; makers of such enclosures use 60 to 100 mm)."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    bolts = [part.origin[:2] for part in evidence.layout.parts_of("bolt") if part.name.startswith("bolt ")]
    if not bolts:
        raise NotChecked("enclosure.bolt is not given")
    key = "enclosure.bolt_pitch_mm"
    yield at_most(evidence, RULE.id, "bolt to bolt", widest_gap_mm(bolts), Limit(LONGEST_MM, key, "warning"), "mm")


RULE = Rule(
    id="enclosure.bolt-pitch",
    subject="geometry",
    asks="The lid's bolts are near enough to each other that the seal stays pressed between them.",
    needs_solve=False,
    source="order of magnitude (remembered)",
    check=check,
    default=LONGEST_MM,
    unit="mm",
)
