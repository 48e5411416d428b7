"""Every template is a design that holds: its rules before a solve, and its whole verdict after one."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.catalogue.load import coolants
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import layout_results
from packtool.results import ResultSet
from packtool.rules.judge import judge
from packtool.rules.records import Evidence

TEMPLATES = sorted((Path(__file__).parents[1] / "templates").glob("*.yaml"))
SOLVED = ("car-pouch-modules", "van-blade", "truck-modules", "grid-rack-module", "scooter-nmc", "three-wheeler-nmc")
"""Templates whose verdict after a solve stands here (the bus's is in the tests of runs)."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_rule_fails_before_a_solve(path):
    loaded = load_design(path)
    verdict = judge(Evidence(loaded, lay_out(loaded)))
    assert [f"{f.rule}: {f.message} {f.value} {f.limit}" for f in verdict.findings if f.severity == "error" and not f.holds] == []


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("name", SOLVED)
def test_no_rule_fails_after_a_solve(name):
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.mesh.build import mesh_family

    loaded = load_design(next(path for path in TEMPLATES if path.stem == name))
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, loaded.design.mesh.level)]
    rows = layout_results(loaded, layout)
    for case in loaded.design.cases:
        rows += solve_pack_case(loaded, layout, meshes, case, coolants()["air_1atm"], None).results
    findings = judge(Evidence(loaded, layout, ResultSet(tuple(rows)))).findings
    assert [f"{f.rule}: {f.value} +- {f.error}, {f.limit}" for f in findings if f.severity == "error" and not f.holds] == []
    assert "coolant.split" not in [f.rule for f in findings if not f.holds]


@pytest.mark.fem
@pytest.mark.slow
def test_a_piece_of_the_large_car_pack_is_cooled_as_its_rules_ask():
    """4 of its 96 rows, 8 of 46 cells in each, with the flow of two of its 48 ribbons: the whole is too large for a test."""
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.mesh.build import mesh_family

    path = next(path for path in TEMPLATES if path.stem == "car-21700")
    sets = [
        "arrangement.rows=4",
        "arrangement.cells_per_row=8",
        "electrical={series: 8, parallel: 4}",
        f"cold_plate.flow_lpm={20 / 24}",
    ]
    loaded = load_design(path, sets)
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, loaded.design.mesh.level)]
    case = solve_pack_case(loaded, layout, meshes, "drive", coolants()["air_1atm"], None)
    rows = {row.name: row for row in case.results}
    assert rows["energy.imbalance"].value < 1e-6
    assert 0.005 < rows["temperature.cell.max"].error < 0.5  # two meshes that differ: neither nothing nor the rise itself
    findings = judge(Evidence(loaded, layout, ResultSet((*layout_results(loaded, layout), *case.results)))).findings
    assert [f"{f.rule}: {f.value} +- {f.error}, {f.limit}" for f in findings if f.severity == "error" and not f.holds] == []
