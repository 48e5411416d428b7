"""Channels side by side carry about the same flow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from packtool.design.schema import AnyColdPlate, ColdPlate
from packtool.design.schema.plate_agreements import SEVERAL
from packtool.rules.compare import Limit, result_at_most, solved
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def side_by_side(plate: AnyColdPlate) -> bool:
    """Whether the flow splits between several plates."""
    return isinstance(plate, ColdPlate) and plate.position in SEVERAL and plate.feed != "series"


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. Of parallel channels only: (largest - smallest) / mean flow.

    The practice speaks of computed flows, so the scatter of the correlations, a third of the number and more, is told and not added.
    """
    plate = evidence.loaded.design.cold_plate
    if plate is None or (plate.type == "serpentine" and not side_by_side(plate)):
        raise NotChecked("the design has no parallel channels")
    given = "cold_plate.header_width_mm" in evidence.loaded.places
    limit = Limit(0.3, "cold_plate.header_width_mm" if given else "cold_plate", "warning")
    what = "uneven flow of parallel channels (wider headers even it out: cold_plate.header_width_mm)"
    for row in solved(evidence, "coolant.flow.maldistribution"):
        told = f"{what}; the correlations' scatter makes it ± {row.scatter:.2g}" if row.scatter else what
        yield result_at_most(evidence, RULE.id, told, replace(row, scatter=None), limit)


RULE = Rule(
    id="coolant.split",
    subject="coolant",
    asks="Channels side by side carry about the same flow.",
    needs_solve=True,
    source="design practice: within about 15 % of the mean either way (remembered)",
    check=check,
    default=0.3,
    unit="-",
)
