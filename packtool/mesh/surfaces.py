"""Every named surface of a mesh under one name: what files with one kind of surface hold."""

from __future__ import annotations

from packtool.mesh.records import Integers, TaggedMesh


def named_surfaces(mesh: TaggedMesh) -> dict[str, Integers]:
    """Boundaries and interfaces by name, contacts and ties as ``A|B minus`` and ``A|B plus``: (n, 4) nodes each."""
    surfaces: dict[str, Integers] = {**mesh.boundaries, **mesh.interfaces}
    for sides in (mesh.contacts, mesh.ties):
        for name, pair in sides.items():
            surfaces |= {f"{name} minus": pair.minus, f"{name} plus": pair.plus}
    return surfaces
