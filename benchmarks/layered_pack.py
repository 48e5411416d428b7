"""The problem that the thermal benchmarks solve: prismatic cells side by side on a gap filler and a plate.

As in a bus pack: cells of 54 x 174 x 200 mm that conduct 0.8 W/m/K through and 21 W/m/K along their electrodes, foam of 2 mm between
them, 1 mm of gap filler and 6 mm of aluminium below; the plate's underside is cooled, the cells' tops meet air. 12,700 points a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.records import ConductionProblem, Convection, Heat

if TYPE_CHECKING:
    from packtool.mesh.records import TaggedMesh

POINTS_A_CELL = 12_700

THICK, GAP, DEEP, TALL = 0.054, 0.002, 0.174, 0.2  # m
PLATE, FILLER = 0.006, 0.001  # m
K = {"cell": (0.8, 21.0, 21.0), "pad": (0.04,) * 3, "interface": (2.0,) * 3, "cold_plate": (180.0,) * 3}  # W/m/K
RHO_CP = {"cell": 2.1e6, "pad": 0.3e6, "interface": 2.5e6, "cold_plate": 2.4e6}  # J/m³/K
HEAT = 20.0  # W a cell
COOLED = {"coolant": Convection(800.0, 295.0), "air": Convection(5.0, 318.0)}


def layered_mesh(cells: int) -> TaggedMesh:
    """``cells`` in a row along x: 8 elements through each, 30 deep, 36 tall."""
    pitch, base = THICK + GAP, PLATE + FILLER
    length = cells * pitch - GAP
    boxes = [
        Box("plate", "cold_plate", "aluminium", 0, 0, 0, length, DEEP, PLATE),
        Box("filler", "interface", "gap filler", 0, 0, PLATE, length, DEEP, base),
    ]
    across = []
    for number in range(cells):
        x = number * pitch
        boxes.append(Box(f"C{number + 1:03}", "cell", "cell", x, 0, base, x + THICK, DEEP, base + TALL))
        across.append(8)
        if number < cells - 1:
            boxes.append(Box(f"foam {number + 1:03}", "pad", "foam", x + THICK, 0, base, x + pitch, DEEP, base + TALL))
            across.append(2)
    return mesh_boxes(boxes, divisions=(across, 30, [3, 1, 36]), boundaries={"zmin": "coolant", "zmax": "air"})


def layered_problem(mesh: TaggedMesh) -> ConductionProblem:
    """Heat in every cell, out through the plate and the tops."""
    role = [region.role for region in mesh.regions]
    power, still = np.array([HEAT * (r == "cell") for r in role]), np.zeros(len(role))
    return ConductionProblem(
        mesh,
        np.stack([np.diag(K[r]) for r in role]),
        Heat(lambda _T_mean: (power, still)),
        COOLED,
        rho_cp=np.array([RHO_CP[r] for r in role]),
    )
