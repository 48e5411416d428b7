"""Meshes that do not fit the memory are refused before they are made."""

from __future__ import annotations

from packtool.errors import MeshTooLarge
from packtool.memory import refuse_beyond

BYTES_AN_ELEMENT = 800
"""Peak memory of making a mesh, for each element: 760 bytes for 762k elements of a pack with ribbons (measured)."""
BYTES_A_BOX = 100
"""The same of each box of a tensor grid, solid or not."""


def refuse_mesh(elements: float, boxes: float = 0.0) -> None:
    """Raise MeshTooLarge where a mesh of so many ``elements``, or a grid of so many ``boxes``, is too large."""
    way_out = "take a coarser one (mesh.level, mesh.sizes), a part of the pack, or a machine with more memory"
    needed = max(elements * BYTES_AN_ELEMENT, boxes * BYTES_A_BOX)
    refuse_beyond(needed, f"a mesh of {int(max(elements, boxes)):,} elements", way_out, MeshTooLarge)
