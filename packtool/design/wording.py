"""Keys, ranges and values in the words of a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packtool.design.schema import PATTERN_WORDS

_UNIT_BY_SUFFIX = {
    "_degC": "degC", "_K": "K", "_lpm": "L/min", "_mm": "mm", "_um": "um", "_mm2": "mm2", "_A_mm2": "A/mm2", "_A": "A", "_Ah": "Ah",
    "_V": "V", "_kg": "kg", "_kPa": "kPa", "_mOhm": "mOhm", "_J_kgK": "J/kg/K", "_W_mK": "W/m/K", "_W_m2K": "W/m2/K", "_m_s": "m/s", "_s": "s", "_kW": "kW", "_km_h": "km/h",
    "_kg_m3": "kg/m3", "_ohm_m": "ohm m", "_per_K": "1/K", "_kJ_kg": "kJ/kg",
}  # fmt: skip
MOST_NAMED = 6
"""Keys of a mapping that needs none of them, named where it is asked for; more are told by the schema."""
_UNIT_BY_KEY = {"v_nom": "V", "v_min": "V", "v_max": "V", "V": "V", "mV_K": "mV/K", "W_mK": "W/m/K", "J_kgK": "J/kg/K"}


def unit_of(key: str) -> str:
    """The unit in the name of a key (``flow_lpm``: ``L/min``); empty if it has none."""
    if key in _UNIT_BY_KEY:
        return _UNIT_BY_KEY[key]
    fitting = [suffix for suffix in _UNIT_BY_SUFFIX if key.endswith(suffix)]
    return _UNIT_BY_SUFFIX[max(fitting, key=len)] if fitting else ""


def with_unit(text: str, unit: str) -> str:
    """``text`` and the unit, if there is one."""
    return f"{text} {unit}" if unit else text


def number(value: float) -> str:
    """A number as one would write it, ten digits at most."""
    return str(value) if isinstance(value, int) else f"{value:.10g}"


def shown(value: Any) -> str:
    """A value as the user sees it in the file, shortened."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 40 else f"the text {value[:40]!r}..."
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    return "a mapping" if value else "an empty mapping"


def range_words(schema: Mapping[str, Any], unit: str = "") -> str:
    """``from 1 to 200``, ``above 0 and at most 20000 mm``; empty if the schema sets no bounds."""
    low, above, high = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum")
    if low is not None and high is not None:
        return with_unit(f"from {number(low)} to {number(high)}", unit)
    parts = []
    if above is not None:
        parts.append(f"above {number(above)}")
    if low is not None:
        parts.append(f"at least {number(low)}")
    if high is not None:
        parts.append(f"at most {number(high)}")
    return with_unit(" and ".join(parts), unit) if parts else ""


def needed(schema: Mapping[str, Any], unit: str = "") -> str:
    """What a key takes: ``a whole number from 1 to 200``, ``one of U, Z``, ``a mapping with series``."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(needed(branch, unit) for branch in schema["anyOf"] if branch.get("type") != "null"))
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(str(word) for word in schema["enum"])
    kind = schema.get("type")
    if kind == "boolean":
        return "true or false"
    if kind in ("number", "integer"):
        what = "a whole number" if kind == "integer" else "a number"
        bounds = range_words(schema, unit)
        return f"{what} {bounds}" if bounds else with_unit(what, f"in {unit}" if unit else "")
    if kind == "array":
        if "prefixItems" in schema:
            return f"a list of {len(schema['prefixItems'])} numbers"
        return "a list of mappings" if "$ref" in schema.get("items", {}) else "a list of numbers"
    if kind == "object":
        required, allowed = schema.get("required", ()), list(schema.get("properties", ()))
        if not required and 0 < len(allowed) <= MOST_NAMED:
            return "a mapping of " + ", ".join(allowed)
        return "a mapping with " + ", ".join(required) if required else "a mapping"
    if schema.get("pattern") in PATTERN_WORDS:
        return PATTERN_WORDS[schema["pattern"]]
    return f"a text ({schema['description']})" if "description" in schema else "a text"
