"""The cell's resistance is known at the coldest temperatures that a case may bring."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.design.cases import largest_current_A
from packtool.design.schema import TransientCase
from packtool.rules.compare import Limit, at_least
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

WAYS = ("charge", "discharge")


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks. No cell is colder than the coldest of ambient, coolant inlet and initial temperatures; a solve that
    gets there under load refuses."""
    design, table = evidence.loaded.design, evidence.loaded.cell.resistance_dc
    if table is None:
        raise NotChecked(f"the dc resistance of {evidence.loaded.cell.id} is unknown")
    plate = design.cold_plate
    chilled = plate is not None and plate.inlet_degC < design.ambient.temperature_degC
    coldest = plate.inlet_degC if plate is not None and chilled else design.ambient.temperature_degC
    key = "cold_plate.inlet_degC" if chilled else "ambient.temperature_degC"
    loaded = [name for name in design.cases if any(largest_current_A(evidence.loaded, name, way) for way in WAYS)]
    if not loaded:  # packs that only rest or are warmed make no use of the resistance
        return
    for name, case in ((name, design.cases[name]) for name in loaded):
        if isinstance(case, TransientCase) and case.initial_degC is not None and case.initial_degC < coldest:
            coldest, key = case.initial_degC, f"cases.{name}.initial_degC"
    limit = Limit(table.temperature_degC[0], key, "warning")
    what = "coldest a cell may be (the resistance is not known below the limit)"
    yield at_least(evidence, RULE.id, what, coldest, limit, "degC")


RULE = Rule(
    id="data.resistance-cold",
    subject="data",
    asks="The cell's resistance is known at the coldest temperatures that a case may bring.",
    needs_solve=False,
    source="the resistance table of the cell: catalogue or design",
    check=check,
    default=None,
    unit="degC",
)
