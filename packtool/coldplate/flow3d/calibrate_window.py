"""A window that finite elements solved at several flows, told as losses and films of its branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse.linalg import spsolve

import packtool
from packtool.coldplate.calibrated import calibrated_pieces
from packtool.coldplate.flow3d.both_levels import network_plate
from packtool.coldplate.flow3d.branch_flows import branch_drops, wall_films
from packtool.coldplate.flow3d.plate_solve import PlateConditions, PlateSolution, duct_drop
from packtool.coldplate.flow3d.window import Window
from packtool.coldplate.fluid import CoolantTable, constant_coolant
from packtool.coldplate.march import order, transport
from packtool.coldplate.passages import Passages, passages
from packtool.design.schema.calibration import CalibratedBranch, PlateCalibration
from packtool.errors import SolveError
from packtool.mesh.records import Floats, Integers

CLOSING = 2
"""Solves of the network that close it on the finite elements' temperature: the second leaves less than 0.01 K (benchmarks/plate_levels.py)."""


def window_calibration(
    view: Window,
    found: Sequence[PlateSolution],
    conditions: Sequence[PlateConditions],
    about: Mapping[str, object],
    beside: tuple[float, float] = (0.0, 0.0),
) -> PlateCalibration:
    """What ``found`` of ``view`` under ``conditions`` (heat on the top, flows ascending) says to its network.

    ``about``: the keys of the calibration that tell what it was made from; ``beside``: relative errors of drop and film that come beside the
    mesh's. SolveError where a branch has no film that can be told.
    """
    p = passages(view.network)
    drops = [branch_drops(one.flow, view.network, p, duct_drop(view.plate, at)) for one, at in zip(found, conditions, strict=True)]
    films = [_films(one, view, p, volume, at) for one, at, (volume, _) in zip(found, conditions, drops, strict=True)]
    told = PlateCalibration.model_validate(
        {
            "$schema": "packtool/plate-calibration/1", **about, "packtool": packtool.__version__, "flux_W_m2": conditions[0].flux["top"],
            "Re": tuple(short(one.reynolds) for one in found),
            "pressure_drop_Pa": tuple(short(one.pressure_drop.value) for one in found),
            "pressure_drop_error": tuple(short(one.pressure_drop.error / one.pressure_drop.value + beside[0]) for one in found),
            "wall_rise_K": tuple(short(one.top_mean.value - at.T_in) for one, at in zip(found, conditions, strict=True)),
            "wall_rise_error_K": tuple(short(one.top_mean.error) for one in found),
            "film_error": tuple(short(_film_error(one) + beside[1]) for one in found),
            "inlet": view.network.inlet, "outlet": view.network.outlet, "branches": _branches(view, p, conditions[0], drops, films),
        }
    )  # fmt: skip
    return _closed(told, view, found, conditions)


def _films(
    solution: PlateSolution, view: Window, p: Passages, volume: Floats, at: PlateConditions
) -> tuple[Floats, Integers, Floats]:
    """Ways (n_segments,) [m], branches (n_segments,) and Nusselt numbers (n_segments,), NaN where a piece has no wall of its own.

    The coolant is as warm as the network's own march makes it with the finite elements' heat.
    """
    segments = calibrated_pieces(view.network, view.plate.width)
    heat, wall, area = wall_films(solution.temperature, view.network, segments)
    mass_flow = volume * at.rho
    way = order(p, segments, mass_flow)
    n_states = len(p.nodes) + len(segments.s)
    table = CoolantTable.of(constant_coolant(at.rho, at.cp, at.k, at.mu))
    carried = transport(p, segments, way, mass_flow, table, np.full(n_states, at.T_in), at.T_in, np.zeros(len(heat)))
    theta = spsolve(carried.matrix.tocsc(), carried.gain @ heat + carried.supply)
    coolant = carried.mean @ theta
    difference = wall - coolant
    with np.errstate(invalid="ignore", divide="ignore"):
        h = heat / (area * difference)
    Nu = np.where((area > 0) & (difference > 0) & (heat > 0), h * p.D_h[segments.branch] / at.k, np.nan)
    return segments.s, segments.branch, Nu


def _closed(
    told: PlateCalibration, view: Window, found: Sequence[PlateSolution], conditions: Sequence[PlateConditions]
) -> PlateCalibration:
    """With the films of each flow scaled, by some percent, so that the network gives the finite elements' mean temperature of the heated side.

    A network has one film around a section; finite elements have less in its corners, which moves heat to the middle of its sides.
    """
    scales = []
    for k, (one, at) in enumerate(zip(found, conditions, strict=True)):
        coolant = (at.T_in + one.T_out) / 2
        scale, before = 1.0, None
        for _ in range(CLOSING):
            tried = _scaled(told, [scale if i == k else 1.0 for i in range(len(found))])
            mean = network_plate(replace(view.network, calibration=tried), one.grid, at).top_mean
            wanted = one.top_mean.value
            if before is None:
                inverse = 1 / scale * (wanted - coolant) / (mean - coolant)
            else:  # temperatures are nearly linear in the films' resistance
                inverse = 1 / scale + (wanted - mean) * (1 / scale - before[0]) / (mean - before[1])
            before, scale = (1 / scale, mean), 1 / inverse
        scales.append(scale)
    return _scaled(told, scales)


def _scaled(told: PlateCalibration, scales: Sequence[float]) -> PlateCalibration:
    branches = tuple(
        b.model_copy(update={"Nu": tuple(_told(scale * np.array(row)) for scale, row in zip(scales, b.Nu, strict=True))})
        for b in told.branches
    )
    return told.model_copy(update={"branches": branches})


def _film_error(one: PlateSolution) -> float:
    """Relative error of the films: that of the wall's mean temperature over its difference from the coolant's mean."""
    T_in = one.temperature.problem.T_in
    film = one.top_mean.value - (T_in + one.T_out) / 2
    return one.top_mean.error / max(film, 10 * one.top_mean.error)


def _branches(
    view: Window,
    p: Passages,
    at: PlateConditions,
    drops: Sequence[tuple[Floats, Floats]],
    films: Sequence[tuple[Floats, Integers, Floats]],
) -> tuple[CalibratedBranch, ...]:
    Re = np.array([at.rho * volume / p.area * p.D_h / at.mu for volume, _ in drops])
    K = np.empty_like(Re)
    for row, (volume, lost) in zip(K, drops, strict=True):
        v = volume / p.area
        friction = 2 * p.f_Re * at.mu * v * p.straight / p.D_h**2
        row[:] = (lost - friction) / (at.rho * v * np.abs(v) / 2)
    s, branch, _ = films[0]
    Nu = np.array([one for _, _, one in films])
    told = ~np.isnan(Nu).any(axis=0)
    made = []
    for i, b in enumerate(view.network.branches):
        here = np.flatnonzero((branch == i) & told)
        if not len(here):
            raise SolveError(f"no film of coolant branch {b.name} can be told: its walls are nowhere warmer than its coolant")
        made.append(
            CalibratedBranch(
                name=b.name,
                start=b.start,
                end=b.end,
                kind="header" if b.kind == "header" else "channel",
                width_mm=b.width_mm,
                height_mm=b.height_mm,
                path=b.path,
                bulges=b.bulges,
                Re=_told(Re[:, i]),
                K=_told(K[:, i]),
                s_mm=_told(s[here] * 1e3),
                Nu=tuple(_told(row) for row in Nu[:, here]),
            )
        )
    return tuple(made)


def short(value: float) -> float:
    """With as many digits as a file needs."""
    return float(f"{value:.7g}")


def _told(values: Floats) -> tuple[float, ...]:
    return tuple(map(short, values.tolist()))
