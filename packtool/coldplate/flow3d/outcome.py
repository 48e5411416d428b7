"""What a solved flow tells: fields in the problem's units, flows, mean pressures and forces by boundary."""

from __future__ import annotations

import numpy as np

from packtool.coldplate.flow3d.discrete import Discrete
from packtool.coldplate.flow3d.records import FlowSolution
from packtool.coldplate.flow3d.sections import reynolds
from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.thermal.clock import Clock

BACKFLOW = 1e-3
"""Share of the flow that may come back in through an outlet: an eddy of a sharp edge just before it that touches its side. What it brings in
(its own temperature, no momentum) then changes nothing above a thousandth."""


def refuse_backflow(discrete: Discrete, x: Floats) -> None:
    """SolveError where, in the flow of all unknowns ``x``, more than BACKFLOW of the coolant comes back in through an outlet."""
    u, _ = discrete.split(x)
    through = {name: s.flux(u) for name, s in discrete.surfaces.items()}
    most = sum(abs(float(t.sum())) for t in through.values()) / 2
    for name in discrete.problem.outlets:
        back, out = -float(np.minimum(through[name], 0).sum()), float(np.maximum(through[name], 0).sum())
        if min(back, out) > BACKFLOW * most:
            raise SolveError(
                f"{back / most:.1%} of the flow comes back in through outlet {name!r}, where nothing is known about it: "
                "lengthen the duct before the outlet, or lower the flow",
                key="cold_plate.flow_lpm",
            )


def flow_solution(discrete: Discrete, x: Floats, momentum: Floats, residuals: tuple[float, ...], clock: Clock) -> FlowSolution:
    """The flow of all unknowns ``x``; ``momentum`` (n_nodes, dim) their residual, prescribed velocities included."""
    d, problem = discrete, discrete.problem
    k = d.kernels
    u, p = d.split(x)
    linear = np.einsum("ec,ecm->em", p, k.to_linear)
    if not problem.outlets:
        at_points = np.einsum("ec,eqc->eq", p, k.pressure_shapes)
        linear[:, 0] -= float((at_points * k.weight).sum() / k.weight.sum())
    corner = d.problem.mesh.points[k.corners] / d.length - k.centre[:, None]
    at_corners = linear[:, :1] + np.einsum("eci,ei->ec", corner, linear[:, 1:])
    met = np.bincount(k.corners.ravel(), minlength=len(problem.mesh.points))
    pressure = np.bincount(k.corners.ravel(), at_corners.ravel(), len(met)) / met
    through = {name: s.flux(u) for name, s in d.surfaces.items()}
    force_unit = d.pressure_scale * d.area_scale
    return FlowSolution(
        problem=problem,
        nodes=d.nodes,
        element_nodes=d.element_nodes,
        velocity=u * d.speed,
        pressure_linear=linear * (d.pressure_scale * np.array([1.0] + [1 / d.length] * k.dimension)),
        pressure=pressure * d.pressure_scale,
        flow={name: float(t.sum()) * d.speed * d.area_scale for name, t in through.items()},
        mean_pressure={
            name: float((s.weight * s.of_corners(at_corners)).sum() / s.weight.sum()) * d.pressure_scale
            for name, s in d.surfaces.items()
        },
        force={name: -momentum[d.boundary_nodes[name]].sum(axis=0) * force_unit for name in _bodies(d)},
        reynolds=max((reynolds(problem, name) for name in problem.inlets), default=None),
        residuals=residuals,
        n_dofs=int(d.free.sum()) + d.split(x)[1].size,
        seconds=clock.seconds,
    )


def _bodies(discrete: Discrete) -> list[str]:
    """Walls that share no node with another boundary."""
    nodes = discrete.boundary_nodes
    count = np.bincount(np.concatenate(list(nodes.values())), minlength=len(discrete.nodes))
    return [name for name in discrete.problem.walls if (count[nodes[name]] == 1).all()]
