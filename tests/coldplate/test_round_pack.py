"""Two rows of three cells on a serpentine: with round turns the whole chain closes, and gives what square turns give."""

from __future__ import annotations

from pathlib import Path

import pytest

import packtool
from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family

pytestmark = pytest.mark.fem

DESIGN = (Path(packtool.__file__).parents[1] / "templates" / "bus-lfp.yaml").read_text(encoding="utf-8")


def solved(tmp_path, turns):
    text = DESIGN.replace("type: parallel ", "type: serpentine ").replace("passes: 2", "passes: 4").replace("  channels: 10\n", "")
    text = text.replace("header_width_mm: 48", f"turns: {turns}\n  overhang_mm: 72").replace("flow_lpm: 12", "flow_lpm: 3")
    text = text.replace("{series: 68, parallel: 1}", "{series: 6, parallel: 1}").replace("rows: 4", "rows: 2")
    path = tmp_path / f"{turns}.yaml"
    path.write_text(text.replace("cells_per_row: 17", "cells_per_row: 3"), encoding="utf-8")
    loaded = load_design(path)
    layout = lay_out(loaded)
    meshes = [pack.mesh for pack in mesh_family(layout)]
    return solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)


def test_round_turns_balance_and_cool_as_square_ones_do(tmp_path):
    rounded, square = solved(tmp_path, "round"), solved(tmp_path, "square")
    assert rounded.summary["solver"]["relative energy imbalance"] < 1e-6
    here, there = ({row.name: row for row in case.results} for case in (rounded, square))
    for name in ("temperature.cell.max", "temperature.cell.mean", "coolant.outlet"):
        a, b = here[name], there[name]
        assert a.value == pytest.approx(
            b.value, abs=0.1 + a.error + b.error
        )  # turns are a tenth of the wall; 10 K above the coolant
        assert a.error < 0.2
    assert here["coolant.pressure_drop.friction"].value < there["coolant.pressure_drop.friction"].value  # arcs are shorter
