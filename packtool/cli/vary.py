"""`packtool solve --vary`: one key over a span of values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from packtool.cli.check import loaded_design
from packtool.cli.console import Format, note, print_json, say
from packtool.errors import DesignError, ExitCode, StageError, UsageError

if TYPE_CHECKING:
    from packtool.cli.stages import Asked
    from packtool.design.vary import Variation


def solve_varied(vary: str, asked: Asked) -> None:
    """Solve at each value in ``out``, whose stages are run again only where the value reaches them; print the table.

    A value whose design or solve is refused says why in the table. Exit code 0 if every value was solved, else 4.
    """
    from packtool.artifacts import write_bytes, write_text
    from packtool.cli.stages import run_stages
    from packtool.design.vary import variation
    from packtool.report.records import CoolantRow
    from packtool.report.vary import Varied, vary_csv, vary_plot, vary_table
    from packtool.report.vary_paths import paths_csv, paths_plot
    from packtool.results import ResultSet

    if asked.form not in (Format.text, Format.json):
        raise UsageError(f"--vary prints a table or JSON, not {asked.form.value}")
    loaded, _, _ = loaded_design(asked.design, asked.sets)
    varied = variation(vary, loaded.data)
    settings = [[*(asked.sets or ()), f"{varied.key}={value:.12g}"] for value in varied.values]
    if asked.dry_run:
        _say_what_would_run(varied, settings, asked)
        return
    rows, paths, network = [], {}, None
    for value, setting in zip(varied.values, settings, strict=True):
        if not asked.quiet:
            note(f"{varied.key} = {value:g}")
        try:
            done = run_stages(replace(asked, sets=setting), ("mesh", "solve"))
        except (DesignError, StageError) as error:
            rows.append(Varied(value, ResultSet(), "-", str(error).replace("packtool: ", "")))
            continue
        if done is None:  # one of rank 0's helpers, who is needed for the next value as well
            continue
        verdict = done[2].verdict
        rows.append(Varied(value, done[2].results, "pass" if verdict.passes else "fail", fails=verdict.failing))
        solved_cases = done[2].records["solve"].report["cases"]
        ways = {case: [CoolantRow(**row) for row in found["coolant"]] for case, found in solved_cases.items() if found["coolant"]}
        if ways:
            paths[value], network = ways, done[1].network
    if not rows:
        return
    solved = any(row.failed is None for row in rows)
    write_text(asked.out / "vary.csv", vary_csv(varied.key, rows))
    if solved:
        write_bytes(asked.out / "vary.svg", vary_plot(varied.key, rows))
    if paths:
        write_text(asked.out / "vary-paths.csv", paths_csv(varied.key, paths))
        write_bytes(asked.out / "vary-paths.svg", paths_plot(varied.key, paths, network))
    if asked.as_json:
        values = [
            {
                "value": row.value,
                "verdict": row.verdict,
                "fails": list(row.fails),
                "failed": row.failed,
                "results": [r.as_dict() for r in row.results],
            }
            for row in rows
        ]
        print_json("packtool/vary/1", {"key": varied.key, "values": values})
    else:
        say(vary_table(varied.key, rows))
    if not asked.quiet:
        names = ["vary.csv", *(["vary.svg"] if solved else []), *(["vary-paths.csv", "vary-paths.svg"] if paths else [])]
        note(", ".join(str(asked.out / name) for name in names))
    raise typer.Exit(int(ExitCode.HOLDS if all(row.failed is None for row in rows) else ExitCode.STAGE_FAILED))


def _say_what_would_run(varied: Variation, settings: list[list[str]], asked: Asked) -> None:
    """Each value, and what is wrong with the design at that value. Exit code 2 if anything is."""
    refused: list[str | None] = []
    for setting in settings:
        try:
            loaded_design(asked.design, setting)
            refused.append(None)
        except DesignError as error:
            refused.append(str(error))
    if asked.as_json:
        values = [{"value": value, "refused": why} for value, why in zip(varied.values, refused, strict=True)]
        print_json("packtool/plan/1", {"key": varied.key, "values": values})
    else:
        for value, why in zip(varied.values, refused, strict=True):
            say(f"{varied.key}={value:g}  " + (f"refused: {why}" if why else "solve"))
    raise typer.Exit(int(ExitCode.USAGE if any(refused) else ExitCode.HOLDS))
