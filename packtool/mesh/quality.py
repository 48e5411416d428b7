"""What a mesh is worth: shape of its elements, volumes and areas against the layout, connectedness."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from packtool.errors import MeshError
from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.contact_areas import contact_areas
from packtool.mesh.lattice import circle_of
from packtool.mesh.measures import (
    MAX_VOLUME_ERROR,
    aspect_ratio,
    connected_components,
    facet_areas,
    region_volumes,
    scaled_jacobian,
)
from packtool.mesh.overlap import tied_area
from packtool.mesh.placed import meshed_parts
from packtool.mesh.records import Integers, TaggedMesh
from packtool.mesh.solids import IMPORTED, MIN_SPLIT_JACOBIAN, TOUCH_MM, Solid, max_volume_error

MIN_SCALED_JACOBIAN = 0.2
"""Elements below this are refused. The Verdict Library Reference Manual (Sandia National Laboratories 2007, hexahedra) calls 0.5 to 1
acceptable; 0.2 is the least that practice puts up with."""


@dataclass(frozen=True)
class MeshReport:
    """What the checks of a mesh found.

    ``min_scaled_jacobian`` [-] 1 for a box; ``max_aspect_ratio`` [-] longest over shortest edge of an element;
    ``max_volume_error`` [-] relative, of ``worst_part``; ``max_interface_error`` [-] relative, of the interface areas that have a
    closed form (None: none has); ``components`` connected pieces; ``areas`` [m²] of boundaries and interfaces by name;
    ``elements_by_role``; ``untouched``: parts of any shape that are left out, since they touch nothing; ``notices`` what the mesh leaves out; ``seconds`` from layout to checked mesh.
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
    untouched: tuple[str, ...]
    notices: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """JSON-like, in the order of the attributes."""
        return asdict(self) | {"notices": list(self.notices), "untouched": list(self.untouched)}


def checked(
    layout: Layout, mesh: TaggedMesh, began: float, solids: Sequence[Solid] = (), untouched: Sequence[str] = ()
) -> MeshReport:
    """The report of a pack's mesh; ``began`` is the ``time.perf_counter()`` at which its making began; ``solids``: those asked for, of which
    ``untouched`` touch nothing and are left out.

    Raises MeshError, naming the part, where a part has no elements, its volume is off by more than MAX_VOLUME_ERROR, an element's
    scaled Jacobian is below MIN_SCALED_JACOBIAN, an interface's area is not that of the layout, or a connected piece touches no
    outer or coolant boundary.
    """
    pairs = meshed_parts(layout)
    counts = np.bincount(mesh.region, minlength=len(mesh.regions))
    if (counts == 0).any():
        raise MeshError(f"part {mesh.regions[int(counts.argmin())].name} has no elements: it is thinner than the grid resolves")
    volumes = region_volumes(mesh)
    beside = [solid for solid in solids if solid.name not in untouched]
    asked = np.array([*(product.volume_mm3() for _, product in pairs), *(solid.volume_mm3 for solid in beside)]) * 1e-9
    errors = np.abs(volumes - asked) / asked
    most = np.array([MAX_VOLUME_ERROR] * len(pairs) + [max_volume_error(solid) for solid in beside])
    worst = int((errors / most).argmax())
    if not errors[worst] <= most[worst]:
        raise MeshError(
            f"part {mesh.regions[worst].name}: its mesh holds {volumes[worst] * 1e6:.9g} cm³, the layout {asked[worst] * 1e6:.9g} cm³; "
            "do its holes overlap or its sweeps leave the outline?"
        )
    jacobian = scaled_jacobian(mesh)
    least = np.array([MIN_SCALED_JACOBIAN] * len(pairs) + [MIN_SPLIT_JACOBIAN] * len(beside))[mesh.region]
    bad = int((jacobian / least).argmin())
    if not jacobian[bad] >= least[bad]:
        name = mesh.regions[int(mesh.region[bad])].name
        raise MeshError(
            f"part {name} has an element of scaled Jacobian {jacobian[bad]:.3g}; the limit is {least[bad]:g}" + _way_out(layout)
        )
    pieces = connected_components(mesh)
    _check_pieces(mesh, pieces)
    surfaces = {**mesh.boundaries, **mesh.interfaces}
    areas = {name: float(facet_areas(mesh.points, facets).sum()) for name, facets in surfaces.items()}
    areas |= {name: tied_area(mesh.points, tie) for name, tie in mesh.ties.items()}
    by_role = Counter(dict.fromkeys((*MESHED_ROLES, IMPORTED), 0))
    for region, count in zip(mesh.regions, counts.tolist(), strict=True):
        by_role[region.role] += count
    return MeshReport(
        elements=len(mesh.hexes),
        points=len(mesh.points),
        min_scaled_jacobian=float(jacobian.min()),
        max_aspect_ratio=float(aspect_ratio(mesh).max()),
        max_volume_error=float(errors[worst]),
        worst_part=mesh.regions[worst].name,
        max_interface_error=_check_interfaces(layout, areas),
        components=int(pieces.max()) + 1,
        areas=areas,
        elements_by_role={role: n for role, n in by_role.items() if n},
        untouched=tuple(untouched),
        notices=(*_notices(layout), *_of_untouched(untouched)),
        seconds=time.perf_counter() - began,
    )


def _way_out(layout: Layout) -> str:
    """What a user may do about a bad element: only plans with arcs, or of round cells, have them."""
    if layout.cell.format == "cylindrical":
        return (
            "; tiles of round cells are even where arrangement.cell_gap_mm is less than about two diameters and "
            "cold_plate.contact_angle_deg at most 90"
        )
    if layout.network is None or not any(any(branch.bulges) for branch in layout.network.branches):
        return ""
    return (
        "; the ends of a plate with round turns mesh badly where an edge of a row falls just beside a channel's: change "
        "cold_plate.margin_mm or arrangement.row_gap_mm a little, or take cold_plate.turns: square"
    )


def _check_pieces(mesh: TaggedMesh, pieces: Integers) -> None:
    """Raises MeshError for a connected piece from which no heat could leave."""
    piece_of_node = np.full(len(mesh.points), -1)
    piece_of_node[mesh.hexes] = pieces[:, None]
    exchanging = [facets for name, facets in mesh.boundaries.items() if name != "gap_side"]
    reached = np.unique(piece_of_node[np.concatenate([np.empty(0, np.int64), *(facets.ravel() for facets in exchanging)])])
    for lost in np.setdiff1d(np.unique(pieces), reached):
        part = mesh.regions[int(mesh.region[pieces == lost][0])].name
        raise MeshError(f"part {part} touches neither the coolant, nor the outside, nor a part that does: its heat could not leave")


def _check_interfaces(layout: Layout, areas: Mapping[str, float]) -> float | None:
    """Largest relative error of the interface areas that have a closed form; raises MeshError above MAX_VOLUME_ERROR."""
    worst = None
    for name, asked in contact_areas(layout).items():
        error = abs(areas.get(name, 0.0) - asked) / asked
        if not error <= MAX_VOLUME_ERROR:
            raise MeshError(
                f"interface {name}: the mesh has {areas.get(name, 0.0) * 1e4:.9g} cm², the layout {asked * 1e4:.9g} cm²"
            )
        worst = max(error, worst or 0.0)
    return worst


def _notices(layout: Layout) -> tuple[str, ...]:
    rounded = [product.id for _, product in meshed_parts(layout) if product.edge_radius_mm]
    notices = [f"{len(rounded)} parts are meshed without the rounded edges of {', '.join(sorted(set(rounded)))}"] if rounded else []
    round_ = sum(any(circle_of(sweep.profile.outer) for sweep in product.sweeps) for _, product in meshed_parts(layout))
    if round_:
        notices.append(f"{round_} round parts are meshed as polygons of the same area")
    left = sorted({layout.role_of(part) for part in layout.parts} - {*MESHED_ROLES, "coolant"})
    return (*notices, *([f"not meshed: {', '.join(left)}"] if left else []))


def _of_untouched(names: Sequence[str]) -> tuple[str, ...]:
    reason = f"no flat face lies on that of a meshed part within {TOUCH_MM:g} mm"
    return (f"{', '.join(names)}: {reason}",) if names else ()
