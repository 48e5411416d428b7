"""A mesh with names: what every solver gets. Numpy arrays only, metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Region:
    """A tagged volume: one part (or a named box of the Python API)."""

    name: str
    role: str
    material: str


@dataclass(frozen=True, slots=True)
class Contact:
    """An interface whose two sides have nodes of their own: facet i of ``minus`` lies on facet i of ``plus``, node by node.

    ``minus``, ``plus``: (n_facets, 4) node numbers.
    """

    minus: Integers
    plus: Integers


@dataclass(frozen=True, slots=True)
class Tie:
    """Two level surfaces that lie on each other, each with a mesh of its own, and conduct as one.

    ``minus`` (n_facets, 4) of the finer, normal to the coarser; ``plus`` (n_others, 4) of the coarser, which are rectangles along x and y
    and lie under all of ``minus``.
    """

    minus: Integers
    plus: Integers


@dataclass(frozen=True)
class TaggedMesh:
    """Hexahedra with named regions, boundaries and interfaces; the general heat solve takes tetrahedra too (4 nodes, facets of 3).

    ``points`` (n_points, 3) [m]; ``hexes`` (n_hexes, 8) node numbers, bottom face counter-clockwise seen from above, then the top
    face in the same order (the order of VTK and gmsh); ``region`` (n_hexes,) index into ``regions``;
    ``boundaries`` name -> (n_facets, 4) outer facets, nodes in cyclic order, normal pointing out of the solid;
    ``interfaces`` name -> (n_facets, 4) inner facets between two regions' roles (``cell|interface``), nodes shared, normal from the
    first to the second; ``contacts`` name -> Contact; ``ties`` name -> Tie. ``symmetry`` axial: x is the radius of a body of revolution about z, one element
    thick in y; central: x is the radius of a sphere, one element thick in y and z; both are 1 m there, and stand for all around.
    ``middles``: edges (m, 2) by their nodes, that are curved, and where their middles are (m, 3), for elements of second order.
    """

    points: Floats
    hexes: Integers
    region: Integers
    regions: tuple[Region, ...]
    boundaries: Mapping[str, Integers]
    interfaces: Mapping[str, Integers] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    symmetry: Literal["none", "axial", "central"] = "none"
    middles: tuple[Integers, Floats] | None = None
    ties: Mapping[str, Tie] = field(default_factory=dict)

    @cached_property
    def kept(self) -> dict[object, Any]:
        """What was worked out of this mesh and is wanted again (volumes, joints), by what works it out; it goes with the mesh."""
        return {}

    def region_index(self, name: str) -> int:
        """Index of the region called ``name``; KeyError if there is none."""
        for index, region in enumerate(self.regions):
            if region.name == name:
                return index
        raise KeyError(name)
