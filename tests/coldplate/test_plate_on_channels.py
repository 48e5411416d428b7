"""A solid on channels of coolant from a script: `coldplate.solve_plate`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from packtool import coldplate, thermal
from packtool.coldplate import Channel
from packtool.errors import SolveError

pytestmark = pytest.mark.fem

L, W, D = 0.4, 0.1, 0.003
WATER = coldplate.constant_coolant(rho=1000.0, cp=4000.0, k=0.6, mu=1e-3)
STRAIGHT = Channel("way", "in", "out", [(0.0, W / 2), (L, W / 2)], W, D, bottom=-D)


def mesh(**changes):
    given = {"divisions": (80, 1, 1), "boundaries": {"plate.z-": "wet", "plate.z+": "heated", "plate.x-": "cold end"}}
    return thermal.mesh_boxes({"plate": (0, 0, 0, L, W, D)}, **(given | changes))


def solved(**changes):
    given = {"walls": "wet", "mass_flow": 13.6 / 4000, "flux": {"heated": 1500.0}}
    return coldplate.solve_plate(mesh(), 160.0, STRAIGHT, WATER, 298.15, **(given | changes))


def test_a_plate_with_axial_conduction_is_the_matrix_exponential_s():
    """Case D1: kA 0.048 W m/K, hP 24 W/m/K, m cp 13.6 W/K, 150 W/m."""
    plate = solved(h=240.0)
    walls = [plate.at([x, W / 2, 0.0]) - 298.15 for x in (0.0, L / 2, L)]
    assert walls == pytest.approx([6.76291577, 8.49236592, 10.18768408], rel=3e-3)
    assert plate.coolant_at("way", L / 2) - 298.15 == pytest.approx(2.24390973, rel=3e-3)
    assert plate.T_outlet - 298.15 == pytest.approx(60 / 13.6, rel=1e-6)
    assert plate.balance.imbalance < 1e-6


def test_without_h_the_film_is_the_correlations_and_thicker_downstream():
    plate = solved()
    path = plate.coolant.path
    assert np.all(np.diff(path.h) < 0)
    x_star = path.s_mm / 1e3 / (2 * W * D / (W + D) * path.Re * 1e-3 * 4000 / 0.6)
    nusselt = path.h * 2 * W * D / (W + D) / 0.6
    assert nusselt[20:] == pytest.approx(
        coldplate.laminar_nusselt(x_star, D / W, 1e-3 * 4000 / 0.6)[20:], rel=2e-3
    )  # a segment's mean


def test_two_channels_share_the_flow_and_the_heat():
    beside = thermal.mesh_boxes(
        {"plate": (0, 0, 0, L, W, D), "rib": (0, 0.045, -D, L, 0.055, 0)},
        divisions=(40, [4, 2, 4], 1), boundaries={"plate.z-": "wet", "plate.z+": "heated", "rib.y-": "wet", "rib.y+": "wet"},
    )  # fmt: skip
    channels = [
        Channel("left", "in", "out", [(0, 0.0225), (L, 0.0225)], 0.045, D, bottom=-D),
        Channel("right", "in", "out", [(0, 0.0775), (L, 0.0775)], 0.045, D, bottom=-D),
    ]
    plate = coldplate.solve_plate(
        beside, {"plate": 160.0, "rib": (160.0, 160.0, 160.0)}, channels, "meg50", 298.15,
        walls="wet", flow=2e-5, inlet="in", outlet="out", flux={"heated": 1500.0}, convection={"plate.y-": (10.0, 320.0)},
    )  # fmt: skip
    flows = plate.coolant.branch_flow_lpm
    assert flows["left"] == pytest.approx(flows["right"], rel=0.02)
    into = 1500.0 * L * W - plate.balance.to_boundaries["plate.y-"]
    assert plate.coolant.enthalpy_rise_W == pytest.approx(into, rel=1e-6)  # the balance closes to 1e-6
    assert plate.mean("plate") > plate.boundary_mean("wet") > 298.15


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"walls": "wett"}, "no boundary is called 'wett'; did you mean wet"),
        ({"mass_flow": None}, "give one of flow and mass_flow"),
        ({"mass_flow": -1.0}, "above 0"),
        ({"flux": {"heat": 1.0}}, "no 'heat'; did you mean heated"),
        ({"power": {"plat": 1.0}}, "no 'plat'; did you mean plate"),
        ({"h": 0.0}, "h must be above 0"),
        ({"outlet": "ot"}, "no channel starts or ends at 'ot'; did you mean out"),
        ({"flux": {"heated": 1e7}}, "known range"),
        ({"mass_flow": "3"}, "the coolant flow is '3'"),
        ({"h": "high"}, "h is 'high'"),
        ({"roughness": -1e-6}, "roughness is -1e-06 m"),
        ({"roughness": None}, "roughness is None; wanted a finite number"),
        ({"flux": 5.0}, "flux is given by name"),
        ({"flux": {"heated": "x"}}, "flux at 'heated' is 'x'"),
        ({"convection": {"cold end": (10.0, 25.0)}}, "in kelvin, and 25 K"),
        ({"temperature": {"cold end": 25.0}}, "in kelvin, and 25 K"),
    ],
)
def test_what_cannot_be_solved_is_refused(changes, says):
    with pytest.raises(SolveError, match=says):
        solved(**changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"width": 0.0}, "width is 0.0"), ({"path": [(0.0, 0.0)]}, "two places or more"), ({"path": "x"}, "two places")],
)
def test_a_channel_without_sense_is_refused_by_its_name(changes, says):
    with pytest.raises(SolveError, match=f"channel 'way': .*{says}"):
        coldplate.solve_plate(mesh(), 160.0, replace(STRAIGHT, **changes), WATER, 298.15, walls="wet", mass_flow=1e-3)


def test_a_channel_elsewhere_than_the_walls_is_refused():
    with pytest.raises(SolveError, match="lie in no channel"):
        coldplate.solve_plate(
            mesh(),
            160.0,
            Channel("way", "in", "out", [(0, 0.2), (L, 0.2)], 0.05, D, bottom=-D),
            WATER,
            298.15,
            walls="wet",
            flow=1e-5,
        )
