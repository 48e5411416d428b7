"""Binary STL [mm]: one file a product, in its own frame, and the whole pack in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from packtool import __version__
from packtool.cad.moments import turn_of
from packtool.cad.tessellate import Triangles
from packtool.layout.records import Layout, Part

FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
"""One facet of a binary STL: 50 bytes (3D Systems, StereoLithography Interface Specification, 1989)."""


def product_stl(product: str, triangles: Triangles) -> bytes:
    """The STL of one product in its own frame [mm]."""
    return _stl(product, [_facets(triangles.points[triangles.corners])])


def pack_stl(layout: Layout, triangles: Mapping[str, Triangles]) -> bytes:
    """The STL of all parts in place [mm]; each part a closed surface of its own. ``triangles`` by product id."""
    placed = (
        _facets(placed_points(part, triangles[part.product].points)[triangles[part.product].corners]) for part in layout.parts
    )
    return _stl(layout.name, placed)


def placed_points(part: Part, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 3) [mm] of the product's frame where the part has them in the pack."""
    return points @ turn_of(part).T + np.array(part.origin)


def _facets(corners: NDArray[np.float64]) -> bytes:
    """``corners`` (n_triangles, 3, 3) with their normals, as the file holds them."""
    facets = np.zeros(len(corners), dtype=FACET)
    facets["corners"] = corners
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facets["normal"] = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return facets.tobytes()


def _stl(name: str, bodies: Iterable[bytes]) -> bytes:
    """Part by part, so that a large pack takes little more memory than its file. The header must not begin with ``solid``, which
    marks the text form."""
    title = f"packtool {__version__}, mm: {name}".encode("ascii", "replace")
    data = bytearray(title[:80].ljust(80) + bytes(4))
    for body in bodies:
        data += body
    data[80:84] = np.uint32((len(data) - 84) // FACET.itemsize).astype("<u4").tobytes()
    return bytes(data)
