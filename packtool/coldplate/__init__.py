"""Cooling plates: for scripts, from ducts to flows and temperatures in ten lines; for packs, in the source files of this folder.

    from packtool import coldplate

gives the names of ``__all__``; what they need (numpy, scipy, fluids) is loaded when one of them is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from packtool.coldplate.duct_flow import DuctFlow, solve_ducts
    from packtool.coldplate.duct_network import Bend, Duct, DuctNetwork, Pump, ducts
    from packtool.coldplate.flow3d.duct import developed_profile
    from packtool.coldplate.fluid import constant_coolant
    from packtool.coldplate.friction import ROUND, colebrook, entrance_excess, friction_darcy_Re, laminar_f_Re
    from packtool.coldplate.losses import DEVELOPED_LAMINAR, FlowPhysics, contraction, expansion
    from packtool.coldplate.nusselt import developed as developed_nusselt
    from packtool.coldplate.nusselt import laminar as laminar_nusselt
    from packtool.coldplate.nusselt import turbulent as turbulent_nusselt
    from packtool.coldplate.plate_on_channels import Channel, PlateOnChannels, solve_plate
    from packtool.coldplate.records import HeatPhysics

_HOME = {
    "packtool.coldplate.duct_flow": {"DuctFlow": "DuctFlow", "solve_ducts": "solve_ducts"},
    "packtool.coldplate.duct_network": {name: name for name in ("Bend", "Duct", "DuctNetwork", "Pump", "ducts")},
    "packtool.coldplate.flow3d.duct": {"developed_profile": "developed_profile"},
    "packtool.coldplate.fluid": {"constant_coolant": "constant_coolant"},
    "packtool.coldplate.friction": {
        name: name for name in ("ROUND", "colebrook", "entrance_excess", "friction_darcy_Re", "laminar_f_Re")
    },
    "packtool.coldplate.losses": {name: name for name in ("DEVELOPED_LAMINAR", "FlowPhysics", "contraction", "expansion")},
    "packtool.coldplate.nusselt": {f"{word}_nusselt": word for word in ("developed", "laminar", "turbulent")},
    "packtool.coldplate.plate_on_channels": {name: name for name in ("Channel", "PlateOnChannels", "solve_plate")},
    "packtool.coldplate.records": {"HeatPhysics": "HeatPhysics"},
}
"""By source file: the names given, and what they are called there."""
_WHERE = {name: (home, inside) for home, names in _HOME.items() for name, inside in names.items()}

__all__ = [
    "DEVELOPED_LAMINAR",
    "ROUND",
    "Bend",
    "Channel",
    "Duct",
    "DuctFlow",
    "DuctNetwork",
    "FlowPhysics",
    "HeatPhysics",
    "PlateOnChannels",
    "Pump",
    "colebrook",
    "constant_coolant",
    "contraction",
    "developed_nusselt",
    "developed_profile",
    "ducts",
    "entrance_excess",
    "expansion",
    "friction_darcy_Re",
    "laminar_f_Re",
    "laminar_nusselt",
    "solve_ducts",
    "solve_plate",
    "turbulent_nusselt",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        home, inside = _WHERE[name]
        return getattr(import_module(home), inside)
    raise AttributeError(f"packtool.coldplate has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
