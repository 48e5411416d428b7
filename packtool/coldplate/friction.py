"""Pressure loss of a straight rectangular or round duct: laminar, turbulent and between, with the excess of the entrance. Arrays throughout.

Darcy's factor is written ``friction_darcy`` (four times Fanning's). Laminar: exact. Turbulent: Colebrook on Jones's laminar-equivalent
diameter. From Re 2300 to 4000 the two are blended linearly in Re, so that the loss is one continuous, rising function of the flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from packtool.errors import SolveError
from packtool.layout.coolant import RE_LAMINAR, RE_MAX, ROUGHNESS_MAX
from packtool.mesh.records import Floats

RE_TURBULENT = 4000.0
"""Lowest Reynolds number taken as turbulent: the upper end of Gnielinski's transition, Int. J. Heat Mass Transfer 63 (2013) 134."""

ROUND = np.inf
"""What stands in the place of the aspect ratio of a round duct. Wide plates are a rectangle of 1e-9."""

_ENTRANCE_ASPECT = np.array([0.0, 0.2, 0.5, 1.0])
_ENTRANCE_K = np.array([0.674, 0.931, 1.28, 1.43])
_ENTRANCE_C = np.array([2.9e-5, 7.6e-5, 2.1e-4, 2.9e-4])
_ENTRANCE_ROUND = (1.25, 2.12e-4)
"""K_infinity and C of Shah's entrance formula by aspect ratio, and of the round duct: R. K. Shah, J. Fluids Eng. 100 (1978) 177 (+-2.4 %, says its abstract). The
figures are remembered, the table was not seen again; K is held against the momentum and energy of the exact profile by a test."""


Regime = Literal["laminar", "transition", "turbulent"]


def regime_of(Re: Floats) -> tuple[Regime, ...]:
    """laminar (Re <= 2300), transition, turbulent (Re >= 4000), of each."""
    return tuple("laminar" if r <= RE_LAMINAR else "turbulent" if r >= RE_TURBULENT else "transition" for r in np.ravel(Re))


def transition_weight(Re: Floats) -> Floats:
    """0 where laminar (Re <= 2300), 1 where turbulent (Re >= 4000), linear between [-]; same shape as ``Re``."""
    return np.clip((Re - RE_LAMINAR) / (RE_TURBULENT - RE_LAMINAR), 0.0, 1.0)


def laminar_f_Re(aspect: Floats) -> Floats:
    """Fanning f times Re (on D_h) of developed laminar flow in a rectangular or round duct [-]; same shape as ``aspect``.

    ``aspect`` is the shorter side over the longer, in (0, 1], or ROUND (16, Hagen-Poiseuille); SolveError outside. Exact series: Shah &
    London, Laminar Flow Forced Convection in Ducts (1978), eq. 341; here with 60 terms, converged to 1e-10.
    """
    a = np.atleast_1d(np.asarray(aspect, float))
    bad = ~(((a > 0) & (a <= 1)) | (a == ROUND))
    if np.any(bad):
        raise SolveError(f"aspect ratio of a duct must be in (0, 1], got {a[bad][0]:g}")
    each, back = np.unique(a, return_inverse=True)  # a plate has two or three sections
    few = np.where(each == ROUND, 1.0, each)
    n = np.arange(1, 121, 2)
    series = np.sum(np.tanh(n * np.pi / (2 * few[:, None])) / n**5, axis=1)
    rectangle = 24 / ((1 + few) ** 2 * (1 - 192 * few / np.pi**5 * series))
    return np.where(each == ROUND, 16.0, rectangle)[back].reshape(np.shape(aspect))


def colebrook(Re: Floats, relative_roughness: Floats) -> Floats:
    """Darcy's friction factor of turbulent flow in a round pipe [-], shapes broadcast.

    Colebrook, J. Inst. Civ. Eng. 11 (1939) 133, solved by Newton's method on 1/sqrt(f); ``relative_roughness`` is roughness over
    diameter, 0..0.05, and Re 2300..1e6; SolveError outside.
    """
    Re, rough = np.broadcast_arrays(np.asarray(Re, float), np.asarray(relative_roughness, float))
    refuse_reynolds(Re)
    if np.any(Re < RE_LAMINAR):
        raise SolveError(f"Colebrook's equation is for turbulent flow: Re {Re.min():.4g} is below {RE_LAMINAR:g}")
    if np.any((rough < 0) | (rough > ROUGHNESS_MAX)):
        raise SolveError(
            f"relative roughness must be in [0, {ROUGHNESS_MAX:g}], got {rough.max():.4g}: lower the roughness",
            key="cold_plate.roughness_um",
        )
    x = np.full(Re.shape, 6.0)
    for _ in range(12):  # quadratic from any start in 4..12: five steps reach rounding
        inside = rough / 3.7 + 2.51 / Re * x
        x = x - (x + 2 * np.log10(inside)) / (1 + 2 * 2.51 / (Re * inside * np.log(10)))
    return x**-2


def friction_darcy_Re(
    Re: Floats, aspect: Floats, relative_roughness: Floats, turbulence: bool = True, f_Re: Floats | None = None
) -> Floats:
    """Darcy's friction factor of developed flow in a rectangular or round duct, times Re [-]; finite down to Re = 0. Shapes broadcast.

    ``relative_roughness`` is on D_h. Turbulent: Colebrook at the laminar-equivalent Reynolds number Re 16 / (f Re)_laminar of
    O. C. Jones, J. Fluids Eng. 98 (1976) 173 (+-5 % there). ``turbulence=False``: laminar at any Re (for linear reference networks).
    ``f_Re``: ``laminar_f_Re(aspect)`` where it is known already. Re 0..1e6; SolveError outside.
    """
    Re = np.asarray(Re, float)
    refuse_reynolds(Re)
    laminar = laminar_f_Re(aspect) if f_Re is None else f_Re
    if not turbulence or not np.any(Re > RE_LAMINAR):
        return np.broadcast_to(4 * laminar, Re.shape).copy()
    weight = transition_weight(Re)
    equivalent = np.maximum(Re, RE_LAMINAR) * np.minimum(1.125, 16 / laminar)
    turbulent = colebrook(np.clip(equivalent, RE_LAMINAR, RE_MAX), relative_roughness) * Re
    return (1 - weight) * 4 * laminar + weight * turbulent


def entrance_excess(x_plus: Floats, aspect: Floats, f_Re: Floats | None = None) -> Floats:
    """Pressure lost in developing laminar flow beyond that of developed flow, in multiples of rho v^2 / 2 [-]. Shapes broadcast.

    ``x_plus`` = L / (D_h Re) > 0 (infinity allowed: the result is then K_infinity). Uniform velocity at the start.
    R. K. Shah, J. Fluids Eng. 100 (1978) 177: f_app Re = 3.44/sqrt(x+) + (f Re + K/(4 x+) - 3.44/sqrt(x+)) / (1 + C/x+^2), +-2.4 %.
    """
    x, a = np.broadcast_arrays(np.asarray(x_plus, float), np.asarray(aspect, float))
    if np.any(~(x > 0)):
        raise SolveError("x+ of a developing flow must be positive")
    K = np.where(a == ROUND, _ENTRANCE_ROUND[0], np.interp(a, _ENTRANCE_ASPECT, _ENTRANCE_K))
    C = np.where(a == ROUND, _ENTRANCE_ROUND[1], np.interp(a, _ENTRANCE_ASPECT, _ENTRANCE_C))
    f_Re = laminar_f_Re(a) if f_Re is None else f_Re
    near = np.minimum(x, 1e3)  # beyond that the excess has been K to 1e-10 for long
    apparent = 3.44 / np.sqrt(near) + (f_Re + K / (4 * near) - 3.44 / np.sqrt(near)) / (1 + C / near**2)
    return 4 * near * (apparent - f_Re)


def refuse_reynolds(Re: Floats, names: Sequence[str] | None = None) -> None:
    """SolveError for a Reynolds number that no correlation here covers; ``names`` of the ducts, one an entry."""
    known = (Re >= 0) & (Re <= RE_MAX)
    if not np.all(known):
        at = int(np.argmax(np.where(known, -1.0, np.nan_to_num(Re, nan=np.inf))))
        raise SolveError(
            f"{f'{names[at]}: ' if names else ''}Reynolds number {np.ravel(Re)[at]:.4g} is outside 0..{RE_MAX:g}, the friction factor's range: check"
            " the flow and the channel's section",
            key="cold_plate.flow_lpm",
        )
