"""The mesh error of any number of a solve, from the same number on meshes with half and a quarter of the divisions.

With an error C h^p three meshes show p by the ratio of their two differences, and the finest one's error is the last difference
over 2^p - 1. p is believed between 1 (corners, jumps of conductivity) and 2 x degree (nodal values of smooth fields). Where the
last difference is much smaller than that allows (errors that cancel, an extreme that crosses its limit) the one before, shrunk as
the smoothest field's would be, stands in: too large an error rather than too small a one. Points that lie at different places of
their elements on the three meshes are such a case (an estimate of up to four times the error): give points that are nodes of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.fem.start import one_thread
from packtool.thermal.error import fitted_error

ROUNDING = 1e-9
"""Of the value: the solver's tolerance, below which a difference between meshes says nothing."""


@dataclass(frozen=True, slots=True)
class Number:
    """A ``value`` and its estimated mesh ``error``, in the same unit."""

    value: float
    error: float


@one_thread()
def with_errors(
    run: Callable[[int], Mapping[str, float]],
    divisions: int,
    degree: int = 1,
    *,
    target_error: float | Mapping[str, float] | None = None,
    most_divisions: int = 128,
) -> dict[str, Number]:
    """What ``run(divisions)`` gives, each number with its estimated mesh error; ``run`` is also called with a half and a quarter.

    ``target_error``: for all numbers, or by name for some, in their unit: where one's error is above it, there are as many more divisions as
    the orders of smooth fields say, until it holds; NotConverged where that takes more than ``most_divisions``.

    ``run(n)`` meshes with n divisions, solves on elements of ``degree`` and gives numbers by name; of a transient the error of its
    steps comes on top, see ``HeatHistory.error_at``. Raises SolveError where ``divisions`` is no multiple of 4, or a run leaves a
    number out or gives something else.
    """
    if not callable(run) or isinstance(divisions, bool) or not isinstance(divisions, int):
        raise SolveError(
            "with_errors(run, divisions): run is a function that meshes with so many divisions, solves and gives numbers by name"
        )
    if divisions < 4 or divisions % 4:
        raise SolveError(f"divisions is {divisions}; wanted a multiple of 4, so that it can be halved twice")
    known: dict[int, dict[str, float]] = {}
    while True:
        for one in (divisions, divisions // 2, divisions // 4):
            if one not in known:
                known[one] = _numbers(run(one))
        fine, half, quarter = known[divisions], known[divisions // 2], known[divisions // 4]
        if not set(fine) == set(half) == set(quarter):
            raise SolveError("the runs on the three meshes give different names")
        found = {name: Number(fine[name], mesh_error(fine[name], half[name], quarter[name], degree)) for name in fine}
        missed, worst = _missed(found, target_error)
        if missed <= 1:
            return found
        more = max(divisions + 4, 4 * math.ceil(divisions * missed ** (1 / (2 * degree)) / 4))
        if more > most_divisions:
            raise NotConverged(
                f"{worst} has an error of {found[worst].error:.3g} with {divisions} divisions, {missed:.3g} times its target_error; it would take "
                f"about {more}, and most_divisions is {most_divisions}"
            )
        divisions = more


def _missed(found: Mapping[str, Number], target: float | Mapping[str, float] | None) -> tuple[float, str]:
    """The largest error over its target, and whose it is; 0 without targets."""
    wanted = {} if target is None else dict(target) if isinstance(target, Mapping) else dict.fromkeys(found, target)
    unknown = [name for name in wanted if name not in found]
    if unknown:
        raise SolveError(f"target_error names {', '.join(unknown)}; the run gives {', '.join(found)}")
    if not all(isinstance(one, float | int) and one > 0 for one in wanted.values()):
        raise SolveError(f"target_error is {target!r}; wanted errors above 0")
    return max(((found[name].error / most, name) for name, most in wanted.items()), default=(0.0, ""))


def _numbers(given: object) -> dict[str, float]:
    if not isinstance(given, Mapping):
        raise SolveError(f'the run gives a {type(given).__name__}; wanted numbers by name, {{"T_max": 300.0}}')
    for name, value in given.items():
        if np.size(value) != 1:
            raise SolveError(f"the run gives {np.size(value)} numbers for {name!r}; wanted one: give each a name of its own")
    return {name: float(np.ravel(value)[0]) for name, value in given.items()}


def mesh_error(fine: float, half: float, quarter: float, degree: int = 1) -> float:
    """The estimated error of ``fine``, from the same number on meshes with half and a quarter of the divisions."""
    return fitted_error((fine, half, quarter), 2.0 * degree, 2.0 * degree, ROUNDING * abs(fine))
