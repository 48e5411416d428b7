"""What a mesh is worth: shape of its elements, volumes and areas against the layout, connectedness."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components as _graph_components

from packtool.errors import MeshError
from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.grid import CORNERS, FACE_CORNERS
from packtool.mesh.placed import SAME_MM, PlacedSweep, meshed_parts, placed_sweeps
from packtool.mesh.records import Floats, Integers, TaggedMesh

MIN_SCALED_JACOBIAN = 0.2
"""Elements below this are refused: the lower end of the acceptable range that the Verdict library gives for hexahedra (0.5 is its
default acceptable range's start; below 0.2 interpolation errors and conditioning grow quickly)."""
MAX_VOLUME_ERROR = 1e-6
"""Largest relative difference between a part's meshed volume and the layout's: heat and mass are per volume."""


@dataclass(frozen=True)
class MeshReport:
    """What the checks of a mesh found.

    ``min_scaled_jacobian`` [-] 1 for a box; ``max_aspect_ratio`` [-] longest over shortest edge of an element;
    ``max_volume_error`` [-] relative, of ``worst_part``; ``max_interface_error`` [-] relative, of the interface areas that have a
    closed form (None: none has); ``components`` connected pieces; ``areas`` [m²] of boundaries and interfaces by name;
    ``elements_by_role``; ``notices`` what the mesh leaves out; ``seconds`` from layout to checked mesh.
    """

    elements: int
    points: int
    min_scaled_jacobian: float
    max_aspect_ratio: float
    max_volume_error: float
    worst_part: str
    max_interface_error: float | None
    components: int
    areas: Mapping[str, float]
    elements_by_role: Mapping[str, int]
    notices: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """JSON-like, in the order of the attributes."""
        return asdict(self) | {"notices": list(self.notices)}


def checked(layout: Layout, mesh: TaggedMesh, began: float) -> MeshReport:
    """The report of a pack's mesh; ``began`` is the ``time.perf_counter()`` at which its making began.

    Raises MeshError, naming the part, where a part has no elements, its volume is off by more than MAX_VOLUME_ERROR, an element's
    scaled Jacobian is below MIN_SCALED_JACOBIAN, an interface's area is not that of the layout, or a connected piece touches no
    outer or coolant boundary.
    """
    pairs = meshed_parts(layout)
    counts = np.bincount(mesh.region, minlength=len(mesh.regions))
    if (counts == 0).any():
        raise MeshError(f"part {mesh.regions[int(counts.argmin())].name} has no elements: it is thinner than the grid resolves")
    volumes = region_volumes(mesh)
    asked = np.array([product.volume_mm3() for _, product in pairs]) * 1e-9
    errors = np.abs(volumes - asked) / asked
    worst = int(errors.argmax())
    if not errors[worst] <= MAX_VOLUME_ERROR:
        raise MeshError(
            f"part {mesh.regions[worst].name}: its mesh holds {volumes[worst] * 1e6:.9g} cm³, the layout {asked[worst] * 1e6:.9g} cm³; "
            "do its holes overlap or its sweeps leave the outline?"
        )
    jacobian = scaled_jacobian(mesh)
    bad = int(jacobian.argmin())
    if not jacobian[bad] >= MIN_SCALED_JACOBIAN:
        name = mesh.regions[int(mesh.region[bad])].name
        raise MeshError(f"part {name} has an element of scaled Jacobian {jacobian[bad]:.3g}; the limit is {MIN_SCALED_JACOBIAN:g}")
    pieces = connected_components(mesh)
    _check_pieces(mesh, pieces)
    areas = {name: float(facet_areas(mesh.points, facets).sum()) for name, facets in (mesh.boundaries | mesh.interfaces).items()}
    by_role = np.array([MESHED_ROLES.index(product.role) for _, product in pairs])[mesh.region]
    return MeshReport(
        elements=len(mesh.hexes),
        points=len(mesh.points),
        min_scaled_jacobian=float(jacobian[bad]),
        max_aspect_ratio=float(aspect_ratio(mesh).max()),
        max_volume_error=float(errors[worst]),
        worst_part=mesh.regions[worst].name,
        max_interface_error=_check_interfaces(layout, areas),
        components=int(pieces.max()) + 1,
        areas=areas,
        elements_by_role={role: n for i, role in enumerate(MESHED_ROLES) if (n := int((by_role == i).sum()))},
        notices=_notices(layout),
        seconds=time.perf_counter() - began,
    )
