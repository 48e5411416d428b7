"""Which fields of a record hold a figure, and the unit of each, read from the field's name."""

from __future__ import annotations

from pydantic import BaseModel

from packtool.catalogue.records import Figure

_BY_SUFFIX = {
    "_J_kgK": "J/kg/K",
    "_W_mK": "W/m/K",
    "_kg_m3": "kg/m3",
    "_ohm_m": "ohm m",
    "_per_K": "1/K",
    "_mOhm": "mOhm",
    "_degC": "degC",
    "_Ah": "Ah",
    "_mm": "mm",
    "_kg": "kg",
    "_A": "A",
}
_BY_PREFIX = {"v_": "V"}
_PURE_NUMBERS = frozenset({"emissivity"})


def unit(field: str) -> str:
    """The unit of a figure's field: ``unit("capacity_Ah")`` is ``"Ah"``, ``""`` for a pure number.

    Raises KeyError for a name that tells no unit.
    """
    if field in _PURE_NUMBERS:
        return ""
    for suffix, text in _BY_SUFFIX.items():
        if field.endswith(suffix):
            return text
    for prefix, text in _BY_PREFIX.items():
        if field.startswith(prefix):
            return text
    raise KeyError(f"{field}: the name tells no unit")


def label(field: str) -> str:
    """A field's name for people, without its unit: ``label("k_in_plane_W_mK")`` is ``"k in plane"``."""
    for suffix in _BY_SUFFIX:
        if field.endswith(suffix):
            return field.removesuffix(suffix).replace("_", " ")
    return field.replace("_", " ")


def figure_fields(record: type[BaseModel]) -> tuple[str, ...]:
    """Names of the fields of ``record`` that hold a figure, in their order."""
    return tuple(name for name, field in record.model_fields.items() if field.annotation in (Figure, Figure | None))
