"""Losses and films of a design's plate by finite elements, at several laminar flows: what the network reads from a calibration file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from packtool.coldplate.flow3d.calibrate_window import short, window_calibration
from packtool.coldplate.flow3d.design_plate import MEMORY_GB, memory_GB
from packtool.coldplate.flow3d.plate import LEVELS, Fineness
from packtool.coldplate.flow3d.plate_solve import PlateConditions, PlateSolution, solve_plate
from packtool.coldplate.flow3d.window import Window, shortened, window
from packtool.coldplate.fluid import CoolantTable, Properties
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate
from packtool.design.schema.calibration import FEWEST_FLOWS, METHOD, MOST_FLOWS, PlateCalibration
from packtool.errors import NotConverged, SolveError, UsageError
from packtool.layout.calibration import plate_key
from packtool.layout.coolant import LPM, RE_LAMINAR
from packtool.layout.records import Layout
from packtool.results import ZERO_CELSIUS

SHARES = (0.3, 0.65, 1.3)
"""Flows of a calibration over the design's own; the last is cut to what is laminar."""
SHORTER = (1.0, 0.75, 0.5, 0.35, 0.25)
"""Shares of a manifold's length that are tried for a solve that fits the memory: developed friction between a channel's ends needs no finite
elements."""
FLUX = 1e3
"""Heat into the plate's side to the cells [W/m²]: about that of the bus template's cells at 1 C. Films do not depend on it: properties are constant."""
SHORTENED_DROP, SHORTENED_FILM = 0.015, 0.05
"""Relative errors of loss and film that come with a shortened window, beside the mesh's: a Z manifold of three channels 307 mm long, told by
one of half the length, was 1.4 % off in the drop and 3 % in the film at 0.5 and 1 L/min."""
BRANCH_LAMINAR = 0.999
"""Default flows keep to this share of the highest laminar Reynolds number."""

Tell = Callable[[str], None]


def default_flows(loaded: LoadedDesign, layout: Layout) -> tuple[float, ...]:
    """SHARES of the design's flow [L/min], none above the laminar range. SolveError where the flow itself is above; UsageError where it is a pump's."""
    plate = _calibratable(loaded)
    if plate.flow_lpm is None:
        raise UsageError("the flow on the pump's curve is found by solving the pack: name the flows to calibrate at (--flows)")
    most = _laminar_lpm(loaded, window(layout, plate))
    _refuse_turbulent(plate.flow_lpm, most, "cold_plate.flow_lpm")
    return tuple(float(f"{min(share * plate.flow_lpm, BRANCH_LAMINAR * most):.4g}") for share in SHARES)


def calibration_inputs(loaded: LoadedDesign, layout: Layout, flows_lpm: Sequence[float]) -> dict[str, object]:
    """What a calibration is made from, by its keys: a file that agrees in all need not be made again."""
    plate = _calibratable(loaded)
    return {
        "method": METHOD, "plate": plate_key(layout, plate), "mesh_level": loaded.design.mesh.level, "coolant": plate.coolant,
        "inlet_degC": plate.inlet_degC, "Pr": short(float(_fluid(loaded).Pr)),
        "conductivity_W_mK": loaded.materials[plate.material].k_W_mK.at(plate.inlet_degC), "flows_lpm": _checked(flows_lpm),
    }  # fmt: skip


def calibrate_plate(
    loaded: LoadedDesign, layout: Layout, flows_lpm: Sequence[float], tell: Tell, *, need_all: bool = True
) -> PlateCalibration:
    """Flow and heat of the design's plate (its window) at each of ``flows_lpm`` [L/min], 2 to 20 of them, ascending.

    Unless ``need_all``, a flow that fails, and those above it, are left out where enough are done before it; ``tell`` is called with the reason.

    Properties are those at the inlet's temperature. ``tell`` is called with a line a flow. Raises UsageError for other numbers of flows, SolveError for
    plates and flows that finite elements cannot take (``channel_plate``; not laminar; more memory than ``MEMORY_GB``; an outlet that flow comes back
    through), NotConverged where a flow is not steady.
    """
    plate = _calibratable(loaded)
    flows = _checked(flows_lpm)
    whole = window(layout, plate)
    view = _fitting(whole, plate, LEVELS[loaded.design.mesh.level])
    _refuse_turbulent(flows[-1], _laminar_lpm(loaded, view))
    conditions = [plate_conditions(loaded, flow) for flow in flows]
    found: list[PlateSolution] = []
    left_out: tuple[float, ...] = ()
    for flow, at in zip(flows, conditions, strict=True):
        tell(f"{flow:g} L/min")
        try:
            one = solve_plate(view.plate, at, LEVELS[loaded.design.mesh.level])
            if one.pressure_drop.error >= one.pressure_drop.value:
                raise NotConverged("no steady flow was found on the coarser mesh, so the error of the finer one's is not known")
            found.append(one)
        except (NotConverged, SolveError) as why:
            if len(found) >= FEWEST_FLOWS and not need_all:
                tell(f"{flow:g} L/min and above are left out: {why}")
                flows, left_out, conditions = flows[: len(found)], flows[len(found) :], conditions[: len(found)]
                break
            done = ", ".join(f"{f:g}" for f in flows[: len(found)])
            way = f"calibrate at lower flows (--flows; {done} L/min converged)" if done else "calibrate at lower flows (--flows)"
            raise type(why)(f"{flow:g} L/min: {why}; {way}") from None
    beside = (0.0, 0.0) if view.plate.size == whole.plate.size else (SHORTENED_DROP, SHORTENED_FILM)
    return window_calibration(
        view, found, conditions, {**calibration_inputs(loaded, layout, flows), "left_out_lpm": left_out}, beside
    )


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
        f" {MEMORY_GB:g} are allowed: use mesh.level: coarse, or fewer channels",
        key="mesh.level",
    )


def _calibratable(loaded: LoadedDesign) -> ColdPlate:
    plate = loaded.design.cold_plate
    if not isinstance(plate, ColdPlate):
        raise SolveError("a calibration is of a flat plate under or over the cells: the design has none", key="cold_plate.type")
    if plate.position not in ("bottom", "top") or plate.style not in (None, "brazed"):
        raise SolveError(
            "finite elements take one closed plate under or over the cells: cold_plate.position: bottom or top, style: brazed",
            key="cold_plate.style" if plate.position in ("bottom", "top") else "cold_plate.position",
        )
    return plate


def _checked(flows: Sequence[float]) -> tuple[float, ...]:
    ordered = tuple(sorted(set(map(float, flows))))
    if not FEWEST_FLOWS <= len(ordered) <= MOST_FLOWS or not (np.isfinite(ordered).all() and ordered[0] > 0):
        raise UsageError(
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


def _refuse_turbulent(flow_lpm: float, most_lpm: float, key: str = "") -> None:
    if flow_lpm > most_lpm:
        raise SolveError(
            f"{flow_lpm:g} L/min is Reynolds number {RE_LAMINAR * flow_lpm / most_lpm:.0f} at the inlet, and finite elements know laminar flow only,"
            f" {RE_LAMINAR:g} at most: calibrate at flows up to {most_lpm:.3g} L/min (--flows); above, the correlations hold",
            key=key,
        )


def plate_conditions(loaded: LoadedDesign, flow_lpm: float) -> PlateConditions:
    """What a calibration solves at a flow [L/min]: properties at the inlet's temperature, FLUX on the top."""
    plate, fluid = _calibratable(loaded), _fluid(loaded)
    return PlateConditions(
        flow=flow_lpm * LPM, rho=float(fluid.rho), cp=float(fluid.cp), k=float(fluid.k), mu=float(fluid.mu),
        T_in=plate.inlet_degC + ZERO_CELSIUS, conductivity=loaded.materials[plate.material].k_W_mK.at(plate.inlet_degC), flux={"top": FLUX},
    )  # fmt: skip
