"""The packaged catalogue: cells, materials, coolants and their sources, read from the files of ``data/`` when they are asked for.

A cell is one file, ``data/cells/<id>.yaml``; ``thermal_class`` there names an entry of ``data/thermal_classes.yaml`` that fills in
the thermal figures which the cell itself does not state. In cells and materials a bare number has the standing and the sources
of its entry; so has a figure without a standing; a figure that states its own standing states its own sources too. A figure known by
temperature has ``temperature_degC`` and ``by_temperature`` in the place of ``value``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from packtool.catalogue.records import NOMINAL_DEGC, Cell, Coolant, CoolantState, Figure, Material, Melting, SocTable, Source
from packtool.catalogue.units import figure_fields

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times faster where libyaml is there
_DATA = files("packtool.catalogue") / "data"
_CELL_FIGURES = figure_fields(Cell)
_MATERIAL_FIGURES = figure_fields(Material)
_CELL_TABLES = ("resistance_dc", "ocv_V", "entropy_mV_K")
_COOLANT_COLUMNS = tuple(CoolantState.model_fields)


def cells() -> Mapping[str, Cell]:
    """Every cell by id, in the order of the ids; each is read from its file when it is first asked for."""
    return _cell_files()


@cache
def materials() -> Mapping[str, Material]:
    """Every solid by id, in the order of the file."""
    return {id_: _material(id_, entry) for id_, entry in _read(_DATA / "materials.yaml").items()}


@cache
def coolants() -> Mapping[str, Coolant]:
    """Every coolant by id, in the order of the file."""
    return {id_: _coolant(id_, entry) for id_, entry in _read(_DATA / "coolants.yaml").items()}


@cache
def sources() -> Mapping[str, Source]:
    """Every source by the id that figures name."""
    return {id_: Source(**entry) for id_, entry in _read(_DATA / "sources.yaml").items()}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` most likely means, whatever its case, or None if nothing is near.

    Where none is spelt alike, the first that has the longest word of ``name``: aluminium_6061 means al_6061_t6.
    """
    by_lower = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), by_lower, n=1)
    if found:
        return by_lower[found[0]]
    for word in sorted(_words(name.lower()), key=len, reverse=True):
        for candidate in by_lower:
            if word in _words(candidate):
                return by_lower[candidate]
    return None


def _words(name: str) -> list[str]:
    """Its words of three letters or digits and more."""
    return [word for word in re.split(r"[^a-z0-9]+", name) if len(word) >= 3]


class _CellFiles(Mapping[str, Cell]):
    """The cells of a folder: ids from the file names, records on demand."""

    def __init__(self, folder: Traversable) -> None:
        names = (entry.name for entry in folder.iterdir())
        self._folder = folder
        self._ids = tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))
        self._known = frozenset(self._ids)
        self._read: dict[str, Cell] = {}

    def __getitem__(self, id_: str) -> Cell:
        if id_ not in self._known:
            raise KeyError(id_)
        if id_ not in self._read:
            self._read[id_] = _cell(_read(self._folder / f"{id_}.yaml"))
        return self._read[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@cache
def _cell_files() -> _CellFiles:
    return _CellFiles(_DATA / "cells")


@cache
def _thermal_classes() -> dict[str, Any]:
    return _read(_DATA / "thermal_classes.yaml")


@cache
def electrical_classes() -> Mapping[str, Mapping[str, SocTable]]:
    """By class of chemistry (``LFP``, ``nickel``): the tables that stand in for a cell's own, ``ocv_V`` and ``entropy_mV_K``."""
    return {
        name: {key: SocTable(**table) for key, table in tables.items()}
        for name, tables in _read(_DATA / "electrical_classes.yaml").items()
    }


def _read(file: Traversable) -> dict[str, Any]:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)


def _cell(entry: dict[str, Any]) -> Cell:
    own, thermal_class = _with_figures(entry, _CELL_FIGURES), entry.get("thermal_class")
    own.pop("thermal_class", None)
    if thermal_class is not None:
        for field, figure in _thermal_classes()[thermal_class].items():
            note = f"class {thermal_class}: {figure['note']}"
            own.setdefault(field, {**figure, "standing": "literature default", "note": note})
    named = list(entry["sources"])
    for field in (*_CELL_FIGURES, *_CELL_TABLES):
        named += own.get(field, {}).get("sources", ())
    own["sources"] = tuple(dict.fromkeys(named))
    return Cell(**own)


def _material(id_: str, entry: dict[str, Any]) -> Material:
    own = _with_figures(entry, _MATERIAL_FIGURES)
    own.pop("sources", None)
    if "melting" in own:
        own["melting"] = Melting(**{"standing": entry["standing"], "sources": entry.get("sources", ()), **own["melting"]})
    return Material(id=id_, **own)


def _by_temperature(figure: Mapping[str, Any]) -> dict[str, Any]:
    table = {name: figure[name] for name in ("temperature_degC", "by_temperature")}
    return {**figure, "value": Figure(value=0.0, standing=figure["standing"], **table).at(NOMINAL_DEGC)}


def _coolant(id_: str, entry: dict[str, Any]) -> Coolant:
    rows = tuple(CoolantState(**dict(zip(_COOLANT_COLUMNS, row, strict=True))) for row in entry["table"])
    return Coolant(id=id_, **{**entry, "table": rows})


def _with_figures(entry: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """``entry`` without its ``standing``, with every figure as a mapping that holds its standing and its sources."""
    inherited = {"standing": entry["standing"], "sources": entry.get("sources", ())}
    own = {key: value for key, value in entry.items() if key != "standing"}
    for field in fields:
        if field in own:
            figure = own[field] if isinstance(own[field], dict) else {"value": own[field]}
            figure = figure if "standing" in figure else {**inherited, **figure}
            own[field] = figure if "value" in figure else _by_temperature(figure)
    return own
