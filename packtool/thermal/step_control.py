"""How long the next time step is: by the error of the last, short after jumps, landing on given times."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from packtool.errors import NotConverged

SAFETY = 0.9
SHRINK, GROW = 0.2, 4.0
"""A step is at most this much shorter, longer than the one before."""
LEAST = 0.01
"""The same after two rejected steps, which show how the error falls."""
WORTH = 1.2
"""Steps grow only by more than this, so that the preconditioner can stay."""


@dataclass
class StepControl:
    """The next step ``dt`` [s] of a second-order scheme, so that its local error, which goes with the cube, stays below ``tolerance_K``.

    ``shortest`` and ``longest`` [s] it may be; ``after_jump``: the first step after the last jump of the heat; ``rejected`` steps so far;
    ``refused``: length and error of the last, if nothing was accepted since.
    """

    dt: float
    tolerance_K: float
    shortest: float
    longest: float = np.inf
    after_jump: float = field(init=False)
    jumped: bool = field(init=False, default=True)
    rejected: int = field(init=False, default=0)
    refused: tuple[float, float] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.after_jump = self.dt

    def length(self, left: float) -> float:
        """The step to try where ``left`` [s] remain to the next landing: all of it, or at most half, so that no sliver is left."""
        return left if self.dt >= left * (1 - 1e-9) else min(self.dt, left / 2)

    def _factor(self, error: float, order: float = 3.0) -> float:
        return float(SAFETY * (self.tolerance_K / max(error, 1e-30)) ** (1 / order))

    def reject(self, step: float, error: float, t: float, advice: str = "") -> None:
        """``step`` [s] from ``t`` [s] erred by ``error`` [K] > tolerance: a shorter one is next. Raises NotConverged below ``shortest``.

        After a jump of a boundary's heat the error goes with the step itself or less: two refused steps show it.
        """
        self.rejected += 1
        factor = max(self._factor(error), SHRINK)
        if self.refused is not None and np.isfinite(error) and self.refused[1] > error and self.refused[0] > step:
            shown = np.log(self.refused[1] / error) / np.log(self.refused[0] / step)
            factor = max(self._factor(error, min(max(shown, 1.0), 3.0)), LEAST)
        self.refused = step, error
        self.dt = step * min(factor, SAFETY)
        if self.dt < self.shortest:
            raise NotConverged(
                f"at {t:.6g} s a step of {self.dt:.1e} s would be needed to keep the error at {self.tolerance_K:g} K{advice}"
            )

    def accept(self, step: float, error: float) -> None:
        """``step`` [s] with ``error`` [K] was taken."""
        self.refused = None
        if self.jumped:
            self.after_jump, self.jumped = step, False
        factor = self._factor(error)
        if factor > WORTH:
            self.dt = max(self.dt, min(step * min(factor, GROW), self.longest))
        elif factor < 1:
            self.dt = step * factor

    def jump(self) -> None:
        """The heat jumps here: what a step after the last jump could be, it can be after this one, more or less."""
        self.dt, self.jumped = min(self.dt, 2 * self.after_jump), True


JUMPS = ": the heat jumps at a time that is not among the breakpoints, or runs away"
"""Advice where breakpoints are the caller's to give."""
