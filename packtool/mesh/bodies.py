"""Meshes of layers, bodies of revolution and spheres: one or two dimensions that stand for the whole body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.around import mesh_around
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.grid_lines import Division
from packtool.mesh.records import TaggedMesh

Layers = Sequence[tuple[str, float]] | Mapping[str, float]
"""Name and thickness [m], one after the other."""


def mesh_layers(
    layers: Layers, *, divisions: Division = 20, area: float = 1.0, contacts: Sequence[tuple[str, str]] = ()
) -> TaggedMesh:
    """A stack of flat layers along x from x = 0, of ``area`` [m²]; heat flows along x only.

    ``divisions`` as of ``mesh_boxes``: an int is that of every layer. Boundaries ``start`` (x = 0) and ``end``. Raises MeshError.
    """
    places = _places(layers, 0.0)
    if not area > 0:
        raise MeshError(f"the area of the layers is {area:g} m²; it must be above 0")
    side = area**0.5
    boxes = [Box(name, "solid", name, a, 0, 0, b, side, side) for name, (a, b) in places.items()]
    mesh = mesh_boxes(
        boxes, divisions=(divisions, 1, 1), contacts=contacts, boundaries={"xmin": "start", "xmax": "end"}
    )  # fmt: skip
    return _only(mesh, ("start", "end"))


def mesh_sphere(
    layers: Layers, *, inner: float = 0.0, divisions: Division = 20, contacts: Sequence[tuple[str, str]] = ()
) -> TaggedMesh:
    """A whole sphere of concentric layers from the radius ``inner`` [m] outwards; heat flows along the radius (x) only.

    Boundaries ``outer`` and, where ``inner`` > 0, ``inner``. Powers and heat flows are those of the whole sphere. Raises MeshError.
    """
    places = _places(layers, inner)
    boxes = [Box(name, "solid", name, a, 0, 0, b, 1, 1) for name, (a, b) in places.items()]
    mesh = mesh_boxes(boxes, divisions=(divisions, 1, 1), contacts=contacts, boundaries={"xmin": "inner", "xmax": "outer"})
    return replace(_only(mesh, ("inner", "outer") if inner > 0 else ("outer",)), symmetry="central")


def mesh_cylinder(
    layers: Layers,
    *,
    height: float,
    inner: float = 0.0,
    divisions: tuple[Division, Division] = (20, 20),
    contacts: Sequence[tuple[str, str]] = (),
    around: int | None = None,
    angle_deg: float = 360.0,
    curved: bool = False,
) -> TaggedMesh:
    """An upright cylinder of concentric layers from the radius ``inner`` [m] outwards, from z = 0 to ``height`` [m].

    ``divisions`` along the radius (x) and the height (z); (n, 1) leaves the height out. Boundaries ``outer``, ``bottom``, ``top``
    and, where ``inner`` > 0, ``inner``. Heat does not vary around the axis, unless ``around`` says into how many elements to
    divide that way: see ``mesh_revolved`` for it, ``angle_deg`` and ``curved``. Raises MeshError.
    """
    places = _places(layers, inner)
    rings = {name: (a, 0.0, b, height) for name, (a, b) in places.items()}
    ends = {"rmin": "inner", "rmax": "outer", "zmin": "bottom", "zmax": "top"}
    if not inner > 0:
        del ends["rmin"]
    return mesh_revolved(
        rings, divisions=divisions, contacts=contacts, boundaries=ends, around=around, angle_deg=angle_deg, curved=curved
    )


def mesh_revolved(
    rings: Mapping[str, Sequence[float]],
    *,
    divisions: tuple[Division, Division],
    contacts: Sequence[tuple[str, str]] = (),
    boundaries: Mapping[str, str] | None = None,
    around: int | None = None,
    angle_deg: float = 360.0,
    curved: bool = False,
) -> TaggedMesh:
    """Bodies of revolution about z: by name the two corners (r0, z0, r1, z1) [m] of the rectangle that sweeps each.

    ``divisions`` along r and z. Boundaries are ``"A.r-"``, ``"A.r+"``, ``"A.z-"``, ``"A.z+"``; ``boundaries`` renames them as in
    ``mesh_boxes``, with keys ``"A.r+"``, ``"rmin"`` ... ``"zmax"`` or ``"*.r+"``. In the mesh x is the radius; powers and flows are
    of the whole body.

    With ``around`` the mesh is in space, with so many elements about the axis, and heat may vary that way: all around (a multiple
    of 12), or a sector of ``angle_deg`` from the x axis on, whose ends are ``"A.from"`` and ``"A.to"``; powers and flows are then
    those of the sector. Chords keep the circles' areas; with ``curved`` edges follow the circles, for solves of degree 2. Without
    a hole, the elements about the axis take the first ring's divisions. Raises MeshError, also for a negative radius.
    """
    boxes = []
    for name, corners in rings.items():
        if len(corners) != 4:
            raise MeshError(f"ring {name}: wanted two corners (r0, z0, r1, z1) [m], got {tuple(corners)!r}")
        r0, z0, r1, z1 = corners
        if not r0 >= 0:
            raise MeshError(f"ring {name}: its inner radius is {r0:g} m; a radius is at least 0")
        boxes.append(Box(name, "solid", name, r0, 0, z0, r1, 1, z1))
    if around is not None:
        _check_around(around, angle_deg, min(r0 for r0, *_ in rings.values()))
        return mesh_around(
            rings,
            divisions=divisions,
            around=around,
            angle_deg=angle_deg,
            curved=curved,
            contacts=contacts,
            boundaries=boundaries or {},
        )
    if angle_deg != 360.0 or curved:
        raise MeshError("angle_deg and curved are of meshes in space: say around=, how many elements there are about the axis")
    names = {_as_x(key): name for key, name in (boundaries or {}).items()}
    r, z = divisions
    mesh = mesh_boxes(boxes, divisions=(r, 1, z), contacts=contacts, boundaries={"*.y-": "y", "*.y+": "y", **names})
    shown = {}
    for name, facets in mesh.boundaries.items():
        outside = facets[mesh.points[facets, 0].max(axis=1) > 0]  # the axis is no surface
        if name != "y" and len(outside):
            shown[name.replace(".x", ".r") if name not in names.values() else name] = outside
    return replace(mesh, boundaries=shown, symmetry="axial")


def _check_around(around: int, angle_deg: float, inner: float) -> None:
    if not 0 < angle_deg <= 360:
        raise MeshError(f"angle_deg is {angle_deg:g}; a sector has more than 0 and at most 360")
    if angle_deg == 360 and (around < 12 or around % 12):
        raise MeshError(f"around is {around}; all around the axis it is a multiple of 12")
    if around < 1 or angle_deg / around >= 90:
        raise MeshError(f"around is {around}; an element may take less than 90 degrees, so it is more than {angle_deg / 90:g}")
    if angle_deg < 360 and inner == 0:
        raise MeshError("a sector must have a hole at the axis: start its rings at a radius above 0, or mesh all around")


def _as_x(key: str) -> str:
    return {"rmin": "xmin", "rmax": "xmax"}.get(key, key.replace(".r-", ".x-").replace(".r+", ".x+"))


def _places(layers: Layers, start: float) -> dict[str, tuple[float, float]]:
    """Where each layer begins and ends [m], the first at ``start``."""
    pairs = list(layers.items()) if isinstance(layers, Mapping) else list(layers)
    if not pairs:
        raise MeshError("no layers to mesh")
    if not start >= 0:
        raise MeshError(f"the inner radius is {start:g} m; it must be at least 0")
    places: dict[str, tuple[float, float]] = {}
    at = start
    for name, thickness in pairs:
        if not isinstance(thickness, int | float | np.number):
            raise MeshError(f"layer {name}: its thickness is {thickness!r}; it must be a number [m]")
        if not thickness > 0:
            raise MeshError(f"layer {name}: its thickness is {thickness:g} m; it must be above 0")
        if name in places:
            raise MeshError(f"two layers are called {name}")
        places[name] = (at, at + thickness)
        at += thickness
    return places


def _only(mesh: TaggedMesh, names: Sequence[str]) -> TaggedMesh:
    return replace(mesh, boundaries={name: mesh.boundaries[name] for name in names})
