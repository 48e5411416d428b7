"""Where the three-pass serpentine's numbers lead as its meshes grow finer: the source of packtool.verification.conjugate.CONVERGED.

    python benchmarks/serpentine_reference.py [FIRST]

Five rings of ever smaller elements about the inner corners take the slow order of their edges away (the last ring is a 64th of an element). What is then left
is told by two sequences: 6, 8, 10, 12 elements across the channel with 4 over half its height, and 6 over half of it with 6 across. FIRST: only so many of
the sequence. One to five minutes of CPU a mesh, up to 7 GB.
"""

from __future__ import annotations

import sys

from packtool.coldplate.flow3d.plate import Fineness
from packtool.coldplate.flow3d.plate_solve import solve_plate
from packtool.fem.start import start
from packtool.results import ZERO_CELSIUS
from packtool.verification.conjugate import SERPENTINE, SERPENTINE_CONDITIONS

RINGS = 5
SEQUENCE = [Fineness(across, up, corners=RINGS) for across, up in ((3, 2), (4, 2), (3, 3), (5, 2), (6, 2))]


def main(first: int) -> None:
    """Print a line a mesh."""
    start()
    print(f"{'across':>6}{'half height':>12}{'unknowns':>10}{'drop Pa':>10}{'mean degC':>11}{'highest degC':>13}")
    for fineness in SEQUENCE[:first]:
        found = solve_plate(SERPENTINE, SERPENTINE_CONDITIONS, fineness)
        unknowns = found.flow.n_dofs + found.temperature.n_dofs
        mean, highest = found.top_mean.value - ZERO_CELSIUS, found.top_max.value - ZERO_CELSIUS
        print(
            f"{2 * fineness.across:>6}{2 * fineness.up:>12}{unknowns:>10}{found.pressure_drop.value:>10.2f}{mean:>11.4f}{highest:>13.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else len(SEQUENCE))
