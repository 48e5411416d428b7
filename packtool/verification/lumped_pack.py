"""What packs of lumps have in common: cubes that conduct as well as a design takes, and busbars short and thick."""

from __future__ import annotations

import numpy as np

from packtool.design.loaded import LoadedDesign
from packtool.layout.records import Layout
from packtool.results import ZERO_CELSIUS
from packtool.thermal.busbars import pack_busbars

LUMPS = """\
packtool: 1
cell:
  format: prismatic
  capacity_Ah: 5000
  v_nom: 3.2
  v_min: 2.0
  v_max: 4.0
  width_mm: {side}
  thickness_mm: {side}
  height_mm: {side}
  mass_kg: {mass}
  cp_J_kgK: {cp}
  k_in_plane_W_mK: 2000
  k_through_W_mK: 2000
  resistance_mOhm: {mOhm!r}
  ocv_V: {{soc: [0, 1], V: [3.2, 3.2]}}
  entropy_mV_K: {{soc: [0, 1], mV_K: [{entropy}, {entropy}]}}
busbars: {{material: al_1060_busbar, thickness_mm: 20, width_mm: 40}}
mesh: {{level: coarse}}
"""
"""The part of a design that they share: edge of a cell [mm], its mass [kg], heat capacity [J/kg/K], resistance [mohm] and dOCV/dT [mV/K]."""


def busbar_ohm(loaded: LoadedDesign, layout: Layout, degC: float) -> float:
    """Resistance of all busbars in series [ohm], its cells (in series) at ``degC``."""
    n_cells = len(layout.parts_of("cell"))
    bars = pack_busbars(loaded, layout).carrying(np.ones(n_cells), np.full(n_cells, degC + ZERO_CELSIUS))
    return float(bars.made(bars.resistivity(np.ones(len(layout.joints)))).sum())
