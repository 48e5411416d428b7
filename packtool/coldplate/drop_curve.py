"""Pressure drop of a plate over its flow, its coolant at one state: for the pump's operating point, and to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.coldplate.calibrated import network_passages
from packtool.coldplate.fluid import CoolantTable
from packtool.coldplate.losses import FlowPhysics
from packtool.coldplate.network import FULL, FlowSplit, split_flow
from packtool.coldplate.passages import Passages
from packtool.coldplate.segments import branch_means
from packtool.coldplate.stream import ChannelStream
from packtool.design.schema import AnyColdPlate
from packtool.errors import NotConverged, SolveError
from packtool.layout.coolant import LPM, CoolantNetwork
from packtool.mesh.records import Floats

DRAWN_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
"""Flows of a drawn curve, over the plate's own."""


@dataclass(frozen=True)
class DropCurve:
    """``rho`` [kg/m³] and ``mu`` [Pa s] by branch (n,), ``rho_in`` at the inlet, ``roughness`` [m]."""

    passages: Passages
    rho: Floats
    mu: Floats
    rho_in: float
    roughness: float
    flow_physics: FlowPhysics = FULL

    @classmethod
    def isothermal(cls, network: CoolantNetwork, plate: AnyColdPlate, coolant: Coolant, T: float) -> DropCurve:
        """With all coolant at ``T`` [K]. Raises SolveError outside its table."""
        p, fluid = network_passages(network), CoolantTable.of(coolant).at(np.array(T), "cold plate")
        n = len(p.length)
        return cls(p, np.full(n, fluid.rho), np.full(n, fluid.mu), float(fluid.rho), plate.roughness_um * 1e-6)

    @classmethod
    def solved(cls, stream: ChannelStream, mean: Floats) -> DropCurve:
        """With the coolant as warm as a solve found it: ``mean`` (n_segments,) [K]."""
        rho, mu = branch_means(stream.passages, stream.segments, stream.table.at(mean, "cold plate"))
        rho_in = float(stream.table.at(np.array(stream.T_in)).rho)
        return cls(stream.passages, rho, mu, rho_in, stream.plate.roughness_um * 1e-6, stream.flow_physics)

    def at(self, flow_lpm: float) -> FlowSplit:
        """At a flow [L/min] at the inlet's density. Raises SolveError, NotConverged as ``split_flow``."""
        return split_flow(self.passages, flow_lpm * LPM * self.rho_in, self.rho, self.mu, self.roughness, self.flow_physics)

    def drop(self, flow_lpm: float) -> float:
        """Pressure drop [Pa] at a flow [L/min]."""
        return self.at(flow_lpm).pressure_drop


def drawn(curve: DropCurve, flow_lpm: float, shares: Sequence[float] = DRAWN_SHARES) -> dict[str, list[float]]:
    """Columns ``flow_lpm``, ``drop_Pa``, ``scatter_Pa`` of a curve about ``flow_lpm``; flows that no correlation covers are left out."""
    columns: dict[str, list[float]] = {"flow_lpm": [], "drop_Pa": [], "scatter_Pa": []}
    for share in shares:
        try:
            split = curve.at(share * flow_lpm)
        except (SolveError, NotConverged):
            continue
        for name, value in zip(columns, (share * flow_lpm, split.pressure_drop, split.uncertainty), strict=True):
            columns[name].append(value)
    return columns
