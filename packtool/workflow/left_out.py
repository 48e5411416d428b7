"""What the model of a pack does not contain; said in every report."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign

_ALWAYS: tuple[str, ...] = (
    "Tray, lid, busbars, terminals and fittings are not meshed: tray and lid enter as thermal resistances between the pack and the "
    "ambient, busbars as heat in the cells that they join.",
    "Air inside the enclosure conducts and radiates but does not move: exact for a pack colder than its ambient, towards the warm side for a "
    "warmer one.",
    "No heat crosses the air between two rows of cells.",
    "A steady case is where the temperatures end if its current lasts; a charge of an hour ends before.",
    "The heat is I²R; the reversible (entropic) heat of the cell is not known and left out; it can be of either sign.",
    "Contact between parts is perfect where the design has no layer; the interface layer has its nominal thickness everywhere.",
    "Rounded edges of cells are in the CAD only.",
)


def left_out(loaded: LoadedDesign) -> tuple[str, ...]:
    """Sentences on what the model of this design leaves out."""
    plate = loaded.design.cold_plate
    if plate is None:
        return _ALWAYS
    return (*_ALWAYS, "The fittings of the cold plate and the hoses behind them are not in its pressure drop.")
