"""The pack weighs no more than limits.pack_mass_kg."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.layout.properties import pack_mass_kg
from packtool.rules.compare import at_most, limit_of
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    limit = limit_of(evidence, "pack_mass_kg")
    yield at_most(evidence, RULE.id, "pack mass", pack_mass_kg(evidence.layout, evidence.loaded, evidence.weighed), limit, "kg")


RULE = Rule(
    id="geometry.pack-mass",
    subject="geometry",
    asks="The pack weighs no more than limits.pack_mass_kg.",
    needs_solve=False,
    source="the design",
    check=check,
    default=None,
    unit="kg",
)
