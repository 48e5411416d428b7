"""`packtool run`, `solve`, `cad`, `mesh`: the stages over a run folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packtool.cad.choices import ASSEMBLIES, STEP_SCHEMAS
from packtool.cli.check import chosen_form, loaded_design, print_checked
from packtool.cli.console import (
    As,
    AsJson,
    DesignFile,
    DryRun,
    Force,
    Format,
    OneCase,
    OutFolder,
    Quiet,
    Sets,
    Verbose,
    app,
    cache_dir,
    note,
    print_json,
    say,
)
from packtool.errors import ExitCode, UsageError
from packtool.mesh.formats import FORMATS

if TYPE_CHECKING:
    from packtool.cad.options import CadOptions


@dataclass(frozen=True)
class Asked:
    """What every command over a run folder is given."""

    design: Path
    out: Path
    sets: Sequence[str] | None
    dry_run: bool
    force: bool
    quiet: bool
    verbose: bool
    form: Format = Format.text
    only_cases: Sequence[str] | None = None

    @property
    def as_json(self) -> bool:
        return self.form is Format.json


def run_stages(
    asked: Asked, stages: tuple[str, ...], options: CadOptions | None = None, formats: tuple[str, ...] = ()
) -> tuple[Any, Any, Any] | None:
    """Load, plan, run; what stands in the run folder afterwards. None after a dry run."""
    from packtool.cad.options import DEFAULT_OPTIONS, chosen
    from packtool.workflow.launch import launched, without_launcher
    from packtool.workflow.ranks import leading, take_part
    from packtool.workflow.request import Request, formats_of, steps_of
    from packtool.workflow.run import carry_out, stage_arguments

    out = asked.out
    loaded, layout, text = loaded_design(asked.design, asked.sets)
    cases = _cases(tuple(loaded.design.cases), asked)
    if not str(out) or str(out) == ".":
        raise UsageError("-o wants a folder of its own: give it a name")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; -o wants a folder")
    if options is not None:
        chosen(layout, options)  # a part that is not there is refused before anything runs
    launch = launched(os.environ)
    environment = without_launcher(os.environ)
    environment.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")  # vectors are short: more threads double the time of a solve beside another
    request = Request(
        loaded,
        layout,
        out,
        stages,
        cases,
        text,
        cache_dir(),
        environment,
        asked.force,
        root=Path.cwd(),
        cad=options or DEFAULT_OPTIONS,
        formats=formats_of(out, formats),
    )
    if asked.dry_run and asked.as_json:
        steps = [{"stage": step.stage, "runs": bool(step.reasons), "reasons": list(step.reasons)} for step in steps_of(request)]
        print_json("packtool/plan/1", {"steps": steps})
        return None
    if asked.dry_run:
        for step in steps_of(request):
            say(f"{step.stage:<12} " + ("runs: " + "; ".join(step.reasons) if step.reasons else "up to date"))
        return None
    if launch.rank > 0:
        take_part(lambda stage: stage_arguments(request, stage))
        return None
    from packtool.workflow.progress import Progress

    with (
        leading(launch) as leader,
        Progress(sys.stderr, quiet=asked.quiet, verbose=asked.verbose, live=sys.stderr.isatty() and not asked.quiet) as progress,
    ):
        outcome = carry_out(request, progress.tell, leader)
    return loaded, layout, outcome


def _cases(known: tuple[str, ...], asked: Asked) -> tuple[str, ...]:
    """The cases to solve: all, or those that were asked for."""
    if not asked.only_cases:
        return known
    from packtool.catalogue.load import nearest

    for name in asked.only_cases:
        if name not in known:
            close = nearest(name, known)
            raise UsageError(
                f"no case {name!r} in {asked.design}: {', '.join(known)}" + (f" (did you mean {close}?)" if close else "")
            )
    return tuple(name for name in known if name in asked.only_cases)


Parquet = Annotated[bool, typer.Option("--parquet", help="Series of cases over time as .parquet beside the .csv (needs pyarrow).")]


@app.command()
def run(
    design: DesignFile,
    out: OutFolder,
    sets: Sets = None,
    form: As = Format.text,
    as_json: AsJson = False,
    only_cases: OneCase = None,
    dry_run: DryRun = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    parquet: Parquet = False,
) -> None:
    """Every stage: CAD, mesh, temperatures, verdict and report."""
    asked = Asked(design, out, sets, dry_run, force, quiet, verbose, chosen_form(form, as_json), only_cases)
    _solve_and_judge(asked, ("cad", "mesh", "solve", "export-mesh", "report"), parquet)


@app.command()
def solve(
    design: DesignFile,
    out: OutFolder,
    sets: Sets = None,
    form: As = Format.text,
    as_json: AsJson = False,
    only_cases: OneCase = None,
    dry_run: DryRun = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    vary: Annotated[
        str | None, typer.Option("--vary", metavar="KEY=A:B:STEP", help="Solve for each value; table, vary.csv and vary.svg.")
    ] = None,
    parquet: Parquet = False,
) -> None:
    """Mesh and temperatures only, with the verdict."""
    asked = Asked(design, out, sets, dry_run, force, quiet, verbose, chosen_form(form, as_json), only_cases)
    if vary is not None:
        from packtool.cli.vary import solve_varied

        if parquet:
            raise UsageError("--vary keeps no series: leave --parquet out")
        solve_varied(vary, asked)
    else:
        _solve_and_judge(asked, ("mesh", "solve"), parquet)


def _solve_and_judge(asked: Asked, stages: tuple[str, ...], parquet: bool) -> None:
    if parquet:
        from packtool.workflow.series_parquet import require_pyarrow, write_parquet

        require_pyarrow()
    done = run_stages(asked, stages)
    if done is None:
        return
    loaded, _, outcome = done
    if parquet:
        write_parquet(asked.out, _cases(tuple(loaded.design.cases), asked))
    from packtool.report.records import Checked

    if asked.as_json:
        say((asked.out / "results.json").read_text(encoding="utf-8"))
    else:
        print_checked([Checked(loaded.file, loaded.design.name, outcome.verdict)], asked.form)
    if not asked.quiet:
        shown = "report.html" if "report" in stages else "results.json"
        note(f"{asked.out / shown}")
    raise typer.Exit(int(outcome.verdict.exit_code))


def _one_stage(
    asked: Asked,
    stages: tuple[str, ...],
    line: Callable[[Any], str],
    options: CadOptions | None = None,
    formats: tuple[str, ...] = (),
) -> Any:
    done = run_stages(asked, stages, options, formats)
    if done is None:
        return None
    report = done[2].records[stages[0]].report
    if asked.as_json:
        print_json(f"packtool/{stages[0].removesuffix('-part')}/1", dict(report))
    elif not asked.quiet:
        say(line(report))
        if exported := done[2].records.get("export-mesh"):
            say("files: mesh.json, " + ", ".join(FORMATS[name].place for name in exported.report["formats"]))
    return report


@app.command()
def cad(
    design: DesignFile,
    out: OutFolder,
    sets: Sets = None,
    part: Annotated[
        str | None, typer.Option("--part", metavar="NAME", help="Only this part (R1C01) or product, in its own frame.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ROLE", help=f"Only these: {', '.join(ASSEMBLIES)}, or a role (lid).")
    ] = None,
    step_schema: Annotated[
        str, typer.Option("--step-schema", metavar="|".join(STEP_SCHEMAS), help="What the STEP follows.")
    ] = "ap242",
    exploded: Annotated[bool, typer.Option("--exploded", help="The pack taken apart as well: -exploded.step and .glb.")] = False,
    picture: Annotated[bool, typer.Option("--picture", help="PNGs: whole, lid off, exploded, section through the plate.")] = False,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """STEP, STL, GLB, 3MF, bill of materials and mass, checked."""
    from packtool.cad.options import CadOptions
    from packtool.report.stage_text import cad_text
    from packtool.workflow.cad_verdict import cad_findings

    options = CadOptions(step_schema, exploded, picture, part, tuple(only or ()))
    stages = ("cad",) if options.whole else ("cad-part",)
    asked = Asked(design, out, sets, dry_run, force, quiet, verbose, chosen_form(Format.text, as_json))
    report = _one_stage(asked, stages, cad_text, options)
    if report is not None and any(finding.severity == "error" for finding in cad_findings(report, str(design))):
        raise typer.Exit(int(ExitCode.RULE_FAILS))


def _mesh_formats(asked: list[str] | None) -> tuple[str, ...]:
    from packtool.catalogue.load import nearest

    for name in asked or ():
        if name not in FORMATS:
            close = nearest(name, FORMATS)
            raise UsageError(
                f"no mesh format {name!r}; there are: {', '.join(FORMATS)}" + (f" (did you mean {close}?)" if close else "")
            )
    return tuple(asked or ())


MeshFormats = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="F", help=f"Write it as F too (may be given again): {', '.join(FORMATS)}. msh is always written."
    ),
]


@app.command()
def mesh(
    design: DesignFile,
    out: OutFolder,
    formats: MeshFormats = None,
    sets: Sets = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The mesh with named regions and boundaries, and its quality."""
    from packtool.report.stage_text import mesh_text

    asked = Asked(design, out, sets, dry_run, force, quiet, verbose, chosen_form(Format.text, as_json))
    _one_stage(asked, ("mesh", "export-mesh"), mesh_text, formats=_mesh_formats(formats))
