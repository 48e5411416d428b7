"""One solve on several MPI ranks: which points each rank owns, and how whole fields are put together from the parts.

Every rank holds the whole mesh and whole fields (some 0.2 kB a point). The matrix, its factor and the Krylov vectors, which are the
bulk, are shared out by points: a rank assembles the rows of its own from the elements around them, so assembly needs no messages.
What is done on whole fields (surfaces, heat, balances) every rank does alike, and comes to the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import PacktoolError, SolveError
from packtool.fem.start import start
from packtool.mesh.records import Floats, Integers, TaggedMesh


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


def shared_out(mesh: TaggedMesh) -> Share | None:
    """This rank's share of ``mesh``, the same mesh on all ranks; None where there is one rank only.

    Points are halved across the longest extent until every rank has its part.
    """
    start()
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    if comm.size == 1:
        return None
    if len(mesh.points) < comm.size:
        raise SolveError(f"{comm.size} ranks cannot share {len(mesh.points)} points: start fewer")
    owner = np.empty(len(mesh.points), dtype=np.int64)
    _halve(mesh.points, np.arange(len(mesh.points)), 0, comm.size, owner)
    order = np.argsort(owner, kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    mine = owner == comm.rank
    elements = np.flatnonzero(mine[mesh.hexes].any(axis=1))
    local = np.zeros(len(mine), dtype=bool)
    local[mesh.hexes[elements]] = True
    for contact in mesh.contacts.values():
        both = np.hstack([contact.minus, contact.plus])
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


def _halve(points: Floats, which: Integers, first: int, ranks: int, owner: Integers) -> None:
    """Give the points ``which`` to ``ranks`` ranks from ``first`` on, in ``owner``, in place."""
    if ranks == 1:
        owner[which] = first
        return
    axis = int(np.ptp(points[which], axis=0).argmax())
    sort = which[np.argsort(points[which, axis], kind="stable")]
    left = ranks // 2
    cut = len(sort) * left // ranks
    _halve(points, sort[:cut], first, left, owner)
    _halve(points, sort[cut:], first + left, ranks - left, owner)
