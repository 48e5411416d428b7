"""From the busbars of a solved pack to the numbers that users speak of: how warm they are, what they resist, how dense their current is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from packtool.mesh.records import Floats
from packtool.results import ZERO_CELSIUS, Result
from packtool.thermal.busbars import BarPlaces, Busbars

LEAST_A = 1e-6
"""Currents below it are rounding of those with which cells in parallel even out."""


@dataclass(frozen=True)
class BarMoment:
    """``current`` (n_cells,) [A] and temperatures ``T`` (n_cells,) [K] of the cells at the time ``t`` [s]; None: for good."""

    current: Floats
    T: Floats
    t: float | None = None


ALIKE = 1e-9
"""Of moments with the same current to this part, rounding does not choose: the first is told."""


def busbar_results(bars: Busbars, coarse: Busbars, moments: Sequence[BarMoment], case: str) -> list[Result]:
    """The largest over ``moments``; ``error`` is that of the bars' own mesh, seen from ``coarse``, the same bars on a coarser one.

    ``temperature.busbar.max``: the hottest place of any bar, ``.rise``: the most over the cells that the bar joins; ``busbar.current_density``
    where it is largest, over a piece as long as the bar is thick; ``busbar.resistance``: of all bars and their contacts, as the pack's terminals see it, and
    ``[...]`` that of each, at the largest current: not where a bar then carries none.
    """
    found = [_places(bars, moment) for moment in moments]
    rows: list[Result] = []

    def largest(name: str, unit: str, what: str, scale: float, offset: float = 0.0) -> None:
        values = np.array([getattr(places, what) for places in found])
        at, joint = (int(k) for k in np.unravel_index(int(values.argmax()), values.shape))
        rows.append(one(name, unit, what, scale, offset, at, joint))

    def one(name: str, unit: str, what: str, scale: float, offset: float, at: int, joint: int) -> Result:
        value, other = (float(getattr(places, what)[joint]) for places in (found[at], _places(coarse, moments[at])))
        return Result(
            name, scale * value + offset, unit, error=scale * abs(value - other), region=bars.names[joint], time_s=moments[at].t
        )

    largest("temperature.busbar.max", "degC", "hottest", 1.0, -ZERO_CELSIUS)
    largest("temperature.busbar.rise", "K", "rise", 1.0)
    warmth = np.array([places.hottest for places in found])
    for joint, name in enumerate(bars.names):
        rows.append(
            one(f"temperature.busbar.max[{name}]", "degC", "hottest", 1.0, -ZERO_CELSIUS, int(warmth[:, joint].argmax()), joint)
        )
    largest("busbar.current_density", "A/mm2", "density", 1e-6)
    currents = np.array([places.current.max() for places in found])
    at = int((currents >= currents.max() * (1 - ALIKE)).argmax())
    if found[at].current.min() > LEAST_A:
        rows += _resistances(bars, coarse, moments[at], found[at].current)
    return [replace(row, case=case) for row in rows]


def _resistances(bars: Busbars, coarse: Busbars, moment: BarMoment, through: Floats) -> list[Result]:
    """Of all bars and of each, which carry ``through`` (n_joints,) [A]."""
    power, other = (_power(one, moment) for one in (bars, coarse))
    whole, off = float(through.max()), np.abs(power - other)

    def row(name: str, watts: float, error: float, current: float, region: str | None) -> Result:
        to_uOhm = 1e6 / current**2
        return Result(name, to_uOhm * watts, "uOhm", error=to_uOhm * error, region=region, time_s=moment.t)

    rows = [row("busbar.resistance", float(power.sum()), float(off.sum()), whole, None)]
    for name, watts, error, current in zip(bars.names, power.tolist(), off.tolist(), through.tolist(), strict=True):
        rows.append(row(f"busbar.resistance[{name}]", watts, error, current, name))
    return rows


def hottest(bars: Busbars, moments: Sequence[BarMoment]) -> list[float]:
    """The hottest place of any bar at each of ``moments`` [K]."""
    return [float(_places(bars, moment).hottest.max()) for moment in moments]


def _places(bars: Busbars, moment: BarMoment) -> BarPlaces:
    return bars.carrying(moment.current, moment.T).places(np.ones(len(bars.names)), moment.T)


def _power(bars: Busbars, moment: BarMoment) -> Floats:
    carrying = bars.carrying(moment.current, moment.T)
    return carrying.made(carrying.resistivity(np.ones(len(bars.names))))


def without_own_errors(rows: Sequence[Result]) -> list[Result]:
    """``rows`` as the pack's meshes are to be compared by: the errors of the bars' own mesh are added afterwards."""
    return [replace(row, error=None) if "busbar" in row.name else row for row in rows]


def with_own_errors(results: Sequence[Result], rows: Sequence[Result]) -> list[Result]:
    """``results``, whose errors are those of the pack's mesh, with that of the bars' own mesh from ``rows`` added where there is one; their
    heat has the relative error of their resistance."""
    own = {row.name: row.error for row in rows if row.error is not None and "busbar" in row.name}
    resistance, heat = (next((row for row in rows if row.name == name), None) for name in ("busbar.resistance", "heat.busbars"))
    if resistance is not None and heat is not None:
        own[heat.name] = heat.value * own[resistance.name] / resistance.value
    return [replace(row, error=(row.error or 0.0) + own[row.name]) if row.name in own else row for row in results]
