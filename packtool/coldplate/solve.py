"""Cold plate solutions: of the coolant at one temperature (pressure only), and after a thermal solve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.coldplate.by_plate import plate_shares
from packtool.coldplate.losses import FlowPhysics
from packtool.coldplate.network import unevenness
from packtool.coldplate.records import ColdPlateSolution, PathTable
from packtool.coldplate.stream import ChannelStream, Flow
from packtool.design.schema import AnyColdPlate
from packtool.layout.coolant import LPM, CoolantNetwork
from packtool.results import ZERO_CELSIUS, Result
from packtool.thermal.records import StreamState


def solve_coldplate_isothermal(
    network: CoolantNetwork, plate: AnyColdPlate, coolant: Coolant, T: float, flow_physics: FlowPhysics = FlowPhysics()
) -> ColdPlateSolution:
    """Flow split, pressure drop and velocities with all coolant at ``T`` [K]; no heat, no mesh.

    ``flow_lpm`` is taken at this temperature. Raises SolveError outside the coolant's table or a correlation's range, NotConverged.
    """
    stream = ChannelStream.of(
        network, plate.model_copy(update={"inlet_degC": T - ZERO_CELSIUS}), coolant, flow_physics=flow_physics
    )
    n = len(stream.segments.s)
    state = StreamState(np.full(stream.n_states, T), np.full(n, T), np.zeros(n), np.full(n, np.nan))
    return cold_plate_solution(stream, state)


def cold_plate_solution(stream: ChannelStream, state: StreamState) -> ColdPlateSolution:
    """What the coolant does at a converged state of the thermal solve. Raises as ``ChannelStream.flow`` does."""
    now = stream.flow(state.theta, state.mean)
    p, split = stream.passages, now.split
    in_channels = stream.segments.branch < p.n_channels
    T_out = float(state.theta[p.outlet])
    H = stream.table.enthalpy(np.array([stream.T_in, T_out]))
    branch_T = np.bincount(stream.segments.branch, stream.segments.length * state.mean, len(p.length)) / p.length
    lpm = split.mass_flow / stream.table.at(branch_T).rho / LPM
    is_channel = np.array([kind == "channel" for kind in p.kinds])
    moved = stream.flow_changes(state.mean, split)
    uneven, uneven_scatter = unevenness(split.mass_flow[is_channel], moved[:, is_channel])
    unsure_lpm = np.abs(lpm) * np.abs(moved).sum(axis=0) / np.maximum(np.abs(split.mass_flow), 1e-300)
    fastest = int(np.argmax(np.where(in_channels, np.abs(now.film.velocity), 0.0)))
    own = slice(0, p.n_channels)
    film, worst = _film(stream, state, now)
    rho_in = float(stream.table.at(np.array(stream.T_in)).rho)
    return ColdPlateSolution(
        pressure_drop_Pa=split.pressure_drop,
        pressure_parts=split.parts,
        pressure_uncertainty_Pa=split.uncertainty,
        mass_flow_kg_s=stream.mass_flow,
        flow_lpm=stream.mass_flow / rho_in / LPM,
        branch_flow_lpm=dict(zip(p.names[own], lpm[own].tolist(), strict=True)),
        branch_flow_uncertainty_lpm=dict(zip(p.names[own], unsure_lpm[own].tolist(), strict=True)),
        maldistribution=uneven,
        maldistribution_uncertainty=uneven_scatter,
        max_velocity_m_s=(speed := float(np.abs(now.film.velocity[fastest]))),
        velocity_uncertainty_m_s=speed * float((unsure_lpm / np.maximum(np.abs(lpm), 1e-300))[stream.segments.branch[fastest]]),
        max_Re=float(split.Re[own].max()),
        min_Re=float(split.Re[own].min()),
        pumping_power_W=split.pressure_drop * stream.mass_flow / rho_in,
        inlet_degC=stream.T_in - ZERO_CELSIUS,
        outlet_degC=T_out - ZERO_CELSIUS,
        heat_W=float(state.heat.sum()),
        enthalpy_rise_W=float(stream.mass_flow * (H[1] - H[0])),
        film_K=film,
        film_uncertainty_K=worst,
        path=_path(stream, state, now),
        plates=plate_shares(stream, state, split),
        beyond_calibration=_beyond_calibration(state, now, p.n_channels),
        channels=tuple(name for name, kind in zip(p.names, p.kinds, strict=True) if kind == "channel"),
    )


def _film(stream: ChannelStream, state: StreamState, now: Flow) -> tuple[float, float]:
    """Largest difference between wall and coolant [K], and the half-width that the scatter of h gives it.

    At a given heat the difference goes with 1/h: a relative scatter u of h makes it up to 1/(1 - u) of itself.
    """
    difference = np.where(stream.wall_area > 0, np.abs(np.nan_to_num(state.wall) - state.mean), 0.0)
    spread = now.film.scatter / (1 - now.film.scatter)
    at = int(np.argmax(difference))
    return float(difference[at]), float((difference * spread).max())


def _path(stream: ChannelStream, state: StreamState, now: Flow) -> PathTable:
    segments = stream.segments
    wall = np.where(stream.wall_area > 0, state.wall, np.nan)
    here = segments.branch < stream.passages.n_channels
    return PathTable(
        names=stream.passages.names[: stream.passages.n_channels],
        branch=segments.branch[here],
        s_mm=segments.s[here] * 1e3,
        x_mm=segments.x[here] * 1e3,
        y_mm=segments.y[here] * 1e3,
        T_degC=state.mean[here] - ZERO_CELSIUS,
        T_wall_degC=wall[here] - ZERO_CELSIUS,
        h=now.film.h[here],
        Re=now.film.Re[here],
        velocity=now.film.velocity[here],
        heat_W=state.heat[here],
        calibrated=None if now.film.calibrated is None else now.film.calibrated[here],
    )


def _beyond_calibration(state: StreamState, now: Flow, n_channels: int) -> float | None:
    split, told = now.split, now.film.calibrated
    if split.calibrated is None or told is None:
        return None
    power = np.abs(split.loss * split.mass_flow)[:n_channels]
    heat = np.abs(state.heat)
    shares = ((power, split.calibrated[:n_channels]), (heat, told))
    return max(float(over @ (1 - by) / over.sum()) if over.any() else 0.0 for over, by in shares)


def coolant_results(solution: ColdPlateSolution, case: str | None) -> list[Result]:
    """The numbers of a cold plate for results.json.

    ``scatter`` holds what the correlations' scatter makes of the pressure, the split and the film; ``error`` is left to who solves on more meshes.
    """
    s = solution
    rows = [
        Result("coolant.pressure_drop", s.pressure_drop_Pa, "Pa", scatter=s.pressure_uncertainty_Pa),
        *(Result(f"coolant.pressure_drop.{part}", value, "Pa") for part, value in s.pressure_parts.items()),
        Result("coolant.inlet", s.inlet_degC, "degC"),
        Result("coolant.outlet", s.outlet_degC, "degC"),
        Result("coolant.rise", s.outlet_degC - s.inlet_degC, "K"),
        Result("coolant.flow.mass", s.mass_flow_kg_s, "kg/s"),
        Result("coolant.flow.volume", s.flow_lpm, "lpm"),
        Result("coolant.flow.maldistribution", s.maldistribution, "-", scatter=s.maldistribution_uncertainty),
        Result("coolant.velocity.max", s.max_velocity_m_s, "m/s", scatter=s.velocity_uncertainty_m_s),
        Result("coolant.reynolds.max", s.max_Re, "-"),
        Result("coolant.reynolds.min", s.min_Re, "-"),
        Result(
            "coolant.pumping_power",
            s.pumping_power_W,
            "W",
            scatter=s.pressure_uncertainty_Pa / s.pressure_drop_Pa * s.pumping_power_W,
        ),
        Result("coolant.film.max", s.film_K, "K", scatter=s.film_uncertainty_K),
        Result("heat.coolant", s.heat_W, "W"),
        *(
            Result(f"coolant.flow.channel[{name}]", s.branch_flow_lpm[name], "lpm", scatter=s.branch_flow_uncertainty_lpm[name])
            for name in s.channels
            if len(s.channels) > 1
        ),
    ]
    if s.beyond_calibration is not None:
        rows.append(Result("coolant.beyond_calibration", s.beyond_calibration, "-"))
    for tag, share in s.plates.items():
        rows += [
            Result(f"coolant.flow[{tag}]", share.flow_lpm, "lpm"),
            Result(f"coolant.outlet[{tag}]", share.outlet_degC, "degC"),
            Result(f"heat.coolant[{tag}]", share.heat_W, "W"),
        ]
    return [replace(row, case=case) for row in rows]
