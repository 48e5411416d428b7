"""The coolant's side of a solve: its state at a wall temperature, and what it adds to the operator."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from packtool.errors import SolveError
from packtool.fem.quads import quads
from packtool.fem.sparse import Pattern
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.records import StreamExchange, StreamState
from packtool.thermal.refusals import refuse_exchange


class _Walls:
    """The wetted facets: what depends on where they are, not on the film or the flow."""

    def __init__(self, mesh: TaggedMesh, pattern: Pattern, facets: Integers) -> None:
        self.facets = facets
        self.quads = quads(mesh.points, facets)
        self.places = pattern.pair_places(facets, facets)
        self.nodes, local = np.unique(facets, return_inverse=True)
        self.local = local.reshape(facets.shape)

    def by_segment(self, nodal: Floats, segment: Integers, n_segments: int) -> Any:
        """(n_segments, n_wall_nodes) sparse: ``nodal`` (n_facets, 4) summed over each segment's facets."""
        from scipy.sparse import csr_matrix

        rows = np.repeat(segment, 4)
        return csr_matrix((nodal.ravel(), (rows, self.local.ravel())), shape=(n_segments, len(self.nodes)))


class WallFluid(Protocol):
    """What the heat flows ask of a fluid that is in balance, by whatever law, with a solid's temperature."""

    exchange: StreamExchange
    mass: Floats
    film: Floats
    conductance: Floats

    def state(self, T: Floats) -> StreamState:
        """The fluid beside a solid at ``T`` (n_points,) [K]."""
        ...


class LinearFluid(WallFluid, Protocol):
    """What the Jacobian asks: a fluid that follows the solid linearly."""

    @property
    def nodes(self) -> Integers:
        """(n_wall_nodes,) mesh points on the wetted walls, ascending."""
        ...

    @property
    def places(self) -> Integers:
        """(n_facets, 4, 4) where ``mass`` goes in the matrix."""
        ...

    def returned(self, values: Floats) -> Floats:
        """(n_wall_nodes,): the heat that the fluid gives back to the wall for a change ``values`` (n_points,) of the temperature."""
        ...


class Coupling:
    """One linear exchange, made ready: wall integrals, and the fluid block factorised.

    The fluid's balance, with its own uptake moved to the left: (transport + gain diag(H) mean) theta = gain C T + supply, where
    C T is the integral of h T over each segment's wall and H the integral of h. ``mass`` (n_facets, 4, 4), ``film`` (n_facets, 4) [W/K]:
    the integrals of h times two shape functions, and one. ``before``: the last coupling, whose walls are taken over if they are the same.
    """

    def __init__(self, mesh: TaggedMesh, pattern: Pattern, exchange: StreamExchange, before: Coupling | None = None) -> None:
        from scipy.sparse import diags

        refuse_exchange(mesh, exchange)
        self.exchange, n_segments = exchange, exchange.mean.shape[0]
        facets = np.asarray(exchange.facets, dtype=np.int64)
        kept: _Walls | None = before.walls if before else None
        self.walls: _Walls = kept if kept and np.array_equal(kept.facets, facets) else _Walls(mesh, pattern, facets)
        wall, segment = self.walls.quads, np.asarray(exchange.segment)
        h = np.repeat(np.asarray(exchange.h, dtype=float)[:, None], 4, axis=1)
        self.mass, self.film = wall.mass(h), wall.load(h)
        self.uptake = self.walls.by_segment(self.film, segment, n_segments)
        self.uptake_T = self.uptake.T.tocsr()
        self.conductance = np.bincount(segment, (wall.weight * h).sum(axis=1), minlength=n_segments)
        area = np.bincount(segment, wall.area, minlength=n_segments)
        share = wall.load(np.ones_like(h)) / np.where(area > 0, area, 1.0)[segment][:, None]
        self.wall_mean = self.walls.by_segment(share, segment, n_segments)
        self.fluid = (exchange.transport + exchange.gain @ diags(self.conductance) @ exchange.mean).tocsc()
        self._factor = factorised(self.fluid)

    @property
    def nodes(self) -> Integers:
        """(n_wall_nodes,) mesh points on the wetted walls, ascending."""
        return self.walls.nodes

    @property
    def places(self) -> Integers:
        """(n_facets, 4, 4) where ``mass`` goes in the matrix."""
        return self.walls.places

    def state(self, T: Floats) -> StreamState:
        """The fluid beside a solid at ``T`` (n_points,) [K]."""
        taken = self.uptake @ T[self.nodes]
        return self.state_of(T, self._factor.solve(self.exchange.gain @ taken + self.exchange.supply))

    def state_of(self, T: Floats, theta: Floats) -> StreamState:
        """The fluid at ``theta`` (n_states,) [K] beside a solid at ``T`` (n_points,) [K]."""
        wall = T[self.nodes]
        mean = self.exchange.mean @ theta
        return StreamState(theta, mean, self.uptake @ wall - self.conductance * mean, self.wall_mean @ wall)

    def returned(self, values: Floats) -> Floats:
        """(n_wall_nodes,): the heat that the fluid gives back to the wall for a change ``values`` (n_points,) of the temperature."""
        theta = self._factor.solve(self.exchange.gain @ (self.uptake @ values[self.nodes]))
        return np.asarray(self.uptake_T @ (self.exchange.mean @ theta))


def factorised(matrix: Any) -> Any:
    """LU factors of a fluid block; SolveError where it is singular."""
    from scipy.sparse.linalg import splu

    try:
        return splu(matrix)
    except RuntimeError as failure:
        raise SolveError(
            f"the coolant's transport is singular ({failure}): a stretch of it has neither flow nor an inlet"
        ) from failure


def first_fluid_temperatures(exchange: StreamExchange) -> Any:
    """Temperatures (n_segments,) [K] of the fluid where no wall heats it: the inlet's."""
    from scipy.sparse.linalg import spsolve

    theta = spsolve(exchange.transport.tocsc(), exchange.supply)
    return exchange.mean @ theta
