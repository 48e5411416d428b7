"""A busbar of a pack against the general solve on the same shape: currents at rho(T) of every place, and the heat they make, two-way."""

from __future__ import annotations

import numpy as np
import pytest
from four_cells import pack

from packtool import thermal
from packtool.layout.bar_seats import seated_bars
from packtool.mesh.busbars import bar_meshes
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Region, TaggedMesh
from packtool.thermal.busbars import pack_busbars

pytestmark = pytest.mark.fem
CELLS_K, SHARES = 300.0, np.array([1000.0, 500.0, 500.0, 1000.0])  # A: so much that the bar gets kelvins warmer


def test_resistance_hottest_place_and_the_heat_to_each_cell():
    loaded, layout = pack()
    material = loaded.materials["al_1060_busbar"]
    k, rho, alpha = material.k_W_mK.value, material.resistivity_ohm_m.value, material.alpha_per_K.value
    bar = seated_bars(layout)[1]
    (mesh,) = bar_meshes([(bar.product, bar.seats)], halved=False)
    facets = mesh.elements[:, FACE_CORNERS].reshape(-1, 4)
    seats = {name: facets[np.isin(facets, nodes).all(axis=1)] for name, nodes in zip(bar.cells, mesh.seats, strict=True)}
    solid = TaggedMesh(
        mesh.points, mesh.elements, np.zeros(len(mesh.elements), dtype=np.int64), (Region("bar", "busbar", "al"),), seats
    )
    place = {part.name: number for number, part in enumerate(layout.parts_of("cell"))}
    into = {name: float(SHARES[place[name]]) * (1 if plus else -1) for name, plus in zip(bar.cells, bar.plus, strict=True)}
    last = bar.cells[-1]
    electric = thermal.Electric(
        {"bar": lambda T: rho * (1 + alpha * (T - 293.15))},
        {name: amps for name, amps in into.items() if name != last},
        {last: 0.0},
    )
    exact = thermal.solve_steady(thermal.conduction(solid, k, temperature=dict.fromkeys(seats, CELLS_K), electric=electric))

    bars = pack_busbars(loaded, layout)
    carrying, one = bars.carrying(SHARES, np.full(4, CELLS_K)), np.ones(3)
    lost = carrying.loss(one, carrying.resistivity(one))
    places = carrying.places(one, np.full(4, CELLS_K))
    # one resistivity for the whole bar, at its mean temperature: of twice the current it is 1.2 % off
    assert exact.electric.power == pytest.approx(lost.power[1], rel=4e-3)
    rise = exact.maximum().T - CELLS_K
    assert rise > 1.0
    assert places.rise[1] == pytest.approx(rise, rel=2e-2)
    out = {boundary: watts for (_, boundary), watts in thermal.heat_flows(exact).out.items()}
    only = [kind for kind in bars.kinds if 1 in kind.joints]
    between = type(bars)(tuple(only), bars.resistivity_20, bars.alpha, bars.k, bars.contact, bars.names, bars.T_ambient).carrying(
        SHARES, np.full(4, CELLS_K)
    )
    taken = between.loss(one, between.resistivity(one)).heat
    assert [out[name] for name in place] == pytest.approx(taken, rel=2e-2)
