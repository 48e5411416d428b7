"""What several tests of the mesh share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import solid_shapes


@pytest.fixture(scope="session", name="shapes")
def shapes_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    subprocess.run([sys.executable, solid_shapes.__file__, str(folder)], check=True, timeout=120, capture_output=True)
    return folder
