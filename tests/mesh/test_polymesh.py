"""OpenFOAM's polyMesh: the rules of its format, and names and volumes read back by another program."""

from __future__ import annotations

import re

import numpy as np
import pytest
from mesh_layouts import small_pack

from packtool.errors import MeshError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.build import mesh_layout
from packtool.mesh.measures import facet_areas, facet_normals, region_volumes
from packtool.mesh.polymesh import REST, faces_of, write_polymesh

PAIR = mesh_boxes(
    [Box("A", "cell", "s", 0, 0, 0, 2, 1, 1), Box("B", "cell", "t", 2, 0, 0, 3, 1, 1)],
    divisions=(3, 2, 2),
    boundaries={"A.x-": "inlet", "B.x+": "outlet"},
)
FLOW = {name: PAIR.boundaries[name] for name in ("inlet", "outlet")}
ZONES = {region.name: np.flatnonzero(PAIR.region == i) for i, region in enumerate(PAIR.regions)}


def _list(path, kind=int):
    """The entries of an ASCII list file, one row of numbers each."""
    body = path.read_text().split("\n(\n", 1)[1].rsplit(")\n", 1)[0]
    return [[kind(v) for v in re.sub(r"^\d*\(|\)$", "", row).split()] for row in body.splitlines()]


def test_inner_faces_come_first_and_point_from_the_smaller_element_to_the_larger():
    faces = faces_of(PAIR.hexes)
    n_inner = len(faces.neighbour)
    assert len(faces.nodes) == 6 * len(PAIR.hexes) - n_inner  # each inner face is counted by two elements
    assert (faces.owner[:n_inner] < faces.neighbour).all()
    pairs = np.stack([faces.owner[:n_inner], faces.neighbour], axis=1)
    assert (np.lexsort(pairs.T[::-1]) == np.arange(n_inner)).all()
    centre = PAIR.points[PAIR.hexes].mean(axis=1)
    outwards = PAIR.points[faces.nodes].mean(axis=1) - centre[faces.owner]
    assert (np.einsum("fx,fx->f", facet_normals(PAIR.points, faces.nodes), outwards) > 0).all()


def test_patches_hold_their_faces_one_after_the_other(tmp_path):
    write_polymesh(tmp_path, PAIR.points, PAIR.hexes, FLOW, cell_zones=ZONES, patch_types={"inlet": "patch", "outlet": "wall"})
    faces = np.array(_list(tmp_path / "faces"))
    rows = re.findall(r"(\w+)\n\{\n    type (\w+);\n    nFaces (\d+);\n    startFace (\d+);", (tmp_path / "boundary").read_text())
    assert [(name, kind) for name, kind, *_ in rows] == [("inlet", "patch"), ("outlet", "wall"), (REST, "wall")]
    begins = [int(start) for *_, start in rows]
    assert begins[0] == len(_list(tmp_path / "neighbour"))
    assert begins[1:] == [begin + int(n) for (*_, n, _), begin in zip(rows, begins, strict=True)][:-1]
    points = np.array(_list(tmp_path / "points", float))
    assert (points == PAIR.points).all()
    for (name, _, n, _), begin in zip(rows[:2], begins, strict=False):
        there = faces[begin : begin + int(n)]
        assert {*map(frozenset, there.tolist())} == {*map(frozenset, FLOW[name].tolist())}
        assert facet_areas(points, there).sum() == pytest.approx(1, rel=1e-12)
    assert sum(int(n) for *_, n, _ in rows) + begins[0] == len(faces)


def test_face_zones_keep_their_normal(tmp_path):
    for facets, flips in ((PAIR.interfaces["A|B"], {0}), (PAIR.interfaces["A|B"][:, ::-1], {1})):
        names = write_polymesh(tmp_path, PAIR.points, PAIR.hexes, FLOW, face_zones={"A|B": facets})
        text = (tmp_path / "faceZones").read_text()
        assert names["A|B"] in text
        flip = re.search(r"flipMap List<bool> \d+\n\(\n([01\n]*)\)", text)
        assert flip is not None
        assert {int(v) for v in flip[1].split()} == flips


@pytest.mark.parametrize(
    ("boundaries", "zones", "words"),
    [
        ({"x": PAIR.interfaces["A|B"]}, {}, "'x' has facets between two elements"),
        ({"x": FLOW["inlet"], "y": FLOW["inlet"]}, {}, "'y' has facets that are named twice"),
        ({"x": FLOW["inlet"] + 1}, {}, "faces of no element"),
        (FLOW, {"z": FLOW["inlet"]}, "'z' has facets on the outside"),
    ],
)
def test_facets_on_the_wrong_side_are_refused(tmp_path, boundaries, zones, words):
    with pytest.raises(MeshError, match=words):
        write_polymesh(tmp_path, PAIR.points, PAIR.hexes, boundaries, face_zones=zones)
    assert not list(tmp_path.iterdir())


@pytest.mark.picture  # VTK's reader of OpenFOAM cases
def test_vtk_reads_zones_and_patches_back_with_their_sizes(tmp_path):
    from vtkmodules.vtkFiltersVerdict import vtkCellSizeFilter
    from vtkmodules.vtkIOGeometry import vtkOpenFOAMReader

    mesh = mesh_layout(small_pack(), "coarse").mesh
    zones = {region.name: np.flatnonzero(mesh.region == i) for i, region in enumerate(mesh.regions)}
    folder = tmp_path / "constant" / "polyMesh"
    names = write_polymesh(folder, mesh.points, mesh.hexes, mesh.boundaries, cell_zones=zones, face_zones=mesh.interfaces)
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text(
        "FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }\n"
    )
    case = tmp_path / "case.foam"
    case.touch()
    reader = vtkOpenFOAMReader()
    reader.SetFileName(str(case))
    reader.ReadZonesOn()
    reader.UpdateInformation()
    reader.EnableAllPatchArrays()
    reader.Update()

    sizes = {}

    def look(block):
        for i in range(block.GetNumberOfBlocks()):
            name, inside = block.GetMetaData(i).Get(block.NAME()), block.GetBlock(i)
            if inside.IsA("vtkMultiBlockDataSet"):
                look(inside)
            else:
                measure = vtkCellSizeFilter()
                measure.SetInputData(inside)
                measure.Update()
                data = measure.GetOutput().GetCellData()
                arrays = [data.GetArray(key) for key in ("Area", "Volume")]
                sizes[name] = [sum(array.GetTuple1(row) for row in range(array.GetNumberOfTuples())) for array in arrays]

    look(reader.GetOutput())
    for region, volume in zip(mesh.regions, region_volumes(mesh), strict=True):
        assert sizes[names[region.name]][1] == pytest.approx(volume, rel=1e-6), region.name  # VTK keeps points in single precision
    for name, facets in {**mesh.boundaries, **mesh.interfaces}.items():
        assert sizes[names[name]][0] == pytest.approx(facet_areas(mesh.points, facets).sum(), rel=1e-6), name
