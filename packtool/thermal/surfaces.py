"""Heat through surfaces: convection with radiation behind a series resistance, evaluated at the Gauss points of each facet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from packtool.fem.quads import Quads
from packtool.mesh.records import Floats
from packtool.thermal.records import Convection

STEFAN_BOLTZMANN = 5.670374419e-8
"""W/m²/K⁴: CODATA 2018; exact since the 2019 SI (2 pi^5 k^4 / (15 h^3 c^2))."""

SURFACE_STEPS, SURFACE_SETTLED = 60, 1e-12
"""Most Newton steps for the far surface, and its last change over the ambient's temperature."""


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
        """Heat flux out of the solid [W/m²] and its derivative by the wall temperature [W/m²/K], for ``T`` [K] of any shape."""
        law = self.law
        return behind(law.series_h, T, np.full_like(T, law.T_ambient), lambda surface: _outward(law, surface))


def at_ambient(law: Convection) -> float:
    """The conductance [W/m²/K] of all of ``law`` for a wall about as warm as the ambient."""
    ambient = np.array([law.T_ambient])
    return float(behind(law.series_h, ambient, ambient, lambda surface: _outward(law, surface))[1][0])


def behind(
    series_h: float | None, wall: Floats, ambient: Floats, outward: Callable[[Floats], tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """Heat flux out of a ``wall`` [K] of any shape [W/m²], and its derivative by the wall's temperature, where ``outward`` gives both for
    the surface that faces the ``ambient`` [K].

    With a series conductance s [W/m²/K] between the two the flux is s (T - T_s), where the far surface's T_s balances it:
    s (T - T_s) = outward(T_s), solved by Newton's method (monotone, since both sides are).
    """
    if series_h is None:
        return outward(wall)
    surface = ambient.copy()
    for _ in range(SURFACE_STEPS):
        flux, slope = outward(surface)
        step = (series_h * (wall - surface) - flux) / (series_h + slope)
        surface = surface + step
        if np.abs(step).max(initial=0.0) <= SURFACE_SETTLED * float(np.abs(ambient).max(initial=1.0)):
            break
    _, slope = outward(surface)
    return series_h * (wall - surface), series_h * slope / (series_h + slope)


def _outward(law: Convection, T: Floats) -> tuple[Floats, Floats]:
    """Flux and slope at the surface that convects and radiates. |T|^3 T keeps the law monotone below 0 K, where iterates may pass."""
    flux, slope = law.h * (T - law.T_ambient), np.full_like(T, law.h)
    if law.emissivity:
        strength, cube = law.emissivity * STEFAN_BOLTZMANN, np.abs(T) * T * T
        flux += strength * (cube * T - law.T_ambient**4)
        slope += 4 * strength * cube
    return flux, slope
