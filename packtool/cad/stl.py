"""Binary STL [mm]: one file a product, in its own frame, and the whole pack in place.

An STL has no instances. The merged one of 4,416 cells would be 244 MB, which no program that wants an STL reads with pleasure; above MOST_FACETS
it is coarser (the products' own files are not): fewer sides a circle, and cells, terminals and bolts without what is small on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from packtool import __version__
from packtool.cad.detail_views import LEFT_OUT
from packtool.cad.moments import turn_of
from packtool.cad.report import CadFinding
from packtool.cad.solids import Solid, product_solid
from packtool.cad.tessellate import COARSE, Triangles, triangles_of
from packtool.layout.records import Layout, Part

FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
"""One facet of a binary STL: 50 bytes (3D Systems, StereoLithography Interface Specification, 1989)."""

MOST_FACETS = 1_000_000
"""Of the merged file as fine as the rest: 50 MB."""


def product_stl(product: str, triangles: Triangles) -> bytes:
    """The STL of one product in its own frame [mm]."""
    return _stl(product, [_facets(triangles.points[triangles.corners])])


def pack_stl(layout: Layout, triangles: Mapping[str, Triangles]) -> bytes:
    """The STL of all parts in place [mm]; each part a closed surface of its own. ``triangles`` by product id."""
    placed = (
        _facets(placed_points(part, triangles[part.product].points)[triangles[part.product].corners]) for part in layout.parts
    )
    return _stl(layout.name, placed)


def merged_triangles(
    layout: Layout, solids: Mapping[str, Solid], fine: Mapping[str, Triangles]
) -> tuple[Mapping[str, Triangles], list[CadFinding]]:
    """What pack_stl is to be made of: ``fine`` triangles by product id, or coarser ones, which a note then says."""
    facets = _count(layout, fine)
    if facets <= MOST_FACETS:
        return fine, []
    plain = {id: _plain(solid) for id, solid in solids.items()}
    coarse = triangles_of(plain, COARSE)
    now = _count(layout, coarse)
    message = (
        f"pack.stl would be {_size(facets):.0f} MB of {facets:,} facets; it is coarser, {_size(now):.0f} MB: circles of fewer sides, cells,"
        " terminals and bolts without small detail. stl/ and pack.glb have everything"
    )
    return coarse, [CadFinding("coarse_stl", (), now, "facets", message)]


def _plain(solid: Solid) -> Solid:
    """The solid of a small and numerous product without its details."""
    product = solid.product
    if product.role not in LEFT_OUT or not product.details or not product.sweeps:
        return solid
    return product_solid(replace(product, details=()))


def _count(layout: Layout, triangles: Mapping[str, Triangles]) -> int:
    """Facets of all parts."""
    return sum(len(triangles[part.product].corners) for part in layout.parts)


def _size(facets: int) -> float:
    """Of a file [MB]."""
    return facets * FACET.itemsize / 1e6


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
