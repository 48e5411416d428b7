"""The joules of a march in time, summed over its steps with the weights of the scheme."""

from __future__ import annotations

from collections.abc import Callable

from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete
from packtool.thermal.records import EnergyBalance
from packtool.thermal.stepping import WEIGHTS, Step


class StepSums:
    """Joules over the accepted steps: ``totals`` by what they are of."""

    def __init__(self, discrete: Discrete, stored: Callable[[Floats, Floats], Floats]) -> None:
        """``stored``: see ``Stepper.stored``."""
        self._discrete, self._stored = discrete, stored
        self.totals: dict[str, float] = dict.fromkeys(("made", "stored", "to stream"), 0.0)

    def _add(self, name: str, joules: float) -> None:
        self.totals[name] = self.totals.get(name, 0.0) + joules

    def add(self, step: Step, T: Floats, dt: float) -> None:
        """One step from ``T``."""
        gained = self._stored(step.T, T)
        self._add("stored", float(gained.sum()))
        for weight, flows in zip(WEIGHTS, step.stages, strict=True):
            self._add("made", dt * weight * float(flows.power.sum()))
            for name, out in flows.to_boundaries(self._discrete).items():
                self._add(f"at {name}", dt * weight * out)
            if flows.state:
                self._add("to stream", dt * weight * float(flows.state.heat.sum()))
        for name, nodes in self._discrete.prescribed.items():  # what warms the points there arrives, but does not leave
            self._add(f"at {name}", -float(gained[nodes].sum()))

    def balance(self) -> EnergyBalance:
        """The whole march's [J]."""
        out = {name.removeprefix("at "): joules for name, joules in self.totals.items() if name.startswith("at ")}
        return EnergyBalance(self.totals["made"], out, self.totals["to stream"], self.totals["stored"])
