"""Which heaters of a run are on, and when their thermostats switch them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from packtool.mesh.records import Floats
from packtool.thermal.heaters import PackHeater
from packtool.thermal.stepping import GAMMA

CLOSE_ENOUGH = 0.1
"""Of the tolerance of a step: so far past its temperature a thermostat may switch; a step that ends farther past is taken again, shorter."""

Readings = tuple[Floats, Floats]


@dataclass
class Switches:
    """``on`` by heater, and ``history``: (heater, time [s], on) of every switching, the state at the start among them."""

    on: list[bool]
    history: list[tuple[int, float, bool]] = field(default_factory=list)

    @classmethod
    def at_start(cls, heaters: Sequence[PackHeater], cell_mean: Floats, sensors: Floats) -> Switches:
        """On, but where a thermostat reads more than it switches on at."""
        on = [h.thermostat is None or h.thermostat.beyond(h.thermostat.reads(cell_mean, sensors), False) >= 0 for h in heaters]
        return cls(on, [(number, 0.0, state) for number, state in enumerate(on)])

    def passed(self, heaters: Sequence[PackHeater], readings: Sequence[Readings], tolerance: float) -> float | None:
        """The share of a step after which the first thermostat is just past its temperature; None: none is too far past at its end.

        ``readings``: the cells' means and the sensors at 0, GAMMA and 1 of it; between them the parabola through the three is taken.
        """
        close, shares = CLOSE_ENOUGH * tolerance, []
        for heater, on in zip(heaters, self.on, strict=True):
            if heater.thermostat is None:
                continue
            a, m, b = (heater.thermostat.beyond(heater.thermostat.reads(*at), on) for at in readings)
            if b > close:
                shares.append(_crossing(a - close / 2, m - close / 2, b - close / 2))
        return min(shares) if shares else None

    def switch(self, heaters: Sequence[PackHeater], cell_mean: Floats, sensors: Floats, t: float) -> bool:
        """Switch what is past its temperature at ``t`` [s]; whether anything was."""
        switched = False
        for number, heater in enumerate(heaters):
            state = heater.thermostat
            if state is not None and state.beyond(state.reads(cell_mean, sensors), self.on[number]) >= 0:
                self.on[number] = not self.on[number]
                self.history.append((number, t, self.on[number]))
                switched = True
        return switched


def _crossing(a: float, m: float, b: float) -> float:
    """Where the parabola through (0, ``a``), (GAMMA, ``m``) and (1, ``b``) is 0 first, kept inside the step."""
    bend = ((b - a) - (m - a) / GAMMA) / (1 - GAMMA)
    roots = np.roots([bend, b - a - bend, a])
    inside = [float(root.real) for root in roots if abs(root.imag) < 1e-12 and 0 < root.real < 1]
    return min(max(min(inside, default=0.5), 0.02), 0.98)
