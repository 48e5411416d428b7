"""Heat through surfaces: convection with radiation behind a series resistance, evaluated at the Gauss points of each facet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.fem.quads import Quads
from packtool.mesh.records import Floats
from packtool.thermal.records import Convection

STEFAN_BOLTZMANN = 5.670374419e-8
"""W/m²/K⁴: CODATA 2018; exact since the 2019 SI (2 pi^5 k^4 / (15 h^3 c^2))."""

_SURFACE_STEPS = 50
_SURFACE_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class ConvectiveSurface:
    """A boundary that gives heat to an ambient."""

    name: str
    quads: Quads
    law: Convection

    @property
    def linear(self) -> bool:
        """Its heat is linear in the wall's temperature: no radiation."""
        return self.law.emissivity == 0.0

    def flux(self, T: Floats) -> tuple[Floats, Floats]:
        """Heat flux out of the solid [W/m²] and its derivative by the wall temperature [W/m²/K], for ``T`` [K] of any shape.

        With a series conductance s the flux is s (T - T_s), where the far surface's T_s balances it:
        s (T - T_s) = h (T_s - T_a) + e sigma (T_s^4 - T_a^4), solved by Newton's method (monotone, since both sides are).
        """
        law = self.law
        if law.series_h is None:
            return _outward(law, T)
        surface = np.full_like(T, law.T_ambient)
        for _ in range(_SURFACE_STEPS):
            out, slope = _outward(law, surface)
            step = (law.series_h * (T - surface) - out) / (law.series_h + slope)
            surface = surface + step
            if np.abs(step).max(initial=0.0) <= _SURFACE_TOLERANCE * max(law.T_ambient, 1.0):
                break
        out, slope = _outward(law, surface)
        return law.series_h * (T - surface), law.series_h * slope / (law.series_h + slope)


def _outward(law: Convection, T: Floats) -> tuple[Floats, Floats]:
    """Flux and slope at the surface that convects and radiates. |T|^3 T keeps the law monotone below 0 K, where iterates may pass."""
    flux, slope = law.h * (T - law.T_ambient), np.full_like(T, law.h)
    if law.emissivity:
        strength = law.emissivity * STEFAN_BOLTZMANN
        flux = flux + strength * (np.abs(T) ** 3 * T - law.T_ambient**4)
        slope = slope + 4 * strength * np.abs(T) ** 3
    return flux, slope
