"""Designs for the layout's tests, made by hand: nothing is read from files or from the shipped catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from packtool.catalogue.records import Cell, Coolant, CoolantState, Figure, Material
from packtool.design.loaded import LoadedDesign, Place
from packtool.design.schema import PackDesign

FIGURES = {
    "capacity_Ah": 176.0, "v_nom": 3.2, "v_min": 2.5, "v_max": 3.65,
    "width_mm": 174.0, "thickness_mm": 53.7, "height_mm": 207.0, "mass_kg": 3.984,
}  # fmt: skip


def cell(**changes: Any) -> Cell:
    """The demo's cell with some figures (None: unknown) or fields changed."""
    figures = {name: changes.pop(name, value) for name, value in FIGURES.items()}
    known = {name: Figure(value=value, standing="given") for name, value in figures.items() if value is not None}
    return Cell(**{"id": "calb-lfp176", "name": "CALB LFP 176 Ah", "format": "prismatic", **known, **changes})


CELL = cell()

DEMO: dict[str, Any] = {
    "packtool": 1,
    "name": "bus-lfp",
    "cell": "calb-lfp176",
    "electrical": {"series": 68, "parallel": 1},
    "arrangement": {
        "rows": 4, "cells_per_row": 17, "cell_gap_mm": 1.5, "gap_material": "pu_foam_compression_pad",
        "row_gap_mm": 12.0, "end_plate_mm": 20.0,
    },
    "interface": {"material": "gap_filler_2p0", "thickness_mm": 1.0},
    "cold_plate": {
        "type": "parallel", "passes": 2, "channels": 10, "channel_width_mm": 16.0, "channel_height_mm": 3.0, "thickness_mm": 6.0,
        "overhang_mm": 45.0, "material": "al_3003_o", "coolant": "meg50", "flow_lpm": 12.0, "inlet_degC": 22.0,
    },
    "busbars": {"material": "al_1060_busbar", "thickness_mm": 3.0, "width_mm": 40.0},
    "enclosure": {"material": "al_6061_t6", "wall_mm": 3.0, "lid_mm": 1.5},
    "ambient": {"temperature_degC": 45.0},
    "cases": {"charge_1C": {"kind": "steady", "current_A": 176.0}},
}  # fmt: skip

DENSITIES = {
    "mica": 2200.0,
    "al_6061_t6": 2700.0, "al_3003_o": 2730.0, "al_1060_busbar": 2700.0, "gap_filler_2p0": 2000.0, "pu_foam_compression_pad": 320.0,
    "stainless_304": 7900.0, "epdm": 1150.0,
}  # fmt: skip


def _material(id: str, rho: float) -> Material:
    given = Figure(value=1.0, standing="given")
    return Material(id=id, rho_kg_m3=Figure(value=rho, standing="given"), k_W_mK=given, cp_J_kgK=given)


MEG50 = Coolant(
    id="meg50",
    table=(
        CoolantState(T_degC=20.0, rho=1068.3, cp=3255.1, k=0.3799, mu=3.979e-3),
        CoolantState(T_degC=25.0, rho=1065.5, cp=3282.6, k=0.3828, mu=3.396e-3),
    ),
    standing="given",
)


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``changes`` in dotted keys; None drops a key."""
    merged = {key: dict(value) if isinstance(value, Mapping) else value for key, value in base.items()}
    for dotted, value in changes.items():
        head, _, tail = dotted.partition(".")
        target = merged if not tail else merged[head]
        name = tail or head
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
    return merged


def load(changes: Mapping[str, Any] | None = None, own: Cell = CELL) -> LoadedDesign:
    """The demo design with some keys changed, as the loader would give it; key k of a section stands in line k."""
    data = _merged(DEMO, changes or {})
    design = PackDesign.model_validate(data)
    places = {}
    for line, (section, value) in enumerate(data.items(), 1):
        places[section] = Place("pack.yaml", line * 100, 1)
        if isinstance(value, Mapping):
            places.update({f"{section}.{key}": Place("pack.yaml", line * 100 + k, 3) for k, key in enumerate(value, 1)})
    materials = {id: _material(id, rho) for id, rho in DENSITIES.items()}
    return LoadedDesign(design, own, materials, {"meg50": MEG50}, places, "pack.yaml", design.model_dump(mode="json"))


@pytest.fixture(scope="session", name="load")
def load_fixture() -> Callable[..., LoadedDesign]:
    """Build a design: ``load({"cold_plate.channels": 4}, own=cell)``."""
    return load


@pytest.fixture(scope="session", name="cell")
def cell_fixture() -> Callable[..., Cell]:
    """Build a cell: ``cell(mass_kg=None)``."""
    return cell


ROUND = {"width_mm": None, "thickness_mm": None, "height_mm": 70.0, "mass_kg": 0.069, "capacity_Ah": 4.9}


@pytest.fixture(scope="session")
def grid(load, cell):
    """Build a pack of 21 mm cells: ``grid({"arrangement.rows": 4}, diameter=18.0)``."""

    def of(changes=None, *, diameter=21.0, height=70.0, pattern="hexagonal", **more):
        arrangement = {"pattern": pattern, "rows": 6, "cells_per_row": 8, "cell_gap_mm": 1.0, **more}
        own = cell(
            **ROUND | {"height_mm": height}, id="c", format="cylindrical", diameter_mm=Figure(value=diameter, standing="given")
        )
        base = {
            "electrical": {"series": 8, "parallel": 6},
            "arrangement": {key: value for key, value in arrangement.items() if value is not None},
            "busbars": {"material": "al_1060_busbar", "thickness_mm": 0.5},
            "cold_plate": None,
            "interface": None,
        }
        return load(base | (changes or {}), own=own)

    return of
