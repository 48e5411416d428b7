"""The interface layer is as thick as its material can be applied."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    interface = evidence.loaded.design.interface
    if interface is None:
        raise NotChecked("the design has no interface layer")
    allowed = evidence.loaded.materials[interface.material].thickness_range_mm
    if allowed is None:
        raise NotChecked(f"the catalogue gives no thickness range for {interface.material}")
    key = "interface.thickness_mm"
    yield at_least(evidence, RULE.id, "interface thickness", interface.thickness_mm, Limit(allowed[0], key, "warning"), "mm")
    yield at_most(evidence, RULE.id, "interface thickness", interface.thickness_mm, Limit(allowed[1], key, "warning"), "mm")


RULE = Rule(
    id="geometry.bond-line",
    subject="geometry",
    asks="The interface layer is as thick as its material can be applied.",
    needs_solve=False,
    source="thickness range of the material in the catalogue",
    check=check,
    default=None,
    unit="mm",
)
