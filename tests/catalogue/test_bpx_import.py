"""A cell out of a BPX file: what the file holds, nothing else; and clear words for files that will not do."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from packtool.catalogue.bpx import BpxError, cell_from_bpx

ELECTRODE = {
    "Thickness [m]": 6e-5,
    "Minimum stoichiometry": 0.02,
    "Maximum stoichiometry": 0.85,
    "Maximum concentration [mol.m-3]": 25000,
    "Particle radius [m]": 2e-6,
    "Surface area per unit volume [m-1]": 4e5,
    "Diffusivity [m2.s-1]": 2e-14,
    "Reaction rate constant [mol.m-2.s-1]": 1e-6,
}
VALID = {
    "Header": {"BPX": "1.1.0", "Title": "Own 100 Ah cell", "Model": "SPM"},
    "Parameterisation": {
        "Cell": {
            "Electrode area [m2]": 0.02,
            "External surface area [m2]": 0.08,
            "Volume [m3]": 9.2e-4,
            "Number of electrode pairs connected in parallel to make a cell": 80,
            "Lower voltage cut-off [V]": 2.5,
            "Upper voltage cut-off [V]": 3.65,
            "Nominal cell capacity [A.h]": 100,
            "Density [kg.m-3]": 2100,
            "Specific heat capacity [J.K-1.kg-1]": 1010,
        },
        "Negative electrode": {**ELECTRODE, "OCP [V]": "0.1 + 0.5 * exp(-20 * x)"},
        "Positive electrode": {**ELECTRODE, "OCP [V]": {"x": [0, 1], "y": [3.6, 3.2]}},
    },
}
K_KEY = "Thermal conductivity [W.m-1.K-1]"


@pytest.fixture
def write(tmp_path):
    def write_file(change=lambda parameters: None, name="own100.json") -> Path:
        parameters = copy.deepcopy(VALID)
        change(parameters)
        path = tmp_path / name
        path.write_text(json.dumps(parameters) if name.endswith("json") else yaml.safe_dump(parameters))
        return path

    return write_file


def test_a_cell_has_the_figures_of_its_file(write):
    cell = cell_from_bpx(write())
    assert (cell.id, cell.name, cell.format) == ("own100", "Own 100 Ah cell", "prismatic")
    assert (cell.capacity_Ah.value, cell.v_min.value, cell.v_max.value, cell.cp_J_kgK.value) == (100, 2.5, 3.65, 1010)
    assert {cell.capacity_Ah.standing, cell.v_min.standing, cell.v_max.standing, cell.cp_J_kgK.standing} == {"given"}
    assert cell.mass_kg.value == pytest.approx(2100 * 9.2e-4, rel=1e-12)  # density x volume: rounding
    assert cell.mass_kg.standing == "derived"
    assert "outer surface 0.08 m2" in cell.note
    assert cell.sources == ("own100.json",)


def test_what_bpx_does_not_hold_stays_unknown(write):
    cell = cell_from_bpx(write())
    absent = (
        "v_nom",
        "width_mm",
        "thickness_mm",
        "height_mm",
        "k_in_plane_W_mK",
        "k_through_W_mK",
        "resistance_dc",
        "max_charge_A",
    )
    assert cell.unknown(absent) == absent


def test_the_caller_tells_the_format(write):
    assert cell_from_bpx(write(), "pouch").format == "pouch"


def test_yaml_files_are_read_too(write):
    assert cell_from_bpx(write(name="own100.yaml")).capacity_Ah.value == 100


def test_no_density_no_mass(write):
    cell = cell_from_bpx(write(lambda p: p["Parameterisation"]["Cell"].pop("Density [kg.m-3]")))
    assert cell.mass_kg is None


def test_a_lumped_conductivity_is_not_used_but_named(write):
    cell = cell_from_bpx(write(lambda p: p["Parameterisation"].update({"User-defined": {K_KEY: 1.9}})))
    assert cell.k_through_W_mK is None
    assert "lumped thermal conductivity, 1.9 W/m/K" in cell.note


def test_an_old_file_is_converted_and_the_cell_says_so(write):
    def old(p):
        p["Header"]["BPX"] = 0.4
        p["Parameterisation"]["Cell"] |= {K_KEY: 1.9, "Ambient temperature [K]": 298.15}

    cell = cell_from_bpx(write(old))
    assert cell.capacity_Ah.value == 100
    assert "BPX 0.4 file, converted to 1.x" in cell.note
    assert "1.9 W/m/K" in cell.note


def test_an_expression_in_the_file_is_never_executed(write, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))  # where the library would write the expression before running it

    def with_a_call(p):
        for electrode in ("Negative electrode", "Positive electrode"):
            p["Parameterisation"][electrode]["OCP [V]"] = "exit(1)"

    assert cell_from_bpx(write(with_a_call)).capacity_Ah.value == 100
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda p: p["Parameterisation"]["Cell"].pop("Nominal cell capacity [A.h]"),
            r"Cell\.Nominal cell capacity \[A\.h\]: Field required",
        ),
        (lambda p: p["Parameterisation"]["Cell"].update({"Width [m]": 0.1}), r"Cell\.Width \[m\]: Extra inputs are not permitted"),
        (lambda p: p["Parameterisation"]["Cell"].update({"Volume [m3]": -1}), "volume = -1 is not a number between 0 and 1e9"),
        (lambda p: p["Parameterisation"]["Cell"].update({"Nominal cell capacity [A.h]": float("inf")}), "capacity_Ah = inf is not"),
        (
            lambda p: p["Parameterisation"]["Cell"].update({"Lower voltage cut-off [V]": 4}),
            "4 V is not below the upper one, 3.65 V",
        ),
        (lambda p: p["Parameterisation"]["Cell"].update({K_KEY: 1.9}), "User-defined"),
        (lambda p: p["Parameterisation"].update({"Cell": None}), r"Parameterisation\.Cell must be a mapping"),
        (
            lambda p: (p["Header"].update({"Model": "Partial"}), p["Parameterisation"].pop("Cell")),
            r"Parameterisation\.Cell is missing",
        ),
        (
            lambda p: p["Parameterisation"]["Negative electrode"].update({"OCP [V]": "import os"}),
            r"Negative electrode\.OCP \[V\]: Invalid",
        ),
        (lambda p: p["Header"].update({"Model": "DFN"}), "model type DFN"),
        (lambda p: p["Header"].update({"BPX": "new"}), "version"),
        (lambda p: p.pop("Header"), "Header is missing"),
        (lambda p: p.pop("Parameterisation"), "Parameterisation is missing"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_its_path_and_the_reason(write, change, message):
    path = write(change)
    with pytest.raises(BpxError, match=message) as refused:
        cell_from_bpx(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{"Header": }', r"a\.json:1:12: not JSON"),
        ("a.json", b"[1]", "top level must be a mapping"),
        ("a.json", b"\xff\xfe", "no UTF-8 text"),
        ("a.yaml", b"a: [1", "not YAML"),
        ("a.json", b"[" * 200_000, "recursion"),
        ("a.json", b"9" * 5_000, "digits"),
    ],
)
def test_a_file_that_is_no_bpx_at_all(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BpxError, match=message):
        cell_from_bpx(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BpxError, match=r"nowhere\.json: cannot be read as a BPX file: No such file"):
        cell_from_bpx(tmp_path / "nowhere.json")
