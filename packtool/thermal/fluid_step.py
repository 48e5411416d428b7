"""The coolant in one time step: what it holds, what it gives back, beside a solid that one solves for.

The fluid's balance in time, storage d(theta)/dt = gain Q + supply - transport theta, is integrated with the stages of the solid's
scheme. Its unknowns are eliminated stage by stage, as in the steady solve, so the solid's solver sees a coupling of the same kind.
States without storage (nodes where channels meet) keep their balance at every instant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.mesh.records import Floats, Integers
from packtool.thermal.coupling import Coupling, factorised
from packtool.thermal.records import StreamState


class HeldFluid:
    """A coupling whose fluid stays at ``theta`` (n_states,) [K]: the beginning of a step."""

    def __init__(self, coupling: Coupling, theta: Floats) -> None:
        self.coupling, self.theta = coupling, theta
        self.exchange, self.mass, self.film = coupling.exchange, coupling.mass, coupling.film
        self.conductance = coupling.conductance

    def state(self, T: Floats) -> StreamState:
        """The fluid beside a solid at ``T`` (n_points,) [K]."""
        return self.coupling.state_of(T, self.theta)


class FluidStep:
    """The fluid over one step of ``scale`` = d dt [s]: one factorisation for its implicit stages."""

    def __init__(self, coupling: Coupling, T: Floats, theta: Floats, scale: float) -> None:
        from scipy.sparse import diags

        exchange = coupling.exchange
        self.coupling, self.scale = coupling, scale
        self.storage = np.zeros(len(exchange.supply)) if exchange.storage is None else exchange.storage
        self.start = settled(coupling, T, theta)
        self._factor = factorised((diags(self.storage) + scale * coupling.fluid).tocsc())

    def held(self) -> HeldFluid:
        """The fluid at the beginning of the step."""
        return HeldFluid(self.coupling, self.start)

    def rate(self, state: StreamState) -> Floats:
        """Net heat (n_states,) [W] into each state; 0 where nothing is stored."""
        exchange = self.coupling.exchange
        net = exchange.gain @ state.heat + exchange.supply - exchange.transport @ state.theta
        return np.where(self.storage > 0, net, 0.0)

    def stage(self, known: Floats) -> StagedFluid:
        """The coupling of the stage storage (theta - start) = ``known`` + scale rate(theta), ``known`` (n_states,) [J]."""
        return StagedFluid(self, self.storage * self.start + known)

    def solve(self, right: Floats) -> Floats:
        """(storage + scale transport)^-1 ``right`` (n_states,) [J], in kelvin."""
        return np.asarray(self._factor.solve(right))


class StagedFluid:
    """The coupling of one implicit stage, as ``Coupling`` is that of a steady solve."""

    def __init__(self, step: FluidStep, known: Floats) -> None:
        coupling = step.coupling
        self.step, self.known = step, known
        self.exchange, self.mass, self.film = coupling.exchange, coupling.mass, coupling.film
        self.uptake, self.uptake_T, self.conductance = coupling.uptake, coupling.uptake_T, coupling.conductance

    @property
    def nodes(self) -> Integers:
        """(n_wall_nodes,) mesh points on the wetted walls, ascending."""
        return self.step.coupling.nodes

    @property
    def places(self) -> Integers:
        """(n_facets, 4, 4) where ``mass`` goes in the matrix."""
        return self.step.coupling.places

    def state(self, T: Floats) -> StreamState:
        """The fluid beside a solid at ``T`` (n_points,) [K]."""
        taken = self.uptake @ T[self.nodes]
        theta = self.step.solve(self.known + self.step.scale * (self.exchange.gain @ taken + self.exchange.supply))
        return self.step.coupling.state_of(T, theta)

    def returned(self, values: Floats) -> Floats:
        """(n_wall_nodes,): the heat that the fluid gives back to the wall for a change ``values`` (n_points,) of the temperature."""
        theta = self.step.solve(self.step.scale * (self.exchange.gain @ (self.uptake @ values[self.nodes])))
        return np.asarray(self.uptake_T @ (self.exchange.mean @ theta))


def settled(coupling: Coupling, T: Floats, theta: Floats) -> Floats:
    """``theta`` (n_states,) [K] with the states that store nothing put in balance with the wall and with those that do."""
    exchange = coupling.exchange
    free = np.ones(len(theta), dtype=bool) if exchange.storage is None else exchange.storage <= 0
    if not free.any():
        return theta
    matrix: Any = coupling.fluid.tocsr()[free]
    right = (exchange.supply + exchange.gain @ (coupling.uptake @ T[coupling.nodes]))[free] - matrix[:, ~free] @ theta[~free]
    result = theta.copy()
    result[free] = factorised(matrix[:, free].tocsc()).solve(right)
    return result
