"""What the mesh is made from: the geometry and its sizes; with a target error all that is solved, too."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from packtool.cad.options import DEFAULT_OPTIONS
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.workflow.plan import stage_inputs

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"


@cache
def of_mesh(*sets: str) -> dict[str, str]:
    loaded = load_design(BUS, sets)
    return stage_inputs(loaded, lay_out(loaded), tuple(loaded.design.cases), "", DEFAULT_OPTIONS)["mesh"]


@pytest.mark.parametrize("key", ["cases.charge_1C.current_A=100", "ambient.temperature_degC=50", "cold_plate.flow_lpm=6"])
def test_loads_concern_the_mesh_where_it_follows_from_a_target(key):
    assert of_mesh() == of_mesh(key)
    assert of_mesh("mesh.target_error_K=0.1") != of_mesh("mesh.target_error_K=0.1", key)
    assert of_mesh("mesh.target_error_K=0.1", "limits.cell_max_degC=40") == of_mesh("mesh.target_error_K=0.1")


def test_sizes_concern_the_mesh():
    assert of_mesh() != of_mesh("mesh.sizes.plate_mm=8") != of_mesh("mesh.sizes.plate_mm=9")
