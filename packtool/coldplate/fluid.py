"""Coolant properties for arrays of temperatures, and the enthalpy that belongs to them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from packtool.catalogue.properties import SINGLE_ROW_REACH_K, coolant_state
from packtool.catalogue.records import Coolant, CoolantState
from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.results import ZERO_CELSIUS

STEP_K = 0.25
"""Largest step of the tables [K]: linear interpolation over it changes meg50's viscosity (2.8 %/K, curvature 7e-4/K²) by < 1e-5."""
EDGE_K = 1e-6
"""Slack at the ends of the table [K], for rounding."""


@dataclass(frozen=True)
class Properties:
    """``rho`` [kg/m³], ``cp`` [J/kg/K], ``k`` [W/m/K], ``mu`` [Pa s]; each of the shape of the temperatures asked for."""

    rho: Floats
    cp: Floats
    k: Floats
    mu: Floats

    @property
    def Pr(self) -> Floats:
        """Prandtl number [-]."""
        return self.cp * self.mu / self.k


def constant_coolant(rho: float, cp: float, k: float, mu: float) -> Coolant:
    """A coolant whose properties do not change from -50 to 150 degC: ``rho`` [kg/m³], ``cp`` [J/kg/K], ``k`` [W/m/K], ``mu`` [Pa s]."""
    rows = tuple(CoolantState(T_degC=T, rho=rho, cp=cp, k=k, mu=mu) for T in (-50.0, 150.0))
    return Coolant(id="constant", table=rows, standing="given")


@dataclass(frozen=True)
class CoolantTable:
    """A coolant on a fine, ascending temperature grid ``T`` (n,) [K]; columns (n,); ``H`` the enthalpy [J/kg] from the lowest T."""

    id: str
    T: Floats
    rho: Floats
    cp: Floats
    k: Floats
    ln_mu: Floats
    H: Floats

    @classmethod
    @lru_cache(maxsize=16)  # every plate, case and mesh of a pack asks for the same few
    def of(cls, coolant: Coolant) -> CoolantTable:
        """Sampled from the catalogue's own interpolation, its rows included. SolveError if the catalogue refuses a temperature."""
        knots = np.array([row.T_degC for row in coolant.table]) + ZERO_CELSIUS
        if len(knots) == 1:
            knots = knots + np.array([-SINGLE_ROW_REACH_K, 0.0, SINGLE_ROW_REACH_K])
        pieces = [np.linspace(a, b, 1 + max(1, int(np.ceil((b - a) / STEP_K))))[:-1] for a, b in itertools.pairwise(knots)]
        T = np.concatenate([*pieces, knots[-1:]])
        states = [coolant_state(coolant, float(t)) for t in T]
        rho, cp, k, mu = (np.array([getattr(s, name) for s in states]) for name in ("rho", "cp", "k", "mu"))
        H = np.concatenate([[0.0], np.cumsum(np.diff(T) * (cp[1:] + cp[:-1]) / 2)])
        return cls(coolant.id, T, rho, cp, k, np.log(mu), H)

    def require(self, T: Floats, where: str | Callable[[int], str]) -> None:
        """SolveError if any of ``T`` [K] is outside the table; ``where`` says what it is the temperature of, all or the entry of a number."""
        T = np.asarray(T, float)
        low, high = self.T[0], self.T[-1]
        if not np.all(np.isfinite(T)):
            lost = int(np.argmin(np.isfinite(T)))
            raise SolveError(f"{where if isinstance(where, str) else where(lost)}: the coolant's temperature is not a number")
        hot, cold = int(np.argmax(T)), int(np.argmin(T))
        for at, beyond, word in ((hot, T.flat[hot] > high + EDGE_K, "above"), (cold, T.flat[cold] < low - EDGE_K, "below")):
            if beyond:
                raise SolveError(
                    f"{where if isinstance(where, str) else where(at)}: {self.id} reaches {T.flat[at] - ZERO_CELSIUS:.1f} degC, {word} the known range"
                    f" {low - ZERO_CELSIUS:g}..{high - ZERO_CELSIUS:g} degC (boiling, freezing or no data): change the flow, the inlet's"
                    " temperature or the coolant",
                    key="cold_plate.flow_lpm",
                )

    def at(self, T: Floats, where: str | Callable[[int], str] = "coolant") -> Properties:
        """Properties at ``T`` [K], any shape. SolveError outside the table."""
        self.require(T, where)
        rho, cp, k = (np.interp(T, self.T, column) for column in (self.rho, self.cp, self.k))
        return Properties(rho, cp, k, mu=np.exp(np.interp(T, self.T, self.ln_mu)))

    def enthalpy(self, T: Floats) -> Floats:
        """Specific enthalpy from the table's lowest temperature [J/kg]: the exact integral of the piecewise linear cp."""
        T = np.asarray(T, float)
        i = np.clip(np.searchsorted(self.T, T, side="right") - 1, 0, max(0, len(self.T) - 2))
        return self.H[i] + (T - self.T[i]) * (self.cp[i] + np.interp(T, self.T, self.cp)) / 2

    def mean_cp(self, T0: Floats, T1: Floats) -> Floats:
        """(H(T1) - H(T0)) / (T1 - T0) [J/kg/K]; cp at their middle where they are within 1 mK (then the same to 1e-9)."""
        T0, T1 = np.broadcast_arrays(np.asarray(T0, float), np.asarray(T1, float))
        apart = np.abs(T1 - T0) > 1e-3
        rise = np.where(apart, T1 - T0, 1.0)
        return np.where(apart, (self.enthalpy(T1) - self.enthalpy(T0)) / rise, np.interp((T0 + T1) / 2, self.T, self.cp))
