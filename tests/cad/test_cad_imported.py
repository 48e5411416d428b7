"""Parts from STEP files: placed, weighed, checked and exported as if they were packtool's own."""

from __future__ import annotations

import csv
import json
import math
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cad_layouts import CELL
from imported_packs import KG_MM3, alone, built, faults, pack
from step_shapes import BRACKET_MM3, box, bracket, entry, together, write_step

from packtool.cad.colours import LOOKS
from packtool.layout.imported import rotation_matrix
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep

pytestmark = pytest.mark.cad


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


def test_a_solid_with_a_place_of_its_own_in_the_file_keeps_its_name(tmp_path: Path) -> None:
    from OCP.gp import gp_Trsf, gp_Vec
    from OCP.TopLoc import TopLoc_Location

    shift = gp_Trsf()
    shift.SetTranslation(gp_Vec(7, 0, 0))
    path = write_step(tmp_path / "moved.step", together(bracket().Moved(TopLoc_Location(shift))))
    report = built(alone(entry(path, "one")), tmp_path, formats=("step",))
    assert report.findings == ()  # the round trip finds the product under its name
    assert report.mass["envelope_mm"]["min"] == pytest.approx([7, 0, 0], abs=1e-6)


def test_one_file_in_two_materials_is_two_products_in_the_step_file(tmp_path: Path, step: Path) -> None:
    from packtool.cad.step import read_step

    light, heavy = entry(step, "light", (200, 0, 0)), replace(entry(step, "heavy", (-200, 0, 0), mass_kg=3.0), product="angle 2")
    report = built(pack(light, heavy), tmp_path, formats=("step",))
    assert faults(report) == ()
    read = {i.path[-1]: i.product for i in read_step(tmp_path / "pack.step")}
    assert (read["light"], read["heavy"]) == ("angle", "angle 2")
