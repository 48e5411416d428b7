"""Meshes of boxes bent into other shapes: cylinders, spheres, tapers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.measures import scaled_jacobian
from packtool.mesh.records import Floats, TaggedMesh


def mapped(mesh: TaggedMesh, place: Callable[[Floats], Floats]) -> TaggedMesh:
    """The same mesh with its points moved to ``place(points)``, (n_points, 3) -> (n_points, 3) [m]; all names stay.

    A thin sector of a cylinder about z: boxes with x the radius and y the angle, ``place`` giving (x, x tan y, z); its areas grow
    with the radius exactly. A narrow pyramid of a sphere: (x, x tan y, x tan z). Elements stay hexahedra with straight edges. A
    radius of 0 would collapse an edge: begin at a thousandth of the outer radius, which holds a millionth of the area.

    Raises MeshError if the points are not finite or of another shape, or an element is turned inside out or collapsed; its region
    is named.
    """
    points = np.ascontiguousarray(place(mesh.points), dtype=np.float64)
    if points.shape != mesh.points.shape:
        raise MeshError(f"the mapping returned points of shape {points.shape}, not {mesh.points.shape}")
    if not np.isfinite(points).all():
        raise MeshError("the mapping returned points that are not finite")
    bent = replace(mesh, points=points)
    with np.errstate(invalid="ignore", divide="ignore"):
        quality = np.nan_to_num(scaled_jacobian(bent), nan=0.0)
    worst = int(quality.argmin())
    if quality[worst] <= 0:
        name = mesh.regions[int(mesh.region[worst])].name
        raise MeshError(f"the mapping collapses an element of {name}, or turns it inside out: scaled Jacobian {quality[worst]:.3g}")
    return bent
