"""Steady solves against closed forms, and the balance that each must close."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from heat_meshes import bar, problem, steady_heat, two_bars
from scipy.sparse import block_diag, csr_matrix

from packtool.errors import NotConverged, SolveError
from packtool.thermal.records import Convection, Heat, StreamExchange, StreamState
from packtool.thermal.steady import solve_steady
from packtool.thermal.surfaces import STEFAN_BOLTZMANN, ConvectiveSurface

pytestmark = pytest.mark.fem
AREA = 1e-4


def at(mesh, T, x):
    return float(T[np.abs(mesh.points[:, 0] - x) < 1e-9].mean())


def test_nafems_t2_radiating_bar():
    # case A2: bar 0.1 m, k 55.6, 1000 K at one end, emissivity 0.98 to 300 K at the other, sigma of CODATA 2018
    mesh = bar(elements=4)
    solution = solve_steady(
        problem(mesh, k=(55.6,), temperature={"xmin": 1000.0}, convection={"xmax": Convection(0.0, 300.0, 0.98)})
    )
    assert at(mesh, solution.T, 0.1) == pytest.approx(927.0039505, abs=1e-6)  # linear field: exact but for the solver
    assert solution.balance.to_boundaries["xmax"] / AREA == pytest.approx(40585.8036, rel=1e-8)
    assert solution.balance.to_boundaries["xmin"] == pytest.approx(-solution.balance.to_boundaries["xmax"], rel=1e-8)
    assert solution.balance.imbalance < 1e-8


def test_a_series_resistance_is_in_series_with_convection():
    mesh = bar(elements=2)
    law = Convection(30.0, 300.0, series_h=60.0)
    solution = solve_steady(problem(mesh, heat=steady_heat(0.5), convection={"xmax": law}))
    assert at(mesh, solution.T, 0.1) == pytest.approx(300 + 0.5 / AREA / 20.0, abs=1e-6)  # 1 / (1/30 + 1/60) = 20


def test_radiation_behind_a_series_resistance_balances_at_the_far_surface():
    law = Convection(5.0, 300.0, emissivity=0.9, series_h=7.0)
    surface = ConvectiveSurface("s", None, law)  # type: ignore[arg-type]
    T = np.array([250.0, 300.0, 350.0, 900.0])
    flux, slope = surface.flux(T)
    far = T - flux / 7.0
    assert flux == pytest.approx(5.0 * (far - 300) + 0.9 * STEFAN_BOLTZMANN * (far**4 - 300.0**4), abs=1e-9 * np.abs(flux).max())
    h = 1e-3
    assert slope == pytest.approx((surface.flux(T + h)[0] - surface.flux(T - h)[0]) / (2 * h), rel=1e-7)  # central difference


def test_flux_goes_in_and_leaves():
    mesh = bar()
    solution = solve_steady(problem(mesh, flux={"xmin": 2000.0}, convection={"xmax": Convection(50.0, 290.0)}))
    assert at(mesh, solution.T, 0.0) == pytest.approx(290 + 2000 / 50 + 2000 * 0.1 / 10, abs=1e-6)
    assert solution.balance.made == 0
    assert solution.outer_iterations == 1  # a linear problem is one linear solve, to the tolerance asked for
    assert solution.balance.to_boundaries == pytest.approx({"xmin": -0.2, "xmax": 0.2}, rel=1e-8)


def test_heat_that_falls_with_temperature_settles_where_it_is_carried_away():
    # one block, P = 2 W - 0.05 W/K (T - 300), hA = 0.1 W/K; k large: T - 300 = 2 / 0.15
    heat = Heat(lambda T: (2.0 - 0.05 * (T - 300.0), np.array([-0.05])))
    mesh = bar(elements=2)
    solution = solve_steady(problem(mesh, k=(1e6,), heat=heat, convection={"xmax": Convection(1000.0, 300.0)}))
    assert (
        pytest.approx(np.full(len(mesh.points), 300 + 2 / 0.15), abs=1e-3) == solution.T
    )  # q L / k = 0.7 mK of conduction are left
    assert solution.region_power[0] == pytest.approx(2 / 1.5, rel=1e-4)
    assert solution.outer_iterations <= 4  # Newton: the slope is in the operator; the linear solves are to 1e-3 each


def test_heat_that_grows_faster_than_it_leaves_has_no_steady_state():
    # Semenov: P = exp((T - 300) / 5) W against 0.1 W/K: no intersection (it needs P <= 0.1 * 5 / e = 0.18 at 300 K)
    heat = Heat(lambda T: (np.exp((T - 300.0) / 5.0), np.exp((T - 300.0) / 5.0) / 5.0))
    with pytest.raises((NotConverged, SolveError), match=r"steady|thermal runaway|heat of"):
        solve_steady(problem(bar(elements=2), heat=heat, convection={"xmax": Convection(1000.0, 300.0)}))


def test_prescribed_temperatures_share_the_heat_by_their_distance():
    mesh = bar()
    solution = solve_steady(problem(mesh, heat=steady_heat(1.0), temperature={"xmin": 300.0, "xmax": 320.0}))
    through = 10 * AREA * 20 / 0.1
    assert solution.balance.to_boundaries == pytest.approx({"xmin": 0.5 + through, "xmax": 0.5 - through}, rel=1e-8)
    assert (at(mesh, solution.T, 0.0), at(mesh, solution.T, 0.1)) == (300.0, 320.0)


def test_a_good_guess_saves_the_solve():
    mesh = two_bars()
    given = problem(mesh, k=(0.5, 200.0), heat=steady_heat(1.0, 0.0), convection={"xmax": Convection(100.0, 300.0)})
    first = solve_steady(given)
    again = solve_steady(given, guess=first.T)
    assert again.linear_iterations == 0
    assert np.array_equal(again.T, first.T)


@dataclass
class TwoSegments:
    """Fluid that passes two walls, one on each end of the bar; h may follow its temperature. Counts how often it is asked."""

    mesh: object
    capacity_rate: float
    inlet: float
    h: float
    growth: float = 0.0
    asked: int = 0

    def exchange(self, state: StreamState | None) -> StreamExchange:
        self.asked += 1
        facets = np.vstack([self.mesh.boundaries["xmin"], self.mesh.boundaries["xmax"]])
        warm = np.full(2, self.inlet) if state is None else state.mean
        c = self.capacity_rate
        return StreamExchange(
            facets,
            np.array([0, 1]),
            self.h * (1 + self.growth * (warm - self.inlet)),
            mean=csr_matrix(np.array([[0.5, 0.5, 0], [0, 0.5, 0.5]])),
            transport=csr_matrix(np.array([[1.0, 0, 0], [-c, c, 0], [0, -c, c]])),
            gain=csr_matrix(np.array([[0.0, 0], [1, 0], [0, 1]])),
            supply=np.array([self.inlet, 0, 0]),
        )


def test_a_stream_takes_all_the_heat_and_the_walls_follow_it():
    mesh, c, h = bar(), 0.5, 200.0
    stream = TwoSegments(mesh, c, 295.0, h)
    solution = solve_steady(problem(mesh, k=(10.0,), heat=steady_heat(3.0)), stream)
    # by hand: walls W0, W1 [K]; half the heat made goes to each end but for conduction G between them
    G, hA = 10 * AREA / 0.1, h * AREA
    A = np.zeros((4, 4))  # W0, W1, t1, t2 (outlet temperatures of the segments)
    A[0] = [hA + G, -G, -hA / 2, 0]
    A[1] = [-G, hA + G, -hA / 2, -hA / 2]
    A[2] = [-hA, 0, c + hA / 2, 0]
    A[3] = [0, -hA, -c + hA / 2, c + hA / 2]
    W0, W1, t1, t2 = np.linalg.solve(A, [1.5 + hA * 295 / 2, 1.5, c * 295 - hA * 295 / 2, 0])
    assert solution.stream is not None
    assert solution.stream.theta == pytest.approx([295.0, t1, t2], abs=1e-6)
    assert solution.stream.wall == pytest.approx([W0, W1], abs=1e-6)
    assert solution.balance.to_stream == pytest.approx(3.0, rel=1e-8)
    assert c * (solution.stream.theta[-1] - 295.0) == pytest.approx(3.0, rel=1e-8)
    assert solution.outer_iterations <= 4  # the coolant's answer is in the operator: a thousandth is left after each
    assert solution.balance.imbalance < 1e-8


def test_a_film_that_follows_the_stream_is_renewed_until_it_settles():
    mesh = bar()
    stream = TwoSegments(mesh, 0.5, 295.0, 200.0, growth=0.03)
    solution = solve_steady(problem(mesh, heat=steady_heat(3.0)), stream)
    assert solution.stream is not None
    film = 200.0 * (1 + 0.03 * (solution.stream.mean - 295.0))
    assert solution.stream.heat == pytest.approx(
        film * AREA * (solution.stream.wall - solution.stream.mean), rel=1e-6
    )  # settled to 1e-6 K
    assert stream.asked > 2


def test_fluid_that_touches_no_wall_is_followed_until_it_settles_too():
    mesh = bar()
    walls = TwoSegments(mesh, 0.5, 295.0, 200.0)

    class WithTank:
        """A third segment, away from all walls, that goes half of the way to 315 K at every asking."""

        def exchange(self, state):
            given = walls.exchange(
                None if state is None else StreamState(state.theta[:3], state.mean[:2], state.heat[:2], state.wall[:2])
            )
            tank = 305.0 if state is None else (state.theta[3] + 315.0) / 2
            return replace(
                given,
                mean=block_diag([given.mean, [[1.0]]]).tocsr(),
                transport=block_diag([given.transport, [[1.0]]]).tocsr(),
                gain=block_diag([given.gain, [[0.0]]]).tocsr(),
                supply=np.append(given.supply, tank),
            )

    solution = solve_steady(problem(mesh, heat=steady_heat(3.0)), WithTank())
    assert solution.stream is not None
    assert solution.stream.theta[3] == pytest.approx(315.0, abs=2e-6)  # settled to 1e-6 K, halving each time


def test_a_stream_beside_a_prescribed_temperature_takes_what_is_left():
    mesh = bar()
    stream = TwoSegments(mesh, 0.5, 295.0, 200.0)
    side = {"bar.y-": 310.0}
    solution = solve_steady(problem(mesh, heat=steady_heat(3.0), temperature=side), stream)
    assert solution.balance.imbalance < 1e-8
    assert solution.balance.to_boundaries["bar.y-"] + solution.balance.to_stream == pytest.approx(3.0, rel=1e-8)
    assert solution.stream is not None
    assert solution.stream.heat.sum() == pytest.approx(0.5 * (solution.stream.theta[-1] - 295.0), rel=1e-8)


def test_a_coupling_of_wrong_shapes_is_refused():
    mesh = bar()
    stream = TwoSegments(mesh, 0.5, 295.0, 200.0)

    class Broken:
        def exchange(self, state):
            return replace(stream.exchange(state), segment=np.array([0, 2]))

    with pytest.raises(SolveError, match="segment is outside"):
        solve_steady(problem(mesh, heat=steady_heat(3.0)), Broken())
