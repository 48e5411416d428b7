"""The same lumped cell as case E1, as a design file: through layout, mesh, electrical network and ambient of a pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from packtool.catalogue.load import coolants
from packtool.design.load import design_from_text
from packtool.design.loaded import LoadedDesign
from packtool.fem.start import default_cache
from packtool.layout.lay_out import lay_out
from packtool.layout.records import Layout
from packtool.thermal.pack import ambient_exchange
from packtool.verification.battery_heat import REFERENCES
from packtool.verification.lumped_pack import LUMPS, busbar_ohm
from packtool.verification.records import Row, VerificationCase

MIDDLE_DEGC = 33.0
"""Half way between the first and the last temperature of E1: that of the busbars' resistance that is taken off the cell's."""
SIDE_MM, CURRENT, OHM, HA = 100.0, 100.0, 1.2e-3, 0.9
"""Edge of the cell; E1's current [A], resistance [ohm] and heat transfer coefficient times area [W/K]."""

DESIGN = (
    LUMPS
    + """\
name: e1
electrical: {{series: 1}}
arrangement: {{rows: 1, cells_per_row: 1}}
enclosure: {{material: al_6061_t6, wall_mm: 2, clearance_mm: 20, headroom_mm: 20, lid_mm: 2}}
ambient: {{temperature_degC: 25, natural_convection_W_m2K: {h!r}, emissivity: 0}}
cases:
{cases}
"""
)


def _design(h: float, mOhm: float) -> tuple[LoadedDesign, Layout]:
    cases = "\n".join(
        f"  at_{time:g}: {{kind: transient, current_A: {CURRENT:g}, direction: discharge, duration_s: {time:g}, tolerance_K: 0.001}}"
        for time in REFERENCES
    )
    text = DESIGN.format(side=SIDE_MM, mass=1.9, cp=1050, entropy=-0.2, h=h, mOhm=mOhm, cases=cases)
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
    loaded, layout = _design(_film(ways), (OHM - busbar_ohm(loaded, layout, MIDDLE_DEGC)) * 1e3)
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    for time, reference in REFERENCES.items():
        solved = solve_pack_transient(loaded, layout, meshes, f"at_{time:g}", air, default_cache())
        row = next(row for row in solved.results if row.name == "temperature.cell.mean.end")
        yield Row("E1-pack", f"T at {time:g} s", row.value, reference, 0.05, "degC", "absolute", estimate=row.error)


def pack_battery_cases() -> tuple[VerificationCase, ...]:
    """E1-pack."""
    source = "closed form of the linear ODE"
    return (VerificationCase("E1-pack", "Bernardi heat of a cell in time, from a design file", source, _bernardi_pack),)
