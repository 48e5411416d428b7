"""Every arrangement of flat cells as a mesh: volumes, materials, conductivity along the layers."""

from __future__ import annotations

import numpy as np
import pytest
from flat_packs import PACKS, pack

from packtool.catalogue.load import coolants
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_layout
from packtool.mesh.measures import region_volumes
from packtool.thermal.pack import ambient_exchange, region_conductivity


@pytest.mark.parametrize("name", PACKS)
def test_every_part_has_its_volume_and_conducts_along_its_own_layers(name):
    loaded = pack(name)
    layout = lay_out(loaded)
    mesh = mesh_layout(layout, "coarse", halved=True).mesh
    parts = {part.name: part for part in layout.parts}
    volumes = dict(zip((region.name for region in mesh.regions), region_volumes(mesh), strict=True))
    for region, volume in volumes.items():
        product = layout.product(parts[region].product)
        assert volume == pytest.approx(product.volume_mm3() * 1e-9, rel=1e-9)  # rounding of sums of coordinates
    conductivity = region_conductivity(loaded, layout, mesh)
    cell = loaded.cell
    for region, k in zip(mesh.regions, conductivity, strict=True):
        if region.role == "cell":
            box = layout.part_bounds(parts[region.name])
            through = [abs(box[a + 3] - box[a] - cell.thickness_mm.value) < 1e-9 for a in range(3)]
            assert np.diag(k) == pytest.approx(
                [cell.k_through_W_mK.value if t else cell.k_in_plane_W_mK.value for t in through], rel=1e-12
            )  # the catalogue's own numbers


def test_the_sheets_of_a_gap_are_regions_of_their_own_material():
    loaded = pack("barriers")
    mesh = mesh_layout(lay_out(loaded), "coarse").mesh
    materials = {(region.role, region.material) for region in mesh.regions}
    assert ("barrier", "aerogel_blanket") in materials
    assert ("pad", "pu_foam_compression_pad") in materials
    assert {"cell|pad", "pad|barrier"} <= set(mesh.interfaces)


def test_a_fins_foot_touches_the_interface_and_the_cell():
    mesh = mesh_layout(lay_out(pack("pouches with fins")), "coarse").mesh
    assert {"cell|fin", "fin|interface"} <= set(mesh.interfaces)


def test_filler_lies_on_the_wall_and_the_wall_alone_stands_between_it_and_the_ambient():
    loaded = pack("strapped modules")
    layout = lay_out(loaded)
    mesh = mesh_layout(layout, "coarse").mesh
    corners = mesh.points[mesh.boundaries["exterior_wall"]]
    area = np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1).sum() / 2
    length = layout.product("wall-filler").bounds()[3] * 2
    assert area == pytest.approx(2 * length * 207 * 1e-6, rel=1e-9)  # rounding of sums of coordinates
    ways = ambient_exchange(loaded, layout, coolants()["air_1atm"])
    wall = loaded.materials[loaded.design.enclosure.material].k_W_mK.value / (loaded.design.enclosure.wall_mm * 1e-3)
    assert ways["exterior_wall"].series_h == pytest.approx(wall, rel=1e-12)
    assert ways["exterior_side"].series_h < wall / 1000  # 15 mm of air


def test_what_holds_a_row_together_touches_it():
    inside = set(mesh_layout(lay_out(pack("bolted side plates")), "coarse").mesh.interfaces)
    assert {
        "cell|pad",
        "pad|end_plate",
        "end_plate|side_plate",
        "side_plate|filler",
        "cell|filler",
        "side_plate|interface",
    } <= inside
    assert "cell|side_plate" not in inside
    strapped = set(mesh_layout(lay_out(pack("strapped modules")), "coarse").mesh.interfaces)
    assert {"cell|strap", "end_plate|strap", "strap|filler"} <= strapped
