"""Heat from a surface to its surroundings: convection and radiation, behind a series resistance."""

from __future__ import annotations

import numpy as np

from packtool.mesh.records import Floats
from packtool.thermal.general.problem import Exchange
from packtool.thermal.surfaces import STEFAN_BOLTZMANN

SURFACE_STEPS, SURFACE_SETTLED = 60, 1e-12


def exchanged(e: Exchange, points: Floats, wall: Floats, t: float, radial: bool) -> tuple[Floats, Floats]:
    """Heat flux out of the solid [W/m²] and its slope by the wall's temperature ``wall`` (...) [K] at ``points`` (..., 3).

    With a series conductance s the flux is s (T - T_s), where the far surface's T_s balances it; found by Newton's method.
    """
    ambient = e.T_ambient.at(points, t, None, radial)
    around = e.T_surroundings.at(points, t, None, radial)

    def outward(surface: Floats) -> tuple[Floats, Floats]:
        h = e.h.at(points, t, surface, radial)
        flux, slope = h * (surface - ambient), h + e.h.slope(points, t, surface, radial) * (surface - ambient)
        if e.emissivity.constant != 0:
            strength = e.emissivity.at(points, t, surface, radial) * STEFAN_BOLTZMANN
            cubed = np.abs(surface) ** 3  # |T|³ T keeps the law monotone below 0 K, where iterates may pass
            flux, slope = flux + strength * (cubed * surface - around**4), slope + 4 * strength * cubed
            by_T = e.emissivity.slope(points, t, surface, radial) * STEFAN_BOLTZMANN
            slope = slope + by_T * (cubed * surface - around**4)
        return flux, slope

    if e.series_h is None:
        return outward(wall)
    surface = ambient.copy()
    for _ in range(SURFACE_STEPS):
        flux, slope = outward(surface)
        step = (e.series_h * (wall - surface) - flux) / (e.series_h + slope)
        surface = surface + step
        if np.abs(step).max(initial=0.0) <= SURFACE_SETTLED * float(np.abs(ambient).max()):
            break
    _, slope = outward(surface)
    return e.series_h * (wall - surface), e.series_h * slope / (e.series_h + slope)
