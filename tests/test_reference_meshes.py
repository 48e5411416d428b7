"""The meshes kept in meshes/: still what packtool writes, still readable by others, still small."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "meshes"

SIZES = {  # name -> (elements, volume [m³] or area [m²]), by hand from the boxes 120 x 60 x 6 and 100 x 40 x 90 mm
    "plate": (7 * 4 * 1, 0.120 * 0.060 * 0.006),
    "cell": (5 * 2 * 3, 0.100 * 0.040 * 0.090),
    "cooled": (7 * 4, 0.120 * 0.060),
    "top": (5 * 2, 0.100 * 0.040),
    "plate|cell": (5 * 2, 0.100 * 0.040),
    "plate.x-": (4, 0.060 * 0.006),
    "plate.x+": (4, 0.060 * 0.006),
    "plate.y-": (7, 0.120 * 0.006),
    "plate.y+": (7, 0.120 * 0.006),
    "plate.z+": (7 * 4 - 5 * 2, 0.120 * 0.060 - 0.100 * 0.040),
    "cell.x-": (2 * 3, 0.040 * 0.090),
    "cell.x+": (2 * 3, 0.040 * 0.090),
    "cell.y-": (5 * 3, 0.100 * 0.090),
    "cell.y+": (5 * 3, 0.100 * 0.090),
}


def hex_volumes(corner):
    """Of hexahedra with parallel faces (n, 8, 3): three edges of a corner."""
    edges = corner[:, [1, 3, 4]] - corner[:, :1]
    return np.linalg.det(edges)


def quad_areas(corner):
    """Of rectangles (n, 4, 3)."""
    return np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 3] - corner[:, 0]), axis=1)


def groups_in(path):
    """What meshio, not packtool, finds in a mesh file: name -> (elements, their volume or area)."""
    import meshio

    mesh = meshio.read(path)
    found = {}
    for name, (tag, dim) in mesh.field_data.items():
        kind, measure = ("hexahedron", hex_volumes) if dim == 3 else ("quad", quad_areas)
        blocks = zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True)
        nodes = np.concatenate([block.data[tags == tag] for block, tags in blocks if block.type == kind])
        found[name] = (len(nodes), float(measure(mesh.points[nodes]).sum()))
    return found


@pytest.fixture(scope="module")
def written_today(tmp_path_factory):
    path = tmp_path_factory.mktemp("meshes") / "two_boxes.msh"
    subprocess.run([sys.executable, FOLDER / "two_boxes.py", path], check=True, timeout=120)
    return path


@pytest.mark.fem
@pytest.mark.parametrize("which", ["kept", "written today"])
def test_two_boxes_by_count_name_and_size(which, written_today):
    found = groups_in(FOLDER / "two_boxes.msh" if which == "kept" else written_today)
    assert set(found) == set(SIZES)
    for name, (count, size) in SIZES.items():
        assert found[name][0] == count, name
        assert found[name][1] == pytest.approx(size, rel=1e-12), name  # boxes: exact but for rounding


@pytest.mark.fem
def test_the_kept_file_has_the_points_and_elements_of_its_input():
    import meshio

    kept, mesh = meshio.read(FOLDER / "two_boxes.msh"), runpy.run_path(FOLDER / "two_boxes.py")["MESH"]
    np.testing.assert_array_equal(kept.points, mesh.points)
    hexes = np.concatenate([block.data for block in kept.cells if block.type == "hexahedron"])
    np.testing.assert_array_equal(hexes, mesh.hexes[np.argsort(mesh.region, kind="stable")])


def test_every_kept_mesh_is_small_listed_and_has_its_input():
    listed = set(re.findall(r"`(\w+\.msh)`", (FOLDER / "README.md").read_text(encoding="utf-8")))
    kept = {path.name: path for path in FOLDER.glob("*.msh")}
    assert set(kept) == listed
    for path in kept.values():
        assert path.stat().st_size < 20_000
        assert any(path.with_suffix(ending).is_file() for ending in (".py", ".yaml"))
