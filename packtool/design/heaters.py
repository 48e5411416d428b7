"""Heaters and the cases that switch them: that they are there, and stand where pads can."""

from __future__ import annotations

from collections.abc import Mapping

from packtool.design.document import Document, KeyPath
from packtool.design.patterns import CYLINDER_PATTERNS
from packtool.design.suggest import did_you_mean
from packtool.design.values import Values

BESIDE = ("side_lining", "side_plates", "straps", "row_filler")
"""Keys of an arrangement that put something on the sides of its rows."""


def check_heaters(values: Values, document: Document) -> None:
    """Complain of heaters in one place, where no pad can lie, with sensors that there are none of; of cases with heaters that there are not."""
    heaters = {name: given for name, given in (values.at("heaters") or {}).items() if isinstance(given, Mapping)}
    sensors = values.at("sensors") or {}
    taken: dict[str, str] = {}
    for name, given in heaters.items():
        path: KeyPath = ("heaters", name)
        place, sensor = given.get("place"), given.get("sensor")
        if isinstance(place, str) and (*path, "place") not in document.wrong:
            if place in taken:
                document.complain((*path, "place"), f"heater {taken[place]} is there already")
            taken.setdefault(place, name)
            if told := _no_room(place, values, document):
                document.complain((*path, "place"), told)
        if isinstance(sensor, str) and sensor not in sensors and (*path, "sensor") not in document.wrong:
            document.complain((*path, "sensor"), f"there is no sensor {sensor!r}{did_you_mean(sensor, sensors) or _named(sensors)}")
    for case, given in (values.at("cases") or {}).items():
        wanted = given.get("heaters") if isinstance(given, Mapping) else None
        names = wanted if isinstance(wanted, list | tuple) else ()
        for index, name in enumerate(names):
            path = ("cases", case, "heaters", index)
            if (
                isinstance(name, str)
                and name not in heaters
                and path not in document.wrong
                and ("heaters", name) not in document.wrong
            ):
                document.complain(path, f"there is no heater {name!r}{did_you_mean(name, heaters) or _named(heaters)}")
            elif name in names[:index]:
                document.complain(path, f"{name} stands twice")


def _named(known: Mapping[str, object]) -> str:
    return f"; there are {', '.join(known)}" if known else "; the design has none"


def _no_room(place: str, values: Values, document: Document) -> str | None:
    """Why no pad can lie there."""
    pattern = values.at("arrangement", "pattern")
    if place == "sides" and pattern in CYLINDER_PATTERNS:
        return f"sides: round cells ({pattern}) have no flat sides for a pad; use place: below"
    if place == "sides" and (taken := [key for key in BESIDE if values.at("arrangement", key) is not None]):
        return f"sides: {' and '.join(taken)} {'is' if len(taken) == 1 else 'are'} there; leave out either, or use place: below"
    if place == "below" and pattern in CYLINDER_PATTERNS:
        if values.at("cold_plate", "type") == "ribbon":
            return "below: the cells stand on air between ribbons; nothing would lead the heat to them"
        if values.at("interface") is None and ("interface",) not in document.wrong:
            return "below: the cells stand on air without an interface layer; give the design one: interface: {material: ..., thickness_mm: ...}"
    return None
