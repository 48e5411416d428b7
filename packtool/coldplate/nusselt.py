"""Heat transfer between a rectangular or round duct's walls and the coolant: local Nusselt numbers on D_h. Arrays throughout.

Laminar: the general model of Y. S. Muzychka and M. M. Yovanovich, J. Heat Transfer 126 (2004) 54 (entrance and developed asymptotes
joined), with the developed asymptote replaced by Shah & London's value for the rectangle. Held against an independent finite-volume
march of the Graetz problem (tests/coldplate) it is within 8.5 % for aspect ratios 0.1..1 and x* 2e-4..0.2, and within 4 % below 0.25;
the authors state 10 % (seen in the abstract of their 2002 paper; the
coefficients are remembered and rest on the march). Turbulent: Gnielinski with the entrance factor; Re 2300..4000 blended linearly (Gnielinski 2013).
Properties are the bulk's: the wall-viscosity factor (mu/mu_wall)^0.14 is left out, 1 % for a wall 3 K off in meg50.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from packtool.coldplate.friction import RE_TURBULENT, ROUND, colebrook, laminar_f_Re, transition_weight
from packtool.errors import SolveError
from packtool.layout.coolant import RE_LAMINAR
from packtool.mesh.records import Floats

Wall = Literal["H1", "T"]
"""H1: heat flux even along the duct, wall temperature even around it (a metal plate under cells that all make heat). T: one wall
temperature everywhere; the lower bound."""

PRANDTL_RANGE = (0.5, 2000.0)
"""Range of Gnielinski's equation; the laminar model holds for 0.1 < Pr < infinity."""
SCATTER_LAMINAR = 0.10
"""Relative half-width stated for the laminar model by its authors."""
SCATTER_TURBULENT = 0.20
"""Relative half-width of Gnielinski's equation in ducts: 10 % over 90 % of his round-pipe data (1976), doubled for the rectangle."""
SCATTER_TRANSITION = 0.35
"""Re 2300..4000: not better known than the two ends it joins differ."""

_H1 = 8.235 * np.array([1, -2.0421, 3.0853, -2.4765, 1.0578, -0.1861])
_T = np.array([7.5407, -19.784, 38.2422, -38.442, 11.4939, 15.8099, -16.7964, 4.9133])
_ROUND = {"H1": 48 / 11, "T": 3.6567934577633}
"""Round duct: 48/11 exactly; the first eigenvalue of the Graetz problem (2.7043644 squared, over 2)."""
_LEVEQUE = {"H1": 0.501, "T": 0.409}
_DEVELOPING = {"H1": (0.886, 1.909), "T": (0.564, 1.664)}
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(4)


def developed(aspect: Floats, wall: Wall = "H1") -> Floats:
    """Nusselt number of developed laminar flow [-]; same shape as ``aspect`` (shorter over longer side, (0, 1], or ROUND;
    SolveError outside).

    H1: polynomial of Shah & London 1978 (eq. 347), within 0.1 % of the exact values. T: a polynomial fitted here to the first eigenvalue
    of the Graetz problem on the rectangle, by Chebyshev collocation at 25 aspect ratios (tests/coldplate computes some again), within
    0.006 %; theirs (eq. 346) is up to 0.21 % off.
    """
    a = np.asarray(aspect, float)
    round_duct = a == ROUND
    if np.any(~(((a > 0) & (a <= 1)) | round_duct)):
        raise SolveError("aspect ratio of a duct must be in (0, 1]")
    rectangle = np.polynomial.polynomial.polyval(np.where(round_duct, 1.0, a), _H1 if wall == "H1" else _T)
    return np.where(round_duct, _ROUND[wall], rectangle)


def laminar(x_star: Floats, aspect: Floats, Pr: Floats | None = None, wall: Wall = "H1") -> Floats:
    """Local Nusselt number of laminar flow at x* = x / (D_h Re Pr) > 0 from where the heating starts [-]. Shapes broadcast.

    ``Pr`` None: the velocity is developed (Graetz). Else velocity and temperature develop together from the same point, Pr > 0.1.
    """
    x, a = np.broadcast_arrays(np.asarray(x_star, float), np.asarray(aspect, float))
    if np.any(~(x > 0)):
        raise SolveError("x* must be positive")
    thermal = _LEVEQUE[wall] * np.cbrt(laminar_f_Re(a) / x)
    graetz = (thermal**5 + developed(a, wall) ** 5) ** 0.2
    if Pr is None:
        return graetz
    Pr = np.asarray(Pr, float)
    if np.any(~(Pr > 0.1)):
        raise SolveError("the model of simultaneously developing flow needs Pr > 0.1")
    top, slope = _DEVELOPING[wall]
    both = top / (1 + (slope * Pr ** (1 / 6)) ** 4.5) ** (2 / 9) / np.sqrt(x)
    power = 2.27 + 1.65 * np.cbrt(Pr)
    return graetz * (1 + (both / graetz) ** power) ** (1 / power)


def turbulent(Re: Floats, Pr: Floats, x_over_D: Floats, relative_roughness: Floats) -> Floats:
    """Local Nusselt number of turbulent flow [-]. Shapes broadcast.

    Gnielinski, Int. Chem. Eng. 16 (1976) 359, with the local form of Hausen's entrance factor, 1 + (D/x)^(2/3) / 3 (VDI Heat Atlas
    G1: the mean over a length carries 1 + (D/L)^(2/3)), held at its value of x = D nearer the entrance.
    Re 2300..1e6, Pr 0.5..2000; SolveError outside.
    """
    Pr = np.asarray(Pr, float)
    if np.any(~((Pr >= PRANDTL_RANGE[0]) & (Pr <= PRANDTL_RANGE[1]))):
        raise SolveError(
            f"Prandtl number {Pr.max():.4g} is outside Gnielinski's range {PRANDTL_RANGE[0]:g}..{PRANDTL_RANGE[1]:g}",
            key="cold_plate.coolant",
        )
    f8 = colebrook(Re, relative_roughness) / 8
    straight = f8 * (Re - 1000) * Pr / (1 + 12.7 * np.sqrt(f8) * (np.cbrt(Pr) ** 2 - 1))
    return straight * (1 + np.maximum(x_over_D, 1.0) ** (-2 / 3) / 3)


def standing(aspect: Floats) -> tuple[Floats, Floats]:
    """Nusselt number on D_h of a liquid that stands still in a duct and conducts, and its relative half-width [-]; shapes of ``aspect``.

    The middle of two exact ends: a mean temperature that dies away beside a wall of one temperature (the slowest mode: pi² (1 + a²) /
    (1 + a)² of a rectangle, the first zero of J0 squared of a round duct; Carslaw & Jaeger, Conduction of Heat in Solids, 1959), and one
    that rises evenly (f Re / 2: the same Poisson problem as developed flow). Natural convection, which would add to it, is left out.
    """
    a = np.asarray(aspect, float)
    sides = np.where(a == ROUND, 1.0, a)
    low = np.where(a == ROUND, 2.404825557695773**2, np.pi**2 * (1 + sides**2) / (1 + sides) ** 2)
    high = laminar_f_Re(a) / 2
    return (low + high) / 2, (high - low) / (high + low)


def segment_mean(
    Re: Floats,
    Pr: Floats,
    aspect: Floats,
    x_star: tuple[Floats, Floats],
    x_over_D: Floats,
    relative_roughness: Floats,
    together: NDArray[np.bool_],
    wall: Wall = "H1",
) -> Floats:
    """Nusselt number averaged over segments [-]; every argument (n_segments,).

    ``x_star`` the start and the end of each segment, from the start of its thermal layer; ``x_over_D`` the distance of its middle
    from there in D_h; ``together``: True where the velocity develops from the same point. The laminar part is integrated by four
    Gauss points in x*^(2/3), which is exact for the entrance asymptote. Range: that of the parts; SolveError outside.
    """
    x0, x1 = (np.asarray(x, float) for x in x_star)
    t0, t1 = np.cbrt(x0) ** 2, np.cbrt(np.maximum(x1, x0 * (1 + 1e-9) + 1e-30)) ** 2
    mean = np.zeros_like(x1)
    for point, weight in zip(_POINTS, _WEIGHTS, strict=True):
        t = t0 + (t1 - t0) * (1 + point) / 2
        x = np.maximum(t, 1e-20) ** 1.5
        local = np.where(together, laminar(x, aspect, Pr, wall), laminar(x, aspect, None, wall))
        mean += weight / 2 * local * 1.5 * np.sqrt(t) * (t1 - t0) / (t1**1.5 - t0**1.5)  # dx = 1.5 sqrt(t) dt
    weight_turbulent = transition_weight(Re)
    if not np.any(weight_turbulent > 0):
        return mean
    high = turbulent(np.clip(Re, RE_TURBULENT, None), Pr, x_over_D, relative_roughness)
    return np.where(weight_turbulent > 0, (1 - weight_turbulent) * mean + weight_turbulent * high, mean)


def scatter(Re: Floats) -> Floats:
    """Relative half-width of the Nusselt number's uncertainty at Re [-], same shape."""
    Re = np.asarray(Re, float)
    return np.where(Re <= RE_LAMINAR, SCATTER_LAMINAR, np.where(Re >= RE_TURBULENT, SCATTER_TURBULENT, SCATTER_TRANSITION))
