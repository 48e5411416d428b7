"""The materials that a design describes itself, as records of the catalogue's kind; and where those that melt may be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from packtool.catalogue import load as catalogue
from packtool.catalogue.records import Cell, Figure, Material, Melting
from packtool.catalogue.units import figure_fields
from packtool.design.document import Document, KeyPath
from packtool.design.suggest import did_you_mean
from packtool.design.temperature_tables import COLUMNS, given_figure
from packtool.design.values import Values

NEEDED = ("rho_kg_m3", "k_W_mK", "cp_J_kgK")
PLAIN = ("rho_kg_m3", "resistivity_ohm_m", "alpha_per_K", "emissivity")
MAY_MELT: tuple[KeyPath, ...] = (
    ("arrangement", "gap_material"),
    ("arrangement", "barrier", "material"),
    ("arrangement", "end_pad", "material"),
    ("arrangement", "side_lining", "material"),
    ("arrangement", "row_filler", "material"),
    ("arrangement", "potting", "material"),
    ("interface", "material"),
)
"""Keys whose material may melt: what lies between parts that hold it."""


def own_materials(values: Values, document: Document, folder: Path) -> dict[str, Material]:
    """The materials under ``materials``; what is wrong with one is added to ``document``, and it is left out."""
    found = {}
    given = values.at("materials")
    for name in given if isinstance(given, Mapping) else ():
        path: KeyPath = ("materials", name)
        own = values.at(*path)
        if not isinstance(own, Mapping):
            continue
        if name in catalogue.materials():
            document.complain(path, f"{name} is in the catalogue: give yours another name (like: {name} starts from its figures)")
            continue
        made = _material(name, {key: value for key, value in own.items() if value is not None}, path, document, folder)
        if made is not None:
            found[name] = made
    return found


def _material(name: str, own: Mapping[str, Any], path: KeyPath, document: Document, folder: Path) -> Material | None:
    if any(wrong[:2] == path for wrong in document.wrong):
        return None
    base: Material | None = None
    if "like" in own:
        known = catalogue.materials()
        if own["like"] not in known:
            hint = did_you_mean(own["like"], known)
            document.complain(
                (*path, "like"), f"no material {own['like']!r} in the catalogue{hint} (`packtool materials` lists them)"
            )
            return None
        base = known[own["like"]]
    note = own.get("source", "")
    figures: dict[str, Any] = {key: Figure(value=own[key], standing="given", note=note) for key in PLAIN if key in own}
    melting = base.melting if base is not None else None
    if "melting" in own:
        melting = Melting(**own["melting"], standing="given", note=note)
    for key in ("k_W_mK", "cp_J_kgK"):
        if key in own:
            figure = _over_phases(own[key], melting, (*path, key), document, folder, note)
            if figure is not None:
                figures[key] = figure
    for key in NEEDED:
        if key not in figures and base is None and not any(wrong[:3] == (*path, key) for wrong in document.wrong):
            document.complain((*path, key), "missing: a material of your own needs it (or like: a material of the catalogue)")
    if base is not None and "melting" in own:
        for key in ("k_W_mK", "cp_J_kgK"):
            if key not in figures and getattr(base, key).table:
                document.complain((*path, "melting"), f"{base.id} has a table over temperature: give {key} of what melts as well")
    if any(wrong[:2] == path for wrong in document.wrong):
        return None
    if base is None:
        return Material(id=name, melting=melting, note=note, **figures)
    return base.model_copy(update={"id": name, "melting": melting, "note": note or f"like {base.id}", **figures})


def _over_phases(value: Any, melting: Melting | None, path: KeyPath, document: Document, folder: Path, note: str) -> Figure | None:
    """The figure; of what melts a table from solidus to liquidus, where its two values differ."""
    if isinstance(value, Mapping):
        column = COLUMNS[str(path[-1]).partition("_")[0]][0]
        solid, liquid = value.get(f"solid_{column}"), value.get(f"liquid_{column}")
        if solid is not None and liquid is not None:
            if melting is not None:
                return Figure.of_phases(melting, solid, liquid, "given", note)
            document.complain(path, "solid and liquid are of a material that melts: give melting: {solidus_degC: ..., ...}")
            return None
        if melting is not None:
            document.complain(
                path, f"a material that melts has one number, or solid_{column} and liquid_{column}, and no table over temperature"
            )
            return None
    return given_figure(value, path, document, folder, note)


def refuse_melting(paths: Mapping[KeyPath, Material], document: Document) -> None:
    """Complain of materials that melt where something has to hold its shape; ``paths``: the keys that name a material, with it."""
    for path, material in paths.items():
        if material.melting is not None and path not in MAY_MELT:
            places = ", ".join(".".join(map(str, one)) for one in MAY_MELT)
            document.complain(path, f"{material.id} melts at {material.melting.liquidus_degC:g} degC; it can be {places}")


def tables_of(record: Material | Cell) -> list[tuple[str, Figure]]:
    """The figures of a material or a cell that are refused beyond their tables, by name."""
    if isinstance(record, Material) and record.melting is not None:
        return []
    found = [(key, getattr(record, key)) for key in figure_fields(type(record))]
    return [(key, figure) for key, figure in found if figure is not None and figure.table]


def refuse_starts(records: Iterable[Material | Cell], values: Values, document: Document) -> None:
    """Complain of temperatures that a case over time begins at where a material or the cell is not known."""
    ambient = values.at("ambient", "temperature_degC")
    for case, given in (values.at("cases") or {}).items():
        if not isinstance(given, Mapping) or given.get("kind") != "transient":
            continue
        own = given.get("initial_degC")
        start, path = (own, ("cases", case, "initial_degC")) if own is not None else (ambient, ("ambient", "temperature_degC"))
        for record in records:
            for key, figure in tables_of(record):
                first, last = figure.temperature_degC[0], figure.temperature_degC[-1]
                if isinstance(start, int | float) and not first <= start <= last:
                    document.complain(
                        path, f"{key} of {record.id} is known from {first:g} to {last:g} degC; case {case} begins at {start:g} degC"
                    )
