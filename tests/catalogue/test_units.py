"""Units read from field names."""

import subprocess
import sys

import pytest

from packtool.catalogue.records import Cell, Material
from packtool.catalogue.units import figure_fields, label, unit


def test_every_figure_of_a_record_has_a_unit():
    for field in (*figure_fields(Cell), *figure_fields(Material)):
        assert unit(field) or field == "emissivity", field
        assert label(field), field


@pytest.mark.parametrize(
    ("field", "text", "name"),
    [
        ("capacity_Ah", "Ah", "capacity"),
        ("v_nom", "V", "v nom"),
        ("k_in_plane_W_mK", "W/m/K", "k in plane"),
        ("cp_J_kgK", "J/kg/K", "cp"),
        ("rho_kg_m3", "kg/m3", "rho"),
        ("mass_kg", "kg", "mass"),
        ("resistivity_ohm_m", "ohm m", "resistivity"),
        ("alpha_per_K", "1/K", "alpha"),
        ("max_charge_A", "A", "max charge"),
        ("emissivity", "", "emissivity"),
    ],
)
def test_unit_and_label(field, text, name):
    assert (unit(field), label(field)) == (text, name)


def test_a_name_without_a_unit_is_refused():
    with pytest.raises(KeyError, match="tells no unit"):
        unit("capacity")


def test_the_fields_that_hold_figures_are_found():
    fields = figure_fields(Cell)
    assert len(fields) == 24
    assert "resistance_dc" not in fields
    assert figure_fields(Material)[:3] == ("rho_kg_m3", "k_W_mK", "cp_J_kgK")


@pytest.mark.slow
def test_the_catalogue_loads_nothing_heavy():
    code = (
        "import sys, packtool.catalogue.load, packtool.catalogue.properties, packtool.catalogue.bpx, packtool.report.listing;"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'numpy', 'scipy', 'bpx', 'pyparsing', 'cadquery', 'gmsh', 'dolfinx'})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []
