"""Findings as GitHub workflow commands: annotations on the lines of the design file.

Format and escaping: GitHub documentation, "Workflow commands for GitHub Actions"; in a message %, CR and LF are escaped, in a property
also ``:`` and ``,``.
"""

from __future__ import annotations

from collections.abc import Sequence

from packtool.report.counts import summary_line
from packtool.report.finding_words import sentence
from packtool.report.records import Checked

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _command(command: str, file: str, line: int, column: int, title: str, message: str) -> str:
    properties = [f"file={_property(file)}"] if file else []
    properties += [f"line={line}"] if file and line else []
    properties += [f"col={column}"] if file and line and column else []
    properties += [f"title={_property(title)}"]
    return f"::{command} {','.join(properties)}::{_message(message)}"


def workflow_commands(designs: Sequence[Checked]) -> str:
    """One command a finding that does not hold or a complaint, and a notice with each design's verdict; ends with a line break."""
    lines = []
    for checked in designs:
        for complaint in checked.complaints:
            message = f"{complaint.key}: {complaint.message}" if complaint.key else complaint.message
            lines.append(_command("error", complaint.file, complaint.line, complaint.column, "design.valid", message))
        if checked.verdict is None:
            continue
        for finding in checked.verdict.findings:
            if not finding.holds:
                message = sentence(finding)
                lines.append(
                    _command(COMMANDS[finding.severity], finding.file, finding.line, finding.column, finding.rule, message)
                )
        lines.append(
            _command("notice", checked.file, 0, 0, f"packtool {checked.name}", f"verdict: {summary_line(checked.verdict)}")
        )
    return "".join(f"{line}\n" for line in lines)
