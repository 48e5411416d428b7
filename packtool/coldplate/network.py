"""How the coolant splits among the branches of a cold plate, and the pressure that takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.coldplate.losses import (
    UNCERTAINTY_BENDS,
    UNCERTAINTY_ENTRANCE,
    UNCERTAINTY_JUNCTIONS,
    FlowPhysics,
    friction_uncertainty,
)
from packtool.coldplate.network_equations import NetworkEquations
from packtool.coldplate.passages import SIDE, Passages
from packtool.errors import NotConverged, SolveError
from packtool.mesh.records import Floats

MAX_STEPS = 50
MAX_SETTLING = 500
FULL = FlowPhysics()


@dataclass(frozen=True)
class FlowSplit:
    """A solved network. By branch (n,): ``mass_flow`` [kg/s] and ``velocity`` [m/s], positive from start to end; ``Re`` [-].

    ``loss`` (n,) along each branch [Pa], junctions apart, less a pump's head; ``total`` from inlet to outlet [kg/s];
    ``pressure`` (n_nodes,) static, above the outlet's [Pa]; ``pressure_drop`` from inlet to outlet [Pa], fittings included, ``parts`` its components (they
    add up to it: each is the power it dissipates over the total flow) and ``uncertainty`` their summed half-width [Pa];
    ``steps`` Newton steps taken; ``calibrated`` (n,): share of each branch's loss that a calibration tells, None without one.
    """

    mass_flow: Floats
    velocity: Floats
    Re: Floats
    loss: Floats
    total: float
    pressure: Floats
    pressure_drop: float
    parts: dict[str, float]
    uncertainty: float
    steps: int
    calibrated: Floats | None = None


def split_flow(
    p: Passages, total: float, rho: Floats, mu: Floats, roughness: float | Floats = 0.0, physics: FlowPhysics = FULL
) -> FlowSplit:
    """Solve the network for a total flow.

    ``total`` [kg/s] > 0 enters at the inlet; ``rho`` [kg/m³], ``mu`` [Pa s] by branch (n,); ``roughness`` [m], one or (n,). Damped Newton's method on
    flows and node pressures together, started from the network's own laminar solution; where that stalls, the network is settled in time. Raises SolveError outside the range of a correlation and NotConverged if no solution is found.
    """
    if not total > 0:
        raise SolveError(f"the coolant flow must be positive, got {total:g} kg/s")
    return _solved(NetworkEquations(p, total, None, rho, mu, roughness, physics))


def driven_flow(
    p: Passages, pressure: float, rho: Floats, mu: Floats, roughness: float | Floats = 0.0, physics: FlowPhysics = FULL
) -> FlowSplit:
    """As ``split_flow``, for a network between whose inlet and outlet ``pressure`` [Pa] stands: what flows, with the pumps' help.

    SolveError where neither drives anything through it.
    """
    if not np.isfinite(pressure) or (pressure == 0 and not p.pumps):
        raise SolveError(f"a pressure difference of {pressure:g} Pa without a pump drives no coolant")
    return _solved(NetworkEquations(p, None, pressure, rho, mu, roughness, physics))


def _solved(system: NetworkEquations) -> FlowSplit:
    x, steps = _newton(system, system.laminar)
    if not system.balanced(x):
        x, more = _settle(system, x)
        steps += more
    if not system.balanced(x):
        worst = float(np.max(np.abs(system.residual(x)))) / system.drop(x)
        raise NotConverged(
            f"the flow split of the coolant network stopped at a pressure imbalance of {worst:.1e} of the pressure drop"
        )
    return _read(system, x, steps)


def _free(system: NetworkEquations, Re: Floats) -> tuple[Floats, Floats]:
    """Weight of the correlations' scatter in each branch (n,) and at its ends (n, 2) [-]: 0 where finite elements tell the loss, but for what
    happens at the fittings."""
    p = system.p
    if p.corrections is None:
        return np.ones(system.n), np.ones((system.n, 2))
    free = 1 - p.corrections.told(Re)
    fed = np.isin(p.node, [p.inlet, p.outlet, *p.node[p.n_channels :].ravel()])
    return free, np.where(fed, 1.0, free[:, None])


def half_widths(system: NetworkEquations, flow: Floats) -> dict[str, Floats]:
    """What the correlations' scatter makes of the pressure lost along each branch at these flows (n,) [Pa], by correlation, with the loss's sign."""
    p, physics, lost = system.p, system.physics, system.losses(flow)
    free, unknown = _free(system, lost.Re)
    widths = {"friction": friction_uncertainty(lost.Re) * lost.friction, "entrance": UNCERTAINTY_ENTRANCE * lost.entrance}
    if physics.bends:
        corner_friction = p.bends * lost.friction * np.minimum(1.0, p.D_h / p.straight)
        widths["bends"] = free * (UNCERTAINTY_BENDS * lost.bends + corner_friction)
    if physics.junctions:
        drop = UNCERTAINTY_JUNCTIONS * unknown * system.drops(flow)
        for end, sign in enumerate((1.0, -1.0)):
            sides = p.meeting[:, end] == SIDE
            for name, here in ((f"sides {end}", sides), (f"runs {end}", ~sides)):
                widths[name] = np.where(here, sign * drop[:, end], 0.0)
    bores = np.arange(system.n) >= p.n_channels  # a K that is given is taken as known
    widths["fittings"] = UNCERTAINTY_JUNCTIONS * np.where(bores, lost.fittings, 0.0)
    if p.corrections is not None:
        widths["calibration"] = (1 - free) * p.corrections.loss_error(lost.Re) * lost.total
    return widths


def flow_changes(
    p: Passages, split: FlowSplit, rho: Floats, mu: Floats, roughness: float | Floats = 0.0, physics: FlowPhysics = FULL
) -> Floats:
    """How far each branch's flow (n_correlations, n) [kg/s] moves where a correlation is at the upper end of its scatter everywhere: a linear step from
    ``split``, the solution of ``split_flow`` with the same arguments."""
    system = NetworkEquations(p, split.total, None, rho, mu, roughness, physics)
    x = np.r_[split.mass_flow, split.pressure]
    widths = half_widths(system, split.mass_flow)
    changes = [
        system.towards(x, system.residual(x) + unsure, np.zeros(system.n))[: system.n] for unsure in widths.values() if unsure.any()
    ]
    return np.array(changes).reshape(-1, system.n) - split.mass_flow


def _read(system: NetworkEquations, x: Floats, steps: int) -> FlowSplit:
    """The solution in the user's quantities. SolveError where the coolant comes out of the inlet."""
    p, flow, P = system.p, x[: system.n], x[system.n :]
    lost = system.losses(flow)
    drop = system.drops(flow) if system.physics.junctions else np.zeros((system.n, 2))
    total = system.through(flow)
    if not total > 0:
        way = "its pumps are too weak, or turned round" if p.pumps else "give the pressure drop above 0, or swap inlet and outlet"
        raise SolveError(f"the coolant flows out of the inlet, {-total:.4g} kg/s: {way}")
    weight = flow / total

    def over(values: Floats) -> float:
        return float(weight @ values)

    parts = {
        "friction": over(lost.friction),
        "entrance": over(lost.entrance),
        "bends": over(lost.bends),
        "junctions": over(drop[:, 0] - drop[:, 1]),
    }
    if np.any(lost.fittings):
        parts["fittings"] = over(lost.fittings)
    if p.corrections is not None:
        parts["calibration"] = over(lost.calibration)
    uncertainty = sum(float(np.abs(weight) @ np.abs(unsure)) for unsure in half_widths(system, flow).values())
    if p.pumps:
        parts["pumps"] = -over(system.heads(flow)[0])
    return FlowSplit(
        mass_flow=flow, velocity=lost.velocity, Re=lost.Re, loss=lost.total - system.heads(flow)[0], total=total, pressure=P,
        pressure_drop=float(P[p.inlet]), parts=parts,
        uncertainty=uncertainty, steps=steps, calibrated=None if p.corrections is None else 1 - _free(system, lost.Re)[0],
    )  # fmt: skip


def unevenness(flows: Floats, changes: Floats) -> tuple[float, float]:
    """(largest - smallest) / mean of the ``flows`` (n,) of parallel channels, whichever way they go, and the half-width that their ``changes``
    (n_correlations, n) give it; 0 of none."""

    def uneven(these: Floats) -> float:
        return float(np.ptp(np.abs(these)) / np.abs(these).mean()) if np.any(these) else 0.0

    found = uneven(flows)
    return found, sum(abs(uneven(flows + one) - found) for one in changes)


def _newton(system: NetworkEquations, x: Floats) -> tuple[Floats, int]:
    """Newton's method with a backtracking line search: the solution, or where the search could get no further; steps taken."""
    residual = system.residual(x)
    for step in range(MAX_STEPS):
        if system.balanced(x):
            return x, step
        target = system.towards(x, residual, np.zeros(system.n))
        size = np.linalg.norm(residual)
        for halving in range(12):
            trial = x + 0.5**halving * (target - x)
            try:
                now = system.residual(trial)
            except SolveError:  # a wild step left the correlations' range: shorten it
                continue
            if np.linalg.norm(now) <= (1 - 0.1 * 0.5**halving) * size:
                break
        else:
            return x, step
        x, residual = trial, now
    return x, MAX_STEPS


def _settle(system: NetworkEquations, x: Floats) -> tuple[Floats, int]:
    """The flow that the network comes to rest in: backward Euler with each branch given an inertia, in growing time steps.

    Where pressure recovery at the junctions makes a loss fall with the flow, Newton's method may circle between two states; only one that
    is stable in time is found here.
    """
    inertia = system.resistance
    pace, residual = 1.0, system.residual(x)
    for step in range(MAX_SETTLING):
        if system.balanced(x):
            return x, step
        trial = system.towards(x, residual, inertia / pace)
        try:
            now = system.residual(trial)
        except SolveError:
            pace /= 4
            continue
        growth = np.linalg.norm(residual) / max(float(np.linalg.norm(now)), 1e-300)
        if growth < 0.5:
            pace /= 2
            continue
        x, residual = trial, now
        pace = min(pace * min(max(growth, 0.7), 3.0), 1e12)
    return x, MAX_SETTLING
