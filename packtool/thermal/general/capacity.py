"""Heat stored in a material by temperature: its enthalpy a volume, and the slope of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.thermal.general.values import Table, law

LEAST_RANGE_K = 1e-3
"""A melting range below this [K] is a jump that Newton's method cannot follow."""

JUMP = 2.0
"""A heat capacity that changes by more than this from one point of its table to the next stands for melting."""
STEP_K = 0.25
"""Width of the intervals [K] over which rho_cp given as a function of T is summed up, each by three Gauss points."""


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """A material that melts between ``T_solidus`` and ``T_liquidus`` [K] and takes up ``latent`` [J/m³] for it, evenly over the range.

    ``rho_cp_solid`` and ``rho_cp_liquid`` [J/m³/K] hold below and above, their mean within. The range is at least 1 mK; for a material
    that melts at one temperature take about half a kelvin around it.
    """

    rho_cp_solid: float
    rho_cp_liquid: float
    latent: float
    T_solidus: float
    T_liquidus: float


@dataclass(frozen=True)
class Capacity:
    """``slope(points, T)`` [J/m³/K] is rho cp, ``enthalpy(points, T)`` [J/m³] its integral over temperature from a fixed level.

    ``jumps``: it is another all at once where the material melts, or by more than JUMP from one point of a table to the next.
    """

    constant_in_T: bool
    slope: Callable[[Floats, Floats], Floats]
    enthalpy: Callable[[Floats, Floats], Floats]
    jumps: bool = False


def capacity(what: str, given: Any, radial: bool = False) -> Capacity:
    """The heat capacity of a region from a Value of place or of temperature, or a PhaseChange. Raises SolveError."""
    if isinstance(given, PhaseChange):
        return _melting(what, given)
    found = law(what, given, may_need=("x", "y", "z", "r", "T"), lowest=0.0, strict=True)
    if "T" not in found.needs:
        return Capacity(
            True,
            lambda points, T: found.at(points, 0.0, None, radial),
            lambda points, T: found.at(points, 0.0, None, radial) * T,
        )
    if found.needs != {"T"}:
        raise SolveError(f"{what}: a heat capacity that depends on temperature cannot depend on place too")
    by_T = lambda T: found.at(np.zeros((*np.shape(T), 3)), 0.0, T)  # noqa: E731
    jumps = False
    if isinstance(given, Table):
        values = np.asarray(given.values, dtype=float)
        integral = _piecewise(np.asarray(given.points, dtype=float), values)
        jumps = bool((np.abs(np.diff(np.log(values))) > math.log(JUMP)).any())
    else:
        integral = _Summed(by_T)
    return Capacity(False, lambda points, T: by_T(T), lambda points, T: integral(T), jumps)


def _melting(what: str, given: PhaseChange) -> Capacity:
    solid, liquid = given.rho_cp_solid, given.rho_cp_liquid
    numbers = np.array([solid, liquid, given.latent, given.T_solidus, given.T_liquidus], dtype=float)
    if not (np.isfinite(numbers).all() and solid > 0 and liquid > 0 and given.latent >= 0 and given.T_solidus > 0):
        raise SolveError(f"{what}: wanted positive heat capacities, latent heat of at least 0 and temperatures in K; got {given}")
    low, high = given.T_solidus, given.T_liquidus
    if not high - low >= LEAST_RANGE_K:
        raise SolveError(f"{what}: T_liquidus must be at least {LEAST_RANGE_K:g} K above T_solidus ({low:g} K); it is {high:g} K")
    within = (solid + liquid) / 2 + given.latent / (high - low)

    def slope(_points: Floats, T: Floats) -> Floats:
        return np.where(low > T, solid, np.where(high < T, liquid, within))

    def enthalpy(_points: Floats, T: Floats) -> Floats:
        return solid * np.minimum(T - low, 0) + within * np.clip(T - low, 0, high - low) + liquid * np.maximum(T - high, 0)

    return Capacity(False, slope, enthalpy, jumps=True)


def _piecewise(points: Floats, values: Floats) -> Callable[[Floats], Floats]:
    """The integral of a piecewise linear function that holds its end values outside, exact."""
    total = np.concatenate([[0.0], np.cumsum(np.diff(points) * (values[:-1] + values[1:]) / 2)])

    def integral(T: Floats) -> Floats:
        inside = np.clip(T, points[0], points[-1])
        i = np.clip(np.searchsorted(points, inside, side="right") - 1, 0, len(points) - 2)
        at = np.interp(inside, points, values)
        done = total[i] + (inside - points[i]) * (values[i] + at) / 2
        return np.asarray(done + values[0] * np.minimum(T - points[0], 0) + values[-1] * np.maximum(T - points[-1], 0))

    return integral


class _Summed:
    """The integral of a smooth function, summed over intervals as far as it is asked; remembers what it has summed."""

    def __init__(self, function: Callable[[Floats], Floats]) -> None:
        self._function = function
        self._nodes, self._weights = np.polynomial.legendre.leggauss(3)
        self._first, self._sums = 0, np.zeros(1)

    def __call__(self, T: Floats) -> Floats:
        if not np.isfinite(T).all():
            raise SolveError("a temperature is not finite")
        interval = np.floor(T / STEP_K).astype(np.int64)
        self._reach(int(interval.min()), int(interval.max()) + 1)
        low = interval * STEP_K
        return np.asarray(self._sums[interval - self._first] + self._over(low, T))

    def _over(self, low: Any, high: Any) -> Any:
        half = (high - low) / 2
        at = (low + half)[..., None] + half[..., None] * self._nodes
        return np.asarray(half * (self._function(at) @ self._weights))

    def _reach(self, first: int, last: int) -> None:
        known = self._first + len(self._sums) - 1
        if len(self._sums) == 1:
            self._first = known = first
        if last - first > 1_000_000:
            raise SolveError("temperatures are hundreds of thousands of kelvin apart")
        if first < self._first:
            edges = np.arange(first, self._first + 1) * STEP_K
            pieces = self._over(edges[:-1], edges[1:])
            self._sums = np.concatenate([self._sums[0] - np.cumsum(pieces[::-1])[::-1], self._sums])
            self._first = first
        if last > known:
            edges = np.arange(known, last + 1) * STEP_K
            self._sums = np.concatenate([self._sums, self._sums[-1] + np.cumsum(self._over(edges[:-1], edges[1:]))])
