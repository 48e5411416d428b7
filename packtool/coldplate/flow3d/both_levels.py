"""The plate that finite elements solved, once more with its coolant as a network: the same metal, the same heat, films in place of a flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.coldplate.flow3d.plate import PlateGrid
from packtool.coldplate.flow3d.plate_solve import PlateConditions
from packtool.coldplate.fluid import constant_coolant
from packtool.coldplate.plate_on_channels import bare_plate
from packtool.coldplate.records import ColdPlateSolution, HeatPhysics
from packtool.coldplate.segments import quad_areas
from packtool.coldplate.solve import cold_plate_solution
from packtool.coldplate.stream import ChannelStream
from packtool.fem.elements import MOST_POINTS, outer_facets
from packtool.layout.coolant import LPM, CoolantNetwork
from packtool.mesh.records import Integers, Region, TaggedMesh
from packtool.results import ZERO_CELSIUS
from packtool.thermal.records import ConductionProblem
from packtool.thermal.steady import solve_steady


@dataclass(frozen=True)
class NetworkPlate:
    """Mean and highest temperature of the plate's top [K]; what the coolant does."""

    top_mean: float
    top_max: float
    coolant: ColdPlateSolution


def metal_mesh(grid: PlateGrid) -> TaggedMesh:
    """The plate's metal on the finite elements' own grid: one region, boundaries top, coolant_wall and rest."""
    mesh = grid.heat
    used, back = np.unique(mesh.elements[~grid.fluid], return_inverse=True)
    number = np.full(len(mesh.points), -1)
    number[used] = np.arange(len(used))
    hexes = back.reshape(-1, 8)
    outer = outer_facets(hexes)[:, [0, 1, 3, 2]]  # cyclic
    keys = _keys(outer)
    top = np.isin(keys, _keys(number[mesh.boundaries["top"]]))
    outside = np.isin(keys, _keys(np.concatenate([number[mesh.boundaries[name]] for name in ("bottom", "side")])))
    boundaries = {"top": outer[top], "coolant_wall": outer[~top & ~outside], "rest": outer[outside]}
    return TaggedMesh(
        mesh.points[used], hexes, np.zeros(len(hexes), np.int64), (Region("plate", "cold_plate", "metal"),), boundaries
    )


def network_plate(
    network: CoolantNetwork, grid: PlateGrid, conditions: PlateConditions, heat_physics: HeatPhysics = HeatPhysics()
) -> NetworkPlate:
    """The plate of ``grid`` under ``conditions`` (heat on its top), its coolant in ``network``. Raises as ``solve_steady``."""
    c, mesh = conditions, metal_mesh(grid)
    record = bare_plate(flow_lpm=c.flow / LPM, inlet_degC=c.T_in - ZERO_CELSIUS, roughness_um=0.0)
    stream = ChannelStream.of(network, record, constant_coolant(c.rho, c.cp, c.k, c.mu), mesh, heat_physics=heat_physics)
    problem = ConductionProblem(mesh, c.conductivity * np.eye(3)[None], flux={"top": c.flux["top"]})
    solution = solve_steady(problem, stream)
    assert solution.stream is not None
    top = mesh.boundaries["top"]
    area = quad_areas(mesh.points[top])
    mean = float(area @ solution.T[top].mean(axis=1) / area.sum())
    return NetworkPlate(mean, float(solution.T[top].max()), cold_plate_solution(stream, solution.stream))


def _keys(facets: Integers) -> Integers:
    rows = np.sort(facets, axis=1).astype(np.int64)
    return np.asarray((rows[:, 0] * MOST_POINTS + rows[:, 1]) * MOST_POINTS + rows[:, 3])
