"""The entry point: every error becomes its message and its exit code."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from packtool import __version__
from packtool.cli.console import app, note, say
from packtool.errors import DesignError, ExitCode, PacktoolError, StageError
from packtool.outlet import open_outlets
from packtool.workflow.launch import launched


def _version(asked: bool) -> None:
    if asked:
        say(f"packtool {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    pass


_INTERRUPTED = "packtool: interrupted; stages of a run that were finished are kept, the next run continues"


def main() -> None:
    """Entry point: every packtool error becomes its message and its exit code; nothing else may pass as one."""
    open_outlets()
    gc.set_threshold(20_000)  # records are made by the ten thousand and kept: a look for rings every 700 finds none
    errors = sys.stderr
    if launched(os.environ).rank > 0:  # rank 0 speaks for all
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (open until the process ends)
    try:
        try:
            app(standalone_mode=True)
        finally:
            sys.stdout.flush()  # so that a full disk is told as any other error is
    except SystemExit as end:
        if end.code == ExitCode.INTERRUPTED:  # typer's way of passing a KeyboardInterrupt on
            note(_INTERRUPTED)
        raise
    except KeyboardInterrupt:
        note(_INTERRUPTED)
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None
    except PacktoolError as error:
        begins_with_its_place = isinstance(error, DesignError) or (isinstance(error, StageError) and error.key != "")
        note(str(error) if begins_with_its_place or "\n" in str(error) else f"packtool: {error}")
        raise SystemExit(int(error.exit_code)) from None
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("packtool"):
            raise
        from packtool.workflow.doctor import mend_for

        note(f"packtool: {error.name} is not installed\n  mend it with: {mend_for(error.name or '')}")
        raise SystemExit(int(ExitCode.NOT_INSTALLED)) from None
    except OSError as error:
        if os.environ.get("PACKTOOL_DEBUG"):
            raise
        note(f"packtool: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        raise SystemExit(int(ExitCode.STAGE_FAILED)) from None
    except Exception as error:
        if os.environ.get("PACKTOOL_DEBUG"):
            raise
        sys.stderr = errors
        note(f"packtool: internal error: {type(error).__name__}: {error}\n  (PACKTOOL_DEBUG=1 shows where; please report it)")
        raise SystemExit(int(ExitCode.STAGE_FAILED)) from None
