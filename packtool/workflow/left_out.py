"""What the model of a pack does not contain; said in every report."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate, CylinderGrid, RibbonPlate, Rows, TransientCase

_ALWAYS: tuple[str, ...] = (
    "Tray, lid, busbars, terminals and fittings are not in the pack's mesh: tray and lid enter as thermal resistances between the pack and the "
    "ambient.",
    "Each busbar is solved by finite elements of its own, from the currents that its cells take: its heat goes to those cells, by the way "
    "that it takes in the bar, and from its upper face beside them through air and lid to the ambient; none from cell to cell. What its other "
    "faces would give off, as a raised bar's to the cells under it, is left out: the warmth told of long ones, between rows and modules, is an "
    "upper bound where those are cooler. Plates of round cells give heat to their cells only. A terminal or weld is at one potential and as warm as "
    "its cell; the bonds of a window take the same current all around. How parallel cells share the current is by their own resistance; "
    "what they exchange to even out makes no heat in the bars.",
    "The enclosure takes up and gives off heat over the area of the pack's own faces, not over its larger outside; its underside rests "
    "on the tray's floor, the tray's on nothing but air. No sunshine.",
    "Air inside the enclosure conducts and radiates but does not move: exact above a pack colder than its ambient; beside it a little less "
    "heat gets in than does; a pack warmer than its ambient comes out too warm.",
    "A steady case is where the temperatures end if its current lasts; a charge of an hour ends before.",
    "In a transient case tray, lid and busbars store no heat, and coolant outside the plate is not there; while the pump stands, the coolant "
    "conducts and does not convect.",
    "In a steady case the heat is I²R: the reversible (entropic) heat of the cell, which goes with the state of charge and can be of either "
    "sign, is left out; cases over time have it.",
    "Contact between parts is perfect where the design has no layer; the interface layer has its nominal thickness everywhere.",
    "Rounded edges of cells are in the CAD only.",
    "The ± of a temperature is the error of its mesh and the scatter of the coolant's film. What the data are uncertain by, the cells' "
    "resistance and conductivity above all, is not in it.",
)


def left_out(loaded: LoadedDesign) -> tuple[str, ...]:
    """Sentences on what the model of this design leaves out."""
    arrangement = loaded.design.arrangement
    sentences = [*_ALWAYS]
    if loaded.design.busbars.contact_uOhm == 0:
        sentences.append("Welds and joints between busbars and terminals have no resistance: busbars.contact_uOhm is not given.")
    bar = loaded.materials[loaded.design.busbars.material]
    if bar.alpha_per_K is None:
        sentences.append(
            f"The busbars' resistivity is that at 20 degC however warm they get: no alpha_per_K of {bar.id} is known; copper and aluminium gain "
            "0.4 % a kelvin."
        )
    if bar.k_W_mK.table:
        sentences.append("Busbars conduct heat as at 25 degC: their bodies are solved with one conductivity.")
    if any(material.melting is not None for material in loaded.materials.values()):
        sentences.append(
            "What melts takes up its latent heat evenly from solidus to liquidus and gives it back the same way: it is not supercooled, the melt "
            "stays where it is and does not convect, and it keeps the solid's density."
        )
    if any(part.meshed for part in loaded.design.parts):
        sentences.append(
            "Parts from STEP files conduct to what their flat faces touch, within 0.05 mm; where they touch curved faces, tray or bolts they do "
            "not. Their other faces see the enclosure across air, or no heat crosses to the part that they look at."
        )
    if isinstance(arrangement, CylinderGrid):
        if arrangement.potting is None and arrangement.rows * arrangement.cells_per_row > 1:
            sentences.append("No heat crosses the air between two cells: there is no potting.")
        if isinstance(loaded.design.cold_plate, RibbonPlate):
            sentences.append("The tanks of the ribbons are not meshed: the coolant in them neither gains nor loses heat.")
        sentences.append(
            "A round cell conducts alike in every direction across its axis, as slowly as across its winding: cooled on one side it comes out a "
            "little too warm. Its bead, rim and button are in the CAD only."
        )
        return (*sentences, *_of_plate(loaded))
    sentences += _of_structure(arrangement)
    plate = loaded.design.cold_plate
    filled = (arrangement.row_filler is not None and "rows" in arrangement.row_filler.at) or (
        isinstance(plate, ColdPlate) and plate.position == "between" and plate.every_cells is None
    )
    if arrangement.rows > 1 and arrangement.between_rows_mm > 0 and not filled:
        sentences.append("No heat crosses the air between two rows of cells.")
    if arrangement.module_count() > 1:
        sentences.append("No heat crosses the air between two modules.")
    if arrangement.fins is not None:
        sentences.append(
            "Fins, pads and cells touch perfectly; the air under cells that stand beside a fin's foot carries no heat."
        )
    if arrangement.gap_material is None and arrangement.between_cells_mm > 0 and max(arrangement.row_counts()) > 1:
        sentences.append("No heat crosses the air between two cells of a row: the gap has no material.")
    return (*sentences, *_of_plate(loaded))


def _of_structure(arrangement: Rows) -> list[str]:
    """What is left out of end plates, side plates and straps."""
    sentences = []
    if arrangement.end_plate_mm > 0 and arrangement.end_pad is None:
        sentences.append("End plates touch their end cells perfectly: there is no end_pad.")
    bare = [key for key in ("side_plates", "straps") if getattr(arrangement, key) is not None]
    if bare and arrangement.side_lining is None:
        sentences.append(f"The cells touch their {bare[0].replace('_', ' ')} perfectly: there is no side_lining.")
    if arrangement.side_plates is not None and arrangement.side_plates.joint == "bolted":
        sentences.append("Bolts of side plates, and their holes, carry no heat of their own: the metal is meshed as if whole.")
    if arrangement.straps is not None:
        sentences.append("Straps are meshed with sharp bends.")
    return sentences


def _of_plate(loaded: LoadedDesign) -> tuple[str, ...]:
    if loaded.design.cold_plate is None:
        return ()
    plate = loaded.design.cold_plate
    sentences = ["The hoses behind the fittings of the cold plate are not in its pressure drop."]
    if isinstance(plate, ColdPlate) and plate.made_as == "stamped":
        sentences.append(
            "A stamped channel is solved with its mean width all over its depth: the draft and the bends of its walls are in the CAD only."
        )
    cases = loaded.design.cases.values()
    if isinstance(plate, ColdPlate) and plate.fidelity == "cfd" and any(isinstance(case, TransientCase) for case in cases):
        sentences.append("Cases over time are solved with the coolant's network alone: fidelity: cfd is of steady ones.")
    if plate.pump is not None and any(isinstance(case, TransientCase) for case in cases):
        sentences.append(
            "In cases over time the pump gives the flow that it has with coolant at cold_plate.inlet_degC: it does not follow coolant that gets "
            "colder or warmer."
        )
    if isinstance(plate, ColdPlate) and plate.position == "between":
        sentences.append("The tanks of the upright plates are not meshed: only the plates' ends give their coolant heat.")
    return tuple(sentences)
