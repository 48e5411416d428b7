"""The coolant's side of a solve: its state at a wall temperature, and what it adds to the operator."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.fem.quads import quads
from packtool.fem.sparse import Pattern
from packtool.mesh.records import Floats, TaggedMesh
from packtool.thermal.records import StreamExchange, StreamState
from packtool.thermal.refusals import refuse_exchange


class Coupling:
    """One linear exchange, made ready: wall integrals, and the fluid block factorised.

    The fluid's balance, with its own uptake moved to the left: (transport + gain diag(H) mean) theta = gain C T + supply, where
    C T is the integral of h T over each segment's wall and H the integral of h.
    """

    def __init__(self, mesh: TaggedMesh, pattern: Pattern, exchange: StreamExchange) -> None:
        from scipy.sparse import csr_matrix, diags
        from scipy.sparse.linalg import splu

        refuse_exchange(mesh, exchange)
        self.exchange, self.n_segments = exchange, exchange.mean.shape[0]
        wall = quads(mesh.points, np.asarray(exchange.facets, dtype=np.int64))
        h = np.repeat(np.asarray(exchange.h, dtype=float)[:, None], 4, axis=1)
        self.mass = wall.mass(h)
        self.places = pattern.pair_places(wall.nodes, wall.nodes)
        rows = np.repeat(exchange.segment, 4)
        shape = (self.n_segments, len(mesh.points))
        self.nodes, local = np.unique(wall.nodes, return_inverse=True)
        local = local.ravel()
        self.uptake = csr_matrix((wall.load(h).ravel(), (rows, local)), shape=(self.n_segments, len(self.nodes)))
        self.uptake_T = self.uptake.T.tocsr()
        self.conductance = np.bincount(exchange.segment, (wall.weight * h).sum(axis=1), minlength=shape[0])
        area = np.bincount(exchange.segment, wall.area, minlength=shape[0])
        ones = wall.load(np.ones_like(h)).ravel() / np.where(area > 0, area, 1.0)[rows]
        self.wall_mean = csr_matrix((ones, (rows, local)), shape=(self.n_segments, len(self.nodes)))
        fluid = (exchange.transport + exchange.gain @ diags(self.conductance) @ exchange.mean).tocsc()
        try:
            self._fluid = splu(fluid)
        except RuntimeError as failure:
            raise SolveError(
                f"the coolant's transport is singular ({failure}): a stretch of it has neither flow nor an inlet"
            ) from failure

    def state(self, T: Floats) -> StreamState:
        """The fluid beside a solid at ``T`` (n_points,) [K]."""
        wall = T[self.nodes]
        taken = self.uptake @ wall
        theta = self._fluid.solve(self.exchange.gain @ taken + self.exchange.supply)
        mean = self.exchange.mean @ theta
        return StreamState(theta, mean, taken - self.conductance * mean, self.wall_mean @ wall)

    def wall_heat(self, state: StreamState) -> Floats:
        """(n_wall_nodes,): the part of the nodal wall heat that the fluid's temperature gives back [W]; see ``nodes``."""
        return np.asarray(self.uptake_T @ state.mean)

    def returned(self, values: Floats) -> Floats:
        """(n_wall_nodes,): the derivative of ``wall_heat`` applied to a change ``values`` (n_points,) of the temperature."""
        theta = self._fluid.solve(self.exchange.gain @ (self.uptake @ values[self.nodes]))
        return np.asarray(self.uptake_T @ (self.exchange.mean @ theta))


def first_fluid_temperatures(exchange: StreamExchange) -> Any:
    """Temperatures (n_segments,) [K] of the fluid where no wall heats it: the inlet's."""
    from scipy.sparse.linalg import spsolve

    theta = spsolve(exchange.transport.tocsc(), exchange.supply)
    return exchange.mean @ theta
