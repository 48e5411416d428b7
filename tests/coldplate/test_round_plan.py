"""Plans of plates with round turns: what they enclose, and the flow round a bend that is known exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from packtool.coldplate.flow3d.plan import halved
from packtool.coldplate.flow3d.plate import LEVELS, ChannelPlate, Face, Fineness
from packtool.coldplate.flow3d.round_plan import Turn, round_lattice, swelling
from packtool.errors import SolveError

MM = 1e-3
ACROSS = np.linspace(0.0, 1.0, 4)


def serpentine(passes=3, width=10.0, rib=5.0, margin=5.0, straight=30.0):
    """A plate with ``passes`` legs along x, the first from the left [mm]."""
    inner, outer = rib / 2, rib / 2 + width
    near, far = margin + outer, margin + outer + straight
    legs, turns = [], []
    for k in range(passes):
        y = margin + k * (width + rib)
        ends = [near, far]
        if k == 0:
            ends[0] = margin
        if k == passes - 1:
            ends[k % 2 == 0] = far + outer if k % 2 == 0 else margin
        legs.append((ends[0] * MM, y * MM, ends[1] * MM, (y + width) * MM))
        if k < passes - 1:
            way = 1 if k % 2 == 0 else -1
            turns.append(Turn((far if way > 0 else near) * MM, (y + width + rib / 2) * MM, way, inner * MM, outer * MM))
    first, last = legs[0], legs[-1]
    leaves = last[2] if passes % 2 else last[0]
    return ChannelPlate(
        (0.0, 0.0, (far + outer + margin) * MM, last[3] + margin * MM), tuple(legs), (0.0, 1e-3, 4e-3, 5e-3),
        Face(0, first[0], first[1], first[3]), Face(0, leaves, last[1], last[3]), width * MM, tuple(turns),
    )  # fmt: skip


def lattice_of(plate, across=ACROSS):
    x = np.linspace(min(t.x for t in plate.turns), max(t.x for t in plate.turns), 5) if len(plate.turns) > 1 else None
    x = np.linspace(plate.channels[0][0], plate.turns[0].x, 6) if x is None else x
    return round_lattice(plate.size, plate.channels, plate.turns, x, across)


def areas(points, quads):
    a, b = points[quads[:, 2]] - points[quads[:, 0]], points[quads[:, 3]] - points[quads[:, 1]]
    return (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def exact_area(plate):
    legs = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in plate.channels)
    return legs + sum(np.pi / 2 * (turn.outer**2 - turn.inner**2) for turn in plate.turns)


@pytest.mark.parametrize("passes", [2, 3, 4])
@pytest.mark.parametrize(("rib", "margin"), [(2.0, 5.0), (20.0, 2.0)])
@pytest.mark.parametrize("n_across", [2, 3, 6])
def test_the_plan_holds_the_channel_s_area_and_fills_the_plate(passes, rib, margin, n_across):
    plate = serpentine(passes, rib=rib, margin=margin)
    lattice = lattice_of(plate, np.linspace(0.0, 1.0, n_across + 1))
    plan = lattice.plan()
    area = areas(lattice.placed(plan.points, 0), plan.quads)
    assert area[plan.wet].sum() == pytest.approx(exact_area(plate), rel=1e-9)  # rounding of the lattice
    assert area.sum() == pytest.approx(plate.size[2] * plate.size[3], rel=1e-9)
    margins = 2 * margin * MM * plate.channel_width  # nothing is meshed behind the two openings
    assert area[plan.cut].sum() == pytest.approx(margins, rel=1e-9)


@pytest.mark.parametrize("rib", [2.0, 5.0, 20.0])
def test_every_corner_of_an_element_is_convex(rib):
    plate = serpentine(4, rib=rib, margin=3.0)
    lattice = lattice_of(plate)
    plan = lattice.plan()
    corner = lattice.placed(plan.points, 0)[plan.quads]
    before, after = corner - np.roll(corner, 1, axis=1), np.roll(corner, -1, axis=1) - corner
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    sine = cross / np.linalg.norm(before, axis=2) / np.linalg.norm(after, axis=2)
    assert sine.min() > 0.2  # metal between a wide turn and a near edge
    assert sine[plan.wet].min() > 0.95


@pytest.mark.fem
def test_cut_in_two_the_arcs_are_met_more_closely_and_the_area_stays():
    plate = serpentine(2, rib=10.0)
    lattice, (turn,) = lattice_of(plate), plate.turns
    plan = lattice.plan()
    off = []
    for times in range(3):
        places = lattice.placed(plan.points, times)
        assert areas(places, plan.quads)[plan.wet].sum() == pytest.approx(exact_area(plate), rel=1e-9)
        corner = places[plan.quads[plan.wet]] - (turn.x, turn.y)
        ends = np.stack([corner, np.roll(corner, -1, axis=1)])
        on_wall = ((np.hypot(ends[..., 0], ends[..., 1]) > turn.outer - 1e-9) & (ends[..., 0] > -1e-9)).all(axis=0)
        middle = ends.mean(axis=0)[on_wall]
        off.append(np.abs(np.hypot(middle[:, 0], middle[:, 1]) - turn.outer).max())
        plan = halved(plan)
    assert off[0] < 0.02 * turn.outer
    assert off[0] / off[1] == pytest.approx(4, rel=0.2)  # chords: with the square of the angle
    assert off[1] / off[2] == pytest.approx(4, rel=0.1)


def test_chords_with_their_inner_ends_outside_the_circle_enclose_its_area():
    for n in (8, 12, 48):
        q, t = swelling(n), np.pi / n
        assert ((n - 2) * q**2 + 2 * q) * np.sin(t) / 2 == pytest.approx(np.pi / 2, rel=1e-12)
        assert 1 < q < 1 + 0.13 * t**2  # t²/12 and a little: the outermost triangles have one such side


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda turn: replace(turn, y=turn.y + 1e-3), "does not join two legs"),
        (lambda turn: replace(turn, outer=turn.outer + 1e-3), "does not join two legs"),
        (lambda turn: replace(turn, x=turn.x - 1e-3), "does not join two legs"),
    ],
)
def test_turns_that_do_not_join_legs_are_refused(change, words):
    plate = serpentine(3)
    low, high = plate.turns[1].x, plate.turns[0].x
    with pytest.raises(SolveError, match=words):
        round_lattice(plate.size, plate.channels, (change(plate.turns[0]), plate.turns[1]), np.linspace(low, high, 5), ACROSS)


def test_a_turn_that_leaves_the_plate_is_refused():
    plate = serpentine(2)
    x0, y0, x1, y1 = plate.size
    with pytest.raises(SolveError, match=r"comes within 0.3 mm of the plate's edge: elements between them take 0.5 mm"):
        lattice_of(replace(plate, size=(x0, y0, x1 - 4.7e-3, y1)))


@pytest.mark.fem
@pytest.mark.parametrize("Re", [1.0, 400.0])
def test_flow_round_a_bend_between_two_walls_loses_what_dean_s_exact_solution_says(Re):
    """u = G/(2 mu) (r ln r + a r + b/r), p = G angle + its centrifugal part (Dean, Proc. R. Soc. A 121 (1928) 402, remembered; it solves the
    equations: mu (u'' + u'/r - u/r²) = G/r)."""
    from packtool.coldplate.flow3d.records import FlowProblem
    from packtool.coldplate.flow3d.solve import solve_flow
    from packtool.fem.elements import ElementMesh, outer_facets

    plate = serpentine(2, rib=5.0)
    (turn,) = plate.turns
    ri, ro, rho = turn.inner, turn.outer, 1000.0
    a = -(ro**2 * np.log(ro) - ri**2 * np.log(ri)) / (ro**2 - ri**2)
    b = ri**2 * ro**2 * np.log(ro / ri) / (ro**2 - ri**2)

    def speed(r):
        return r * np.log(r) + a * r + b / r  # over G / (2 mu)

    r = np.linspace(ri, ro, 20001)
    mean = np.trapezoid(speed(r), r) / (ro - ri)
    mu = 1e-3
    wanted = Re * mu / (rho * 2 * (ro - ri))  # mean speed [m/s]
    G = wanted / mean * 2 * mu

    def round_the_middle(places):
        x, y = places[:, 0] - turn.x, places[:, 1] - turn.y
        u = wanted / mean * speed(np.hypot(x, y)) / np.hypot(x, y)
        return np.column_stack([-y * u, x * u])

    errors = []
    for times in range(3):
        lattice = lattice_of(plate, np.linspace(0.0, 1.0, 5))
        plan = lattice.plan()
        for _ in range(times):
            plan = halved(plan)
        points = lattice.placed(plan.points, times)
        bend = plan.wet & (points[plan.quads][:, :, 0].min(axis=1) > turn.x - 1e-9)
        used, back = np.unique(plan.quads[bend], return_inverse=True)
        points, quads = points[used], back.reshape(-1, 4)
        outer = outer_facets(quads)
        open_ = (np.abs(points[outer][:, :, 0] - turn.x) < 1e-9).all(axis=1)
        low = points[outer][:, :, 1].mean(axis=1) < turn.y
        mesh = ElementMesh(points, quads, {"in": outer[open_ & low], "out": outer[open_ & ~low], "wall": outer[~open_]})
        problem = FlowProblem(mesh, rho, mu, velocity=dict.fromkeys(("in", "out"), round_the_middle), walls=("wall",))
        flow = solve_flow(problem)
        lost = flow.mean_pressure["in"] - flow.mean_pressure["out"]
        errors.append(abs(lost / (abs(G) * np.pi) - 1))
    assert errors[2] < 2e-3  # 32 chords, 16 elements across
    assert errors[2] < errors[1] / 3.5  # walls of chords: of second order


@pytest.mark.fem
@pytest.mark.slow
def test_a_hairpin_s_numbers_are_within_their_errors_of_a_finer_mesh():
    from packtool.coldplate.flow3d.plate_solve import solve_plate
    from packtool.verification.conjugate import SERPENTINE_CONDITIONS as AT

    plate = serpentine(2, rib=10.0, straight=10.0)
    at = replace(AT, flow=0.4 / 60e3)
    coarse, fine = (solve_plate(plate, at, one) for one in (LEVELS["coarse"], Fineness(4, 2)))
    for name in ("pressure_drop", "top_mean", "top_max"):
        one, other = getattr(coarse, name), getattr(fine, name)
        assert abs(one.value - other.value) < one.error
        assert 0 < other.error < one.error
    assert coarse.pressure_drop.error < 0.05 * coarse.pressure_drop.value
    assert max(coarse.mass_imbalance, fine.mass_imbalance) < 1e-8
    assert max(coarse.energy_imbalance, fine.energy_imbalance) < 1e-6
    gained = at.rho * at.cp * at.flow * (coarse.T_out - at.T_in)
    assert gained == pytest.approx(at.flux["top"] * plate.size[2] * plate.size[3], rel=1e-6)
