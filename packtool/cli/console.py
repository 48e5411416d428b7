"""The app, its common options, and where text goes."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

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
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
As = Annotated[Format, typer.Option("--format", help="How to print the findings.")]
Force = Annotated[bool, typer.Option("--force", help="Run every stage again.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would run and why; write nothing.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages, only the result.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say why each stage runs.")]
OneCase = Annotated[list[str] | None, typer.Option("--case", metavar="CASE", help="Only this case (may be given again).")]


def coloured() -> bool:
    """Standard output is a terminal, and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int:
    """Columns to fill: the terminal's, 100 where there is none."""
    if not sys.stdout.isatty():
        return 100
    return os.get_terminal_size(sys.stdout.fileno()).columns or 100  # a terminal without a size says 0


def say(text: str) -> None:
    """Payload: to standard output."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def note(text: str) -> None:
    """Message: to standard error; on a terminal, lines that are wider than it are broken between words."""
    if sys.stderr.isatty():
        text = broken(text, os.get_terminal_size(sys.stderr.fileno()).columns or 80)
    sys.stderr.write(text + "\n")


def broken(text: str, columns: int) -> str:
    """``text`` with its lines broken between words at ``columns``, what follows a break indented; a longer word stays whole."""
    from textwrap import wrap

    lines = []
    for line in text.split("\n"):
        own = line[: len(line) - len(line.lstrip())]
        lines += [line] if len(line) <= columns else wrap(
            line, columns, subsequent_indent=own + "    ", break_long_words=False, break_on_hyphens=False
        )  # fmt: skip
    return "\n".join(lines)


def print_json(schema: str, payload: Any) -> None:
    """``payload`` under its ``$schema``, to standard output."""
    import json

    value = {"$schema": schema, **payload} if isinstance(payload, dict) else {"$schema": schema, "items": payload}
    say(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def cache_dir() -> Path:
    """Where compiled forms are kept: $PACKTOOL_CACHE, else the user's cache folder."""
    chosen = os.environ.get("PACKTOOL_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "packtool"
