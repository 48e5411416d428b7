"""Calibrating a plate by finite elements: what is solved, and that the network then gives what they found."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from coldplate_networks import three_pass

from packtool.coldplate.flow3d.calibrate import calibrate_plate, calibration_inputs, default_flows, plate_conditions
from packtool.coldplate.flow3d.design_plate import DUCT_WIDTHS
from packtool.coldplate.flow3d.mesh_error import Estimated
from packtool.coldplate.flow3d.plate import LEVELS, plate_grid
from packtool.coldplate.flow3d.window import window
from packtool.coldplate.network import split_flow
from packtool.coldplate.passages import passages
from packtool.design.load import load_design
from packtool.design.schema.calibration import METHOD
from packtool.errors import NotConverged, SolveError, UsageError
from packtool.layout.lay_out import lay_out

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = ("arrangement.rows=1", "arrangement.cells_per_row=1", "electrical.series=1", "mesh.level=coarse", "cold_plate.flow_lpm=0.7")
SERPENTINE = ("cold_plate.type=serpentine", "cold_plate.channels=1")
ROUND = ("cold_plate.passes=2", "cold_plate.margin_mm=60", "cold_plate.turns=round")
Z = ("cold_plate.channels=2", "cold_plate.passes=1", "cold_plate.manifold=Z")


def designed(*sets):
    loaded = load_design(BUS, (*SMALL, *sets))
    return loaded, lay_out(loaded)


def test_of_a_long_serpentine_three_passes_are_solved_with_its_own_legs_and_pitch():
    loaded, layout = designed(*SERPENTINE, "cold_plate.passes=6")
    view = window(layout, loaded.design.cold_plate)
    (whole,), (part,) = layout.network.branches, view.network.branches
    assert part.bends() == 4
    assert part.path[1:5] == whole.path[1:5]
    assert part.path[0][0] == pytest.approx(view.plate.inlet.place * 1e3)  # from the face behind the port
    assert part.path[-1][0] == pytest.approx(view.plate.outlet.place * 1e3)
    wet = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in view.plate.channels)
    twice = 4 * (16e-3) ** 2  # two rectangles lie over each other at each bend
    assert wet - twice == pytest.approx(part.length_mm() * 1e-3 * 16e-3, rel=1e-9)


def test_with_round_turns_the_window_s_arcs_are_the_plate_s_own():
    loaded, layout = designed(*SERPENTINE, "cold_plate.passes=6", "cold_plate.turns=round")
    view = window(layout, loaded.design.cold_plate)
    (whole,), (part,) = layout.network.branches, view.network.branches
    assert part.legs()[1:5] == whole.legs()[1:5]
    arcs = [curve for _, _, curve in part.legs() if curve]
    assert [turn.outer for turn in view.plate.turns] == pytest.approx([(arc.radius + 8) * 1e-3 for arc in arcs])
    wet = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in view.plate.channels)
    wet += sum(np.pi / 2 * (turn.outer**2 - turn.inner**2) for turn in view.plate.turns)
    assert wet == pytest.approx(part.length_mm() * 1e-3 * 16e-3, rel=1e-9)


def test_of_three_passes_and_fewer_and_of_manifolds_all_is_solved():
    for sets in ((*SERPENTINE, "cold_plate.passes=2"), Z):
        loaded, layout = designed(*sets)
        view = window(layout, loaded.design.cold_plate)
        x0, y0, _, x1, y1, _ = layout.product("cold-plate").bounds()
        assert view.plate.size == pytest.approx((x0 * 1e-3, y0 * 1e-3, x1 * 1e-3, y1 * 1e-3))


def test_headers_are_opened_to_the_plate_s_edge():
    loaded, layout = designed(*Z)
    view = window(layout, loaded.design.cold_plate)
    names = [b.name for b in view.network.branches]
    assert names[0] == "inlet stub"
    assert names[-1] == "outlet stub"
    passages(view.network)  # one connected network


def test_behind_the_outlet_s_edge_a_duct_without_metal_goes_on():
    loaded, layout = designed(*Z)
    view = window(layout, loaded.design.cold_plate)
    _, _, _, y1 = view.plate.size
    assert view.plate.duct_length == pytest.approx(DUCT_WIDTHS * (view.plate.outlet.high - view.plate.outlet.low))
    assert view.network.branches[-1].path[-1][1] == pytest.approx(y1 * 1e3)  # the network's ends at the edge
    heat = plate_grid(view.plate, LEVELS["coarse"])
    centre = heat.heat.points[heat.heat.elements].mean(axis=1)
    beyond = centre[:, 1] > y1
    assert beyond.any()
    assert heat.fluid[beyond].all()
    top = heat.heat.points[heat.heat.boundaries["top"]].mean(axis=1)
    assert top[:, 1].max() < y1  # no heat on the duct
    side, duct = (heat.heat.points[heat.heat.boundaries[name]].mean(axis=1) for name in ("side", "duct"))
    assert side[:, 1].max() < y1 + 1e-9  # nor of what the plate's sides take up
    assert duct[:, 1].min() > y1
    assert "duct" not in heat.flow.boundaries  # a wall to the coolant


def test_the_duct_s_developed_friction_is_no_part_of_the_plate_s_drop():
    """Darcy: 4 x 14.227 / Re of a duct of aspect 1 (Shah & London)."""
    from packtool.coldplate.flow3d.plate import ChannelPlate, Face
    from packtool.coldplate.flow3d.plate_solve import PlateConditions, duct_drop

    plate = ChannelPlate(
        (0.0, 0.0, 0.1, 0.02),
        ((0.0, 0.005, 0.3, 0.01),),
        (0.0, 1e-3, 6e-3, 7e-3),
        Face(0, 0.0, 0.005, 0.01),
        Face(0, 0.3, 0.005, 0.01),
    )
    at = PlateConditions(flow=5e-6, rho=1000.0, cp=4e3, k=0.5, mu=2e-3, T_in=300.0, conductivity=200.0)
    v, D_h = 5e-6 / 25e-6, 5e-3
    Re = at.rho * v * D_h / at.mu
    assert duct_drop(plate, at) == pytest.approx(4 * 14.227 / Re * 0.2 / D_h * at.rho * v**2 / 2, rel=1e-3)  # the fit's digits
    assert duct_drop(replace(plate, outlet=Face(0, 0.1, 0.005, 0.01)), at) == 0.0


def test_default_flows_stay_laminar():
    loaded, layout = designed(*SERPENTINE, "cold_plate.passes=2", "cold_plate.flow_lpm=4")
    flows = default_flows(loaded, layout)
    assert flows[0] == pytest.approx(1.2)
    assert 4 < flows[-1] < 5.2
    with pytest.raises(
        SolveError,
        match=r"Reynolds number .* finite elements know laminar flow only, 2300 at most: calibrate at flows up to 4.* .--flows",
    ):
        default_flows(*designed(*SERPENTINE, "cold_plate.passes=2", "cold_plate.flow_lpm=8"))


@pytest.mark.parametrize(
    ("sets", "flows", "words"),
    [
        ((*SERPENTINE, "cold_plate.passes=2"), (1.0,), "takes 2 to 20 different flows above 0"),
        ((*SERPENTINE, "cold_plate.passes=2"), (-1.0, 1.0), "takes 2 to 20 different flows above 0"),
        ((*SERPENTINE, "cold_plate.passes=2"), (1.0, 9.0), "9 L/min is Reynolds number .*up to 4.* L/min"),
        ((*SERPENTINE, "cold_plate.passes=2", "cold_plate.style=stamped"), (1.0, 2.0), "style: brazed"),
    ],
)
def test_what_finite_elements_cannot_take_is_refused_before_anything_is_solved(sets, flows, words):
    with pytest.raises((SolveError, UsageError), match=words):
        calibrate_plate(*designed(*sets), flows, lambda _: None)


@pytest.mark.parametrize("error", [NotConverged, SolveError])
def test_a_flow_that_fails_is_named_with_those_that_did_not(error, monkeypatch):
    from packtool.coldplate.flow3d import calibrate

    def solved(_, at, __):
        if at.flow > 1.5 / 60e3:
            raise error("no flow")
        return SimpleNamespace(flow=at.flow, pressure_drop=Estimated(5.0, 0.1))

    monkeypatch.setattr(calibrate, "solve_plate", solved)
    with pytest.raises(error, match=r"2 L/min: no flow; calibrate at lower flows \(--flows; 0.5, 1 L/min converged\)"):
        calibrate_plate(*designed(*SERPENTINE, "cold_plate.passes=2"), (0.5, 1, 2), lambda _: None)


def test_flows_that_were_not_asked_for_are_left_out_where_they_fail_and_the_others_kept(monkeypatch):
    from packtool.coldplate.flow3d import calibrate

    def solved(_, at, __):
        if at.flow > most / 60e3:
            raise NotConverged("no flow")
        error = 5.0 if at.flow > 0.999 * unsure / 60e3 else 0.1
        return SimpleNamespace(flow=at.flow, pressure_drop=Estimated(5.0, error))

    monkeypatch.setattr(calibrate, "solve_plate", solved)
    monkeypatch.setattr(
        calibrate,
        "window_calibration",
        lambda _, found, at, inputs, __: ([one.flow for one in found], [one.flow for one in at], inputs),
    )
    case, said, most, unsure = designed(*SERPENTINE, "cold_plate.passes=2"), [], 1.5, 3
    found, at, inputs = calibrate_plate(*case, (0.5, 1, 2), said.append, need_all=False)
    assert found == at == pytest.approx([0.5 / 60e3, 1 / 60e3])
    assert (inputs["flows_lpm"], inputs["left_out_lpm"]) == ((0.5, 1), (2,))
    assert said == ["0.5 L/min", "1 L/min", "2 L/min", "2 L/min and above are left out: no flow"]
    most = 0.7
    with pytest.raises(NotConverged, match="1 L/min: no flow"):  # one flow is no range
        calibrate_plate(*case, (0.5, 1, 2), said.append, need_all=False)
    most, unsure = 3, 2
    assert calibrate_plate(*case, (0.5, 1, 2), said.append, need_all=False)[2]["flows_lpm"] == (0.5, 1)
    assert "the error of the finer one's is not known" in said[-1]


@pytest.mark.fem
def test_plates_too_large_for_the_memory_are_refused():
    loaded = load_design(BUS, ("cold_plate.flow_lpm=4",))
    with pytest.raises(SolveError, match="GB even with short channels, and at most 20 are allowed"):
        calibrate_plate(loaded, lay_out(loaded), (2.0, 4.0), lambda _: None)


@pytest.fixture(
    scope="module",
    params=[(*SERPENTINE, "cold_plate.passes=2"), (*SERPENTINE, *ROUND), Z],
    ids=["serpentine", "round turns", "Z manifold"],
)
def calibrated(request):
    loaded, layout = designed(*request.param)
    said = []
    return loaded, layout, calibrate_plate(loaded, layout, (0.3, 0.6), said.append), said


@pytest.mark.fem
@pytest.mark.slow
def test_a_calibrated_network_gives_what_the_finite_elements_found(calibrated):
    from packtool.coldplate.calibrated import network_passages
    from packtool.coldplate.flow3d.both_levels import network_plate
    from packtool.coldplate.losses import FlowPhysics, branch_losses

    loaded, layout, found, said = calibrated
    assert said == ["0.3 L/min", "0.6 L/min"]
    view = window(layout, loaded.design.cold_plate)
    network = replace(view.network, calibration=found)
    grid = plate_grid(view.plate, LEVELS["coarse"])
    for k, flow in enumerate(found.flows_lpm):
        at = plate_conditions(loaded, flow)
        p = network_passages(network)
        n = len(p.length)
        rho, mu = np.full(n, at.rho), np.full(n, at.mu)
        split = split_flow(p, at.flow * at.rho, rho, mu)
        entrance = branch_losses(p, split.mass_flow, rho, mu, 0.0, FlowPhysics()).entrance[p.node[:, 0] == p.inlet].sum()
        assert split.pressure_drop - entrance == pytest.approx(found.pressure_drop_Pa[k], rel=1e-5)  # the file's digits
        rise = network_plate(network, grid, at).top_mean - at.T_in
        assert rise == pytest.approx(found.wall_rise_K[k], rel=1e-3)  # two steps of the closing
        bare = network_plate(view.network, grid, at).top_mean - at.T_in
        assert abs(bare - found.wall_rise_K[k]) > 0.01 * found.wall_rise_K[k]  # the correlations alone do not


@pytest.mark.fem
@pytest.mark.slow
def test_flow_splits_as_the_finite_elements_say_and_mass_is_kept(calibrated):
    _, _, found, _ = calibrated
    for k in range(len(found.flows_lpm)):
        into, out = {}, {}
        for b in found.branches:
            flow = b.Re[k] * (b.width_mm + b.height_mm)  # over viscosity
            out[b.start] = out.get(b.start, 0.0) + flow
            into[b.end] = into.get(b.end, 0.0) + flow
        for node in set(into) & set(out):
            assert into[node] == pytest.approx(out[node], rel=1e-6)


@pytest.mark.fem
@pytest.mark.slow
def test_a_file_carries_all_of_it(calibrated, tmp_path):
    from packtool.design.calibration_file import calibration_text, read_calibration

    _, _, found, _ = calibrated
    path = tmp_path / "plate.json"
    path.write_text(calibration_text(found))
    assert read_calibration(path) == found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--flows", "1;2", "-o", "c.json"), 2, "--flows wants numbers in L/min with commas between"),
        (("--flows", "1,1", "-o", "c.json"), 2, "takes 2 to 20 different flows above 0 L/min, got 1, 1"),
        (("--flows", "1,9", "-o", "c.json"), 4, "9 L/min is Reynolds number"),
        (("--flows", "1,2", "-o", "notes.txt/c.json"), 2, "cannot be written"),
        (("-o", "."), 2, "is a folder; -o wants a file"),
        (("-o", "notes.txt"), 2, "is there already and is no calibration"),
    ],
)
def test_the_command_refuses_in_words(arguments, code, words, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    sets = [word for one in (*SMALL, *SERPENTINE, "cold_plate.passes=2") for word in ("--set", one)]
    command = [sys.executable, "-m", "packtool", "calibrate", "plate", str(BUS), *sets, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_plates_that_no_calibration_is_of_are_refused_by_what_they_are(tmp_path):
    from packtool.cli.calibrate import plate

    with pytest.raises(UsageError, match="has no cold_plate"):
        plate(BUS.with_name("scooter-nmc.yaml"), tmp_path / "c.json")
    few = ["electrical.series=4", "arrangement.rows=4"]
    with pytest.raises(SolveError, match="a flat plate under or over the cells"):
        plate(BUS.with_name("car-21700.yaml"), tmp_path / "c.json", flows="1,2", sets=few)


def test_a_plate_over_the_cells_is_calibrated_as_the_same_one_under_them():
    design = BUS.parents[1] / "examples" / "cold_plates" / "top.yaml"
    over, under = (load_design(design, (f"cold_plate.position={where}",)) for where in ("top", "bottom"))
    inputs = [calibration_inputs(one, lay_out(one), (1.0, 2.0)) for one in (over, under)]
    assert inputs[0] == inputs[1]
    assert default_flows(over, lay_out(over)) == default_flows(under, lay_out(under))


def test_a_design_may_name_the_calibration_that_is_yet_to_be_made(tmp_path):
    from packtool.cli.calibrate import _design

    loaded, _ = _design(BUS, ["cold_plate.calibration=none-yet.json"])
    assert loaded.calibration is None


@pytest.mark.fem
@pytest.mark.slow
def test_the_reference_serpentine_calibrated_beside_its_flow_meets_its_references():
    """DESIGN section 5 at 0.5 L/min: 646.5 +- 1.5 Pa, 28.21 and 28.69 degC +- 0.02; calibrated at 0.4 and 0.6, on the coarse mesh."""
    from packtool.coldplate.calibrated import network_passages
    from packtool.coldplate.corrections import ONE_FILM
    from packtool.coldplate.flow3d.both_levels import network_plate
    from packtool.coldplate.flow3d.calibrate_window import window_calibration
    from packtool.coldplate.flow3d.plate_solve import solve_plate
    from packtool.coldplate.flow3d.window import Window
    from packtool.coldplate.losses import FlowPhysics
    from packtool.verification.conjugate import SERPENTINE as PLATE
    from packtool.verification.conjugate import SERPENTINE_CONDITIONS

    view = Window(PLATE, three_pass())
    at = [replace(SERPENTINE_CONDITIONS, flow=flow / 60e3) for flow in (0.4, 0.6)]
    about = {
        "method": METHOD, "plate": {}, "mesh_level": "coarse", "coolant": "constant", "inlet_degC": 25.0, "Pr": 26.9, "conductivity_W_mK": 200.0,
        "flows_lpm": (0.4, 0.6),
    }  # fmt: skip
    found = [solve_plate(view.plate, one, LEVELS["coarse"]) for one in at]
    network = replace(view.network, calibration=window_calibration(view, found, at, about))
    one = np.ones(1)
    c = SERPENTINE_CONDITIONS
    split = split_flow(network_passages(network), c.flow * c.rho, c.rho * one, c.mu * one, 0.0, FlowPhysics(entrance=False))
    told = split.pressure_drop
    print(told, network.calibration.pressure_drop_error, network.calibration.wall_rise_error_K)
    assert told == pytest.approx(646.5, rel=0.02 + network.calibration.pressure_drop_error[1])
    top = network_plate(network, plate_grid(view.plate, LEVELS["coarse"]), c)
    error = max(network.calibration.wall_rise_error_K)
    print(top.top_mean - 273.15, top.top_max - 273.15)
    assert top.top_mean - 273.15 == pytest.approx(28.21, abs=0.1 + error)
    film = 28.69 - 25.93  # warmest point over the coolant that leaves
    assert top.top_max - 273.15 == pytest.approx(
        28.69, abs=ONE_FILM * film + error
    )  # films differ around the section behind a turn
    assert error < 0.1
