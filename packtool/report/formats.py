"""The formats that ``--format`` offers: name -> renderer. The command line takes its choices from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Literal, get_args

from packtool.report.github import workflow_commands
from packtool.report.json_report import findings_json
from packtool.report.junit import junit_xml
from packtool.report.records import Checked
from packtool.report.sarif import sarif_json
from packtool.report.text import verdict_text
from packtool.rules.records import Rule

Format = Literal["text", "json", "junit", "sarif", "github"]
FORMATS: tuple[Format, ...] = get_args(Format)


def rendered(
    format: Format,
    designs: Sequence[Checked],
    rules: Iterable[Rule] = (),
    *,
    width: int = 80,
    colour: bool = False,
    version: str = "",
    root: PurePath | None = None,
) -> str:
    """The designs' verdicts in one of ``FORMATS``, ready for standard output.

    ``width`` and ``colour`` are for text; ``rules``, ``version`` and ``root`` (folder that absolute file names are made relative to)
    for SARIF. Raises KeyError for another format.
    """
    if format == "text":
        return verdict_text(designs, width, colour)
    if format == "json":
        return findings_json(designs)
    if format == "junit":
        return junit_xml(designs)
    if format == "sarif":
        return sarif_json(designs, rules, version, root)
    if format == "github":
        return workflow_commands(designs)
    raise KeyError(format)
