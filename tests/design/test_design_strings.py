"""Strings of modules in parallel, as the design file asks for them: what does not come out is told with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

import packtool
from packtool.design.load import load_design
from packtool.errors import DesignError

BUS = Path(packtool.__file__).parents[1] / "templates" / "bus-lfp.yaml"
TWO_STRINGS = (
    "electrical={series: 16, parallel: 4}", "arrangement.rows=2", "arrangement.cells_per_row=8",
    "arrangement.modules={count_x: 2, count_y: 2, strings: 2}",
)  # fmt: skip
REFUSED = {
    "modules that do not come out": (
        "electrical={series: 12, parallel: 4}|arrangement.modules={count_x: 3, strings: 2}", "arrangement.modules.strings",
        "3 x 1 = 3 modules do not come out in 2 strings; these do: 1, 3",
    ),
    "cells in parallel that do not come out": (
        "electrical={series: 64, parallel: 1}", "electrical.parallel", "do not come out for 2 strings (arrangement.modules.strings): a multiple of 2",
    ),
    "a group across rows": (
        "electrical={series: 4, parallel: 16}|arrangement.cells_per_row=[12, 4]", "arrangement.cells_per_row",
        "a multiple of 8, the cells in parallel in a string",
    ),
    "cells that do not come out": (
        "electrical={series: 8, parallel: 4}", "arrangement.cells_per_row", "with rows: 2 and 4 modules it takes cells_per_row: 4",
    ),
    "modules above each other": (
        "arrangement.modules.count_z=2", "arrangement.modules.count_z", "give each layer a design of its own",
    ),
    "an open cell alone in its string": (
        "electrical={series: 32, parallel: 2}|overrides.cells={M01.R1C01: {circuit: open}}", "overrides.cells.M01.R1C01.circuit",
        "its whole string would carry nothing, for the cell has none in parallel in its string",
    ),
}  # fmt: skip


def test_the_cells_of_all_strings_are_counted_in_parallel():
    design = load_design(BUS, TWO_STRINGS).design
    assert design.arrangement.string_count() == 2
    assert sum(design.arrangement.row_counts()) * design.arrangement.module_count() == 16 * 4


@pytest.mark.parametrize("case", REFUSED)
def test_strings_that_do_not_come_out_are_refused_at_their_key(case):
    sets, key, heart = REFUSED[case]
    with pytest.raises(DesignError) as caught:
        load_design(BUS, (*TWO_STRINGS, *sets.split("|")))
    (said,) = caught.value.complaints
    assert said.key == key
    assert heart in said.message


def test_cells_in_parallel_that_do_not_come_out_in_strings_are_told_beside_a_wrong_count_of_cells():
    with pytest.raises(DesignError) as caught:
        load_design(BUS, (*TWO_STRINGS, "electrical={series: 16, parallel: 3}"))
    assert {said.key for said in caught.value.complaints} == {"electrical.parallel", "arrangement.cells_per_row"}
    assert not any("it takes cells_per_row" in said.message for said in caught.value.complaints)
