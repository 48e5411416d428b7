"""A small valid design, and a way to ask what is wrong with a changed one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from packtool.design.load import design_from_text
from packtool.errors import Complaint, DesignError

# Lines are counted in the tests: add to the end only.
VALID = """\
packtool: 1
name: small-pack
description: Eight cells for the tests
cell: {like: calb-lfp176, resistance_like: calb-ca180fi}
electrical: {series: 4, parallel: 2}
arrangement:
  rows: 2
  cells_per_row: 4
  cell_gap_mm: 1.5
  gap_material: pu_foam_compression_pad
  row_gap_mm: 12
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate:
  type: parallel
  passes: 2
  channels: 4
  channel_width_mm: 16
  channel_height_mm: 3
  thickness_mm: 6
  material: al_3003_o
  coolant: meg50
  flow_lpm: 12
  inlet_degC: 22
busbars: {material: al_1060_busbar, thickness_mm: 3, width_mm: 40}
enclosure: {material: al_6061_t6, wall_mm: 3, lid_mm: 1.5}
ambient: {temperature_degC: 45}
cases:
  charge: {kind: steady, current_A: 176}
limits: {cell_max_degC: 45, envelope_mm: [1200, 900, 300]}
overrides: {cells: {R1C02: {resistance_mOhm: 1.4}}}
"""

Complain = Callable[..., list[Complaint]]


@pytest.fixture
def valid() -> str:
    """The text of a valid design of 30 lines."""
    return VALID


@pytest.fixture
def complaints(tmp_path: Path) -> Complain:
    """What is wrong with a text, as a list; empty if it is a valid design."""

    def of(text: str, sets: Sequence[str] = ()) -> list[Complaint]:
        try:
            design_from_text(text, "pack.yaml", tmp_path, sets)
        except DesignError as error:
            return list(error.complaints) or pytest.fail("a DesignError says what is wrong")
        return []

    return of


@pytest.fixture
def changed(valid: str) -> Callable[[str, str], str]:
    """The valid design with one piece of text replaced, once."""

    def of(old: str, new: str) -> str:
        assert valid.count(old) == 1, f"{old!r} must be in the valid design exactly once"
        return valid.replace(old, new)

    return of
