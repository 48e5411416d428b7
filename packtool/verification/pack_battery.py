"""The same lumped cell as case E1, as a design file: through layout, mesh, electrical network and ambient of a pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from packtool.catalogue.load import coolants
from packtool.design.load import design_from_text
from packtool.design.loaded import LoadedDesign
from packtool.fem.start import default_cache
from packtool.layout.lay_out import lay_out
from packtool.layout.records import Layout
from packtool.results import ZERO_CELSIUS
from packtool.thermal.busbars import pack_busbars
from packtool.thermal.pack import ambient_exchange
from packtool.verification.battery_heat import REFERENCES
from packtool.verification.records import Row, VerificationCase

MIDDLE_DEGC = 33.0
"""Half way between the first and the last temperature of E1: that of the busbars' resistance that is taken off the cell's."""
SIDE_MM, CURRENT, OHM, HA = 100.0, 100.0, 1.2e-3, 0.9
"""Edge of the cell; E1's current [A], resistance [ohm] and heat transfer coefficient times area [W/K]."""

DESIGN = """\
packtool: 1
name: e1
cell:
  format: prismatic
  capacity_Ah: 5000
  v_nom: 3.2
  v_min: 2.0
  v_max: 4.0
  width_mm: {side}
  thickness_mm: {side}
  height_mm: {side}
  mass_kg: 1.9
  cp_J_kgK: 1050
  k_in_plane_W_mK: 2000
  k_through_W_mK: 2000
  resistance_mOhm: {mOhm!r}
  ocv_V: {{soc: [0, 1], V: [3.2, 3.2]}}
  entropy_mV_K: {{soc: [0, 1], mV_K: [-0.2, -0.2]}}
electrical: {{series: 1}}
arrangement: {{rows: 1, cells_per_row: 1, cell_gap_mm: 0, row_gap_mm: 0}}
busbars: {{material: al_1060_busbar, thickness_mm: 20, width_mm: 40}}
enclosure: {{material: al_6061_t6, wall_mm: 2, clearance_mm: 20, headroom_mm: 20, lid_mm: 2}}
ambient: {{temperature_degC: 25, natural_convection_W_m2K: {h!r}, emissivity: 0}}
cases:
{cases}
mesh: {{level: coarse}}
"""


def _design(h: float, mOhm: float) -> tuple[LoadedDesign, Layout]:
    cases = "\n".join(
        f"  at_{time:g}: {{kind: transient, current_A: {CURRENT:g}, direction: discharge, duration_s: {time:g}, tolerance_K: 0.001}}"
        for time in REFERENCES
    )
    text = DESIGN.format(side=SIDE_MM, h=h, mOhm=mOhm, cases=cases)
    loaded = design_from_text(text, "e1.yaml", Path())
    return loaded, lay_out(loaded)


def _film(ways: Mapping[str, float | None]) -> float:
    """The film [W/m²/K] with which the six faces, behind what lies between them and the air, lose HA together; by bisection."""
    face = (SIDE_MM * 1e-3) ** 2
    faces = {"exterior_top": face, "exterior_bottom": face, "exterior_side": 4 * face}

    def lost(h: float) -> float:
        return sum(area / (1 / h + (1 / series if (series := ways[name]) is not None else 0.0)) for name, area in faces.items())

    low, high = HA / (6 * face), 1e3
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if lost(middle) < HA else (low, middle)
    return (low + high) / 2


def _bernardi_pack() -> Iterator[Row]:
    """E1's lump: a cube that conducts ideally; the film outside and the cell's resistance are what E1's hA and R leave for them beside the
    air and walls around it and the busbars (whose resistance changes by 0.02 % of E1's over its 16 K). Inside the cube, k is the largest that a design takes, the mean stays
    some 10 mK above the faces that the heat leaves by."""
    from packtool.coldplate.pack_transient import solve_pack_transient
    from packtool.mesh.build import mesh_family

    air = coolants()["air_1atm"]
    loaded, layout = _design(1.0, 1.0)
    ways = {name: way.series_h for name, way in ambient_exchange(loaded, layout, air).items()}
    bars = pack_busbars(loaded, layout).carrying(np.ones(1), np.array([MIDDLE_DEGC + ZERO_CELSIUS]))
    joints = float(bars.made(bars.resistivity(np.ones(len(layout.joints)))).sum())
    loaded, layout = _design(_film(ways), (OHM - joints) * 1e3)
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    for time, reference in REFERENCES.items():
        solved = solve_pack_transient(loaded, layout, meshes, f"at_{time:g}", air, default_cache())
        row = next(row for row in solved.results if row.name == "temperature.cell.mean.end")
        yield Row("E1-pack", f"T at {time:g} s", row.value, reference, 0.05, "degC", "absolute", estimate=row.error)


def pack_battery_cases() -> tuple[VerificationCase, ...]:
    """E1-pack."""
    source = "closed form of the linear ODE"
    return (VerificationCase("E1-pack", "Bernardi heat of a cell in time, from a design file", source, _bernardi_pack),)
