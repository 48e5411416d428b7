"""Both levels of five small plates at three flows: pressure drop and wall temperature by the network, the calibrated network and finite elements.

    python benchmarks/plate_levels.py [LEVEL [PLATE...]]

LEVEL is a mesh.level, coarse unless given; PLATE is a word of a plate's name, all unless given. Each plate is calibrated at three other
flows (CALIBRATED_LPM), so that none of the rows is a flow that the calibration saw. Properties are those at the inlet, 1 kW/m² on the top, coolant comes in developed: what the fittings do is
in neither level.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from packtool.coldplate.calibrated import network_passages
from packtool.coldplate.flow3d.both_levels import NetworkPlate, network_plate
from packtool.coldplate.flow3d.calibrate import calibrate_plate, plate_conditions
from packtool.coldplate.flow3d.openings import drop_as_developed
from packtool.coldplate.flow3d.plate import LEVELS
from packtool.coldplate.flow3d.plate_solve import PlateConditions, PlateSolution, solve_plate
from packtool.coldplate.flow3d.window import Window, window
from packtool.design.load import load_design
from packtool.errors import PacktoolError
from packtool.fem.start import start
from packtool.layout.lay_out import lay_out

BUS = Path(__file__).parents[1] / "templates" / "bus-lfp.yaml"
SMALL = ("arrangement.rows=1", "arrangement.cells_per_row=4", "electrical.series=4", "cold_plate.flow_lpm=1")
PLATES = {
    "serpentine, 3 passes": ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=3"),
    "4 passes, round turns": (
        "cold_plate.type=serpentine",
        "cold_plate.channels=1",
        "cold_plate.passes=4",
        "cold_plate.turns=round",
    ),
    "U of 2 + 2 channels": ("cold_plate.channels=2", "cold_plate.passes=2"),
    "Z of 3 channels": ("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=Z"),
    "U of 3 channels": ("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=U"),
}
CALIBRATED_LPM = (0.35, 0.65, 1.0)
FLOWS_LPM = (0.4, 0.6, 0.85)
HEAD = (
    f"{'plate':<21}{'L/min':>6}{'Re':>5} |{'FE Pa':>8}{'+-':>6}{'network':>9}{'calibr.':>9} |"
    f"{'mean K':>7}{'+-':>6}{'network':>8}{'calibr.':>8} |{'max K':>7}{'+-':>6}{'network':>8}{'calibr.':>8}"
)


def row(
    name: str, flow: float, view: Window, at: PlateConditions, fe: PlateSolution, levels: list[tuple[float, NetworkPlate]]
) -> str:
    """One line: pressure drops, then rises of the top over the inlet."""
    drops = "".join(f"{drop:9.1f}" for drop, _ in levels)
    means = "".join(f"{one.top_mean - at.T_in:8.2f}" for _, one in levels)
    highest = "".join(f"{one.top_max - at.T_in:8.2f}" for _, one in levels)
    return (
        f"{name:<21}{flow:6.2f}{fe.reynolds:5.0f} |{fe.pressure_drop.value:8.1f}{fe.pressure_drop.error:6.1f}{drops} |"
        f"{fe.top_mean.value - at.T_in:7.2f}{fe.top_mean.error:6.2f}{means} |{fe.top_max.value - at.T_in:7.2f}{fe.top_max.error:6.2f}{highest}"
    )


def main(level: str, words: list[str]) -> None:
    """Print the table."""
    start()
    print(HEAD)
    for name, sets in PLATES.items():
        if words and not any(word in name for word in words):
            continue
        loaded = load_design(BUS, (*SMALL, *sets, f"mesh.level={level}"))
        layout = lay_out(loaded)
        view = window(layout, loaded.design.cold_plate)
        try:
            calibration = calibrate_plate(loaded, layout, CALIBRATED_LPM, lambda _: None)
            networks = (view.network, replace(view.network, calibration=calibration))
            for flow in FLOWS_LPM:
                at = plate_conditions(loaded, flow)
                fe = solve_plate(view.plate, at, LEVELS[level])
                levels = [
                    (drop_as_developed(network_passages(one), at.flow * at.rho, at.rho, at.mu), network_plate(one, fe.grid, at))
                    for one in networks
                ]
                print(row(name, flow, view, at, fe, levels), flush=True)
        except PacktoolError as why:
            print(f"{name:<21} {str(why)[:120]}", flush=True)
    print(f"{time.process_time():.0f} s of CPU")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "coarse", sys.argv[2:])
