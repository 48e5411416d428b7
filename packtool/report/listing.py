"""The catalogue as text: tables of cells, materials and coolants within 80 columns, and a card for one of them.

Tables round to what a column holds; cards and ``as_json`` give every digit of the catalogue.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from packtool.catalogue.duties import Duty
from packtool.catalogue.records import Cell, Coolant, Figure, Material, ResistanceTable, SocTable, Source
from packtool.catalogue.units import figure_fields, label, unit

WIDTH = 80
UNKNOWN = "unknown"
_NONE = "-"
_CELL_HEAD = ("id", "format", "chemistry", "Ah", "V", "size mm", "kg", "dc R")
_CELL_WIDTHS = (14, 11, 8, 6, 4, 17, 6, 7)
_CELL_FOOT = "dc R: mOhm near 25 degC; ~ derived or estimated, not a measured value"
_MATERIAL_HEAD = ("id", "rho kg/m3", "k W/m/K", "cp J/kg/K", "ohm m", "weakest standing")
_MATERIAL_WIDTHS = (23, 9, 7, 9, 9, 18)
_COOLANT_HEAD = ("id", "degC", "at degC", "rho", "cp", "k", "mu mPa s", "standing")
_COOLANT_WIDTHS = (16, 10, 7, 6, 6, 6, 8, 10)
_DUTY_HEAD = ("id", "s", "km", "at most", "for")
_DUTY_WIDTHS = (17, 6, 7, 11, 35)
_DUTY_UNITS = {"speed_km_h": "km/h", "p_rate": "P", "c_rate": "C"}
_DUTY_FOOT = (
    "P: power in multiples of the nominal energy an hour; C: current in multiples of the capacity. Your own: duty: {csv: FILE.csv}, "
    "or a table in the design"
)
_STATE_UNITS = {"T_degC": "degC", "rho": "kg/m3", "cp": "J/kg/K", "k": "W/m/K", "mu": "Pa s"}
_TRUST = ("measured", "datasheet", "given", "catalogue", "derived", "literature default", "remembered")  # strongest first
_BY_FORMAT = {
    "diameter_mm": {"cylindrical"},
    "k_axial_W_mK": {"cylindrical"},
    "k_radial_W_mK": {"cylindrical"},
    "width_mm": {"prismatic", "pouch"},
    "thickness_mm": {"prismatic", "pouch"},
    "tab_width_mm": {"pouch"},
    "tab_length_mm": {"pouch"},
    "tab_thickness_mm": {"pouch"},
    "k_in_plane_W_mK": {"prismatic", "pouch"},
    "k_through_W_mK": {"prismatic", "pouch"},
}
"""Figures that only some formats have: a cylindrical cell's width is not unknown, there is none."""


def cell_table(cells: Mapping[str, Cell]) -> str:
    """One line a cell and a line that explains ``dc R``: mOhm at the point nearest 25 degC, ``~`` unless measured, the maker's or given."""
    rows = [
        (
            cell.id,
            cell.format,
            cell.chemistry.partition("/")[0] or _NONE,
            _short(cell.capacity_Ah),
            _short(cell.v_nom, 3),
            _size(cell),
            _short(cell.mass_kg, 3),
            _resistance_at_25(cell.resistance_dc),
        )
        for cell in cells.values()
    ]
    return _table(_CELL_HEAD, _CELL_WIDTHS, rows, right=(3, 4, 6, 7)) + "\n" + _CELL_FOOT


def material_table(materials: Mapping[str, Material]) -> str:
    """One line a solid, with the weakest standing among its figures."""
    rows = [
        (
            m.id,
            _short(m.rho_kg_m3),
            _short(m.k_W_mK),
            _short(m.cp_J_kgK),
            f"{m.resistivity_ohm_m.value:.2e}" if m.resistivity_ohm_m else _NONE,
            max((f.standing for f in (m.rho_kg_m3, m.k_W_mK, m.cp_J_kgK)), key=_TRUST.index),
        )
        for m in materials.values()
    ]
    return _table(_MATERIAL_HEAD, _MATERIAL_WIDTHS, rows, right=(1, 2, 3, 4))


def coolant_table(coolants: Mapping[str, Coolant]) -> str:
    """One line a coolant: its range, and its properties at the row nearest 25 degC (rho kg/m3, cp J/kg/K, k W/m/K)."""
    rows = []
    for coolant in coolants.values():
        low, high = coolant.range_degC
        row = min(coolant.table, key=lambda r: abs(r.T_degC - 25.0))
        span = f"{low:g}..{high:g}" if high > low else f"{low:g}"
        values = (f"{row.rho:.4g}", f"{row.cp:.4g}", f"{row.k:.3g}", f"{row.mu * 1e3:.3g}")
        rows.append((coolant.id, span, f"{row.T_degC:g}", *values, coolant.standing))
    return _table(_COOLANT_HEAD, _COOLANT_WIDTHS, rows, right=(1, 2, 3, 4, 5, 6))


def cell_card(cell: Cell, sources: Mapping[str, Source]) -> str:
    """Everything the catalogue knows of ``cell``: each figure with unit, standing, sources and note, the unknown ones named."""
    head = [("maker", cell.maker or UNKNOWN), ("format", cell.format), ("chemistry", cell.chemistry or UNKNOWN)]
    head += [("case", cell.case)] if cell.case else []
    head += [("terminals", cell.terminals.replace("_", " "))] if cell.terminals else []
    head += [("confidence", cell.confidence)] if cell.confidence else []
    lines = [f"{cell.id}  {cell.name}", *(f"  {key:<16}{value}" for key, value in head), ""]
    for field in figure_fields(Cell):
        if cell.format in _BY_FORMAT.get(field, {cell.format}):
            lines += _figure_lines(field, getattr(cell, field))
        if field == "resistance_ac_mOhm":
            lines += _resistance_lines(cell.resistance_dc)
            lines += _soc_lines("open circuit", "V", cell.ocv_V) + _soc_lines("entropy", "mV/K", cell.entropy_mV_K)
    return _card(lines, cell.note, cell.sources, sources)


def material_card(material: Material, sources: Mapping[str, Source]) -> str:
    """Everything the catalogue knows of ``material``, as ``cell_card``."""
    lines = [material.id, ""]
    figures = [(field, getattr(material, field)) for field in figure_fields(Material)]
    for field, figure in figures:
        lines += _figure_lines(field, figure)
    if material.thickness_range_mm is not None:
        low, high = material.thickness_range_mm
        lines.append(f"  {'thickness range':<16}{low:g} to {high:g} mm")
    melting = material.melting
    if melting is not None:
        span = f"{melting.solidus_degC:g} to {melting.liquidus_degC:g} degC"
        lines.append(f"  {'melts':<16}{span:<16}[{melting.standing}{_named(melting.sources)}]")
        lines.append(f"  {'latent heat':<16}{melting.latent_kJ_kg:g} kJ/kg")
    named = dict.fromkeys(source for _, figure in figures if figure is not None for source in figure.sources)
    named |= dict.fromkeys(melting.sources if melting is not None else ())
    return _card(lines, material.note, tuple(named), sources)


def coolant_card(coolant: Coolant, sources: Mapping[str, Source]) -> str:
    """The whole table of ``coolant`` with units, standing, note and sources."""
    heads = [f"{name.removesuffix('_degC')} {text}" for name, text in _STATE_UNITS.items()]
    lines = [f"{coolant.id}  [{coolant.standing}{_named(coolant.sources)}]", "", "  " + "".join(f"{head:>13}" for head in heads)]
    for row in coolant.table:
        lines.append("  " + "".join(f"{getattr(row, name):>13.5g}" for name in _STATE_UNITS))
    return _card(lines, coolant.note, coolant.sources, sources)


def duty_table(duties: Mapping[str, Duty]) -> str:
    """One line a duty: how long, how far, how fast, what for."""
    rows = [
        (
            duty.id,
            f"{duty.duration_s:.0f}",
            _NONE if duty.distance_km is None else f"{duty.distance_km:.3f}",
            f"{duty.largest:g} {_DUTY_UNITS[duty.quantity]}",
            duty.used_for,
        )
        for duty in duties.values()
    ]
    return _table(_DUTY_HEAD, _DUTY_WIDTHS, rows, right=(1, 2, 3)) + "\n" + "\n".join(_wrapped(_DUTY_FOOT, 0))


def duty_card(duty: Duty, sources: Mapping[str, Source]) -> str:
    """Everything of ``duty``, with each of its phases, or its samples."""
    unit_words = _DUTY_UNITS[duty.quantity]
    lines = [f"{duty.id}  {duty.name}  [{duty.standing}{_named(duty.sources)}]", "", *_wrapped(duty.used_for, 2)]
    lines += [f"  {'lasts':<16}{duty.duration_s:g} s", f"  {'at most':<16}{duty.largest:g} {unit_words}"]
    if duty.distance_km is not None:
        mean = duty.distance_km / duty.duration_s * 3600
        lines += [f"  {'distance':<16}{duty.distance_km:.4g} km", f"  {'mean':<16}{mean:.4g} {unit_words}"]
    lines += [f"  {'licence':<16}{duty.licence}", ""]
    if duty.every_s is not None:
        lines += [f"  every {duty.every_s:g} s [{unit_words}]", *_wrapped(", ".join(f"{value:g}" for value in duty.samples), 2)]
    else:
        lines += [f"  {'s':>8}{'from':>10}{'to':>10}  [{unit_words}]"]
        lines += [f"  {seconds:>8g}{start:>10g}{end:>10g}" for seconds, start, end in duty.phases]
    return _card(lines, duty.note, duty.sources, sources)


def as_json(record: Cell | Material | Coolant | Source | Duty) -> dict[str, Any]:
    """``record`` as JSON data: every field in the record's order, null where unknown; the caller adds the ``$schema``."""
    return record.model_dump(mode="json", by_alias=True)


def _table(head: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]], right: Sequence[int]) -> str:
    lines = []
    for row in (head, *rows):
        cut = (text if len(text) <= width else text[: width - 1] + "…" for text, width in zip(row, widths, strict=True))
        padded = (f"{t:>{w}}" if i in right else f"{t:<{w}}" for i, (t, w) in enumerate(zip(cut, widths, strict=True)))
        lines.append(" ".join(padded).rstrip())
    return "\n".join(lines)


def _short(figure: Figure | None, digits: int = 4) -> str:
    return _NONE if figure is None else f"{figure.value:.{digits}g}"


def _size(cell: Cell) -> str:
    sides = (
        (cell.diameter_mm, cell.height_mm) if cell.format == "cylindrical" else (cell.width_mm, cell.thickness_mm, cell.height_mm)
    )
    if all(side is None for side in sides):
        return _NONE
    text = "x".join("?" if side is None else f"{side.value:.4g}" for side in sides)
    return f"d{text}" if cell.format == "cylindrical" else text


def _resistance_at_25(table: ResistanceTable | None) -> str:
    if table is None:
        return _NONE
    _, mOhm = min(zip(table.temperature_degC, table.resistance_mOhm, strict=True), key=lambda point: abs(point[0] - 25.0))
    return ("" if table.standing in ("measured", "datasheet", "given") else "~") + f"{mOhm:.3g}"


def _figure_lines(field: str, figure: Figure | None) -> list[str]:
    if figure is None:
        return [f"  {label(field):<16}{UNKNOWN}"]
    value = f"{figure.value:.6g} {unit(field)}".rstrip()
    if figure.table:
        lines = [
            f"  {label(field) if i == 0 else '':<16}{f'{one:.6g} {unit(field)}':<16}at {degC:g} degC"
            for i, (degC, one) in enumerate(zip(figure.temperature_degC, figure.by_temperature, strict=True))
        ]
        lines[0] += f"  [{figure.standing}{_named(figure.sources)}]"
        return [*lines, *_wrapped(figure.note, 34)]
    return [f"  {label(field):<16}{value:<16}[{figure.standing}{_named(figure.sources)}]", *_wrapped(figure.note, 34)]


def _resistance_lines(table: ResistanceTable | None) -> list[str]:
    if table is None:
        return [f"  {'resistance dc':<16}{UNKNOWN}"]
    points = list(zip(table.temperature_degC, table.resistance_mOhm, strict=True))
    lines = [
        f"  {'resistance dc' if i == 0 else '':<16}{f'{mOhm:.6g} mOhm':<16}at {degC:g} degC"
        for i, (degC, mOhm) in enumerate(points)
    ]
    lines[0] += f"  [{table.standing}{_named(table.sources)}]"
    return [*lines, *_wrapped(table.note, 34)]


def _soc_lines(words: str, unit_words: str, table: SocTable | None) -> list[str]:
    if table is None:
        return [f"  {words:<16}{UNKNOWN}"]
    lines = [
        f"  {words if i == 0 else '':<16}{f'{value:.6g} {unit_words}':<16}at SOC {soc:g}"
        for i, (soc, value) in enumerate(zip(table.soc, table.value, strict=True))
    ]
    lines[0] += f"  [{table.standing}{_named(table.sources)}]"
    return [*lines, *_wrapped(table.note, 34)]


def _named(sources: Sequence[str]) -> str:
    return f"; {', '.join(sources)}" if sources else ""


def _wrapped(text: str, indent: int) -> list[str]:
    space = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=space, subsequent_indent=space, break_on_hyphens=False)


def _card(lines: list[str], note: str, named: Sequence[str], sources: Mapping[str, Source]) -> str:
    if note:
        lines += ["", *_wrapped(note, 2)]
    if named:
        lines += ["", "  sources"]
        for source in named:
            known = sources.get(source)
            lines += textwrap.wrap(
                f"{source}: {known.what if known else 'the file of that name'}",
                WIDTH,
                initial_indent="    ",
                subsequent_indent="      ",
                break_on_hyphens=False,
            )
            lines += [f"      {known.url}"] if known and known.url else []
    return "\n".join(line.rstrip() for line in lines)
