"""Mass, centre of gravity, envelope, energy and voltage of a layout."""

from __future__ import annotations

import math

import pytest

from packtool.catalogue.records import Coolant, CoolantState
from packtool.layout.centroid import product_centroid_mm
from packtool.layout.lay_out import lay_out
from packtool.layout.profiles import Loop, Profile
from packtool.layout.properties import (
    cell_mass_fraction,
    centre_of_gravity_mm,
    coolant_density_kg_m3,
    envelope_mm,
    layout_results,
    pack_energy_Wh,
    pack_mass_kg,
    pack_voltage_V,
    part_mass_kg,
)
from packtool.layout.records import Layout, Part, Product, Sweep


def test_cells_weigh_what_the_catalogue_says_and_terminals_count_with_them(load):
    design = load()
    layout = lay_out(design)
    assert part_mass_kg(layout.parts_of("cell")[0], layout, design) == 3.984
    assert part_mass_kg(layout.parts_of("terminal")[0], layout, design) == 0.0


def test_a_cell_of_unknown_mass_weighs_its_volume(load, cell):
    design = load(own=cell(mass_kg=None))
    layout = lay_out(design)
    assert part_mass_kg(layout.parts_of("cell")[0], layout, design) == pytest.approx(
        0.174 * 0.0537 * 0.207 * 2120, rel=1e-12
    )  # rounding


def test_other_parts_weigh_volume_times_density(load):
    design = load()
    layout = lay_out(design)
    assert part_mass_kg(layout.parts_of("end_plate")[0], layout, design) == pytest.approx(
        0.02 * 0.174 * 0.207 * 2700, rel=1e-12
    )  # rounding
    coolant = layout.product("coolant").finished_volume_mm3() * 1e-9
    at_22 = 1068.3 + (1065.5 - 1068.3) * 2 / 5
    assert part_mass_kg(layout.parts_of("coolant")[0], layout, design) == pytest.approx(coolant * at_22, rel=1e-12)  # rounding


def test_outside_its_table_a_coolant_has_its_lowest_density():
    table = tuple(CoolantState(T_degC=T, rho=rho, cp=1, k=1, mu=1) for T, rho in ((0, 1.2), (10, 1.0), (20, 1.1)))
    coolant = Coolant(id="c", table=table, standing="given")
    assert [coolant_density_kg_m3(coolant, T) for T in (-5, 0, 5, 20, 25)] == [1.0, 1.2, 1.1, 1.1, 1.0]
    single = Coolant(id="c", table=table[:1], standing="given")
    assert [coolant_density_kg_m3(single, T) for T in (0, 30)] == [1.2, 1.2]


def test_the_pack_weighs_all_its_parts(load):
    design = load()
    layout = lay_out(design)
    total = sum(part_mass_kg(part, layout, design) for part in layout.parts)
    assert pack_mass_kg(layout, design) == pytest.approx(total, rel=1e-12)  # order of a sum
    assert cell_mass_fraction(layout, design) == pytest.approx(68 * 3.984 / total, rel=1e-12)  # as above


def test_the_centre_of_gravity_of_a_pack_that_is_alike_on_both_sides_is_in_its_middle(load):
    design = load({"cold_plate": None, "electrical.series": 4, "arrangement.cells_per_row": 1})
    x, y, z = centre_of_gravity_mm(lay_out(design), design)
    assert (x, y) == pytest.approx((0.0, 0.0), abs=1e-9)  # rounding
    assert 100 < z < 130  # near the cells' mid height, 4 + 103.5 mm


def test_the_centre_of_gravity_is_the_mean_over_the_parts_boxes(load):
    """All boxes but the tray and the cells: leave out the parts that are none and compare with the mean of the box middles."""
    design = load({"cold_plate": None, "electrical.series": 7, "arrangement.rows": 1, "arrangement.cells_per_row": 7})
    layout = lay_out(design)
    weighed = [(part_mass_kg(p, layout, design), layout.part_bounds(p), p.product) for p in layout.parts]
    expected = [0.0, 0.0, 0.0]
    for mass, b, product in weighed:
        middle = [(b[k] + b[k + 3]) / 2 for k in range(3)]
        if product == "tray":
            middle[2] = product_centroid_mm(layout.product("tray"))[2]
        elif product.startswith("cell"):  # its vent is a recess
            middle[2] = b[2] + product_centroid_mm(layout.product(product))[2]
        expected = [e + mass * m for e, m in zip(expected, middle, strict=True)]
    total = sum(mass for mass, _, _ in weighed)
    assert centre_of_gravity_mm(layout, design) == pytest.approx([e / total for e in expected], abs=1e-9)  # rounding


@pytest.mark.parametrize(("turn", "x", "y"), [(0, 1.0, 3.0), (90, -3.0, 1.0), (180, -1.0, -3.0), (270, 3.0, -1.0)])
def test_a_turned_part_takes_its_centre_of_gravity_and_envelope_along(load, cell, turn, x, y):
    bar = Product("bar", "end_plate", "al_6061_t6", (Sweep(Profile.rectangle(0.0, 2.0, 2.0, 4.0), 0.0, 1.0),))
    parts = (Part("turned", "bar", (10.0, 20.0, 5.0), turn), Part("still", "bar", (10.0, 20.0, 5.0)))
    layout = Layout("l", cell(), (bar,), parts, 1, 1, None, ())
    assert centre_of_gravity_mm(layout, load()) == pytest.approx((10 + (1 + x) / 2, 20 + (3 + y) / 2, 5.5), abs=1e-12)  # rounding
    assert envelope_mm(layout) == (2 + abs(x - 1), 2 + abs(y - 3), 1.0)


def test_centroids_of_arcs_are_exact():
    half_disc = Product("d", "fitting", "m", (Sweep(Profile(Loop(((2.0, 0.0, 1.0), (-2.0, 0.0, 0.0)))), 0.0, 1.0),))
    assert product_centroid_mm(half_disc) == pytest.approx((0.0, 4 * 2 / (3 * math.pi), 0.5), abs=1e-12)  # textbook: 4 r / (3 pi)
    three_quarters = Loop(((0.0, -1.0, math.tan(3 * math.pi / 8)), (-1.0, 0.0, 0.0)))  # the disc less the segment at lower left
    segment = math.pi / 4 - 0.5
    offset = 2 / 3 * math.sin(math.pi / 4) ** 3 / segment  # of a segment from the centre: 2 r³ sin³(a/2) / (3 A)
    moved = segment * offset / (math.pi - segment) / math.sqrt(2)
    body = Product("q", "fitting", "m", (Sweep(Profile(three_quarters), 0.0, 2.0),))
    assert product_centroid_mm(body) == pytest.approx((moved, moved, 1.0), abs=1e-12)  # closed form
    ring = Product("r", "fitting", "m", (Sweep(Profile(Loop.circle(3.0, 4.0, 2.0), (Loop.circle(3.0, 4.0, 1.0),)), 0.0, 1.0),))
    assert product_centroid_mm(ring) == pytest.approx((3.0, 4.0, 0.5), abs=1e-12)  # closed form


def test_an_arc_that_turns_right_hollows_the_outline():
    bitten = Loop(((0.0, 0.0, 0.0), (2.0, 0.0, 0.0), (2.0, 2.0, 0.0), (0.0, 2.0, -1.0)))  # left edge a half circle inwards
    area = 4 - math.pi / 2
    moment = 4 * 1.0 - math.pi / 2 * (4 / (3 * math.pi))
    product = Product("b", "fitting", "m", (Sweep(Profile(bitten), 0.0, 1.0),))
    assert product_centroid_mm(product)[:2] == pytest.approx((moment / area, 1.0), abs=1e-12)  # closed form


def test_the_envelope_is_that_of_tray_flange_and_lid(load):
    length = 17 * 53.7 + 16 * 1.5 + 2 * (20 + 45 + 20 + 3 + 25)
    width = 4 * 174 + 3 * 12 + 2 * (20 + 3 + 25)
    height = 3 + 6 + 1 + 207 + 3 + 3 + 25 + 1.5
    assert envelope_mm(lay_out(load())) == pytest.approx((length, width, height), abs=1e-9)  # rounding of sums


def test_energy_and_voltage_follow_from_the_cell(load, cell):
    design = load({"electrical.series": 34, "electrical.parallel": 2, "arrangement.cells_per_row": 34, "arrangement.rows": 2})
    assert pack_energy_Wh(design) == pytest.approx(68 * 176 * 3.2, rel=1e-12)  # rounding
    volts = pack_voltage_V(design)
    assert (volts.minimum, volts.nominal, volts.maximum) == pytest.approx((85.0, 108.8, 124.1), rel=1e-12)  # rounding
    unknown = load(own=cell(capacity_Ah=None, v_max=None))
    assert pack_energy_Wh(unknown) is None
    assert pack_voltage_V(unknown).maximum is None


def test_results_are_exact_and_leave_out_what_is_unknown(load, cell):
    rows = {r.name: r for r in layout_results(load(), lay_out(load()))}
    assert all(r.error is None for r in rows.values())
    assert rows["energy.per_mass"].value == pytest.approx(38297.6 / rows["mass.pack"].value, rel=1e-12)  # rounding
    litres = rows["size.length"].value * rows["size.width"].value * rows["size.height"].value * 1e-6
    assert rows["energy.per_volume"].value == pytest.approx(38297.6 / litres, rel=1e-12)  # rounding
    unknown = load(own=cell(capacity_Ah=None, v_max=None))
    names = {r.name for r in layout_results(unknown, lay_out(unknown))}
    assert set(rows) - names == {"energy.pack", "energy.per_mass", "energy.per_volume", "voltage.max"}
