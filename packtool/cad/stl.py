"""Binary STL [mm]: one file a product, in its own frame, and the whole pack in place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from packtool import __version__
from packtool.cad.moments import TURNS
from packtool.cad.tessellate import Triangles
from packtool.layout.records import Layout, Part

FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
"""One facet of a binary STL: 50 bytes (3D Systems, StereoLithography Interface Specification, 1989)."""


def product_stl(product: str, triangles: Triangles) -> bytes:
    """The STL of one product in its own frame [mm]."""
    return _stl(product, triangles.points[triangles.corners])


def pack_stl(layout: Layout, triangles: Mapping[str, Triangles]) -> bytes:
    """The STL of all parts in place [mm]; each part a closed surface of its own. ``triangles`` by product id."""
    placed = [placed_points(part, triangles[part.product].points)[triangles[part.product].corners] for part in layout.parts]
    return _stl(layout.name, np.concatenate(placed))


def placed_points(part: Part, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 3) [mm] of the product's frame where the part has them in the pack."""
    cos, sin = TURNS[part.rotation_deg]
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], dtype=np.float64)
    return points @ turn.T + np.array(part.origin)


def _stl(name: str, corners: NDArray[np.float64]) -> bytes:
    """``corners`` (n_triangles, 3, 3). The header must not begin with ``solid``, which marks the text form."""
    facets = np.zeros(len(corners), dtype=FACET)
    facets["corners"] = corners
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facets["normal"] = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    title = f"packtool {__version__}, mm: {name}".encode("ascii", "replace")
    return title[:80].ljust(80) + np.uint32(len(facets)).astype("<u4").tobytes() + facets.tobytes()
