"""Flat cells in every arrangement: nothing overlaps, current passes every cell, each cell's name says where it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from flat_designs import ARRANGEMENTS, BLADE, CAN, FEW, FINS, ONE_END, POUCH, SIDEWAYS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from packtool.catalogue.records import Figure
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.layout.profiles import Profile


@pytest.fixture(scope="module", name="laid_out", params=ARRANGEMENTS)
def laid_out_fixture(request, load, cell):
    """The layout of every arrangement in turn."""
    own, changes = ARRANGEMENTS[request.param]
    return lay_out(load(changes, own=cell(**own)))


def boxes(layout, *roles):
    """(part, box, True) of every sweep of the parts with these roles, angled outlines cut up into boxes; of other shapes (False) the box around."""
    found = []
    for part in layout.parts_of(*roles):
        product = layout.product(part.product)
        for sweep in product.sweeps:
            for profile, exact in rectangles(sweep.profile):
                own = replace(product, sweeps=(replace(sweep, profile=profile),), details=())
                found.append((part.name, replace(layout, products=(own,)).part_bounds(part), exact))
    return found


@cache
def rectangles(profile):
    """The rectangles that an outline of edges along x and y is made of, column by column; else the outline itself."""
    edges = [
        (a, b)
        for loop in (profile.outer, *profile.holes)
        for a, b in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True)
    ]
    if any(a[2] or (a[0] != b[0] and a[1] != b[1]) for a, b in edges):
        return [(profile, False)]
    found = []
    for x0, x1 in pairwise(sorted({a[0] for a, _ in edges})):
        ys = sorted(a[1] for a, b in edges if a[1] == b[1] and min(a[0], b[0]) <= x0 and x1 <= max(a[0], b[0]))
        found += [(Profile.rectangle(x0, y0, x1, y1), True) for y0, y1 in zip(ys[::2], ys[1::2], strict=True)]
    return found


def overlap(a, b, apart=1e-6):
    low, high = (b[0] + apart, b[1] + apart, b[2] + apart), (b[3] - apart, b[4] - apart, b[5] - apart)
    return a[0] < high[0] and low[0] < a[3] and a[1] < high[1] and low[1] < a[4] and a[2] < high[2] and low[2] < a[5]


SOLID = ("cell", "pad", "barrier", "fin", "end_plate", "interface", "terminal", "busbar")


def test_no_two_parts_share_space_and_all_stand_in_the_tray(laid_out):
    check_places(laid_out)


def check_places(laid_out):
    placed = sorted(boxes(laid_out, *SOLID), key=lambda entry: entry[1])
    inside = laid_out.product("tray").sweeps[1].profile.holes[0].bounds()
    lid = laid_out.part_bounds(laid_out.parts_of("lid")[0])
    for k, (name, box, is_box) in enumerate(placed):
        assert inside[0] < box[0], name
        assert inside[1] < box[1], name
        assert box[3] < inside[2], name
        assert box[4] < inside[3], name
        assert box[5] < lid[2], name
        for other, second, other_is_box in placed[k + 1 :]:
            if second[0] >= box[3]:
                break
            assert name == other or not (is_box and other_is_box) or not overlap(box, second), (name, other)


def test_every_bar_touches_the_terminals_of_the_groups_it_joins_and_no_other(laid_out):
    check_contacts(laid_out)


def check_contacts(laid_out):
    terminals = [(name, box) for name, box, _ in boxes(laid_out, "terminal")]
    bars = {}
    for name, box, _ in boxes(laid_out, "busbar"):
        bars.setdefault(name, []).append([*(v - 0.01 for v in box[:3]), *(v + 0.01 for v in box[3:])])
    cells = laid_out.parts_of("cell")
    n = laid_out.n_series
    strings = laid_out.n_strings
    ends = [0] if strings > 1 else [1]
    joined = [(k, k + 1, string) for k in range(n + 1) for string in (range(1, strings + 1) if 0 < k < n else ends)]
    assert sorted((j.from_series, j.to_series, j.string) for j in laid_out.joints) == joined
    for joint in laid_out.joints:
        beside = [c for c in cells if laid_out.group_of(c) in laid_out.groups_of(joint)]
        wanted = {c.name + "+" for c in beside if c.series == joint.from_series}
        wanted |= {c.name + "-" for c in beside if c.series == joint.to_series}
        touched = {name for name, box in terminals if any(overlap(bar, box) for bar in bars[joint.part])}
        assert touched == wanted, joint.part
        assert joint.area_mm2 > 0


def test_every_cell_has_a_name_of_its_own_and_a_place_in_series(laid_out):
    names = Counter(part.name for part in laid_out.parts)
    assert names.most_common(1)[0][1] == 1
    cells = laid_out.parts_of("cell")
    per_position = Counter(part.series for part in cells)
    assert set(per_position) == set(range(1, laid_out.n_series + 1))
    assert set(per_position.values()) == {laid_out.n_parallel}


def test_a_lying_cell_has_the_size_and_the_layers_of_its_stance(load, cell):
    sizes = {}
    for orientation in ("upright", "on_side", "flat"):
        layout = lay_out(load({**FEW, "arrangement.row_gap_mm": 40.0, "arrangement.orientation": orientation}))
        part = layout.parts_of("cell")[0]
        box = layout.part_bounds(part)
        sizes[orientation] = ([round(box[k + 3] - box[k], 9) for k in range(3)], part.through_axis(layout.product(part.product)))
    assert sizes == {
        "upright": ([53.7, 174.0, 207.0], 0),
        "on_side": ([53.7, 207.0, 174.0], 0),
        "flat": ([174.0, 207.0, 53.7], 2),
    }


def test_a_turned_rows_cells_are_turned_and_so_are_their_layers(load):
    layout = lay_out(load(ARRANGEMENTS["a turned row"][1]))
    turned = [part for part in layout.parts_of("cell") if part.name.startswith("R2")]
    box = layout.part_bounds(turned[0])
    assert [round(box[k + 3] - box[k], 9) for k in range(3)] == [174.0, 53.7, 207.0]
    assert {part.through_axis(layout.product(part.product)) for part in turned} == {1}


def test_rows_are_shifted_against_each_other(load):
    cells = {part.name: part for part in lay_out(load({**FEW, "arrangement.row_offset_mm": 27.6})).parts_of("cell")}
    assert cells["R2C01"].origin[0] - cells["R1C01"].origin[0] == pytest.approx(27.6, abs=1e-9)  # rounding of sums


def test_a_gap_with_a_barrier_is_pad_barrier_pad(load):
    layout = lay_out(load(ARRANGEMENTS["barriers with pads"][1]))
    sheets = sorted((layout.part_bounds(p), p.name) for p in layout.parts_of("pad", "barrier") if "R1" in p.name)[:3]
    assert [name for _, name in sheets] == ["pad R1P01 a", "barrier R1B01", "pad R1P01 b"]
    assert [round(b[3] - b[0], 9) for b, _ in sheets] == [1.5, 1.0, 1.5]


def test_every_nth_gap_has_a_barrier(load):
    barrier = {"material": "mica", "thickness_mm": 1.0, "every": 2}
    layout = lay_out(load({**FEW, "arrangement.cell_gap_mm": 4.0, "arrangement.barrier": barrier}))
    assert {p.name for p in layout.parts_of("barrier")} == {f"barrier R{r}B{k:02d}" for r in (1, 2) for k in (2, 4)}


def test_a_fin_touches_both_cells_of_its_pair_and_its_foot_carries_the_first_onto_the_interface(load, cell):
    layout = lay_out(load({**SIDEWAYS, "arrangement.fins": FINS}, own=cell(**POUCH)))
    bounds = {part.name: layout.part_bounds(part) for part in layout.parts}
    first, second, fin, slab = (bounds[name] for name in ("R1C01", "R1C02", "fin R1F01", "interface R1"))
    assert second[0] - first[3] == pytest.approx(0.5, abs=1e-9)  # the sheet, rounding of sums
    assert fin[2] == slab[5]
    assert first[2] == fin[2] + 0.5
    assert fin[0] == pytest.approx(first[0], abs=1e-9)  # the foot is as long as the cell is thick
    assert fin[5] == first[5]


STRINGS = {
    **FEW, "electrical.series": 24, "electrical.parallel": 4, "arrangement.modules": {"count_x": 4, "count_y": 2, "strings": 2},
    "arrangement.cells_per_row": 6,
}  # fmt: skip


def test_strings_of_modules_are_told_apart_by_their_place_in_parallel(load):
    layout = lay_out(load(STRINGS))
    cells = {part.name: part for part in layout.parts_of("cell")}
    assert [cells[f"M0{m}.R1C01"].series for m in range(1, 9)] == [1, 7, 13, 19] * 2
    assert [(cells[name].series, cells[name].parallel) for name in ("M01.R1C02", "M05.R1C02")] == [(1, 2), (1, 4)]
    assert (layout.n_series, layout.n_parallel, layout.n_strings) == (24, 4, 2)
    whole = {joint.part for joint in layout.joints if joint.string == 0}
    assert whole == {"busbar pack minus", "busbar pack plus"}
    assert {"busbar string 1 6-7", "busbar string 2 6-7"} <= {joint.part for joint in layout.joints}


def test_strings_of_whole_lines_begin_side_by_side(load):
    layout = lay_out(load(STRINGS))
    cells = {part.name: part for part in layout.parts_of("cell")}
    first, second = cells["M01.R1C01"], cells["M05.R1C01"]
    assert first.origin[0] == pytest.approx(second.origin[0], abs=1e-9)  # rounding of sums
    assert first.rotation_deg == second.rotation_deg


def test_modules_are_copies_of_one_another(load):
    layout = lay_out(load(ARRANGEMENTS["four modules"][1]))
    cells = {part.name: part for part in layout.parts_of("cell")}
    assert cells["M02.R1C03"].series == cells["M01.R1C03"].series + 12
    assert cells["M01.R1C03"].group == ("module M01", "row R1")
    counts = Counter(part.group[0] for part in layout.parts if part.group[0].startswith("module"))
    assert len(counts) == 4
    assert len(set(counts.values())) == 1


@pytest.mark.slow
def test_4608_cells_in_modules_are_laid_out(load):
    modules = {"count_x": 4, "count_y": 6}
    rows = {"arrangement.rows": 2, "arrangement.cells_per_row": 96, "arrangement.modules": modules}
    layout = lay_out(load({**FEW, **rows, "electrical.series": 192, "electrical.parallel": 24, "cold_plate.channels": 40}))
    assert len(layout.parts_of("cell")) == 4608


REFUSED = {
    "a tab above and below": (ONE_END, {**SIDEWAYS, "arrangement.orientation": "on_side"}, "arrangement.orientation", "upright or flat"),
    "no room for tabs": (POUCH, {**FEW}, "arrangement.row_gap_mm", "must be at least"),
    "lying cells in parallel with bars that hang too low": (
        CAN, {**FEW, "electrical.series": 6, "electrical.parallel": 2, "arrangement.orientation": "flat", "arrangement.row_gap_mm": 40.0},
        "busbars.width_mm", "narrower than 10.85",  # half the can, less half its terminal and 5 mm of air
    ),
    "a foot longer than its cell": (
        POUCH, {**SIDEWAYS, "arrangement.fins": {**FINS, "foot_mm": 12.0}}, "arrangement.fins", "past the cell above it, 10 mm",
    ),
    "a tab wider than the cell's end": (
        {**ONE_END, "tab_width_mm": Figure(value=90.0, standing="given")}, {**SIDEWAYS, "busbars.width_mm": 50.0}, "cell.tab_width_mm",
        "at most 72",
    ),
    "a turned row of blades": (BLADE, {**FEW, "arrangement.turned_rows": (2,)}, "arrangement.turned_rows", "leave turned_rows out"),
    "modules on top of each other's bars": (
        CAN,
        {
            **FEW, "electrical.series": 24, "arrangement.modules": {"count_x": 1, "count_y": 2, "gap_y_mm": 0.0}, "busbars.width_mm": 60.0,
        },
        "arrangement.modules", "gap_y_mm larger",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_at_its_key_with_the_way_out(load, cell, case):
    own, changes, key, heart = REFUSED[case]
    with pytest.raises(DesignError) as caught:
        lay_out(load({"cold_plate": None, **{k: v for k, v in changes.items() if not k.startswith("cold_plate")}}, own=cell(**own)))
    said = caught.value.complaints[0]
    assert said.key.startswith(key)
    assert heart in said.message
    assert said.line


size = st.floats(5.0, 400.0).map(lambda value: round(value, 1))
gap = st.sampled_from([0.0, 0.4, 3.0, 25.0, 80.0])


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(
    own=st.fixed_dictionaries(
        {
            "format": st.sampled_from(["prismatic", "pouch"]),
            "terminals": st.sampled_from(["top", "one_end", "both_ends"]),
            "width_mm": size,
            "thickness_mm": st.floats(4.0, 80.0).map(lambda value: round(value, 1)),
            "height_mm": size,
        }
    ),
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    parallel=st.integers(1, 3),
    orientation=st.sampled_from(["upright", "on_side", "flat"]),
    gaps=st.tuples(gap, gap),
    offset=st.sampled_from([0.0, 13.0, -60.0]),
    turned=st.sampled_from([(), (), (1,), (1, 2, 3)]),
    fins=st.sampled_from([None, {**FINS, "every": 1}, FINS]),
    modules=st.sampled_from(
        [
            None,
            {"count_x": 2, "gap_x_mm": 40.0},
            {"count_x": 2, "count_y": 2, "rotation_deg": (0, 90)},
            {"count_x": 2, "count_y": 2, "strings": 2, "gap_x_mm": 60.0, "gap_y_mm": 60.0},
            {"count_y": 3, "strings": 3, "gap_y_mm": 60.0},
        ]
    ),
    bar=st.sampled_from([5.0, 20.0, 60.0]),
)
@example(
    own={"format": "pouch", "terminals": "top", "width_mm": 5.0, "thickness_mm": 52.0, "height_mm": 5.0},
    counts=[1, 1],
    parallel=1,
    orientation="flat",
    gaps=(0.0, 0.0),
    offset=0.0,
    turned=(),
    fins=None,
    modules=None,
    bar=5.0,
)
@example(  # strings of one cell: the bars that join their minus and plus ends rise from terminals one above the other
    own={"format": "prismatic", "terminals": "top", "width_mm": 10.0, "thickness_mm": 4.0, "height_mm": 5.0},
    counts=[1],
    parallel=1,
    orientation="on_side",
    gaps=(0.0, 0.0),
    offset=0.0,
    turned=(),
    fins=None,
    modules={"count_y": 3, "strings": 3, "gap_y_mm": 60.0},
    bar=5.0,
)
def test_whatever_is_asked_fits_or_is_refused_at_its_key(
    load, cell, own, counts, parallel, orientation, gaps, offset, turned, fins, modules, bar
):
    """Never an overlap: either everything stands clear, or a complaint names a key that the design holds, or its section."""
    counts = [parallel * count for count in counts]
    copies = modules.get("count_x", 1) * modules.get("count_y", 1) if modules else 1
    strings = modules.get("strings", 1) if modules else 1
    arrangement = {
        "rows": len(counts), "cells_per_row": tuple(counts), "cell_gap_mm": max(gaps[0], 0.5) if fins else gaps[0], "row_gap_mm": gaps[1],
        "orientation": orientation, "row_offset_mm": offset, "gap_material": "pu_foam_compression_pad", "end_plate_mm": 4.0,
        "turned_rows": tuple(row for row in turned if row <= len(counts)),
        **({"fins": fins} if fins else {}), **({"modules": modules} if modules else {}),
    }  # fmt: skip
    changes = {
        "arrangement": arrangement, "electrical.series": copies // strings * sum(counts) // parallel,
        "electrical.parallel": parallel * strings, "cold_plate": None, "busbars.width_mm": bar,
    }  # fmt: skip
    layout, refused = None, ()
    try:
        layout = lay_out(load(changes, own=cell(**own)))
    except DesignError as error:
        refused = error.complaints
    assert (layout is None) == bool(refused)
    assert all(complaint.line and complaint.message for complaint in refused)
    if layout is not None:
        check_places(layout)
        check_contacts(layout)
        assert {part.series for part in layout.parts_of("cell")} == set(range(1, layout.n_series + 1))


def test_a_bar_on_the_side_that_would_hang_into_the_trays_floor_is_refused(load, cell):
    own, changes = ARRANGEMENTS["pouches lying"]
    with pytest.raises(DesignError, match=r"the tray's floor.*must be narrower than"):
        lay_out(load({**changes, "busbars.width_mm": 150.0, "arrangement.rows": 1, "electrical.series": 6}, own=cell(**own)))


@pytest.mark.parametrize(("format", "flat", "mm"), [("pouch", "height_mm", 12.0), ("prismatic", "width_mm", 5.0)])
def test_a_cell_thicker_than_high_or_wide_keeps_a_body(load, cell, format, flat, mm):
    own = cell(
        id="block",
        format=format,
        terminals="both_ends",
        **{"thickness_mm": 300.0, "width_mm": 100.0, "height_mm": 100.0, flat: mm},
    )
    few = {**SIDEWAYS, "busbars.width_mm": 8.0, "cold_plate": None}
    product = lay_out(load(few, own=own)).product("cell-block")
    whole = 300.0 * 100.0 * mm
    assert 0.8 * whole < product.finished_volume_mm3() < whole
