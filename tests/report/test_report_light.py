"""What `packtool check` prints with needs no heavy library."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_the_text_formats_load_neither_numpy_nor_any_picture_library():
    script = "import packtool.report.formats, packtool.report.standing, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & {"numpy", "vtkmodules", "vtk", "matplotlib", "jinja2", "scipy", "cadquery", "gmsh", "dolfinx"}
