"""pack.3mf as another program sees it: a zip of XML in millimetres, closed meshes, names, colours and places."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from cad_layouts import Built

from packtool.cad.colours import LOOKS

pytestmark = pytest.mark.cad

NAMESPACE = {"m": "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"}


@pytest.fixture(scope="module")
def model(built: Built) -> ElementTree.Element:
    with zipfile.ZipFile(built.folder / "pack.3mf") as package:
        assert package.testzip() is None
        assert package.namelist()[0] == "[Content_Types].xml"
        target = ElementTree.fromstring(package.read("_rels/.rels"))[0].attrib["Target"]
        return ElementTree.fromstring(package.read(target.lstrip("/")))


def objects(model: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {item.attrib["id"]: item for item in model.findall("m:resources/m:object", NAMESPACE)}


def mesh(item: ElementTree.Element) -> tuple[np.ndarray, np.ndarray]:
    points = [[float(v.attrib[axis]) for axis in "xyz"] for v in item.findall("m:mesh/m:vertices/m:vertex", NAMESPACE)]
    corners = [[int(t.attrib[v]) for v in ("v1", "v2", "v3")] for t in item.findall("m:mesh/m:triangles/m:triangle", NAMESPACE)]
    return np.array(points), np.array(corners)


def test_millimetres_and_one_named_object_a_product_in_its_roles_colour(built: Built, model: ElementTree.Element) -> None:
    assert model.attrib["unit"] == "millimeter"
    bases = [base.attrib for base in model.findall("m:resources/m:basematerials/m:base", NAMESPACE)]
    by_name = {item.attrib["name"]: item.attrib for item in objects(model).values()}
    assert set(by_name) == {product.id for product in built.layout.products}
    for product in built.layout.products:
        base = bases[int(by_name[product.id]["pindex"])]
        assert base["name"] == product.role
        assert base["displaycolor"] == "#{:02X}{:02X}{:02X}".format(*LOOKS[product.role].rgb8)


def test_every_mesh_is_closed_and_turned_outwards(built: Built, model: ElementTree.Element) -> None:
    volumes = {volume.product: volume.closed_form_mm3 for volume in built.report.volumes}
    for item in objects(model).values():
        points, corners = mesh(item)
        edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
        there = {tuple(edge) for edge in edges.tolist()}
        assert len(there) == len(edges)  # no edge is gone along twice the same way
        assert {(b, a) for a, b in there} == there  # and each once the other way
        a, b, c = (points[corners[:, i]] for i in range(3))
        volume = np.einsum("ij,ij->", a, np.cross(b, c)) / 6
        assert volume == pytest.approx(volumes[item.attrib["name"]], rel=0.01)  # chords of 0.1 mm on small radii


def test_every_part_is_an_item_by_its_name_in_its_place(built: Built, model: ElementTree.Element) -> None:
    items = {item.attrib["partnumber"]: item.attrib for item in model.findall("m:build/m:item", NAMESPACE)}
    assert set(items) == {part.name for part in built.layout.parts}
    for part in built.layout.parts:
        item = objects(model)[items[part.name]["objectid"]]
        assert item.attrib["name"] == part.product
        matrix = np.array([float(n) for n in items[part.name]["transform"].split()]).reshape(4, 3)
        placed = mesh(item)[0] @ matrix[:3] + matrix[3]
        bounds = [*placed.min(axis=0), *placed.max(axis=0)]
        assert bounds == pytest.approx(built.layout.part_bounds(part), abs=0.1)  # a chord's height
