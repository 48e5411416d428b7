"""Heat in flowing coolant and the solid around it: what it keeps, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from packtool.coldplate.flow3d import solve as flow_solve
from packtool.coldplate.flow3d.conjugate import solve_heat
from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.heat_assembly import volumes
from packtool.coldplate.flow3d.heat_records import ConjugateProblem
from packtool.coldplate.flow3d.mesh_error import Estimated, mean_difference, told_by_velocities
from packtool.coldplate.flow3d.plate import LEVELS, ChannelPlate, Face, Fineness, plate_grid
from packtool.coldplate.flow3d.plate_solve import PlateConditions, half_flow, plate_heat, solve_plate
from packtool.coldplate.flow3d.solve import solve_flow_refined
from packtool.coldplate.friction import laminar_f_Re
from packtool.errors import NotConverged, SolveError
from packtool.fem.elements import CYCLIC_TO_TENSOR, located
from packtool.fem.lattice import grid
from packtool.verification.conjugate import CASES, SERPENTINE, SERPENTINE_CONDITIONS

pytestmark = pytest.mark.fem

HAIRPIN = ChannelPlate(
    (0.0, 0.0, 40e-3, 36e-3),
    ((0.0, 4e-3, 36e-3, 14e-3), (26e-3, 4e-3, 36e-3, 32e-3), (0.0, 22e-3, 36e-3, 32e-3)),
    (0.0, 1e-3, 4e-3, 5e-3),
    Face(0, 0.0, 4e-3, 14e-3),
    Face(0, 0.0, 22e-3, 32e-3),
)
CONDITIONS = replace(SERPENTINE_CONDITIONS, flow=2e-6, convection={"bottom": (15.0, 318.15)})
SMALL = Fineness(2, 1)


@pytest.mark.parametrize("case", CASES[:2], ids=lambda case: case.id)
def test_exact_solutions(case):
    assert [f"{row.quantity}: {row.value:.8g}, reference {row.reference:.8g}" for row in case.run() if not row.passes] == []


@pytest.mark.slow
def test_the_serpentine_of_two_other_codes():
    rows = tuple(CASES[2].run())
    assert [f"{row.quantity}: {row.value:.8g}, reference {row.reference:.8g}" for row in rows if not row.passes] == []


@pytest.fixture(scope="module")
def hairpin():
    return solve_plate(HAIRPIN, CONDITIONS, SMALL)


def test_mass_and_energy_close(hairpin):
    assert hairpin.mass_imbalance < 1e-8
    assert hairpin.energy_imbalance < 1e-6
    c = CONDITIONS
    given = c.flux["top"] * 40e-3 * 36e-3 + hairpin.temperature.heat["bottom"]
    assert hairpin.T_out - c.T_in == pytest.approx(given / (c.flow * c.rho * c.cp), rel=1e-6)


def test_with_rings_about_the_inner_corners_mass_and_energy_close_and_less_pressure_is_lost(hairpin):
    """Without them a coarse mesh takes the edges for rougher than they are; the finer of the two meshes has half as much of that."""
    ringed = solve_plate(HAIRPIN, CONDITIONS, replace(SMALL, corners=3))
    assert ringed.mass_imbalance < 1e-8
    assert ringed.energy_imbalance < 1e-6
    assert 0.002 < 1 - ringed.pressure_drop.value / hairpin.pressure_drop.value < 0.05


def test_temperatures_stay_near_the_range_that_physics_allows(hairpin):
    T = hairpin.temperature.T
    rise = T.max() - CONDITIONS.T_in
    assert (
        T.min() > CONDITIONS.T_in - 0.5 * rise
    )  # a coarse mesh undershoots at the sharp corners; without upwinding by several rises


def test_two_meshes_that_agree_by_chance_do_not_make_the_pressure_sure():
    """146.7 Pa with 8 elements across and 6 over half the height, five rings about the corners; 10 across moves it by less than 0.3."""
    at = replace(SERPENTINE_CONDITIONS, flow=0.4e-3 / 60)
    found = solve_plate(HAIRPIN, at, Fineness(3, 1, corners=3))
    flows = solve_flow_refined(half_flow(plate_grid(HAIRPIN, Fineness(3, 1, corners=3)).flow, at.rho, at.mu, at.flow))
    coarse, fine = (f.mean_pressure["inlet"] - f.mean_pressure["outlet"] for f in flows)
    off = 146.7 - fine
    assert abs(fine - coarse) < 0.25 * off  # 144.5 and 144.1 Pa
    assert 0.5 * off < found.pressure_drop.error < 2 * off


def test_temperatures_that_are_off_both_ways_do_not_make_their_mean_sure(hairpin):
    """Half of the top 1 K warmer, half as much colder: the mean stays."""
    fine = hairpin.temperature
    flows = solve_flow_refined(half_flow(plate_grid(HAIRPIN, SMALL).flow, CONDITIONS.rho, CONDITIONS.mu, CONDITIONS.flow))
    heats = [plate_heat(CONDITIONS, plate_grid(HAIRPIN, replace(SMALL, times=k)), flows[k]) for k in range(2)]
    told = mean_difference(heats, "top")
    assert told > abs(heats[1].mean["top"] - heats[0].mean["top"]) - 1e-9  # rounding: here all of it is warmer
    assert hairpin.top_mean.error == pytest.approx(told / (2**2.5 - 1), rel=1e-5)  # a plate's flow is found to 1e-6
    left_half = fine.nodes[:, 0] < 20e-3
    assert mean_difference([heats[0], replace(fine, T=fine.T + np.where(left_half, 1.0, -1.0))], "top") > 0.7
    assert mean_difference(heats[1:], "top") == 0.0


@pytest.mark.parametrize(("width", "height"), [(4e-3, 3e-3), (10e-3, 3e-3), (20e-3, 2e-3)])
def test_the_error_told_of_a_straight_duct_s_drop_is_no_less_than_the_true_one(width, height):
    plate = ChannelPlate(
        (0.0, 0.0, 40e-3, width + 8e-3), ((0.0, 4e-3, 40e-3, 4e-3 + width),), (0.0, 1e-3, 1e-3 + height, 2e-3 + height),
        Face(0, 0.0, 4e-3, 4e-3 + width), Face(0, 40e-3, 4e-3, 4e-3 + width),
    )  # fmt: skip
    halved, coarse = (solve_plate(plate, CONDITIONS, fineness).pressure_drop for fineness in (Fineness(3, 1), LEVELS["coarse"]))
    D_h, f_Re = 2 * width * height / (width + height), float(laminar_f_Re(np.array(min(width, height) / max(width, height))))
    exact = 2 * f_Re * CONDITIONS.mu * CONDITIONS.flow / (width * height) / D_h**2 * 40e-3
    off = abs(halved.value - exact)
    assert off < halved.error < 4 * off  # on the safe side, and no alibi
    # of a level, whose elements are cut in three over the height and graded anew: less than half of what it may be off at turns
    assert abs(coarse.value - exact) < coarse.error < 0.004 * coarse.value


def test_of_stokes_flow_the_velocities_tell_the_pressure_s_difference():
    """Between the same velocities the flow with least dissipation is Stokes's, so a coarser one dissipates more by that of the difference."""
    mesh = plate_grid(HAIRPIN, SMALL).flow
    flows = solve_flow_refined(half_flow(mesh, 10.0, SERPENTINE_CONDITIONS.mu, 1e-6))  # Re 0.5: hardly any inertia
    coarse, fine = (f.mean_pressure["inlet"] - f.mean_pressure["outlet"] for f in flows)
    assert 15 * told_by_velocities(flows, 2.0) == pytest.approx(
        abs(fine - coarse), rel=0.2
    )  # the inlet's values differ, grad-div too
    assert told_by_velocities(flows[-1:], 1.0) == 0.0


def test_where_the_coarser_mesh_has_no_flow_the_finer_tells_it_and_no_error_is_known(hairpin, monkeypatch):
    found = flow_solve.find_flow
    coarse = len(plate_grid(HAIRPIN, SMALL).flow.elements)

    def find_flow(system, guess):
        if system.discrete.kernels.n_elements == coarse:
            raise NotConverged("no steady laminar flow was found")
        return found(system, guess)

    monkeypatch.setattr(flow_solve, "find_flow", find_flow)
    alone = solve_plate(HAIRPIN, CONDITIONS, SMALL)
    drop = hairpin.pressure_drop.value
    assert alone.pressure_drop == Estimated(pytest.approx(drop, rel=1e-6), pytest.approx(drop, rel=1e-6))
    assert alone.top_mean.error == pytest.approx(hairpin.top_mean.value - CONDITIONS.T_in, rel=1e-4)


def test_a_plate_turned_by_a_right_angle_is_the_same(hairpin):
    def turned(r):
        return (r[1], r[0], r[3], r[2])

    plate = ChannelPlate(
        turned(HAIRPIN.size),
        tuple(turned(r) for r in HAIRPIN.channels),
        HAIRPIN.z,
        Face(1, 0.0, 4e-3, 14e-3),
        Face(1, 0.0, 22e-3, 32e-3),
    )
    found = solve_plate(plate, CONDITIONS, SMALL)
    assert found.pressure_drop.value == pytest.approx(hairpin.pressure_drop.value, rel=1e-7)
    assert found.top_max.value == pytest.approx(hairpin.top_max.value, abs=1e-5)


@pytest.mark.parametrize("corners", [0, 2])
def test_the_two_meshes_fit_and_are_closed(corners):
    plate_meshes = plate_grid(SERPENTINE, Fineness(2, 1, corners=corners))
    located(plate_meshes.flow)
    located(plate_meshes.heat)
    flow, heat = plate_meshes.flow, plate_meshes.heat
    assert set(flow.boundaries) == {"inlet", "outlet", "wall", "middle"}
    assert set(heat.boundaries) == {"inlet", "outlet", "top", "bottom", "side"}

    def volume(mesh):
        return volumes(mesh.points[mesh.elements[:, CYCLIC_TO_TENSOR[8]]])

    channel = (105 * 10 + 10 * 5 + 100 * 10 + 10 * 5 + 105 * 10) * 3e-9
    assert volume(flow).sum() == pytest.approx(channel / 2, rel=1e-12)
    assert volume(heat)[plate_meshes.fluid].sum() == pytest.approx(channel, rel=1e-12)
    assert volume(heat).sum() == pytest.approx(110 * 50 * 5e-9, rel=1e-12)


def slab(**changes):
    mesh = grid([np.linspace(0, 1, 3), np.linspace(0, 1, 3)])
    nodes, _ = quadratic_nodes(mesh.points, mesh.elements)
    given = {
        "mesh": mesh, "fluid": np.zeros(4, dtype=bool), "conductivity": np.full(4, 2.0), "rho_cp": 1.0, "velocity": np.zeros(nodes.shape),
        "T_in": 300.0, "temperature": {"x-": 310.0}, "convection": {"x+": (4.0, 300.0)},
    }  # fmt: skip
    return ConjugateProblem(**(given | changes))


def test_without_flow_it_is_conduction():
    solution = solve_heat(slab())
    # 10 K over 1/2 + 1/4 m²K/W
    assert solution.heat["x-"] == pytest.approx(40 / 3, rel=1e-9)
    assert solution.mean["x+"] == pytest.approx(300 + 10 / 3, rel=1e-9)


def test_a_tensor_conducts_as_its_axes_do():
    tensor = np.tile(np.diag([2.0, 50.0]), (4, 1, 1))
    assert solve_heat(slab(conductivity=tensor)).heat["x-"] == pytest.approx(40 / 3, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"conductivity": np.zeros(4)}, "positive conductivity"),
        ({"conductivity": np.ones(3)}, "positive conductivity"),
        ({"rho_cp": 0.0}, "heat capacity must be positive"),
        ({"T_in": -3.0}, "above 0 K"),
        ({"flux": {"lid": 1.0}}, "flux name 'lid'; the mesh's boundaries are"),
        ({"flux": {"x-": 1.0}}, "'x-' is given twice"),
        ({"temperature": {}, "convection": {}, "flux": {"x-": 1.0}}, "nothing takes the heat away"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, words):
    with pytest.raises(SolveError, match=words):
        solve_heat(slab(**changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channels": ()}, "no channel"),
        ({"channels": (*HAIRPIN.channels, (0.0, 0.0, 50e-3, 4e-3))}, "leaves the plate"),
        ({"z": (0.0, 1e-3, 1e-3, 5e-3)}, "heights must ascend"),
        ({"inlet": Face(0, 10e-3, 4e-3, 14e-3)}, "the inlet is no side of a channel"),
    ],
)
def test_plates_that_cannot_be_are_refused(changes, words):
    with pytest.raises(SolveError, match=words):
        plate_grid(replace(HAIRPIN, **changes), SMALL)


def test_turbulent_plates_are_refused_with_the_number():
    with pytest.raises(SolveError, match="Reynolds number 4309 is above 2300"):
        solve_plate(SERPENTINE, replace(SERPENTINE_CONDITIONS, flow=5e-3 / 60), SMALL)


def test_conditions_must_be_numbers():
    with pytest.raises(SolveError, match="mu of a plate must be positive, got 0"):
        solve_plate(HAIRPIN, PlateConditions(1e-6, 1e3, 4e3, 0.6, 0.0, 300.0, 200.0), SMALL)
