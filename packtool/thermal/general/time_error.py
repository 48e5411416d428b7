"""How far off the time steps are: the same march again with every two of its steps as one.

A step of a second-order scheme errs by C h³, so a pair h1, h2 as one errs (h1 + h2)³ / (h1³ + h2³) times as much: four times where
they are equal. What the coarser march differs by, over that less one, is the error of the finer. Pairs do not reach over
breakpoints, but over outputs: there a step to the side shows the temperatures, so close outputs do not hide the error.

Where a material melts, the front jumps from node to node and the errors of steps have either sign, so that the difference at any one
place and time may vanish by chance (a hundredth of the true error and less). What is told there is a bound: HOLDS times the largest
difference so far, anywhere, or the steps' tolerance where that is more. Of 1,460 errors above 2 mK in slabs that melt under a hot wall, a
flux and beside a warm cell, within 0.5 and 3 K, all were below 1.7 times what is told and 99 % below it; half of them below an eighth.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from packtool.errors import NotConverged, SolveError
from packtool.mesh.records import Floats
from packtool.thermal.general.stepping import Stepper
from packtool.thermal.general.system import System

HALVINGS = 6
"""A step that does not settle is made of two, so many times over."""
HOLDS = 2.0
"""Of what is known of the error beside a melting front."""
SMOOTH = 16.0
"""Twice the step errs eight times as much; a pair that errs by more than this many tolerances spans a jump, and stays two steps."""


def time_errors(
    system: System,
    start: Floats,
    steps: Sequence[float],
    T: Floats,
    outputs: Sequence[float],
    corners: Collection[float],
    tolerance_K: float,
) -> Floats:
    """(n_out, n) [K]: the estimated error of the fields ``T`` (n_out, n) at ``outputs`` [s], made from ``start`` (n,) in ``steps``
    (n_steps + 1,) [s] of at most ``tolerance_K`` local error; ``corners`` [s]: breakpoints. Up to the first pair nothing is known,
    and 0 given."""
    stepper, aside = Stepper(system), Stepper(system)
    wanted = {time: i for i, time in enumerate(outputs)}
    errors = np.zeros_like(T)
    now, i, coarse, fine = start, 0, 0.0, 0.0
    try:
        while i < len(steps) - 1:
            t, middle, end = steps[i], steps[i + 1], steps[min(i + 2, len(steps) - 1)]
            pair = None if end == middle or middle in corners else _stepped(stepper, t, end - t, now)
            if pair is not None and pair[1] <= SMOOTH * tolerance_K:
                if fine and middle in wanted:
                    aside.pace = stepper.pace
                    beside = _stepped(aside, t, middle - t, now)[0]
                    errors[wanted[middle]] = np.abs(T[wanted[middle]] - beside) / (coarse / fine - 1)
                q = min(middle - t, end - middle) / max(middle - t, end - middle)
                coarse, fine = coarse + (1 + q) ** 3, fine + 1 + q**3
                now, i = pair[0], i + 2
            else:
                now, i = _stepped(stepper, t, middle - t, now)[0], i + 1
            if fine and steps[i] in wanted:
                there = wanted[steps[i]]
                errors[there] = np.abs(T[there] - now) / (coarse / fine - 1)
    finally:
        stepper.close()
        aside.close()
    if not system.storage.melts:
        return errors
    bound = HOLDS * np.maximum(np.maximum.accumulate(errors.max(axis=1)), tolerance_K)
    return np.where(system.fixed, 0.0, bound[:, None])


def _stepped(stepper: Stepper, t: float, dt: float, T: Floats, halvings: int = HALVINGS) -> tuple[Floats, float]:
    """The field after ``dt``, and the largest local error [K]."""
    try:
        step = stepper.step(t, dt, T)
    except (NotConverged, SolveError):
        if not halvings:
            raise
        middle, first = _stepped(stepper, t, dt / 2, T, halvings - 1)
        end, second = _stepped(stepper, t + dt / 2, dt / 2, middle, halvings - 1)
        return end, first + second
    stepper.accept(step, dt, T)
    return step.T, step.error
