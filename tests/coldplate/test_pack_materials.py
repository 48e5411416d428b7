"""Packs whose materials depend on temperature or melt: the layer under the cells, a run that is killed, its numbers, its refusals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.coldplate.pack_march import PackMarch
from packtool.coldplate.pack_transient import pack_transient_case
from packtool.design.load import load_design
from packtool.errors import SolveError
from packtool.fem.quads import quads
from packtool.fem.start import default_cache
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family
from packtool.thermal.material_law import MaterialLaw
from packtool.thermal.pack_laws import region_laws

ROOT = Path(__file__).parents[2]
AIR = coolants()["air_1atm"]
LINEAR = "{rho_kg_m3: 2000, k_W_mK: {temperature_degC: [0, 100], W_mK: [1.0, 3.0]}, cp_J_kgK: 1000}"
BUS = (
    "electrical.series=4", "arrangement.rows=1", "arrangement.cells_per_row=4", "cold_plate.channels=2", "cold_plate.flow_lpm=3",
    "enclosure.cutouts=[]", "enclosure.seal=null", "enclosure.hose_opening_mm=null", "enclosure.hose_fitting=null", "mesh.level=coarse",
)  # fmt: skip


def pack(name, *sets):
    loaded = load_design(ROOT / name, sets)
    layout = lay_out(loaded)
    return loaded, layout, [one.mesh for one in mesh_family(layout, "coarse")]


@cache
def pads():
    """The example with pads that melt, on its coarsest mesh."""
    loaded, layout, meshes = pack("examples/melting_pads.yaml")
    return pack_transient_case(loaded, layout, meshes[-1], "hour", AIR)


@pytest.mark.fem
def test_heat_crosses_a_layer_as_kirchhoff_says():
    loaded, layout, meshes = pack("templates/bus-lfp.yaml", *BUS, f"materials={{pad: {LINEAR}}}", "interface.material=pad")
    solved = solve_pack_case(loaded, layout, meshes, "charge_1C", AIR, default_cache())
    mesh, T = solved.solution.mesh, solved.solution.T
    layer = mesh.hexes[mesh.region == [one.role for one in mesh.regions].index("interface")]
    z = mesh.points[layer][:, :, 2]
    total = []
    for level, corners in ((z.min(), [0, 1, 2, 3]), (z.max(), [4, 5, 6, 7])):
        facets = quads(mesh.points, layer[np.abs(z[:, corners] - level).max(axis=1) < 1e-9][:, corners])
        degC = facets.at_gauss(T) - 273.15
        total.append(float((facets.weight * (degC + 0.01 * degC**2)).sum()))  # of k = 1 + 0.02 T
    rows = {row.name: row.value for row in solved.results}
    across = (total[1] - total[0]) / (z.max() - z.min())
    into = sum(rows[name] for name in rows if name.startswith("heat.flow[") and name.endswith(">interface]"))
    into -= sum(rows.get(f"heat.flow[interface>{other}]", 0.0) for other in ("pad", "end_plate"))
    out = rows["heat.flow[interface>cold_plate]"]
    assert out == pytest.approx(across, rel=2e-3)  # what the layer's rim gets from the air
    assert into == pytest.approx(out + rows["heat.flow[interface>ambient]"], rel=1e-6)
    assert rows["energy.imbalance"] < 1e-6


@pytest.mark.fem
def test_cells_and_parts_get_laws_along_their_axes():
    cell = (
        "cell={like: calb-lfp176, resistance_like: calb-ca180fi, k_through_W_mK: {temperature_degC: [0, 100], W_mK: [0.8, 1.2]}, "
        "cp_J_kgK: {temperature_degC: [0, 100], J_kgK: [900, 1100]}}"
    )
    loaded, layout, meshes = pack("templates/bus-lfp.yaml", *BUS, cell, "arrangement.gap_material=rt44hc")
    laws = region_laws(loaded, layout, meshes[-1])
    found = {meshes[-1].regions[region].role: law for region, law in laws.items()}
    assert set(found) == {"cell", "pad"}
    k, rho_cp = found["cell"].k, found["cell"].rho_cp
    assert (k[0].values, k[1], k[2]) == ((0.8, 1.2), loaded.cell.k_in_plane_W_mK.value, loaded.cell.k_in_plane_W_mK.value)
    assert rho_cp.values[1] / rho_cp.values[0] == pytest.approx(1100 / 900)
    assert rho_cp.values[0] == pytest.approx(900 * loaded.cell.mass_kg.value / loaded.cell.volume_m3())
    assert found["pad"].melting.latent == pytest.approx(800 * 220.67e3)


class Killed(BaseException):
    """Stands for a kill: nothing in the code under test catches it."""


@pytest.mark.fem
def test_a_melting_run_that_was_killed_goes_on_to_the_same_numbers(tmp_path, monkeypatch):
    case = pads()
    whole = PackMarch(case, None).go(tmp_path / "whole")

    def until_melting(march, dt, original=PackMarch._try):
        if march.t >= 1800:
            raise Killed
        return original(march, dt)

    with monkeypatch.context() as patched:
        patched.setattr(PackMarch, "_try", until_melting)
        with pytest.raises(Killed):
            PackMarch(case, None).go(tmp_path / "killed")
    resumed = PackMarch(case, None).go(tmp_path / "killed")
    assert np.array_equal(resumed.fields, whole.fields)
    assert [m.t for m in resumed.moments] == [m.t for m in whole.moments]
    assert np.array_equal(resumed.moments[-1].melted, whole.moments[-1].melted)
    assert resumed.balance == whole.balance
    assert np.array_equal(resumed.flows.between, whole.flows.between)
    assert whole.moments[-1].melted.max() > 0.1
    assert whole.balance.imbalance < 1e-6
    assert whole.flows.open < 1e-6


@pytest.mark.fem
def test_a_checkpoint_of_another_law_is_not_gone_on_from(tmp_path):
    case = replace(pads(), outputs=(60.0,))
    PackMarch(case, None).go(tmp_path / "state")
    region, law = next(iter(case.problem.laws.items()))
    other = replace(law, rho_cp=replace(law.rho_cp, latent=2 * law.rho_cp.latent))
    changed = replace(case, problem=replace(case.problem, laws={**case.problem.laws, region: other}))
    march = PackMarch(changed, None)
    steps = []
    original = march._try
    march._try = lambda dt: steps.append(march.t) or original(dt)
    march.go(tmp_path / "state")
    assert min(steps) == 0.0


@pytest.mark.fem
def test_a_run_that_leaves_a_table_is_refused_with_the_time():
    case = pads()
    k = case.problem.laws[next(iter(case.problem.laws))].k
    known = replace(k, points=(290.0, 305.0), hold=False)
    laws = dict.fromkeys(case.problem.laws, MaterialLaw("wax", known))
    with pytest.raises(
        SolveError, match=r"k of wax is known by temperature from 16.85 to 31.85 degC, and gets to 32.* s after the start"
    ):
        PackMarch(replace(case, problem=replace(case.problem, laws=laws)), None).go()
