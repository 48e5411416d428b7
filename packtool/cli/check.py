"""`packtool check`: rules that need no solve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from packtool import __version__
from packtool.cli.console import As, AsJson, Format, Quiet, Sets, app, coloured, note, say, width
from packtool.errors import ExitCode


def loaded_design(path: Path, sets: Sequence[str] | None) -> tuple[Any, Any, str]:
    """The design, its layout and its text."""
    from packtool.design.load import load_design
    from packtool.layout.lay_out import lay_out

    loaded = load_design(path, sets or ())
    return loaded, lay_out(loaded), path.read_text(encoding="utf-8-sig")


def print_checked(designs: list[Any], form: Format) -> None:
    """The verdicts in the asked format, to standard output."""
    from packtool.report.formats import rendered
    from packtool.rules.judge import RULES

    say(rendered(form.value, designs, RULES, width=width(), colour=coloured(), version=__version__, root=Path.cwd()))


def chosen_form(form: Format, as_json: bool) -> Format:
    """``--json`` is short for ``--format json``."""
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

    form = chosen_form(form, as_json)
    checked, codes = [], [ExitCode.HOLDS]
    for path in designs:
        try:
            loaded, layout, _ = loaded_design(path, sets)
        except DesignError as error:
            if form is Format.text:
                note(str(error))
            else:
                checked.append(Checked(str(path), str(path), None, error.complaints))
            codes.append(error.exit_code)
            continue
        verdict = judge(Evidence(loaded, layout))
        codes.append(verdict.exit_code)
        if not (quiet and form is Format.text and verdict.passes):
            checked.append(Checked(loaded.file, loaded.design.name, verdict))
    if checked:
        print_checked(checked, form)
    raise typer.Exit(int(max(codes)))
