"""Every arrangement of flat cells as solids: valid, of the right volume, none in another, and the STEP reads back alike."""

from __future__ import annotations

import pytest
from flat_packs import PACKS, pack

from packtool.catalogue.records import Figure
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import coolant_density_kg_m3

pytestmark = pytest.mark.cad


def built(name, folder):
    from packtool.cad.build import build_cad

    loaded = pack(name)
    plate = loaded.design.cold_plate
    coolant = loaded.coolants[plate.coolant]
    densities = {coolant.id: Figure(value=coolant_density_kg_m3(coolant, plate.inlet_degC), standing="given")}
    return build_cad(lay_out(loaded), loaded.materials, folder, formats=("step",), coolant_densities=densities)


@pytest.mark.parametrize("name", PACKS)
def test_no_finding_and_exact_volumes(name, tmp_path):
    report = built(name, tmp_path)
    assert report.findings == ()
    assert all(abs(volume.relative_difference) < 1e-9 for volume in report.volumes)  # the kernel's integration of arcs


def test_modules_are_one_product_placed_twice(tmp_path):
    built("modules", tmp_path)
    step = (tmp_path / "pack.step").read_text(encoding="ascii")
    assert step.count("'module M01 S1-S8'") == step.count("'module M02 S9-S16'") == 1
    assert step.count(",'R2C03 S6',") == 1  # an occurrence in the one module, called by its place in it, in the circuit too
