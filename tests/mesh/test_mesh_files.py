"""Meshes on disk: what is written is read back, by packtool and by others."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree

import meshio
import numpy as np
import pytest
from mesh_layouts import small_pack

from packtool.errors import MeshError, MissingPart
from packtool.mesh import gmsh_process
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.build import mesh_layout
from packtool.mesh.files import load_mesh, save_mesh, write_msh, write_pvd, write_vtu
from packtool.mesh.gmsh_process import run_gmsh
from packtool.mesh.measures import element_volumes, facet_areas, region_volumes

PACK = mesh_layout(small_pack(), "coarse").mesh
PAIR = mesh_boxes(
    [Box("Zelle ä", "cell", "s", 0, 0, 0, 1, 1, 1), Box("B", "cell", "t", 1, 0, 0, 2, 1, 1)],
    divisions=(2, 2, 1),
    contacts=[("Zelle ä", "B")],
)


class TestNpz:
    @pytest.mark.parametrize("mesh", [PACK, PAIR], ids=["pack", "contact"])
    def test_round_trip_is_exact(self, tmp_path, mesh):
        save_mesh(tmp_path / "m.npz", mesh)
        back = load_mesh(tmp_path / "m.npz")
        for name in ("points", "hexes", "region"):
            a, b = getattr(mesh, name), getattr(back, name)
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
        assert back.regions == mesh.regions
        for name in ("boundaries", "interfaces"):
            a, b = getattr(mesh, name), getattr(back, name)
            assert list(a) == list(b)
            for key in a:
                np.testing.assert_array_equal(a[key], b[key])
        assert list(back.contacts) == list(mesh.contacts)
        for key, contact in mesh.contacts.items():
            np.testing.assert_array_equal(contact.minus, back.contacts[key].minus)
            np.testing.assert_array_equal(contact.plus, back.contacts[key].plus)

    def test_the_same_mesh_gives_the_same_bytes(self, tmp_path):
        for name in ("a.npz", "b.npz"):
            save_mesh(tmp_path / name, PACK)
        assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()

    def test_something_else_is_refused(self, tmp_path):
        (tmp_path / "text.npz").write_text("not a mesh")
        np.savez(tmp_path / "other.npz", a=np.zeros(3))
        save_mesh(tmp_path / "whole.npz", PAIR)
        (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:-500])
        for name in ("text.npz", "other.npz", "cut.npz"):
            with pytest.raises(MeshError, match="run the mesh stage again"):
                load_mesh(tmp_path / name)


READ_WITH_GMSH = """
import gmsh, json, sys
gmsh.initialize(readConfigFiles=False, interruptible=False)
gmsh.option.setNumber("General.Terminal", 0)
gmsh.open(sys.argv[1])
found = {}
for dim, tag in gmsh.model.getPhysicalGroups():
    size, count = 0.0, 0
    for entity in gmsh.model.getEntitiesForPhysicalGroup(dim, tag):
        for elements in gmsh.model.mesh.getElements(dim, int(entity))[1]:
            size += float(sum(gmsh.model.mesh.getElementQualities(elements, "volume")))
            count += len(elements)
    found[f"{dim} " + gmsh.model.getPhysicalName(dim, tag)] = [count, size]
print(json.dumps({"groups": found, "nodes": len(gmsh.model.mesh.getNodes()[0])}))
"""


@pytest.mark.slow  # gmsh in a process of its own
class TestMsh:
    @pytest.mark.parametrize("mesh", [PACK, PAIR], ids=["pack", "contact"])
    def test_gmsh_reads_back_names_counts_and_volumes(self, tmp_path, mesh):
        write_msh(tmp_path / "pack.msh", mesh)
        done = subprocess.run(
            [sys.executable, "-c", READ_WITH_GMSH, str(tmp_path / "pack.msh")],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        read = json.loads(done.stdout)
        assert read["nodes"] == len(mesh.points)
        counts, volumes = np.bincount(mesh.region), region_volumes(mesh)
        expected = {f"3 {region.name}": (counts[i], volumes[i]) for i, region in enumerate(mesh.regions)}
        surfaces = {**mesh.boundaries, **mesh.interfaces}
        for name, contact in mesh.contacts.items():
            surfaces |= {f"{name} minus": contact.minus, f"{name} plus": contact.plus}
        expected |= {f"2 {name}": (len(facets), facet_areas(mesh.points, facets).sum()) for name, facets in surfaces.items()}
        assert set(read["groups"]) == set(expected)
        for name, (count, size) in expected.items():
            assert read["groups"][name][0] == count
            if name.startswith("3"):  # gmsh's "volume" of a surface element is its area only for triangles
                assert read["groups"][name][1] == pytest.approx(size, rel=1e-9), name

    def test_meshio_reads_back_the_same_elements(self, tmp_path, capfd):
        write_msh(tmp_path / "pack.msh", PACK)
        read = meshio.read(tmp_path / "pack.msh")
        np.testing.assert_array_equal(read.points, PACK.points)
        names = {(int(tag), int(dim)): name for name, (tag, dim) in read.field_data.items()}
        volumes = dict.fromkeys((region.name for region in PACK.regions), 0.0)
        areas = dict.fromkeys({**PACK.boundaries, **PACK.interfaces}, 0.0)
        for block, tags in zip(read.cells, read.cell_data["gmsh:physical"], strict=True):
            dim = 3 if block.type == "hexahedron" else 2
            name = names[int(tags[0]), dim]
            if dim == 3:
                part = type(PACK)(read.points, block.data.astype(np.int64), np.zeros(len(block.data), int), PACK.regions[:1], {})
                assert element_volumes(part).min() > 0
                volumes[name] += element_volumes(part).sum()
            else:
                areas[name] += facet_areas(read.points, block.data).sum()
        assert list(volumes.values()) == pytest.approx(region_volumes(PACK), rel=1e-12)
        for name, facets in {**PACK.boundaries, **PACK.interfaces}.items():
            assert areas[name] == pytest.approx(facet_areas(PACK.points, facets).sum(), rel=1e-12)

    def test_the_same_mesh_gives_the_same_bytes(self, tmp_path):
        for name in ("a.msh", "b.msh"):
            write_msh(tmp_path / name, PAIR)
        assert (tmp_path / "a.msh").read_bytes() == (tmp_path / "b.msh").read_bytes()

    def test_nothing_is_written_to_the_terminal(self, tmp_path, capfd):
        write_msh(tmp_path / "pack.msh", PAIR)
        write_vtu(tmp_path / "pack.vtu", PAIR)
        assert capfd.readouterr() == ("", "")

    def test_a_slow_gmsh_is_stopped(self, tmp_path):
        with pytest.raises(MeshError, match=r"not done with slow\.msh in 0\.01 s"):
            write_msh(tmp_path / "slow.msh", PAIR, time_limit_s=0.01)
        assert list(tmp_path.iterdir()) == []

    def test_a_crash_is_a_mesh_error(self, tmp_path, monkeypatch):
        child = tmp_path / "crash.py"
        child.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
        monkeypatch.setattr(gmsh_process, "CHILD", child)
        with pytest.raises(MeshError, match="gmsh was stopped by signal 11"):
            run_gmsh("write", {}, tmp_path / "x.msh", 60.0, "x.msh")

    def test_without_gmsh_the_mending_line_is_given(self, tmp_path, monkeypatch):
        monkeypatch.setattr(gmsh_process.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(MissingPart) as caught:
            write_msh(tmp_path / "pack.msh", PAIR)
        assert caught.value.mend == "pip install 'packtool[fem]'"
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_system_library_is_named(self, tmp_path, monkeypatch):
        child = tmp_path / "no_library.py"
        child.write_text("import sys\nsys.stderr.write('libGLU.so.1: cannot open shared object file')\nsys.exit(3)\n")
        monkeypatch.setattr(gmsh_process, "CHILD", child)
        with pytest.raises(MissingPart, match=r"libGLU\.so\.1"):
            run_gmsh("write", {}, tmp_path / "x.msh", 60.0, "x.msh")

    def test_a_failure_carries_its_words(self, tmp_path):
        with pytest.raises(MeshError, match=r"(?s)gmsh failed on x\.msh.*names"):
            run_gmsh("write", {}, tmp_path / "x.msh", 60.0, "x.msh")


class TestVtu:
    def test_fields_come_back(self, tmp_path):
        T = PACK.points @ (1.0, 2.0, 3.0)
        flux = np.arange(3.0 * len(PACK.hexes)).reshape(-1, 3)
        write_vtu(tmp_path / "m.vtu", PACK, {"temperature_degC": T}, {"flux": flux})
        read = meshio.read(tmp_path / "m.vtu")
        np.testing.assert_array_equal(read.points, PACK.points)
        np.testing.assert_array_equal(read.cells[0].data, PACK.hexes)
        np.testing.assert_array_equal(read.point_data["temperature_degC"], T)
        np.testing.assert_array_equal(read.cell_data["flux"][0], flux)
        np.testing.assert_array_equal(read.cell_data["region"][0], PACK.region)

    def test_a_field_of_another_mesh_is_refused(self, tmp_path):
        with pytest.raises(MeshError, match="field T has shape"):
            write_vtu(tmp_path / "m.vtu", PACK, {"T": np.zeros(3)})

    def test_a_collection_names_its_files_from_where_it_stands(self, tmp_path):
        write_pvd(tmp_path / "thermal.pvd", [(0.0, tmp_path / "fields" / "a&b.vtu"), (0.1, "c.vtu")])
        rows = ElementTree.parse(tmp_path / "thermal.pvd").getroot().findall("Collection/DataSet")
        assert [(float(row.get("timestep")), row.get("file")) for row in rows] == [(0.0, "fields/a&b.vtu"), (0.1, "c.vtu")]
