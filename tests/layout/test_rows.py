"""Rows: the snake's numbering, which way cells look, and what stands where along a row."""

from __future__ import annotations

from itertools import pairwise

import pytest

from packtool.errors import DesignError, LayoutError
from packtool.layout.lay_out import lay_out
from packtool.layout.rows import number_cells, plan_rows


def test_a_snake_of_single_cells_runs_right_then_left():
    series = {spot.name: spot.series for spot in number_cells((3, 3), 1)}
    assert series == {"R1C01": 1, "R1C02": 2, "R1C03": 3, "R2C03": 4, "R2C02": 5, "R2C01": 6}


def test_parallel_cells_stand_together_and_look_the_same_way():
    spots = number_cells((4, 4), n_parallel=2)
    of_row_2 = [(s.name, s.series, s.parallel, s.turned) for s in spots if s.row == 2]
    assert of_row_2 == [("R2C01", 4, 2, True), ("R2C02", 4, 1, True), ("R2C03", 3, 2, False), ("R2C04", 3, 1, False)]


def test_column_names_grow_with_the_count():
    names = [spot.name for spot in number_cells((100,), 1)]
    assert (names[0], names[99]) == ("R1C001", "R1C100")


def test_the_demo_row_is_cells_pads_and_end_plates_end_to_end(load):
    layout = lay_out(load())
    row = sorted(layout.part_bounds(p) for p in layout.parts_of("cell", "pad", "end_plate") if p.group == ("row R1",))
    assert len(row) == 17 + 16 + 2
    assert row[0][0] == pytest.approx(-(17 * 53.7 + 16 * 1.5) / 2 - 20, abs=1e-9)  # rounding of sums of ~1e3 mm
    for left, right in pairwise(row):
        assert left[3] == pytest.approx(right[0], abs=1e-9)  # as above: they touch
        assert left[1:3] + left[4:] == right[1:3] + right[4:]  # one face size


def test_the_rows_are_centred_and_a_gap_apart(load):
    rows = plan_rows(load())
    assert [row.y for row in rows.rows] == [-279.0, -93.0, 93.0, 279.0]


def test_the_interface_lies_under_its_whole_row_and_on_the_plate(load):
    layout = lay_out(load())
    plate = layout.part_bounds(layout.parts_of("cold_plate")[0])
    slab = layout.part_bounds(layout.parts_of("interface")[0])
    cell = layout.part_bounds(layout.parts_of("cell")[0])
    assert slab[2] == plate[5]
    assert slab[5] == cell[2]
    assert slab[3] - slab[0] == pytest.approx(17 * 53.7 + 16 * 1.5 + 40, abs=1e-9)  # rounding of sums
    assert (slab[1], slab[4]) == (cell[1], cell[4])


@pytest.mark.parametrize(
    "changes",
    [{"arrangement.gap_material": None}, {"arrangement.cell_gap_mm": 0.0}],
    ids=["no material: air", "no gap"],
)
def test_no_pads_without_a_material_or_a_gap(load, changes):
    assert lay_out(load(changes)).parts_of("pad") == ()


def test_no_end_plates_when_they_are_0_thick(load):
    assert lay_out(load({"arrangement.end_plate_mm": 0.0})).parts_of("end_plate") == ()


def test_without_plate_and_interface_the_cells_stand_on_the_floor(load):
    layout = lay_out(load({"cold_plate": None, "interface": None}))
    assert layout.part_bounds(layout.parts_of("cell")[0])[2] == 3.0  # the tray's wall_mm
    assert layout.network is None


def test_counts_that_do_not_come_out_are_refused(load):
    with pytest.raises(LayoutError, match="4 rows of 16 cells are 64"):
        lay_out(load({"arrangement.cells_per_row": 16}))
    with pytest.raises(LayoutError, match=r"17\) is not a multiple of parallel \(2"):
        lay_out(load({"electrical.series": 34, "electrical.parallel": 2}))


def test_a_cell_that_cannot_stand_in_rows_is_refused_at_its_place(load, cell):
    with pytest.raises(DesignError, match=r"pack.yaml:300:1: cell: calb-lfp176 is cylindrical"):
        lay_out(load(own=cell(format="cylindrical")))
    with pytest.raises(DesignError, match="unknown thickness_mm, height_mm"):
        lay_out(load(own=cell(thickness_mm=None, height_mm=None)))
