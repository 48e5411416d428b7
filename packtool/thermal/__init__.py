"""Heat conduction: for scripts, from named regions to temperatures in ten lines; for packs, in the source files of this folder.

    from packtool import thermal

gives the names of ``__all__``; what they need (numpy, scipy) is loaded when one of them is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from packtool.mesh.adjacency import with_contacts
    from packtool.mesh.bodies import mesh_cylinder, mesh_layers, mesh_revolved, mesh_sphere
    from packtool.mesh.boxes import Box, mesh_boxes
    from packtool.mesh.grid_lines import Counts, Lines, MaxSize
    from packtool.mesh.read import read_mesh
    from packtool.mesh.tets import tetrahedra
    from packtool.thermal.general.accuracy import Number, with_errors
    from packtool.thermal.general.capacity import PhaseChange
    from packtool.thermal.general.parts import HeatFlows, heat_flows
    from packtool.thermal.general.problem import Electric, HeatProblem, Radiation, conduction, layer
    from packtool.thermal.general.solution import Extreme, HeatSolution
    from packtool.thermal.general.steady import solve_steady
    from packtool.thermal.general.transient import HeatHistory, solve_transient
    from packtool.thermal.general.units import celsius
    from packtool.thermal.general.values import Rotated, Table, rotated
    from packtool.thermal.records import Convection

_HOME = {
    "packtool.mesh.bodies": ("mesh_cylinder", "mesh_layers", "mesh_revolved", "mesh_sphere"),
    "packtool.mesh.boxes": ("Box", "mesh_boxes"),
    "packtool.mesh.adjacency": ("with_contacts",),
    "packtool.mesh.grid_lines": ("Counts", "Lines", "MaxSize"),
    "packtool.mesh.read": ("read_mesh",),
    "packtool.mesh.tets": ("tetrahedra",),
    "packtool.thermal.general.accuracy": ("Number", "with_errors"),
    "packtool.thermal.general.capacity": ("PhaseChange",),
    "packtool.thermal.general.parts": ("HeatFlows", "heat_flows"),
    "packtool.thermal.general.problem": ("Electric", "HeatProblem", "Radiation", "conduction", "layer"),
    "packtool.thermal.general.solution": ("Extreme", "HeatSolution"),
    "packtool.thermal.general.steady": ("solve_steady",),
    "packtool.thermal.general.transient": ("HeatHistory", "solve_transient"),
    "packtool.thermal.general.units": ("celsius",),
    "packtool.thermal.general.values": ("Rotated", "Table", "rotated"),
    "packtool.thermal.records": ("Convection",),
}
_WHERE = {name: home for home, names in _HOME.items() for name in names}

__all__ = [
    "Box",
    "Convection",
    "Counts",
    "Electric",
    "Extreme",
    "HeatFlows",
    "HeatHistory",
    "HeatProblem",
    "HeatSolution",
    "Lines",
    "MaxSize",
    "Number",
    "PhaseChange",
    "Radiation",
    "Rotated",
    "Table",
    "celsius",
    "conduction",
    "heat_flows",
    "layer",
    "mesh_boxes",
    "mesh_cylinder",
    "mesh_layers",
    "mesh_revolved",
    "mesh_sphere",
    "read_mesh",
    "rotated",
    "solve_steady",
    "solve_transient",
    "tetrahedra",
    "with_contacts",
    "with_errors",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"packtool.thermal has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
