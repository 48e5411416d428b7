"""What the CAD tests share: the small pack, built once."""

from __future__ import annotations

from pathlib import Path

import pytest
from cad_layouts import MATERIALS, Built, small_pack
from step_shapes import bracket, write_step

from packtool.cad.build import build_cad


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small pack with all its files."""
    folder = tmp_path_factory.mktemp("small pack")
    layout = small_pack()
    return Built(layout, folder, build_cad(layout, MATERIALS, folder, energy_Wh=500.0))


@pytest.fixture(scope="session")
def step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_step(tmp_path_factory.mktemp("drawn elsewhere") / "angle.step", bracket())
