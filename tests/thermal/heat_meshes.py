"""Small problems that several tests of the heat solve share."""

from __future__ import annotations

import numpy as np

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.records import ConductionProblem, Heat


def bar(length: float = 0.1, elements: int = 10, area: float = 1e-4):
    """A bar along x, one element thick; boundaries xmin, xmax."""
    side = area**0.5
    return mesh_boxes(
        [Box("bar", "cell", "x", 0, 0, 0, length, side, side)],
        divisions=(elements, 1, 1),
        boundaries={"xmin": "xmin", "xmax": "xmax"},
    )


def two_bars(contact: bool = False):
    """Two bars end to end, 60 and 40 mm of 1 cm²; their interface is shared, or a contact."""
    boxes = [Box("A", "cell", "a", 0, 0, 0, 0.06, 0.01, 0.01), Box("B", "plate", "b", 0.06, 0, 0, 0.1, 0.01, 0.01)]
    contacts = [("A", "B")] if contact else []
    return mesh_boxes(boxes, divisions=([6, 4], 2, 2), contacts=contacts, boundaries={"xmin": "xmin", "xmax": "xmax"})


def isotropic(*k: float):
    """(n_regions, 3, 3)."""
    return np.eye(3) * np.array(k)[:, None, None]


def steady_heat(*power: float) -> Heat:
    """The same heat [W] of every region at any temperature."""
    return Heat(lambda _T: (np.array(power), np.zeros(len(power))))


def problem(mesh, k=(10.0,), **more) -> ConductionProblem:
    """Conductivities ``k`` by region; the rest as of ConductionProblem."""
    return ConductionProblem(mesh, isotropic(*k), **more)
