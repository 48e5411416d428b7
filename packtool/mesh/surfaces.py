"""Every named surface of a mesh under one name: what files with one kind of surface hold."""

from __future__ import annotations

import numpy as np

from packtool.mesh.adjacency import facet_keys
from packtool.mesh.records import Integers, TaggedMesh


def named_surfaces(mesh: TaggedMesh, *, whole_ties: bool = False) -> dict[str, Integers]:
    """Boundaries and interfaces by name, contacts and ties as ``A|B minus`` and ``A|B plus``: (n, 4) nodes each.

    Of a facet that is tied in part, and is named already, the name stays: a boundary's, or the first tie's. ``whole_ties``: for files
    in which a facet may have several names, both sides of a tie have all of theirs.
    """
    surfaces: dict[str, Integers] = {**mesh.boundaries, **mesh.interfaces}
    for name, contact in mesh.contacts.items():
        surfaces |= {f"{name} minus": contact.minus, f"{name} plus": contact.plus}
    taken = [facet_keys(facets) for facets in mesh.boundaries.values()] if mesh.ties else []
    for name, tie in mesh.ties.items():
        for side, facets in (("minus", tie.minus), ("plus", tie.plus)):
            keys = facet_keys(facets)
            left = ~np.isin(keys, np.concatenate(taken)) if taken and not whole_ties else np.ones(len(keys), dtype=bool)
            taken.append(keys[left])
            if left.any():
                surfaces[f"{name} {side}"] = facets[left]
    return surfaces
