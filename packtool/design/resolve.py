"""What single keys cannot tell: whether they agree with each other and with the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packtool.catalogue import load as catalogue
from packtool.catalogue.properties import SINGLE_ROW_REACH_K
from packtool.catalogue.records import Cell, Coolant, Material
from packtool.design.calibration_file import calibration_of
from packtool.design.cell import complain_of_missing_figures, complain_of_voltages, resolve_cell
from packtool.design.cell_count import check_overrides, check_sensors, count_cells
from packtool.design.cell_tables import complain_of_ocv
from packtool.design.document import Document, KeyPath
from packtool.design.heaters import check_heaters
from packtool.design.loaded import StepFile
from packtool.design.own_materials import own_materials, refuse_melting, refuse_starts
from packtool.design.patterns import CYLINDER_PATTERNS
from packtool.design.schema.calibration import PlateCalibration
from packtool.design.step_files import step_files
from packtool.design.suggest import did_you_mean
from packtool.design.values import Values
from packtool.design.wording import range_words

MATERIAL_KEYS: tuple[KeyPath, ...] = (
    ("arrangement", "gap_material"),
    ("arrangement", "end_plate_material"),
    ("arrangement", "holder", "material"),
    ("arrangement", "potting", "material"),
    ("arrangement", "barrier", "material"),
    ("arrangement", "fins", "material"),
    ("arrangement", "end_pad", "material"),
    ("arrangement", "side_lining", "material"),
    ("arrangement", "side_plates", "material"),
    ("arrangement", "side_plates", "bolt_material"),
    ("arrangement", "straps", "material"),
    ("arrangement", "row_filler", "material"),
    ("interface", "material"),
    ("cold_plate", "material"),
    ("busbars", "material"),
    ("enclosure", "material"),
    ("enclosure", "lid_material"),
    ("enclosure", "bolt_material"),
    ("enclosure", "seal", "material"),
    ("enclosure", "cross_members", "material"),
    ("enclosure", "vents", "plug", "material"),
    ("enclosure", "hose_fitting", "material"),
)
"""Keys that name a solid of the catalogue."""
LISTED_MATERIAL_KEYS: tuple[tuple[KeyPath, KeyPath], ...] = (
    (("enclosure", "cutouts"), ("fixture", "material")),
    (("parts",), ("material",)),
)
"""The same in every entry of a list: the list, and the key in an entry."""


@dataclass(frozen=True)
class Resolved:
    """What the design refers to; ``cell`` is None only where a complaint says why."""

    cell: Cell | None
    materials: Mapping[str, Material]
    coolants: Mapping[str, Coolant]
    step_files: tuple[StepFile, ...]
    calibration: PlateCalibration | None


def resolve(data: Any, document: Document, folder: Path) -> Resolved:
    """Look up what the design names, and add to ``document`` every complaint about keys that do not go together.

    ``data``: the design with defaults, valid or not; keys with a complaint are left out of the checks. ``folder``: the design's.
    """
    values = Values(data, document.wrong)
    check_overrides(values, document)
    check_sensors(values, document)
    check_heaters(values, document)
    count_cells(values, document)
    _check_busbars(values, document)
    _check_plate_type(values, document)
    reference = values.at("cell")
    cell = resolve_cell(reference, document, folder)
    if cell is not None:
        complain_of_missing_figures(cell, reference, values.at("arrangement", "pattern"), document)
        complain_of_voltages(cell, document)
        complain_of_ocv(cell, reference, document)
    listed = [(*path, index, *key) for path, key in LISTED_MATERIAL_KEYS for index in range(len(values.at(*path) or ()))]
    heaters: list[KeyPath] = [("heaters", name, "material") for name in values.at("heaters") or {}]
    own = own_materials(values, document, folder)
    named = _look_up("material", [*MATERIAL_KEYS, *listed, *heaters], {**catalogue.materials(), **own}, values, document)
    refuse_melting(named, document)
    materials = {material.id: material for material in named.values()}
    refuse_starts([*materials.values(), *([cell] if cell is not None else [])], values, document)
    flowing = _look_up("coolant", [("cold_plate", "coolant")], catalogue.coolants(), values, document)
    coolants = {coolant.id: coolant for coolant in flowing.values()}
    busbar = values.at("busbars", "material")
    if busbar in materials and materials[busbar].resistivity_ohm_m is None:
        known = {**catalogue.materials(), **own}
        conductors = [name for name, material in known.items() if material.resistivity_ohm_m is not None]
        document.complain(
            ("busbars", "material"), f"the resistivity of {busbar} is unknown; it is known for {', '.join(conductors)}"
        )
    inlet, coolant = values.at("cold_plate", "inlet_degC"), values.at("cold_plate", "coolant")
    if inlet is not None and coolant in coolants:
        _check_inlet(inlet, coolants[coolant], ("cold_plate", "inlet_degC"), document)
    _check_schedules(values, coolants, document)
    _check_ways_out(values, document)
    calibration = calibration_of(values, document, folder)
    return Resolved(cell, materials, coolants, step_files(values, document, folder), calibration)


def _check_busbars(values: Values, document: Document) -> None:
    """Bars along rows have a width; plates on cylindrical cells are as wide as their groups."""
    pattern, width = values.at("arrangement", "pattern"), values.at("busbars", "width_mm")
    if values.at("busbars") is None or ("busbars", "width_mm") in document.wrong:
        return
    if pattern in CYLINDER_PATTERNS and width is not None:
        document.complain(
            ("busbars", "width_mm"),
            f"leave it out: with pattern: {pattern} the busbars are plates as wide as the groups that they join",
        )
    elif pattern == "rows" and width is None:
        about = range_words({"exclusiveMinimum": 0, "maximum": 20_000}, "mm")
        document.complain(("busbars", "width_mm"), f"missing: width of a bar (a number {about})")


def _check_plate_type(values: Values, document: Document) -> None:
    """Ribbons stand at the sides of round cells; what lies over or between cells is for flat ones."""
    pattern = values.at("arrangement", "pattern")
    if values.at("cold_plate", "type") == "ribbon" and pattern is not None and pattern not in CYLINDER_PATTERNS:
        document.complain(
            ("cold_plate", "type"),
            f"ribbon is for {' and '.join(CYLINDER_PATTERNS)} patterns of cylindrical cells, not for {pattern}",
        )
    position = values.at("cold_plate", "position")
    if position is not None and position != "bottom" and pattern in CYLINDER_PATTERNS:
        document.complain(
            ("cold_plate", "position"),
            f"upright cylindrical cells have their terminals and busbars on top: with pattern: {pattern} the plate is position: bottom, or"
            " type: ribbon between the rows",
        )


def _check_schedules(values: Values, coolants: Mapping[str, Coolant], document: Document) -> None:
    """A coolant's schedule has a plate to flow through, and stays within what is known of the coolant."""
    name = values.at("cold_plate", "coolant")
    for case, given in (values.at("cases") or {}).items():
        schedule = given.get("coolant") if isinstance(given, Mapping) else None
        if not isinstance(schedule, Mapping):
            continue
        path = ("cases", case, "coolant")
        if values.at("cold_plate") is None and ("cold_plate",) not in document.wrong:
            document.complain(path, "there is no cold_plate that coolant could flow through")
        inlets = schedule.get("inlet_degC")
        for index, inlet in enumerate(inlets if isinstance(inlets, list | tuple) else ()):
            if name in coolants and isinstance(inlet, int | float) and (*path, "inlet_degC", index) not in document.wrong:
                _check_inlet(inlet, coolants[name], (*path, "inlet_degC", index), document)


def _check_ways_out(values: Values, document: Document) -> None:
    """A lasting load has a temperature only where something takes its heat away."""
    closed = values.at("ambient", "natural_convection_W_m2K") == 0 and values.at("ambient", "emissivity") == 0
    if not closed or values.at("cold_plate") is not None or ("cold_plate",) in document.wrong:
        return
    for case, given in (values.at("cases") or {}).items():
        if isinstance(given, Mapping) and given.get("kind") == "steady":
            document.complain(
                ("cases", case, "kind"),
                "steady: nothing takes the heat away, so there is no temperature that it leads to: give the design a cold_plate, or ambient a "
                "natural_convection_W_m2K or emissivity above 0; or solve it over time (kind: transient)",
            )


def _look_up[Record](
    kind: str, paths: Iterable[KeyPath], known: Mapping[str, Record], values: Values, document: Document
) -> dict[KeyPath, Record]:
    """The records that the keys at ``paths`` name, by those keys."""
    found = {}
    described = values.at(f"{kind}s") or ()  # of those that are not known something is wrong, and it is said there
    for path in paths:
        name = values.at(*path)
        if isinstance(name, str) and name in known:
            found[path] = known[name]
        elif isinstance(name, str) and name not in described:
            document.complain(
                path,
                f"no {kind} {name!r} in the catalogue{did_you_mean(name, [*known, *described])} (`packtool {kind}s` lists them)",
            )
    return found


def _check_inlet(inlet: float, coolant: Coolant, path: KeyPath, document: Document) -> None:
    low, high = coolant.range_degC
    if len(coolant.table) == 1:
        low, high = low - SINGLE_ROW_REACH_K, high + SINGLE_ROW_REACH_K
    if not low <= inlet <= high:
        document.complain(path, f"{coolant.id} is known from {low:g} to {high:g} degC, got {inlet:g} degC (`packtool coolants`)")
