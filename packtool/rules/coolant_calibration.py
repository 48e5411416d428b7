"""The plate's calibration covers the flows of every case."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, Rule

MOST = 0.01


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. Silent where the design names no calibration."""
    rows = evidence.results.named("coolant.beyond_calibration") if evidence.results is not None else ()
    calibration = evidence.loaded.calibration
    flows = f"{calibration.flows_lpm[0]:g} to {calibration.flows_lpm[-1]:g} L/min" if calibration else "its flows"
    what = (
        f"share of heat or pressure drop that correlations tell, beyond what was calibrated ({flows}; calibrate at more: --flows)"
    )
    for row in rows:
        yield at_most(evidence, RULE.id, what, row.value, Limit(MOST, "cold_plate.calibration", "note"), "-", case=row.case)


RULE = Rule(
    id="coolant.calibration",
    subject="coolant",
    asks="The plate's calibration covers the flows of every case.",
    needs_solve=True,
    source="the calibration's range of Re; up to 1 % beyond it changes no result by what is printed",
    check=check,
    default=MOST,
    unit="-",
)
