"""A cell's resistance and a coolant's properties at a temperature. Plain Python; outside their tables they refuse."""

from __future__ import annotations

from bisect import bisect_right
from math import exp, log

from packtool.catalogue.records import Coolant, CoolantState, ResistanceTable, Standing
from packtool.errors import SolveError
from packtool.results import ZERO_CELSIUS

SINGLE_ROW_REACH_K = 5.0
"""How far from its one row a coolant may be used: the viscosity of 50 % glycol changes by some 3 % a kelvin, 15 % over this reach."""
DESIGN_RANGE_DEGC = (-60.0, 300.0)
"""Coldest and hottest temperature that a design may state (design/schema.py)."""
_ROUNDING_K = 1e-6  # a temperature that went to kelvin and back is still the end of its table


def resistance_ohm(table: ResistanceTable, T_kelvin: float) -> tuple[float, float]:
    """Direct-current resistance [ohm] and its slope [ohm/K] at ``T_kelvin`` [K].

    Between the points of ``table`` ln R is linear in 1/T (Arrhenius, R ~ exp(E/(R_gas T)), the form of the fits the catalogue's
    tables come from). Above the last point the last value holds and the slope is 0: R falls with T, so the heat is not
    understated; ``held_above`` says when. Raises SolveError below the first point, where R rises without bound.
    """
    degC, mOhm = table.temperature_degC, table.resistance_mOhm
    T_degC = T_kelvin - ZERO_CELSIUS
    if T_degC < degC[0] - _ROUNDING_K:
        raise SolveError(
            f"the cell's dc resistance is known {_span(degC)}, not at {T_degC:.1f} degC, and it rises steeply in the cold: "
            "give colder points in the design, cell: {resistance_mOhm: {temperature_degC: [...], resistance_mOhm: [...]}}"
        )
    if T_degC >= degC[-1] - _ROUNDING_K:
        return mOhm[-1] * 1e-3, 0.0
    i = max(bisect_right(degC, T_degC), 1)
    T0, T1 = degC[i - 1] + ZERO_CELSIUS, degC[i] + ZERO_CELSIUS
    activation = log(mOhm[i - 1] / mOhm[i]) / (1.0 / T0 - 1.0 / T1)  # E/R_gas [K]
    resistance = mOhm[i - 1] * 1e-3 * exp(activation * (1.0 / T_kelvin - 1.0 / T0))
    return resistance, -resistance * activation / T_kelvin**2


def held_above(table: ResistanceTable, T_kelvin: float) -> bool:
    """Whether ``T_kelvin`` [K] is above the last point of ``table``, so that ``resistance_ohm`` holds the last value."""
    return T_kelvin - ZERO_CELSIUS > table.temperature_degC[-1] + _ROUNDING_K


def constant_resistance(mOhm: float, standing: Standing = "given", note: str = "") -> ResistanceTable:
    """A resistance [mOhm] that is the same at every temperature a design may state, as one who gives a single number means it."""
    return ResistanceTable(temperature_degC=DESIGN_RANGE_DEGC, resistance_mOhm=(mOhm, mOhm), standing=standing, note=note)


def coolant_state(coolant: Coolant, T_kelvin: float) -> CoolantState:
    """Properties of ``coolant`` at ``T_kelvin`` [K].

    rho, cp and k are linear in T between rows. ln mu is a cubic in 1/T through the rows, with slopes from the parabola through
    three neighbouring rows (C1): an inner row that is left out of the catalogue's tables is found again to better than 0.25 %,
    where ln mu linear in T misses it by up to 4.5 %. Raises SolveError outside the table; a table of one row reaches
    ``SINGLE_ROW_REACH_K`` to either side.
    """
    rows, T_degC = coolant.table, T_kelvin - ZERO_CELSIUS
    first, last = coolant.range_degC
    if len(rows) == 1:
        if abs(T_degC - first) > SINGLE_ROW_REACH_K + _ROUNDING_K:
            raise SolveError(
                f"coolant {coolant.id} is known at {first:g} degC only and used within {SINGLE_ROW_REACH_K:g} K of it, "
                f"not at {T_degC:.1f} degC: take a coolant with a table (packtool coolants)"
            )
        return CoolantState(T_degC=T_degC, rho=rows[0].rho, cp=rows[0].cp, k=rows[0].k, mu=rows[0].mu)
    if not first - _ROUNDING_K <= T_degC <= last + _ROUNDING_K:
        raise SolveError(
            f"coolant {coolant.id} is known from {first:g} to {last:g} degC, not at {T_degC:.1f} degC: "
            "change the inlet temperature, the flow or the coolant (packtool coolants)"
        )
    i = min(max(bisect_right([row.T_degC for row in rows], T_degC), 1), len(rows) - 1)
    a, b = rows[i - 1], rows[i]
    s = (T_degC - a.T_degC) / (b.T_degC - a.T_degC)
    return CoolantState(
        T_degC=T_degC,
        rho=a.rho + s * (b.rho - a.rho),
        cp=a.cp + s * (b.cp - a.cp),
        k=a.k + s * (b.k - a.k),
        mu=exp(_log_mu(rows, i, 1.0 / T_kelvin)),
    )


def _log_mu(rows: tuple[CoolantState, ...], i: int, x: float) -> float:
    """ln mu between rows i - 1 and i at x = 1/T: the cubic with the end values and the three-row slopes (Hermite)."""
    x0, y0 = _node(rows[i - 1])
    x1, y1 = _node(rows[i])
    h, s = x1 - x0, (x - x0) / (x1 - x0)
    d0, d1 = _slope(rows, i - 1), _slope(rows, i)
    value = y0 * (1 + 2 * s) * (1 - s) ** 2 + y1 * s * s * (3 - 2 * s)
    return value + h * (d0 * s * (1 - s) ** 2 - d1 * s * s * (1 - s))


def _slope(rows: tuple[CoolantState, ...], j: int) -> float:
    """d(ln mu)/d(1/T) at row j, of the parabola through it and its neighbours (the nearest three rows at an end)."""
    if len(rows) == 2:
        (x0, y0), (x1, y1) = _node(rows[0]), _node(rows[1])
        return (y1 - y0) / (x1 - x0)
    middle = min(max(j, 1), len(rows) - 2)
    (x0, y0), (x1, y1), (x2, y2) = (_node(row) for row in rows[middle - 1 : middle + 2])
    before, after = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    return before + (after - before) / (x2 - x0) * (2 * _node(rows[j])[0] - x0 - x1)


def _node(row: CoolantState) -> tuple[float, float]:
    return 1.0 / (row.T_degC + ZERO_CELSIUS), log(row.mu)


def _span(degC: tuple[float, ...]) -> str:
    return f"from {degC[0]:g} degC up" if len(degC) == 1 else f"from {degC[0]:g} to {degC[-1]:g} degC"
