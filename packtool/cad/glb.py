"""pack.glb: glTF 2.0 in one binary file. One mesh a product, one named node a part, metres, y up as glTF wants.

Source of the format: Khronos Group, glTF 2.0 Specification (ISO/IEC 12113:2022).
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool import __version__
from packtool.cad.colours import LOOKS
from packtool.cad.moments import turn_of
from packtool.cad.tessellate import Triangles
from packtool.layout.records import Layout, Part, Role

ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
FLOAT, UNSIGNED_INT = 5126, 5125
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
Z_UP_TO_Y_UP = [-math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)]
"""A quarter turn about x, as quaternion x, y, z, w: the pack's z becomes glTF's y."""


def glb_bytes(layout: Layout, triangles: Mapping[str, Triangles]) -> bytes:
    """The GLB of a layout; ``triangles`` by product id. The same bytes each time for the same layout.

    Nodes are the parts by name, within their groups; their ``extras`` hold role, product, material and, for cells, their place in
    series and parallel.
    """
    binary = bytearray()
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": f"packtool {__version__}"},
        "scene": 0,
        "scenes": [{"name": layout.name, "nodes": [0]}],
        "nodes": [],
        "meshes": [],
        "materials": [],
        "accessors": [],
        "bufferViews": [],
        "buffers": [],
    }
    meshes = _meshes(layout, triangles, document, binary)
    _nodes(layout, meshes, document)
    document["buffers"].append({"byteLength": len(binary)})
    return _container(document, bytes(binary))


def _meshes(layout: Layout, triangles: Mapping[str, Triangles], document: dict[str, Any], binary: bytearray) -> dict[str, int]:
    """Append a mesh for each product that has triangles; mesh number by product id."""
    materials: dict[Role, int] = {}
    meshes: dict[str, int] = {}
    for product in layout.products:
        if product.id not in triangles:
            continue
        if product.role not in materials:
            materials[product.role] = len(document["materials"])
            document["materials"].append(_material(product.role))
        surface = triangles[product.id]
        points = (surface.points / 1000).astype("<f4")
        position = _accessor(document, binary, points, "VEC3", FLOAT, ARRAY_BUFFER)
        document["accessors"][position] |= {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
        normal = _accessor(document, binary, surface.normals.astype("<f4"), "VEC3", FLOAT, ARRAY_BUFFER)
        index = _accessor(document, binary, surface.corners.astype("<u4").ravel(), "SCALAR", UNSIGNED_INT, ELEMENT_ARRAY_BUFFER)
        primitive = {"attributes": {"POSITION": position, "NORMAL": normal}, "indices": index, "material": materials[product.role]}
        meshes[product.id] = len(document["meshes"])
        document["meshes"].append({"name": product.id, "primitives": [primitive]})
    return meshes


def _accessor(document: dict[str, Any], binary: bytearray, values: NDArray[Any], shape: str, component: int, target: int) -> int:
    """Append values as a buffer view and an accessor of their own; all are of four bytes, so everything stays aligned."""
    view = {"buffer": 0, "byteOffset": len(binary), "byteLength": values.nbytes, "target": target}
    binary += values.tobytes()
    document["bufferViews"].append(view)
    document["accessors"].append(
        {"bufferView": len(document["bufferViews"]) - 1, "componentType": component, "count": len(values), "type": shape}
    )
    return len(document["accessors"]) - 1


def _material(role: Role) -> dict[str, Any]:
    look = LOOKS[role]
    surface = {
        "baseColorFactor": [*look.linear_rgb, look.alpha],
        "metallicFactor": look.metallic,
        "roughnessFactor": look.roughness,
    }
    material: dict[str, Any] = {"name": role, "pbrMetallicRoughness": surface}
    if look.alpha < 1:
        material |= {"alphaMode": "BLEND", "doubleSided": True}
    return material


def _nodes(layout: Layout, meshes: Mapping[str, int], document: dict[str, Any]) -> None:
    nodes: list[dict[str, Any]] = document["nodes"]
    nodes.append({"name": layout.name, "rotation": Z_UP_TO_Y_UP, "children": []})
    groups: dict[tuple[str, ...], int] = {(): 0}
    products = {product.id: product for product in layout.products}

    def add(node: dict[str, Any], parent: int) -> int:
        nodes.append(node)
        nodes[parent]["children"].append(len(nodes) - 1)
        return len(nodes) - 1

    for part in layout.parts:
        for depth in range(1, len(part.group) + 1):
            group = part.group[:depth]
            if group not in groups:
                groups[group] = add({"name": group[-1], "children": []}, groups[group[:-1]])
        product = products[part.product]
        extras: dict[str, Any] = {"role": product.role, "product": product.id, "material": product.material}
        if part.series is not None:
            extras |= {"series": part.series, "parallel": part.parallel}
        add({"name": part.name, "mesh": meshes[part.product], **_pose(part), "extras": extras}, groups[part.group])


def _pose(part: Part) -> dict[str, Any]:
    pose: dict[str, Any] = {"translation": [value / 1000 for value in part.origin]}
    if part.tilt is not None:
        pose["rotation"] = _quaternion(turn_of(part))
    elif part.rotation_deg:
        half = math.radians(part.rotation_deg) / 2
        pose["rotation"] = [0.0, 0.0, math.sin(half), math.cos(half)]
    return pose


def _quaternion(turn: NDArray[np.float64]) -> list[float]:
    """x, y, z, w of a rotation (3, 3): the axis of the largest part first, so that nothing is divided by a small number (Shepperd 1978)."""
    m = turn
    squares = [1 + m[0, 0] - m[1, 1] - m[2, 2], 1 - m[0, 0] + m[1, 1] - m[2, 2], 1 - m[0, 0] - m[1, 1] + m[2, 2], 1 + np.trace(m)]
    largest = int(np.argmax(squares))
    x, y, z = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    xy, xz, yz = m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1]
    rows = ((squares[0], xy, xz, x), (xy, squares[1], yz, y), (xz, yz, squares[2], z), (x, y, z, squares[3]))
    quaternion = np.array(rows[largest]) / (2 * math.sqrt(squares[largest]))
    return (quaternion / np.linalg.norm(quaternion) + 0.0).tolist()


def _container(document: dict[str, Any], binary: bytes) -> bytes:
    """The two chunks behind a 12-byte header, each padded to four bytes (section 4.4 of the specification)."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    length = 12 + 8 + len(text) + 8 + len(binary)
    return (
        struct.pack("<4sII", b"glTF", 2, length)
        + struct.pack("<II", len(text), JSON_CHUNK) + text
        + struct.pack("<II", len(binary), BINARY_CHUNK) + binary
    )  # fmt: skip
