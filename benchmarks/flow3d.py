"""CPU seconds of the finite-element flow and heat on the three-pass serpentine, how far its numbers are from converged ones, and the largest
plate that fits 20 GB, as JSON.

    python benchmarks/flow3d.py [coarse] [normal] [fine]

The figure to beat is 23.5 s of CPU for 1 % of the pressure drop and 0.1 K of the top's temperatures (flow and heat); ``reached`` says whether a mesh
has both. Compilation of forms is not in it: the solver has none.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from packtool.coldplate.flow3d.design_plate import MEMORY_GB, memory_GB
from packtool.coldplate.flow3d.plate import LEVELS, ChannelPlate, Face, Rectangle
from packtool.coldplate.flow3d.plate_solve import solve_plate
from packtool.fem.start import start
from packtool.results import ZERO_CELSIUS
from packtool.verification.conjugate import CONVERGED, REFERENCE, SERPENTINE, SERPENTINE_CONDITIONS

TO_BEAT_S = 23.5
ENOUGH = {"pressure_drop_Pa": 0.01 * CONVERGED["pressure_drop_Pa"], "top_max_degC": 0.1, "top_mean_degC": 0.1}
PASS_MM = 500


def measured(name: str) -> dict[str, object]:
    """One mesh: numbers, their error estimates and differences from the references, unknowns, CPU seconds, peak memory."""
    began = time.process_time()
    found = solve_plate(SERPENTINE, SERPENTINE_CONDITIONS, LEVELS[name])
    cpu = time.process_time() - began
    values = {
        "pressure_drop_Pa": (found.pressure_drop.value, found.pressure_drop.error),
        "top_max_degC": (found.top_max.value - ZERO_CELSIUS, found.top_max.error),
        "top_mean_degC": (found.top_mean.value - ZERO_CELSIUS, found.top_mean.error),
    }
    return {
        "mesh": name,
        "flow_unknowns": found.flow.n_dofs,
        "heat_unknowns": found.temperature.n_dofs,
        "cpu_s": round(cpu, 2),
        "to_beat_s": TO_BEAT_S,
        "reached": all(abs(values[key][0] - CONVERGED[key]) <= ENOUGH[key] for key in values),
        "peak_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "expected_MB": round(1e3 * memory_GB(SERPENTINE, LEVELS[name])),
        "outlet_degC": round(found.T_out - ZERO_CELSIUS, 5),
        **{
            key: {
                "value": round(value, 3),
                "estimated_error": round(error, 3),
                "off_converged": round(value - CONVERGED[key], 3),
                "off_reference": round(value - REFERENCE[key], 3),
            }
            for key, (value, error) in values.items()
        },
    }


def many_passes(n: int) -> ChannelPlate:
    """A serpentine of ``n`` passes, each PASS_MM long, channels, ribs, margins and skins as in the reference."""
    mm, right = 1e-3, PASS_MM + 5
    rectangles: list[Rectangle] = []
    for i in range(n):
        low = 5 + 15 * i
        first, last = (0 if i == 0 else 5), right + (5 if i == n - 1 and n % 2 else 0)
        if i == n - 1 and n % 2 == 0:
            first = 0
        rectangles.append((first * mm, low * mm, last * mm, (low + 10) * mm))
        if i < n - 1:
            a = right - 10 if i % 2 == 0 else 5
            rectangles.append((a * mm, low * mm, (a + 10) * mm, (low + 25) * mm))
    low, size = 5 + 15 * (n - 1), (0.0, 0.0, (right + 5) * mm, (15 * n + 5) * mm)
    outlet = Face(0, size[2] if n % 2 else 0.0, low * mm, (low + 10) * mm)
    return ChannelPlate(size, tuple(rectangles), SERPENTINE.z, Face(0, 0.0, 5 * mm, 15 * mm), outlet)


def largest(level: str) -> dict[str, object]:
    """The most passes whose solve is expected to fit MEMORY_GB (from measured memory an unknown: design_plate.KB_AN_UNKNOWN)."""
    n = 1
    while memory_GB(many_passes(n + 1), LEVELS[level]) <= MEMORY_GB:
        n += 1
    x0, y0, x1, y1 = many_passes(n).size
    return {
        "mesh": level,
        "passes": n,
        "plate_mm": [round(1e3 * (x1 - x0)), round(1e3 * (y1 - y0))],
        "channel_m": n * PASS_MM / 1e3,
    }


if __name__ == "__main__":
    start()
    solves = [measured(name) for name in sys.argv[1:] or ("coarse", "normal")]
    print(json.dumps({"solves": solves, f"largest_in_{MEMORY_GB:g}_GB": [largest(level) for level in LEVELS]}, indent=2))
