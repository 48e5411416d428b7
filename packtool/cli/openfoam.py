"""`packtool openfoam`: the coolant's flow as a case of another program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from packtool.cli.check import loaded_design
from packtool.cli.console import AsJson, DesignFile, Quiet, Sets, app, print_json, say
from packtool.errors import UsageError


@app.command()
def openfoam(
    design: DesignFile,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The case's folder.", show_default=False)],
    turbulence: Annotated[
        str | None,
        typer.Option("--turbulence", metavar="laminar|kOmegaSST", help="By the Reynolds number unless given.", show_default=False),
    ] = None,
    sets: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """The cold plate's flow as an OpenFOAM case."""
    from packtool.coldplate.flow3d.design_plate import plate_flow
    from packtool.coldplate.flow3d.openfoam import MODELS, write_openfoam_case
    from packtool.layout.complaints import said_at_its_key
    from packtool.layout.coolant import RE_LAMINAR

    if turbulence is not None and turbulence not in MODELS:
        raise UsageError(f"no turbulence model {turbulence!r}; there are: {', '.join(MODELS)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already; -o wants a new or an empty folder")
    loaded, layout, _ = loaded_design(design, sets)
    if loaded.design.cold_plate is None:
        raise UsageError(f"{design} has no cold_plate, so no coolant flows")
    with said_at_its_key(loaded):
        problem, Re = plate_flow(loaded, layout)
    model = turbulence or ("laminar" if Re <= RE_LAMINAR else "kOmegaSST")
    files = write_openfoam_case(out, problem, model)
    elements = len(problem.mesh.elements)
    if as_json:
        print_json(
            "packtool/openfoam/1",
            {"folder": str(out), "model": model, "Re": Re, "elements": elements, "rho_kg_m3": problem.rho, "files": list(files)},
        )
    elif not quiet:
        say(f"{out}: {elements} elements, lower half of the channels, {model} (Re {Re:.0f})")
        say(f"run simpleFoam there; pressures are over rho, {problem.rho:.1f} kg/m3")
