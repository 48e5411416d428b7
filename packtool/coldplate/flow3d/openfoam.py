"""A flow problem as an OpenFOAM case: its grid element by element, what flows in, and the dictionaries that simpleFoam reads.

For a second opinion on the pressure drop, and for turbulent flow, which the finite elements here do not know. The dictionaries are those of
OpenFOAM's own lines v1912 and later (its user guide, "Standard solvers", "Turbulence models"); run once with v1912.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from packtool import artifacts
from packtool.coldplate.flow3d.records import FlowProblem
from packtool.coldplate.flow3d.sections import inlet_velocity, section_of
from packtool.errors import SolveError
from packtool.mesh.polymesh import faces_of, foam_head, write_polymesh
from packtool.mesh.sides import FacetFinder

MODELS = ("laminar", "kOmegaSST")

INTENSITY = 0.05
"""Turbulence intensity of what flows in: 5 %, the usual middle of ducts (OpenFOAM user guide, k-omega SST, inlet estimates)."""
MIXING_LENGTH = 0.07
"""Its length scale over the hydraulic diameter, of developed duct flow (same place)."""
C_MU = 0.09


def write_openfoam_case(folder: Path, problem: FlowProblem, turbulence: str) -> tuple[str, ...]:
    """Write ``problem`` as a case of simpleFoam into ``folder``; the files written, relative to it.

    Patches have the names of the mesh's boundaries. Element i is OpenFOAM's cell i. Inlets get the exact mean velocity over each face's
    middle, scaled to the flow; with ``kOmegaSST`` the same profile. Pressures are kinematic, p / rho. Raises SolveError for a plane
    problem, one with prescribed velocity profiles, or an unknown model.
    """
    mesh = problem.mesh
    if mesh.dimension != 3 or problem.velocity:
        raise SolveError("an OpenFOAM case is written of flow in three dimensions with inlets, walls and outlets")
    if turbulence not in MODELS:
        raise SolveError(f"no turbulence model {turbulence!r}; there are: {', '.join(MODELS)}")
    kinds = {**dict.fromkeys(problem.walls, "wall"), **dict.fromkeys(problem.symmetry, "symmetryPlane")}
    mesh_folder = folder / "constant" / "polyMesh"
    names = write_polymesh(mesh_folder, mesh.points, mesh.elements, mesh.boundaries, patch_types=kinds)
    files = {f"constant/polyMesh/{path.name}" for path in mesh_folder.iterdir() if path.is_file()}
    nu = problem.mu / problem.rho
    turbulent = turbulence != "laminar"
    speed, scale = _inflow_scales(problem)
    k = 1.5 * (INTENSITY * speed) ** 2
    omega = np.sqrt(k) / (C_MU**0.25 * MIXING_LENGTH * scale)
    fields = {
        "U": _field("U", "volVectorField", "[0 1 -1 0 0 0 0]", "(0 0 0)", _velocity(problem), names),
        "p": _field("p", "volScalarField", "[0 2 -2 0 0 0 0]", "0", _pressure(problem), names),
    }
    if turbulent:
        small = 1e-10  # k at a wall, not 0: the model divides by it
        fields["k"] = _field(
            "k",
            "volScalarField",
            "[0 2 -2 0 0 0 0]",
            f"{k:.8g}",
            _turbulence(problem, k, f"type fixedValue; value uniform {small};"),
            names,
        )
        fields["omega"] = _field(
            "omega", "volScalarField", "[0 0 -1 0 0 0 0]", f"{omega:.8g}",
            _turbulence(problem, omega, f"type omegaWallFunction; value uniform {omega:.8g};"), names,
        )  # fmt: skip
        fields["nut"] = _field(
            "nut", "volScalarField", "[0 2 -1 0 0 0 0]", "0",
            {**_calculated(problem), **dict.fromkeys(problem.walls, "type nutUSpaldingWallFunction; value uniform 0;")}, names,
        )  # fmt: skip
    written = {f"0/{name}": text for name, text in fields.items()}
    written["constant/transportProperties"] = _dictionary(
        "transportProperties",
        f"transportModel Newtonian;\nnu {nu:.10g};\n// rho {problem.rho:.10g} kg/m3: pressures here are over it\n",
    )
    model = "simulationType laminar;\n"
    if turbulent:
        model = f"simulationType RAS;\nRAS\n{{\n    RASModel {turbulence};\n    turbulence on;\n    printCoeffs off;\n}}\n"
    written["constant/turbulenceProperties"] = _dictionary("turbulenceProperties", model)
    written["system/controlDict"] = _dictionary("controlDict", _CONTROL + _averages(problem, names))
    written["system/fvSchemes"] = _dictionary("fvSchemes", _SCHEMES)
    written["system/fvSolution"] = _dictionary("fvSolution", _SOLUTION)
    for name, text in written.items():
        artifacts.write_text(folder / name, text)
    return tuple(sorted(files | set(written)))


def _inflow_scales(problem: FlowProblem) -> tuple[float, float]:
    """Mean speed [m/s] and hydraulic diameter [m] of the fastest inlet."""
    sections = {name: section_of(problem, name) for name in problem.inlets}
    if not sections:
        raise SolveError("an OpenFOAM case is written of a flow with an inlet")
    name = max(sections, key=lambda n: problem.inlets[n].flow / sections[n].area)
    return problem.inlets[name].flow / sections[name].area, sections[name].hydraulic_diameter


def _velocity(problem: FlowProblem) -> dict[str, str]:
    faces = faces_of(problem.mesh.elements)
    outer = faces.nodes[len(faces.neighbour) :]
    find = FacetFinder(outer).first
    patches = {}
    for name, inlet in problem.inlets.items():
        mine = outer[np.sort(find(name, problem.mesh.boundaries[name]))]  # in the order of the patch's faces
        corner = problem.mesh.points[mine]
        area = np.linalg.norm(np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]), axis=1) / 2
        velocity = inlet_velocity(problem, name, corner.mean(axis=1))
        axis = section_of(problem, name).axis
        velocity *= inlet.flow / abs(float(area @ velocity[:, axis]))
        rows = "".join(f"({x:.10g} {y:.10g} {z:.10g})\n" for x, y, z in velocity.tolist())
        patches[name] = f"type fixedValue; value nonuniform List<vector>\n{len(mine)}\n(\n{rows});"
    patches |= dict.fromkeys(problem.outlets, "type zeroGradient;")
    patches |= dict.fromkeys(problem.walls, "type noSlip;")
    return patches | dict.fromkeys(problem.symmetry, "type symmetryPlane;")


def _pressure(problem: FlowProblem) -> dict[str, str]:
    patches = dict.fromkeys((*problem.inlets, *problem.walls), "type zeroGradient;")
    patches |= {name: f"type fixedValue; value uniform {p / problem.rho:.10g};" for name, p in problem.outlets.items()}
    return patches | dict.fromkeys(problem.symmetry, "type symmetryPlane;")


def _turbulence(problem: FlowProblem, inflow: float, wall: str) -> dict[str, str]:
    patches = dict.fromkeys(problem.inlets, f"type fixedValue; value uniform {inflow:.8g};")
    patches |= dict.fromkeys(problem.outlets, f"type inletOutlet; inletValue uniform {inflow:.8g}; value uniform {inflow:.8g};")
    return patches | dict.fromkeys(problem.walls, wall) | dict.fromkeys(problem.symmetry, "type symmetryPlane;")


def _calculated(problem: FlowProblem) -> dict[str, str]:
    patches = dict.fromkeys((*problem.inlets, *problem.outlets), "type calculated; value uniform 0;")
    return patches | dict.fromkeys(problem.symmetry, "type symmetryPlane;")


def _field(name: str, kind: str, dimensions: str, inside: str, patches: Mapping[str, str], names: Mapping[str, str]) -> str:
    rows = "".join(f"    {names[patch]}\n    {{\n        {body}\n    }}\n" for patch, body in patches.items())
    return (
        foam_head(kind, name, "0") + f"dimensions {dimensions};\n\ninternalField uniform {inside};\n\nboundaryField\n{{\n{rows}}}\n"
    )


def _dictionary(name: str, body: str) -> str:
    return foam_head("dictionary", name) + body


def _averages(problem: FlowProblem, names: Mapping[str, str]) -> str:
    """What makes simpleFoam print the mean pressure of every inlet and outlet."""
    rows = "".join(
        f"    p_{names[name]}\n    {{\n        type surfaceFieldValue; libs (fieldFunctionObjects); regionType patch; name {names[name]};\n"
        "        operation areaAverage; fields (p); writeFields false; log true; executeControl writeTime; writeControl writeTime;\n    }\n"
        for name in (*problem.inlets, *problem.outlets)
    )
    return f"functions\n{{\n{rows}}}\n"


_CONTROL = """application simpleFoam;
startFrom latestTime;
startTime 0;
stopAt endTime;
endTime 3000;
deltaT 1;
writeControl timeStep;
writeInterval 3000;
purgeWrite 1;
writeFormat ascii;
writePrecision 10;
timeFormat general;
runTimeModifiable true;
"""

_SCHEMES = """ddtSchemes { default steadyState; }
gradSchemes { default Gauss linear; }
divSchemes
{
    default none;
    div(phi,U) bounded Gauss linearUpwind grad(U);
    div(phi,k) bounded Gauss limitedLinear 1;
    div(phi,omega) bounded Gauss limitedLinear 1;
    div((nuEff*dev2(T(grad(U))))) Gauss linear;
}
laplacianSchemes { default Gauss linear corrected; }
interpolationSchemes { default linear; }
snGradSchemes { default corrected; }
wallDist { method meshWave; }
"""

_SOLUTION = """solvers
{
    p { solver GAMG; smoother GaussSeidel; tolerance 1e-10; relTol 0.05; }
    "(U|k|omega)" { solver smoothSolver; smoother symGaussSeidel; tolerance 1e-12; relTol 0.1; }
}
SIMPLE
{
    consistent yes;
    nNonOrthogonalCorrectors 0;
    residualControl { p 1e-6; U 1e-7; "(k|omega)" 1e-6; }
}
relaxationFactors { equations { U 0.9; k 0.8; omega 0.8; } }
"""
