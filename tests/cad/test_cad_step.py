"""pack.step: what a CAD program sees in it, and that its bytes are the same each time."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cad_layouts import CELL, MATERIALS, Built, box, named, small_pack

from packtool.artifacts import file_hash
from packtool.cad.build import build_cad
from packtool.cad.colours import LOOKS
from packtool.cad.step import read_step
from packtool.cad.step_text import reproducible
from packtool.errors import CadError
from packtool.layout.profiles import Profile
from packtool.layout.records import Layout, Part, Product, Sweep

pytestmark = pytest.mark.cad

GMSH_READS = """
import json, sys
import gmsh
gmsh.initialize()
gmsh.option.setNumber("General.Terminal", 0)
gmsh.option.setNumber("Geometry.OCCImportLabels", 1)
solids = [tag for dim, tag in gmsh.model.occ.importShapes(sys.argv[1]) if dim == 3]
gmsh.model.occ.synchronize()
print(json.dumps([
    [gmsh.model.getEntityName(3, s), gmsh.model.getColor(3, s)[:3], gmsh.model.occ.getMass(3, s), gmsh.model.getBoundingBox(3, s)]
    for s in solids
]))
"""


def test_names_tree_products_and_colours_survive_the_round_trip(built: Built) -> None:
    read = read_step(built.folder / "pack.step")
    roles = {product.id: product.role for product in built.layout.products}
    assert [instance.path for instance in read] == [
        ("small-pack", *part.group, named(part)) for part in sorted_by_group(built.layout)
    ]
    assert {instance.path[-1]: instance.product for instance in read} == {named(part): part.product for part in built.layout.parts}
    assert all(instance.rgb == LOOKS[roles[instance.product]].rgb8 for instance in read)


def sorted_by_group(layout: Layout) -> list[Part]:
    """The parts as the tree lists them: group after group, in the order in which the layout first names the groups."""
    groups: list[tuple[str, ...]] = []
    for part in layout.parts:
        for depth in range(1, len(part.group) + 1):
            if part.group[:depth] not in groups:
                groups.append(part.group[:depth])
    order = {group: [groups.index(group[: d + 1]) for d in range(len(group))] for group in groups}
    return sorted(layout.parts, key=lambda part: order[part.group])


def test_a_second_reader_sees_each_part_by_name_colour_place_and_volume(built: Built) -> None:
    pytest.importorskip("gmsh")
    command = [sys.executable, "-c", GMSH_READS, str(built.folder / "pack.step")]
    output = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    solids = {label.split("/")[-2]: (label, colour, volume, bounds) for label, colour, volume, bounds in json.loads(output)}
    assert set(solids) == {named(part) for part in built.layout.parts}
    volumes = {volume.product: volume.closed_form_mm3 for volume in built.report.volumes}
    for part in built.layout.parts:
        label, colour, volume, bounds = solids[named(part)]
        role = built.layout.product(part.product).role
        assert label.endswith(f"/{named(part)}/{part.product}")
        assert tuple(colour) == LOOKS[role].rgb8
        assert volume == pytest.approx(volumes[part.product], rel=1e-9)  # planes and cylinders, written with 12 to 16 digits
        assert bounds == pytest.approx(built.layout.part_bounds(part), abs=1e-3)  # gmsh's boxes are a little wider than the shape


def test_each_shape_is_written_once(built: Built) -> None:
    text = (built.folder / "pack.step").read_text(encoding="ascii")
    # one per product, a void-bearing one for the plate with its closed channel
    assert len(re.findall(r"=(?:MANIFOLD_SOLID_BREP|BREP_WITH_VOIDS)\(", text)) == len(built.layout.products)
    assert len(re.findall(r"=NEXT_ASSEMBLY_USAGE_OCCURRENCE\(", text)) == len(built.layout.parts) + 6  # and six groups


def test_it_is_ap242_in_millimetres_without_pcurves(built: Built) -> None:
    text = (built.folder / "pack.step").read_text(encoding="ascii")
    assert "FILE_SCHEMA(('AP242_MANAGED_MODEL_BASED_3D_ENGINEERING_MIM_LF" in text
    assert "SI_UNIT(.MILLI.,.METRE.)" in text
    assert "PCURVE" not in text


def test_materials_carry_their_density_in_grams_per_cubic_centimetre(built: Built) -> None:
    text = (built.folder / "pack.step").read_text(encoding="ascii").replace("\n  ", "")
    densities = sorted(float(number) for number in re.findall(r"POSITIVE_RATIO_MEASURE\(([^)]*)\)", text))
    cell = 0.5 / built.report.volumes[0].closed_form_mm3 * 1e6  # 0.5 kg, terminals included: they have none of their own
    assert densities == pytest.approx(sorted([2.7, 0.32, 2.0, cell]), rel=1e-9)
    assert "'al'" in text


def test_the_second_export_has_the_same_bytes(built: Built, tmp_path: Path) -> None:
    again = build_cad(small_pack(), MATERIALS, tmp_path, energy_Wh=500.0)
    assert again.files == built.report.files
    assert {name: file_hash(tmp_path / name) for name in again.files} == {
        n: file_hash(built.folder / n) for n in built.report.files
    }


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_writes_the_same_bytes(built: Built, tmp_path: Path, seed: str) -> None:
    here = Path(__file__).parent
    code = (
        f"import sys; sys.path[:0] = [{str(here)!r}, {str(here.parents[1])!r}]\n"
        "from pathlib import Path\nfrom cad_layouts import MATERIALS, small_pack\nfrom packtool.cad.build import build_cad\n"
        "build_cad(small_pack(), MATERIALS, Path(sys.argv[1]), energy_Wh=500.0)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env={"PYTHONHASHSEED": seed})
    assert (done.stdout, done.stderr) == ("", "")
    assert {name: file_hash(tmp_path / name) for name in built.report.files} == {
        name: file_hash(built.folder / name) for name in built.report.files
    }


def test_names_may_hold_any_character(tmp_path: Path) -> None:
    name = "Ωμέγα 日本 𝄞 it's; #12 = (a\\b)" + " and so on, until the writer must wrap its line somewhere" * 3
    products = (box("post; 'left'", "fitting", "al", (5, 5, 5)),)
    build_cad(
        Layout(name, CELL, products, (Part(name, "post; 'left'", (0, 0, 0), 0, (name,)),), 1, 1, None, ()), MATERIALS, tmp_path
    )
    (tmp_path / "pack.step").read_bytes().decode("ascii")
    (instance,) = read_step(tmp_path / "pack.step")
    assert instance.path == (name, name, name)
    assert instance.product == "post; 'left'"


def test_a_product_of_several_solids_is_one_part_of_one_colour(tmp_path: Path) -> None:
    posts = Product("posts", "busbar", "al", tuple(Sweep(Profile.rectangle(x, 0, x + 10, 10), 0, 5) for x in (0, 20)))
    report = build_cad(
        Layout("two", CELL, (posts,), (Part("p1", "posts", (0, 0, 0), 90), Part("p2", "posts", (0, 0, 9))), 1, 1, None, ()),
        MATERIALS,
        tmp_path,
    )
    assert report.findings == ()
    assert [(i.path, i.rgb) for i in read_step(tmp_path / "pack.step")] == [
        (("two", "p1"), LOOKS["busbar"].rgb8),
        (("two", "p2"), LOOKS["busbar"].rgb8),
    ]


def test_groups_of_one_name_in_two_places_are_two_products(tmp_path: Path) -> None:
    parts = (Part("a", "b", (0, 0, 0), 0, ("left", "pads")), Part("c", "b", (50, 0, 0), 0, ("right", "pads")))
    build_cad(Layout("pads", CELL, (box("b", "pad", "foam", (1, 1, 1)),), parts, 1, 1, None, ()), MATERIALS, tmp_path)
    text = (tmp_path / "pack.step").read_text(encoding="ascii")
    products = re.findall(r"=PRODUCT\('([^']*)'", text)
    assert len(products) == len(set(products)) == 6
    assert [instance.path for instance in read_step(tmp_path / "pack.step")] == [
        ("pads", "left", "pads", "a"),
        ("pads", "right", "pads", "c"),
    ]


def test_nothing_is_printed_and_the_writer_settings_are_put_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from OCP.Interface import Interface_Static
    from OCP.STEPControl import STEPControl_Controller

    STEPControl_Controller.Init_s()
    Interface_Static.SetCVal_s("write.step.schema", "AP203")
    build_cad(small_pack(), MATERIALS, tmp_path)
    assert Interface_Static.CVal_s("write.step.schema") == "AP203"
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_no_step_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pack.step").write_text("not a STEP file\n")
    with pytest.raises(CadError, match=r"pack\.step: the CAD kernel cannot read"):
        read_step(tmp_path / "pack.step")
    assert capfd.readouterr() == ("", "")


def test_text_of_another_form_is_refused() -> None:
    with pytest.raises(CadError, match="no header or no data"):
        reproducible("ISO-10303-21;\nHEADER;\nENDSEC;\n", "pack")


def test_a_moved_part_changes_the_file(built: Built, tmp_path: Path) -> None:
    moved = tuple(
        dataclasses.replace(part, origin=(0.001, 0, 0)) if part.name == "tray" else part for part in built.layout.parts
    )  # fmt: skip
    build_cad(dataclasses.replace(built.layout, parts=moved), MATERIALS, tmp_path, formats=("step",))
    assert file_hash(tmp_path / "pack.step") != file_hash(built.folder / "pack.step")
