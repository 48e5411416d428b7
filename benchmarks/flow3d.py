"""CPU seconds of the finite-element flow and heat on the three-pass serpentine, and how far its numbers are from the reference, as JSON.

    python benchmarks/flow3d.py [coarse] [normal] [fine]

The figure to beat is 23.5 s of CPU for 1 % of the pressure drop and 0.1 K of the top's temperatures (flow and heat).
"""

from __future__ import annotations

import json
import resource
import sys
import time

from packtool.coldplate.flow3d.plate import LEVELS, Fineness
from packtool.coldplate.flow3d.plate_solve import solve_plate
from packtool.fem.start import start
from packtool.results import ZERO_CELSIUS
from packtool.verification.conjugate import SERPENTINE, SERPENTINE_CONDITIONS

REFERENCE = {"pressure_drop_Pa": 646.5, "top_max_degC": 28.69, "top_mean_degC": 28.21}
TO_BEAT_S = 23.5
MESHES = {**LEVELS, "cheap": Fineness(4, 3, times=0)}


def measured(name: str) -> dict[str, object]:
    """One mesh: numbers, their error estimates and differences from the reference, unknowns, CPU seconds, peak memory."""
    began = time.process_time()
    found = solve_plate(SERPENTINE, SERPENTINE_CONDITIONS, MESHES[name])
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
        "peak_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "outlet_degC": round(found.T_out - ZERO_CELSIUS, 5),
        **{
            key: {"value": round(value, 3), "estimated_error": round(error, 3), "off_reference": round(value - REFERENCE[key], 3)}
            for key, (value, error) in values.items()
        },
    }


if __name__ == "__main__":
    start()
    print(json.dumps([measured(name) for name in sys.argv[1:] or ("cheap", "normal")], indent=2))
