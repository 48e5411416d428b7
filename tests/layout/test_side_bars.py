"""Busbars on terminals that look sideways keep clear of the plate below, of fittings, and of the cells and end plates of other modules, or are refused."""

from __future__ import annotations

import pytest
from flat_designs import BLADE, CAN, ONE_END, POUCH, SIDEWAYS
from overlaps import overlaps

from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out

SERPENTINE = {
    "type": "serpentine", "passes": 2, "channel_width_mm": 16.0, "channel_height_mm": 4.0, "thickness_mm": 8.0, "material": "al_3003_o",
    "coolant": "meg50", "flow_lpm": 10.0, "inlet_degC": 22.0,
}  # fmt: skip
FLAT_BLADES = {
    **SIDEWAYS, "arrangement.rows": 1, "arrangement.cells_per_row": 3, "arrangement.orientation": "flat", "electrical.series": 6,
    "arrangement.modules": {"count_y": 2, "gap_y_mm": 20.0}, "cold_plate": SERPENTINE,
}  # fmt: skip


def clear(layout):
    """No two parts share space; the coolant stands in the openings of its plate, which are detail that ``overlaps`` leaves out."""
    return not set(overlaps(layout)) - {("cold plate", "coolant")}


def test_a_bar_that_would_hang_into_the_plate_below_is_refused_at_the_width_at_which_it_does(load, cell):
    """Cells 14 mm high on a layer of 1 mm: from the terminals' middle it is 8 mm down to the plate."""
    blade = cell(**{**BLADE, "height_mm": 90.0})
    with pytest.raises(DesignError) as caught:
        lay_out(load({**FLAT_BLADES, "busbars.width_mm": 40.0}, own=blade))
    (said,) = caught.value.complaints
    assert said.key == "busbars.width_mm"
    assert "touches the cold plate below it" in said.message
    assert said.message.endswith("narrower than 16")
    assert clear(lay_out(load({**FLAT_BLADES, "busbars.width_mm": 15.99}, own=blade)))


def test_a_bar_that_would_come_up_into_the_plate_above_is_refused_at_its_width(load, cell):
    """Tabs bent up from the middle of lying pouches end nearer to the plate above; no bar is raised here, so the plate may stay."""
    tabs = {**FLAT_BLADES, "arrangement.rows": 2, "arrangement.cells_per_row": 3, "arrangement.modules": None}
    above = {"cold_plate": {**SERPENTINE, "position": "top"}, "enclosure.wall_mm": 1.0, "arrangement.row_gap_mm": 75.0}
    with pytest.raises(DesignError) as caught:
        lay_out(load({**tabs, **above, "busbars.width_mm": 30.0}, own=cell(**POUCH)))
    assert {said.key for said in caught.value.complaints} == {"busbars.width_mm"}
    thick = cell(**{**POUCH, "thickness_mm": 40.0})  # feet of 24 mm, bent up from a sheet of 0.25 mm in the middle of the cells
    narrow = {**tabs, **above, "busbars.width_mm": 5.0}
    with pytest.raises(DesignError, match=r"interface.thickness_mm: the cells' terminals reach 3\.875 mm above them"):
        lay_out(load(narrow, own=thick))
    assert clear(lay_out(load({**narrow, "interface.thickness_mm": 4.0}, own=thick)))


def test_a_comb_that_reaches_the_plate_at_any_width_is_refused_with_a_way_out(load, cell):
    thin = cell(**{**ONE_END, "format": "prismatic", "thickness_mm": 10.0})
    parallel = {
        **FLAT_BLADES,
        "electrical.parallel": 2,
        "electrical.series": 8,
        "arrangement.cells_per_row": 8,
        "busbars.width_mm": 5.0,
    }
    with pytest.raises(DesignError, match=r"cold plate below it .*however narrow.*arrangement.orientation.*interface.thickness_mm"):
        lay_out(load(parallel, own=thin))
    assert clear(lay_out(load({**parallel, "interface.thickness_mm": 9.0}, own=thin)))


def test_bars_between_turned_modules_that_would_run_through_end_plates_are_refused(load, cell):
    modules = {"count_x": 2, "count_y": 2, "gap_x_mm": 0.0, "gap_y_mm": 0.0, "rotation_deg": (180, 90, 270)}
    turned = {
        **SIDEWAYS, "electrical.series": 8, "arrangement.rows": 1, "arrangement.cells_per_row": 2, "arrangement.orientation": "on_side",
        "busbars.thickness_mm": 0.3, "cold_plate": None,
    }  # fmt: skip
    with pytest.raises(DesignError, match=r"cuts through a cell or an end plate of M0\d.*make gap_x_mm or gap_y_mm larger"):
        lay_out(load({**turned, "arrangement.modules": modules}, own=cell(**CAN)))
    apart = {**modules, "gap_x_mm": 15.0, "gap_y_mm": 15.0}
    assert clear(lay_out(load({**turned, "arrangement.modules": apart}, own=cell(**CAN))))


def test_the_plate_reaches_past_the_terminals_and_bars_of_turned_modules_to_its_fittings(load, cell):
    turned = {
        **FLAT_BLADES,
        "arrangement.modules": {"count_y": 2, "gap_y_mm": 20.0, "rotation_deg": (90,)},
        "busbars.width_mm": 10.0,
    }
    assert clear(lay_out(load(turned, own=cell(**BLADE))))
    # terminals 3 mm, strips on them and risers on those 2 mm each; fittings as wide as the channel, 16 mm, and margin_mm from the plate's end
    with pytest.raises(DesignError, match=r"what stands 7 mm out of the rows' ends \(straps, terminals, busbars\).*at least 28"):
        lay_out(load({**turned, "cold_plate": {**SERPENTINE, "margin_mm": 5.0, "overhang_mm": 27.5}}, own=cell(**BLADE)))


def test_a_bar_between_modules_that_would_cut_through_the_tabs_of_the_other_is_refused(load, cell):
    modules = {"count_x": 2, "rotation_deg": (270, 90)}
    facing = {
        **SIDEWAYS, "electrical.series": 4, "arrangement.rows": 1, "arrangement.cells_per_row": 2, "arrangement.end_plate_mm": 0.0,
        "busbars.thickness_mm": 0.3, "busbars.width_mm": 40.0, "cold_plate": None,
    }  # fmt: skip
    with pytest.raises(DesignError, match=r"cuts through a terminal of M01.*make gap_x_mm or gap_y_mm larger"):
        lay_out(load({**facing, "arrangement.modules": {**modules, "gap_x_mm": 2.0}}, own=cell(**ONE_END)))
    assert clear(lay_out(load({**facing, "arrangement.modules": {**modules, "gap_x_mm": 8.0}}, own=cell(**ONE_END))))


def test_the_end_bars_of_modules_of_one_group_keep_out_of_the_module_that_they_face(load, cell):
    modules = {"count_x": 2, "gap_x_mm": 1.0, "rotation_deg": (90,)}
    groups = {**SIDEWAYS, "electrical.series": 2, "electrical.parallel": 2, "arrangement.rows": 1, "arrangement.cells_per_row": 2}
    assert clear(lay_out(load({**groups, "arrangement.modules": modules, "cold_plate": None}, own=cell(**BLADE))))


def test_bars_of_two_modules_that_lie_face_to_face_are_refused(load, cell):
    """Modules that stand 0 mm apart by what stands out of them: their bars share no space, but they touch, which is a short circuit."""
    modules = {"count_x": 2, "gap_x_mm": 0.0, "rotation_deg": (90,)}
    groups = {**SIDEWAYS, "electrical.series": 2, "electrical.parallel": 2, "arrangement.rows": 1, "arrangement.cells_per_row": 2}
    with pytest.raises(DesignError) as caught:
        lay_out(load({**groups, "arrangement.modules": modules, "cold_plate": None}, own=cell(**BLADE)))
    (said,) = caught.value.complaints
    assert said.key == "arrangement.modules"
    assert "M01's bar 0-1 and M02's bar 1-2 touch; make gap_x_mm or gap_y_mm larger" in said.message
