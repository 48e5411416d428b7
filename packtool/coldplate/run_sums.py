"""The joules of a pack's run, summed over its steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete
from packtool.thermal.cell_bank import Interval
from packtool.thermal.records import FacetHeat, StreamExchange
from packtool.thermal.step_sums import StepSums
from packtool.thermal.stepping import WEIGHTS, Step


class RunSums(StepSums):
    """Joules of the network and the coolant as well, and those that left by facet, ``leaving`` by boundary; ``T_time`` (n_points,) [K s]
    and ``power_time`` (n_regions,) [J] are temperatures and heats summed over time."""

    def __init__(self, discrete: Discrete, capacity: Any) -> None:
        super().__init__(discrete, capacity)
        self.T_time = np.zeros(discrete.n_dofs)
        self.power_time = np.zeros(len(discrete.problem.mesh.regions))
        self.leaving: dict[str, FacetHeat] = {}
        self.totals |= dict.fromkeys(("carried", "held", "cells", "reversible", "busbars"), 0.0)

    def add_run(self, step: Step, interval: Interval, T: Floats, dt: float) -> None:
        """One step from ``T``."""
        self.add(step, T, dt)
        for weight, field, flows in zip(WEIGHTS, (T, step.middle, step.T), step.stages, strict=True):
            self.T_time += dt * weight * field
            self.power_time += dt * weight * flows.power
            for name, leaving in flows.leaving.items():
                before = self.leaving.get(name)
                joules = dt * weight * leaving.heat
                self.leaving[name] = FacetHeat(leaving.facets, joules if before is None else before.heat + joules)
        for name, power in (("cells", interval.joule), ("reversible", interval.reversible), ("busbars", interval.busbar)):
            self._add(name, dt * float(power.sum()))

    def add_coolant(self, step: Step, exchange: StreamExchange, theta: Floats, dt: float) -> None:
        """What the coolant carried off and took up in one step, from ``theta`` (n_states,) [K]; every state's balance summed."""
        out = np.asarray(exchange.transport.sum(axis=0)).ravel()
        for weight, flows in zip(WEIGHTS, step.stages, strict=True):
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
