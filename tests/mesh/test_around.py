"""Bodies about an axis, in space and as their section; meshes cut open between regions; tetrahedra; files of gmsh."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.errors import MeshError
from packtool.mesh.adjacency import adjacency, with_contacts
from packtool.mesh.bodies import mesh_cylinder, mesh_layers, mesh_revolved
from packtool.mesh.boxes import mesh_boxes
from packtool.mesh.measures import element_volumes, scaled_jacobian
from packtool.mesh.read import read_mesh
from packtool.mesh.tets import tetrahedra

CAN = [("core", 0.01), ("jacket", 0.005)]
AREAS = {"core": np.pi * 1e-4, "jacket": np.pi * (0.015**2 - 1e-4)}


def volumes(mesh):
    return {r.name: element_volumes(mesh)[mesh.region == i].sum() for i, r in enumerate(mesh.regions)}


def area(mesh, facets):
    a, b, c, d = (mesh.points[facets[:, i]] for i in range(4))
    return (np.linalg.norm(np.cross(b - a, d - a), axis=1) / 2 + np.linalg.norm(np.cross(b - c, d - c), axis=1) / 2).sum()


@pytest.mark.parametrize("around", [12, 24])
def test_a_solid_cylinder_has_the_circle_s_volumes_and_names_its_sides(around):
    mesh = mesh_cylinder(CAN, height=0.07, divisions=(4, 3), around=around)
    assert volumes(mesh) == pytest.approx({name: a * 0.07 for name, a in AREAS.items()}, rel=1e-12)
    assert scaled_jacobian(mesh).min() > 0.5
    assert set(mesh.boundaries) == {"outer", "bottom", "top"}
    assert set(mesh.interfaces) == {"core|jacket"}
    assert area(mesh, mesh.boundaries["top"]) == pytest.approx(np.pi * 0.015**2, rel=1e-12)
    assert len(adjacency(mesh.hexes).outer) == sum(len(facets) for facets in mesh.boundaries.values())


def test_a_sector_has_ends_and_its_part_of_the_volume():
    mesh = mesh_cylinder(CAN, inner=0.005, height=0.07, divisions=(4, 3), around=5, angle_deg=75.0)
    whole = {"core": np.pi * (0.015**2 - 0.005**2) * 0.07, "jacket": np.pi * (0.02**2 - 0.015**2) * 0.07}
    assert volumes(mesh) == pytest.approx({name: v * 75 / 360 for name, v in whole.items()}, rel=1e-12)
    assert {"core.from", "core.to", "jacket.from", "jacket.to", "inner", "outer", "top", "bottom"} == set(mesh.boundaries)
    normal = mesh.points[mesh.boundaries["core.from"]]
    assert np.abs(normal[..., 1]).max() < 1e-12


def test_rings_of_different_heights_leave_a_void_and_boundaries_take_names():
    rings = {"disc": (0.0, 0.0, 0.02, 0.01), "pipe": (0.01, 0.01, 0.02, 0.05)}
    names = {"rmax": "skin", "pipe.r-": "bore", "zmax": "rim"}
    for mesh in (
        mesh_revolved(rings, divisions=(3, 4), boundaries=names),
        mesh_revolved(rings, divisions=(3, 4), boundaries=names, around=12),
    ):
        assert set(mesh.boundaries) == {"skin", "bore", "rim", "disc.z-", "disc.z+"}
    assert area(mesh, mesh.boundaries["bore"]) == pytest.approx(2 * np.pi * 0.01 * 0.04, rel=0.03)  # chords that keep the area
    assert volumes(mesh)["pipe"] == pytest.approx(np.pi * 3e-4 * 0.04, rel=1e-12)


def test_the_middles_of_curved_edges_lie_on_their_circles():
    mesh = mesh_cylinder(CAN, height=0.07, divisions=(4, 1), around=12, curved=True)
    edges, middles = mesh.middles
    radius = np.linalg.norm(middles[:, :2], axis=1)
    assert radius == pytest.approx(np.linalg.norm(mesh.points[edges[:, 0], :2], axis=1))
    assert middles[:, 2] == pytest.approx(mesh.points[edges[:, 0], 2])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"around": 10}, "multiple of 12"),
        ({"around": 12, "angle_deg": 90.0}, "must have a hole"),
        ({"around": 1, "angle_deg": 120.0, "inner": 0.01}, "less than 90 degrees"),
        ({"around": 12, "angle_deg": 400.0}, "at most 360"),
        ({"curved": True}, "say around="),
    ],
)
def test_what_cannot_be_swept_is_refused(more, told):
    with pytest.raises(MeshError, match=told):
        mesh_cylinder(CAN, height=0.1, divisions=(2, 1), **more)
    with pytest.raises(MeshError, match="no outer facet matches"):
        mesh_revolved({"a": (0, 0, 1, 1)}, divisions=(2, 2), around=12, boundaries={"rmin": "hole"})


@pytest.mark.parametrize("around", [None, 12])
def test_a_cut_mesh_has_nodes_of_its_own_on_either_side(around):
    mesh = mesh_cylinder(CAN, height=0.07, divisions=(4, 2), around=around, contacts=[("core", "jacket")])
    there = mesh.contacts["core|jacket"]
    assert not set(there.minus.ravel()) & set(there.plus.ravel())
    assert np.array_equal(mesh.points[there.minus], mesh.points[there.plus])
    corner = mesh.points[there.minus]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 3] - corner[:, 0])
    assert (np.einsum("fx,fx->f", normal[:, :2], corner.mean(axis=1)[:, :2]) > 0).all()  # from the core to the jacket
    assert not mesh.interfaces


def test_cutting_any_mesh_is_what_mesh_boxes_does():
    boxes = {"a": (0, 0, 0, 1, 1, 1), "b": (1, 0, 0, 2, 1, 1), "c": (0, 1, 0, 2, 2, 1)}
    whole = mesh_boxes(boxes, divisions=2)
    cut, same = with_contacts(whole, [("a", "b")]), mesh_boxes(boxes, divisions=2, contacts=[("a", "b")])
    assert len(cut.points) == len(same.points)  # the rim at c has one node
    assert len(cut.contacts["a|b"].minus) == len(same.contacts["a|b"].minus)
    assert set(cut.interfaces) == set(same.interfaces)
    for name, facets in cut.boundaries.items():
        assert len(facets) == len(same.boundaries[name])
    with pytest.raises(MeshError, match="do not touch"):
        with_contacts(mesh_boxes({"a": (0, 0, 0, 1, 1, 1), "b": (2, 0, 0, 3, 1, 1)}, divisions=1), [("a", "b")])
    with pytest.raises(MeshError, match="contacts name d"):
        with_contacts(whole, [("a", "d")])


def test_tetrahedra_fill_the_hexahedra_and_keep_the_names():
    mesh = mesh_boxes({"a": (0, 0, 0, 1, 1, 1), "b": (1, 0, 0, 3, 1, 1)}, divisions=(2, 3, 1), contacts=[("a", "b")])
    cut = tetrahedra(mesh)
    a, b, c, d = (cut.points[cut.hexes[:, i]] for i in range(4))
    volume = np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a) / 6
    assert (volume > 0).all()
    assert [volume[cut.region == i].sum() for i in (0, 1)] == pytest.approx([1, 2])
    assert {name: len(facets) for name, facets in cut.boundaries.items()} == {n: 2 * len(f) for n, f in mesh.boundaries.items()}
    assert np.array_equal(cut.points[cut.contacts["a|b"].minus], cut.points[cut.contacts["a|b"].plus])
    with pytest.raises(MeshError, match="the same way"):
        tetrahedra(mesh_cylinder(CAN, height=0.07, divisions=(2, 2), around=12))


@pytest.mark.fem
@pytest.mark.parametrize("kind", ["tetra", "hexahedron"])
def test_a_file_of_gmsh_keeps_its_physical_names(kind, tmp_path):
    import meshio

    mesh = mesh_layers([("a", 10.0), ("b", 20.0)], divisions=2, area=100.0)
    mesh = tetrahedra(mesh) if kind == "tetra" else mesh
    flat = {"tetra": "triangle", "hexahedron": "quad"}[kind]
    facets = np.concatenate([mesh.boundaries["start"], mesh.boundaries["end"]])
    ends = np.repeat([3, 4], [len(mesh.boundaries["start"]), len(mesh.boundaries["end"])])
    tags = [mesh.region + 1, ends]
    meshio.write(
        tmp_path / "stack.msh",
        meshio.Mesh(
            mesh.points, [(kind, mesh.hexes), (flat, facets)], cell_data={"gmsh:physical": tags, "gmsh:geometrical": tags},
            field_data={"a": [1, 3], "b": [2, 3], "start": [3, 2], "end": [4, 2]},
        ),
        file_format="gmsh22",
    )  # fmt: skip
    found = read_mesh(tmp_path / "stack.msh", metres=1e-3, contacts=(("a", "b"),))
    assert [r.name for r in found.regions] == ["a", "b"]
    assert found.points.max(axis=0) == pytest.approx([0.03, 0.01, 0.01])
    assert {name: len(facets) for name, facets in found.boundaries.items()} == {n: len(f) for n, f in mesh.boundaries.items()}
    assert set(found.contacts) == {"a|b"}
    meshio.write(tmp_path / "bare.msh", meshio.Mesh(mesh.points, [(kind, mesh.hexes)]), file_format="gmsh22")
    with pytest.raises(MeshError, match="no physical volumes"):
        read_mesh(tmp_path / "bare.msh")
    with pytest.raises(MeshError, match="does not exist"):
        read_mesh(tmp_path / "none.msh")
    (tmp_path / "text.msh").write_text("not a mesh")
    with pytest.raises(MeshError, match="cannot be read"):
        read_mesh(tmp_path / "text.msh")
