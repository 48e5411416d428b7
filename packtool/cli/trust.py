"""`packtool doctor` and `verify`: what the machine and the numbers are good for."""

from __future__ import annotations

from typing import Annotated

import typer

from packtool.cli.console import AsJson, app, cache_dir, print_json, say
from packtool.errors import ExitCode, UsageError


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """What is installed, what is missing, and the line that mends it."""
    from packtool.workflow.doctor import examine

    findings = examine(cache_dir())
    if as_json:
        print_json("packtool/doctor/1", {"checks": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            say(finding.line())
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

    use_cache(cache_dir())
    done = [(case, tuple(case.run())) for case in known.values() if not ids or case.id in ids]
    if as_json:
        print_json("packtool/verify/1", {"cases": verification_rows(done)})
    else:
        say(verification_table(done))
    raise typer.Exit(int(ExitCode.HOLDS if all(row.passes for _, rows in done for row in rows) else ExitCode.RULE_FAILS))
