"""Temperatures at the points that a design names."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.design.loaded import LoadedDesign
from packtool.errors import SolveError
from packtool.layout.records import Layout
from packtool.mesh.records import Floats, TaggedMesh
from packtool.thermal.evaluate import interpolation

INSIDE = 1e-3
"""Sensors on a cell's face sit this share of its height inside it, so that they read the cell and not the layer beside it."""


def sensor_points(loaded: LoadedDesign, layout: Layout) -> dict[str, Floats]:
    """Name -> point (3,) [m]."""
    parts = {part.name: part for part in layout.parts_of("cell")}
    share = {"bottom": INSIDE, "middle": 0.5, "top": 1 - INSIDE}
    points = {}
    for name, sensor in loaded.design.sensors.items():
        if sensor.at_mm is not None:
            points[name] = np.array(sensor.at_mm) * 1e-3
        elif sensor.cell is not None:
            x0, y0, z0, x1, y1, z1 = layout.part_bounds(parts[sensor.cell])
            points[name] = np.array([(x0 + x1) / 2, (y0 + y1) / 2, z0 + share[sensor.place] * (z1 - z0)]) * 1e-3
    return points


def sensor_rows(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh) -> Any:
    """(n_sensors, n_points) sparse: what reads the sensors from a field. Raises SolveError, with its name, where one lies in no solid."""
    from scipy.sparse import csr_matrix, vstack

    rows = [csr_matrix((0, len(mesh.points)))]
    for name, point in sensor_points(loaded, layout).items():
        try:
            rows.append(interpolation(mesh, point[None]))
        except SolveError as error:
            raise SolveError(f"sensors.{name}: {error}; channels, tray and air are not meshed") from error
    return vstack(rows).tocsr()
