"""Air between the cells and the enclosure insulates the pack voltage."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

_CLEARANCE_MM = ((300.0, 1.5), (600.0, 3.0), (1250.0, 5.5), (1500.0, 8.0))
"""System voltage up to [V] -> clearance [mm]: impulse 2.5, 4, 6, 8 kV (table F.1, category II) -> 1.5, 3.0, 5.5, 8.0 mm (table F.2)."""


def basic_clearance_mm(volts: float) -> float | None:
    """Clearance for basic insulation at a direct voltage [V] -> [mm]; None above 1500 V."""
    return next((clearance for up_to, clearance in _CLEARANCE_MM if volts <= up_to), None)


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    design, cell = evidence.loaded.design, evidence.loaded.cell
    if cell.v_max is None:
        raise NotChecked(f"the maximum voltage of {cell.id} is unknown")
    volts = cell.v_max.value * evidence.layout.n_series
    needed = basic_clearance_mm(volts)
    if needed is None:
        raise NotChecked(f"{volts:.0f} V is above the 1500 V that the table reaches")
    for what, gap, key in (
        ("air between cells and walls", design.enclosure.clearance_mm, "enclosure.clearance_mm"),
        ("air between busbars and lid", design.enclosure.headroom_mm, "enclosure.headroom_mm"),
    ):
        yield at_least(evidence, RULE.id, what, gap, Limit(needed, key, "error"), "mm")
    yield from _to_imported(evidence, needed)


def _to_imported(evidence: Evidence, needed: float) -> Iterable[Finding]:
    """Live parts and parts from STEP files, which may well be of metal: as the CAD measured them."""
    near = evidence.weighed.gaps.get("imported and live parts") if evidence.weighed else None
    if near is not None:
        parts, gap = near
        what = "air between live parts and a part from a STEP file"
        yield at_least(evidence, RULE.id, what, gap, Limit(needed, "parts", "error"), "mm", part=" / ".join(parts))


RULE = Rule(
    id="electrical.clearance",
    subject="electrical",
    asks="Air between the cells and the enclosure insulates the pack voltage.",
    needs_solve=False,
    source="IEC 60664-1:2020 tables F.1 and F.2, overvoltage category II, pollution degree 2, up to 2000 m, basic insulation",
    check=check,
    default=None,
    unit="mm",
)
