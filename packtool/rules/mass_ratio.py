"""The pack weighs 1.25 to 1.65 times its cells, as real packs do."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.layout.properties import pack_mass_kg
from packtool.rules.compare import Limit, at_least, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    cell = evidence.loaded.cell
    if cell.mass_kg is None:
        raise NotChecked(f"the mass of {cell.id} is unknown")
    cells = len(evidence.layout.parts_of("cell")) * cell.mass_kg.value
    ratio = pack_mass_kg(evidence.layout, evidence.loaded, evidence.weighed) / cells
    if ratio < 1.25:
        yield at_least(evidence, RULE.id, "pack mass over cell mass", ratio, Limit(1.25, "enclosure", "note"), "-")
    else:
        yield at_most(evidence, RULE.id, "pack mass over cell mass", ratio, Limit(1.65, "enclosure", "note"), "-")


RULE = Rule(
    id="geometry.mass-ratio",
    subject="geometry",
    asks="The pack weighs 1.25 to 1.65 times its cells, as real packs do.",
    needs_solve=False,
    source="Tata Nexon EV Max 332 kg over 224.6 kg, VW ID.3 363 kg over 238 kg of cells (batterydesign.net; TUM TruckBatteryDesign)",
    check=check,
    default=None,
    unit="-",
)
