"""Side ribbons: against every cell over the contact angle, clear of every other, with real ports from tank to tank."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from test_cylinders import axes

from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out

RIBBON = {
    "type": "ribbon", "contact_angle_deg": 50.0, "thickness_mm": 2.5, "wall_mm": 0.5, "ports": 5, "web_mm": 1.0,
    "material": "al_3003_o", "coolant": "meg50", "flow_lpm": 6.0, "inlet_degC": 22.0,
}  # fmt: skip
HOLDER = {"material": "al_6061_t6", "thickness_mm": 6.0}


@pytest.fixture(scope="session")
def ribbons(grid):
    """A pack of 21 mm cells with ribbons: ``ribbons(shape="wavy")``; ``arrangement`` holds what is changed there."""

    def of(*, interface=0.5, arrangement=None, **plate):
        changes = {"interface": {"material": "gap_filler_2p0", "thickness_mm": interface}, "cold_plate": RIBBON | plate}
        return grid(changes, **{"holder": HOLDER} | (arrangement or {}))

    return of


def outline(layout, name):
    part = next(part for part in layout.parts if part.name == name)
    x, y, _ = part.origin
    return [(vx + x, vy + y) for vx, vy, _ in layout.product(part.product).sweeps[0].profile.outer.vertices]


def test_every_cell_has_one_ribbon_at_its_side(ribbons):
    layout = lay_out(ribbons())
    rows = sorted({y for _, y in axes(layout).values()})
    apart = [b - a for a, b in pairwise(rows)]
    plain = 22 * math.sqrt(3) / 2
    assert apart == pytest.approx([2 * 11 + 2.5, plain, 24.5, plain, 24.5])
    assert len([part for part in layout.parts if part.product == "ribbon"]) == 3
    assert len(layout.parts_of("interface")) == 48


@pytest.mark.parametrize("shape", ["straight", "wavy"])
def test_the_interface_fills_the_gap_over_the_contact_angle(ribbons, shape):
    """Straight: a rectangle less the can's segment; wavy: part of a ring."""
    layout = lay_out(ribbons(shape=shape))
    half = math.radians(25)
    ring = half * (11.0**2 - 10.5**2)
    flat = 2 * 10.5 * math.sin(half) * (11 - 10.5 * math.cos(half)) - 10.5**2 * (half - math.sin(half) * math.cos(half))
    volume = {layout.product(p.product).volume_mm3() for p in layout.parts_of("interface")}
    height = 70 - 2 * 6
    assert [v / height for v in volume] == pytest.approx([ring if shape == "wavy" else flat] * len(volume), rel=1e-12)


@pytest.mark.parametrize("shape", ["straight", "wavy"])
def test_ribbons_stay_a_bond_line_away_from_every_cell(ribbons, shape):
    """At every vertex, and (wavy) nearest where the interface is: bends are concentric with the cells."""
    layout = lay_out(ribbons(shape=shape))
    nearest = [min(math.dist(place, cell) for cell in axes(layout).values()) for place in outline(layout, "ribbon 2")]
    assert min(nearest) >= 11.0 - 1e-9
    if shape == "wavy":
        assert min(nearest) == pytest.approx(11.0)


def test_a_wavy_ribbon_brings_the_rows_closer(ribbons):
    def breadth(shape):
        ys = [y for _, y in axes(lay_out(ribbons(shape=shape))).values()]
        return max(ys) - min(ys)

    assert breadth("wavy") < breadth("straight") - 3


@pytest.mark.parametrize("shape", ["straight", "wavy"])
def test_metal_and_coolant_fill_ribbons_and_tanks(ribbons, shape):
    layout = lay_out(ribbons(shape=shape))
    height, port = 58.0, (58 - 6 * 1.0) / 5
    branch = next(b for b in layout.network.branches if b.kind == "channel")
    inside = branch.length_mm()
    ribbon, coolant = layout.product("ribbon"), layout.product("coolant-port")
    assert ribbon.volume_mm3() + 5 * port * 1.5 * inside == pytest.approx(2.5 * height * inside, rel=1e-12)
    assert coolant.volume_mm3() == pytest.approx(port * 1.5 * branch.length_mm(), rel=1e-12)
    tank, (x0, y0, z0, x1, y1, z1) = layout.product("tank"), layout.product("tank").bounds()
    cavity = layout.product("coolant-tank").volume_mm3()
    slots = 3 * height * 2.5 * 2.0  # the ribbons end in the cavity's face
    assert tank.volume_mm3() + cavity + slots == pytest.approx((x1 - x0) * (y1 - y0) * (z1 - z0), rel=1e-12)


def test_the_network_is_the_channels(ribbons):
    """As much coolant as the branches hold, each port at its own height, every port from the inlet's tank to the outlet's."""
    layout = lay_out(ribbons())
    network = layout.network
    channels = [b for b in network.branches if b.kind == "channel"]
    assert len(channels) == 15
    held = sum(b.length_mm() * b.width_mm * b.height_mm for b in channels)
    assert held == pytest.approx(15 * layout.product("coolant-port").volume_mm3())
    assert {(b.start.split()[0], b.end.split()[0]) for b in channels} == {("inlet", "outlet")}
    foot = next(part for part in layout.parts if part.name == "ribbon 1").origin[2]
    lows = [network.z_range(b)[0] - foot for b in channels[:5]]
    assert lows == pytest.approx([1.0 + k * 11.4 for k in range(5)])
    assert (network.z0, network.z1) == pytest.approx((foot + 1, foot + 57))
    into = {b.end for b in network.branches if b.start == "inlet"}
    assert into == {"inlet 1"}
    assert {b.start for b in network.branches if b.end == "outlet"} == {"outlet 3"}
    assert {b.start for b in lay_out(ribbons(manifold="U")).network.branches if b.end == "outlet"} == {"outlet 1"}


def test_the_path_leaves_along_the_rows_and_bends_with_the_cells(ribbons):
    layout = lay_out(ribbons(shape="wavy"))
    branch = next(b for b in layout.network.branches if b.kind == "channel")
    curves = [curve for _, _, curve in branch.legs() if curve is not None]
    cells = list(axes(layout).values())
    bent = [min(math.dist((c.x, c.y), cell) for cell in cells) for c in curves]
    assert max(bent[1:-1]) < 1e-9  # all but the first and the last bend about a cell
    assert {round(c.radius, 9) for c in curves} == {12.25}
    assert not any(branch.corners())
    assert branch.path[0][1] == branch.path[1][1]
    assert branch.path[-1][1] == branch.path[-2][1]


@pytest.mark.parametrize(
    ("plate", "arrangement", "message"),
    [
        ({}, {"rows": 3, "cells_per_row": 16}, "arrangement.rows: ribbons run between every two rows"),
        ({}, {"potting": {"material": "al_3003_o"}}, "arrangement.potting: potting around ribbons"),
        ({"shape": "wavy"}, {"pattern": "square"}, "cold_plate.shape: a wavy ribbon needs pattern: hexagonal"),
        ({"shape": "wavy", "contact_angle_deg": 60.0}, {}, r"cold_plate.contact_angle_deg: 60 .* would meet; at most 52.8"),
        ({"height_mm": 60.0}, {}, "cold_plate.height_mm: 60 is too high: holders leave 58 mm"),
        ({"ports": 60}, {}, "cold_plate.ports: 60 ports .* at most 56 would"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(ribbons, plate, arrangement, message):
    with pytest.raises(DesignError, match=message):
        lay_out(ribbons(arrangement=arrangement, **plate))


@pytest.mark.parametrize("angle", [52.8, 30.0, 5.0])
def test_the_widest_angle_that_is_named_fits(ribbons, angle):
    layout = lay_out(ribbons(shape="wavy", contact_angle_deg=angle))
    assert min(math.dist(p, c) for p in outline(layout, "ribbon 1") for c in axes(layout).values()) == pytest.approx(11.0)
