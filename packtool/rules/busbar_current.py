"""The busbars carry the current without undue heat."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.cases import largest_current_A
from packtool.rules.compare import at_most, limit_of
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    design = evidence.loaded.design
    copper = design.busbars.material.startswith("cu")
    strings = evidence.layout.n_strings
    per_mm2 = max((1.0 if joint.string == 0 else 1.0 / strings) / joint.area_mm2 for joint in evidence.layout.joints)
    key = "busbars.thickness_mm" if design.busbars.width_mm is None else "busbars.width_mm"
    limit = limit_of(evidence, "busbar_A_mm2", 5.0 if copper else 3.0, key)
    for name in design.cases:
        current = max(largest_current_A(evidence.loaded, name, way) for way in ("charge", "discharge"))
        yield at_most(evidence, RULE.id, "busbar current density", current * per_mm2, limit, "A/mm2", case=name)


RULE = Rule(
    id="electrical.busbar-current",
    subject="electrical",
    asks="The busbars carry the current without undue heat.",
    needs_solve=False,
    source="continuous 3 A/mm2 in aluminium, 5 in copper (remembered)",
    check=check,
    default=None,
    unit="A/mm2",
)
