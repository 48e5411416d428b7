"""One solve on several MPI ranks: which points each rank owns, and how whole fields are put together from the parts.

Every rank holds the whole mesh and whole fields (some 0.2 kB a point). The matrix, its factor and the Krylov vectors, which are the
bulk, are shared out by points: a rank assembles the rows of its own from the elements around them, so assembly needs no messages.
What is done on whole fields (surfaces, heat, balances) every rank does alike, and comes to the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import PacktoolError, SolveError
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers, TaggedMesh

UNEVEN = 0.1
"""A cut may lie this far from the even one, as a part of the points: what it saves in iterations must not be lost in waiting."""

PLANES, LOOKED_AT = 200, 50_000
"""Planes looked at along each axis; points that tell where half of them lie."""


@dataclass(frozen=True)
class Share:
    """What this rank has of a mesh's points.

    ``owned`` (n_owned,) the points whose rows it holds, ascending; ``order`` (n_points,) all points, rank after rank, each rank's
    ascending, with ``counts`` (n_ranks,) of each: unknown i of PETSc is point order[i], and ``number`` (n_points,) the inverse.
    ``elements`` (n_local,) those around its points; ``points`` (n_local_points,) their points and those joined to its own by
    contacts, ascending: the local numbering that it assembles in.
    """

    comm: Any
    owned: NDArray[np.int64]
    order: NDArray[np.int64]
    counts: NDArray[np.int64]
    number: NDArray[np.int64]
    elements: NDArray[np.int64]
    points: NDArray[np.int64]

    def whole(self, own: Floats) -> Floats:
        """(n_points,) from every rank's ``own`` (n_owned,), the same on all, to the last bit."""
        every = np.empty(len(self.order))
        self.comm.Allgatherv(np.ascontiguousarray(own, dtype=np.float64), (every, self.counts))
        out = np.empty_like(every)
        out[self.order] = every
        return out

    def total(self, own: Floats) -> Floats:
        """Sum of ``own`` (any shape, the same on all ranks) over the ranks."""
        out = np.empty_like(own)
        self.comm.Allreduce(np.ascontiguousarray(own), out)
        return out


def shared_out(mesh: TaggedMesh, conductivity: Floats, joined: Sequence[Integers] = ()) -> Share | None:
    """This rank's share of ``mesh``, the same mesh on all ranks; None where there is one rank only.

    Points are halved by planes until every rank has its part: near the middle, where the least heat is exchanged across for
    ``conductivity`` (n_regions, 3, 3) [W/m/K], since a factor knows nothing of what lies behind its cuts.
    """
    start()
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    if comm.size == 1:
        return None
    if len(mesh.points) < comm.size:
        raise SolveError(f"{comm.size} ranks cannot share {len(mesh.points)} points: start fewer")
    owner = owners(mesh, conductivity, comm.size)
    order = np.argsort(owner, kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    mine = owner == comm.rank
    elements = np.flatnonzero(mine[mesh.hexes].any(axis=1))
    local = np.zeros(len(mine), dtype=bool)
    local[mesh.hexes[elements]] = True
    for both in (*(np.hstack([contact.minus, contact.plus]) for contact in mesh.contacts.values()), *joined):
        local[both[mine[both].any(axis=1)]] = True
    counts = np.bincount(owner, minlength=comm.size)
    return Share(comm, np.flatnonzero(mine), order, counts, number, elements, np.flatnonzero(local))


@contextmanager
def together(share: Share | None) -> Iterator[None]:
    """What any rank raises inside the block, every rank raises: none waits in the next exchange for one that has left."""
    failure: Exception | None = None
    try:
        yield
    except Exception as error:
        failure = error
    if share is not None:
        told = (
            failure
            if failure is None or isinstance(failure, PacktoolError)
            else SolveError(f"on rank {share.comm.rank}: {failure!r}")
        )
        failures = [one for one in share.comm.allgather(told) if one is not None]
        failure = failure or next(iter(failures), None)
    if failure is not None:
        raise failure


def owners(mesh: TaggedMesh, conductivity: Floats, ranks: int) -> Integers:
    """Rank (n_points,) of each point."""
    owner = np.zeros(len(mesh.points), dtype=np.int64)
    low = high = mesh.points[mesh.hexes[:, 0]]
    for corner in mesh.hexes.T[1:]:  # all eight: in a round cell a diagonal may lie square to an axis
        low, high = np.minimum(low, mesh.points[corner]), np.maximum(high, mesh.points[corner])
    size = high - low
    k = np.einsum("rii->ri", conductivity)[mesh.region]
    exchange = k * size.prod(axis=1, keepdims=True) / size**2  # W/K between the two ends of an element, by axis

    def halve(points: Integers, elements: Integers, first: int, parts: int) -> None:
        owner[points] = first
        if parts == 1:
            return
        left = parts // 2
        axis, plane = _cut(mesh.points[points], left / parts, low[elements], high[elements], exchange[elements])
        below = mesh.points[points, axis] < plane
        if below.all() or not below.any():  # all on one plane: by count
            below = np.arange(len(points)) < len(points) * left // parts
        before, behind = low[elements, axis] < plane, high[elements, axis] >= plane
        halve(points[below], elements[before], first, left)
        halve(points[~below], elements[behind], first + left, parts - left)

    halve(np.arange(len(mesh.points)), np.arange(len(mesh.hexes)), 0, ranks)
    return owner


def _cut(points: Floats, share: float, low: Floats, high: Floats, exchange: Floats) -> tuple[int, float]:
    """Axis and place of the plane between points, near ``share`` of them, that the least heat is exchanged across."""
    best, found = np.inf, (0, 0.0)
    for axis in range(3):
        line = np.sort(points[:: max(1, len(points) // LOOKED_AT), axis])
        ends = [line[int(np.clip(at, 0, 1) * (len(line) - 1))] for at in (share - UNEVEN, share + UNEVEN)]
        places = np.unique(line[(line >= ends[0]) & (line <= ends[1])])
        if len(places) < 2:
            continue
        planes = (places[1:] + places[:-1]) / 2
        planes = planes[np.linspace(0, len(planes) - 1, min(len(planes), PLANES)).astype(int)]
        opened = np.bincount(np.searchsorted(planes, low[:, axis]), exchange[:, axis], len(planes) + 1)
        closed = np.bincount(np.searchsorted(planes, high[:, axis]), exchange[:, axis], len(planes) + 1)
        across = np.cumsum(opened - closed)[:-1]
        off = np.abs(np.searchsorted(line, planes) / len(line) - share) / UNEVEN
        cost = across * (1 + off**2)
        at = int(cost.argmin())
        if cost[at] < best:
            best, found = float(cost[at]), (axis, float(planes[at]))
    return found
