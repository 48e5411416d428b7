"""The families of cold plates, each as a small design with numbers that can be made: checked, built as solids, solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.catalogue.load import coolants
from packtool.catalogue.records import Figure
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import coolant_density_kg_m3, layout_results
from packtool.results import ResultSet
from packtool.rules.judge import judge
from packtool.rules.records import Evidence

FAMILIES = sorted((Path(__file__).parents[1] / "examples" / "cold_plates").glob("*.yaml"))
every_family = pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)


def broken(findings):
    return [f"{f.rule}: {f.message}, {f.value} against {f.limit}" for f in findings if f.severity == "error" and not f.holds]


@every_family
def test_every_family_can_be_made(path):
    """No rule of the geometry so much as warns."""
    loaded = load_design(path)
    findings = judge(Evidence(loaded, lay_out(loaded))).findings
    assert broken(findings) == []
    made = (
        "geometry.channel-size",
        "geometry.brazing-land",
        "geometry.stamped-sheet",
        "geometry.extruded-section",
        "geometry.ribbon-section",
    )
    assert [f.message for f in findings if f.rule in made and not f.holds] == []
    assert any(f.rule in made for f in findings)


@pytest.mark.cad
@pytest.mark.slow
@every_family
def test_every_family_is_solids_without_a_finding(path, tmp_path):
    from packtool.cad.build import build_cad

    loaded = load_design(path)
    coolant = loaded.coolants["meg50"]
    densities = {coolant.id: Figure(value=coolant_density_kg_m3(coolant, 22.0), standing="given")}
    report = build_cad(lay_out(loaded), loaded.materials, tmp_path, formats=("step",), coolant_densities=densities)
    assert [finding.message for finding in report.findings] == []
    assert all(abs(volume.relative_difference) < 1e-9 for volume in report.volumes)  # the kernel's integration of arcs


@pytest.mark.fem
@pytest.mark.slow
@every_family
def test_every_family_cools_its_cells(path):
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.mesh.build import mesh_family

    loaded = load_design(path)
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    rows = solve_pack_case(loaded, layout, meshes, "charge", coolants()["air_1atm"], None).results
    found = {row.name: row.value for row in rows}
    assert found["energy.imbalance"] < 1e-6
    assert found["heat.coolant"] == pytest.approx(found["heat.cells"] + found["heat.busbars"] - found["heat.ambient"], rel=1e-6)
    results = ResultSet((*layout_results(loaded, layout), *rows))
    assert broken(judge(Evidence(loaded, layout, results)).findings) == []
