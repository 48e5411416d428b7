"""A flow problem written as an OpenFOAM case: what its files say of patches, flow and models."""

import re

import numpy as np
import pytest

from packtool.coldplate.flow3d.openfoam import write_openfoam_case
from packtool.coldplate.flow3d.records import DevelopedInlet, FlowProblem
from packtool.errors import SolveError
from packtool.fem.lattice import graded, grid

pytestmark = pytest.mark.fem

FLOW = 4e-6
MESH = grid([np.linspace(0, 20e-3, 5), graded(0, 10e-3, 6, 3.0), graded(0, 1.5e-3, 4, 2.0, False)])
DUCT = FlowProblem(
    MESH, 1062.0, 3.16e-3, inlets={"x-": DevelopedInlet(FLOW)}, walls=("y-", "y+", "z-"), symmetry=("z+",), outlets={"x+": 50.0}
)  # fmt: skip
SPEED = FLOW / (10e-3 * 1.5e-3)


@pytest.fixture(scope="module", params=["laminar", "kOmegaSST"])
def case(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return folder, request.param, write_openfoam_case(folder, DUCT, request.param)


def patches(folder):
    """Name in the files -> (type, first face, number of faces)."""
    text = (folder / "constant/polyMesh/boundary").read_text()
    rows = re.findall(r"(\S+)\n\{\n    type (\w+);\n    nFaces (\d+);\n    startFace (\d+);", text)
    return {name: (kind, int(start), int(n)) for name, kind, n, start in rows}


def numbers(path):
    body = path.read_text().split("\n(\n", 1)[1].rsplit(")\n", 1)[0]
    return np.array([[float(v) for v in re.sub(r"^\d*\(|\)$", "", row).split()] for row in body.splitlines()])


def test_every_file_that_is_named_is_there(case):
    folder, model, files = case
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert set(files) == there
    assert {"system/controlDict", "system/fvSchemes", "system/fvSolution", "constant/transportProperties", "0/U", "0/p"} <= there
    assert ({"0/k", "0/omega", "0/nut"} <= there) == (model == "kOmegaSST")
    for name in files:
        text = (folder / name).read_text()
        assert text.count("{") == text.count("}")
        assert text.count("(") == text.count(")")
        assert re.search(rf"object {re.escape(name.rpartition('/')[2])};", text)  # OpenFOAM refuses a field without


def test_patches_are_walls_planes_of_symmetry_and_openings(case):
    folder, _, _ = case
    kinds = {name: kind for name, (kind, _, _) in patches(folder).items()}
    assert sorted(kinds.values()) == ["patch", "patch", "symmetryPlane", "wall", "wall", "wall"]
    for field in (folder / "0").iterdir():
        named = set(re.findall(r"^    (\S+)\n    \{", field.read_text(), re.M))
        assert named == set(kinds), field.name


def test_the_inlet_s_faces_carry_the_flow_with_the_developed_profile(case):
    folder, _, _ = case
    names = patches(folder)
    text = (folder / "0/U").read_text()
    inlet = re.search(r"(\S+)\n    \{\n        type fixedValue; value nonuniform List<vector>\n(\d+)\n\(\n(.*?)\);", text, re.S)
    velocity = np.array([[float(v) for v in row.strip("()").split()] for row in inlet[3].splitlines()])
    _, start, n = names[inlet[1]]
    assert len(velocity) == n == int(inlet[2]) == 24
    points, faces = numbers(folder / "constant/polyMesh/points"), numbers(folder / "constant/polyMesh/faces").astype(int)
    corner = points[faces[start : start + n]]
    area = np.prod(np.ptp(corner, axis=1)[:, 1:], axis=1)
    assert (velocity[:, 0] > 0).all()
    assert area @ velocity[:, 0] == pytest.approx(FLOW, rel=1e-8)  # ten digits are written
    middle = corner.mean(axis=1)
    fastest = middle[velocity[:, 0].argmax()]  # half the height: fastest beside the symmetry plane, far from the sides
    assert fastest[2] == middle[:, 2].max()
    assert 0.3 < fastest[1] / 10e-3 < 0.7


def test_pressures_are_kinematic_and_the_outlet_s_is_kept(case):
    folder, _, _ = case
    assert f"value uniform {50 / 1062:.10g};" in (folder / "0/p").read_text()
    assert f"nu {3.16e-3 / 1062:.10g};" in (folder / "constant/transportProperties").read_text()


def test_turbulence_at_the_inlet_is_five_percent_of_the_mean_speed(tmp_path):
    write_openfoam_case(tmp_path, DUCT, "kOmegaSST")
    k = float(re.search(r"internalField uniform (\S+);", (tmp_path / "0/k").read_text())[1])
    omega = float(re.search(r"internalField uniform (\S+);", (tmp_path / "0/omega").read_text())[1])
    assert k == pytest.approx(1.5 * (0.05 * SPEED) ** 2, rel=1e-6)
    D_h = 2 * 10e-3 * 3e-3 / 13e-3  # of the whole duct: what is meshed is its half
    assert omega == pytest.approx(np.sqrt(k) / (0.09**0.25 * 0.07 * D_h), rel=1e-6)
    assert "RASModel kOmegaSST;" in (tmp_path / "constant/turbulenceProperties").read_text()


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(SolveError, match=r"no turbulence model 'rans'; there are: laminar, kOmegaSST"):
        write_openfoam_case(tmp_path, DUCT, "rans")
    flat = FlowProblem(grid([np.linspace(0, 1, 3)] * 2), 1.0, 1.0, inlets={"x-": DevelopedInlet(1.0)}, outlets={"x+": 0.0})
    with pytest.raises(SolveError, match="three dimensions"):
        write_openfoam_case(tmp_path, flat, "laminar")
