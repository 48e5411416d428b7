"""`packtool solve --vary`: one key over a span of values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from packtool.cli.check import loaded_design
from packtool.cli.console import Format, note, print_json, say
from packtool.errors import DesignError, ExitCode, StageError, UsageError

if TYPE_CHECKING:
    from packtool.design.vary import Variation


def solve_varied(
    vary: str,
    design: Path,
    out: Path,
    sets: list[str] | None,
    only_cases: list[str] | None,
    form: Format,
    *,
    dry_run: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Solve at each value in ``out``, whose stages are run again only where the value reaches them; print the table.

    A value whose design or solve is refused says why in the table. Exit code 0 if every value was solved, else 4.
    """
    from packtool.artifacts import write_bytes, write_text
    from packtool.cli.stages import run_stages
    from packtool.design.vary import variation
    from packtool.report.vary import Varied, vary_csv, vary_plot, vary_table
    from packtool.results import ResultSet

    if form not in (Format.text, Format.json):
        raise UsageError(f"--vary prints a table or JSON, not {form.value}")
    loaded, _, _ = loaded_design(design, sets)
    varied = variation(vary, loaded.data)
    settings = [[*(sets or ()), f"{varied.key}={value:.12g}"] for value in varied.values]
    if dry_run:
        _say_what_would_run(varied, design, settings, form)
        return
    rows = []
    for value, setting in zip(varied.values, settings, strict=True):
        if not quiet:
            note(f"{varied.key} = {value:g}")
        try:
            done = run_stages(
                design, out, ("mesh", "solve"), setting, only_cases,
                force=force, dry_run=False, quiet=quiet, verbose=verbose,
            )  # fmt: skip
        except (DesignError, StageError) as error:
            rows.append(Varied(value, ResultSet(), "-", str(error).replace("packtool: ", "")))
            continue
        if done is None:  # one of rank 0's helpers, who is needed for the next value as well
            continue
        rows.append(Varied(value, done[2].results, "pass" if done[2].verdict.passes else "fail"))
    if not rows:
        return
    solved = any(row.failed is None for row in rows)
    write_text(out / "vary.csv", vary_csv(varied.key, rows))
    if solved:
        write_bytes(out / "vary.svg", vary_plot(varied.key, rows))
    if form is Format.json:
        values = [
            {"value": row.value, "verdict": row.verdict, "failed": row.failed, "results": [r.as_dict() for r in row.results]}
            for row in rows
        ]
        print_json("packtool/vary/1", {"key": varied.key, "values": values})
    else:
        say(vary_table(varied.key, rows))
    if not quiet:
        note(f"{out / 'vary.csv'}" + (f", {out / 'vary.svg'}" if solved else ""))
    raise typer.Exit(int(ExitCode.HOLDS if all(row.failed is None for row in rows) else ExitCode.STAGE_FAILED))


def _say_what_would_run(varied: Variation, design: Path, settings: list[list[str]], form: Format) -> None:
    """Each value, and what is wrong with the design at that value. Exit code 2 if anything is."""
    refused: list[str | None] = []
    for setting in settings:
        try:
            loaded_design(design, setting)
            refused.append(None)
        except DesignError as error:
            refused.append(str(error))
    if form is Format.json:
        values = [{"value": value, "refused": why} for value, why in zip(varied.values, refused, strict=True)]
        print_json("packtool/plan/1", {"key": varied.key, "values": values})
    else:
        for value, why in zip(varied.values, refused, strict=True):
            say(f"{varied.key}={value:g}  " + (f"refused: {why}" if why else "solve"))
    raise typer.Exit(int(ExitCode.USAGE if any(refused) else ExitCode.HOLDS))
