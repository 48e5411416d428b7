"""Losses and films of a design's plate by finite elements, at several laminar flows: what the network reads from a calibration file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse.linalg import spsolve

import packtool
from packtool.coldplate.calibrated import calibrated_pieces
from packtool.coldplate.flow3d.both_levels import network_plate
from packtool.coldplate.flow3d.branch_flows import branch_drops, wall_films
from packtool.coldplate.flow3d.design_plate import MEMORY_GB, memory_GB
from packtool.coldplate.flow3d.plate import LEVELS, Fineness
from packtool.coldplate.flow3d.plate_solve import PlateConditions, PlateSolution, solve_plate
from packtool.coldplate.flow3d.window import Window, shortened, window
from packtool.coldplate.fluid import CoolantTable, Properties
from packtool.coldplate.march import order, transport
from packtool.coldplate.passages import Passages, passages
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate
from packtool.design.schema.calibration import FEWEST_FLOWS, METHOD, MOST_FLOWS, CalibratedBranch, PlateCalibration
from packtool.errors import NotConverged, SolveError
from packtool.layout.calibration import plate_key
from packtool.layout.coolant import LPM, RE_LAMINAR
from packtool.layout.records import Layout
from packtool.mesh.records import Floats, Integers
from packtool.results import ZERO_CELSIUS

SHARES = (0.3, 0.65, 1.3)
"""Flows of a calibration over the design's own; the last is cut to what is laminar."""
SHORTER = (1.0, 0.75, 0.5, 0.35, 0.25)
"""Shares of a manifold's length that are tried for a solve that fits the memory: developed friction between a channel's ends needs no finite
elements."""
FLUX = 1e3
"""Heat into the plate's top [W/m²]: about that of the bus template's cells at 1 C. Films do not depend on it: properties are constant."""
SHORTENED_DROP, SHORTENED_FILM = 0.015, 0.05
"""Relative errors of loss and film that come with a shortened window, beside the mesh's: a Z manifold of three channels 307 mm long, told by
one of half the length, was 1.4 % off in the drop and 3 % in the film at 0.5 and 1 L/min."""
BRANCH_LAMINAR = 0.999
"""Default flows keep to this share of the highest laminar Reynolds number."""

CLOSING = 2
"""Solves of the network that close it on the finite elements' temperature: the second leaves less than 0.01 K (benchmarks/plate_levels.py)."""

Tell = Callable[[str], None]


def default_flows(loaded: LoadedDesign, layout: Layout) -> tuple[float, ...]:
    """SHARES of the design's flow [L/min], none above the laminar range. SolveError where the flow itself is above."""
    plate = _calibratable(loaded)
    if plate.flow_lpm is None:
        raise SolveError("the flow on the pump's curve is found by solving the pack: name the flows to calibrate at (--flows)")
    most = _laminar_lpm(loaded, window(layout, plate))
    _refuse_turbulent(plate.flow_lpm, most)
    return tuple(float(f"{min(share * plate.flow_lpm, BRANCH_LAMINAR * most):.4g}") for share in SHARES)


def calibration_inputs(loaded: LoadedDesign, layout: Layout, flows_lpm: Sequence[float]) -> dict[str, object]:
    """What a calibration is made from, by its keys: a file that agrees in all need not be made again."""
    plate = _calibratable(loaded)
    return {
        "method": METHOD, "plate": plate_key(layout, plate), "mesh_level": loaded.design.mesh.level, "coolant": plate.coolant,
        "inlet_degC": plate.inlet_degC, "Pr": _short(float(_fluid(loaded).Pr)),
        "conductivity_W_mK": loaded.materials[plate.material].k_W_mK.value, "flows_lpm": _checked(flows_lpm),
    }  # fmt: skip


def calibrate_plate(loaded: LoadedDesign, layout: Layout, flows_lpm: Sequence[float], tell: Tell) -> PlateCalibration:
    """Flow and heat of the design's plate (its window) at each of ``flows_lpm`` [L/min], 2 to 20 of them, ascending.

    Properties are those at the inlet's temperature. ``tell`` is called with a line a flow. Raises SolveError for plates and flows
    that finite elements cannot take (``channel_plate``; not laminar; more memory than ``MEMORY_GB``), NotConverged where a flow is not steady.
    """
    plate = _calibratable(loaded)
    flows = _checked(flows_lpm)
    whole = window(layout, plate)
    view = _fitting(whole, plate, LEVELS[loaded.design.mesh.level])
    _refuse_turbulent(flows[-1], _laminar_lpm(loaded, view))
    fluid = _fluid(loaded)
    p = passages(view.network)
    found = []
    for flow in flows:
        tell(f"{flow:g} L/min")
        try:
            found.append(_solved(loaded, view, flow))
        except NotConverged as why:
            done = ", ".join(f"{f:g}" for f in flows[: len(found)])
            way = f"calibrate at lower flows (--flows; {done} L/min converged)" if done else "calibrate at lower flows (--flows)"
            raise NotConverged(f"{flow:g} L/min: {why}; {way}") from None
    drops = [branch_drops(one.flow, view.network, p) for one in found]
    films = [_films(one, view, p, volume, fluid) for one, (volume, _) in zip(found, drops, strict=True)]
    cut = (0.0, 0.0) if view.plate.size == whole.plate.size else (SHORTENED_DROP, SHORTENED_FILM)
    rise = [one.top_mean.value - one.temperature.problem.T_in for one in found]
    told = PlateCalibration(
        **{"$schema": "packtool/plate-calibration/1"}, **calibration_inputs(loaded, layout, flows), packtool=packtool.__version__,
        flux_W_m2=FLUX, Re=tuple(_short(one.reynolds) for one in found),
        pressure_drop_Pa=tuple(_short(one.pressure_drop.value) for one in found),
        pressure_drop_error=tuple(_short(one.pressure_drop.error / one.pressure_drop.value + cut[0]) for one in found),
        wall_rise_K=tuple(map(_short, rise)), wall_rise_error_K=tuple(_short(one.top_mean.error) for one in found),
        film_error=tuple(_short(_film_error(one) + cut[1]) for one in found),
        inlet=view.network.inlet, outlet=view.network.outlet, branches=_branches(view, p, fluid, drops, films),
    )  # fmt: skip
    return _closed(told, view, found, [plate_conditions(loaded, flow) for flow in flows])


def _fitting(view: Window, plate: ColdPlate, fineness: Fineness) -> Window:
    """The window, a manifold's channels as long as the memory allows. SolveError where even the shortest do not fit."""
    shares = (1.0,) if plate.type == "serpentine" else SHORTER
    for share in shares:
        tried = view if share == 1.0 else shortened(view, share)
        needed = memory_GB(tried.plate, fineness)
        if needed <= MEMORY_GB:
            return tried
    raise SolveError(
        f"calibrating this plate would take about {needed:.0f} GB{'' if len(shares) == 1 else ' even with short channels'}, and at most"
        f" {MEMORY_GB:g} are allowed: use mesh.level: coarse, or fewer channels"
    )


def _calibratable(loaded: LoadedDesign) -> ColdPlate:
    plate = loaded.design.cold_plate
    if not isinstance(plate, ColdPlate):
        raise SolveError("a calibration is of a flat plate under the cells: the design has none")
    if plate.position != "bottom" or plate.style not in (None, "brazed") or plate.turns != "square":
        raise SolveError(
            "finite elements take one closed plate under the cells with square turns: cold_plate.position: bottom, style: brazed, turns: square"
        )
    return plate


def _checked(flows: Sequence[float]) -> tuple[float, ...]:
    ordered = tuple(sorted(set(map(float, flows))))
    if not FEWEST_FLOWS <= len(ordered) <= MOST_FLOWS or not (np.isfinite(ordered).all() and ordered[0] > 0):
        raise SolveError(
            f"a calibration takes {FEWEST_FLOWS} to {MOST_FLOWS} different flows above 0 L/min, got {', '.join(f'{f:g}' for f in flows)}"
        )
    return ordered


def _fluid(loaded: LoadedDesign) -> Properties:
    plate = _calibratable(loaded)
    return CoolantTable.of(loaded.coolants[plate.coolant]).at(np.array(plate.inlet_degC + ZERO_CELSIUS), "cold_plate.inlet_degC")


def _laminar_lpm(loaded: LoadedDesign, view: Window) -> float:
    """The flow [L/min] at which the inlet's Reynolds number is RE_LAMINAR."""
    fluid, plate = _fluid(loaded), view.plate
    width, height = plate.inlet.high - plate.inlet.low, plate.z[2] - plate.z[1]
    return float(RE_LAMINAR * fluid.mu / fluid.rho * (width + height) / 2 / LPM)


def _refuse_turbulent(flow_lpm: float, most_lpm: float) -> None:
    if flow_lpm > most_lpm:
        raise SolveError(
            f"{flow_lpm:g} L/min is Reynolds number {RE_LAMINAR * flow_lpm / most_lpm:.0f} at the inlet, and finite elements know laminar flow only,"
            f" {RE_LAMINAR:g} at most: calibrate at flows up to {most_lpm:.3g} L/min (--flows); above, the correlations hold"
        )


def _solved(loaded: LoadedDesign, view: Window, flow_lpm: float) -> PlateSolution:
    return solve_plate(view.plate, plate_conditions(loaded, flow_lpm), LEVELS[loaded.design.mesh.level])


def plate_conditions(loaded: LoadedDesign, flow_lpm: float) -> PlateConditions:
    """What a calibration solves at a flow [L/min]: properties at the inlet's temperature, FLUX on the top."""
    plate, fluid = _calibratable(loaded), _fluid(loaded)
    return PlateConditions(
        flow=flow_lpm * LPM, rho=float(fluid.rho), cp=float(fluid.cp), k=float(fluid.k), mu=float(fluid.mu),
        T_in=plate.inlet_degC + ZERO_CELSIUS, conductivity=loaded.materials[plate.material].k_W_mK.value, flux={"top": FLUX},
    )  # fmt: skip


def _films(
    solution: PlateSolution, view: Window, p: Passages, volume: Floats, fluid: Properties
) -> tuple[Floats, Integers, Floats]:
    """Ways (n_segments,) [m], branches (n_segments,) and Nusselt numbers (n_segments,), NaN where a piece has no wall of its own.

    The coolant is as warm as the network's own march makes it with the finite elements' heat.
    """
    segments = calibrated_pieces(view.network, view.plate.width)
    heat, wall, area = wall_films(solution.temperature, view.network, segments)
    problem = solution.temperature.problem
    mass_flow = volume * float(fluid.rho)
    way = order(p, segments, mass_flow)
    n_states = len(p.nodes) + len(segments.s)
    table = CoolantTable.constant(fluid)
    carried = transport(p, segments, way, mass_flow, table, np.full(n_states, problem.T_in), problem.T_in, np.zeros(len(heat)))
    theta = spsolve(carried.matrix.tocsc(), carried.gain @ heat + carried.supply)
    coolant = carried.mean @ theta
    difference = wall - coolant
    with np.errstate(invalid="ignore", divide="ignore"):
        h = heat / (area * difference)
    Nu = np.where((area > 0) & (difference > 0) & (heat > 0), h * p.D_h[segments.branch] / float(fluid.k), np.nan)
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
        b.model_copy(update={"Nu": tuple(_shortened(scale * np.array(row)) for scale, row in zip(scales, b.Nu, strict=True))})
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
    fluid: Properties,
    drops: Sequence[tuple[Floats, Floats]],
    films: Sequence[tuple[Floats, Integers, Floats]],
) -> tuple[CalibratedBranch, ...]:
    Re = np.array([float(fluid.rho) * volume / p.area * p.D_h / float(fluid.mu) for volume, _ in drops])
    K = np.empty_like(Re)
    for row, (volume, lost) in zip(K, drops, strict=True):
        v = volume / p.area
        friction = 2 * p.f_Re * float(fluid.mu) * v * p.straight / p.D_h**2
        row[:] = (lost - friction) / (float(fluid.rho) * v * np.abs(v) / 2)
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
                Re=_shortened(Re[:, i]),
                K=_shortened(K[:, i]),
                s_mm=_shortened(s[here] * 1e3),
                Nu=tuple(_shortened(row) for row in Nu[:, here]),
            )
        )
    return tuple(made)


def _short(value: float) -> float:
    """With as many digits as a file needs."""
    return float(f"{value:.7g}")


def _shortened(values: Floats) -> tuple[float, ...]:
    return tuple(map(_short, values.tolist()))
