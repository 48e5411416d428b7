"""Runs under mpiexec: rank 0 carries the run out, the other ranks take part in its solves.

Only the solve is shared out; all other stages are processes of rank 0, as in any run. Every rank loads the design and lays it out
for itself, and then waits for rank 0's orders without keeping a core busy. The run folder must be one that all ranks see.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from packtool.artifacts import discarding
from packtool.errors import PacktoolError
from packtool.workflow.launch import Launch
from packtool.workflow.processes import Finished, sendable
from packtool.workflow.stages import BODIES, StageOutput

SHARED = ("solve",)
"""Stages that all ranks do together."""

_END, _DO = 0, 1
_WAIT_S = 0.02


class Leader:
    """Rank 0's side: has a stage done on every rank."""

    def __init__(self, comm: Any) -> None:
        self._comm = comm

    def stage(self, stage: str, arguments: Mapping[str, Any]) -> Finished:
        """The stage's value, as a process of its own would give it back. Raises the PacktoolError that it raised."""
        self._order(_DO + SHARED.index(stage))
        started, before = time.monotonic(), _cpu_seconds()
        value = _done(stage, arguments)
        peak_MB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Finished(value, time.monotonic() - started, _cpu_seconds() - before, peak_MB)

    def end(self) -> None:
        """Let the other ranks go."""
        self._order(_END)

    def _order(self, what: int) -> None:
        self._comm.Ibcast(bytearray([what]), root=0).Wait()


@contextmanager
def leading(launch: Launch) -> Iterator[Leader | None]:
    """Rank 0 of a run on several ranks; None where there is only one. The others are let go at the end, however it comes."""
    if launch.size == 1:
        yield None
        return
    leader = Leader(_world())
    try:
        yield leader
    finally:
        leader.end()


def take_part(arguments: Callable[[str], Mapping[str, Any]]) -> None:
    """Do what rank 0 orders, until it ends: every stage with ``arguments(stage)``, its files thrown away (rank 0 keeps its own).

    What fails fails on rank 0 as well (see ``fem.share.together``), which reports it.
    """
    comm = _world()
    while True:
        order = bytearray([_END])
        waiting = comm.Ibcast(order, root=0)
        while not waiting.Test():
            time.sleep(_WAIT_S)
        if order[0] == _END:
            return
        stage = SHARED[order[0] - _DO]
        try:
            with discarding():
                _done(stage, arguments(stage))
        except PacktoolError:
            continue


def _done(stage: str, arguments: Mapping[str, Any]) -> StageOutput:
    try:
        return BODIES[stage](**arguments)
    except Exception as error:
        raise sendable(error) from error


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _world() -> Any:
    from packtool.fem.start import start

    start()
    from mpi4py import MPI

    return MPI.COMM_WORLD
