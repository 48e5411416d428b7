"""The coolant as a stream: enthalpy, films and mixing, without a solid (walls of a given heat or temperature)."""

from dataclasses import replace

import numpy as np
import pytest
from coldplate_networks import MEG50, duct, plate, three_pass, two_pass
from scipy.sparse.linalg import spsolve

from packtool.catalogue.load import coolants
from packtool.coldplate.fluid import CoolantTable, constant_coolant
from packtool.coldplate.march import order, transport
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.segments import WallMap
from packtool.coldplate.solve import ColdPlateSolution, cold_plate_solution, coolant_results, solve_coldplate_isothermal
from packtool.coldplate.stream import ChannelStream
from packtool.errors import SolveError
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.thermal.records import StreamState

pytestmark = pytest.mark.slow  # seconds together

CONSTANT = constant_coolant(1062.0, 3338.0, 0.392, 3.16e-3)


def stream_of(network, coolant=MEG50, heat=HeatPhysics(), **changes) -> ChannelStream:
    """A stream whose walls are the channels' full perimeter, one facet a segment (no mesh)."""
    stream = ChannelStream.of(network, plate(coolant=coolant.id, **changes), coolant, heat_physics=heat)
    p, branch = stream.passages, stream.segments.branch
    area = 2 * (p.width + p.height)[branch] * stream.segments.length
    n = len(area)
    return replace(stream, walls=WallMap(np.zeros((n, 4), dtype=np.int64), area, np.arange(n)))


def heated(stream: ChannelStream, flux: float, tolerance: float = 1e-9) -> tuple[ColdPlateSolution, StreamState, list[float]]:
    """March with a given heat flux [W/m²] into the coolant until the states agree to ``tolerance`` [K]; the changes on the way."""
    assert stream.walls is not None
    heat, state, changes = flux * stream.walls.area, None, [np.inf]
    while changes[-1] > tolerance:
        now = stream.exchange(state)
        theta = spsolve(now.transport.tocsc(), now.gain @ heat + now.supply)
        mean = now.mean @ theta
        changes.append(np.inf if state is None else float(np.abs(theta - state.theta).max()))
        state = StreamState(theta, mean, heat, mean + heat / (now.h * stream.walls.area))
        assert len(changes) < 25, changes
    return cold_plate_solution(stream, state), state, changes


def test_the_outer_loop_converges_to_1e_9_in_a_few_steps():
    _, _, changes = heated(stream_of(two_pass()), 2000.0)
    assert len(changes) <= 10
    assert changes[-1] < 0.1 * changes[-2]  # linear convergence with a small factor: viscosity and split follow weakly


@pytest.mark.parametrize("flux", [2000.0, -500.0])
def test_enthalpy_closes_with_varying_cp(flux):
    solution, _, _ = heated(stream_of(two_pass(), flow_lpm=4.0), flux)
    assert solution.enthalpy_rise_W == pytest.approx(solution.heat_W, rel=1e-10)
    assert (solution.outlet_degC - 22.0) * flux > 0


def test_a_single_cp_would_not_close():
    """The reason for the enthalpy: meg50's cp changes by 0.17 %/K."""
    solution, _, _ = heated(stream_of(two_pass(), flow_lpm=1.5), 2000.0)
    cp_in = float(CoolantTable.of(MEG50).at(np.array(295.15)).cp)
    simple = solution.mass_flow_kg_s * cp_in * (solution.outlet_degC - 22.0)
    assert abs(simple / solution.heat_W - 1) > 1e-3


def test_a_wall_of_even_temperature_is_approached_exponentially():
    """T_wall - T = (T_wall - T_in) exp(-h A / m cp), exact at every segment for constant h and properties."""
    stream = stream_of(duct(500.0), CONSTANT, flow_lpm=0.2)
    h, T_wall = 800.0, 330.0
    p, segments = stream.passages, stream.segments
    flow = np.array([stream.mass_flow])
    way = order(p, segments, flow)
    theta = np.full(stream.n_states, stream.T_in)
    H = h * stream.wall_area
    t = transport(p, segments, way, flow, stream.table, theta, stream.T_in, H)
    matrix = t.matrix.toarray() + t.gain.toarray() @ (H[:, None] * t.mean.toarray())
    outlets = np.linalg.solve(matrix, t.gain @ (H * T_wall) + t.supply)[len(p.nodes) :]
    NTU = np.cumsum(H) / (stream.mass_flow * 3338.0)
    assert NTU[-1] > 1  # not a trivial rise
    assert T_wall - outlets == pytest.approx((T_wall - stream.T_in) * np.exp(-NTU), rel=1e-9)


def test_streams_mix_by_their_flow():
    """Two unequal channels, heat in the first only: the outlet is the flow-weighted mean."""
    network = CoolantNetwork(
        (
            Branch("a", "in", "out", ((0.0, 0.0), (400.0, 0.0)), 4.0, 2.0),
            Branch("b", "in", "out", ((0.0, 0.0), (0.0, 50.0), (400.0, 50.0), (400.0, 0.0)), 6.0, 2.0),
        ),
        "in", "out", 0.0, 2.0,
    )  # fmt: skip
    stream = stream_of(network, CONSTANT, flow_lpm=0.5)
    walls = replace(stream.walls, area=np.where(stream.segments.branch == 0, stream.walls.area, 1e-12))
    solution, state, _ = heated(replace(stream, walls=walls), 3000.0)
    ends = stream.segments.first[1:] - 1 + len(stream.passages.nodes)
    share = np.array(list(solution.branch_flow_lpm.values())) / 0.5
    assert state.theta[ends[0]] > state.theta[ends[1]] + 0.5
    assert solution.outlet_degC + 273.15 == pytest.approx(float(share @ state.theta[ends]), abs=1e-9)


def test_a_branch_drawn_backwards_heats_the_same():
    forward = duct(300.0)
    b = forward.branches[0]
    backward = replace(forward, branches=(replace(b, start="out", end="in", path=b.path[::-1]),))
    one, two = (heated(stream_of(n, flow_lpm=2.0), 3000.0)[0] for n in (forward, backward))
    assert two.outlet_degC == pytest.approx(one.outlet_degC, abs=1e-9)
    assert two.path.h[::-1] == pytest.approx(one.path.h, rel=1e-9)
    assert two.path.velocity == pytest.approx(-one.path.velocity[::-1], rel=1e-9)


def test_a_dead_end_does_not_upset_the_balance():
    network = duct(300.0)
    stub = Branch("stub", "out", "nowhere", ((300.0, 0.0), (300.0, 40.0)), 16.0, 3.0)
    solution, _, _ = heated(stream_of(replace(network, branches=(*network.branches, stub)), flow_lpm=2.0), 0.0)
    assert solution.outlet_degC == pytest.approx(22.0, abs=1e-9)
    assert abs(solution.branch_flow_lpm["stub"]) < 1e-9


def test_warm_coolant_flows_more_easily():
    cold, warm = (solve_coldplate_isothermal(two_pass(), plate(), MEG50, T + 273.15) for T in (10.0, 40.0))
    assert warm.pressure_drop_Pa < 0.75 * cold.pressure_drop_Pa  # mu falls by 60 %
    assert solve_coldplate_isothermal(two_pass(), plate(), MEG50, 283.15).enthalpy_rise_W == 0.0


def test_films_thin_out_along_a_channel_and_start_anew_behind_a_header():
    stream = stream_of(two_pass())
    solution, _, _ = heated(stream, 1000.0)
    h, branch = solution.path.h, solution.path.branch
    names = solution.path.names
    first = h[branch == names.index("out 5")]
    second = h[branch == names.index("back 5")]
    assert np.all(np.diff(first) < 0)
    assert first[0] > 5 * first[-1]
    assert second[0] > 5 * second[-1]
    assert set(solution.path.regime) == {"laminar", "transition"}


def test_header_pieces_share_one_layer():
    """A header cut by tees is one duct to its walls: h does not jump up behind each channel's mouth."""
    solution, _, _ = heated(stream_of(two_pass(), flow_lpm=2.0), 1000.0)
    names, path = solution.path.names, solution.path
    before = path.h[path.branch == names.index("a header 3")]
    after = path.h[path.branch == names.index("a header 4")]
    assert after[0] < before[0]


def test_bends_are_straight_duct_by_default_and_a_new_start_if_asked():
    plain, anew = (
        heated(stream_of(three_pass(), CONSTANT, HeatPhysics(restart_at_bends=r), flow_lpm=0.5), 3000.0)[0] for r in (False, True)
    )
    assert np.all(np.diff(plain.path.h) < 0)
    assert np.count_nonzero(np.diff(anew.path.h) > 0) == 4  # one a bend
    assert anew.film_K < plain.film_K


def test_the_lower_wall_condition_makes_a_warmer_wall():
    h1, t = (heated(stream_of(three_pass(), CONSTANT, HeatPhysics(wall), flow_lpm=0.5), 3000.0)[0] for wall in ("H1", "T"))
    assert t.film_K > 1.1 * h1.film_K
    assert h1.film_K + h1.film_uncertainty_K > t.film_K  # the interval of H1 reaches past T


def test_heat_flux_over_h_is_the_film():
    solution, _, _ = heated(stream_of(duct(500.0), flow_lpm=2.0), 3000.0)
    assert solution.path.T_wall_degC - solution.path.T_degC == pytest.approx(3000.0 / solution.path.h, rel=1e-9)
    assert solution.film_K == pytest.approx(3000.0 / solution.path.h.min(), rel=1e-9)


def test_results_are_named_and_carry_their_uncertainty():
    solution, _, _ = heated(stream_of(two_pass()), 1000.0)
    rows = {row.name: row for row in coolant_results(solution, "charge")}
    drop = rows["coolant.pressure_drop"]
    assert drop.unit == "Pa"
    assert drop.scatter is not None
    assert 0.05 * drop.value < drop.scatter < 0.6 * drop.value
    assert drop.error is None  # numerical: for who solves on more meshes
    parts = [rows[f"coolant.pressure_drop.{part}"].value for part in ("friction", "entrance", "bends", "junctions")]
    assert sum(parts) == pytest.approx(drop.value, rel=1e-8)
    assert rows["coolant.rise"].value == pytest.approx(rows["coolant.outlet"].value - 22.0, abs=1e-9)
    assert rows["coolant.pumping_power"].value == pytest.approx(drop.value * 12 / 60e3, rel=1e-9)  # dp x volume flow at the inlet
    assert rows["coolant.velocity.max"].value == pytest.approx(
        12 / 60e3 / (32 * 3e-6), rel=1e-3
    )  # the headers; density within 0.1 %
    assert rows["heat.coolant"].value == pytest.approx(solution.enthalpy_rise_W, abs=1e-6)
    assert {row.case for row in rows.values()} == {"charge"}


def test_a_boiling_coolant_is_refused_with_what_to_change():
    with pytest.raises(SolveError, match=r"meg50 reaches .* above .*: change the flow") as refused:
        heated(stream_of(two_pass(), flow_lpm=0.3), 4000.0)
    assert refused.value.key == "cold_plate.flow_lpm"


def test_a_frozen_inlet_is_refused():
    with pytest.raises(SolveError, match="below the known range"):
        ChannelStream.of(duct(300.0), plate(coolant="water", inlet_degC=-5.0), coolants()["water"])


def test_a_stray_on_the_way_is_forgiven_but_not_in_the_solution():
    stream = stream_of(duct(300.0), flow_lpm=2.0)
    n = len(stream.segments.s)
    hot = StreamState(np.full(stream.n_states, 360.0), np.full(n, 360.0), np.zeros(n), np.full(n, 360.0))  # table ends at 353.15 K
    assert np.all(np.isfinite(stream.exchange(hot).h))
    with pytest.raises(SolveError, match="above the known range"):
        cold_plate_solution(stream, hot)


def test_enthalpy_is_the_integral_of_cp():
    table = CoolantTable.of(MEG50)
    T = np.linspace(260.0, 350.0, 7)
    fine = np.linspace(T[0], T[-1], 200_001)
    cp = table.at(fine).cp
    integral = np.interp(T, fine, np.concatenate([[0], np.cumsum((cp[1:] + cp[:-1]) / 2 * np.diff(fine))]))
    assert table.enthalpy(T) - table.enthalpy(T[:1]) == pytest.approx(integral, rel=1e-9, abs=1e-6)  # trapezoids of a broken line
    assert table.mean_cp(T[:-1], T[1:]) == pytest.approx(np.diff(integral) / np.diff(T), rel=1e-8)


def test_a_coolant_known_at_one_temperature_serves_near_it():
    single = coolants()["mpg50mass"]
    assert len(single.table) == 1
    assert solve_coldplate_isothermal(duct(300.0), plate(coolant=single.id), single, 298.15).pressure_drop_Pa > 0
    with pytest.raises(SolveError):
        solve_coldplate_isothermal(duct(300.0), plate(coolant=single.id), single, 310.0)
