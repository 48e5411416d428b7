"""What every peer's script shares: the problem as arrays, stages timed, the answer left for compare.py."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

CPU: dict[str, float] = {}
WALL: dict[str, float] = {}


@contextmanager
def of(stage: str) -> Iterator[None]:
    """Book the block's CPU and wall seconds under ``stage``."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    CPU[stage] = CPU.get(stage, 0.0) + time.process_time() - cpu
    WALL[stage] = WALL.get(stage, 0.0) + time.perf_counter() - wall


def main(name: str, solve: Callable[[dict[str, Any], float], tuple[np.ndarray, int]]) -> None:
    """``python PEER.py GIVEN.npz ANSWER.npz RTOL``: solve(given, rtol) -> temperatures in the order of the points, iterations."""
    given, answer, rtol = sys.argv[1:]
    with np.load(given) as stored:
        arrays = dict(stored)
    T, iterations = solve(arrays, float(rtol))
    np.save(Path(answer), T)
    row = {
        "name": name,
        "iterations": iterations,
        "cpu_s": {**CPU, "total": sum(CPU.values())},
        "wall_s": {**WALL, "total": sum(WALL.values())},
        "peak_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(row))
