"""The velocity profile of developed laminar flow in a rectangular duct, exact; between plates, where there is no height."""

from __future__ import annotations

import numpy as np

from packtool.mesh.records import Floats

TERMS = 60
"""Odd terms of the series kept: the profile is then exact to 1e-7 of its mean."""


def developed_profile(y: Floats, z: Floats, width: float, height: float) -> Floats:
    """Axial velocity over its mean [-] at ``y`` in [-width/2, width/2] and ``z`` in [-height/2, height/2]; same shape as ``y``.

    Shah & London, Laminar Flow Forced Convection in Ducts (1978), eq. 333-335 (series of cosines across the shorter side, here of
    the difference to the flow between plates, so that its terms fall with the cube of their number).
    """
    if height > width:
        return developed_profile(z, y, height, width)
    n = np.arange(1, 2 * TERMS, 2)
    sign = np.where(n % 4 == 1, 1.0, -1.0)
    k = n * np.pi / height
    # cosh(k y) / cosh(k width / 2) without overflow
    far = np.abs(np.asarray(y, float))[..., None]
    ratio = (np.exp(k * (far - width / 2)) + np.exp(-k * (far + width / 2))) / (1 + np.exp(-k * width))
    z = np.asarray(z, float)
    plates = height**2 / 8 * (1 - (2 * z / height) ** 2)
    shape = plates - 4 * height**2 / np.pi**3 * np.sum(sign / n**3 * ratio * np.cos(k * z[..., None]), axis=-1)
    mean = height**2 / 12 * (1 - 192 * height / (np.pi**5 * width) * np.sum(np.tanh(k * width / 2) / n**5))
    return np.asarray(shape / mean)


def plates_profile(y: Floats, height: float) -> Floats:
    """Axial velocity over its mean [-] between plates at ``y`` in [-height/2, height/2]."""
    return np.asarray(1.5 * (1 - (2 * np.asarray(y, float) / height) ** 2))
