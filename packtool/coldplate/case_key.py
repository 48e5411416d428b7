"""What tells a pack through a duty from every other: a checkpoint is only read by the very case that wrote it."""

from __future__ import annotations

from typing import Any

import numpy as np

import packtool
from packtool.artifacts import content_hash
from packtool.coldplate.pack_run import PackCase


def case_key(case: PackCase) -> str:
    """A hash of everything that the numbers of a run of ``case`` follow from."""
    problem = case.problem
    arrays: tuple[Any, ...] = (
        problem.mesh.points,
        problem.mesh.hexes,
        problem.mesh.region,
        problem.conductivity,
        problem.rho_cp,
        case.soc0,
        *(() if case.extra is None else (case.extra,)),
    )
    streams = [
        (since, stream.plate, stream.heat_physics, stream.passages.inlet, stream.standing)
        for since, stream in ((0.0, case.stream), *case.schedule)
        if stream
    ]
    bank = vars(case.bank).values()
    arrays += tuple(part for part in bank if isinstance(part, np.ndarray))
    said = (
        [part for part in bank if not isinstance(part, np.ndarray)],
        case.demand,
        streams,
        problem.convection,
        problem.tie,
        sorted(problem.laws.items()),
        case.T0,
        case.outputs,
        sorted(case.coolant_looks),
        case.tolerance,
        case.every_edge,
        case.looks,
        case.ramped,
        [(heater.name, heater.power.tolist(), heater.thermostat) for heater in case.heaters],
        packtool.__version__,
    )
    return content_hash([content_hash(np.ascontiguousarray(array).tobytes()) for array in arrays] + [repr(said)])
