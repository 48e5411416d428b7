"""Numbers as an engineer writes them: no more digits than their error allows, and the unit."""

from __future__ import annotations

import math

PRETTY_UNITS = {
    "degC": "°C",
    "-": "",
    "1": "",
    "W/m2K": "W/m²K",
    "W_m2K": "W/m²K",
    "W/m²/K": "W/m²K",
    "m2": "m²",
    "m3": "m³",
    "mm2": "mm²",
    "mm3": "mm³",
    "A/mm2": "A/mm²",
    "A_mm2": "A/mm²",
    "kg/m3": "kg/m³",
    "W_mK": "W/mK",
    "J_kgK": "J/kgK",
    "kg_m3": "kg/m³",
    "mOhm": "mΩ",
    "uOhm": "µΩ",
    "ohm": "Ω",
    "ohm_m": "Ω m",
    "per_K": "1/K",
    "lpm": "L/min",
    "um": "µm",
}
"""Units of results and of the design's keys as a page prints them; any other unit is printed as it is."""


def pretty_unit(unit: str) -> str:
    """The unit with its signs: ``degC`` -> ``°C``."""
    return PRETTY_UNITS.get(unit, unit)


def _decimals(value: float, significant: int) -> int:
    """Decimals that show ``significant`` digits of ``value``; at least 0, at most 30."""
    return min(30, max(0, significant - 1 - math.floor(math.log10(abs(value))))) if value else 0


def number(value: float, significant: int = 4) -> str:
    """``value`` with at least ``significant`` digits, no trailing zeros: 3827.4 -> 3827, 0.0312 -> 0.0312; below 1e-4 and from 1e7 on with an exponent."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e7:
        mantissa, exponent = f"{value:.{significant - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"
    text = f"{value:.{_decimals(value, significant)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def with_error(value: float, error: float | None) -> tuple[str, str]:
    """``value`` and ``error`` as texts with the same number of decimals: the error to two digits if it starts with 1 or 2, else to one, rounded up.

    An error that is smaller than the fifth digit of the value does not lengthen it; without an error the second text is empty.
    """
    if error is None or not math.isfinite(error) or not math.isfinite(value):
        return number(value), ""
    size = abs(error)
    if size < 1e-300:  # nothing, or so little that its own digits cannot be formed
        return number(value), "0"
    leading = math.ceil(size / 10 ** (math.floor(math.log10(size)) - 1) - 1e-9)
    digits = 2 if leading < 30 and leading % 10 else 1
    decimals = min(_decimals(size, digits), _decimals(value, 5) if value else 5)
    scale = 10**decimals
    rounded_up = math.ceil(size * scale - 1e-9) / scale
    if max(abs(value), rounded_up) >= 1e7 or (value and abs(value) < 1e-4):
        power = 10.0 ** (math.floor(math.log10(size)) - 1)
        return number(value), number(math.ceil(size / power - 1e-9) * power, 2)
    return f"{value:.{decimals}f}", f"{rounded_up:.{decimals}f}"


def quantity(value: float | None, error: float | None = None, unit: str = "") -> str:
    """``38.4 ± 0.2 degC``; an empty text for None."""
    if value is None:
        return ""
    shown, plus_minus = with_error(value, error)
    text = f"{shown} ± {plus_minus}" if plus_minus else shown
    unit = "" if unit in ("-", "1") else unit
    return f"{text} {unit}".rstrip()
