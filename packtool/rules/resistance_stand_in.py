"""A resistance that stands in for the cell's own comes from a cell of about its capacity."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.catalogue.load import cells
from packtool.design.schema import CellSpec
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    spec, cell = evidence.loaded.design.cell, evidence.loaded.cell
    if not isinstance(spec, CellSpec) or spec.resistance_like is None:
        raise NotChecked("no other cell's resistance stands in")
    other = cells()[spec.resistance_like]
    if other.capacity_Ah is None or cell.capacity_Ah is None:
        raise NotChecked(f"the capacity of {other.id if other.capacity_Ah is None else cell.id} is unknown")
    apart = 100 * abs(other.capacity_Ah.value / cell.capacity_Ah.value - 1)
    what = f"capacity of {other.id} ({other.capacity_Ah.value:g} Ah), whose resistance is taken as it is, against {cell.capacity_Ah.value:g} Ah"
    yield at_most(evidence, RULE.id, what, apart, Limit(25.0, "cell.resistance_like", "warning"), "%")


RULE = Rule(
    id="data.resistance-stand-in",
    subject="data",
    asks="A resistance that stands in for the cell's own comes from a cell of about its capacity.",
    needs_solve=False,
    source="resistance goes about inversely with capacity within a family of cells; 25 % asked here (remembered)",
    check=check,
    default=25.0,
    unit="%",
)
