"""Which figures a run used and how sure each is: the cell's, the materials' and the coolants' that the design names."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.catalogue.electrical import entropic, open_circuit
from packtool.catalogue.records import Cell, Coolant, Figure, Material, ResistanceTable
from packtool.design.loaded import LoadedDesign
from packtool.report.quantity import number, pretty_unit
from packtool.report.records import UsedFigure

CELL_FIGURES = {
    "capacity_Ah": ("capacity", "Ah"),
    "v_nom": ("nominal voltage", "V"),
    "v_min": ("lowest voltage", "V"),
    "v_max": ("highest voltage", "V"),
    "width_mm": ("width", "mm"),
    "thickness_mm": ("thickness", "mm"),
    "height_mm": ("height", "mm"),
    "diameter_mm": ("diameter", "mm"),
    "mass_kg": ("mass", "kg"),
    "cp_J_kgK": ("specific heat capacity", "J_kgK"),
    "k_in_plane_W_mK": ("conductivity in plane", "W_mK"),
    "k_through_W_mK": ("conductivity through plane", "W_mK"),
    "k_axial_W_mK": ("conductivity axial", "W_mK"),
    "k_radial_W_mK": ("conductivity radial", "W_mK"),
    "max_charge_A": ("largest charge current", "A"),
    "max_discharge_A": ("largest discharge current", "A"),
    "charge_min_degC": ("lowest charging temperature", "degC"),
    "charge_max_degC": ("highest charging temperature", "degC"),
    "discharge_min_degC": ("lowest discharging temperature", "degC"),
    "discharge_max_degC": ("highest discharging temperature", "degC"),
}
"""Figures of a cell that a stage or a rule reads -> (words, unit). The ac resistance is not among them: heat follows the dc resistance."""

MATERIAL_FIGURES = {
    "rho_kg_m3": ("density", "kg_m3"),
    "k_W_mK": ("conductivity", "W_mK"),
    "cp_J_kgK": ("specific heat capacity", "J_kgK"),
    "resistivity_ohm_m": ("resistivity at 20 °C", "ohm_m"),
    "alpha_per_K": ("temperature coefficient of resistivity", "per_K"),
    "emissivity": ("emissivity", "-"),
}


def _figures(of: str, record: Cell | Material, named: dict[str, tuple[str, str]]) -> Iterable[UsedFigure]:
    for field, (words, unit) in named.items():
        figure: Figure | None = getattr(record, field)
        if figure is not None:
            value, note = number(figure.value), figure.note
            if figure.table:
                value = _span(figure.by_temperature)
                over = f"by temperature, {_span(figure.temperature_degC)} °C"
                note = f"{over}; {note}" if note else over
            yield UsedFigure(of, words, value, pretty_unit(unit), figure.standing, figure.sources, note)


def _span(values: tuple[float, ...]) -> str:
    """``0.6`` or ``0.4 to 2.1``."""
    low, high = min(values), max(values)
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _resistance(cell: Cell, table: ResistanceTable) -> UsedFigure:
    note = f"{len(table.temperature_degC)} points, {_span(table.temperature_degC)} °C"
    note = f"{note}; {table.note}" if table.note else note
    return UsedFigure(
        cell.name, "dc resistance", _span(table.resistance_mOhm), pretty_unit("mOhm"), table.standing, table.sources, note
    )


def _melting(material: Material) -> Iterable[UsedFigure]:
    melting = material.melting
    if melting is not None:
        note = f"taken up evenly from {number(melting.solidus_degC)} to {number(melting.liquidus_degC)} °C"
        note = f"{note}; {melting.note}" if melting.note else note
        latent = number(melting.latent_kJ_kg)
        yield UsedFigure(material.id, "latent heat", latent, "kJ/kg", melting.standing, melting.sources, note)


def _coolant(coolant: Coolant) -> UsedFigure:
    low, high = coolant.range_degC
    note = f"density, heat capacity, conductivity and viscosity at {len(coolant.table)} temperatures"
    note = f"{note}; {coolant.note}" if coolant.note else note
    return UsedFigure(coolant.id, "properties", _span((low, high)), pretty_unit("degC"), coolant.standing, coolant.sources, note)


def figures_used(loaded: LoadedDesign) -> tuple[UsedFigure, ...]:
    """Every figure of the design's cell, materials and coolants that is known, in that order, with its standing and sources."""
    used = list(_figures(loaded.cell.name, loaded.cell, CELL_FIGURES))
    if loaded.cell.resistance_dc is not None:
        used.append(_resistance(loaded.cell, loaded.cell.resistance_dc))
    if loaded.demands:
        curves = (("open-circuit voltage", "V", open_circuit(loaded.cell)), ("entropic coefficient", "mV/K", entropic(loaded.cell)))
        for words, unit_words, curve in curves:
            note = f"{len(curve.soc)} points over SOC" + (f"; {curve.note}" if curve.note else "")
            span = _span(curve.value)
            used.append(UsedFigure(loaded.cell.name, words, span, unit_words, curve.standing, curve.sources, note))
    for material in loaded.materials.values():
        used += [*_figures(material.id, material, MATERIAL_FIGURES), *_melting(material)]
    used += [_coolant(coolant) for coolant in loaded.coolants.values()]
    return tuple(used)


def standing_line(figures: Iterable[UsedFigure]) -> str:
    """One sentence on how many figures are sure, for the terminal and the report's top."""
    listed = list(figures)
    unsure = [figure for figure in listed if not figure.is_sure]
    if not unsure:
        return f"All {len(listed)} figures are measured, from a datasheet or given in the design."
    kinds: dict[str, int] = {}
    for figure in unsure:
        kinds[figure.standing] = kinds.get(figure.standing, 0) + 1
    listing = ", ".join(f"{n} {standing}" for standing, n in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    return f"{len(unsure)} of {len(listed)} figures are neither measured, from a datasheet nor given in the design ({listing})."
