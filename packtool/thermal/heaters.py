"""Heater pads of a case: the heat they make, and the thermostats that switch them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Heater
from packtool.layout.heaters import heater_name
from packtool.layout.records import Layout
from packtool.mesh.records import Floats, TaggedMesh
from packtool.results import ZERO_CELSIUS


@dataclass(frozen=True)
class Thermostat:
    """Switches on below ``on_below`` and off above ``off_above`` [K]; ``sensor``: index of the one it reads, None: the coldest cell's mean."""

    on_below: float
    off_above: float
    sensor: int | None

    def reads(self, cell_mean: Floats, sensors: Floats) -> float:
        """What it reads [K]; ``cell_mean`` (n_cells,) and ``sensors`` (n_sensors,) [K]."""
        return float(cell_mean.min() if self.sensor is None else sensors[self.sensor])

    def level(self, on: bool) -> float:
        """The temperature that it switches at next [K]."""
        return self.off_above if on else self.on_below

    def beyond(self, reading: float, on: bool) -> float:
        """How far ``reading`` is beyond that temperature [K]; negative before it."""
        return reading - self.off_above if on else self.on_below - reading


@dataclass(frozen=True)
class PackHeater:
    """``power`` (n_regions,) [W] while it is on; ``thermostat`` None: always on."""

    name: str
    power: Floats
    thermostat: Thermostat | None


def pack_heaters(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str) -> tuple[PackHeater, ...]:
    """The heaters that a case switches."""
    design = loaded.design
    return tuple(
        PackHeater(name, _power(design.heaters[name], name, layout, mesh), _thermostat(design.heaters[name], tuple(design.sensors)))
        for name in design.cases[case].heaters
    )


def _power(heater: Heater, name: str, layout: Layout, mesh: TaggedMesh) -> Floats:
    """(n_regions,) [W]; the whole power goes to the pads by their size."""
    pads = [part for part in layout.parts_of("heater") if heater_name(part.product) == name]
    sizes = np.array([layout.product(part.product).volume_mm3() for part in pads])
    power = np.zeros(len(mesh.regions))
    each = np.full(len(pads), heater.pad_power_W) if heater.power_W is None else heater.power_W * sizes / sizes.sum()
    for part, watts in zip(pads, each, strict=True):
        power[mesh.region_index(part.name)] = watts
    return power


def _thermostat(heater: Heater, sensors: Sequence[str]) -> Thermostat | None:
    if heater.on_below_degC is None or heater.off_above_degC is None:
        return None
    return Thermostat(
        heater.on_below_degC + ZERO_CELSIUS,
        heater.off_above_degC + ZERO_CELSIUS,
        None if heater.sensor is None else sensors.index(heater.sensor),
    )
