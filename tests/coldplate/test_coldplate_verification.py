"""The published cases of the cold plate, and the plate against three-dimensional conjugate flow."""

from pathlib import Path

import numpy as np
import pytest
from coldplate_networks import plate, three_pass

from packtool.coldplate.flow3d.both_levels import network_plate
from packtool.coldplate.flow3d.calibrate import plate_conditions
from packtool.coldplate.flow3d.plate import Fineness, plate_grid
from packtool.coldplate.flow3d.window import window
from packtool.coldplate.fluid import constant_coolant
from packtool.coldplate.losses import FlowPhysics
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.segments import quad_areas
from packtool.coldplate.solve import cold_plate_solution
from packtool.coldplate.stream import ChannelStream
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.records import ConductionProblem
from packtool.verification.coldplate import CASES, hairpin_stream

CORRELATIONS = [case for case in CASES if case.id not in ("D1", "D8")]
SOLVES = [case for case in CASES if case.id in ("D1", "D8")]


def assert_passes(case):
    rows = tuple(case.run())
    assert rows
    assert [f"{row.quantity}: {row.value:.8g}, reference {row.reference:.8g}" for row in rows if not row.passes] == []


@pytest.mark.parametrize("case", CORRELATIONS, ids=lambda case: case.id)
def test_correlations_and_networks(case):
    assert_passes(case)


@pytest.mark.fem
@pytest.mark.parametrize("case", SOLVES, ids=lambda case: case.id)
def test_plates_with_coolant(case):
    assert_passes(case)


def serpentine_plate():
    """110 x 50 x 5 mm, three passes of 10 x 3 mm, ribs and margins of 5 mm."""
    solids = {
        "bottom": (0, 0, 0, 110, 50, 1), "top": (0, 0, 4, 110, 50, 5), "first": (0, 0, 1, 110, 5, 4), "last": (0, 45, 1, 110, 50, 4),
        "rib 1": (0, 15, 1, 95, 20, 4), "rib 2": (15, 30, 1, 110, 35, 4), "right": (105, 5, 1, 110, 30, 4), "left": (0, 20, 1, 5, 45, 4),
    }  # fmt: skip
    wet = (
        "bottom.z+",
        "top.z-",
        "first.y+",
        "last.y-",
        "rib 1.y-",
        "rib 1.y+",
        "rib 1.x+",
        "rib 2.y-",
        "rib 2.y+",
        "rib 2.x-",
        "right.x-",
        "left.x+",
    )
    return mesh_boxes(
        [Box(name, "cold_plate", "al", *(v * 1e-3 for v in extent)) for name, extent in solids.items()],
        divisions=([2, 4, 32, 4, 2], [2, 4, 2, 4, 2, 4, 2], [2, 3, 2]),
        boundaries={**dict.fromkeys(wet, "coolant_wall"), "top.z+": "heated"},
    )


@pytest.fixture(scope="module")
def serpentine():
    """Mean and highest temperature of the top [degC], by whether the thermal layer starts anew behind the turns."""
    from packtool.thermal.steady import solve_steady

    mesh = serpentine_plate()
    problem = ConductionProblem(mesh, np.repeat(200.0 * np.eye(3)[None], len(mesh.regions), axis=0), flux={"heated": 5000.0})
    mean, highest = {}, {}
    for restart in (False, True, "lowest film"):
        stream = ChannelStream.of(
            three_pass(),
            plate(channel_width_mm=10.0, flow_lpm=0.5, inlet_degC=25.0, coolant="constant"),
            constant_coolant(1062.0, 3338.0, 0.392, 3.16e-3),
            mesh,
            flow_physics=FlowPhysics(entrance=False),
            heat_physics=HeatPhysics(lowest_film=True) if restart == "lowest film" else HeatPhysics(restart_at_bends=restart),
        )
        solution = solve_steady(problem, stream)
        assert solution.stream is not None
        coolant = cold_plate_solution(stream, solution.stream)
        assert coolant.outlet_degC == pytest.approx(25.0 + 27.5 / (0.5 / 60e3 * 1062 * 3338), abs=1e-6)
        top = mesh.boundaries["heated"]
        area = quad_areas(mesh.points[top])
        mean[restart] = float(area @ solution.T[top].mean(axis=1) / area.sum()) - 273.15
        highest[restart] = float(solution.T[top].max()) - 273.15
    return mean, highest


MEAN, HIGHEST = 28.21, 28.69
"""Three-pass serpentine, T_top [degC] by two finite-element codes, each +- 0.02."""


@pytest.mark.fem
def test_the_three_pass_serpentine_lies_between_unbroken_and_new_layers_and_nearer_to_new_ones(serpentine):
    for found, reference in zip(serpentine, (MEAN, HIGHEST), strict=True):
        assert found[True] < reference < found[False]
        assert reference - found[True] < found[False] - reference


@pytest.mark.fem
def test_the_stated_interval_of_the_film_holds_the_three_dimensional_truth(serpentine):
    """What the temperatures move by with every film at the lower end of its interval is what is told beside them."""
    for found, reference in zip(serpentine, (MEAN, HIGHEST), strict=True):
        scatter = found["lowest film"] - found[False]
        assert abs(found[False] - reference) < scatter + 0.02  # the reference's own
        assert scatter < 0.4 * (found[False] - 25.0)  # and is no alibi: 40 % of the rise over the inlet


BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
CUT_DOWN = (
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "electrical.series=4",
    "cold_plate.flow_lpm=1",
    "mesh.level=coarse",
)
THREE_PASSES = ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=3")


@pytest.mark.fem
@pytest.mark.parametrize(
    ("sets", "flow_lpm", "mean", "highest"),
    [
        (THREE_PASSES, 0.4, (3.76, 0.07), (4.54, 0.33)),
        (THREE_PASSES, 0.6, (2.86, 0.06), (3.49, 0.32)),
        (THREE_PASSES, 0.85, (2.44, 0.02), (3.11, 0.09)),
        (("cold_plate.channels=2", "cold_plate.passes=2"), 0.6, (3.02, 0.02), (3.77, 0.10)),
        (("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=Z"), 0.6, (3.40, 0.01), (4.57, 0.06)),
        (("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=U"), 0.6, (3.56, 0.01), (4.82, 0.06)),
    ],
)
def test_the_stated_interval_of_the_film_holds_what_finite_elements_say_of_designs_plates(sets, flow_lpm, mean, highest):
    """Rises of the top over the inlet [K] and their errors by our own finite elements (README, benchmarks/plate_levels.py at level coarse):
    turns that renew part of the thermal layer on the one side, manifolds whose flow enters its channels aslant on the other."""
    loaded = load_design(BUS, (*CUT_DOWN, *sets))
    view = window(lay_out(loaded), loaded.design.cold_plate)
    at = plate_conditions(loaded, flow_lpm)
    grid = plate_grid(view.plate, Fineness(3, 1, times=0))
    likely, lowest = (network_plate(view.network, grid, at, HeatPhysics(lowest_film=low)) for low in (False, True))
    for name, (rise, error) in (("top_mean", mean), ("top_max", highest)):
        found, scatter = getattr(likely, name) - at.T_in, getattr(lowest, name) - getattr(likely, name)
        assert abs(found - rise) < scatter + error
        assert scatter < 0.4 * found  # and is no alibi


@pytest.mark.fem
def test_a_plate_with_real_coolant_converges_and_closes():
    """Properties with temperature, losses to air: few outer iterations, one heat on both sides."""
    from packtool.catalogue.load import coolants
    from packtool.thermal.steady import solve_steady

    stream, problem = hairpin_stream(coolants()["meg50"], 0.5, 22.0)
    solution = solve_steady(problem, stream)
    assert solution.stream is not None
    assert solution.outer_iterations <= 10
    assert solution.balance.imbalance < 1e-6
    assert cold_plate_solution(stream, solution.stream).heat_W == pytest.approx(solution.balance.to_stream, rel=1e-9)
