"""Heater pads: where they lie, what they give, and thermostats against the equation of a lump."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse import csr_matrix

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_march import PackMarch
from packtool.coldplate.pack_run import PackCase
from packtool.design.demand import Demand
from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.build import mesh_layout
from packtool.mesh.measures import region_volumes
from packtool.thermal.busbars import Busbars
from packtool.thermal.cell_bank import CellBank
from packtool.thermal.heaters import PackHeater, Thermostat, pack_heaters
from packtool.thermal.pack_bank import cell_bank
from packtool.thermal.records import ConductionProblem, Convection

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
ROUND = Path(__file__).parents[2] / "templates" / "three-wheeler-nmc.yaml"
SMALL = (
    "cell={like: calb-lfp176, resistance_like: calb-ca180fi}",
    "electrical={series: 8, parallel: 1}",
    "arrangement.rows=2",
    "arrangement.cells_per_row=4",
    "cold_plate.channels=2",
    "enclosure.cutouts=[]",
    "enclosure.seal=null",
    "ambient.temperature_degC=-20",
    "cases={soak: {kind: transient, current_A: 0, duration_s: 600, heaters: [pads]}, lasting: {kind: steady, current_A: 0, heaters: [pads]}}",
)
PADS = "heaters={pads: {place: sides, power_W: 120, on_below_degC: 5, off_above_degC: 8}}"


def pack(*sets, template=BUS):
    loaded = load_design(template, [*(SMALL if template is BUS else ()), *sets])
    return loaded, lay_out(loaded)


class TestPlaces:
    def test_pads_lie_on_both_sides_of_every_row_over_its_cells(self):
        loaded, layout = pack(PADS)
        pads = layout.parts_of("heater")
        assert [pad.name for pad in pads] == ["heater pads R1-y", "heater pads R1+y", "heater pads R2-y", "heater pads R2+y"]
        first = layout.part_bounds(pads[0])
        cells = [layout.part_bounds(part) for part in layout.parts_of("cell")]
        assert first[0] == pytest.approx(min(c[0] for c in cells))
        assert first[3] == pytest.approx(max(c[3] for c in cells))
        assert (first[4], first[4] - first[1]) == (pytest.approx(min(c[1] for c in cells)), pytest.approx(1.5))
        mesh = mesh_layout(layout, "coarse").mesh
        (found,) = pack_heaters(loaded, layout, mesh, "soak")
        assert found.power.sum() == pytest.approx(120.0)
        assert sorted(found.power[found.power > 0]) == pytest.approx([30.0] * 4)
        assert "cell|heater" in mesh.interfaces

    def test_a_sheet_below_lifts_all_that_stands_on_it(self):
        bare, lifted = pack(PADS.replace("pads:", "pads2:").replace("sides", "sides"), "cases.soak.heaters=[]", "cases.lasting.heaters=[]"), pack(
            "heaters={pads: {place: below, pad_power_W: 50, thickness_mm: 2}}"
        )  # fmt: skip
        for role in ("cell", "cold_plate", "interface"):
            before, after = (one[1].part_bounds(one[1].parts_of(role)[0]) for one in (bare, lifted))
            assert after[2] - before[2] == pytest.approx(2.0)
        assert lifted[1].network.z0 - bare[1].network.z0 == pytest.approx(2.0)
        (sheet,) = lifted[1].parts_of("heater")
        assert lifted[1].part_bounds(sheet)[5] == pytest.approx(lifted[1].part_bounds(lifted[1].parts_of("cold_plate")[0])[2])
        mesh = mesh_layout(lifted[1], "coarse").mesh
        assert pack_heaters(*lifted, mesh, "soak")[0].power.sum() == 50.0

    @pytest.mark.slow
    def test_also_under_round_cells_with_and_without_a_plate(self):
        sheet = ("heaters={s: {place: below, power_W: 30}}", "cases={warm: {kind: steady, current_A: 0, heaters: [s]}}")
        for without in ((), ("cold_plate=null",)):
            loaded, layout = pack(*sheet, *without, template=ROUND)
            mesh = mesh_layout(layout, "coarse").mesh
            (found,) = pack_heaters(loaded, layout, mesh, "warm")
            region = int(np.argmax(found.power))
            x0, y0, z0, x1, y1, z1 = layout.part_bounds(layout.parts_of("heater")[0])
            assert region_volumes(mesh)[region] == pytest.approx((x1 - x0) * (y1 - y0) * (z1 - z0) * 1e-9, rel=1e-9)

    def test_every_module_has_its_pads(self):
        modules = ("electrical={series: 16, parallel: 1}", "arrangement.modules={count_x: 2}")
        _, layout = pack(PADS, *modules)
        assert len(layout.parts_of("heater")) == 8


@pytest.mark.parametrize(
    ("sets", "key", "message"),
    [
        (["heaters={pads: {place: sides}}"], "heaters.pads.power_W", "give power_W (of all its pads together) or pad_power_W"),
        (["heaters={pads: {place: sides, power_W: 1, pad_power_W: 1}}"], "heaters.pads.power_W", "not both"),
        (["heaters={pads: {place: sides, power_W: 9, on_below_degC: 5}}"], "heaters.pads.on_below_degC", "needs both"),
        (["heaters={pads: {place: sides, power_W: 9, on_below_degC: 8, off_above_degC: 5}}"], "heaters.pads.on_below_degC", "must be below off_above_degC"),
        (["heaters={pads: {place: sides, power_W: 9, on_below_degC: 5, off_above_degC: 8, sensor: nose}}"], "heaters.pads.sensor", "there is no sensor 'nose'; the design has none"),
        (["heaters={pads: {place: sides, power_W: 9, material: unobtainium}}"], "heaters.pads.material", "no material 'unobtainium'"),
        (["heaters={pads: {place: top, power_W: 9}}"], "heaters.pads.place", "must be sides or below"),
        ([PADS, "cases.soak.heaters=[pds]"], "cases.soak.heaters.0", "there is no heater 'pds'; did you mean pads?"),
        ([PADS, "cases.soak.heaters=[pads, pads]"], "cases.soak.heaters.1", "pads stands twice"),
        (["heaters={pads: {place: sides, power_W: 9}, b: {place: sides, power_W: 9}}"], "heaters.b.place", "heater pads is there already"),
        ([PADS, "arrangement.side_lining={material: pet_film, thickness_mm: 0.3}"], "heaters.pads.place", "sides: side_lining is there"),
        ([PADS, "arrangement.row_gap_mm=2"], "arrangement.row_gap_mm", "must be at least 3"),
    ],
)  # fmt: skip
def test_heaters_that_cannot_be_are_refused(sets, key, message):
    with pytest.raises(DesignError) as refused:
        pack(*sets)
    assert [complaint.key for complaint in refused.value.complaints] == [key]
    assert message in str(refused.value)


def test_round_cells_take_no_pads_at_their_sides():
    with pytest.raises(DesignError, match=r"heaters.pads.place: sides: round cells"):
        pack("heaters={pads: {place: sides, power_W: 9}}", template=ROUND)


RHO_CP, VOLUME = 2e6, 0.1 * 0.1 * 0.2


def lump(heater, *, duration=4000.0, h=20.0, tolerance=2e-3, sensors=None):
    """A cell that conducts ideally, cold, in air of -10 degC, that ``heater`` warms."""
    box = Box("R1C01", "cell", "cell", 0, 0, 0, 0.1, 0.1, 0.2)
    faces = dict.fromkeys(("xmin", "xmax", "ymin", "ymax", "zmin", "zmax"), "skin")
    mesh = mesh_boxes([box], divisions=(1, 1, 1), boundaries=faces)
    problem = ConductionProblem(
        mesh, np.array([np.eye(3) * 1e5]), convection={"skin": Convection(h, 263.15)}, rho_cp=np.array([RHO_CP])
    )
    loaded, layout = pack(PADS)
    whole = cell_bank(loaded, layout)
    one = {name: getattr(whole, name)[:1] for name in ("group", "capacity_As", "own_ohm")}
    bank: CellBank = replace(
        whole, n_groups=1, bars=Busbars((), 1.0, 0.0, 1.0, 0.0, (), 300.0), joint_string=np.zeros(0, dtype=int), **one
    )
    return PackCase(
        problem, bank, Demand.constant("current_A", 0.0, duration), np.array([0]), None, 263.15, np.array([0.5]), (duration,), tolerance,
        heaters=(heater,), sensors=sensors,
    )  # fmt: skip


@pytest.mark.fem
@pytest.mark.parametrize("through_sensor", [False, True])
def test_a_thermostat_switches_when_the_equation_of_the_lump_says(through_sensor):
    sensors = csr_matrix((np.ones(1), ([0], [0])), shape=(1, 8)) if through_sensor else None
    heater = PackHeater("pad", np.array([120.0]), Thermostat(275.15, 278.15, 0 if through_sensor else None))
    case = lump(heater, sensors=sensors, tolerance=1e-4)
    run = PackMarch(case, None).go()

    t, T, on, expected = 0.0, 263.15, True, [(0.0, True)]
    while t < 4000.0:

        def reached(_t, y, on=on):
            return y[0] - (278.15 if on else 275.15)

        reached.terminal, reached.direction = True, (1 if on else -1)
        made = solve_ivp(
            lambda _t, y, on=on: [(120.0 * on - 20.0 * 0.1 * (y[0] - 263.15)) / (RHO_CP * VOLUME)],
            (t, 4000.0), [T], events=reached, rtol=1e-10, atol=1e-10,
        )  # fmt: skip
        t, T = made.t[-1], made.y[0, -1]
        if made.status == 1:
            on = not on
            expected.append((t, on))
    found = [(time, state) for _, time, state in run.switched]
    assert [state for _, state in found] == [state for _, state in expected]
    assert len(found) > 4
    # some tolerances of a step past each temperature, at the slowest pace of 24 W / 4 kJ/K: 0.1 mK is 17 ms
    assert [time for time, _ in found] == pytest.approx([time for time, _ in expected], abs=0.3)
    assert run.moments[-1].mean[0] == pytest.approx(T, abs=1e-2)  # under a second's cooling, added up over all switchings
    assert run.balance.imbalance < 1e-9
    on_for = sum(b - a for (a, state), (b, _) in zip(found, [*found[1:], (4000.0, False)], strict=True) if state)
    assert run.balance.made == pytest.approx(120.0 * on_for, rel=1e-12)


@pytest.mark.fem
def test_a_heater_without_a_thermostat_stays_on_and_a_warm_pack_never_starts_one():
    always = PackMarch(lump(PackHeater("pad", np.array([120.0]), None), duration=600.0), None).go()
    assert always.balance.made == pytest.approx(120.0 * 600.0)
    never = PackMarch(lump(PackHeater("pad", np.array([120.0]), Thermostat(253.15, 258.15, None)), duration=600.0), None).go()
    assert never.balance.made == 0.0
    assert never.moments[-1].heated.tolist() == [0.0]


@pytest.mark.fem
def test_a_run_with_a_thermostat_that_was_killed_goes_on_to_the_same_bits(tmp_path):
    heater = PackHeater("pad", np.array([120.0]), Thermostat(275.15, 278.15, None))
    case = replace(lump(heater), outputs=(1000.0, 2500.0, 4000.0))
    whole = PackMarch(case, None).go(tmp_path / "whole")
    first = PackMarch(case, None)
    kept = []
    original = first._try

    def stops(dt):
        kept.append(first.t)
        if first.t >= 2500.0:
            raise KeyboardInterrupt
        return original(dt)

    first._try = stops
    with pytest.raises(KeyboardInterrupt):
        first.go(tmp_path / "part")
    again = PackMarch(case, None).go(tmp_path / "part")
    assert np.array_equal(again.fields, whole.fields)
    assert again.switched == whole.switched


@pytest.mark.fem
def test_where_the_watts_of_a_lasting_heater_go(tmp_path):
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.mesh.build import mesh_family

    loaded, layout = pack(PADS, "cold_plate.inlet_degC=5")
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    rows = {
        row.name: row.value for row in solve_pack_case(loaded, layout, meshes, "lasting", coolants()["air_1atm"], tmp_path).results
    }
    assert rows["heat.heater[pads]"] == pytest.approx(120.0)
    assert rows["heat.coolant"] + rows["heat.ambient"] == pytest.approx(120.0, rel=1e-6)
    from_heater = sum(v for name, v in rows.items() if name.startswith("heat.flow[heater>"))
    into_heater = sum(v for name, v in rows.items() if name.startswith("heat.flow[") and name.endswith(">heater]"))
    assert from_heater - into_heater == pytest.approx(120.0, rel=1e-6)
    assert rows["temperature.heater.max"] > rows["temperature.cell.max"]
