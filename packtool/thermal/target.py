"""Element sizes for a target error: which direction of which part adds how much to the error, and where refinement is spent best.

In each direction the error of a temperature goes with the square of the element size (``SQUARE``: trilinear elements, smooth fields), and
the errors of the directions add. Elements go with the product of 1/size over the directions, so the fewest elements for a given sum of
errors have the same error in every direction (the condition of Lagrange: size² d(error)/d(size²) is the same for all), but in those that
even the coarsest division resolves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

SQUARE = 2.0
"""Order of trilinear elements where the field is smooth."""


def balanced(errors: Mapping[str, float], coarsest: Mapping[str, float], target: float) -> dict[str, float]:
    """By direction the factor on its size, at most ``coarsest``, with which ``errors`` (of the sizes now, any one unit) add up to ``target``."""
    found: dict[str, float] = {}
    left, free = target, dict(errors)
    while free:
        share = left / len(free)
        capped = [key for key, error in free.items() if error * coarsest[key] ** SQUARE <= share]
        if not capped:
            return found | {key: math.sqrt(share / error) for key, error in free.items()}
        for key in capped:
            found[key] = coarsest[key]
            left -= free.pop(key) * coarsest[key] ** SQUARE
    return found
