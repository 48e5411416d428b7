"""Verification of the laminar flow solver: exact flows and published benchmarks in the plane, developed and developing ducts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.coldplate.flow3d.probe import along, extremes, nearest_pressure, nearest_velocity, sign_changes, smallest_stream
from packtool.coldplate.flow3d.records import DevelopedInlet, EvenInlet, FlowProblem, FlowSolution
from packtool.coldplate.flow3d.solve import solve_flow
from packtool.fem.elements import ElementMesh, outer_facets
from packtool.fem.lattice import graded, grid, joined
from packtool.mesh.records import Floats
from packtool.verification.flow_meshes import cylinder_channel, renamed
from packtool.verification.records import Row, VerificationCase

KOVASZNAY_RE = 40.0
_DECAY = KOVASZNAY_RE / 2 - np.sqrt(KOVASZNAY_RE**2 / 4 + 4 * np.pi**2)


def kovasznay_velocity(place: Floats) -> Floats:
    """Velocity (n, 2) of Kovasznay's flow behind a grid (Proc. Camb. Phil. Soc. 44 (1948) 58) at Re 40, at ``place`` (n, 2)."""
    x, y = place.T
    grown = np.exp(_DECAY * x)
    return np.column_stack([1 - grown * np.cos(2 * np.pi * y), _DECAY / (2 * np.pi) * grown * np.sin(2 * np.pi * y)])


def kovasznay_pressure(place: Floats) -> Floats:
    """Pressure (n,) of the same flow, over rho, 0 at x = 0."""
    return np.asarray((1 - np.exp(2 * _DECAY * place[:, 0])) / 2)


def kovasznay(n: int) -> FlowSolution:
    """The flow in [-0.5, 1] x [-0.5, 1.5] on 3n x 4n squares, with its velocity given on the border."""
    mesh = grid([np.linspace(-0.5, 1.0, 3 * n + 1), np.linspace(-0.5, 1.5, 4 * n + 1)])
    border = ElementMesh(mesh.points, mesh.elements, {"border": outer_facets(mesh.elements)})
    return solve_flow(FlowProblem(border, 1.0, 1 / KOVASZNAY_RE, velocity={"border": kovasznay_velocity}))


def kovasznay_errors(flow: FlowSolution) -> tuple[float, float]:
    """Root mean square of the velocity's error at the elements' places of 4 x 4 Gauss points, and of the pressure's there.

    Not at the nodes, where the error of a regular mesh is of a higher order than the norm's.
    """
    where, weight = np.polynomial.legendre.leggauss(4)
    r, s = (axis.ravel() for axis in np.meshgrid((where + 1) / 2, (where + 1) / 2))
    w = np.outer(weight, weight).ravel() / 4
    # dolfinx's order of the biquadratic element: corners, edge middles, centre
    ends = (lambda t: (1 - t) * (1 - 2 * t), lambda t: t * (2 * t - 1), lambda t: 4 * t * (1 - t))
    order = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2), (1, 2), (2, 1), (2, 2))
    shapes = np.array([ends[a](r) * ends[b](s) for a, b in order])
    corners = np.array([(1 - r) * (1 - s), r * (1 - s), r * s, (1 - r) * s])
    mesh = flow.problem.mesh
    place = np.einsum("cq,ecx->eqx", corners, mesh.points[mesh.elements]).reshape(-1, 2)
    velocity = np.einsum("aq,eax->eqx", shapes, flow.velocity[flow.element_nodes]).reshape(-1, 2)
    away = place.reshape(len(mesh.elements), -1, 2) - mesh.points[mesh.elements].mean(axis=1)[:, None]
    pressure = (flow.pressure_linear[:, :1] + np.einsum("eqx,ex->eq", away, flow.pressure_linear[:, 1:])).ravel()
    weights = np.tile(w, len(mesh.elements)) / len(mesh.elements)
    off = velocity - kovasznay_velocity(place)
    exact = kovasznay_pressure(place)
    gap = pressure - exact
    gap -= weights @ gap
    return float(np.sqrt(weights @ (off**2).sum(axis=1))), float(np.sqrt(weights @ gap**2))


def _c1() -> Iterator[Row]:
    for name, wide, wanted in (("1", 1.0, 14.22707688), ("1/4", 4.0, 18.23277683)):
        quarter = [np.linspace(0.0, 1.0, 3), graded(0.0, wide / 2, 4, 0.3, False), graded(0.0, 0.5, 4, 0.3, False)]
        flow = solve_flow(
            FlowProblem(
                grid(quarter), 1.0, 0.01, inlets={"x-": DevelopedInlet(wide / 4)}, walls=("y+", "z+"),
                symmetry=("y-", "z-"), outlets={"x+": 0.0},
            )
        )  # fmt: skip
        d = 2 * wide / (wide + 1)
        yield Row("C1-3d", f"f Re, aspect {name}, 3-D", flow.mean_pressure["x-"] * d**2 / (2 * 0.01), wanted, 5e-3, "-")


def _c9() -> Iterator[Row]:
    """Half the height between plates that begin in an even stream, at Re 1000 on twice the height: within 0.1 % of its limit there."""
    long, mu, n = 0.06 * 1000 * 2, 2e-3, 10
    x = np.concatenate([-np.geomspace(1e-2, 1.0, n)[::-1], [0.0], np.geomspace(1e-2, long, 45)])
    mesh = renamed(grid([x, graded(0.0, 0.5, n, 20.0, False)]), {"stream": ("y-", np.array([-2.0, -1.0]), np.array([0.0, 1.0]))})
    flow = solve_flow(
        FlowProblem(mesh, 1.0, mu, inlets={"x-": EvenInlet(0.5)}, walls=("y-",), symmetry=("y+", "stream"), outlets={"x+": 0.0})
    )
    yield Row("C9-2d", "K(infinity), plates, 2-D flow", (flow.mean_pressure["x-"] - 12 * mu * long) / 0.5, 0.672, 0.02, "-")


def _c10() -> Iterator[Row]:
    def inflow(place: Floats) -> Floats:
        y = place[:, 1]
        return np.column_stack([1.2 * y * (0.41 - y) / 0.41**2, 0 * y])

    flow = solve_flow(
        FlowProblem(
            cylinder_channel(26), 1.0, 1e-3, velocity={"x-": inflow}, walls=("y-", "y+", "cylinder"), outlets={"x+": 0.0}
        )
    )  # fmt: skip
    drag, lift = flow.force["cylinder"] * 2 / (0.2**2 * 0.1)
    drop = nearest_pressure(flow, np.array([0.15, 0.2])) - nearest_pressure(flow, np.array([0.25, 0.2]))
    yield Row("C10", "drag", float(drag), 5.57953523384, 1e-3, "-")
    yield Row("C10", "lift", float(lift), 0.010618948146, 2e-2, "-")
    yield Row("C10", "pressure difference", drop, 0.11752016697, 1e-3, "Pa")


def cavity(Re: float, n: int) -> FlowSolution:
    """Unit square whose lid (y+) moves at 1, on n x n graded squares."""
    lines = graded(0.0, 1.0, n, 12.0)

    def lid(place: Floats) -> Floats:
        return np.tile([1.0, 0.0], (len(place), 1))

    return solve_flow(FlowProblem(grid([lines, lines]), 1.0, 1 / Re, velocity={"y+": lid}, walls=("x-", "x+", "y-")))


def _c12() -> Iterator[Row]:
    middle = np.array([0.5, 0.5])
    for Re, n, wanted in ((100.0, 28, (-0.2140417, 0.1795728, -0.2538030)), (1000.0, 32, (-0.3885698, 0.3769447, -0.5270771))):
        flow = cavity(Re, n)
        y, u = along(flow, 1, middle)
        x, v = along(flow, 0, middle)
        low, high = extremes(x, v[:, 1])
        found = (extremes(y, u[:, 0])[0], high, low)
        for what, value, reference in zip(("smallest u", "largest v", "smallest v"), found, wanted, strict=True):
            yield Row("C12", f"{what}, Re {Re:.0f}", value, reference, 5e-3, "-")
    yield Row("C12", "smallest stream function, Re 1000", smallest_stream(flow), -0.1189366, 5e-3, "-")


def _c13() -> Iterator[Row]:
    coarse, fine = kovasznay(5), kovasznay(10)
    errors = np.array([kovasznay_errors(coarse), kovasznay_errors(fine)])
    orders = np.log2(errors[0] / errors[1])
    yield Row("C13", "order of velocity", float(orders[0]), 3.0, 0.1, "-", "absolute")
    # pressures converge at least with the order of their space, here 2, and faster while the velocity's error rules
    yield Row("C13", "order of pressure (at least 2)", min(float(orders[1]), 2.0), 2.0, 0.1, "-", "absolute")
    place = np.array([0.25, 0.35])  # a node of both meshes
    u, v = nearest_velocity(fine, place)
    x = np.linspace(-0.5, 1.0, 2001)
    mean = float(np.trapezoid(kovasznay_pressure(np.column_stack([x, 0 * x])), x) / 1.5)  # the solver's own mean is 0
    yield Row("C13", "u at (0.25, 0.35)", float(u), 1.46193608, 1e-4, "-")
    yield Row("C13", "v at (0.25, 0.35)", float(v), -0.09752166, 1e-3, "-")
    yield Row("C13", "p at (0.25, 0.35)", nearest_pressure(fine, place) + mean, 0.19118641, 1e-2, "-")


def _c14() -> Iterator[Row]:
    x = joined(graded(0.0, 15.0, 45, 3.0, False), graded(15.0, 30.0, 15, 3.0, False))
    half = graded(0.0, 0.5, 6, 4.0)
    mesh = renamed(grid([x, joined(half - 0.5, half)]), {"inlet": ("x-", np.array([-1.0, 0.0]), np.array([1.0, 1.0]))})
    flow = solve_flow(
        FlowProblem(
            mesh, 1.0, 1 / 800, inlets={"inlet": DevelopedInlet(0.5)}, walls=("x-", "y-", "y+"), outlets={"x+": 0.0}
        )
    )  # fmt: skip
    rows = np.unique(np.round(flow.nodes[:, 1], 12))
    turns = []
    for wall, step in ((0, 1), (-1, -1)):
        (s, first), (_, second) = (along(flow, 0, np.array([0.0, rows[wall + k * step]])) for k in (1, 2))
        turns += sign_changes(s, 4 * first[:, 0] - second[:, 0])  # of the slope at the wall, by the parabola through it
    for what, value, wanted in zip(("lower end", "upper start", "upper end"), turns, (6.10, 4.85, 10.48), strict=True):
        yield Row("C14", f"eddy, {what}", value, wanted, 0.02, "-")


CASES: tuple[VerificationCase, ...] = (
    VerificationCase("C1-3d", "Friction of rectangular ducts (3-D flow)", "Shah & London 1978", _c1),
    VerificationCase("C9-2d", "Entrance excess between plates (2-D flow)", "Sadri & Floryan 2002, J. Fluids Eng. 124:685", _c9),
    VerificationCase("C10", "Flow round a cylinder in a channel, Re 20", "DFG benchmark 2D-1, Schäfer & Turek 1996", _c10),
    VerificationCase("C12", "Lid-driven cavity", "Botella & Peyret 1998; Marchi et al. 2009", _c12),
    VerificationCase("C13", "Kovasznay flow, orders", "Kovasznay 1948", _c13),
    VerificationCase("C14", "Backward-facing step, Re 800", "Gartling 1990, Int. J. Numer. Meth. Fluids 11:953", _c14),
)
