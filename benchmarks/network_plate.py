"""CPU seconds of the network and the coolant's march for plates of 1.0 x 0.5 m, as JSON; the goal is 1 s. No solid: 1 kW evenly into the channels.

python benchmarks/network_plate.py
"""

from __future__ import annotations

import json
import time

from packtool import coldplate
from packtool.coldplate import Bend, Duct, DuctNetwork

GOAL_S = 1.0
CHANNEL = {"width": 16e-3, "height": 3e-3}
HEADER = {"width": 48e-3, "height": 3e-3}


def serpentine() -> DuctNetwork:
    """Sixteen passes of 1 m."""
    return coldplate.ducts([Duct("way", "in", "out", 16 * 1.0, bends=[Bend()] * 30, **CHANNEL)], "in", "out")


def two_pass(channels: int) -> DuctNetwork:
    """Channels out along one half, a turn header, and back along the other."""
    pitch = 0.5 / (2 * channels)
    parts = [Duct(f"out {i}", f"a{i}", f"t{i}", 1.0, **CHANNEL) for i in range(channels)]
    parts += [Duct(f"back {i}", f"t{channels + i}", f"z{i}", 1.0, **CHANNEL) for i in range(channels)]
    for row, count in (("a", channels), ("z", channels), ("t", 2 * channels)):
        parts += [Duct(f"{row} header {i}", f"{row}{i}", f"{row}{i + 1}", pitch, **HEADER) for i in range(count - 1)]
    runs = [
        (f"{row} header {i}", f"{row} header {i + 1}")
        for row, n in (("a", channels), ("z", channels), ("t", 2 * channels))
        for i in range(n - 2)
    ]
    return coldplate.ducts(parts, "a0", f"z{channels - 1}", straight_on=runs)


def measured(name: str, network: DuctNetwork) -> dict[str, object]:
    """One solve with the viscosity following the temperatures."""
    heated = [part for part in network.names if "header" not in part]
    began = time.process_time()
    flow = coldplate.solve_ducts(network, "meg50", 295.15, flow=2e-4, heat=dict.fromkeys(heated, 1000.0 / len(heated)))
    return {
        "plate": name,
        "ducts": len(network.names),
        "segments": len(flow.path.h),
        "cpu_s": round(time.process_time() - began, 3),
        "goal_s": GOAL_S,
        "pressure_drop_kPa": round(flow.pressure_drop / 1e3, 3),
        "outlet_degC": round(flow.T_outlet - 273.15, 3),
    }


if __name__ == "__main__":
    plates = {"serpentine, 16 passes": serpentine(), "two passes of 10": two_pass(10), "two passes of 40": two_pass(40)}
    print(json.dumps([measured(name, network) for name, network in plates.items()], indent=1))
