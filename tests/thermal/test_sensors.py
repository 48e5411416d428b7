"""Sensors: where they sit, what they read, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from packtool.design.load import load_design
from packtool.errors import DesignError, SolveError
from packtool.layout.lay_out import lay_out
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.sensors import sensor_points, sensor_rows

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"


def pack(sensors):
    loaded = load_design(BUS, [f"sensors={sensors}"])
    return loaded, lay_out(loaded)


def test_a_sensor_on_a_cell_sits_on_its_axis_just_inside_the_face_that_is_asked_for():
    loaded, layout = pack("{a: {cell: R2C5}, b: {cell: R2C05, place: bottom}, c: {cell: R2C05, place: middle}}")
    (cell,) = [part for part in layout.parts_of("cell") if part.name == "R2C05"]
    x0, y0, z0, x1, y1, z1 = (side * 1e-3 for side in layout.part_bounds(cell))
    points = sensor_points(loaded, layout)
    assert points["a"] == pytest.approx([(x0 + x1) / 2, (y0 + y1) / 2, z1], abs=3e-4)  # a thousandth of 207 mm
    assert points["b"] == pytest.approx([(x0 + x1) / 2, (y0 + y1) / 2, z0], abs=3e-4)
    assert points["c"] == pytest.approx([(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2])


def test_it_reads_a_linear_field_exactly_and_names_itself_where_there_is_no_solid():
    mesh = mesh_boxes([Box("block", "cell", "cell", 0, 0, 0, 0.1, 0.1, 0.1)], divisions=2, boundaries={})
    loaded, layout = pack("{in: {at_mm: [30, 20, 70]}, edge: {at_mm: [100, 0, 5]}}")
    field = 300 + mesh.points @ np.array([1.0, 2.0, 3.0])
    assert sensor_rows(loaded, layout, mesh) @ field == pytest.approx([300.28, 300.115])
    loaded, layout = pack("{far: {at_mm: [101, 0, 5]}}")
    with pytest.raises(SolveError, match=r"sensors.far: the point \(0.101, 0, 0.005\) m lies in no element"):
        sensor_rows(loaded, layout, mesh)


@pytest.mark.parametrize(
    ("sensors", "message"),
    [
        ("{a: {cell: R9C01}}", "there is no such cell: rows are 1 to 4"),
        ("{a: {}}", "missing: give at_mm"),
        ("{a: {cell: R1C01, at_mm: [0, 0, 0]}}", "give at_mm or cell, not both"),
        ("{a: {at_mm: [0, 0]}}", "takes 3 numbers, got 2"),
        ("{a: {at_mm: [0, 0, 1]}}", r"sensors.a.at_mm: there is no part around this point.*z 3 to 217 mm"),  # in the tray's floor
        ("{a: {at_mm: [0, 19999, 100]}}", "there is no part around this point"),
    ],
)
def test_what_is_no_place_is_refused(sensors, message):
    with pytest.raises(DesignError, match=message):
        pack(sensors)
