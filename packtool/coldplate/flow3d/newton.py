"""Steady laminar flow: Picard, then Newton's method damped by the size of its next simplified step, until the true residual is small.

On flows with sharp corners at Re 400 damping by the residual takes tiny steps for long: 19 against 9 factorisations on the three-pass serpentine
with 31k unknowns, started from half the resolution. Steps are inexact (``ACCURATE``).
"""

from __future__ import annotations

import numpy as np

from packtool.coldplate.flow3d.discrete import Discrete
from packtool.coldplate.flow3d.records import Guess
from packtool.coldplate.flow3d.sections import reynolds
from packtool.coldplate.flow3d.system import FlowSystem
from packtool.errors import NotConverged, SolveError

PICARD = 3
"""Picard steps after the Stokes flow, before Newton's."""

PICARD_AFTER_GUESS = 1
"""The same after a given start."""

ACCURATE = 0.1
"""Share of the linear residual that a step leaves."""

FAR = 0.8
"""While the next step is more than this share of one, or that is damped, it is far to the flow: there the way depends on every step, and leads nowhere
where they are not ACCURATE_FAR."""

ACCURATE_FAR = 0.01
"""Share of the linear residual that such steps leave, and the simplified ones that judge them."""

JUDGED = 0.3
"""The same of the simplified ones near by; the next step starts from them."""

LEAST_DAMPING = 1e-3
"""Newton is given up where even this share of its step leads further away."""

MOST_STEPS = 25
"""Newton steps at one viscosity."""

FIRST_MULTIPLE = 8.0
"""Where the start from Stokes flow leads nowhere, the flow is first sought at this multiple of the viscosity."""

SMALLEST_FACTOR = 1.05
"""Steps in viscosity on the way from there are halved (in their logarithm) until they are smaller than this."""


def find_flow(system: FlowSystem, guess: Guess | None) -> list[float]:
    """Bring ``x`` to the solution; the residuals by step."""
    system.scale = system.norm(system.residual(system.x))
    if not (np.isfinite(system.scale) and system.scale > 0):
        raise SolveError("the prescribed velocities and pressures give no flow, or are not finite")
    nothing = system.x.copy()
    if guess is not None:
        system.take(guess)
        _picard(system, PICARD_AFTER_GUESS)
        found = _newton(system)
        if found[-1] <= system.rtol:
            return found
        system.x = nothing.copy()
    _stokes(system)
    history = _picard_newton(system)
    if history[-1] <= system.rtol:
        return history
    system.x = nothing
    _continue(system, history)
    return _newton(system)


def _continue(system: FlowSystem, told: list[float]) -> None:
    """Go from a viscosity at which the flow is found down to the problem's own, in steps as long as Newton's method bears."""
    multiple, factor = FIRST_MULTIPLE, 2.0
    system.nu = system.discrete.nu * multiple
    _stokes(system)
    if _picard_newton(system)[-1] > system.rtol:
        raise NotConverged(_advice(told, system.discrete, system.discrete.nu * multiple, system.rtol), key="cold_plate.flow_lpm")
    found = system.x
    while multiple > 1:
        trial = max(1.0, multiple / factor)
        system.nu = system.discrete.nu * trial
        system.x = found
        if _newton(system)[-1] <= system.rtol:
            multiple, found = trial, system.x
        else:
            factor = float(np.sqrt(factor))
            if factor < SMALLEST_FACTOR:
                raise NotConverged(
                    _advice(told, system.discrete, system.discrete.nu * multiple, system.rtol), key="cold_plate.flow_lpm"
                )


def _stokes(system: FlowSystem) -> None:
    system.convection = 0.0
    _picard(system, 1)
    system.convection = system.discrete.inertia


def _picard(system: FlowSystem, times: int) -> None:
    for _ in range(times):
        residual = system.residual(system.x)
        if system.norm(residual) <= system.rtol:
            return
        system.linearise(newton=False)
        system.x = system.x + system.step(residual, ACCURATE)


def _picard_newton(system: FlowSystem) -> list[float]:
    _picard(system, PICARD)
    return _newton(system)


def _newton(system: FlowSystem) -> list[float]:
    """Newton steps from the current state; the residuals by step, from that state's on. Stops where they no longer help.

    A step is damped until the next simplified one, with the derivative that it was made with, is smaller than it, whatever the residual does meanwhile
    (natural monotonicity and the prediction of damping from it: Deuflhard, Newton Methods for Nonlinear Problems (2004), ch. 3).
    """
    residual = system.residual(system.x)
    history = [system.norm(residual)]
    damping, following, before, far = 1.0, None, (0.0, 0.0), True
    for _ in range(MOST_STEPS):
        if history[-1] <= system.rtol or not np.isfinite(history[-1]):
            return history
        system.linearise(newton=True, anew=far)
        change = system.step(residual, ACCURATE_FAR if far else ACCURATE, following)
        size = system.size(change)
        if following is not None:
            old_size, old_damping = before
            bend = system.size(following - change) * size
            damping = min(1.0, old_damping * old_size * system.size(following) / max(bend, 1e-300))
        while True:
            trial = system.x + damping * change
            residual = system.residual(trial)
            norm = system.norm(residual)
            if norm <= system.rtol:
                system.x = trial
                return [*history, norm]
            following = system.step(residual, ACCURATE_FAR if far else JUDGED)
            if system.size(following) < size:
                break
            bend = system.size(following - (1 - damping) * change)
            damping = min(0.5 * size * damping**2 / max(bend, 1e-300), damping / 2)
            if not damping >= LEAST_DAMPING:
                return history
        system.x = trial
        history.append(norm)
        before = (size, damping)
        far = damping < 1 or system.size(following) > FAR * size
    return history


def _advice(history: list[float], discrete: Discrete, reached: float, rtol: float) -> str:
    told = ", ".join(f"{value:.1e}" for value in history[-5:])
    problem = discrete.problem
    number = max((reynolds(problem, name) for name in problem.inlets), default=1 / discrete.nu)
    share = discrete.nu / reached
    far = f"a flow was found up to Reynolds number {number * share:.0f}" if share < 1 else "the first steps failed already"
    return (
        f"no steady laminar flow was found at Reynolds number {number:.0f} (residual over that of no flow, lately {told}; wanted {rtol:.0e}); "
        f"{far}. The flow may be unsteady or the mesh too coarse: use a finer mesh, less flow, or cold_plate.fidelity: network"
    )
