"""What a flow solve refuses before it starts: with the number, and what to do instead."""

from __future__ import annotations

import numpy as np

from packtool.coldplate.flow3d.records import FlowProblem
from packtool.coldplate.flow3d.sections import reynolds
from packtool.errors import SolveError
from packtool.layout.coolant import RE_LAMINAR


def refuse_flow(problem: FlowProblem) -> None:
    """SolveError for a problem that is not one of steady laminar flow. Boundaries' facets are checked when they are located."""
    for what, value in (("density", problem.rho), ("viscosity", problem.mu)):
        if not (np.isfinite(value) and value > 0):
            raise SolveError(f"the coolant's {what} must be positive, got {value:g}")
    mesh = problem.mesh
    if mesh.points.ndim != 2 or mesh.points.shape[1] not in (2, 3) or not np.isfinite(mesh.points).all():
        raise SolveError("the flow's mesh has points that are not finite or not of two or three coordinates")
    _refuse_names(problem)
    for name, inlet in problem.inlets.items():
        if not (np.isfinite(inlet.flow) and inlet.flow > 0):
            raise SolveError(f"inlet {name!r}: the flow must be positive, got {inlet.flow:g}")
    for name, pressure in problem.outlets.items():
        if not np.isfinite(pressure):
            raise SolveError(f"outlet {name!r}: the pressure must be a number, got {pressure:g}")
    if problem.inlets and not problem.outlets and not problem.velocity:
        raise SolveError("coolant flows in and there is no outlet")
    if not problem.inlets and not problem.velocity:
        levels = set(problem.outlets.values())
        if len(levels) < 2:
            raise SolveError("nothing drives the flow: no inlet, no prescribed velocity, no difference of outlet pressures")
    for name in problem.inlets:
        refuse_turbulent(reynolds(problem, name), f"inlet {name!r}")


def refuse_turbulent(Re: float, where: str) -> None:
    """SolveError where a duct's Reynolds number is not that of laminar flow."""
    if Re > RE_LAMINAR:
        raise SolveError(
            f"{where}: Reynolds number {Re:.0f} is above {RE_LAMINAR:g}: the flow is not laminar there, and the three-dimensional solver knows "
            "no turbulence; use cold_plate.fidelity: network, or lower cold_plate.flow_lpm",
            key="cold_plate.flow_lpm",
        )


def _refuse_names(problem: FlowProblem) -> None:
    groups = {
        "inlets": tuple(problem.inlets),
        "velocity": tuple(problem.velocity),
        "walls": problem.walls,
        "symmetry": problem.symmetry,
        "outlets": tuple(problem.outlets),
    }
    seen: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if name not in problem.mesh.boundaries:
                raise SolveError(f"{group} name {name!r}; the mesh's boundaries are {', '.join(problem.mesh.boundaries)}")
            if name in seen:
                raise SolveError(f"boundary {name!r} is given twice: in {seen[name]} and in {group}")
            seen[name] = group
    if left := [name for name in problem.mesh.boundaries if name not in seen]:
        raise SolveError(f"no condition is given for boundary {', '.join(left)}")
