"""Heat from a surface to its surroundings: convection and radiation, behind a series resistance."""

from __future__ import annotations

import numpy as np

from packtool.mesh.records import Floats
from packtool.thermal.general.problem import Exchange
from packtool.thermal.surfaces import STEFAN_BOLTZMANN, behind


def exchanged(e: Exchange, points: Floats, wall: Floats, t: float, radial: bool) -> tuple[Floats, Floats]:
    """Heat flux out of the solid [W/m²] and its slope by the wall's temperature ``wall`` (...) [K] at ``points`` (..., 3)."""
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

    return behind(e.series_h, wall, ambient, outward)
