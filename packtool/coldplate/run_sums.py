"""The joules of a pack's run, summed over its steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete
from packtool.thermal.cell_bank import Interval
from packtool.thermal.records import EnergyBalance, FacetHeat, StreamExchange
from packtool.thermal.stepping import D, Step, W


class RunSums:
    """Joules, summed over the accepted steps with the scheme's weights; ``totals`` by what they are of, ``leaving`` by boundary."""

    def __init__(self, discrete: Discrete, capacity: Any) -> None:
        self._discrete, self._capacity = discrete, capacity
        self.T_time = np.zeros(discrete.n_dofs)  # K s
        self.power_time = np.zeros(len(discrete.problem.mesh.regions))  # J
        self.leaving: dict[str, FacetHeat] = {}
        self.totals: dict[str, float] = dict.fromkeys(
            ("made", "stored", "to stream", "carried", "held", "cells", "reversible", "busbars"), 0.0
        )

    def _add(self, name: str, joules: float) -> None:
        self.totals[name] = self.totals.get(name, 0.0) + joules

    def add(self, step: Step, interval: Interval, T: Floats, dt: float) -> None:
        """One step from ``T``."""
        self.T_time += dt * (W * T + W * step.middle + D * step.T)
        self.power_time += dt * sum(w * flows.power for w, flows in zip((W, W, D), step.stages, strict=True))
        self._add("stored", float((self._capacity @ (step.T - T)).sum()))
        for weight, flows in zip((W, W, D), step.stages, strict=True):
            self._add("made", dt * weight * float(flows.power.sum()))
            for name, out in flows.to_boundaries(self._discrete).items():
                self._add(f"at {name}", dt * weight * out)
            if flows.state:
                self._add("to stream", dt * weight * float(flows.state.heat.sum()))
            for name, leaving in flows.leaving.items():
                before = self.leaving.get(name)
                joules = dt * weight * leaving.heat
                self.leaving[name] = FacetHeat(leaving.facets, joules if before is None else before.heat + joules)
        for name, power in (("cells", interval.joule), ("reversible", interval.reversible), ("busbars", interval.busbar)):
            self._add(name, dt * float(power.sum()))

    def add_coolant(self, step: Step, exchange: StreamExchange, theta: Floats, dt: float) -> None:
        """What the coolant carried off and took up in one step, from ``theta`` (n_states,) [K]; every state's balance summed."""
        out = np.asarray(exchange.transport.sum(axis=0)).ravel()
        for weight, flows in zip((W, W, D), step.stages, strict=True):
            if flows.state:
                self._add("carried", dt * weight * float(out @ flows.state.theta - exchange.supply.sum()))
        last = step.stages[2].state
        if last is not None and exchange.storage is not None:
            self._add("held", float(exchange.storage @ (last.theta - theta)))

    @property
    def coolant(self) -> dict[str, float]:
        """Joules ``carried`` off by the coolant, and ``held`` in it beyond those at the start."""
        return {name: self.totals[name] for name in ("carried", "held")}

    @property
    def made_by(self) -> dict[str, float]:
        """Heat by its source [J]."""
        return {name: self.totals[name] for name in ("cells", "reversible", "busbars")}

    def balance(self) -> EnergyBalance:
        """The whole run's [J]."""
        out = {name.removeprefix("at "): joules for name, joules in self.totals.items() if name.startswith("at ")}
        return EnergyBalance(self.totals["made"], out, self.totals["to stream"], self.totals["stored"])
