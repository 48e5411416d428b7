"""The bus pack that packtool ships: built whole, without a finding, and weighed as the rules weigh it."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.cad.build import build_cad
from packtool.cad.report import CadReport
from packtool.catalogue.records import Figure
from packtool.design.load import load_design
from packtool.design.loaded import LoadedDesign
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import centre_of_gravity_mm, coolant_density_kg_m3, envelope_mm, pack_energy_Wh, pack_mass_kg
from packtool.layout.records import Layout

pytestmark = pytest.mark.cad

TEMPLATE = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> tuple[LoadedDesign, Layout, CadReport, Path]:
    loaded = load_design(TEMPLATE)
    layout, folder = lay_out(loaded), tmp_path_factory.mktemp("bus")
    plate = loaded.design.cold_plate
    assert plate is not None
    coolant = loaded.coolants[plate.coolant]
    densities = {coolant.id: Figure(value=coolant_density_kg_m3(coolant, plate.inlet_degC), standing=coolant.standing)}
    report = build_cad(layout, loaded.materials, folder, coolant_densities=densities, energy_Wh=pack_energy_Wh(loaded))
    return loaded, layout, report, folder


def test_every_solid_is_valid_free_of_its_neighbours_and_reads_back(bus: tuple[LoadedDesign, Layout, CadReport, Path]) -> None:
    _, layout, report, _ = bus
    assert report.findings == ()
    assert report.parts == len(layout.parts) > 300
    assert report.products == len(layout.products)
    assert all(abs(volume.relative_difference) < 1e-12 for volume in report.volumes)  # round-off


def test_mass_centre_and_envelope_are_those_of_the_layout(bus: tuple[LoadedDesign, Layout, CadReport, Path]) -> None:
    loaded, layout, report, _ = bus
    assert report.mass["complete"]
    assert report.mass["mass_kg"] == pytest.approx(pack_mass_kg(layout, loaded), rel=1e-12)
    assert report.mass["centre_of_gravity_mm"] == pytest.approx(centre_of_gravity_mm(layout, loaded), rel=1e-9, abs=1e-9)
    assert report.mass["envelope_mm"]["size"] == pytest.approx(envelope_mm(layout), rel=1e-12)


def test_cadquery_reads_the_step(bus: tuple[LoadedDesign, Layout, CadReport, Path]) -> None:
    cadquery = pytest.importorskip("cadquery")
    _, layout, report, folder = bus
    solids = cadquery.importers.importStep(str(folder / "pack.step")).solids().vals()
    assert len(solids) == len(layout.parts)
    assert sum(solid.Volume() for solid in solids) == pytest.approx(sum(v.cad_mm3 * v.parts for v in report.volumes), rel=1e-9)
    box = cadquery.Compound.makeCompound(solids).BoundingBox(1e-3)
    assert (box.xlen, box.ylen, box.zlen) == pytest.approx(envelope_mm(layout), abs=0.01)  # the kernel's boxes are a little wider
