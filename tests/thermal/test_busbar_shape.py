"""One busbar by itself: its resistance, its heat and its warmth against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from packtool.errors import MeshError
from packtool.layout.bar_seats import Seat
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Product, Sweep
from packtool.mesh.busbars import BarMesh, bar_meshes
from packtool.thermal.busbar_film import BarFilm
from packtool.thermal.busbar_shape import reduced, resistance

fem = pytest.mark.fem
LENGTH, WIDTH, THICK = 100.0, 40.0, 3.0  # mm


def product(*boxes):
    sweeps = tuple(Sweep(Profile.rectangle(x0, y0, x1, y1), z0, z1) for x0, y0, z0, x1, y1, z1 in boxes)
    return Product("bar", "busbar", "cu", sweeps)


def ends(x0=0.0, x1=LENGTH):
    """The end faces of a bar along x."""
    return tuple(Seat(box=(x, -1e3, -1e3, x, 1e3, 1e3), normal=0) for x in (x0, x1))


def shape(bar, seats, currents=(1.0, -1.0), *, halved=False, piece=THICK):
    (mesh,) = bar_meshes([(bar, seats)], halved)
    return reduced(mesh, currents, piece * 1e-3)


def over_resistivity(made):
    """Resistance between the first and the last of two seats, over resistivity [1/m]."""
    return float(resistance(made.flow)[0, 0])


class TestBars:
    def test_a_straight_bar_between_its_ends_is_length_over_section(self):
        made = shape(product((0, 0, 0, LENGTH, WIDTH, THICK)), ends())
        exact = LENGTH / (WIDTH * THICK) * 1e3
        assert over_resistivity(made) == pytest.approx(exact, rel=1e-9)  # trilinear elements hold a linear field
        assert np.linalg.norm(made.slope @ resistance(made.flow) @ [1.0, -1.0]) == pytest.approx(1e6 / (WIDTH * THICK), rel=1e-9)

    def test_its_middle_is_hottest_by_V2_over_8_k_rho(self):
        made = shape(product((0, 0, 0, LENGTH, WIDTH, THICK)), ends())
        V = resistance(made.flow) @ [1.0, -1.0]
        twice = made.hot @ V**2 - (made.hot @ V) ** 2  # (T - T_ends) 2 k / rho
        assert twice == pytest.approx(V[0] ** 2 / 4, rel=1e-9)
        mean = made.mean @ V**2 - V @ made.products @ V
        assert mean == pytest.approx(V[0] ** 2 / 6, rel=2e-2)  # lumped at the points of some ten elements along

    def test_two_widths_in_a_row_resist_more_than_both_by_the_constriction_between_them(self):
        """A step in width from a to b adds, in the plane, the current's gathering: over resistivity and thickness
        ((a² + 1) / a ln((1 + a) / (1 - a)) - 2 ln(4 a / (1 - a²))) / pi for a step to one side, with a = narrow / wide (Smythe, Static and Dynamic Electricity, 1950, remembered)."""
        narrow, wide = 20.0, 40.0
        bar = product((0, 0, 0, 100, wide, THICK), (100, 0, 0, 200, narrow, THICK))
        a = narrow / wide
        spread = ((a * a + 1) / a * math.log((1 + a) / (1 - a)) - 2 * math.log(4 * a / (1 - a * a))) / math.pi
        exact = (100 / wide + 100 / narrow + spread) / (THICK * 1e-3)
        errors = [exact - over_resistivity(shape(bar, ends(0.0, 200.0), halved=halved)) for halved in (True, False)]
        assert 0 < errors[1] < 2e-3 * exact
        assert errors[1] < 0.6 * errors[0]  # towards the corner's order, 4/3

    def test_a_bar_on_two_pads_is_closer_to_its_limit_the_finer_the_mesh(self):
        """Pads under a bar: its sharp-edged seats make the error of first order; the estimate, the difference of two meshes, covers it."""
        bar = product((-39.6, -20, 0, 39.6, 20, THICK))
        pads = Seat(box=(-39.6, -12, -3, -15.6, 12, 0)), Seat(box=(15.6, -12, -3, 39.6, 12, 0))
        fine, coarse = (over_resistivity(shape(bar, pads, halved=halved)) for halved in (False, True))
        limit = 303.7  # elements a thirtieth as thick as the bar beside the seats, 29,469 points: 303.30, its half 301.51
        assert coarse < fine < limit
        assert 0.5 * (fine - coarse) > 0.45 * (limit - fine)
        assert limit - fine < fine - coarse

    def test_current_flows_around_the_bend_of_a_raised_bar(self):
        """Up, over and down: between the ends' undersides the mean path, less than 3 of the 4 squares of its two corners."""
        bar = product((0, 0, 0, 3, 40, 50), (3, 0, 47, 97, 40, 50), (97, 0, 0, 100, 40, 50))
        seats = Seat(box=(0, 0, 0, 3, 40, 0), normal=2), Seat(box=(97, 0, 0, 100, 40, 0), normal=2)
        corner = 0.559  # squares of a right-angled corner (Hall, Thin Solid Films 1 (1968) 277, remembered)
        exact = (2 * 47 / 3 + 94 / 3 + 2 * corner) / 0.040
        assert over_resistivity(shape(bar, seats)) == pytest.approx(exact, rel=2e-3)  # four elements across

    def test_a_seat_off_the_bar_is_refused(self):
        with pytest.raises(MeshError, match="no face"):
            shape(product((0, 0, 0, 10, 10, 3)), (Seat(box=(0, 0, 5, 10, 10, 6)), *ends(0.0, 10.0)), (1.0, 0.0, -1.0))


class TestHeat:
    def test_the_heat_of_each_path_goes_half_to_either_end_and_all_of_it_arrives(self):
        """Three pads; the heat that leaves by each, from the temperature of a finite element solution with the heat as a source."""
        bar = product((0, 0, 0, 120, 30, THICK))
        pads = tuple(Seat(box=(x, 5, -3, x + 20, 25, 0)) for x in (0.0, 45.0, 100.0))
        (mesh,) = bar_meshes([(bar, pads)], halved=False)
        currents = (1.0, 0.4, -1.4)
        made = reduced(mesh, currents, THICK * 1e-3)
        V = resistance(made.flow) @ currents
        towards = V * currents - made.flow @ V**2 / 2
        assert towards.sum() == pytest.approx(V @ currents, rel=1e-9)
        links = -made.flow * (V[:, None] - V) ** 2 / 2
        assert towards == pytest.approx(links.sum(axis=1), rel=1e-9)
        assert towards == pytest.approx(_left_by(mesh, V), rel=2e-2)  # its source is of the elements' mean fields

    def test_a_seat_without_current_still_takes_heat_from_what_passes_it(self):
        bar = product((0, 0, 0, 120, 30, THICK))
        pads = tuple(Seat(box=(x, 5, -3, x + 20, 25, 0)) for x in (0.0, 50.0, 100.0))
        made = shape(bar, pads, (1.0, 0.0, -1.0))
        V = resistance(made.flow) @ [1.0, 0.0, -1.0]
        towards = V * [1.0, 0.0, -1.0] - made.flow @ V**2 / 2
        past = -made.flow[0, 2] * (V[0] - V[2]) ** 2  # the current that does not come under the middle pad
        assert towards[1] == pytest.approx((towards.sum() - past) / 2, rel=1e-9)
        assert towards[0] == pytest.approx(towards[2], rel=1e-9)
        assert 0 < past < 1e-3 * towards.sum()


class TestFilm:
    """A straight bar between its end faces with a film on its top: a fin with a source."""

    FILM = 0.5  # 1/m: film over conductivity, fifty times that of air over aluminium; m L = 1.3

    def fin(self, halved=False):
        (mesh,) = bar_meshes([(product((0, 0, 0, LENGTH, WIDTH, THICK)), ends())], halved)
        return reduced(mesh, (1.0, -1.0), THICK * 1e-3, BarFilm(self.FILM, ()).on(mesh))

    def exact(self):
        """m L / 2, half the heat made over resistivity [A²/m], and V_i."""
        m = math.sqrt(self.FILM / (THICK * 1e-3))
        made = LENGTH / (WIDTH * THICK) * 1e3
        return m * LENGTH * 1e-3 / 2, made

    def test_heat_to_the_ends_and_to_the_air(self):
        half, made = self.exact()
        bar = self.fin()
        V = resistance(bar.flow) @ [1.0, -1.0]
        taken = bar.air.taken(V[None])[0]
        assert taken.sum() == pytest.approx(
            made * (1 - math.tanh(half) / half), rel=2e-2
        )  # lumped at the points of eight elements along: 1 / 8²
        towards = V * [1.0, -1.0] - bar.flow @ V**2 / 2 - taken
        assert towards == pytest.approx([made * math.tanh(half) / half / 2] * 2, rel=5e-3)  # of what the air leaves, 1/12 of that
        assert taken.sum() + towards.sum() == pytest.approx(V @ [1.0, -1.0], rel=1e-12)

    def test_the_middle_is_as_warm_as_a_fin_with_a_source(self):
        half, made = self.exact()
        bar = self.fin()
        V = resistance(bar.flow) @ [1.0, -1.0]
        by_heat = (bar.hot @ V**2 - V @ bar.hot_products @ V) / 2  # (T - T_ends) k / rho
        source = made / (LENGTH * WIDTH * 1e-6)  # over the area that the film is on
        assert by_heat == pytest.approx(source / self.FILM * (1 - 1 / math.cosh(half)), rel=1e-2)  # as above
        assert bar.hot.sum() == pytest.approx(1 / math.cosh(half), rel=1e-2)

    def test_what_warm_ends_give_to_the_air(self):
        half, _ = self.exact()
        bar = self.fin()
        area = LENGTH * WIDTH * 1e-6
        assert bar.air.escape.sum() == pytest.approx(self.FILM * area * math.tanh(half) / half, rel=5e-3)
        assert bar.air.escape == pytest.approx(bar.air.escape.T, rel=1e-9)

    def test_the_closer_the_finer(self):
        half, made = self.exact()
        exact = made * (1 - math.tanh(half) / half)
        off = [abs(fin.air.taken((resistance(fin.flow) @ [1.0, -1.0])[None]).sum() - exact) for fin in map(self.fin, (True, False))]
        assert off[1] < 0.35 * off[0]  # of second order

    def test_a_film_that_is_nothing_changes_nothing(self):
        bar = product((0, 0, 0, LENGTH, WIDTH, THICK))
        (mesh,) = bar_meshes([(bar, ends())], halved=False)
        none, covered = (reduced(mesh, (1.0, -1.0), 3e-3, film) for film in (None, BarFilm(3.0, ((-1, -1, 101, 41),)).on(mesh)))
        assert covered.air is none.air is None
        assert covered.hot == pytest.approx(none.hot, rel=1e-12)

    def test_the_area_beside_the_cells_is_exact_whatever_the_mesh(self):
        (mesh,) = bar_meshes([(product((0, 0, 0, LENGTH, WIDTH, THICK)), ends())], halved=False)
        film = BarFilm(2.0, ((-5.0, 1.0, 33.3, 50.0), (60.1, -3.0, 120.0, 38.9))).on(mesh)
        open_mm2 = LENGTH * WIDTH - 33.3 * 39.0 - 39.9 * 38.9
        assert film.sum() == pytest.approx(2.0 * open_mm2 * 1e-6, rel=1e-9)


def _left_by(mesh: BarMesh, V):
    """Heat [A²/m] that leaves by each seat where the Joule heat of ``V`` is a source and the seats are at one temperature."""
    from packtool.thermal.busbar_shape import _conductance, _gradients, _harmonic

    matrix, _ = _conductance(mesh)
    w = _harmonic(mesh, matrix)
    gradient, volume = _gradients(mesh)
    field = np.einsum("mdn,mn->md", gradient, (w @ V)[mesh.elements])
    power = volume * (field**2).sum(axis=1)
    return np.array([(power * w[mesh.elements, seat].mean(axis=1)).sum() for seat in range(len(mesh.seats))])


@fem
class TestSheets:
    """Flat plates in their plan: gmsh meshes them."""

    THIN = 0.5

    def plate(self, outer, *holes):
        return Product("plate", "busbar", "cu", (Sweep(Profile(outer, holes), 0.0, self.THIN),))

    def test_a_ring_is_ln_of_the_radii_over_2_pi_t(self):
        ring = self.plate(Loop.circle(0, 0, 20.0), Loop.circle(0, 0, 5.0))
        rims = Seat(circle=(0, 0, 5.0)), Seat(circle=(0, 0, 20.0))
        exact = math.log(4) / (2 * math.pi * self.THIN * 1e-3)
        for even in (False, True):  # by symmetry a rim at one potential takes an even current
            seats = Seat(circle=rims[0].circle, even=even), rims[1]
            values = [over_resistivity(shape(ring, seats, halved=halved, piece=self.THIN)) for halved in (True, False)]
            assert values[1] == pytest.approx(exact, rel=2e-2)
            assert abs(values[1] - exact) < abs(values[0] - values[1])

    def test_two_round_welds_far_from_any_edge(self):
        """arccosh(d / 2a) / (pi t) in an endless sheet; a square 40 distances wide adds some (d / side)²."""
        side, apart, radius = 800.0, 20.0, 2.5
        sheet = self.plate(Loop.rectangle(-side / 2, -side / 2, side / 2, side / 2))
        welds = Seat(circle=(-apart / 2, 0, radius)), Seat(circle=(apart / 2, 0, radius))
        exact = math.acosh(apart / (2 * radius)) / (math.pi * self.THIN * 1e-3)
        values = [over_resistivity(shape(sheet, welds, halved=halved, piece=self.THIN)) for halved in (True, False)]
        assert values[1] == pytest.approx(exact, rel=2e-2)
        assert abs(values[1] - exact) < abs(values[0] - values[1])

    def test_a_round_hole_lengthens_a_strip_by_2_pi_a2_over_its_width(self):
        """A dipole of a² in a row of images, a width apart: 2 pi a² / W / (1 - (pi a / W)² / 3)."""
        wide, radius = 40.0, 5.0
        strip = self.plate(Loop.rectangle(0, 0, LENGTH, wide), Loop.circle(LENGTH / 2, wide / 2, radius))
        hole = Seat(circle=(LENGTH / 2, wide / 2, radius), even=True)
        made = shape(strip, (hole, *ends()), (0.0, 1.0, -1.0), piece=self.THIN)
        V = resistance(made.flow) @ [0.0, 1.0, -1.0]
        longer = 2 * math.pi * radius**2 / wide / (1 - (math.pi * radius / wide) ** 2 / 3)
        exact = (LENGTH + longer) / (wide * self.THIN) * 1e3
        assert V[1] - V[2] == pytest.approx(exact, rel=3e-3)  # 24 edges around the hole
        assert V[1] - V[2] > (1 + 0.8 * longer / LENGTH) * LENGTH / (wide * self.THIN) * 1e3
        densest = np.linalg.norm(made.slope @ V) * wide * self.THIN * 1e-6
        assert 2.0 < densest < 3.5  # twice the mean beside a small hole, over 2/3 of the width here: 3 at the most
