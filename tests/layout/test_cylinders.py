"""Grids of cylindrical cells: every cell in its place, with its name, its group and its way up; nothing in the place of anything else."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_lay_out import shared_volume, tiles

from packtool.design.groups import Block, blocks
from packtool.errors import DesignError
from packtool.layout.cylinders import number_cells, plan_grid
from packtool.layout.lay_out import lay_out
from packtool.layout.profiles import Profile


def axes(layout):
    return {part.name: part.origin[:2] for part in layout.parts_of("cell")}


@pytest.mark.parametrize("pattern", ["hexagonal", "square"])
def test_neighbours_are_a_pitch_apart_and_none_are_closer(grid, pattern):
    places = list(axes(lay_out(grid(pattern=pattern))).values())
    distances = sorted(math.dist(a, b) for a, b in combinations(places, 2))
    neighbours = {"hexagonal": 6 * 7 + 5 * (8 + 7), "square": 6 * 7 + 5 * 8}[pattern]
    assert distances[:neighbours] == pytest.approx([22.0] * neighbours, abs=1e-9)
    assert distances[neighbours] > 22.1
    assert [sum(p[k] for p in places) for k in (0, 1)] == pytest.approx([0, 0], abs=1e-9)  # the grid's middle is the pack's


def test_pitch_is_another_way_to_say_the_gap(grid):
    assert lay_out(grid()) == lay_out(grid(pitch_mm=22.0, cell_gap_mm=None))


def test_names_say_row_and_column_and_the_snake_numbers_the_groups():
    spots = {spot.name: spot for spot in number_cells(4, 6, Block(2, 3), alternating=True)}
    assert list(spots)[:2] == ["R1C01", "R1C02"]
    assert list(spots)[-1] == "R4C06"
    first = [spot.name for spot in spots.values() if spot.series == 1]
    assert first == ["R1C01", "R1C02", "R1C03", "R2C01", "R2C02", "R2C03"]
    assert [spots[name].parallel for name in first] == [1, 2, 3, 4, 5, 6]
    assert {name: (spots[name].series, spots[name].inverted) for name in ("R1C06", "R3C06", "R4C01")} == {
        "R1C06": (2, True), "R3C06": (3, False), "R4C01": (4, True),
    }  # fmt: skip


def test_a_group_is_a_block_of_as_many_rows_as_come_out():
    assert blocks(16, 14, 16) == (Block(16, 1), Block(8, 2))
    assert blocks(3, 5, 2) == ()


def test_every_group_is_one_block_and_the_links_join_neighbours(grid):
    loaded = grid(group_rows=3)
    layout, plan = lay_out(loaded), plan_grid(loaded)
    assert Counter(part.series for part in layout.parts_of("cell")) == dict.fromkeys(range(1, 9), 6)
    assert plan.block == Block(3, 2)
    assert [(j.from_series, j.to_series) for j in layout.joints] == [(k, k + 1) for k in range(9)]
    centre = {s: [sum(p.origin[k] for p in layout.parts_of("cell") if p.series == s) / 6 for k in (0, 1)] for s in range(1, 9)}
    apart = [math.dist(centre[s], centre[s + 1]) for s in range(1, 8)]
    turn = math.hypot(
        3 * 22 * math.sqrt(3) / 2, 2 * 5.5 / 3
    )  # three rows on; of three rows one stands alone on its side of the columns
    assert apart == pytest.approx([44.0] * 3 + [turn] + [44.0] * 3)


def test_alternating_groups_are_linked_above_and_below_by_turns(grid):
    layout = lay_out(grid(polarity="alternating"))
    cells = {part.series: part.product for part in layout.parts_of("cell")}
    assert [cells[s].endswith("inverted") for s in (1, 2, 3)] == [False, True, False]
    low, high = layout.part_bounds(layout.parts_of("cell")[0])[2::3]
    levels = [layout.part_bounds(part)[2::3] for part in layout.parts_of("busbar")]
    assert levels[0::2] == [(low - 0.5, low)] * 5
    assert levels[1::2] == [(high, high + 0.5)] * 4


def test_all_up_groups_are_collected_on_top_in_two_layers_with_a_window_a_cell(grid):
    layout = lay_out(grid())
    top = layout.part_bounds(layout.parts_of("cell")[0])[5]
    for k, part in enumerate(layout.parts_of("busbar")):
        assert layout.part_bounds(part)[2] == pytest.approx(top + (1.0 if k % 2 else 2.5))
        assert len(layout.product(part.product).sweeps[0].profile.holes) == (6 if k in (0, 8) else 12)


def test_the_section_of_a_plate_is_across_its_current(grid):
    """Blocks of 3 x 2: along the rows three rows wide, to the next rows two columns."""
    layout = lay_out(grid(group_rows=3, polarity="alternating"))
    along, turn = layout.joints[1], layout.joints[4]
    assert along.area_mm2 == pytest.approx(0.5 * (3 * 22 * math.sqrt(3) / 2 - 2))
    assert turn.area_mm2 == pytest.approx(0.5 * (44 - 2))


def test_windows_narrow_the_plate(grid):
    layout = lay_out(grid())
    assert layout.joints[1].area_mm2 == pytest.approx(0.5 * (6 * 22 * math.sqrt(3) / 2 - 2 - 6 * 0.6 * 21))


@pytest.mark.parametrize("per_plate", [None, 1, 2, 4])
def test_holders_and_potting_fill_the_outline_less_the_cells(grid, per_plate):
    """Whatever way the zigzag between the strips runs: together they are the whole, and no cut comes nearer to a cell than its hole."""
    loaded = grid(
        holder={"material": "al_6061_t6", "thickness_mm": 8.0, "rows_per_plate": per_plate}, potting={"material": "al_3003_o"}
    )
    layout, plan = lay_out(loaded), plan_grid(loaded)
    whole = plan.length_mm * plan.breadth_mm - 48 * math.pi * 10.5**2
    volume = {role: sum(layout.product(p.product).volume_mm3() for p in layout.parts_of(role)) for role in ("holder", "potting")}
    assert volume["holder"] == pytest.approx(whole * 16, rel=1e-6)  # corners are rounded to the nanometre
    assert volume["potting"] == pytest.approx(whole * 54, rel=1e-6)
    for part in layout.parts_of("holder"):
        for x, y, _ in layout.product(part.product).sweeps[0].profile.outer.vertices:
            turn = -1 if part.rotation_deg else 1
            corner = part.origin[0] + turn * x, part.origin[1] + turn * y
            assert min(math.dist(corner, place) for place in axes(layout).values()) > 10.5 + 0.5
    assert len(layout.parts_of("holder")) == {None: 2, 1: 12, 2: 6, 4: 4}[per_plate]
    kinds = {part.product for part in layout.parts_of("holder")}
    assert len(kinds) == {None: 1, 1: 2, 2: 2, 4: 2}[per_plate]  # the last strip is the first turned round; the inner ones alike


def test_rows_stand_on_a_bottom_plate(grid, load):
    plate = load().design.cold_plate.model_dump(mode="json")
    layout = lay_out(
        grid({"cold_plate": plate | {"channels": 2}, "interface": {"material": "gap_filler_2p0", "thickness_mm": 1.0}})
    )
    bounds = [layout.part_bounds(layout.parts_of(role)[0]) for role in ("cold_plate", "interface", "cell")]
    assert [(b[2], b[5]) for b in bounds[:2]] == [(3.0, 9.0), (9.0, 10.0)]
    assert bounds[2][2] == 10.0
    assert bounds[1][:2] == pytest.approx((-plan_grid(grid()).length_mm / 2, -plan_grid(grid()).breadth_mm / 2))


@pytest.mark.parametrize(
    ("changes", "more", "message"),
    [
        ({}, {"pitch_mm": 21.1, "cell_gap_mm": None}, "arrangement.pitch_mm: 21.1 is too small for cells of 21 mm"),
        ({}, {"holder": {"material": "al_6061_t6", "thickness_mm": 35.0}}, "arrangement.holder.thickness_mm: 35 is too much"),
        (
            {"interface": {"material": "gap_filler_2p0", "thickness_mm": 1.0}},
            {"polarity": "alternating"},
            "arrangement.polarity: alternating: the busbars of every second joint lie under the cells",
        ),
    ],
)
def test_what_does_not_fit_is_refused(grid, changes, more, message):
    with pytest.raises(DesignError, match=message):
        lay_out(grid(changes, **more))


def test_cells_too_small_for_windows_in_plates_beside_each_other_are_refused(grid):
    with pytest.raises(DesignError, match=r"would reach only 3.76 mm past the axes"):
        lay_out(grid(diameter=10.0, pattern="hexagonal"))


@pytest.mark.slow
def test_4560_cells_are_laid_out(grid):
    layout = lay_out(grid({"electrical": {"series": 96, "parallel": 48}}, rows=48, cells_per_row=96))
    assert len({part.name for part in layout.parts_of("cell")}) == 4608


def solid_plates(layout):
    """(part, box) of everything that the busbars' plates are made of, windows filled."""
    for part in layout.parts_of("busbar"):
        (sweep,) = layout.product(part.product).sweeps
        x, y, z = part.origin
        for x0, y0, x1, y1 in tiles(Profile(sweep.profile.outer)):
            yield part.name, (x + x0, y + y0, z + sweep.z0, x + x1, y + y1, z + sweep.z1)


@settings(deadline=None, max_examples=25)
@given(
    pattern=st.sampled_from(["hexagonal", "square"]),
    polarity=st.sampled_from(["up", "alternating"]),
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    lanes=st.integers(1, 3),
    across=st.integers(1, 3),
    diameter=st.floats(14.0, 50.0),
    gap=st.floats(0.2, 8.0),
    rim=st.floats(0.5, 10.0),
    holder=st.sampled_from([None, 5.0]),
    per_plate=st.sampled_from([None, 1, 2]),
)
def test_a_grid_is_refused_or_stands_free(grid, pattern, polarity, block, lanes, across, diameter, gap, rim, holder, per_plate):
    rows, columns = block[0] * lanes, block[1] * across
    loaded = grid(
        {"electrical": {"series": lanes * across, "parallel": block[0] * block[1]}},
        diameter=diameter, pattern=pattern, polarity=polarity, rows=rows, cells_per_row=columns, group_rows=block[0], cell_gap_mm=gap,
        rim_mm=rim, holder=holder and {"material": "al_6061_t6", "thickness_mm": holder, "rows_per_plate": per_plate},
    )  # fmt: skip
    try:
        layout = lay_out(loaded)
    except DesignError:
        return
    assert len({part.name for part in layout.parts}) == len(layout.parts)
    assert Counter(p.series for p in layout.parts_of("cell")) == dict.fromkeys(range(1, lanes * across + 1), block[0] * block[1])
    places = list(axes(layout).values())
    assert all(math.dist(a, b) >= diameter + gap - 1e-9 for a, b in combinations(places, 2))
    bars = [layout.part_bounds(part) for part in layout.parts_of("busbar")]
    grown = [(name, (b[0] - 1.0, b[1] - 1.0, b[2], b[3] + 1.0, b[4] + 1.0, b[5])) for name, b in solid_plates(layout)]
    assert shared_volume(grown, apart=1e-5) is None  # 2 mm of air everywhere; the plates' coordinates are rounded to 1e-6
    tray = layout.product("tray").sweeps[1].profile.holes[0].bounds()
    x0, y0, x1, y1 = (f(b[k] for b in [*bars, *map(layout.part_bounds, layout.parts_of("cell", "holder"))]) for k, f in
                      ((0, min), (1, min), (3, max), (4, max)))  # fmt: skip
    assert tray[0] <= x0
    assert tray[1] <= y0
    assert x1 <= tray[2]
    assert y1 <= tray[3]
