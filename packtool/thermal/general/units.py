"""Temperatures in degC where kelvin are wanted: a plain way to convert, and the refusal of what looks unconverted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.results import ZERO_CELSIUS
from packtool.thermal.general.values import Law, Table, law

COLDEST_K = 100.0
"""Temperatures below this [K] are taken for degC that nobody converted: battery packs, their storage and their fires stay above 200 K,
and a room of 25 degC is 298.15 K."""
SPACE_K = 4.0
"""Surroundings that one radiates to may be as cold as space, 2.7 K."""


def celsius(T: Any) -> Any:
    """``T`` [degC] in kelvin: a number, an array, or a Table, whose values are converted."""
    if isinstance(T, Table):
        return replace(T, values=[float(value) + ZERO_CELSIUS for value in T.values])
    if np.ndim(T) == 0:
        return float(T) + ZERO_CELSIUS
    return np.asarray(T, dtype=float) + ZERO_CELSIUS


def temperature_law(what: str, given: Any, coldest: float, **how: Any) -> Law:
    """The law of a temperature [K] that is ``coldest`` at least; raises SolveError with the way out where it is colder."""
    try:
        return law(what, given, lowest=coldest, **how) if coldest > 0 else law(what, given, lowest=0.0, strict=True, **how)
    except SolveError as refused:
        unconverted = "is it in degC?" in str(refused)
        raise SolveError(f"{refused}{_way_out(given, coldest) if unconverted else ''}") from None


def radiant_law(what: str, given: Any, coldest: float, **how: Any) -> Law:
    """The same for surroundings that one radiates to, which may be those of space."""
    found = law(what, given, lowest=0.0, strict=True, **how)
    if found.constant is not None and SPACE_K < found.constant < coldest:
        raise SolveError(f"{what} is {found.constant:g}; is it in degC?{_way_out(given, coldest)}")
    return found


def melting_in_celsius(what: str, T_solidus: float, coldest: float) -> str | None:
    """What is wrong with a material that melts in degC."""
    if T_solidus >= coldest or not T_solidus > 0:
        return None
    return f"{what}: T_solidus is {T_solidus:g} K; is it in degC?{_way_out(T_solidus, coldest)}"


def refuse_cold_start(start: Any, coldest: float) -> None:
    """Refuse a first field (n,) [K] with temperatures that are not finite, or colder than they may be."""
    if not np.isfinite(start).all() or start.min() <= 0:
        raise SolveError("the initial temperature is not finite or not above 0 K (add 273.15 to degC)")
    if start.min() < coldest:
        lowest = float(start.min())
        raise SolveError(
            f"the initial temperature is {lowest:g} K somewhere; is it in degC (add 273.15 to degC)?{_way_out(lowest, coldest)}"
        )


def _way_out(given: Any, coldest: float) -> str:
    written = f"{given:g}" if isinstance(given, int | float) and not isinstance(given, bool) else "..."
    if coldest <= 0:
        return ""
    return f" (thermal.celsius({written}); colder than {coldest:g} K, or without units: conduction(..., coldest=0))"
