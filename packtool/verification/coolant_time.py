"""Verification of coolant in time: a step of the inlet's temperature on its way through a plate, beside walls that take up heat."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.coldplate.fluid import constant_coolant
from packtool.coldplate.plate_on_channels import bare_plate
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.stream import ChannelStream
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import Floats
from packtool.thermal.records import ConductionProblem
from packtool.verification.records import Row, VerificationCase

LENGTH, WIDTH, DEPTH, WALL = 0.4, 0.1, 0.003, 0.003
"""Of the channel and of the wall over it [m]."""
RHO, CP, RHO_CP_WALL, CAPACITY_FLOW = 1000.0, 4000.0, 2.4e6, 13.6
"""Coolant [kg/m³], [J/kg/K]; wall [J/m³/K]; m cp [W/K]."""
SEGMENTS = 80
DELAY = RHO * CP * WIDTH * DEPTH * LENGTH / CAPACITY_FLOW
"""Residence time [s]: 35.3."""


def after_step(h: float, dt: float, steps: int, across: float = 1e4) -> tuple[Floats, Floats]:
    """Times [s] and the outlet's temperature as a share of the inlet's step at t = 0, both (steps,), with a film of ``h`` [W/m²/K].

    The wall conducts ``across`` [W/m/K] and not along.
    """
    from packtool.thermal.assembly import discretise
    from packtool.thermal.coupling import Coupling
    from packtool.thermal.stepping import Stepper

    mesh = mesh_boxes(
        [Box("plate", "cold_plate", "wall", 0.0, 0.0, 0.0, LENGTH, WIDTH, WALL)],
        divisions=(SEGMENTS, 1, 1),
        boundaries={"plate.z-": "coolant_wall"},
    )
    mm = (1e3 * LENGTH, 500 * WIDTH)
    way = Branch("way", "in", "out", ((0.0, mm[1]), mm), 1e3 * WIDTH, 1e3 * DEPTH)
    plate = bare_plate(
        channel_width_mm=1e3 * WIDTH, channel_height_mm=1e3 * DEPTH, flow_lpm=CAPACITY_FLOW / (RHO * CP) * 60e3, inlet_degC=35.0
    )
    stream = ChannelStream.of(
        CoolantNetwork((way,), "in", "out", 0.0, 3.0), plate, constant_coolant(RHO, CP, 0.6, 1e-3), mesh,
        heat_physics=HeatPhysics(given_h=h),
    )  # fmt: skip
    problem = ConductionProblem(mesh, np.array([np.diag([1e-9, across, across])]), rho_cp=np.array([RHO_CP_WALL]))
    discrete = discretise(problem, None, with_capacity=True)
    coupling = Coupling(mesh, discrete.pattern, stream.exchange(None))
    T, theta, left = np.full(discrete.n_dofs, 298.15), np.full(stream.n_states, 298.15), []
    stepper = Stepper(discrete, None)
    for number in range(steps):
        step = stepper.step(number * dt, dt, T, coupling, theta)
        stepper.accept(step, dt, T)
        state = step.stages[2].state
        assert state is not None
        T, theta = step.T, state.theta
        left.append(float(theta[stream.passages.outlet]))
    stepper.close()
    times: Floats = np.linspace(dt, steps * dt, steps)
    return times, (np.array(left) - 298.15) / 10.0


def schumann(h: float, times: Floats) -> Floats:
    """The same, exactly: T. E. W. Schumann, J. Franklin Inst. 208 (1929) 405; 0 before the coolant has come through."""
    from scipy.integrate import quad
    from scipy.special import ive

    x = h * WIDTH * LENGTH / CAPACITY_FLOW

    def share(t: float) -> float:
        if t <= DELAY:
            return 0.0
        y = h * (t - DELAY) / (RHO_CP_WALL * WALL)
        return 1 - quad(lambda s: np.exp(-((np.sqrt(s) - np.sqrt(y)) ** 2)) * ive(0, 2 * np.sqrt(s * y)), 0, x, epsabs=1e-10)[0]

    return np.array([share(float(t)) for t in times])


def _delay() -> Iterator[Row]:
    dt = DELAY / 20
    times, left = after_step(0.1, dt, 40, across=10.0)
    area = float(np.sum(1 - left[:-1]) * dt + (2 - left[-1]) * dt / 2)  # trapezoids from 0, where nothing has come yet
    yield Row("D1-delay", "mean time to the outlet, no heat to the wall", area, DELAY, 1e-3, "s")
    half = float(np.interp(0.5, left, times))
    yield Row("D1-delay", "half of the step is through", half, DELAY, 0.02, "s")


def _wall() -> Iterator[Row]:
    h = 960.0
    times, left = after_step(h, 2.0, 120)
    exact = schumann(h, times)
    for t in (46.0, 60.0, 90.0, 120.0):
        at = int(np.argmin(np.abs(times - t)))
        yield Row("D1-step", f"outlet after {t:g} s", float(left[at]), float(exact[at]), 0.01, "-", scale=1.0)


CASES: tuple[VerificationCase, ...] = (
    VerificationCase("D1-delay", "A step of the inlet's temperature arrives after the residence time", "plug flow", _delay),
    VerificationCase("D1-step", "The same beside a wall that takes up heat", "Schumann 1929, J. Franklin Inst. 208:405", _wall),
)
