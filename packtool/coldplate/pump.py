"""The operating point of a plate on its pump's curve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from scipy.optimize import brentq

from packtool.coldplate.drop_curve import DropCurve
from packtool.design.loaded import LoadedDesign
from packtool.design.schema.cold_plate import Pump
from packtool.errors import NotConverged, SolveError
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.coolant_limits import least_flow_lpm
from packtool.results import ZERO_CELSIUS

SETTLED = 1e-5
"""The flow stands when it changes by less than this share: ten times finer than the last digit that is printed."""
MOST_TRIES = 12


def head_Pa(pump: Pump, flow_lpm: float) -> float:
    """The pump's pressure at a flow [Pa], linear between the points of its curve, held at its ends."""
    return 1e3 * float(np.interp(flow_lpm, pump.flow_lpm, pump.head_kPa))


def operating_flow(pump: Pump, drop: Callable[[float], float]) -> float:
    """The flow [L/min] at which ``drop(flow)`` [Pa] is the pump's head. Raises SolveError where the curve ends before."""
    last = pump.flow_lpm[-1]
    least = least_flow_lpm(pump)

    def left(flow: float) -> float:
        return head_Pa(pump, flow) - drop(flow)

    if left(least) <= 0:
        raise SolveError(
            f"at {least:.4g} L/min the plate takes {drop(least) / 1e3:.4g} kPa and the pump gives {head_Pa(pump, least) / 1e3:.4g};"
            " it does not drive this plate",
            key="cold_plate.pump",
        )
    if left(last) > 0:
        raise SolveError(
            f"at the end of the curve, {last:.4g} L/min, the plate takes {drop(last) / 1e3:.4g} kPa and the pump still gives"
            f" {head_Pa(pump, last) / 1e3:.4g}: give the curve up to the flow where its head falls below the plate's pressure drop",
            key="cold_plate.pump",
        )
    return float(brentq(left, least, last, rtol=1e-10))


def flow_scatter(pump: Pump, curve: DropCurve, flow_lpm: float) -> float:
    """Half-width of the flow on a pump's curve [L/min]: how far the operating point moves where the plate takes as much more or less
    pressure as the correlations' scatter allows at each flow. Where the head ends before, the curve's end is the bound."""
    last = pump.flow_lpm[-1]
    moved = []
    for sign in (1.0, -1.0):

        def left(flow: float, sign: float = sign) -> float:
            split = curve.at(flow)
            return head_Pa(pump, flow) - max(split.pressure_drop + sign * split.uncertainty, 0.0)

        low, high = (least_flow_lpm(pump), flow_lpm) if sign > 0 else (flow_lpm, last)
        if left(high) >= 0:
            moved.append(abs(high - flow_lpm))
        elif left(low) <= 0:
            moved.append(abs(low - flow_lpm))
        else:
            moved.append(abs(float(brentq(left, low, high, rtol=1e-6)) - flow_lpm))
    return max(moved)


def with_flow(loaded: LoadedDesign, flow_lpm: float) -> LoadedDesign:
    """The design with its plate's flow known."""
    plate = loaded.design.cold_plate
    assert plate is not None
    known = plate.model_copy(update={"flow_lpm": flow_lpm, "pump": None})
    return replace(loaded, design=loaded.design.model_copy(update={"cold_plate": known}))


def _scaled(drop: Callable[[float], float], share: float, flow_lpm: float) -> float:
    return share * drop(flow_lpm)


def on_the_pump(
    loaded: LoadedDesign, network: CoolantNetwork | None, warm: Callable[[LoadedDesign], tuple[float, float]] | None = None
) -> LoadedDesign:
    """The design with the flow that its pump drives; itself where ``flow_lpm`` is given.

    ``warm``: solves the design and tells its pressure drop [Pa] and the coolant's mean temperature [K], so that the viscosity on the way
    counts; without it the coolant is taken at its inlet temperature. Raises SolveError, NotConverged.
    """
    plate = loaded.design.cold_plate
    if plate is None or plate.pump is None or network is None:
        return loaded
    pump, coolant = plate.pump, loaded.coolants[plate.coolant]
    flow = operating_flow(pump, DropCurve.isothermal(network, plate, coolant, plate.inlet_degC + ZERO_CELSIUS).drop)
    if warm is None:
        return with_flow(loaded, flow)
    for _ in range(MOST_TRIES):
        found, T = warm(with_flow(loaded, flow))
        drop = DropCurve.isothermal(network, plate, coolant, T).drop
        share = found / drop(flow)
        following = operating_flow(pump, partial(_scaled, drop, share))
        if abs(following - flow) <= SETTLED * flow:
            return with_flow(loaded, following)
        flow = following
    raise NotConverged(
        f"the flow on the pump's curve did not settle in {MOST_TRIES} solves; it stood near {flow:.4g} L/min", key="cold_plate.pump"
    )
