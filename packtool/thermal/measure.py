"""From a temperature field of the pack to the numbers that users and rules speak of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from packtool.design.loaded import LoadedDesign
from packtool.layout.records import Layout
from packtool.mesh.naming import EXTERIOR_SIDE
from packtool.mesh.solids import IMPORTED
from packtool.results import ZERO_CELSIUS, Result
from packtool.thermal.evaluate import region_values
from packtool.thermal.pack import PackHeat
from packtool.thermal.records import EnergyBalance, ThermalSolution
from packtool.thermal.sensors import sensor_rows


def temperature_results(solution: ThermalSolution, layout: Layout, case: str) -> list[Result]:
    """Temperatures of the cells, and of the plate where there is one. Regions are named where one part is meant.

    ``temperature.cell.max`` and ``.min`` are over every point of every cell, ``.mean`` over the volume of all, ``.spread`` between
    the means of the warmest and the coldest cell, ``.inner_spread`` the largest difference inside one cell.
    """
    mesh = solution.mesh
    by_region = region_values(mesh, solution.T)
    role = np.array([region.role for region in mesh.regions])
    names = [region.name for region in mesh.regions]
    cells = np.flatnonzero(role == "cell")
    mean, low, high = (values[cells] - ZERO_CELSIUS for values in (by_region.mean, by_region.minimum, by_region.maximum))
    inner = high - low

    def cell(index: np.intp) -> str:
        return names[cells[index]]

    rows = [
        Result("temperature.cell.max", float(high.max()), "degC", region=cell(high.argmax())),
        Result("temperature.cell.min", float(low.min()), "degC", region=cell(low.argmin())),
        Result("temperature.cell.mean", float(mean.mean()), "degC"),
        Result("temperature.cell.spread", float(np.ptp(mean)), "K"),
        Result("temperature.cell.inner_spread", float(inner.max()), "K", region=cell(inner.argmax())),
        Result("temperature.cell.mean.max", float(mean.max()), "degC", region=cell(mean.argmax())),
        Result("temperature.cell.mean.min", float(mean.min()), "degC", region=cell(mean.argmin())),
    ]
    for other in ("cold_plate", "interface", "end_plate", "side_plate", "strap", "filler", "holder", "potting", "heater"):
        which = np.flatnonzero(role == other)
        if len(which):
            rows.append(Result(f"temperature.{other}.max", float(by_region.maximum[which].max() - ZERO_CELSIUS), "degC"))
    plates = np.flatnonzero(role == "cold_plate")
    for region in plates if len(plates) > 1 else ():
        rows.append(
            Result(
                f"temperature.cold_plate.max[{names[region]}]",
                float(by_region.maximum[region] - ZERO_CELSIUS),
                "degC",
                region=names[region],
            )
        )
    for index in np.flatnonzero(role == IMPORTED).tolist():
        for what, values in (("mean", by_region.mean), ("min", by_region.minimum), ("max", by_region.maximum)):
            celsius = float(values[index] - ZERO_CELSIUS)
            rows.append(Result(f"temperature.part.{what}[{names[index]}]", celsius, "degC", region=names[index]))
    for number, region in enumerate(cells):
        name = names[region]
        rows.append(Result(f"temperature.cell.mean[{name}]", float(mean[number]), "degC", region=name))
        rows.append(Result(f"temperature.cell.max[{name}]", float(high[number]), "degC", region=name))
    return [replace(row, case=case) for row in rows]


def sensor_results(loaded: LoadedDesign, layout: Layout, solution: ThermalSolution, case: str) -> list[Result]:
    """The design's sensors. Raises SolveError where one lies in no solid."""
    if not loaded.design.sensors:
        return []
    values = sensor_rows(loaded, layout, solution.mesh) @ solution.T - ZERO_CELSIUS
    names = loaded.design.sensors
    return [Result(f"temperature.sensor[{n}]", float(v), "degC", case=case) for n, v in zip(names, values, strict=True)]


def heat_results(solution: ThermalSolution, heat: PackHeat, case: str, doubt: float = 0.0) -> list[Result]:
    """Where the watts come from and where they go, by consistent fluxes; ``energy.imbalance`` is relative. ``doubt`` as in ``ambient_rows``."""
    T_mean = region_values(solution.mesh, solution.T).mean
    balance, bars = solution.balance, heat.busbar_loss(T_mean)
    rows = [
        Result("heat.cells", float(heat.cell_power(T_mean)[0].sum()), "W"),
        Result("heat.busbars", float(bars.power.sum()), "W"),
        *([Result("heat.extra", float(heat.extra.sum()), "W")] if heat.extra.any() else []),
        *(Result(f"heat.heater[{heater.name}]", float(heater.power.sum()), "W") for heater in heat.heaters),
        *ambient_rows(balance, doubt, of_bars=bars.ambient if heat.bars.filmed else None),
        Result("energy.imbalance", float(balance.imbalance), "-"),
    ]
    return [replace(row, case=case) for row in rows]


def ambient_rows(balance: EnergyBalance, doubt: float, scale: float = 1.0, *, of_bars: float | None = None) -> list[Result]:
    """The heat to the ambient [W], and by the boundary it takes: what ``balance`` has, and that ``of_bars`` (None: they have no film),
    times ``scale``. ``doubt``: how far off that through the sides may be because of what counts as exterior (``exposure``), told as an
    error where there is any."""
    out = float(sum(balance.to_boundaries.values())) + (of_bars or 0.0)
    rows = [Result("heat.ambient", out * scale, "W", error=doubt * scale or None)]
    if of_bars is not None:
        rows.append(Result("heat.ambient.busbars", of_bars * scale, "W"))
    for name, out in balance.to_boundaries.items():
        error = doubt * scale or None if name == EXTERIOR_SIDE else None
        rows.append(Result(f"heat.ambient.{name.removeprefix('exterior_')}", float(out) * scale, "W", error=error))
    return rows
