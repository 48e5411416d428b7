"""The command line: arguments in, one call, text out, exit code. Nothing is computed here."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from packtool import __version__
from packtool.errors import ExitCode, PacktoolError, UsageError
from packtool.outlet import open_outlets

app = typer.Typer(
    name="packtool",
    help="Battery pack design from one YAML file: CAD, mesh, temperatures, cold plate, rules, verdict and report.",
    epilog="Exit codes: 0 all rules hold, 1 a rule fails, 2 wrong usage or design, 3 something is not installed, 4 a stage failed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Format(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"
    junit = "junit"
    sarif = "sarif"
    github = "github"


DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN", help="The design file (YAML).", show_default=False)]
OutFolder = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The run folder.", show_default=False)]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a key, e.g. cold_plate.flow_lpm=8.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (the same as --format json).")]
As = Annotated[Format, typer.Option("--format", help="How to print the findings.")]
Force = Annotated[bool, typer.Option("--force", help="Run every stage again.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would run and why; write nothing.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages, only the result.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say why each stage runs.")]
OneCase = Annotated[list[str] | None, typer.Option("--case", metavar="CASE", help="Only this case (may be given again).")]


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _width() -> int:
    if not sys.stdout.isatty():
        return 100
    return os.get_terminal_size(sys.stdout.fileno()).columns or 100  # a terminal without a size says 0


def _say(text: str) -> None:
    """Payload: to standard output."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _note(text: str) -> None:
    """Message: to standard error."""
    sys.stderr.write(text + "\n")


def _print_json(schema: str, payload: Any) -> None:
    import json

    value = {"$schema": schema, **payload} if isinstance(payload, dict) else {"$schema": schema, "items": payload}
    _say(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def _load(path: Path, sets: list[str] | None) -> tuple[Any, Any, str]:
    """The design, its layout and its text."""
    from packtool.design.load import load_design
    from packtool.layout.lay_out import lay_out

    loaded = load_design(path, sets or ())
    return loaded, lay_out(loaded), path.read_text(encoding="utf-8-sig")


def _cache_dir() -> Path:
    """Where compiled forms are kept: $PACKTOOL_CACHE, else the user's cache folder."""
    chosen = os.environ.get("PACKTOOL_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "packtool"


def _one_process_only() -> None:
    for variable in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"):
        ranks = os.environ.get(variable, "")
        if ranks.isdigit() and int(ranks) > 1:
            raise UsageError("this version solves in one process: leave mpiexec out (runs under MPI come with a later version)")


def _print_checked(designs: list[Any], form: Format) -> None:
    """The verdicts in the asked format, to standard output."""
    from packtool.report.formats import rendered
    from packtool.rules.judge import RULES

    _say(rendered(form.value, designs, RULES, width=_width(), colour=_colour(), version=__version__, root=Path.cwd()))


def _form(form: Format, as_json: bool) -> Format:
    return Format.json if as_json else form


@app.command()
def check(
    designs: Annotated[list[Path], typer.Argument(metavar="DESIGN...", help="Design files (YAML).", show_default=False)],
    sets: Sets = None,
    form: As = Format.text,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check designs: every rule that needs no solve, in a second."""
    from packtool.errors import DesignError
    from packtool.report.records import Checked
    from packtool.rules.judge import judge
    from packtool.rules.records import Evidence

    form = _form(form, as_json)
    checked, codes = [], [ExitCode.HOLDS]
    for path in designs:
        try:
            loaded, layout, _ = _load(path, sets)
        except DesignError as error:
            if form is Format.text:
                _note(str(error))
            else:
                checked.append(Checked(str(path), str(path), None, error.complaints))
            codes.append(error.exit_code)
            continue
        verdict = judge(Evidence(loaded, layout))
        codes.append(verdict.exit_code)
        if not (quiet and form is Format.text and verdict.passes):
            checked.append(Checked(loaded.file, loaded.design.name, verdict))
    if checked:
        _print_checked(checked, form)
    raise typer.Exit(int(max(codes)))


def _run_stages(
    path: Path,
    out: Path,
    stages: tuple[str, ...],
    sets: list[str] | None,
    only_cases: list[str] | None = None,
    *,
    force: bool,
    dry_run: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool = False,
) -> tuple[Any, Any, Any] | None:
    """Load, plan, run; what stands in the run folder afterwards. None after a dry run."""
    from packtool.workflow.run import Request, carry_out, steps_of

    loaded, layout, text = _load(path, sets)
    cases = tuple(loaded.design.cases)
    if only_cases:
        from packtool.catalogue.load import nearest

        for name in only_cases:
            if name not in cases:
                close = nearest(name, cases)
                raise UsageError(f"no case {name!r} in {path}: {', '.join(cases)}" + (f" (did you mean {close}?)" if close else ""))
        cases = tuple(name for name in cases if name in only_cases)
    _one_process_only()
    if not str(out) or str(out) == ".":
        raise UsageError("-o wants a folder of its own: give it a name")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; -o wants a folder")
    environment = dict(os.environ)
    environment.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    request = Request(loaded, layout, out, stages, cases, text, _cache_dir(), environment, force, root=Path.cwd())
    if dry_run and as_json:
        steps = [{"stage": step.stage, "runs": bool(step.reasons), "reasons": list(step.reasons)} for step in steps_of(request)]
        _print_json("packtool/plan/1", {"steps": steps})
        return None
    if dry_run:
        for step in steps_of(request):
            _say(f"{step.stage:<12} " + ("runs: " + "; ".join(step.reasons) if step.reasons else "up to date"))
        return None
    from packtool.workflow.progress import Progress

    with Progress(sys.stderr, quiet=quiet, verbose=verbose, live=sys.stderr.isatty() and not quiet) as progress:
        outcome = carry_out(request, progress.tell)
    return loaded, layout, outcome


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
) -> None:
    """Every stage: CAD, mesh, temperatures, verdict and report."""
    _solve_and_judge(design, out, ("cad", "mesh", "solve", "export-mesh", "report"), sets, form, as_json, only_cases,
                     dry_run=dry_run, force=force, quiet=quiet, verbose=verbose)  # fmt: skip


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
) -> None:
    """Mesh and temperatures only, with the verdict."""
    _solve_and_judge(design, out, ("mesh", "solve"), sets, form, as_json, only_cases,
                     dry_run=dry_run, force=force, quiet=quiet, verbose=verbose)  # fmt: skip


def _solve_and_judge(
    design: Path,
    out: Path,
    stages: tuple[str, ...],
    sets: list[str] | None,
    form: Format,
    as_json: bool,
    only_cases: list[str] | None,
    *,
    dry_run: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    done = _run_stages(
        design,
        out,
        stages,
        sets,
        only_cases,
        force=force,
        dry_run=dry_run,
        quiet=quiet,
        verbose=verbose,
        as_json=_form(form, as_json) is Format.json,
    )
    if done is None:
        return
    loaded, _, outcome = done
    from packtool.report.records import Checked

    if _form(form, as_json) is Format.json:
        _say((out / "results.json").read_text(encoding="utf-8"))
    else:
        _print_checked([Checked(loaded.file, loaded.design.name, outcome.verdict)], form)
    if not quiet:
        shown = "report.html" if "report" in stages else "results.json"
        _note(f"{out / shown}")
    raise typer.Exit(int(outcome.verdict.exit_code))


def _one_stage(
    stages: tuple[str, ...],
    design: Path,
    out: Path,
    sets: list[str] | None,
    as_json: bool,
    line: Callable[[Any], str],
    **flags: bool,
) -> None:
    done = _run_stages(
        design, out, stages, sets,
        force=flags["force"], dry_run=flags["dry_run"], quiet=flags["quiet"], verbose=flags["verbose"], as_json=as_json,
    )  # fmt: skip
    if done is None:
        return
    report = done[2].records[stages[0]].report
    if as_json:
        _print_json(f"packtool/{stages[0]}/1", dict(report))
    elif not flags["quiet"]:
        _say(line(report))


@app.command()
def cad(
    design: DesignFile,
    out: OutFolder,
    sets: Sets = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """STEP, STL, GLB, bill of materials and mass properties."""
    from packtool.report.stage_text import cad_text

    _one_stage(("cad",), design, out, sets, as_json, cad_text, dry_run=dry_run, force=force, quiet=quiet, verbose=verbose)


@app.command()
def mesh(
    design: DesignFile,
    out: OutFolder,
    sets: Sets = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The mesh with named regions and boundaries, and its quality."""
    from packtool.report.stage_text import mesh_text

    stages = ("mesh", "export-mesh")
    _one_stage(stages, design, out, sets, as_json, mesh_text, dry_run=dry_run, force=force, quiet=quiet, verbose=verbose)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the design; also of its file, NAME.yaml.", show_default=False)],
    template: Annotated[str, typer.Option("--template", "-t", metavar="T", help="The template to start from.")] = "bus-lfp",
) -> None:
    """Write a design file to edit."""
    from packtool.artifacts import write_text
    from packtool.catalogue.load import nearest
    from packtool.design.json_schema import SCHEMA_FILE
    from packtool.design.templates import new_design_text, templates

    known = templates()
    if template not in known:
        close = nearest(template, known)
        raise UsageError(
            f"no template {template!r}; there are: {', '.join(known)}" + (f" (did you mean {close}?)" if close else "")
        )
    text = new_design_text(known[template], name)
    path = Path(f"{name}.yaml")
    if path.exists():
        raise UsageError(f"{path} exists already; nothing was written")
    write_text(path, text)
    if not Path(SCHEMA_FILE).exists():  # what the file's first line names, for editors
        write_text(Path(SCHEMA_FILE), _schema_text())
    _say(f"wrote {path}; next: packtool check {path}")


@app.command("templates")
def list_templates(as_json: AsJson = False) -> None:
    """The designs to start from."""
    from packtool.design.templates import templates

    known = templates()
    if as_json:
        _print_json("packtool/templates/1", {"templates": {name: t.description for name, t in known.items()}})
    else:
        for name, entry in known.items():
            _say(textwrap.fill(entry.description, 79, initial_indent=f"{name:<16} ", subsequent_indent=" " * 17))


Ident = Annotated[str | None, typer.Argument(metavar="[ID]", help="Show this one in full.", show_default=False)]


def _catalogue(kind: str, ident: str | None, as_json: bool) -> None:
    from packtool.catalogue import load
    from packtool.report import listing

    known: Any
    table: Callable[[Any], str]
    card: Callable[[Any, Any], str]
    if kind == "cells":
        known, table, card = load.cells(), listing.cell_table, listing.cell_card
    elif kind == "materials":
        known, table, card = load.materials(), listing.material_table, listing.material_card
    else:
        known, table, card = load.coolants(), listing.coolant_table, listing.coolant_card
    if ident is not None and ident not in known:
        close = load.nearest(ident, known)
        raise UsageError(
            f"no {kind[:-1]} {ident!r}" + (f" (did you mean {close}?)" if close else "") + f"; `packtool {kind}` lists them"
        )
    if as_json and ident is not None:
        _print_json(f"packtool/{kind[:-1]}/1", listing.as_json(known[ident]))
    elif as_json:
        _print_json(f"packtool/{kind}/1", {kind: {name: listing.as_json(known[name]) for name in known}})
    else:
        _say(table(known) if ident is None else card(known[ident], load.sources()))


@app.command()
def cells(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's cells: what is known, how well, from where."""
    _catalogue("cells", ident, as_json)


@app.command()
def materials(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's solid materials."""
    _catalogue("materials", ident, as_json)


@app.command()
def coolants(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's coolants."""
    _catalogue("coolants", ident, as_json)


@app.command()
def schema() -> None:
    """The JSON Schema of the design file, for editors."""
    _say(_schema_text())


def _schema_text() -> str:
    import json

    from packtool.design.json_schema import design_json_schema

    return json.dumps(design_json_schema(), indent=2, ensure_ascii=False) + "\n"


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """What is installed, what is missing, and the line that mends it."""
    from packtool.workflow.doctor import examine

    findings = examine(_cache_dir())
    if as_json:
        _print_json("packtool/doctor/1", {"checks": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            _say(finding.line())
    raise typer.Exit(int(ExitCode.HOLDS if all(f.ok for f in findings if f.needed) else ExitCode.NOT_INSTALLED))


@app.command()
def verify(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these cases, e.g. A1 D5.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The verification cases against their published references."""
    from packtool.catalogue.load import nearest
    from packtool.report.verification_text import verification_rows, verification_table
    from packtool.verification.registry import cases

    known = {case.id: case for case in cases()}
    for ident in ids or ():
        if ident not in known:
            close = nearest(ident, known)
            raise UsageError(
                f"no verification case {ident!r}; there are {', '.join(known)}" + (f" (did you mean {close}?)" if close else "")
            )
    from packtool.fem.start import use_cache

    use_cache(_cache_dir())
    done = [(case, tuple(case.run())) for case in known.values() if not ids or case.id in ids]
    if as_json:
        _print_json("packtool/verify/1", {"cases": verification_rows(done)})
    else:
        _say(verification_table(done))
    raise typer.Exit(int(ExitCode.HOLDS if all(row.passes for _, rows in done for row in rows) else ExitCode.RULE_FAILS))


def _version(asked: bool) -> None:
    if asked:
        _say(f"packtool {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    pass


_INTERRUPTED = "packtool: interrupted; what was finished is kept, the next run continues"


def main() -> None:
    """Entry point: every packtool error becomes its message and its exit code; nothing else may pass as one."""
    open_outlets()
    try:
        try:
            app(standalone_mode=True)
        finally:
            sys.stdout.flush()  # so that a full disk is told as any other error is
    except SystemExit as end:
        if end.code == ExitCode.INTERRUPTED:  # typer's way of passing a KeyboardInterrupt on
            _note(_INTERRUPTED)
        raise
    except KeyboardInterrupt:
        _note(_INTERRUPTED)
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None
    except PacktoolError as error:
        _note(f"packtool: {error}" if "\n" not in str(error) else str(error))
        raise SystemExit(int(error.exit_code)) from None
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("packtool"):
            raise
        from packtool.workflow.doctor import mend_for

        _note(f"packtool: {error.name} is not installed\n  mend it with: {mend_for(error.name or '')}")
        raise SystemExit(int(ExitCode.NOT_INSTALLED)) from None
    except OSError as error:
        if os.environ.get("PACKTOOL_DEBUG"):
            raise
        _note(f"packtool: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        raise SystemExit(int(ExitCode.STAGE_FAILED)) from None
    except Exception as error:
        if os.environ.get("PACKTOOL_DEBUG"):
            raise
        _note(f"packtool: internal error: {type(error).__name__}: {error}\n  (PACKTOOL_DEBUG=1 shows where; please report it)")
        raise SystemExit(int(ExitCode.STAGE_FAILED)) from None
