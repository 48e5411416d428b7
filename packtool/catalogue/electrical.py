"""What a cell's voltage and its reversible heat follow, and how well that is known. Plain Python."""

from __future__ import annotations

from packtool.catalogue.load import electrical_classes
from packtool.catalogue.records import Cell, SocTable

_CLASSES = (
    ("LFP", "LFP"),
    ("LIFEPO", "LFP"),
    ("NMC", "nickel"),
    ("NCA", "nickel"),
    ("NI-RICH", "nickel"),
    ("HIGH-POWER NI", "nickel"),
)
"""How a chemistry begins, in capitals, and its class."""


def chemistry_class(chemistry: str) -> str | None:
    """``LFP`` or ``nickel``; None for a chemistry that the catalogue has no class of."""
    return next((name for start, name in _CLASSES if chemistry.upper().startswith(start)), None)


def open_circuit(cell: Cell) -> SocTable:
    """The cell's open-circuit voltage [V] against SOC: its own, else its class's, else the nominal voltage at every SOC.

    Raises ValueError where the cell has none of the three.
    """
    if cell.ocv_V is not None:
        return cell.ocv_V
    name = chemistry_class(cell.chemistry)
    if name is not None:
        return electrical_classes()[name]["ocv_V"]
    if cell.v_nom is None:
        raise ValueError(f"the voltage of {cell.id} is unknown")
    note = "the nominal voltage at every SOC, for want of a curve: no voltage limit is reached before the cell is empty or full"
    return SocTable(soc=(0.0, 1.0), value=(cell.v_nom.value,) * 2, standing="remembered", note=note)


def entropic(cell: Cell) -> SocTable:
    """The derivative of the open-circuit voltage by temperature [mV/K] against SOC: the cell's own, else its class's, else 0."""
    if cell.entropy_mV_K is not None:
        return cell.entropy_mV_K
    name = chemistry_class(cell.chemistry)
    if name is not None:
        return electrical_classes()[name]["entropy_mV_K"]
    return SocTable(soc=(0.0, 1.0), value=(0.0, 0.0), standing="remembered", note="unknown, taken as 0: no reversible heat")
