"""The joules of a pack's run, summed over its steps."""

from __future__ import annotations

from collections.abc import Callable
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
    and ``power_time`` (n_regions,) [J] are temperatures and heats summed over time; ``kept`` is all that it knows, to be carried on."""

    def __init__(self, discrete: Discrete, stored: Callable[[Floats, Floats], Floats]) -> None:
        super().__init__(discrete, stored)
        self.T_time = np.zeros(discrete.n_dofs)
        self.power_time = np.zeros(len(discrete.problem.mesh.regions))
        self.leaving: dict[str, FacetHeat] = {}
        self._conducted: dict[str, Floats] = {}
        self._lately: Floats | float = 0.0
        self.totals |= dict.fromkeys(("carried", "held", "cells", "reversible", "busbars", "beside"), 0.0)

    def add_run(self, step: Step, interval: Interval, T: Floats, dt: float) -> None:
        """One step from ``T``."""
        self.add(step, T, dt)
        for weight, field, flows in zip(WEIGHTS, (T, step.middle, step.T), step.stages, strict=True):
            self.T_time += dt * weight * field
            self.power_time += dt * weight * flows.power
            if flows.conducted is not None:
                self._lately = self._lately + dt * weight * flows.conducted
            for name, leaving in flows.leaving.items():
                before = self.leaving.get(name)
                joules = dt * weight * leaving.heat
                self.leaving[name] = FacetHeat(leaving.facets, joules if before is None else before.heat + joules)
        for name, power in (("cells", interval.joule), ("reversible", interval.reversible), ("busbars", interval.busbar)):
            self._add(name, dt * float(power.sum()))
        self._add("beside", dt * interval.beside)
        self._add("busbars", dt * interval.beside)

    def add_coolant(self, step: Step, exchange: StreamExchange, theta: Floats, dt: float) -> None:
        """What the coolant carried off and took up in one step, from ``theta`` (n_states,) [K]; every state's balance summed."""
        out = np.asarray(exchange.transport.sum(axis=0)).ravel()
        for weight, flows in zip(WEIGHTS, step.stages, strict=True):
            if flows.state:
                self._add("carried", dt * weight * float(out @ flows.state.theta - exchange.supply.sum()))
        last = step.stages[2].state
        if last is not None and exchange.storage is not None:
            self._add("held", float(exchange.storage @ (last.theta - theta)))

    def conducted(self) -> dict[str, Floats]:
        """(n_points,) [J] by kind of part whose properties depend on temperature: what it conducted away from the points."""
        varying = self._discrete.varying
        if varying is not None and isinstance(self._lately, np.ndarray):
            for kind, joules in varying.by_kind(self._lately).items():
                self._conducted[kind] = self._conducted.get(kind, 0.0) + joules
            self._lately = 0.0
        return self._conducted

    @property
    def kept(self) -> tuple[Any, ...]:
        """What the sums are made of; whole on every rank."""
        return self.totals, self.T_time, self.power_time, self.leaving, self.conducted()

    @kept.setter
    def kept(self, kept: tuple[Any, ...]) -> None:
        self.totals, self.T_time, self.power_time, self.leaving, self._conducted = kept
        self._lately = 0.0

    @property
    def coolant(self) -> dict[str, float]:
        """Joules ``carried`` off by the coolant, and ``held`` in it beyond those at the start."""
        return {name: self.totals[name] for name in ("carried", "held")}

    @property
    def made_by(self) -> dict[str, float]:
        """Heat by its source [J]; that of ``busbars`` which goes ``beside`` the cells, to the ambient."""
        return {name: self.totals[name] for name in ("cells", "reversible", "busbars", "beside")}
