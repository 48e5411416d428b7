"""How much of a Newton step to take where heat capacities jump, as where a material melts."""

from __future__ import annotations

from collections.abc import Callable

from packtool.mesh.records import Floats

TRIALS = 16
"""A Newton step that goes too far is tried in part, at most so many times: the enthalpy's slope may jump a hundredfold where a material melts."""
SLOW = 0.2
"""A Newton step with a derivative of an earlier moment that leaves more than this of the residual calls for a new one."""

type Balance[Heat] = tuple[Heat, Floats, float, float]
"""The heat, the residual (n,) [J], the sum of its sizes, and what that is measured against."""


def best_part[Heat](
    tried: Callable[[Floats], Balance[Heat] | None],
    x: Floats,
    step: Floats,
    start: tuple[Floats, float],
    whole: Balance[Heat] | None,
) -> tuple[float, Balance[Heat] | None]:
    """The share of ``step`` from ``x``, both (n,) [K], whose balance is the best found, and that balance, where the ``whole`` step's is no better
    than the ``start``'s (residual, its sum). ``tried``: the balance at a field; None where there is none. Along the step the heat still
    wanted changes sign: bisection and the secant by turns."""
    residual, off = start
    low, wanted = 0.0, float(step @ residual)
    high, beyond = 1.0, None if whole is None else float(step @ whole[1])
    best: tuple[float, Balance[Heat] | None] = (1.0, whole)
    for trial in range(TRIALS):
        share = (low + high) / 2
        if trial % 2 and beyond is not None and wanted > 0 > beyond:
            share = low + (high - low) * wanted / (wanted - beyond)
        after = tried(x + share * step)
        if after is not None and (best[1] is None or after[2] < best[1][2]):
            best = share, after
            if after[2] < SLOW * off:
                break
        left = None if after is None else float(step @ after[1])
        if left is not None and left > 0 and beyond is not None and beyond < 0:
            low, wanted = share, left
        else:
            high, beyond = share, left
    return best
