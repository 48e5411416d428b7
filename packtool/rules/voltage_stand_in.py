"""A transient case follows the cell's own open-circuit voltage and entropic coefficient."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.catalogue.electrical import entropic, open_circuit
from packtool.rules.compare import stated
from packtool.rules.records import Evidence, Finding, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    cell = evidence.loaded.cell
    if not evidence.loaded.demands:  # no transient case
        return
    for words, own, taken in (
        ("open-circuit voltage", cell.ocv_V, open_circuit(cell)),
        ("entropic coefficient", cell.entropy_mV_K, entropic(cell)),
    ):
        told = f"{words}: {taken.note or 'the own of ' + cell.id} ({taken.standing})"
        yield stated(evidence, RULE.id, "note", own is not None, told, "cell")


RULE = Rule(
    id="data.voltage-stand-in",
    subject="data",
    asks="A transient case follows the cell's own open-circuit voltage and entropic coefficient.",
    needs_solve=False,
    source="the catalogue's cell, else its class of chemistry",
    check=check,
    default=None,
    unit="",
)
