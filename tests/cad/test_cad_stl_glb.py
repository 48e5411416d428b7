"""The triangles: watertight, of the right volume, in the right place, in files that other programs read."""

from __future__ import annotations

import json
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cad_layouts import CELL, Built

import packtool.cad.tessellate as triangulation
from packtool.cad.colours import LOOKS
from packtool.cad.tessellate import CHORD_MM
from packtool.layout.profiles import SAME_POINT_MM, Loop, Profile
from packtool.layout.records import Detail, Layout, Part, Product, Sweep

pytestmark = pytest.mark.cad


def read_stl(path: Path) -> np.ndarray:
    """Corners (n, 3, 3) of a binary STL, by the published layout and not by the writer's own record."""
    data = path.read_bytes()
    (count,) = struct.unpack_from("<I", data, 80)
    assert len(data) == 84 + 50 * count
    assert not data.startswith(b"solid")
    return np.array([struct.unpack_from("<12f", data, 84 + 50 * i)[3:] for i in range(count)]).reshape(count, 3, 3)


def volume(corners: np.ndarray) -> float:
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def directed_edges(corners: np.ndarray) -> Counter:
    points = [[tuple(point) for point in triangle] for triangle in corners]
    return Counter((t[i], t[(i + 1) % 3]) for t in points for i in range(3))


def products(built: Built) -> list[str]:
    return [product.id for product in built.layout.products]


def test_each_product_is_watertight(built: Built) -> None:
    for product in products(built):
        edges = directed_edges(read_stl(built.folder / "stl" / f"{product}.stl"))
        assert set(edges.values()) == {1}, product  # no edge is used twice in the same direction
        assert all((b, a) in edges for a, b in edges), product  # and each is met by its reverse


def test_each_product_has_its_volume_to_the_chord_tolerance(built: Built) -> None:
    for product in built.layout.products:
        exact = product.finished_volume_mm3()
        meshed = volume(read_stl(built.folder / "stl" / f"{product.id}.stl"))
        straight = product.edge_radius_mm == 0 and all(
            loop.is_straight for sweep in product.sweeps for loop in (sweep.profile.outer, *sweep.profile.holes)
        )
        if straight:
            assert meshed == pytest.approx(exact, rel=1e-6)  # single precision coordinates
        else:
            arcs = 200 * 150 * CHORD_MM  # less than 200 mm of arc in any product, 150 mm high at most
            assert 0 < abs(meshed - exact) < arcs


def test_points_that_two_faces_computed_apart_become_one() -> None:
    points = np.array([[1.0, 2.0, 3.0], [1.0 + 4e-16, 2.0 - 9e-8, 3.0], [1.0, 2.0, 3.1], [-1.0, 2.0, 3.1 + 5e-8]])
    snapped = triangulation._snapped(points)
    assert snapped == pytest.approx(points, abs=SAME_POINT_MM)
    assert snapped[0].tolist() == snapped[1].tolist()
    assert snapped[2, 2] == snapped[3, 2]
    assert len({*snapped[:, 0]}) == len({*snapped[:, 2]}) == 2  # what is apart stays apart


def test_normals_point_outwards(built: Built) -> None:
    data = (built.folder / "stl" / "cell.stl").read_bytes()
    facets = np.array([struct.unpack_from("<12f", data, 84 + 50 * i) for i in range((len(data) - 84) // 50)])
    corners = facets[:, 3:].reshape(-1, 3, 3)
    outwards = corners.mean(axis=1) - [0, 0, 40]  # the cell is convex, and 80 mm high
    assert np.all(np.einsum("ij,ij->i", facets[:, :3], outwards) > 0)
    assert np.linalg.norm(facets[:, :3], axis=1) == pytest.approx(1, abs=1e-6)  # single precision


def test_the_pack_is_all_parts_in_place(built: Built) -> None:
    corners = read_stl(built.folder / "pack.stl")
    counts = Counter(part.product for part in built.layout.parts)
    per_product = {product: read_stl(built.folder / "stl" / f"{product}.stl") for product in products(built)}
    assert len(corners) == sum(len(per_product[product]) * count for product, count in counts.items())
    assert volume(corners) == pytest.approx(
        sum(volume(per_product[p]) * n for p, n in counts.items()), rel=1e-5
    )  # single precision
    edges = directed_edges(corners)
    assert all(edges[b, a] == count for (a, b), count in edges.items())
    first = 0
    for part in built.layout.parts:
        own = corners[first : first + len(per_product[part.product])].reshape(-1, 3)
        first += len(per_product[part.product])
        assert [*own.min(axis=0), *own.max(axis=0)] == pytest.approx(built.layout.part_bounds(part), abs=1e-4)  # single precision


def test_the_merged_file_of_a_huge_pack_is_coarser_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from cad_layouts import MATERIALS

    import packtool.cad.stl as stl
    from packtool.cad.build import build_cad

    can = Loop.circle(0, 0, 10.5)
    dent = Detail(Profile(Loop.circle(0, 0, 5)), "z", 69, 70)
    cell = Product("can", "cell", "al", (Sweep(Profile(can), 0, 70),), details=(dent,))
    plate = Product("plate", "holder", "al", (Sweep(Profile(Loop.rectangle(-30, -15, 30, 15), (can,)), 0, 8),))
    parts = [Part(f"can {i}", "can", (30.0 * i, 0, 0)) for i in range(5)]
    pack = Layout("rack", CELL, (cell, plate), (*parts, Part("plate", "plate", (0, 50, 0))), 1, 1, None, ())
    sizes = []
    for most in (1_000_000, 300):
        monkeypatch.setattr(stl, "MOST_FACETS", most)
        report = build_cad(pack, MATERIALS, tmp_path / str(most), formats=("stl",))
        corners = read_stl(tmp_path / str(most) / "pack.stl")
        edges = directed_edges(corners)
        assert all(edges[b, a] == count for (a, b), count in edges.items())  # watertight
        sizes.append(len(corners))
        notes = [finding for finding in report.findings if finding.kind == "coarse_stl"]
    (note,) = notes  # of the second
    assert (note.severity, note.value) == ("note", sizes[1])
    assert f"{sizes[0]:,} facets" in note.message
    assert sizes[1] < sizes[0] / 2
    own = [read_stl(tmp_path / str(most) / "stl" / "can.stl") for most in (1_000_000, 300)]
    assert np.array_equal(*own)  # a product's own file has everything
    can_facets = (len(corners) - len(read_stl(tmp_path / "300" / "stl" / "plate.stl"))) // 5
    first = corners[: min(can_facets, 60)]
    assert set(first[:, :, 2].ravel().tolist()) == {0.0, 70.0}  # without its dent


def read_glb(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data, 0)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    json_length, json_kind = struct.unpack_from("<I4s", data, 12)
    binary_length, binary_kind = struct.unpack_from("<I4s", data, 20 + json_length)
    assert (json_kind, binary_kind) == (b"JSON", b"BIN\0")
    assert json_length % 4 == binary_length % 4 == 0
    assert 20 + json_length + 8 + binary_length == len(data)
    return json.loads(data[20 : 20 + json_length]), data[28 + json_length :]


def accessor(document: dict[str, Any], binary: bytes, index: int) -> np.ndarray:
    entry = document["accessors"][index]
    view = document["bufferViews"][entry["bufferView"]]
    kind = {5126: "<f4", 5125: "<u4"}[entry["componentType"]]
    width = {"SCALAR": 1, "VEC3": 3}[entry["type"]]
    assert view["byteOffset"] % 4 == 0
    assert view["byteOffset"] + view["byteLength"] <= document["buffers"][0]["byteLength"] <= len(binary)
    assert entry["count"] * width * 4 == view["byteLength"]
    return np.frombuffer(binary, kind, entry["count"] * width, view["byteOffset"]).reshape(-1, width)


def test_glb_shows_each_product_once_with_sound_accessors(built: Built) -> None:
    document, binary = read_glb(built.folder / "pack.glb")
    assert [mesh["name"] for mesh in document["meshes"]] == products(built)
    for mesh in document["meshes"]:
        (primitive,) = mesh["primitives"]
        points = accessor(document, binary, primitive["attributes"]["POSITION"])
        normals = accessor(document, binary, primitive["attributes"]["NORMAL"])
        corners = accessor(document, binary, primitive["indices"]).reshape(-1, 3)
        limits = document["accessors"][primitive["attributes"]["POSITION"]]
        assert (limits["min"], limits["max"]) == (points.min(axis=0).tolist(), points.max(axis=0).tolist())
        assert corners.max() == len(points) - 1 == len(normals) - 1
        assert np.linalg.norm(normals, axis=1) == pytest.approx(1, abs=1e-6)  # single precision
        flat = np.cross(points[corners[:, 1]] - points[corners[:, 0]], points[corners[:, 2]] - points[corners[:, 0]])
        flat /= np.linalg.norm(flat, axis=1, keepdims=True)
        # the shading normal of a corner turns from its triangle's by half a step of 15 degrees at most, with room
        assert np.all(np.einsum("ij,ikj->ik", flat, normals[corners]) > np.cos(np.radians(15)))
        closed_form = {v.product: v.closed_form_mm3 for v in built.report.volumes}[mesh["name"]]
        assert volume(points[corners].astype(float)) * 1e9 == pytest.approx(closed_form, rel=2e-3)  # chords; metres


def test_glb_nodes_are_the_parts_by_name_in_their_groups_and_places(built: Built) -> None:
    document, binary = read_glb(built.folder / "pack.glb")
    nodes, found = document["nodes"], {}

    def walk(index: int, path: tuple[str, ...], matrix: np.ndarray) -> None:
        node = nodes[index]
        matrix = matrix @ pose(node)
        if "mesh" in node:
            found[(*path, node["name"])] = (node, matrix)
        for child in node.get("children", ()):
            walk(child, (*path, node["name"]), matrix)

    walk(document["scenes"][0]["nodes"][0], (), np.eye(4))
    assert set(found) == {("small-pack", *part.group, part.name) for part in built.layout.parts}
    for part in built.layout.parts:
        node, matrix = found[("small-pack", *part.group, part.name)]
        product = built.layout.product(part.product)
        primitive = document["meshes"][node["mesh"]]["primitives"][0]
        look, base = LOOKS[product.role], document["materials"][primitive["material"]]
        assert base["name"] == product.role
        assert base["pbrMetallicRoughness"]["baseColorFactor"] == [*look.linear_rgb, look.alpha]
        assert node["extras"]["material"] == product.material
        assert node["extras"].get("series") == part.series
        points = accessor(document, binary, primitive["attributes"]["POSITION"]).astype(float)
        x, y, z = (points @ matrix[:3, :3].T + matrix[:3, 3]).T * 1000
        ours = [x.min(), -z.max(), y.min(), x.max(), -z.min(), y.max()]  # glTF: y up, z towards the viewer
        assert ours == pytest.approx(built.layout.part_bounds(part), abs=1e-4)  # single precision


def pose(node: dict[str, Any]) -> np.ndarray:
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix
