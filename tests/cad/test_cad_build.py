"""The stage as a whole: which files, the bill of materials, the mass, and what it refuses."""

from __future__ import annotations

import csv
import dataclasses
import json
import sys
from pathlib import Path

import pytest
from cad_layouts import CELL, MATERIALS, Built, box, small_pack

from packtool.cad.build import build_cad
from packtool.catalogue.records import Figure
from packtool.errors import CadError, MissingPart, UsageError
from packtool.layout.properties import PRISMATIC_DENSITY_KG_M3
from packtool.layout.records import Layout, Part

pytestmark = pytest.mark.cad


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "bom.csv").open(encoding="utf-8", newline="") as stream:
        return {row["part number"]: row for row in csv.DictReader(stream)}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_what_it_lists_and_nothing_else(built: Built) -> None:
    assert files(built.folder) == set(built.report.files)
    assert {
        "pack.step",
        "pack.stl",
        "pack.glb",
        "pack.3mf",
        "drawing.dxf",
        "drawing.svg",
        "bom.csv",
        "mass.json",
        "stl/cell.stl",
    } <= set(built.report.files)


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ((), set()),
        (("step",), {"pack.step"}),
        (("glb",), {"pack.glb"}),
        (("3mf",), {"pack.3mf"}),
        (("stl",), {"pack.stl", "stl/cell.stl"}),
    ],
)
def test_only_the_formats_asked_for(tmp_path: Path, formats: tuple, expected: set[str]) -> None:
    build_cad(small_pack(), MATERIALS, tmp_path, formats=formats)
    kinds = {"pack.step", "pack.stl", "pack.glb", "pack.3mf", "drawing.dxf", "drawing.svg", "stl/cell.stl"}
    assert files(tmp_path) & kinds == expected
    assert {"bom.csv", "mass.json"} <= files(tmp_path)


def test_the_report_is_json(built: Built) -> None:
    report = json.loads(json.dumps(built.report.as_dict(), allow_nan=False))
    assert report["parts"] == 21
    assert report["volumes"][0]["product"] == "cell"
    assert abs(report["volumes"][0]["relative_difference"]) < 1e-12  # round-off
    assert set(report["seconds"]) >= {"import", "solids", "step", "interference"}


def test_bill_of_materials(built: Built) -> None:
    bom = rows(built.folder)
    assert bom["cell"]["quantity"] == "4"
    assert float(bom["cell"]["total mass kg"]) == 2.0
    assert bom["cell"]["mass standing"] == "datasheet"
    assert float(bom["pad"]["unit mass kg"]) == pytest.approx(2 * 100 * 80 * 320e-9, rel=1e-5)  # six digits
    assert bom["pad"]["mass standing"] == "remembered"
    assert bom["terminal"]["quantity"] == "8"
    assert float(bom["terminal"]["total mass kg"]) == 0
    assert bom["terminal"]["mass standing"] == "included in the cell's mass"
    assert float(bom["total"]["total mass kg"]) == pytest.approx(built.report.mass["mass_kg"], rel=1e-5)  # six digits


def test_mass_of_two_blocks_by_hand(tmp_path: Path) -> None:
    parts = (Part("left", "steel", (-100, 0, 0)), Part("right", "foam", (200, 0, 0), 90))
    layout = Layout(
        "two blocks",
        CELL,
        (box("steel", "fitting", "al", (10, 20, 30)), box("foam", "pad", "foam", (40, 50, 60))),
        parts,
        1,
        1,
        None,
        (),
    )
    mass = build_cad(layout, MATERIALS, tmp_path, formats=(), energy_Wh=10).mass
    m1, m2 = 10 * 20 * 30 * 2700e-9, 40 * 50 * 60 * 320e-9
    x = (-100 * m1 + 200 * m2) / (m1 + m2)
    z = (15 * m1 + 30 * m2) / (m1 + m2)
    assert mass["mass_kg"] == pytest.approx(m1 + m2, rel=1e-12)
    assert mass["centre_of_gravity_mm"] == pytest.approx([x, 0, z], rel=1e-12)
    reduced = m1 * m2 / (m1 + m2) * 1e-6  # kg, and mm² to m²
    own_xx = (m1 * (20**2 + 30**2) + m2 * (40**2 + 60**2)) / 12 * 1e-6  # the right block is turned by 90 degrees
    own_zz = (m1 * (10**2 + 20**2) + m2 * (40**2 + 50**2)) / 12 * 1e-6
    inertia = mass["inertia_kg_m2"]
    assert inertia[0][0] == pytest.approx(own_xx + reduced * 15**2, rel=1e-9)
    assert inertia[2][2] == pytest.approx(own_zz + reduced * 300**2, rel=1e-9)
    assert inertia[0][2] == inertia[2][0] == pytest.approx(-reduced * 300 * 15, rel=1e-9)
    reached = {"x": ["left", "right"], "y": ["right", "right"], "z": ["left", "right"]}
    assert mass["envelope_mm"] == {"min": [-105, -20, 0], "max": [225, 20, 60], "size": [330, 40, 60], "reached_by": reached}
    assert mass["specific_energy_Wh_kg"] == pytest.approx(10 / (m1 + m2), rel=1e-12)
    assert mass["energy_density_Wh_L"] == pytest.approx(10 / (330 * 40 * 60 * 1e-6), rel=1e-12)
    assert json.loads((tmp_path / "mass.json").read_text()) == mass


def test_cells_weigh_what_the_catalogue_says_whatever_their_rounded_edges(built: Built) -> None:
    assert built.report.mass["mass_by_role_kg"]["cell"] == pytest.approx(4 * 0.5, rel=1e-12)
    assert "terminal" not in built.report.mass["mass_by_role_kg"]


def test_coolant_is_weighed_where_its_density_is_given(tmp_path: Path) -> None:
    coolant = box("coolant", "coolant", "meg50", (10, 10, 10))
    layout = Layout("wet", CELL, (coolant,), (Part("coolant", "coolant", (0, 0, 0)),), 1, 1, None, ())
    dry = build_cad(layout, MATERIALS, tmp_path / "dry", formats=())
    density = Figure(value=1067, standing="literature default")
    wet = build_cad(layout, MATERIALS, tmp_path / "wet", formats=(), coolant_densities={"meg50": density})
    assert wet.mass["mass_kg"] == pytest.approx(1067e-6, rel=1e-12)
    assert rows(tmp_path / "wet")["coolant"]["mass standing"] == "literature default"
    assert (dry.mass["complete"], dry.mass["unknown"]) == (False, ["coolant"])


def test_a_cell_without_a_mass_gets_the_mean_density_of_its_kind_and_says_so(tmp_path: Path) -> None:
    layout = dataclasses.replace(small_pack(), cell=CELL.model_copy(update={"mass_kg": None}))
    report = build_cad(layout, MATERIALS, tmp_path, formats=())
    assert report.mass["mass_by_role_kg"]["cell"] == pytest.approx(4 * 0.1 * 0.03 * 0.08 * PRISMATIC_DENSITY_KG_M3, rel=1e-12)
    assert rows(tmp_path)["cell"]["mass standing"] == "derived"
    assert "the cell's own is unknown" in rows(tmp_path)["cell"]["mass note"]


def test_an_unknown_mass_is_said_everywhere_and_never_zero(tmp_path: Path) -> None:
    layout = dataclasses.replace(small_pack(), cell=CELL.model_copy(update={"mass_kg": None, "width_mm": None}))
    report = build_cad(layout, MATERIALS, tmp_path, formats=("step",), energy_Wh=100)
    (finding,) = report.findings
    assert (finding.kind, finding.parts) == ("mass_unknown", ("cell",))
    assert "mass_kg and dimensions of cell test-cell are unknown" in finding.message
    assert report.mass["complete"] is False
    assert report.mass["specific_energy_Wh_kg"] is None
    assert rows(tmp_path)["cell"]["unit mass kg"] == ""
    assert rows(tmp_path)["total"]["mass note"] == "without 1 product of unknown mass"


def test_unknown_material_is_an_unknown_mass(tmp_path: Path) -> None:
    report = build_cad(small_pack(), {k: v for k, v in MATERIALS.items() if k != "foam"}, tmp_path, formats=())
    assert [(f.kind, f.parts) for f in report.findings] == [("mass_unknown", ("pad",))]


def test_file_names_of_awkward_product_ids(tmp_path: Path) -> None:
    ids = ("a/b", "a b", "../up", "A_b")
    products = tuple(box(id, "fitting", "al", (1, 1, 1)) for id in ids)
    parts = tuple(Part(id, id, (5 * i, 0, 0)) for i, id in enumerate(ids))
    build_cad(Layout("awkward", CELL, products, parts, 1, 1, None, ()), MATERIALS, tmp_path, formats=("stl",))
    assert {name for name in files(tmp_path) if name.startswith("stl/")} == {
        "stl/a_b.stl", "stl/a_b-2.stl", "stl/_up.stl", "stl/A_b-3.stl",
    }  # fmt: skip


def test_a_failure_leaves_no_file_behind(tmp_path: Path) -> None:
    layout = dataclasses.replace(small_pack(), products=tuple(
        dataclasses.replace(p, edge_radius_mm=40) if p.id == "cell" else p for p in small_pack().products
    ))  # fmt: skip
    with pytest.raises(CadError, match="product cell"):
        build_cad(layout, MATERIALS, tmp_path)
    assert files(tmp_path) == set()


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown CAD format iges: choose from step, stl, glb, 3mf, drawing"):
        build_cad(small_pack(), MATERIALS, tmp_path, formats=("iges",))  # type: ignore[arg-type]


def test_a_pack_without_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no parts"):
        build_cad(dataclasses.replace(small_pack(), parts=()), MATERIALS, tmp_path)


def test_without_the_kernel_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OCP.gp", None)
    with pytest.raises(MissingPart, match="CAD kernel is not installed") as caught:
        build_cad(small_pack(), MATERIALS, tmp_path)
    assert "packtool[cad]" in caught.value.mend
