"""Pressure drop of four small plates by the network and by finite elements at three flows, properties at the inlet, fittings left out.

    python benchmarks/plate_levels.py [LEVEL]

LEVEL is a mesh.level, coarse unless given. Flows the finite elements refuse say why.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from packtool.coldplate.flow3d.design_plate import channel_plate
from packtool.coldplate.flow3d.plate import LEVELS, plate_grid
from packtool.coldplate.flow3d.plate_solve import half_flow
from packtool.coldplate.flow3d.solve import solve_flow_refined
from packtool.coldplate.fluid import CoolantTable
from packtool.coldplate.network import split_flow
from packtool.coldplate.passages import passages
from packtool.coldplate.stream import LPM
from packtool.design.load import load_design
from packtool.errors import PacktoolError
from packtool.fem.start import start
from packtool.layout.lay_out import lay_out
from packtool.results import ZERO_CELSIUS

BUS = Path(__file__).parents[1] / "templates" / "bus-lfp.yaml"
SMALL = ("arrangement.rows=1", "arrangement.cells_per_row=4", "electrical.series=4")
PLATES = {
    "serpentine, 2 passes": ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=2"),
    "serpentine, 3 passes": ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=3"),
    "3 channels, Z": ("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=Z"),
    "3 channels, U": ("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=U"),
}
FLOWS_LPM = (0.5, 1.0, 2.0)


def compared(sets: tuple[str, ...], flow_lpm: float, level: str) -> tuple[float, float, float]:
    """Pressure drop [Pa] by the network, by finite elements, and by these on the mesh of half the fineness."""
    loaded = load_design(BUS, (*SMALL, *sets, f"cold_plate.flow_lpm={flow_lpm}"))
    layout = lay_out(loaded)
    plate = loaded.design.cold_plate
    fluid = CoolantTable.of(loaded.coolants[plate.coolant]).at(np.array(plate.inlet_degC + ZERO_CELSIUS), "cold_plate.inlet_degC")
    rho, mu, volume_flow = float(fluid.rho), float(fluid.mu), flow_lpm * LPM
    branches = passages(layout.network)
    n = len(branches.length)
    split = split_flow(branches, volume_flow * rho, np.full(n, rho), np.full(n, mu))
    grid = plate_grid(channel_plate(layout, plate), LEVELS[level])
    flows = solve_flow_refined(half_flow(grid.flow, rho, mu, volume_flow), grid.times)
    coarse, fine = (f.mean_pressure["inlet"] - f.mean_pressure["outlet"] for f in flows[-2:])
    return split.pressure_drop - split.parts.get("fittings", 0.0), fine, coarse


if __name__ == "__main__":
    start()
    level = sys.argv[1] if len(sys.argv) > 1 else "coarse"
    print(f"{'plate':<22}{'L/min':>6}{'network':>10}{'FE':>10}{'coarser FE':>12}{'network/FE':>12}")
    for name, sets in PLATES.items():
        for flow in FLOWS_LPM:
            try:
                network, fine, coarse = compared(sets, flow, level)
            except PacktoolError as why:
                print(f"{name:<22}{flow:6.1f}  {str(why)[:70]}", flush=True)
                continue
            print(f"{name:<22}{flow:6.1f}{network:10.1f}{fine:10.1f}{coarse:12.1f}{network / fine:12.3f}", flush=True)
