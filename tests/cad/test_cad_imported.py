"""Parts from STEP files: placed, weighed, checked and exported as if they were packtool's own; what is no solid part is refused."""

from __future__ import annotations

import csv
import json
import math
import signal
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cad_layouts import CELL, MATERIALS, small_pack
from step_shapes import BRACKET_MM3, a_face, box, bracket, cylinder, entry, together, without, write_step

import packtool.cad.imported as importing
from packtool.cad.build import build_cad
from packtool.cad.colours import LOOKS
from packtool.cad.options import CadOptions
from packtool.cad.report import CadFinding, CadReport
from packtool.layout.imported import Imported, rotation_matrix
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep

pytestmark = pytest.mark.cad

KG_MM3 = 2700e-9  # aluminium of MATERIALS
CHORD = 0.1  # mm, of triangles on curved faces; those here are flat


def pack(*imported: Imported) -> Layout:
    return replace(small_pack(), imported=imported)


def faults(report: CadReport) -> tuple[CadFinding, ...]:
    """What is found but that parts stand outside of the small pack's tray, as most of these do."""
    return tuple(finding for finding in report.findings if finding.kind != "outside_imported")


def alone(*imported: Imported) -> Layout:
    return Layout("parts", CELL, (), (), 1, 1, None, (), imported=imported)


def built(layout: Layout, folder: Path, **options: Any) -> CadReport:
    return build_cad(layout, MATERIALS, folder, formats=options.pop("formats", ()), options=CadOptions(**options))


@pytest.fixture(scope="session")
def step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_step(tmp_path_factory.mktemp("drawn elsewhere") / "angle.step", bracket())


def test_it_weighs_its_volume_and_its_moments_follow_its_place(tmp_path: Path) -> None:
    size, at, turn = np.array([60.0, 40.0, 10.0]), np.array([100.0, -20.0, 7.0]), (20.0, -35.0, 110.0)
    path = write_step(tmp_path / "block.step", box(10, 0, 0, 70, 40, 10))
    mass = built(alone(entry(path, "block", tuple(at), turn)), tmp_path).mass
    kg = size.prod() * KG_MM3
    assert mass["mass_kg"] == pytest.approx(kg, rel=1e-9)
    matrix = np.array(rotation_matrix(turn)).reshape(3, 3)
    assert mass["centre_of_gravity_mm"] == pytest.approx(at + matrix @ [40, 20, 5], abs=1e-9)
    x, y, z = size * 1e-3
    own = kg / 12 * np.diag([y**2 + z**2, z**2 + x**2, x**2 + y**2])  # a homogeneous box
    assert np.array(mass["inertia_kg_m2"]) == pytest.approx(matrix @ own @ matrix.T, rel=1e-9, abs=1e-15)
    corners = np.array([[a, b, c] for a in (10, 70) for b in (0, 40) for c in (0, 10)]) @ matrix.T + at
    assert mass["envelope_mm"]["min"] == pytest.approx(corners.min(axis=0), abs=1e-6)  # the kernel's point tolerance is 1e-7
    assert mass["envelope_mm"]["max"] == pytest.approx(corners.max(axis=0), abs=1e-6)


def test_turns_are_about_the_fixed_axes_x_then_y_then_z() -> None:
    turned = np.array(rotation_matrix((90, 0, 90))).reshape(3, 3) @ [0, 1, 0]
    assert turned.tolist() == [0, 0, 1]  # y goes up about x, and stays so about z; exactly
    turned = np.array(rotation_matrix((90, 90, 0))).reshape(3, 3) @ [0, 1, 0]
    assert turned.tolist() == [1, 0, 0]  # then about y


@pytest.mark.parametrize("unit", ["INCH", "M"])
def test_the_files_units_become_millimetres(tmp_path: Path, unit: str) -> None:
    path = write_step(tmp_path / "in other units.step", bracket(), unit)
    report = built(alone(entry(path, "one")), tmp_path)
    assert report.volumes[0].cad_mm3 == pytest.approx(BRACKET_MM3, rel=1e-9)


def test_all_solids_of_a_file_are_one_part_and_that_is_said(tmp_path: Path) -> None:
    path = write_step(tmp_path / "pair.step", together(box(0, 0, 0, 10, 10, 10), box(20, 0, 0, 30, 10, 10), a_face(bracket())))
    report = built(alone(entry(path, "pair")), tmp_path, formats=("step", "stl", "glb"))
    assert report.parts == 1
    assert report.mass["mass_kg"] == pytest.approx(2000 * KG_MM3, rel=1e-9)
    (note,) = report.findings
    assert (note.kind, note.severity) == ("import", "note")
    assert "its 2 solids are one part; a surface that is no solid is left out" in note.message


def test_solids_of_one_file_that_overlap_count_once_and_are_named_with_place_and_volume(tmp_path: Path) -> None:
    # a plate, a pin of r 4 mm pressed 6 mm deep into it, and a boss that only stands on it
    path = write_step(
        tmp_path / "pressed.step", together(box(0, 0, -10, 60, 40, 6), cylinder(20, 20, 4, 30), box(40, 5, 6, 50, 15, 20))
    )
    report = built(alone(entry(path, "pressed", (100, 0, 0))), tmp_path, formats=("step", "stl"))
    overlap, note = report.findings  # neither round trip nor volume: all exports have the same, whole shape
    assert (overlap.kind, overlap.severity, overlap.parts, overlap.unit) == ("import_overlap", "warning", ("pressed",), "mm3")
    assert overlap.value == pytest.approx(math.pi * 16 * 6, rel=1e-9)
    assert "its solids 1 and 2 claim the same 301.6 mm³, from (16, 16, 0) to (24, 24, 6) mm of the file" in overlap.message
    assert note.kind == "import"
    filled = 60 * 40 * 16 + math.pi * 16 * 24 + 10 * 10 * 14
    assert report.mass["mass_kg"] == pytest.approx(filled * KG_MM3, rel=1e-9)
    moment = 60 * 40 * 16 * -2 + math.pi * 16 * 24 * 18 + 10 * 10 * 14 * 13
    assert report.mass["centre_of_gravity_mm"][2] == pytest.approx(moment / filled, abs=1e-9)
    (volume,) = report.volumes
    assert volume.cad_mm3 == pytest.approx(filled, rel=1e-9)


def test_of_solids_that_overlap_by_way_of_others_nothing_counts_twice(tmp_path: Path) -> None:
    twice = box(0, 0, 0, 10, 10, 10)  # drawn twice, a third runs into both, a fourth into the third only; the last is alone
    solids = twice, box(0, 0, 0, 10, 10, 10), box(5, 0, 0, 25, 10, 10), box(24, 0, 0, 30, 10, 10), box(50, 0, 0, 51, 1, 1)
    path = write_step(tmp_path / "chain.step", together(*solids))
    report = built(alone(entry(path, "chain")), tmp_path, formats=("step",))
    overlaps = [finding for finding in report.findings if finding.kind == "import_overlap"]
    assert [finding.value for finding in overlaps] == pytest.approx([1000, 500, 500, 100], rel=1e-9)
    assert report.mass["mass_kg"] == pytest.approx((30 * 10 * 10 + 1) * KG_MM3, rel=1e-9)
    assert {finding.kind for finding in report.findings} == {"import_overlap", "import"}


def test_of_very_many_overlaps_the_largest_are_told_one_by_one(tmp_path: Path) -> None:
    pins = [cylinder(10 * i, 5, 2, 10 + i) for i in range(1, 9)]
    path = write_step(tmp_path / "comb.step", together(box(0, 0, 8, 100, 10, 30), *pins))
    found = [f for f in built(alone(entry(path, "comb")), tmp_path).findings if f.kind == "import_overlap"]
    assert [finding.value for finding in found] == pytest.approx([math.pi * 4 * (2 + i) for i in (8, 7, 6, 5, 4)], rel=1e-9)
    assert found[-1].message.endswith(f"and 3 more such pairs of solids, {math.pi * 4 * (3 + 4 + 5):.4g} mm³")


def test_a_solid_that_the_kernel_cannot_read_is_not_lost_in_silence(tmp_path: Path) -> None:
    path = write_step(tmp_path / "half.step", together(box(0, 0, 0, 10, 10, 10), box(20, 0, 0, 30, 10, 10)))
    text = path.read_text()
    first = text.index("CLOSED_SHELL(")
    path.write_text(text[:first] + "CLOSED_SHELX(" + text[first + len("CLOSED_SHELL(") :])
    (finding,) = built(alone(entry(path, "half")), tmp_path).findings
    assert (finding.kind, finding.severity, finding.value) == ("import_incomplete", "warning", 1)


def test_one_file_in_several_places_is_one_product(tmp_path: Path, step: Path) -> None:
    from packtool.cad.step import read_step

    spots = [
        entry(step, "left", (200, 0, 0)),
        entry(step, "Bügel 右", (-200, 0, 10), (0, 0, 180)),
        entry(step, "askew", (0, 300, 0), (20, 0, 45)),
    ]
    report = built(pack(*spots), tmp_path, formats=("step",))
    assert faults(report) == ()
    assert (report.products, report.parts) == (9, 24)
    read = [i for i in read_step(tmp_path / "pack.step") if i.product == "angle"]
    assert [i.path[-1] for i in read] == ["left", "Bügel 右", "askew"]
    assert {i.rgb for i in read} == {LOOKS["imported"].rgb8}
    assert [i.volume_mm3 for i in read] == [pytest.approx(BRACKET_MM3, rel=1e-9)] * 3
    text = (tmp_path / "pack.step").read_text()
    assert text.count("MANIFOLD_SOLID_BREP(") + text.count("BREP_WITH_VOIDS(") == 9  # one solid a product
    with (tmp_path / "bom.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["part number"]: row for row in csv.DictReader(stream)}
    row = rows["angle"]
    assert (row["quantity"], row["material"], row["mass standing"]) == ("3", "al", "literature default")
    assert float(row["unit mass kg"]) == pytest.approx(BRACKET_MM3 * KG_MM3, rel=1e-5)  # six digits


def test_every_export_has_it_in_its_place(tmp_path: Path, step: Path) -> None:
    at, turn = (50.0, -30.0, 200.0), (30.0, 50.0, -70.0)
    report = built(alone(entry(step, "askew", at, turn)), tmp_path, formats=("stl", "glb", "3mf", "step"))
    assert report.findings == ()
    corners = np.array([(x, y, z) for y in (0, 40) for x, z in ((0, 0), (60, 0), (60, 5), (5, 50), (0, 50))], dtype=float)
    corners = corners @ np.array(rotation_matrix(turn)).reshape(3, 3).T + at
    expected = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    single = 1e-4  # mm: coordinates of single precision at 0.2 m
    stl = (tmp_path / "pack.stl").read_bytes()
    points = np.array([struct.unpack_from("<12f", stl, 84 + 50 * i)[3:] for i in range((len(stl) - 84) // 50)]).reshape(-1, 3)
    assert np.concatenate([points.min(axis=0), points.max(axis=0)]) == pytest.approx(expected, abs=single)
    assert glb_bounds(tmp_path / "pack.glb", "askew") == pytest.approx(expected, abs=single)
    assert report.mass["envelope_mm"]["min"] + report.mass["envelope_mm"]["max"] == pytest.approx(expected, abs=1e-6)


def glb_bounds(path: Path, name: str) -> np.ndarray:
    """Where a node's points are, read from the file by its published layout, without the pack's turn to y up [mm]."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    node = next(node for node in document["nodes"] if node["name"] == name)
    position = document["meshes"][node["mesh"]]["primitives"][0]["attributes"]["POSITION"]
    accessor = document["accessors"][position]
    view = document["bufferViews"][accessor["bufferView"]]
    points = np.frombuffer(binary, "<f4", 3 * accessor["count"], view["byteOffset"]).reshape(-1, 3).astype(float)
    x, y, z, w = node["rotation"]
    assert math.hypot(x, y, z, w) == pytest.approx(1, abs=1e-12)
    axis = np.array([x, y, z])
    turned = points + 2 * np.cross(axis, np.cross(axis, points) + w * points)  # of a unit quaternion
    placed = 1000 * (turned + node["translation"])
    return np.concatenate([placed.min(axis=0), placed.max(axis=0)])


def test_an_overlap_is_found_with_its_volume_and_a_touch_is_none(tmp_path: Path, step: Path) -> None:
    # the tray's flange reaches to x = 80, from z = 100 to 103; the leg stands on it, or 2 mm deep in it
    deep = entry(step, "deep", (70, -20, 101))
    report = built(pack(deep), tmp_path)
    (finding,) = faults(report)
    assert (finding.kind, finding.severity, finding.parts) == ("interference", "error", ("tray", "deep"))
    assert finding.value == pytest.approx(10 * 40 * 2, rel=1e-9)
    assert faults(built(pack(replace(deep, origin=(70, -20, 103))), tmp_path)) == ()


def test_two_imported_parts_are_held_against_each_other(tmp_path: Path, step: Path) -> None:
    parts = entry(step, "one", (300, 0, 0)), entry(step, "other", (300, 0, 3), (0, 0, 0))
    (finding,) = faults(built(pack(*parts), tmp_path))
    assert finding.parts == ("one", "other")
    assert finding.value == pytest.approx(60 * 40 * 2 + 5 * 40 * 45, rel=1e-9)  # feet from z = 3 to 5, legs from 5 to 50


def test_beside_hundreds_of_holes_only_those_near_are_looked_at(tmp_path: Path) -> None:
    pitch, count = 4.0, 16
    holes = tuple(Loop.circle(pitch * (i + 0.5), pitch * (j + 0.5), 1.5) for i in range(count) for j in range(count))
    side = pitch * count
    holder = Product("holder", "holder", "al", (Sweep(Profile(Loop.rectangle(0, 0, side, side), holes), 0, 5),))
    path = write_step(tmp_path / "pin.step", box(-0.9, -0.9, -1, 0.9, 0.9, 6))
    in_a_hole = entry(path, "pin", (side + 30 - pitch / 2, 40 + pitch / 2, 0))
    layout = Layout("sieve", CELL, (holder,), (Part("holder", "holder", (side + 30, 40, 0), 90),), 1, 1, None, ())
    assert built(replace(layout, imported=(in_a_hole,)), tmp_path).findings == ()
    off = replace(in_a_hole, origin=(side + 30 - pitch / 2, 40 + pitch, 0))  # on the land between two holes
    (finding,) = built(replace(layout, imported=(off,)), tmp_path).findings
    half = 0.9  # of the pin; the land is 1 mm wide in its middle, and wider where the circles bend away
    free = 2 * sum(math.sqrt(1.5**2 - x**2) - (pitch / 2 - half) for x in np.linspace(-half, half, 20001)) * 2 * half / 20001
    assert finding.value == pytest.approx(5 * (4 * half**2 - free), rel=1e-3)  # the sum is a rectangle rule


def test_alone_it_stands_in_its_own_frame(tmp_path: Path, step: Path) -> None:
    layout = pack(entry(step, "Bügel", (500, 0, 0), (0, 0, 90)))
    report = built(layout, tmp_path, part="Bügel")
    assert report.mass["envelope_mm"]["min"] == pytest.approx([0, 0, 0], abs=1e-6)
    assert report.mass["envelope_mm"]["size"] == pytest.approx([60, 40, 50], abs=1e-6)
    report = built(layout, tmp_path, only=("imported",))
    assert report.parts == 1
    assert report.mass["envelope_mm"]["max"][0] == pytest.approx(500, abs=1e-6)  # where it stands


def test_a_given_mass_goes_before_the_materials(tmp_path: Path, step: Path) -> None:
    mass = built(alone(entry(step, "unit", mass_kg=1.25)), tmp_path).mass
    assert mass["mass_kg"] == 1.25
    assert "unit" not in mass["unknown"]


def test_the_same_bytes_each_time(tmp_path: Path, step: Path) -> None:
    layout = pack(entry(step, "askew", (0, 0, 300), (10, 20, 30)))
    for folder in ("a", "b"):
        built(layout, tmp_path / folder, formats=("step", "glb", "stl", "3mf"))
    for name in ("pack.step", "pack.glb", "pack.stl", "pack.3mf", "bom.csv", "mass.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def refusal(path: Path, folder: Path) -> str:
    with pytest.raises(importing.UnreadableParts) as refused:
        built(pack(entry(path, "it")), folder, formats=("step",))
    assert not (folder / "pack.step").exists()
    ((file, reason),) = refused.value.reasons.items()
    assert file == path.name
    return reason


def test_a_file_without_a_readable_shape_is_refused(tmp_path: Path, step: Path) -> None:
    path = tmp_path / "broken.step"
    path.write_text(step.read_text().replace("MANIFOLD_SOLID_BREP('',#", "MANIFOLD_SOLID_BREP('',#9", 1))
    assert "nothing in it that the CAD kernel can make a shape of" in refusal(path, tmp_path)


def test_a_file_of_surfaces_is_refused(tmp_path: Path) -> None:
    path = write_step(tmp_path / "skin.step", a_face(bracket()))
    assert "there is no solid in it, only 1 surface; in the CAD program knit" in refusal(path, tmp_path)


def test_a_part_longer_than_any_pack_is_refused(tmp_path: Path) -> None:
    path = write_step(tmp_path / "long.step", box(0, 0, 0, 25_400, 10, 10))
    assert "25400 mm long, longer than 20000 mm" in refusal(path, tmp_path)


def test_a_file_that_changed_since_it_was_named_is_refused(tmp_path: Path, step: Path) -> None:
    stale = replace(entry(step, "it"), sha256="0" * 64)
    with pytest.raises(importing.UnreadableParts, match="has changed since the design was loaded"):
        built(pack(stale), tmp_path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"crashed on it \(signal 11\)"),
        ("import time; time.sleep(60)", "not done reading it in 1 s"),
        ("raise SystemExit('no such library')", "failed on it: no such library"),
    ],
)
def test_a_kernel_that_goes_down_takes_nobody_with_it(
    tmp_path: Path, step: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(body)
    monkeypatch.setattr(importing, "CHILD", child)
    monkeypatch.setattr(importing, "TIME_LIMIT_S", 1.0)
    with pytest.raises(importing.UnreadableParts, match=words):
        built(pack(entry(step, "it")), tmp_path)


@pytest.mark.picture
def test_pictures_show_it_whole_and_cut(tmp_path: Path, step: Path) -> None:
    from packtool.cad.cut_views import cut_below
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.shapes import volume_mm3

    layout = pack(entry(step, "cut", (100, 0, 0)), entry(step, "above", (100, 100, 60)), entry(step, "below", (100, 200, -60)))
    read_imported(layout, tmp_path)
    shapes, whole = imported_shapes(layout, tmp_path), with_imported(layout, tmp_path)
    _, parts, left = cut_below(whole, 20.0, shapes)
    assert [part.name for part in parts] == ["cut", "below"]
    assert volume_mm3(left[parts[0].product]) == pytest.approx(60 * 40 * 5 + 5 * 40 * 15, rel=1e-9)
    report = built(layout, tmp_path, pictures=True)
    assert "pictures/whole.png" in report.files


def test_the_drawing_shows_it_in_its_views_and_sections(tmp_path: Path) -> None:
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids
    from packtool.cad.views import plan

    pierced = write_step(tmp_path / "pierced.step", without(box(0, 0, 0, 60, 40, 5), cylinder(20, 20, 4.5, 5)))
    layout = alone(entry(pierced, "flat", (100, 0, 10)), entry(pierced, "upright", (300, 0, 0), (90, 0, 0)))
    read_imported(layout, tmp_path)
    whole = with_imported(layout, tmp_path)
    drawn = KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
    (flat,) = [cut for cut in drawn.cuts(2, 12.0) if cut.part == "flat"]
    (region,) = flat.regions
    chord = 0.05  # mm, of the hole's chords
    assert region.box == pytest.approx((100, 0, 160, 40), abs=1e-6)
    assert region.holds(110, 20)
    assert not region.holds(120, 20)  # the hole
    assert not region.holds(120, 24.5 - 2 * chord)
    assert region.holds(120, 24.5 + chord)
    (upright,) = drawn.cuts(2, 20.0)  # through its hole: two pieces
    assert sorted(region.box[0] for region in upright.regions) == pytest.approx([300, 324.5], abs=chord)
    edges = [edge for edge, role in plan(whole, drawn.seen(2)) if role == "imported"]
    points = np.array([end for a, b, _ in edges for end in (a, b)])
    assert points.min(axis=0) == pytest.approx([100, -5], abs=1e-6)
    assert points.max(axis=0) == pytest.approx([360, 40], abs=1e-6)
    assert any(math.dist(point, (120, 20)) == pytest.approx(4.5, abs=1e-6) for point in points)  # the hole from above
    assert not drawn.cuts(2, 99.0)


def test_the_drawing_leaves_out_what_an_imported_part_hides(tmp_path: Path) -> None:
    """A plate with a hole over the small pack, and beside it, lower: of what is under the plate only what the hole shows is drawn."""
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids
    from packtool.cad.views import elevation, plan

    pierced = write_step(tmp_path / "cover.step", without(box(-90, -90, 0, 90, 90, 5), cylinder(30, 20, 15, 5)))
    lug = write_step(tmp_path / "lug.step", box(-5, -5, 0, 5, 5, 2))
    for height, hidden in ((400.0, True), (-50.0, False)):
        layout = pack(entry(pierced, "cover", (0, 0, height)), entry(lug, "under", (0, 0, 200)))
        read_imported(layout, tmp_path)
        whole = with_imported(layout, tmp_path)
        drawn = KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
        ends = [end for a, b, _ in (e for e, _ in plan(whole, drawn.seen(2), drawn.hiding(2))) for end in (a, b)]
        inside = [(x, y) for x, y in ends if max(abs(x), abs(y)) < 90 - 1e-6]
        chord = 0.2  # mm, of the hole in triangles
        assert all(math.dist(end, (30, 20)) < 15 + chord for end in inside) == hidden
        assert any(math.dist(end, (30, 20)) < 14 for end in inside)  # through the hole
        assert ((5, 5) in {(round(x, 6), round(y, 6)) for x, y in inside}) != hidden  # the lug
        front = [end for a, b, _ in (e for e, _ in elevation(whole, "y", drawn.seen(1), drawn.hiding(1))) for end in (a, b)]
        assert (90, height) in {(round(x, 6), round(z, 6)) for x, z in front}


def test_of_a_bracket_the_faces_towards_the_viewer_hide(tmp_path: Path, step: Path) -> None:
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids

    layout = alone(entry(step, "one", (10, 20, 30)))
    read_imported(layout, tmp_path)
    whole = with_imported(layout, tmp_path)
    drawn = KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
    expected = {  # boxes in the view and how near: foot and leg from above, the L's three faces from the front, the leg from the left
        2: [((10, 20, 15, 60), 80), ((15, 20, 70, 60), 35)],
        1: [((10, 30, 15, 35), -20), ((10, 35, 15, 80), -20), ((15, 30, 70, 35), -20)],
        0: [((-60, 30, -20, 35), -10), ((-60, 35, -20, 80), -10)],
    }
    for axis, faces in expected.items():
        found = sorted((tuple(round(v, 6) for v in face.region.box), round(face.near, 6)) for face in drawn.hiding(axis))
        assert found == sorted(faces)


def test_a_solid_with_a_place_of_its_own_in_the_file_keeps_its_name(tmp_path: Path) -> None:
    from OCP.gp import gp_Trsf, gp_Vec
    from OCP.TopLoc import TopLoc_Location

    shift = gp_Trsf()
    shift.SetTranslation(gp_Vec(7, 0, 0))
    path = write_step(tmp_path / "moved.step", together(bracket().Moved(TopLoc_Location(shift))))
    report = built(alone(entry(path, "one")), tmp_path, formats=("step",))
    assert report.findings == ()  # the round trip finds the product under its name
    assert report.mass["envelope_mm"]["min"] == pytest.approx([7, 0, 0], abs=1e-6)


def test_a_part_of_very_many_faces_is_drawn_with_all_its_edges(tmp_path: Path, step: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import packtool.cad.kernel_drawing as drawing
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.solids import product_solids

    layout = alone(entry(step, "one", (10, 20, 30)))
    read_imported(layout, tmp_path)
    whole = with_imported(layout, tmp_path)
    drawn = drawing.KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
    for axis, around in ((2, (10, 20, 70, 60)), (1, (10, 30, 70, 80)), (0, (-60, 30, -20, 80))):
        seen = []
        for most in (300, 3):
            monkeypatch.setattr(drawing, "MOST_FACES", most)
            (loose,) = drawn.seen(axis)
            points = np.array([end for a, b, _ in loose.edges for end in (a, b)])
            assert [*points.min(axis=0), *points.max(axis=0)] == pytest.approx(around, abs=1e-6)
            seen.append(len(loose.edges))
        assert seen[1] > seen[0]  # hidden ones, too


def test_one_file_in_two_materials_is_two_products_in_the_step_file(tmp_path: Path, step: Path) -> None:
    from packtool.cad.step import read_step

    light, heavy = entry(step, "light", (200, 0, 0)), replace(entry(step, "heavy", (-200, 0, 0), mass_kg=3.0), product="angle 2")
    report = built(pack(light, heavy), tmp_path, formats=("step",))
    assert faults(report) == ()
    read = {i.path[-1]: i.product for i in read_step(tmp_path / "pack.step")}
    assert (read["light"], read["heavy"]) == ("angle", "angle 2")


def test_the_reader_ends_by_itself_where_whoever_started_it_is_gone(tmp_path: Path) -> None:
    """Loading the kernel alone takes most of a second of CPU, so that its allowance of one is used up at once or soon after."""
    task = {"path": str(tmp_path / "endless.step"), "sha256": "", "tilts": [], "cpu_s": 1}
    waits = "import resource, runpy, sys; resource.setrlimit = lambda *limit, set=resource.setrlimit: (set(*limit), [0 for _ in iter(int, 1)])"
    command = [
        sys.executable,
        "-c",
        f"{waits}; sys.argv = ['', 'x']; runpy.run_path({str(importing.CHILD)!r}, run_name='__main__')",
    ]
    done = subprocess.run(command, input=json.dumps(task), text=True, capture_output=True, timeout=60, check=False)
    assert -done.returncode in (signal.SIGXCPU, signal.SIGKILL), done.stderr
