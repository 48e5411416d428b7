"""One value of a design file against its schema: whether it is of the kind that is due, and what is wrong with it."""

from __future__ import annotations

import math
import re
from typing import Any

from packtool.design.homes import Schema
from packtool.design.wording import needed, range_words, shown, with_unit


def text_wrong(value: str, schema: Schema) -> str | None:
    """What is wrong with a text; None: nothing."""
    value = value.strip()
    if len(value) < schema.get("minLength", 0):
        return "must not be empty"
    if len(value) > schema.get("maxLength", len(value)):
        return f"must be at most {schema['maxLength']} characters long, got {len(value)}"
    if "pattern" in schema and not matches(schema["pattern"], value):
        return f"must be {needed(schema)}, got {shown(value)}"
    return None


def number_wrong(value: float, schema: Schema, unit: str) -> str | None:
    """What is wrong with a number of a ``unit``; None: nothing."""
    whole = schema.get("type") == "integer"
    bounds = range_words(schema, unit)
    if not math.isfinite(value):
        return f"must be {needed(schema, unit)}, got {'no number (nan)' if math.isnan(value) else 'infinity'}"
    if whole and not isinstance(value, int):
        return f"must be a whole number {bounds}, got {shown(value)}" + (
            ", written with a decimal point or exponent" if value.is_integer() else ""
        )
    low, above, high = schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf), schema.get("maximum", math.inf)
    if not (low <= value <= high and value > above):
        kelvin = f"; in K? {value:g} K are {value - 273.15:.4g} degC" if unit == "degC" and low <= value - 273.15 <= high else ""
        return f"must be {bounds}, got {with_unit(shown(value), unit)}{kelvin}"
    return None


def fits_kind(value: Any, schema: Schema) -> bool:
    """Is ``value`` of the kind that ``schema`` takes? A fraction counts as meant for a whole number."""
    kinds: dict[str, tuple[type, ...]] = {
        "object": (dict,),
        "array": (list,),
        "string": (str,),
        "number": (int, float),
        "integer": (int, float),
        "null": (type(None),),
        "boolean": (bool,),
    }
    kind = schema.get("type", "")
    return isinstance(value, kinds.get(kind, ())) and isinstance(value, bool) == (kind == "boolean")


def takes_number(schema: Schema) -> bool:
    """Whether a number may stand there."""
    return any(branch.get("type") in ("number", "integer") for branch in schema.get("anyOf", (schema,)))


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` is of a schema's ``pattern``."""
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None
