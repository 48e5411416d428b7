"""Duties: of the catalogue, as tables, from CSV, of a vehicle; what they ask of the pack, and what is refused where."""

from __future__ import annotations

import pytest

from packtool.catalogue.duties import duties
from packtool.catalogue.load import sources
from packtool.design.cases import case_demand, directions, initial_soc, largest_current_A
from packtool.design.load import design_from_text
from packtool.design.road_load import pack_power_W
from packtool.design.schema.vehicle import Vehicle
from packtool.errors import DesignError

CAR = "{mass_kg: 1200, drag_area_m2: 0.7, rolling_resistance: 0.01, drivetrain_efficiency: 0.9, regen_efficiency: 0.6, auxiliary_kW: 0.5}"


@pytest.fixture
def demand(valid, tmp_path):
    """The demand of a transient case, given as the inside of its mapping."""

    def of(inside, vehicle="", sets=()):
        text = valid.replace("{kind: steady, current_A: 176}", f"{{kind: transient, {inside}}}")
        loaded = design_from_text(text + (f"vehicle: {vehicle}\n" if vehicle else ""), "pack.yaml", tmp_path, sets)
        return case_demand(loaded, "charge"), loaded

    return of


@pytest.fixture
def complaints(demand):
    def of(inside, **more):
        with pytest.raises(DesignError) as caught:
            demand(inside, **more)
        return caught.value.complaints

    return of


class TestCatalogue:
    @pytest.mark.parametrize(
        ("id_", "seconds", "km", "most"),  # shared experience: sums of the published tables
        [
            ("midc", 1180, 10.667, 90),
            ("idc", 108, 0.6579, 42),
            ("wltc-class3b", 1800, 23.266, 131.3),
            ("wmtc-part1", 600, 4.066, 60),
            ("us06", 600, 12.89, 129.2),
            ("udds", 1369, 11.99, 91.25),
        ],
    )
    def test_cycles_have_their_published_length_and_distance(self, id_, seconds, km, most):
        duty = duties()[id_]
        assert duty.duration_s == seconds
        assert duty.distance_km == pytest.approx(km, rel=5e-4)  # printed to four digits
        assert duty.largest == pytest.approx(most, abs=0.05)

    @pytest.mark.parametrize("id_", duties())
    def test_every_duty_names_its_licence_and_known_sources_and_begins_and_ends_at_rest_if_it_is_driven(self, id_):
        duty = duties()[id_]
        assert duty.id == id_
        assert duty.licence
        assert set(duty.sources) <= set(sources())
        assert duty.sources or duty.standing in ("remembered", "derived")
        if duty.quantity == "speed_km_h":
            assert duty.pieces[0][1] == duty.pieces[-1][2] == 0
            assert all(a[2] == b[1] for a, b in zip(duty.pieces, duty.pieces[1:], strict=False))  # no jump in speed


class TestDemand:
    def test_a_constant_charge_is_negative_and_lasts(self, demand):
        asked, loaded = demand("c_rate: 0.5, duration_s: 100")
        assert (asked.quantity, asked.edges, asked.start, asked.end) == ("current_A", (0, 100), (-176,), (-176,))  # of two parallel
        assert directions(loaded, "charge") == ("charge",)
        assert largest_current_A(loaded, "charge", "charge") == 176
        assert initial_soc(loaded.design.cases["charge"]) == 0

    def test_power_counts_at_the_nominal_voltage_for_the_currents_that_rules_look_at(self, demand):
        asked, loaded = demand("power_kW: 2, direction: discharge, duration_s: 10")
        assert asked.start == (2000,)
        cells = loaded.design.electrical.series
        assert largest_current_A(loaded, "charge", "discharge") == pytest.approx(2000 / (3.2 * cells))

    def test_a_table_holds_its_values_until_the_next_time(self, demand):
        asked, _ = demand("duty: {time_s: [0, 10, 30], current_A: [100, -50, 7]}")
        assert (asked.edges, asked.start, asked.end) == ((0, 10, 30), (100, -50), (100, -50))

    def test_or_goes_straight_between_them_and_rests_before_the_first(self, demand):
        asked, _ = demand("duty: {time_s: [5, 10], current_A: [0, 50], between: linear}")
        assert (asked.edges, asked.start, asked.end) == ((0, 5, 10), (0, 0), (0, 50))

    def test_repeat_lays_end_to_end_and_duration_cuts_or_rests(self, demand):
        table = "duty: {time_s: [0, 4, 10], current_A: [60, -30, 0]}, repeat: 2"
        assert demand(table)[0].edges == (0, 4, 10, 14, 20)
        assert demand(table + ", duration_s: 12")[0].edges == (0, 4, 10, 12)
        rested = demand(table + ", duration_s: 30")[0]
        assert rested.edges[-1] == 30
        assert rested.start[-1] == rested.end[-1] == 0

    def test_cutting_a_ramp_keeps_its_slope(self, demand):
        asked, _ = demand("duty: {time_s: [0, 10], current_A: [0, 50], between: linear}, duration_s: 4")
        assert asked.end == (20,)

    def test_half_p_is_half_the_nominal_energy_an_hour(self, demand):
        asked, loaded = demand("duty: grid-half-p")
        electrical = loaded.design.electrical
        assert asked.start[0] == pytest.approx(-0.5 * 176 * 3.2 * electrical.series * electrical.parallel)
        assert asked.duration_s == 21_600

    def test_csv_columns_are_found_by_name(self, demand, tmp_path):
        (tmp_path / "drive.csv").write_text("step, time_s, power_kW\n1, 0, 3\n\n2, 60, -1\n3, 90, 0\n")
        asked, _ = demand("duty: drive.csv")
        assert (asked.quantity, asked.edges, asked.start) == ("power_W", (0, 60, 90), (3000, -1000))


class TestVehicle:
    car = Vehicle(
        mass_kg=1200, drag_area_m2=0.7, rolling_resistance=0.01, drivetrain_efficiency=0.9, regen_efficiency=0.6, auxiliary_kW=0.5
    )

    def test_at_constant_speed_it_pays_rolling_and_drag(self):
        rho = 101_325 / 287.05 / 298.15
        wheel = (1200 * 9.80665 * 0.01 + 0.5 * rho * 0.7 * 20**2) * 20
        assert pack_power_W(self.car, 20, 0, 25) == pytest.approx(wheel / 0.9 + 500)

    def test_braking_gives_back_a_share(self):
        rolling = 1200 * 9.80665 * 0.01
        braking = (1.05 * 1200 * -1.0 + rolling) * 1e-3
        assert pack_power_W(self.car, 1e-3, -1.0, 25) == pytest.approx(0.6 * braking + 500, rel=1e-6)

    def test_packs_share_the_power(self):
        assert pack_power_W(self.car.model_copy(update={"packs": 4}), 20, 0, 25) == pack_power_W(self.car, 20, 0, 25) / 4

    def test_a_cycle_takes_the_energy_that_its_resistances_and_losses_add_up_to(self, demand):
        asked, _ = demand("duty: midc", vehicle=CAR)
        energy = sum(
            (b - a) * (p + q) / 2 for a, b, p, q in zip(asked.edges, asked.edges[1:], asked.start, asked.end, strict=False)
        )
        # 1.2 t, 10.7 km: rolling 0.35 kWh, drag 0.33 kWh at the wheels (by hand), auxiliaries 0.16 kWh, and the losses of stop and go
        assert 0.9 < energy / 3.6e6 < 1.4
        assert asked.duration_s == pytest.approx(1180)


class TestPhases:
    def test_phases_follow_each_other_each_in_its_own_quantity(self, demand):
        asked, loaded = demand(
            "phases: [{c_rate: 0.5, duration_s: 100}, {current_A: 0, duration_s: 10}, "
            "{duty: {time_s: [0, 5, 10], power_kW: [3, -1, 0]}, repeat: 2}, {current_A: 40, direction: discharge, duration_s: 20}]"
        )
        assert asked.edges == (0, 100, 110, 115, 120, 125, 130, 150)
        assert asked.start == (-176, 0, 3000, -1000, 3000, -1000, 40)
        assert asked.quantities == ("current_A", "current_A", *["power_W"] * 4, "current_A")
        assert asked.tapers == (True, *[False] * 6)  # only a charge at a constant rate goes on at constant voltage
        assert asked.at(117.0) == ("power_W", -1000, False)
        assert initial_soc(loaded.design.cases["charge"]) == 0
        # 3 kW at the nominal voltage of four in series is more than 40 A
        assert largest_current_A(loaded, "charge", "discharge") == pytest.approx(3000 / (4 * loaded.cell.v_nom.value))
        assert largest_current_A(loaded, "charge", "charge") == 176

    def test_all_of_them_are_repeated_cut_off_and_followed_by_rest(self, demand):
        phases = "phases: [{current_A: 10, duration_s: 10}, {power_kW: 1, direction: discharge, duration_s: 5}]"
        asked, _ = demand(f"{phases}, repeat: 2")
        assert asked.edges == (0, 10, 15, 25, 30)
        asked, _ = demand(f"{phases}, duration_s: 12")
        assert (asked.edges, asked.start) == ((0, 10, 12), (-10, 1000))
        asked, _ = demand(f"{phases}, duration_s: 20")
        assert (asked.edges, asked.start) == ((0, 10, 15, 20), (-10, 1000, 0))

    @pytest.mark.parametrize(
        ("inside", "key", "message"),
        [
            ("phases: [{current_A: 1}]", "phases.0.duration_s", "how long it lasts"),
            ("phases: [{duration_s: 5}]", "phases.0.current_A", "missing: give current_A"),
            ("phases: [{current_A: 1, duration_s: 5}], current_A: 1, duration_s: 5", "current_A", "give one of"),
            ("phases: [{duty: nowhere}]", "phases.0.duty", "no duty 'nowhere'"),
            ("phases: [{duty: us06}]", "phases.0.duty", "needs a vehicle"),
            ("phases: []", "current_A", "missing"),
        ],
    )
    def test_phases_that_cannot_be_are_refused(self, complaints, inside, key, message):
        found = complaints(inside)
        assert found[0].key == f"cases.charge.{key}"
        assert message in found[0].message

    @pytest.mark.parametrize(
        ("phases", "number", "pieces"),
        [
            ("{duty: long.csv, repeat: 10000}", 0, "1,010,000"),
            ("{duty: long.csv, repeat: 9000}, {duty: long.csv, repeat: 901}", 1, "1,000,001"),  # all phases together
        ],
    )
    def test_a_phase_of_too_many_pieces_is_refused_at_its_repeat(self, complaints, tmp_path, phases, number, pieces):
        (tmp_path / "long.csv").write_text("time_s,current_A\n" + "".join(f"{t},1\n" for t in range(102)))
        (found,) = complaints(f"phases: [{phases}]")
        assert found.key == f"cases.charge.phases.{number}.repeat"
        assert found.message == f"the duty has {pieces} pieces then; 1,000,000 is the most"


class TestRefusals:
    @pytest.mark.parametrize(
        ("inside", "key", "message"),
        [
            ("current_A: 1", "duration_s", "missing: how long it lasts"),
            ("duration_s: 5", "current_A", "missing: give current_A (of the pack), c_rate, power_kW or duty"),
            ("current_A: 1, duty: midc, duration_s: 5", "current_A", "give one of current_A, c_rate, power_kW and duty"),
            ("current_A: 1, duration_s: 0", "duration_s", "must be above 0"),
            ("current_A: 1, duration_s: 5, output_every_s: 0", "output_every_s", "must be above 0"),
            ("current_A: 1, duration_s: 5, tolerance_K: 0", "tolerance_K", "must be from 1e-05 to 1 K"),
            ("current_A: 1, duration_s: 5, initial_soc: 1.2", "initial_soc", "must be from 0 to 1"),
            ("current_A: .nan, duration_s: 5", "current_A", "got no number (nan)"),
            ("duty: midk, duration_s: 5", "duty", "no duty 'midk' in the catalogue; did you mean"),
            ("duty: manhattan_bus", "duty", "give your own table, duty: {csv: FILE.csv}"),
            ("duty: midc", "duty", "a duty of speeds needs a vehicle"),
            ("duty: nowhere.csv", "duty", "there is no such file"),
            ("duty: {time_s: [0, 5, 5], current_A: [1, 2, 3]}", "duty.time_s", "must ascend: 5 follows 5"),
            ("duty: {time_s: [0, 5], current_A: [1, .nan]}", "duty.current_A.1", "got no number (nan)"),
            ("duty: {time_s: [0, 5], current_A: [1]}", "duty.current_A", "needs at least 2 entries, got 1"),
            ("duty: {time_s: [0, 5], current_A: [1, 2, 3]}", "duty.time_s", "current_A needs as many entries as time_s: 2, not 3"),
            ("duty: {time_s: [], current_A: [1, 2]}", "duty.time_s", "needs at least 2 entries, got an empty list"),
            ("duty: {time_s: [0, 5]}", "duty.time_s", "give one of current_A, c_rate, power_kW, speed_km_h with time_s, got none"),
            ("current_A: 1, duration_s: 600, output_every_s: 0.001", "output_every_s", "must be at least 0.03 s"),
            ("current_A: 1, duration_s: 600, initial_degC: 298", "initial_degC", "in K? 298 K are 24.85 degC"),
            ("duty: {}", "duty.time_s", "missing: give csv, or time_s with one of"),
            ("duty: {csv: a.csv, time_s: [0, 1]}", "duty.time_s", "csv holds the whole table"),
        ],
    )
    def test_with_line_and_column(self, complaints, inside, key, message):
        (found,) = complaints(inside)
        assert found.key == f"cases.charge.{key}"
        assert message in found.message
        assert (found.file, found.line) == ("pack.yaml", 28)
        assert found.column > 1

    @pytest.mark.parametrize(
        ("text", "line", "column", "message"),
        [
            ("", 1, 1, "empty"),
            ("time_s;current_A\n0;1\n", 1, 1, "the head line must name time_s"),
            ("time_s;current_A\n0,5;1,5\n", 1, 1, "columns are parted by commas, and decimals have points"),
            ("time_s,current_A\n0,100,5\n60,50,2\n", 2, 7, "the row has 3 fields and the head line 2"),
            ("time_s,current_A\n0,1\n1,x\n", 3, 3, "current_A must be a number, got 'x'"),
            ("time_s,current_A\n0,1\n1,nan\n", 3, 3, "current_A must be a number, got 'nan'"),
            ("time_s,current_A\n0,1\n1\n", 3, 3, "current_A is missing"),
            ("time_s,current_A\n0,1\n2,1\n2,1\n", 4, 1, "time_s must ascend: 2 follows 2"),
            ("time_s,current_A\n-1,1\n2,1\n", 2, 1, "from 0 on; got -1"),
            ("time_s,current_A\n0,1\n", 2, 1, "at least two rows"),
        ],
    )
    def test_csv_faults_carry_the_place_in_the_csv(self, complaints, tmp_path, text, line, column, message):
        (tmp_path / "duty.csv").write_text(text)
        (found,) = complaints("duty: duty.csv")
        assert (found.file, found.line, found.column) == (str(tmp_path / "duty.csv"), line, column)
        assert message in found.message

    @pytest.mark.slow
    def test_a_day_second_by_second_is_no_design_but_a_duty(self, demand, tmp_path):
        rows = (f"{t},{t % 7}.25\n" for t in range(86_400))  # 1.0 MB
        (tmp_path / "day.csv").write_text("time_s,current_A\n" + "".join(rows))
        assert demand("duty: day.csv")[0].edges[-1] == 86_399

    def test_a_file_too_large_is_called_what_it_should_be(self, complaints, tmp_path):
        (tmp_path / "duty.csv").write_text("time_s,current_A\n" + "0,1\n" * 4_000_000)
        (found,) = complaints("duty: duty.csv")
        assert "larger than 16 MB: this is not a duty" in found.message

    def test_a_kind_that_is_none_names_both(self, valid, tmp_path):
        with pytest.raises(DesignError, match=r"pack.yaml:28:12: cases.charge.kind: must be steady or transient"):
            design_from_text(valid.replace("kind: steady", "kind: stedy"), "pack.yaml", tmp_path)


class TestCoolantSchedule:
    @pytest.mark.parametrize(
        ("schedule", "key", "message"),
        [
            ("{time_s: [10]}", "time_s", "missing: give flow_lpm, inlet_degC or both"),
            ("{time_s: [10, 5], flow_lpm: [1, 2]}", "time_s", "must ascend: 5 follows 10"),
            ("{time_s: [10], flow_lpm: [1, 2]}", "time_s", "flow_lpm must have as many entries as time_s: 1"),
            ("{time_s: [10], inlet_degC: [150]}", "inlet_degC.0", "is known from"),
            ("{time_s: [10], inlet_degC: [298]}", "inlet_degC.0", "got 298 degC; in K? 298 K are 24.85 degC"),
            ("{time_s: [10], inlet_degC: 25}", "inlet_degC", "must be a list of numbers"),
            ("{time_s: [10], inlet_degC: [warm]}", "inlet_degC.0", "must be a number"),
            ("{time_s: [10], flow_lpm: [-20000]}", "flow_lpm.0", "must be from -10000"),
            ("{time_s: [60, 90], flow_lpm: [2, 3]}", "time_s", "begins at 60 s, when the case is over (60 s)"),
        ],
    )
    def test_refusals(self, complaints, schedule, key, message):
        (found,) = complaints(f"current_A: 1, duration_s: 60, coolant: {schedule}")
        assert found.key == f"cases.charge.coolant.{key}"
        assert message in found.message
