"""Upright plates between rows of cells, or between the cells: their solids, how the flow goes through them, the heat, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import packtool
from packtool.catalogue.load import coolants
from packtool.coldplate.solve import solve_coldplate_isothermal
from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out

BUS = Path(packtool.__file__).parents[1] / "templates" / "bus-lfp.yaml"
K_THROUGH, THICKNESS_MM = 1.2, 53.7

FEW = (
    "electrical.series=12", "arrangement.rows=3", "arrangement.cells_per_row=4", "arrangement.row_gap_mm=8", "enclosure.vent_area_mm2=null",
    "arrangement.end_plate_mm=0", "cold_plate.position=between", "cold_plate.passes=1", "cold_plate.channels=6", "cold_plate.channel_width_mm=20",
    "cold_plate.header_width_mm=20", "cold_plate.flow_lpm=4", "busbars.width_mm=20", "mesh.level=coarse",
    f"cell={{like: calb-lfp176, resistance_mOhm: 1, k_through_W_mK: {K_THROUGH}}}",
    "ambient={temperature_degC: 22, natural_convection_W_m2K: 0, emissivity: 0}",
)  # fmt: skip
IN_ROWS = ("cold_plate.every_cells=1", "arrangement.row_gap_mm=12")


def few(*sets: str):
    return load_design(BUS, [*FEW, *sets])


def hydraulics(*sets: str):
    loaded = few(*sets)
    plate = loaded.design.cold_plate
    return solve_coldplate_isothermal(lay_out(loaded).network, plate, loaded.coolants[plate.coolant], 300.0)


def plates(layout):
    return [layout.part_bounds(part) for part in layout.parts_of("cold_plate")]


def test_plates_fill_the_gaps_between_the_rows_with_their_layers():
    layout = lay_out(few())
    layers = sorted(layout.part_bounds(part)[1::3] for part in layout.parts_of("interface"))
    rows = sorted({layout.part_bounds(part)[1::3] for part in layout.parts_of("cell")})
    assert len(plates(layout)) == 2
    for k, (_, y0, _, _, y1, _) in enumerate(sorted(plates(layout), key=lambda box: box[1])):
        assert y1 - y0 == pytest.approx(6.0)
        assert layers[2 * k] == pytest.approx((rows[k][1], y0))
        assert layers[2 * k + 1] == pytest.approx((y1, rows[k + 1][0]))


@pytest.mark.parametrize(("every", "gaps"), [(1, [1, 2, 3]), (2, [1, 3]), (3, [2]), (4, [2])])
def test_plates_between_the_cells_go_through_all_rows(every, gaps):
    layout = lay_out(few("arrangement.row_gap_mm=12", f"cold_plate.every_cells={every}"))
    cells = [layout.part_bounds(next(p for p in layout.parts if p.name == f"R1C0{n}")) for n in range(1, 5)]
    found = sorted(plates(layout))
    assert len(found) == len(gaps)
    for (x0, y0, _, x1, y1, _), gap in zip(found, gaps, strict=True):
        assert (cells[gap - 1][3] + 1.0, cells[gap][0] - 1.0) == pytest.approx((x0, x1))
        assert y1 - y0 > 3 * 174 + 2 * 12


def test_volumes_are_those_of_the_formulas():
    layout = lay_out(few())
    product = {p.id: p for p in layout.products}
    x0, _, z0, x1, _, z1 = plates(layout)[0]
    length, height = x1 - x0, z1 - z0
    assert height == pytest.approx(205.0)  # 2 mm less than the cells: terminals are 3 mm high, bars keep 5 mm
    assert product["coolant"].volume_mm3() == pytest.approx(6 * 20 * 3 * length, rel=1e-12)
    assert product["cold-plate"].volume_mm3() == pytest.approx((6 * height - 6 * 20 * 3) * length, rel=1e-12)
    tank, drink = product["tank-1"], product["coolant-tank-1"]
    u0, v0, _, u1, v1, _ = tank.bounds()
    slots = 2 * 6 * 1.5  # two plates through the inner wall, 1.5 mm thick
    box = (u1 - u0) * (v1 - v0) * height
    bore = np.pi * 8.0**2 * 1.5
    assert tank.finished_volume_mm3() + drink.finished_volume_mm3() == pytest.approx(box - slots * height, rel=1e-12)
    assert drink.finished_volume_mm3() == pytest.approx(20 * (v1 - v0 - 3) * (height - 3) + bore, rel=1e-12)


def test_side_by_side_the_plates_share_the_flow():
    found = hydraulics()
    shares = [found.plates[f"plate {k}"].flow_lpm for k in (1, 2)]
    assert sum(shares) == pytest.approx(4.0, rel=1e-9)
    assert max(shares) / min(shares) < 1.1
    assert sum(found.branch_flow_lpm[f"plate 1 channel {n}"] for n in range(1, 7)) == pytest.approx(shares[0], rel=1e-9)


def test_one_after_the_other_each_takes_all_of_the_flow():
    one = hydraulics("electrical.series=8", "arrangement.rows=2")
    found = hydraulics("cold_plate.feed=series")
    assert [found.plates[f"plate {k}"].flow_lpm for k in (1, 2)] == pytest.approx([4.0, 4.0], rel=1e-9)
    channels = [flow for name, flow in found.branch_flow_lpm.items() if "channel" in name]
    assert channels == pytest.approx([4.0 / 6] * 12, rel=1e-9)
    assert found.pressure_parts["friction"] == pytest.approx(2 * one.pressure_parts["friction"], rel=0.01)  # tanks rub a little
    assert found.pressure_parts["fittings"] == pytest.approx(one.pressure_parts["fittings"], rel=1e-9)


@pytest.mark.parametrize(
    ("sets", "key", "words"),
    [
        (("arrangement.row_gap_mm=12",), "arrangement.row_gap_mm", "fills a gap of 8, not 12: make it 8"),
        (("electrical.series=4", "arrangement.rows=1"), "cold_plate.position", "there is one row; give every_cells"),
        (("cold_plate.type=serpentine", "cold_plate.channels=1"), "cold_plate.type", "type: parallel, passes: 1; got type: serpentine"),
        (("cold_plate.passes=2",), "cold_plate.type", "got passes: 2"),
        (("cold_plate.overhang_mm=40",), "cold_plate.overhang_mm", "end in their tanks"),
        (("cold_plate.channels=10",), "cold_plate.channels", "10 channels of 20 mm do not fit above each other in 185 mm"),
        (("cold_plate.margin_mm=120",), "cold_plate.margin_mm", "leave nothing of a plate 205 mm high"),
        (("arrangement.orientation=on_side",), "cold_plate.position", "look to the side as it stands"),
        (("interface.material=al_6061_t6",), "interface.material", "needs layers that insulate"),
        (("electrical.series=24", "arrangement.modules={count_x: 2}"), "arrangement.modules", "leave modules out"),
        (("arrangement.row_filler={material: gap_filler_2p0, at: [rows]}",), "arrangement.row_filler", "plates and tanks stand where"),
        (("arrangement.row_offset_mm=20", *IN_ROWS), "arrangement.row_offset_mm", "must be alike and in line"),
        (("cold_plate.every_cells=9", "arrangement.row_gap_mm=12"), "cold_plate.every_cells", "none fits in rows of 4"),
        (("electrical.series=8", "arrangement.rows=2", "cold_plate.feed=series"), "cold_plate.feed", "there is one plate"),
        (("cold_plate.feed=series", "cold_plate.manifold=Z"), "cold_plate.manifold", "no common manifold"),
        (("cold_plate.position=bottom", "cold_plate.every_cells=2"), "cold_plate.every_cells", "not for bottom"),
    ],
)  # fmt: skip
def test_what_does_not_fit_between_cells_is_refused(sets, key, words):
    with pytest.raises(DesignError) as refused:
        lay_out(few(*sets))
    found = [complaint for complaint in refused.value.complaints if complaint.key == key]
    assert found, [str(c) for c in refused.value.complaints]
    assert words in found[0].message


def solved(*sets: str, level: str = "coarse"):
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.mesh.build import mesh_family

    loaded = few(*sets)
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, level)]
    case = solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)
    return case, {row.name: row for row in case.results}


@pytest.mark.fem
def test_a_cell_between_two_plates_stands_over_them_as_the_parabola_says():
    """Averaged over its faces the heat goes one way, along the thickness L: the mean is q L² / (12 k) over the faces, q L/2 t/k over the plates."""
    sets = ("electrical.series=4", "arrangement.rows=1", "arrangement.cells_per_row=4", *IN_ROWS)
    case, rows = solved(*sets, level="normal")
    assert rows["energy.imbalance"].value < 1e-6
    assert rows["heat.coolant"].value == pytest.approx(rows["heat.cells"].value + rows["heat.busbars"].value, rel=1e-6)
    mesh, T = case.solution.mesh, case.solution.T
    x = mesh.points[mesh.hexes[mesh.region == mesh.region_index("R1C02")]][:, :, 0]
    facets = mesh.interfaces["interface|cold_plate"]
    corners = mesh.points[facets]
    near = np.minimum(np.abs(corners[:, :, 0].mean(axis=1) - x.min()), np.abs(corners[:, :, 0].mean(axis=1) - x.max())) < 1.01e-3
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]), axis=1)[near]
    bed = float((T[facets[near]].mean(axis=1) * area).sum() / area.sum()) - 273.15
    made = (rows["heat.cells"].value + rows["heat.busbars"].value) / 4
    flux = made / area.sum()
    length = THICKNESS_MM * 1e-3
    closed = bed + flux * (1e-3 / 2.0 + length / (6 * K_THROUGH))
    found = rows["temperature.cell.mean[R1C02]"]
    assert abs(found.value - closed) < found.error  # the stated error of the mesh covers it ...
    assert found.error < 0.15 * (
        closed - bed
    )  # ... and says something: a sixteenth of the parabola is missed by chords over four elements


@pytest.mark.fem
@pytest.mark.slow
def test_the_plates_take_the_heat_one_after_the_other():
    _, rows = solved("cold_plate.feed=series", "ambient.temperature_degC=45", "ambient.natural_convection_W_m2K=5")
    assert rows["energy.imbalance"].value < 1e-6
    heat = [rows[f"heat.coolant[plate {k}]"].value for k in (1, 2)]
    assert 0.98 * rows["heat.coolant"].value < sum(heat) < rows["heat.coolant"].value  # the plates' ends stand in the tanks
    assert min(heat) > 0
    out = [rows[f"coolant.outlet[plate {k}]"].value for k in (1, 2)]
    assert 22.0 < out[0] < out[1] < rows["coolant.outlet"].value


@pytest.mark.fem
@pytest.mark.slow
def test_coolant_of_plates_in_series_stands_still_turns_round_and_comes_back():
    from packtool.coldplate.pack_transient import solve_pack_transient
    from packtool.mesh.build import mesh_family

    case = "{kind: transient, current_A: 100, duration_s: 120, initial_degC: 30, coolant: {time_s: [30, 60, 90], flow_lpm: [0, -2, 3]}}"
    loaded = few(*IN_ROWS, "electrical.series=4", "arrangement.rows=1", "cold_plate.feed=series", f"cases={{t: {case}}}")
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    rows = {row.name: row.value for row in solve_pack_transient(loaded, layout, meshes, "t", coolants()["air_1atm"], None).results}
    assert rows["energy.imbalance"] < 1e-6
    assert rows["heat.coolant"] == pytest.approx(rows["heat.coolant.carried"] + rows["heat.coolant.stored"], rel=1e-6)
    assert not [name for name in rows if name.startswith("heat.coolant[")]  # a mean over the run is not known of one plate
