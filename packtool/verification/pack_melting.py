"""A pad that melts between two cells that conduct ideally, without a way out for the heat: a design file against the sum of its heats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from packtool.catalogue.load import coolants
from packtool.design.load import design_from_text
from packtool.fem.start import default_cache
from packtool.layout.lay_out import lay_out
from packtool.verification.lumped_pack import LUMPS, busbar_ohm
from packtool.verification.records import Row, VerificationCase

SIDE_MM, PAD_MM, CURRENT, OHM, MASS, CP = 100.0, 10.0, 100.0, 1.2e-3, 1.9, 1050.0
"""Edge of the cells and thickness of the pad; current [A]; of a cell resistance [ohm], mass [kg] and heat capacity [J/kg/K]."""
RHO, CP_SOLID, CP_LIQUID, LATENT = 800.0, 2000.0, 2200.0, 200e3
"""Of the pad [kg/m³], [J/kg/K] and [J/kg]."""
START, SOLIDUS, LIQUIDUS = 30.0, 34.0, 36.0
"""[degC]."""
MIDDLE_DEGC = 35.0
"""In the middle of the run: that of the busbars' resistance."""
TIMES = (600.0, 1200.0, 2400.0)
"""Before, while and after it melts [s]."""

DESIGN = (
    LUMPS
    + """\
name: melting
electrical: {{series: 2}}
arrangement: {{rows: 1, cells_per_row: 2, cell_gap_mm: {pad}, gap_material: wax}}
enclosure: {{material: al_6061_t6, wall_mm: 2, clearance_mm: 20, headroom_mm: 30, lid_mm: 2}}
ambient: {{temperature_degC: {start}, natural_convection_W_m2K: 0, emissivity: 0}}
materials:
  wax:
    rho_kg_m3: {rho}
    k_W_mK: 2000
    cp_J_kgK: {{solid_J_kgK: {cp_solid}, liquid_J_kgK: {cp_liquid}}}
    melting: {{solidus_degC: {solidus}, liquidus_degC: {liquidus}, latent_kJ_kg: {latent_kJ}}}
cases:
{cases}
"""
)


def _closed_form(joules: float) -> tuple[float, float]:
    """Temperature [degC] of all, and the molten share, once they have taken up ``joules``."""
    cells, pad = 2 * MASS * CP, RHO * SIDE_MM**2 * PAD_MM * 1e-9
    before = (cells + pad * CP_SOLID) * (SOLIDUS - START)
    within = (cells + pad * (CP_SOLID + CP_LIQUID) / 2) * (LIQUIDUS - SOLIDUS) + pad * LATENT
    share = min(max((joules - before) / within, 0.0), 1.0)
    if joules <= before:
        return START + joules / (cells + pad * CP_SOLID), share
    return SOLIDUS + share * (LIQUIDUS - SOLIDUS) + max(joules - before - within, 0.0) / (cells + pad * CP_LIQUID), share


def _melting_pack() -> Iterator[Row]:
    """The busbars' heat is taken at one temperature (their resistance changes by 0.1 % of the cells' over the run). A cell's middle is up to 0.02 K
    from the pad that takes up its heat."""
    from packtool.coldplate.pack_transient import solve_pack_transient
    from packtool.mesh.build import mesh_family

    cases = "\n".join(
        f"  at_{time:g}: {{kind: transient, current_A: {CURRENT:g}, direction: discharge, duration_s: {time:g}, tolerance_K: 0.002}}"
        for time in TIMES
    )
    text = DESIGN.format(
        side=SIDE_MM, mass=MASS, cp=CP, mOhm=OHM * 1e3, entropy=0, pad=PAD_MM, rho=RHO, cp_solid=CP_SOLID, cp_liquid=CP_LIQUID,
        latent_kJ=LATENT * 1e-3, start=START, solidus=SOLIDUS, liquidus=LIQUIDUS, cases=cases,
    )  # fmt: skip
    loaded = design_from_text(text, "melting.yaml", Path())
    layout, air = lay_out(loaded), coolants()["air_1atm"]
    power = CURRENT**2 * (2 * OHM + busbar_ohm(loaded, layout, MIDDLE_DEGC))
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    for time in TIMES:
        T, share = _closed_form(power * time)
        solved = solve_pack_transient(loaded, layout, meshes, f"at_{time:g}", air, default_cache())
        found = {row.name: row for row in solved.results}
        mean, molten = found["temperature.cell.mean.end"], found["melted.mean.end"]
        yield Row("PCM-pack", f"T at {time:g} s", mean.value, T, 0.05, "degC", "absolute", estimate=mean.error)
        if 0 < share < 1:
            yield Row("PCM-pack", f"melted at {time:g} s", molten.value, share, 0.02, "-", "absolute", estimate=molten.error)
            stored = found["heat.stored"].value * time
            yield Row("PCM-pack", f"heat stored by {time:g} s", stored, power * time, 1e-3, "J")


def pack_melting_cases() -> tuple[VerificationCase, ...]:
    """PCM-pack."""
    source = "closed form: sensible and latent heat of lumps"
    return (VerificationCase("PCM-pack", "A pad that melts between two cells, from a design file", source, _melting_pack),)
