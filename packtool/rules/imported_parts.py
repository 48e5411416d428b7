"""Every part of the design is in the heat model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from packtool.rules.compare import stated
from packtool.rules.records import Evidence, Finding, Rule

TOUCHES_NOTHING = (
    "is not in the heat model: none of its flat faces lies on that of a part whose temperature is solved for (within 0.05 mm; tray, lid and "
    "bolts are not among those). Where it should, look at its at_mm and rotation_deg; else meshed: false says so"
)


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    for index, part in enumerate(evidence.layout.imported):
        if part.name in evidence.untouched:
            words = TOUCHES_NOTHING
        elif not part.meshed:
            words = (
                "is not in the heat model (meshed: false): it neither conducts heat nor stores any; CAD, mass and overlaps have it"
            )
        else:
            continue
        yield replace(stated(evidence, RULE.id, "note", False, words, f"parts.{index}"), part=part.name)


RULE = Rule(
    id="data.imported-parts",
    subject="data",
    asks="Every part of the design is in the heat model.",
    needs_solve=False,
    source="parts from STEP files take part in the heat where they touch",
    check=check,
    default=None,
    unit="",
)
