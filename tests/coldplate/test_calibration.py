"""A calibration file beside a network: what it changes, where, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coldplate_networks import duct, plate, three_pass

from packtool.catalogue.load import coolants
from packtool.coldplate.calibrated import calibrated_pieces, network_passages
from packtool.coldplate.corrections import ONE_FILM
from packtool.coldplate.flow3d.window import shortened, window
from packtool.coldplate.fluid import Properties
from packtool.coldplate.losses import FlowPhysics, branch_losses
from packtool.coldplate.march import film
from packtool.coldplate.network import split_flow
from packtool.coldplate.passages import passages
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.solve import coolant_results, solve_coldplate_isothermal
from packtool.design.calibration_file import calibration_text, read_calibration
from packtool.design.load import load_design
from packtool.design.schema.calibration import METHOD, CalibratedBranch, PlateCalibration
from packtool.errors import DesignError
from packtool.layout.calibration import plate_key
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.lay_out import lay_out
from packtool.results import ResultSet
from packtool.rules import coolant_calibration
from packtool.rules.records import Evidence
from packtool.workflow.plan import stage_inputs

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = ("arrangement.rows=1", "arrangement.cells_per_row=2", "electrical.series=2", "cold_plate.flow_lpm=0.7", "mesh.level=coarse")
SERPENTINE = ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=3")
RHO, MU, PR = 1000.0, 2e-3, 25.0
FLOWS = (100.0, 200.0, 400.0)


def told(network, K, Nu_over, Re=FLOWS, Pr=PR):
    """A calibration of ``network``: loss coefficients ``K`` by flow, films ``Nu_over`` those of new layers behind every bend."""
    p = passages(network)
    pieces = calibrated_pieces(network, min(b.width_mm for b in network.branches) * 1e-3)
    one = np.ones(len(pieces.s))
    Nu = []
    for r in Re:
        films = film(
            p,
            pieces,
            np.full(len(p.length), r) * p.area / p.D_h,
            Properties(one, Pr * one, one, one),
            0.0,
            HeatPhysics(restart_at_bends=True),
        )
        Nu.append(Nu_over * films.h * p.D_h[pieces.branch])
    branches = []
    for i, b in enumerate(network.branches):
        here = np.flatnonzero(pieces.branch == i)
        branches.append(
            CalibratedBranch(
                name=b.name, start=b.start, end=b.end, kind="channel", width_mm=b.width_mm, height_mm=b.height_mm, path=b.path, bulges=b.bulges,
                Re=Re, K=K, s_mm=tuple(pieces.s[here] * 1e3), Nu=tuple(tuple(row[here]) for row in Nu),
            )
        )  # fmt: skip
    n = len(Re)
    return PlateCalibration(
        **{"$schema": "packtool/plate-calibration/1"}, method=METHOD, packtool="test", plate={}, mesh_level="coarse", coolant="meg50",
        inlet_degC=25.0, Pr=Pr, conductivity_W_mK=200.0, flux_W_m2=5e3, flows_lpm=tuple(0.01 * r for r in Re), Re=Re, pressure_drop_Pa=(1.0,) * n,
        pressure_drop_error=(0.01,) * n, wall_rise_K=(1.0,) * n, wall_rise_error_K=(0.0,) * n, film_error=(0.02,) * n,
        inlet=network.inlet, outlet=network.outlet, branches=tuple(branches),
    )  # fmt: skip


def drop(network, Re, entrance=False):
    p = network_passages(network)
    one = np.ones(len(p.length))
    flow = Re * MU * p.area[0] / p.D_h[0]
    return split_flow(p, flow, RHO * one, MU * one, 0.0, FlowPhysics(entrance=entrance))


def films_of(network, Re):
    p = network_passages(network)
    pieces = calibrated_pieces(network, network.branches[0].width_mm * 1e-3)
    one = np.ones(len(pieces.s))
    return film(p, pieces, Re * p.area / p.D_h, Properties(one, PR * one, one, one), 0.0, HeatPhysics())


@pytest.mark.parametrize("Re", FLOWS)
def test_a_network_loses_what_its_calibration_says(Re):
    network = three_pass()
    K = (9.0, 7.0, 6.0)
    found = drop(replace(network, calibration=told(network, K, 1.0)), Re)
    p = passages(network)
    v = Re * MU / (RHO * p.D_h[0])
    friction = 2 * p.f_Re[0] * MU * v * p.length[0] / p.D_h[0] ** 2
    assert found.pressure_drop == pytest.approx(friction + K[FLOWS.index(Re)] * RHO * v**2 / 2, rel=1e-9)
    assert sum(found.parts.values()) == pytest.approx(found.pressure_drop, rel=1e-9)


def test_between_two_flows_the_coefficient_is_a_over_re_plus_b():
    network = three_pass()
    a, b = 300.0, 5.0  # the form of laminar loss coefficients
    calibrated = replace(network, calibration=told(network, tuple(a / Re + b for Re in FLOWS), 1.0))
    p = passages(network)
    for Re in (130.0, 300.0):
        v = Re * MU / (RHO * p.D_h[0])
        friction = 2 * p.f_Re[0] * MU * v * p.length[0] / p.D_h[0] ** 2
        assert drop(calibrated, Re).pressure_drop == pytest.approx(friction + (a / Re + b) * RHO * v**2 / 2, rel=1e-9)


def test_beyond_the_calibrated_flows_the_correlations_hold():
    network = three_pass()
    calibrated = replace(network, calibration=told(network, (9.0, 7.0, 6.0), 1.3))
    far = 1.3 * FLOWS[-1]  # past the fading
    assert drop(calibrated, far).pressure_drop == pytest.approx(drop(network, far).pressure_drop, rel=1e-12)
    assert drop(calibrated, far).uncertainty == pytest.approx(drop(network, far).uncertainty, rel=1e-12)
    np.testing.assert_allclose(films_of(calibrated, far).h, films_of(network, far).h, rtol=1e-12)
    low = 0.7 * FLOWS[0]
    np.testing.assert_allclose(films_of(calibrated, low).h, films_of(network, low).h, rtol=1e-12)


def test_flow_against_the_design_is_left_to_the_correlations():
    network = three_pass()
    backwards = replace(network, inlet=network.outlet, outlet=network.inlet)
    calibrated = replace(backwards, calibration=told(network, (9.0, 7.0, 6.0), 1.3))
    assert drop(calibrated, 200.0).pressure_drop == pytest.approx(drop(backwards, 200.0).pressure_drop, rel=1e-12)


def test_the_error_of_the_finite_elements_takes_the_place_of_the_correlations_scatter():
    network = three_pass()
    calibrated = replace(network, calibration=told(network, (6.0, 6.0, 6.0), 1.0))
    bare, found = drop(network, 200.0), drop(calibrated, 200.0)
    assert found.uncertainty < 0.06 * found.pressure_drop + 0.01 * found.pressure_drop  # friction's 5 % and the file's 1 %
    assert found.uncertainty < bare.uncertainty
    np.testing.assert_allclose(films_of(calibrated, 200.0).scatter, 0.02 + ONE_FILM)


def test_films_are_the_file_s():
    network = three_pass()
    calibration = told(network, (6.0, 6.0, 6.0), 1.25)
    found = films_of(replace(network, calibration=calibration), 200.0)
    D_h = passages(network).D_h[0]
    np.testing.assert_allclose(found.h * D_h, calibration.branches[0].Nu[1], rtol=1e-9)


def test_the_entrance_at_the_fitting_stays_beside_a_calibration_that_enters_developed():
    network = three_pass()
    calibrated = replace(network, calibration=told(network, (6.0, 6.0, 6.0), 1.0))
    p = passages(network)
    one = np.ones(1)
    flow = 200.0 * MU * p.area / p.D_h
    entrance = branch_losses(p, flow, RHO * one, MU * one, 0.0, FlowPhysics()).entrance[0]
    assert entrance > 0
    with_it = drop(calibrated, 200.0, entrance=True)
    p_v2 = RHO * (200.0 * MU / (RHO * p.D_h[0])) ** 2 / 2
    friction = with_it.parts["friction"]
    assert with_it.pressure_drop == pytest.approx(friction + entrance + 6.0 * p_v2, rel=1e-9)


@pytest.mark.parametrize(
    "bulges", [(), (0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0)], ids=["square", "round"]
)
def test_further_passes_repeat_the_turns_of_the_calibrated_three(bulges):
    """Seven passes: six turns of the K that two had, and the films of the middle passes again and again."""
    (three,) = three_pass().branches
    window = replace(three_pass(), branches=(replace(three, bulges=bulges[:5]),))
    path, x = [(0.0, 10.0)], (100.0, 10.0)
    for k in range(6):
        path += [(x[k % 2], 10.0 + 15.0 * k), (x[k % 2], 25.0 + 15.0 * k)]
    path.append((110.0, 10.0 + 15.0 * 6))
    seven = CoolantNetwork((Branch("serpentine", "in", "out", tuple(path), 10.0, 3.0, bulges=bulges),), "in", "out", 1.0, 4.0)
    calibrated = replace(seven, calibration=told(window, (8.0, 8.0, 8.0), 1.2))
    found = drop(calibrated, 200.0)
    assert found.pressure_drop - found.parts["friction"] == pytest.approx(
        3 * 8.0 * RHO * (200.0 * MU / (RHO * passages(seven).D_h[0])) ** 2 / 2, rel=1e-9
    )
    # new layers behind each bend, times what the file says of the same place behind a bend
    p = network_passages(seven)
    pieces = calibrated_pieces(seven, 0.01)
    one = np.ones(len(pieces.s))
    anew = film(p, pieces, 200.0 * p.area / p.D_h, Properties(one, PR * one, one, one), 0.0, HeatPhysics(restart_at_bends=True))
    np.testing.assert_allclose(films_of(calibrated, 200.0).h, 1.2 * anew.h, rtol=1e-6)


def designed(*sets):
    loaded = load_design(BUS, (*SMALL, *SERPENTINE, *sets))
    return loaded, lay_out(loaded)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A file for the small serpentine, by its key; its numbers are made up."""
    loaded, layout = designed()
    network = CoolantNetwork(layout.network.branches, "inlet", "outlet", 0.0, 3.0)
    calibration = told(network, (6.0, 6.0, 6.0), 1.2, Pr=30.0).model_copy(
        update={"plate": plate_key(layout, loaded.design.cold_plate)}
    )
    path = tmp_path_factory.mktemp("calibration") / "plate.json"
    path.write_text(calibration_text(calibration))
    return path


def test_a_design_s_calibration_reaches_its_network_and_its_solve_alone(file):
    loaded, layout = designed(f"cold_plate.calibration={file}")
    assert layout.network.calibration == loaded.calibration
    bare, bare_layout = designed()
    with_it, without = (stage_inputs(one, lay, (), "", None) for one, lay in ((loaded, layout), (bare, bare_layout)))
    changed = {stage for stage in with_it if with_it[stage] != without[stage]}
    assert changed == {"solve", "report"}  # the CAD and the mesh are the same


def test_a_calibrated_design_loses_another_pressure(file):
    drops = []
    for sets in ((), (f"cold_plate.calibration={file}",)):
        loaded, layout = designed(*sets)
        drops.append(solve_coldplate_isothermal(layout.network, loaded.design.cold_plate, coolants()["meg50"], 298.15))
    assert "calibration" not in drops[0].pressure_parts
    assert drops[1].pressure_drop_Pa == pytest.approx(sum(drops[1].pressure_parts.values()))
    assert drops[1].pressure_drop_Pa != pytest.approx(drops[0].pressure_drop_Pa, rel=1e-3)


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (("cold_plate.channel_width_mm=15",), "of another plate: channel_width_mm is 16.* there and 15.* here; calibrate this one"),
        (("cold_plate.passes=4",), "passes is 3.* there and 4 here"),
        (
            ("cold_plate.inlet_degC=-10",),
            "Prandtl numbers 15 to 60 at the inlet .*: calibrate with this coolant, or leave the key out",
        ),
        (("cold_plate.turns=round",), "of another plate: turns is square there and round here"),
        (("cold_plate.position=both",), "one closed plate under or over the cells .*not position: both"),
    ],
)
def test_a_calibration_of_something_else_is_refused(file, sets, words):
    with pytest.raises(DesignError, match=words) as error:
        designed(f"cold_plate.calibration={file}", *sets)
    assert any(complaint.key == "cold_plate.calibration" for complaint in error.value.complaints)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file .*`packtool calibrate plate DESIGN -o gone.json` writes it"),
        ("{", "is no JSON"),
        ('{"a": 1}', "is no calibration of a plate"),
        ("method", "method 99 of another packtool"),
        ("short", "needs one entry for each of flows_lpm|one entry for each flow"),
        ("negative", "Nu must be above 0"),
        ("branch", "is not as packtool wrote it: a part was lost or changed since: write it again"),
        ("number", "is not as packtool wrote it"),
        ("digest", "is not as packtool wrote it"),
    ],
)
def test_a_file_that_is_no_calibration_is_refused_at_the_key_s_place(file, tmp_path, content, words):
    path = tmp_path / "gone.json"
    data = json.loads(file.read_text())
    if content == "method":
        data["method"] = 99
    elif content == "short":
        data["branches"][0]["K"].pop()
    elif content == "negative":
        data["branches"][0]["Nu"][0][3] *= -1
    elif content == "branch":
        data["branches"].append(data["branches"][0])
    elif content == "number":
        data["Re"][0] *= 1.5
    elif content == "digest":
        del data["digest"]
    if content is not None:
        path.write_text(content if content[0] == "{" else json.dumps(data))
    design = tmp_path / "pack.yaml"
    text = BUS.read_text(encoding="utf-8")
    design.write_text(text.replace("cold_plate:\n", f"cold_plate:\n  calibration: {path.name}\n"), encoding="utf-8")
    line = 1 + design.read_text(encoding="utf-8").split("\n").index(f"  calibration: {path.name}")
    with pytest.raises(DesignError, match=words) as error:
        load_design(design)
    (complaint,) = [one for one in error.value.complaints if one.key == "cold_plate.calibration"]
    assert complaint.line == line


def test_a_file_without_the_flows_that_found_no_steady_flow_is_up_to_date_for_who_did_not_name_them(file, tmp_path):
    from packtool.cli.calibrate import _standing

    whole, cut = read_calibration(file), tmp_path / "cut.json"
    less = whole.model_copy(update={"left_out_lpm": (7.0, 9.0)})
    cut.write_text(calibration_text(less))
    all_flows = {"method": METHOD, "flows_lpm": (*whole.flows_lpm, 7.0, 9.0)}
    assert _standing(cut, all_flows, need_all=False) == less
    assert _standing(cut, all_flows, need_all=True) is None
    assert _standing(cut, {**all_flows, "flows_lpm": whole.flows_lpm}, need_all=True) == less  # those it has
    assert _standing(file, all_flows, need_all=False) is None
    assert _standing(cut, {**all_flows, "coolant": "water"}, need_all=False) is None


def test_a_straight_duct_needs_no_bends_to_be_calibrated():
    network = duct(300.0)
    found = drop(replace(network, calibration=told(network, (1.0, 1.0, 1.0), 1.0)), 200.0)
    assert found.parts["calibration"] > 0
    assert plate().calibration is None


@pytest.mark.parametrize(("flow_lpm", "beyond"), [(0.7, 0.0), (3.0, 1.0)])
def test_a_result_says_what_share_is_beyond_the_calibrated_flows(file, flow_lpm, beyond):
    loaded, layout = designed(f"cold_plate.calibration={file}", f"cold_plate.flow_lpm={flow_lpm}")
    solution = solve_coldplate_isothermal(layout.network, loaded.design.cold_plate, coolants()["meg50"], 298.15)
    (row,) = [row for row in coolant_results(solution, "rest") if row.name == "coolant.beyond_calibration"]
    assert row.value == pytest.approx(beyond)
    evidence = Evidence(loaded, layout, ResultSet((row,)))
    (found,) = coolant_calibration.check(evidence)
    assert (found.holds, found.severity, found.key) == (beyond == 0.0, "note", "cold_plate.calibration")


def test_without_a_calibration_nothing_is_said_of_one():
    loaded, layout = designed()
    solution = solve_coldplate_isothermal(layout.network, loaded.design.cold_plate, coolants()["meg50"], 298.15)
    rows = coolant_results(solution, "rest")
    assert not any("calibration" in row.name for row in rows)
    assert list(coolant_calibration.check(Evidence(loaded, layout, ResultSet(tuple(rows))))) == []


def test_films_of_a_shortened_channel_are_told_from_both_its_ends():
    """A window of half the length: its first half is the first quarter of the channel, its second the last, and straight lines join them."""
    whole, half = duct(384.0), duct(192.0)  # pieces of 16 mm
    calibration = told(half, (1.0, 1.0, 1.0), 1.0)
    branch = calibration.branches[0]
    s = np.array(branch.s_mm)
    over = np.where(s < 96.0, 1.1, 1.4)
    Nu = tuple(tuple(over * np.array(row)) for row in branch.Nu)
    calibration = calibration.model_copy(update={"branches": (branch.model_copy(update={"Nu": Nu}),)})
    p = network_passages(replace(whole, calibration=calibration))
    ratio = p.corrections.film_ratio(np.zeros(4, np.int64), np.array([0.02, 0.08, 0.192, 0.38]), np.full(4, 200.0))
    np.testing.assert_allclose(ratio, [1.1, 1.1, 1.25, 1.4], rtol=1e-6)


def test_a_plate_shortened_is_the_plate_less_a_piece_of_its_middle():
    loaded = load_design(BUS, (*SMALL, "cold_plate.channels=3", "cold_plate.passes=1"))
    layout = lay_out(loaded)
    view = window(layout, loaded.design.cold_plate)
    short = shortened(view, 0.6)
    length = view.plate.size[2] - view.plate.size[0]
    assert short.plate.size[2] - short.plate.size[0] == pytest.approx(0.6 * length)
    assert short.plate.size[1::2] == view.plate.size[1::2]
    for before, after in zip(view.network.branches, short.network.branches, strict=True):
        removed = 0.4 * length * 1e3 if before.kind == "channel" else 0.0
        assert before.length_mm() - after.length_mm() == pytest.approx(removed)
    for face, other in ((view.plate.inlet, short.plate.inlet), (view.plate.outlet, short.plate.outlet)):
        assert face.high - face.low == pytest.approx(other.high - other.low)
    passages(short.network)  # still one connected network
