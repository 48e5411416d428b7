"""The cylindrical problem of the thermal benchmarks: 21700 cells in a hexagonal grid, potted between two holders.

Heat leaves through the bottom, as over a cold plate, and through the tops to air.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_layout
from packtool.thermal.records import ConductionProblem, Convection, Heat

if TYPE_CHECKING:
    from packtool.mesh.records import TaggedMesh

POINTS_A_CELL = 860

K = {"cell": (0.83, 0.83, 11.6), "holder": (0.2,) * 3, "potting": (0.3,) * 3}  # W/m/K
RHO_CP = {"cell": 2.8e6, "holder": 1.5e6, "potting": 1.2e6}  # J/m³/K
HEAT = 1.0  # W a cell
COOLED = {"exterior_bottom": Convection(400.0, 295.0), "exterior_top": Convection(5.0, 318.0)}

DESIGN = """
packtool: 1
name: round
cell: {{like: tesla-2170, cp_J_kgK: 1000, resistance_mOhm: 25}}
electrical: {{series: {rows}, parallel: {columns}}}
arrangement: {{pattern: hexagonal, rows: {rows}, cells_per_row: {columns}, cell_gap_mm: 1.5,
  holder: {{material: pc_abs, thickness_mm: 6}}, potting: {{material: silicone_foam}}}}
busbars: {{material: al_1060_busbar, thickness_mm: 1}}
enclosure: {{material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, ip_rating: IP67, vent_area_mm2: 900}}
ambient: {{temperature_degC: 25, natural_convection_W_m2K: 5, emissivity: 0.8}}
cases: {{half: {{kind: steady, current_A: 6}}}}
"""


def round_mesh(cells: int) -> TaggedMesh:
    """About ``cells`` cells in a grid that is about square."""
    rows = max(2, round(math.sqrt(cells)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.yaml"
        path.write_text(DESIGN.format(rows=rows, columns=max(2, round(cells / rows))), encoding="utf-8")
        return mesh_layout(lay_out(load_design(path)), "coarse").mesh


def round_problem(mesh: TaggedMesh) -> ConductionProblem:
    """Heat in every cell, out through the bottom and the top."""
    role = [region.role for region in mesh.regions]
    power, still = np.array([HEAT * (r == "cell") for r in role]), np.zeros(len(role))
    return ConductionProblem(
        mesh,
        np.stack([np.diag(K[r]) for r in role]),
        Heat(lambda _T_mean: (power, still)),
        COOLED,
        rho_cp=np.array([RHO_CP[r] for r in role]),
    )
