"""The light commands load nothing heavy; the stages miss an extra with its install line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs

ROOT = Path(__file__).parents[1]
HEAVY = {"numpy", "scipy", "cadquery", "OCP", "gmsh", "meshio", "dolfinx", "dolfinx_solver", "petsc4py", "ufl", "mpi4py", "vtk", "vtkmodules",
         "matplotlib", "fluids", "ht", "jinja2", "bpx", "numba"}  # fmt: skip


def modules_after(arguments, cwd):
    """Top-level modules that `packtool ARGUMENTS` has loaded when it ends, and its exit code."""
    script = (
        "import sys, json\n"
        "sys.argv = ['packtool', *json.loads(sys.argv[1])]\n"
        "from packtool.cli import main\n"
        "code = 0\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "print('\\n@@' + json.dumps([code or 0, sorted({m.partition('.')[0] for m in sys.modules})]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(arguments)], capture_output=True, text=True, cwd=cwd, check=True
    )
    code, modules = json.loads(done.stdout.rpartition("@@")[2])
    return code, set(modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", str(ROOT / "templates" / "bus-lfp.yaml")],
        ["cells"],
        ["materials", "al_3003_o"],
        ["coolants", "--json"],
        ["templates"],
        ["schema"],
        ["doctor"],
        ["new", "my-pack"],
        ["run", str(ROOT / "templates" / "bus-lfp.yaml"), "-o", "out", "-n"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_light_commands_load_no_heavy_library(arguments, tmp_path):
    code, modules = modules_after(arguments, tmp_path)
    assert code in (0, 1)
    assert modules & HEAVY == set()


@pytest.mark.parametrize(
    ("module", "arguments", "extra"),
    [("cadquery", ["cad"], "cad"), ("scipy", ["solve"], "fem")],
)
def test_a_missing_extra_is_named_with_its_install_line_and_exit_3(module, arguments, extra, tmp_path):
    blank = tmp_path / "blanked"
    blank.mkdir()
    names = {"cadquery": ("cadquery", "OCP"), "scipy": ("scipy", "numpy", "gmsh", "meshio", "dolfinx", "dolfinx_solver")}[module]
    (blank / "sitecustomize.py").write_text(
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {names!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "packtool", *arguments, str(ROOT / "templates" / "bus-lfp.yaml"), "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(blank), "HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert f"packtool[{extra}]" in done.stderr
    assert "Traceback" not in done.stderr
