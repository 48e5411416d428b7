"""Mesh exports: every format is read back by another program, or by its own manual's rules, with names, volumes and areas."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import meshio
import numpy as np
import pytest
from mesh_layouts import small_pack

from packtool.errors import MeshError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.build import mesh_layout
from packtool.mesh.formats import FORMATS, write_mesh
from packtool.mesh.mapdl import component_names
from packtool.mesh.measures import element_volumes, facet_areas, region_volumes
from packtool.mesh.records import Region, TaggedMesh
from packtool.mesh.sides import sides_of
from packtool.mesh.surfaces import named_surfaces
from packtool.mesh.words import as_words

PACK = mesh_layout(small_pack(), "coarse").mesh
PAIR = mesh_boxes(
    [Box("Zelle ä", "cell", "s", 0, 0, 0, 1, 1, 1), Box("B", "cell", "t", 1, 0, 0, 2, 1, 1)],
    divisions=(2, 2, 1),
    contacts=[("Zelle ä", "B")],
)
MESHES = pytest.mark.parametrize("mesh", [PACK, PAIR], ids=["pack", "contact"])
WORDS = {id(mesh): as_words([*(region.name for region in mesh.regions), *named_surfaces(mesh)]) for mesh in (PACK, PAIR)}
TEN_DIGITS = 1e-8  # of coordinates written with ten digits


def volumes_of(mesh):
    return {region.name: volume for region, volume in zip(mesh.regions, region_volumes(mesh), strict=True)}


def areas_of(mesh):
    return {name: facet_areas(mesh.points, facets).sum() for name, facets in named_surfaces(mesh).items()}


def volume(points, hexes):
    """Of hexahedra as a reader gives them; none may be inside out."""
    part = element_volumes(TaggedMesh(points, hexes.astype(np.int64), np.zeros(len(hexes), int), (Region("a", "a", "a"),), {}))
    assert part.min() > 0
    return part.sum()


@MESHES
def test_abaqus_sets_and_surfaces(tmp_path, mesh):
    write_mesh(tmp_path, mesh, "inp")
    words, read = WORDS[id(mesh)], meshio.read(tmp_path / "pack.inp")
    first = np.cumsum([0] + [len(block.data) for block in read.cells])
    hexes = np.concatenate([block.data for block in read.cells])
    for name, expected in volumes_of(mesh).items():
        sets = read.cell_sets[words[name]]
        chosen = np.concatenate([first[i] + np.asarray(s, dtype=int) for i, s in enumerate(sets) if len(s)])
        assert volume(read.points, hexes[chosen]) == pytest.approx(expected, rel=1e-12)
    # surfaces, which meshio leaves out: by the face table of Abaqus's manual
    table = {1: (1, 2, 3, 4), 2: (5, 8, 7, 6), 3: (1, 5, 6, 2), 4: (2, 6, 7, 3), 5: (3, 7, 8, 4), 6: (4, 8, 5, 1)}
    text = (tmp_path / "pack.inp").read_text()
    sets = {
        name: np.array(re.findall(r"\d+", rows), dtype=int)
        for name, rows in re.findall(r"^\*ELSET, ELSET=(\S+)\n([\d, \n]+)", text, re.MULTILINE)
    }
    elements = text[text.index("*ELEMENT") : text.index("*ELSET, ")]
    nodes = {int(row[0]): row[1:] for row in re.findall(r"^(\d+)" + r", (\d+)" * 8 + "$", elements, re.MULTILINE)}
    found = re.findall(r"^\*SURFACE, TYPE=ELEMENT, NAME=(\S+)\n((?:\w\S*, S\d\n)+)", text, re.MULTILINE)
    assert {name for name, _ in found} == {words[name] for name in named_surfaces(mesh)}
    areas = {}
    for name, rows in found:
        facets = [
            [int(nodes[e][c - 1]) - 1 for c in table[int(face)]]
            for part, face in re.findall(r"(\S+), S(\d)", rows)
            for e in sets[part]
        ]
        areas[name] = facet_areas(mesh.points, np.array(facets)).sum()
    for name, expected in areas_of(mesh).items():
        assert areas[words[name]] == pytest.approx(expected, rel=1e-12), name
    assert max(len(line) for line in text.splitlines()) <= 256  # Abaqus's longest line


def test_a_facet_belongs_to_the_element_that_its_normal_points_out_of():
    facets = {**PACK.interfaces, **PACK.boundaries}
    for name, (element, _) in sides_of(PACK.hexes, facets).items():
        corner = PACK.points[facets[name]]
        normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 3] - corner[:, 0])
        outwards = corner.mean(axis=1) - PACK.points[PACK.hexes[element]].mean(axis=1)
        assert (np.einsum("fx,fx->f", normal, outwards) > 0).all(), name
    with pytest.raises(MeshError, match="'x' has facets that are faces of no element"):
        sides_of(PACK.hexes, {"x": PACK.hexes[:1, :4] * 0})


@MESHES
def test_nastran_properties_and_their_names(tmp_path, mesh):
    write_mesh(tmp_path, mesh, "bdf")
    words, text = WORDS[id(mesh)], (tmp_path / "pack.bdf").read_text()
    names = {name: int(number) for number, name in re.findall(r'^\$HMNAME PROP +(\d+)"(.+)"$', text, re.MULTILINE)}
    assert dict(re.findall(r"^\$ Femap Property (\d+) : (.+)$", text, re.MULTILINE)) == {str(i): n for n, i in names.items()}
    assert set(names) == set(words.values())
    read = meshio.read(tmp_path / "pack.bdf")
    np.testing.assert_allclose(read.points, mesh.points, atol=TEN_DIGITS)
    blocks = list(zip(read.cells, read.cell_data["nastran:ref"], strict=True))
    for name, expected in {**volumes_of(mesh), **areas_of(mesh)}.items():
        kind = "hexahedron" if name in volumes_of(mesh) else "quad"
        of_name = [block.data[refs == names[words[name]]] for block, refs in blocks if block.type == kind]
        nodes = np.concatenate(of_name)
        size = volume(read.points, nodes) if kind == "hexahedron" else facet_areas(read.points, nodes).sum()
        assert size == pytest.approx(expected, rel=1e-6), name


READ_WITH_GMSH = """
import gmsh, json, sys
import numpy as np
gmsh.initialize(readConfigFiles=False, interruptible=False)
gmsh.option.setNumber("General.Terminal", 0)
gmsh.open(sys.argv[1])
tags, places, _ = gmsh.model.mesh.getNodes()
at = np.zeros((int(tags.max()) + 1, 3))
at[tags] = places.reshape(-1, 3)
found = {}
for dim, tag in gmsh.model.getPhysicalGroups():
    size = 0.0
    for entity in gmsh.model.getEntitiesForPhysicalGroup(dim, tag):
        types, elements, nodes = gmsh.model.mesh.getElements(dim, int(entity))
        for kind, of_type in zip(types, nodes):
            corner = at[of_type.reshape(-1, 8 if kind == 5 else 4)]
            if kind == 5:
                size += float(np.linalg.det(np.stack([corner[:, i] - corner[:, 0] for i in (1, 3, 4)], axis=1)).sum())
            else:
                size += float(np.linalg.norm(np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]), axis=1).sum() / 2)
    found[gmsh.model.getPhysicalName(dim, tag)] = size
print(json.dumps(found))
"""


@pytest.mark.slow  # gmsh in a process of its own
@MESHES
@pytest.mark.parametrize("name", ["med", "unv", "msh"])
def test_gmsh_reads_the_names_and_sizes_that_it_wrote(tmp_path, mesh, name):
    write_mesh(tmp_path, mesh, name)
    command = [sys.executable, "-c", READ_WITH_GMSH, str(tmp_path / f"pack.{name}")]
    read = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout)
    read = {spelt.strip(): size for spelt, size in read.items()}  # MED's names have a fixed width
    words = WORDS[id(mesh)] if name == "unv" else {given: given for given in WORDS[id(mesh)]}
    sizes = {words[given]: size for given, size in {**volumes_of(mesh), **areas_of(mesh)}.items()}
    assert read == pytest.approx(sizes, rel=1e-9)  # boxes: a corner's edges span the volume


class Archive:
    """A blocked MAPDL archive, read by the fixed widths of the formats that it states itself."""

    def __init__(self, text):
        self.components, self.types = {}, dict(re.findall(r"^ET,(\d+),(\d+)$", text, re.MULTILINE))
        lines = iter(text.splitlines())
        for line in lines:
            words = [word.strip() for word in line.split(",")]
            if words[0] == "NBLOCK":
                assert next(lines) == "(3i9,6e21.13e3)"
                rows = [next(lines) for _ in range(int(words[4]))]
                assert [int(row[:9]) for row in rows] == list(range(1, len(rows) + 1))
                self.points = np.array([[float(row[27 + 21 * i : 48 + 21 * i]) for i in range(3)] for row in rows])
                assert {len(row) for row in rows} == {27 + 3 * 21}
                assert next(lines).replace(" ", "") == "N,R5.3,LOC,-1,"
            elif words[0] == "EBLOCK":
                assert next(lines) == "(19i9)"
                rows = [next(lines) for _ in range(int(words[4]))]
                fields = [[int(row[i : i + 9]) for i in range(0, len(row), 9)] for row in rows]
                assert all(len(row) == 11 + row[8] for row in fields)
                self.elements = {row[10]: (row[0], str(row[1]), np.array(row[11:]) - 1) for row in fields}
                assert next(lines).strip() == "-1"
            elif words[0] == "CMBLOCK":
                assert next(lines) == "(8i10)"
                given = []
                while len(given) < int(words[3]):
                    line = next(lines)
                    given += [int(line[i : i + 10]) for i in range(0, len(line), 10)]
                numbers = []
                for number in given:
                    numbers += [number] if number > 0 else range(numbers[-1] + 1, -number + 1)
                self.components[words[1], words[2]] = numbers

    def nodes(self, name, kind):
        found = [self.elements[number] for number in self.components[name, "ELEM"]]
        assert {self.types[one[1]] for one in found} == {kind}
        return np.array([one[2] for one in found])


@MESHES
def test_ansys_components(tmp_path, mesh):
    write_mesh(tmp_path, mesh, "cdb")
    read = Archive((tmp_path / "pack.cdb").read_text())
    words = component_names([*(region.name for region in mesh.regions), *named_surfaces(mesh)])
    np.testing.assert_allclose(read.points, mesh.points, rtol=1e-13, atol=1e-15)
    for number, (name, expected) in enumerate(volumes_of(mesh).items(), 1):
        assert volume(read.points, read.nodes(words[name], "70")) == pytest.approx(expected, rel=1e-12)
        assert {read.elements[one][0] for one in read.components[words[name], "ELEM"]} == {number}
    for name, facets in named_surfaces(mesh).items():
        assert np.array_equal(read.nodes(words[name], "200"), facets)
        assert np.array_equal(np.array(read.components[words[name] + "_N", "NODE"]) - 1, np.unique(facets))


def test_names_of_ansys_components_are_short_and_all_different():
    long = "a very long name of a part that goes on"
    names = component_names([long, long + " 1", "ß|x minus", "1 bar", "ß.x-minus", "a", "a_N", "b_N", "b"])
    assert len({*names.values(), *(name + "_N" for name in names.values())}) == 18
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]{0,29}", name) for name in names.values())


@MESHES
def test_su2_markers(tmp_path, mesh):
    write_mesh(tmp_path, mesh, "su2")
    words = as_words(name for name in named_surfaces(mesh) if name not in mesh.interfaces)
    read = meshio.read(tmp_path / "pack.su2")
    np.testing.assert_array_equal(read.points, mesh.points)
    (hexes,) = [block.data for block in read.cells if block.type == "hexahedron"]
    assert volume(read.points, hexes) == pytest.approx(region_volumes(mesh).sum(), rel=1e-12)
    text = (tmp_path / "pack.su2").read_text()
    markers = re.findall(r"MARKER_TAG= (\S+)\nMARKER_ELEMS= (\d+)\n((?:9 [\d ]+\n)+)", text)
    assert [name for name, *_ in markers] == list(words.values())
    areas = areas_of(mesh)
    for (_, count, rows), name in zip(markers, words, strict=True):
        facets = np.array(rows.split(), dtype=int).reshape(-1, 5)[:, 1:]
        assert len(facets) == int(count)
        assert facet_areas(mesh.points, facets).sum() == pytest.approx(areas[name], rel=1e-12)


@pytest.mark.picture  # VTK's reader
@MESHES
def test_vtk_reads_the_grids_of_xdmf(tmp_path, mesh):
    from vtkmodules.vtkFiltersVerdict import vtkCellSizeFilter
    from vtkmodules.vtkIOXdmf2 import vtkXdmfReader

    write_mesh(tmp_path, mesh, "xdmf")
    reader = vtkXdmfReader()
    reader.SetFileName(str(tmp_path / "pack.xdmf"))
    reader.Update()
    blocks, sizes = reader.GetOutputDataObject(0), {}
    for number in range(blocks.GetNumberOfBlocks()):
        name, inside = blocks.GetMetaData(number).Get(blocks.NAME()), blocks.GetBlock(number)
        measure = vtkCellSizeFilter()
        measure.SetInputData(inside)
        measure.Update()
        data, solid = measure.GetOutput().GetCellData(), inside.GetCellData().HasArray("element")
        sizes[name] = sum(data.GetArray("Volume" if solid else "Area").GetTuple1(i) for i in range(inside.GetNumberOfCells()))
        assert inside.GetPointData().HasArray("point")
    assert sizes == pytest.approx({**volumes_of(mesh), **areas_of(mesh)}, rel=1e-9)


def test_vtu_numbers_the_regions(tmp_path):
    write_mesh(tmp_path, PACK, "vtu")
    read = meshio.read(tmp_path / "pack.vtu")
    (block,), (region,) = read.cells, read.cell_data["region"]
    sizes = [volume(read.points, block.data[region == i]) for i in range(len(PACK.regions))]
    assert sizes == pytest.approx(list(volumes_of(PACK).values()), rel=1e-12)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("msh", "med", "unv")])
def test_the_registry_names_the_files_that_are_written_and_the_same_mesh_gives_the_same_bytes(tmp_path, name):
    for folder in ("a", "b"):
        write_mesh(tmp_path / folder, PACK, name)
    written = {p.relative_to(tmp_path / "a").as_posix() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    assert written == set(FORMATS[name].writes)
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in written)


def test_names_become_words_no_two_alike():
    assert as_words(["cell|interface", "cell interface", "2 up", "ok-1.x", "Taken"], taken=["taken"]) == {
        "cell|interface": "cell_interface",
        "cell interface": "cell_interface_2",
        "2 up": "_2_up",
        "ok-1.x": "ok-1.x",
        "Taken": "Taken_2",
    }
